package org.convexnn.solver.method;

import java.util.Optional;
import java.util.Set;
import org.convexnn.block.kernel.DualValue;
import org.convexnn.block.pass.gated.AdmmPass;
import org.convexnn.block.pass.gated.AdmmPenaltyRule;
import org.convexnn.block.pass.gated.GramPass;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.program.DualPoint;
import org.convexnn.solver.program.Incumbent;
import org.convexnn.solver.program.OutputShift;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.program.SolverState;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.setup.Groups;

/**
 * Row-split ADMM with one global metric (transpose reduction,
 * docs/theory/solvers.md#row-split-admm): rows keep f, the driver keeps the consensus variable.
 *
 * <pre>driver: U += -H^-1 g,  H = F' diag(rho) F / W + sigma I      (sketched from sampled rows)
 * rows:   f = prox_{l/rho}(alpha F U + (1 - alpha) f + a),  a = l'(f)/rho
 * driver: Z = prox_{(beta,ridge)/sigma}(alpha U + (1 - alpha) Z + w/sigma),  w = sigma (V - Z)
 * rows:   g = F' (rho (F U - f) + l'(f)) / W;   driver adds sigma (U - Z) + w</pre>
 *
 * One pass per iteration. The sketch is safeguarded: a step in whose direction the metric is too
 * small by more than {@value #MOST_RATIO} is taken back, the direction is learnt as a secant pair,
 * and the step is taken again. The certificate is the dual point r = l'(f) of the row variable.
 *
 * <p>After the driver was lost one pass takes the rows to f = F u, as where a partition lost its state
 * (docs/theory/solvers.md#lost-state); all that the driver knew is as it was.
 */
public final class AdmmSolver implements Solver {

  private static final double ALPHA = 1.6;
  private static final double MOST_RATIO = 4.0 / 3;
  private static final double KAPPA = 0.6;
  private static final double FLOOR = 1e-3;
  private static final double INFLATION = 1.3;
  private static final int SAMPLES_PER_COLUMN = 16;
  private static final int MOST_RETRIES = 3;
  private static final Set<Integer> REFRESHES = Set.of(3, 6, 10, 20, 30);
  private static final Set<Integer> SIGMA_UPDATES = Set.of(3, 5, 10, 20, 40, 80, 160);

  private final long seed;
  private final boolean uniformSketch;

  /**
   * A solver.
   *
   * @param seed of the sketch
   * @param uniformSketch whether sketch rows are drawn uniformly: bad on purpose, for tests
   */
  public AdmmSolver(long seed, boolean uniformSketch) {
    this.seed = seed;
    this.uniformSketch = uniformSketch;
  }

  @Override
  public String name() {
    return "admm";
  }

  @Override
  public Solution solve(Problem problem, double beta, Start start, Stopping stop, Watch watch) {
    Run run = new Run(problem, beta, start.weights(), stop, watch);
    start.earlier(name()).ifPresentOrElse(run::goOn, () -> run.begin(start.known()));
    return run.solution();
  }

  /** The state of one solve. */
  private final class Run {

    private final Problem problem;
    private final double beta;
    private final Stopping stop;
    private final Watch watch;
    private final double startPasses;
    private final Groups groups;
    private final boolean curved;
    private final Incumbent best;
    private AdmmPenaltyRule rule;

    private double[] u;
    private double[] z;
    private double[] w;
    private double[] g;
    private double[] reference = new double[0];
    private Metric metric;
    private int state;
    private double meanPenalty;
    private double meanLeverage;
    private int sketchFactor = SAMPLES_PER_COLUMN;
    private int epoch;
    private int inflations;
    private double alpha = ALPHA;
    private boolean boosted;
    // The sigma that g was made for: ahead of the metric's between a refresh and its new sketch.
    private double pendingSigma;
    private int k;
    private int nextCheck = 7;
    private int stallFrom;
    private double stallGap;

    Run(Problem problem, double beta, double[] start, Stopping stop, Watch watch) {
      this.problem = problem;
      this.beta = beta;
      this.stop = stop;
      this.watch = watch;
      this.startPasses = problem.counter().passes();
      this.groups = problem.groups();
      this.curved = !problem.quadratic();
      this.rule = new AdmmPenaltyRule(KAPPA, FLOOR, 1);
      this.u = start.clone();
      this.z = start.clone();
      this.best = new Incumbent(start);
    }

