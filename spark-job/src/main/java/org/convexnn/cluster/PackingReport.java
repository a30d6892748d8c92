package org.convexnn.cluster;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * What packing saw in some rows of one partition. Written by Java serialisation for the reason that
 * {@link Shipped} gives.
 *
 * @param rows rows of positive weight
 * @param dropped rows of weight 0
 * @param features size of the vectors, 0 where there was none
 * @param firstRow number of the first row of positive weight within its partition
 * @param bytes what their blocks take in memory
 * @param weight sum of the weights
 * @param labelRows for class labels, rows by label, up to the largest one seen; empty otherwise
 * @param labelWeights for class labels, sums of weights by label; empty otherwise
 * @param missing the rows in which a feature is missing, by feature; empty where none is
 * @param problems the first problem, or nothing (a list, because Optional is not Serializable)
 */
@DefaultSerializer(JavaSerializer.class)
record PackingReport(
    long rows,
    long dropped,
    int features,
    long firstRow,
    long bytes,
    double weight,
    long[] labelRows,
    double[] labelWeights,
    long[] missing,
    List<DataProblem> problems)
    implements Serializable {

  /** Nothing seen. */
  static PackingReport none() {
    return new PackingReport(0, 0, 0, 0, 0, 0, new long[0], new double[0], new long[0], List.of());
  }

  /** This and a later report of the same partition. */
  PackingReport plus(PackingReport later) {
    int labels = Math.max(labelRows.length, later.labelRows.length);
    long[] counts = Arrays.copyOf(labelRows, labels);
    double[] weights = Arrays.copyOf(labelWeights, labels);
    for (int k = 0; k < later.labelRows.length; k++) {
      counts[k] += later.labelRows[k];
      weights[k] += later.labelWeights[k];
    }
    long[] missed = Arrays.copyOf(missing, Math.max(missing.length, later.missing.length));
    for (int j = 0; j < later.missing.length; j++) {
      missed[j] += later.missing[j];
    }
    return new PackingReport(
        rows + later.rows,
        dropped + later.dropped,
        features == 0 ? later.features : features,
        features == 0 ? later.firstRow : firstRow,
        bytes + later.bytes,
        weight + later.weight,
        counts,
        weights,
        missed,
        problems.isEmpty() ? later.problems : problems);
  }
}
