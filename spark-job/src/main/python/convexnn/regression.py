"""Regression by a ReLU network with squared loss, trained by convex optimization."""

from __future__ import annotations

from typing import Any

from pyspark.ml.linalg import Vector
from pyspark.ml.regression import RegressionModel, Regressor
from pyspark.ml.wrapper import JavaPredictionModel, JavaPredictor

from convexnn._java import Stage, TrainedModel
from convexnn._params import (
    ConvexReLUParams,
    ConvexReLURegressorArguments,
    ConvexReLUTraining,
)


class ConvexReLURegressionModel(
    TrainedModel["ConvexReLURegressionModel"],
    RegressionModel[Vector],
    JavaPredictionModel[Vector],
    ConvexReLUParams,
):
    """A ReLU network f for regression: the prediction is f(x), in label units."""


class ConvexReLURegressor(
    ConvexReLURegressorArguments,
    Stage["ConvexReLURegressor"],
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

    def _create_model(self, java_model: Any) -> ConvexReLURegressionModel:
        return ConvexReLURegressionModel(java_model)