    Solution solution() {
      while (!stop.reached(best.upper(), best.lower())) {
        double spent = problem.counter().passes() - startPasses;
        if (spent >= stop.maxPasses()) {
          return end(StopReason.MAX_PASSES);
        }
        boolean check = k == nextCheck;
        boolean refresh = curved && (REFRESHES.contains(k) || boosted);
        iterate(check, refresh);
        boosted = false;
        if (check) {
          double gap = stop.relativeGap(best.upper(), best.known());
          nextCheck = k + (gap < 30 * stop.tol() ? 2 : gap < 300 * stop.tol() ? 3 : 5);
          if (gap < 0.7 * stallGap) {
            stallGap = gap;
            stallFrom = k;
          } else if (k - stallFrom >= 12) {
            stallGap = gap;
            stallFrom = k;
            boost();
          }
        }
        if (refresh) {
          sketch(pendingSigma);
        }
        if (SIGMA_UPDATES.contains(k)) {
          balance();
        }
        watch.iteration(k, best.upper(), best.lower(), z);
        k++;
      }
      return end(StopReason.GAP);
    }

    void begin(Optional<Problem.Evaluation> known) {
      double[] gradient = enter(known);
      stallGap = stop.relativeGap(best.upper(), best.lower());
      // The dual of u = z, -F' l'(f), put where the proximal step would leave it.
      w = new double[u.length];
      for (int i = 0; i < w.length; i++) {
        w[i] = i < groups.block() ? problem.ridge() * z[i] : -gradient[i];
      }
      groups.cut(w, beta);
      sketch(Double.NaN);
      g = gradient;
      for (int i = 0; i < g.length; i++) {
        g[i] += w[i];
      }
    }

    /** Takes the rows to f = F u; returns the gradient of the loss there. */
    private double[] enter(Optional<Problem.Evaluation> known) {
      state = problem.counter().nextState();
      AdmmPass pass =
          new AdmmPass(
              problem.setting(),
              AdmmPass.Step.START,
              inRows(u),
              reference,
              new double[0],
              rule,
              alpha,
              known.isEmpty());
      double[][] sums = problem.admm("ADMM start", pass, GatedRows.NO_STATE, state);
      double[] gradient = known.map(e -> e.gradient().clone()).orElse(sums[1]);
      note(sums[0]);
      best.primal(u, sums[0][AdmmPass.LOSS] + problem.penalty(u, beta));
      best.dual(DualPoint.ofWeights(u.clone()), problem.lowerBound(gradient, duals(sums[0]), beta));
      return gradient;
    }

    /** Goes on where {@link #state} was taken. */
    void goOn(SolverState earlier) {
      k = earlier.count("k");
      nextCheck = earlier.count("nextCheck");
      stallFrom = earlier.count("stallFrom");
      stallGap = earlier.number("stallGap");
      sketchFactor = earlier.count("sketchFactor");
      epoch = earlier.count("epoch") - 1;
      inflations = earlier.count("inflations");
      alpha = earlier.number("alpha");
      boosted = earlier.count("boosted") == 1;
      rule = new AdmmPenaltyRule(rule.kappa(), rule.floor(), earlier.number("boost"));
      u = earlier.vector("u");
      z = earlier.vector("z");
      w = earlier.vector("w");
      reference = earlier.vector("reference");
      best.primal(earlier.weights(), earlier.number("upper"));
      best.know(earlier.number("known"));
      g = enter(Optional.empty());
      sketch(earlier.number("sigma"));
      metric.scale(earlier.number("scale"));
      metric.take(earlier.vectors("learnt"), earlier.vector("deltas"));
      for (int i = 0; i < g.length; i++) {
        g[i] += metric.sigma() * (u[i] - z[i]) + w[i];
      }
    }

