package org.convexnn.linalg;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link HistogramKernel} on the JDK's vector module: a bin's sums are one vector, added in one go.
 * Species must be constants and the variants written out, or the compiler boxes every vector.
 */
final class VectorHistogramKernel implements HistogramKernel {

  private static final VectorSpecies<Long> PAIRS = LongVector.SPECIES_128;
  private static final VectorSpecies<Double> DOUBLES_4 = DoubleVector.SPECIES_256;
  private static final VectorSpecies<Double> DOUBLES_2 = DoubleVector.SPECIES_128;
  private static final VectorMask<Double> WEIGHTS =
      VectorMask.fromArray(DOUBLES_4, new boolean[] {false, false, true, true}, 0);

  @Override
  public void add(
      int[] codes,
      long[] pairs,
      float[] weights,
      int from,
      int to,
      int stride,
      double[] histogram,
      int[] shifts,
      int[] offsets,
      int slots) {
    switch (10 * slots + stride) {
      case 14 -> one4(codes, pairs, weights, from, to, histogram, shifts, offsets);
      case 24 -> two4(codes, pairs, weights, from, to, histogram, shifts, offsets);
      case 34 -> three4(codes, pairs, weights, from, to, histogram, shifts, offsets);
      case 44 -> four4(codes, pairs, weights, from, to, histogram, shifts, offsets);
      case 12 -> one2(codes, pairs, weights, from, to, histogram, shifts, offsets);
      case 22 -> two2(codes, pairs, weights, from, to, histogram, shifts, offsets);
      case 32 -> three2(codes, pairs, weights, from, to, histogram, shifts, offsets);
      case 42 -> four2(codes, pairs, weights, from, to, histogram, shifts, offsets);
      default -> {
        if (slots != 0) {
          throw new IllegalArgumentException(slots + " slots of stride " + stride);
        }
      }
    }
  }

  /** Derivative, curvature and twice the weight. */
  private static DoubleVector row4(long[] pairs, float[] weights, int k) {
    DoubleVector row =
        (DoubleVector)
            LongVector.broadcast(PAIRS, pairs[k])
                .reinterpretAsFloats()
                .convertShape(VectorOperators.F2D, DOUBLES_4, 0);
    return row.blend(weights == null ? 1 : weights[k], WEIGHTS);
  }

  /** Derivative, and curvature that is the weight. */
  private static DoubleVector row2(long[] pairs, int k) {
    return (DoubleVector)
        LongVector.broadcast(PAIRS, pairs[k])
            .reinterpretAsFloats()
            .convertShape(VectorOperators.F2D, DOUBLES_2, 0);
  }

  private static void add4(double[] histogram, int at, DoubleVector row) {
    DoubleVector.fromArray(DOUBLES_4, histogram, at).add(row).intoArray(histogram, at);
  }

  private static void add2(double[] histogram, int at, DoubleVector row) {
    DoubleVector.fromArray(DOUBLES_2, histogram, at).add(row).intoArray(histogram, at);
  }

  private static void four4(
      int[] codes,
      long[] pairs,
      float[] weights,
      int from,
      int to,
      double[] histogram,
      int[] shifts,
      int[] offsets) {
    int s0 = shifts[0];
    int s1 = shifts[1];
    int s2 = shifts[2];
    int s3 = shifts[3];
    int o0 = offsets[0];
    int o1 = offsets[1];
    int o2 = offsets[2];
    int o3 = offsets[3];
    for (int k = from; k < to; k++) {
      int code = codes[k];
      DoubleVector row = row4(pairs, weights, k);
      add4(histogram, o0 + 4 * (code >>> s0 & 0xFF), row);
      add4(histogram, o1 + 4 * (code >>> s1 & 0xFF), row);
      add4(histogram, o2 + 4 * (code >>> s2 & 0xFF), row);
      add4(histogram, o3 + 4 * (code >>> s3 & 0xFF), row);
    }
  }

