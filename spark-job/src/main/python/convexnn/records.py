"""What the Java side says of a fit and a model, as named tuples: ``pandas.DataFrame(summary.trace)`` is a table."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional, Type

from convexnn._pictures import certificate_headline, certificate_rows, page, table


class AllPatterns(NamedTuple):
    """What a certificate says of a plain ReLU network over all activation patterns."""

    #: no network of any width has an objective below, proven
    bound: float
    #: gap of the network's objective to this bound
    relativeGap: float
    #: highest price of a neuron that a search found: above beta that neuron improves the network
    searchPrice: float
    #: whether hidden weights were trained too, so that the dual bound is this one
    hiddenFree: bool


class Certificate(NamedTuple):
    """No weights for the same gates, norm and beta have an objective below ``dualBound``."""

    #: objective of the network, in float64 as stored
    primalObjective: float
    #: lower bound on the optimum
    dualBound: float
    #: (primalObjective - dualBound) / primalObjective
    relativeGap: float
    #: gap that was asked for
    tol: float
    #: regularisation parameter
    beta: float
    #: smallest beta at which the model is linear
    betaMax: float
    #: a of the penalty beta (a N + (1 - a) N^2 / 2)
    elasticNet: float
    #: gates trained
    gates: int
    #: gates with non-zero weights
    activeNeurons: int
    #: sweeps over the data with all gates, everything counted
    passes: float
    #: sweeps over the data of any kind
    jobs: int
    #: GAP, MAX_PASSES, ...: why the fit stopped
    stopReason: str
    #: solver that ran
    solver: str
    #: of a plain ReLU network, what is proven beyond its own activation patterns; else None
    allPatterns: Optional[AllPatterns]

    def _repr_html_(self) -> str:
        return page(certificate_headline(self), table(certificate_rows(self)))


class IsotonicMap(NamedTuple):
    """A map of probabilities that never falls: linear between knots, constant beyond them."""

    #: ascending probabilities
    knots: List[float]
    #: what each becomes, ascending
    values: List[float]


class Calibration(NamedTuple):
    """What rows that had no part in training say of a network's errors."""

    #: 1 - alpha
    coverage: float
    #: calibrated on so many rows of positive weight
    rows: int
    #: of the rows' scores, the ceil((rows + 1) coverage)-th smallest
    quantile: float
    #: of each class; empty where probabilities are left alone
    probabilities: List[IsotonicMap]


class RankBound(NamedTuple):
    """What gates of low rank cost against all gates."""

    #: rank of the gates
    rank: int
    #: largest root mean square distance of rows from their span, in a direction
    sigma: float
    #: of the bound eps = slope sigma / beta; nan where there is none
    slope: float
    #: regularisation parameter
    beta: float
    #: whether the gates are all patterns of the span
    enumerated: bool


class TraceRecord(NamedTuple):
    """One iteration of a fit."""

    #: path or solve
    phase: str
    #: number within the fit of one beta, from 0
    iteration: int
    #: passes over the data since training began
    passes: float
    #: regularisation parameter
    beta: float
    #: best primal objective so far
    objective: float
    #: best lower bound so far
    dualBound: float
    #: gap between the two
    relativeGap: float
    #: gates with non-zero weights
    activeNeurons: int
    #: since training began
    seconds: float


class PathPoint(NamedTuple):
    """One point of the regularisation path."""

    #: beta / betaMax
    ratio: float
    #: regularisation parameter
    beta: float
    #: primal objective on the training rows
    objective: float
    #: gap reached
    relativeGap: float
    #: mean loss on the rows held out
    validationLoss: float
    #: of this mean over the folds of a cross-validation; nan of one split
    standardError: float
    #: gates with non-zero weights
    activeNeurons: int
    #: passes since training began
    passes: float


class Objective(NamedTuple):
    """What was automatic in the objective of a certificate: the norms, and the rows of the loss."""

    #: the norm of half-spaces and paths: euclidean, function, slim; none where there are none
    halfSpaceNorm: str
    #: the norm of leaves: euclidean, function; none where there are none
    leafNorm: str
    #: which rows the loss is a mean over: all, or all but those held out
    rows: str
    #: how many they are, those of positive weight
    rowCount: int
    #: the sum of their weights
    rowWeight: float


class Provenance(NamedTuple):
    """Where a model comes from; saved with it."""

    #: when, in UTC, as 2026-11-21T17:05:00Z
    trained: str
    #: the rows trained on: those of positive weight
    rows: int
    #: their number of features
    features: int
    #: the seed
    seed: int
    #: the gap reached
    relativeGap: float
    #: the norms and rows of the objective; None of models saved without
    objective: Optional[Objective]
    #: the version of Spark
    sparkVersion: str
    #: the version of this library; unknown of classes outside a jar
    libraryVersion: str


class FeatureMap(NamedTuple):
    """z = M ((x - mean) inverseScale), entries held within -clip and clip: k coordinates of d features."""

    #: column means, d numbers
    mean: List[float]
    #: 1 / standard deviation by column, 0 for a constant column
    inverseScale: List[float]
    #: M, k x d, row after row; empty for the identity
    matrix: List[float]
    #: most that a coordinate can be; inf for none
    clip: float
    #: whether z has no coordinate at all, of networks in which nothing is linear
    none: bool


class HalfSpaces(NamedTuple):
    """P gates, gate p active where x.g_p >= t_p, x the features as they come."""

    #: d
    features: int
    #: P x d, row after row; row p is g_p
    directions: List[float]
    #: t, P numbers
    thresholds: List[float]
    #: c_p, what is taken off the indicator in the model: 0.5 or 0
    centres: List[float]


