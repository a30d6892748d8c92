"""Asks mypy about the installed package and about programs that use it; WheelTest starts this."""

import subprocess
import sys
import unittest

HEAD = """
from typing import List
from convexnn import *
from pyspark.sql import DataFrame, SparkSession

def program(spark: SparkSession, data: DataFrame) -> None:
    classifier = ConvexReLUClassifier(numGates=5, regRatio=0.1)
    regressor = ConvexReLURegressor(labelCol="y")
"""


def mypy(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--python-executable", sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=600,
    )
    return done.stdout + done.stderr


class TypesTest(unittest.TestCase):
    def errors(self, *lines):
        with open("program.py", "w") as file:
            file.write(HEAD + "".join("    %s\n" % line for line in lines))
        found = mypy("program.py")
        self.assertNotIn("import-untyped", found)
        return found

    def test_what_users_write_has_types(self):
        said = self.errors(
            "model: ConvexReLUClassificationModel = classifier.fit(data)",
            "gap: float = model.certificate.relativeGap",
            "area: float = model.summary.areaUnderROC",
            "label: float = model.predict([1.0, 2.0])",
            "scored: DataFrame = model.transform(data)",
            "loaded: ConvexReLUClassificationModel = ConvexReLUClassificationModel.load('path')",
            "again: ConvexReLUClassifier = classifier.setNumGates(3).setParams(tol=0.1)",
            "number: ConvexReLURegressionModel = regressor.fit(data, {regressor.numGates: 12})",
            "several: List[ConvexReLURegressionModel] = regressor.fit(data, [{}, {}])",
            "error: float = number.evaluate(data).rootMeanSquaredError",
            "records: List[TraceRecord] = number.summary.trace",
            "spark2 = configure_spark(SparkSession.builder).getOrCreate()",
        )
        self.assertIn("Success", said)

    def test_planted_errors_are_found(self):
        for line, kind in (
            ("ConvexReLUClassifier(numGate=5)", "call-arg"),
            ("ConvexReLUClassifier(numGates='many')", "arg-type"),
            ("regressor.setTol('small')", "arg-type"),
            ("regressor.fit(data).predictProbability([1.0])", "attr-defined"),
            ("wrong: ConvexReLURegressionModel = classifier.fit(data)", "assignment"),
            ("classifier.fit(data).certificate.gap", "attr-defined"),
            ("regressor.fit(data).summary.areaUnderROC", "attr-defined"),
            ("text: str = classifier.fit(data).summary.path[0].beta", "assignment"),
            ("regressor.fit(5)", "call-overload"),
        ):
            self.assertIn("[%s]" % kind, self.errors(line), line)

    def test_the_package_itself(self):
        said = mypy("-p", "convexnn")
        # Py4J has no types
        own = [line for line in said.splitlines() if "error:" in line and "py4j" not in line]
        self.assertEqual(own, [])
        self.assertRegex(said, r"checked \d+ source files|no issues")


if __name__ == "__main__":
    unittest.main(verbosity=2, warnings="ignore")
