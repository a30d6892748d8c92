package org.convexnn.gate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.convexnn.gate.SplitSearch.Sums;
import org.convexnn.gate.TreeGrowth.Grown;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.linalg.HistogramKernel;
import org.convexnn.linalg.RowCount;
import org.convexnn.loss.Judge;
import org.convexnn.loss.Loss;
import org.convexnn.network.FeatureConstraints;
import org.convexnn.network.Tree;
import org.convexnn.network.leaf.LeafOrder;
import org.convexnn.network.leaf.LeafTables;

/**
 * Gradient boosting of trees on rows in bins (Friedman, Annals of Statistics 2001; histograms as in
 * LightGBM, Ke et al., NeurIPS 2017).
 *
 * <p>A round grows one tree for each output: tree t for output c fits the derivatives g and
 * curvatures h ({@link Loss#splitCurvature}) of the loss in that output at the outputs before the
 * round. A leaf adds {@code -rate G
 * / (H + lambda)} to the outputs of its rows, G and H the weighted sums of g and h. With C > 1
 * outputs h is {@code C / (C - 1) p_c (1 - p_c)}, since the outputs move together (Friedman,
 * algorithm 6).
 *
 * <p>Round t depends on the data, the seed and the earlier rounds only: more rounds never change the
 * first ones, and neither does the number of threads. So a boosting can be gone on with. Weights count
 * as multiples of their average.
 */
public final class Boosting implements AutoCloseable {

  /** Keeps the leaf value of rows that are surely right bounded where lambda is 0. */
  private static final double LEAST_CURVATURE = 1e-6;

  /** A tree of one column or two sees little of how columns act together. */
  private static final int FEWEST_COLUMNS = 4;

  /** Leaf codes are bytes. */
  private static final int MOST_LEAVES = 256;

  /**
   * What keeps leaves from fitting noise.
   *
   * @param lambda ridge on leaf values, in rows of average weight
   * @param minRowsPerLeaf the least weight of the seen rows in a leaf, in rows of average weight
   * @param minHessian the least sum of curvatures in a leaf, weights as multiples of their average
   * @param maxLeafStep the most that a leaf's value is before the rate is applied, which keeps rare
   *     classes stable; without effect where the loss is quadratic and the value exact
   * @param categorySmoothing rows by which the ratio G / H of a category is shrunk to its leaf's
   * @param categoryRidge what lambda grows by where sets of categories are compared
   */
  public record LeafLimits(
      double lambda,
      double minRowsPerLeaf,
      double minHessian,
      double maxLeafStep,
      double categorySmoothing,
      double categoryRidge) {

    /** Values that did well on tables of 7,000 to 2.7 million rows. */
    public static final LeafLimits USUAL = new LeafLimits(0.1, 20, 1e-3, 3, 10, 10);

    /** Checks ranges. */
    public LeafLimits {
      require(lambda >= 0 && lambda < Double.POSITIVE_INFINITY, "lambda", lambda);
      require(minRowsPerLeaf >= 0, "minRowsPerLeaf", minRowsPerLeaf);
      require(minHessian >= 0, "minHessian", minHessian);
      require(maxLeafStep > 0, "maxLeafStep", maxLeafStep);
      require(categorySmoothing >= 0, "categorySmoothing", categorySmoothing);
      require(categoryRidge >= 0, "categoryRidge", categoryRidge);
    }

    /**
     * With all that sums of curvatures are compared with in rows of so much information: where derivatives
     * vary by a dispersion times the curvature, that many rows say what one says otherwise.
     */
    public LeafLimits dispersed(double dispersion) {
      return new LeafLimits(
          dispersion * lambda,
          minRowsPerLeaf,
          dispersion * minHessian,
          maxLeafStep,
          dispersion * categorySmoothing,
          dispersion * categoryRidge);
    }
  }

