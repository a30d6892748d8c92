package org.convexnn.ml;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.convexnn.loss.EvalMetric;

/**
 * Which Params of an estimator exclude each other, as far as the trainer does not know of them: those
 * that name columns and models.
 *
 * @param estimator the Params
 */
record ParamRules(ConvexReLUParams estimator) {

  private static final String UNSET = "; unset one of them";

  /** Refuses Params that contradict each other. */
  void check() {
    estimator
        .validationIndicatorColumn()
        .ifPresent(
            column ->
                refuse(
                    "validationIndicatorCol is '" + column + "'",
                    "rows that are marked choose the regularisation parameter, in one way",
                    choosers()));
    estimator
        .foldColumn()
        .ifPresent(
            column ->
                refuse(
                    "foldCol is '" + column + "'",
                    "groups are held out to choose the regularisation parameter, in one way",
                    othersThanGroups()));
    EvalMetric metric = EvalMetric.of(estimator.getEvalMetric());
    estimator
        .offsetColumn()
        .filter(column -> estimator.regressionLoss().kind().logLink() && !metric.loss())
        .ifPresent(
            column -> {
              throw new IllegalArgumentException(
                  "evalMetric is '"
                      + metric.word()
                      + "' and offsetCol is '"
                      + column
                      + "': rows of different exposures are judged by their deviance alone; use"
                      + " evalMetric deviance or auto");
            });
    if (InitialModel.isGivenTo(estimator)) {
      refuse(
          "initialModel is set",
          "rows that its weights have seen cannot calibrate it; fit without, and use the model's"
              + " withCalibration(rows) with rows that neither has seen",
          calibrations());
      Map<String, Boolean> others = new LinkedHashMap<>();
      others.put("validationIndicatorCol", estimator.validationIndicatorColumn().isPresent());
      others.put("foldCol", estimator.foldColumn().isPresent());
      others.put("numFolds", estimator.getNumFolds() > 0);
      refuse(
          "initialModel is set",
          "rows that its gates have seen cannot choose the regularisation parameter, which is the"
              + " model's own where neither regParam nor regRatio is set",
          others);
      refuse(
          "initialModel is set",
          "its neurons are gated",
          Map.of("activation 'relu'", estimator.getActivation().equals("relu")));
    }
  }

  private Map<String, Boolean> calibrations() {
    Map<String, Boolean> others = new LinkedHashMap<>();
    others.put("predictionIntervalCol", estimator.predictionIntervalColumn().isPresent());
    others.put("predictionSetCol", estimator.predictionSetColumn().isPresent());
    others.put("probabilityCalibration", estimator.calibrates());
    return others;
  }

  private Map<String, Boolean> choosers() {
    Map<String, Boolean> others = new LinkedHashMap<>();
    others.put("regParam", estimator.isDefined(estimator.regParam()));
    others.put("regRatio", estimator.isDefined(estimator.regRatio()));
    others.put("numFolds", estimator.getNumFolds() > 0);
    return others;
  }

  private Map<String, Boolean> othersThanGroups() {
    Map<String, Boolean> others = new LinkedHashMap<>();
    others.put("regParam", estimator.isDefined(estimator.regParam()));
    others.put("regRatio", estimator.isDefined(estimator.regRatio()));
    others.put("validationIndicatorCol", estimator.validationIndicatorColumn().isPresent());
    return others;
  }

  private static void refuse(String set, String why, Map<String, Boolean> others) {
    Optional<String> other =
        others.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).findFirst();
    if (other.isPresent()) {
      throw new IllegalArgumentException(set + ", and " + other.get() + " is set: " + why + UNSET);
    }
  }

  /** Refuses what has no part in sums over rows. */
  void checkOnePass() {
    if (estimator.calibrates()) {
      throw new IllegalArgumentException(
          "predictionIntervalCol is '"
              + estimator.getPredictionIntervalCol()
              + "': sums of one pass hold no rows out; unset it, and use a model's withCalibration(rows)");
    }
    EvalMetric metric = EvalMetric.of(estimator.getEvalMetric());
    if (!metric.loss()) {
      throw new IllegalArgumentException(
          "evalMetric is '"
              + metric.word()
              + "': folds of one pass are judged by their squared errors; use fit, or evalMetric auto");
    }
    boolean initialModel = InitialModel.isGivenTo(estimator);
    if (initialModel || estimator.validationIndicatorColumn().isPresent()) {
      throw new IllegalArgumentException(
          (initialModel ? "initialModel" : "validationIndicatorCol")
              + " is set: it has no part in training from one pass; unset it");
    }
    if (!Constraints.of(estimator).none()) {
      throw new IllegalArgumentException(
          "monotoneConstraints or interactionConstraints is set: they hold trees of constant leaves,"
              + " which one pass does not train; use fit, or unset them");
    }
    if (InvalidFeatures.areKept(estimator)) {
      throw new IllegalArgumentException(
          "handleInvalid is 'keep': sums of one pass have no place for missing values; use 'skip' or"
              + " 'error', or fill them with Imputer");
    }
  }
}
