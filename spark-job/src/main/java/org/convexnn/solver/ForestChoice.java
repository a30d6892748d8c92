package org.convexnn.solver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.convexnn.block.RowSelection;
import org.convexnn.gate.Boosting;
import org.convexnn.network.FeatureMap;

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

  private static final double FIRST_BETA = 0.1;
  private static final double COARSE = Math.sqrt(10);
  private static final double FINE = Math.pow(10, 0.25);
  private static final double LEAST_BETA = 1e-4;
  private static final double MOST_BETA = 30;
  private static final double[] POWERS = {0, 1};
  private static final double SOME_NORM = 0.2;
  private static final double TOL = 2e-2;
  private static final double BETTER = 1 - 1e-4;

  private final Run run;
  private final ForestGrowth growth;
  private final List<Split> splits = new ArrayList<>();
  private final Map<Point, Double> losses = new HashMap<>();

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
    private final ForestProgram program;
    private final Problem heldOut;
    private final double heldOutWeight;
    private final double[] shares;
    private double[] v;

    Split(Run run, GrownForest grown, ForestSample train, ForestSample held) {
      this.grown = grown;
      this.program = new ForestProgram(run, grown, train, grown.codes());
      this.shares = grown.shares(train.rows().weights());
      ForestProgram outside = new ForestProgram(run, grown, held, grown.heldOutCodes());
      this.heldOut = outside.problem(outside.plain(quiet(run)));
      this.heldOutWeight = held.weight();
      this.v = program.fromBoosting(grown);
    }

    /** The held-out loss of a penalty. */
    double loss(Run run, Point point) {
      RunLog log = quiet(run);
      GatedModel model =
          program.model(point.a, LeafNorms.adaptive(grown.values(), shares, point.power), log);
      Problem problem = program.problem(model);
      Solver.Stopping stop =
          new Solver.Stopping(TOL, Double.POSITIVE_INFINITY, 1e-6 * run.frame().constantLoss());
      Solver.Solution found =
          new ConsensusSolver()
              .solve(
                  problem,
                  point.beta,
                  Solver.Start.at(problem.coordinates().fromNetwork(v)),
                  stop,
                  new Rest(log.watch("path", point.beta, problem.groups())));
      v = problem.coordinates().toNetwork(found.weights());
      return heldOut.evaluate("validation", v, false).loss();
    }
  }

  /** Ends a point's solve where the objective rests: the held-out loss rests long before the gap. */
  private static final class Rest implements Solver.Watch {
    private static final double PROGRESS = 2e-3;
    private static final int MOST = 12;
    private final Solver.Watch inner;
    private double last = Double.POSITIVE_INFINITY;

    Rest(Solver.Watch inner) {
      this.inner = inner;
    }

    @Override
    public void iteration(int iteration, double upper, double lower, double[] weights) {
      inner.iteration(iteration, upper, lower, weights);
    }

    @Override
    public boolean enough(int iteration, double upper, double gap, double leftOut) {
      boolean rests = last - upper < PROGRESS * Math.abs(upper);
      last = upper;
      return (iteration > 0 && rests) || iteration >= MOST;
    }

    @Override
    public void message(String text) {}
  }

  ForestChoice(Run run, ForestGrowth growth) {
    this.run = run;
    this.growth = growth;
  }

  private static RunLog quiet(Run run) {
    return new RunLog(
        Progress.SILENT,
        new Ledger(),
        run.frame().with(FeatureMap.none(run.rows().features())).groups(run.options()),
        1e-6 * run.frame().constantLoss());
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
    Point best = alongBeta(new Point(0, USUAL_POWER, FIRST_BETA));
    for (double power : POWERS) {
      Point other = alongBeta(new Point(0, power, best.beta));
      best = better(other, best) ? other : best;
    }
    Point mixed = new Point(SOME_NORM, best.power, best.beta / (1 - SOME_NORM));
    if (better(mixed, best)) {
      best = mixed;
    }
    double loss = loss(best);
    run.log()
        .message(
            String.format(
                Locale.ROOT,
                "chosen by held-out rows: elasticNetParam %.1f, adaptivePower %.1f, regParam %.4g:"
                    + " validation loss %.5f; boosting alone %.5f",
                best.a,
                best.power,
                best.beta,
                loss,
                boosting));
    return new Choice(
        best, size.rounds(Math.max(1, Math.round((float) rounds / seen.size()))), boosting, loss);
  }

  private boolean better(Point one, Point other) {
    return loss(one) < BETTER * loss(other);
  }

  /** The best point along beta: coarse steps downhill from the first, then a fine one each way. */
  private Point alongBeta(Point first) {
    Point best = first;
    double step = better(first.with(first.beta / COARSE), first) ? 1 / COARSE : COARSE;
    for (Point next = best.with(best.beta * step);
        next.beta >= LEAST_BETA && next.beta <= MOST_BETA && better(next, best);
        next = best.with(best.beta * step)) {
      best = next;
    }
    Point below = best.with(best.beta / FINE);
    Point above = best.with(best.beta * FINE);
    Point fine = loss(below) < loss(above) ? below : above;
    return better(fine, best) ? fine : best;
  }

  private double loss(Point point) {
    return losses.computeIfAbsent(
        point,
        p -> {
          double sum = 0;
          double weight = 0;
          for (Split split : splits) {
            sum += split.heldOutWeight * split.loss(run, p);
            weight += split.heldOutWeight;
          }
          double loss = sum / weight;
          run.log()
              .point(
                  new PathPoint(
                      Double.NaN,
                      p.beta,
                      Double.NaN,
                      Double.NaN,
                      loss,
                      Double.NaN,
                      0,
                      run.log().ledger().passes()));
          run.log()
              .message(
                  String.format(
                      Locale.ROOT,
                      "path: regParam %.3g, elasticNetParam %.1f, adaptivePower %.1f: validation"
                          + " loss %.5f",
                      p.beta,
                      p.a,
                      p.power,
                      loss));
          return loss;
        });
  }
}
