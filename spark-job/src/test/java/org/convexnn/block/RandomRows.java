package org.convexnn.block;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.convexnn.loss.Loss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Tree;

/** Random blocks, gates and settings for tests, and F built in full. */
public final class RandomRows {

  private RandomRows() {}

  /** Rows with features in steps of 1/8 around zero, 0/1 labels and weights in (0, 2]. */
  public static Block block(long seed, int rows, int features) {
    Random random = new Random(seed);
    double[] values = new double[rows * features];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.rint(random.nextGaussian() * 8) / 8;
    }
    double[] labels = new double[rows];
    double[] weights = new double[rows];
    for (int r = 0; r < rows; r++) {
      labels[r] = random.nextInt(2);
      weights[r] = 2 - 2 * random.nextDouble();
    }
    return new Block(features, values, labels, weights);
  }

  /** The same rows with their non-zeros alone. */
  public static Block sparse(Block block) {
    int n = block.rows();
    int[] columns = new int[block.features()];
    double[] values = new double[block.features()];
    int[] starts = new int[n + 1];
    int[] allColumns = new int[n * block.features()];
    double[] allValues = new double[allColumns.length];
    double[] labels = new double[n];
    double[] weights = new double[n];
    for (int r = 0; r < n; r++) {
      int count = block.copyNonZeros(r, columns, values);
      System.arraycopy(columns, 0, allColumns, starts[r], count);
      System.arraycopy(values, 0, allValues, starts[r], count);
      starts[r + 1] = starts[r] + count;
      labels[r] = block.label(r);
      weights[r] = block.weight(r);
    }
    return new Block(
        new SparseFeatures(
            block.features(),
            starts,
            Arrays.copyOf(allColumns, starts[n]),
            Arrays.copyOf(allValues, starts[n])),
        labels,
        weights);
  }

  /** The same with a share of features that are not zero. */
  public static Block thinned(Block block, double density, long seed) {
    Random random = new Random(seed);
    int d = block.features();
    double[] values = new double[block.rows() * d];
    double[] labels = new double[block.rows()];
    double[] weights = new double[block.rows()];
    for (int r = 0; r < block.rows(); r++) {
      for (int j = 0; j < d; j++) {
        values[r * d + j] = random.nextDouble() < density ? block.value(r, j) : 0;
      }
      labels[r] = block.label(r);
      weights[r] = block.weight(r);
    }
    return new Block(d, values, labels, weights);
  }

  public static GateSet gates(long seed, int features, int halfSpaces, boolean trees) {
    Random random = new Random(seed);
    double[] centres = new double[halfSpaces];
    Arrays.fill(centres, 0.5);
    HalfSpaces half =
        new HalfSpaces(
            features,
            random.doubles(halfSpaces * features, -1, 1).toArray(),
            random.doubles(halfSpaces, -0.5, 0.5).toArray(),
            centres);
    int last = features - 1;
    Tree two =
        new Tree(new int[] {0, last}, new double[] {0, 0.3}, new int[] {~1, ~0}, new int[] {1, ~2});
    Tree one = new Tree(new int[] {last}, new double[] {-0.2}, new int[] {~0}, new int[] {~1});
    return new GateSet(half, trees ? List.of(two, one) : List.of());
  }

  public static FeatureMap map(long seed, int features) {
    Random random = new Random(seed);
    return new FeatureMap(
        random.doubles(features, -1, 1).toArray(),
        random.doubles(features, 0.5, 2).toArray(),
        random.doubles(features * features, -1, 1).toArray());
  }

  public static RowSetting setting(
      FeatureMap map, GateSet gates, Loss loss, double[] offset, Precision precision) {
    return RowSetting.of(map, gates, loss, offset, 0.25, 2, precision);
  }

  public static GatedBlock gated(Block block, GateSet gates, FeatureMap map) {
    return new GatedBlock(block, Patterns.of(block, gates, map));
  }

  /** The rows [y~, s_1 y~, ..., s_P y~] in full, from the definitions of gates and map. */
  public static double[][] expanded(Block block, GateSet gates, FeatureMap map) {
    int d = block.features();
    int width = d + 1;
    double[][] f = new double[block.rows()][(1 + gates.size()) * width];
    double[] x = new double[d];
    for (int r = 0; r < block.rows(); r++) {
      block.copyRow(r, x);
      double[] y = new double[width];
      for (int j = 0; j < d; j++) {
        y[j] = (x[j] - map.mean()[j]) * map.inverseScale()[j];
      }
      y[d] = 1;
      List<Integer> active = new ArrayList<>(List.of(0));
      HalfSpaces half = gates.halfSpaces();
      for (int p = 0; p < half.size(); p++) {
        double score = 0;
        for (int j = 0; j < d; j++) {
          score += x[j] * half.directions()[p * d + j];
        }
        if (score >= half.thresholds()[p]) {
          active.add(1 + p);
        }
      }
      int at = 1 + half.size();
      for (Tree tree : gates.trees()) {
        active.add(at + tree.leaf(x));
        at += tree.leaves();
      }
      for (int block0 : active) {
        System.arraycopy(y, 0, f[r], block0 * width, width);
      }
    }
    return f;
  }
}