  /**
   * How trees are grown.
   *
   * @param leaves the most leaves of a tree, at most {@value Boosting#MOST_LEAVES}
   * @param rate the share of a leaf's value that is added
   * @param limits of the leaves
   * @param columnShare the share of the columns that vary that a tree may test; four at least, where
   *     there are so many
   * @param rowShare the share of the rows that the trees of a round see, drawn by a hash of their bins:
   *     equal rows are seen together, so that a row twice is a row of weight two, and neither the order
   *     of the rows nor the scale of a column matters
   * @param codes whether the leaf of each row is kept: a byte a row and tree
   * @param threads threads that work
   * @param seed varies the draws of rows and columns
   * @param constraints what trees are held to: leaf values are in the order that makes each tree
   *     monotone, of one output
   */
  public record Options(
      int leaves,
      double rate,
      LeafLimits limits,
      double columnShare,
      double rowShare,
      boolean codes,
      int threads,
      long seed,
      FeatureConstraints constraints) {

    /** Checks ranges. */
    public Options {
      require(leaves >= 2 && leaves <= MOST_LEAVES, "leaves", leaves);
      require(rate > 0 && rate <= 1, "rate", rate);
      require(columnShare > 0 && columnShare <= 1, "columnShare", columnShare);
      require(rowShare > 0 && rowShare <= 1, "rowShare", rowShare);
      require(threads >= 1, "threads", threads);
    }

    /** All rows, all columns, all processors, the usual limits. */
    public static Options of(int leaves, double rate, long seed) {
      int threads = Runtime.getRuntime().availableProcessors();
      return new Options(
          leaves, rate, LeafLimits.USUAL, 1, 1, true, threads, seed, FeatureConstraints.NONE);
    }

    /** With other limits. */
    public Options with(LeafLimits other) {
      return new Options(
          leaves, rate, other, columnShare, rowShare, codes, threads, seed, constraints);
    }

    /** With other shares of columns and rows. */
    public Options withShares(double columns, double rows) {
      return new Options(leaves, rate, limits, columns, rows, codes, threads, seed, constraints);
    }

    /** Without the leaves of the rows. */
    public Options withoutCodes() {
      return new Options(
          leaves, rate, limits, columnShare, rowShare, false, threads, seed, constraints);
    }

    /** With another number of threads. */
    public Options withThreads(int other) {
      return new Options(
          leaves, rate, limits, columnShare, rowShare, codes, other, seed, constraints);
    }

    /** Held to constraints. */
    public Options with(FeatureConstraints others) {
      return new Options(leaves, rate, limits, columnShare, rowShare, codes, threads, seed, others);
    }
  }

