package org.convexnn.solver.forest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.convexnn.block.RowSelection;
import org.convexnn.block.pass.gated.SweepPass;
import org.convexnn.gate.Boosting;
import org.convexnn.loss.Judge;
import org.convexnn.network.LeafPenalty;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.fit.TrainingRun;
import org.convexnn.solver.program.LeafNorms;

/**
 * Chooses the penalty of a forest of constant leaves, and how its trees are grown, by rows that take
 * no part in either: {@code beta (a N + (1 - a) N^2 / 2)} with weights of leaves to a power gamma. The
 * loss of the held-out rows is looked at along beta, of the squared norm (a = 0), where most of it is
 * decided; where it is least, other powers are tried, an a that halves the square's part, and centres
 * of the penalty, kappa times what boosting found. The fit has twice the rounds after which boosting
 * alone is best. Where that is not better than boosting, the best rounds alone are tried, with which
 * kappa = 1 and a large beta are boosting: what is chosen is no worse on the held-out rows.
 *
 * <p>What is tried has half as many trees as the network will have, grown at twice the rate. The
 * outputs of T trees under the squared norm have the kernel {@code sum_t F_t F_t' / (W beta)}, W the
 * weight of the rows, so that twice the trees take twice the beta, and twice the rows half of it.
 */
final class ForestChoice {

  /** What is used where nothing chooses: rows are too few, or beta is given. */
  static final double USUAL_POWER = 0.5;

  /** Trees of the network for each that is tried. */
  private static final int SPEED_UP = 2;

  /**
   * Rounds of a fit by those after which boosting learns noise: the joint fit is held by its penalty.
   * Validation loss with once and twice the rounds, seeds 1 to 3: california_housing .0853, .0812, .0856
   * and .0834, .0807, .0830; a tenth of flights at rate .2 .4383 and .4216. Noisy tables gain nothing
   * (adult .2764 and .2784, higgs7k .5619 and .5678) and keep boosting's rounds.
   */
  private static final int TREES_OF_A_FIT = 2;

  // Rows that are tried on, or a share of them where that is more. Fewer would choose smaller and
  // fewer trees than all rows can fill.
  private static final int MOST_ROWS = 300_000;
  private static final double SHARE_OF_ROWS = 0.125;

  // Where the path begins: about where it ended on the sets of docs/benchmarks.md, by the loss.
  private static final double FIRST_OF_LOGISTIC = 0.15;
  private static final double FIRST_OF_SQUARED = 5;
  private static final double COARSE = Math.sqrt(10);
  private static final double FINE = Math.pow(10, 0.25);
  private static final double LEAST_BETA = 1e-5;
  private static final double MOST_BETA = 1e4;
  // What the best beta grows by with gamma, as measured: weights are of mean 1 in the logarithm.
  private static final double BETA_OF_POWER = 30;
  private static final double[] OTHER_POWERS = {0, 1};
  // And with kappa.
  private static final double BETA_OF_PRIOR = 10;
  private static final double[] OTHER_PRIORS = {0.5, 1};
  private static final int SWEEPS = 3;
  private static final double BETTER = 1 - 1e-4;
  // Of the constant model's loss: where classes are told apart without error beta would go to zero.
  private static final double LEAST_GAIN = 1e-4;

  private final TrainingRun run;
  private final ForestGrowth growth;
  private final List<Split> splits = new ArrayList<>();
  private double constant;

  /**
   * A point that was looked at.
   *
   * @param a of the elastic norm
   * @param power gamma
   * @param prior kappa
   * @param beta the regularisation parameter
   */
  record Point(double a, double power, double prior, double beta) {

    /** What options say, the usual where they say nothing; without beta. */
    static Point given(TrainingOptions options) {
      return new Point(
          options.elasticNet().orElse(1),
          options.leaves().adaptivePower().orElse(USUAL_POWER),
          options.leaves().boostingPrior().orElse(0),
          Double.NaN);
    }

    Point times(double factor) {
      return new Point(a, power, prior, factor * beta);
    }

