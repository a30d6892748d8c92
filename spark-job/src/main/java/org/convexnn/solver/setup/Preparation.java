package org.convexnn.solver.setup;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.convexnn.block.ColumnStats;
import org.convexnn.block.pass.data.ColumnStatsPass;
import org.convexnn.block.pass.data.LabelMomentsPass;
import org.convexnn.block.pass.data.MomentsPass;
import org.convexnn.linalg.RowCount;
import org.convexnn.loss.SeparableLoss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.rows.Rows;

/**
 * The first looks at the data: column statistics and second moments, and from them the feature map,
 * the loss and the constant model. See docs/theory/objective.md#the-model and
 * docs/theory/objective.md#the-program.
 */
public final class Preparation {

  private static final double LARGEST_UNSCALED = 1e12;
  // A row of s non-zeros costs a pass P s, the driver's whitening P d^2: beyond, rows are cheaper.
  private static final int MOST_WHITENED_SPARSE = 300;
  // Moments, correlations, eigenvectors, their scratch memory and the map.
  private static final int MATRICES = 5;

  private Preparation() {}

  /**
   * The constant parts of a model on these rows, with a feature map.
   *
   * @throws IllegalArgumentException when the data cannot be trained on, naming the culprit and the
   *     remedy
   */
  public static PreparedData of(Rows rows, TrainingOptions options) {
    return mapped(rows, stats(rows, options), options);
  }

  /** The constant parts of a model that is trained on these rows: where trees of constant leaves are grown
   * there is no feature map. */
  public static PreparedData forTraining(Rows rows, TrainingOptions options) {
    ColumnStats stats = stats(rows, options);
    return narrow(stats, options)
        ? of(rows, stats, FeatureMap.none(rows.features()), options)
        : mapped(rows, stats, options);
  }

  /** The constant parts of a model on these rows with a feature map that is known. */
  public static PreparedData of(Rows rows, FeatureMap map, TrainingOptions options) {
    return of(rows, stats(rows, options), map, options);
  }

  /** Whether trees of constant leaves are grown: there is something to learn. */
  public static boolean narrow(ColumnStats stats, TrainingOptions options) {
    return stats.labelMin() != stats.labelMax()
        && options.growsConstantLeaves(RowCount.of(stats.rows(), stats.weight()));
  }

  /** The first look at the columns. */
  public static ColumnStats stats(Rows rows, TrainingOptions options) {
    ColumnStats stats = rows.sum("column statistics", new ColumnStatsPass(rows.features()));
    if (stats.rows() == 0) {
      throw new IllegalArgumentException(
          "there are no rows of positive weight to train on; check the input and the weight"
              + " column");
    }
    if (options.numFolds() > stats.rows()) {
      throw new IllegalArgumentException(
          "numFolds is "
              + options.numFolds()
              + ", but only "
              + stats.rows()
              + " rows have a positive weight: lower it, or set it to 0 for automatic");
    }
    int groups = rows.groups().size();
    if (groups > 0 && options.numFolds() > groups) {
      throw new IllegalArgumentException(
          "numFolds is "
              + options.numFolds()
              + ", but foldCol has only "
              + groups
              + " groups: lower it, or set it to 0 for automatic");
    }
    return stats;
  }

  private static PreparedData of(
      Rows rows, ColumnStats stats, FeatureMap map, TrainingOptions options) {
    double[][] moments =
        options.task() == TrainingOptions.Task.REGRESSION
            ? moments(rows, stats, new double[0], false)
            : new double[0][];
    return of(rows, stats, map, Optional.empty(), moments, options);
  }

  private static PreparedData mapped(Rows rows, ColumnStats stats, TrainingOptions options) {
    TrainingOptions.Normalization kind = normalization(options, stats);
    double[] half = stats.halfRanges();
    double[] inverse = new double[half.length];
    for (int j = 0; j < half.length; j++) {
      inverse[j] = half[j] > 0 ? 1 / half[j] : 0;
    }
    double[][] moments =
        moments(rows, stats, inverse, !Normalizer.needsMatrix(kind) && options.patternRank() == 0);
    if (kind == TrainingOptions.Normalization.NONE) {
      checkUnscaled(stats);
    }
    FeatureMap map = Normalizer.of(kind, stats, moments[0]);
    Optional<PatternSpan> span =
        options.patternRank() == 0
            ? Optional.empty()
            : Optional.of(PatternSpan.of(options.patternRank(), map, stats, moments[0]));
    return of(rows, stats, map, span, moments, options);
  }

  /** Half the range of the label. */
  private static double labelHalf(ColumnStats stats) {
    return stats.labelMax() / 2 - stats.labelMin() / 2;
  }

  /** Second moments of the label and of as many columns as there are scales. */
  private static double[][] moments(
      Rows rows, ColumnStats stats, double[] inverse, boolean diagonal) {
    double half = labelHalf(stats);
    return rows.sum(
        "second moments",
        new MomentsPass(
            Arrays.copyOf(stats.mean(), inverse.length),
            inverse,
            stats.labelMean(),
            half > 0 ? 1 / half : 0,
            diagonal));
  }

