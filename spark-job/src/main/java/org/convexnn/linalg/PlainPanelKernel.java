package org.convexnn.linalg;

import java.util.Arrays;

/** {@link PanelKernel} in loops that every JVM runs. */
final class PlainPanelKernel implements PanelKernel {

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
    for (int r = 0; r < count; r++) {
      int to = outAt + r * stride;
      for (int k = r * picks; k < (r + 1) * picks; k++) {
        add(table, at + codes[k] * width, out, to, width);
      }
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
    for (int r = 0; r < count; r++) {
      int from = inAt + r * stride;
      for (int k = r * picks; k < (r + 1) * picks; k++) {
        add(in, from, table, at + codes[k] * width, width);
      }
    }
  }

  private static void add(float[] from, int fromAt, float[] to, int toAt, int length) {
    for (int j = 0; j < length; j++) {
      to[toAt + j] += from[fromAt + j];
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
    for (int r = 0; r < count; r++) {
      int to = outAt + r * stride;
      for (int k = r * picks; k < (r + 1) * picks; k++) {
        add(table, at + codes[k] * width, out, to, width);
      }
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
    for (int r = 0; r < count; r++) {
      int from = inAt + r * stride;
      for (int k = r * picks; k < (r + 1) * picks; k++) {
        add(in, from, table, at + codes[k] * width, width);
      }
    }
  }

  private static void add(double[] from, int fromAt, double[] to, int toAt, int length) {
    for (int j = 0; j < length; j++) {
      to[toAt + j] += from[fromAt + j];
    }
  }

  @Override
  public void outerProducts(double[] z, int count, int stride, double[] c) {
    Arrays.fill(c, 0, stride * stride, 0);
    for (int r = 0; r < count; r++) {
      int row = r * stride;
      for (int i = 0; i < stride; i++) {
        double factor = z[row + i];
        for (int j = i; j < stride; j++) {
          c[i * stride + j] += factor * z[row + j];
        }
      }
    }
  }

  @Override
  public void axpy(double a, double[] x, int xAt, double[] y, int yAt, int width) {
    for (int j = 0; j < width; j++) {
      y[yAt + j] += a * x[xAt + j];
    }
  }
}
