"""Brings the library's jar to a session."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def jar_path() -> str:
    """The path of the library's jar: in the installed package, or the jar that this package is in.

    >>> SparkSession.builder.config("spark.jars", convexnn.jar_path())
    """
    package = Path(__file__).resolve().parent
    jars = sorted((package / "jars").glob("convexnn-spark_*.jar"))
    if jars:
        return str(jars[0])
    if package.parent.is_file():  # imported from the jar itself
        return str(package.parent)
    raise FileNotFoundError(
        "no jar in %s: this convexnn is not an installed one; install the wheel by pip, or name the"
        " jar to Spark yourself (spark.jars)" % package
    )


def configure_spark(builder: SparkSession.Builder) -> SparkSession.Builder:
    """Adds the library's jar to the session that a builder will start; gives the builder.

    Jars that ``spark.jars`` names already stay. A session that runs already is not changed: Spark
    reads the option when its JVM starts.

    >>> spark = convexnn.configure_spark(SparkSession.builder).getOrCreate()
    """
    # what the builder was told; else what spark-submit or the environment says
    options = getattr(builder, "_options", {})
    named = str(options.get("spark.jars", "")).split(",")
    jars = [jar for jar in named if jar and os.path.basename(jar) != os.path.basename(jar_path())]
    return builder.config("spark.jars", ",".join([*jars, jar_path()]))
