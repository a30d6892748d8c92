package org.convexnn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.convexnn.linalg.Blas;
import org.ojalgo.matrix.store.R064Store;
import org.ojalgo.optimisation.Optimisation;
import org.ojalgo.optimisation.convex.ConvexSolver;
import org.ojalgo.structure.Access1D;

/**
 * The optimum of a network program with squared loss, by ojAlgo's quadratic solver: of the dual
 *
 * <pre>max_lambda  lambda'y - ||lambda||^2 / 2   s.t.  |lambda'h| &lt;= beta for every neuron's output h of unit norm</pre>
 *
 * (docs/theory/certificates.md#prices; the loss is summed over rows) the solver sees as many
 * neurons as it takes, found where its last answer violates them most. Nothing is smoothed and no
 * solver of ours has a part in it. Both bounds are computed here and hold however accurate the
 * solver is: the lower one is its answer, scaled until it keeps all constraints, the upper one the
 * objective of the network whose neurons are weighted by its multipliers. Where they do not meet,
 * as on rows of columns that differ by thousands, that is an error.
 */
public final class CuttingPlanes {

  private static final int MOST_ROUNDS = 200;

  private CuttingPlanes() {}

  /** Bounds on the optimum, and the dual point of the last answer. */
  public record Optimum(double lower, double upper, double[] lambda) {}

  /**
   * Solves.
   *
   * @param y labels
   * @param beta of the program
   * @param bias whether neurons or the network have a bias without penalty: sum lambda = 0
   * @param dearest outputs h of the neurons with the largest lambda'h, among them the largest of all
   * @param gap relative distance of the bounds to reach
   */
  public static Optimum solve(
      double[] y,
      double beta,
      boolean bias,
      Function<double[], List<double[]>> dearest,
      double gap) {
    List<double[]> cuts = new ArrayList<>();
    double lower = 0;
    double upper = Double.POSITIVE_INFINITY;
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Master master = Master.of(y, beta, bias, cuts);
      double[] lambda = master.lambda;
      upper = Math.min(upper, master.objective(y, beta, bias, cuts));
      double largest = beta;
      for (double[] h : dearest.apply(lambda)) {
        double price = Blas.dot(lambda, h);
        largest = Math.max(largest, price);
        if (price > beta * (1 + 1e-12)) {
          cuts.add(h);
        }
      }
      double tau = beta / largest;
      lower =
          Math.max(lower, tau * Blas.dot(lambda, y) - 0.5 * tau * tau * Blas.dot(lambda, lambda));
      if (upper - lower <= gap * upper) {
        return new Optimum(lower, upper, lambda);
      }
    }
    throw new IllegalStateException(
        "bounds " + lower + " and " + upper + " still apart after " + MOST_ROUNDS + " rounds");
  }

  /**
   * An answer of the solver.
   *
   * @param lambda the dual point
   * @param multipliers of the neurons seen
   */
  private record Master(double[] lambda, double[] multipliers) {

    static Master of(double[] y, double beta, boolean bias, List<double[]> cuts) {
      ConvexSolver.Builder builder =
          ConvexSolver.newBuilder()
              .objective(
                  R064Store.FACTORY.makeEye(y.length, y.length), R064Store.FACTORY.column(y));
      double[] ones = new double[y.length];
      Arrays.fill(ones, 1);
      if (bias) {
        builder.equality(0, ones);
      }
      cuts.forEach(h -> builder.inequality(beta, h));
      Optimisation.Result result = builder.build().solve();
      if (!result.getState().isFeasible()) {
        throw new IllegalStateException("ojAlgo: " + result.getState());
      }
      double[] multipliers = new double[cuts.size()];
      if (!cuts.isEmpty()) {
        Access1D<?> all = result.getMultipliers().orElseThrow();
        // Those of equalities come first.
        Arrays.setAll(multipliers, k -> Math.max(0, all.doubleValue(k + (bias ? 1 : 0))));
      }
      double[] lambda = new double[y.length];
      Arrays.setAll(lambda, result::doubleValue);
      return new Master(lambda, multipliers);
    }

    /** That of the network with these neurons, and the best intercept where it is free. */
    double objective(double[] y, double beta, boolean bias, List<double[]> cuts) {
      double[] residuals = y.clone();
      for (int k = 0; k < multipliers.length; k++) {
        Blas.axpy(-multipliers[k], cuts.get(k), residuals);
      }
      double shift = bias ? Arrays.stream(residuals).average().orElseThrow() : 0;
      double square = Arrays.stream(residuals).map(r -> (r - shift) * (r - shift)).sum();
      return 0.5 * square + beta * Arrays.stream(multipliers).sum();
    }
  }

  /**
   * Gated neurons: {@code F_i F_i' lambda / ||F_i' lambda||} of every pattern.
   *
   * @param patterns one 0-1 vector over the rows for each gate
   */
  public static Function<double[], List<double[]>> gated(double[][] x, double[][] patterns) {
    return lambda -> {
      List<double[]> outputs = new ArrayList<>();
      for (double[] active : patterns) {
        double[] u = masked(x, active, lambda);
        if (Blas.norm(u, 0, u.length) > 0) {
          double[] h = scores(x, unit(u));
          for (int r = 0; r < h.length; r++) {
            h[r] *= active[r];
          }
          outputs.add(h);
        }
      }
      return outputs;
    };
  }

  /**
   * ReLU neurons of rows of two columns: {@code (X u)_+} and its negative, u of every chamber's own
   * maximum and of every row's boundary, one of which is the maximum over all u.
   *
   * @param patterns all patterns of X
   */
  public static Function<double[], List<double[]>> relu(double[][] x, double[][] patterns) {
    return lambda -> {
      List<double[]> directions = new ArrayList<>();
      for (double[] active : patterns) {
        directions.add(masked(x, active, lambda));
      }
      for (double[] row : x) {
        directions.add(new double[] {-row[1], row[0]});
      }
      List<double[]> outputs = new ArrayList<>();
      for (double[] direction : directions) {
        for (int sign = -1; sign <= 1; sign += 2) {
          double[] u = unit(direction);
          for (int j = 0; j < 2; j++) {
            u[j] *= sign;
          }
          double[] h = scores(x, u);
          double[] negative = new double[h.length];
          for (int r = 0; r < h.length; r++) {
            h[r] = Math.max(h[r], 0);
            negative[r] = -h[r];
          }
          outputs.add(h);
          outputs.add(negative);
        }
      }
      return outputs;
    };
  }

  private static double[] masked(double[][] x, double[] active, double[] lambda) {
    double[] u = new double[x[0].length];
    for (int r = 0; r < x.length; r++) {
      Blas.axpy(active[r] * lambda[r], x[r], u);
    }
    return u;
  }

  private static double[] scores(double[][] x, double[] u) {
    double[] h = new double[x.length];
    for (int r = 0; r < h.length; r++) {
      h[r] = Blas.dot(x[r], u);
    }
    return h;
  }

  private static double[] unit(double[] u) {
    double norm = Blas.norm(u, 0, u.length);
    double[] unit = u.clone();
    for (int j = 0; j < unit.length && norm > 0; j++) {
      unit[j] /= norm;
    }
    return unit;
  }
}
