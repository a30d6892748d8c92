package org.convexnn.gate;

import java.util.Arrays;
import org.convexnn.linalg.HistogramKernel;
import org.convexnn.network.FeatureConstraints;
import org.convexnn.network.Tree;

/**
 * The best split of a leaf by one column, from the column's histogram: the one of largest
 * second-order gain (Chen and Guestrin, KDD 2016, equation 7),
 * <pre>
 *   G_L^2 / (H_L + lambda) + G_R^2 / (H_R + lambda) - G^2 / (H + lambda),
 * </pre>
 * G and H the sums of derivatives and curvatures. A column of numbers is cut at a threshold, missing
 * values on either side or alone on theirs. A column of categories is parted into two sets: with its
 * bins, that of missing values among them, in the order of {@code G / H} the best pair of sets is a
 * cut (Fisher 1958). Each ratio is shrunk towards the leaf's as by {@code categorySmoothing} rows,
 * and lambda grows by {@code categoryRidge}, for a set is chosen from many. In a column that trees are to
 * rise or fall in, a cut whose sides {@code -G / (H + lambda)} are in the wrong order is no split.
 */
final class SplitSearch {

  /** Gains below this share of a leaf's weight are rounding: labels come in training units. */
  private static final double LEAST_GAIN = 1e-12;

  /** Gains that differ by less are equal but for rounding: the first is taken. */
  private static final double TIE = 1e-10;

  /** Sums of weights below this share of all rows' are rounding. */
  private static final double ROUNDING = 1e-12;

  /** The low bits of a sort key hold the bin. */
  private static final long BIN = 0xFF;

  /** What the rows of a leaf add up to: derivatives, curvatures, weights. */
  record Sums(double g, double h, double w) {

    Sums less(Sums other) {
      return new Sums(g - other.g, h - other.h, w - other.w);
    }
  }

  /** A split; written over by the next search. */
  static final class Candidate {
    private double gain;
    private int bin;
    private boolean missingLeft;
    private boolean isSet;
    private double leftWeight;
    private final long[] set = new long[Tree.SET_WORDS];

    /** The gain; 0 where there is no split. */
    double gain() {
      return gain;
    }

    Split toSplit(int column) {
      return new Split(column, bin, isSet ? set.clone() : null, missingLeft, gain);
    }
  }

  /**
   * A test of a column's bin.
   *
   * @param column the column
   * @param bin the last bin that goes left, where {@code set} is null
   * @param set the bins that go left
   * @param missingLeft where missing values go
   * @param gain the gain
   */
  record Split(int column, int bin, long[] set, boolean missingLeft, double gain) {

    /** 1 for each bin that goes left. */
    byte[] sides() {
      byte[] sides = new byte[Binning.MISSING + 1];
      for (int b = 0; b < Binning.MISSING; b++) {
        boolean goesLeft = set == null ? b <= bin : Tree.contains(set, b);
        sides[b] = (byte) (goesLeft ? 1 : 0);
      }
      sides[Binning.MISSING] = (byte) (missingLeft ? 1 : 0);
      return sides;
    }
  }

  private final Boosting.LeafLimits limits;
  private final FeatureConstraints constraints;
  private final int stride;
  private final double leastWeight;
  private final double rounding;

  /**
   * A search.
   *
   * @param stride sums of a bin ({@link HistogramKernel})
   * @param totalWeight the weight of all rows, 1 on average
   */
  SplitSearch(Boosting.Options options, int stride, double totalWeight) {
    this.limits = options.limits();
    this.constraints = options.constraints();
    this.stride = stride;
    this.leastWeight = limits.minRowsPerLeaf() * (1 - 1e-9);
    this.rounding = ROUNDING * totalWeight;
  }

  /** Whether both sides of some split could have rows enough. */
  boolean mayBeSplit(Sums sums) {
    return sums.w >= 2 * leastWeight && sums.w > rounding;
  }

  /** Whether a gain is larger by more than rounding. */
  static boolean exceeds(double gain, double other) {
    return gain > other * (1 + TIE);
  }

  /**
   * Searches a column.
   *
   * @param histogram holds the column's sums from {@code at} on, bin by bin, that of missing values
   *     last where there is one
   * @param keys room for a key of each bin
   * @param best where the split goes
   */
  void search(
      Panels.Member column,
      boolean categorical,
      double[] histogram,
      int at,
      Sums leaf,
      long[] keys,
      Candidate best) {
    best.gain = 0;
    best.isSet = categorical;
    if (categorical) {
      sets(histogram, at, column, leaf, keys, best);
      return;
    }
    int direction = constraints.direction(column.column());
    int missing = at + column.bins() * stride;
    double missingWeight = column.missing() ? histogram[missing + stride - 1] : 0;
    if (missingWeight <= rounding) {
      thresholds(
          histogram, at, column.bins(), leaf, new Sums(0, 0, 0), leaf.w, false, direction, best);
      best.missingLeft = 2 * best.leftWeight > leaf.w;
      return;
    }
    Sums unknown = new Sums(histogram[missing], histogram[missing + 1], missingWeight);
    Sums known = leaf.less(unknown);
    thresholds(
        histogram, at, column.bins(), leaf, new Sums(0, 0, 0), known.w, false, direction, best);
    thresholds(histogram, at, column.bins(), leaf, unknown, known.w, true, direction, best);
    double gain = gain(known.g, known.h, known.w, leaf, limits.lambda());
    if (exceeds(gain, Math.max(best.gain, leastGain(leaf)))) {
      best.gain = gain;
      best.bin = column.bins() - 1;
      best.missingLeft = false;
    }
  }

