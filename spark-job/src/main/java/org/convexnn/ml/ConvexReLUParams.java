package org.convexnn.ml;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.param.shared.HasWeightCol;
import org.convexnn.loss.EvalMetric;
import org.convexnn.loss.RegressionLoss;
import org.convexnn.network.LeafModel;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingOptions.Activation;
import org.convexnn.solver.TrainingOptions.Effort;
import org.convexnn.solver.TrainingOptions.GateSampler;
import org.convexnn.solver.TrainingOptions.GroupNorm;
import org.convexnn.solver.TrainingOptions.Normalization;
import org.convexnn.solver.TrainingOptions.PrecisionChoice;
import org.convexnn.solver.TrainingOptions.SolverKind;
import org.convexnn.solver.TrainingOptions.Task;

/**
 * The Params that estimators and models share, beside MLlib's column names. {@code explainParams()}
 * prints what each means; models carry the values they were trained with.
 *
 * <p>A getter of a Param without default ({@code regParam}, {@code regRatio}, {@code skipRidge},
 * {@code tol}, {@code checkpointDir}, {@code offsetCol}, {@code contributionsCol}, {@code predictionIntervalCol}, {@code predictionSetCol}, {@code weightCol}, {@code validationIndicatorCol}, {@code
 * foldCol}, {@code initialModel}) throws NoSuchElementException while it is unset, as MLlib's do; {@code isSet} asks.
 */
public interface ConvexReLUParams extends HasWeightCol {

  /** The holder of this object's Params; for this interface alone. */
  ParamSet paramSet();

  /** Param: number of gates, 0 = automatic. */
  default IntParam numGates() {
    return paramSet().numGates;
  }

  /** Number of gates, 0 = automatic. */
  default int getNumGates() {
    return (int) getOrDefault(numGates());
  }

  /** Param: number of trees, 0 = automatic. */
  default IntParam numTrees() {
    return paramSet().numTrees;
  }

  /** Number of trees, 0 = automatic. */
  default int getNumTrees() {
    return (int) getOrDefault(numTrees());
  }

  /** Param: most leaves of a tree, 0 = automatic. */
  default IntParam numLeaves() {
    return paramSet().numLeaves;
  }

  /** Most leaves of a tree, 0 = automatic. */
  default int getNumLeaves() {
    return (int) getOrDefault(numLeaves());
  }

  /** Param: widths of the lower layers of sub-networks, empty = two layers. */
  default IntArrayParam layerWidths() {
    return paramSet().layerWidths;
  }

  /** Widths of layers 1 to L - 2 of sub-networks of L layers, empty = two layers. */
  default int[] getLayerWidths() {
    return (int[]) getOrDefault(layerWidths());
  }

  /** Param: how gates are drawn. */
  default Param<String> gateSampler() {
    return paramSet().gateSampler;
  }

  /** How gates are drawn: auto, trees, gaussian, columns, mixed, sphere or priced. */
  default String getGateSampler() {
    return getOrDefault(gateSampler());
  }

  /** Param: rank of the gates. */
  default IntParam patternRank() {
    return paramSet().patternRank;
  }

  /** The leading directions of the features that gates are held to, 0 = all. */
  default int getPatternRank() {
    return (int) getOrDefault(patternRank());
  }

  /** How many gates are drawn where no number is given. */
  default Param<String> effort() {
    return paramSet().effort;
  }

  /** fast, balanced or best. */
  default String getEffort() {
    return getOrDefault(effort());
  }

  /** Param: the feature map. */
  default Param<String> normalization() {
    return paramSet().normalization;
  }

  /** The feature map: auto, whiten, standardize, pca or none. */
  default String getNormalization() {
    return getOrDefault(normalization());
  }

  /** Param: the norm of a neuron's weights in the penalty. */
  default Param<String> groupNorm() {
    return paramSet().groupNorm;
  }

