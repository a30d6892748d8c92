package org.convexnn.cli.report;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.cli.message.Numbers;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.cli.table.RowColumns;
import org.convexnn.ml.PredictionCost;

/**
 * How good predictions are, by name; rows count by their weight. A measure that the rows do not have
 * is NaN.
 *
 * @param values the measures in the order they are shown
 */
public record Scores(Map<String, Double> values) {

  /** Keeps the order. */
  public Scores {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** These scores and more, which come last. */
  public Scores with(Map<String, Double> more) {
    Map<String, Double> all = new LinkedHashMap<>(values);
    all.putAll(more);
    return new Scores(all);
  }

  /** One measure. */
  public double get(String name) {
    return values.get(name);
  }

  /**
   * How good the predictions of a table are that a model transformed: for two classes accuracy,
   * log-loss and area under ROC, for more accuracy, log-loss and macro F1, for numbers RMSE and R2
   * and, of losses that have one, the mean of what they cost ({@link RegressionTally}).
   */
  public static Scores of(Dataset<Row> predicted, LearningTask task) {
    return tally(predicted, task, PredictionCost.SQUARED).scores();
  }

  /**
   * The sum over rows that the measures come from, and curves too: one pass, and with two classes and
   * many rows a second one in the order of scores.
   *
   * @param costs of predictions of a regression
   */
  public static Tally tally(Dataset<Row> predicted, LearningTask task, PredictionCost costs) {
    Tally tally = sum(predicted, task, costs);
    if (tally instanceof BinaryTally binary) {
      binary.rank(binary.ranked().orElseGet(() -> RocArea.of(predicted)));
    }
    return tally;
  }

  private static Tally sum(Dataset<Row> predicted, LearningTask task, PredictionCost costs) {
    boolean shifted = RowColumns.haveOffsets(predicted);
    Column guess =
        task.classification()
            ? functions.col(RowColumns.PROBABILITY)
            : shifted ? functions.col(RowColumns.OFFSET) : functions.lit(0.0);
    return predicted
        .select(
            functions.col(RowColumns.LABEL),
            functions.col(RowColumns.WEIGHT),
            functions.col(RowColumns.PREDICTION),
            guess.as("guess"),
            functions.col(
                task == LearningTask.BINARY ? RocArea.column(predicted) : RowColumns.LABEL))
        .toJavaRDD()
        .mapPartitions(new Fold(task, costs))
        .treeReduce(Tally::merge);
  }

  @Override
  public String toString() {
    return values.entrySet().stream()
        .filter(e -> !e.getValue().isNaN())
        .map(e -> e.getKey() + " " + String.format(Locale.ROOT, "%.4g", e.getValue()))
        .collect(Collectors.joining(", "));
  }

  /** Adds up one partition. */
  private static final class Fold implements FlatMapFunction<Iterator<Row>, Tally> {

    private static final long serialVersionUID = 1L;
    private final LearningTask task;
    private final PredictionCost costs;

    private Fold(LearningTask task, PredictionCost costs) {
      this.task = task;
      this.costs = costs;
    }

    @Override
    public Iterator<Tally> call(Iterator<Row> rows) {
      Tally tally =
          switch (task) {
            case BINARY -> new BinaryTally();
            case MULTICLASS -> new MulticlassTally();
            default -> new RegressionTally(costs);
          };
      while (rows.hasNext()) {
        Row r = rows.next();
        if (!(r.get(0) instanceof Double)) {
          tally = tally instanceof SeveralTally ? tally : new SeveralTally(r.getList(0).size());
          ((SeveralTally) tally).add(r.getList(0), r.getDouble(1), r.getList(2));
          continue;
        }
        tally.add(r.getDouble(0), r.getDouble(1), r.getDouble(2), guess(r));
        if (tally instanceof BinaryTally binary) {
          binary.rank(((Vector) r.get(4)).apply(1), r.getDouble(0), r.getDouble(1));
        }
      }
      return List.of(tally).iterator();
    }

    /** The probability of class 1 of two, of the row's own class of more; else the row's offset. */
    private double guess(Row r) {
      return switch (task) {
        case BINARY -> ((Vector) r.get(3)).apply(1);
        case MULTICLASS -> ((Vector) r.get(3)).apply((int) r.getDouble(0));
        default -> r.getDouble(3);
      };
    }
  }

  /**
   * A point of the curves of two classes: rows of at least this probability count as class 1.
   *
   * @param probability where class 1 begins
   * @param falsePositiveRate the share of class 0 that counts as class 1
   * @param truePositiveRate the share of class 1 that does
   * @param precision the share of class 1 among what does
   */
  record CurvePoint(
      double probability, double falsePositiveRate, double truePositiveRate, double precision) {}

  /** A sum over rows. */
  public sealed interface Tally extends Serializable
      permits BinaryTally, MulticlassTally, RegressionTally, SeveralTally {

    /** Least probability in a log-loss. */
    double CLIP = 1e-15;

    /**
     * Adds one row.
     *
     * @param guess the probability of class 1 of two, of the row's own class of more; else the offset
     */
    void add(double label, double weight, double prediction, double guess);

    /** Adds another sum of the same kind to this one. */
    Tally merge(Tally other);

    /** The measures. */
    Scores scores();

    /** How good predictions are beside those of a constant, in words. */
    String besideBaseline();
  }

  /**
   * Rows of about one predicted probability.
   *
   * @param predicted their mean probability of class 1
   * @param observed the share of class 1 among them
   */
  record Calibration(double predicted, double observed) {}

  private static String besideMostFrequent(double accuracy, double share) {
    return String.format(
        Locale.ROOT,
        "accuracy %s, where always naming the most frequent class has %s",
        Numbers.shown(accuracy),
        Numbers.shown(share));
  }

  /** Accuracy, log-loss and area under ROC. */
  static final class BinaryTally implements Tally {

    private static final long serialVersionUID = 1L;

    /** Bins of the log-odds, of curves. */
    private static final int BINS = 1 << 16;

    private static final double LARGEST = 20;

    private static final double CURVE_STEP = 0.005;

    private static final int CALIBRATED = 10;

    private double weight;
    private double correct;
    private double loss;
    private final double[] negatives = new double[BINS];
    private final double[] positives = new double[BINS];
    private final RankedRows rows = new RankedRows();
    private double area = Double.NaN;

    /** Adds a row's score to those that are kept as long as they are few. */
    void rank(double score, double label, double w) {
      rows.add(score, label == 1 ? w : 0, label == 1 ? 0 : w);
    }

    /** The area under ROC, where the rows are few. */
    Optional<RocArea> ranked() {
      return rows.area();
    }

    /** Tells the area under ROC of all rows. */
    void rank(RocArea ofAll) {
      area = ofAll.value();
    }

    @Override
    public void add(double label, double w, double prediction, double probability) {
      double p = Math.min(Math.max(probability, CLIP), 1 - CLIP);
      weight += w;
      correct += prediction == label ? w : 0;
      loss -= w * Math.log(label == 1 ? p : 1 - p);
      double odds = Math.log(p / (1 - p));
      int bin = (int) ((odds + LARGEST) / (2 * LARGEST) * BINS);
      (label == 1 ? positives : negatives)[Math.min(Math.max(bin, 0), BINS - 1)] += w;
    }

    @Override
    public Tally merge(Tally other) {
      BinaryTally o = (BinaryTally) other;
      weight += o.weight;
      correct += o.correct;
      loss += o.loss;
      rows.addAll(o.rows);
      for (int i = 0; i < BINS; i++) {
        negatives[i] += o.negatives[i];
        positives[i] += o.positives[i];
      }
      return this;
    }

    @Override
    public Scores scores() {
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("accuracy", correct / weight);
      values.put("logLoss", loss / weight);
      values.put("areaUnderROC", area);
      return new Scores(values);
    }

    @Override
    public String besideBaseline() {
      double ones = Arrays.stream(positives).sum() / weight;
      return besideMostFrequent(correct / weight, Math.max(ones, 1 - ones));
    }

    /** Rows in bins of a tenth of probability, those without rows left out. */
    List<Calibration> calibration() {
      double[] weights = new double[CALIBRATED];
      double[] predicted = new double[CALIBRATED];
      double[] observed = new double[CALIBRATED];
      for (int i = 0; i < BINS; i++) {
        double odds = (i + 0.5) / BINS * 2 * LARGEST - LARGEST;
        double p = 1 / (1 + Math.exp(-odds));
        int bin = Math.min((int) (p * CALIBRATED), CALIBRATED - 1);
        double w = negatives[i] + positives[i];
        weights[bin] += w;
        predicted[bin] += w * p;
        observed[bin] += positives[i];
      }
      return IntStream.range(0, CALIBRATED)
          .filter(bin -> weights[bin] > 0)
          .mapToObj(
              bin -> new Calibration(predicted[bin] / weights[bin], observed[bin] / weights[bin]))
          .toList();
    }

    /**
     * The points of ROC and of precision and recall, from the highest probability down, each a half
     * percent of a class or more after the last one; none where a class is missing.
     */
    List<CurvePoint> curve() {
      double allNegatives = Arrays.stream(negatives).sum();
      double allPositives = Arrays.stream(positives).sum();
      List<CurvePoint> points = new ArrayList<>();
      if (allNegatives == 0 || allPositives == 0) {
        return points;
      }
      points.add(new CurvePoint(1, 0, 0, 1));
      double falses = 0;
      double trues = 0;
      for (int i = BINS - 1; i >= 0; i--) {
        falses += negatives[i];
        trues += positives[i];
        CurvePoint last = points.get(points.size() - 1);
        double moved =
            falses / allNegatives
                - last.falsePositiveRate
                + trues / allPositives
                - last.truePositiveRate;
        if (moved >= CURVE_STEP || i == 0 && moved > 0) {
          double odds = (double) i / BINS * 2 * LARGEST - LARGEST;
          points.add(
              new CurvePoint(
                  1 / (1 + Math.exp(-odds)),
                  falses / allNegatives,
                  trues / allPositives,
                  trues / (trues + falses)));
        }
      }
      return points;
    }
  }

  /**
   * Accuracy, log-loss and macro F1: the mean of {@code 2 correct / (labelled + predicted)} over the
   * classes that occur among labels or predictions.
   */
  static final class MulticlassTally implements Tally {

    private static final long serialVersionUID = 1L;

    /** Of this many classes the weight of each pair of label and prediction is kept. */
    static final int CONFUSED = 30;

    private double loss;
    // Weights by class; they grow with the largest one seen.
    private double[] labelled = new double[0];
    private double[] predicted = new double[0];
    private double[] correct = new double[0];
    private final double[] confusion = new double[CONFUSED * CONFUSED];

    @Override
    public void add(double label, double w, double prediction, double probability) {
      int truth = (int) label;
      int guess = (int) prediction;
      grow(Math.max(truth, guess) + 1);
      labelled[truth] += w;
      predicted[guess] += w;
      correct[truth] += truth == guess ? w : 0;
      if (Math.max(truth, guess) < CONFUSED) {
        confusion[truth * CONFUSED + guess] += w;
      }
      loss -= w * Math.log(Math.max(probability, CLIP));
    }

    private void grow(int classes) {
      if (classes > labelled.length) {
        labelled = Arrays.copyOf(labelled, classes);
        predicted = Arrays.copyOf(predicted, classes);
        correct = Arrays.copyOf(correct, classes);
      }
    }

    @Override
    public Tally merge(Tally other) {
      MulticlassTally o = (MulticlassTally) other;
      grow(o.labelled.length);
      for (int k = 0; k < o.labelled.length; k++) {
        labelled[k] += o.labelled[k];
        predicted[k] += o.predicted[k];
        correct[k] += o.correct[k];
      }
      for (int i = 0; i < confusion.length; i++) {
        confusion[i] += o.confusion[i];
      }
      loss += o.loss;
      return this;
    }

    @Override
    public String besideBaseline() {
      double weight = Arrays.stream(labelled).sum();
      return besideMostFrequent(
          Arrays.stream(correct).sum() / weight,
          Arrays.stream(labelled).max().orElse(Double.NaN) / weight);
    }

    /** The weight of the rows of a class for which another, or the same, was predicted. */
    double confused(int label, int prediction) {
      return confusion[label * CONFUSED + prediction];
    }

    @Override
    public Scores scores() {
      double weight = Arrays.stream(labelled).sum();
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("accuracy", Arrays.stream(correct).sum() / weight);
      values.put("logLoss", loss / weight);
      values.put(
          "macroF1",
          IntStream.range(0, labelled.length)
              .filter(k -> labelled[k] + predicted[k] > 0)
              .mapToDouble(k -> 2 * correct[k] / (labelled[k] + predicted[k]))
              .average()
              .orElse(Double.NaN));
      return new Scores(values);
    }
  }

  /** {@link RegressionTally} of each of several labels, and the means of their R2. */
  static final class SeveralTally implements Tally {

    private static final long serialVersionUID = 1L;

    private final RegressionTally[] each;

    SeveralTally(int labels) {
      this.each = new RegressionTally[labels];
      Arrays.setAll(each, k -> new RegressionTally(PredictionCost.SQUARED));
    }

    /** Those of each label. */
    List<RegressionTally> each() {
      return List.of(each);
    }

    void add(List<Double> labels, double w, List<Double> predictions) {
      for (int k = 0; k < each.length; k++) {
        each[k].add(labels.get(k), w, predictions.get(k), 0);
      }
    }

    @Override
    public void add(double label, double w, double prediction, double offset) {
      throw new IllegalStateException("a row of one label among rows of several");
    }

    @Override
    public Tally merge(Tally other) {
      // A partition without rows knows of no labels.
      if (other instanceof SeveralTally o) {
        for (int k = 0; k < each.length; k++) {
          each[k].merge(o.each[k]);
        }
      }
      return this;
    }

    @Override
    public String besideBaseline() {
      return String.format(
          Locale.ROOT,
          "mean R2 of %d labels %s, where always naming the mean has 0",
          each.length,
          Numbers.shown(scores().get("r2")));
    }

    /** {@code r2}, the mean of all, and {@code rmse_k}, {@code r2_k} of label k from 1 on. */
    @Override
    public Scores scores() {
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("r2", Double.NaN);
      double sum = 0;
      for (int k = 0; k < each.length; k++) {
        Scores own = each[k].scores();
        sum += own.get("r2");
        values.put("rmse_" + (k + 1), own.get("rmse"));
        values.put("r2_" + (k + 1), own.get("r2"));
      }
      values.put("r2", sum / each.length);
      return new Scores(values);
    }
  }

  /**
   * Root mean squared error and R2 = 1 - squared error / squared deviation of the label, NaN where the
   * label is constant; of losses with a log link the mean deviance, of an exposure of 1 where offsets are
   * logarithms of exposures; of quantiles the mean pinball loss.
   */
  static final class RegressionTally implements Tally {

    private static final long serialVersionUID = 1L;

    private double weight;
    private double mean;
    private double deviation;
    private double error;
    private double cost;
    private double units;
    private final PredictionCost costs;
    private final Histogram residuals = new Histogram();

    RegressionTally(PredictionCost costs) {
      this.costs = costs;
    }

    @Override
    public void add(double label, double w, double prediction, double offset) {
      residuals.add(label - prediction, w);
      cost += costs.measure().isPresent() ? w * costs.of(label, prediction) : 0;
      units += costs.unit(w, offset);
      combine(w, label, 0, w * (label - prediction) * (label - prediction));
    }

    @Override
    public Tally merge(Tally other) {
      if (other instanceof SeveralTally) {
        return other.merge(this);
      }
      RegressionTally o = (RegressionTally) other;
      residuals.merge(o.residuals);
      cost += o.cost;
      units += o.units;
      combine(o.weight, o.mean, o.deviation, o.error);
      return this;
    }

    @Override
    public String besideBaseline() {
      return String.format(
          Locale.ROOT,
          "root mean squared error %s, where always naming the mean has %s",
          Numbers.shown(Math.sqrt(error / weight)),
          Numbers.shown(Math.sqrt(deviation / weight)));
    }

    /** Label less prediction. */
    Histogram residuals() {
      return residuals;
    }

    /** Adds a sum given by weight, mean and squared deviation from it (Chan, Golub, LeVeque). */
    private void combine(double w, double m, double d, double e) {
      if (w > 0) {
        double delta = m - mean;
        double total = weight + w;
        mean += delta * (w / total);
        deviation += d + delta * delta * weight * (w / total);
        weight = total;
        error += e;
      }
    }

    @Override
    public Scores scores() {
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("rmse", Math.sqrt(error / weight));
      values.put("r2", deviation > 0 ? 1 - error / deviation : Double.NaN);
      costs.measure().ifPresent(name -> values.put(name, cost / units));
      return new Scores(values);
    }
  }
}