class SubNetwork(NamedTuple):
    """The gates of one sub-network of three layers or more: one for each path to its last neuron."""

    #: how many neurons of layer l each neuron of layer l + 1 has
    widths: List[int]
    #: those of the first layer, one for each path
    neurons: HalfSpaces
    #: of layer 2 in the order of its neurons, then of layer 3, ..
    weights: List[float]


class Tree(NamedTuple):
    """Tests of one column each; a leaf is the gate of the rows that reach it. Node 0 is the root."""

    #: the column tested at each node
    feature: List[int]
    #: left where x[feature] < threshold
    threshold: List[float]
    #: the left child of each node; a negative one is the leaf ~child
    left: List[int]
    #: the right child of each node
    right: List[int]
    #: empty where no node tests a set; else for each node None (a threshold) or four numbers of 64
    #: bits, of which bit b is set where bin b of a column of categories goes left
    sets: List[Optional[List[int]]]
    #: whether a missing value (nan) goes left, for each node
    missingLeft: List[bool]


class CategoryBins(NamedTuple):
    """The bins of categories, which sets of a tree hold: those of codes 0 .. V - 1 of a column."""

    #: for each column None (numbers) or the bin of each code, as a signed byte; -1 for none
    tables: List[Optional[List[int]]]


class LeafPenalty(NamedTuple):
    """What the penalty on constant leaves takes from the boosting that grew them."""

    #: of the leaves' norms; empty where all are 1
    weights: List[float]
    #: from which the norms measure; empty where all are 0
    centres: List[float]


class Forest(NamedTuple):
    """Trees whose leaves are gates, and what stands in the leaves."""

    #: of each exactly one leaf is active on a row
    trees: List[Tree]
    #: the coordinates that a leaf's weights are on: LINEAR, all of them, ..
    leafModel: str
    #: of each tree, the one output that its leaves add to; -1 for all
    output: List[int]
    #: of the columns that trees test by sets; of no columns where there are none
    categories: CategoryBins
    #: what the penalty on the leaves takes from boosting
    penalty: LeafPenalty


class GateSet(NamedTuple):
    """The gates in order: the half-spaces, the paths of each sub-network, the leaves of each tree."""

    #: many are active on a row
    halfSpaces: HalfSpaces
    #: of one shape; alone, where there are any
    subNetworks: List[SubNetwork]
    #: trees, whose leaves are gates
    forest: Forest


class Imputation(NamedTuple):
    """What linear parts see of missing values (nan): a value each, and indicators behind the features."""

    #: of each feature; empty where rows are taken as they are
    values: List[float]
    #: the features whose indicator, 1 where they are missing, is a further column
    indicated: List[int]


class Marginals(NamedTuple):
    """How columns of training rows are distributed, each by itself; contributions are measured against it."""

    #: of all columns that gates and feature map take
    means: List[float]
    #: of each column the thresholds that trees test, ascending; none of categories
    cuts: List[List[float]]
    #: of each column the share of each interval between cuts, or of each bin, and last of what is missing
    masses: List[List[float]]


class Network(NamedTuple):
    """The trained function of a row x, with z = map(x), z~ = [z, 1], s_i(x) = 1 where gate i is active::

        f(x) = labelShift + labelScale (offset + b + z.w0 + sum_i (s_i(x) - c_i) z~.u_i)

    C outputs: 1 of a regression of one label and of two classes. All of it is lists of numbers:
    ``numpy.reshape(network.weights, (-1, len(network.offset), k + 1))[1 + i]`` is u_i.
    """

    #: of features to coordinates z, k of them
    map: FeatureMap
    #: the gates, P of them
    gates: GateSet
    #: (1 + P) x C x (k + 1): block 0 is [w0, b], block 1 + i is u_i
    #: where leaves are linear, or there are none; shorter where leafModel is another
    weights: List[float]
    #: the constant model, C numbers
    offset: List[float]
    #: shift from training units of the label to its own
    labelShift: float
    #: scale from training units of the label to its own
    labelScale: float
    #: what each output is multiplied by beside, where a row has several labels; else empty
    units: List[float]
    #: of missing values, before all of this
    imputation: Imputation


_RECORDS: Dict[str, Type[Any]] = {
    record.__name__: record
    for record in (
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
}


def python_value(value: Any) -> Any:
    """A Java value in Python: records as named tuples, enums by name, what is empty as None."""
    from py4j.java_collections import JavaArray, JavaList
    from py4j.java_gateway import JavaObject
    from pyspark import SparkContext
    from pyspark.ml.common import _java2py

    context = SparkContext._active_spark_context
    if isinstance(value, JavaArray) and context is not None:
        kind = value.getClass().getSimpleName()
        if kind == "byte[]":
            return [int(code) for code in value]
        if kind in ("int[]", "double[]", "boolean[]"):  # in one piece
            return list(_java2py(context, value))
        return [python_value(element) for element in value]
    if isinstance(value, JavaList):
        return [python_value(element) for element in value]
    if not isinstance(value, JavaObject):
        return value
    kind = value.getClass().getSimpleName()
    if kind == "Optional":
        return python_value(value.orElse(None))
    if kind == "AllPatterns" and not value.known():
        return None
    if kind in _RECORDS:
        record = _RECORDS[kind]
        return record(*(python_value(getattr(value, field)()) for field in record._fields))
    return value.toString()


def record_of(record: Type[Any], told: Dict[str, Any]) -> Any:
    """A record of what the Java side wrote of it as JSON, which has NaN and Infinity as text."""

    def field(name: str) -> Any:
        value = told.get(name)
        if name == "allPatterns":
            return None if value is None else record_of(AllPatterns, value)
        if name == "objective" and record is Provenance:
            return None if value is None else record_of(Objective, value)
        return float(value) if value in ("NaN", "Infinity", "-Infinity") else value

    return record(*(field(name) for name in record._fields))
