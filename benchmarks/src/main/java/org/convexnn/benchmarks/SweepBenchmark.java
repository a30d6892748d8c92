package org.convexnn.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.LeafCodes;
import org.convexnn.block.Patterns;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSetting;
import org.convexnn.block.pass.StepPass;
import org.convexnn.block.pass.gated.SweepPass;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.Forest;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.LeafModel;
import org.convexnn.network.Tree;
import org.convexnn.network.leaf.LeafOrder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Sweeps of block descent over {@value #TREES} trees of {@value #LEAVES} constant leaves, squared loss,
 * one thread; and, as a measure of the machine, the sum of an array that no cache holds.
 */
@State(Scope.Benchmark)
public class SweepBenchmark {

  /** T. */
  static final int TREES = 100;

  /** L. */
  static final int LEAVES = 128;

  /** Sweeps that are timed at a time. */
  static final int SWEEPS = 4;

  /** Numbers of the array that is summed: 256 MB. */
  static final int NUMBERS = 1 << 25;

  /** Rows of the partition. */
  @Param({"10000", "100000", "1000000"})
  public int rows;

  private SweepPass pass;
  private GatedBlock block;
  private double[] numbers;

  /** Makes rows whose leaves are drawn at random. */
  @Setup
  public void setUp() {
    SplittableRandom random = new SplittableRandom(1);
    List<Tree> trees = new ArrayList<>();
    for (int t = 0; t < TREES; t++) {
      trees.add(chain());
    }
    Forest forest = Forest.shared(trees, LeafModel.CONSTANT);
    GateSet gates = new GateSet(HalfSpaces.none(1), List.of(), forest);
    RowSetting setting =
        RowSetting.of(
            FeatureMap.none(1), gates, new SquaredLoss(), new double[1], 0, 1, Precision.FLOAT64);
    byte[][] codes = new byte[TREES][rows];
    for (byte[] tree : codes) {
      random.nextBytes(tree);
      for (int r = 0; r < rows; r++) {
        tree[r] &= LEAVES - 1;
      }
    }
    double[] labels = random.doubles(rows).toArray();
    double[] weights = new double[rows];
    Arrays.fill(weights, 1);
    block =
        new GatedBlock(
            Block.withoutFeatures(labels, weights, random.longs(rows).toArray()),
            Patterns.of(LeafCodes.slice(forest.firstLeaves(), codes, 0, rows), rows));
    double[] scales = new double[forest.leaves()];
    Arrays.fill(scales, 10);
    pass =
        new SweepPass(
            setting,
            new double[setting.length()],
            new double[0],
            scales,
            new double[0],
            LeafOrder.NONE,
            new SweepPass.Penalty(1, 0, 1e-3),
            0,
            SWEEPS);
    numbers = random.doubles(NUMBERS).toArray();
  }

  private static Tree chain() {
    int nodes = LEAVES - 1;
    int[] left = new int[nodes];
    int[] right = new int[nodes];
    double[] threshold = new double[nodes];
    for (int node = 0; node < nodes; node++) {
      threshold[node] = node;
      left[node] = ~node;
      right[node] = node + 1 < nodes ? node + 1 : ~(node + 1);
    }
    return new Tree(new int[nodes], threshold, left, right);
  }

  /** All sweeps of a job. */
  @Benchmark
  public double[][] sweeps() {
    StepPass.Worker<double[][]> worker = pass.worker();
    worker.accept(block, Optional.empty());
    return worker.result();
  }

  /** Reads memory from end to end. */
  @Benchmark
  public double sum() {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    for (int i = 0; i < NUMBERS; i += 4) {
      a += numbers[i];
      b += numbers[i + 1];
      c += numbers[i + 2];
      d += numbers[i + 3];
    }
    return a + b + c + d;
  }
}
