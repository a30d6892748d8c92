package org.convexnn.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.Patterns;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSetting;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Tree;

/** The sizes that are measured: d features and P gates, half-spaces or the leaves of trees. */
public enum Shape {
  /** Many half-spaces on many features. */
  WIDE(64, 256, 0),
  /** Few half-spaces on few features. */
  NARROW(28, 64, 0),
  /** 40 trees of 32 leaves; one leaf of each is active on a row. */
  TREES(28, 0, 40);

  /** Rows of a benchmark: n. */
  static final int ROWS = 8192;

  /** Rows of a matrix product: about as many as a kernel's batch holds. */
  static final int BATCH = 1024;

  private static final int LEAVES = 32;
  private static final double CLIP = 8;
  private static final long SEED = 1;

  private final int features;
  private final int halfSpaces;
  private final int trees;

  Shape(int features, int halfSpaces, int trees) {
    this.features = features;
    this.halfSpaces = halfSpaces;
    this.trees = trees;
  }

  /** d. */
  int features() {
    return features;
  }

  /** P. */
  int gates() {
    return halfSpaces + trees * LEAVES;
  }

  /** Table rows that a kernel adds up for a row of data: one for four half-spaces, one for a tree. */
  int picks() {
    return halfSpaces / 4 + trees;
  }

  /** Rows of the table that each of them is chosen from. */
  int choices() {
    return trees > 0 ? LEAVES : 16;
  }

  /** The flops of one direction as a matrix product: {@code 2 n d P}. */
  double flops() {
    return 2.0 * ROWS * features * gates();
  }

  /** What half-spaces or trees it is made of. */
  String label() {
    return "d = "
        + features
        + ", "
        + (trees > 0 ? trees + " trees of " + LEAVES + " leaves" : halfSpaces + " half-spaces");
  }

  /** Normal rows, gates drawn at random; about half of the half-spaces are active on a row. */
  GatedBlock block() {
    double[] labels = new double[ROWS];
    double[] weights = new double[ROWS];
    Arrays.fill(weights, 1);
    double[] rows = normal(0, ROWS * features);
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) rows[i];
    }
    Block block = new Block(features, rows, labels, weights);
    return new GatedBlock(block, Patterns.of(block, gateSet(), map()));
  }

  /** The setting of kernels on {@link #block()}. */
  RowSetting setting(Precision precision) {
    return RowSetting.of(map(), gateSet(), new SquaredLoss(), new double[1], 0, 1, precision);
  }

  /** Trees have their rows clipped, as in a fit. */
  private FeatureMap map() {
    FeatureMap identity = FeatureMap.identity(features);
    return trees > 0 ? identity.clipped(CLIP) : identity;
  }

  private GateSet gateSet() {
    HalfSpaces half =
        new HalfSpaces(
            features,
            normal(1, halfSpaces * features),
            new double[halfSpaces],
            new double[halfSpaces]);
    List<Tree> all = new ArrayList<>();
    for (int t = 0; t < trees; t++) {
      all.add(tree(new CounterRandom(SEED, 2 + t)));
    }
    return new GateSet(half, all);
  }

  /** All leaves at the same depth: the children of node i are 2 i + 1 and 2 i + 2. */
  private Tree tree(CounterRandom random) {
    int nodes = LEAVES - 1;
    int[] feature = new int[nodes];
    double[] threshold = new double[nodes];
    int[] left = new int[nodes];
    int[] right = new int[nodes];
    for (int i = 0; i < nodes; i++) {
      feature[i] = random.nextInt(features);
      threshold[i] = random.nextGaussian() / 2;
      left[i] = 2 * i + 1 < nodes ? 2 * i + 1 : ~(2 * i + 1 - nodes);
      right[i] = 2 * i + 2 < nodes ? 2 * i + 2 : ~(2 * i + 2 - nodes);
    }
    return new Tree(feature, threshold, left, right);
  }

  /** Normal numbers. */
  static double[] normal(long stream, int length) {
    CounterRandom random = new CounterRandom(SEED, stream);
    double[] x = new double[length];
    Arrays.setAll(x, i -> random.nextGaussian());
    return x;
  }

  /** The same numbers in single precision. */
  static float[] floats(double[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) x[i];
    }
    return y;
  }

  /** Integers in [0, bound). */
  static int[] integers(long stream, int length, int bound) {
    CounterRandom random = new CounterRandom(SEED, stream);
    return IntStream.generate(() -> random.nextInt(bound)).limit(length).toArray();
  }
}
