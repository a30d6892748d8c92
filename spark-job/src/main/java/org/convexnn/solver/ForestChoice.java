package org.convexnn.solver;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.convexnn.block.RowSelection;
import org.convexnn.block.SweepJob;
import org.convexnn.gate.Boosting;
import org.convexnn.loss.SquaredLoss;

/**
 * Chooses the penalty of a forest of constant leaves, and how its trees are grown, by rows that take
 * no part in either: {@code beta (a N + (1 - a) N^2 / 2)} with weights of leaves to a power gamma. The
 * loss of the held-out rows is looked at along one line after the other: first beta of the squared
 * norm (a = 0), where most of it is decided, then gamma, then a. Every point starts at the last one's
 * weights and is solved as far as the held-out loss can tell.
 */
final class ForestChoice {

  /** What is used where nothing chooses: rows are too few, or beta is given. */
  static final double USUAL_POWER = 0.5;

  // Where the path begins: about where it ended on the sets of docs/benchmarks.md, by the loss.
  private static final double FIRST_OF_LOGISTIC = 0.3;
  private static final double FIRST_OF_SQUARED = 10;
  private static final double COARSE = Math.sqrt(10);
  private static final double FINE = Math.pow(10, 0.25);
  private static final double LEAST_BETA = 1e-5;
  private static final double MOST_BETA = 1e4;
  // What the best beta grows by with gamma, as measured: weights are of mean 1 in the logarithm.
  private static final double BETA_OF_POWER = 30;
  private static final double[] POWERS = {0, 1};
  private static final double[] NORMS = {0.02, 0.2};
  private static final int SWEEPS = 3;
  private static final double BETTER = 1 - 1e-4;
  // Of the constant model's loss: where classes are told apart without error beta would go to zero.
  private static final double LEAST_GAIN = 1e-4;

  private final Run run;
  private final ForestGrowth growth;
  private final List<Split> splits = new ArrayList<>();

  /**
   * A point that was looked at.
   *
   * @param a of the elastic norm
   * @param power gamma
   * @param beta the regularisation parameter
   */
  record Point(double a, double power, double beta) {
    Point with(double other) {
      return new Point(a, power, other);
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
    private final double[] shares;

    Split(Run run, GrownForest grown, ForestSample train, ForestSample held) {
      this.grown = grown;
      this.train = new ForestProgram(run, grown, train, grown.codes(), 1);
      this.heldOut = new ForestProgram(run, grown, held, grown.heldOutCodes(), 1);
      this.shares = grown.shares(train.rows().weights());
      this.heldOutWeight = held.weight();
    }

    /** Weights of a penalty, from others. */
    double[] solve(Point point, double[] v, double ridge) {
      double[] leafWeights = LeafNorms.adaptive(grown.values(), shares, point.power);
      return train.swept(
          v, train.scales(leafWeights), new SweepJob.Penalty(point.beta, point.a, ridge), SWEEPS);
    }
  }

  /**
   * A point's weights by split, and their mean held-out loss.
   */
  private record Scored(Point point, List<double[]> weights, double loss) {

    /** Whether it is better than another by more than rounding, and than nothing to speak of. */
    boolean better(Scored other, double constantLoss) {
      return loss < BETTER * other.loss && other.loss - loss > LEAST_GAIN * constantLoss;
    }
  }

