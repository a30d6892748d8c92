package org.convexnn.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.convexnn.block.Block;
import org.convexnn.block.FeatureBuffer;
import org.convexnn.block.RowSelection;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.data.SamplePass;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.Network;
import org.convexnn.solver.rows.LocalRows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows stored sparse and stored dense give the same model to rounding. */
class SparseTrainingTest {

  private static final int VARIABLES = 3;
  private static final int LEVELS = 12;

  /** One-hot variables and one number; the label is an interaction of two variables. */
  private static Training.Data oneHot(int n, Training kind) {
    Random random = new Random(8);
    int d = VARIABLES * LEVELS + 4;
    double[][] x = new double[n][d];
    double[] y = new double[n];
    double[] w = new double[n];
    for (int r = 0; r < n; r++) {
      int[] level = random.ints(VARIABLES, 0, LEVELS).toArray();
      for (int v = 0; v < VARIABLES; v++) {
        x[r][v * LEVELS + level[v]] = 1;
      }
      x[r][d - 1] = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0;
      boolean a = level[0] % 2 == 0;
      boolean b = level[1] < LEVELS / 2;
      y[r] =
          switch (kind.task) {
            case BINARY -> a ^ b ^ random.nextInt(10) == 0 ? 1 : 0;
            case MULTICLASS -> a ? b ? 0 : 1 : 2;
            case REGRESSION -> (a ^ b ? 3 : -1) + x[r][d - 1] + 0.1 * random.nextGaussian();
          };
      w[r] = 1 + random.nextInt(2);
    }
    return new Training.Data(x, y, w);
  }

  private static LocalRows sparse(Training.Data data, int blockRows) {
    List<Block> blocks = new ArrayList<>();
    int d = data.x()[0].length;
    for (int from = 0; from < data.x().length; from += blockRows) {
      int to = Math.min(data.x().length, from + blockRows);
      FeatureBuffer buffer = new FeatureBuffer(d, 1 << 20);
      for (int r = from; r < to; r++) {
        for (int j = 0; j < d; j++) {
          buffer.add(j, data.x()[r][j]);
        }
        buffer.endRow();
      }
      Block block =
          new Block(
              buffer.take(),
              Arrays.copyOfRange(data.y(), from, to),
              Arrays.copyOfRange(data.w(), from, to));
      assertThat(block.sparse()).isTrue();
      blocks.add(block);
    }
    return new LocalRows(blocks);
  }

  static Stream<Arguments> solvers() {
    return Stream.of(
            TrainingOptions.SolverKind.ADMM,
            TrainingOptions.SolverKind.LBFGS,
            TrainingOptions.SolverKind.GRADIENT,
            TrainingOptions.SolverKind.GRAM)
        .flatMap(
            solver ->
                Stream.of(
                    Arguments.of(solver, TrainingOptions.Normalization.STANDARDIZE),
                    Arguments.of(solver, TrainingOptions.Normalization.AUTO)));
  }

  @ParameterizedTest
  @MethodSource("solvers")
  void theSameModel(TrainingOptions.SolverKind solver, TrainingOptions.Normalization map) {
    Training training =
        solver == TrainingOptions.SolverKind.GRAM ? Training.regression() : Training.binary();
    training.normalization = map;
    check(training.solver(solver), 300);
  }

  @Test
  void ofSeveralClasses() {
    Training training = Training.multiclass().solver(TrainingOptions.SolverKind.LBFGS);
    training.normalization = TrainingOptions.Normalization.STANDARDIZE;
    check(training, 300);
  }

  /** The optimum is flat in the leaves, so objectives agree as far as their gaps say. */
  @Test
  void withTrees() {
    Training training = Training.binary().solver(TrainingOptions.SolverKind.LBFGS).ratio(0.3);
    training.sampler = TrainingOptions.GateSampler.TREES;
    training.gates = 6;
    training.trees = 5;
    training.tol = 1e-3;
    Training.Data data = oneHot(600, training);
    List<Double> objectives = new ArrayList<>();
    for (LocalRows rows : List.of(data.rows(64), sparse(data, 64))) {
      TrainingResult result = training.train(rows);
      Certificate certificate = result.certificate();
      assertThat(certificate.relativeGap()).isLessThan(1e-3);
      assertThat(result.network().map().linear()).as("not clipped").isTrue();
      assertThat(result.network().gates().trees()).isNotEmpty();
      assertThat(training.objective(result.network(), data, certificate.beta()))
          .isCloseTo(certificate.primalObjective(), within(1e-9));
      objectives.add(certificate.primalObjective());
    }
    assertThat(objectives.get(1)).isCloseTo(objectives.get(0), within(1e-3 * objectives.get(0)));
  }

  private static void check(Training training, int n) {
    training.gates = 6;
    training.tol = 1e-6;
    Training.Data data = oneHot(n, training);
    TrainingResult dense = training.train(data.rows(64));
    TrainingResult sparse = training.train(sparse(data, 64));
    assertThat(dense.certificate().activeNeurons()).isPositive();
    assertThat(sparse.certificate().primalObjective())
        .isCloseTo(dense.certificate().primalObjective(), within(1e-10));
    Network one = dense.network();
    Network other = sparse.network();
    assertThat(other.map().linear()).isTrue();
    assertThat(other.weights()).hasSameSizeAs(one.weights());
    for (int i = 0; i < one.weights().length; i++) {
      assertThat(other.weights()[i]).isCloseTo(one.weights()[i], within(1e-8));
    }
    assertThat(training.objective(other, data, sparse.certificate().beta()))
        .as("by definition")
        .isCloseTo(sparse.certificate().primalObjective(), within(1e-9));
  }