  /** The norm of a neuron's weights in the penalty: auto, euclidean, function or slim. */
  default String getGroupNorm() {
    return getOrDefault(groupNorm());
  }

  /** Param: whether each class has its own group at a gate. */
  default BooleanParam perClassGroups() {
    return paramSet().perClassGroups;
  }

  /** Whether each class has its own group at a gate. */
  default boolean getPerClassGroups() {
    return (boolean) getOrDefault(perClassGroups());
  }

  /** Param: the regularisation parameter beta. */
  default DoubleParam regParam() {
    return paramSet().regParam;
  }

  /** The regularisation parameter beta that was set. */
  default double getRegParam() {
    return (double) getOrDefault(regParam());
  }

  /** Param: the regularisation parameter as a fraction of betaMax. */
  default DoubleParam regRatio() {
    return paramSet().regRatio;
  }

  /** The regularisation parameter as a fraction of betaMax, as it was set. */
  default double getRegRatio() {
    return (double) getOrDefault(regRatio());
  }

  /** Param: the ridge on skip and intercept correction. */
  default DoubleParam skipRidge() {
    return paramSet().skipRidge;
  }

  /** The ridge on skip and intercept correction. */
  default double getSkipRidge() {
    return (double) getOrDefault(skipRidge());
  }

  /** Param: whether there is an intercept. */
  default BooleanParam fitIntercept() {
    return paramSet().fitIntercept;
  }

  /** Whether there is an intercept. */
  default boolean getFitIntercept() {
    return (boolean) getOrDefault(fitIntercept());
  }

  /** Param for what stands in the leaves of trees. */
  default Param<String> leafModel() {
    return paramSet().leafModel;
  }

  /** What stands in the leaves of trees: auto, constant or linear. */
  default String getLeafModel() {
    return getOrDefault(leafModel());
  }

  /** Param for a of the elastic norm. */
  default DoubleParam elasticNetParam() {
    return paramSet().elasticNetParam;
  }

  /** a of the elastic norm; an exception where it is not set. */
  default double getElasticNetParam() {
    return (double) getOrDefault(elasticNetParam());
  }

  /** Param for the power of the weights of constant leaves' norms. */
  default DoubleParam adaptivePower() {
    return paramSet().adaptivePower;
  }

  /** The power of the weights of constant leaves' norms; an exception where it is not set. */
  default double getAdaptivePower() {
    return (double) getOrDefault(adaptivePower());
  }

  /** Param for where the penalty draws constant leaves to. */
  default DoubleParam boostingPrior() {
    return paramSet().boostingPrior;
  }

  /** The share of boosting's values that leaves are drawn to; an exception where it is not set. */
  default double getBoostingPrior() {
    return (double) getOrDefault(boostingPrior());
  }

  /** Param: in which features the network rises or falls. */
  default StringArrayParam monotoneConstraints() {
    return paramSet().monotoneConstraints;
  }

  /** In which features the network rises (feature:1) or falls (feature:-1). */
  default String[] getMonotoneConstraints() {
    return (String[]) getOrDefault(monotoneConstraints());
  }

  /** In which features the network rises or falls; empty where it is free. */
  default List<String> monotoneFeatures() {
    return isDefined(monotoneConstraints()) ? List.of(getMonotoneConstraints()) : List.of();
  }

  /** Param: which features may act together. */
  default StringArrayParam interactionConstraints() {
    return paramSet().interactionConstraints;
  }

  /** Which features may act together, with commas between. */
  default String[] getInteractionConstraints() {
    return (String[]) getOrDefault(interactionConstraints());
  }

  /** Which features may act together; empty where all may. */
  default List<String> interactingFeatures() {
    return isDefined(interactionConstraints()) ? List.of(getInteractionConstraints()) : List.of();
  }

  /** Param: whether there is a linear term beside the neurons. */
  default BooleanParam linearSkip() {
    return paramSet().linearSkip;
  }

  /** Whether there is a linear term beside the neurons. */
  default boolean getLinearSkip() {
    return (boolean) getOrDefault(linearSkip());
  }

