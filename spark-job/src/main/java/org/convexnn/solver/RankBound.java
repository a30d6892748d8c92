package org.convexnn.solver;

import java.io.Serializable;
import java.util.Locale;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.loss.SquaredLoss;

/**
 * What gates of rank k cost against all gates (docs/theory/depth.md#low-rank). Let p* be the
 * optimum of networks of any width whose neurons are {@code ((z~.v)_+ - c z~.v) a}, c the centre of
 * the gates, with the same loss, linear part, beta and ridge, and p_k the optimum over all patterns
 * that half-spaces of the span have. Then
 *
 * <pre>p_k &lt;= (1 + eps)^2 p*,   eps = slope sigma / beta</pre>
 *
 * with sigma the largest root mean square distance of rows from the span in a direction, {@code
 * sigma_{k+1}(Z_c) / sqrt(W)}.
 *
 * <p>Proof: let the neurons, and they alone, see the rows moved into the span. A neuron is h-Lipschitz
 * in z~.v, h = max(c, 1 - c), so the network's outputs move by at most {@code h sigma R} as a root
 * mean square, R the sum of the norms. Its gates are now half-spaces of the span; with these gates let
 * the weights see the true rows again, which moves the outputs by as much once more, as |s - c| &lt;= h.
 * What is left is feasible for p_k and has the same R. A loss that is l-Lipschitz in a row's outputs
 * has grown by at most {@code 2 l h sigma R <= 2 eps p*} with slope = l h (logistic: l = 1, softmax:
 * sqrt 2), for {@code R <= p* / beta}. Squared loss is not Lipschitz, its root is: of {@code ||f -
 * y||^2 / 2} it makes at most {@code (||f - y|| + 2 h sigma R)^2 / 2}, and with {@code ||f - y||^2 / 2
 * <= p* <= p_0}, p_0 the loss of the constant model, slope = 2 h sqrt(p_0 / 2).
 *
 * <p>The neurons' norm must be Euclidean. Where not all patterns of the span were enumerated the
 * trained network's own certificate is about the gates drawn, and this bound about all of the span's.
 *
 * @param rank k
 * @param sigma as above
 * @param slope as above; NaN where there is no bound
 * @param beta the regularisation parameter
 * @param enumerated whether the gates are all patterns of the span
 */
public record RankBound(int rank, double sigma, double slope, double beta, boolean enumerated)
    implements Serializable {

  private static final double CENTRE = 0.5;

  /**
   * The bound for a model's gates at beta.
   *
   * @param constantLoss p_0, the loss of the constant model; squared loss alone asks for it
   * @param euclidean whether the neurons' norm is
   */
  public static RankBound of(
      int rank,
      double sigma,
      Loss loss,
      double constantLoss,
      boolean euclidean,
      boolean enumerated,
      double beta) {
    double lipschitz =
        loss instanceof SquaredLoss
            ? 2 * Math.sqrt(constantLoss / 2)
            : loss instanceof SoftmaxLoss ? Math.sqrt(2) : 1;
    double slope = euclidean ? CENTRE * lipschitz : Double.NaN;
    return new RankBound(rank, sigma, slope, beta, enumerated);
  }

  /** eps; NaN where there is no bound. */
  public double epsilon() {
    return slope * sigma / beta;
  }

  /** (1 + eps)^2; NaN where there is no bound. */
  public double factor() {
    return (1 + epsilon()) * (1 + epsilon());
  }

  @Override
  public String toString() {
    String text =
        String.format(
            Locale.ROOT,
            "pattern rank %d, %s: sigma_%d = %.4g",
            rank,
            enumerated ? "all patterns" : "patterns drawn",
            rank + 1,
            sigma);
    return Double.isNaN(slope)
        ? text + ", no bound: it needs groupNorm 'euclidean'"
        : text
            + String.format(
                Locale.ROOT,
                ", eps = %.4g; all gates of this rank reach (1 + eps)^2 = %.4g times the best ReLU"
                    + " network's objective or less",
                epsilon(),
                factor());
  }
}
