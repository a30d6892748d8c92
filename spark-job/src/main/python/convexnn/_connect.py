"""What the session tells of a model, classic or by Spark Connect.

A Connect server hands out what its own list has, and nothing of other classes. What it does run is a
model's ``transform``: the column that ``trainingCol`` names tells, as JSON, what the list leaves out.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

from convexnn._errors import not_remote
from convexnn._session import is_remote
from convexnn.records import (
    Certificate,
    PathPoint,
    Provenance,
    RankBound,
    TraceRecord,
    python_value,
    record_of,
)


def remote_reader(clazz: Any) -> Any:
    """A reader of Spark Connect, which takes the Java class's name from the module's."""
    from pyspark.ml.connect.readwrite import RemoteMLReader

    named: Any = type(clazz.__name__, (clazz,), {"__module__": "org.convexnn.ml"})
    return RemoteMLReader(named)


def transformed(rows: Any, reference: str, params: Dict[str, Any]) -> Any:
    """What the model of a reference, ``id`` or ``id.summary``, makes of rows, with these Params set."""
    from pyspark.ml.connect.proto import TransformerRelation
    from pyspark.ml.connect.serialize import serialize_ml_params_values
    from pyspark.sql.connect.dataframe import DataFrame

    session = rows.sparkSession
    plan = TransformerRelation(
        child=rows._plan,
        name=reference.partition(".")[0],
        ml_params=serialize_ml_params_values(params, session.client),
        is_model=True,
    )
    return DataFrame(plan, session)


class Told:
    """What a model tells of itself and, in the session that trained it, of its training."""

    def __init__(self, java_obj: Any):
        self._java_obj = java_obj

    @staticmethod
    def of(java_obj: Any) -> Told:
        """Of a model's Java object; of its reference, where the session is remote."""
        return RemoteTold(str(java_obj)) if is_remote() else Told(java_obj)

    def certificate(self) -> Certificate:
        certificate: Certificate = python_value(self._java_obj.certificate())
        return certificate

    def provenance(self) -> Optional[Provenance]:
        provenance: Optional[Provenance] = python_value(self._java_obj.provenance())
        return provenance

    def training(self, name: str) -> Any:
        """What the summary has under a name; the Java object is the summary's."""
        return python_value(getattr(self._java_obj, name)())


class RemoteTold(Told):
    """The same by Spark Connect: of a model, ``id``, or its summary, ``id.summary``."""

    def _read(self) -> Dict[str, Any]:
        from pyspark.sql.connect.session import SparkSession

        session = SparkSession.getActiveSession()
        if session is None:
            raise RuntimeError("the session of Spark Connect has ended")
        row: Any = session.range(1).selectExpr("array(0.0D) AS features")
        params = {"featuresCol": "features", "trainingCol": "training"}
        told = transformed(row, self._java_obj, params).select("training").first()
        content: Dict[str, Any] = json.loads(told[0])
        return content

    def certificate(self) -> Certificate:
        certificate: Certificate = record_of(Certificate, self._read()["certificate"])
        return certificate

    def provenance(self) -> Optional[Provenance]:
        told = self._read().get("provenance")
        return None if told is None else record_of(Provenance, told)

    def training(self, name: str) -> Any:
        if name == "certificate":
            return self.certificate()
        content = self._read().get("training")
        if content is None:
            raise RuntimeError(
                "the server has put this model aside, and how it was trained with it: fit again, or"
                " ask for the summary's totalIterations first, which brings it back"
            )
        value = content.get(name)
        kinds: Dict[str, Any] = {
            "rankBound": RankBound,
            "trace": TraceRecord,
            "path": PathPoint,
        }
        if value is None or name not in kinds:
            return value
        if isinstance(value, list):
            records: List[Any] = [record_of(kinds[name], each) for each in value]
            return records
        return record_of(kinds[name], value)


def regression_metric(summary: Any, name: str) -> Any:
    """A metric of a regression's summary, none of which the server hands out, from its rows."""
    from pyspark.sql import functions

    params: Dict[str, Any] = summary._params
    names = ("labelCol", "featuresCol", "predictionCol", "weightCol")
    columns: Dict[str, str] = {name: params.get(name, "") for name in names}
    if name in columns:
        return columns[name]
    trained_on = getattr(summary, "_summary_dataset", None)
    if trained_on is None:  # Spark 4.0
        not_remote("summary.%s" % name, "use RegressionEvaluator on model.transform(dataset)")
    given = {key: params[key] for key in (*names, "featuresCols") if params.get(key)}
    scored = transformed(trained_on, summary._java_obj, given)
    if name == "predictions":
        return scored
    label = functions.col(columns["labelCol"]).cast("double")
    prediction = functions.col(columns["predictionCol"])
    error = label - prediction
    if name == "residuals":
        return scored.select(error.alias("residuals"))
    if name == "numInstances":
        return scored.count()
    weighted = columns["weightCol"] in scored.columns
    weight = functions.col(columns["weightCol"]) if weighted else functions.lit(1.0)
    if name == "devianceResiduals":
        deviance = functions.sqrt(weight) * error
        return list(scored.agg(functions.min(deviance), functions.max(deviance)).first())

    def means(*terms: Any) -> List[float]:
        sums = [functions.sum(weight * term) for term in terms]
        total, *rest = scored.agg(functions.sum(weight), *sums).first()
        return [each / total for each in rest]

    (mean,) = means(label)
    spread, square, absolute, explained = means(
        (label - mean) * (label - mean),
        error * error,
        functions.abs(error),
        (prediction - mean) * (prediction - mean),
    )
    return {
        "explainedVariance": explained,
        "meanAbsoluteError": absolute,
        "meanSquaredError": square,
        "rootMeanSquaredError": square**0.5,
        "r2": 1 - square / spread if spread else float("nan"),
    }[name]
