package org.convexnn.solver.rows;

import java.util.Map;
import org.convexnn.block.Block;
import org.convexnn.block.pass.RowPass;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.Imputation;

/** All rows of a data set, wherever they are: apply this to all rows and add up the results. */
public interface Rows {

  /** d, the number of features. */
  int features();

  /** How many tasks run at the same time. */
  int parallelism();

  /** Whether tasks run on the driver's processors, in its memory. */
  default boolean onDriver() {
    return false;
  }

  /** The most bytes that the result of a sum may take on its way to the driver. */
  default double mostResultBytes() {
    return Double.POSITIVE_INFINITY;
  }

  /**
   * Whether rows are marked: those that are choose beta, instead of a tenth or folds of them. {@link
   * org.convexnn.block.RowSelection#BY_MARK} selects them.
   */
  default boolean marked() {
    return false;
  }

  /**
   * The groups that rows are in, with their weights, by what {@link Block#group} says; none where the
   * user named none, or where they are so many that hashes part them evenly.
   */
  default Map<Long, Double> groups() {
    return Map.of();
  }

  /** The number of labels of a row. */
  default int labels() {
    return 1;
  }

  /** Which columns hold codes of categories, 0, 1, ..., and not numbers. */
  default boolean[] categorical() {
    return new boolean[features()];
  }

  /** Whether features may be missing, NaN; else all are finite. */
  default boolean missing() {
    return false;
  }

  /** These rows after an imputation, with nothing missing; released with these. */
  Rows imputed(Imputation imputation);

  /** About how many seconds a job takes that does nothing: measured on a local cluster. */
  default double jobSeconds() {
    return 0.03;
  }

  /**
   * Runs a job over all blocks.
   *
   * @param description what a person reads in the Spark UI
   */
  <A> A sum(String description, RowPass<Block, A> pass);

  /** Evaluates gates on all rows and keeps the patterns. */
  GatedRows activate(GateSet gates, FeatureMap map);
}
