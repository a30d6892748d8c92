package org.convexnn.ml;

import java.util.Objects;
import org.apache.spark.ml.param.Param;
import org.convexnn.solver.Progress;

/**
 * The setters of an estimator's training Params; {@code clear(param)} unsets one.
 *
 * @param <E> the estimator
 */
public interface ConvexReLUTraining<E extends ConvexReLUTraining<E>> extends ConvexReLUParams {

  private <T> E with(Param<T> param, T value) {
    set(param, value);
    return self();
  }

  // Every implementation names itself as E.
  @SuppressWarnings("unchecked")
  private E self() {
    return (E) this;
  }

  /** Who hears of the course of a fit: the logger {@code org.convexnn}, unless it is set. */
  default Progress progress() {
    return Objects.requireNonNullElseGet(paramSet().progress, () -> new LoggedProgress(uid()));
  }

  /**
   * Sets who hears of the course of a fit in place of the logger {@code org.convexnn}. No Param: it is
   * neither copied nor saved.
   */
  default E setProgress(Progress listener) {
    paramSet().progress =
        Objects.requireNonNull(listener, "progress: Progress.SILENT hears nothing");
    return self();
  }

  /**
   * The course of this estimator's fits from now on as a line that changes, which another thread may ask
   * for; messages go to the logger as before.
   */
  default ProgressLine watch() {
    ProgressLine line = new ProgressLine(new LoggedProgress(uid()));
    setProgress(line);
    return line;
  }

  /**
   * Ends the fit of this estimator that another thread runs, with a CancellationException there, at
   * its next iteration. So do an interrupt of that thread, and the end of its job or job group; a
   * group that is to end whether it has a job at that moment or not is cancelled by Spark's {@code
   * cancelJobGroupAndFutureJobs}.
   */
  default void cancel() {
    paramSet().cancelled = true;
  }

  /** Sets the number of gates; 0 = automatic (the default). */
  default E setNumGates(int value) {
    return with(numGates(), value);
  }

  /** Sets the number of trees; 0 = automatic (the default). */
  default E setNumTrees(int value) {
    return with(numTrees(), value);
  }

  /** Sets the most leaves of a tree, from 2 to 4096; 0 = automatic (the default). */
  default E setNumLeaves(int value) {
    return with(numLeaves(), value);
  }

  /**
   * Sets m_1, .., m_{L-2}: how many neurons of layer l each neuron of layer l + 1 has in sub-networks
   * of L layers, whose paths are the gates, numGates of them in all. {@code setLayerWidths(4)} are
   * three layers, none (the default) two. From four layers on the certificate is about networks whose
   * neurons are not shared between those above them: see {@link org.convexnn.network.SubNetwork}.
   */
  default E setLayerWidths(int... widths) {
    return with(layerWidths(), widths);
  }

  /** Sets how gates are drawn: auto (the default), trees, gaussian, columns, mixed, sphere or priced. */
  default E setGateSampler(String value) {
    return with(gateSampler(), value);
  }

  /**
   * Sets the leading directions of the features that gates are held to, at most the number of
   * features; with gateSampler gaussian, sphere or auto. 0 = all (the default).
   */
  default E setPatternRank(int value) {
    return with(patternRank(), value);
  }

  /** Sets how many gates are drawn where no number is given: fast, balanced (the default), best. */
  default E setEffort(String value) {
    return with(effort(), value);
  }

  /** Sets what stands in the leaves of trees: auto (the default), constant or linear. */
  default E setLeafModel(String value) {
    return with(leafModel(), value);
  }

  /** Sets a of the elastic norm, in [0, 1]; unset (the default) is automatic. */
  default E setElasticNetParam(double value) {
    return with(elasticNetParam(), value);
  }

  /**
   * Sets the power of the weights of constant leaves' norms, from 0 to 4; unset (the default) is
   * automatic.
   */
  default E setAdaptivePower(double value) {
    return with(adaptivePower(), value);
  }