  /** Param: the solver. */
  default Param<String> solver() {
    return paramSet().solver;
  }

  /** The solver: auto, gram, admm, lbfgs or gradient. */
  default String getSolver() {
    return getOrDefault(solver());
  }

  /** Param: the arithmetic of the products over the rows. */
  default Param<String> precision() {
    return paramSet().precision;
  }

  /** The arithmetic of the products over the rows: auto, float32 or float64. */
  default String getPrecision() {
    return getOrDefault(precision());
  }

  /** Param: most passes of the final fit. */
  default IntParam maxIter() {
    return paramSet().maxIter;
  }

  /** Most passes of the final fit. */
  default int getMaxIter() {
    return (int) getOrDefault(maxIter());
  }

  /** Param: the relative duality gap to reach. */
  default DoubleParam tol() {
    return paramSet().tol;
  }

  /** The relative duality gap to reach, as it was set. */
  default double getTol() {
    return (double) getOrDefault(tol());
  }

  /** Param: whether the chosen beta is solved again on all rows. */
  default BooleanParam refit() {
    return paramSet().refit;
  }

  /** Whether the chosen beta is solved again on all rows. */
  default boolean getRefit() {
    return (boolean) getOrDefault(refit());
  }

  /** Param: folds of the cross-validation that chooses beta. */
  default IntParam numFolds() {
    return paramSet().numFolds;
  }

  /** Folds of the cross-validation that chooses beta; 1 = one held-out tenth, 0 = automatic. */
  default int getNumFolds() {
    return (int) getOrDefault(numFolds());
  }

  /** Param: the seed. */
  default LongParam seed() {
    return paramSet().seed;
  }

  /** The seed of every random choice. */
  default long getSeed() {
    return (long) getOrDefault(seed());
  }

  /** Param: what a hidden neuron computes. */
  default Param<String> activation() {
    return paramSet().activation;
  }

  /** What a hidden neuron computes: gated or relu. */
  default String getActivation() {
    return getOrDefault(activation());
  }

  /** Param: whether all weights of a plain ReLU network are improved together at the end. */
  default BooleanParam polish() {
    return paramSet().polish;
  }

  /** Whether all weights of a plain ReLU network are improved together at the end. */
  default boolean getPolish() {
    return (boolean) getOrDefault(polish());
  }

  /** Param: levels of the tree in which partial results are added. */
  default IntParam aggregationDepth() {
    return paramSet().aggregationDepth;
  }

  /** Levels of the tree in which partial results are added. */
  default int getAggregationDepth() {
    return (int) getOrDefault(aggregationDepth());
  }

  /** Param: most megabytes of features in a block of rows. */
  default DoubleParam maxBlockSizeInMB() {
    return paramSet().maxBlockSizeInMB;
  }

  /** Most megabytes of features in a block of rows, 0 = automatic. */
  default double getMaxBlockSizeInMB() {
    return (double) getOrDefault(maxBlockSizeInMB());
  }

  /** Param: the folder of checkpoints. */
  default Param<String> checkpointDir() {
    return paramSet().checkpointDir;
  }

  /** The folder of checkpoints. */
  default String getCheckpointDir() {
    return getOrDefault(checkpointDir());
  }

  /** Param: passes between checkpoints, -1 = none. */
  default IntParam checkpointInterval() {
    return paramSet().checkpointInterval;
  }

  /** Passes between checkpoints, -1 = none. */
  default int getCheckpointInterval() {
    return (int) getOrDefault(checkpointInterval());
  }

  /** Param: whether the fit goes on from a checkpoint. */
  default BooleanParam resume() {
    return paramSet().resume;
  }

  /** Whether the fit goes on from a checkpoint. */
  default boolean getResume() {
    return (boolean) getOrDefault(resume());
  }

  /** Param: the weight column. */
  @Override
  default Param<String> weightCol() {
    return paramSet().weightCol;
  }

