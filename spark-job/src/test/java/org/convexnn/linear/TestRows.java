package org.convexnn.linear;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.convexnn.block.Block;
import org.convexnn.solver.LocalRows;

/** Rows in memory, in blocks of two. */
final class TestRows {

  private TestRows() {}

  static LocalRows of(double[][] x, double[] y, double[] weights) {
    int d = x[0].length;
    List<Block> blocks = new ArrayList<>();
    for (int from = 0; from < x.length; from += 2) {
      int to = Math.min(x.length, from + 2);
      double[] values = new double[(to - from) * d];
      for (int r = from; r < to; r++) {
        System.arraycopy(x[r], 0, values, (r - from) * d, d);
      }
      blocks.add(
          new Block(
              d, values, Arrays.copyOfRange(y, from, to), Arrays.copyOfRange(weights, from, to)));
    }
    return new LocalRows(blocks);
  }

  static double[] ones(int n) {
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    return ones;
  }
}