  /**
   * Sets where the penalty draws constant leaves to, as a share of what boosting found in them: in
   * [0, 1], 0 = to zero. Unset = automatic.
   */
  default E setBoostingPrior(double value) {
    return with(boostingPrior(), value);
  }

  /**
   * Sets features in which the network is to rise, {@code "age:1"}, or to fall, {@code "age:-1"},
   * everywhere: by the names of columns of featuresCols or of the vector's entries, or by the numbers of
   * entries; or a number 1, -1 or 0 for each feature. What rises or falls is the raw output: the
   * regression's, whose mean follows, or the log-odds of two classes. A missing value is neither below
   * nor above others. Trees of constant leaves are trained; the certificate compares with networks of
   * the same gates that are monotone, too.
   */
  default E setMonotoneConstraints(String... directions) {
    return with(monotoneConstraints(), directions);
  }

  /**
   * Sets lists of features, with commas between, that may act together, {@code "age,region"}: those
   * tested on the way to a leaf are all in one list, so that the network is a sum of functions of one
   * list each. A feature in no list stands alone.
   */
  default E setInteractionConstraints(String... lists) {
    return with(interactionConstraints(), lists);
  }

  /**
   * Sets what a regression minimises: squared (the default) errors; poisson, gamma or tweedie deviance,
   * the raw output being the logarithm of the mean; huber; or quantile, the pinball loss.
   */
  default E setLoss(String value) {
    return with(loss(), value);
  }

  /** Sets the power of the mean in the variance of loss tweedie, in (1, 2); 1.5 is the default. */
  default E setVariancePower(double value) {
    return with(variancePower(), value);
  }

  /**
   * Sets the error beyond which loss huber is linear, in units of the labels' spread; 1.35 is the
   * default.
   */
  default E setEpsilon(double value) {
    return with(epsilon(), value);
  }

  /** Sets the quantile that loss quantile is of, in (0, 1); 0.5, the median, is the default. */
  default E setQuantile(double value) {
    return with(quantile(), value);
  }

  /**
   * Sets what predictions of held-out rows are judged by, where these choose beta and the penalty and size
   * of trees: auto (the default), the loss; of classes logLoss, areaUnderROC (of two) or accuracy; of
   * numbers rmse, mae or, with a log link, deviance. What is minimised in training stays the loss, which
   * the certificate is about.
   */
  default E setEvalMetric(String value) {
    return with(evalMetric(), value);
  }

  /**
   * Sets the column of offsets, which are added to a regression's raw output in training and in
   * transform: with a log link the logarithm of an exposure.
   */
  default E setOffsetCol(String value) {
    return with(offsetCol(), value);
  }

  /** Sets the feature map: auto (the default), whiten, standardize, pca or none. */
  default E setNormalization(String value) {
    return with(normalization(), value);
  }

  /** Sets the norm of a neuron's weights: auto (the default), euclidean, function, slim. */
  default E setGroupNorm(String value) {
    return with(groupNorm(), value);
  }

  /** Sets whether each class has its own group at a gate (default: false). */
  default E setPerClassGroups(boolean value) {
    return with(perClassGroups(), value);
  }

  /** Sets the regularisation parameter beta, positive; not together with regRatio. */
  default E setRegParam(double value) {
    return with(regParam(), value);
  }

  /** Sets beta as a fraction of betaMax, in (0, 1]; not together with regParam. */
  default E setRegRatio(double value) {
    return with(regRatio(), value);
  }

  /**
   * Sets the ridge on skip and intercept correction, positive; unset (the default) is automatic, by
   * the number of rows. A model's {@code skipRidge} is the one it was trained with.
   */
  default E setSkipRidge(double value) {
    return with(skipRidge(), value);
  }

  /** Sets whether there is an intercept; default true. */
  default E setFitIntercept(boolean value) {
    return with(fitIntercept(), value);
  }

  /** Sets whether there is a linear term beside the neurons; default true. */
  default E setLinearSkip(boolean value) {
    return with(linearSkip(), value);
  }

  /** Sets the solver: auto (the default), gram (regression only), admm, lbfgs or gradient. */
  default E setSolver(String value) {
    return with(solver(), value);
  }

