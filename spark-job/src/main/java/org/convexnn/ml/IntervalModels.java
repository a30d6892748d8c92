package org.convexnn.ml;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.convexnn.ml.io.SavedMetadata;
import org.convexnn.ml.io.Storage;

/** The models beside a regression's own that its intervals are made of, see {@link PredictionIntervals}. */
sealed interface IntervalModels {

  /** The folder of the lower quantile. */
  String LOWER = "lower";

  /** The folder of the upper quantile. */
  String UPPER = "upper";

  /** The folder of the scale. */
  String SCALE = "scale";

  /** The models by the folders, below that of the regression, in which they are saved. */
  Map<String, ConvexReLURegressionModel> byFolder();

  /**
   * Two quantiles, between which a row's interval begins.
   *
   * @param lower of the quantile alpha / 2
   * @param upper of the quantile 1 - alpha / 2
   */
  record Quantiles(ConvexReLURegressionModel lower, ConvexReLURegressionModel upper)
      implements IntervalModels {
    @Override
    public Map<String, ConvexReLURegressionModel> byFolder() {
      return Map.of(LOWER, lower, UPPER, upper);
    }
  }

  /**
   * A scale, by which a row's interval is wide.
   *
   * @param scale of the mean absolute error, positive
   */
  record Scale(ConvexReLURegressionModel scale) implements IntervalModels {
    @Override
    public Map<String, ConvexReLURegressionModel> byFolder() {
      return Map.of(SCALE, scale);
    }
  }

  /**
   * Those that were saved below a regression, where there are some.
   *
   * @param read reads a model
   */
  static Optional<IntervalModels> saved(
      Storage storage, Function<Storage, ConvexReLURegressionModel> read) {
    if (SavedMetadata.isIn(storage.below(LOWER))) {
      return Optional.of(
          new Quantiles(read.apply(storage.below(LOWER)), read.apply(storage.below(UPPER))));
    }
    return SavedMetadata.isIn(storage.below(SCALE))
        ? Optional.of(new Scale(read.apply(storage.below(SCALE))))
        : Optional.empty();
  }
}
