"""How a model was trained."""

from __future__ import annotations

from typing import Any, List, Optional

from pyspark.ml.wrapper import JavaWrapper

from convexnn.records import Certificate, PathPoint, RankBound, TraceRecord, python_value


class ConvexReLUTrainingSummary(JavaWrapper):
    """How a model was trained. Not saved with the model; the certificate is."""

    def _get(self, name: str) -> Any:
        return python_value(getattr(self._java_obj, name)())

    @property
    def certificate(self) -> Certificate:
        """How good the network is."""
        return self._get("certificate")

    @property
    def rankBound(self) -> Optional[RankBound]:
        """What gates of low rank cost, where patternRank holds them to one."""
        return self._get("rankBound")

    @property
    def trace(self) -> List[TraceRecord]:
        """One record per iteration."""
        return self._get("trace")

    @property
    def path(self) -> List[PathPoint]:
        """The regularisation path, empty where beta was given."""
        return self._get("path")

    @property
    def rows(self) -> int:
        """The rows trained on: those of positive weight."""
        return self._get("rows")

    @property
    def setUpSeconds(self) -> float:
        """Seconds for moments, gates, patterns, skip-only fit and betaMax."""
        return self._get("setUpSeconds")

    @property
    def solveSeconds(self) -> float:
        """Seconds for path, final fit and certificate."""
        return self._get("solveSeconds")

    @property
    def seconds(self) -> float:
        """Seconds of the whole training."""
        return self._get("seconds")

    @property
    def objectiveHistory(self) -> List[float]:
        """The best primal objective after each iteration."""
        return self._get("objectiveHistory")

    @property
    def totalIterations(self) -> int:
        """The number of iterations, those of the regularisation path included."""
        return self._get("totalIterations")
