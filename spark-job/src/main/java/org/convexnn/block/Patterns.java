package org.convexnn.block;

import java.io.Serializable;
import java.util.Arrays;
import org.convexnn.linalg.Blas;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.leaf.LeafSearch;

/**
 * The activation patterns of a block's rows under a set of gates: one bit per half-space and
 * path, one leaf per tree, each row's leverage {@code (||z||^2 + 1)} in feature-map coordinates, and the
 * mapped features where rows need them.
 *
 * @param words 64-bit words per row
 * @param bits rows x words; bit p of a row is gate p, of half-spaces and paths
 * @param leaves the leaf of each tree
 * @param leverage squared norm of z~ = [z, 1] by row, the largest float at most: for chances of drawing
 *     rows, no bound may rest on it
 * @param mapped rows x k, z itself where the map {@linkplain FeatureMap#mapsRows maps rows}, else
 *     empty
 */
public record Patterns(int words, long[] bits, LeafCodes leaves, float[] leverage, double[] mapped)
    implements Serializable {

  // Features of the rows that one product maps: a usual dense block at once, a sparse one in parts.
  private static final int MAPPED_NUMBERS = 1 << 20;

  /** Rows that walk down a tree one after the other. */
  private static final int LEAST_BATCH = 256;

  /** Ranks of the rows that are searched at a time, about. */
  private static final int MOST_RANKS = 1 << 19;

  /** Evaluates all gates on all rows of a block, in double precision on raw features. */
  public static Patterns of(Block block, GateSet gates, FeatureMap map) {
    int n = block.rows();
    int d = block.features();
    int words = (gates.overlapping() + 63) / 64;
    long[] bits = new long[n * words];
    GateSet.Evaluator evaluator = gates.evaluator();
    int[] columns = new int[d];
    double[] values = new double[d];
    for (int r = 0; words > 0 && r < n; r++) {
      int nonZeros = block.copyNonZeros(r, columns, values);
      boolean[] active = evaluator.active(columns, values, nonZeros);
      for (int i = 0; i < active.length; i++) {
        if (active[i]) {
          bits[r * words + (i >> 6)] |= 1L << i;
        }
      }
    }
    LeafCodes leaves = leaves(block, gates);
    double[] mapped = new double[map.mapsRows() ? Math.multiplyExact(n, map.dimension()) : 0];
    float[] leverage = new float[n];
    if (map.dimension() == 0) {
      Arrays.fill(leverage, 1);
    } else {
      leverage = cheapNorms(block, map) ? scaled(block, map) : mapped(block, map, mapped);
    }
    return new Patterns(words, bits, leaves, leverage, mapped);
  }

  /** Tree by tree over some rows at a time, which stay in the cache. */
  private static LeafCodes leaves(Block block, GateSet gates) {
    int n = block.rows();
    LeafCodes codes = LeafCodes.zero(gates.forest().firstLeaves(), n);
    if (codes.trees() == 0 || n == 0) {
      return codes;
    }
    int d = block.features();
    int batch = Math.min(n, Math.max(LEAST_BATCH, MOST_RANKS / Math.max(1, d)));
    LeafSearch search = new LeafSearch(gates.forest(), d, batch);
    double[] row = new double[d];
    int[] reached = new int[batch];
    for (int from = 0; from < n; from += batch) {
      int count = Math.min(batch, n - from);
      for (int r = 0; r < count; r++) {
        block.copyRow(from + r, row);
        search.set(r, row);
      }
      for (int t = 0; t < codes.trees(); t++) {
        search.leaves(t, count, reached);
        codes.set(from, t, reached, count);
      }
    }
    return codes;
  }

  /** Patterns of trees alone, of rows without linear coordinates. */
  public static Patterns of(LeafCodes leaves, int rows) {
    float[] leverage = new float[rows];
    Arrays.fill(leverage, 1);
    return new Patterns(0, new long[0], leaves, leverage, new double[0]);
  }

  /** The {@link #bytes} that a row takes. */
  public static long bytesOfRow(GateSet gates, FeatureMap map) {
    int words = (gates.halfSpaces().size() + 63) / 64;
    return 8L * words
        + LeafCodes.bytesOfRow(gates.forest().firstLeaves())
        + 4
        + (map.mapsRows() ? 8L * map.dimension() : 0);
  }

  /** Whether z is a column scaling of rows with few non-zeros. */
  private static boolean cheapNorms(Block block, FeatureMap map) {
    return block.sparse() && map.linear() && map.matrix().length == 0;
  }

  /** The leverages where z is y. */
  private static float[] scaled(Block block, FeatureMap map) {
    SparseCoordinates coordinates = new SparseCoordinates(map.mean(), map.inverseScale());
    double base = coordinates.baseSquare();
    float[] leverage = new float[block.rows()];
    for (int r = 0; r < leverage.length; r++) {
      coordinates.load(block, r);
      leverage[r] = leverage(Math.max(0, base + coordinates.squareBesidesBase()));
    }
    return leverage;
  }

  /** The leverages; z is written where there is room for it. */
  private static float[] mapped(Block block, FeatureMap map, double[] mapped) {
    int d = block.features();
    int k = map.dimension();
    float[] leverage = new float[block.rows()];
    int most = Math.max(1, Math.min(leverage.length, MAPPED_NUMBERS / d));
    double[] x = new double[d];
    double[] rows = new double[most * d];
    for (int from = 0; from < leverage.length; from += most) {
      int count = Math.min(most, leverage.length - from);
      for (int r = 0; r < count; r++) {
        block.copyRow(from + r, x);
        System.arraycopy(x, 0, rows, r * d, d);
      }
      double[] z = map.applyRows(rows, count);
      for (int r = 0; r < count; r++) {
        double norm = Blas.norm(z, r * k, k);
        leverage[from + r] = leverage(norm * norm);
      }
      if (mapped.length > 0) {
        System.arraycopy(z, 0, mapped, from * k, count * k);
      }
    }
    return leverage;
  }

  private static float leverage(double square) {
    return (float) Math.min(1 + square, Float.MAX_VALUE);
  }

  /** Whether half-space or path p is active on row r. */
  public boolean active(int r, int p) {
    return (bits[r * words + (p >> 6)] >>> p & 1) != 0;
  }

  /** The leaf, numbered among the leaves of all trees, that row r reaches in tree t. */
  public int leaf(int r, int t) {
    return leaves.leaf(r, t);
  }

  /** The number of trees. */
  public int trees() {
    return leaves.trees();
  }

  /**
   * The blocks of weights that count for row r, ascending: 0, the linear one, and 1 + i of each
   * active group i.
   */
  public int[] activeGroups(int r, RowSetting setting) {
    int[] active = new int[1 + setting.halfSpaces() + trees()];
    int count = 1;
    for (int p = 0; p < setting.halfSpaces(); p++) {
      if (active(r, p)) {
        active[count++] = 1 + p;
      }
    }
    for (int t = 0; setting.leaves() > 0 && t < trees(); t++) {
      active[count++] = 1 + setting.halfSpaces() + leaf(r, t);
    }
    return Arrays.copyOf(active, count);
  }

  /** The words of bits of row r. */
  public long[] bitsOf(int r) {
    return Arrays.copyOfRange(bits, r * words, (r + 1) * words);
  }

  /** The leaves of row r. */
  public int[] leavesOf(int r) {
    int[] row = new int[trees()];
    Arrays.setAll(row, t -> leaf(r, t));
    return row;
  }

  /** The bytes the arrays take. */
  public long bytes() {
    return 8L * bits.length + leaves.size() + 4L * leverage.length + 8L * mapped.length;
  }
}
