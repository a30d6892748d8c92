package org.convexnn.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.convexnn.network.CategoryBins;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.Forest;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.LeafModel;
import org.convexnn.network.LeafPenalty;
import org.convexnn.network.Network;
import org.convexnn.network.Tree;
import org.convexnn.network.WeightLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * ONNX Runtime against the network's own evaluator: trees with each model of leaves, that test numbers
 * and sets of categories and send missing values to either side.
 */
@NeedsOnnx
class OnnxForestTest {

  /** Columns 0 .. 3 are numbers, then categories of few and of many codes. */
  private static final int D = 6;

  private static final int FEW = 4;
  private static final int MANY = 5;

  private static CategoryBins categories(Random random) {
    byte[][] tables = new byte[D][];
    tables[FEW] = new byte[] {2, 0, (byte) CategoryBins.MISSING, 1, 2};
    tables[MANY] = new byte[400];
    for (int code = 0; code < 400; code++) {
      int bin = random.nextInt(7) == 0 ? CategoryBins.MISSING : code % CategoryBins.MOST_BINS;
      tables[MANY][code] = (byte) bin;
    }
    return new CategoryBins(tables);
  }

  private static double threshold(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> Double.POSITIVE_INFINITY;
      case 1 -> Double.NEGATIVE_INFINITY;
      default -> random.nextInt(9) / 4.0 - 1;
    };
  }

  private static long[] set(Random random, int feature) {
    long[] set = random.longs(Tree.SET_WORDS).toArray();
    if (feature == FEW) {
      set[0] = random.nextInt(8);
    } else if (random.nextBoolean()) {
      // A small set, or with that many bins a large one.
      set = new long[] {1L << random.nextInt(64), 0, 1L << random.nextInt(64), 0};
      if (random.nextBoolean()) {
        set = new long[] {~set[0], ~set[1], ~set[2], ~set[3]};
      }
    }
    return set;
  }

  /** A tree of this many leaves, each split at random. */
  private static Tree tree(Random random, int leaves) {
    int nodes = leaves - 1;
    int[] feature = new int[nodes];
    double[] threshold = new double[nodes];
    int[] left = new int[nodes];
    int[] right = new int[nodes];
    long[][] sets = new long[nodes][];
    boolean[] missingLeft = new boolean[nodes];
    for (int i = 0; i < nodes; i++) {
      feature[i] = random.nextInt(D);
      threshold[i] = threshold(random);
      if (feature[i] >= FEW && random.nextInt(4) > 0) {
        sets[i] = set(random, feature[i]);
      }
      missingLeft[i] = random.nextBoolean();
      int leaf = i == 0 ? 0 : random.nextInt(i + 1);
      for (int j = 0; j < i; j++) {
        left[j] = left[j] == ~leaf ? i : left[j];
        right[j] = right[j] == ~leaf ? i : right[j];
      }
      left[i] = ~leaf;
      right[i] = ~(i + 1);
    }
    return new Tree(feature, threshold, left, right, sets, missingLeft);
  }

  private static FeatureMap map(Random random, int rows, double clip) {
    return rows < 0
        ? FeatureMap.none(D)
        : new FeatureMap(
            random.doubles(D, -1, 1).toArray(),
            random.doubles(D, 0.01, 0.02).toArray(),
            random.doubles((long) rows * D, -1, 1).toArray(),
            clip);
  }

  /** @param one how many of three trees add to one output alone */
  private static Network network(
      LeafModel leafModel, int one, int halfSpaces, FeatureMap map, int outputs) {
    Random random = new Random(3);
    List<Tree> trees = new ArrayList<>();
    for (int leaves : new int[] {20, 1, 2, 40, 31, 3, 1, 8, 25}) {
      trees.add(tree(random, leaves));
    }
    int[] output =
        IntStream.range(0, trees.size())
            .map(t -> t % 3 < one ? t % outputs : WeightLayout.ALL)
            .toArray();
    GateSet gates =
        new GateSet(
            new HalfSpaces(
                D,
                random.doubles((long) halfSpaces * D, -1, 1).toArray(),
                random.doubles(halfSpaces, -1, 1).toArray(),
                IntStream.range(0, halfSpaces).mapToDouble(i -> i % 2 / 2.0).toArray()),
            List.of(),
            new Forest(trees, leafModel, output, categories(random), LeafPenalty.PLAIN));
    int weights = gates.layout(outputs, map.dimension() + 1).length();
    return new Network(
        map,
        gates,
        random.doubles(weights, -1, 1).toArray(),
        random.doubles(outputs).toArray(),
        outputs == 1 ? 200 : 0,
        outputs == 1 ? 10 : 1);
  }

  /**
   * Many rows have a value that is missing or, of categories, no code that was seen.
   *
   * @param infinite whether some have an infinite value, of which linear functions make no number
   */
  private static double[][] rows(int n, boolean infinite) {
    Random random = new Random(7);
    double large = infinite ? Double.POSITIVE_INFINITY : 1e100;
    double[] unseen = {-1, -0.0, 0.5, 5, 400, 1e12, -1e12, Double.NaN, large};
    double[][] x = new double[n][D];
    for (int r = 0; r < n; r++) {
      for (int j = 0; j < FEW; j++) {
        x[r][j] = r % 4 < 2 ? random.nextInt(17) / 4.0 - 2 : 3 * random.nextGaussian();
      }
      x[r][FEW] = random.nextInt(5);
      x[r][MANY] = random.nextInt(400);
      if (r % 4 == 0) {
        x[r][FEW + random.nextInt(2)] = unseen[random.nextInt(unseen.length)];
      }
      if (r % 8 == 1) {
        x[r][random.nextInt(FEW)] = Double.NaN;
      }
      if (infinite && r % 8 == 5) {
        x[r][random.nextInt(FEW)] = (random.nextInt(2) - 0.5) * Double.POSITIVE_INFINITY;
      }
    }
    return x;
  }

  private static double[][] onnx(Network network, double[][] x) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (network.outputs() == 1) {
      OnnxExport.writeRegression(network, false, out);
      return OnnxRun.of(out.toByteArray(), x).get("prediction");
    }
    OnnxExport.writeClassification(network, Optional.empty(), out);
    return OnnxRun.of(out.toByteArray(), x).get("rawPrediction");
  }

  /** Checks all rows; says how many have numbers as outputs. */
  private static int agree(Network network, double[][] x) throws IOException {
    double[][] found = onnx(network, x);
    Network.Evaluator evaluator = network.evaluator();
    double[] f = new double[network.outputs()];
    int numbers = 0;
    for (int r = 0; r < x.length; r++) {
      if (OnnxRun.onBoundary(network, x[r])) {
        continue;
      }
      evaluator.evaluate(x[r], f);
      assertThat(found[r]).as("row " + r).hasSize(f.length);
      for (int k = 0; k < f.length; k++) {
        if (Double.isNaN(f[k])) {
          assertThat(found[r][k]).as("row " + r).isNaN();
        } else {
          double within = 1e-9 * Math.max(1, Math.abs(f[k]));
          assertThat(found[r][k]).as("row " + r).isCloseTo(f[k], within(within));
          numbers++;
        }
      }
    }
    return numbers / f.length;
  }

  @ParameterizedTest(
      name = "{0} leaves, {1} of 3 trees of one output, {2} half-spaces, map of {3} rows, clip {4}")
  @CsvSource({
    "CONSTANT,0,0,-1,Infinity",
    "CONSTANT,3,0,-1,Infinity",
    "CONSTANT,2,0,-1,Infinity",
    "CONSTANT,0,5,0,Infinity",
    "CONSTANT,3,5,0,Infinity",
    "CONSTANT,3,5,-1,Infinity",
    "CONSTANT,3,5,4,2",
    "PATH,0,0,0,Infinity",
    "PATH,2,5,0,Infinity",
    "LINEAR,0,0,0,Infinity",
    "LINEAR,0,5,6,Infinity",
    "LINEAR,0,0,4,2"
  })
  void givesTheOutputsOfTheNetwork(
      LeafModel leafModel, int one, int halfSpaces, int mapRows, double clip) throws IOException {
    double[][] x = rows(1000, mapRows < 0);
    for (int outputs : new int[] {1, 3}) {
      FeatureMap map = map(new Random(5), mapRows, clip);
      int numbers = agree(network(leafModel, one, halfSpaces, map, outputs), x);
      assertThat(numbers).isGreaterThan(mapRows < 0 ? 950 : 650);
    }
  }

  @Test
  void aSingleLeafIsAConstant() throws IOException {
    Tree leaf = new Tree(new int[0], new double[0], new int[0], new int[0]);
    Network network =
        new Network(
            FeatureMap.none(1),
            new GateSet(
                HalfSpaces.none(1),
                List.of(),
                Forest.shared(List.of(leaf, leaf), LeafModel.CONSTANT)),
            new double[] {1, 20, 300},
            new double[] {4000},
            0,
            1);
    double[][] f = onnx(network, new double[][] {{7}, {Double.NaN}});
    assertThat(f).isDeepEqualTo(new double[][] {{4321}, {4321}});
  }

  @Test
  void aRootWithALeafAndATestOfOneNumberIsNoLeaf() throws IOException {
    // On the left of node 0 is leaf 1, on its right node 1.
    Tree tree =
        new Tree(new int[] {0, 0}, new double[] {0, 1}, new int[] {~1, ~0}, new int[] {1, ~2});
    for (LeafModel leafModel : new LeafModel[] {LeafModel.CONSTANT, LeafModel.LINEAR}) {
      Network network =
          new Network(
              FeatureMap.none(1),
              new GateSet(HalfSpaces.none(1), List.of(), Forest.shared(List.of(tree), leafModel)),
              new double[] {0, 10, 20, 30},
              new double[1],
              0,
              1);
      double[][] f = onnx(network, new double[][] {{-1}, {0}, {1}});
      assertThat(f).isDeepEqualTo(new double[][] {{20}, {10}, {30}});
    }
  }

  @Test
  void withoutTreesAndCoordinatesItIsTheConstantModel() throws IOException {
    Network network =
        new Network(
            FeatureMap.none(2),
            GateSet.of(HalfSpaces.none(2)),
            new double[] {1},
            new double[] {20},
            300,
            2);
    double[][] f = onnx(network, new double[][] {{7, 0}, {Double.NaN, 0}, {0, 0}});
    assertThat(f).isDeepEqualTo(new double[][] {{342}, {342}, {342}});
  }

  @Test
  void aSetOfAColumnWithoutCategoriesIsRefused() {
    Tree tree =
        new Tree(
            new int[] {0},
            new double[1],
            new int[] {~0},
            new int[] {~1},
            new long[][] {new long[Tree.SET_WORDS]},
            new boolean[1]);
    Network network =
        new Network(
            FeatureMap.none(1),
            new GateSet(
                HalfSpaces.none(1), List.of(), Forest.shared(List.of(tree), LeafModel.CONSTANT)),
            new double[3],
            new double[1],
            0,
            1);
    assertThatThrownBy(
            () -> OnnxExport.writeRegression(network, false, OutputStream.nullOutputStream()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("column 0", "set of categories");
  }

  @Test
  void theSizeIsThatOfTheFile() throws IOException {
    for (LeafModel leafModel : new LeafModel[] {LeafModel.CONSTANT, LeafModel.PATH}) {
      Random random = new Random(1);
      List<Tree> trees = IntStream.range(0, 40).mapToObj(t -> tree(random, 500)).toList();
      int[] output = new int[40];
      Forest forest = new Forest(trees, leafModel, output, categories(random), LeafPenalty.PLAIN);
      GateSet gates = new GateSet(HalfSpaces.none(D), List.of(), forest);
      FeatureMap map = FeatureMap.identity(D);
      int weights = gates.layout(1, D + 1).length();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      OnnxExport.writeRegression(
          new Network(map, gates, random.doubles(weights).toArray(), new double[1], 0, 1),
          false,
          out);
      OnnxSize size =
          OnnxSize.of(new Network(map, gates, new double[weights], new double[1], 0, 1));
      long sum = size.weights() + size.gates() + size.map();
      assertThat((double) out.size()).isBetween(sum * 0.8, sum + 50_000.0);
    }
  }
}
