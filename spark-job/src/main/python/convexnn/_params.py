# Written by the Java test PythonPackageTest from the Params of the Java classes.
"""Params of ConvexNN's estimators and models."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, TypeVar, Union

from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.param.shared import HasWeightCol
from pyspark.ml.wrapper import JavaModel

from convexnn._arguments import keyword_only

A = TypeVar("A")
T = TypeVar("T", bound="ConvexReLUTraining")


class ConvexReLUParams(HasWeightCol):
    """Params of estimators and models, and their getters."""

    activation: Param[str] = Param(
        Params._dummy(),
        "activation",
        "what a hidden neuron computes: gated = a linear function behind a gate that "
        "is fixed before training, a convex program; relu = max(0, x.v + b), the "
        "network grown neuron by neuron from the gated one, or exact for the gates "
        "where rows are few",
        typeConverter=TypeConverters.toString,
    )

    adaptivePower: Param[float] = Param(
        Params._dummy(),
        "adaptivePower",
        "power of the weights of constant leaves' norms, (|v| sqrt(p))^-power with v "
        "what boosting found in the leaf and p its share of the rows, >= 0 and at most "
        "4, 0 = all leaves alike; unset = chosen by validation, 0.5 where regParam or "
        "regRatio is set",
        typeConverter=TypeConverters.toFloat,
    )

    aggregationDepth: Param[int] = Param(
        Params._dummy(),
        "aggregationDepth",
        "levels of the tree in which the partitions' results are added, >= 1",
        typeConverter=TypeConverters.toInt,
    )

    boostingPrior: Param[float] = Param(
        Params._dummy(),
        "boostingPrior",
        "where the penalty draws constant leaves to: this share of what boosting found "
        "in them, in [0, 1], 0 = to zero; unset = chosen by validation, 0 where "
        "regParam or regRatio is set",
        typeConverter=TypeConverters.toFloat,
    )

    categoricalCols: Param[List[str]] = Param(
        Params._dummy(),
        "categoricalCols",
        "features that hold categories, as codes 0, 1, .., beside those that metadata "
        "tell: names of columns of featuresCols or of the vector's entries, or numbers "
        "of entries from 0 on; unset or empty = those that metadata tell",
        typeConverter=TypeConverters.toListString,
    )

    checkpointDir: Param[str] = Param(
        Params._dummy(),
        "checkpointDir",
        "folder, of any Hadoop file system, in which a fit keeps the driver's state "
        "while it runs, one fit at a time; gone when it has ended well; exact cones of "
        "activation 'relu', a matter of seconds, start again; unset or empty = none",
        typeConverter=TypeConverters.toString,
    )

    checkpointInterval: Param[int] = Param(
        Params._dummy(),
        "checkpointInterval",
        "with checkpointDir, the passes after which the state is written again, >= 1; "
        "-1 = never",
        typeConverter=TypeConverters.toInt,
    )

    classWeights: Param[List[str]] = Param(
        Params._dummy(),
        "classWeights",
        "what the rows of each class count in training, beside weightCol: balanced = "
        "all classes alike, W / (C W_k) with W_k the weight of class k's rows, W of "
        "all, C the number of classes; or a positive number for each class; or "
        "class:number for some, by name or number from 0 on, others counting 1; unset "
        "or empty = 1 for all",
        typeConverter=TypeConverters.toListString,
    )

    contributionsCol: Param[str] = Param(
        Params._dummy(),
        "contributionsCol",
        "name of a column in which transform tells what each feature adds to a row's "
        "raw prediction: a vector of the features' contributions and, last, a base "
        "value, which sum to it; of more than two classes an array of vectors, one a "
        "class; unset or empty = none",
        typeConverter=TypeConverters.toString,
    )

    coverage: Param[float] = Param(
        Params._dummy(),
        "coverage",
        "the probability, 1 - alpha, in (0, 1), with which labels of new rows are in "
        "their intervals or sets",
        typeConverter=TypeConverters.toFloat,
    )

    effort: Param[str] = Param(
        Params._dummy(),
        "effort",
        "how many gates are drawn where no number is given: fast, balanced or best",
        typeConverter=TypeConverters.toString,
    )

    elasticNetParam: Param[float] = Param(
        Params._dummy(),
        "elasticNetParam",
        "a of the penalty regParam (a N + (1 - a) N^2 / 2) on the norm N of each group "
        "of weights, in [0, 1]: 1 = the norm alone, which switches groups off, 0 = its "
        "square alone, which shrinks them; below 1 for constant leaves; unset = chosen "
        "by validation for constant leaves, else 1",
        typeConverter=TypeConverters.toFloat,
    )

    epsilon: Param[float] = Param(
        Params._dummy(),
        "epsilon",
        "error beyond which loss 'huber' is linear, > 0, in units of the labels' "
        "spread: the distance of their quartiles / 1.349, which is the standard "
        "deviation of a normal distribution",
        typeConverter=TypeConverters.toFloat,
    )

    evalMetric: Param[str] = Param(
        Params._dummy(),
        "evalMetric",
        "what predictions of held-out rows are judged by, where these choose the "
        "regularisation parameter, powers, priors and sizes of trees: auto = the loss "
        "that is minimised, of a quantile the pinball loss; of classes logLoss, the "
        "same, areaUnderROC (two classes) or accuracy; of numbers rmse, mae or, with a "
        "log link, deviance; not together with regParam or regRatio",
        typeConverter=TypeConverters.toString,
    )

    featuresCols: Param[List[str]] = Param(
        Params._dummy(),
        "featuresCols",
        "names of numeric columns that are the features, in this order, in place of "
        "the one column featuresCol; unset or empty = featuresCol",
        typeConverter=TypeConverters.toListString,
    )

    fitIntercept: Param[bool] = Param(
        Params._dummy(),
        "fitIntercept",
        "whether the model has an intercept, true or false",
        typeConverter=TypeConverters.toBoolean,
    )

    foldCol: Param[str] = Param(
        Params._dummy(),
        "foldCol",
        "name of a column of groups, such as strings or integers: the rows of one "
        "group are trained on or held out together when the regularisation parameter "
        "is chosen; not together with regParam, regRatio or validationIndicatorCol; "
        "unset or empty = equal rows are held out together",
        typeConverter=TypeConverters.toString,
    )

    gateSampler: Param[str] = Param(
        Params._dummy(),
        "gateSampler",
        "how gates are drawn: trees = leaves of trees grown by boosting on a sample, "
        "gaussian = dense random half-spaces in normalised coordinates, columns = "
        "half-spaces on one column with thresholds at sampled rows, mixed = half of "
        "each, sphere = directions on the unit sphere with bounded thresholds, priced "
        "= half-spaces generated along the path by what they promise to gain, auto = "
        "trees, beside them gaussian where boosting finds little; gaussian where "
        "numGates is given, features are many or boosting finds nothing, priced where "
        "rows are few",
        typeConverter=TypeConverters.toString,
    )

    groupNorm: Param[str] = Param(
        Params._dummy(),
        "groupNorm",
        "the norm of a neuron's weights in the penalty: euclidean = in feature-map "
        "coordinates, function = root mean square of the neuron's output over the "
        "training rows, slim = euclidean, of weights along the gate's own direction "
        "and its bias alone (function for leaves), auto = function for leaves, slim "
        "where auto prices gates because rows are few, else euclidean",
        typeConverter=TypeConverters.toString,
    )

    handleInvalid: Param[str] = Param(
        Params._dummy(),
        "handleInvalid",
        "what to do about rows whose features are null, NaN or infinite: error = "
        "refuse them, skip = leave them out of training and out of what transform "
        "returns, keep = NaN is a missing value, trained on and predicted from; rows "
        "of null or infinite features are left out of training and predicted NaN",
        typeConverter=TypeConverters.toString,
    )

    initialModel: Param[str] = Param(
        Params._dummy(),
        "initialModel",
        "path of a saved model of the same kind to start from: its gates and feature "
        "map are kept, Params that choose them have no part; training begins at its "
        "weights, and with its regularisation parameter where neither regParam nor "
        "regRatio is set; unset or empty = gates are drawn and training begins at zero",
        typeConverter=TypeConverters.toString,
    )

    interactionConstraints: Param[List[str]] = Param(
        Params._dummy(),
        "interactionConstraints",
        "lists of features, with commas between, that may be tested together on the "
        "way to a leaf, by name or number from 0 on; a feature in no list stands "
        "alone; with trees of constant leaves; unset or empty = all together",
        typeConverter=TypeConverters.toListString,
    )

    intervalMethod: Param[str] = Param(
        Params._dummy(),
        "intervalMethod",
        "with predictionIntervalCol, what intervals are made of: residual = the "
        "prediction, so that all have the same width, scale = the prediction and the "
        "size of errors, of a network that is trained beside on the absolute ones of "
        "the training rows, quantile = two quantiles, of networks that are trained "
        "beside; by the last two they are as wide as labels vary",
        typeConverter=TypeConverters.toString,
    )

    layerWidths: Param[List[int]] = Param(
        Params._dummy(),
        "layerWidths",
        "widths of layers 1 to L - 2 of sub-networks of L layers, each with one neuron "
        "in its last hidden layer: [4] = three layers with 4 neurons below it, [4, 3] "
        "= four layers; the gates are the paths of sub-networks, numGates in all; "
        "positive integers whose product, the paths of a sub-network, is at most 256, "
        "or empty for two layers",
        typeConverter=TypeConverters.toListInt,
    )

    leafModel: Param[str] = Param(
        Params._dummy(),
        "leafModel",
        "what stands in the leaves of trees: constant = a number a leaf, which allows "
        "hundreds of trees, linear = a linear function of all features, auto = "
        "constant, but linear where numGates asks for half-spaces beside the trees or "
        "linearSkip is set to true",
        typeConverter=TypeConverters.toString,
    )

    linearSkip: Param[bool] = Param(
        Params._dummy(),
        "linearSkip",
        "whether the model has a linear term beside its neurons, true or false",
        typeConverter=TypeConverters.toBoolean,
    )

    loss: Param[str] = Param(
        Params._dummy(),
        "loss",
        "what a regression minimises: squared = squared errors, poisson = half the "
        "deviance of counts, gamma = that of positive amounts, tweedie = that of "
        "amounts many of which are 0, see variancePower (these three with a log link: "
        "the raw output is the logarithm of the mean), huber = squared errors that "
        "count linearly beyond epsilon, quantile = the pinball loss of a quantile; "
        "classifiers have losses of their own",
        typeConverter=TypeConverters.toString,
    )

    maxBlockSizeInMB: Param[float] = Param(
        Params._dummy(),
        "maxBlockSizeInMB",
        "most megabytes of features in a block of rows, dense ones as doubles, >= 0; 0 "
        "= automatic, 4 MB",
        typeConverter=TypeConverters.toFloat,
    )

    maxIter: Param[int] = Param(
        Params._dummy(),
        "maxIter",
        "most passes over the rows in the final fit, >= 1; reaching it returns the "
        "model with the gap reached",
        typeConverter=TypeConverters.toInt,
    )

    monotoneConstraints: Param[List[str]] = Param(
        Params._dummy(),
        "monotoneConstraints",
        "features in which the network's raw output rises (feature:1) or falls "
        "(feature:-1) everywhere, by name or number from 0 on, or 1, -1 or 0 for each "
        "feature; with trees of constant leaves, of a regression or two classes; unset "
        "or empty = none",
        typeConverter=TypeConverters.toListString,
    )

    normalization: Param[str] = Param(
        Params._dummy(),
        "normalization",
        "the linear feature map: whiten = uncorrelated columns of variance one, "
        "standardize = columns of mean zero and variance one, pca = the 120 leading "
        "principal components, none = features as they come, auto = whiten, but of "
        "more than 300 features standardize where rows are sparse, else pca where 120 "
        "components hold most of their variance",
        typeConverter=TypeConverters.toString,
    )

    numFolds: Param[int] = Param(
        Params._dummy(),
        "numFolds",
        "number of folds of the cross-validation that chooses the regularisation "
        "parameter, from 2 to 1000; 1 = one tenth of the rows is held out; 0 = "
        "automatic: one tenth, or 5 folds where rows are few; not together with "
        "regParam or regRatio",
        typeConverter=TypeConverters.toInt,
    )

    numGates: Param[int] = Param(
        Params._dummy(),
        "numGates",
        "number of gates (hidden neurons before training switches some off), a "
        "positive integer; 0 = chosen by the number of rows",
        typeConverter=TypeConverters.toInt,
    )

    numLeaves: Param[int] = Param(
        Params._dummy(),
        "numLeaves",
        "most leaves of a tree, from 2 to 4096; 0 = chosen by the number of rows",
        typeConverter=TypeConverters.toInt,
    )

    numTrees: Param[int] = Param(
        Params._dummy(),
        "numTrees",
        "number of trees whose leaves are gates, a positive integer; 0 = chosen by the "
        "size of the table",
        typeConverter=TypeConverters.toInt,
    )

    offsetCol: Param[str] = Param(
        Params._dummy(),
        "offsetCol",
        "name of a column of numbers that are added to a regression's raw output, in "
        "training and in transform: with a log link the logarithm of an exposure; "
        "unset or empty = none",
        typeConverter=TypeConverters.toString,
    )

    patternRank: Param[int] = Param(
        Params._dummy(),
        "patternRank",
        "rank of the gates: half-spaces in the span of so many leading directions "
        "(right singular vectors) of the centred features in feature-map coordinates, "
        "a positive integer, at most the number of features; all patterns of few rows "
        "(rank 1: 512, rank 2: 32) where numGates is not given; 0 = all directions",
        typeConverter=TypeConverters.toInt,
    )

    perClassGroups: Param[bool] = Param(
        Params._dummy(),
        "perClassGroups",
        "whether the penalty switches off each class of a neuron by itself (the sum of "
        "the norms of its classes' weights) instead of whole neurons (the norm of all "
        "of them), true or false; means something with more than two classes only",
        typeConverter=TypeConverters.toBoolean,
    )

    polish: Param[bool] = Param(
        Params._dummy(),
        "polish",
        "with activation relu, whether all weights are improved together at the end, "
        "by L-BFGS: more accurate, but not convex: the certificate then holds over all "
        "networks only, not for given gates; true or false",
        typeConverter=TypeConverters.toBoolean,
    )

    precision: Param[str] = Param(
        Params._dummy(),
        "precision",
        "arithmetic of the products over the rows: float32, float64, auto = float32 "
        "unless tol is below 1e-6; the certificate is always computed in float64",
        typeConverter=TypeConverters.toString,
    )

    predictionIntervalCol: Param[str] = Param(
        Params._dummy(),
        "predictionIntervalCol",
        "name of a column in which transform tells between which numbers a "
        "regression's label is with a probability of coverage, a struct of lower and "
        "upper; a tenth of the rows, 1,000 at least where that is at most half, is not "
        "trained on for it; unset or empty = none",
        typeConverter=TypeConverters.toString,
    )

    predictionSetCol: Param[str] = Param(
        Params._dummy(),
        "predictionSetCol",
        "name of a column in which transform tells a set of classes, an array of them, "
        "that has a classifier's label with a probability of coverage; rows are held "
        "out as for predictionIntervalCol; unset or empty = none",
        typeConverter=TypeConverters.toString,
    )

    probabilityCalibration: Param[str] = Param(
        Params._dummy(),
        "probabilityCalibration",
        "whether a classifier's probabilities are calibrated on rows that it was not "
        "trained on, held out as for predictionIntervalCol: none, or isotonic = by a "
        "step of each class that never falls",
        typeConverter=TypeConverters.toString,
    )

    quantile: Param[float] = Param(
        Params._dummy(),
        "quantile",
        "the quantile that loss 'quantile' is of, in (0, 1); 0.5 = the median, by "
        "absolute errors",
        typeConverter=TypeConverters.toFloat,
    )

    refit: Param[bool] = Param(
        Params._dummy(),
        "refit",
        "whether the regularisation parameter that validation chose is solved again on "
        "all rows, true or false; rows that validationIndicatorCol marks take part "
        "only where this is set to true",
        typeConverter=TypeConverters.toBoolean,
    )

    regParam: Param[float] = Param(
        Params._dummy(),
        "regParam",
        "regularisation parameter beta, the weight of the penalty beside the mean "
        "loss, > 0; not together with regRatio; neither set = chosen by validation",
        typeConverter=TypeConverters.toFloat,
    )

    regRatio: Param[float] = Param(
        Params._dummy(),
        "regRatio",
        "regularisation parameter as a fraction of betaMax, the smallest beta at which "
        "the model is linear, in (0, 1]; not together with regParam; neither set = "
        "chosen by validation",
        typeConverter=TypeConverters.toFloat,
    )

    resume: Param[bool] = Param(
        Params._dummy(),
        "resume",
        "whether the fit goes on from the last checkpoint in checkpointDir, after its "
        "driver was lost, true or false; begins anew where there is none",
        typeConverter=TypeConverters.toBoolean,
    )

    seed: Param[int] = Param(
        Params._dummy(),
        "seed",
        "seed of every random choice, any integer; the same seed gives the same gates",
        typeConverter=TypeConverters.toInt,
    )

    skipRidge: Param[float] = Param(
        Params._dummy(),
        "skipRidge",
        "ridge on the linear skip and the intercept correction, > 0; unset = "
        "automatic, 0.1 feature-map coordinates / rows, at least 0.001",
        typeConverter=TypeConverters.toFloat,
    )

    solver: Param[str] = Param(
        Params._dummy(),
        "solver",
        "gram = one-pass Gram matrix (regression only), admm = row-split ADMM with a "
        "sketched metric, lbfgs = limited-memory quasi-Newton in a sampled metric, "
        "gradient = accelerated proximal gradient, auto = the one predicted to be "
        "fastest",
        typeConverter=TypeConverters.toString,
    )

    tol: Param[float] = Param(
        Params._dummy(),
        "tol",
        "relative duality gap to reach, in (0, 1): training stops once its network is "
        "certified to be this close to the best one for its gates; unset = automatic, "
        "0.001, but 0.01 for more than two classes and for trees where validation "
        "chooses beta",
        typeConverter=TypeConverters.toFloat,
    )

    trainingCol: Param[str] = Param(
        Params._dummy(),
        "trainingCol",
        "name of a column in which transform tells, on every row, how the model was "
        "trained, as JSON: certificate, provenance and, in the session that trained "
        "it, path and trace; unset or empty = none",
        typeConverter=TypeConverters.toString,
    )

    validationIndicatorCol: Param[str] = Param(
        Params._dummy(),
        "validationIndicatorCol",
        "name of the column that indicates whether each row is for training or for "
        "validation, boolean: true = held out to choose the regularisation parameter, "
        "false = training; not together with regParam, regRatio or numFolds; unset or "
        "empty = held out by the rows' hashes",
        typeConverter=TypeConverters.toString,
    )

    variancePower: Param[float] = Param(
        Params._dummy(),
        "variancePower",
        "power of the mean that the variance of loss 'tweedie' is proportional to, in "
        "(1, 2); loss 'poisson' is 1, 'gamma' 2",
        typeConverter=TypeConverters.toFloat,
    )

    weightCol: Param[str] = Param(
        Params._dummy(),
        "weightCol",
        "weight column name, numbers >= 0: weight 2 counts a row twice, weight 0 "
        "leaves it out; unset or empty = all weights are 1",
        typeConverter=TypeConverters.toString,
    )

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._setDefault(
            activation="gated",
            aggregationDepth=2,
            checkpointInterval=10,
            coverage=0.9,
            effort="balanced",
            epsilon=1.35,
            evalMetric="auto",
            fitIntercept=True,
            gateSampler="auto",
            groupNorm="auto",
            handleInvalid="error",
            intervalMethod="residual",
            layerWidths=[],
            leafModel="auto",
            linearSkip=True,
            loss="squared",
            maxBlockSizeInMB=0.0,
            maxIter=200,
            normalization="auto",
            numFolds=0,
            numGates=0,
            numLeaves=0,
            numTrees=0,
            patternRank=0,
            perClassGroups=False,
            polish=False,
            precision="auto",
            probabilityCalibration="none",
            quantile=0.5,
            refit=True,
            resume=False,
            solver="auto",
            variancePower=1.5,
        )

    def getActivation(self) -> str:
        """Gets the value of activation or its default value."""
        return self.getOrDefault(self.activation)

    def getAdaptivePower(self) -> float:
        """Gets the value of adaptivePower or its default value."""
        return self.getOrDefault(self.adaptivePower)

    def getAggregationDepth(self) -> int:
        """Gets the value of aggregationDepth or its default value."""
        return self.getOrDefault(self.aggregationDepth)

    def getBoostingPrior(self) -> float:
        """Gets the value of boostingPrior or its default value."""
        return self.getOrDefault(self.boostingPrior)

    def getCategoricalCols(self) -> List[str]:
        """Gets the value of categoricalCols or its default value."""
        return self.getOrDefault(self.categoricalCols)

    def getCheckpointDir(self) -> str:
        """Gets the value of checkpointDir or its default value."""
        return self.getOrDefault(self.checkpointDir)

    def getCheckpointInterval(self) -> int:
        """Gets the value of checkpointInterval or its default value."""
        return self.getOrDefault(self.checkpointInterval)

    def getClassWeights(self) -> List[str]:
        """Gets the value of classWeights or its default value."""
        return self.getOrDefault(self.classWeights)

    def getContributionsCol(self) -> str:
        """Gets the value of contributionsCol or its default value."""
        return self.getOrDefault(self.contributionsCol)

    def getCoverage(self) -> float:
        """Gets the value of coverage or its default value."""
        return self.getOrDefault(self.coverage)

    def getEffort(self) -> str:
        """Gets the value of effort or its default value."""
        return self.getOrDefault(self.effort)

    def getElasticNetParam(self) -> float:
        """Gets the value of elasticNetParam or its default value."""
        return self.getOrDefault(self.elasticNetParam)

    def getEpsilon(self) -> float:
        """Gets the value of epsilon or its default value."""
        return self.getOrDefault(self.epsilon)

    def getEvalMetric(self) -> str:
        """Gets the value of evalMetric or its default value."""
        return self.getOrDefault(self.evalMetric)

    def getFeaturesCols(self) -> List[str]:
        """Gets the value of featuresCols or its default value."""
        return self.getOrDefault(self.featuresCols)

    def getFitIntercept(self) -> bool:
        """Gets the value of fitIntercept or its default value."""
        return self.getOrDefault(self.fitIntercept)

    def getFoldCol(self) -> str:
        """Gets the value of foldCol or its default value."""
        return self.getOrDefault(self.foldCol)

    def getGateSampler(self) -> str:
        """Gets the value of gateSampler or its default value."""
        return self.getOrDefault(self.gateSampler)

    def getGroupNorm(self) -> str:
        """Gets the value of groupNorm or its default value."""
        return self.getOrDefault(self.groupNorm)

    def getHandleInvalid(self) -> str:
        """Gets the value of handleInvalid or its default value."""
        return self.getOrDefault(self.handleInvalid)

    def getInitialModel(self) -> str:
        """Gets the value of initialModel or its default value."""
        return self.getOrDefault(self.initialModel)

    def getInteractionConstraints(self) -> List[str]:
        """Gets the value of interactionConstraints or its default value."""
        return self.getOrDefault(self.interactionConstraints)

    def getIntervalMethod(self) -> str:
        """Gets the value of intervalMethod or its default value."""
        return self.getOrDefault(self.intervalMethod)

    def getLayerWidths(self) -> List[int]:
        """Gets the value of layerWidths or its default value."""
        return self.getOrDefault(self.layerWidths)

    def getLeafModel(self) -> str:
        """Gets the value of leafModel or its default value."""
        return self.getOrDefault(self.leafModel)

    def getLinearSkip(self) -> bool:
        """Gets the value of linearSkip or its default value."""
        return self.getOrDefault(self.linearSkip)

    def getLoss(self) -> str:
        """Gets the value of loss or its default value."""
        return self.getOrDefault(self.loss)

    def getMaxBlockSizeInMB(self) -> float:
        """Gets the value of maxBlockSizeInMB or its default value."""
        return self.getOrDefault(self.maxBlockSizeInMB)

    def getMaxIter(self) -> int:
        """Gets the value of maxIter or its default value."""
        return self.getOrDefault(self.maxIter)

    def getMonotoneConstraints(self) -> List[str]:
        """Gets the value of monotoneConstraints or its default value."""
        return self.getOrDefault(self.monotoneConstraints)

    def getNormalization(self) -> str:
        """Gets the value of normalization or its default value."""
        return self.getOrDefault(self.normalization)

    def getNumFolds(self) -> int:
        """Gets the value of numFolds or its default value."""
        return self.getOrDefault(self.numFolds)

    def getNumGates(self) -> int:
        """Gets the value of numGates or its default value."""
        return self.getOrDefault(self.numGates)

    def getNumLeaves(self) -> int:
        """Gets the value of numLeaves or its default value."""
        return self.getOrDefault(self.numLeaves)

    def getNumTrees(self) -> int:
        """Gets the value of numTrees or its default value."""
        return self.getOrDefault(self.numTrees)

    def getOffsetCol(self) -> str:
        """Gets the value of offsetCol or its default value."""
        return self.getOrDefault(self.offsetCol)

    def getPatternRank(self) -> int:
        """Gets the value of patternRank or its default value."""
        return self.getOrDefault(self.patternRank)

    def getPerClassGroups(self) -> bool:
        """Gets the value of perClassGroups or its default value."""
        return self.getOrDefault(self.perClassGroups)

    def getPolish(self) -> bool:
        """Gets the value of polish or its default value."""
        return self.getOrDefault(self.polish)

    def getPrecision(self) -> str:
        """Gets the value of precision or its default value."""
        return self.getOrDefault(self.precision)

    def getPredictionIntervalCol(self) -> str:
        """Gets the value of predictionIntervalCol or its default value."""
        return self.getOrDefault(self.predictionIntervalCol)

    def getPredictionSetCol(self) -> str:
        """Gets the value of predictionSetCol or its default value."""
        return self.getOrDefault(self.predictionSetCol)

    def getProbabilityCalibration(self) -> str:
        """Gets the value of probabilityCalibration or its default value."""
        return self.getOrDefault(self.probabilityCalibration)

    def getQuantile(self) -> float:
        """Gets the value of quantile or its default value."""
        return self.getOrDefault(self.quantile)

    def getRefit(self) -> bool:
        """Gets the value of refit or its default value."""
        return self.getOrDefault(self.refit)

    def getRegParam(self) -> float:
        """Gets the value of regParam or its default value."""
        return self.getOrDefault(self.regParam)

    def getRegRatio(self) -> float:
        """Gets the value of regRatio or its default value."""
        return self.getOrDefault(self.regRatio)

    def getResume(self) -> bool:
        """Gets the value of resume or its default value."""
        return self.getOrDefault(self.resume)

    def getSeed(self) -> int:
        """Gets the value of seed or its default value."""
        return self.getOrDefault(self.seed)

    def getSkipRidge(self) -> float:
        """Gets the value of skipRidge or its default value."""
        return self.getOrDefault(self.skipRidge)

    def getSolver(self) -> str:
        """Gets the value of solver or its default value."""
        return self.getOrDefault(self.solver)

    def getTol(self) -> float:
        """Gets the value of tol or its default value."""
        return self.getOrDefault(self.tol)

    def getTrainingCol(self) -> str:
        """Gets the value of trainingCol or its default value."""
        return self.getOrDefault(self.trainingCol)

    def getValidationIndicatorCol(self) -> str:
        """Gets the value of validationIndicatorCol or its default value."""
        return self.getOrDefault(self.validationIndicatorCol)

    def getVariancePower(self) -> float:
        """Gets the value of variancePower or its default value."""
        return self.getOrDefault(self.variancePower)

    def getWeightCol(self) -> str:
        """Gets the value of weightCol or its default value."""
        return self.getOrDefault(self.weightCol)


class ConvexReLUTraining(ConvexReLUParams):
    """Setters of the estimators."""

    def setActivation(self: T, value: str) -> T:
        """
        Sets activation: what a hidden neuron computes: gated = a linear function behind
        a gate that is fixed before training, a convex program; relu = max(0, x.v + b),
        the network grown neuron by neuron from the gated one, or exact for the gates
        where rows are few (default: "gated").
        """
        return self._set(activation=value)

    def setAdaptivePower(self: T, value: float) -> T:
        """
        Sets adaptivePower: power of the weights of constant leaves' norms, (|v|
        sqrt(p))^-power with v what boosting found in the leaf and p its share of the
        rows, >= 0 and at most 4, 0 = all leaves alike; unset = chosen by validation,
        0.5 where regParam or regRatio is set.
        """
        return self._set(adaptivePower=value)

    def setAggregationDepth(self: T, value: int) -> T:
        """
        Sets aggregationDepth: levels of the tree in which the partitions' results are
        added, >= 1 (default: 2).
        """
        return self._set(aggregationDepth=value)

    def setBoostingPrior(self: T, value: float) -> T:
        """
        Sets boostingPrior: where the penalty draws constant leaves to: this share of
        what boosting found in them, in [0, 1], 0 = to zero; unset = chosen by
        validation, 0 where regParam or regRatio is set.
        """
        return self._set(boostingPrior=value)

    def setCategoricalCols(self: T, value: List[str]) -> T:
        """
        Sets categoricalCols: features that hold categories, as codes 0, 1, .., beside
        those that metadata tell: names of columns of featuresCols or of the vector's
        entries, or numbers of entries from 0 on; unset or empty = those that metadata
        tell.
        """
        return self._set(categoricalCols=value)

    def setCheckpointDir(self: T, value: str) -> T:
        """
        Sets checkpointDir: folder, of any Hadoop file system, in which a fit keeps the
        driver's state while it runs, one fit at a time; gone when it has ended well;
        exact cones of activation 'relu', a matter of seconds, start again; unset or
        empty = none.
        """
        return self._set(checkpointDir=value)

    def setCheckpointInterval(self: T, value: int) -> T:
        """
        Sets checkpointInterval: with checkpointDir, the passes after which the state is
        written again, >= 1; -1 = never (default: 10).
        """
        return self._set(checkpointInterval=value)

    def setClassWeights(self: T, value: List[str]) -> T:
        """
        Sets classWeights: what the rows of each class count in training, beside
        weightCol: balanced = all classes alike, W / (C W_k) with W_k the weight of
        class k's rows, W of all, C the number of classes; or a positive number for each
        class; or class:number for some, by name or number from 0 on, others counting 1;
        unset or empty = 1 for all.
        """
        return self._set(classWeights=value)

    def setContributionsCol(self: T, value: str) -> T:
        """
        Sets contributionsCol: name of a column in which transform tells what each
        feature adds to a row's raw prediction: a vector of the features' contributions
        and, last, a base value, which sum to it; of more than two classes an array of
        vectors, one a class; unset or empty = none.
        """
        return self._set(contributionsCol=value)

    def setCoverage(self: T, value: float) -> T:
        """
        Sets coverage: the probability, 1 - alpha, in (0, 1), with which labels of new
        rows are in their intervals or sets (default: 0.9).
        """
        return self._set(coverage=value)

    def setEffort(self: T, value: str) -> T:
        """
        Sets effort: how many gates are drawn where no number is given: fast, balanced
        or best (default: "balanced").
        """
        return self._set(effort=value)

    def setElasticNetParam(self: T, value: float) -> T:
        """
        Sets elasticNetParam: a of the penalty regParam (a N + (1 - a) N^2 / 2) on the
        norm N of each group of weights, in [0, 1]: 1 = the norm alone, which switches
        groups off, 0 = its square alone, which shrinks them; below 1 for constant
        leaves; unset = chosen by validation for constant leaves, else 1.
        """
        return self._set(elasticNetParam=value)

    def setEpsilon(self: T, value: float) -> T:
        """
        Sets epsilon: error beyond which loss 'huber' is linear, > 0, in units of the
        labels' spread: the distance of their quartiles / 1.349, which is the standard
        deviation of a normal distribution (default: 1.35).
        """
        return self._set(epsilon=value)

    def setEvalMetric(self: T, value: str) -> T:
        """
        Sets evalMetric: what predictions of held-out rows are judged by, where these
        choose the regularisation parameter, powers, priors and sizes of trees: auto =
        the loss that is minimised, of a quantile the pinball loss; of classes logLoss,
        the same, areaUnderROC (two classes) or accuracy; of numbers rmse, mae or, with
        a log link, deviance; not together with regParam or regRatio (default: "auto").
        """
        return self._set(evalMetric=value)

    def setFeaturesCols(self: T, value: List[str]) -> T:
        """
        Sets featuresCols: names of numeric columns that are the features, in this
        order, in place of the one column featuresCol; unset or empty = featuresCol.
        """
        return self._set(featuresCols=value)

    def setFitIntercept(self: T, value: bool) -> T:
        """
        Sets fitIntercept: whether the model has an intercept, true or false (default:
        True).
        """
        return self._set(fitIntercept=value)

    def setFoldCol(self: T, value: str) -> T:
        """
        Sets foldCol: name of a column of groups, such as strings or integers: the rows
        of one group are trained on or held out together when the regularisation
        parameter is chosen; not together with regParam, regRatio or
        validationIndicatorCol; unset or empty = equal rows are held out together.
        """
        return self._set(foldCol=value)

    def setGateSampler(self: T, value: str) -> T:
        """
        Sets gateSampler: how gates are drawn: trees = leaves of trees grown by boosting
        on a sample, gaussian = dense random half-spaces in normalised coordinates,
        columns = half-spaces on one column with thresholds at sampled rows, mixed =
        half of each, sphere = directions on the unit sphere with bounded thresholds,
        priced = half-spaces generated along the path by what they promise to gain, auto
        = trees, beside them gaussian where boosting finds little; gaussian where
        numGates is given, features are many or boosting finds nothing, priced where
        rows are few (default: "auto").
        """
        return self._set(gateSampler=value)

    def setGroupNorm(self: T, value: str) -> T:
        """
        Sets groupNorm: the norm of a neuron's weights in the penalty: euclidean = in
        feature-map coordinates, function = root mean square of the neuron's output over
        the training rows, slim = euclidean, of weights along the gate's own direction
        and its bias alone (function for leaves), auto = function for leaves, slim where
        auto prices gates because rows are few, else euclidean (default: "auto").
        """
        return self._set(groupNorm=value)

    def setHandleInvalid(self: T, value: str) -> T:
        """
        Sets handleInvalid: what to do about rows whose features are null, NaN or
        infinite: error = refuse them, skip = leave them out of training and out of what
        transform returns, keep = NaN is a missing value, trained on and predicted from;
        rows of null or infinite features are left out of training and predicted NaN
        (default: "error").
        """
        return self._set(handleInvalid=value)

    def setInitialModel(self: T, value: Union[str, JavaModel]) -> T:
        """
        Sets initialModel: path of a saved model of the same kind to start from: its
        gates and feature map are kept, Params that choose them have no part; training
        begins at its weights, and with its regularisation parameter where neither
        regParam nor regRatio is set; unset or empty = gates are drawn and training
        begins at zero; a model in memory is taken too, but not saved with the
        estimator: save refuses.
        """
        return self._set(initialModel=value)

    def setInteractionConstraints(self: T, value: List[str]) -> T:
        """
        Sets interactionConstraints: lists of features, with commas between, that may be
        tested together on the way to a leaf, by name or number from 0 on; a feature in
        no list stands alone; with trees of constant leaves; unset or empty = all
        together.
        """
        return self._set(interactionConstraints=value)

    def setIntervalMethod(self: T, value: str) -> T:
        """
        Sets intervalMethod: with predictionIntervalCol, what intervals are made of:
        residual = the prediction, so that all have the same width, scale = the
        prediction and the size of errors, of a network that is trained beside on the
        absolute ones of the training rows, quantile = two quantiles, of networks that
        are trained beside; by the last two they are as wide as labels vary (default:
        "residual").
        """
        return self._set(intervalMethod=value)

    def setLayerWidths(self: T, value: List[int]) -> T:
        """
        Sets layerWidths: widths of layers 1 to L - 2 of sub-networks of L layers, each
        with one neuron in its last hidden layer: [4] = three layers with 4 neurons
        below it, [4, 3] = four layers; the gates are the paths of sub-networks,
        numGates in all; positive integers whose product, the paths of a sub-network, is
        at most 256, or empty for two layers (default: []).
        """
        return self._set(layerWidths=value)

    def setLeafModel(self: T, value: str) -> T:
        """
        Sets leafModel: what stands in the leaves of trees: constant = a number a leaf,
        which allows hundreds of trees, linear = a linear function of all features, auto
        = constant, but linear where numGates asks for half-spaces beside the trees or
        linearSkip is set to true (default: "auto").
        """
        return self._set(leafModel=value)

    def setLinearSkip(self: T, value: bool) -> T:
        """
        Sets linearSkip: whether the model has a linear term beside its neurons, true or
        false (default: True).
        """
        return self._set(linearSkip=value)

    def setLoss(self: T, value: str) -> T:
        """
        Sets loss: what a regression minimises: squared = squared errors, poisson = half
        the deviance of counts, gamma = that of positive amounts, tweedie = that of
        amounts many of which are 0, see variancePower (these three with a log link: the
        raw output is the logarithm of the mean), huber = squared errors that count
        linearly beyond epsilon, quantile = the pinball loss of a quantile; classifiers
        have losses of their own (default: "squared").
        """
        return self._set(loss=value)

    def setMaxBlockSizeInMB(self: T, value: float) -> T:
        """
        Sets maxBlockSizeInMB: most megabytes of features in a block of rows, dense ones
        as doubles, >= 0; 0 = automatic, 4 MB (default: 0.0).
        """
        return self._set(maxBlockSizeInMB=value)

    def setMaxIter(self: T, value: int) -> T:
        """
        Sets maxIter: most passes over the rows in the final fit, >= 1; reaching it
        returns the model with the gap reached (default: 200).
        """
        return self._set(maxIter=value)

    def setMonotoneConstraints(self: T, value: List[str]) -> T:
        """
        Sets monotoneConstraints: features in which the network's raw output rises
        (feature:1) or falls (feature:-1) everywhere, by name or number from 0 on, or 1,
        -1 or 0 for each feature; with trees of constant leaves, of a regression or two
        classes; unset or empty = none.
        """
        return self._set(monotoneConstraints=value)

    def setNormalization(self: T, value: str) -> T:
        """
        Sets normalization: the linear feature map: whiten = uncorrelated columns of
        variance one, standardize = columns of mean zero and variance one, pca = the 120
        leading principal components, none = features as they come, auto = whiten, but
        of more than 300 features standardize where rows are sparse, else pca where 120
        components hold most of their variance (default: "auto").
        """
        return self._set(normalization=value)

    def setNumFolds(self: T, value: int) -> T:
        """
        Sets numFolds: number of folds of the cross-validation that chooses the
        regularisation parameter, from 2 to 1000; 1 = one tenth of the rows is held out;
        0 = automatic: one tenth, or 5 folds where rows are few; not together with
        regParam or regRatio (default: 0).
        """
        return self._set(numFolds=value)

    def setNumGates(self: T, value: int) -> T:
        """
        Sets numGates: number of gates (hidden neurons before training switches some
        off), a positive integer; 0 = chosen by the number of rows (default: 0).
        """
        return self._set(numGates=value)

    def setNumLeaves(self: T, value: int) -> T:
        """
        Sets numLeaves: most leaves of a tree, from 2 to 4096; 0 = chosen by the number
        of rows (default: 0).
        """
        return self._set(numLeaves=value)

    def setNumTrees(self: T, value: int) -> T:
        """
        Sets numTrees: number of trees whose leaves are gates, a positive integer; 0 =
        chosen by the size of the table (default: 0).
        """
        return self._set(numTrees=value)

    def setOffsetCol(self: T, value: str) -> T:
        """
        Sets offsetCol: name of a column of numbers that are added to a regression's raw
        output, in training and in transform: with a log link the logarithm of an
        exposure; unset or empty = none.
        """
        return self._set(offsetCol=value)

    def setPatternRank(self: T, value: int) -> T:
        """
        Sets patternRank: rank of the gates: half-spaces in the span of so many leading
        directions (right singular vectors) of the centred features in feature-map
        coordinates, a positive integer, at most the number of features; all patterns of
        few rows (rank 1: 512, rank 2: 32) where numGates is not given; 0 = all
        directions (default: 0).
        """
        return self._set(patternRank=value)

    def setPerClassGroups(self: T, value: bool) -> T:
        """
        Sets perClassGroups: whether the penalty switches off each class of a neuron by
        itself (the sum of the norms of its classes' weights) instead of whole neurons
        (the norm of all of them), true or false; means something with more than two
        classes only (default: False).
        """
        return self._set(perClassGroups=value)

    def setPolish(self: T, value: bool) -> T:
        """
        Sets polish: with activation relu, whether all weights are improved together at
        the end, by L-BFGS: more accurate, but not convex: the certificate then holds
        over all networks only, not for given gates; true or false (default: False).
        """
        return self._set(polish=value)

    def setPrecision(self: T, value: str) -> T:
        """
        Sets precision: arithmetic of the products over the rows: float32, float64, auto
        = float32 unless tol is below 1e-6; the certificate is always computed in
        float64 (default: "auto").
        """
        return self._set(precision=value)

    def setPredictionIntervalCol(self: T, value: str) -> T:
        """
        Sets predictionIntervalCol: name of a column in which transform tells between
        which numbers a regression's label is with a probability of coverage, a struct
        of lower and upper; a tenth of the rows, 1,000 at least where that is at most
        half, is not trained on for it; unset or empty = none.
        """
        return self._set(predictionIntervalCol=value)

    def setPredictionSetCol(self: T, value: str) -> T:
        """
        Sets predictionSetCol: name of a column in which transform tells a set of
        classes, an array of them, that has a classifier's label with a probability of
        coverage; rows are held out as for predictionIntervalCol; unset or empty = none.
        """
        return self._set(predictionSetCol=value)

    def setProbabilityCalibration(self: T, value: str) -> T:
        """
        Sets probabilityCalibration: whether a classifier's probabilities are calibrated
        on rows that it was not trained on, held out as for predictionIntervalCol: none,
        or isotonic = by a step of each class that never falls (default: "none").
        """
        return self._set(probabilityCalibration=value)

    def setQuantile(self: T, value: float) -> T:
        """
        Sets quantile: the quantile that loss 'quantile' is of, in (0, 1); 0.5 = the
        median, by absolute errors (default: 0.5).
        """
        return self._set(quantile=value)

    def setRefit(self: T, value: bool) -> T:
        """
        Sets refit: whether the regularisation parameter that validation chose is solved
        again on all rows, true or false; rows that validationIndicatorCol marks take
        part only where this is set to true (default: True).
        """
        return self._set(refit=value)

    def setRegParam(self: T, value: float) -> T:
        """
        Sets regParam: regularisation parameter beta, the weight of the penalty beside
        the mean loss, > 0; not together with regRatio; neither set = chosen by
        validation.
        """
        return self._set(regParam=value)

    def setRegRatio(self: T, value: float) -> T:
        """
        Sets regRatio: regularisation parameter as a fraction of betaMax, the smallest
        beta at which the model is linear, in (0, 1]; not together with regParam;
        neither set = chosen by validation.
        """
        return self._set(regRatio=value)

    def setResume(self: T, value: bool) -> T:
        """
        Sets resume: whether the fit goes on from the last checkpoint in checkpointDir,
        after its driver was lost, true or false; begins anew where there is none
        (default: False).
        """
        return self._set(resume=value)

    def setSeed(self: T, value: int) -> T:
        """
        Sets seed: seed of every random choice, any integer; the same seed gives the
        same gates.
        """
        return self._set(seed=value)

    def setSkipRidge(self: T, value: float) -> T:
        """
        Sets skipRidge: ridge on the linear skip and the intercept correction, > 0;
        unset = automatic, 0.1 feature-map coordinates / rows, at least 0.001.
        """
        return self._set(skipRidge=value)

    def setSolver(self: T, value: str) -> T:
        """
        Sets solver: gram = one-pass Gram matrix (regression only), admm = row-split
        ADMM with a sketched metric, lbfgs = limited-memory quasi-Newton in a sampled
        metric, gradient = accelerated proximal gradient, auto = the one predicted to be
        fastest (default: "auto").
        """
        return self._set(solver=value)

    def setTol(self: T, value: float) -> T:
        """
        Sets tol: relative duality gap to reach, in (0, 1): training stops once its
        network is certified to be this close to the best one for its gates; unset =
        automatic, 0.001, but 0.01 for more than two classes and for trees where
        validation chooses beta.
        """
        return self._set(tol=value)

    def setTrainingCol(self: T, value: str) -> T:
        """
        Sets trainingCol: name of a column in which transform tells, on every row, how
        the model was trained, as JSON: certificate, provenance and, in the session that
        trained it, path and trace; unset or empty = none.
        """
        return self._set(trainingCol=value)

    def setValidationIndicatorCol(self: T, value: str) -> T:
        """
        Sets validationIndicatorCol: name of the column that indicates whether each row
        is for training or for validation, boolean: true = held out to choose the
        regularisation parameter, false = training; not together with regParam, regRatio
        or numFolds; unset or empty = held out by the rows' hashes.
        """
        return self._set(validationIndicatorCol=value)

    def setVariancePower(self: T, value: float) -> T:
        """
        Sets variancePower: power of the mean that the variance of loss 'tweedie' is
        proportional to, in (1, 2); loss 'poisson' is 1, 'gamma' 2 (default: 1.5).
        """
        return self._set(variancePower=value)

    def setWeightCol(self: T, value: str) -> T:
        """
        Sets weightCol: weight column name, numbers >= 0: weight 2 counts a row twice,
        weight 0 leaves it out; unset or empty = all weights are 1.
        """
        return self._set(weightCol=value)


class ConvexReLUClassifierArguments:
    """Params as keyword arguments; None, or one left out, is the default."""

    _input_kwargs: Dict[str, Any]
    _made_with: Callable[[Dict[str, Any]], None]

    @keyword_only
    def __init__(
        self,
        *,
        featuresCol: Union[str, List[str]] = "features",
        labelCol: str = "label",
        predictionCol: str = "prediction",
        probabilityCol: str = "probability",
        rawPredictionCol: str = "rawPrediction",
        thresholds: Optional[List[float]] = None,
        activation: str = "gated",
        adaptivePower: Optional[float] = None,
        aggregationDepth: int = 2,
        boostingPrior: Optional[float] = None,
        categoricalCols: Optional[List[str]] = None,
        checkpointDir: Optional[str] = None,
        checkpointInterval: int = 10,
        classWeights: Optional[List[str]] = None,
        contributionsCol: Optional[str] = None,
        coverage: float = 0.9,
        effort: str = "balanced",
        elasticNetParam: Optional[float] = None,
        epsilon: float = 1.35,
        evalMetric: str = "auto",
        featuresCols: Optional[List[str]] = None,
        fitIntercept: bool = True,
        foldCol: Optional[str] = None,
        gateSampler: str = "auto",
        groupNorm: str = "auto",
        handleInvalid: str = "error",
        initialModel: Optional[Union[str, JavaModel]] = None,
        interactionConstraints: Optional[List[str]] = None,
        intervalMethod: str = "residual",
        layerWidths: Optional[List[int]] = None,
        leafModel: str = "auto",
        linearSkip: bool = True,
        loss: str = "squared",
        maxBlockSizeInMB: float = 0.0,
        maxIter: int = 200,
        monotoneConstraints: Optional[List[str]] = None,
        normalization: str = "auto",
        numFolds: int = 0,
        numGates: int = 0,
        numLeaves: int = 0,
        numTrees: int = 0,
        offsetCol: Optional[str] = None,
        patternRank: int = 0,
        perClassGroups: bool = False,
        polish: bool = False,
        precision: str = "auto",
        predictionIntervalCol: Optional[str] = None,
        predictionSetCol: Optional[str] = None,
        probabilityCalibration: str = "none",
        quantile: float = 0.5,
        refit: bool = True,
        regParam: Optional[float] = None,
        regRatio: Optional[float] = None,
        resume: bool = False,
        seed: Optional[int] = None,
        skipRidge: Optional[float] = None,
        solver: str = "auto",
        tol: Optional[float] = None,
        trainingCol: Optional[str] = None,
        validationIndicatorCol: Optional[str] = None,
        variancePower: float = 1.5,
        weightCol: Optional[str] = None,
    ) -> None:
        super().__init__()
        self._made_with(self._input_kwargs)

    @keyword_only
    def setParams(
        self: A,
        *,
        featuresCol: Union[str, List[str]] = "features",
        labelCol: str = "label",
        predictionCol: str = "prediction",
        probabilityCol: str = "probability",
        rawPredictionCol: str = "rawPrediction",
        thresholds: Optional[List[float]] = None,
        activation: str = "gated",
        adaptivePower: Optional[float] = None,
        aggregationDepth: int = 2,
        boostingPrior: Optional[float] = None,
        categoricalCols: Optional[List[str]] = None,
        checkpointDir: Optional[str] = None,
        checkpointInterval: int = 10,
        classWeights: Optional[List[str]] = None,
        contributionsCol: Optional[str] = None,
        coverage: float = 0.9,
        effort: str = "balanced",
        elasticNetParam: Optional[float] = None,
        epsilon: float = 1.35,
        evalMetric: str = "auto",
        featuresCols: Optional[List[str]] = None,
        fitIntercept: bool = True,
        foldCol: Optional[str] = None,
        gateSampler: str = "auto",
        groupNorm: str = "auto",
        handleInvalid: str = "error",
        initialModel: Optional[Union[str, JavaModel]] = None,
        interactionConstraints: Optional[List[str]] = None,
        intervalMethod: str = "residual",
        layerWidths: Optional[List[int]] = None,
        leafModel: str = "auto",
        linearSkip: bool = True,
        loss: str = "squared",
        maxBlockSizeInMB: float = 0.0,
        maxIter: int = 200,
        monotoneConstraints: Optional[List[str]] = None,
        normalization: str = "auto",
        numFolds: int = 0,
        numGates: int = 0,
        numLeaves: int = 0,
        numTrees: int = 0,
        offsetCol: Optional[str] = None,
        patternRank: int = 0,
        perClassGroups: bool = False,
        polish: bool = False,
        precision: str = "auto",
        predictionIntervalCol: Optional[str] = None,
        predictionSetCol: Optional[str] = None,
        probabilityCalibration: str = "none",
        quantile: float = 0.5,
        refit: bool = True,
        regParam: Optional[float] = None,
        regRatio: Optional[float] = None,
        resume: bool = False,
        seed: Optional[int] = None,
        skipRidge: Optional[float] = None,
        solver: str = "auto",
        tol: Optional[float] = None,
        trainingCol: Optional[str] = None,
        validationIndicatorCol: Optional[str] = None,
        variancePower: float = 1.5,
        weightCol: Optional[str] = None,
    ) -> A:
        """Sets Params, of the names of the constructor's arguments."""
        return self._set(**self._input_kwargs)  # type: ignore[attr-defined, no-any-return]


class ConvexReLURegressorArguments:
    """Params as keyword arguments; None, or one left out, is the default."""

    _input_kwargs: Dict[str, Any]
    _made_with: Callable[[Dict[str, Any]], None]

    @keyword_only
    def __init__(
        self,
        *,
        featuresCol: Union[str, List[str]] = "features",
        labelCol: str = "label",
        predictionCol: str = "prediction",
        activation: str = "gated",
        adaptivePower: Optional[float] = None,
        aggregationDepth: int = 2,
        boostingPrior: Optional[float] = None,
        categoricalCols: Optional[List[str]] = None,
        checkpointDir: Optional[str] = None,
        checkpointInterval: int = 10,
        classWeights: Optional[List[str]] = None,
        contributionsCol: Optional[str] = None,
        coverage: float = 0.9,
        effort: str = "balanced",
        elasticNetParam: Optional[float] = None,
        epsilon: float = 1.35,
        evalMetric: str = "auto",
        featuresCols: Optional[List[str]] = None,
        fitIntercept: bool = True,
        foldCol: Optional[str] = None,
        gateSampler: str = "auto",
        groupNorm: str = "auto",
        handleInvalid: str = "error",
        initialModel: Optional[Union[str, JavaModel]] = None,
        interactionConstraints: Optional[List[str]] = None,
        intervalMethod: str = "residual",
        layerWidths: Optional[List[int]] = None,
        leafModel: str = "auto",
        linearSkip: bool = True,
        loss: str = "squared",
        maxBlockSizeInMB: float = 0.0,
        maxIter: int = 200,
        monotoneConstraints: Optional[List[str]] = None,
        normalization: str = "auto",
        numFolds: int = 0,
        numGates: int = 0,
        numLeaves: int = 0,
        numTrees: int = 0,
        offsetCol: Optional[str] = None,
        patternRank: int = 0,
        perClassGroups: bool = False,
        polish: bool = False,
        precision: str = "auto",
        predictionIntervalCol: Optional[str] = None,
        predictionSetCol: Optional[str] = None,
        probabilityCalibration: str = "none",
        quantile: float = 0.5,
        refit: bool = True,
        regParam: Optional[float] = None,
        regRatio: Optional[float] = None,
        resume: bool = False,
        seed: Optional[int] = None,
        skipRidge: Optional[float] = None,
        solver: str = "auto",
        tol: Optional[float] = None,
        trainingCol: Optional[str] = None,
        validationIndicatorCol: Optional[str] = None,
        variancePower: float = 1.5,
        weightCol: Optional[str] = None,
    ) -> None:
        super().__init__()
        self._made_with(self._input_kwargs)

    @keyword_only
    def setParams(
        self: A,
        *,
        featuresCol: Union[str, List[str]] = "features",
        labelCol: str = "label",
        predictionCol: str = "prediction",
        activation: str = "gated",
        adaptivePower: Optional[float] = None,
        aggregationDepth: int = 2,
        boostingPrior: Optional[float] = None,
        categoricalCols: Optional[List[str]] = None,
        checkpointDir: Optional[str] = None,
        checkpointInterval: int = 10,
        classWeights: Optional[List[str]] = None,
        contributionsCol: Optional[str] = None,
        coverage: float = 0.9,
        effort: str = "balanced",
        elasticNetParam: Optional[float] = None,
        epsilon: float = 1.35,
        evalMetric: str = "auto",
        featuresCols: Optional[List[str]] = None,
        fitIntercept: bool = True,
        foldCol: Optional[str] = None,
        gateSampler: str = "auto",
        groupNorm: str = "auto",
        handleInvalid: str = "error",
        initialModel: Optional[Union[str, JavaModel]] = None,
        interactionConstraints: Optional[List[str]] = None,
        intervalMethod: str = "residual",
        layerWidths: Optional[List[int]] = None,
        leafModel: str = "auto",
        linearSkip: bool = True,
        loss: str = "squared",
        maxBlockSizeInMB: float = 0.0,
        maxIter: int = 200,
        monotoneConstraints: Optional[List[str]] = None,
        normalization: str = "auto",
        numFolds: int = 0,
        numGates: int = 0,
        numLeaves: int = 0,
        numTrees: int = 0,
        offsetCol: Optional[str] = None,
        patternRank: int = 0,
        perClassGroups: bool = False,
        polish: bool = False,
        precision: str = "auto",
        predictionIntervalCol: Optional[str] = None,
        predictionSetCol: Optional[str] = None,
        probabilityCalibration: str = "none",
        quantile: float = 0.5,
        refit: bool = True,
        regParam: Optional[float] = None,
        regRatio: Optional[float] = None,
        resume: bool = False,
        seed: Optional[int] = None,
        skipRidge: Optional[float] = None,
        solver: str = "auto",
        tol: Optional[float] = None,
        trainingCol: Optional[str] = None,
        validationIndicatorCol: Optional[str] = None,
        variancePower: float = 1.5,
        weightCol: Optional[str] = None,
    ) -> A:
        """Sets Params, of the names of the constructor's arguments."""
        return self._set(**self._input_kwargs)  # type: ignore[attr-defined, no-any-return]