  private double leastGain(Sums leaf) {
    return LEAST_GAIN * (leaf.w + score(leaf.g, leaf.h + limits.lambda()));
  }

  private static double score(double g, double denominator) {
    return denominator > 0 ? g * g / denominator : 0;
  }

  /** The gain of a left side; 0 where a side is too small. */
  private double gain(double g, double h, double w, Sums leaf, double ridge) {
    double rightH = leaf.h - h;
    if (w < leastWeight
        || leaf.w - w < leastWeight
        || h < limits.minHessian()
        || rightH < limits.minHessian()) {
      return 0;
    }
    return score(g, h + ridge)
        + score(leaf.g - g, rightH + ridge)
        - score(leaf.g, leaf.h + limits.lambda());
  }

  /** All thresholds, with {@code start} on the left from the outset. */
  private void thresholds(
      double[] histogram,
      int from,
      int bins,
      Sums leaf,
      Sums start,
      double knownWeight,
      boolean missingLeft,
      int direction,
      Candidate best) {
    double ridge = limits.lambda();
    double minHessian = limits.minHessian();
    double whole = score(leaf.g, leaf.h + ridge);
    double bestGain = Math.max(best.gain, leastGain(leaf));
    double g = start.g;
    double h = start.h;
    double w = start.w;
    double mostLeft = knownWeight + start.w - rounding;
    int found = -1;
    int lastEqual = -1;
    double leftWeight = 0;
    for (int b = 0, at = from; b < bins - 1; b++, at += stride) {
      double weight = histogram[at + stride - 1];
      if (weight <= rounding) {
        // No row of this leaf: the cut is the same as the one below.
        lastEqual = lastEqual == b - 1 ? b : lastEqual;
        continue;
      }
      g += histogram[at];
      h += histogram[at + 1];
      w += weight;
      double rightH = leaf.h - h;
      if (w > mostLeft || leaf.w - w < leastWeight || rightH < minHessian) {
        break;
      }
      if (w < leastWeight || h < minHessian) {
        continue;
      }
      double rightG = leaf.g - g;
      double leftSize = h + ridge;
      double rightSize = rightH + ridge;
      if (leftSize <= 0 || rightSize <= 0) {
        continue;
      }
      double gain =
          (g * g * rightSize + rightG * rightG * leftSize) / (leftSize * rightSize) - whole;
      boolean ordered = direction == 0 || direction * (g * rightSize - rightG * leftSize) >= 0;
      if (ordered && exceeds(gain, bestGain)) {
        bestGain = gain;
        found = b;
        lastEqual = b;
        leftWeight = w;
      }
    }
    if (found >= 0) {
      // All cuts through a gap between the leaf's rows part them alike: the middle one leans to
      // neither side.
      best.bin = (found + lastEqual) >>> 1;
      best.gain = bestGain;
      best.missingLeft = missingLeft;
      best.leftWeight = leftWeight;
    }
  }

  private void sets(
      double[] histogram, int from, Panels.Member column, Sums leaf, long[] keys, Candidate best) {
    double smoothing = limits.categorySmoothing();
    double prior = smoothing * leaf.g / leaf.h;
    int present = 0;
    for (int b = 0; b < column.size(); b++) {
      int at = from + b * stride;
      if (histogram[at + stride - 1] > rounding) {
        double ratio = (histogram[at] + prior) / (histogram[at + 1] + smoothing);
        long bits = Double.doubleToLongBits(ratio);
        // The order of the bits as integers is that of the numbers.
        bits ^= bits >> 63 & Long.MAX_VALUE;
        keys[present++] = bits & ~BIN | b;
      }
    }
    Arrays.sort(keys, 0, present);
    double ridge = limits.lambda() + limits.categoryRidge();
    double bestGain = leastGain(leaf);
    int lefts = 0;
    double g = 0;
    double h = 0;
    double w = 0;
    double leftWeight = 0;
    for (int k = 0; k < present - 1; k++) {
      int at = from + (int) (keys[k] & BIN) * stride;
      g += histogram[at];
      h += histogram[at + 1];
      w += histogram[at + stride - 1];
      double gain = gain(g, h, w, leaf, ridge);
      if (exceeds(gain, bestGain)) {
        bestGain = gain;
        lefts = k + 1;
        leftWeight = w;
      }
    }
    if (lefts == 0) {
      return;
    }
    best.gain = bestGain;
    // What no row of the leaf has goes where most rows go.
    boolean othersLeft = 2 * leftWeight > leaf.w;
    Arrays.fill(best.set, 0);
    best.missingLeft = othersLeft;
    if (othersLeft) {
      for (int b = 0; b < column.bins(); b++) {
        best.set[b >>> 6] |= 1L << b;
      }
    }
    for (int k = 0; k < present; k++) {
      int b = (int) (keys[k] & BIN);
      boolean goesLeft = k < lefts;
      if (b == column.bins()) {
        best.missingLeft = goesLeft;
      } else if (goesLeft) {
        best.set[b >>> 6] |= 1L << b;
      } else {
        best.set[b >>> 6] &= ~(1L << b);
      }
    }
  }
}
