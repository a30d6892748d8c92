package org.convexnn.solver.forest;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.convexnn.gate.Boosting;
import org.convexnn.solver.fit.TrainingRun;

/**
 * How many trees of narrow leaves are grown, how large and how fast. What options leave open follows
 * the rows: a short boosting for each of some sizes of trees, judged by held-out rows, chooses the
 * leaves, and the best is gone on with; rounds end where the held-out loss no longer falls.
 *
 * @param run the run
 */
record ForestGrowth(TrainingRun run) {

  private static final int PILOT_ROUNDS = 24;
  private static final int FEWEST_PILOT_ROUNDS = 4;
  private static final int PILOT_TREES = 240;
  private static final int PILOT_PATIENCE = 6;
  private static final int[] SIZES = {128, 31, 8};
  private static final int USUAL_LEAVES = 31;
  // Trees that see other rows each are less alike, and the joint fit weighs them: generated rows of
  // 28
  // numbers, 270,000 of them, validation loss .5426 with all rows and .5363 with half of them.
  // Where
  // categories have few rows each they are needed: a tenth of flights .4243 and .4392.
  private static final double HALF = 0.5;
  private static final double RATE = 0.1;
  // What shrinking a step protects from, noise in a leaf's value, falls with the rows, while the
  // time of a round grows with them. Measured on 2.7 million flights, 128 leaves, after the joint
  // fit: 300 rounds at .1 log-loss .3238, 150 at .2 .3339 in half the time (XGBoost .3634).
  private static final double ROWS_OF_A_RATE = 100_000;
  private static final double MOST_RATE = 0.2;
  // A round of many classes grows as many trees; each sees the few rows of its class.
  private static final double CLASSES_OF_A_RATE = 10;
  private static final double MOST_TREES = 1000;
  // Where a row says as little as a claim in ten policies does, steps are halved.
  private static final double MUCH_NOISE = 4;
  private static final double NOISY_RATE = 0.05;
  private static final int PATIENCE = 20;
  private static final double ROWS_PER_LEAF = 40;
  private static final double HEAP_SHARE = 0.5;
  private static final double VECTORS = 16;

  /**
   * The size of a forest.
   *
   * @param rounds of boosting; a tree each, of several classes one for each class
   * @param leaves the most of a tree
   * @param rate the share of a leaf's value that the next trees see
   * @param rowShare the share of the rows that a tree sees
   */
  record Size(int rounds, int leaves, double rate, double rowShare) {

    /** Of all rows. */
    Size(int rounds, int leaves, double rate) {
      this(rounds, leaves, rate, 1);
    }

    /** This size with another number of rounds. */
    Size rounds(int other) {
      return new Size(other, leaves, rate, rowShare);
    }

    /** This size, each tree grown on a share of the rows. */
    Size seeing(double share) {
      return new Size(rounds, leaves, rate, share);
    }

    /** Fewer rounds that learn as many times faster. */
    Size faster(int factor) {
      return new Size(Math.max(1, rounds / factor), leaves, Math.min(1, rate * factor), rowShare);
    }
  }

