"""ReLU networks trained on Apache Spark by convex optimization.

>>> from convexnn import ConvexReLUClassifier
>>> model = ConvexReLUClassifier(tol=0.01).fit(train)
>>> model.certificate.relativeGap
0.0087
>>> model.transform(test).select("probability", "prediction")
>>> model.evaluate(test).accuracy
0.91

The work is done by the Java classes of the same names, package ``org.convexnn.ml``. Their jar is in the
installed package and goes to a session by ``configure_spark`` or ``jar_path``; this package is in that
jar too.
"""

from convexnn._install import configure_spark, jar_path
from convexnn._version import PACKAGE as __version__
from convexnn.classification import ConvexReLUClassificationModel, ConvexReLUClassifier
from convexnn.records import (
    AllPatterns,
    Calibration,
    CategoryBins,
    Certificate,
    FeatureMap,
    Forest,
    GateSet,
    HalfSpaces,
    Imputation,
    IsotonicMap,
    LeafPenalty,
    Marginals,
    Network,
    Objective,
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
    "Calibration",
    "CategoryBins",
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
    "Forest",
    "GateSet",
    "HalfSpaces",
    "Imputation",
    "IsotonicMap",
    "LeafPenalty",
    "Marginals",
    "Network",
    "Objective",
    "PathPoint",
    "Provenance",
    "RankBound",
    "SubNetwork",
    "TraceRecord",
    "Tree",
    "__version__",
    "configure_spark",
    "jar_path",
]
