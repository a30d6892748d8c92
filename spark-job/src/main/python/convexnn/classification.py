"""Classification by a ReLU network, trained by convex optimization."""

from __future__ import annotations

from typing import Any

from pyspark.ml.classification import ProbabilisticClassificationModel, ProbabilisticClassifier
from pyspark.ml.linalg import Vector
from pyspark.ml.wrapper import JavaPredictionModel, JavaPredictor

from convexnn._java import Stage, TrainedModel
from convexnn._params import (
    ConvexReLUClassifierArguments,
    ConvexReLUParams,
    ConvexReLUTraining,
)


class ConvexReLUClassificationModel(
    TrainedModel["ConvexReLUClassificationModel"],
    ProbabilisticClassificationModel,
    JavaPredictionModel[Vector],
    ConvexReLUParams,
):
    """A ReLU network f for classification.

    Of two classes the raw prediction is [-f, f], f in log-odds of class 1, of more the outputs f of
    all classes; the probability is their sigmoid or softmax.
    """

    @property
    def numClasses(self) -> int:
        """The number of classes."""
        return self._call_java("numClasses")

    def predictRaw(self, value: Vector) -> Vector:
        """The raw prediction of each class."""
        return self._call_java("predictRaw", value)

    def predictProbability(self, value: Vector) -> Vector:
        """The probability of each class."""
        return self._call_java("predictProbability", value)


class ConvexReLUClassifier(
    ConvexReLUClassifierArguments,
    Stage["ConvexReLUClassifier"],
    ProbabilisticClassifier,
    JavaPredictor[ConvexReLUClassificationModel],
    ConvexReLUTraining,
):
    """Classification by a ReLU network, trained by convex optimization.

    The network that ``fit`` returns comes with a certificate of how close it is to the best one for
    its gates. Labels are 0, 1, .. C - 1. Features are vectors, dense or sparse, and need not be
    scaled; rows may have weights. By default the regularisation parameter is chosen by validation.

    >>> model = ConvexReLUClassifier(labelCol="y", seed=1).fit(train)
    >>> model.certificate.relativeGap, model.summary.trace[-1].passes
    """

    def _create_model(self, java_model: Any) -> ConvexReLUClassificationModel:
        return ConvexReLUClassificationModel(java_model)