  /** Never called: Scala's initialiser of HasWeightCol, its only caller, is not run. */
  @Override
  default void org$apache$spark$ml$param$shared$HasWeightCol$_setter_$weightCol_$eq(
      Param<String> weightCol) {}

  /** The weight column, where one is set and not the empty string. */
  default Optional<String> weightColumn() {
    return given(weightCol());
  }

  /** Param: what the rows of each class count. */
  default StringArrayParam classWeights() {
    return paramSet().classWeights;
  }

  /** What the rows of each class count. */
  default String[] getClassWeights() {
    return (String[]) getOrDefault(classWeights());
  }

  /** What the rows of each class count; empty where all count 1. */
  default List<String> weightsOfClasses() {
    return isDefined(classWeights()) ? List.of(getClassWeights()) : List.of();
  }

  /** Param: the column that marks rows held out to choose the regularisation parameter. */
  default Param<String> validationIndicatorCol() {
    return paramSet().validationIndicatorCol;
  }

  /** The column that marks rows held out to choose the regularisation parameter. */
  default String getValidationIndicatorCol() {
    return getOrDefault(validationIndicatorCol());
  }

  /** The column of marks, where one is set and not the empty string. */
  default Optional<String> validationIndicatorColumn() {
    return given(validationIndicatorCol());
  }

  /** Param: what a regression minimises. */
  default Param<String> loss() {
    return paramSet().loss;
  }

  /** What a regression minimises: squared, poisson, gamma, tweedie, huber or quantile. */
  default String getLoss() {
    return getOrDefault(loss());
  }

  /** Param: power of the mean in the variance, of loss tweedie. */
  default DoubleParam variancePower() {
    return paramSet().variancePower;
  }

  /** Power of the mean in the variance, of loss tweedie. */
  default double getVariancePower() {
    return (double) getOrDefault(variancePower());
  }

  /** Param: error beyond which loss huber is linear. */
  default DoubleParam epsilon() {
    return paramSet().epsilon;
  }

  /** Error beyond which loss huber is linear, in units of the labels' spread. */
  default double getEpsilon() {
    return (double) getOrDefault(epsilon());
  }

  /** Param: the quantile that loss quantile is of. */
  default DoubleParam quantile() {
    return paramSet().quantile;
  }

  /** The quantile that loss quantile is of. */
  default double getQuantile() {
    return (double) getOrDefault(quantile());
  }

  /** The loss with its parameter, as the trainer takes it. */
  default RegressionLoss regressionLoss() {
    RegressionLoss.Kind kind = RegressionLoss.Kind.of(getLoss());
    double parameter =
        switch (kind) {
          case SQUARED, POISSON, GAMMA -> 0;
          case TWEEDIE -> getVariancePower();
          case HUBER -> getEpsilon();
          case QUANTILE -> getQuantile();
        };
    return new RegressionLoss(kind, parameter);
  }

  /** Param: what predictions of held-out rows are judged by. */
  default Param<String> evalMetric() {
    return paramSet().evalMetric;
  }

  /** What predictions of held-out rows are judged by, by which beta and the like are chosen. */
  default String getEvalMetric() {
    return getOrDefault(evalMetric());
  }

  /** Param: the column of offsets of the raw output. */
  default Param<String> offsetCol() {
    return paramSet().offsetCol;
  }

  /** The column of offsets of the raw output. */
  default String getOffsetCol() {
    return getOrDefault(offsetCol());
  }

  /** The column of offsets of the raw output, where one is set and not the empty string. */
  default Optional<String> offsetColumn() {
    return given(offsetCol());
  }

  /** Param: the column of groups that are trained on or held out together. */
  default Param<String> foldCol() {
    return paramSet().foldCol;
  }

  /** The column of groups that are trained on or held out together. */
  default String getFoldCol() {
    return getOrDefault(foldCol());
  }

