"""ReLU networks trained on Apache Spark by convex optimization.

>>> from convexnn import ConvexReLUClassifier
>>> model = ConvexReLUClassifier(tol=0.01).fit(train)
>>> model.certificate.relativeGap
0.0087
>>> model.transform(test).select("probability", "prediction")
>>> model.evaluate(test).accuracy
0.91

The work is done by the Java classes of the same names, package ``org.convexnn.ml``; this package is
in their jar.
"""

from convexnn.classification import ConvexReLUClassificationModel, ConvexReLUClassifier
from convexnn.records import (
    AllPatterns,
    Certificate,
    FeatureMap,
    GateSet,
    HalfSpaces,
    Network,
    PathPoint,
    Provenance,
    RankBound,
    SubNetwork,
    TraceRecord,
    Tree,
)
from convexnn.regression import (
    ConvexReLURegressionModel,
    ConvexReLURegressionStatistics,
    ConvexReLURegressor,
)
from convexnn.summary import (
    ConvexReLUClassificationSummary,
    ConvexReLUClassificationTrainingSummary,
    ConvexReLURegressionSummary,
    ConvexReLURegressionTrainingSummary,
    ConvexReLUTrainingSummary,
)

__all__ = [
    "AllPatterns",
    "Certificate",
    "ConvexReLUClassificationModel",
    "ConvexReLUClassificationSummary",
    "ConvexReLUClassificationTrainingSummary",
    "ConvexReLUClassifier",
    "ConvexReLURegressionModel",
    "ConvexReLURegressionStatistics",
    "ConvexReLURegressionSummary",
    "ConvexReLURegressionTrainingSummary",
    "ConvexReLURegressor",
    "ConvexReLUTrainingSummary",
    "FeatureMap",
    "GateSet",
    "HalfSpaces",
    "Network",
    "PathPoint",
    "Provenance",
    "RankBound",
    "SubNetwork",
    "TraceRecord",
    "Tree",
]
