"""Regression by a ReLU network with squared or another loss, trained by convex optimization."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, List, Sequence

from pyspark.ml.linalg import Vector
from pyspark.ml.param import TypeConverters
from pyspark.ml.regression import RegressionModel, Regressor
from pyspark.ml.wrapper import JavaPredictionModel, JavaPredictor, JavaWrapper
from pyspark.sql import DataFrame

from convexnn._errors import not_remote, told_plainly
from convexnn._java import Features, TrainedModel, Trainer, java_dataset, vector
from convexnn._params import (
    ConvexReLUParams,
    ConvexReLURegressorArguments,
    ConvexReLUTraining,
)
from convexnn._session import is_remote, java_array
from convexnn.summary import ConvexReLURegressionSummary, ConvexReLURegressionTrainingSummary

if TYPE_CHECKING:
    from py4j.java_gateway import JavaObject

# what Spark Connect has in place of many regressions from one pass
_ONE_BY_ONE = "fit with regRatio set, one ratio after the other"


class ConvexReLURegressionModel(
    TrainedModel["ConvexReLURegressionModel", ConvexReLURegressionTrainingSummary],
    RegressionModel[Vector],
    JavaPredictionModel[Vector],
    ConvexReLUParams,
):
    """A ReLU network f for regression: the prediction is f(x), in label units."""

    _summary_class = ConvexReLURegressionTrainingSummary

    def setPredictionIntervalCol(self, value: str) -> ConvexReLURegressionModel:
        """Sets the column of intervals that transform adds; "" is none."""
        return self._set(predictionIntervalCol=value)

    def predictOutputs(self, value: Features) -> List[float]:
        """The predictions for the features of one row, one for each label that the model was trained on."""
        return list(self._call_java("predictOutputs", vector(value)))

    def evaluate(self, dataset: DataFrame) -> ConvexReLURegressionSummary:
        """How this model does on the rows of a data set.

        >>> model.evaluate(test).rootMeanSquaredError
        """
        return ConvexReLURegressionSummary(self._evaluated(dataset))


class ConvexReLURegressor(
    ConvexReLURegressorArguments,
    Trainer["ConvexReLURegressor", ConvexReLURegressionModel],
    Regressor[ConvexReLURegressionModel],
    JavaPredictor[ConvexReLURegressionModel],
    ConvexReLUTraining,
):
    """Regression by a ReLU network with squared or another loss, trained by convex optimization.

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
        self._check_classic("fitPath")
        return self._path(
            ratios, lambda numbers: self._java_obj.fitPath(java_dataset(dataset), numbers)
        )

    def _path(
        self, ratios: Sequence[float], fit: Callable[[JavaObject], JavaObject]
    ) -> List[ConvexReLURegressionModel]:
        try:
            numbers = TypeConverters.toListFloat(ratios)
        except TypeError as wrong:
            raise TypeError("ratios is %r; it must be a list of numbers" % (ratios,)) from wrong
        self._transfer_params_to_java()
        with told_plainly():
            models = fit(java_array(numbers))
        return [
            self._copyValues(self._create_model(model), {self.regRatio: ratio})
            for model, ratio in zip(models, numbers)
        ]

    def statistics(self, dataset: DataFrame) -> ConvexReLURegressionStatistics:
        """Looks at the rows once and keeps the sums that squared loss needs, for ``numFolds`` folds.

        All models of the same gates come from them, and sums of later rows can be added. Gates see no
        label.

        >>> regressor.statistics(january).save("january")
        """
        self._check_classic("statistics")
        self._transfer_params_to_java()
        return ConvexReLURegressionStatistics(
            self._java_obj.statistics(java_dataset(dataset)), self
        )

    def loadStatistics(self, path: str) -> ConvexReLURegressionStatistics:
        """Loads statistics that were saved, to be solved with this regressor's Params.

        Feature map, gates, norms and folds are those of the statistics.

        >>> regressor.loadStatistics("january").add(february).fitPath([0.01])
        """
        self._check_classic("loadStatistics")
        return ConvexReLURegressionStatistics(self._java_obj.loadStatistics(path), self)

    def _check_classic(self, what: str) -> None:
        if is_remote():
            not_remote(what, _ONE_BY_ONE)