    /** With another power, and the beta that goes with it. */
    Point power(double other) {
      return new Point(a, other, prior, beta * Math.pow(BETA_OF_POWER, other - power));
    }

    /** With another prior, and the beta that goes with it. */
    Point prior(double other) {
      return new Point(a, power, other, beta * Math.pow(BETA_OF_PRIOR, other - prior));
    }

    /** What the penalty on trees takes from the boosting that grew them. */
    LeafPenalty penalty(GrownForest grown) {
      double[] centres =
          prior == 0
              ? new double[0]
              : Arrays.stream(grown.values()).map(value -> prior * value).toArray();
      return new LeafPenalty(LeafNorms.adaptive(grown.values(), grown.shares(), power), centres);
    }
  }

  /**
   * What was chosen.
   *
   * @param point the penalty
   * @param growth of the trees
   * @param boosting the held-out loss of the boosting that grew them; NaN where none were held out
   * @param loss the held-out loss of the penalty
   */
  record Choice(Point point, ForestGrowth.Size growth, double boosting, double loss) {}

  /** Some held-out rows and what is trained without them. */
  private static final class Split {
    private final GrownForest grown;
    private final ForestProgram train;
    private final ForestProgram heldOut;
    private final double heldOutWeight;

    Split(TrainingRun run, GrownForest grown, ForestSample train, ForestSample held) {
      this.grown = grown;
      this.train = new ForestProgram(run, grown, train, grown.codes(), 1);
      this.heldOut = new ForestProgram(run, grown, held, grown.heldOutCodes(), 1);
      this.heldOutWeight = held.weight();
    }

    /** Weights of a penalty, from others, where the training rows begin. */
    double[] solve(Point point, double[] v, double ridge) {
      LeafPenalty penalty = point.penalty(grown);
      return train.swept(
          v,
          train.scales(penalty.weights()),
          penalty.centres(),
          new SweepPass.Penalty(point.beta, point.a, ridge),
          SWEEPS);
    }

    /** {@code sum_i N_i^2 / (2 sum_i N_i)}: the square's part of the penalty by the norm's, at weights. */
    double squareByNorm(double[] v, double power) {
      double[] scales = train.scales(LeafNorms.adaptive(grown.values(), grown.shares(), power));
      double[] leaves = train.leaves(v);
      double square = 0;
      double norm = 0;
      for (int i = 0; i < leaves.length; i++) {
        double size = Math.abs(leaves[i]) / scales[i];
        square += size * size;
        norm += size;
      }
      return norm > 0 ? square / (2 * norm) : 1;
    }
  }

  /** A point's weights by split, and their mean held-out loss. */
  private record Scored(Point point, List<double[]> weights, double loss) {

    /** Whether it is better than another by more than rounding, and than nothing to speak of. */
    boolean better(Scored other, double constantLoss) {
      return loss < BETTER * other.loss && other.loss - loss > LEAST_GAIN * constantLoss;
    }
  }

  ForestChoice(TrainingRun run, ForestGrowth growth) {
    this.run = run;
    this.growth = growth;
  }

  /**
   * Grows trees without the held-out rows of each split and chooses.
   *
   * @param sample all rows that the driver has
   * @param seen of each split, the rows that it trains on
   */
  Choice choose(ForestSample sample, List<RowSelection> seen) {
    int most = (int) Math.max(MOST_ROWS, SHARE_OF_ROWS * sample.size());
    List<ForestSample> trains = seen.stream().map(s -> sample.on(s).atMost(most)).toList();
    List<ForestSample> helds =
        seen.stream().map(s -> sample.on(s.complement()).atMost(most / 2)).toList();
    ForestGrowth.Chosen grown = growth.choose(trains, helds, SPEED_UP);
    List<Boosting.Result> results = grown.results();
    double[] losses = ForestGrowth.losses(results, helds);
    int rounds = 0; // after which boosting alone is best
    constant = constant(helds);
    double boosting = constant;
    for (int t = 0; t < losses.length; t++) {
      if (losses[t] < boosting) {
        boosting = losses[t];
        rounds = t + 1;
      }
    }
    int more = Math.min(losses.length, TREES_OF_A_FIT * rounds);
    Scored best = search(trains, helds, results, more);
    if (!(best.loss < boosting)) {
      Scored asBoosting = search(trains, helds, results, rounds);
      if (asBoosting.loss < best.loss) {
        best = asBoosting;
        more = rounds;
      }
    }
    double trained = trains.stream().mapToDouble(ForestSample::weight).average().orElseThrow();
    Point chosen = best.point.times(SPEED_UP * trained / run.prepared().stats().weight());
    run.log()
        .message(
            String.format(
                Locale.ROOT,
                "chosen by held-out rows: elasticNetParam %.2g, adaptivePower %.1f,"
                    + " boostingPrior %.1f, regParam %.4g: validation loss %.5f; boosting alone %.5f",
                chosen.a,
                chosen.power,
                chosen.prior,
                chosen.beta,
                best.loss,
                boosting));
    return new Choice(
        chosen, grown.size().rounds(Math.max(1, SPEED_UP * more)), boosting, best.loss);
  }

