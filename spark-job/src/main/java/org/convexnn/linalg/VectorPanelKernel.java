package org.convexnn.linalg;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link PanelKernel} on the JDK's vector module: four, two or one vectors of a row stay in
 * registers while the picked rows pass by. Species must be constants and the variants written out,
 * or the compiler boxes every vector.
 */
final class VectorPanelKernel implements PanelKernel {

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
  private static final int FLOAT_LANES = FLOATS.length();
  private static final int DOUBLE_LANES = DOUBLES.length();

  @Override
  public void gather(
      int[] codes,
      int picks,
      int count,
      float[] table,
      int at,
      int width,
      float[] out,
      int outAt,
      int stride) {
    int j = 0;
    for (; j + 4 * FLOAT_LANES <= width; j += 4 * FLOAT_LANES) {
      gather4(codes, picks, count, table, at + j, width, out, outAt + j, stride);
    }
    if (j + 2 * FLOAT_LANES <= width) {
      gather2(codes, picks, count, table, at + j, width, out, outAt + j, stride);
      j += 2 * FLOAT_LANES;
    }
    if (j < width) {
      gather1(codes, picks, count, table, at + j, width, out, outAt + j, stride);
    }
  }

  private static void gather4(
      int[] codes,
      int picks,
      int count,
      float[] table,
      int at,
      int width,
      float[] out,
      int outAt,
      int stride) {
    for (int r = 0; r < count; r++) {
      int row = outAt + r * stride;
      FloatVector v0 = FloatVector.fromArray(FLOATS, out, row);
      FloatVector v1 = FloatVector.fromArray(FLOATS, out, row + FLOAT_LANES);
      FloatVector v2 = FloatVector.fromArray(FLOATS, out, row + 2 * FLOAT_LANES);
      FloatVector v3 = FloatVector.fromArray(FLOATS, out, row + 3 * FLOAT_LANES);
      for (int k = r * picks; k < (r + 1) * picks; k++) {
        int pick = at + codes[k] * width;
        v0 = v0.add(FloatVector.fromArray(FLOATS, table, pick));
        v1 = v1.add(FloatVector.fromArray(FLOATS, table, pick + FLOAT_LANES));
        v2 = v2.add(FloatVector.fromArray(FLOATS, table, pick + 2 * FLOAT_LANES));
        v3 = v3.add(FloatVector.fromArray(FLOATS, table, pick + 3 * FLOAT_LANES));
      }
      v0.intoArray(out, row);
      v1.intoArray(out, row + FLOAT_LANES);
      v2.intoArray(out, row + 2 * FLOAT_LANES);
      v3.intoArray(out, row + 3 * FLOAT_LANES);
    }
  }

  private static void gather2(
      int[] codes,
      int picks,
      int count,
      float[] table,
      int at,
      int width,
      float[] out,
      int outAt,
      int stride) {
    for (int r = 0; r < count; r++) {
      int row = outAt + r * stride;
      FloatVector v0 = FloatVector.fromArray(FLOATS, out, row);
      FloatVector v1 = FloatVector.fromArray(FLOATS, out, row + FLOAT_LANES);
      for (int k = r * picks; k < (r + 1) * picks; k++) {
        int pick = at + codes[k] * width;
        v0 = v0.add(FloatVector.fromArray(FLOATS, table, pick));
        v1 = v1.add(FloatVector.fromArray(FLOATS, table, pick + FLOAT_LANES));
      }
      v0.intoArray(out, row);
      v1.intoArray(out, row + FLOAT_LANES);
    }
  }

  private static void gather1(
      int[] codes,
      int picks,
      int count,
      float[] table,
      int at,
      int width,
      float[] out,
      int outAt,
      int stride) {
    for (int r = 0; r < count; r++) {
      int row = outAt + r * stride;
      FloatVector v0 = FloatVector.fromArray(FLOATS, out, row);
      for (int k = r * picks; k < (r + 1) * picks; k++) {
        int pick = at + codes[k] * width;
        v0 = v0.add(FloatVector.fromArray(FLOATS, table, pick));
      }
      v0.intoArray(out, row);
    }
  }

