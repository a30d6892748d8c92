"""What estimators and models have in common."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Dict,
    Generic,
    List,
    Optional,
    Sequence,
    Tuple,
    Type,
    TypeVar,
    Union,
    overload,
)

from pyspark.ml.linalg import Vector, Vectors
from pyspark.ml.util import (
    HasTrainingSummary,
    JavaMLReadable,
    JavaMLReader,
    JavaMLWritable,
    MLReadable,
)
from pyspark.ml.wrapper import JavaModel, JavaParams
from pyspark.sql import DataFrame

from convexnn._connect import Told, remote_reader
from convexnn._errors import check_dataset, not_remote, told_plainly
from convexnn._pictures import certificate_headline, certificate_rows, course, losses, page, table
from convexnn._session import is_remote, new_java
from convexnn._watch import check_place, shown
from convexnn.records import Calibration, Certificate, Marginals, Network, Provenance, python_value

if TYPE_CHECKING:
    from py4j.java_gateway import JavaObject
    from pyspark.ml._typing import ParamMap

RL = TypeVar("RL", bound=MLReadable[Any])
S = TypeVar("S")
P = TypeVar("P", bound="Stage[Any]")
MT = TypeVar("MT", bound="TrainedModel[Any, Any]")
M = TypeVar("M", bound="TrainedModel[Any, Any]")

#: a row's features, one number each
Features = Union[Vector, Sequence[float], Any]


def java_dataset(dataset: DataFrame) -> JavaObject:
    """The Java side of a DataFrame."""
    check_dataset(dataset)
    return dataset._jdf


def vector(value: Features) -> Vector:
    """The features of one row as Spark's vector: of a list, a tuple or a one-dimensional array."""
    if isinstance(value, Vector):
        return value
    if getattr(value, "ndim", 1) != 1:
        raise TypeError(
            "value has the shape %s; it must be the features of one row: transform takes tables"
            % (getattr(value, "shape"),)
        )
    try:
        return Vectors.dense([float(entry) for entry in value])
    except (TypeError, ValueError):
        raise TypeError(
            "value is %r; it must be the features of one row: a vector, or a list or array of"
            " numbers" % (value,)
        ) from None


class Reader(JavaMLReader[RL]):
    """Reads what the Java class of the same name wrote."""

    @classmethod
    def _java_loader_class(cls, clazz: Any) -> str:
        return str(clazz._java_class())


class Stage(JavaParams, JavaMLWritable, JavaMLReadable[RL]):
    """A pipeline stage whose Java class is ``org.convexnn.ml.`` and its own name."""

    _java_obj: Any = None

    @classmethod
    def _java_class(cls) -> str:
        return "org.convexnn.ml." + cls.__name__

    @classmethod
    def read(cls) -> Any:
        """A reader of saved ones."""
        return remote_reader(cls) if is_remote() else Reader(cls)

    def _new_java(self) -> Any:
        return new_java(self._java_class(), self.uid)

    def _call_java(self, name: str, *args: Any) -> Any:
        with told_plainly():
            return super()._call_java(name, *args)

    def _set(self: P, **kwargs: Any) -> P:
        if isinstance(kwargs.get("featuresCol"), (list, tuple)):  # several columns of numbers
            kwargs = {**kwargs, "featuresCols": list(kwargs["featuresCol"]), "featuresCol": None}
        # Java's validators speak here, not at fit; None is the default
        given = {name: value for name, value in kwargs.items() if value is not None}
        if is_remote():  # which has no literal for an empty list, the default of its Param
            given = {name: value for name, value in given.items() if value != []}
        before = dict(self._paramMap)
        super()._set(**given)
        try:
            if not is_remote() and self._java_obj is not None:
                for name in given:
                    self._make_java_param_pair(self.getParam(name), self.getOrDefault(name))
        except Exception:
            self._paramMap = before
            raise
        for name in kwargs.keys() - given.keys():
            self.clear(self.getParam(name))
        return self

    def clear(self, param: Any) -> None:
        """Unsets a Param."""
        if is_remote():  # PySpark's does nothing there
            self._paramMap.pop(self._resolveParam(param), None)
        else:
            super().clear(param)


