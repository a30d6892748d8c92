"""What estimators and models have in common."""

from __future__ import annotations

from typing import Any, Optional, Type, TypeVar

from py4j.java_gateway import JavaObject
from pyspark.ml.util import HasTrainingSummary, JavaMLReadable, JavaMLReader, JavaMLWritable
from pyspark.ml.wrapper import JavaModel, JavaParams
from pyspark.sql import DataFrame

from convexnn.records import Certificate, Network, Provenance, python_value

RL = TypeVar("RL")
S = TypeVar("S")
P = TypeVar("P", bound="Stage")
M = TypeVar("M", bound="TrainedModel")


def java_dataset(dataset: DataFrame) -> JavaObject:
    """The Java side of a DataFrame."""
    if not isinstance(dataset, DataFrame):
        raise TypeError("dataset is %r; it must be a DataFrame" % (dataset,))
    return dataset._jdf


class Reader(JavaMLReader[RL]):
    """Reads what the Java class of the same name wrote."""

    @classmethod
    def _java_loader_class(cls, clazz: Any) -> str:
        return clazz._java_class()


class Stage(JavaParams, JavaMLWritable, JavaMLReadable[RL]):
    """A pipeline stage whose Java class is ``org.convexnn.ml.`` and its own name."""

    @classmethod
    def _java_class(cls) -> str:
        return "org.convexnn.ml." + cls.__name__

    @classmethod
    def read(cls) -> Reader[RL]:
        """A reader of saved ones."""
        return Reader(cls)

    def _new_java(self) -> JavaObject:
        name = self._java_class()
        try:
            return self._new_java_obj(name, self.uid)
        except TypeError as missing:  # what py4j says of a package that it calls
            raise RuntimeError(
                name
                + " is not on the class path of Spark's JVM: start Spark with the jar in --packages"
                " or --jars (spark.jars.packages, spark.jars)"
            ) from missing

    def _set(self: P, **kwargs: Any) -> P:
        # Java's validators speak here, not at fit; None is the default
        given = {name: value for name, value in kwargs.items() if value is not None}
        before = dict(self._paramMap)
        super()._set(**given)
        try:
            if isinstance(self._java_obj, JavaObject):
                for name in given:
                    self._make_java_param_pair(self.getParam(name), self.getOrDefault(name))
        except Exception:
            self._paramMap = before
            raise
        for name in kwargs.keys() - given.keys():
            self.clear(self.getParam(name))
        return self


class TrainedModel(Stage[RL], JavaModel, HasTrainingSummary[S]):
    """A trained network."""

    @property
    def network(self) -> Network:
        """The trained network, gates and weights, without the gates that training switched off.

        >>> [len(tree.feature) for tree in model.network.gates.trees]
        """
        return python_value(self._java_obj.network())

    @property
    def certificate(self) -> Certificate:
        """How good the network is: bounds, gap and why training stopped."""
        return python_value(self._java_obj.certificate())

    @property
    def provenance(self) -> Optional[Provenance]:
        """Where the model comes from; None of one saved by a version that did not tell."""
        return python_value(self._java_obj.provenance())

    def setHandleInvalid(self: M, value: str) -> M:
        """Sets what to do about features that are null, NaN or infinite: error, skip or keep."""
        return self._set(handleInvalid=value)

    def _evaluated(self, dataset: DataFrame) -> JavaObject:
        self._transfer_params_to_java()
        return self._java_obj.evaluate(java_dataset(dataset))

    def toOnnx(self, path: str) -> None:
        """Writes the network as an ONNX model, for ONNX Runtime: all inputs and outputs float64.

        ``path`` is a file of any Hadoop file system that does not exist yet. Needs
        org.tribuo:tribuo-util-onnx on the class path of the driver's JVM.
        """
        self._transfer_params_to_java()  # thresholds are in the file
        self._java_obj.toOnnx(path)


class Trainer(Stage[RL]):
    """An estimator."""

    #: what ``fit`` returns
    _model_class: Type[TrainedModel]

    def _create_model(self, java_model: JavaObject) -> Any:
        return self._model_class(java_model)

    def _set(self: P, **kwargs: Any) -> P:
        # to PySpark initialModel is a path; a model itself is kept by the Java object alone
        if "initialModel" not in kwargs:
            return super()._set(**kwargs)
        start = kwargs.pop("initialModel")
        if isinstance(start, JavaModel):
            if not isinstance(start, self._model_class):
                raise TypeError(
                    "initialModel is a %s; it must be a %s or the path of a saved one"
                    % (type(start).__name__, self._model_class.__name__)
                )
            super()._set(initialModel=None, **kwargs)
            self._java_obj.setInitialModel(start._java_obj)
        else:
            super()._set(initialModel=start, **kwargs)
            self._java_obj.setInitialModel(start or "")  # instead of a model that it has
            if start is None:
                self.clear(self.initialModel)
        return self
