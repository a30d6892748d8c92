"""Runs the installed wheel; the Java test WheelTest starts this in a fresh virtual environment."""

import importlib.metadata
import os
import subprocess
import sys
import unittest
import zipfile

import convexnn  # before there is a session
from convexnn import _version
from convexnn.classification import ConvexReLUClassifier

from pyspark.ml.linalg import Vectors
from pyspark.sql import SparkSession

QUIET = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2"}


def builder():
    made = SparkSession.builder.master("local[2]")
    for key, value in QUIET.items():
        made = made.config(key, value)
    return made


def run(program):
    """The last line that a program of its own says, and its exit code."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=300
    )
    said = (done.stdout + done.stderr).strip().splitlines()
    return (said or [""])[-1], done.returncode


class WheelTest(unittest.TestCase):
    def test_versions(self):
        self.assertEqual(importlib.metadata.version("convexnn"), convexnn.__version__)
        self.assertRegex(convexnn.__version__, r"^\d+\.\d+\.\d+(\.dev0)?$")
        self.assertEqual(
            _version.JAR.replace("-SNAPSHOT", ".dev0"), convexnn.__version__, "versioned like the jar"
        )
        with zipfile.ZipFile(convexnn.jar_path()) as jar:
            manifest = jar.read("META-INF/MANIFEST.MF").decode()
        self.assertIn("Implementation-Version: " + _version.JAR, manifest)

    def test_the_jar_is_in_the_package(self):
        self.assertTrue(convexnn.jar_path().startswith(os.path.dirname(convexnn.__file__)))
        with zipfile.ZipFile(convexnn.jar_path()) as jar:
            self.assertIn("org/convexnn/ml/ConvexReLUClassifier.class", jar.namelist())

    def test_the_package_in_the_jar_finds_the_jar(self):
        said, code = run(
            "import sys; jar = %r; sys.path.insert(0, jar); import convexnn;"
            " assert convexnn.__file__.startswith(jar); print(convexnn.jar_path() == jar)"
            % convexnn.jar_path()
        )
        self.assertEqual((said, code), ("True", 0))

    def test_package_is_typed(self):
        files = [str(file) for file in importlib.metadata.files("convexnn")]
        self.assertIn("convexnn/py.typed", files)
        self.assertIn("org/convexnn/ml/__init__.py", files)

    def test_builder_keeps_other_jars(self):
        made = convexnn.configure_spark(builder().config("spark.jars", "a.jar,b.jar"))
        expected = "a.jar,b.jar," + convexnn.jar_path()
        self.assertEqual(made._options["spark.jars"], expected)
        self.assertEqual(convexnn.configure_spark(made)._options["spark.jars"], expected)
        made.config("spark.jars", "")

    def test_no_session(self):
        said, code = run("import convexnn; convexnn.ConvexReLUClassifier()")
        self.assertRegex(said, "^RuntimeError: no Spark session is running: .*configure_spark")
        self.assertEqual(code, 1)

    def test_no_jar(self):
        said, _ = run(
            "import convexnn; from pyspark.sql import SparkSession;"
            " SparkSession.builder.master('local').config('spark.ui.enabled', 'false').getOrCreate();"
            " convexnn.ConvexReLUClassifier()"
        )
        self.assertRegex(
            said, "^RuntimeError: org.convexnn.ml.ConvexReLUClassifier is not on the class path.*"
        )
        self.assertIn("configure_spark", said)

    def test_a_jar_of_another_version(self):
        other = os.path.abspath("other-version.jar")
        with zipfile.ZipFile(convexnn.jar_path()) as jar, zipfile.ZipFile(other, "w") as copy:
            for name in jar.namelist():
                content = jar.read(name)
                if name.endswith(("MANIFEST.MF", "pom.properties")):
                    content = content.replace(_version.JAR.encode(), b"9.9.9")
                copy.writestr(name, content)
        program = (
            "import convexnn; from pyspark.sql import SparkSession;"
            " SparkSession.builder.master('local').config('spark.ui.enabled', 'false')"
            ".config('spark.jars', %r).getOrCreate(); convexnn.ConvexReLURegressor()"
        )
        said, _ = run(program % other)
        self.assertRegex(said, "^RuntimeError: .* of version 9.9.9, this package is of version ")
        self.assertIn(_version.JAR, said)
        said, _ = run(program % (convexnn.jar_path() + "," + other))
        self.assertRegex(said, "^RuntimeError: .* two versions of ConvexNN's jar, .* and 9.9.9: ")

    def test_fit(self):
        spark = convexnn.configure_spark(builder()).getOrCreate()
        rows = [(Vectors.dense(i % 7, i % 5), float(i % 7 > i % 5)) for i in range(200)]
        data = spark.createDataFrame(rows, ["features", "label"])
        model = ConvexReLUClassifier(numGates=8, regRatio=0.1, tol=0.05).fit(data)
        self.assertLessEqual(model.certificate.relativeGap, 0.05)
        self.assertEqual(model.provenance.libraryVersion, _version.JAR)
        self.assertGreater(model.evaluate(data).accuracy, 0.8)
        path = os.path.abspath("model")
        model.write().overwrite().save(path)
        again = convexnn.ConvexReLUClassificationModel.load(path)
        self.assertEqual(again.certificate, model.certificate)
        spark.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2, warnings="ignore")