  /** The column of groups, where one is set and not the empty string. */
  default Optional<String> foldColumn() {
    return given(foldCol());
  }

  /** Param: the columns of numbers that are the features, in place of one column. */
  default StringArrayParam featuresCols() {
    return paramSet().featuresCols;
  }

  /** The columns of numbers that are the features, in place of one column. */
  default String[] getFeaturesCols() {
    return (String[]) getOrDefault(featuresCols());
  }

  /** The columns of numbers that are the features; empty where one column is. */
  default List<String> featureColumns() {
    return isDefined(featuresCols()) ? List.of(getFeaturesCols()) : List.of();
  }

  /** Param: features that hold categories, beside those that metadata tell. */
  default StringArrayParam categoricalCols() {
    return paramSet().categoricalCols;
  }

  /** Features that hold categories, beside those that metadata tell. */
  default String[] getCategoricalCols() {
    return (String[]) getOrDefault(categoricalCols());
  }

  /** Features that hold categories, beside those that metadata tell. */
  default List<String> categoricalFeatures() {
    return isDefined(categoricalCols()) ? List.of(getCategoricalCols()) : List.of();
  }

  /** Param: the column in which transform tells what each feature adds to the raw prediction. */
  default Param<String> contributionsCol() {
    return paramSet().contributionsCol;
  }

  /** The column in which transform tells what each feature adds to the raw prediction. */
  default String getContributionsCol() {
    return getOrDefault(contributionsCol());
  }

  /** The column of contributions, where one is set and not the empty string. */
  default Optional<String> contributionsColumn() {
    return given(contributionsCol());
  }

  /** Param: the column of intervals for labels. */
  default Param<String> predictionIntervalCol() {
    return paramSet().predictionIntervalCol;
  }

  /** The column of intervals for labels. */
  default String getPredictionIntervalCol() {
    return getOrDefault(predictionIntervalCol());
  }

  /** The column of intervals, where one is set and not the empty string. */
  default Optional<String> predictionIntervalColumn() {
    return given(predictionIntervalCol());
  }

  /** Param: between what intervals begin. */
  default Param<String> intervalMethod() {
    return paramSet().intervalMethod;
  }

  /** Between what intervals begin: residual or quantile. */
  default String getIntervalMethod() {
    return getOrDefault(intervalMethod());
  }

  /** Param: the column of sets of classes. */
  default Param<String> predictionSetCol() {
    return paramSet().predictionSetCol;
  }

  /** The column of sets of classes. */
  default String getPredictionSetCol() {
    return getOrDefault(predictionSetCol());
  }

  /** The column of sets, where one is set and not the empty string. */
  default Optional<String> predictionSetColumn() {
    return given(predictionSetCol());
  }

  /** Param: the share of labels that intervals or sets hold. */
  default DoubleParam coverage() {
    return paramSet().coverage;
  }

  /** The share of labels that intervals or sets hold: 1 - alpha. */
  default double getCoverage() {
    return (double) getOrDefault(coverage());
  }

  /** Param: how probabilities are calibrated. */
  default Param<String> probabilityCalibration() {
    return paramSet().probabilityCalibration;
  }

  /** How probabilities are calibrated: none or isotonic. */
  default String getProbabilityCalibration() {
    return getOrDefault(probabilityCalibration());
  }

  /** Whether rows are held out to calibrate on. */
  default boolean calibrates() {
    return predictionIntervalColumn().isPresent()
        || predictionSetColumn().isPresent()
        || getProbabilityCalibration().equals(PredictionSets.ISOTONIC);
  }

  /** Param: the column in which transform tells how the model was trained. */
  default Param<String> trainingCol() {
    return paramSet().trainingCol;
  }

  /** The column in which transform tells how the model was trained. */
  default String getTrainingCol() {
    return getOrDefault(trainingCol());
  }

  /** The column that tells of the training, where one is set and not the empty string. */
  default Optional<String> trainingColumn() {
    return given(trainingCol());
  }

