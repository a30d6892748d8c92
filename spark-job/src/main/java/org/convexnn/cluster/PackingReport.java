package org.convexnn.cluster;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What packing saw in some rows of one partition. Written by Java serialisation for the reason that
 * {@link JavaSerialized} gives.
 *
 * @param rows rows of positive weight
 * @param dropped rows of weight 0
 * @param unusable rows of null or infinite features, where those are left out
 * @param features size of the vectors, 0 where there was none
 * @param firstRow number of the first row of positive weight within its partition
 * @param bytes what their blocks take in memory
 * @param weight sum of the weights
 * @param labelRows for class labels, rows by label, up to the largest one seen; empty otherwise
 * @param labelWeights for class labels, sums of weights by label; empty otherwise
 * @param missing the rows in which a feature is missing, by feature; empty where none is
 * @param groups weights of the groups, as long as they are at most {@value #MOST_GROUPS}
 * @param problems the first problem, or nothing (a list, because Optional is not Serializable)
 */
@DefaultSerializer(JavaSerializer.class)
record PackingReport(
    long rows,
    long dropped,
    long unusable,
    int features,
    long firstRow,
    long bytes,
    double weight,
    long[] labelRows,
    double[] labelWeights,
    long[] missing,
    TreeMap<Long, Double> groups,
    List<DataProblem> problems)
    implements Serializable {

  /** So many groups at least part evenly by their hashes. */
  static final int MOST_GROUPS = 1000;

  /** Nothing seen. */
  static PackingReport none() {
    return new PackingReport(
        0, 0, 0, 0, 0, 0, 0, new long[0], new double[0], new long[0], new TreeMap<>(), List.of());
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
    TreeMap<Long, Double> all = new TreeMap<>(groups);
    later.groups.forEach((group, weighs) -> add(all, group, weighs));
    return new PackingReport(
        rows + later.rows,
        dropped + later.dropped,
        unusable + later.unusable,
        features == 0 ? later.features : features,
        features == 0 ? later.firstRow : firstRow,
        bytes + later.bytes,
        weight + later.weight,
        counts,
        weights,
        missed,
        all,
        problems.isEmpty() ? later.problems : problems);
  }

  /** Adds to the weight of a group, of which one too many is enough. */
  static void add(Map<Long, Double> groups, long group, double weight) {
    if (groups.size() <= MOST_GROUPS || groups.containsKey(group)) {
      groups.merge(group, weight, Double::sum);
    }
  }
}
