package org.convexnn.linear;

import java.util.Arrays;
import org.convexnn.solver.LocalProblem;
import org.convexnn.solver.rows.LocalRows;

/** Rows in memory, in blocks of two. */
final class TestRows {

  private TestRows() {}

  static LocalRows of(double[][] x, double[] y, double[] weights) {
    return LocalProblem.rows(x, y, weights, 2);
  }

  static double[] ones(int n) {
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    return ones;
  }
}
