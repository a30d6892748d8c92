"""What estimators and models have in common."""

from __future__ import annotations

from typing import Any, TypeVar

from py4j.java_gateway import JavaObject
from pyspark.ml.util import HasTrainingSummary, JavaMLReadable, JavaMLReader, JavaMLWritable
from pyspark.ml.wrapper import JavaModel, JavaParams

from convexnn.records import Certificate, python_value
from convexnn.summary import ConvexReLUTrainingSummary

RL = TypeVar("RL")
P = TypeVar("P", bound="Stage")


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
        # Java's validators speak here, not at fit
        before = dict(self._paramMap)
        super()._set(**kwargs)
        try:
            if isinstance(self._java_obj, JavaObject):
                for name, value in kwargs.items():
                    if value is not None:
                        self._make_java_param_pair(self.getParam(name), self.getOrDefault(name))
        except Exception:
            self._paramMap = before
            raise
        return self


class TrainedModel(Stage[RL], JavaModel, HasTrainingSummary[ConvexReLUTrainingSummary]):
    """A trained network."""

    @property
    def certificate(self) -> Certificate:
        """How good the network is: bounds, gap and why training stopped."""
        return python_value(self._java_obj.certificate())

    @property
    def summary(self) -> ConvexReLUTrainingSummary:
        """How the model was trained; an error where ``hasSummary`` is false, as of loaded models."""
        return ConvexReLUTrainingSummary(self._java_obj.summary())

    def toOnnx(self, path: str) -> None:
        """Writes the network as an ONNX model, for ONNX Runtime: all inputs and outputs float64.

        ``path`` is a file of any Hadoop file system that does not exist yet. Needs
        org.tribuo:tribuo-util-onnx on the class path of the driver's JVM.
        """
        self._java_obj.toOnnx(path)
