"""How a model was trained, and how a model does on some rows."""

from __future__ import annotations

from importlib import import_module
from math import isnan
from typing import Any, List, Optional

from pyspark.ml.classification import _BinaryClassificationSummary, _TrainingSummary
from pyspark.ml.linalg import Vector
from pyspark.ml.wrapper import JavaWrapper
from pyspark.sql import DataFrame

from convexnn._connect import Told, regression_metric
from convexnn._errors import not_remote, told_plainly
from convexnn._pictures import (
    certificate_headline,
    certificate_rows,
    course,
    losses,
    number,
    page,
    share,
    table,
)
from convexnn._session import is_remote
from convexnn.records import Certificate, PathPoint, RankBound, TraceRecord


class Asked(JavaWrapper):
    """An object of the session that is asked for numbers."""

    def _call_java(self, name: str, *args: Any) -> Any:
        with told_plainly():
            return super()._call_java(name, *args)

    def _importances(self, name: str) -> Vector:
        if is_remote():
            not_remote(name, "aggregate the column that contributionsCol names")
        importances: Vector = self._call_java(name)
        return importances


class ConvexReLUTrainingSummary(Asked, _TrainingSummary):
    """How a model was trained. Not saved with the model; the certificate is."""

    def _get(self, name: str) -> Any:
        return Told.of(self._java_obj).training(name)

    @property
    def certificate(self) -> Certificate:
        """How good the network is."""
        certificate: Certificate = self._get("certificate")
        return certificate

    @property
    def rankBound(self) -> Optional[RankBound]:
        """What gates of low rank cost, where patternRank holds them to one."""
        rankBound: Optional[RankBound] = self._get("rankBound")
        return rankBound

    @property
    def trace(self) -> List[TraceRecord]:
        """One record per iteration."""
        trace: List[TraceRecord] = self._get("trace")
        return trace

    @property
    def path(self) -> List[PathPoint]:
        """The regularisation path, empty where beta was given."""
        path: List[PathPoint] = self._get("path")
        return path

    def __repr__(self) -> str:
        certificate, path = self.certificate, self.path
        return (
            "trained on %s rows in %.1f s: objective %s, at most %s above the best one; %s; %s of %s gates"
            " in use; %s passes, ended by %s"
            % (
                number(self.rows),
                self.seconds,
                number(certificate.primalObjective),
                share(certificate.relativeGap),
                "beta %s, the best of %d tried" % (number(certificate.beta), len(path))
                if path
                else "beta %s" % number(certificate.beta),
                number(certificate.activeNeurons),
                number(certificate.gates),
                number(certificate.passes),
                certificate.stopReason,
            )
        )

    def _repr_html_(self) -> str:
        certificate = self.certificate
        rows = [
            ("rows", number(self.rows)),
            ("seconds", "%.1f" % self.seconds),
            *certificate_rows(certificate),
        ]
        return page(
            certificate_headline(certificate), table(rows), [course(self.trace), losses(self.path)]
        )

    def plot(self) -> Any:
        """The gap by passes and the validation loss by beta as a figure of matplotlib, which it needs."""
        try:
            Figure: Any = import_module("matplotlib.figure").Figure
        except ImportError:
            raise RuntimeError("plot needs matplotlib: pip install matplotlib") from None
        figure = Figure(figsize=(9, 3.2), layout="constrained")
        gaps, loss = figure.subplots(1, 2)
        last = [t for t in self.trace if t.phase == "solve"]
        gaps.semilogy([t.passes for t in last], [t.relativeGap for t in last])
        gaps.axhline(self.certificate.tol, linestyle=":", color="gray")
        gaps.set(xlabel="passes over the rows", ylabel="relative gap")
        path = sorted(self.path, key=lambda p: p.ratio)
        loss.errorbar(
            [p.ratio for p in path],
            [p.validationLoss for p in path],
            yerr=[0.0 if isnan(p.standardError) else p.standardError for p in path],
            marker="o",
        )
        loss.set(xscale="log", xlabel="beta / betaMax", ylabel="validation loss")
        return figure

    @property
    def rows(self) -> int:
        """The rows trained on: those of positive weight."""
        return int(self._get("rows"))

    @property
    def setUpSeconds(self) -> float:
        """Seconds for moments, gates, patterns, skip-only fit and betaMax."""
        return float(self._get("setUpSeconds"))

    @property
    def solveSeconds(self) -> float:
        """Seconds for path, final fit and certificate."""
        return float(self._get("solveSeconds"))

    @property
    def seconds(self) -> float:
        """Seconds of the whole training."""
        return self.setUpSeconds + self.solveSeconds

    @property
    def objectiveHistory(self) -> List[float]:
        """The best primal objective after each iteration."""
        return list(self._call_java("objectiveHistory"))

    @property
    def totalIterations(self) -> int:
        """The number of iterations, those of the regularisation path included."""
        return int(self._call_java("totalIterations"))


