package org.convexnn.linear;

import java.util.stream.IntStream;
import org.convexnn.block.pass.data.PairMomentsPass;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SymmetricEigen;
import org.convexnn.solver.rows.Rows;

/**
 * A network with the activation t^2, {@code f(x) = sum_j alpha_j (x'u_j)^2} with unit vectors u_j.
 * Training with squared loss and the penalty {@code beta sum_j |alpha_j|} is, for any number of
 * neurons, the convex program over symmetric d x d matrices
 *
 * <pre>min_S  (1/2W) sum_r w_r (x_r' S x_r - y_r)^2 + beta ||S||_*</pre>
 *
 * whose neurons are the eigenvectors of S, alpha its eigenvalues
 * (docs/theory/relatives.md#quadratic-activation; Bartan and Pilanci, arXiv 2101.02429).
 * Certificate: {@code ||sum_r w_r lambda_r x_r x_r' / W||_2 <= beta}.
 *
 * @param inputs d
 * @param directions u, m x d row-major
 * @param coefficients alpha, m numbers
 */
public record QuadraticNetwork(int inputs, double[] directions, double[] coefficients) {

  /** Gram matrices of d^2 columns beyond this d have no place on a driver. */
  private static final int MOST_INPUTS = 60;

  /** Eigenvalues below this share of the largest one are rounding. */
  private static final double LEAST_SHARE = 1e-12;

  /**
   * A trained network.
   *
   * @param network the neurons
   * @param certificate the matrix S with its objective and a bound on that of any other
   */
  public record Fit(QuadraticNetwork network, NuclearNormProgram.Solution certificate) {}

  /**
   * The loss of S, d^2 numbers, by its sums over the rows; one pass.
   *
   * @throws IllegalArgumentException with more than 60 features, whose d^4 sums are too many
   */
  public static QuadraticLoss loss(Rows rows) {
    int d = rows.features();
    if (d > MOST_INPUTS) {
      throw new IllegalArgumentException(
          d
              + " features: quadratic activation sums over all d^4 products of four, which is for at"
              + " most "
              + MOST_INPUTS
              + "; leave some out or map them to principal components");
    }
    PairMomentsPass pass = new PairMomentsPass(d);
    double[][] sums = rows.sum("moments of pairs of features", pass);
    double weight = sums[1][0];
    if (!(weight > 0)) {
      throw new IllegalArgumentException("there are no rows of positive weight to train on");
    }
    int width = pass.width();
    double[] gram = new double[d * d * d * d];
    double[] cross = new double[d * d];
    for (int p = 0; p < d * d; p++) {
      int pair = at(p / d, p % d, d);
      for (int q = 0; q < d * d; q++) {
        gram[p * d * d + q] = sums[0][at(pair, at(q / d, q % d, d), width)] / weight;
      }
      cross[p] = sums[0][at(pair, width - 1, width)] / weight;
    }
    return new QuadraticLoss(gram, cross, sums[0][at(width - 1, width - 1, width)] / weight);
  }

  /** The place of entry (i, j) of a symmetric matrix in its upper triangle by rows. */
  private static int at(int i, int j, int n) {
    int first = Math.min(i, j);
    return first * n - first * (first - 1) / 2 + Math.max(i, j) - first;
  }

  /**
   * Trains.
   *
   * @param loss what {@link #loss} gave
   * @param tol relative gap to stop at
   * @param maxIter most steps on the driver; none takes a pass
   */
  public static Fit fit(QuadraticLoss loss, double beta, double tol, int maxIter) {
    int d = (int) Math.round(Math.sqrt(loss.features()));
    NuclearNormProgram.Solution solution =
        new NuclearNormProgram(loss, new NuclearNorm(d, d), beta).solve(tol, maxIter);
    return new Fit(of(d, solution.weights()), solution);
  }

  /** The network of a symmetric matrix, d x d row-major. */
  public static QuadraticNetwork of(int inputs, double[] s) {
    SymmetricEigen eigen = SymmetricEigen.of(inputs, s);
    double[] values = eigen.values();
    double largest = Math.max(Math.abs(values[0]), Math.abs(values[inputs - 1]));
    int[] kept =
        IntStream.range(0, inputs)
            .filter(i -> Math.abs(values[i]) > LEAST_SHARE * largest)
            .toArray();
    double[] directions = new double[kept.length * inputs];
    double[] coefficients = new double[kept.length];
    for (int j = 0; j < kept.length; j++) {
      coefficients[j] = values[kept[j]];
      System.arraycopy(eigen.vectors(), kept[j] * inputs, directions, j * inputs, inputs);
    }
    return new QuadraticNetwork(inputs, directions, coefficients);
  }

  /** f(x). */
  public double predict(double[] x) {
    double[] scores = new double[coefficients.length];
    Blas.gemm(
        false,
        false,
        scores.length,
        1,
        inputs,
        1.0,
        directions,
        0,
        inputs,
        x,
        0,
        1,
        0.0,
        scores,
        0,
        1);
    double sum = 0;
    for (int j = 0; j < scores.length; j++) {
      sum += coefficients[j] * scores[j] * scores[j];
    }
    return sum;
  }
}
