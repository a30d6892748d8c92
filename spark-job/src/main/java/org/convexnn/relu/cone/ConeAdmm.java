package org.convexnn.relu.cone;

import java.util.Optional;
import org.convexnn.block.kernel.DualValue;
import org.convexnn.block.pass.cone.ConeDualPass;
import org.convexnn.block.pass.cone.ConeStepPass;
import org.convexnn.linalg.Blas;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.rows.GatedRows;

/**
 * Row-split ADMM for a {@link ConeProgram} (docs/theory/cones.md#admm-with-cones): f = F u and
 * the slacks s = G u are kept on rows, z = u on the driver.
 *
 * <pre>driver: u = H^-1 b
 * rows:   f, s and their duals; b and certificate sums reduced        see {@link ConeStepPass}
 * driver: z = prox_{(beta, ridge)/rho_z}(alpha u + (1 - alpha) z + mu),  mu the rest</pre>
 *
 * One pass an iteration. The vector q = A' rho (a, nu, mu) follows from b without a reduction, and
 * with it the lower bound: cone multipliers -rho_s nu &gt;= 0 make ||rho_z mu - q|| of a group an
 * upper bound on its price. Penalties rho_z and rho_s go by the norms of dual and primal, at
 * iterations that double.
 *
 * <p>The upper bound is that of z moved into its cones ({@link ConeProjection}): z itself leaves them
 * by about the primal residual, and may be better than any feasible point.
 */
public final class ConeAdmm {

  private static final double ALPHA = 1.6;
  private static final double FIT = 0.6;
  private static final int FIRST_BALANCE = 5;
  private static final int CHECK = 10;
  private static final double PATIENCE = 1.3;
  private static final double FEASIBLE = 1e-6;

  private final ConeProgram program;
  private final double beta;
  private final double alpha;
  private final ConeMetric metric;
  private AdmmPenalties rho;
  private double[] u;
  private double[] z;
  private double[] mu;
  private double[] b;
  private double[] q;
  private int state = GatedRows.NO_STATE;
  private int iterations;
  private double lower = Double.NEGATIVE_INFINITY;
  // Norms of the rows' slacks and cone multipliers, squared.
  private double slack;
  private double multiplier;

  /** A solve that has not begun, with penalties from the Gram matrix. */
  public ConeAdmm(ConeProgram program, double beta) {
    this(program, beta, ALPHA, Optional.empty());
  }

  /**
   * ADMM with given penalties.
   *
   * @param alpha over-relaxation in (0, 2)
   * @param given penalties, where not those of the Gram matrix
   */
  ConeAdmm(ConeProgram program, double beta, double alpha, Optional<AdmmPenalties> given) {
    ConeProgram.checkBeta(beta);
    this.program = program;
    this.beta = beta;
    this.alpha = alpha;
    double[][] grams = program.grams(false, GatedRows.NO_STATE);
    this.metric = new ConeMetric(program.setting(), grams[0], grams[1]);
    double fit = FIT * program.setting().rows().loss().curvature();
    double norm = Math.max(0.1 * fit * metric.meanDiagonal(), Double.MIN_NORMAL);
    this.rho = given.orElse(new AdmmPenalties(fit, 0.1 * fit, norm));
    metric.factor(rho);
    this.u = new double[program.length()];
    this.z = u.clone();
    this.mu = u.clone();
    this.b = u.clone();
    this.q = u.clone();
  }

  /**
   * What an iteration found.
   *
   * @param point z before it, evaluated where that was asked for
   * @param bound the lower bound of its dual point
   * @param price M_S, an upper bound on all prices
   * @param primalResidual root of the summed squares of F u - f, G u - s (weighted) and u - z
   * @param dualResidual norm of the change that the step leaves
   */
  record Iteration(
      Optional<ConePoint> point,
      double bound,
      double price,
      double primalResidual,
      double dualResidual) {}

  /** u. */
  double[] consensus() {
    return u;
  }

  /** The row state of the last iteration. */
  int state() {
    return state;
  }

  /** One iteration; with evaluate, the objective of the z it starts from comes with it. */
  Iteration advance(boolean evaluate) {
    u = metric.solve(b);
    double[] before = z;
    int next = program.nextState();
    double[][] sums = rows(ConeStepPass.Step.ADVANCE, evaluate ? before : new double[0], next);
    program.rows().release(state);
    state = next;
    double[] v = new double[u.length];
    for (int i = 0; i < v.length; i++) {
      v[i] = alpha * u[i] + (1 - alpha) * z[i] + mu[i];
    }
    z = v.clone();
    program.groups().prox(z, beta, program.ridge(), rho.norm());
    double split = 0;
    double[] reduced = program.divide(sums[2]);
    double change = 0;
    for (int i = 0; i < v.length; i++) {
      mu[i] = v[i] - z[i];
      split += (u[i] - z[i]) * (u[i] - z[i]);
      double right = reduced[i] + rho.norm() * (z[i] - mu[i]);
      // Follows from b = A' rho (f - a, s - nu, z - mu) and the relaxed update of the duals.
      double dual = 0.5 * (b[i] - right + (2 - alpha) * q[i]);
      double moved = right + dual - b[i] - q[i];
      change += moved * moved;
      b[i] = right;
      q[i] = dual;
    }
    iterations++;
    double[] dualSums = sums[0];
    if (sums[0][ConeStepPass.LOST] > 0 && iterations > 1) {
      // Rows that began anew do not follow the recursion.
      dualSums = align();
    }
    double residual =
        (sums[0][ConeStepPass.FIT_RESIDUAL] + sums[0][ConeStepPass.CONE_RESIDUAL]) + split;
    double price = price();
    double bound = bound(dualSums, price, evaluate);
    lower = bound > lower ? bound : lower;
    slack = sums[0][ConeStepPass.SLACK];
    multiplier = sums[0][ConeStepPass.MULTIPLIER];
    return new Iteration(
        evaluate ? Optional.of(program.point(sums, before, beta)) : Optional.empty(),
        bound,
        price,
        Math.sqrt(residual),
        Math.sqrt(change));
  }

