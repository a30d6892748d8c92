"""Classification by a ReLU network, trained by convex optimization."""

from __future__ import annotations

from pyspark.ml.classification import ProbabilisticClassificationModel, ProbabilisticClassifier
from pyspark.ml.linalg import Vector
from pyspark.ml.wrapper import JavaPredictionModel, JavaPredictor
from pyspark.sql import DataFrame

from convexnn._java import Features, TrainedModel, Trainer, vector
from convexnn._params import (
    ConvexReLUClassifierArguments,
    ConvexReLUParams,
    ConvexReLUTraining,
)
from convexnn.summary import (
    ConvexReLUClassificationSummary,
    ConvexReLUClassificationTrainingSummary,
)


class ConvexReLUClassificationModel(
    TrainedModel["ConvexReLUClassificationModel", ConvexReLUClassificationTrainingSummary],
    ProbabilisticClassificationModel,
    JavaPredictionModel[Vector],
    ConvexReLUParams,
):
    """A ReLU network f for classification.

    Of two classes the raw prediction is [-f, f], f in log-odds of class 1, of more the outputs f of
    all classes; the probability is their sigmoid or softmax.
    """

    _summary_class = ConvexReLUClassificationTrainingSummary

    def setPredictionSetCol(self, value: str) -> ConvexReLUClassificationModel:
        """Sets the column of sets of classes that transform adds; "" is none."""
        return self._set(predictionSetCol=value)

    def evaluate(self, dataset: DataFrame) -> ConvexReLUClassificationSummary:
        """How this model does on the rows of a data set.

        >>> model.evaluate(test).areaUnderROC
        """
        return ConvexReLUClassificationSummary(self._evaluated(dataset))

    @property
    def numClasses(self) -> int:
        """The number of classes."""
        return int(self._call_java("numClasses"))

    def predictRaw(self, value: Features) -> Vector:
        """The raw prediction of each class for the features of one row."""
        raw: Vector = self._call_java("predictRaw", vector(value))
        return raw

    def predictProbability(self, value: Features) -> Vector:
        """The probability of each class for the features of one row."""
        probability: Vector = self._call_java("predictProbability", vector(value))
        return probability


class ConvexReLUClassifier(
    ConvexReLUClassifierArguments,
    Trainer["ConvexReLUClassifier", ConvexReLUClassificationModel],
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

    _model_class = ConvexReLUClassificationModel
