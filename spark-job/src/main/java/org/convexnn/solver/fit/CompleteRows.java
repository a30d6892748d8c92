package org.convexnn.solver.fit;

import java.util.stream.IntStream;
import org.convexnn.block.ColumnStats;
import org.convexnn.network.Imputation;
import org.convexnn.network.LeafModel;
import org.convexnn.network.Network;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.rows.Rows;
import org.convexnn.solver.setup.Preparation;

/**
 * Rows with missing values as linear parts of a network see them: where a column is missing its mean,
 * and an indicator of that where it is missing on some rows only ({@link Imputation}). Trees of
 * constant leaves take rows as they come: each of their tests learns a side for what is missing.
 *
 * @param rows to train on
 * @param imputation what was made of the rows as they came
 */
public record CompleteRows(Rows rows, Imputation imputation) {

  /** What these options train on; takes a sweep where values may be missing. */
  public static CompleteRows of(Rows rows, TrainingOptions options) {
    if (!rows.missing()) {
      return new CompleteRows(rows, Imputation.NONE);
    }
    ColumnStats stats = Preparation.stats(rows, options);
    return Preparation.narrow(stats, options)
        ? new CompleteRows(rows, Imputation.NONE)
        : imputed(rows, imputation(stats));
  }

  /**
   * The rows as a network takes them that training goes on from.
   *
   * @throws IllegalArgumentException where values may be missing, and the network has none for them
   */
  public static CompleteRows of(Rows rows, Network from) {
    boolean same = rows.features() == from.features();
    if (same && !from.imputation().none()) {
      return imputed(rows, from.imputation());
    }
    boolean natively = from.gates().forest().leafModel() == LeafModel.CONSTANT && from.map().none();
    if (same && rows.missing() && !natively) {
      throw new IllegalArgumentException(
          "handleInvalid is 'keep', and initialModel was trained without it: it knows no values for"
              + " missing features; set handleInvalid to 'skip' or 'error', or unset initialModel");
    }
    return new CompleteRows(rows, Imputation.NONE);
  }

  private static CompleteRows imputed(Rows rows, Imputation imputation) {
    return new CompleteRows(rows.imputed(imputation), imputation);
  }

  private static Imputation imputation(ColumnStats stats) {
    int[] sometimes =
        IntStream.range(0, stats.mean().length)
            .filter(j -> stats.missing()[j] > 0 && stats.hasValue(j))
            .toArray();
    return new Imputation(stats.mean(), sometimes);
  }

  /** What was trained on the complete rows, for rows as they come. */
  public TrainingResult result(TrainingResult trained) {
    return imputation.none() ? trained : trained.with(trained.network().after(imputation));
  }
}