  private double[][] rows(ConeStepPass.Step step, double[] candidate, int to) {
    ConeStepPass pass =
        new ConeStepPass(program.setting(), step, u, candidate, rho.fit(), rho.cone(), alpha);
    return program.step("cone ADMM iteration " + iterations, pass, state, to);
  }

  /** F' lambda and cone multipliers of a group, negated. */
  double[] stationarity() {
    double[] g = q.clone();
    Blas.axpy(-rho.norm(), mu, g);
    return g;
  }

  private double price() {
    return program.groups().max(stationarity());
  }

  /** The bound of the rows' duals; with exact, at the very scaling and not interpolated. */
  private double bound(double[] scalars, double price, boolean exact) {
    double[] dual = new double[DualValue.length()];
    System.arraycopy(scalars, ConeStepPass.DUAL, dual, 0, dual.length);
    program.divide(dual);
    double linear = program.groups().linearSquare(stationarity());
    double bound = program.lowerBound(beta, price, linear, dual);
    double tau = Math.min(1, beta / price);
    if (exact && !program.quadratic() && tau > 0) {
      double[][] value =
          program.step(
              "cone ADMM: dual value",
              new ConeDualPass(program.setting(), tau),
              state,
              GatedRows.NO_STATE);
      if (value[0][1] == 0) {
        double penalty = tau * tau * linear / (2 * program.ridge());
        bound = Math.max(bound, program.divide(value[0])[0] - penalty);
      }
    }
    return bound;
  }

  /**
   * Both reduced vectors anew, after penalties changed or rows lost their state; returns the scalars
   * that belong to them.
   */
  private double[] align() {
    int next = program.nextState();
    double[][] sums = rows(ConeStepPass.Step.ALIGN, new double[0], next);
    program.rows().release(state);
    state = next;
    b = program.divide(sums[2]);
    q = program.divide(sums[3]);
    for (int i = 0; i < b.length; i++) {
      b[i] += rho.norm() * (z[i] - mu[i]);
      q[i] += rho.norm() * mu[i];
    }
    return sums[0];
  }

  /** Both penalties by the norms of their dual and primal variables. */
  private void balance() {
    double primal = Blas.norm(z, 0, z.length);
    double dual = rho.norm() * Blas.norm(mu, 0, mu.length);
    double norm = ratio(dual, rho.norm() * primal);
    double cone = ratio(Math.sqrt(multiplier), rho.cone() * Math.sqrt(slack));
    if (norm == 1 && cone == 1) {
      return;
    }
    rho = new AdmmPenalties(rho.fit(), cone * rho.cone(), norm * rho.norm());
    for (int i = 0; i < mu.length; i++) {
      mu[i] /= norm;
    }
    metric.factor(rho);
    align();
  }

  private static double ratio(double dual, double primal) {
    if (!(dual > 0 && primal > 0)) {
      return 1;
    }
    double t = Math.min(10, Math.max(0.1, dual / primal));
    return t > 1.3 || t < 1 / 1.3 ? t : 1;
  }

  /**
   * Iterates until the bounds meet.
   *
   * @param tol the relative gap to reach
   * @param maxIterations most iterations
   */
  public ConeSolution solve(double tol, int maxIterations) {
    ConeProjection projection = new ConeProjection(program);
    double[] best = new double[z.length];
    ConePoint point = program.evaluate(best, beta);
    int nextBalance = FIRST_BALANCE;
    int nextProjection = 0;
    StopReason reason = StopReason.MAX_PASSES;
    while (iterations < maxIterations) {
      boolean check = iterations % CHECK == CHECK - 1;
      double[] candidate = z.clone();
      Iteration done = advance(check);
      boolean close =
          done.point()
              .filter(p -> Math.abs(p.objective() - lower) <= tol * Math.abs(lower))
              .isPresent();
      if (close && iterations >= nextProjection || iterations == maxIterations) {
        nextProjection = (int) (PATIENCE * iterations);
        double[] feasible = projection.project(candidate, ConeProjection.TOLERANCE);
        ConePoint found = program.evaluate(feasible, beta);
        if (found.violation() <= FEASIBLE && found.objective() < point.objective()) {
          best = feasible;
          point = found;
        }
      }
      if (point.objective() - lower <= tol * point.objective()) {
        reason = StopReason.GAP;
        break;
      }
      if (iterations == nextBalance) {
        nextBalance *= 2;
        balance();
      }
    }
    program.rows().release(state);
    return new ConeSolution(best, point, lower, iterations, reason);
  }
}
