package org.convexnn.linalg;

import java.util.Arrays;

/**
 * A matrix T of doubles whose rows are picked and summed by code. With M the 0/1 matrix that has
 * ones at (r, codes_rk):
 *
 * <pre>gather:  X += M T        (count x columns)
 * scatter: T += M' X</pre>
 *
 * <p>T is stored in panels of {@value #PANEL} columns, so that the rows that are picked again and
 * again stay in the cache; X is row-major with rows of {@link #stride} numbers. Its twin is {@link
 * FloatTable}.
 */
public final class DoubleTable {

  private static final int PANEL = 64;
  private static final int PADDING = 8;

  private final int rows;
  private final int columns;
  private final int stride;
  private final double[] values;

  /**
   * A table of zeros.
   *
   * @throws IllegalArgumentException if it has more numbers than an array can hold
   */
  public DoubleTable(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    this.stride = stride(columns);
    long size = (long) rows * stride;
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "a table of " + rows + " x " + columns + " numbers is too large; use fewer gates");
    }
    this.values = new double[(int) size];
  }

  /** The numbers from one row of X to the next: columns, rounded up to whole vectors. */
  public static int stride(int columns) {
    return (columns + PADDING - 1) / PADDING * PADDING;
  }

  /** The numbers from one row of X to the next. */
  public int stride() {
    return stride;
  }

  /**
   * {@code y += a x} on {@code width} numbers, for tables whose rows are neither picked in panels
   * nor summed alone.
   *
   * @param width a {@link #stride}
   */
  public static void axpy(double a, double[] x, int xAt, double[] y, int yAt, int width) {
    PanelKernel.BEST.axpy(a, x, xAt, y, yAt, width);
  }

  /** Sets all of T to 0. */
  public void clear() {
    Arrays.fill(values, 0);
  }

  /** {@code T_row = x[at .. at + columns)}. */
  public void set(int row, double[] x, int at) {
    for (int panel = 0; panel < columns; panel += PANEL) {
      int to = index(row, panel);
      int width = Math.min(PANEL, columns - panel);
      for (int j = 0; j < width; j++) {
        values[to + j] = x[at + panel + j];
      }
    }
  }

  /** {@code x[at .. at + columns) += T_row}. */
  public void addTo(int row, double[] x, int at) {
    for (int panel = 0; panel < columns; panel += PANEL) {
      int from = index(row, panel);
      int width = Math.min(PANEL, columns - panel);
      for (int j = 0; j < width; j++) {
        x[at + panel + j] += values[from + j];
      }
    }
  }

  /** {@code T_row += T_other}. */
  public void add(int row, int other) {
    for (int panel = 0; panel < columns; panel += PANEL) {
      int to = index(row, panel);
      int from = index(other, panel);
      int width = width(panel);
      for (int j = 0; j < width; j++) {
        values[to + j] += values[from + j];
      }
    }
  }

  private int index(int row, int panel) {
    return panel * rows + row * width(panel);
  }

  private int width(int panel) {
    return Math.min(PANEL, stride - panel);
  }

  /**
   * {@code X += M T}.
   *
   * @param codes count x picks rows of T
   * @param x count rows of {@link #stride} numbers
   */
  public void gather(int[] codes, int picks, int count, double[] x) {
    for (int panel = 0; panel < columns; panel += PANEL) {
      PanelKernel.BEST.gather(
          codes, picks, count, values, panel * rows, width(panel), x, panel, stride);
    }
  }

  /**
   * {@code T += M' X}.
   *
   * @param codes count x picks rows of T
   * @param x count rows of {@link #stride} numbers, zero beyond the columns
   */
  public void scatter(int[] codes, int picks, int count, double[] x) {
    for (int panel = 0; panel < columns; panel += PANEL) {
      PanelKernel.BEST.scatter(
          codes, picks, count, values, panel * rows, width(panel), x, panel, stride);
    }
  }
}