  /** What the judge says of the constant model: of a loss that of all rows. */
  private double constant(List<ForestSample> helds) {
    if (run.options().evalMetric().loss()) {
      return run.prepared().constantLoss();
    }
    Judge judge = run.judge();
    double[] sums = new double[judge.size()];
    for (ForestSample held : helds) {
      double[] labels = held.rows().labels();
      Judge own = judge.on(labels);
      for (int r = 0; r < held.rows().size(); r++) {
        own.add(
            run.prepared().loss().label(labels, r),
            run.prepared().offset(),
            0,
            held.rows().weights()[r],
            sums);
      }
    }
    return judge.value(sums);
  }

  /** Searches with the trees of the first rounds. */
  private Scored search(
      List<ForestSample> trains,
      List<ForestSample> helds,
      List<Boosting.Result> results,
      int rounds) {
    splits.clear();
    for (int k = 0; k < results.size(); k++) {
      ForestSample train = trains.get(k);
      GrownForest grown =
          GrownForest.of(
              results.get(k),
              rounds,
              train.rows().binning().categories(),
              run.prepared().loss().outputs());
      splits.add(new Split(run, grown, train, helds.get(k)));
    }
    return search();
  }

  private Scored search() {
    TrainingOptions options = run.options();
    TrainingOptions.Leaves leaves = options.leaves();
    List<double[]> start = splits.stream().map(s -> s.train.fromBoosting(s.grown)).toList();
    Point first =
        new Point(0, leaves.adaptivePower().orElse(USUAL_POWER), 0, firstBeta())
            .prior(leaves.boostingPrior().orElse(0));
    List<Scored> path =
        alongBeta(shrinkingAlike(first, start, options.elasticNet().orElse(0)), start);
    Scored least = best(path);
    Point bottom = least.point.times(factorOfLeast(path));
    List<Point> others = new ArrayList<>(List.of(bottom));
    if (leaves.adaptivePower().isEmpty()) {
      Arrays.stream(OTHER_POWERS).mapToObj(bottom::power).forEach(others::add);
    }
    if (leaves.boostingPrior().isEmpty()) {
      Arrays.stream(OTHER_PRIORS).mapToObj(bottom::prior).forEach(others::add);
    }
    if (options.elasticNet().isEmpty()) {
      double ratio = splits.get(0).squareByNorm(least.weights.get(0), bottom.power);
      others.add(shrinkingAlike(bottom, least.weights, ratio / (1 + ratio)));
    }
    List<Scored> scored = new ArrayList<>(score(others, least.weights));
    scored.add(least);
    Scored best = best(scored);
    if (best == least || best == scored.get(0)) {
      return best;
    }
    List<Point> around =
        new ArrayList<>(List.of(best.point.times(1 / FINE), best.point.times(FINE)));
    if (leaves.adaptivePower().isEmpty() && best.point.prior != bottom.prior) {
      Arrays.stream(OTHER_POWERS).mapToObj(best.point::power).forEach(around::add);
    }
    scored.addAll(score(around, best.weights));
    return best(scored);
  }

