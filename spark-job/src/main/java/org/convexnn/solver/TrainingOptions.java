package org.convexnn.solver;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.convexnn.block.Precision;
import org.convexnn.loss.EvalMetric;
import org.convexnn.loss.RegressionLoss;
import org.convexnn.network.FeatureConstraints;
import org.convexnn.network.LeafModel;

/**
 * What to train and how. Ranges are checked where a user enters them ({@code ml}) and once more
 * here.
 *
 * @param task the kind of label
 * @param numGates P, positive; 0 = chosen by the number of rows
 * @param numTrees T, trees of a tree sampler; 0 = chosen by the number of rows
 * @param numLeaves most leaves of a tree, at least 2; 0 = chosen by the number of rows
 * @param layerWidths m_1 .. m_{L-2} of sub-networks of L layers, whose paths are the gates, P of them
 *     in all (at least one sub-network); at most {@value #MOST_PATHS} paths in each, at least one;
 *     empty = two layers
 * @param gateSampler how gates are drawn
 * @param patternRank k, the leading directions of the features that gates are held to; 0 = all
 * @param effort how many gates are drawn where no number is given
 * @param normalization the feature map
 * @param groupNorm the norm of a group
 * @param perClassGroups whether each class has its own group at a gate, of several classes
 * @param fitIntercept whether b0 and b are free
 * @param linearSkip whether w0 is free
 * @param skipRidge ridge on the skip and the intercept correction, positive; empty = automatic, by
 *     the number of rows
 * @param regParam beta, where given
 * @param regRatio beta / betaMax in (0, 1], where given; not both
 * @param refit whether the chosen beta is solved again on all rows
 * @param numFolds K of the cross-validation that chooses beta, at most {@value #MOST_FOLDS}; 1 = one
 *     tenth of the rows is held out; 0 = automatic, that or five folds where rows are few
 * @param solver which solver
 * @param precision arithmetic of the row kernels
 * @param maxIter most passes of the final fit
 * @param tol relative gap to reach; empty = automatic
 * @param seed of every random choice
 * @param activation what a neuron computes
 * @param polish whether the hidden weights of plain ReLU neurons are improved after the convex fit
 * @param elasticNet a of the penalty {@code beta sum_i (a N_i + (1 - a) N_i^2 / 2)}, in [0, 1]; empty =
 *     automatic, 1 where no leaf is narrow
 * @param leaves what stands in the leaves of trees
 * @param loss of a regression; squared loss where classes are told apart, which have one of their own
 * @param evalMetric what predictions of held-out rows are judged by, by which beta and the like are chosen
 */
