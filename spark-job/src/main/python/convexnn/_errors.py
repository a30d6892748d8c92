"""Errors of the JVM as Python's, one sentence each."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Iterator, NoReturn

# what Java code throws on purpose and PySpark has no class for
_TOLD = (
    "java.lang.IllegalStateException",
    "java.lang.UnsupportedOperationException",
    "java.util.NoSuchElementException",
    "java.util.concurrent.CancellationException",
)


@contextmanager
def told_plainly() -> Iterator[None]:
    """What Java refuses with a sentence of its own is a RuntimeError with that sentence."""
    try:
        yield
    except Exception as error:
        thrown = getattr(error, "java_exception", None)
        if thrown is None or thrown.getClass().getName() not in _TOLD:
            raise
        sentence = thrown.getMessage() or thrown.toString()
    else:
        return
    raise RuntimeError(sentence)


def not_remote(what: str, instead: str) -> NoReturn:
    """Says that Spark Connect does not reach something, and what does."""
    raise RuntimeError("Spark Connect does not reach %s: %s" % (what, instead))


def check_dataset(dataset: Any) -> None:
    """Refuses what is no DataFrame of Spark."""
    from pyspark.sql import DataFrame

    if isinstance(dataset, DataFrame) or type(dataset).__module__.startswith("pyspark.sql.connect"):
        return
    library = type(dataset).__module__.partition(".")[0]
    if library in ("pandas", "polars", "pyarrow", "numpy"):
        raise TypeError(
            "dataset is a %s.%s; it must be a DataFrame of Spark: spark.createDataFrame makes one"
            % (library, type(dataset).__name__)
        )
    raise TypeError("dataset is %r; it must be a DataFrame of Spark" % (dataset,))