  /** Param: what to do about invalid features. */
  default Param<String> handleInvalid() {
    return paramSet().handleInvalid;
  }

  /** What to do about features that are null, NaN or infinite: error, skip or keep. */
  default String getHandleInvalid() {
    return getOrDefault(handleInvalid());
  }

  /** Param: the path of the model that training starts from. */
  default Param<String> initialModel() {
    return paramSet().initialModel;
  }

  /** The path of the model that training starts from; a model in memory has none. */
  default String getInitialModel() {
    return getOrDefault(initialModel());
  }

  /** The path of the model that training starts from, where one is set and not the empty string. */
  default Optional<String> initialModelPath() {
    return given(initialModel());
  }

  private Optional<String> given(Param<String> param) {
    return isDefined(param)
        ? Optional.of(getOrDefault(param)).filter(s -> !s.isEmpty())
        : Optional.empty();
  }

  /** Whether the chosen beta is solved on all rows: on marked ones only where that is said. */
  private boolean refitsOnAllRows() {
    return getRefit() && (validationIndicatorColumn().isEmpty() || isSet(refit()));
  }

  /** What stands in leaves: linear ones where a linear term is asked for beside them. */
  private TrainingOptions.Leaves leaves() {
    boolean skip = isSet(linearSkip()) && getLinearSkip();
    Optional<LeafModel> model =
        switch (getLeafModel()) {
          case "constant" -> Optional.of(LeafModel.CONSTANT);
          case "linear" -> Optional.of(LeafModel.LINEAR);
          default -> skip ? Optional.of(LeafModel.LINEAR) : Optional.empty();
        };
    if (skip && model.filter(m -> m == LeafModel.CONSTANT).isPresent()) {
      throw new IllegalArgumentException(
          "linearSkip is true and leafModel is 'constant': constant leaves stand alone; use"
              + " leafModel 'linear', or leave linearSkip unset");
    }
    return new TrainingOptions.Leaves(
        model,
        isDefined(adaptivePower()) ? OptionalDouble.of(getAdaptivePower()) : OptionalDouble.empty(),
        isDefined(boostingPrior())
            ? OptionalDouble.of(getBoostingPrior())
            : OptionalDouble.empty());
  }

  /**
   * The Params as the trainer takes them.
   *
   * @throws IllegalArgumentException when they contradict each other
   */
  default TrainingOptions trainingOptions(Task task) {
    return new TrainingOptions(
        task,
        getNumGates(),
        getNumTrees(),
        getNumLeaves(),
        Arrays.stream(getLayerWidths()).boxed().toList(),
        ParamSet.constant(GateSampler.class, getGateSampler()),
        getPatternRank(),
        ParamSet.constant(Effort.class, getEffort()),
        ParamSet.constant(Normalization.class, getNormalization()),
        ParamSet.constant(GroupNorm.class, getGroupNorm()),
        getPerClassGroups(),
        getFitIntercept(),
        getLinearSkip(),
        isDefined(skipRidge()) ? OptionalDouble.of(getSkipRidge()) : OptionalDouble.empty(),
        isDefined(regParam()) ? OptionalDouble.of(getRegParam()) : OptionalDouble.empty(),
        isDefined(regRatio()) ? OptionalDouble.of(getRegRatio()) : OptionalDouble.empty(),
        refitsOnAllRows(),
        getNumFolds(),
        ParamSet.constant(SolverKind.class, getSolver()),
        ParamSet.constant(PrecisionChoice.class, getPrecision()),
        getMaxIter(),
        isDefined(tol()) ? OptionalDouble.of(getTol()) : OptionalDouble.empty(),
        getSeed(),
        ParamSet.constant(Activation.class, getActivation()),
        getPolish(),
        isDefined(elasticNetParam())
            ? OptionalDouble.of(getElasticNetParam())
            : OptionalDouble.empty(),
        leaves(),
        regressionLoss(),
        EvalMetric.of(getEvalMetric()));
  }
}