public record TrainingOptions(
    Task task,
    int numGates,
    int numTrees,
    int numLeaves,
    List<Integer> layerWidths,
    GateSampler gateSampler,
    int patternRank,
    Effort effort,
    Normalization normalization,
    GroupNorm groupNorm,
    boolean perClassGroups,
    boolean fitIntercept,
    boolean linearSkip,
    OptionalDouble skipRidge,
    OptionalDouble regParam,
    OptionalDouble regRatio,
    boolean refit,
    int numFolds,
    SolverKind solver,
    PrecisionChoice precision,
    int maxIter,
    OptionalDouble tol,
    long seed,
    Activation activation,
    boolean polish,
    OptionalDouble elasticNet,
    Leaves leaves,
    RegressionLoss loss,
    EvalMetric evalMetric) {

  private static final double ROUGH = 1e-2;
  private static final double LEAST_SKIP_RIDGE = 1e-3;
  private static final double SKIP_RIDGE_BY_ROWS = 0.1;

  /** The most leaves of a tree whose leaves are constant: a row's leaf is a byte. */
  public static final int MOST_CONSTANT_LEAVES = 256;

  /** The fewest rows for which trees are grown unasked. */
  public static final long FEWEST_FOR_TREES = 1000;

  /** The largest number of folds. */
  public static final int MOST_FOLDS = 1000;

  /** The largest number of paths in a sub-network. */
  public static final int MOST_PATHS = 256;

  /** What layerWidths may be, in words. */
  public static final String LAYER_WIDTHS =
      "positive integers whose product, the paths of a sub-network, is at most "
          + MOST_PATHS
          + ", or empty for two layers";

  /** The kind of label. */
  public enum Task {
    /** Labels 0 and 1, logistic loss. */
    BINARY,
    /** Labels 0 .. C - 1, softmax loss. */
    MULTICLASS,
    /** Real labels, a loss of their own. */
    REGRESSION
  }

  /** How gates are drawn. */
  public enum GateSampler {
    /**
     * Trees with some Gaussian half-spaces beside them; half-spaces alone where trees do not help,
     * priced where rows are few.
     */
    AUTO,
    /** Leaves of trees grown by boosting on a sample. */
    TREES,
    /** Dense Gaussian half-spaces in normalised coordinates. */
    GAUSSIAN,
    /** Half-spaces on one column, thresholds at sampled rows, balanced. */
    COLUMNS,
    /** Half of each. */
    MIXED,
    /** Half-spaces with directions on the unit sphere and bounded thresholds. */
    SPHERE,
    /** Half-spaces generated along the path, by their price at the present network. */
    PRICED
  }

  /** How many gates are drawn where no number is given. */
  public enum Effort {
    /** Half as many trees or half-spaces. */
    FAST,
    /** The default. */
    BALANCED,
    /** Several times as many. */
    BEST
  }

  /** The feature map. */
  public enum Normalization {
    /**
     * Of more than 300 features standardized columns where rows are sparse, principal components
     * where they say most; else whitened columns.
     */
    AUTO,
    /** Uncorrelated columns of variance one. */
    WHITEN,
    /** Columns of mean zero and variance one. */
    STANDARDIZE,
    /** The leading principal components, fewer than the features where these are many. */
    PCA,
    /** Features as they come. */
    NONE
  }

  /** The norm of a group. */
  public enum GroupNorm {
    /** Chosen by the kind of gates. */
    AUTO,
    /** The Euclidean norm in feature-map coordinates. */
    EUCLIDEAN,
    /** The root mean square of the neuron's output over the training rows. */
    FUNCTION,
    /**
     * Euclidean where a half-space's weights lie along its own direction and its bias, infinite
     * elsewhere; function for leaves.
     */
    SLIM
  }

  /** Which solver. */
  public enum SolverKind {
    /** The one that a cost model predicts to be fastest. */
    AUTO,
    /** One-pass Gram matrix (squared loss only). */
    GRAM,
    /** Row-split ADMM with a sketched metric. */
    ADMM,
    /** Limited-memory quasi-Newton in a sampled metric: for wide networks. */
    LBFGS,
    /** Accelerated proximal gradient. */
    GRADIENT
  }

  /** Arithmetic of the row kernels. */
  public enum PrecisionChoice {
    /** float32 unless tol is below 1e-6. */
    AUTO,
    /** Single precision. */
    FLOAT32,
    /** Double precision. */
    FLOAT64
  }

  /** What a neuron computes. */
  public enum Activation {
    /** {@code s(x) z~.u} with a gate s that is fixed before training: a convex program. */
    GATED,
    /** {@code (z~.v)_+ a}: plain ReLU, its gate is its own weights. */
    RELU
  }

  /**
   * What stands in the leaves of trees.
   *
   * @param model the coordinates of a leaf's weights; empty = automatic
   * @param adaptivePower gamma: a leaf's norm is weighted by {@code (|v_i| sqrt(p_i))^-gamma}, v_i its
   *     value in boosting, p_i its share of the rows; not negative, 0 = all alike; empty = automatic
   * @param boostingPrior kappa: the penalty on leaf i is of {@code v - kappa v_i}; in [0, 1], 0 = of v;
   *     empty = automatic
   * @param constraints what trees and the values in their leaves are held to
   */
  public record Leaves(
      Optional<LeafModel> model,
      OptionalDouble adaptivePower,
      OptionalDouble boostingPrior,
      FeatureConstraints constraints) {

    /** Everything automatic. */
    public static final Leaves AUTO =
        new Leaves(Optional.empty(), OptionalDouble.empty(), OptionalDouble.empty());

    /** Leaves that are held to nothing. */
    public Leaves(
        Optional<LeafModel> model, OptionalDouble adaptivePower, OptionalDouble boostingPrior) {
      this(model, adaptivePower, boostingPrior, FeatureConstraints.NONE);
    }

    /** These leaves held to constraints. */
    public Leaves held(FeatureConstraints others) {
      return new Leaves(model, adaptivePower, boostingPrior, others);
    }

    /** Leaves of a model, whose penalty takes nothing from boosting. */
    public static Leaves of(LeafModel model) {
      return new Leaves(Optional.of(model), OptionalDouble.of(0), OptionalDouble.of(0));
    }
  }

  /** Checks the ranges, and that no two settings contradict each other. */
  public TrainingOptions {
    check(numGates >= 0, "numGates", numGates, "a positive integer, or 0 for automatic");
    check(numTrees >= 0, "numTrees", numTrees, "a positive integer, or 0 for automatic");
    check(
        numLeaves == 0 || (numLeaves >= 2 && numLeaves <= 4096),
        "numLeaves",
        numLeaves,
        "from 2 to 4096, or 0 for automatic");
    check(patternRank >= 0, "patternRank", patternRank, "a positive integer, or 0 for all");
    layerWidths = List.copyOf(layerWidths);
    check(paths(layerWidths) >= 1, "layerWidths", layerWidths, LAYER_WIDTHS);
    skipRidge.ifPresent(
        r -> check(r > 0 && Double.isFinite(r), "skipRidge", r, "a positive number"));
    check(
        numFolds >= 0 && numFolds <= MOST_FOLDS,
        "numFolds",
        numFolds,
        "from 2 to " + MOST_FOLDS + ", 1 for one held-out tenth, or 0 for automatic");
    check(maxIter >= 1, "maxIter", maxIter, "a positive integer");
    regParam.ifPresent(b -> check(b > 0 && Double.isFinite(b), "regParam", b, "a positive number"));
    regRatio.ifPresent(b -> check(b > 0 && b <= 1, "regRatio", b, "in (0, 1]"));
    tol.ifPresent(t -> check(t > 0 && t < 1, "tol", t, "in (0, 1)"));
    elasticNet.ifPresent(a -> check(a >= 0 && a <= 1, "elasticNetParam", a, "in [0, 1]"));
    leaves
        .adaptivePower()
        .ifPresent(
            g -> check(g >= 0 && g <= 4, "adaptivePower", g, "from 0, all leaves alike, to 4"));
    Contradictions.refuse(
        leaves.model().filter(m -> m == LeafModel.CONSTANT).isPresent()
            && (solver == SolverKind.GRAM || solver == SolverKind.LBFGS),
        "leafModel is 'constant' and solver is '"
            + solver.name().toLowerCase(java.util.Locale.ROOT)
            + "': constant leaves are trained by auto, admm (the consensus loop) or gradient; use one"
            + " of these, or leafModel 'linear'");
    Contradictions.refuse(
        leaves.model().filter(m -> m == LeafModel.CONSTANT).isPresent()
            && (numGates > 0 || !layerWidths.isEmpty() || patternRank > 0),
        "leafModel is 'constant' and numGates, layerWidths or patternRank ask for other gates: trees of"
            + " constant leaves stand alone; unset these, or use leafModel 'linear'");
    Contradictions.refuse(
        leaves.model().filter(m -> m == LeafModel.CONSTANT).isPresent()
            && numLeaves > MOST_CONSTANT_LEAVES,
        "leafModel is 'constant' and numLeaves is "
            + numLeaves
            + ": trees of constant leaves have at most "
            + MOST_CONSTANT_LEAVES
            + "; lower numLeaves, or use leafModel 'linear'");
    Contradictions.ofBeta(regParam, regRatio, numFolds);
    Contradictions.ofConstraints(
        leaves,
        task,
        solver,
        activation,
        gateSampler,
        numGates,
        numLeaves,
        layerWidths,
        patternRank);
    Contradictions.ofPatternRank(
        patternRank, gateSampler, numTrees > 0 || numLeaves > 0, normalization);
    Contradictions.ofLayers(
        layerWidths, gateSampler, numTrees, numLeaves, perClassGroups, patternRank);
    Contradictions.refuse(
        groupNorm == GroupNorm.SLIM && !layerWidths.isEmpty(),
        "groupNorm is 'slim' and layerWidths is "
            + layerWidths
            + ": a path has no direction of its own; use groupNorm auto, euclidean or function, or"
            + " leave layerWidths empty");
    if (activation == Activation.RELU) {
      Contradictions.ofPlainRelu(
          gateSampler, numTrees, numLeaves, perClassGroups, groupNorm, layerWidths, patternRank);
    }
    Contradictions.refuse(
        polish && activation != Activation.RELU,
        "polish is true and activation is 'gated': polishing moves the hidden weights of plain ReLU"
            + " neurons; set activation to 'relu', or leave polish off");
    Contradictions.ofLoss(loss, task, solver, activation, patternRank);
    Contradictions.ofMetric(
        evalMetric, task, loss, activation, regParam.isPresent() || regRatio.isPresent());
    Contradictions.refuse(
        solver == SolverKind.GRAM && task != Task.REGRESSION,
        "solver 'gram' needs the squared loss of a regression; use auto, admm, lbfgs or gradient");
  }

  /** The fit of gated neurons on half-spaces that one of plain ReLU neurons starts from. */
  public TrainingOptions forDirections() {
    return new TrainingOptions(
        task,
        numGates,
        numTrees,
        numLeaves,
        layerWidths,
        gateSampler == GateSampler.AUTO ? GateSampler.GAUSSIAN : gateSampler,
        patternRank,
        effort,
        normalization,
        GroupNorm.EUCLIDEAN,
        perClassGroups,
        fitIntercept,
        linearSkip,
        skipRidge,
        regParam,
        regRatio,
        false,
        numFolds,
        solver,
        precision,
        maxIter,
        OptionalDouble.of(ROUGH),
        seed,
        Activation.GATED,
        false,
        elasticNet,
        leaves,
        loss,
        evalMetric);
  }

  /** These options with the slim norm. */
  public TrainingOptions slim() {
    return new TrainingOptions(
        task,
        numGates,
        numTrees,
        numLeaves,
        layerWidths,
        gateSampler,
        patternRank,
        effort,
        normalization,
        GroupNorm.SLIM,
        perClassGroups,
        fitIntercept,
        linearSkip,
        skipRidge,
        regParam,
        regRatio,
        refit,
        numFolds,
        solver,
        precision,
        maxIter,
        tol,
        seed,
        activation,
        polish,
        elasticNet,
        leaves,
        loss,
        evalMetric);
  }

  /** These options with leaves held to constraints. */
  public TrainingOptions held(FeatureConstraints constraints) {
    return with(elasticNet, leaves.held(constraints));
  }

  /** These options with the elastic norm and leaves that were chosen. */
  public TrainingOptions with(double a, Leaves chosen) {
    return with(OptionalDouble.of(a), chosen);
  }

  private TrainingOptions with(OptionalDouble a, Leaves chosen) {
    return new TrainingOptions(
        task,
        numGates,
        numTrees,
        numLeaves,
        layerWidths,
        gateSampler,
        patternRank,
        effort,
        normalization,
        groupNorm,
        perClassGroups,
        fitIntercept,
        linearSkip,
        skipRidge,
        regParam,
        regRatio,
        refit,
        numFolds,
        solver,
        precision,
        maxIter,
        tol,
        seed,
        activation,
        polish,
        a,
        chosen,
        loss,
        evalMetric);
  }

  /**
   * The ridge on the skip and the intercept correction: where it is not given
   *
   * <pre>max(1e-3, 0.1 k / n)</pre>
   *
   * A ridge of 1 / (n v) beside the mean loss is a Gaussian prior of variance v for each weight; this
   * one's is 10 / k, whatever n, of a linear function of standard deviation about 3;
   * 0.1 is measured (docs/theory/gates.md#few-rows).
   *
   * @param rows n, the number of rows that the rows count for ({@link org.convexnn.linalg.RowCount})
   * @param dimension k, the coordinates of z
   */
  public double skipRidge(long rows, int dimension) {
    return skipRidge.orElse(Math.max(LEAST_SKIP_RIDGE, SKIP_RIDGE_BY_ROWS * dimension / rows));
  }

  /** Whether trees of constant leaves are grown on so many rows. */
  public boolean growsConstantLeaves(long rows) {
    boolean linear = leaves.model().filter(m -> m == LeafModel.LINEAR).isPresent();
    boolean asked =
        numTrees > 0 || numLeaves > 0 || leaves.model().isPresent() || !leaves.constraints().none();
    boolean sampled =
        switch (gateSampler) {
          case TREES -> numGates == 0;
          case AUTO ->
              layerWidths.isEmpty()
                  && patternRank == 0
                  && numGates == 0
                  && (asked || rows >= FEWEST_FOR_TREES);
          case PRICED, GAUSSIAN, COLUMNS, MIXED, SPHERE -> false;
        };
    boolean solved =
        switch (solver) {
          case AUTO, ADMM, GRADIENT -> true;
          case GRAM, LBFGS -> false;
        };
    return sampled
        && solved
        && !linear
        && numLeaves <= MOST_CONSTANT_LEAVES
        && activation == Activation.GATED;
  }

  /** m_1 .. m_{L-2} multiplied; 0 where one of them is not positive, or for too large a product. */
  public static int paths(List<Integer> widths) {
    long paths = 1;
    for (int m : widths) {
      paths = m >= 1 && paths <= MOST_PATHS ? paths * m : 0;
    }
    return paths <= MOST_PATHS ? (int) paths : 0;
  }

  /** The paths of a sub-network; 1 with two layers. */
  public int paths() {
    return paths(layerWidths);
  }

  private static void check(boolean good, String name, Object value, String allowed) {
    if (!good) {
      throw new IllegalArgumentException(name + " is " + value + "; it must be " + allowed);
    }
  }

  /**
   * The relative gap to reach: given, or 1e-3; 1e-2 for several classes, and for trees where beta is
   * chosen.
   */
  public double tolerance(boolean trees) {
    return tol.orElse(task == Task.MULTICLASS || (trees && choosesBeta()) ? 1e-2 : 1e-3);
  }

  /** Whether validation chooses beta. */
  public boolean choosesBeta() {
    return regParam.isEmpty() && regRatio.isEmpty();
  }

  /** The arithmetic. */
  public Precision arithmetic() {
    return switch (precision) {
      case FLOAT32 -> Precision.FLOAT32;
      case FLOAT64 -> Precision.FLOAT64;
      case AUTO -> tol.orElse(1) < 1e-6 ? Precision.FLOAT64 : Precision.FLOAT32;
    };
  }
}
