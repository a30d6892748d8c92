package org.convexnn.cli.report;

import java.io.Serializable;
import java.util.Arrays;

/**
 * How weights spread over numbers of unknown range: 2^14 bins of one width around 0. A number outside
 * doubles the width, pairs of bins becoming one; widths are powers of two, so that any two histograms
 * can be added.
 */
final class Histogram implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final int HALF = 1 << 13;

  private final double[] bins = new double[2 * HALF];
  // 2^exponent is the width of a bin; finer than any number until the first one that is not 0.
  private int exponent = Double.MIN_EXPONENT;

  /** Adds a weight at a finite number. */
  void add(double value, double weight) {
    coarsen(exponentFor(Math.abs(value)));
    bins[bin(value)] += weight;
  }

  /** The least exponent at which the number is inside. */
  private static int exponentFor(double size) {
    // |value| < 2^(e + 1) <= HALF * width
    return Math.max(Double.MIN_EXPONENT, Math.getExponent(size) + 1 - 13);
  }

  private int bin(double value) {
    int i = HALF + (int) Math.floor(Math.scalb(value, -exponent));
    return Math.min(Math.max(i, 0), 2 * HALF - 1);
  }

  private void coarsen(int wanted) {
    if (wanted <= exponent) {
      return;
    }
    int shift = Math.min(wanted - exponent, 31);
    double[] old = bins.clone();
    Arrays.fill(bins, 0);
    for (int i = 0; i < old.length; i++) {
      // Rounds down, as floor of half the number does.
      bins[HALF + ((i - HALF) >> shift)] += old[i];
    }
    exponent = wanted;
  }

  /** Adds another one. */
  void merge(Histogram other) {
    coarsen(other.exponent);
    int shift = Math.min(exponent - other.exponent, 31);
    for (int i = 0; i < bins.length; i++) {
      bins[HALF + ((i - HALF) >> shift)] += other.bins[i];
    }
  }

  /** The number below which this share of the weight lies, within a bin's width. */
  double quantile(double share) {
    double all = 0;
    for (double w : bins) {
      all += w;
    }
    double below = 0;
    int i = 0;
    while (i < bins.length - 1 && below + bins[i] < share * all) {
      below += bins[i++];
    }
    double inside = bins[i] > 0 ? (share * all - below) / bins[i] : 0;
    return Math.scalb(i - HALF + inside, exponent);
  }

  /**
   * The weights in equal parts of a range; what is outside is left out, and a bin that lies in
   * several parts is shared out.
   */
  double[] counts(double from, double to, int parts) {
    double[] counts = new double[parts];
    double width = (to - from) / parts;
    for (int i = 0; i < bins.length; i++) {
      if (bins[i] != 0) {
        double start = (Math.scalb((double) i - HALF, exponent) - from) / width;
        double length = Math.scalb(1.0, exponent) / width;
        for (int k = Math.max(0, (int) start); k < parts && k < start + length; k++) {
          double overlap = Math.min(start + length, k + 1) - Math.max(start, k);
          counts[k] += bins[i] * Math.max(0, overlap) / length;
        }
      }
    }
    return counts;
  }
}
