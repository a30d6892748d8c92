package org.convexnn.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.convexnn.CuttingPlanes;
import org.convexnn.block.Precision;
import org.convexnn.gate.PatternEnumeration;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SingularValues;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.HalfSpaces;
import org.convexnn.solver.method.AdmmSolver;
import org.convexnn.solver.method.GramSolver;
import org.convexnn.solver.method.QuadraticProgram;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.ProblemTest;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.setup.Groups;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Small programs solved by somebody else's solver: gated ones of random rows against ours, those of
 * ReLU networks against the values of docs/theory/golden.md. Losses are summed over rows.
 */
class OutsideSolverTest {

  private static double[][] patterns(double[][] x) {
    double[] rows = Arrays.stream(x).flatMapToDouble(Arrays::stream).toArray();
    return PatternEnumeration.homogeneous(x[0].length, rows).stream()
        .map(p -> bits(p.active()))
        .toArray(double[][]::new);
  }

  private static double[] bits(boolean[] active) {
    return IntStream.range(0, active.length).mapToDouble(r -> active[r] ? 1 : 0).toArray();
  }

  private static double[][] gaussians(Random random, int rows, int columns) {
    double[][] x = new double[rows][columns];
    for (double[] row : x) {
      Arrays.setAll(row, j -> random.nextGaussian());
    }
    return x;
  }

  /** Random rows and gates, gated: n beyond, at and below the number of weights. */
  @ParameterizedTest
  @CsvSource({"8, 2, 6", "12, 3, 4", "20, 2, 5", "6, 3, 8", "15, 4, 3", "10, 1, 2", "25, 2, 3"})
  void gatedProgramsOfRandomRows(int n, int d, int gates) {
    Random random = new Random(100 * n + gates);
    double[][] x = gaussians(random, n, d);
    double[] y = gaussians(random, 1, n)[0];
    HalfSpaces half =
        new HalfSpaces(
            d,
            random.doubles((long) gates * d).map(u -> random.nextGaussian()).toArray(),
            random.doubles(gates, -0.5, 0.5).toArray(),
            new double[gates]);
    double[][] patterns = new double[gates][n];
    double[] scores = new double[gates];
    for (int r = 0; r < n; r++) {
      half.scores(half.transposed(), x[r], scores);
      for (int i = 0; i < gates; i++) {
        patterns[i][r] = half.active(i, scores[i]) ? 1 : 0;
      }
    }
    for (double beta : new double[] {0.05, 0.5, 2}) {
      CuttingPlanes.Optimum outside =
          CuttingPlanes.solve(y, beta, false, CuttingPlanes.gated(x, patterns), 1e-8);
      Problem problem = LocalProblem.plain(x, y, half, new SquaredLoss(), Precision.FLOAT64);
      for (Solver solver : List.of(new GramSolver(), new AdmmSolver(1, false))) {
        Solver.Solution ours =
            solver.solve(
                problem,
                beta / n,
                Solver.Start.at(new double[problem.length()]),
                new Solver.Stopping(1e-8, 20_000, 1e-9),
                ProblemTest.Quiet.WATCH);
        assertThat(n * ours.upper()).isCloseTo(outside.upper(), within(1e-6 * outside.upper()));
        assertThat(n * ours.lower()).isLessThanOrEqualTo(outside.upper() * (1 + 1e-10));
        assertThat(n * ours.upper()).isGreaterThanOrEqualTo(outside.lower() * (1 - 1e-10));
      }
    }
  }

  /** docs/theory/golden.md#e1-exact-relu: every beta of its path, fit and dual point. */
  @ParameterizedTest
  @CsvSource({
    "2.9, 3.25, 1e-9",
    "2, 3.2123742, 5e-8",
    "1, 2.8808423, 5e-8",
    "0.3, 1.7039696961967, 1e-7",
    "0.1, 0.7709882, 5e-8"
  })
  void exactReluOnE1(double beta, double golden, double tolerance) {
    double[][] x = {{1, 0}, {0, 1}, {-1, 1}, {1, 2}, {-1, -1}};
    double[] y = {1, -1, 2, 0.5, -0.5};
    CuttingPlanes.Optimum optimum =
        CuttingPlanes.solve(y, beta, false, CuttingPlanes.relu(x, patterns(x)), 1e-9);
    assertThat(optimum.lower()).isCloseTo(golden, within(tolerance));
    assertThat(optimum.upper()).isCloseTo(golden, within(tolerance));
    if (beta == 0.3) {
      assertThat(optimum.lambda())
          .containsExactly(
              new double[] {.24142136, -.84142136, .51213203, .05857864, -.21213203}, within(1e-6));
    }
  }

