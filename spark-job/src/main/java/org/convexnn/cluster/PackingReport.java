package org.convexnn.cluster;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;
import java.util.List;

/**
 * What packing saw in some rows of one partition. Written by Java serialisation for the reason that
 * {@link Shipped} gives.
 *
 * @param rows rows of positive weight
 * @param dropped rows of weight 0
 * @param features size of the vectors, 0 where there was none
 * @param firstRow number of the first row of positive weight within its partition
 * @param weight sum of the weights
 * @param labelRows for binary labels, rows by label; empty otherwise
 * @param labelWeights for binary labels, sums of weights by label; empty otherwise
 * @param problems the first problem, or nothing (a list, because Optional is not Serializable)
 */
@DefaultSerializer(JavaSerializer.class)
record PackingReport(
    long rows,
    long dropped,
    int features,
    long firstRow,
    double weight,
    long[] labelRows,
    double[] labelWeights,
    List<DataProblem> problems)
    implements Serializable {

  /** Nothing seen. */
  static PackingReport none(boolean binary) {
    int labels = binary ? 2 : 0;
    return new PackingReport(0, 0, 0, 0, 0, new long[labels], new double[labels], List.of());
  }

  /** This and a later report of the same partition. */
  PackingReport plus(PackingReport later) {
    long[] counts = labelRows.clone();
    double[] weights = labelWeights.clone();
    for (int k = 0; k < counts.length; k++) {
      counts[k] += later.labelRows[k];
      weights[k] += later.labelWeights[k];
    }
    return new PackingReport(
        rows + later.rows,
        dropped + later.dropped,
        features == 0 ? later.features : features,
        features == 0 ? later.firstRow : firstRow,
        weight + later.weight,
        counts,
        weights,
        problems.isEmpty() ? later.problems : problems);
  }
}
