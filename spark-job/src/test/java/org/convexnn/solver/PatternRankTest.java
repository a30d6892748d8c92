package org.convexnn.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SingularValues;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.HalfSpaces;
import org.convexnn.solver.fit.TrainingRun;
import org.convexnn.solver.method.QuadraticProgram;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.program.ProblemTest;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.setup.Groups;
import org.convexnn.solver.setup.PatternSpan;
import org.convexnn.solver.train.Trainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gates of rank k (docs/theory/depth.md#low-rank) on rows that lie close to a subspace. */
class PatternRankTest {

  /**
   * Rows {@code sum_i strength_i t_i e_i} in a rotated basis, t normal, plus a mean; the label is a
   * network of absolute values of all leading coordinates.
   */
  private static Training.Data lowRank(long seed, int n, double... strengths) {
    Random random = new Random(seed);
    int d = strengths.length;
    double[] basis = SingularValues.of(d, d, gaussians(random, d * d)).right();
    double[][] x = new double[n][d];
    double[] y = new double[n];
    for (int r = 0; r < n; r++) {
      Arrays.fill(x[r], 3);
      for (int i = 0; i < d; i++) {
        double t = random.nextGaussian();
        for (int j = 0; j < d; j++) {
          x[r][j] += strengths[i] * t * basis[i * d + j];
        }
        y[r] += i < 3 ? Math.abs(t - 0.3 * i) : 0;
      }
    }
    return new Training.Data(x, y, Training.ones(n));
  }

  private static double[] gaussians(Random random, int count) {
    return random.doubles(count).map(u -> random.nextGaussian()).toArray();
  }

  private static Training training(int rank, int gates) {
    Training training = Training.regression();
    training.gates = gates;
    training.patternRank = rank;
    training.regRatio = OptionalDouble.empty();
    training.regParam = OptionalDouble.of(0.02);
    training.normalization = TrainingOptions.Normalization.STANDARDIZE;
    training.solver = TrainingOptions.SolverKind.GRAM;
    training.tol = 1e-5;
    return training;
  }

  /** sqrt(w / W) (z - mean z), n x d, z standardised or as it came. */
  private static SingularValues centred(Training.Data data, boolean standardise) {
    int n = data.y().length;
    int d = data.x()[0].length;
    double weight = Arrays.stream(data.w()).sum();
    double[] z = new double[n * d];
    for (int j = 0; j < d; j++) {
      double mean = 0;
      double square = 0;
      for (int r = 0; r < n; r++) {
        mean += data.w()[r] / weight * data.x()[r][j];
      }
      for (int r = 0; r < n; r++) {
        z[r * d + j] = Math.sqrt(data.w()[r] / weight) * (data.x()[r][j] - mean);
        square += z[r * d + j] * z[r * d + j];
      }
      for (int r = 0; r < n && standardise; r++) {
        z[r * d + j] /= Math.sqrt(square);
      }
    }
    return SingularValues.of(n, d, z);
  }

  @ParameterizedTest
  @CsvSource({"STANDARDIZE, 2", "NONE, 1", "AUTO, 3", "PCA, 1"})
  void gatesLieInTheSpanOfTheLeadingSingularVectors(
      TrainingOptions.Normalization normalization, int rank) {
    Training.Data data = lowRank(1, 80, 3, 2, 1, 0.3).weights(new Random(1).doubles(80).toArray());
    Training training = training(rank, 20);
    training.normalization = normalization;
    TrainingRun run =
        TrainingRun.begin(data.rows(17), training.options(), Progress.SILENT, new PassCounter());
    PatternSpan span = run.prepared().span().orElseThrow();
    HalfSpaces gates = run.gates().draw().halfSpaces();
    assertThat(gates.size()).isBetween(10, 20);
    assertThat(span.rank()).isEqualTo(rank);
    boolean raw = normalization == TrainingOptions.Normalization.NONE;
    SingularValues svd = centred(data, !raw);
    if (normalization != TrainingOptions.Normalization.PCA) {
      assertThat(span.next()).isCloseTo(svd.values()[rank], within(1e-9));
    } else {
      // Half-whitened: variances are the roots of the eigenvalues, one on average.
      double[] roots = svd.values();
      double mean = Arrays.stream(roots).sum() / roots.length;
      assertThat(span.next()).isCloseTo(Math.sqrt(roots[rank] / mean), within(1e-9));
    }
    FeatureMap standard = run.prepared().map();
    for (int i = 0; i < gates.size(); i++) {
      // x.g is z.v with v_j = g_j / inverseScale_j; v has no part outside the leading vectors.
      double[] v = Arrays.copyOfRange(gates.directions(), 4 * i, 4 * i + 4);
      for (int j = 0; j < 4; j++) {
        v[j] /= standard.inverseScale()[j];
      }
      double inside = 0;
      double outside = 0;
      for (int k = 0; k < 4; k++) {
        double part = 0;
        for (int j = 0; j < 4; j++) {
          part += svd.right()[4 * k + j] * v[j];
        }
        inside += k < rank ? part * part : 0;
        outside += k < rank ? 0 : part * part;
      }
      assertThat(outside).isLessThan(1e-16 * inside);
    }
  }

  /** All ways to split the rows, and the neuron that is active on all of them. */
  @Test
  void fewRowsHaveAllPatternsOfTheirSpan() {
    assertThat(gates(1, 512)).isEqualTo(512);
    assertThat(gates(2, 20)).isEqualTo(191);
    assertThat(gates(2, 32)).isEqualTo(497);
    assertThat(gates(2, 33)).as("too many: drawn").isLessThan(65);
    assertThat(gates(1, 513)).isLessThan(65);
    assertThat(gates(3, 20)).isLessThan(65);
  }

  private static int gates(int rank, int n) {
    TrainingRun run =
        TrainingRun.begin(
            lowRank(2, n, 3, 2, 1).rows(9),
            training(rank, 0).options(),
            Progress.SILENT,
            new PassCounter());
    assertThat(run.gates().priced()).isFalse();
    return run.gates().draw().size();
  }

  /** Of rank 1 most gates drawn repeat a pattern: no two that remain are equal or complements. */
  @Test
  void repeatedPatternsAreDropped() {
    Training.Data data = lowRank(3, 10, 3, 0.1);
    TrainingRun run =
        TrainingRun.begin(
            data.rows(4), training(1, 300).options(), Progress.SILENT, new PassCounter());
    HalfSpaces gates = run.gates().draw().halfSpaces();
    List<String> patterns = new ArrayList<>();
    for (int i = 0; i < gates.size(); i++) {
      StringBuilder pattern = new StringBuilder();
      boolean first = score(gates, i, data.x()[0]) >= 0;
      for (double[] x : data.x()) {
        pattern.append(score(gates, i, x) >= 0 == first ? 1 : 0);
      }
      patterns.add(pattern.toString());
    }
    assertThat(patterns).doesNotHaveDuplicates().doesNotContain("1111111111");
    assertThat(patterns).hasSizeBetween(7, 9);
  }

  private static double score(HalfSpaces gates, int i, double[] x) {
    double[] scores = new double[gates.size()];
    gates.scores(gates.transposed(), x, scores);
    return scores[i] - gates.thresholds()[i];
  }

  /**
   * Rows that span a plane have no other patterns than those enumerated: whatever gates are drawn in
   * the whole space, and however many, they do no better, and the bound says so.
   */
  @Test
  void withoutDistanceFromTheSpanNothingIsLost() {
    Training.Data data = lowRank(4, 12, 3, 2, 0, 0);
    TrainingResult all = training(2, 0).train(data);
    RankBound bound = all.rankBound().orElseThrow();
    assertThat(bound.sigma()).isLessThan(1e-7);
    assertThat(bound.factor()).isBetween(1.0, 1 + 1e-5);
    assertThat(bound.enumerated()).isTrue();
    double least = all.certificate().dualBound();
    assertThat(all.certificate().primalObjective()).isGreaterThan(0.02);
    for (int gates : new int[] {10, 40, 160}) {
      Training drawn = training(0, gates);
      drawn.sampler = TrainingOptions.GateSampler.SPHERE;
      TrainingResult result = drawn.train(data);
      assertThat(result.certificate().primalObjective()).isGreaterThanOrEqualTo(least);
      assertThat(result.rankBound()).isEmpty();
    }
  }

  /** The objective falls to that of all directions, and never lies above the bound. */
  @Test
  void objectiveApproachesThatOfAllGatesAndTheBoundHolds() {
    int n = 150;
    Training.Data data = lowRank(5, n, 3, 1.5, 0.8, 0.02, 0.01);
    double best = bestNetwork(data, 0.02);
    double[] objectives = new double[6];
    double[] factors = new double[6];
    for (int rank = 1; rank <= 5; rank++) {
      TrainingResult result = training(rank, rank > 1 ? 100 : 0).train(data);
      RankBound bound = result.rankBound().orElseThrow();
      assertThat(bound.enumerated()).isEqualTo(rank == 1);
      objectives[rank] = result.certificate().primalObjective();
      factors[rank] = bound.factor();
      double sigma = rank < 5 ? centred(data, true).values()[rank] : 0;
      assertThat(bound.epsilon())
          .as("squared loss: slope sqrt(p_0 / 2) = 1/2")
          .isCloseTo(0.5 * sigma / 0.02, within(1e-6));
      assertThat(objectives[rank]).isLessThan(factors[rank] * best);
    }
    double full = training(0, 100).train(data).certificate().primalObjective();
    assertThat(objectives[1]).as("rank 1 cannot do without the factor").isGreaterThan(best);
    assertThat(objectives[1]).isGreaterThan(1.2 * objectives[2]);
    assertThat(objectives[2]).isGreaterThan(1.2 * objectives[3]);
    assertThat(objectives[3]).isCloseTo(full, within(0.1 * full));
    assertThat(factors[5]).isEqualTo(1);
  }

  /** An upper bound on the best ReLU network: a Lasso over many neurons of unit weights, with skip. */
  private static double bestNetwork(Training.Data data, double beta) {
    int n = data.y().length;
    int d = data.x()[0].length;
    SingularValues svd = centred(data, true);
    double[] z = svd.rebuild(svd.values());
    double[] y = data.y().clone();
    double mean = Arrays.stream(y).average().orElseThrow();
    double sd = Math.sqrt(Arrays.stream(y).map(v -> (v - mean) * (v - mean)).sum() / n);
    int neurons = 400;
    int width = d + 1;
    int q = width + neurons;
    Random random = new Random(7);
    double[] columns = new double[n * q];
    double[] labels = new double[n];
    for (int r = 0; r < n; r++) {
      for (int j = 0; j < d; j++) {
        columns[r * q + j] = Math.sqrt(n) * z[r * d + j];
      }
      columns[r * q + d] = 1;
      labels[r] = (y[r] - mean) / sd;
    }
    for (int i = 0; i < neurons; i++) {
      double[] v = gaussians(random, width);
      double norm = Blas.norm(v, 0, width);
      for (int r = 0; r < n; r++) {
        double t = 0;
        for (int j = 0; j < width; j++) {
          t += columns[r * q + j] * v[j] / norm;
        }
        columns[r * q + width + i] = Math.max(t, 0) - 0.5 * t;
      }
    }
    double[] gram = new double[q * q];
    double[] moments = new double[q];
    Blas.gemm(true, false, q, q, n, 1.0 / n, columns, 0, q, columns, 0, q, 0, gram, 0, q);
    Blas.gemm(true, false, q, 1, n, 1.0 / n, columns, 0, q, labels, 0, 1, 0, moments, 0, 1);
    return new QuadraticProgram(gram, moments, 1, new Groups(width, 1), 1e-3)
        .solve(beta, new double[q], new Solver.Stopping(1e-3, 1, 1e-9), ProblemTest.Quiet.WATCH)
        .upper();
  }

  @ParameterizedTest
  @EnumSource(names = {"BINARY", "MULTICLASS"})
  void classesHaveABoundByTheirLipschitzConstant(TrainingOptions.Task task) {
    Training.Data data =
        task == TrainingOptions.Task.BINARY
            ? Training.xor(1, 60, 3, 0.1)
            : Training.quadrants(1, 60, 3, 0.1);
    Training training = training(1, 20);
    training.task = task;
    training.solver = TrainingOptions.SolverKind.ADMM;
    training.tol = 1e-4;
    RankBound bound = training.train(data).rankBound().orElseThrow();
    double l = task == TrainingOptions.Task.BINARY ? 1 : Math.sqrt(2);
    double sigma = centred(data, true).values()[1];
    assertThat(bound.epsilon()).isCloseTo(0.5 * l * sigma / 0.02, within(1e-9));
    assertThat(bound.factor()).isCloseTo(Math.pow(1 + bound.epsilon(), 2), within(1e-9));
    assertThat(bound.toString()).contains("pattern rank 1, patterns drawn: sigma_2 = ", "eps = ");
    training.norm = TrainingOptions.GroupNorm.FUNCTION;
    RankBound none = training.train(data).rankBound().orElseThrow();
    assertThat(none.factor()).isNaN();
    assertThat(none.toString()).contains("no bound: it needs groupNorm 'euclidean'");
  }

  /** Of rows that hardly differ in the span few patterns remain, of equal rows none. */
  @Test
  void rowsWithoutSpreadHaveNoGates() {
    Training.Data data = lowRank(6, 40, 0, 0, 0);
    for (int gates : new int[] {0, 20}) {
      TrainingResult result = training(1, gates).train(data);
      assertThat(result.certificate().gates()).isEqualTo(gates == 0 ? 1 : 0);
      assertThat(result.certificate().activeNeurons()).isZero();
      assertThat(result.rankBound().orElseThrow().sigma()).isZero();
    }
  }

  /** Statistics of one pass are those of the span's gates. */
  @Test
  void onePassUsesTheSpan() {
    Training.Data data = lowRank(6, 20, 3, 2, 0.1);
    Training training = training(2, 0).path();
    training.regParam = OptionalDouble.empty();
    List<TrainingResult> path =
        new Trainer(training.options(), Progress.SILENT).fitPath(data.rows(5), 0.1);
    assertThat(path.get(0).certificate().gates()).isEqualTo(191);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 100})
  void ranksAboveTheFeaturesAreRefused(int rank) {
    assertThatThrownBy(() -> training(rank, 10).train(lowRank(1, 20, 1, 1, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("patternRank is " + rank + ", but the rows have 3 features");
  }

  @Test
  void gatesThatKeepToNoSpanAreRefused() {
    Training training = training(1, 10);
    for (TrainingOptions.GateSampler sampler :
        List.of(
            TrainingOptions.GateSampler.TREES,
            TrainingOptions.GateSampler.COLUMNS,
            TrainingOptions.GateSampler.MIXED,
            TrainingOptions.GateSampler.PRICED)) {
      training.sampler = sampler;
      assertThatThrownBy(training::options)
          .hasMessageContaining("patternRank (1)")
          .hasMessageContaining("use gaussian, sphere or auto");
    }
    training.sampler = TrainingOptions.GateSampler.AUTO;
    training.normalization = TrainingOptions.Normalization.WHITEN;
    assertThatThrownBy(training::options).hasMessageContaining("use standardize, pca, none");
    training.normalization = TrainingOptions.Normalization.AUTO;
    training.trees = 3;
    assertThatThrownBy(training::options).hasMessageContaining("numTrees");
    training.trees = 0;
    training.patternRank = -1;
    assertThatThrownBy(training::options).hasMessageContaining("patternRank is -1");
  }
}