  /**
   * Rank 1 of rows of rank 2 against the best ReLU network of any width, its optimum exact
   * (docs/theory/depth.md#low-rank; no bias, no linear part, losses as sums): p_1 <= (1 + eps)^2
   * p*, eps = 2 sigma_2 sqrt(|y|^2 / 4) / beta for gates of centre 0. The gated program with all
   * patterns is never above p*; that of rank 1 is, so that its factor is not for nothing.
   */
  @Test
  void rankOneAgainstTheBestReluNetwork() {
    int above = 0;
    for (int seed = 0; seed < 10; seed++) {
      Random random = new Random(seed);
      double[][] x = gaussians(random, 9, 2);
      double[] y = new double[9];
      for (int r = 0; r < y.length; r++) {
        x[r][1] *= 0.1;
        y[r] = 10 * Math.abs(x[r][1]) + 0.1 * random.nextGaussian();
      }
      SingularValues svd =
          SingularValues.of(
              y.length, 2, Arrays.stream(x).flatMapToDouble(Arrays::stream).toArray());
      double[][] projected = new double[y.length][1];
      for (int r = 0; r < y.length; r++) {
        projected[r][0] = Blas.dot(x[r], Arrays.copyOf(svd.right(), 2));
      }
      for (double beta : new double[] {0.02, 0.2}) {
        double best =
            CuttingPlanes.solve(y, beta, false, CuttingPlanes.relu(x, patterns(x)), 1e-7).lower();
        double all =
            CuttingPlanes.solve(y, beta, false, CuttingPlanes.gated(x, patterns(x)), 1e-7).upper();
        double one =
            CuttingPlanes.solve(y, beta, false, CuttingPlanes.gated(x, patterns(projected)), 1e-7)
                .upper();
        double factor = 1 + svd.values()[1] * Math.sqrt(Blas.dot(y, y)) / beta;
        assertThat(one).isLessThanOrEqualTo(factor * factor * best * (1 + 1e-6));
        assertThat(all).isLessThanOrEqualTo(Math.min(best, one) * (1 + 1e-6));
        above += one > 1.1 * best ? 1 : 0;
      }
    }
    assertThat(above).isGreaterThan(3);
  }

  private static final double[] LINE = {-2, -0.5, 1, 2};
  private static final double[] LINE_LABELS = {1, -1, 1, -0.5};
  private static final double LINE_BETA = 0.1;

  /**
   * Ramps at the data points, n x 2 n: (x_r - x_j)_+ and (x_j - x_r)_+
   * (docs/theory/objective.md#biases).
   */
  private static double[][] ramps() {
    int n = LINE.length;
    double[][] a = new double[n][2 * n];
    for (int r = 0; r < n; r++) {
      for (int j = 0; j < n; j++) {
        a[r][j] = Math.max(LINE[r] - LINE[j], 0);
        a[r][n + j] = Math.max(LINE[j] - LINE[r], 0);
      }
    }
    return a;
  }