  /** The point of another a whose penalty is the same at some weights of the first split. */
  private Point shrinkingAlike(Point point, List<double[]> weights, double a) {
    if (a == 0) {
      return point;
    }
    double ratio = splits.get(0).squareByNorm(weights.get(0), point.power);
    return new Point(a, point.power, point.prior, point.beta * ratio / (a + (1 - a) * ratio));
  }

  private double firstBeta() {
    int outputs = run.prepared().loss().outputs();
    return run.options().task() == TrainingOptions.Task.REGRESSION
        ? FIRST_OF_SQUARED
        : FIRST_OF_LOGISTIC / (outputs == 1 ? 1 : 2 * outputs);
  }

  /** Points along beta, ascending: some about the first, and then downhill. */
  private List<Scored> alongBeta(Point first, List<double[]> start) {
    List<Point> points =
        IntStream.rangeClosed(-1, 2).mapToObj(k -> first.times(Math.pow(COARSE, k))).toList();
    List<Scored> path = new ArrayList<>(score(points, start));
    while (true) {
      Scored best = best(path);
      boolean lowest = best == path.get(0);
      if (!lowest && best != path.get(path.size() - 1)) {
        return path;
      }
      Point point = best.point.times(lowest ? 1 / COARSE : COARSE);
      if (point.beta < LEAST_BETA || point.beta > MOST_BETA) {
        return path;
      }
      Scored next = score(List.of(point), best.weights).get(0);
      path.add(lowest ? 0 : path.size(), next);
      if (!better(next, best)) {
        return path;
      }
    }
  }

  /** From the best point's beta to where the parabola through its neighbours, in log beta, is least. */
  private double factorOfLeast(List<Scored> path) {
    int k = path.indexOf(best(path));
    if (k == 0 || k == path.size() - 1) {
      return 1;
    }
    double before = path.get(k - 1).loss - path.get(k).loss;
    double after = path.get(k + 1).loss - path.get(k).loss;
    return before + after > 0 ? Math.pow(COARSE, 0.5 * (before - after) / (before + after)) : 1;
  }

  private boolean better(Scored one, Scored other) {
    return one.better(other, constant);
  }

  /** The best of some points, of the largest penalty where they do not differ to speak of. */
  private Scored best(List<Scored> points) {
    return points.stream()
        .sorted(Comparator.comparingDouble(s -> -s.point.beta))
        .reduce((best, other) -> better(other, best) ? other : best)
        .orElseThrow();
  }

  /** Scores points, side by side, each from the same weights. */
  private List<Scored> score(List<Point> points, List<double[]> start) {
    double ridge =
        run.options().fitIntercept()
            ? run.prepared().skipRidge(run.options())
            : Double.POSITIVE_INFINITY;
    IntStream.range(0, splits.size())
        .parallel()
        .forEach(k -> splits.get(k).train.begin(start.get(k)));
    List<Scored> scored =
        points.parallelStream()
            .map(
                point -> {
                  List<double[]> weights = new ArrayList<>();
                  double sum = 0;
                  double weight = 0;
                  for (int k = 0; k < splits.size(); k++) {
                    Split split = splits.get(k);
                    double[] v = split.solve(point, start.get(k), ridge);
                    weights.add(v);
                    sum += split.heldOutWeight * split.heldOut.judged(v);
                    weight += split.heldOutWeight;
                  }
                  return new Scored(point, weights, sum / weight);
                })
            .toList();
    for (Scored s : scored) {
      run.log()
          .point(
              new PathPoint(
                  Double.NaN,
                  SPEED_UP * s.point.beta,
                  Double.NaN,
                  Double.NaN,
                  s.loss,
                  Double.NaN,
                  0,
                  run.log().counter().passes()));
      run.log()
          .message(
              String.format(
                  Locale.ROOT,
                  "path: regParam %.3g, elasticNetParam %.2g, adaptivePower %.1f,"
                      + " boostingPrior %.1f: validation loss %.5f",
                  SPEED_UP * s.point.beta,
                  s.point.a,
                  s.point.power,
                  s.point.prior,
                  s.loss));
    }
    return scored;
  }
}
