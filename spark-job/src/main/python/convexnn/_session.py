"""The session: classic or Spark Connect, and whether its JVM has this package's jar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, List

from pyspark.sql.utils import is_remote

from convexnn._errors import told_plainly
from convexnn._version import JAR

if TYPE_CHECKING:
    from py4j.java_gateway import JavaObject

__all__ = ["is_remote", "java_array", "jvm", "new_java"]

_REMEDY = (
    "start the session with convexnn.configure_spark(SparkSession.builder), or with the jar in"
    " spark.jars or spark.jars.packages"
)

# the JVM whose jar was looked at last
_checked: List[Any] = []


def jvm() -> Any:
    """Py4J's view of the session's JVM."""
    from pyspark import SparkContext

    context = SparkContext._active_spark_context
    if context is None or context._jvm is None:
        raise RuntimeError(
            "no Spark session is running: start one first,"
            " convexnn.configure_spark(SparkSession.builder).getOrCreate()"
        )
    return context._jvm


def new_java(name: str, uid: str) -> Any:
    """A new Java object of this class and uid; the name where the session is remote."""
    if is_remote():
        return name
    _check_jar(name)
    simple = name.rpartition(".")[2]
    return getattr(jvm().org.convexnn.ml, simple)(uid)


def _check_jar(name: str) -> None:
    """Refuses a JVM without the jar, with one of another version, or with two."""
    view = jvm()
    simple = name.rpartition(".")[2]
    if not _is_class(getattr(view.org.convexnn.ml, simple)):
        raise RuntimeError("%s is not on the class path of Spark's JVM: %s" % (name, _REMEDY))
    if _checked and _checked[0] is view:
        return
    if not _is_class(view.org.convexnn.ml.Library):
        raise RuntimeError(
            "the jar of Spark's JVM is older than this package, %s: %s" % (JAR, _REMEDY)
        )
    with told_plainly():
        versions = list(view.org.convexnn.ml.Library.versions())
        version = view.org.convexnn.ml.Library.version()
    if len(versions) > 1:
        raise RuntimeError(
            "Spark's JVM has two versions of ConvexNN's jar, %s: leave one of them out of spark.jars,"
            " spark.jars.packages and Spark's folder jars" % " and ".join(versions)
        )
    if version not in (JAR, "unknown") and not JAR.startswith("$"):
        raise RuntimeError(
            "Spark's JVM has ConvexNN's jar of version %s, this package is of version %s: %s"
            % (version, JAR, _REMEDY)
        )
    _checked[:] = [view]


def _is_class(found: Any) -> bool:
    """Whether Py4J found a class: of a name that is none it makes a package."""
    return type(found).__name__ == "JavaClass"


def java_array(numbers: List[float]) -> JavaObject:
    """A Java array of doubles."""
    from pyspark import SparkContext

    gateway = SparkContext._active_spark_context._gateway  # type: ignore[union-attr]
    array = gateway.new_array(jvm().double, len(numbers))  # type: ignore[union-attr]
    for i, number in enumerate(numbers):
        array[i] = number
    return array
