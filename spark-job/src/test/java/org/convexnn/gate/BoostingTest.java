package org.convexnn.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.convexnn.gate.Boosting.LeafLimits;
import org.convexnn.gate.Boosting.Options;
import org.convexnn.gate.Boosting.Result;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.loss.Judge;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureConstraints;
import org.convexnn.network.Forest;
import org.convexnn.network.LeafModel;
import org.convexnn.network.LeafPenalty;
import org.convexnn.network.Tree;
import org.convexnn.network.WeightLayout;
import org.convexnn.network.leaf.LeafOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoostingTest {

  private static final Loss SQUARED = new SquaredLoss();
  private static final Loss LOGISTIC = new LogisticLoss();

  /** Row sums are kept as floats. */
  private static final double FLOAT = 1e-6;

  /** Rows with labels and weights. */
  private record Data(double[][] x, double[] y, double[] w, boolean[] categorical) {

    BinnedRows binned() {
      return BinnedRows.of(Binning.of(x, y, w, categorical, 254, 0), x, y, w);
    }

    Data withWeights(double... weights) {
      return new Data(x, y, weights, categorical);
    }

    Data rows(int... rows) {
      return new Data(
          Arrays.stream(rows).mapToObj(r -> x[r]).toArray(double[][]::new),
          Arrays.stream(rows).mapToDouble(r -> y[r]).toArray(),
          Arrays.stream(rows).mapToDouble(r -> w[r]).toArray(),
          categorical);
    }
  }

  /** No limits, no shrinkage but the rate, all rows and columns. */
  private static Options plain(int leaves, double rate) {
    return Options.of(leaves, rate, 5).with(limits(0, 0, 0, 1e300)).withThreads(1);
  }

  /** Categories as they are. */
  private static LeafLimits limits(
      double lambda, double minRowsPerLeaf, double minHessian, double maxLeafStep) {
    return new LeafLimits(lambda, minRowsPerLeaf, minHessian, maxLeafStep, 0, 0);
  }

  private static Result grow(Data data, Loss loss, int rounds, Options options) {
    return Boosting.grow(data.binned(), loss, new double[loss.outputs()], rounds, options);
  }

  private static Result grow(
      BinnedRows rows, BinnedRows held, Loss loss, double[] start, int rounds, Options options) {
    try (Boosting boosting = Boosting.of(rows, Optional.of(held), loss, start, options)) {
      return boosting.grow(rounds).result();
    }
  }

  private static double[] ones(int n) {
    double[] w = new double[n];
    Arrays.fill(w, 1);
    return w;
  }

  /** Numbers, a category column of 12 values and, with holes, missing values in both. */
  private static Data mixed(int n, boolean holes, long seed) {
    CounterRandom random = new CounterRandom(seed, 0);
    double[][] x = new double[n][4];
    double[] y = new double[n];
    for (int r = 0; r < n; r++) {
      double[] row = x[r];
      row[0] = random.nextGaussian();
      row[1] = random.nextInt(12);
      row[2] = random.nextInt(5);
      row[3] = random.nextDouble();
      y[r] =
          Math.sin(2 * row[0]) + (row[1] % 3 == 1 ? 1 : 0) * row[3] + 0.3 * random.nextGaussian();
      if (holes && random.nextInt(4) == 0) {
        row[random.nextInt(2)] = Double.NaN;
        y[r] += 0.7;
      }
    }
    return new Data(x, y, ones(n), new boolean[] {false, true, false, false});
  }

  private static Data classes(Data data, int classes) {
    double[] y = Arrays.stream(data.y).map(v -> Math.floor(Math.abs(3 * v)) % classes).toArray();
    return new Data(data.x, y, data.w, data.categorical);
  }

  /** The sum of squares that two sides explain beyond one mean: the gain of the squared loss. */
  private static double explained(Data data, boolean[] left) {
    double[] g = new double[2];
    double[] w = new double[2];
    for (int r = 0; r < left.length; r++) {
      int side = left[r] ? 0 : 1;
      g[side] += data.w[r] * data.y[r];
      w[side] += data.w[r];
    }
    if (w[0] == 0 || w[1] == 0) {
      return 0;
    }
    double all = g[0] + g[1];
    return g[0] * g[0] / w[0] + g[1] * g[1] / w[1] - all * all / (w[0] + w[1]);
  }

  private static double explained(Data data, Tree tree, BinnedRows binned) {
    boolean[] left = new boolean[data.y.length];
    for (int r = 0; r < left.length; r++) {
      left[r] = tree.leaf(binned.binning().categories().apply(data.x[r])) == 0;
    }
    return explained(data, left);
  }

  /** Every threshold with missing values left, right, or alone. */
  private static double bestThreshold(Data data, int j) {
    double best = 0;
    List<Double> thresholds = new ArrayList<>(List.of(Double.POSITIVE_INFINITY));
    for (double[] row : data.x) {
      thresholds.add(row[j]);
    }
    for (double t : thresholds) {
      for (boolean missingLeft : new boolean[] {false, true}) {
        boolean[] left = new boolean[data.x.length];
        for (int r = 0; r < left.length; r++) {
          left[r] = Double.isNaN(data.x[r][j]) ? missingLeft : data.x[r][j] < t;
        }
        best = Math.max(best, explained(data, left));
      }
    }
    return best;
  }

  /** Every set of values, missing ones being one of them. */
  private static double bestSet(Data data, int j, int values) {
    double best = 0;
    for (int set = 0; set < 1 << values + 1; set++) {
      boolean[] left = new boolean[data.x.length];
      for (int r = 0; r < left.length; r++) {
        int value = Double.isNaN(data.x[r][j]) ? values : (int) data.x[r][j];
        left[r] = (set >> value & 1) != 0;
      }
      best = Math.max(best, explained(data, left));
    }
    return best;
  }

  @ParameterizedTest
  @CsvSource({"false, 1", "false, 2", "true, 1", "true, 2", "true, 3"})
  void oneSplitIsTheBestOfAllThresholdsAndAllSets(boolean holes, long seed) {
    Data data = mixed(120, holes, seed);
    CounterRandom random = new CounterRandom(seed, 1);
    data =
        data.withWeights(IntStream.range(0, 120).mapToDouble(r -> 1 + random.nextInt(3)).toArray());
    double best = bestSet(data, 1, 12);
    for (int j : new int[] {0, 2, 3}) {
      best = Math.max(best, bestThreshold(data, j));
    }
    Tree tree = grow(data, SQUARED, 1, plain(2, 1)).trees().get(0);
    assertThat(explained(data, tree, data.binned())).isCloseTo(best, within(FLOAT * best));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void eachColumnAloneIsSplitInTheBestWay(int j) {
    Data all = mixed(150, true, 8);
    double[][] x = Arrays.stream(all.x).map(row -> new double[] {row[j]}).toArray(double[][]::new);
    Data data = new Data(x, all.y, all.w, new boolean[] {all.categorical[j]});
    double best = j == 1 ? bestSet(data, 0, 12) : bestThreshold(data, 0);
    Tree tree = grow(data, SQUARED, 1, plain(2, 1)).trees().get(0);
    assertThat(explained(data, tree, data.binned())).isCloseTo(best, within(FLOAT * best));
  }

  @Test
  void missingValuesStandAloneWhereTheyDiffer() {
    double[][] x = new double[90][1];
    double[] y = new double[90];
    for (int r = 0; r < 90; r++) {
      x[r][0] = r % 3 == 0 ? Double.NaN : r;
      y[r] = r % 3 == 0 ? 1 : -1;
    }
    Tree tree =
        grow(new Data(x, y, ones(90), new boolean[1]), SQUARED, 1, plain(2, 1)).trees().get(0);
    assertThat(tree.threshold()).containsExactly(Double.POSITIVE_INFINITY);
    assertThat(tree.missingLeft()).containsExactly(false);
  }

  /** Newton's step by leaf, with the ridge and the rate. */
  @ParameterizedTest
  @CsvSource({"0, 1", "2.5, 0.3"})
  void leafValuesAreShrunkNewtonSteps(double lambda, double rate) {
    Data data = classes(mixed(500, true, 4), 2);
    Options options = plain(8, rate).with(limits(lambda, 1, 0, 1e300));
    double start = 0.4;
    Result result = Boosting.grow(data.binned(), LOGISTIC, new double[] {start}, 1, options);
    double p = LogisticLoss.sigmoid(start);
    double[] g = new double[8];
    double[] h = new double[8];
    for (int r = 0; r < 500; r++) {
      g[result.codes()[0][r]] += p - data.y[r];
      h[result.codes()[0][r]] += p * (1 - p);
    }
    for (int i = 0; i < 8; i++) {
      double expected = -rate * g[i] / (h[i] + lambda);
      assertThat(result.values()[0][i])
          .isCloseTo(expected, within(FLOAT * (1 + Math.abs(expected))));
    }
  }

  /** Without limits a tree of enough leaves and rate 1 fits distinct rows exactly. */
  @Test
  void enoughLeavesFitEveryRow() {
    int n = 100;
    double[][] x = new double[n][1];
    double[] y = new double[n];
    for (int r = 0; r < n; r++) {
      x[r][0] = 37 * r % n;
      y[r] = Math.cos(r * r);
    }
    Result result = grow(new Data(x, y, ones(n), new boolean[1]), SQUARED, 1, plain(128, 1));
    assertThat(result.trees().get(0).leaves()).isEqualTo(n);
    for (int r = 0; r < n; r++) {
      double value = result.values()[0][result.codes()[0][r] & 0xFF];
      assertThat(value).isCloseTo(y[r], within(FLOAT));
    }
  }

  private static void assertSame(Result a, Result b) {
    assertThat(a.trees().size()).isEqualTo(b.trees().size());
    for (int t = 0; t < a.trees().size(); t++) {
      assertSame(a.trees().get(t), b.trees().get(t));
      assertThat(a.values()[t]).as("values of tree %d", t).containsExactly(b.values()[t]);
    }
    assertThat(a.codes()).isDeepEqualTo(b.codes());
  }

  private static void assertSame(Tree a, Tree b) {
    assertThat(a.feature()).containsExactly(b.feature());
    assertThat(a.threshold()).containsExactly(b.threshold());
    assertThat(a.left()).containsExactly(b.left());
    assertThat(a.right()).containsExactly(b.right());
    assertThat(a.missingLeft()).containsExactly(b.missingLeft());
    assertThat(a.sets()).isDeepEqualTo(b.sets());
  }

  /** Rows enough that they are shared out too. */
  @ParameterizedTest
  @CsvSource({"1, 1", "0.5, 0.7"})
  void theNumberOfThreadsDoesNotMatter(double columns, double rows) {
    Data data = mixed(40_000, true, 6);
    Options options = Options.of(16, 0.3, 9).withShares(columns, rows);
    Result one = grow(data, SQUARED, 3, options.withThreads(1));
    for (int threads : new int[] {2, 3, 7}) {
      assertSame(grow(data, SQUARED, 3, options.withThreads(threads)), one);
    }
    Data labelled = classes(data, 3);
    assertSame(
        grow(labelled, new SoftmaxLoss(3), 3, options.withThreads(3)),
        grow(labelled, new SoftmaxLoss(3), 3, options.withThreads(1)));
  }

  @ParameterizedTest
  @CsvSource({"false, false, 1", "true, false, 0.5", "false, true, 0.7", "true, true, 1"})
  void weightTwoIsTheRowTwice(boolean logistic, boolean limits, double rowShare) {
    Data data = mixed(400, true, 3);
    data = logistic ? classes(data, 2) : data;
    double[] weights = new double[400];
    Arrays.setAll(weights, r -> 1 + r % 2);
    int[] twice =
        IntStream.range(0, 400).flatMap(r -> IntStream.range(0, 1 + r % 2).map(k -> r)).toArray();
    Options options = limits ? Options.of(8, 0.3, 5).withThreads(1) : plain(8, 0.3);
    Result weighted = grow(data.withWeights(weights), logistic ? LOGISTIC : SQUARED, 4, options);
    Result repeated = grow(data.rows(twice), logistic ? LOGISTIC : SQUARED, 4, options);
    assertThat(weighted.trees()).hasSize(4);
    for (int t = 0; t < 4; t++) {
      assertSame(weighted.trees().get(t), repeated.trees().get(t));
      assertThat(weighted.values()[t]).hasSameSizeAs(repeated.values()[t]);
      for (int i = 0; i < weighted.values()[t].length; i++) {
        double expected = repeated.values()[t][i];
        assertThat(weighted.values()[t][i]).isCloseTo(expected, within(FLOAT * (1 + expected)));
      }
    }
  }

  @Test
  void weightsThatAreNoCountsAreRelative() {
    Data data = classes(mixed(500, true, 2), 2);
    Options options = Options.of(8, 0.2, 1).withThreads(1);
    for (double any : new double[] {0.25, 0x1p-100, 0x1p100}) {
      double[] weights = new double[500];
      Arrays.fill(weights, any);
      assertSame(
          grow(data.withWeights(weights), LOGISTIC, 5, options), grow(data, LOGISTIC, 5, options));
    }
  }

  @Test
  void scaledColumnsGiveTheSameTrees() {
    Data data = mixed(500, true, 12);
    double[][] scaled =
        Arrays.stream(data.x)
            .map(row -> new double[] {8 * row[0], row[1], row[2] / 2, 1024 * row[3]})
            .toArray(double[][]::new);
    Options options = Options.of(8, 0.2, 1).withShares(0.5, 0.6).withThreads(1);
    Result plain = grow(data, SQUARED, 5, options);
    Result result = grow(new Data(scaled, data.y, data.w, data.categorical), SQUARED, 5, options);
    assertThat(result.codes()).isDeepEqualTo(plain.codes());
    assertThat(result.values()).isDeepEqualTo(plain.values());
  }

  @Test
  void renumberedClassesGiveTheSameTrees() {
    int[] other = {2, 0, 1};
    Data data = classes(mixed(600, true, 10), 3);
    double[] renumbered = Arrays.stream(data.y).map(y -> other[(int) y]).toArray();
    Data moved = new Data(data.x, renumbered, data.w, data.categorical);
    Binning binning = data.binned().binning();
    Options options = Options.of(6, 0.3, 2).withShares(0.5, 0.5).withThreads(1);
    Result a = softmax(BinnedRows.of(binning, data.x, data.y, data.w), options);
    Result b = softmax(BinnedRows.of(binning, moved.x, moved.y, moved.w), options);
    assertThat(a.outputOf()).hasSize(12).startsWith(0, 1, 2, 0);
    for (int t = 0; t < 12; t++) {
      int match = t / 3 * 3 + other[t % 3];
      assertSame(a.trees().get(t), b.trees().get(match));
      for (int i = 0; i < 6; i++) {
        // A softmax sums over the classes in their order.
        assertThat(a.values()[t][i]).isCloseTo(b.values()[match][i], within(FLOAT));
      }
    }
  }

  private static Result softmax(BinnedRows rows, Options options) {
    return Boosting.grow(rows, new SoftmaxLoss(3), new double[3], 4, options);
  }

  /** A one-hot code of many values, one of three missing sometimes, beside numbers. */
  private static Data oneHot(int n) {
    CounterRandom random = new CounterRandom(21, 0);
    double[][] x = new double[n][40];
    double[] y = new double[n];
    for (int r = 0; r < n; r++) {
      int hot = random.nextInt(36);
      x[r][hot + 2] = hot == 7 ? Double.NaN : 1 + hot % 4 * random.nextInt(3);
      x[r][0] = random.nextGaussian();
      x[r][39] = random.nextGaussian();
      y[r] = Math.cos(hot) + x[r][0] * (hot % 2) + 0.1 * random.nextGaussian();
    }
    return new Data(x, y, ones(n), new boolean[40]);
  }

  @Test
  void columnsThatExcludeEachOtherShareSlotsAndGiveTheSameTrees() {
    Data data = oneHot(3000);
    BinnedRows rows = data.binned();
    try (Workers workers = new Workers(1)) {
      assertThat(Panels.of(rows, true, workers).slots).hasSize(3);
      assertThat(Panels.of(rows, false, workers).slots).hasSize(38);
    }
    Options options = Options.of(24, 0.3, 4).withShares(0.6, 1).withThreads(1);
    IntFunction<Result> grown =
        bundled -> {
          try (Boosting boosting =
              Boosting.of(
                  rows,
                  Optional.empty(),
                  SQUARED,
                  new double[1],
                  new Judge.OfLoss(SQUARED),
                  bundled == 1,
                  TreeGrowth.mostSums(),
                  options)) {
            return boosting.grow(6).result();
          }
        };
    Result with = grown.apply(1);
    Result without = grown.apply(0);
    assertThat(with.trees()).hasSize(6);
    for (int t = 0; t < 6; t++) {
      assertSame(with.trees().get(t), without.trees().get(t));
    }
    assertThat(with.codes()).isDeepEqualTo(without.codes());
  }

  /** Conflicts are not allowed: one row with two entries keeps columns apart. */
  @Test
  void columnsWithOneRowInCommonShareNoSlot() {
    Data data = oneHot(3000);
    data.x[17] = new double[40];
    data.x[17][20] = 1;
    data.x[17][30] = 1;
    BinnedRows rows = data.binned();
    try (Workers workers = new Workers(1)) {
      List<Panels.Slot> slots = Panels.of(rows, true, workers).slots;
      assertThat(slots.stream().filter(s -> holds(s, 20) && holds(s, 30))).isEmpty();
    }
  }

  private static boolean holds(Panels.Slot slot, int column) {
    return slot.members().stream().anyMatch(member -> member.column() == column);
  }

  /** Codes, outputs and the trees on raw rows agree, of rows that are seen, left out or new. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 0.4})
  void codesAreTheLeavesOfRawRows(double rowShare) {
    Data data = mixed(3000, true, 15);
    Data fresh = mixed(500, true, 16);
    for (int r = 0; r < 500; r += 7) {
      fresh.x[r][1] = 12 + r;
    }
    BinnedRows rows = data.binned();
    BinnedRows held = BinnedRows.of(rows.binning(), fresh.x, fresh.y, fresh.w);
    Options options = Options.of(20, 0.3, 4).withShares(1, rowShare);
    Result result = grow(rows, held, SQUARED, new double[] {0.1}, 8, options);
    assertThat(result.trees()).hasSize(8);
    assertThat(result.trees()).anyMatch(tree -> tree.sets().length > 0);
    double[] outputs = new double[500];
    for (int t = 0; t < 8; t++) {
      Tree tree = result.trees().get(t);
      for (int r = 0; r < 3000; r++) {
        assertThat(result.codes()[t][r] & 0xFF).isEqualTo(leaf(tree, rows, data.x[r]));
      }
      double loss = 0;
      for (int r = 0; r < 500; r++) {
        int leaf = leaf(tree, rows, fresh.x[r]);
        assertThat(result.heldOutCodes()[t][r] & 0xFF).isEqualTo(leaf);
        outputs[r] += result.values()[t][leaf];
        loss += SQUARED.value(fresh.y[r], new double[] {outputs[r] + 0.1}, 0) / 500;
      }
      assertThat(result.heldOutLoss()[t]).isCloseTo(loss, within(1e-12));
    }
  }

  private static int leaf(Tree tree, BinnedRows rows, double[] x) {
    return tree.leaf(rows.binning().categories().apply(x));
  }

  @Test
  void boostingStopsWhenHeldOutRowsGainNoMore() {
    Data data = classes(mixed(2000, false, 30), 2);
    Data fresh = classes(mixed(2000, false, 31), 2);
    BinnedRows rows = data.binned();
    BinnedRows held = BinnedRows.of(rows.binning(), fresh.x, fresh.y, fresh.w);
    Options options = Options.of(8, 0.3, 1);
    Result all = grow(rows, held, LOGISTIC, new double[1], 400, options);
    Result stopped;
    try (Boosting boosting =
        Boosting.of(rows, Optional.of(held), LOGISTIC, new double[1], options)) {
      stopped = boosting.grow(400, 10, () -> {}).result();
    }
    int best =
        IntStream.range(0, 400)
            .reduce((a, b) -> all.heldOutLoss()[b] < all.heldOutLoss()[a] ? b : a)
            .getAsInt();
    assertThat(all.bestRounds()).isEqualTo(best + 1).isBetween(2, 100);
    assertThat(stopped.bestRounds()).isEqualTo(best + 1);
    int grown = best + 1 + Math.max(10, best + 1);
    assertThat(stopped.trees()).hasSize(grown);
    assertThat(stopped.heldOutLoss()).containsExactly(Arrays.copyOf(all.heldOutLoss(), grown));
    assertThat(stopped.rounds()).isEqualTo(grown);
    assertThat(stopped.treesAfter()).containsExactly(IntStream.rangeClosed(0, grown).toArray());
  }

  /** Five rows in 3,000: the loss of fresh rows falls and stays low over many rounds. */
  @Test
  void rareClassesStayStable() {
    CounterRandom random = new CounterRandom(77, 0);
    int n = 3000;
    double[][] x = new double[2 * n][3];
    double[] y = new double[2 * n];
    for (int r = 0; r < 2 * n; r++) {
      Arrays.setAll(x[r], j -> random.nextDouble());
      y[r] = r % 600 == 0 ? 3 : x[r][0] > 0.5 ? 1 : x[r][1] > 0.3 ? 0 : 2;
    }
    Data both = new Data(x, y, ones(2 * n), new boolean[3]);
    Data data = both.rows(IntStream.range(0, n).toArray());
    Data fresh = both.rows(IntStream.range(n, 2 * n).toArray());
    BinnedRows rows = data.binned();
    BinnedRows held = BinnedRows.of(rows.binning(), fresh.x, fresh.y, fresh.w);
    double[] start = {Math.log(0.35), Math.log(0.5), Math.log(0.15), Math.log(5.0 / n)};
    Result result = grow(rows, held, new SoftmaxLoss(4), start, 60, Options.of(31, 0.3, 1));
    // The entropy of a rare class that nothing tells: -p log p and a little, p = 1 / 600.
    assertThat(result.heldOutLoss()[result.heldOutLoss().length - 1]).isLessThan(0.05);
  }

  @Test
  void leafLimitsHold() {
    Data data = mixed(2000, true, 40);
    Options options = Options.of(64, 0.5, 1).with(limits(0, 37, 0, 4));
    Result result = grow(data, SQUARED, 3, options);
    for (int t = 0; t < 3; t++) {
      int[] counts = new int[64];
      for (byte code : result.codes()[t]) {
        counts[code & 0xFF]++;
      }
      for (int i = 0; i < result.trees().get(t).leaves(); i++) {
        assertThat(counts[i]).isGreaterThanOrEqualTo(37);
      }
    }
    Data labelled = classes(data, 2);
    Result bounded = grow(labelled, LOGISTIC, 5, Options.of(64, 0.5, 1).with(limits(0, 0, 0, 0.8)));
    for (double[] values : bounded.values()) {
      assertThat(Arrays.stream(values).map(Math::abs).max().orElse(0)).isLessThanOrEqualTo(0.4);
    }
    Result curved = grow(labelled, LOGISTIC, 1, Options.of(64, 0.5, 1).with(limits(0, 0, 5, 4)));
    int[] counts = new int[64];
    for (byte code : curved.codes()[0]) {
      counts[code]++;
    }
    for (int i = 0; i < curved.trees().get(0).leaves(); i++) {
      assertThat(counts[i]).isGreaterThanOrEqualTo(20);
    }
  }

  /** Room for three histograms: most are built again from rows. */
  @Test
  void littleMemoryGivesTheSameTrees() {
    BinnedRows rows = classes(mixed(2000, true, 60), 2).binned();
    Options options = Options.of(64, 0.3, 1);
    double[] start = new double[1];
    Result much = Boosting.grow(rows, LOGISTIC, start, 4, options);
    Result little;
    try (Boosting boosting =
        Boosting.of(
            rows,
            Optional.empty(),
            LOGISTIC,
            start,
            new Judge.OfLoss(LOGISTIC),
            true,
            0,
            options)) {
      little = boosting.grow(4).result();
    }
    assertThat(much.trees()).hasSize(4);
    for (int t = 0; t < 4; t++) {
      assertSame(little.trees().get(t), much.trees().get(t));
    }
  }

  @Test
  void noSplitsGiveNoTrees() {
    double[] y = new double[50];
    Data data = new Data(new double[50][3], y, ones(50), new boolean[3]);
    Result result = grow(data, SQUARED, 5, Options.of(8, 0.1, 1));
    assertThat(result.trees()).isEmpty();
    assertThat(result.codes()).isEmpty();
  }

  /** In one go or gone on with. */
  @Test
  void moreRoundsNeverChangeTheFirstOnes() {
    Data data = classes(mixed(800, true, 50), 3);
    Data fresh = classes(mixed(300, true, 51), 3);
    BinnedRows rows = data.binned();
    BinnedRows held = BinnedRows.of(rows.binning(), fresh.x, fresh.y, fresh.w);
    Options options = Options.of(8, 0.2, 3).withShares(0.5, 0.5);
    double[] start = new double[3];
    Loss loss = new SoftmaxLoss(3);
    Result few = grow(rows, held, loss, start, 3, options);
    Result many = grow(rows, held, loss, start, 6, options);
    assertThat(many.trees()).hasSize(18);
    try (Boosting boosting = Boosting.of(rows, Optional.of(held), loss, start, options)) {
      assertThat(boosting.grow(3).result()).usingRecursiveComparison().isEqualTo(few);
      assertThat(boosting.grow(3).result()).usingRecursiveComparison().isEqualTo(few);
      assertThat(boosting.grow(6).result()).usingRecursiveComparison().isEqualTo(many);
    }
    for (int t = 0; t < few.trees().size(); t++) {
      assertSame(few.trees().get(t), many.trees().get(t));
    }
  }

  @Test
  void optionsAreChecked() {
    assertThatThrownBy(() -> Options.of(257, 0.1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("leaves out of range: 257");
    assertThatThrownBy(() -> Options.of(8, 0, 0)).hasMessage("rate out of range: 0.0");
  }

  /** Boosting's own values are in the order that makes every tree rise and fall. */
  @Test
  void grownTreesAreMonotone() {
    FeatureConstraints constraints = new FeatureConstraints(List.of(1, 0, -1), List.of());
    for (Loss loss : List.of(SQUARED, LOGISTIC)) {
      Data data = loss == SQUARED ? mixed(2000, true, 3) : classes(mixed(2000, true, 3), 2);
      Options free = Options.of(24, 0.3, 5).withThreads(1);
      Result result = grow(data, loss, 12, free.with(constraints));
      Forest forest = forest(data, result);
      LeafOrder order = LeafOrder.of(forest, constraints);
      assertThat(order.none()).isFalse();
      assertThat(order.holds(values(result), 0)).isTrue();
      assertThat(result.trees()).hasSize(12);
      Result other = grow(data, loss, 12, free);
      Forest others = forest(data, other);
      assertThat(LeafOrder.of(others, constraints).holds(values(other), 0)).isFalse();
      // In a feature that no tree tests in the wrong direction nothing changes.
      assertThat(
              grow(data, loss, 12, free.with(new FeatureConstraints(List.of(0, 0, 0), List.of())))
                  .values())
          .isDeepEqualTo(other.values());
    }
  }

  private static Forest forest(Data data, Result result) {
    int[] outputs = new int[result.trees().size()];
    Arrays.fill(outputs, WeightLayout.ALL);
    return new Forest(
        result.trees(),
        LeafModel.CONSTANT,
        outputs,
        data.binned().binning().categories(),
        LeafPenalty.PLAIN);
  }

  private static double[] values(Result result) {
    return Arrays.stream(result.values()).flatMapToDouble(Arrays::stream).toArray();
  }
}