    /** What {@link #goOn} wants. */
    private SolverState state() {
      return SolverState.of(name(), best.weights())
          .and("upper", best.upper())
          .and("known", best.known())
          .and("k", k)
          .and("nextCheck", nextCheck)
          .and("stallFrom", stallFrom)
          .and("stallGap", stallGap)
          .and("sketchFactor", sketchFactor)
          .and("epoch", epoch)
          .and("inflations", inflations)
          .and("alpha", alpha)
          .and("boosted", boosted ? 1 : 0)
          .and("boost", rule.boost())
          .and("u", u)
          .and("z", z)
          .and("w", w)
          .and("reference", reference)
          .and("sigma", metric.sigma())
          .and("scale", metric.scale())
          .and("learnt", metric.learnt())
          .and("deltas", metric.deltas());
    }

    /** The weights as rows keep them: without the shift of outputs, so that f does not resist it. */
    private double[] inRows(double[] w) {
      double[] centred = w.clone();
      if (problem.setting().loss().coupled()) {
        OutputShift.remove(centred, problem.setting().outputs(), problem.setting().width());
      }
      return problem.coordinates().toRows(centred);
    }

    private static double[] duals(double[] scalars) {
      double[] d = new double[DualValue.length()];
      System.arraycopy(scalars, AdmmPass.DUAL, d, 0, d.length);
      return d;
    }

    private void note(double[] scalars) {
      meanPenalty = scalars[AdmmPass.PENALTY];
      meanLeverage = scalars[AdmmPass.LEVERAGE];
    }

    /** Samples rows, builds the Gram matrix and factors the metric; sigma NaN = its start value. */
    private void sketch(double sigma) {
      int columns = problem.length() / problem.setting().outputs();
      epoch++;
      double wanted = (double) sketchFactor * columns;
      boolean all = wanted >= 0.5 * problem.rowCount();
      GramPass.Sketch sketch =
          all
              ? GramPass.Sketch.ALL
              : new GramPass.Sketch(
                  wanted / problem.rowCount(),
                  meanPenalty,
                  meanLeverage,
                  uniformSketch,
                  CounterRandom.mix(seed + epoch));
      double[] gram =
          problem.gram(
              "sketch of the metric",
              GramPass.Penalty.STATE,
              sketch,
              state,
              problem.setting().precision());
      if (!all) {
        for (int i = 0; i < gram.length; i++) {
          gram[i] *= INFLATION;
        }
      }
      double trace = 0;
      for (int i = 0; i < columns; i++) {
        trace += gram[i * columns + i];
      }
      double start = Double.isNaN(sigma) ? 0.1 * trace / columns : sigma;
      metric =
          new Metric(
              columns,
              problem.setting().outputs(),
              problem.setting().width(),
              problem.setting().loss().coupled(),
              gram,
              start > 0 ? start : Double.MIN_NORMAL);
      pendingSigma = metric.sigma();
    }

    private void iterate(boolean check, boolean refresh) {
      double[][] sums = null;
      double[] step = null;
      for (int attempt = 0; ; attempt++) {
        watch.underWay(check ? 2.5 : 1.5, this::state);
        step = metric.solve(g);
        for (int i = 0; i < step.length; i++) {
          step[i] = -step[i];
        }
        double[] next = u.clone();
        Blas.axpy(1, step, next);
        double[] candidate = check ? problem.coordinates().toRows(z) : new double[0];
        AdmmPass pass =
            new AdmmPass(
                problem.setting(),
                refresh ? AdmmPass.Step.REFRESH : AdmmPass.Step.ADVANCE,
                inRows(next),
                reference,
                candidate,
                rule,
                alpha,
                true);
        int target = problem.counter().nextState();
        sums = problem.admm("ADMM iteration " + k, pass, state, target);
        double norm = sums[0][AdmmPass.STEP_NORM];
        double along = norm + metric.sigma() * Blas.dot(step, step);
        double modelled = -Blas.dot(g, step);
        if (!Double.isFinite(along) || !Double.isFinite(modelled)) {
          throw new ArithmeticException(
              "ADMM met a number that is not finite (step norm "
                  + along
                  + "); use precision float64 or normalization auto");
        }
        boolean noise = norm < 1e-10 * sums[0][AdmmPass.FITTED_NORM] || modelled <= 0;
        double ratio = along / modelled;
        if (noise || ratio <= MOST_RATIO || (attempt >= MOST_RETRIES && ratio < 2 * MOST_RATIO)) {
          if (!noise && ratio > MOST_RATIO) {
            inflate(ratio);
          }
          commit(next, target);
          break;
        }
        if (attempt >= MOST_RETRIES) {
          inflate(ratio);
        } else {
          learn(step, target);
        }
        problem.rows().release(target);
      }
      advance(sums, check, refresh);
    }