  /** Sets the arithmetic of the products over the rows: auto (the default), float32, float64. */
  default E setPrecision(String value) {
    return with(precision(), value);
  }

  /** Sets the most passes of the final fit; default 200. */
  default E setMaxIter(int value) {
    return with(maxIter(), value);
  }

  /** Sets the relative duality gap to reach, in (0, 1); unset (the default) is automatic. */
  default E setTol(double value) {
    return with(tol(), value);
  }

  /**
   * Sets whether the chosen beta is solved again on all rows; default true, but with a
   * validationIndicatorCol marked rows are trained on only where this is set to true.
   */
  default E setRefit(boolean value) {
    return with(refit(), value);
  }

  /**
   * Sets the folds of the cross-validation that chooses beta: from 2 on; 1 = one tenth of the rows is
   * held out instead; 0 (the default) = automatic, that or 5 folds where rows are few. A row's fold
   * is a hash of its features and label, so that equal rows are in one fold. Gates grown on labels
   * are grown for each fold without its rows. The losses are the {@code path()} of the model's
   * summary.
   */
  default E setNumFolds(int value) {
    return with(numFolds(), value);
  }

  /** Sets the seed of every random choice. */
  default E setSeed(long value) {
    return with(seed(), value);
  }

  /** Sets what a hidden neuron computes: gated (the default) or relu. */
  default E setActivation(String value) {
    return with(activation(), value);
  }

  /**
   * Sets whether all weights of a plain ReLU network are improved together at the end; default false.
   */
  default E setPolish(boolean value) {
    return with(polish(), value);
  }

  /** Sets the levels of the tree in which partial results are added; default 2. */
  default E setAggregationDepth(int value) {
    return with(aggregationDepth(), value);
  }

  /** Sets the most megabytes of features in a block of rows; 0 (the default) = automatic. */
  default E setMaxBlockSizeInMB(double value) {
    return with(maxBlockSizeInMB(), value);
  }

  /**
   * Sets the column, boolean, that marks the rows that choose the regularisation parameter, as
   * GBTClassifier's: true = validation, false = training. They have no part in gates and fit; feature
   * map, label units and constant model are those of all rows.
   */
  default E setValidationIndicatorCol(String value) {
    return with(validationIndicatorCol(), value);
  }

  /**
   * Sets the column of groups, of strings, integers or the like: rows of one group are held out
   * together, or trained on together, when beta is chosen, also where gates are grown on labels. For
   * rows that know of each other: of one patient, or copies with noise. MLlib's CrossValidator numbers
   * folds by a column of this name; here the column names groups, which folds are made of.
   */
  default E setFoldCol(String value) {
    return with(foldCol(), value);
  }

  /**
   * Sets what to do about rows whose features are null, NaN or infinite: error (the default) refuses
   * them, skip leaves them out of training and of what the model's transform returns, keep takes NaN
   * for a missing value. Trees of constant leaves then learn for each test the side of what is missing;
   * where a network has linear parts these see the column's mean, and beside it an indicator where
   * values were missing in training. Rows of null or infinite features keep leaves out of training and
   * predicts NaN for.
   */
  default E setHandleInvalid(String value) {
    return with(handleInvalid(), value);
  }

  /**
   * Sets the path of a saved model that training goes on from: same gates and feature map, from its
   * weights, and with its regularisation parameter and tolerance where neither regParam nor regRatio
   * is set. A linear model has no gates to go on from: training then begins from zero. The empty
   * string = none.
   */
  default E setInitialModel(String path) {
    paramSet().modelInMemory = null;
    return with(initialModel(), path);
  }

  /**
   * Sets the folder, of any Hadoop file system, in which a fit keeps the driver's state while it runs,
   * so that another driver can go on from there: see {@link #setResume}. One fit at a time; the files
   * are gone when it has ended well. Of gated neurons. The empty string means none.
   */
  default E setCheckpointDir(String value) {
    return with(checkpointDir(), value);
  }

