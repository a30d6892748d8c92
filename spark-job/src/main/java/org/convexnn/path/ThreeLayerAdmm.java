package org.convexnn.path;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.Cholesky;
import org.convexnn.solver.StopReason;

/**
 * ADMM for a {@link ThreeLayerProgram} (docs/theory/depth.md#admm-for-three-layers): A = [F; C; I]
 * splits loss, cones and norms off one least-squares step with {@code H = rho_f F'F + rho_c C'C +
 * rho_z I}. C'C is block diagonal over sub-networks; F has n rows, few, so that H is inverted by
 * Woodbury's identity. A block is a pattern and an outer sign: 2 s is Z_s, 2 s + 1 is Z'_s.
 *
 * <p>The multipliers of loss and cones are dual points at every iteration: {@code ||T_s' lambda +
 * C_s' nu||} bounds a block's price from above (docs/theory/certificates.md#prices).
 *
 * <p>Each penalty becomes the norm of its multipliers over the norm of what it splits, at iterations
 * 10, 20, 40, .. (docs/theory/cones.md#admm-with-cones). That was measured to end where others
 * fail, but slowly where solutions are not unique; at the last of these iterations all penalties
 * become the loss's.
 */
final class ThreeLayerAdmm {

  private static final double RELAXATION = 1.6;
  private static final int CHECK_EVERY = 20;
  private static final int FIRST_TUNING = 10;
  private static final int LAST_TUNING = 1280;
  private static final double MOST_TUNING = 10;

  private final ThreeLayerProgram program;
  private final double beta;
  private final int n;
  private final int k;
  private final int q;
  private final int blocks;
  private final double[][] composed;
  private final double[][] constraints;
  private final double[][] coneGrams;
  private final double[][] inverses;
  private final double[][] lifted;
  private Cholesky capacitance;

  private double rhoLoss;
  private double rhoCones;
  private double rhoNorm;
  private final double[] f;
  private final double[] a;

  /** T = s + nu, the slacks s = T_+ and their scaled multipliers nu = -(-T)_+ in one number. */
  private final double[][] cone;

  private final double[][] z;
  private final double[][] mu;
  private final double[][] u;

  private ParallelNetwork best;
  private double upper = Double.POSITIVE_INFINITY;
  private double lower;
  private double lowerAll;

  ThreeLayerAdmm(ThreeLayerProgram program, double beta) {
    this.program = program;
    this.beta = beta;
    this.n = program.rows();
    this.k = program.block();
    this.q = program.cones();
    List<PathPattern> patterns = program.patterns();
    this.blocks = 2 * patterns.size();
    this.composed = patterns.stream().map(program::composed).toArray(double[][]::new);
    this.constraints = patterns.stream().map(program::constraints).toArray(double[][]::new);
    this.coneGrams = Arrays.stream(constraints).map(this::gram).toArray(double[][]::new);
    this.inverses = new double[patterns.size()][];
    this.lifted = new double[patterns.size()][];
    this.rhoLoss = program.loss().curvature() / n;
    this.rhoCones = rhoLoss;
    this.rhoNorm = rhoLoss;
    this.f = new double[n];
    this.a = new double[n];
    this.cone = new double[blocks][q];
    this.z = new double[blocks][k];
    this.mu = new double[blocks][k];
    this.u = new double[blocks][k];
    factor();
  }

  /** C'C of a block. */
  private double[] gram(double[] c) {
    double[] gram = new double[k * k];
    Blas.gemm(true, false, k, k, q, 1.0, c, 0, k, c, 0, k, 0.0, gram, 0, k);
    return gram;
  }

  /** {@code B^-1 = (rho_c C'C + rho_z I)^-1} of every block and {@code I / rho_f + F B^-1 F'}. */
  private void factor() {
    double[] small = new double[n * n];
    for (int r = 0; r < n; r++) {
      small[r * n + r] = 1 / rhoLoss;
    }
    for (int s = 0; s < lifted.length; s++) {
      double[] h = Arrays.stream(coneGrams[s]).map(v -> rhoCones * v).toArray();
      inverses[s] = new double[k * k];
      for (int i = 0; i < k; i++) {
        h[i * k + i] += rhoNorm;
        inverses[s][i * k + i] = 1;
      }
      new Cholesky(k, h).solve(inverses[s], k);
      lifted[s] = new double[k * n];
      Blas.gemm(
          false, true, k, n, k, 1.0, inverses[s], 0, k, composed[s], 0, k, 0.0, lifted[s], 0, n);
      Blas.gemm(false, false, n, n, k, 2.0, composed[s], 0, k, lifted[s], 0, n, 1.0, small, 0, n);
    }
    capacitance = new Cholesky(n, small);
  }