  @Test
  void autoStandardizesWhatIsSparseAndWide() {
    Random random = new Random(1);
    double[][] x = new double[300][400];
    double[] y = new double[300];
    for (int r = 0; r < 300; r++) {
      for (int k = 0; k < 5; k++) {
        x[r][random.nextInt(400)] = 1;
      }
      y[r] = random.nextInt(2);
    }
    Training training = Training.binary().solver(TrainingOptions.SolverKind.LBFGS);
    training.tol = 1e-2;
    TrainingResult result = training.train(sparse(new Training.Data(x, y, Training.ones(300)), 64));
    assertThat(result.network().map().matrix()).isEmpty();
    assertThat(result.network().map().linear()).isTrue();
  }

  /** Components are dense, so their fit is the one of dense rows, trees clipped. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void componentsOfSparseRows(boolean trees) {
    Training training = Training.binary().solver(TrainingOptions.SolverKind.LBFGS);
    training.normalization = TrainingOptions.Normalization.PCA;
    training.sampler =
        trees ? TrainingOptions.GateSampler.TREES : TrainingOptions.GateSampler.GAUSSIAN;
    training.gates = 6;
    training.trees = trees ? 5 : 0;
    training.tol = 1e-3;
    Training.Data data = oneHot(400, training);
    TrainingResult dense = training.train(data.rows(64));
    TrainingResult sparse = training.train(sparse(data, 64));
    FeatureMap map = sparse.network().map();
    assertThat(map.dimension()).isLessThan(map.features());
    assertThat(map.linear()).isEqualTo(!trees);
    assertThat(sparse.certificate().relativeGap()).isLessThan(1e-3);
    double optimum = dense.certificate().primalObjective();
    assertThat(sparse.certificate().primalObjective()).isCloseTo(optimum, within(1e-3 * optimum));
  }

  /** Counts the blocks that are stored sparse. */
  private record SparseBlocks() implements RowPass<Block, Integer> {

    @Override
    public Worker<Block, Integer> worker() {
      int[] count = new int[1];
      return new Worker<>() {
        @Override
        public void accept(Block block) {
          count[0] += block.sparse() ? 1 : 0;
        }

        @Override
        public Integer result() {
          return count[0];
        }
      };
    }

    @Override
    public Integer merge(Integer left, Integer right) {
      return left + right;
    }
  }

  @Test
  void aCopyOnTheDriverStaysSparse() {
    Training.Data data = oneHot(200, Training.binary());
    LocalRows copy = LocalRows.copyOf(sparse(data, 64));
    SamplePass all = new SamplePass(RowSelection.ALL, 1, 0);
    assertThat(copy.sum("rows", all))
        .usingRecursiveComparison()
        .isEqualTo(data.rows(64).sum("rows", all));
    assertThat(copy.sum("storage", new SparseBlocks())).isEqualTo(1);
  }

  static Stream<Arguments> tasks() {
    return Stream.of(
        Arguments.of(TrainingOptions.Task.REGRESSION, TrainingOptions.SolverKind.GRAM),
        Arguments.of(TrainingOptions.Task.BINARY, TrainingOptions.SolverKind.ADMM));
  }

  /** Folds in one pass, of the Gram solver, and folds that are fitted. */
  @ParameterizedTest
  @MethodSource("tasks")
  void crossValidated(TrainingOptions.Task task, TrainingOptions.SolverKind solver) {
    Training training = new Training().path().solver(solver);
    training.task = task;
    training.normalization = TrainingOptions.Normalization.STANDARDIZE;
    training.sampler = TrainingOptions.GateSampler.GAUSSIAN;
    training.folds = 3;
    check(training, 1000);
  }

  /** More rows than move to the driver. */
  @ParameterizedTest
  @MethodSource("tasks")
  void priced(TrainingOptions.Task task, TrainingOptions.SolverKind solver) {
    Training training = new Training().ratio(0.3).solver(solver);
    training.task = task;
    training.normalization = TrainingOptions.Normalization.STANDARDIZE;
    training.sampler = TrainingOptions.GateSampler.PRICED;
    check(training, 1100);
  }

  @Test
  void whiteningThatDoesNotFitIsRefused() {
    int d = 40_000;
    FeatureBuffer buffer = new FeatureBuffer(d, 1 << 20);
    for (int r = 0; r < 2; r++) {
      buffer.add(r, 1);
      buffer.endRow();
    }
    LocalRows rows =
        new LocalRows(List.of(new Block(buffer.take(), new double[] {0, 1}, new double[] {1, 1})));
    Training training = Training.binary();
    training.normalization = TrainingOptions.Normalization.WHITEN;
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> training.train(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("normalization 'whiten' of 40000 features", "'standardize'");
  }
}