  /**
   * One column and a hidden bias without penalty: a Lasso over ramps at the data points. Its optimum
   * by our group lasso with groups of one number; its dual point prices no ramp anywhere else above
   * beta, so it is the optimum of all networks.
   */
  @Test
  void oneColumnIsALasso() {
    int n = LINE.length;
    double[][] a = ramps();
    // A free intercept: centred columns. Block 0, the linear one, is empty but for its ridge.
    int q = 1 + 2 * n;
    double[] gram = new double[q * q];
    double[] moments = new double[q];
    double mean = Arrays.stream(LINE_LABELS).average().orElseThrow();
    double square = 0;
    double[] columnMeans = new double[q];
    for (double[] row : a) {
      for (int k = 1; k < q; k++) {
        columnMeans[k] += row[k - 1] / n;
      }
    }
    for (int r = 0; r < n; r++) {
      double[] row = new double[q];
      for (int k = 1; k < q; k++) {
        row[k] = a[r][k - 1] - columnMeans[k];
      }
      Blas.gemm(false, false, q, q, 1, 1.0, row, 0, 1, row, 0, q, 1.0, gram, 0, q);
      Blas.axpy(LINE_LABELS[r] - mean, row, moments);
      square += (LINE_LABELS[r] - mean) * (LINE_LABELS[r] - mean);
    }
    Solver.Solution lasso =
        new QuadraticProgram(gram, moments, square, new Groups(1, 1), 1)
            .solve(
                LINE_BETA,
                new double[q],
                new Solver.Stopping(1e-12, 1, 1e-9),
                ProblemTest.Quiet.WATCH);
    assertThat(lasso.upper()).isCloseTo(0.4955555556, within(1e-10));
    assertThat(lasso.lower()).isCloseTo(0.4955555556, within(1e-10));
    double[] fit = new double[n];
    double[] lambda = new double[n];
    for (int r = 0; r < n; r++) {
      fit[r] = mean;
      for (int k = 1; k < q; k++) {
        fit[r] += (a[r][k - 1] - columnMeans[k]) * lasso.weights()[k];
      }
      lambda[r] = LINE_LABELS[r] - fit[r];
    }
    assertThat(fit).containsExactly(new double[] {.9333333, -.8, .7666667, -.4}, within(1e-6));
    assertThat(Arrays.stream(lambda).sum()).isCloseTo(0, within(1e-12));
    double dearest = 0;
    for (double bias = -4; bias <= 4; bias += 1e-3) {
      double up = 0;
      double down = 0;
      for (int r = 0; r < n; r++) {
        up += lambda[r] * Math.max(LINE[r] + bias, 0);
        down += lambda[r] * Math.max(bias - LINE[r], 0);
      }
      dearest = Math.max(dearest, Math.max(Math.abs(up), Math.abs(down)));
    }
    assertThat(dearest).isCloseTo(LINE_BETA, within(1e-6));
  }

  /** The same by the other solver, and its dual bound from ramps at the data points alone. */
  @Test
  void oneColumnIsALassoForOthersToo() {
    double[][] a = ramps();
    List<double[]> atoms =
        IntStream.range(0, 2 * a[0].length)
            .mapToObj(
                k ->
                    Arrays.stream(a)
                        .mapToDouble(row -> (k % 2 == 0 ? 1 : -1) * row[k / 2])
                        .toArray())
            .toList();
    CuttingPlanes.Optimum optimum =
        CuttingPlanes.solve(LINE_LABELS, LINE_BETA, true, lambda -> atoms, 1e-9);
    assertThat(optimum.lower()).isCloseTo(0.4955555556, within(1e-9));
    assertThat(optimum.upper()).isCloseTo(0.4955555556, within(1e-9));
  }

  /** With its penalty on the bias too: rows [x, 1], no Lasso, another optimum. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 1.4142135623730951})
  void oneColumnWithPenalisedBias(double depth) {
    double[][] x = Arrays.stream(LINE).mapToObj(v -> new double[] {v, 1}).toArray(double[][]::new);
    CuttingPlanes.Optimum optimum =
        CuttingPlanes.solve(
            LINE_LABELS, LINE_BETA / depth, false, CuttingPlanes.relu(x, patterns(x)), 1e-9);
    // The second is that of three layers with two neurons in the first
    // (docs/theory/golden.md#three-layers, G3a).
    double golden = depth == 1 ? 0.6083245742 : 0.4488960113;
    assertThat(optimum.lower()).isCloseTo(golden, within(1e-8));
    assertThat(optimum.upper()).isCloseTo(golden, within(1e-8));
  }
}