class TrainedModel(Stage[RL], JavaModel, HasTrainingSummary[S]):
    """A trained network."""

    #: of its training
    _summary_class: ClassVar[Type[Any]]

    @property
    def _summaryCls(self) -> Type[Any]:
        return self._summary_class

    def _summary_dataset(self, train_dataset: DataFrame) -> DataFrame:
        return train_dataset

    @property
    def summary(self) -> S:
        """How the model was trained, and how it does on the rows it was trained on.

        An error where ``hasSummary`` is false, as of loaded models.
        """
        if not self.hasSummary:
            raise RuntimeError(
                "%s has no training summary: a saved model is loaded without one; hasSummary tells,"
                " certificate is there always, evaluate(dataset) gives the metrics" % self.uid
            )
        if is_remote():
            kept: Optional[S] = getattr(self, "_summary", None)
            told: Any = kept or self._summary_class(self._call_java("summary"))
            # no reference to the model: cycles are collected at any time, and what collects a remote
            # model calls the server
            told._params = {param.name: value for param, value in self.extractParamMap().items()}
            remote: S = told
            return remote
        summary: S = self._summary_class(self._call_java("summary"))
        return summary

    @property
    def network(self) -> Network:
        """The trained network, gates and weights, without the gates that training switched off.

        >>> [len(tree.feature) for tree in model.network.gates.forest.trees]
        """
        if is_remote():
            not_remote("a model's network", "save the model and load it in a classic session")
        network: Network = python_value(self._java_obj.network())
        return network

    @property
    def marginals(self) -> Optional[Marginals]:
        """The distributions of training rows' columns that contributions are measured against, or None."""
        if is_remote():
            not_remote("a model's marginals", "save the model and load it in a classic session")
        marginals: Optional[Marginals] = python_value(self._java_obj.marginals())
        return marginals

    @property
    def certificate(self) -> Certificate:
        """How good the network is: bounds, gap and why training stopped."""
        return self._told().certificate()

    @property
    def bestAmong(self) -> Optional[str]:
        """What the certificate compares the network with where monotoneConstraints are set, else None.

        >>> model.bestAmong
        'networks with these gates that are monotone in age (+)'
        """
        if is_remote():
            not_remote("bestAmong", "save the model and load it in a classic session")
        among: Optional[str] = python_value(self._java_obj.bestAmong())
        return among

    @property
    def provenance(self) -> Optional[Provenance]:
        """Where the model comes from; None of one saved by a version that did not tell."""
        return self._told().provenance()

    def _told(self) -> Told:
        return Told.of(self._java_obj)

    def _repr_html_(self) -> str:
        certificate = self.certificate
        rows = [("model", self.uid), ("features", self.numFeatures), *certificate_rows(certificate)]  # type: ignore[attr-defined]
        pictures = []
        if self.hasSummary:
            summary: Any = self.summary
            pictures = [course(summary.trace), losses(summary.path)]
        return page(certificate_headline(certificate), table(rows), pictures)

    def setContributionsCol(self: MT, value: str) -> MT:
        """Sets the column of contributions that transform adds; "" is none."""
        return self._set(contributionsCol=value)

    def contributions(self, dataset: DataFrame) -> DataFrame:
        """The rows with what each feature adds to their raw prediction.

        The column ``contributionsCol``, or "contributions" where it is not set, holds a vector of the
        features' contributions and, last, a base value, which sum to the raw prediction; of more than
        two classes an array of vectors, one a class.

        >>> model.contributions(test).select("contributions").first()
        """
        if is_remote():
            not_remote("contributions", "set contributionsCol and use transform")
        self._transfer_params_to_java()
        with told_plainly():
            return DataFrame(
                self._java_obj.contributions(java_dataset(dataset)), dataset.sparkSession
            )

    def withBackground(self: MT, dataset: DataFrame) -> MT:
        """This model, its contributions measured against the marginals of these rows."""
        if is_remote():
            not_remote("withBackground", "fit again: a model knows its training rows")
        self._transfer_params_to_java()
        with told_plainly():
            java_model = self._java_obj.withBackground(java_dataset(dataset))
        other: MT = self._copyValues(type(self)(java_model))
        return other

    @property
    def calibration(self) -> Optional[Calibration]:
        """What rows that the network was not trained on say of its errors, or None.

        Intervals, sets of classes and calibrated probabilities are made of it.
        """
        if is_remote():
            not_remote("a model's calibration", "save the model and load it in a classic session")
        calibration: Optional[Calibration] = python_value(self._java_obj.calibration())
        return calibration

    def withCalibration(self: MT, dataset: DataFrame) -> MT:
        """This model with intervals or sets of classes of ``coverage``, by its errors on these rows.

        The model must not have been trained on them.
        """
        if is_remote():
            not_remote("withCalibration", "fit with predictionIntervalCol or predictionSetCol set")
        self._transfer_params_to_java()
        with told_plainly():
            java_model = self._java_obj.withCalibration(java_dataset(dataset))
        other: MT = self._copyValues(type(self)(java_model))
        return other

    def setHandleInvalid(self: MT, value: str) -> MT:
        """Sets what to do about features that are null, NaN or infinite: error, skip or keep."""
        return self._set(handleInvalid=value)

    def predict(self, value: Features) -> float:
        """The prediction for the features of one row: a vector, or a list or array of numbers."""
        return float(self._call_java("predict", vector(value)))

    def _evaluated(self, dataset: DataFrame) -> JavaObject:
        if is_remote():
            check_dataset(dataset)
            not_remote("evaluate", "use MLlib's evaluators on model.transform(dataset)")
        self._transfer_params_to_java()
        with told_plainly():
            return self._java_obj.evaluate(java_dataset(dataset))

    def toOnnx(self, path: str) -> None:
        """Writes the network as an ONNX model, for ONNX Runtime: all inputs and outputs float64.

        ``path`` is a file of any Hadoop file system that does not exist yet. Needs
        org.tribuo:tribuo-util-onnx on the class path of the driver's JVM.
        """
        if is_remote():
            not_remote("toOnnx", "save the model and load it in a classic session")
        self._transfer_params_to_java()  # thresholds are in the file
        with told_plainly():
            self._java_obj.toOnnx(path)


