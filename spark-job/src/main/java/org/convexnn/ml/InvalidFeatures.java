package org.convexnn.ml;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.convexnn.ml.score.Scorer;

/**
 * What {@code handleInvalid} does about rows whose features vector is null or has an entry that is
 * NaN or infinite. MLlib's classifiers know no such Param; the words are VectorAssembler's. Kept, NaN
 * is a missing value, which networks know how to take; of a row that is null or has an infinite entry
 * nothing is learnt, and its prediction is NaN.
 */
final class InvalidFeatures {

  /** Refuses such rows. */
  static final String ERROR = "error";

  private static final String SKIP = "skip";
  private static final String KEEP = "keep";

  private InvalidFeatures() {}

  /** The values of the Param. */
  static List<String> words() {
    return List.of(ERROR, SKIP, KEEP);
  }

  /** Whether NaN is a missing value. */
  static boolean areKept(ConvexReLUParams params) {
    return params.getHandleInvalid().equals(KEEP);
  }

  private static boolean valid(Vector features, boolean missing) {
    if (features == null) {
      return false;
    }
    double[] entries =
        features instanceof SparseVector sparse ? sparse.values() : features.toArray();
    for (double entry : entries) {
      if (!Double.isFinite(entry) && !(missing && Double.isNaN(entry))) {
        return false;
      }
    }
    return true;
  }

  private static Dataset<Row> valid(Dataset<Row> dataset, String featuresCol) {
    UDF1<Vector, Boolean> valid = features -> valid(features, false);
    return dataset.filter(
        functions.udf(valid, DataTypes.BooleanType).apply(functions.col(featuresCol)));
  }

  /** The rows to look at: all, or where invalid ones are to be skipped, without them. */
  static Dataset<Row> skipped(Dataset<?> dataset, String featuresCol, ConvexReLUParams params) {
    return params.getHandleInvalid().equals(SKIP)
        ? valid(dataset.toDF(), featuresCol)
        : dataset.toDF();
  }

  /**
   * The network's outputs; NaN for features that are kept and null or infinite, and where parts of
   * the network are linear that were trained without missing values and have none for NaN.
   *
   * @throws IllegalArgumentException for those that are invalid and not kept, and for a vector of
   *     another size than the training data
   */
  static double[] score(Scorer scorer, Vector features, ConvexReLUParams params) {
    if (areUsable(features, params)) {
      return scorer.score(features);
    }
    double[] outputs = new double[scorer.network().outputs()];
    Arrays.fill(outputs, Double.NaN);
    return outputs;
  }

  /**
   * Whether a network takes these features; false where they are kept and tell nothing.
   *
   * @throws IllegalArgumentException for those that are invalid and not kept
   */
  static boolean areUsable(Vector features, ConvexReLUParams params) {
    boolean kept = areKept(params);
    boolean usable = valid(features, kept);
    // There is no row to skip for one who scores a vector.
    if (!usable && !kept) {
      throw new IllegalArgumentException(refusal(features));
    }
    return usable;
  }

  private static String refusal(Vector features) {
    String remedy =
        ": drop such rows before transform, for instance by na().drop(), or set handleInvalid to"
            + " 'skip' (leave them out) or 'keep' (NaN is a missing value)";
    if (features == null) {
      return "a features vector is null" + remedy;
    }
    int j = 0;
    while (Double.isFinite(features.apply(j))) {
      j++;
    }
    return "feature " + j + " of a features vector is " + features.apply(j) + remedy;
  }
}
