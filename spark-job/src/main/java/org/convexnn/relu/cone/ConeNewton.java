package org.convexnn.relu.cone;

import java.util.Arrays;
import org.convexnn.block.kernel.DualValue;
import org.convexnn.block.pass.cone.ConeBarrierPass;
import org.convexnn.block.pass.cone.ConeBarrierPass.Order;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.Cholesky;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.rows.GatedRows;

/**
 * A primal-dual interior point for a {@link ConeProgram}: 20 to 40 Newton systems where {@link
 * ConeAdmm} takes thousands of passes, each of the size of all weights. Predictor and corrector of
 * Mehrotra, Nesterov and Todd's scaling for the norms ({@link NormCones}), plain ratios for the cone
 * constraints, whose slacks and multipliers rows keep ({@link ConeBarrierPass}). The start need not be
 * feasible. With all sums over rows divided by W, a Newton system is
 *
 * <pre>( F' h F + ridge I_0 + G' (m / s) G + norms ) d = right-hand side</pre>
 *
 * where h is the curvature of the loss. Three passes an iteration, one of them of D / 2 times the
 * work.
 *
 * <p>Every iterate gives a lower bound: any multipliers m &gt;= 0 bound the prices of the dual point
 * l'(f) (docs/theory/certificates.md#prices). Cones without interior have no central path, and
 * steps are not searched along: a solve may end STALLED, and {@link ConeSolver} then goes on with
 * ADMM.
 */
public final class ConeNewton {

  /** The largest number of weights whose Newton systems are cheaper than passes of ADMM. */
  static final int MOST_WEIGHTS = 4000;

  private static final double BOUNDARY = 0.99;
  private static final double FEASIBLE = 1e-9;
  private static final double SHORTEST = 1e-8;
  private static final double SINGULAR = 1e-13;

  private final ConeProgram program;
  private final double beta;
  private final int length;
  private final double[] best;
  private double[] u;
  private int state = GatedRows.NO_STATE;
  private double[] gram;
  private double lower = Double.NEGATIVE_INFINITY;
  private double upper = Double.POSITIVE_INFINITY;

  /**
   * A solve that has not begun.
   *
   * @throws IllegalArgumentException where beta is not positive and finite
   */
  public ConeNewton(ConeProgram program, double beta) {
    ConeProgram.checkBeta(beta);
    this.program = program;
    this.beta = beta;
    this.length = program.length();
    this.u = new double[length];
    this.best = new double[length];
  }

  /**
   * Iterates until the bounds meet.
   *
   * @param tol the relative gap to reach
   * @param maxIterations most iterations
   */
  public ConeSolution solve(double tol, int maxIterations) {
    int cones = program.setting().cones();
    int linear = program.setting().linear();
    double zero = program.evaluate(u, beta).objective();
    upper = zero;
    if (zero == 0) {
      return new ConeSolution(u, program.evaluate(u, beta), 0, 0, StopReason.GAP);
    }
    // beta times the sum of all bounds t is the loss at zero: no optimum has more.
    double start = zero / (beta * cones);
    NormCones norms = new NormCones(linear, cones, program.setting().width(), beta, start);
    double product = beta * start;
    double[] predictor = new double[0];
    double[] corrector = new double[0];
    double centering = 0;
    double step = 0;
    for (int k = 0; ; k++) {
      double[][] sums =
          rows(Order.SUMS, predictor, corrector, centering, step, start, product, true);
      Blas.axpy(step, corrector, u);
      note(sums);
      if (upper - lower <= tol * Math.abs(upper)) {
        return finish(norms, k, StopReason.GAP);
      }
      if (k == maxIterations) {
        return finish(norms, k, StopReason.MAX_PASSES);
      }
      double[] scalars = sums[0];
      product =
          (scalars[ConeBarrierPass.COMPLEMENTARITY] + norms.complementarity(u))
              / (scalars[ConeBarrierPass.CONSTRAINTS] + cones);
      norms.scale(u);
      try {
        NewtonSystem system = new NewtonSystem(norms, sums);
        predictor = system.direction(0, new double[length]);
        norms.direct(u, predictor);
        double[][] reach =
            rows(Order.PREDICTOR, predictor, new double[0], 0, 0, start, product, false);
        double most = greatest(norms, predictor, reach);
        norms.correct(predictor);
        centering = Math.pow(1 - Math.min(1, most), 3) * product;
        corrector = system.direction(centering, reach[2]);
        norms.direct(u, corrector);
        reach = rows(Order.CORRECTOR, predictor, corrector, centering, 0, start, product, false);
        step = Math.min(1, BOUNDARY * greatest(norms, corrector, reach));
      } catch (ArithmeticException singular) {
        return finish(norms, k, StopReason.STALLED);
      }
      if (!(step > SHORTEST)) {
        return finish(norms, k, StopReason.STALLED);
      }
      norms.move(step);
    }
  }

  private double[][] rows(
      Order order,
      double[] predictor,
      double[] corrector,
      double centering,
      double step,
      double slack,
      double product,
      boolean keep) {
    ConeBarrierPass pass =
        new ConeBarrierPass(
            program.setting(), order, u, predictor, corrector, centering, step, slack, product);
    int next = keep ? program.nextState() : GatedRows.NO_STATE;
    double[][] sums = program.step("cone interior point: " + order, pass, state, next);
    if (keep) {
      program.rows().release(state);
      state = next;
    }
    return sums;
  }