  @Override
  public void scatter(
      int[] codes,
      int picks,
      int count,
      float[] table,
      int at,
      int width,
      float[] in,
      int inAt,
      int stride) {
    int j = 0;
    for (; j + 4 * FLOAT_LANES <= width; j += 4 * FLOAT_LANES) {
      scatter4(codes, picks, count, table, at + j, width, in, inAt + j, stride);
    }
    if (j + 2 * FLOAT_LANES <= width) {
      scatter2(codes, picks, count, table, at + j, width, in, inAt + j, stride);
      j += 2 * FLOAT_LANES;
    }
    if (j < width) {
      scatter1(codes, picks, count, table, at + j, width, in, inAt + j, stride);
    }
  }

  private static void scatter4(
      int[] codes,
      int picks,
      int count,
      float[] table,
      int at,
      int width,
      float[] in,
      int inAt,
      int stride) {
    for (int r = 0; r < count; r++) {
      int row = inAt + r * stride;
      FloatVector v0 = FloatVector.fromArray(FLOATS, in, row);
      FloatVector v1 = FloatVector.fromArray(FLOATS, in, row + FLOAT_LANES);
      FloatVector v2 = FloatVector.fromArray(FLOATS, in, row + 2 * FLOAT_LANES);
      FloatVector v3 = FloatVector.fromArray(FLOATS, in, row + 3 * FLOAT_LANES);
      for (int k = r * picks; k < (r + 1) * picks; k++) {
        int pick = at + codes[k] * width;
        FloatVector.fromArray(FLOATS, table, pick).add(v0).intoArray(table, pick);
        FloatVector.fromArray(FLOATS, table, pick + FLOAT_LANES)
            .add(v1)
            .intoArray(table, pick + FLOAT_LANES);
        FloatVector.fromArray(FLOATS, table, pick + 2 * FLOAT_LANES)
            .add(v2)
            .intoArray(table, pick + 2 * FLOAT_LANES);
        FloatVector.fromArray(FLOATS, table, pick + 3 * FLOAT_LANES)
            .add(v3)
            .intoArray(table, pick + 3 * FLOAT_LANES);
      }
    }
  }

  private static void scatter2(
      int[] codes,
      int picks,
      int count,
      float[] table,
      int at,
      int width,
      float[] in,
      int inAt,
      int stride) {
    for (int r = 0; r < count; r++) {
      int row = inAt + r * stride;
      FloatVector v0 = FloatVector.fromArray(FLOATS, in, row);
      FloatVector v1 = FloatVector.fromArray(FLOATS, in, row + FLOAT_LANES);
      for (int k = r * picks; k < (r + 1) * picks; k++) {
        int pick = at + codes[k] * width;
        FloatVector.fromArray(FLOATS, table, pick).add(v0).intoArray(table, pick);
        FloatVector.fromArray(FLOATS, table, pick + FLOAT_LANES)
            .add(v1)
            .intoArray(table, pick + FLOAT_LANES);
      }
    }
  }

  private static void scatter1(
      int[] codes,
      int picks,
      int count,
      float[] table,
      int at,
      int width,
      float[] in,
      int inAt,
      int stride) {
    for (int r = 0; r < count; r++) {
      int row = inAt + r * stride;
      FloatVector v0 = FloatVector.fromArray(FLOATS, in, row);
      for (int k = r * picks; k < (r + 1) * picks; k++) {
        int pick = at + codes[k] * width;
        FloatVector.fromArray(FLOATS, table, pick).add(v0).intoArray(table, pick);
      }
    }
  }

  @Override
  public void gather(
      int[] codes,
      int picks,
      int count,
      double[] table,
      int at,
      int width,
      double[] out,
      int outAt,
      int stride) {
    int j = 0;
    for (; j + 4 * DOUBLE_LANES <= width; j += 4 * DOUBLE_LANES) {
      gather4(codes, picks, count, table, at + j, width, out, outAt + j, stride);
    }
    if (j + 2 * DOUBLE_LANES <= width) {
      gather2(codes, picks, count, table, at + j, width, out, outAt + j, stride);
      j += 2 * DOUBLE_LANES;
    }
    if (j < width) {
      gather1(codes, picks, count, table, at + j, width, out, outAt + j, stride);
    }
  }

