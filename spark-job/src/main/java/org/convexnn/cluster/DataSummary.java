package org.convexnn.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What a data set holds, seen in the sweep that packed it.
 *
 * @param features d
 * @param rows rows of positive weight
 * @param dropped rows of weight 0, which take no part
 * @param unusable rows of null or infinite features, which are left out where values may be missing
 * @param bytes what the rows' blocks take in memory
 * @param weight sum of the weights
 * @param labelRows for class labels, the rows with label 0, 1, ... up to the largest one that
 *     occurs; empty otherwise
 * @param labelWeights for class labels, their weights; empty otherwise
 * @param missing the rows in which a feature is missing, by feature; empty where none is
 * @param groups the weights of the groups, by their hashes; empty where there are none, or many
 */
public record DataSummary(
    int features,
    long rows,
    long dropped,
    long unusable,
    long bytes,
    double weight,
    List<Long> labelRows,
    List<Double> labelWeights,
    List<Long> missing,
    Map<Long, Double> groups) {

  /** Copies the lists. */
  public DataSummary {
    labelRows = List.copyOf(labelRows);
    labelWeights = List.copyOf(labelWeights);
    missing = List.copyOf(missing);
    groups = Map.copyOf(groups);
  }

  /**
   * Adds up the reports of all partitions.
   *
   * @param partitions one report per partition, in order
   * @throws IllegalArgumentException naming the first row (by partition, then row) that cannot be
   *     trained on, or when there are no rows
   */
  static DataSummary of(List<PackingReport> partitions, DataColumns columns) {
    int features = 0;
    for (int p = 0; p < partitions.size(); p++) {
      PackingReport report = partitions.get(p);
      features = features == 0 ? report.features() : features;
      refuse(report, p, features, columns);
    }
    PackingReport sum = partitions.stream().reduce(PackingReport.none(), PackingReport::plus);
    if (sum.rows() == 0 && sum.unusable() > 0) {
      throw new IllegalArgumentException(
          "features column '"
              + columns.features()
              + "' is null or has an infinite entry on all "
              + sum.unusable()
              + " rows of positive weight: handleInvalid 'keep' leaves such rows out, so nothing"
              + " remains to train on");
    }
    if (sum.rows() == 0) {
      throw new IllegalArgumentException(
          sum.dropped() == 0
              ? "the data set has 0 rows: nothing to train on; check filters and the input path"
              : columns.weightName()
                  + " is 0 on all "
                  + sum.dropped()
                  + " rows: rows of weight 0 are left out, so nothing remains to train on");
    }
    if (Double.isInfinite(sum.weight())) {
      throw new IllegalArgumentException(
          columns.weightName()
              + " has a sum beyond all numbers: divide all weights by the largest");
    }
    if (sum.groups().size() == 1) {
      throw new IllegalArgumentException(
          "fold column '"
              + columns.fold().orElse("")
              + "' has one value on all "
              + sum.rows()
              + " rows: some groups choose the regularisation parameter for a model of the others,"
              + " which takes two groups at least; unset foldCol");
    }
    return new DataSummary(
        features,
        sum.rows(),
        sum.dropped(),
        sum.unusable(),
        sum.bytes(),
        sum.weight(),
        Arrays.stream(sum.labelRows()).boxed().toList(),
        Arrays.stream(sum.labelWeights()).boxed().toList(),
        Arrays.stream(sum.missing()).boxed().toList(),
        sum.groups().size() > PackingReport.MOST_GROUPS ? Map.of() : sum.groups());
  }

  private static void refuse(
      PackingReport report, int partition, int features, DataColumns columns) {
    List<DataProblem> problems = report.problems();
    boolean otherSize = report.features() != 0 && report.features() != features;
    if (otherSize && (problems.isEmpty() || report.firstRow() <= problems.get(0).row())) {
      DataProblem size = DataProblem.size(report.firstRow(), report.features(), features);
      throw new IllegalArgumentException(size.message(columns, partition));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(problems.get(0).message(columns, partition));
    }
  }
}
