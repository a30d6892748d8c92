package org.convexnn.loss;

import java.util.Arrays;
import java.util.List;

/** What predictions of held-out rows are judged by, as a user says it. */
public enum EvalMetric {
  /** The loss that training minimises. */
  AUTO("auto"),
  /** The loss of a classifier: the mean of -log p of the row's own class. */
  LOG_LOSS("logLoss"),
  /** The share of pairs of a row of class 1 and one of class 0 of which the first has the larger score. */
  AREA_UNDER_ROC("areaUnderROC"),
  /** The share of rows whose class has the largest probability. */
  ACCURACY("accuracy"),
  /** The loss of a regression that has a deviance: half of its mean. */
  DEVIANCE("deviance"),
  /** The root of the mean squared error. */
  RMSE("rmse"),
  /** The mean absolute error. */
  MAE("mae");

  private final String word;

  EvalMetric(String word) {
    this.word = word;
  }

  /** The word that a user says. */
  public String word() {
    return word;
  }

  /** All words. */
  public static List<String> words() {
    return Arrays.stream(values()).map(EvalMetric::word).toList();
  }

  /** The metric of a word among {@link #words}. */
  public static EvalMetric of(String word) {
    return values()[words().indexOf(word)];
  }

  /** Whether it is the loss itself. */
  public boolean loss() {
    return switch (this) {
      case AUTO, LOG_LOSS, DEVIANCE -> true;
      case AREA_UNDER_ROC, ACCURACY, RMSE, MAE -> false;
    };
  }

  /** Whether it judges predictions of numbers alone. */
  public boolean ofNumbers() {
    return this == DEVIANCE || this == RMSE || this == MAE;
  }

  /** Whether it judges predictions of classes alone. */
  public boolean ofClasses() {
    return this == LOG_LOSS || this == AREA_UNDER_ROC || this == ACCURACY;
  }

  /** The judge of networks that are trained with a loss; the metric must be one of it. */
  public Judge of(Loss loss) {
    return switch (this) {
      case AUTO, LOG_LOSS, DEVIANCE -> new Judge.OfLoss(loss);
      case AREA_UNDER_ROC -> new Judge.Area();
      case ACCURACY -> new Judge.Errors(loss.outputs());
      case RMSE -> new Judge.SquaredErrors(loss.logLink());
      case MAE -> new Judge.AbsoluteErrors(loss.logLink());
    };
  }
}
