"""Runs the Python package, an element of --py-files; the Java test PySparkTest starts this.

The folder it is started in is its own. README.md, of which the example is run, and the notebook are
named by spark.convexnn.readme and spark.convexnn.notebook.
"""

import contextlib
import io
import json
import os
import random
import re
import shutil
import sys
import tempfile
import threading
import unittest
from xml.etree import ElementTree

import numpy
from pyspark.errors import IllegalArgumentException
from pyspark.ml import Pipeline, PipelineModel, Transformer
from pyspark.ml.classification import OneVsRest
from pyspark.ml.evaluation import BinaryClassificationEvaluator, RegressionEvaluator
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.linalg import Vectors
from pyspark.ml.tuning import CrossValidator, CrossValidatorModel, ParamGridBuilder
from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable
from pyspark.sql import SparkSession

from convexnn import _pictures, _watch
from convexnn import (
    Certificate,
    ConvexReLUClassificationModel,
    ConvexReLUClassifier,
    ConvexReLURegressionModel,
    ConvexReLURegressor,
    Network,
    Provenance,
)

spark = SparkSession.builder.getOrCreate()
QUICK = dict(numGates=8, regRatio=0.1, tol=0.05)


def rows(n):
    """x1, x2 in [-1, 1], a weight, labels: the sign of x1 x2, a number and one of three classes."""
    draw = random.Random(3)
    for _ in range(n):
        x = [draw.uniform(-1, 1), draw.uniform(-1, 1)]
        yield (
            *x,
            Vectors.dense(x),
            float(x[0] * x[1] > 0),
            abs(x[0]) + x[1],
            float(int(x[0] > 0) + int(x[1] > 0)),
            1 + draw.randrange(2),
        )


def value(network, x):
    """f(x) by the formula of ``Network``, in plain Python."""
    dot = lambda a, b: sum(p * q for p, q in zip(a, b))
    feature = network.map
    y = [(x[j] - feature.mean[j]) * feature.inverseScale[j] for j in range(len(x))]
    if feature.matrix:
        y = [dot(feature.matrix[i : i + len(x)], y) for i in range(0, len(feature.matrix), len(x))]
    z = [max(-feature.clip, min(feature.clip, c)) for c in y] + [1.0]
    half = network.gates.halfSpaces
    pattern = [1.0]
    for p, (threshold, centre) in enumerate(zip(half.thresholds, half.centres)):
        score = dot(half.directions[p * len(x) : (p + 1) * len(x)], x)
        pattern.append(float(score >= threshold) - centre)
    for tree in network.gates.forest.trees:
        at = 0 if tree.feature else ~0
        while at >= 0:
            left = x[tree.feature[at]] < tree.threshold[at]
            at = tree.left[at] if left else tree.right[at]
        pattern += [float(leaf == ~at) for leaf in range(len(tree.feature) + 1)]
    outputs = list(network.offset)
    for i, s in enumerate(pattern):
        for k in range(len(outputs)):
            start = (i * len(outputs) + k) * len(z)
            outputs[k] += s * dot(network.weights[start : start + len(z)], z)
    return [network.labelShift + network.labelScale * f for f in outputs]


def table(n):
    columns = ["x1", "x2", "features", "label", "number", "third", "weight"]
    return spark.createDataFrame(list(rows(n)), columns).coalesce(2).cache()


class PythonStage(Transformer, DefaultParamsReadable, DefaultParamsWritable):
    """A stage without a Java side: pipelines with one are saved by PySpark itself."""

    def _transform(self, dataset):
        return dataset


class ConvexNNTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.data = table(80)
        cls.model = ConvexReLUClassifier(weightCol="weight", **QUICK).fit(cls.data)

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def scores(self, model):
        return [row.prediction for row in model.transform(self.data).collect()]

    def assert_same_scores(self, a, b):
        self.assertEqual(self.scores(a), self.scores(b))

    # ---- Params

    def test_params_are_those_of_java(self):
        for python in (ConvexReLUClassifier(), ConvexReLURegressor()):
            java = python._java_obj
            self.assertEqual([p.name for p in python.params], [p.name() for p in java.params()])
            for param in python.params:
                there = java.getParam(param.name)
                self.assertEqual(python.hasDefault(param), java.hasDefault(there), param.name)
                if python.hasDefault(param):
                    default = java.getDefault(there).get()
                    if isinstance(python.getOrDefault(param), list):
                        default = list(default)
                    self.assertEqual(python.getOrDefault(param), default, param.name)

    def test_every_param_has_text_setter_getter_and_argument(self):
        for owner in (ConvexReLUClassifier(), ConvexReLURegressor()):
            for param in owner.params:
                capital = param.name[0].upper() + param.name[1:]
                self.assertTrue(getattr(owner, "set" + capital).__doc__)
                self.assertTrue(getattr(owner, "get" + capital).__doc__)
                if owner.isDefined(param):
                    value = owner.getOrDefault(param)
                    getattr(owner, "set" + capital)(value)
                    self.assertEqual(getattr(owner, "get" + capital)(), value)
                    self.assertEqual(type(owner)(**{param.name: value}).getOrDefault(param.name), value)
            self.assertIn("numGates: number of gates", owner.explainParams())

    def test_defaults_are_told_once(self):
        for owner in (ConvexReLUClassifier(), ConvexReLURegressor()):
            for param in owner.params:
                text = owner.explainParam(param)
                self.assertEqual(text.count("default"), int(owner.hasDefault(param)), text)
                setter = getattr(owner, "set" + param.name[0].upper() + param.name[1:])
                self.assertLessEqual(setter.__doc__.count("(default"), 1)

    def test_arguments_are_keywords(self):
        with self.assertRaisesRegex(TypeError, "^ConvexReLUClassifier takes its parameters as name="):
            ConvexReLUClassifier("features")
        with self.assertRaisesRegex(
            TypeError, "^ConvexReLUClassifier has no parameter 'numGate'; did you mean numGates?"
        ):
            ConvexReLUClassifier(numGate=8)
        with self.assertRaisesRegex(TypeError, "^ConvexReLURegressor has no parameter 'x'$"):
            ConvexReLURegressor().setParams(x=8)
        classifier = ConvexReLUClassifier(numGates=5, layerWidths=[4])
        classifier.setParams(tol=0.1, thresholds=[0.3, 0.7]).setNumGates(6)
        self.assertEqual(
            (classifier.getNumGates(), classifier.getTol(), classifier.getLayerWidths()),
            (6, 0.1, [4]),
        )
        self.assertFalse(classifier.isDefined("regParam"))
        classifier.setParams(numGates=None, layerWidths=None, thresholds=None, regParam=None)
        self.assertEqual((classifier.getNumGates(), classifier.getLayerWidths()), (0, []))
        self.assertFalse(classifier.isDefined("thresholds"))
        ConvexReLUClassifier(regParam=None, initialModel=None, **QUICK).fit(self.data)

    def test_java_refuses_values_at_once(self):
        regressor = ConvexReLURegressor(numGates=7)
        for set_it, message in (
            (lambda: regressor.setNumGates(-1), "numGates is -1; it must be a positive integer"),
            (lambda: regressor.setTol(0.0), r"tol is 0.0; it must be in \(0, 1\)"),
            (lambda: regressor.setSolver("sgd"), "solver is 'sgd'; it must be one of auto, gram"),
            (lambda: regressor.setParams(layerWidths=[0]), "layerWidths is"),
            (lambda: ConvexReLUClassifier(regRatio=2.0), "regRatio is 2.0; it must be in"),
        ):
            with self.assertRaisesRegex(IllegalArgumentException, message):
                set_it()
        with self.assertRaisesRegex(TypeError, 'Invalid param value given for param "numGates"'):
            regressor.setNumGates("many")
        self.assertEqual(regressor.getNumGates(), 7)
        self.assertFalse(regressor.isSet("tol"))

    def test_a_missing_jar_is_named(self):
        class Unheard(ConvexReLUClassifier):
            pass

        with self.assertRaisesRegex(RuntimeError, "org.convexnn.ml.Unheard is not on the class path"):
            Unheard()

    def test_fit_says_what_is_wrong(self):
        with self.assertRaisesRegex(IllegalArgumentException, "regParam .* and regRatio"):
            ConvexReLUClassifier(regParam=0.1, regRatio=0.1).fit(self.data)
        with self.assertRaisesRegex(IllegalArgumentException, "nowhere"):
            ConvexReLUClassifier(labelCol="nowhere").fit(self.data)

    # ---- columns

    def test_features_are_an_array_or_several_columns(self):
        arrays = self.data.selectExpr("*", "array(x1, x2) AS a", "array(float(x1), NULL) AS b")
        expected = ConvexReLUClassifier(**QUICK).fit(self.data)
        of_array = ConvexReLUClassifier(featuresCol="a", **QUICK).fit(arrays)
        several = ConvexReLUClassifier(featuresCol=["x1", "x2"], **QUICK).fit(self.data)
        for model in (of_array, several):
            self.assertEqual(model.certificate, expected.certificate)
            scored = model.transform(arrays)
            self.assertEqual(
                [row.prediction for row in scored.collect()], self.scores(expected)
            )
            outputs = ["rawPrediction", "probability", "prediction"]
            self.assertEqual(scored.columns, arrays.columns + outputs)
            self.assertEqual(model.evaluate(arrays).accuracy, expected.summary.accuracy)
            self.assertEqual(model.summary.accuracy, expected.summary.accuracy)
        self.assertEqual(several.getFeaturesCols(), ["x1", "x2"])
        several.save(self.path("several"))
        loaded = ConvexReLUClassificationModel.load(self.path("several"))
        self.assert_same_scores(loaded, expected)
        # what is null in an array or a column is NaN, as handleInvalid says
        with self.assertRaisesRegex(Exception, "feature 1 of a features vector is NaN"):
            of_array.copy({of_array.featuresCol: "b"}).transform(arrays).collect()
        kept = of_array.copy({of_array.featuresCol: "b"}).setHandleInvalid("keep")
        self.assertNotEqual(kept.transform(arrays).first().prediction, 0)
        for wrong, message in (
            (["x1", "nowhere"], "feature column 'nowhere' does not exist"),
            (["x1", "features"], "feature column 'features' has the type"),
        ):
            with self.assertRaisesRegex(IllegalArgumentException, message):
                ConvexReLUClassifier(featuresCol=wrong).fit(self.data)
        with self.assertRaisesRegex(IllegalArgumentException, "featuresCols is .*each once"):
            ConvexReLUClassifier(featuresCol=["x1", "x1"])
        with self.assertRaisesRegex(IllegalArgumentException, "3 columns, the model was trained on 2"):
            several.copy({several.featuresCols: ["x1", "x2", "number"]}).transform(self.data)

    def test_training_is_told_by_a_column(self):
        told = self.model.copy({self.model.trainingCol: "t"}).transform(self.data).first().t
        told = json.loads(told)
        self.assertEqual(told["certificate"]["relativeGap"], self.model.certificate.relativeGap)
        self.assertEqual(told["provenance"]["rows"], 80)
        self.assertEqual(len(told["training"]["trace"]), len(self.model.summary.trace))

    # ---- fits

    def test_classifier(self):
        model = self.model
        self.assertEqual((model.numFeatures, model.numClasses), (2, 2))
        scored = model.transform(self.data)
        first = scored.first()
        self.assertEqual(model.predict(first.features), first.prediction)
        self.assertEqual(model.predictRaw(first.features), first.rawPrediction)
        self.assertEqual(model.predictProbability(first.features), first.probability)
        for same in (list(first.features), tuple(first.features), first.features.toArray()):
            self.assertEqual(model.predict(same), first.prediction)
            self.assertEqual(model.predictRaw(same), first.rawPrediction)
            self.assertEqual(model.predictProbability(same), first.probability)
        for wrong, message in (
            (["a", "b"], r"value is \['a', 'b'\]; it must be the features of one row"),
            (5, "value is 5; it must be the features of one row"),
            (numpy.zeros((3, 2)), r"value has the shape \(3, 2\); it must be the features of one row"),
        ):
            with self.assertRaisesRegex(TypeError, message):
                model.predict(wrong)
        self.assertGreater(BinaryClassificationEvaluator().evaluate(scored), 0.8)
        self.assertEqual(model.getWeightCol(), "weight")
        self.assertRegex(repr(model), "ConvexReLUClassificationModel: uid=.*relative gap")
        nan = Vectors.dense(float("nan"), 0.0)
        broken = spark.createDataFrame([(nan,)], ["features"])
        kept = model.copy().setHandleInvalid("keep").transform(broken).first()
        self.assertNotEqual(kept.prediction, kept.prediction)
        renamed = model.copy().setProbabilityCol("p").setPredictionCol("")
        self.assertIn("p", renamed.transform(self.data).columns)
        self.assertNotIn("prediction", renamed.transform(self.data).columns)

    def test_missing_values_groups_and_categories(self):
        nan = float("nan")
        rows = [
            (Vectors.dense(nan if i % 3 == 0 else i, i % 7), float(i % 3 == 0), f"g{i % 30}")
            for i in range(300)
        ]
        data = spark.createDataFrame(rows, ["features", "label", "g"])
        kept = ConvexReLUClassifier(handleInvalid="keep", foldCol="g", seed=1)
        trees = kept.copy().setNumTrees(5).setNumLeaves(4).setCategoricalCols(["1"]).fit(data)
        self.assertEqual(trees.evaluate(data).accuracy, 1)
        self.assertEqual(trees.network.imputation.values, [])
        self.assertEqual(trees.getCategoricalCols(), ["1"])
        linear = kept.copy().setNumGates(4).fit(data)
        self.assertEqual(linear.evaluate(data).accuracy, 1)
        self.assertEqual(linear.network.imputation.indicated, [0])
        self.assertEqual(linear.numFeatures, 2)
        linear.save(self.path("missing"))
        loaded = ConvexReLUClassificationModel.load(self.path("missing"))
        self.assert_same_scores(loaded, linear)
        for model in (trees, linear, loaded):
            self.assertEqual(model.predict(Vectors.dense(nan, 1)), 1)
        with self.assertRaisesRegex(IllegalArgumentException, "fold column 'one' has one value"):
            kept.setFoldCol("one").fit(data.selectExpr("*", "1 as one"))

    def test_certificate_and_summary(self):
        certificate = self.model.certificate
        self.assertIsInstance(certificate, Certificate)
        self.assertLessEqual(certificate.relativeGap, 0.05)
        self.assertEqual((certificate.stopReason, certificate.gates), ("GAP", 8))
        self.assertIsNone(certificate.allPatterns)
        self.assertTrue(self.model.hasSummary)
        summary = self.model.summary
        self.assertEqual(summary.certificate, certificate)
        self.assertEqual(summary.rows, 80)
        self.assertEqual(summary.totalIterations, len(summary.trace))
        self.assertEqual(summary.objectiveHistory, [r.objective for r in summary.trace])
        self.assertEqual(summary.trace[0].phase, "solve")
        self.assertEqual((summary.path, summary.rankBound), ([], None))
        self.assertAlmostEqual(summary.seconds, summary.setUpSeconds + summary.solveSeconds)

    def reloaded(self):
        self.model.write().overwrite().save(self.path("reloaded"))
        return ConvexReLUClassificationModel.load(self.path("reloaded"))

    def test_pictures_and_words(self):
        with_path = ConvexReLUClassifier(numGates=8, tol=0.05, numFolds=2, seed=1).fit(self.data)
        for shown, pictures in (
            (self.model.certificate, 0),
            (with_path, 2),
            (with_path.summary, 2),
            (self.reloaded(), 0),
        ):
            html = shown._repr_html_()
            root = ElementTree.fromstring(html)  # well-formed, so that every page can hold it
            self.assertIn("at most", root.find("p").text)
            self.assertIn("relative gap", [cell.text for cell in root.iter("th")])
            self.assertEqual(html.count("<svg "), pictures)
            self.assertEqual(html.count("<polyline"), pictures)
        self.assertRegex(
            repr(with_path.summary),
            r"^trained on 80 rows in [\d.]+ s: objective 0\.\d+, at most [\d.]+ % above the best one;"
            r" beta [\d.e-]+, the best of \d+ tried; \d of 8 gates in use; \d+.* passes, ended by GAP$",
        )
        self.assertNotIn("tried", repr(self.model.summary))
        try:
            import matplotlib  # noqa: F401
        except ImportError:
            with self.assertRaisesRegex(RuntimeError, "plot needs matplotlib: pip install matplotlib"):
                with_path.summary.plot()
        else:
            gaps, losses = with_path.summary.plot().axes
            self.assertEqual(gaps.get_xlabel(), "passes over the rows")
            self.assertEqual(len(losses.lines[0].get_xdata()), len(with_path.summary.path))

    def test_numbers_and_axes_are_round(self):
        shown = [_pictures.number(x) for x in (1234567, 0.25, 3.1e-5, 1234.5678, 0.0, float("nan"))]
        self.assertEqual(shown, ["1,234,567", "0.25", "3.1e-05", "1,235", "0", "-"])
        self.assertEqual(_pictures.share(0.00871), "0.87 %")
        self.assertEqual(_pictures.ticks(0.0003, 1, True), [0.001, 0.01, 0.1, 1])
        self.assertEqual(_pictures.ticks(3, 345, False), [100, 200, 300])
        self.assertEqual(_pictures.chart("t", "x", [(0, 1), (1, 2)], log_x=True), "")
        self.assertIn("&lt;b&gt;", _pictures.table([("<b>", "&")]))

    def test_progress(self):
        with self.assertRaisesRegex(ValueError, "progress is 'loud'; it must be one of auto, bar, "):
            ConvexReLUClassifier().setProgress("loud")
        every = dict(_watch._SECONDS)
        _watch._SECONDS.update(lines=0.01, bar=0.01)
        try:
            for place, pattern in (("lines", r"(?m)^.*passes.*\n"), ("bar", r"\r.*passes"), ("none", r"^$")):
                with contextlib.redirect_stderr(io.StringIO()) as told:
                    ConvexReLUClassifier(numGates=60, tol=1e-7, seed=1).setProgress(place).fit(self.data)
                self.assertRegex(told.getvalue(), pattern)
                if place == "bar":  # and it is taken away
                    self.assertRegex(told.getvalue(), r"\r {79}\r$")
        finally:
            _watch._SECONDS.update(every)
        names = {thread.name for thread in threading.enumerate()}
        self.assertNotIn("convexnn-progress", names)

    def test_evaluation_of_a_classifier(self):
        train = self.model.summary
        some = self.model.evaluate(self.data)
        for summary in (train, some):
            self.assert_has_methods_of_java(summary)
            self.assertEqual(summary.predictions.count(), 80)
            self.assertEqual(
                (summary.labelCol, summary.featuresCol, summary.weightCol, summary.predictionCol),
                ("label", "features", "weight", "prediction"),
            )
            self.assertEqual((summary.scoreCol, summary.probabilityCol), ("probability",) * 2)
            self.assertEqual(summary.labels, [0.0, 1.0])
            self.assertEqual(summary.roc.columns, ["FPR", "TPR"])
            self.assertEqual(summary.pr.columns, ["recall", "precision"])
            self.assertEqual(summary.fMeasureByThreshold.columns, ["threshold", "F-Measure"])
        rows = self.model.transform(self.data).collect()
        right = sum(row.weight for row in rows if row.prediction == row.label)
        self.assertAlmostEqual(some.accuracy, right / sum(row.weight for row in rows))
        ones = [row for row in rows if row.label == 1]
        self.assertAlmostEqual(
            some.recallByLabel[1],
            sum(row.weight for row in ones if row.prediction == 1) / sum(row.weight for row in ones),
        )
        area = BinaryClassificationEvaluator(weightCol="weight", rawPredictionCol="probability")
        self.assertAlmostEqual(some.areaUnderROC, area.evaluate(self.model.transform(self.data)))
        self.assertEqual(train.areaUnderROC, some.areaUnderROC)
        self.assertEqual(some.fMeasureByLabel(), some.fMeasureByLabel(1.0))
        other = self.model.copy({self.model.labelCol: "third"})
        self.assertEqual(other.evaluate(self.data).labelCol, "third")
        for use in (self.model.evaluate, ConvexReLUClassifier().fit):
            with self.assertRaisesRegex(TypeError, "dataset is 'data'; it must be a DataFrame of S"):
                use("data")
        with self.assertRaisesRegex(IllegalArgumentException, "label"):
            self.model.evaluate(self.data.drop("label"))

    def test_evaluation_of_three_classes(self):
        summary = ConvexReLUClassifier(labelCol="third", **QUICK).fit(self.data).summary
        self.assertEqual(len(summary.precisionByLabel), 3)
        with self.assertRaisesRegex(RuntimeError, "^[^\n]*of two classes, this model has 3[^\n]*$"):
            summary.areaUnderROC

    def test_evaluation_of_a_regression(self):
        model = ConvexReLURegressor(labelCol="number", **QUICK).fit(self.data)
        some = model.evaluate(self.data)
        errors = [row.number - row.prediction for row in model.transform(self.data).collect()]
        self.assertEqual([row.residuals for row in some.residuals.collect()], errors)
        square = sum(e * e for e in errors) / len(errors)
        for summary in (model.summary, some):
            self.assert_has_methods_of_java(summary, refused=("pinballLoss",))
            self.assertEqual((summary.numInstances, summary.predictions.count()), (80, 80))
            self.assertEqual(
                (summary.labelCol, summary.featuresCol, summary.weightCol, summary.predictionCol),
                ("number", "features", "", "prediction"),
            )
            self.assertAlmostEqual(summary.meanSquaredError, square)
            self.assertAlmostEqual(summary.rootMeanSquaredError, square**0.5)
            self.assertAlmostEqual(
                summary.meanAbsoluteError, sum(abs(e) for e in errors) / len(errors)
            )
            r2 = RegressionEvaluator(labelCol="number", metricName="r2")
            self.assertAlmostEqual(summary.r2, r2.evaluate(summary.predictions))
            self.assertGreater(summary.explainedVariance, 0)
            self.assertEqual(summary.devianceResiduals, [min(errors), max(errors)])
        self.assertEqual(model.summary.rows, 80)

    def assert_has_methods_of_java(self, summary, refused=()):
        """Every public method of Java's summary that needs no argument can be called, but for some."""
        for method in summary._java_obj.getClass().getMethods():
            java = method.getDeclaringClass().getName().startswith(("org.convexnn", "org.apache.spark"))
            # training() has the model's network, all else of it is in the summary; $ are Scala's own
            if java and not method.getParameterCount() and "$" not in method.getName():
                if method.getName() in refused:
                    with self.assertRaisesRegex(RuntimeError, "loss 'squared', which has no"):
                        getattr(summary, method.getName())
                elif method.getName() != "training":
                    getattr(summary, method.getName())

    def test_several_labels_at_once(self):
        both = self.data.selectExpr("*", "array(number, 10 * number + x1) both")
        model = ConvexReLURegressor(labelCol="both", **QUICK).fit(both)
        self.assertEqual(len(model.network.units), 2)
        row = model.transform(both).first()
        predicted = model.predictOutputs(row.features)
        numpy.testing.assert_allclose(row.prediction, predicted, rtol=1e-12)
        summary = model.evaluate(both)
        self.assertGreater(min(summary.ofOutput(k).r2 for k in range(2)), 0.8)
        with self.assertRaisesRegex(Exception, "ask ofOutput"):
            summary.r2
        with self.assertRaisesRegex(Exception, "use predictOutputs"):
            model.predict(row.features)

    def test_contributions_sum_to_the_raw_prediction(self):
        named = self.model.copy().setContributionsCol("why")
        scored = named.transform(self.data).select("why", "rawPrediction").collect()
        alone = self.model.contributions(self.data).select("contributions").collect()
        for (why, raw), (again,) in zip(scored, alone):
            self.assertEqual(why, again)
            self.assertAlmostEqual(sum(why.toArray()), raw[1])
        base = scored[0].why[-1]
        other = self.model.withBackground(self.data.limit(5)).contributions(self.data)
        self.assertNotEqual(other.first().contributions[-1], base)
        importances = self.model.summary.featureImportances
        self.assertEqual(len(importances), len(scored[0].why) - 1)
        self.assertEqual(len(self.model.evaluate(self.data).lossImportances), len(importances))

    def test_intervals_have_their_coverage(self):
        regressor = ConvexReLURegressor(
            labelCol="number", predictionIntervalCol="between", coverage=0.8, seed=1, **QUICK
        )
        model = regressor.fit(self.data)
        known = model.calibration
        self.assertEqual(known.coverage, 0.8)
        self.assertEqual(known.rows + model.provenance.rows, self.data.count())
        for row in model.transform(self.data).collect():
            self.assertAlmostEqual(row.between.upper - row.between.lower, 2 * known.quantile)
        again = model.copy().withCalibration(self.data)
        self.assertEqual(again.calibration.rows, self.data.count())
        plain = model.copy().setPredictionIntervalCol("")
        self.assertNotIn("between", plain.transform(self.data).columns)
        self.assertIsNone(model.bestAmong)

    def test_sets_and_calibrated_probabilities(self):
        classifier = ConvexReLUClassifier(
            labelCol="third",
            predictionSetCol="among",
            probabilityCalibration="isotonic",
            classWeights=["balanced"],
            **QUICK,
        )
        model = classifier.fit(self.data)
        least = 1 - model.calibration.quantile
        self.assertEqual(len(model.calibration.probabilities), 3)
        for row in model.transform(self.data).collect():
            raw = numpy.exp(row.rawPrediction.toArray())
            p = raw / raw.sum()
            self.assertEqual(row.among, [float(k) for k in range(3) if p[k] >= least])
            self.assertAlmostEqual(sum(row.probability), 1)
            mapped = [numpy.interp(p[k], *model.calibration.probabilities[k]) for k in range(3)]
            numpy.testing.assert_allclose(row.probability, numpy.array(mapped) / sum(mapped))
        with self.assertRaisesRegex(IllegalArgumentException, "classWeights is .* 3 classes"):
            classifier.copy().setClassWeights(["1", "2"]).fit(self.data)

    def test_provenance(self):
        provenance = self.model.provenance
        self.assertIsInstance(provenance, Provenance)
        self.assertEqual((provenance.rows, provenance.features), (80, 2))
        self.assertEqual(provenance.seed, self.model.getSeed())
        self.assertEqual(provenance.relativeGap, self.model.certificate.relativeGap)
        self.assertEqual(provenance.sparkVersion, spark.version)
        self.assertRegex(provenance.trained, r"^\d{4}-\d\d-\d\dT.*Z$")

    def test_network_is_the_function(self):
        trees = dict(gateSampler="trees", leafModel="linear", numTrees=3, numLeaves=4, regRatio=0.001, tol=0.05)
        more = table(800)
        three = ConvexReLUClassifier(labelCol="third", **trees).fit(more)
        number = ConvexReLURegressor(labelCol="number", **trees).fit(more)
        for model, outputs in ((self.model, 1), (three, 3), (number, 1)):
            network = model.network
            self.assertIsInstance(network, Network)
            self.assertEqual(len(network.offset), outputs)
            self.assertEqual(len(network.gates.forest.trees) > 0, model is not self.model)
            self.assertEqual(network.gates.subNetworks, [])
            for row in self.data.limit(10).collect():
                if model is number:
                    expected = [model.predict(row.features)]
                else:
                    expected = list(model.predictRaw(row.features))[-outputs:]
                actual = value(network, row.features.tolist())
                self.assertEqual(len(actual), len(expected))
                for a, e in zip(actual, expected):
                    self.assertAlmostEqual(a, e, places=10)
        half = self.model.network.gates.halfSpaces
        self.assertEqual(len(half.thresholds), self.model.certificate.activeNeurons)
        self.assertEqual(len(half.directions), 2 * len(half.thresholds))

    def test_network_of_several_layers(self):
        model = ConvexReLURegressor(
            labelCol="number", layerWidths=[3], numGates=6, regRatio=0.01, tol=0.05
        ).fit(self.data)
        gates = model.network.gates
        self.assertEqual(gates.forest.trees, [])
        self.assertGreater(len(gates.subNetworks), 0)
        for part in gates.subNetworks:
            self.assertEqual((part.widths, len(part.weights)), ([3], 3))
            self.assertEqual(len(part.neurons.thresholds), 3)

    def test_training_goes_on_from_a_model(self):
        self.model.save(self.path("first"))
        warm = ConvexReLUClassifier(weightCol="weight").setInitialModel(self.model)
        first = warm.fit(self.data)
        self.assertEqual(first.certificate.beta, self.model.certificate.beta)
        self.assertLessEqual(first.certificate.gates, 8)  # those of the model
        for same in (
            ConvexReLUClassifier(weightCol="weight", initialModel=self.model),
            ConvexReLUClassifier(weightCol="weight", initialModel=self.path("first")),
            warm.copy(),
        ):
            self.assert_same_scores(same.fit(self.data), first)
        self.assertFalse(warm.isSet("initialModel"))
        with self.assertRaisesRegex(IllegalArgumentException, "initialModel is a model in memory"):
            warm.save(self.path("warm"))
        warm.setInitialModel(self.path("first")).save(self.path("warm"))
        again = ConvexReLUClassifier.load(self.path("warm"))
        self.assertEqual(again.getInitialModel(), self.path("first"))
        # a path takes the place of a model, a model that of a path
        warm.setInitialModel(None).save(self.path("cold"))
        self.assertFalse(ConvexReLUClassifier.load(self.path("cold")).isSet("initialModel"))
        warm.setInitialModel(self.path("first")).setInitialModel(self.model)
        self.assertFalse(warm.isSet("initialModel"))
        warm.setInitialModel(self.path("first")).clear(warm.initialModel)
        warm.save(self.path("colder"))

    def test_a_model_of_another_kind_is_refused(self):
        regressor = ConvexReLURegressor(numGates=7)
        with self.assertRaisesRegex(TypeError, "must be a ConvexReLURegressionModel or the path"):
            regressor.setParams(numGates=9, initialModel=self.model)
        self.assertEqual(regressor.getNumGates(), 7)
        with self.assertRaisesRegex(TypeError, 'Invalid param value given for param "initialModel"'):
            regressor.setInitialModel(5)

    def test_models_of_a_path(self):
        regressor = ConvexReLURegressor(labelCol="number", numGates=8, tol=0.05)
        models = regressor.fitPath(self.data, [0.5, 0.1])
        self.assertEqual([model.getRegRatio() for model in models], [0.5, 0.1])
        self.assertEqual([model.getNumGates() for model in models], [8, 8])
        self.assertEqual([model.uid for model in models], [regressor.uid] * 2)
        self.assertFalse(regressor.isSet("regRatio"))
        coarse, fine = (model.evaluate(self.data).meanSquaredError for model in models)
        self.assertLess(fine, coarse)
        for wrong, message in ((0.1, "ratios is 0.1; it must be"), (["a"], "ratios is")):
            with self.assertRaisesRegex(TypeError, message):
                regressor.fitPath(self.data, wrong)
        for wrong in ([2.0], []):
            with self.assertRaisesRegex(IllegalArgumentException, "ratio"):
                regressor.fitPath(self.data, wrong)

    def test_statistics(self):
        regressor = ConvexReLURegressor(labelCol="number", numGates=6, numFolds=3, tol=1e-6)
        old, new = self.data.where("x1 < 0"), self.data.where("x1 >= 0")
        first = regressor.statistics(old)
        self.assertEqual((first.rows, first.weight), (old.count(), old.count()))
        self.assertEqual((first.numFolds, first.numGates, first.numFeatures), (3, 6, 2))
        first.save(self.path("sums"))
        loaded = regressor.loadStatistics(self.path("sums"))
        self.assertRegex(repr(loaded), "^ConvexReLURegressionStatistics: .* 6 gates, 3 folds$")
        both = loaded.add(new)
        self.assertEqual(both.rows, 80)
        self.assertEqual(first.merge(first.collect(new)).rows, 80)
        again = both.remove(new).fitPath([0.1])[0].certificate
        self.assertAlmostEqual(again.dualBound, first.fitPath([0.1])[0].certificate.dualBound)
        with self.assertRaisesRegex(IllegalArgumentException, "not among those summed up"):
            first.remove(self.data)
        coarse, fine = both.fitPath([0.5, 0.01])
        self.assertEqual([model.getRegRatio() for model in (coarse, fine)], [0.5, 0.01])
        self.assertIsInstance(fine, ConvexReLURegressionModel)
        self.assertEqual(fine.certificate.jobs, 0)
        self.assertLess(
            fine.evaluate(self.data).meanSquaredError, coarse.evaluate(self.data).meanSquaredError
        )
        chosen = both.crossValidate()
        best = min(chosen.summary.path, key=lambda point: point.validationLoss)
        self.assertAlmostEqual(chosen.certificate.beta, best.ratio * chosen.certificate.betaMax)
        self.assertEqual((chosen.uid, chosen.getNumFolds()), (regressor.uid, 3))
        # Params of the regressor count when models are solved
        regressor.setTol(0.3)
        self.assertEqual(both.fitPath([0.1])[0].certificate.tol, 0.3)
        self.assertEqual(both.crossValidate().certificate.tol, 0.3)
        with self.assertRaisesRegex(TypeError, "ratios is 0.1; it must be a list"):
            both.fitPath(0.1)
        with self.assertRaisesRegex(TypeError, "dataset is 'rows'; it must be a DataFrame"):
            both.add("rows")
        with self.assertRaisesRegex(TypeError, "other is .*; it must be a ConvexReLURegressionStat"):
            both.merge(self.data)
        with self.assertRaisesRegex(IllegalArgumentException, "exists"):
            both.save(self.path("sums"))
        with self.assertRaisesRegex(IllegalArgumentException, "nowhere"):
            regressor.loadStatistics(self.path("nowhere"))

    def test_plain_relu(self):
        model = ConvexReLURegressor(labelCol="number", activation="relu", regParam=0.1).fit(self.data)
        bound = model.certificate.allPatterns
        self.assertLessEqual(bound.bound, model.certificate.primalObjective)
        self.assertFalse(bound.hiddenFree)

    def test_path_and_rank_bound(self):
        chosen = ConvexReLURegressor(labelCol="number", numGates=8, patternRank=1, tol=0.05)
        summary = chosen.fit(self.data).summary
        self.assertGreater(len(summary.path), 1)
        self.assertLess(summary.path[-1].ratio, summary.path[0].ratio)
        self.assertEqual(summary.rankBound.rank, 1)

    def test_regressor(self):
        regressor = ConvexReLURegressor(labelCol="number", **QUICK)
        model = regressor.fit(self.data, {regressor.numGates: 12})
        self.assertEqual(model.certificate.gates, 12)
        scored = model.transform(self.data)
        self.assertGreater(
            RegressionEvaluator(labelCol="number", metricName="r2").evaluate(scored), 0.8
        )
        first = scored.first()
        self.assertEqual(model.predict(first.features), first.prediction)

    def test_one_vs_rest(self):
        model = OneVsRest(
            classifier=ConvexReLUClassifier(**QUICK), labelCol="third", weightCol="weight"
        ).fit(self.data)
        self.assertEqual(len(model.models), 3)
        self.assertIsInstance(model.models[0], ConvexReLUClassificationModel)

    def test_cross_validator(self):
        regressor = ConvexReLURegressor(labelCol="number", **QUICK)
        grid = ParamGridBuilder().addGrid(regressor.regRatio, [0.1, 0.9]).build()
        validator = CrossValidator(
            estimator=regressor,
            estimatorParamMaps=grid,
            evaluator=RegressionEvaluator(labelCol="number"),
            numFolds=2,
        )
        model = validator.fit(self.data)
        self.assertLess(model.avgMetrics[0], model.avgMetrics[1])
        self.assertEqual(model.bestModel.getRegRatio(), 0.1)
        validator.save(self.path("validator"))
        again = CrossValidator.load(self.path("validator"))
        self.assertIsInstance(again.getEstimator(), ConvexReLURegressor)
        self.assertEqual(
            [list(point.values()) for point in again.getEstimatorParamMaps()], [[0.1], [0.9]]
        )
        model.save(self.path("validated"))
        loaded = CrossValidatorModel.load(self.path("validated"))
        self.assertIsInstance(loaded.bestModel, ConvexReLURegressionModel)
        self.assert_same_scores(model, loaded)

    # ---- persistence

    def test_estimator_is_saved(self):
        classifier = ConvexReLUClassifier(layerWidths=[3], tol=0.02, seed=5, weightCol="w")
        classifier.save(self.path("classifier"))
        loaded = ConvexReLUClassifier.load(self.path("classifier"))
        self.assertIs(type(loaded), ConvexReLUClassifier)
        self.assertEqual(loaded.uid, classifier.uid)
        self.assertEqual(loaded.extractParamMap(), classifier.extractParamMap())

    def test_model_is_saved(self):
        self.model.write().overwrite().save(self.path("model"))
        loaded = ConvexReLUClassificationModel.load(self.path("model"))
        self.assertIs(type(loaded), ConvexReLUClassificationModel)
        self.assert_same_scores(loaded, self.model)
        self.assertEqual(loaded.certificate, self.model.certificate)
        self.assertEqual(loaded.provenance, self.model.provenance)
        self.assertEqual(
            loaded.evaluate(self.data).accuracy, self.model.evaluate(self.data).accuracy
        )
        self.assertEqual(loaded.getRegRatio(), 0.1)
        self.assertFalse(loaded.hasSummary)
        with self.assertRaisesRegex(RuntimeError, "^[^\n]*has no training summary: [^\n]*$"):
            loaded.summary

    def test_pipelines_find_the_classes(self):
        classifier = ConvexReLUClassifier(featuresCol="both", **QUICK)
        for other in ([], [PythonStage()]):
            assembler = VectorAssembler(inputCols=["x1", "x2"], outputCol="both")
            pipeline = Pipeline(stages=[*other, assembler, classifier])
            model = pipeline.fit(self.data)
            pipeline.write().overwrite().save(self.path("pipeline"))
            model.write().overwrite().save(self.path("fitted"))
            # as in a new session that has not imported the package
            for module in [m for m in sys.modules if m.startswith(("convexnn", "org"))]:
                del sys.modules[module]
            stage = Pipeline.load(self.path("pipeline")).getStages()[-1]
            self.assertEqual(type(stage).__name__, "ConvexReLUClassifier")
            self.assertEqual((stage.uid, stage.getNumGates()), (classifier.uid, 8))
            loaded = PipelineModel.load(self.path("fitted"))
            self.assertEqual(type(loaded.stages[-1]).__name__, "ConvexReLUClassificationModel")
            self.assert_same_scores(loaded, model)

    def test_onnx(self):
        self.model.toOnnx(self.path("model.onnx"))
        self.assertGreater(os.path.getsize(self.path("model.onnx")), 100)
        self.model.copy().setThresholds([0.9, 0.1]).toOnnx(self.path("moved.onnx"))
        with open(self.path("model.onnx"), "rb") as a, open(self.path("moved.onnx"), "rb") as b:
            self.assertNotEqual(a.read(), b.read())
        with self.assertRaisesRegex(IllegalArgumentException, "exists"):
            self.model.toOnnx(self.path("model.onnx"))

    # ---- README.md and the notebook

    def test_readme(self):
        with open(spark.conf.get("spark.convexnn.readme")) as file:
            example = re.search("^```python\n(.*?)^```", file.read(), re.DOTALL | re.MULTILINE)
        for name, some in zip(("train", "test"), self.data.randomSplit([0.7, 0.3], seed=1)):
            some.select("label", "features").write.format("libsvm").save(name + ".libsvm")
        exec(example.group(1), {"spark": spark})
        self.assertTrue(os.path.isdir("model"))

    def test_notebook(self):
        with open(spark.conf.get("spark.convexnn.notebook")) as file:
            cells = [cell for cell in json.load(file)["cells"] if cell["cell_type"] == "code"]
        names = {}
        for cell in cells:
            self.assertEqual(cell["outputs"], [])
            exec("".join(cell["source"]), names)
        self.assertGreater(len(cells), 5)
        self.assertGreater(names["accuracy"], 0.85)
        self.assertLess(names["linear"], 0.7)
        self.assertEqual(names["loaded"].certificate, names["model"].certificate)


if __name__ == "__main__":
    unittest.main(verbosity=2, warnings="ignore")
