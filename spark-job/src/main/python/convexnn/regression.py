"""Regression by a ReLU network with squared loss, trained by convex optimization."""

from __future__ import annotations

from typing import List, Sequence

from pyspark.ml.linalg import Vector
from pyspark.ml.param import TypeConverters
from pyspark.ml.regression import RegressionModel, Regressor
from pyspark.ml.util import _jvm
from pyspark.ml.wrapper import JavaPredictionModel, JavaPredictor
from pyspark.sql import DataFrame

from convexnn._java import TrainedModel, Trainer, java_dataset
from convexnn._params import (
    ConvexReLUParams,
    ConvexReLURegressorArguments,
    ConvexReLUTraining,
)
from convexnn.summary import ConvexReLURegressionSummary, ConvexReLURegressionTrainingSummary


class ConvexReLURegressionModel(
    TrainedModel["ConvexReLURegressionModel", ConvexReLURegressionTrainingSummary],
    RegressionModel[Vector],
    JavaPredictionModel[Vector],
    ConvexReLUParams,
):
    """A ReLU network f for regression: the prediction is f(x), in label units."""

    @property
    def summary(self) -> ConvexReLURegressionTrainingSummary:
        """How the model was trained, and how it does on the rows it was trained on.

        An error where ``hasSummary`` is false, as of loaded models.
        """
        return ConvexReLURegressionTrainingSummary(self._java_obj.summary())

    def evaluate(self, dataset: DataFrame) -> ConvexReLURegressionSummary:
        """How this model does on the rows of a data set.

        >>> model.evaluate(test).rootMeanSquaredError
        """
        return ConvexReLURegressionSummary(self._evaluated(dataset))


class ConvexReLURegressor(
    ConvexReLURegressorArguments,
    Trainer["ConvexReLURegressor"],
    Regressor[ConvexReLURegressionModel],
    JavaPredictor[ConvexReLURegressionModel],
    ConvexReLUTraining,
):
    """Regression by a ReLU network with squared loss, trained by convex optimization.

    The network that ``fit`` returns comes with a certificate of how close it is to the best one for
    its gates. Features are vectors, dense or sparse, and need not be scaled; rows may have weights.
    By default the regularisation parameter is chosen by validation.

    >>> model = ConvexReLURegressor(labelCol="price", regRatio=0.03).fit(train)
    >>> model.certificate.relativeGap
    """

    _model_class = ConvexReLURegressionModel

    def fitPath(
        self, dataset: DataFrame, ratios: Sequence[float]
    ) -> List[ConvexReLURegressionModel]:
        """Trains one model for each ratio beta / betaMax, all from one pass over the data.

        ``ratios`` are in (0, 1], in any order, and the models in the same; ``getRegRatio`` of each is
        its ratio. Not together with regParam or regRatio.

        >>> [model.evaluate(test).r2 for model in regressor.fitPath(train, [0.3, 0.1, 0.03])]
        """
        try:
            numbers = TypeConverters.toListFloat(ratios)
        except TypeError as wrong:
            raise TypeError("ratios is %r; it must be a list of numbers" % (ratios,)) from wrong
        self._transfer_params_to_java()
        models = self._java_obj.fitPath(
            java_dataset(dataset), self._new_java_array(numbers, _jvm().double)
        )
        return [
            self._copyValues(self._create_model(model), {self.regRatio: ratio})
            for model, ratio in zip(models, numbers)
        ]
