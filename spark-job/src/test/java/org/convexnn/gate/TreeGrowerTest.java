package org.convexnn.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.function.ToDoubleFunction;
import org.convexnn.gate.TreeGrower.Options;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.Tree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TreeGrowerTest {

  private static final Loss SQUARED = new SquaredLoss();
  private static final Loss LOGISTIC = new LogisticLoss();

  /** All rows, all columns, no ridge. */
  private static Options plain(int trees, int leaves, int minRows) {
    return new Options(trees, leaves, 0.1, 1, 1, minRows, 0, 255, 7);
  }

  private static List<Tree> grow(double[][] x, double[] y, Loss loss, Options options) {
    return TreeGrower.grow(x, y, ones(x.length), loss, new double[x.length], options);
  }

  private static double[] ones(int n) {
    double[] w = new double[n];
    Arrays.fill(w, 1);
    return w;
  }

  private static double[][] uniform(int n, int d, long seed) {
    CounterRandom random = new CounterRandom(seed, 0);
    double[][] x = new double[n][d];
    for (double[] row : x) {
      for (int j = 0; j < d; j++) {
        row[j] = 2 * random.nextDouble() - 1;
      }
    }
    return x;
  }

  private static double[] labels(double[][] x, ToDoubleFunction<double[]> f) {
    return Arrays.stream(x).mapToDouble(f).toArray();
  }

  private static double xor(double[] x) {
    return x[0] > 0 != x[1] > 0 ? 1 : 0;
  }

  private static double wave(double[] x) {
    return Math.sin(3 * x[0]) + x[1] * x[2];
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void partitionsOfXorSeparateTheQuadrants(boolean logistic) {
    double[][] x = uniform(2000, 3, 1);
    double[] y = labels(x, TreeGrowerTest::xor);
    Loss loss = logistic ? LOGISTIC : SQUARED;
    Options options = new Options(4, 8, 0.1, 0.5, 1, 10, 1, 255, 3);

    List<Tree> trees = grow(x, y, loss, options);

    assertThat(trees).hasSize(4);
    Map<List<Integer>, double[]> votes = new HashMap<>();
    for (int r = 0; r < x.length; r++) {
      votes.computeIfAbsent(pattern(trees, x[r]), p -> new double[2])[(int) y[r]]++;
    }
    double[][] fresh = uniform(2000, 3, 2);
    int right = 0;
    for (double[] row : fresh) {
      double[] vote = votes.getOrDefault(pattern(trees, row), new double[2]);
      right += (vote[1] > vote[0] ? 1 : 0) == xor(row) ? 1 : 0;
    }
    assertThat(right).isGreaterThan(1900);
  }

  /** Shares of few columns: with one column a tree, no tree would lower the loss of an xor. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void treesOfFewColumnsTestAllOfThem(int d) {
    double[][] x = uniform(2000, d, 1);
    double[] y = labels(x, TreeGrowerTest::xor);
    for (Tree tree : grow(x, y, LOGISTIC, Options.of(8, 16, 3))) {
      assertThat(Arrays.stream(tree.feature()).boxed()).contains(0, 1);
    }
  }

  private static List<Integer> pattern(List<Tree> trees, double[] x) {
    return trees.stream().map(t -> t.leaf(x)).toList();
  }

  @Test
  void aStepIsCutAtTheMidpoint() {
    double[][] x = new double[200][1];
    for (int r = 0; r < 200; r++) {
      x[r][0] = r * 7 % 200;
    }
    Tree tree = grow(x, labels(x, v -> v[0] < 120 ? -1 : 1), SQUARED, plain(1, 8, 1)).get(0);
    assertThat(tree.threshold()).containsExactly(119.5);
    assertThat(tree.feature()).containsExactly(0);
    assertThat(tree.leaf(new double[] {119.4})).isEqualTo(0);
    assertThat(tree.leaf(new double[] {119.5})).isEqualTo(1);
  }

  @Test
  void aGapOfALeafIsCutInItsMiddle() {
    // Column 0 parts the rows; on its right side column 1 has no values from 2 to 7.
    List<double[]> rows = new ArrayList<>();
    for (int v = 0; v < 10; v++) {
      rows.add(new double[] {0, v});
      rows.add(new double[] {1, v < 5 ? v % 2 : 8 + v % 2});
    }
    double[][] x = rows.toArray(new double[0][]);
    double[] y = labels(x, v -> v[0] == 0 ? -10 : v[1] < 5 ? 0 : 1);
    Tree tree = grow(x, y, SQUARED, plain(1, 4, 1)).get(0);
    assertThat(tree.feature()).containsExactly(0, 1);
    assertThat(tree.threshold()).containsExactly(0.5, 4.5);
  }

  @Test
  void aThresholdBetweenNeighbouringNumbersStillParts() {
    double low = 1.0;
    double high = Math.nextUp(low);
    double[][] x = {{low}, {high}, {low}, {high}};
    Tree tree = grow(x, new double[] {0, 1, 0, 1}, SQUARED, plain(1, 2, 1)).get(0);
    assertThat(tree.leaf(new double[] {low})).isNotEqualTo(tree.leaf(new double[] {high}));

    double[][] large = {{-Double.MAX_VALUE}, {Double.MAX_VALUE}};
    tree = grow(large, new double[] {0, 1}, SQUARED, plain(1, 2, 1)).get(0);
    assertThat(tree.threshold()).containsExactly(0);
  }

  @Test
  void minusZeroIsZero() {
    double[][] x = {{-0.0}, {0.0}, {-0.0}, {0.0}, {1}};
    List<Tree> trees = grow(x, new double[] {0, 1, 0, 1, 1}, SQUARED, plain(1, 4, 1));
    assertThat(trees).singleElement().extracting(Tree::threshold).isEqualTo(new double[] {0.5});
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "3, 50", "16, 20", "64, 5"})
  void leavesAreFewEnoughAndLargeEnough(int leaves, int minRows) {
    double[][] x = uniform(1000, 5, 4);
    List<Tree> trees = grow(x, labels(x, TreeGrowerTest::wave), SQUARED, plain(4, leaves, minRows));
    assertThat(trees).hasSize(4);
    for (Tree tree : trees) {
      assertThat(tree.leaves()).isBetween(2, leaves);
      int[] count = new int[tree.leaves()];
      for (double[] row : x) {
        count[tree.leaf(row)]++;
      }
      assertThat(Arrays.stream(count).min().getAsInt()).isGreaterThanOrEqualTo(minRows);
    }
  }

  @Test
  void theFirstSplitIsTheOneOfLargestGain() {
    // 40 rows, all cuts of all columns by hand: squared loss, so gain = sum of G^2 / (n + lambda).
    double[][] x = uniform(40, 3, 5);
    double[] y = labels(x, v -> v[0] * v[0] + 0.5 * v[2]);
    double lambda = 2;
    double best = 0;
    int bestColumn = -1;
    double bestCut = 0;
    for (int j = 0; j < 3; j++) {
      int column = j;
      double[] sorted = labels(x, v -> v[column]);
      Arrays.sort(sorted);
      for (int k = 1; k < 40; k++) {
        double cut = (sorted[k - 1] + sorted[k]) / 2;
        double left = 0;
        double right = 0;
        for (int r = 0; r < 40; r++) {
          left += x[r][j] < cut ? y[r] : 0;
          right += x[r][j] < cut ? 0 : y[r];
        }
        double gain = left * left / (k + lambda) + right * right / (40 - k + lambda);
        if (gain > best) {
          best = gain;
          bestColumn = j;
          bestCut = cut;
        }
      }
    }
    Options options = new Options(1, 2, 0.1, 1, 1, 1, lambda, 255, 0);
    Tree tree = grow(x, y, SQUARED, options).get(0);
    assertThat(tree.feature()).containsExactly(bestColumn);
    assertThat(tree.threshold()).containsExactly(bestCut);
  }

  @Test
  void subtractedHistogramsFindTheSplitsOfAFreshSearch() {
    // Growing 3 leaves from the root, or the root's child alone on its own rows: the same cut.
    double[][] x = uniform(600, 4, 6);
    double[] y = labels(x, TreeGrowerTest::wave);
    Tree tree = grow(x, y, SQUARED, plain(1, 3, 5)).get(0);
    Tree root = grow(x, y, SQUARED, plain(1, 2, 5)).get(0);
    int side = tree.left()[0] == 1 ? 0 : 1;
    double[][] half = Arrays.stream(x).filter(v -> root.leaf(v) == side).toArray(double[][]::new);
    Options fine = new Options(1, 2, 0.1, 1, 1, 5, 0, 256, 0);
    Tree alone = grow(half, labels(half, TreeGrowerTest::wave), SQUARED, fine).get(0);
    assertThat(tree.feature()[1]).isEqualTo(alone.feature()[0]);
    // Bins of the whole and of the half differ: the cuts agree to a bin's width.
    assertThat(tree.threshold()[1]).isCloseTo(alone.threshold()[0], within(0.03));
  }

  private static org.assertj.core.data.Offset<Double> within(double e) {
    return org.assertj.core.data.Offset.offset(e);
  }

  @Test
  void moreTreesNeverChangeTheFirst() {
    double[][] x = uniform(500, 6, 8);
    double[] y = labels(x, TreeGrowerTest::wave);
    List<Tree> few = grow(x, y, SQUARED, Options.of(5, 8, 9));
    List<Tree> many = grow(x, y, SQUARED, Options.of(20, 8, 9));
    assertSame(many.subList(0, 5), few);
    assertThat(grow(x, y, SQUARED, Options.of(5, 8, 10)).get(0).threshold())
        .as("another seed")
        .isNotEqualTo(few.get(0).threshold());
  }

  @Test
  void threadsDoNotMatter() throws Exception {
    // Enough rows times columns for the columns to be shared out.
    double[][] x = uniform(6000, 60, 11);
    double[] y = labels(x, TreeGrowerTest::wave);
    Options options = new Options(3, 16, 0.1, 0.5, 1, 20, 1, 255, 1);
    List<Tree> shared = grow(x, y, SQUARED, options);
    ForkJoinPool one = new ForkJoinPool(1);
    try {
      assertSame(one.submit(() -> grow(x, y, SQUARED, options)).get(), shared);
    } finally {
      one.shutdown();
    }
  }

  private static void assertSame(List<Tree> actual, List<Tree> expected) {
    assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"false, false", "true, false", "false, true", "true, true"})
  void aWeightOfTwoIsARowTwice(boolean logistic, boolean drawn) {
    double[][] x = uniform(400, 4, 12);
    double[] y = labels(x, logistic ? TreeGrowerTest::xor : v -> Math.rint(4 * wave(v)));
    Loss loss = logistic ? LOGISTIC : SQUARED;
    double[] w = new double[400];
    List<double[]> rows = new ArrayList<>();
    for (int r = 0; r < 400; r++) {
      w[r] = r % 4;
      for (int k = 0; k < r % 4; k++) {
        rows.add(new double[] {r});
      }
    }
    double[][] repeated = rows.stream().map(v -> x[(int) v[0]]).toArray(double[][]::new);
    double[] labels = rows.stream().mapToDouble(v -> y[(int) v[0]]).toArray();
    // 64 bins, so that quantiles are at work.
    Options options =
        drawn
            ? new Options(5, 6, 0.3, 0.6, 0.5, 20, 1, 64, 1)
            : new Options(5, 6, 0.3, 1, 1, 1, 0, 64, 1);

    List<Tree> weighted = TreeGrower.grow(x, y, w, loss, new double[400], options);

    assertSame(weighted, grow(repeated, labels, loss, options));
    TreeGrower.Proposal once = TreeGrower.propose(x, y, w, loss, new double[400], options);
    TreeGrower.Proposal again =
        TreeGrower.propose(
            repeated, labels, ones(labels.length), loss, new double[labels.length], options);
    assertSame(once.trees(), again.trees());
    assertThat(once.gain()).isCloseTo(again.gain(), within(1e-12));
  }

  /** Draws of rows and columns see neither units nor the names of classes, nor the order of rows. */
  @Test
  void scaledColumnsAndSwappedClassesGiveTheSameTrees() {
    double[][] x = uniform(600, 5, 21);
    double[] y = labels(x, TreeGrowerTest::xor);
    Options options = new Options(6, 8, 0.3, 0.5, 0.5, 5, 1, 64, 3);
    TreeGrower.Proposal plain =
        TreeGrower.propose(x, y, ones(600), LOGISTIC, new double[600], options);
    assertThat(plain.trees()).hasSize(6);
    double[][] scaled = new double[600][];
    double[] swapped = new double[600];
    for (int r = 0; r < 600; r++) {
      scaled[599 - r] = Arrays.stream(x[r]).map(v -> 1024 * v).toArray();
      swapped[599 - r] = 1 - y[r];
    }
    TreeGrower.Proposal other =
        TreeGrower.propose(scaled, swapped, ones(600), LOGISTIC, new double[600], options);
    assertThat(other.gain()).isCloseTo(plain.gain(), within(1e-12));
    for (int t = 0; t < 6; t++) {
      Tree tree = plain.trees().get(t);
      assertThat(other.trees().get(t).feature()).isEqualTo(tree.feature());
      assertThat(other.trees().get(t).threshold())
          .isEqualTo(Arrays.stream(tree.threshold()).map(v -> 1024 * v).toArray());
    }
  }

  /** Rows of few patterns are drawn one by one: a tree sees some of each. */
  @Test
  void fewPatternsAreDrawnByRows() {
    double[][] x = new double[1000][1];
    double[] y = new double[1000];
    for (int r = 0; r < 1000; r++) {
      x[r][0] = r % 2;
      y[r] = r % 2;
    }
    TreeGrower.Proposal grown =
        TreeGrower.propose(
            x,
            y,
            ones(1000),
            SQUARED,
            new double[1000],
            new Options(20, 2, 0.3, 0.5, 1, 5, 0, 64, 3));
    assertThat(grown.trees()).hasSize(20);
    assertThat(grown.gain()).isGreaterThan(0.99);
  }

  @Test
  void rowsOfWeightZeroAreAsIfAbsent() {
    double[][] x = uniform(300, 3, 13);
    double[] y = labels(x, TreeGrowerTest::wave);
    double[] w = ones(300);
    Arrays.fill(w, 200, 300, 0);
    Options options = Options.of(3, 4, 5);
    assertSame(
        TreeGrower.grow(x, y, w, SQUARED, new double[300], options),
        grow(Arrays.copyOf(x, 200), Arrays.copyOf(y, 200), SQUARED, options));
  }

  @Test
  void oneHotColumnsSplitAndConstantOnesNever() {
    double[][] x = new double[400][6];
    double[] y = new double[400];
    for (int r = 0; r < 400; r++) {
      x[r][0] = 3;
      x[r][1 + r % 4] = 1;
      y[r] = r % 4 == 2 ? 1 : 0;
    }
    // The draw is of columns that are not constant: 4 of the 6, a quarter is one.
    List<Tree> trees = grow(x, y, LOGISTIC, new Options(30, 4, 0.1, 0.5, 0.25, 5, 1, 255, 2));
    assertThat(trees).hasSizeGreaterThan(20);
    for (Tree tree : trees) {
      assertThat(tree.feature()).hasSize(1);
      assertThat(tree.feature()[0]).isBetween(1, 4);
      assertThat(tree.threshold()).containsExactly(0.5);
    }
    assertThat(grow(x, y, LOGISTIC, plain(1, 4, 5)).get(0).feature()).containsExactly(3);
  }

  @Test
  void aValueOfManyRowsHasABinOfItsOwn() {
    // Four fifths of the rows are 0, the others spread to both sides; 16 bins.
    double[][] x = uniform(2000, 1, 14);
    for (int r = 0; r < 2000; r++) {
      x[r][0] = r % 5 == 0 ? x[r][0] : 0;
    }
    double[] y = labels(x, v -> v[0] == 0 ? 1 : 0);
    Tree tree = grow(x, y, SQUARED, new Options(1, 3, 0.1, 1, 1, 1, 0, 16, 1)).get(0);
    double[] cuts = tree.threshold().clone();
    Arrays.sort(cuts);
    assertThat(cuts).hasSize(2);
    assertThat(cuts[0]).isBetween(-0.05, -1e-9);
    assertThat(cuts[1]).isBetween(1e-9, 0.05);
    assertThat(tree.leaf(new double[] {0}))
        .isNotEqualTo(tree.leaf(new double[] {0.1}))
        .isNotEqualTo(tree.leaf(new double[] {-0.1}));
  }

  @Test
  void nothingToSplitGivesNoTrees() {
    Options options = plain(3, 8, 5);
    assertThat(grow(new double[0][], new double[0], SQUARED, options)).isEmpty();
    assertThat(grow(uniform(1, 2, 1), new double[] {1}, SQUARED, options)).isEmpty();
    double[][] nine = uniform(9, 2, 1);
    assertThat(grow(nine, labels(nine, v -> v[0]), SQUARED, options)).as("2 x 5 rows").isEmpty();
    double[][] x = uniform(100, 2, 1);
    assertThat(grow(x, new double[100], SQUARED, options)).as("fitted").isEmpty();
    assertThat(grow(x, ones(100), LOGISTIC, options)).as("one class").isEmpty();
    assertThat(grow(new double[100][3], labels(x, v -> v[0]), SQUARED, options)).isEmpty();
    assertThat(grow(new double[100][0], labels(x, v -> v[0]), SQUARED, options)).isEmpty();
    assertThat(grow(x, labels(x, v -> v[0]), SQUARED, plain(0, 8, 5))).isEmpty();
    double[] none = new double[100];
    assertThat(TreeGrower.grow(x, none, none, SQUARED, none, options)).as("weight 0").isEmpty();
    assertThat(grow(x, labels(x, v -> v[0]), SQUARED, Options.of(3, 8, 1))).as("50").isNotEmpty();
  }

  @Test
  void aSampleFarFromItsStartDoesNotSplitOnRounding() {
    double[][] x = uniform(1000, 3, 15);
    double[] y = new double[1000];
    Arrays.fill(y, 1e6 / 3);
    assertThat(grow(x, y, SQUARED, plain(3, 8, 5))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void trainingLossFallsWithEveryTree(boolean logistic) {
    double[][] x = uniform(1500, 5, 16);
    double[] y = labels(x, logistic ? TreeGrowerTest::xor : TreeGrowerTest::wave);
    Loss loss = logistic ? LOGISTIC : SQUARED;
    double[] start = new double[1500];
    Arrays.fill(start, 0.3);
    Options options = new Options(30, 8, 0.1, 1, 1, 20, 1, 255, 1);
    double[] f = start.clone();
    List<Double> losses = new ArrayList<>(List.of(mean(loss, y, f)));
    TreeGrower grower = new TreeGrower(x, y, ones(1500), loss, start, options);

    grower.boost(
        (tree, values) -> {
          assertThat(values.length).isEqualTo(tree.leaves());
          for (int r = 0; r < f.length; r++) {
            f[r] += values[tree.leaf(x[r])][0];
          }
          losses.add(mean(loss, y, f));
        });

    assertThat(losses).hasSize(31);
    for (int t = 1; t <= 30; t++) {
      assertThat(losses.get(t)).isLessThan(losses.get(t - 1));
    }
    assertThat(losses.get(30)).isLessThan(0.5 * losses.get(0));
    assertThat(f).as("the tree parts rows as the grower did").isEqualTo(grower.outputs());
    assertThat(start).containsOnly(0.3);
  }

  private static double mean(Loss loss, double[] y, double[] f) {
    double sum = 0;
    for (int r = 0; r < y.length; r++) {
      sum += loss.value(y[r], f, r);
    }
    return sum / y.length;
  }

  @Test
  void rowsNotSeenAreFollowedToo() {
    double[][] x = uniform(800, 5, 17);
    double[] y = labels(x, TreeGrowerTest::wave);
    double[] f = new double[800];
    TreeGrower grower =
        new TreeGrower(x, y, ones(800), SQUARED, new double[800], Options.of(10, 16, 1));
    grower.boost(
        (tree, values) -> {
          for (int r = 0; r < f.length; r++) {
            f[r] += values[tree.leaf(x[r])][0];
          }
        });
    assertThat(f).isEqualTo(grower.outputs());
  }

  @Test
  void startingOutputsAreTheFirstResidual() {
    double[][] x = uniform(300, 2, 18);
    double[] start = labels(x, v -> v[0] < 0 ? 0 : 1);
    double[] y = labels(x, v -> (v[0] < 0 ? 0 : 1) + (v[1] < 0 ? 0 : 0.1));
    Tree tree = TreeGrower.grow(x, y, ones(300), SQUARED, start, plain(1, 2, 1)).get(0);
    assertThat(tree.feature()).containsExactly(1);
  }

  @Test
  void inputsAreChecked() {
    assertThatThrownBy(() -> grow(new double[2][1], new double[1], SQUARED, plain(1, 2, 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Options.of(1, 1, 1)).hasMessageContaining("leaves");
    assertThatThrownBy(() -> new Options(1, 2, 0.1, 1, 1, 1, 0, 257, 1))
        .hasMessageContaining("bins");
    assertThatThrownBy(() -> new Options(1, 2, 0.1, 0, 1, 1, 0, 16, 1))
        .hasMessageContaining("rowShare");
  }
}
