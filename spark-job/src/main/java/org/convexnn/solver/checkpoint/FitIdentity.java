package org.convexnn.solver.checkpoint;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.convexnn.block.ColumnStats;
import org.convexnn.block.pass.data.FingerprintPass;
import org.convexnn.network.HalfSpaces;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.rows.Rows;

/**
 * What is fitted: a checkpoint of one fit is no good for another. Rows are told apart by hashes of
 * their keys, summed in no order, and by their weighted means, which also tell their weights.
 *
 * @param version of this library
 * @param options by Param, as texts
 * @param fingerprint two hashes and the number of the rows, see {@link FingerprintPass}
 * @param weight the weight of the rows
 * @param means weighted, of the features and the label
 * @param sizes of the numbers in the means: the largest value of each column
 */
public record FitIdentity(
    String version,
    Map<String, String> options,
    long[] fingerprint,
    double weight,
    double[] means,
    double[] sizes) {

  // Sums of other partitions round differently.
  private static final double ROUNDING = 1e-9;

  /** Copies the options. */
  public FitIdentity {
    options = Map.copyOf(options);
  }

  /**
   * Of a fit. One sweep.
   *
   * @param initialModel the fingerprint of the network that it goes on from, {@code unset} of none
   */
  public static FitIdentity of(
      Rows rows, ColumnStats stats, TrainingOptions options, String initialModel, String version) {
    Map<String, String> texts = texts(options);
    texts.put("initialModel", initialModel);
    FingerprintPass pass = new FingerprintPass(HalfSpaces.none(rows.features()));
    int d = rows.features();
    double[] means = Arrays.copyOf(stats.mean(), d + 1);
    means[d] = stats.labelMean();
    double[] sizes = new double[d + 1];
    Arrays.setAll(
        sizes,
        j ->
            j < d
                ? Math.max(Math.abs(stats.min()[j]), Math.abs(stats.max()[j]))
                : Math.max(Math.abs(stats.labelMin()), Math.abs(stats.labelMax())));
    return new FitIdentity(
        version, texts, rows.sum("fingerprint of the rows", pass), stats.weight(), means, sizes);
  }

  private static Map<String, String> texts(TrainingOptions options) {
    Map<String, String> texts = new TreeMap<>();
    try {
      for (RecordComponent component : TrainingOptions.class.getRecordComponents()) {
        texts.put(component.getName(), component.getAccessor().invoke(options).toString());
      }
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
    return texts;
  }

  private long rows() {
    return fingerprint[FingerprintPass.LENGTH - 1];
  }

  private int features() {
    return means.length - 1;
  }

  /**
   * Refuses the checkpoint of another fit.
   *
   * @throws IllegalArgumentException saying what differs
   */
  void check(FitIdentity other) {
    if (!other.version.equals(version)) {
      throw otherVersion(other.version, version);
    }
    for (String name : new TreeMap<>(options).keySet()) {
      String before = other.options.getOrDefault(name, "unset");
      if (!before.equals(options.get(name))) {
        throw refused("another " + name + ", " + before, "it is " + options.get(name) + " now");
      }
    }
    if (other.rows() != rows() || other.features() != features()) {
      throw refused("other data, " + other.table(), "these are " + table());
    }
    if (!Arrays.equals(other.fingerprint, fingerprint)) {
      throw refused(
          "other data, " + other.table(), "these are as many, with other features or labels");
    }
    if (!sameWeights(other)) {
      throw refused(
          "other row weights, " + other.weight + " in all", "they are " + weight + " in all now");
    }
  }

  private boolean sameWeights(FitIdentity other) {
    boolean same = Math.abs(other.weight - weight) <= ROUNDING * weight;
    for (int j = 0; j < means.length; j++) {
      same &= Math.abs(other.means[j] - means[j]) <= ROUNDING * sizes[j];
    }
    return same;
  }

  private String table() {
    return rows() + " rows of " + features() + " features";
  }

  static IllegalArgumentException otherVersion(String before, String now) {
    return refused("version " + before + " of this library", "this is " + now);
  }

  static IllegalArgumentException otherFormat(int now) {
    return refused("another format of checkpoints", "this version of the library reads " + now);
  }

  private static IllegalArgumentException refused(String before, String now) {
    return new IllegalArgumentException(
        "the checkpoint in checkpointDir is of a fit with "
            + before
            + "; "
            + now
            + ": go on with what the fit was begun with, or begin anew in another folder");
  }
}
