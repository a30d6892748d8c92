package org.convexnn.relu.cone;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.convexnn.block.pass.cone.ConeCutPass;
import org.convexnn.linalg.Blas;

/**
 * The Euclidean projection of every neuron onto its cone {@code (2 s_r - 1) z~_r.u >= 0 for all r}, by
 * cutting planes: a pass finds the row that each neuron violates most, the driver projects onto the
 * half-spaces met so far, at most D + 1 of which matter at a time. Exact after finitely many passes:
 * the distance grows with every cut, and rows are finitely many.
 *
 * <p>The norm of the projection of s F_i' lambda is the price of a pattern
 * (docs/theory/certificates.md#prices).
 */
final class ConeProjection {

  /** Largest violation left over, relative to the largest |z~.u|. */
  static final double TOLERANCE = 1e-9;

  private static final int MOST_PASSES = 5000;

  private final ConeProgram program;

  ConeProjection(ConeProgram program) {
    this.program = program;
  }

  /**
   * The projection.
   *
   * @param weights [u_0, v, w]; the linear block stays
   * @param tolerance largest violation relative to the largest |z~.u|
   */
  double[] project(double[] weights, double tolerance) {
    int cones = program.setting().cones();
    int width = program.setting().width();
    int linear = program.setting().linear();
    List<List<double[]>> cuts = new ArrayList<>();
    for (int c = 0; c < cones; c++) {
      cuts.add(new ArrayList<>());
    }
    double[] projected = weights.clone();
    for (int pass = 0; pass < MOST_PASSES; pass++) {
      if (program.evaluate(projected, 1).violation() <= tolerance) {
        break;
      }
      double[][] found =
          program.rows().sum("cone projection", new ConeCutPass(program.setting(), projected));
      for (int c = 0; c < cones; c++) {
        int at = linear + c * width;
        if (found[c][0] > 0) {
          double[] cut = Arrays.copyOfRange(found[c], 1, 1 + width);
          double norm = Blas.norm(cut, 0, width);
          for (int j = 0; j < width; j++) {
            cut[j] /= norm;
          }
          cuts.get(c).add(cut);
          double[] target = Arrays.copyOfRange(weights, at, at + width);
          double[] onto = onto(target, cuts.get(c));
          System.arraycopy(onto, 0, projected, at, width);
        }
      }
    }
    return projected;
  }

  /** Projects onto half-spaces cut.u &gt;= 0 and drops those that do not hold it. */
  private static double[] onto(double[] target, List<double[]> cuts) {
    int k = cuts.size();
    double[] q = new double[k * k];
    double[] c = new double[k];
    for (int i = 0; i < k; i++) {
      c[i] = Blas.dot(cuts.get(i), target);
      for (int j = 0; j < k; j++) {
        q[i * k + j] = Blas.dot(cuts.get(i), cuts.get(j));
      }
    }
    double[] multipliers = NonNegative.minimize(k, q, c);
    double[] projected = target.clone();
    List<double[]> kept = new ArrayList<>();
    for (int i = 0; i < k; i++) {
      if (multipliers[i] > 0) {
        Blas.axpy(multipliers[i], cuts.get(i), projected);
        kept.add(cuts.get(i));
      }
    }
    cuts.clear();
    cuts.addAll(kept);
    return projected;
  }
}
