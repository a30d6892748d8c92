package org.convexnn.block;

import java.io.Serializable;
import org.convexnn.linalg.Blas;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Tree;

/**
 * The activation patterns of a block's rows under a set of gates: one bit per half-space, one
 * integer per tree, each row's leverage {@code (||z||^2 + 1)} in feature-map coordinates, and the
 * mapped features where rows need them.
 *
 * @param words 64-bit words per row
 * @param bits rows x words; bit p of a row is gate p
 * @param trees trees per row
 * @param leaves rows x trees; the leaf's number among the leaves of all trees
 * @param leverage squared norm of z~ = [z, 1] by row
 * @param mapped rows x k, z itself where the map {@linkplain FeatureMap#mapsRows maps rows}, else
 *     empty
 */
public record Patterns(
    int words, long[] bits, int trees, int[] leaves, float[] leverage, double[] mapped)
    implements Serializable {

  /** Evaluates all gates on all rows of a block, in double precision on raw features. */
  public static Patterns of(Block block, GateSet gates, FeatureMap map) {
    int n = block.rows();
    int d = block.features();
    HalfSpaces halfSpaces = gates.halfSpaces();
    int p = halfSpaces.size();
    int words = (p + 63) / 64;
    int trees = gates.trees().size();
    long[] bits = new long[n * words];
    int[] leaves = new int[n * trees];
    float[] leverage = new float[n];
    double[] transposed = halfSpaces.transposed();
    double[] scores = new double[p];
    double[] x = new double[d];
    double[] values = new double[n * d];
    for (int r = 0; r < n; r++) {
      block.copyRow(r, x);
      System.arraycopy(x, 0, values, r * d, d);
      if (p > 0) {
        halfSpaces.scores(transposed, x, scores);
        for (int i = 0; i < p; i++) {
          if (halfSpaces.active(i, scores[i])) {
            bits[r * words + (i >> 6)] |= 1L << i;
          }
        }
      }
      int first = 0;
      for (int t = 0; t < trees; t++) {
        Tree tree = gates.trees().get(t);
        leaves[r * trees + t] = first + tree.leaf(x);
        first += tree.leaves();
      }
    }
    double[] z = map.applyRows(values, n);
    int k = map.dimension();
    for (int r = 0; r < n; r++) {
      double norm = Blas.norm(z, r * k, k);
      leverage[r] = (float) Math.min(1 + norm * norm, Float.MAX_VALUE);
    }
    return new Patterns(words, bits, trees, leaves, leverage, map.mapsRows() ? z : new double[0]);
  }

  /** Whether half-space p is active on row r. */
  public boolean active(int r, int p) {
    return (bits[r * words + (p >> 6)] >>> p & 1) != 0;
  }

  /** The leaf, numbered among the leaves of all trees, that row r reaches in tree t. */
  public int leaf(int r, int t) {
    return leaves[r * trees + t];
  }

  /** The words of bits of row r. */
  public long[] bitsOf(int r) {
    return java.util.Arrays.copyOfRange(bits, r * words, (r + 1) * words);
  }

  /** The leaves of row r. */
  public int[] leavesOf(int r) {
    return java.util.Arrays.copyOfRange(leaves, r * trees, (r + 1) * trees);
  }

  /** The bytes the arrays take. */
  public long bytes() {
    return 8L * bits.length + 4L * leaves.length + 4L * leverage.length + 8L * mapped.length;
  }
}