class ConvexReLURegressionStatistics(JavaWrapper):
    """All that squared loss needs to know of some rows; the regressor's ``statistics`` makes them.

    Models for every regularisation parameter are solved from them without another look at the rows,
    by the Params of the regressor; new rows are read from its columns. Feature map, gates, norms, folds
    and label units are fixed by the first rows. Immutable otherwise.
    """

    _java_obj: Any

    def __init__(self, java_obj: JavaObject, regressor: ConvexReLURegressor):
        super().__init__(java_obj)
        self._regressor = regressor

    @property
    def rows(self) -> int:
        """The number of rows of positive weight."""
        return int(self._call_java("rows"))

    @property
    def weight(self) -> float:
        """The sum of their weights."""
        return float(self._call_java("weight"))

    @property
    def numFolds(self) -> int:
        """The number of folds; a row's fold is a hash of its features and label."""
        return int(self._call_java("numFolds"))

    @property
    def numGates(self) -> int:
        """The number of gates."""
        return int(self._call_java("numGates"))

    @property
    def numFeatures(self) -> int:
        """The number of features."""
        return int(self._call_java("numFeatures"))

    def collect(self, dataset: DataFrame) -> ConvexReLURegressionStatistics:
        """The statistics of other rows alone, on the same feature map, gates, norms and folds."""
        self._regressor._transfer_params_to_java()
        return self._of(self._java_obj.collect(java_dataset(dataset)))

    def merge(self, other: ConvexReLURegressionStatistics) -> ConvexReLURegressionStatistics:
        """The statistics of these rows and others together; both come from one first ``statistics``."""
        if not isinstance(other, ConvexReLURegressionStatistics):
            raise TypeError(
                "other is %r; it must be a ConvexReLURegressionStatistics" % (other,)
            )
        return self._of(self._java_obj.merge(other._java_obj))

    def add(self, dataset: DataFrame) -> ConvexReLURegressionStatistics:
        """The statistics of these rows and new ones together: ``collect`` and ``merge``."""
        return self.merge(self.collect(dataset))

    def subtract(self, other: ConvexReLURegressionStatistics) -> ConvexReLURegressionStatistics:
        """The statistics of these rows without others that are among them, exact to rounding.

        Refused where the others cannot be among these rows, and where so little would remain that the
        difference of sums is rounding errors.
        """
        if not isinstance(other, ConvexReLURegressionStatistics):
            raise TypeError(
                "other is %r; it must be a ConvexReLURegressionStatistics" % (other,)
            )
        with told_plainly():
            return self._of(self._java_obj.subtract(other._java_obj))

    def remove(self, dataset: DataFrame) -> ConvexReLURegressionStatistics:
        """The statistics without rows that were added: ``collect`` and ``subtract``."""
        return self.subtract(self.collect(dataset))

    def _of(self, java_obj: JavaObject) -> ConvexReLURegressionStatistics:
        return ConvexReLURegressionStatistics(java_obj, self._regressor)

    def fitPath(self, ratios: Sequence[float]) -> List[ConvexReLURegressionModel]:
        """One model for each ratio beta / betaMax, in (0, 1], without a pass; in the same order."""
        return self._regressor._path(ratios, self._java_obj.fitPath)

    def crossValidate(self) -> ConvexReLURegressionModel:
        """The model of the lowest mean loss of cross-validation over the folds, without a pass.

        Needs folds: set ``numFolds`` before the statistics are collected. The losses are the ``path``
        of its summary.
        """
        self._regressor._transfer_params_to_java()
        model = self._regressor._create_model(self._java_obj.crossValidate())
        return self._regressor._copyValues(model)

    def save(self, path: str) -> None:
        """Saves the statistics as one file on any Hadoop file system; nothing is replaced."""
        self._java_obj.save(path)

    def __repr__(self) -> str:
        return str(self._java_obj.toString())