  ForestChoice(Run run, ForestGrowth growth) {
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
    List<ForestSample> trains = seen.stream().map(sample::on).toList();
    List<ForestSample> helds = seen.stream().map(s -> sample.on(s.complement())).toList();
    ForestGrowth.Size size = growth.size(trains.get(0), helds.get(0));
    double boosting = 0;
    double weight = 0;
    int rounds = 0;
    for (int k = 0; k < seen.size(); k++) {
      Boosting.Result result =
          growth.grow(trains.get(k), Optional.of(helds.get(k)), size, growth.patience());
      rounds += result.bestRounds();
      GrownForest grown =
          GrownForest.of(
              result, sample.rows().binning().categories(), run.frame().loss().outputs());
      Split split = new Split(run, grown, trains.get(k), helds.get(k));
      splits.add(split);
      boosting += split.heldOutWeight * grown.heldOutLoss();
      weight += split.heldOutWeight;
    }
    boosting /= weight;
    Scored best =
        alongBeta(
            new Point(0, USUAL_POWER, firstBeta()),
            splits.stream().map(s -> s.train.fromBoosting(s.grown)).toList());
    List<Point> others = new ArrayList<>();
    for (double power : POWERS) {
      double factor = Math.pow(BETA_OF_POWER, power - best.point.power);
      others.add(new Point(0, power, factor * best.point.beta));
    }
    best = best(best, score(others, best.weights));
    if (best.point.power != USUAL_POWER) {
      best = fine(best);
    }
    List<Point> mixed = new ArrayList<>();
    for (double a : NORMS) {
      mixed.add(new Point(a, best.point.power, best.point.beta / (1 - a)));
    }
    best = best(best, score(mixed, best.weights));
    Point chosen = best.point;
    run.log()
        .message(
            String.format(
                Locale.ROOT,
                "chosen by held-out rows: elasticNetParam %.2g, adaptivePower %.1f, regParam %.4g:"
                    + " validation loss %.5f; boosting alone %.5f",
                chosen.a,
                chosen.power,
                chosen.beta,
                best.loss,
                boosting));
    return new Choice(
        chosen,
        size.rounds(Math.max(1, Math.round((float) rounds / seen.size()))),
        boosting,
        best.loss);
  }

  private double firstBeta() {
    int outputs = run.frame().loss().outputs();
    return run.frame().loss() instanceof SquaredLoss
        ? FIRST_OF_SQUARED
        : FIRST_OF_LOGISTIC / (outputs == 1 ? 1 : 2 * outputs);
  }

  /** The best point along beta: coarse steps downhill from the first, then a fine one each way. */
  private Scored alongBeta(Point first, List<double[]> start) {
    List<Scored> scored =
        score(
            List.of(first, first.with(first.beta / COARSE), first.with(first.beta * COARSE)),
            start);
    Scored best = best(scored.get(0), scored);
    double step = best.point.beta / first.beta;
    while (step != 1) {
      double beta = best.point.beta * step;
      if (beta < LEAST_BETA || beta > MOST_BETA) {
        break;
      }
      Scored next = score(List.of(best.point.with(beta)), best.weights).get(0);
      if (!better(next, best)) {
        break;
      }
      best = next;
    }
    return fine(best);
  }

  private Scored fine(Scored best) {
    return best(
        best,
        score(
            List.of(
                best.point.with(best.point.beta / FINE), best.point.with(best.point.beta * FINE)),
            best.weights));
  }

  private boolean better(Scored one, Scored other) {
    return one.better(other, run.frame().constantLoss());
  }

  private Scored best(Scored first, List<Scored> others) {
    Scored best = first;
    for (Scored other : others) {
      best = better(other, best) ? other : best;
    }
    return best;
  }

  /** Scores points, side by side, each from the same weights. */
  private List<Scored> score(List<Point> points, List<double[]> start) {
    double ridge =
        run.options().fitIntercept()
            ? run.frame().skipRidge(run.options())
            : Double.POSITIVE_INFINITY;
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
                    sum += split.heldOutWeight * split.heldOut.loss(v);
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
                  s.point.beta,
                  Double.NaN,
                  Double.NaN,
                  s.loss,
                  Double.NaN,
                  0,
                  run.log().ledger().passes()));
      run.log()
          .message(
              String.format(
                  Locale.ROOT,
                  "path: regParam %.3g, elasticNetParam %.2g, adaptivePower %.1f: validation loss"
                      + " %.5f",
                  s.point.beta,
                  s.point.a,
                  s.point.power,
                  s.loss));
    }
    return scored;
  }
}
