package org.convexnn.ml;

import java.io.Serializable;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import org.convexnn.loss.EvalMetric;
import org.convexnn.loss.RegressionLoss;
import org.convexnn.ml.params.ParamValidator;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingOptions.Activation;
import org.convexnn.solver.TrainingOptions.Effort;
import org.convexnn.solver.TrainingOptions.GateSampler;
import org.convexnn.solver.TrainingOptions.GroupNorm;
import org.convexnn.solver.TrainingOptions.Normalization;
import org.convexnn.solver.TrainingOptions.PrecisionChoice;
import org.convexnn.solver.TrainingOptions.SolverKind;

/**
 * Opaque: the Params of {@link ConvexReLUParams} for one owner, so that all owners declare the same.
 */
public final class ParamSet implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final String AUTO = "auto";
  private static final String BALANCED = "balanced";
  private static final String GATED = "gated";

  final IntParam numGates;
  final IntParam numTrees;
  final IntParam numLeaves;
  final IntArrayParam layerWidths;
  final Param<String> gateSampler;
  final IntParam patternRank;
  final Param<String> effort;
  final Param<String> normalization;
  final Param<String> groupNorm;
  final BooleanParam perClassGroups;
  final DoubleParam regParam;
  final DoubleParam regRatio;
  final DoubleParam skipRidge;
  final BooleanParam fitIntercept;
  final Param<String> leafModel;
  final DoubleParam elasticNetParam;
  final DoubleParam adaptivePower;
  final DoubleParam boostingPrior;
  final StringArrayParam monotoneConstraints;
  final StringArrayParam interactionConstraints;
  final BooleanParam linearSkip;
  final Param<String> solver;
  final Param<String> precision;
  final IntParam maxIter;
  final DoubleParam tol;
  final BooleanParam refit;
  final IntParam numFolds;
  final LongParam seed;
  final Param<String> activation;
  final BooleanParam polish;
  final IntParam aggregationDepth;
  final DoubleParam maxBlockSizeInMB;
  final Param<String> checkpointDir;
  final IntParam checkpointInterval;
  final BooleanParam resume;
  final Param<String> loss;
  final DoubleParam variancePower;
  final DoubleParam epsilon;
  final DoubleParam quantile;
  final Param<String> evalMetric;
  final Param<String> offsetCol;
  final Param<String> weightCol;
  final StringArrayParam classWeights;
  final Param<String> validationIndicatorCol;
  final Param<String> foldCol;
  final StringArrayParam featuresCols;
  final StringArrayParam categoricalCols;
  final Param<String> contributionsCol;
  final Param<String> predictionIntervalCol;
  final Param<String> intervalMethod;
  final Param<String> predictionSetCol;
  final DoubleParam coverage;
  final Param<String> probabilityCalibration;
  final Param<String> trainingCol;
  final Param<String> handleInvalid;
  final Param<String> initialModel;

  private static final List<String> LEAF_MODELS = List.of("auto", "constant", "linear");

  /** Who hears of the owner's fits, where that is not the log. */
  transient Progress progress;

  /** Whether the fit that is under way is to end. */
  transient volatile boolean cancelled;

  /** The model that the owner's fits start from, where no path is set; null = none. */
  ConvexReLUModel<?> modelInMemory;

  /** Creates the Params; the owner's uid must be known by now. */
  ParamSet(Params owner) {
    numGates =
        new IntParam(
            owner,
            "numGates",
            "number of gates (hidden neurons before training switches some off), a positive"
                + " integer; 0 = chosen by the number of rows",
            ParamValidator.numbers(
                "numGates", "a positive integer, or 0 for automatic", v -> v >= 0));
    numTrees =
        new IntParam(
            owner,
            "numTrees",
            "number of trees whose leaves are gates, a positive integer; 0 = chosen by the size of"
                + " the table",
            ParamValidator.numbers(
                "numTrees", "a positive integer, or 0 for automatic", v -> v >= 0));
    numLeaves =
        new IntParam(
            owner,
            "numLeaves",
            "most leaves of a tree, from 2 to 4096; 0 = chosen by the number of rows",
            ParamValidator.numbers(
                "numLeaves",
                "from 2 to 4096, or 0 for automatic",
                v -> v == 0 || (v >= 2 && v <= 4096)));
    layerWidths =
        new IntArrayParam(
            owner,
            "layerWidths",
            "widths of layers 1 to L - 2 of sub-networks of L layers, each with one neuron in its"
                + " last hidden layer: [4] = three layers with 4 neurons below it, [4, 3] = four"
                + " layers; the gates are the paths of sub-networks, numGates in all; "
                + TrainingOptions.LAYER_WIDTHS,
            integers(
                ParamValidator.integers(
                    "layerWidths",
                    TrainingOptions.LAYER_WIDTHS,
                    widths -> TrainingOptions.paths(widths) >= 1)));
    gateSampler =
        choice(
            owner,
            "gateSampler",
            "how gates are drawn: trees = leaves of trees grown by boosting on a sample, gaussian ="
                + " dense random half-spaces in normalised coordinates,"
                + " columns = half-spaces on one column with thresholds at sampled rows, mixed ="
                + " half of each, sphere = directions on the unit sphere with bounded thresholds,"
                + " priced = half-spaces generated along the path by what they promise to gain, auto ="
                + " trees, beside them gaussian where boosting finds little; gaussian where numGates is"
                + " given, features are many or boosting finds nothing, priced where rows are few",
            GateSampler.values());
    patternRank =
        new IntParam(
            owner,
            "patternRank",
            "rank of the gates: half-spaces in the span of so many leading directions (right"
                + " singular vectors) of the centred features in feature-map coordinates, a"
                + " positive integer, at most the number of features; all patterns of few rows (rank"
                + " 1: 512, rank 2: 32) where numGates is not given; 0 = all directions",
            ParamValidator.numbers("patternRank", "a positive integer, or 0 for all", v -> v >= 0));
    effort =
        new Param<>(
            owner,
            "effort",
            "how many gates are drawn where no number is given: fast, balanced or best",
            words("effort", Effort.values()));
    leafModel =
        new Param<>(
            owner,
            "leafModel",
            "what stands in the leaves of trees: constant = a number a leaf, which allows hundreds of"
                + " trees, linear = a linear function of all features, auto = constant, but linear"
                + " where numGates asks for half-spaces beside the trees or linearSkip is set to true",
            words("leafModel", LEAF_MODELS));
    elasticNetParam =
        new DoubleParam(
            owner,
            "elasticNetParam",
            "a of the penalty regParam (a N + (1 - a) N^2 / 2) on the norm N of each group of weights,"
                + " in [0, 1]: 1 = the norm alone, which switches groups off, 0 = its square alone,"
                + " which shrinks them; below 1 for constant leaves; unset = chosen by validation for"
                + " constant leaves, else 1",
            ParamValidator.numbers(
                "elasticNetParam", "in [0, 1], or unset for automatic", v -> v >= 0 && v <= 1));
    adaptivePower =
        new DoubleParam(
            owner,
            "adaptivePower",
            "power of the weights of constant leaves' norms, (|v| sqrt(p))^-power with v what boosting"
                + " found in the leaf and p its share of the rows, >= 0 and at most 4, 0 = all leaves alike;"
                + " unset = chosen by validation, 0.5 where regParam or regRatio is set",
            ParamValidator.numbers(
                "adaptivePower", "from 0 to 4, or unset for automatic", v -> v >= 0 && v <= 4));
    boostingPrior =
        new DoubleParam(
            owner,
            "boostingPrior",
            "where the penalty draws constant leaves to: this share of what boosting found in them, in"
                + " [0, 1], 0 = to zero; unset = chosen by validation, 0 where regParam or regRatio is"
                + " set",
            ParamValidator.numbers(
                "boostingPrior", "in [0, 1], or unset for automatic", v -> v >= 0 && v <= 1));
    monotoneConstraints =
        new StringArrayParam(
            owner,
            "monotoneConstraints",
            "features in which the network's raw output rises (feature:1) or falls (feature:-1)"
                + " everywhere, by name or number from 0 on, or 1, -1 or 0 for each feature; with trees"
                + " of constant leaves, of a regression or two classes; unset or empty = none",
            texts(
                ParamValidator.texts(
                    "monotoneConstraints", Constraints.DIRECTIONS, Constraints::areDirections)));
    interactionConstraints =
        new StringArrayParam(
            owner,
            "interactionConstraints",
            "lists of features, with commas between, that may be tested together on the way to a leaf, by"
                + " name or number from 0 on; a feature in no list stands alone; with trees of constant"
                + " leaves; unset or empty = all together",
            texts(
                ParamValidator.texts(
                    "interactionConstraints",
                    Constraints.INTERACTIONS,
                    Constraints::areInteractions)));
    normalization =
        choice(
            owner,
            "normalization",
            "the linear feature map: whiten = uncorrelated columns of variance one, standardize ="
                + " columns of mean zero and variance one, pca = the 120 leading principal"
                + " components, none = features as they come, auto = whiten, but of more than 300"
                + " features standardize where rows are sparse, else pca where 120 components hold"
                + " most of their variance",
            Normalization.values());
    groupNorm =
        choice(
            owner,
            "groupNorm",
            "the norm of a neuron's weights in the penalty: euclidean = in feature-map"
                + " coordinates, function = root mean square of the neuron's output over the"
                + " training rows, slim = euclidean, of weights along the gate's own direction and"
                + " its bias alone (function for leaves), auto = function for leaves, slim where"
                + " auto prices gates because rows are few, else euclidean",
            GroupNorm.values());
    perClassGroups =
        new BooleanParam(
            owner,
            "perClassGroups",
            "whether the penalty switches off each class of a neuron by itself (the sum of the"
                + " norms of its classes' weights) instead of whole neurons (the norm of all of"
                + " them), true or false; means something with more than two classes only");
    regParam =
        new DoubleParam(
            owner,
            "regParam",
            "regularisation parameter beta, the weight of the penalty beside the mean loss, > 0;"
                + " not together with regRatio; neither set = chosen by validation",
            ParamValidator.numbers(
                "regParam",
                "a positive number, or unset to have it chosen by validation",
                v -> v > 0 && Double.isFinite(v)));
    regRatio =
        new DoubleParam(
            owner,
            "regRatio",
            "regularisation parameter as a fraction of betaMax, the smallest beta at which the"
                + " model is linear, in (0, 1]; not together with regParam; neither set = chosen by"
                + " validation",
            ParamValidator.numbers(
                "regRatio",
                "in (0, 1], or unset to have it chosen by validation",
                v -> v > 0 && v <= 1));
    skipRidge =
        new DoubleParam(
            owner,
            "skipRidge",
            "ridge on the linear skip and the intercept correction, > 0; unset = automatic, 0.1"
                + " feature-map coordinates / rows, at least 0.001",
            ParamValidator.numbers(
                "skipRidge",
                "a positive number, or unset for automatic",
                v -> v > 0 && Double.isFinite(v)));
    fitIntercept =
        new BooleanParam(
            owner, "fitIntercept", "whether the model has an intercept, true or false");
    linearSkip =
        new BooleanParam(
            owner,
            "linearSkip",
            "whether the model has a linear term beside its neurons, true or false");
    solver =
        choice(
            owner,
            "solver",
            "gram = one-pass Gram matrix (regression only), admm = row-split ADMM with a sketched"
                + " metric, lbfgs = limited-memory quasi-Newton in a sampled metric, gradient ="
                + " accelerated proximal gradient, auto = the one predicted to be fastest",
            SolverKind.values());
    precision =
        choice(
            owner,
            "precision",
            "arithmetic of the products over the rows: float32, float64, auto = float32 unless tol"
                + " is below 1e-6; the certificate is always computed in float64",
            PrecisionChoice.values());
    maxIter =
        new IntParam(
            owner,
            "maxIter",
            "most passes over the rows in the final fit, >= 1; reaching it returns the model with"
                + " the gap reached",
            ParamValidator.numbers("maxIter", "a positive integer", v -> v >= 1));
    tol =
        new DoubleParam(
            owner,
            "tol",
            "relative duality gap to reach, in (0, 1): training stops once its network is certified"
                + " to be this close to the best one for its gates; unset = automatic, 0.001, but"
                + " 0.01 for more than two classes and for trees where validation chooses beta",
            ParamValidator.numbers(
                "tol",
                "in (0, 1), or unset for automatic: a relative gap of 0 cannot be reached",
                v -> v > 0 && v < 1));
    refit =
        new BooleanParam(
            owner,
            "refit",
            "whether the regularisation parameter that validation chose is solved again on all"
                + " rows, true or false; rows that validationIndicatorCol marks take part only where"
                + " this is set to true");
    numFolds =
        new IntParam(
            owner,
            "numFolds",
            "number of folds of the cross-validation that chooses the regularisation parameter,"
                + " from 2 to "
                + TrainingOptions.MOST_FOLDS
                + "; 1 = one tenth of the rows is held out; 0 = automatic: one tenth, or 5 folds"
                + " where rows are few; not together with regParam or regRatio",
            ParamValidator.numbers(
                "numFolds",
                "from 2 to "
                    + TrainingOptions.MOST_FOLDS
                    + ", 1 for one held-out tenth, or 0 for automatic",
                v -> v >= 0 && v <= TrainingOptions.MOST_FOLDS));
    seed =
        new LongParam(
            owner,
            "seed",
            "seed of every random choice, any integer; the same seed gives the same gates");
    activation =
        new Param<>(
            owner,
            "activation",
            "what a hidden neuron computes: gated = a linear function behind a gate that is fixed"
                + " before training, a convex program; relu = max(0, x.v + b), the network grown"
                + " neuron by neuron from the gated one, or exact for the gates where rows are few",
            words("activation", Activation.values()));
    polish =
        new BooleanParam(
            owner,
            "polish",
            "with activation relu, whether all weights are improved together at the end, by L-BFGS:"
                + " more accurate, but not convex: the certificate then holds over all networks"
                + " only, not for given gates; true or false");
    aggregationDepth =
        new IntParam(
            owner,
            "aggregationDepth",
            "levels of the tree in which the partitions' results are added, >= 1",
            ParamValidator.numbers("aggregationDepth", "a positive integer", v -> v >= 1));
    maxBlockSizeInMB =
        new DoubleParam(
            owner,
            "maxBlockSizeInMB",
            "most megabytes of features in a block of rows, dense ones as doubles, >= 0; 0 ="
                + " automatic, 4 MB",
            ParamValidator.numbers(
                "maxBlockSizeInMB",
                "a positive number, or 0 for automatic",
                v -> v >= 0 && Double.isFinite(v)));
    checkpointDir =
        new Param<>(
            owner,
            "checkpointDir",
            "folder, of any Hadoop file system, in which a fit keeps the driver's state while it"
                + " runs, one fit at a time; gone when it has ended well; exact cones of activation"
                + " 'relu', a matter of seconds, start again; unset or empty = none");
    checkpointInterval =
        new IntParam(
            owner,
            "checkpointInterval",
            "with checkpointDir, the passes after which the state is written again, >= 1; -1 ="
                + " never",
            ParamValidator.numbers(
                "checkpointInterval",
                "a positive integer, or -1 for no checkpoints",
                v -> v >= 1 || v == -1));
    resume =
        new BooleanParam(
            owner,
            "resume",
            "whether the fit goes on from the last checkpoint in checkpointDir, after its driver was"
                + " lost, true or false; begins anew where there is none");
    loss =
        choice(
            owner,
            "loss",
            "what a regression minimises: squared = squared errors, poisson = half the deviance of counts,"
                + " gamma = that of positive amounts, tweedie = that of amounts many of which are 0, see"
                + " variancePower (these three with a log link: the raw output is the logarithm of the"
                + " mean), huber = squared errors that count linearly beyond epsilon, quantile = the"
                + " pinball loss of a quantile; classifiers have losses of their own",
            RegressionLoss.Kind.values());
    variancePower =
        new DoubleParam(
            owner,
            "variancePower",
            "power of the mean that the variance of loss 'tweedie' is proportional to, in (1, 2); loss"
                + " 'poisson' is 1, 'gamma' 2",
            ParamValidator.numbers("variancePower", "in (1, 2)", v -> v > 1 && v < 2));
    epsilon =
        new DoubleParam(
            owner,
            "epsilon",
            "error beyond which loss 'huber' is linear, > 0, in units of the labels' spread: the distance"
                + " of their quartiles / 1.349, which is the standard deviation of a normal distribution",
            ParamValidator.numbers(
                "epsilon", "a positive number", v -> v > 0 && Double.isFinite(v)));
    quantile =
        new DoubleParam(
            owner,
            "quantile",
            "the quantile that loss 'quantile' is of, in (0, 1); 0.5 = the median, by absolute errors",
            ParamValidator.numbers("quantile", "in (0, 1)", v -> v > 0 && v < 1));
    evalMetric =
        new Param<>(
            owner,
            "evalMetric",
            "what predictions of held-out rows are judged by, where these choose the regularisation"
                + " parameter, powers, priors and sizes of trees: auto = the loss that is minimised, of"
                + " a quantile the pinball loss; of classes logLoss, the same, areaUnderROC (two"
                + " classes) or accuracy; of numbers rmse, mae or, with a log link, deviance; not"
                + " together with regParam or regRatio",
            words("evalMetric", EvalMetric.words()));
    offsetCol =
        new Param<>(
            owner,
            "offsetCol",
            "name of a column of numbers that are added to a regression's raw output, in training and in"
                + " transform: with a log link the logarithm of an exposure; unset or empty = none");
    weightCol =
        new Param<>(
            owner,
            "weightCol",
            "weight column name, numbers >= 0: weight 2 counts a row twice, weight 0 leaves it out;"
                + " unset or empty = all weights are 1");
    classWeights =
        new StringArrayParam(
            owner,
            "classWeights",
            "what the rows of each class count in training, beside weightCol: balanced = all classes"
                + " alike, W / (C W_k) with W_k the weight of class k's rows, W of all, C the number of"
                + " classes; or a positive number for each class; or class:number for some, by name or"
                + " number from 0 on, others counting 1; unset or empty = 1 for all",
            texts(
                ParamValidator.texts(
                    "classWeights", ClassWeights.ALLOWED, ClassWeights::areWeights)));
    validationIndicatorCol =
        new Param<>(
            owner,
            "validationIndicatorCol",
            "name of the column that indicates whether each row is for training or for validation,"
                + " boolean: true = held out to choose the regularisation parameter, false ="
                + " training; not together with regParam, regRatio or numFolds; unset or empty = held"
                + " out by the rows' hashes");
    foldCol =
        new Param<>(
            owner,
            "foldCol",
            "name of a column of groups, such as strings or integers: the rows of one group are"
                + " trained on or held out together when the regularisation parameter is chosen; not"
                + " together with regParam, regRatio or validationIndicatorCol; unset or empty ="
                + " equal rows are held out together");
    featuresCols =
        new StringArrayParam(
            owner,
            "featuresCols",
            "names of numeric columns that are the features, in this order, in place of the one column"
                + " featuresCol; unset or empty = featuresCol",
            texts(
                ParamValidator.texts(
                    "featuresCols",
                    "names of columns, each once",
                    names -> new HashSet<>(names).size() == names.size())));
    categoricalCols =
        new StringArrayParam(
            owner,
            "categoricalCols",
            "features that hold categories, as codes 0, 1, .., beside those that metadata tell: names"
                + " of columns of featuresCols or of the vector's entries, or numbers of entries from"
                + " 0 on; unset or empty = those that metadata tell",
            texts(
                ParamValidator.texts(
                    "categoricalCols",
                    "names of features, each once",
                    names -> new HashSet<>(names).size() == names.size())));
    contributionsCol =
        new Param<>(
            owner,
            "contributionsCol",
            "name of a column in which transform tells what each feature adds to a row's raw"
                + " prediction: a vector of the features' contributions and, last, a base value, which"
                + " sum to it; of more than two classes an array of vectors, one a class; unset or empty"
                + " = none");
    predictionIntervalCol =
        new Param<>(
            owner,
            "predictionIntervalCol",
            "name of a column in which transform tells between which numbers a regression's label is with"
                + " a probability of coverage, a struct of lower and upper; a tenth of the rows, 1,000"
                + " at least where that is at most half, is not trained on for it; unset or empty = none");
    intervalMethod =
        new Param<>(
            owner,
            "intervalMethod",
            "with predictionIntervalCol, what intervals are made of: residual = the prediction, so that all"
                + " have the same width, scale = the prediction and the size of errors, of a network that"
                + " is trained beside on the absolute ones of the training rows, quantile = two quantiles, of"
                + " networks that are trained beside; by the last two they are as wide as labels vary",
            words(
                "intervalMethod",
                List.of(
                    PredictionIntervals.RESIDUAL,
                    PredictionIntervals.SCALE,
                    PredictionIntervals.QUANTILE)));
    predictionSetCol =
        new Param<>(
            owner,
            "predictionSetCol",
            "name of a column in which transform tells a set of classes, an array of them, that has a"
                + " classifier's label with a probability of coverage; rows are held out as for"
                + " predictionIntervalCol; unset or empty = none");
    coverage =
        new DoubleParam(
            owner,
            "coverage",
            "the probability, 1 - alpha, in (0, 1), with which labels of new rows are in their intervals"
                + " or sets",
            ParamValidator.numbers("coverage", "in (0, 1)", v -> v > 0 && v < 1));
    probabilityCalibration =
        new Param<>(
            owner,
            "probabilityCalibration",
            "whether a classifier's probabilities are calibrated on rows that it was not trained on, held"
                + " out as for predictionIntervalCol: none, or isotonic = by a step of each class that"
                + " never falls",
            words("probabilityCalibration", List.of(PredictionSets.NONE, PredictionSets.ISOTONIC)));
    trainingCol =
        new Param<>(
            owner,
            "trainingCol",
            "name of a column in which transform tells, on every row, how the model was trained, as"
                + " JSON: certificate, provenance and, in the session that trained it, path and"
                + " trace; unset or empty = none");
    handleInvalid =
        new Param<>(
            owner,
            "handleInvalid",
            "what to do about rows whose features are null, NaN or infinite: error = refuse them,"
                + " skip = leave them out of training and out of what transform returns, keep = NaN"
                + " is a missing value, trained on and predicted from; rows of null or infinite"
                + " features are left out of training and predicted NaN",
            words("handleInvalid", InvalidFeatures.words()));
    initialModel =
        new Param<>(
            owner,
            "initialModel",
            "path of a saved model of the same kind to start from: its gates and feature map are"
                + " kept, Params that choose them have no part; training begins at its weights, and"
                + " with its regularisation parameter where neither regParam nor regRatio is set;"
                + " unset or empty = gates are drawn and training begins at zero");
  }

  private static <E extends Enum<E>> Param<String> choice(
      Params owner, String name, String doc, E[] values) {
    return new Param<>(owner, name, doc, words(name, values));
  }

  private static <E extends Enum<E>> scala.Function1<String, Object> words(
      String name, E[] values) {
    return words(name, Arrays.stream(values).map(v -> v.name().toLowerCase(Locale.ROOT)).toList());
  }

  // Param's constructor wants a function of String; Allowed takes any object.
  @SuppressWarnings({"unchecked", "rawtypes"})
  private static scala.Function1<String, Object> words(String name, List<String> words) {
    return (scala.Function1) ParamValidator.words(name, words);
  }

  // StringArrayParam's constructor wants a function of String[].
  @SuppressWarnings({"unchecked", "rawtypes"})
  private static scala.Function1<String[], Object> texts(ParamValidator allowed) {
    return (scala.Function1) allowed;
  }

  // IntArrayParam's constructor wants a function of int[].
  @SuppressWarnings({"unchecked", "rawtypes"})
  private static scala.Function1<int[], Object> integers(ParamValidator allowed) {
    return (scala.Function1) allowed;
  }

  /** The value of a Param as a constant; the validator has seen it. */
  static <E extends Enum<E>> E constant(Class<E> type, String word) {
    return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
  }

  /** Sets the defaults; apart from the constructor, because Spark looks Params up in the owner. */
  void setDefaults(Params owner) {
    owner.setDefault(numGates, 0);
    owner.setDefault(numTrees, 0);
    owner.setDefault(numLeaves, 0);
    owner.setDefault(layerWidths, new int[0]);
    owner.setDefault(gateSampler, AUTO);
    owner.setDefault(patternRank, 0);
    owner.setDefault(effort, BALANCED);
    owner.setDefault(leafModel, AUTO);
    owner.setDefault(normalization, AUTO);
    owner.setDefault(groupNorm, AUTO);
    owner.setDefault(perClassGroups, false);
    owner.setDefault(fitIntercept, true);
    owner.setDefault(linearSkip, true);
    owner.setDefault(solver, AUTO);
    owner.setDefault(precision, AUTO);
    owner.setDefault(maxIter, 200);
    owner.setDefault(refit, true);
    owner.setDefault(loss, "squared");
    owner.setDefault(variancePower, 1.5);
    owner.setDefault(epsilon, 1.35);
    owner.setDefault(quantile, 0.5);
    owner.setDefault(evalMetric, AUTO);
    owner.setDefault(intervalMethod, PredictionIntervals.RESIDUAL);
    owner.setDefault(coverage, 0.9);
    owner.setDefault(probabilityCalibration, PredictionSets.NONE);
    owner.setDefault(numFolds, 0);
    owner.setDefault(seed, (long) owner.getClass().getName().hashCode());
    owner.setDefault(activation, GATED);
    owner.setDefault(polish, false);
    owner.setDefault(aggregationDepth, 2);
    owner.setDefault(maxBlockSizeInMB, 0.0);
    owner.setDefault(checkpointInterval, 10);
    owner.setDefault(resume, false);
    owner.setDefault(handleInvalid, InvalidFeatures.ERROR);
  }
}
