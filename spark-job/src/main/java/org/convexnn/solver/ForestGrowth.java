package org.convexnn.solver;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.convexnn.gate.Boosting;

/**
 * How many trees of narrow leaves are grown, how large and how fast. What options leave open follows
 * the rows: a short boosting for each of some sizes of trees, judged by held-out rows, chooses the
 * leaves; rounds end where the held-out loss no longer falls.
 *
 * @param run the run
 */
record ForestGrowth(Run run) {

  private static final int PILOT_ROUNDS = 24;
  private static final int FEWEST_PILOT_ROUNDS = 4;
  private static final int PILOT_TREES = 240;
  private static final double PILOT_RATE = 0.25;
  private static final int PILOT_PATIENCE = 6;
  private static final int[] SIZES = {128, 31, 8};
  private static final int USUAL_LEAVES = 31;
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
   */
  record Size(int rounds, int leaves, double rate) {

    /** The same with other rounds. */
    Size rounds(int other) {
      return new Size(other, leaves, rate);
    }

    /** Fewer rounds that learn as many times faster. */
    Size faster(int factor) {
      return new Size(Math.max(1, rounds / factor), leaves, Math.min(1, rate * factor));
    }
  }

  /**
   * Refuses a forest whose weights the driver has no room for, before it is grown.
   *
   * @throws IllegalArgumentException with the remedy
   */
  void check() {
    double trees = (double) mostRounds() * run.frame().loss().outputs();
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

  /** Rounds without a lower held-out loss that end growing; none where the number is given. */
  int patience() {
    return run.options().numTrees() > 0 ? 0 : PATIENCE;
  }

  /**
   * The size of the largest forest, leaves as held-out rows choose them.
   *
   * @param trains of each split, the rows that trees are grown on
   * @param heldOuts of each split, the rows that judge them
   */
  Size size(List<ForestSample> trains, List<ForestSample> heldOuts) {
    if (run.options().numLeaves() > 0) {
      return new Size(mostRounds(), run.options().numLeaves(), rate());
    }
    int best = USUAL_LEAVES;
    double least = Double.POSITIVE_INFINITY;
    StringBuilder tried = new StringBuilder();
    for (int leaves : SIZES) {
      // Many rows stand for leaves that few rows would fill with noise.
      if (leaves > SIZES[SIZES.length - 1] && trains.get(0).size() < ROWS_PER_LEAF * leaves) {
        continue;
      }
      Size size = new Size(pilotRounds(), leaves, PILOT_RATE);
      List<Boosting.Result> results = grow(trains, heldOuts, size, PILOT_PATIENCE);
      double loss = Arrays.stream(losses(results, heldOuts)).min().orElse(Double.POSITIVE_INFINITY);
      tried.append(String.format(Locale.ROOT, " %d: %.5f", leaves, loss));
      if (loss >= least) {
        break;
      }
      least = loss;
      best = leaves;
    }
    run.log().message("leaves a tree, validation loss of a short boosting:" + tried);
    return new Size(mostRounds(), best, rate());
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
    int byTrees = PILOT_TREES / run.frame().loss().outputs();
    return Math.max(FEWEST_PILOT_ROUNDS, Math.min(PILOT_ROUNDS, byTrees));
  }

  /** Larger, with as many times fewer rounds, on more rows and of more classes. */
  private double rate() {
    if (run.frame().dispersion() > MUCH_NOISE) {
      return NOISY_RATE;
    }
    double grown = Math.cbrt(run.frame().stats().rows() / ROWS_OF_A_RATE);
    double classes = run.frame().loss().outputs() / CLASSES_OF_A_RATE;
    return Math.min(MOST_RATE, RATE * Math.max(1, Math.max(grown, classes)));
  }

  private int mostRounds() {
    if (run.options().numTrees() > 0) {
      return Math.max(1, run.options().numTrees() / run.frame().loss().outputs());
    }
    int balanced = run.frame().loss().outputs() == 1 ? 300 : 100;
    int rounds =
        switch (run.options().effort()) {
          case FAST -> balanced / 3;
          case BALANCED -> balanced;
          case BEST -> 3 * balanced;
        };
    double most = MOST_TREES * (double) rounds / balanced / run.frame().loss().outputs();
    return (int) Math.max(1, Math.round(Math.min(most, rounds * Math.min(1, RATE / rate()))));
  }

  /**
   * Grows trees on each split, side by side where there are several.
   *
   * @param trains of each split, the rows that trees are grown on
   * @param heldOuts of each split, the rows that judge them
   * @param patience of one split: rounds without a lower held-out loss that end growing; 0 for all
   *     rounds, as several splits have, which are judged together
   */
  List<Boosting.Result> grow(
      List<ForestSample> trains, List<ForestSample> heldOuts, Size size, int patience) {
    Boosting.Options options =
        trains.size() > 1 ? options(size).withThreads(1) : options(size).withPatience(patience);
    return IntStream.range(0, trains.size())
        .parallel()
        .mapToObj(k -> grow(trains.get(k), Optional.of(heldOuts.get(k)), options))
        .toList();
  }

  /**
   * Grows trees on all rows of a sample.
   *
   * @param codes whether the leaf of each row is kept
   */
  Boosting.Result grow(ForestSample sample, Size size, boolean codes) {
    Boosting.Options options = options(size);
    return grow(sample, Optional.empty(), codes ? options : options.withoutCodes());
  }

  private Boosting.Options options(Size size) {
    return Boosting.Options.of(size.rounds, size.leaves, size.rate, run.options().seed())
        .dispersed(run.frame().dispersion())
        .held(run.options().leaves().constraints());
  }

  private Boosting.Result grow(
      ForestSample train, Optional<ForestSample> heldOut, Boosting.Options options) {
    return Boosting.grow(
        train.rows(),
        heldOut.map(ForestSample::rows),
        run.frame().loss(),
        run.frame().offset(),
        run.judge(),
        options,
        run.log()::pulse);
  }
}