  /**
   * Sets the passes after which the state is written again, with a checkpointDir: at most so many are
   * lost with the driver of the solve that it was in. Default 10; -1 = never.
   */
  default E setCheckpointInterval(int value) {
    return with(checkpointInterval(), value);
  }

  /**
   * Sets whether a fit goes on from the last checkpoint in checkpointDir, and begins anew where there
   * is none; default false. Data, Params and version of this library must be those of the fit that
   * wrote it. It ends at the same optimum.
   */
  default E setResume(boolean value) {
    return with(resume(), value);
  }

  /**
   * Sets the columns of numbers that are the features, in this order, in place of featuresCol; none =
   * featuresCol.
   */
  default E setFeaturesCols(String... names) {
    return with(featuresCols(), names);
  }

  /**
   * Sets features that hold categories, as codes 0, 1, .., where metadata do not tell: by the names of
   * columns of featuresCols or of the vector's entries, or by the numbers of entries, from 0 on. Those
   * that metadata tell are categories all the same.
   */
  default E setCategoricalCols(String... names) {
    return with(categoricalCols(), names);
  }

  /**
   * Sets the column in which the model's transform tells what each feature adds to the raw prediction,
   * see the models' {@code contributions}. The empty string = none.
   */
  default E setContributionsCol(String value) {
    return with(contributionsCol(), value);
  }

  /**
   * Sets the column in which a regression's transform tells an interval, a struct of {@code lower} and
   * {@code upper}, that has the label of a new row with a probability of {@code coverage}, see {@link
   * Calibration}. For it rows are held out, by a hash of features and label or of {@code foldCol}, that
   * have no part in training: a tenth, but at least 1,000 where that is at most half, at most 100,000. The
   * empty string = none.
   */
  default E setPredictionIntervalCol(String value) {
    return with(predictionIntervalCol(), value);
  }

  /**
   * Sets what intervals are made of: residual (the default), the prediction, so that all have the same width;
   * scale, the prediction and the mean absolute error at x, of one more network that learns those of the
   * training rows; or quantile, the quantiles alpha / 2 and 1 - alpha / 2 of two more networks, trained with
   * this estimator's Params and loss quantile: conformalised quantile regression.
   */
  default E setIntervalMethod(String value) {
    return with(intervalMethod(), value);
  }

  /**
   * Sets the column in which a classifier's transform tells a set of classes, an array, that has the label
   * of a new row with a probability of {@code coverage}. Rows are held out as for intervals. The empty
   * string = none.
   */
  default E setPredictionSetCol(String value) {
    return with(predictionSetCol(), value);
  }

  /** Sets 1 - alpha, the coverage of intervals and sets, in (0, 1); 0.9 is the default. */
  default E setCoverage(double value) {
    return with(coverage(), value);
  }

  /**
   * Sets whether a classifier's probabilities are calibrated, on rows that are held out as for intervals:
   * none (the default), or isotonic, by the least squares fit for each class that never falls.
   */
  default E setProbabilityCalibration(String value) {
    return with(probabilityCalibration(), value);
  }

  /**
   * Sets the column in which the model's transform tells, on every row, how it was trained, as JSON:
   * {@code certificate}, {@code provenance} and, in the session that trained it, {@code training} with
   * path and trace. The empty string = none.
   */
  default E setTrainingCol(String value) {
    return with(trainingCol(), value);
  }

  /**
   * Sets what the rows of each class count in training, a factor of their weights: {@code "balanced"}
   * has all classes count alike, {@code W / (C W_k)} with W_k the weight of class k's rows, W of all and
   * C the number of classes; {@code "1", "5"} are numbers for each class, {@code "yes:5"} for some, by
   * the name in the label column's metadata or by the number, all others counting 1. Probabilities are
   * then of a population that has the classes in these proportions; {@code thresholds} change predictions
   * and leave probabilities alone. None = 1 for all.
   */
  default E setClassWeights(String... weights) {
    return with(classWeights(), weights);
  }

  /** Sets the weight column; the empty string means that all weights are 1. */
  default E setWeightCol(String value) {
    return with(weightCol(), value);
  }
}