  private static void three4(
      int[] codes,
      long[] pairs,
      float[] weights,
      int from,
      int to,
      double[] histogram,
      int[] shifts,
      int[] offsets) {
    int s0 = shifts[0];
    int s1 = shifts[1];
    int s2 = shifts[2];
    int o0 = offsets[0];
    int o1 = offsets[1];
    int o2 = offsets[2];
    for (int k = from; k < to; k++) {
      int code = codes[k];
      DoubleVector row = row4(pairs, weights, k);
      add4(histogram, o0 + 4 * (code >>> s0 & 0xFF), row);
      add4(histogram, o1 + 4 * (code >>> s1 & 0xFF), row);
      add4(histogram, o2 + 4 * (code >>> s2 & 0xFF), row);
    }
  }

  private static void two4(
      int[] codes,
      long[] pairs,
      float[] weights,
      int from,
      int to,
      double[] histogram,
      int[] shifts,
      int[] offsets) {
    int s0 = shifts[0];
    int s1 = shifts[1];
    int o0 = offsets[0];
    int o1 = offsets[1];
    for (int k = from; k < to; k++) {
      int code = codes[k];
      DoubleVector row = row4(pairs, weights, k);
      add4(histogram, o0 + 4 * (code >>> s0 & 0xFF), row);
      add4(histogram, o1 + 4 * (code >>> s1 & 0xFF), row);
    }
  }

  private static void one4(
      int[] codes,
      long[] pairs,
      float[] weights,
      int from,
      int to,
      double[] histogram,
      int[] shifts,
      int[] offsets) {
    int s0 = shifts[0];
    int o0 = offsets[0];
    for (int k = from; k < to; k++) {
      int code = codes[k];
      DoubleVector row = row4(pairs, weights, k);
      add4(histogram, o0 + 4 * (code >>> s0 & 0xFF), row);
    }
  }

  private static void four2(
      int[] codes,
      long[] pairs,
      float[] weights,
      int from,
      int to,
      double[] histogram,
      int[] shifts,
      int[] offsets) {
    int s0 = shifts[0];
    int s1 = shifts[1];
    int s2 = shifts[2];
    int s3 = shifts[3];
    int o0 = offsets[0];
    int o1 = offsets[1];
    int o2 = offsets[2];
    int o3 = offsets[3];
    for (int k = from; k < to; k++) {
      int code = codes[k];
      DoubleVector row = row2(pairs, k);
      add2(histogram, o0 + 2 * (code >>> s0 & 0xFF), row);
      add2(histogram, o1 + 2 * (code >>> s1 & 0xFF), row);
      add2(histogram, o2 + 2 * (code >>> s2 & 0xFF), row);
      add2(histogram, o3 + 2 * (code >>> s3 & 0xFF), row);
    }
  }

  private static void three2(
      int[] codes,
      long[] pairs,
      float[] weights,
      int from,
      int to,
      double[] histogram,
      int[] shifts,
      int[] offsets) {
    int s0 = shifts[0];
    int s1 = shifts[1];
    int s2 = shifts[2];
    int o0 = offsets[0];
    int o1 = offsets[1];
    int o2 = offsets[2];
    for (int k = from; k < to; k++) {
      int code = codes[k];
      DoubleVector row = row2(pairs, k);
      add2(histogram, o0 + 2 * (code >>> s0 & 0xFF), row);
      add2(histogram, o1 + 2 * (code >>> s1 & 0xFF), row);
      add2(histogram, o2 + 2 * (code >>> s2 & 0xFF), row);
    }
  }

  private static void two2(
      int[] codes,
      long[] pairs,
      float[] weights,
      int from,
      int to,
      double[] histogram,
      int[] shifts,
      int[] offsets) {
    int s0 = shifts[0];
    int s1 = shifts[1];
    int o0 = offsets[0];
    int o1 = offsets[1];
    for (int k = from; k < to; k++) {
      int code = codes[k];
      DoubleVector row = row2(pairs, k);
      add2(histogram, o0 + 2 * (code >>> s0 & 0xFF), row);
      add2(histogram, o1 + 2 * (code >>> s1 & 0xFF), row);
    }
  }

  private static void one2(
      int[] codes,
      long[] pairs,
      float[] weights,
      int from,
      int to,
      double[] histogram,
      int[] shifts,
      int[] offsets) {
    int s0 = shifts[0];
    int o0 = offsets[0];
    for (int k = from; k < to; k++) {
      int code = codes[k];
      DoubleVector row = row2(pairs, k);
      add2(histogram, o0 + 2 * (code >>> s0 & 0xFF), row);
    }
  }
}
