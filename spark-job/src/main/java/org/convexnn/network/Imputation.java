package org.convexnn.network;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What the parts of a network that are linear see of a row with missing values (NaN): the d numbers x
 * become d + m finite ones,
 *
 * <pre>x_j where it is there, else v_j;   then 1 where x_i is missing, else 0, of m columns i</pre>
 *
 * <p>Zeros of sparse rows are zeros, never missing. Trees of constant leaves need none of this: each
 * test knows the side of a missing value ({@link Tree}).
 *
 * @param values v, d finite numbers; none where rows are taken as they are
 * @param indicated the m columns that have an indicator, ascending
 */
public record Imputation(double[] values, int[] indicated) implements Serializable {

  /** Rows are taken as they are. */
  public static final Imputation NONE = new Imputation(new double[0], new int[0]);

  /**
   * Checks that values are finite and columns ascend.
   *
   * @throws IllegalArgumentException naming what is not
   */
  public Imputation {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("a missing value becomes " + value);
      }
    }
    int last = -1;
    for (int column : indicated) {
      if (column <= last || column >= values.length) {
        throw new IllegalArgumentException(
            "indicators of columns "
                + Arrays.toString(indicated)
                + " of "
                + values.length
                + "; they must ascend");
      }
      last = column;
    }
  }

  /** Whether rows are taken as they are. */
  public boolean none() {
    return values.length == 0;
  }

  /** d + m. */
  public int width() {
    return values.length + indicated.length;
  }

  /** The d + m numbers of a row; the row itself, which is never written to, where it stays as it is. */
  public double[] apply(double[] x) {
    if (none()) {
      return x;
    }
    double[] complete = Arrays.copyOf(x, width());
    for (int j = 0; j < values.length; j++) {
      complete[j] = Double.isNaN(x[j]) ? values[j] : x[j];
    }
    for (int i = 0; i < indicated.length; i++) {
      complete[values.length + i] = Double.isNaN(x[indicated[i]]) ? 1 : 0;
    }
    return complete;
  }

  /**
   * The non-zeros of the d + m numbers of a row.
   *
   * @param columns of the row's own non-zeros, ascending
   */
  public NonZeros apply(int[] columns, double[] x) {
    NonZeros row = new NonZeros(columns, x);
    if (none() || Arrays.stream(x).noneMatch(Double::isNaN)) {
      return row;
    }
    int[] to = Arrays.copyOf(columns, columns.length + indicated.length);
    double[] complete = Arrays.copyOf(x, to.length);
    int count = columns.length;
    for (int k = 0; k < columns.length; k++) {
      if (Double.isNaN(x[k])) {
        complete[k] = values[columns[k]];
        int indicator = Arrays.binarySearch(indicated, columns[k]);
        if (indicator >= 0) {
          to[count] = values.length + indicator;
          complete[count++] = 1;
        }
      }
    }
    return new NonZeros(Arrays.copyOf(to, count), Arrays.copyOf(complete, count));
  }

  /**
   * A sparse row.
   *
   * @param columns ascending
   * @param values one each
   */
  public record NonZeros(int[] columns, double[] values) {}
}