  private double greatest(NormCones norms, double[] d, double[][] reach) {
    double inverse = Math.max(reach[1][ConeBarrierPass.INVERSE_LENGTH], norms.inverseLength(u, d));
    return inverse > 0 ? 1 / inverse : Double.POSITIVE_INFINITY;
  }

  /** Takes the bounds from the sums at u. */
  private void note(double[][] sums) {
    ConePoint point = program.point(sums, u, beta);
    if (point.violation() <= FEASIBLE && point.objective() < upper) {
      upper = point.objective();
      System.arraycopy(u, 0, best, 0, length);
    }
    double[] gradient = program.divide(sums[2]);
    double[] stationarity = gradient.clone();
    Blas.axpy(-1, sums[5], stationarity);
    double[] dual = new double[DualValue.length()];
    System.arraycopy(sums[0], ConeBarrierPass.DUAL, dual, 0, dual.length);
    double bound =
        program.lowerBound(
            beta,
            program.groups().max(stationarity),
            program.groups().linearSquare(gradient),
            program.divide(dual));
    // A comparison, so that a bound that is not a number is none.
    lower = bound > lower ? bound : lower;
  }

  /**
   * Neurons whose norm is further inside than their dual are zero at the optimum, by strict
   * complementarity; without them the point is feasible as before.
   */
  private ConeSolution finish(NormCones norms, int iterations, StopReason reason) {
    program.rows().release(state);
    ConePoint point = program.evaluate(best, beta);
    double[] sparse = best.clone();
    double[] sizes = program.groups().norms(best);
    double largest = Arrays.stream(sizes).max().orElse(0);
    int width = program.setting().width();
    for (int g = 0; g < sizes.length; g++) {
      if (sizes[g] / largest < norms.dualSlack(g) / beta) {
        int at = program.setting().linear() + g * width;
        Arrays.fill(sparse, at, at + width, 0);
      }
    }
    ConePoint pruned = program.evaluate(sparse, beta);
    boolean better = pruned.objective() <= point.objective() + 1e-7 * Math.abs(point.objective());
    return new ConeSolution(
        better ? sparse : best, better ? pruned : point, lower, iterations, reason);
  }

  /** A Newton system at u, factored. */
  private final class NewtonSystem {

    private final NormCones norms;
    private final double[][] sums;
    private final double[] scale;
    private final Cholesky factor;

    NewtonSystem(NormCones norms, double[][] sums) {
      this.norms = norms;
      this.sums = sums;
      double[] h = hessian();
      int width = program.setting().width();
      int linear = program.setting().linear();
      for (int i = 0; i < linear; i++) {
        h[i * length + i] += program.ridge();
      }
      for (int c = 0; c < program.setting().cones(); c++) {
        int first = linear + c * width;
        for (int i = 0; i < width; i++) {
          for (int j = 0; j < width; j++) {
            h[(first + i) * length + first + j] += sums[6][(c * width + i) * width + j];
          }
        }
      }
      norms.addCurvature(h, length);
      this.scale = new double[length];
      for (int i = 0; i < length; i++) {
        scale[i] = 1 / Math.sqrt(h[i * length + i]);
      }
      for (int i = 0; i < length; i++) {
        for (int j = 0; j < length; j++) {
          h[i * length + j] *= scale[i] * scale[j];
        }
        // Where the optimum is not unique the system is singular in the limit.
        h[i * (length + 1)] += SINGULAR;
      }
      this.factor = new Cholesky(length, h);
    }

    /** {@code F' h F}: the Gram matrix of the patterns, with the sign of w. */
    private double[] hessian() {
      if (gram == null || !program.quadratic()) {
        gram = program.grams(!program.quadratic(), state)[0];
      }
      int linear = program.setting().linear();
      int span = program.setting().gates() * program.setting().width();
      int q = linear + span;
      double[] h = new double[length * length];
      for (int i = 0; i < length; i++) {
        for (int j = 0; j < length; j++) {
          int sign = (i < q ? 1 : -1) * (j < q ? 1 : -1);
          h[i * length + j] = sign * gram[(i < q ? i : i - span) * q + (j < q ? j : j - span)];
        }
      }
      return h;
    }

    /** The direction of a centering; second is the rows' second-order term. */
    double[] direction(double centering, double[] second) {
      double[] right = new double[length];
      for (int i = 0; i < length; i++) {
        right[i] = -sums[2][i] + centering * sums[3][i] - sums[4][i] + second[i];
      }
      for (int i = 0; i < program.setting().linear(); i++) {
        right[i] -= program.ridge() * u[i];
      }
      norms.addRight(u, centering, right);
      for (int i = 0; i < length; i++) {
        right[i] *= scale[i];
      }
      factor.solve(right, 1);
      for (int i = 0; i < length; i++) {
        right[i] *= scale[i];
        if (!Double.isFinite(right[i])) {
          throw new ArithmeticException("Newton direction is not finite");
        }
      }
      return right;
    }
  }
}