    private void inflate(double ratio) {
      metric.scale(metric.scale() * Math.min(1.15 * ratio / MOST_RATIO, 10));
      if (++inflations > 5) {
        // Without over-relaxation the recursion is the one whose safeguard has a proof.
        alpha = 1;
      }
    }

    /** Half a pass for the true curvature along a rejected step. */
    private void learn(double[] step, int tried) {
      double[] change = problem.curvature("curvature of a rejected step", inRows(step), tried);
      // H step = -g, so the shortfall of H along the step is A step + g.
      Blas.axpy(metric.sigma(), step, change);
      Blas.axpy(1, g, change);
      metric.learn(step, change);
      int most = Math.max(8, step.length / 20);
      if (metric.corrections() > most) {
        sketchFactor *= 2;
        watch.message("sketch doubled to " + sketchFactor + " rows per column");
        sketch(metric.sigma());
      }
    }

    private void commit(double[] next, int target) {
      if (best.dual().state() != state) {
        problem.rows().release(state);
      }
      state = target;
      u = next;
    }

    private void advance(double[][] sums, boolean check, boolean refresh) {
      double[] scalars = sums[0];
      double oldPenalty = meanPenalty;
      note(scalars);
      best.primal(u, scalars[AdmmPass.LOSS] + problem.penalty(u, beta));
      if (check) {
        best.primal(z, scalars[AdmmPass.CANDIDATE_LOSS] + problem.penalty(z, beta));
        int previous = best.dual().state();
        double bound = problem.lowerBound(sums[2], duals(scalars), beta);
        if (best.dual(DualPoint.ofState(state, u.clone()), bound)
            && previous != GatedRows.NO_STATE
            && previous != state) {
          problem.rows().release(previous);
        }
      }
      double sigma = metric.sigma();
      double[] v = new double[u.length];
      for (int i = 0; i < v.length; i++) {
        v[i] = alpha * u[i] + (1 - alpha) * z[i] + w[i] / sigma;
      }
      z = v.clone();
      groups.prox(z, beta, problem.ridge(), sigma);
      g = sums[1];
      for (int i = 0; i < v.length; i++) {
        w[i] = sigma * (v[i] - z[i]);
        g[i] += sigma * (u[i] - z[i]) + w[i];
      }
      if (refresh) {
        reference = problem.coordinates().toRows(u);
        changeSigma(sigma * meanPenalty / oldPenalty);
      }
    }

    /** A stalled fit has penalties that are too small. */
    private void boost() {
      rule = new AdmmPenaltyRule(rule.kappa(), rule.floor(), rule.boost() * 8);
      boosted = true;
      watch.message("stalled: row penalties raised");
    }

    /** sigma from the norms of the dual and of z, not from residuals. */
    private void balance() {
      double sigma = pendingSigma;
      double dual = 0;
      double primal = 0;
      for (int i = groups.block(); i < z.length; i++) {
        dual += w[i] * w[i];
        primal += z[i] * z[i];
      }
      if (primal == 0 || dual == 0) {
        return;
      }
      double ratio = Math.sqrt(dual / sigma) / Math.sqrt(sigma * primal);
      double t = Math.min(10, Math.max(0.1, ratio));
      if (t > 1.3 || t < 1 / 1.3) {
        metric.sigma(changeSigma(sigma * t));
      }
    }

    /** Moves the pending gradient to another sigma; w is unscaled and stays. */
    private double changeSigma(double next) {
      double change = next - pendingSigma;
      for (int i = 0; i < z.length; i++) {
        g[i] += change * (u[i] - z[i]);
      }
      pendingSigma = next;
      return next;
    }

    private Solution end(StopReason reason) {
      if (best.dual().state() != state) {
        problem.rows().release(state);
      }
      return best.solution(reason);
    }
  }
}
