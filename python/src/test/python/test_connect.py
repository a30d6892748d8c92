"""A client of a real Spark Connect server, $SPARK_REMOTE; the Java test ConnectTest starts both.

With --thin the client is pyspark-client, without Py4J.
"""

import importlib.util
import os
import random
import shutil
import sys
import tempfile
import unittest

import convexnn  # before there is a session
from convexnn import (
    Certificate,
    ConvexReLUClassificationModel,
    ConvexReLUClassifier,
    ConvexReLURegressionModel,
    ConvexReLURegressor,
    PathPoint,
    TraceRecord,
)

from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.classification import OneVsRest
from pyspark.ml.evaluation import BinaryClassificationEvaluator, RegressionEvaluator
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.linalg import Vectors
from pyspark.ml.tuning import CrossValidator, CrossValidatorModel, ParamGridBuilder
from pyspark.sql import SparkSession

THIN = "--thin" in sys.argv
spark = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).getOrCreate()
QUICK = dict(numGates=8, regRatio=0.1, tol=0.05)


def table(n):
    """x1, x2 in [-1, 1], labels: the sign of x1 x2, a number and one of three classes; a weight."""
    draw = random.Random(3)
    rows = []
    for _ in range(n):
        x = [draw.uniform(-1, 1), draw.uniform(-1, 1)]
        third = float(int(x[0] > 0) + int(x[1] > 0))
        label = float(x[0] * x[1] > 0)
        rows.append((*x, label, abs(x[0]) + x[1], third, 1.0 + draw.randrange(2)))
    data = spark.createDataFrame(rows, ["x1", "x2", "label", "number", "third", "weight"])
    return VectorAssembler(inputCols=["x1", "x2"], outputCol="features").transform(data)


class ConnectTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.data = table(80)
        cls.model = ConvexReLUClassifier(weightCol="weight", **QUICK).fit(cls.data)

    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder, True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def scores(self, model):
        return [row.prediction for row in model.transform(self.data).collect()]

    def test_the_client(self):
        self.assertEqual(importlib.util.find_spec("py4j") is None, THIN)
        self.assertIn("connect", type(self.data).__module__)

    # ---- a classifier

    def test_predictions(self):
        model = self.model
        self.assertEqual((model.numFeatures, model.numClasses), (2, 2))
        scored = model.transform(self.data)
        first = scored.first()
        for features in (first.features, list(first.features), first.features.toArray()):
            self.assertEqual(model.predict(features), first.prediction)
            self.assertEqual(model.predictRaw(features), first.rawPrediction)
            self.assertEqual(model.predictProbability(features), first.probability)
        self.assertGreater(BinaryClassificationEvaluator().evaluate(scored), 0.8)
        self.assertRegex(repr(model), "ConvexReLUClassificationModel: uid=.*relative gap")
        self.assertEqual((model.getWeightCol(), model.getNumGates()), ("weight", 8))

    def test_certificate_and_training(self):
        certificate = self.model.certificate
        self.assertIsInstance(certificate, Certificate)
        self.assertLessEqual(certificate.relativeGap, 0.05)
        self.assertEqual((certificate.stopReason, certificate.gates), ("GAP", 8))
        self.assertIn("%.2e" % certificate.relativeGap, repr(self.model))
        self.assertIsNone(certificate.allPatterns)
        self.assertTrue(self.model.hasSummary)
        summary = self.model.summary
        self.assertEqual(summary.certificate, certificate)
        self.assertEqual(summary.rows, 80)
        self.assertEqual(summary.totalIterations, len(summary.trace))
        self.assertIsInstance(summary.trace[0], TraceRecord)
        self.assertEqual(summary.objectiveHistory, [r.objective for r in summary.trace])
        self.assertEqual((summary.path, summary.rankBound), ([], None))
        self.assertGreater(summary.seconds, 0)
        provenance = self.model.provenance
        self.assertEqual((provenance.rows, provenance.features), (80, 2))
        self.assertEqual(provenance.sparkVersion, spark.version)

    def test_metrics(self):
        summary = self.model.summary
        rows = self.model.transform(self.data).collect()
        right = sum(row.weight for row in rows if row.prediction == row.label)
        self.assertAlmostEqual(summary.accuracy, right / sum(row.weight for row in rows))
        self.assertEqual(summary.roc.columns, ["FPR", "TPR"])
        self.assertEqual(summary.predictions.count(), 80)
        area = BinaryClassificationEvaluator(weightCol="weight", rawPredictionCol="probability")
        self.assertAlmostEqual(summary.areaUnderROC, area.evaluate(self.model.transform(self.data)))
        self.assertEqual(len(summary.precisionByLabel), 2)

    def test_three_classes(self):
        model = ConvexReLUClassifier(labelCol="third", **QUICK).fit(self.data)
        self.assertEqual(model.numClasses, 3)
        self.assertEqual(len(model.predictProbability([0.1, 0.2])), 3)
        self.assertEqual(len(model.summary.recallByLabel), 3)

    def test_one_vs_rest(self):
        model = OneVsRest(classifier=ConvexReLUClassifier(**QUICK), labelCol="third").fit(self.data)
        self.assertEqual(len(model.models), 3)
        self.assertIsInstance(model.models[0], ConvexReLUClassificationModel)

    # ---- a regressor

    def test_regressor(self):
        regressor = ConvexReLURegressor(labelCol="number", numGates=8, patternRank=1, tol=0.05)
        model = regressor.fit(self.data)
        self.assertIsInstance(model, ConvexReLURegressionModel)
        summary = model.summary
        self.assertGreater(len(summary.path), 1)
        self.assertIsInstance(summary.path[0], PathPoint)
        self.assertLess(summary.path[-1].ratio, summary.path[0].ratio)
        self.assertEqual(summary.rankBound.rank, 1)
        scored = model.transform(self.data)
        for metric, value in (
            ("r2", summary.r2),
            ("rmse", summary.rootMeanSquaredError),
            ("mse", summary.meanSquaredError),
            ("mae", summary.meanAbsoluteError),
            ("var", summary.explainedVariance),
        ):
            evaluator = RegressionEvaluator(labelCol="number", metricName=metric)
            self.assertAlmostEqual(value, evaluator.evaluate(scored), places=9)
        errors = [row.number - row.prediction for row in scored.collect()]
        self.assertEqual([row.residuals for row in summary.residuals.collect()], errors)
        self.assertEqual(summary.devianceResiduals, [min(errors), max(errors)])
        self.assertEqual((summary.numInstances, summary.predictions.count()), (80, 80))
        names = (summary.labelCol, summary.featuresCol, summary.weightCol, summary.predictionCol)
        self.assertEqual(names, ("number", "features", "", "prediction"))
        first = scored.first()
        self.assertEqual(model.predict(first.features), first.prediction)

    def test_plain_relu(self):
        model = ConvexReLURegressor(labelCol="number", activation="relu", regParam=0.1).fit(self.data)
        bound = model.certificate.allPatterns
        self.assertLessEqual(bound.bound, model.certificate.primalObjective)
        self.assertFalse(bound.hiddenFree)

    # ---- Params, persistence, meta-algorithms

    def test_params(self):
        classifier = ConvexReLUClassifier(layerWidths=[], thresholds=[0.3, 0.7], regParam=None)
        self.assertFalse(classifier.isSet("layerWidths"))
        self.assertFalse(classifier.isDefined("regParam"))
        classifier.setLayerWidths([3]).setParams(layerWidths=[], **QUICK)
        self.assertEqual(classifier.getLayerWidths(), [])
        model = classifier.fit(self.data, {classifier.numGates: 5})
        self.assertEqual(model.certificate.gates, 5)
        self.assertEqual(model.getThresholds(), [0.3, 0.7])
        layers = ConvexReLUClassifier(layerWidths=[2], numGates=4, regRatio=0.1, tol=0.05)
        self.assertEqual(layers.fit(self.data).certificate.gates, 4)

    def test_estimator_is_saved(self):
        classifier = ConvexReLUClassifier(layerWidths=[3], tol=0.02, seed=5, weightCol="w")
        classifier.save(self.path("classifier"))
        loaded = ConvexReLUClassifier.load(self.path("classifier"))
        self.assertIs(type(loaded), ConvexReLUClassifier)
        self.assertEqual(loaded.uid, classifier.uid)
        for name in ("layerWidths", "tol", "seed", "weightCol", "numGates"):
            self.assertEqual(loaded.getOrDefault(name), classifier.getOrDefault(name), name)
        plain = ConvexReLURegressor()
        plain.write().overwrite().save(self.path("classifier"))
        again = ConvexReLURegressor.load(self.path("classifier"))
        self.assertEqual(again.getLayerWidths(), [])

    def test_model_is_saved(self):
        self.model.write().overwrite().save(self.path("model"))
        loaded = ConvexReLUClassificationModel.load(self.path("model"))
        self.assertIs(type(loaded), ConvexReLUClassificationModel)
        self.assertEqual(self.scores(loaded), self.scores(self.model))
        self.assertEqual(loaded.certificate, self.model.certificate)
        self.assertEqual(loaded.provenance, self.model.provenance)
        self.assertEqual(loaded.getRegRatio(), 0.1)
        with self.assertRaisesRegex(RuntimeError, "^[^\n]*has no training summary: [^\n]*$"):
            loaded.summary
        self.assertFalse(loaded.hasSummary)

    def test_training_goes_on_from_a_path(self):
        self.model.save(self.path("first"))
        warm = ConvexReLUClassifier(weightCol="weight", initialModel=self.path("first"))
        again = warm.fit(self.data)
        self.assertEqual(again.certificate.beta, self.model.certificate.beta)
        with self.assertRaisesRegex(RuntimeError, "initialModel: save it and give its path"):
            warm.setInitialModel(self.model)

    def test_pipeline(self):
        assembler = VectorAssembler(inputCols=["x1", "x2"], outputCol="both")
        pipeline = Pipeline(stages=[assembler, ConvexReLUClassifier(featuresCol="both", **QUICK)])
        model = pipeline.fit(self.data)
        pipeline.write().overwrite().save(self.path("pipeline"))
        model.write().overwrite().save(self.path("fitted"))
        stage = Pipeline.load(self.path("pipeline")).getStages()[-1]
        self.assertIs(type(stage), ConvexReLUClassifier)
        self.assertEqual(stage.getNumGates(), 8)
        loaded = PipelineModel.load(self.path("fitted"))
        self.assertIs(type(loaded.stages[-1]), ConvexReLUClassificationModel)
        self.assertEqual(self.scores(loaded), self.scores(model))

    def test_cross_validator(self):
        regressor = ConvexReLURegressor(labelCol="number", **QUICK)
        validator = CrossValidator(
            estimator=regressor,
            estimatorParamMaps=ParamGridBuilder().addGrid(regressor.regRatio, [0.1, 0.9]).build(),
            evaluator=RegressionEvaluator(labelCol="number"),
            numFolds=2,
        )
        model = validator.fit(self.data)
        self.assertLess(model.avgMetrics[0], model.avgMetrics[1])
        self.assertEqual(model.bestModel.getRegRatio(), 0.1)
        validator.save(self.path("validator"))
        again = CrossValidator.load(self.path("validator"))
        self.assertIsInstance(again.getEstimator(), ConvexReLURegressor)
        model.save(self.path("validated"))
        loaded = CrossValidatorModel.load(self.path("validated"))
        self.assertEqual(self.scores(model), self.scores(loaded))

    # ---- errors

    def test_what_connect_does_not_reach(self):
        regressor = ConvexReLURegressor()
        for use, remedy in (
            (lambda: self.model.network, "save the model and load it in a classic session"),
            (lambda: self.model.toOnnx("x.onnx"), "save the model"),
            (lambda: self.model.evaluate(self.data), "evaluators"),
            (lambda: regressor.fitPath(self.data, [0.1]), "regRatio"),
            (lambda: regressor.statistics(self.data), "regRatio"),
            (lambda: regressor.loadStatistics("x"), "regRatio"),
        ):
            with self.assertRaisesRegex(RuntimeError, "^Spark Connect does not reach .*" + remedy):
                use()

    def test_wrong_use(self):
        with self.assertRaisesRegex(Exception, "tol is 2.0; it must be in"):
            ConvexReLUClassifier(tol=2.0).fit(self.data)
        with self.assertRaisesRegex(Exception, "nowhere"):
            ConvexReLUClassifier(labelCol="nowhere").fit(self.data)
        with self.assertRaisesRegex(TypeError, "dataset is a pandas.DataFrame; it must be"):
            ConvexReLUClassifier().fit(self.data.select("x1", "label").toPandas())
        with self.assertRaisesRegex(TypeError, "did you mean numGates"):
            ConvexReLUClassifier(numGate=3)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2, warnings="ignore")