class Trainer(Stage[RL], Generic[RL, M]):
    """An estimator."""

    #: what ``fit`` returns
    _model_class: Type[M]

    #: where the course of a fit is shown
    _progress = "auto"

    if TYPE_CHECKING:

        @overload
        def fit(self, dataset: DataFrame, params: Optional[ParamMap] = None) -> M: ...

        @overload
        def fit(
            self, dataset: DataFrame, params: Union[List[ParamMap], Tuple[ParamMap, ...]]
        ) -> List[M]: ...

        def fit(self, dataset: DataFrame, params: Any = None) -> Any: ...

    def setProgress(self: P, value: str) -> P:
        """Sets how a fit shows its course: "bar", "lines", "none", or "auto" (the default).

        "auto" is a line that changes in a notebook, a bar in a terminal, elsewhere a line every ten
        seconds on standard error, and nothing of fits that run side by side in threads. No Param: it is
        not saved. Fits of a remote session show nothing.
        """
        self._progress = check_place(value)  # type: ignore[attr-defined]
        return self

    def _fit(self, dataset: DataFrame) -> M:
        check_dataset(dataset)
        with told_plainly():
            model: M = super()._fit(dataset)  # type: ignore[misc]
        return model

    def _create_model(self, java_model: JavaObject) -> M:
        return self._model_class(java_model)

    def _made_with(self, arguments: Dict[str, Any]) -> None:
        self._java_obj = self._new_java()
        if not is_remote():  # the default of seed is that of the Java class
            self._transfer_params_from_java()
        self._set(**arguments)

    def _fit_java(self, dataset: DataFrame) -> JavaObject:
        # PySpark cancels the jobs that run, and leaves Java's thread to start the next one
        try:
            with shown(self._java_obj, self._progress):
                model: JavaObject = super()._fit_java(dataset)  # type: ignore[misc]
        except KeyboardInterrupt:
            self._java_obj.cancel()
            raise
        return model

    def _set(self: P, **kwargs: Any) -> P:
        # to PySpark initialModel is a path; a model itself is kept by the Java object alone
        if "initialModel" not in kwargs:
            return super()._set(**kwargs)
        start = kwargs.pop("initialModel")
        if isinstance(start, JavaModel):
            if not isinstance(start, self._model_class):  # type: ignore[attr-defined]
                raise TypeError(
                    "initialModel is a %s; it must be a %s or the path of a saved one"
                    % (type(start).__name__, self._model_class.__name__)  # type: ignore[attr-defined]
                )
            if is_remote():
                not_remote("a model in memory as initialModel", "save it and give its path")
            super()._set(initialModel=None, **kwargs)
            self._java_obj.setInitialModel(start._java_obj)
        else:
            super()._set(initialModel=start, **kwargs)
            if not is_remote():
                self._java_obj.setInitialModel(start or "")  # instead of a model that it has
            if start is None:
                self.clear(self.initialModel)  # type: ignore[attr-defined]
        return self
