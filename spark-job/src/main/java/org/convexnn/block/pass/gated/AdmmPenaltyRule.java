package org.convexnn.block.pass.gated;

import java.io.Serializable;
import org.convexnn.loss.Loss;

/**
 * The per-row penalty of ADMM, matched to the row's curvature
 * (docs/theory/solvers.md#penalties-by-row):
 *
 * <pre>rho_r = clip(kappa * rowCurvature(l'(f_r)), floor * L, kappa * L),   L = the loss's curvature</pre>
 *
 * times {@code boost}, which a stalled fit raises, and never above {@code kappa * L}.
 *
 * @param kappa share of the curvature
 * @param floor lowest penalty as a share of L
 * @param boost at least 1
 */
public record AdmmPenaltyRule(double kappa, double floor, double boost) implements Serializable {

  /** The penalty of a row of label y and outputs f, whose derivative is r. */
  public double penalty(Loss loss, double y, double[] f, int at, double[] r, int rAt) {
    double most = kappa * loss.curvature();
    double rho = Math.max(kappa * loss.rowCurvature(y, f, at, r, rAt), floor * loss.curvature());
    return Math.min(most, boost * rho);
  }

  /** The penalty all rows start from. */
  public double start(Loss loss) {
    return kappa * loss.curvature();
  }
}
