package org.convexnn.loss;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a regression minimises, as its user says it: the labels it takes, how raw outputs become
 * predictions, and what an offset of the raw output is.
 *
 * <p>An offset o needs no term of its own: for a log link {@code w l(y, f + o)} is, but for a constant,
 * {@code w e^((2-p) o) l(y e^-o, f)}, for others it is {@code w l(y - o, f)}. So rows are given other
 * labels and weights, and everything that is said of rows with weights holds for rows with offsets.
 *
 * @param kind which loss
 * @param parameter tweedie: p, in (1, 2); huber: epsilon, in units of the labels' spread; quantile: q; else 0
 */
public record RegressionLoss(Kind kind, double parameter) implements Serializable {

  /** Squared loss. */
  public static final RegressionLoss SQUARED = new RegressionLoss(Kind.SQUARED, 0);

  /** h of the quantile loss, in units of the labels' spread: their quartiles' distance / 1.349. */
  public static final double SMOOTHING = 0.02;

  /** Which loss. */
  public enum Kind {
    /** {@link SquaredLoss}. */
    SQUARED("any number"),
    /** {@link TweedieLoss} of power 1: counts, log link. */
    POISSON("0 or more"),
    /** {@link TweedieLoss} of power 2: positive amounts, log link. */
    GAMMA("positive"),
    /** {@link TweedieLoss} of a power between: amounts, many of them 0, log link. */
    TWEEDIE("0 or more"),
    /** {@link HuberLoss}. */
    HUBER("any number"),
    /** {@link QuantileLoss}. */
    QUANTILE("any number");

    private static final Map<String, Kind> BY_WORD =
        Arrays.stream(values()).collect(Collectors.toMap(Kind::word, kind -> kind));

    private final String labels;

    Kind(String labels) {
      this.labels = labels;
    }

    /** The word that a user says. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** What labels are allowed, in words. */
    public String labels() {
      return labels;
    }

    /** Whether a finite label is allowed. */
    public boolean takes(double label) {
      return switch (this) {
        case SQUARED, HUBER, QUANTILE -> true;
        case POISSON, TWEEDIE -> label >= 0;
        case GAMMA -> label > 0;
      };
    }

    /** The kind of this word. */
    public static Kind of(String word) {
      return BY_WORD.get(word);
    }

    /** The prediction of a raw output: the mean, of huber a location, the quantile. */
    public double prediction(double raw) {
      return logLink() ? Math.exp(raw) : raw;
    }

    /** Whether the raw output is the logarithm of the prediction. */
    public boolean logLink() {
      return switch (this) {
        case SQUARED, HUBER, QUANTILE -> false;
        case POISSON, GAMMA, TWEEDIE -> true;
      };
    }
  }

  /** The word, and the parameter of one that has it. */
  @Override
  public String toString() {
    return parameter == 0 ? kind.word() : kind.word() + " " + parameter;
  }

  /** Whether this is squared loss. */
  public boolean squared() {
    return kind == Kind.SQUARED;
  }

  /** The loss, on labels in training units. */
  public Loss training() {
    return switch (kind) {
      case SQUARED -> new SquaredLoss();
      case POISSON, GAMMA, TWEEDIE -> new TweedieLoss(power());
      case HUBER -> new HuberLoss(parameter);
      case QUANTILE -> new QuantileLoss(parameter, SMOOTHING);
    };
  }

  /** p of the variance {@code mu^p}. */
  private double power() {
    return switch (kind) {
      case POISSON -> 1;
      case GAMMA -> 2;
      case TWEEDIE -> parameter;
      case SQUARED, HUBER, QUANTILE -> 0;
    };
  }

  /** What a label is without the offset of its row. */
  public double label(double y, double offset) {
    return kind.logLink() ? y * Math.exp(-offset) : y - offset;
  }

  /** The weight that goes with it. */
  public double weight(double w, double offset) {
    return kind.logLink() ? w * Math.exp((2 - power()) * offset) : w;
  }

  /** What {@link #cost} is called, where it is more than the square of an error. */
  public Optional<String> measure() {
    return switch (kind) {
      case SQUARED, HUBER -> Optional.empty();
      case POISSON, GAMMA, TWEEDIE -> Optional.of("deviance");
      case QUANTILE -> Optional.of("pinball");
    };
  }

  /**
   * What a prediction costs in label units: the unit deviance, of quantile the pinball loss, of others the
   * square of the error.
   *
   * @throws IllegalArgumentException for a label that the loss does not take
   */
  public double cost(double y, double prediction) {
    if (!kind.takes(y)) {
      throw new IllegalArgumentException(
          "a label is "
              + y
              + ": labels of loss '"
              + kind.word()
              + "' must be "
              + kind.labels()
              + "; drop such rows before they are evaluated");
    }
    return switch (kind) {
      case SQUARED, HUBER -> (prediction - y) * (prediction - y);
      case POISSON, GAMMA, TWEEDIE ->
          2 * new TweedieLoss(power()).value(y, new double[] {Math.log(prediction)}, 0);
      case QUANTILE -> QuantileLoss.pinball(parameter, y, prediction);
    };
  }
}