  private static void gather4(
      int[] codes,
      int picks,
      int count,
      double[] table,
      int at,
      int width,
      double[] out,
      int outAt,
      int stride) {
    for (int r = 0; r < count; r++) {
      int row = outAt + r * stride;
      DoubleVector v0 = DoubleVector.fromArray(DOUBLES, out, row);
      DoubleVector v1 = DoubleVector.fromArray(DOUBLES, out, row + DOUBLE_LANES);
      DoubleVector v2 = DoubleVector.fromArray(DOUBLES, out, row + 2 * DOUBLE_LANES);
      DoubleVector v3 = DoubleVector.fromArray(DOUBLES, out, row + 3 * DOUBLE_LANES);
      for (int k = r * picks; k < (r + 1) * picks; k++) {
        int pick = at + codes[k] * width;
        v0 = v0.add(DoubleVector.fromArray(DOUBLES, table, pick));
        v1 = v1.add(DoubleVector.fromArray(DOUBLES, table, pick + DOUBLE_LANES));
        v2 = v2.add(DoubleVector.fromArray(DOUBLES, table, pick + 2 * DOUBLE_LANES));
        v3 = v3.add(DoubleVector.fromArray(DOUBLES, table, pick + 3 * DOUBLE_LANES));
      }
      v0.intoArray(out, row);
      v1.intoArray(out, row + DOUBLE_LANES);
      v2.intoArray(out, row + 2 * DOUBLE_LANES);
      v3.intoArray(out, row + 3 * DOUBLE_LANES);
    }
  }

  private static void gather2(
      int[] codes,
      int picks,
      int count,
      double[] table,
      int at,
      int width,
      double[] out,
      int outAt,
      int stride) {
    for (int r = 0; r < count; r++) {
      int row = outAt + r * stride;
      DoubleVector v0 = DoubleVector.fromArray(DOUBLES, out, row);
      DoubleVector v1 = DoubleVector.fromArray(DOUBLES, out, row + DOUBLE_LANES);
      for (int k = r * picks; k < (r + 1) * picks; k++) {
        int pick = at + codes[k] * width;
        v0 = v0.add(DoubleVector.fromArray(DOUBLES, table, pick));
        v1 = v1.add(DoubleVector.fromArray(DOUBLES, table, pick + DOUBLE_LANES));
      }
      v0.intoArray(out, row);
      v1.intoArray(out, row + DOUBLE_LANES);
    }
  }

  private static void gather1(
      int[] codes,
      int picks,
      int count,
      double[] table,
      int at,
      int width,
      double[] out,
      int outAt,
      int stride) {
    for (int r = 0; r < count; r++) {
      int row = outAt + r * stride;
      DoubleVector v0 = DoubleVector.fromArray(DOUBLES, out, row);
      for (int k = r * picks; k < (r + 1) * picks; k++) {
        int pick = at + codes[k] * width;
        v0 = v0.add(DoubleVector.fromArray(DOUBLES, table, pick));
      }
      v0.intoArray(out, row);
    }
  }

  @Override
  public void scatter(
      int[] codes,
      int picks,
      int count,
      double[] table,
      int at,
      int width,
      double[] in,
      int inAt,
      int stride) {
    int j = 0;
    for (; j + 4 * DOUBLE_LANES <= width; j += 4 * DOUBLE_LANES) {
      scatter4(codes, picks, count, table, at + j, width, in, inAt + j, stride);
    }
    if (j + 2 * DOUBLE_LANES <= width) {
      scatter2(codes, picks, count, table, at + j, width, in, inAt + j, stride);
      j += 2 * DOUBLE_LANES;
    }
    if (j < width) {
      scatter1(codes, picks, count, table, at + j, width, in, inAt + j, stride);
    }
  }

  private static void scatter4(
      int[] codes,
      int picks,
      int count,
      double[] table,
      int at,
      int width,
      double[] in,
      int inAt,
      int stride) {
    for (int r = 0; r < count; r++) {
      int row = inAt + r * stride;
      DoubleVector v0 = DoubleVector.fromArray(DOUBLES, in, row);
      DoubleVector v1 = DoubleVector.fromArray(DOUBLES, in, row + DOUBLE_LANES);
      DoubleVector v2 = DoubleVector.fromArray(DOUBLES, in, row + 2 * DOUBLE_LANES);
      DoubleVector v3 = DoubleVector.fromArray(DOUBLES, in, row + 3 * DOUBLE_LANES);
      for (int k = r * picks; k < (r + 1) * picks; k++) {
        int pick = at + codes[k] * width;
        DoubleVector.fromArray(DOUBLES, table, pick).add(v0).intoArray(table, pick);
        DoubleVector.fromArray(DOUBLES, table, pick + DOUBLE_LANES)
            .add(v1)
            .intoArray(table, pick + DOUBLE_LANES);
        DoubleVector.fromArray(DOUBLES, table, pick + 2 * DOUBLE_LANES)
            .add(v2)
            .intoArray(table, pick + 2 * DOUBLE_LANES);
        DoubleVector.fromArray(DOUBLES, table, pick + 3 * DOUBLE_LANES)
            .add(v3)
            .intoArray(table, pick + 3 * DOUBLE_LANES);
      }
    }
  }

