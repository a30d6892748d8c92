"""What the session tells of a model, classic or by Spark Connect.

A Connect server hands out what its own list has, and nothing of other classes. What it does run is a
model's ``transform``: the column that ``trainingCol`` names tells, as JSON, what the list leaves out.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

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
        from pyspark.ml.connect.proto import TransformerRelation
        from pyspark.ml.connect.serialize import serialize_ml_params_values
        from pyspark.sql.connect.dataframe import DataFrame
        from pyspark.sql.connect.session import SparkSession

        session = SparkSession.getActiveSession()
        if session is None:
            raise RuntimeError("the session of Spark Connect has ended")
        row: Any = session.range(1).selectExpr("array(0.0D) AS features")
        params = {"featuresCol": "features", "trainingCol": "training"}
        plan = TransformerRelation(
            child=row._plan,
            name=self._java_obj.partition(".")[0],
            ml_params=serialize_ml_params_values(params, session.client),
            is_model=True,
        )
        told = DataFrame(plan, session).select("training").first()
        content: Dict[str, Any] = json.loads(told[0])  # type: ignore[index]
        return content

    def certificate(self) -> Certificate:
        certificate: Certificate = record_of(Certificate, self._read()["certificate"])
        return certificate

    def provenance(self) -> Optional[Provenance]:
        told = self._read().get("provenance")
        return None if told is None else record_of(Provenance, told)

    def training(self, name: str) -> Any:
        content = self._read().get("training")
        if content is None:
            raise RuntimeError(
                "the server has put this model aside, and how it was trained with it: fit again, or"
                " ask for the summary's totalIterations first, which brings it back"
            )
        value = content.get(name)
        kinds: Dict[str, Any] = {
            "certificate": Certificate,
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