  /**
   * Refuses a forest whose weights the driver has no room for, before it is grown.
   *
   * @throws IllegalArgumentException with the remedy
   */
  void check() {
    double trees = (double) mostRounds() * run.prepared().loss().outputs();
    double leaves = run.options().numLeaves() > 0 ? run.options().numLeaves() : SIZES[0];
    double bytes = VECTORS * Double.BYTES * trees * leaves;
    double room = HEAP_SHARE * Runtime.getRuntime().maxMemory();
    if (bytes > room) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%.0f trees of up to %.0f leaves take %.0f MB of the driver's memory, more"
                  + " than %.0f MB: lower numTrees or numLeaves, or raise spark.driver.memory",
              trees,
              leaves,
              bytes * 0x1p-20,
              room * 0x1p-20));
    }
  }

  /** The size where no rows are held out. */
  Size usual() {
    int leaves = run.options().numLeaves() > 0 ? run.options().numLeaves() : USUAL_LEAVES;
    int rounds = run.options().numTrees() > 0 ? mostRounds() : mostRounds() / 3;
    return new Size(rounds, leaves, rate());
  }

  /**
   * What held-out rows chose.
   *
   * @param size of the network's forest, the most rounds
   * @param results of each split, of trees grown faster
   */
  record Chosen(Size size, List<Boosting.Result> results) {}

  /**
   * Chooses the leaves of the trees and grows on each split.
   *
   * @param trains of each split, the rows that trees are grown on
   * @param heldOuts of each split, the rows that judge them, all together
   * @param speedUp by how much faster, in as many times fewer rounds, than the network's trees
   */
  Chosen choose(List<ForestSample> trains, List<ForestSample> heldOuts, int speedUp) {
    StringBuilder tried = new StringBuilder();
    Candidate best = null;
    try {
      for (int leaves : sizes(trains.get(0).size())) {
        Size size = new Size(mostRounds(), leaves, rate());
        Candidate next = pilot(size, speedUp, trains, heldOuts, tried);
        best = better(best, next);
        if (best != next) {
          break;
        }
      }
      best = better(best, pilot(best.size.seeing(HALF), speedUp, trains, heldOuts, tried));
      run.log().message("trees by the validation loss of a short boosting:" + tried);
      best.grow(best.fast.rounds, patience() / speedUp);
      return new Chosen(best.size, best.results());
    } finally {
      if (best != null) {
        best.close();
      }
    }
  }

  private Candidate pilot(
      Size size,
      int speedUp,
      List<ForestSample> trains,
      List<ForestSample> heldOuts,
      StringBuilder tried) {
    Candidate candidate = new Candidate(size, speedUp, trains, heldOuts);
    try {
      candidate.grow(pilotRounds(), PILOT_PATIENCE);
    } catch (RuntimeException | Error e) {
      candidate.close();
      throw e;
    }
    tried.append(
        String.format(
            Locale.ROOT,
            " %d leaves, %s rows: %.5f",
            size.leaves,
            size.rowShare < 1 ? "half the" : "all",
            candidate.least()));
    return candidate;
  }

  /** The better of two, the first where they do not differ; the other is closed. */
  private static Candidate better(Candidate first, Candidate second) {
    if (first == null) {
      return second;
    }
    boolean better = second.least() < first.least();
    (better ? first : second).close();
    return better ? second : first;
  }

  /** The sizes of trees that are tried, the largest first. */
  private int[] sizes(int rows) {
    if (run.options().numLeaves() > 0) {
      return new int[] {run.options().numLeaves()};
    }
    // Many rows stand for leaves that few rows would fill with noise.
    return Arrays.stream(SIZES)
        .filter(leaves -> leaves == SIZES[SIZES.length - 1] || rows >= ROWS_PER_LEAF * leaves)
        .toArray();
  }

  /** Rounds without a lower held-out loss that end growing; none where the number is given. */
  private int patience() {
    return run.options().numTrees() > 0 ? 0 : PATIENCE;
  }

  /** Trees of one size, grown on each split. */
  private final class Candidate implements AutoCloseable {
    private final Size size;
    private final Size fast;
    private final List<ForestSample> heldOuts;
    private final List<Boosting> boostings;

    Candidate(Size size, int speedUp, List<ForestSample> trains, List<ForestSample> heldOuts) {
      this.size = size;
      this.fast = size.faster(speedUp);
      this.heldOuts = heldOuts;
      Boosting.Options options = trains.size() > 1 ? options(fast).withThreads(1) : options(fast);
      this.boostings =
          IntStream.range(0, trains.size())
              .parallel()
              .mapToObj(k -> boosting(trains.get(k), Optional.of(heldOuts.get(k)), options))
              .toList();
    }

    /** Side by side where splits are several; these are judged together, none ends by itself. */
    void grow(int rounds, int patience) {
      int own = boostings.size() > 1 ? 0 : patience;
      boostings.parallelStream()
          .forEach(boosting -> boosting.grow(Math.min(rounds, fast.rounds), own, run.log()::pulse));
    }

    List<Boosting.Result> results() {
      return boostings.stream().map(Boosting::result).toList();
    }

    double least() {
      return Arrays.stream(losses(results(), heldOuts)).min().orElse(Double.POSITIVE_INFINITY);
    }

    @Override
    public void close() {
      boostings.forEach(Boosting::close);
    }
  }

  /** What is said of all held-out rows after each round: a split alone would choose by its noise. */
  static double[] losses(List<Boosting.Result> results, List<ForestSample> heldOuts) {
    double weight = heldOuts.stream().mapToDouble(ForestSample::weight).sum();
    double[] losses =
        new double[results.stream().mapToInt(Boosting.Result::rounds).min().orElse(0)];
    for (int k = 0; k < results.size(); k++) {
      double share = heldOuts.get(k).weight() / weight;
      for (int t = 0; t < losses.length; t++) {
        losses[t] += share * results.get(k).heldOutLoss()[t];
      }
    }
    return losses;
  }

  private int pilotRounds() {
    int byTrees = PILOT_TREES / run.prepared().loss().outputs();
    return Math.max(FEWEST_PILOT_ROUNDS, Math.min(PILOT_ROUNDS, byTrees));
  }

  /** Larger, with as many times fewer rounds, on more rows and of more classes. */
  private double rate() {
    if (run.prepared().dispersion() > MUCH_NOISE) {
      return NOISY_RATE;
    }
    double grown = Math.cbrt(run.prepared().stats().rows() / ROWS_OF_A_RATE);
    double classes = run.prepared().loss().outputs() / CLASSES_OF_A_RATE;
    return Math.min(MOST_RATE, RATE * Math.max(1, Math.max(grown, classes)));
  }

  private int mostRounds() {
    if (run.options().numTrees() > 0) {
      return Math.max(1, run.options().numTrees() / run.prepared().loss().outputs());
    }
    int balanced = run.prepared().loss().outputs() == 1 ? 300 : 100;
    int rounds =
        switch (run.options().effort()) {
          case FAST -> balanced / 3;
          case BALANCED -> balanced;
          case BEST -> 3 * balanced;
        };
    double most = MOST_TREES * (double) rounds / balanced / run.prepared().loss().outputs();
    return (int) Math.max(1, Math.round(Math.min(most, rounds * Math.min(1, RATE / rate()))));
  }

  /**
   * Grows trees on all rows of a sample.
   *
   * @param codes whether the leaf of each row is kept
   */
  Boosting.Result grow(ForestSample sample, Size size, boolean codes) {
    Boosting.Options options = codes ? options(size) : options(size).withoutCodes();
    try (Boosting boosting = boosting(sample, Optional.empty(), options)) {
      return boosting.grow(size.rounds, 0, run.log()::pulse).result();
    }
  }

  private Boosting.Options options(Size size) {
    return Boosting.Options.of(size.leaves, size.rate, run.options().seed())
        .withShares(1, size.rowShare)
        .with(Boosting.LeafLimits.USUAL.dispersed(run.prepared().dispersion()))
        .with(run.options().leaves().constraints());
  }

  private Boosting boosting(
      ForestSample train, Optional<ForestSample> heldOut, Boosting.Options options) {
    return Boosting.of(
        train.rows(),
        heldOut.map(ForestSample::rows),
        run.prepared().loss(),
        run.prepared().offset(),
        run.judge(),
        options);
  }
}