  ThreeLayerFit solve(double tol, int maxIterations) {
    // The network that is zero is a bound too, and so is lambda = 0.
    keepBest(new ParallelNetwork(program.features(), program.width(), List.of()));
    double[] lambda = new double[n];
    int iteration = 0;
    boolean reached = false;
    int tuning = FIRST_TUNING;
    while (iteration < maxIterations && !reached) {
      step();
      iteration++;
      if (iteration % CHECK_EVERY == 0 || iteration == maxIterations) {
        keepBest(decoded());
        double[] now = dualPoint();
        double value = program.dualValue(now, largestPriceBound(now), beta);
        if (value > lower) {
          lower = value;
          lambda = now;
        }
        lowerAll = Math.max(lowerAll, program.dualValue(now, program.largestPrice(now), beta));
        reached = upper - lower <= tol * upper;
      }
      if (iteration == tuning && tuning <= LAST_TUNING) {
        tune(tuning == LAST_TUNING);
        tuning *= 2;
      }
    }
    ParallelNetwork pruned = program.pruned(best);
    return new ThreeLayerFit(
        pruned,
        program.objective(pruned, beta),
        lower,
        lowerAll,
        lambda,
        iteration,
        reached ? StopReason.GAP : StopReason.MAX_PASSES);
  }

  /** One iteration; docs/theory/cones.md#admm-with-cones. */
  private void step() {
    splitLoss(leastSquares());
    for (int b = 0; b < blocks; b++) {
      splitCones(b);
      splitNorm(b);
    }
  }

  /** {@code u = H^-1 (rho_f F'(f - a) + rho_c C'(s - nu) + rho_z (z - mu))}; gives F u. */
  private double[] leastSquares() {
    double[] target = new double[n];
    for (int r = 0; r < n; r++) {
      target[r] = f[r] - a[r];
    }
    double[] correction = new double[n];
    for (int b = 0; b < blocks; b++) {
      double[] right = new double[k];
      multiplyTransposed(composed[b / 2], n, sign(b) * rhoLoss, target, right);
      // s - nu is the sum of the positive part and the size of the negative one.
      multiplyTransposed(constraints[b / 2], q, rhoCones, absolute(cone[b]), right);
      for (int i = 0; i < k; i++) {
        right[i] += rhoNorm * (z[b][i] - mu[b][i]);
      }
      Arrays.fill(u[b], 0);
      multiply(inverses[b / 2], k, k, 1, right, u[b]);
      multiply(composed[b / 2], n, k, sign(b), u[b], correction);
    }
    capacitance.solve(correction, 1);
    double[] fitted = new double[n];
    for (int b = 0; b < blocks; b++) {
      multiply(lifted[b / 2], k, n, -sign(b), correction, u[b]);
      multiply(composed[b / 2], n, k, sign(b), u[b], fitted);
    }
    return fitted;
  }

  /** The proximal step of the loss. */
  private void splitLoss(double[] fitted) {
    double[] t = new double[1];
    for (int r = 0; r < n; r++) {
      t[0] = relaxed(fitted[r], f[r]) + a[r];
      program.loss().prox(program.label(r), t, 0, n * rhoLoss, f, r);
      a[r] = t[0] - f[r];
    }
  }

  /** The slacks s >= 0 of a block's cones and their multipliers. */
  private void splitCones(int b) {
    double[] gamma = new double[q];
    multiply(constraints[b / 2], q, k, 1, u[b], gamma);
    for (int i = 0; i < q; i++) {
      cone[b][i] = relaxed(gamma[i], Math.max(cone[b][i], 0)) + Math.min(cone[b][i], 0);
    }
  }

  /** The soft threshold of a block's norm. */
  private void splitNorm(int b) {
    double[] zeta = new double[k];
    for (int i = 0; i < k; i++) {
      zeta[i] = relaxed(u[b][i], z[b][i]) + mu[b][i];
    }
    double norm = Blas.norm(zeta, 0, k);
    double shrink = norm * rhoNorm > beta ? 1 - beta / (rhoNorm * norm) : 0;
    for (int i = 0; i < k; i++) {
      z[b][i] = shrink * zeta[i];
      mu[b][i] = zeta[i] - z[b][i];
    }
  }

  private static double relaxed(double next, double before) {
    return RELAXATION * next + (1 - RELAXATION) * before;
  }

  /** Sets the penalties, one by one or all to that of the loss. */
  private void tune(boolean level) {
    double slacks = 0;
    double coneMultipliers = 0;
    double weights = 0;
    double normMultipliers = 0;
    for (int b = 0; b < blocks; b++) {
      for (double t : cone[b]) {
        slacks += t > 0 ? t * t : 0;
        coneMultipliers += t < 0 ? t * t : 0;
      }
      weights += Blas.dot(u[b], u[b]);
      normMultipliers += Blas.dot(mu[b], mu[b]);
    }
    if (level) {
      scale(1, rhoLoss / rhoCones, rhoLoss / rhoNorm);
    } else {
      scale(
          factor(Blas.dot(a, a), Blas.dot(f, f)),
          factor(coneMultipliers, slacks),
          factor(normMultipliers, weights));
    }
  }