class ConvexReLUClassificationSummary(Asked, _BinaryClassificationSummary):
    """How a classifier does on some rows, weighted by the weight column where they have it.

    Metrics are MLlib's: of any number of classes accuracy, weightedPrecision, recallByLabel, ...; of
    two classes also roc, areaUnderROC, pr, fMeasureByThreshold, ..., from curves of 1000 points.
    Nothing is computed before it is asked for.
    """

    @property
    def probabilityCol(self) -> str:
        """The column of ``predictions`` with the probabilities of the classes."""
        return str(self._call_java("probabilityCol"))

    @property
    def featuresCol(self) -> str:
        """The column with the features."""
        return str(self._call_java("featuresCol"))

    @property
    def featureImportances(self) -> Vector:
        """How much each feature matters on the rows: the mean of its absolute contributions, added up over classes."""
        return self._importances("featureImportances")

    @property
    def lossImportances(self) -> Vector:
        """What the mean loss of the rows would grow by without each feature's contributions."""
        return self._importances("lossImportances")


class ConvexReLUClassificationTrainingSummary(ConvexReLUClassificationSummary, ConvexReLUTrainingSummary):
    """How a classifier was trained, and how it does on the rows it was trained on."""


class ConvexReLURegressionSummary(Asked):
    """How a regression does on some rows, weighted by the weight column where they have it.

    Metrics are MLlib's, in label units. Nothing is computed before it is asked for. ``r2adj`` and
    ``degreesOfFreedom`` are left out: they count coefficients, and of a network whose gates were drawn
    for the data and whose weights a penalty shrinks no count of weights is the number of degrees of
    freedom.
    """

    def _call_java(self, name: str, *args: Any) -> Any:
        if is_remote() and name not in ("objectiveHistory", "totalIterations"):
            return regression_metric(self, name)
        return super()._call_java(name, *args)

    def ofOutput(self, k: int) -> ConvexReLURegressionSummary:
        """The summary of one output of a model of several labels, from 0 on: its metrics are of one each.

        >>> [model.summary.ofOutput(k).r2 for k in range(2)]
        """
        if is_remote():
            not_remote("ofOutput", "use MLlib's evaluators on one entry of label and prediction")
        return ConvexReLURegressionSummary(self._call_java("ofOutput", k))

    @property
    def predictions(self) -> DataFrame:
        """The rows with the model's predictions."""
        predictions: DataFrame = self._call_java("predictions")
        return predictions

    @property
    def predictionCol(self) -> str:
        """The column of ``predictions`` with the label predicted."""
        return str(self._call_java("predictionCol"))

    @property
    def labelCol(self) -> str:
        """The column with the true label."""
        return str(self._call_java("labelCol"))

    @property
    def featuresCol(self) -> str:
        """The column with the features."""
        return str(self._call_java("featuresCol"))

    @property
    def weightCol(self) -> str:
        """The weight column, "" where none was set; rows without it count once each."""
        return str(self._call_java("weightCol"))

    @property
    def featureImportances(self) -> Vector:
        """How much each feature matters on the rows: the mean of its absolute contributions."""
        return self._importances("featureImportances")

    @property
    def lossImportances(self) -> Vector:
        """What the mean loss of the rows would grow by without each feature's contributions."""
        return self._importances("lossImportances")

    @property
    def residuals(self) -> DataFrame:
        """One column, ``residuals``: label - prediction."""
        residuals: DataFrame = self._call_java("residuals")
        return residuals

    @property
    def devianceResiduals(self) -> List[float]:
        """min and max of sqrt(weight) (label - prediction) over the rows, in this order."""
        return list(self._call_java("devianceResiduals"))

    @property
    def numInstances(self) -> int:
        """The number of rows."""
        return int(self._call_java("numInstances"))

    @property
    def explainedVariance(self) -> float:
        """The mean square distance of the predictions from the mean label."""
        return float(self._call_java("explainedVariance"))

    @property
    def meanAbsoluteError(self) -> float:
        """mean abs(label - prediction)."""
        return float(self._call_java("meanAbsoluteError"))

    @property
    def meanSquaredError(self) -> float:
        """mean (label - prediction)^2."""
        return float(self._call_java("meanSquaredError"))

    @property
    def rootMeanSquaredError(self) -> float:
        """The root of ``meanSquaredError``."""
        return float(self._call_java("rootMeanSquaredError"))

    @property
    def r2(self) -> float:
        """1 - sum w (label - prediction)^2 / sum w (label - mean)^2, w the weights."""
        return float(self._call_java("r2"))

    @property
    def deviance(self) -> float:
        """The deviance, sum w d(label, prediction); refused for losses that have none."""
        return float(self._call_java("deviance"))

    @property
    def meanDeviance(self) -> float:
        """The deviance of exposure 1 on average; refused for losses that have none."""
        return float(self._call_java("meanDeviance"))

    @property
    def pinballLoss(self) -> float:
        """The mean pinball loss of the model's quantile; refused for other losses."""
        return float(self._call_java("pinballLoss"))


class ConvexReLURegressionTrainingSummary(ConvexReLURegressionSummary, ConvexReLUTrainingSummary):
    """How a regression was trained, and how it does on the rows it was trained on."""