  private static PreparedData of(
      Rows rows,
      ColumnStats stats,
      FeatureMap map,
      Optional<PatternSpan> span,
      double[][] moments,
      TrainingOptions options) {
    return switch (options.task()) {
      case BINARY, MULTICLASS -> classes(rows, stats, map, span, options);
      case REGRESSION -> {
        if (rows.labels() > 1) {
          yield several(rows, stats, map, span, options);
        }
        double sd = labelHalf(stats) * Math.sqrt(moments[1][0] / stats.weight());
        if (!options.loss().squared()) {
          LabelUnits units =
              LabelUnits.of(
                  rows, stats, sd, options.fitIntercept(), options.loss(), options.seed());
          yield new PreparedData(
              stats,
              map,
              span,
              options.loss().training(),
              new double[1],
              units.shift(),
              units.scale(),
              1,
              units.constantLoss(),
              units.dispersion());
        }
        double shift = options.fitIntercept() || sd == 0 ? stats.labelMean() : 0;
        yield new PreparedData(
            stats, map, span, new SquaredLoss(), new double[1], shift, sd > 0 ? sd : 1, 1, 0.5, 1);
      }
    };
  }

  /** Of several labels a row: each in units of its own deviation, so that none outweighs the others. */
  private static PreparedData several(
      Rows rows,
      ColumnStats stats,
      FeatureMap map,
      Optional<PatternSpan> span,
      TrainingOptions options) {
    if (!options.loss().squared()) {
      throw new IllegalArgumentException(
          "loss is '"
              + options.loss().kind().word()
              + "' and a row has "
              + rows.labels()
              + " labels: several are learnt by loss 'squared'; set it, or learn them one by one");
    }
    double[][] moments = rows.sum("moments of the labels", new LabelMomentsPass(rows.labels()));
    double[] shift = new double[rows.labels()];
    double[] scale = new double[shift.length];
    int varying = 0;
    for (int k = 0; k < shift.length; k++) {
      double sd = Math.sqrt(moments[2][k] / moments[0][0]);
      shift[k] = options.fitIntercept() || sd == 0 ? moments[1][k] : 0;
      scale[k] = sd > 0 ? sd : 1;
      varying += sd > 0 ? 1 : 0;
    }
    return new PreparedData(
        stats,
        map,
        span,
        new SeparableLoss(new SquaredLoss(), shift, scale),
        new double[shift.length],
        0,
        1,
        1,
        0.5 * Math.max(1, varying),
        1);
  }

  /** What auto means, and whether the driver can hold what is asked for. */
  private static TrainingOptions.Normalization normalization(
      TrainingOptions options, ColumnStats stats) {
    int d = stats.mean().length;
    TrainingOptions.Normalization kind = options.normalization();
    boolean span = options.patternRank() > 0;
    // Whitened columns have no leading directions.
    if (kind == TrainingOptions.Normalization.AUTO
        && (span || (stats.sparse() && d > MOST_WHITENED_SPARSE))) {
      kind = TrainingOptions.Normalization.STANDARDIZE;
    }
    if (Normalizer.needsMatrix(kind)) {
      checkMatrices(
          "normalization '" + kind.name().toLowerCase(Locale.ROOT) + "'", "use 'standardize'", d);
    } else if (span) {
      checkMatrices("patternRank " + options.patternRank(), "unset it", d);
    }
    return kind;
  }

  private static void checkMatrices(String what, String remedy, double d) {
    double bytes = MATRICES * Double.BYTES * d * d;
    if (bytes > Runtime.getRuntime().maxMemory() || d * d > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s of %.0f features takes matrices of %.0f MB on the driver, more than its memory;"
                  + " %s, or raise the driver's memory",
              what,
              d,
              bytes * 0x1p-20,
              remedy));
    }
  }

  private static PreparedData classes(
      Rows rows,
      ColumnStats stats,
      FeatureMap map,
      Optional<PatternSpan> span,
      TrainingOptions options) {
    ConstantModel model = ConstantModel.of(rows, stats, options.task());
    double[] offset = options.fitIntercept() ? model.offset() : new double[model.offset().length];
    return new PreparedData(
        stats, map, span, model.loss(), offset, 0, 1, model.rarestClass(), model.entropy(), 1);
  }

  private static void checkUnscaled(ColumnStats stats) {
    for (int j = 0; j < stats.mean().length; j++) {
      double size = Math.max(Math.abs(stats.min()[j]), Math.abs(stats.max()[j]));
      if (size > LARGEST_UNSCALED) {
        throw new IllegalArgumentException(
            "feature "
                + j
                + " reaches "
                + size
                + ", too large for normalization 'none'; use 'auto' or rescale the column");
      }
    }
  }
}