  /** Multiplies the penalties; multipliers are divided by theirs, so that they stay what they are. */
  private void scale(double ofLoss, double ofCones, double ofNorm) {
    rhoLoss *= ofLoss;
    rhoCones *= ofCones;
    rhoNorm *= ofNorm;
    for (int r = 0; r < n; r++) {
      a[r] /= ofLoss;
    }
    for (int b = 0; b < blocks; b++) {
      for (int i = 0; i < k; i++) {
        mu[b][i] /= ofNorm;
      }
      for (int i = 0; i < q; i++) {
        cone[b][i] = cone[b][i] < 0 ? cone[b][i] / ofCones : cone[b][i];
      }
    }
    factor();
  }

  private static double factor(double multipliers, double values) {
    return multipliers > 0 && values > 0
        ? Math.max(1 / MOST_TUNING, Math.min(MOST_TUNING, Math.sqrt(multipliers / values)))
        : 1;
  }

  /** lambda = -rho_f a, minus the gradient of the mean loss at f. */
  private double[] dualPoint() {
    return Arrays.stream(a).map(v -> -rhoLoss * v).toArray();
  }

  /** {@code max ||+-T_s' lambda + C_s' nu||} over blocks, nu >= 0 the cones' multipliers. */
  private double largestPriceBound(double[] lambda) {
    double largest = 0;
    for (int b = 0; b < blocks; b++) {
      double[] sum = new double[k];
      double[] nu = new double[q];
      for (int i = 0; i < q; i++) {
        nu[i] = -rhoCones * Math.min(cone[b][i], 0);
      }
      multiplyTransposed(composed[b / 2], n, sign(b), lambda, sum);
      multiplyTransposed(constraints[b / 2], q, 1, nu, sum);
      largest = Math.max(largest, Blas.norm(sum, 0, k));
    }
    return largest;
  }

  private void keepBest(ParallelNetwork network) {
    double objective = program.objective(network, beta);
    if (objective < upper) {
      upper = objective;
      best = network;
    }
  }

  /**
   * {@code w_1j = z_j / ||z_j||, w_2j = I_j ||z_j|| / R, w_3 = +-R, R = ||Z||_F}
   * (docs/theory/depth.md#three-layers); a neuron with z_j = 0 is zero.
   */
  private ParallelNetwork decoded() {
    int d = program.features();
    int m = program.width();
    List<LayeredNetwork> branches = new ArrayList<>();
    for (int b = 0; b < blocks; b++) {
      double norm = Blas.norm(z[b], 0, k);
      if (norm > 0) {
        PathPattern pattern = program.patterns().get(b / 2);
        double[] w1 = new double[k];
        double[] w2 = new double[m];
        for (int j = 0; j < m; j++) {
          double own = Blas.norm(z[b], j * d, d);
          w2[j] = (pattern.positive()[j] ? own : -own) / norm;
          for (int i = 0; i < d && own > 0; i++) {
            w1[i * m + j] = z[b][j * d + i] / own;
          }
        }
        branches.add(
            new LayeredNetwork(new int[] {d, m, 1, 1}, new double[][] {w1, w2, {sign(b) * norm}}));
      }
    }
    return new ParallelNetwork(d, m, branches);
  }

  private static double sign(int block) {
    return block % 2 == 0 ? 1 : -1;
  }

  private static double square(double v) {
    return v * v;
  }

  private static double[] absolute(double[] v) {
    double[] result = new double[v.length];
    for (int i = 0; i < v.length; i++) {
      result[i] = Math.abs(v[i]);
    }
    return result;
  }

  // Matrices of a few rows: a call of BLAS would cost more than the product.

  /** {@code to += factor M v}. */
  private static void multiply(
      double[] m, int rows, int columns, double factor, double[] v, double[] to) {
    for (int i = 0; i < rows; i++) {
      double sum = 0;
      for (int j = 0; j < columns; j++) {
        sum += m[i * columns + j] * v[j];
      }
      to[i] += factor * sum;
    }
  }

  /** {@code to += factor M' v}. */
  private static void multiplyTransposed(
      double[] m, int rows, double factor, double[] v, double[] to) {
    for (int i = 0; i < rows; i++) {
      double scaled = factor * v[i];
      for (int j = 0; j < to.length; j++) {
        to[j] += scaled * m[i * to.length + j];
      }
    }
  }
}
