package org.convexnn.relu.cone;

import org.convexnn.block.pass.cone.ConeStepPass;
import org.convexnn.solver.rows.GatedRows;

/**
 * Prices of the patterns of a {@link ConeProgram} at the dual point lambda = -w l'(f) / W of some
 * weights (docs/theory/certificates.md#prices), s = +1 for v_i and -1 for w_i:
 *
 * <pre>price = max { s lambda'(z~ u)_+ : u in cone i, ||u|| &lt;= 1 } = || projection of s F_i' lambda onto cone i ||</pre>
 */
public final class ConePrices {

  private final ConeProgram program;

  /** Prices of one program. */
  public ConePrices(ConeProgram program) {
    this.program = program;
  }

  /** The price of each cone, v_1 .. v_P, w_1 .. w_P. */
  public double[] at(double[] weights) {
    ConeStepPass pass =
        new ConeStepPass(
            program.setting(), ConeStepPass.Step.ALIGN, weights, new double[0], 1, 1, 1);
    // Without a state rows have f = F u and no cone multipliers.
    double[] gradient =
        program.divide(program.step("prices", pass, GatedRows.NO_STATE, GatedRows.NO_STATE)[3]);
    for (int k = 0; k < gradient.length; k++) {
      gradient[k] = -gradient[k];
    }
    double[] projected = new ConeProjection(program).project(gradient, ConeProjection.TOLERANCE);
    return program.groups().norms(projected);
  }

  /**
   * The smallest beta at which no neuron of these patterns is worth its penalty: the largest price
   * at the network without neurons.
   *
   * @param weights with a solved linear block and zero neurons
   */
  public double betaMax(double[] weights) {
    double largest = 0;
    for (double price : at(weights)) {
      largest = Math.max(largest, price);
    }
    return largest;
  }
}
