"""The Python classes under the names of the Java ones.

``Pipeline.load`` and its relatives look for the class ``org.convexnn.ml.X`` of a saved stage in the
module of that name. ``org`` and ``org.convexnn`` are namespace packages.
"""

from convexnn import (
    ConvexReLUClassificationModel,
    ConvexReLUClassifier,
    ConvexReLURegressionModel,
    ConvexReLURegressor,
)

__all__ = [
    "ConvexReLUClassificationModel",
    "ConvexReLUClassifier",
    "ConvexReLURegressionModel",
    "ConvexReLURegressor",
]