  private static void scatter2(
      int[] codes,
      int picks,
      int count,
      double[] table,
      int at,
      int width,
      double[] in,
      int inAt,
      int stride) {
    for (int r = 0; r < count; r++) {
      int row = inAt + r * stride;
      DoubleVector v0 = DoubleVector.fromArray(DOUBLES, in, row);
      DoubleVector v1 = DoubleVector.fromArray(DOUBLES, in, row + DOUBLE_LANES);
      for (int k = r * picks; k < (r + 1) * picks; k++) {
        int pick = at + codes[k] * width;
        DoubleVector.fromArray(DOUBLES, table, pick).add(v0).intoArray(table, pick);
        DoubleVector.fromArray(DOUBLES, table, pick + DOUBLE_LANES)
            .add(v1)
            .intoArray(table, pick + DOUBLE_LANES);
      }
    }
  }

  private static void scatter1(
      int[] codes,
      int picks,
      int count,
      double[] table,
      int at,
      int width,
      double[] in,
      int inAt,
      int stride) {
    for (int r = 0; r < count; r++) {
      int row = inAt + r * stride;
      DoubleVector v0 = DoubleVector.fromArray(DOUBLES, in, row);
      for (int k = r * picks; k < (r + 1) * picks; k++) {
        int pick = at + codes[k] * width;
        DoubleVector.fromArray(DOUBLES, table, pick).add(v0).intoArray(table, pick);
      }
    }
  }

  @Override
  public void outerProducts(double[] z, int count, int stride, double[] c) {
    for (int j = 0; j < stride; j += 2 * DOUBLE_LANES) {
      for (int i = 0; i < j + 2 * DOUBLE_LANES; i += 4) {
        outerTile(z, count, stride, i, j, c);
      }
    }
  }

  /** Four rows by two vectors of the result stay in registers while the rows of z pass by. */
  private static void outerTile(double[] z, int count, int stride, int i, int j, double[] c) {
    DoubleVector c00 = DoubleVector.zero(DOUBLES);
    DoubleVector c01 = c00;
    DoubleVector c10 = c00;
    DoubleVector c11 = c00;
    DoubleVector c20 = c00;
    DoubleVector c21 = c00;
    DoubleVector c30 = c00;
    DoubleVector c31 = c00;
    for (int at = 0; at < count * stride; at += stride) {
      DoubleVector right0 = DoubleVector.fromArray(DOUBLES, z, at + j);
      DoubleVector right1 = DoubleVector.fromArray(DOUBLES, z, at + j + DOUBLE_LANES);
      DoubleVector left = DoubleVector.broadcast(DOUBLES, z[at + i]);
      c00 = left.fma(right0, c00);
      c01 = left.fma(right1, c01);
      left = DoubleVector.broadcast(DOUBLES, z[at + i + 1]);
      c10 = left.fma(right0, c10);
      c11 = left.fma(right1, c11);
      left = DoubleVector.broadcast(DOUBLES, z[at + i + 2]);
      c20 = left.fma(right0, c20);
      c21 = left.fma(right1, c21);
      left = DoubleVector.broadcast(DOUBLES, z[at + i + 3]);
      c30 = left.fma(right0, c30);
      c31 = left.fma(right1, c31);
    }
    int to = i * stride + j;
    c00.intoArray(c, to);
    c01.intoArray(c, to + DOUBLE_LANES);
    c10.intoArray(c, to + stride);
    c11.intoArray(c, to + stride + DOUBLE_LANES);
    c20.intoArray(c, to + 2 * stride);
    c21.intoArray(c, to + 2 * stride + DOUBLE_LANES);
    c30.intoArray(c, to + 3 * stride);
    c31.intoArray(c, to + 3 * stride + DOUBLE_LANES);
  }

  @Override
  public void axpy(double a, double[] x, int xAt, double[] y, int yAt, int width) {
    for (int j = 0; j < width; j += DOUBLE_LANES) {
      DoubleVector.fromArray(DOUBLES, y, yAt + j)
          .add(DoubleVector.fromArray(DOUBLES, x, xAt + j).mul(a))
          .intoArray(y, yAt + j);
    }
  }
}
