package org.convexnn.relu.cone;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.convexnn.block.pass.cone.ConeCutPass;
import org.convexnn.block.pass.cone.ConeHingePass;
import org.convexnn.block.pass.cone.ConeRayPass;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SymmetricEigen;
import org.convexnn.solver.setup.Groups;

/**
 * Cone decompositions {@code u_i = v_i - w_i} of gated weights, v_i and w_i in the cone of gate i
 * (Mishkin, Sahiner and Pilanci 2022; docs/theory/cones.md#cone-decomposition): plain ReLU weights
 * with the outputs of the gated network. They exist where cones have an interior, and bracket exact
 * ReLU by what they cost ({@link #cost}):
 *
 * <pre>p_gated &lt;= p_relu &lt;= p_gated + beta sum_i (||v_i|| + ||w_i|| - ||u_i||)</pre>
 *
 * Gated weights are [u_0, u_1 .. u_P], results [u_0, v, w].
 */
public final class ConeDecomposition {

  private static final double VIOLATION = 1e-9;
  private static final int MOST_PASSES = 5000;

  private final ConeProgram program;
  private final int linear;
  private final int gates;
  private final int width;

  /** Decompositions into the cones of a program. */
  public ConeDecomposition(ConeProgram program) {
    this.program = program;
    this.linear = program.setting().linear();
    this.gates = program.setting().gates();
    this.width = program.setting().width();
  }

  /** {@code beta sum_i (||v_i|| + ||w_i|| - ||u_i||)}: what the bracket of a decomposition is wide. */
  public double cost(double[] gated, double[] decomposed, double beta) {
    Groups groups = program.groups();
    return beta * (groups.sum(decomposed) - groups.sum(gated));
  }

  /**
   * Along one ray of each cone: {@code w_i = t_i g_i} with the least t_i &gt;= 0 that brings v_i and
   * w_i into the cone. One pass; exactly feasible; norms may grow much.
   *
   * @param rays g_i in z~, P x D, strictly inside their cones
   * @throws IllegalArgumentException where a ray is not inside and its weights want a move
   */
  public double[] oneRay(double[] gated, double[] rays) {
    check(gated);
    if (rays.length != gates * width) {
      throw new IllegalArgumentException(
          "rays have " + rays.length + " numbers; they must have " + gates + " x " + width);
    }
    double[] t =
        program.rows()
            .sum("rays of cones", new ConeRayPass(program.setting(), groupsOf(gated), rays))[1];
    double[] shifts = new double[gates * width];
    for (int i = 0; i < gates; i++) {
      if (Double.isInfinite(t[i])) {
        throw new IllegalArgumentException(
            "ray " + i + " is not strictly inside its cone; take the gate's direction");
      }
      for (int j = i * width; j < (i + 1) * width; j++) {
        shifts[j] = t[i] * rays[j];
      }
    }
    return shifted(gated, shifts);
  }

  /**
   * By a penalty on violations, R-FISTA on {@code sum_i ||((-S_i Z u_i)_+ - S_i Z w_i)_+||^2 / (2 W) +
   * ridge ||w_i||}. A positive ridge leaves small violations: judge the result by its network
   * objective.
   *
   * @param ridge of the norms, small
   * @param iterations passes
   */
  public double[] approximate(double[] gated, double ridge, int iterations) {
    check(gated);
    if (!(ridge >= 0)) {
      throw new IllegalArgumentException("ridge is " + ridge + "; it must be 0 or more");
    }
    double[] u = groupsOf(gated);
    double[] moments = program.grams(false, 0)[1];
    double curvature = SymmetricEigen.of(width, moments).values()[width - 1];
    Groups groups = new Groups(0, width);
    double[] w = new double[u.length];
    double[] ahead = w;
    double t = 1;
    for (int k = 0; k < iterations; k++) {
      double[] gradient =
          program.divide(
              program.rows()
                  .sum("cone decomposition", new ConeHingePass(program.setting(), u, ahead))[1]);
      double[] next = ahead.clone();
      Blas.axpy(-1 / curvature, gradient, next);
      groups.prox(next, ridge, 0, curvature);
      double[] step = next.clone();
      Blas.axpy(-1, w, step);
      double[] back = ahead.clone();
      Blas.axpy(-1, next, back);
      double longer = 0.5 * (1 + Math.sqrt(1 + 4 * t * t));
      boolean restart = Blas.dot(back, step) > 0;
      ahead = next.clone();
      if (!restart) {
        Blas.axpy((t - 1) / longer, step, ahead);
      }
      t = restart ? 1 : longer;
      w = next;
    }
    return shifted(gated, w);
  }

  /**
   * Of least norm: {@code min ||u_i + w|| + ||w||} over w with both in the cone, a second-order cone
   * program for each gate, by cutting planes: a pass finds the rows that are violated most, {@link
   * NormPair} solves on the rows met so far.
   */
  public double[] minimumNorm(double[] gated) {
    check(gated);
    double[] u = groupsOf(gated);
    List<List<double[]>> cuts = new ArrayList<>();
    for (int i = 0; i < gates; i++) {
      cuts.add(new ArrayList<>());
    }
    double[] shifts = new double[u.length];
    for (int pass = 0; pass < MOST_PASSES; pass++) {
      double[] weights = shifted(gated, shifts);
      if (program.evaluate(weights, 1).violation() <= VIOLATION) {
        break;
      }
      double[][] found =
          program.rows().sum("cone decomposition", new ConeCutPass(program.setting(), weights));
      for (int i = 0; i < gates; i++) {
        boolean met = false;
        for (double[] cut : new double[][] {found[i], found[gates + i]}) {
          if (cut[0] > 0) {
            cuts.get(i).add(Arrays.copyOfRange(cut, 1, 1 + width));
            met = true;
          }
        }
        if (met) {
          double[] group = Arrays.copyOfRange(u, i * width, (i + 1) * width);
          double[] w = new NormPair(group, cuts.get(i)).minimize();
          System.arraycopy(w, 0, shifts, i * width, width);
        }
      }
    }
    return shifted(gated, shifts);
  }

  private void check(double[] gated) {
    if (gated.length != linear + gates * width) {
      throw new IllegalArgumentException(
          "gated weights have "
              + gated.length
              + " numbers; they must have "
              + linear
              + " + "
              + gates
              + " x "
              + width);
    }
  }

  private double[] groupsOf(double[] gated) {
    return Arrays.copyOfRange(gated, linear, gated.length);
  }

  /** [u_0, u + w, w]. */
  private double[] shifted(double[] gated, double[] shifts) {
    double[] weights = Arrays.copyOf(gated, program.length());
    for (int k = 0; k < shifts.length; k++) {
      weights[linear + k] += shifts[k];
      weights[linear + shifts.length + k] = shifts[k];
    }
    return weights;
  }
}