  private static void require(boolean holds, String name, Number value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " out of range: " + value);
    }
  }

  /**
   * What was grown.
   *
   * @param trees the trees, each with two leaves or more
   * @param outputOf the output that each tree adds to
   * @param values what each tree's leaves add to that output, the rate applied
   * @param leafWeights the weight of the rows that each tree saw in its leaves
   * @param codes the leaf of each training row in each tree, unsigned bytes; empty where they are not
   *     kept
   * @param heldOutCodes the leaf of each held-out row in each tree; empty without such rows
   * @param heldOutLoss what the judge says of the held-out rows after each round, such as their mean
   *     loss; empty without such rows
   * @param bestRounds the rounds after which that was lowest; without such rows, all
   * @param treesAfter the trees after 0, 1, .. rounds: the first ones
   */
  public record Result(
      List<Tree> trees,
      int[] outputOf,
      double[][] values,
      double[][] leafWeights,
      byte[][] codes,
      byte[][] heldOutCodes,
      double[] heldOutLoss,
      int bestRounds,
      int[] treesAfter) {

    /** The rounds that were grown. */
    public int rounds() {
      return treesAfter.length - 1;
    }
  }

  private final BinnedRows rows;
  private final Loss loss;
  private final Options options;
  private final Workers workers;
  private final TreeGrowth growth;
  private final boolean quadratic;
  private final int stride;
  private final float[] weights;
  private final double[] outputs;

  /** Derivatives of a round, C a row. */
  private final double[] derivatives;

  /** The columns that vary. */
  private final int[] varying;

  /** Of the bins of each row; empty where trees see all rows. */
  private final long[] hashes;

  private final Optional<HeldOut> heldOut;
  private final byte[] codeBuffer;

  private final List<Tree> trees = new ArrayList<>();
  private final List<Integer> outputOf = new ArrayList<>();
  private final List<double[]> values = new ArrayList<>();
  private final List<double[]> leafWeights = new ArrayList<>();
  private final List<byte[]> codes = new ArrayList<>();

  // After 0, 1, .. rounds.
  private final List<Integer> treesAfter = new ArrayList<>(List.of(0));
  private final List<Double> losses = new ArrayList<>();
  private int bestRounds;
  private boolean ended;

  private Boosting(
      BinnedRows rows,
      Optional<BinnedRows> heldOut,
      Loss loss,
      double[] start,
      Judge judge,
      boolean bundled,
      long mostSums,
      Options options) {
    int n = rows.size();
    this.rows = rows;
    this.loss = loss.on(rows.labels());
    this.options = options;
    this.workers = new Workers(options.threads());
    this.quadratic = loss.quadratic();
    this.stride = quadratic ? 2 : 4;
    double total = Arrays.stream(rows.weights()).sum();
    long present = Arrays.stream(rows.weights()).filter(w -> w > 0).count();
    double unit = total / Math.max(1, RowCount.of(present, total));
    this.weights = new float[n];
    for (int r = 0; r < n; r++) {
      weights[r] = (float) (rows.weights()[r] / unit);
    }
    boolean weighted = false;
    for (float weight : weights) {
      weighted |= weight != 1;
    }
    this.outputs = outputs(n, start);
    this.derivatives = new double[outputs.length];
    this.codeBuffer = new byte[options.codes() ? 0 : n];
    this.hashes = options.rowShare() < 1 ? hashes(rows, workers) : new long[0];
    Panels panels = Panels.of(rows, bundled, workers);
    this.varying =
        panels.slots.stream()
            .flatMap(slot -> slot.members().stream())
            .mapToInt(Panels.Member::column)
            .sorted()
            .toArray();
    this.growth =
        new TreeGrowth(rows, panels, stride, weighted, total / unit, mostSums, options, workers);
    this.heldOut = heldOut.map(held -> new HeldOut(held, outputs(held.size(), start), judge));
    this.losses.add(this.heldOut.map(HeldOut::loss).orElse(Double.NaN));
  }

  /**
   * A boosting without trees yet.
   *
   * @param train the rows that trees are grown on
   * @param heldOut rows in the same bins whose loss is looked at
   * @param loss the loss
   * @param start the C outputs that boosting starts from: the constant model
   * @param options how large, how fast
   */
  public static Boosting of(
      BinnedRows train, Optional<BinnedRows> heldOut, Loss loss, double[] start, Options options) {
    return of(train, heldOut, loss, start, new Judge.OfLoss(loss), options);
  }

  /**
   * A boosting without trees yet, whose held-out rows are judged by something else than its loss.
   *
   * @param judge of held-out rows
   */
  public static Boosting of(
      BinnedRows train,
      Optional<BinnedRows> heldOut,
      Loss loss,
      double[] start,
      Judge judge,
      Options options) {
    return of(train, heldOut, loss, start, judge, true, TreeGrowth.mostSums(), options);
  }

  /**
   * A boosting that stores columns and adds histograms in a given way, which changes rounding alone.
   *
   * @param bundled whether columns may share a slot ({@link Panels})
   * @param mostSums the sums that all histograms together may hold
   */
  static Boosting of(
      BinnedRows train,
      Optional<BinnedRows> heldOut,
      Loss loss,
      double[] start,
      Judge judge,
      boolean bundled,
      long mostSums,
      Options options) {
    if (start.length != loss.outputs()) {
      throw new IllegalArgumentException(
          start.length + " outputs to start from; the loss has " + loss.outputs());
    }
    return new Boosting(train, heldOut, loss, start, judge, bundled, mostSums, options);
  }

  /**
   * Grows the trees of some rounds.
   *
   * @param rounds the most; trees that find no split are left out
   */
  public static Result grow(
      BinnedRows train, Loss loss, double[] start, int rounds, Options options) {
    try (Boosting boosting = of(train, Optional.empty(), loss, start, options)) {
      return boosting.grow(rounds).result();
    }
  }

  private static double[] outputs(int n, double[] start) {
    double[] outputs = new double[Math.multiplyExact(n, start.length)];
    for (int r = 0; r < outputs.length; r++) {
      outputs[r] = start[r % start.length];
    }
    return outputs;
  }

  /**
   * Grows on to so many rounds, all told.
   *
   * @param most rounds
   */
  public Boosting grow(int most) {
    return grow(most, 0, () -> {});
  }

  /**
   * Grows on.
   *
   * @param most rounds, all told
   * @param patience rounds without a lower loss of the held-out rows after which no more are tried,
   *     or as many as the best ones, where these are more; 0 for all rounds
   * @param eachTree runs after each tree; what it throws ends the growth
   */
  public Boosting grow(int most, int patience, Runnable eachTree) {
    while (rounds() < most && !ended && !lost(patience)) {
      int before = trees.size();
      addRound(eachTree);
      boolean sampled = options.rowShare() < 1 || options.columnShare() < 1;
      if (trees.size() == before && !sampled) {
        ended = true;
        break;
      }
      treesAfter.add(trees.size());
      losses.add(heldOut.map(HeldOut::loss).orElse(Double.NaN));
      if (heldOut.isEmpty() || losses.get(rounds()) < losses.get(bestRounds)) {
        bestRounds = rounds();
      }
    }
    return this;
  }

  private int rounds() {
    return treesAfter.size() - 1;
  }

  private boolean lost(int patience) {
    return patience > 0 && rounds() - bestRounds >= Math.max(patience, bestRounds);
  }

  /** What has been grown. */
  public Result result() {
    return new Result(
        List.copyOf(trees),
        outputOf.stream().mapToInt(c -> c).toArray(),
        values.toArray(double[][]::new),
        leafWeights.toArray(double[][]::new),
        codes.toArray(byte[][]::new),
        heldOut.map(held -> held.codes.toArray(byte[][]::new)).orElse(new byte[0][]),
        heldOut.isEmpty()
            ? new double[0]
            : losses.stream().skip(1).mapToDouble(loss -> loss).toArray(),
        bestRounds,
        treesAfter.stream().mapToInt(count -> count).toArray());
  }

  /** Ends the threads. */
  @Override
  public void close() {
    workers.close();
  }

  /** The draws of a round are the same for all outputs: their order does not matter. */
  private void addRound(Runnable eachTree) {
    int n = rows.size();
    CounterRandom random = new CounterRandom(options.seed(), rounds());
    int[] seen = options.rowShare() < 1 ? seen(random.nextLong()) : null;
    int tested =
        Math.max(
            share(options.columnShare(), varying.length), Math.min(FEWEST_COLUMNS, varying.length));
    boolean[] columns = new boolean[rows.bins().length];
    for (int k : draw(varying.length, tested, random)) {
      columns[varying[k]] = true;
    }
    int c = loss.outputs();
    int count = seen == null ? n : seen.length;
    workers.chunks(0, count, (chunk, from, to) -> derive(seen, from, to));
    for (int output = 0; output < c; output++) {
      Grown grown = growth.grow(seen, columns, rowSums(output));
      if (grown.tree().feature().length > 0) {
        add(grown, output, seen);
      }
      eachTree.run();
    }
  }

  /** Derivatives of rows {@code from .. to - 1}, of those listed where some are. */
  private void derive(int[] listed, int from, int to) {
    int c = loss.outputs();
    for (int k = from; k < to; k++) {
      int r = listed == null ? k : listed[k];
      loss.derivative(loss.label(rows.labels(), r), outputs, r * c, derivatives, r * c);
    }
  }

  /** The rows whose hash, under this key, is in the share that is seen. */
  private int[] seen(long key) {
    int[] seen = new int[hashes.length];
    int count = 0;
    for (int r = 0; r < hashes.length; r++) {
      seen[count] = r;
      // Without a jump, which could not be foreseen.
      count +=
          CounterRandom.uniform(CounterRandom.mix(hashes[r] ^ key)) < options.rowShare() ? 1 : 0;
    }
    return Arrays.copyOf(seen, count);
  }

  private static long[] hashes(BinnedRows rows, Workers workers) {
    long[] hashes = new long[rows.size()];
    workers.chunks(
        0,
        hashes.length,
        (chunk, from, to) -> {
          for (byte[] column : rows.bins()) {
            for (int r = from; r < to; r++) {
              hashes[r] = CounterRandom.mix(hashes[r] + column[r] + 1);
            }
          }
        });
    return hashes;
  }

  private TreeGrowth.RowSums rowSums(int output) {
    int c = loss.outputs();
    double factor = loss.coupled() ? c / (c - 1.0) : 1;
    return (numbers, from, to, pairs, ofRows) -> {
      for (int k = from; k < to; k++) {
        int r = numbers[k];
        double h = 1;
        if (!quadratic) {
          double y = loss.label(rows.labels(), r);
          h = loss.splitCurvature(y, outputs, r * c, derivatives, r * c, output);
          h = Math.max(factor * h, LEAST_CURVATURE);
        }
        pairs[k] =
            HistogramKernel.pair(
                (float) (weights[r] * derivatives[r * c + output]), (float) (weights[r] * h));
        if (ofRows != null) {
          ofRows[k] = weights[r];
        }
      }
    };
  }

  /** Moves the outputs of all rows by the values of a new tree. */
  private void add(Grown grown, int output, int[] seen) {
    int c = loss.outputs();
    double[] value = values(grown);
    byte[] code = options.codes() ? new byte[rows.size()] : codeBuffer;
    if (seen == null) {
      growth.writeLeaves(code);
    } else {
      LeafTables tables = grown.tables();
      workers.chunks(0, rows.size(), (chunk, from, to) -> route(tables, rows, code, from, to));
    }
    workers.chunks(
        0, rows.size(), (chunk, from, to) -> addTo(outputs, c, output, code, value, from, to));
    heldOut.ifPresent(held -> held.add(grown, output, value));
    trees.add(grown.tree());
    outputOf.add(output);
    values.add(value);
    leafWeights.add(Arrays.stream(grown.sums()).mapToDouble(Sums::w).toArray());
    if (options.codes()) {
      codes.add(code);
    }
  }

  /**
   * What the leaves of a tree add. Where trees are held to be monotone these are the best values in
   * order: the nearest ones in the metric {@code H + lambda}.
   */
  private double[] values(Grown grown) {
    double[] steps = Arrays.stream(grown.sums()).mapToDouble(this::step).toArray();
    if (options.constraints().ordered()) {
      double[] sizes =
          Arrays.stream(grown.sums())
              .mapToDouble(sums -> sums.h() + options.limits().lambda())
              .toArray();
      LeafOrder.of(grown.tree(), rows.binning().categories(), options.constraints())
          .project(steps, sizes, 0);
    }
    return Arrays.stream(steps).map(step -> options.rate() * step).toArray();
  }

  private double step(Sums sums) {
    double size = sums.h() + options.limits().lambda();
    double step = size > 0 ? -sums.g() / size : 0;
    double most = quadratic ? Double.POSITIVE_INFINITY : options.limits().maxLeafStep();
    return Math.max(-most, Math.min(most, step));
  }

  private static void route(LeafTables tables, BinnedRows rows, byte[] code, int from, int to) {
    int[] found = new int[to - from];
    tables.find(rows.bins(), from, to - from, found);
    for (int k = 0; k < found.length; k++) {
      code[from + k] = (byte) found[k];
    }
  }

  private static void addTo(
      double[] outputs, int c, int output, byte[] code, double[] value, int from, int to) {
    for (int r = from; r < to; r++) {
      outputs[r * c + output] += value[code[r] & 0xFF];
    }
  }

  /** Rows that trees do not see. */
  private final class HeldOut {

    private final BinnedRows held;
    private final double[] heldOutputs;
    private final List<byte[]> codes = new ArrayList<>();
    private final Judge judge;

    HeldOut(BinnedRows held, double[] heldOutputs, Judge judge) {
      this.held = held;
      this.heldOutputs = heldOutputs;
      this.judge = judge.on(held.labels());
    }

    void add(Grown grown, int output, double[] value) {
      byte[] code = new byte[held.size()];
      LeafTables tables = grown.tables();
      workers.chunks(
          0,
          held.size(),
          (chunk, from, to) -> {
            route(tables, held, code, from, to);
            addTo(heldOutputs, loss.outputs(), output, code, value, from, to);
          });
      codes.add(code);
    }

    double loss() {
      int c = loss.outputs();
      double[][] parts = new double[Workers.chunks(held.size())][judge.size()];
      workers.chunks(
          0,
          held.size(),
          (chunk, from, to) -> {
            for (int r = from; r < to; r++) {
              judge.add(
                  loss.label(held.labels(), r),
                  heldOutputs,
                  r * c,
                  held.weights()[r],
                  parts[chunk]);
            }
          });
      double[] sums = new double[judge.size()];
      for (double[] part : parts) {
        Blas.axpy(1, part, sums);
      }
      return judge.value(sums);
    }
  }

  /** Draws {@code count} of 0 .. n - 1 in rising order (Knuth, TAOCP 2, algorithm 3.4.2 S). */
  private static int[] draw(int n, int count, CounterRandom random) {
    int[] drawn = new int[count];
    int found = 0;
    for (int i = 0; i < n && found < count; i++) {
      if ((n - i) * random.nextDouble() < count - found) {
        drawn[found++] = i;
      }
    }
    return drawn;
  }

  private static int share(double share, int n) {
    return n == 0 ? 0 : Math.max(1, (int) Math.round(share * n));
  }
}
