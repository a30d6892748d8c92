package org.convexnn.solver.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.convexnn.block.RowSelection;
import org.convexnn.network.GateSet;
import org.convexnn.network.Network;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.Progress;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.TraceRecord;
import org.convexnn.solver.Training;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.fit.GatedModel;
import org.convexnn.solver.fit.ProgramFit;
import org.convexnn.solver.fit.SolverChoice;
import org.convexnn.solver.fit.TrainingRun;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.rows.LocalRows;
import org.convexnn.solver.rows.SelectedRows;
import org.convexnn.solver.train.Trainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** K folds on rows as they lie, against fits of data sets that are the folds' rows alone. */
class CrossValidationTest {

  private static final int FOLDS = 3;
  private static final double[] RATIOS = RegularizationPath.FROM_ONE;

  /** What a path is solved to. */
  private static final Solver.Stopping AS_A_PATH = new Solver.Stopping(1.5e-2, 200, 1e-6);

  private static final class Messages implements Progress {
    private final List<String> heard = new ArrayList<>();

    @Override
    public void iteration(TraceRecord trace) {}

    @Override
    public void message(String text) {
      heard.add(text);
    }
  }

  private static Training training(TrainingOptions.Task task) {
    Training training = new Training().path().solver(TrainingOptions.SolverKind.ADMM);
    training.task = task;
    training.sampler = TrainingOptions.GateSampler.GAUSSIAN;
    training.norm = TrainingOptions.GroupNorm.EUCLIDEAN;
    training.gates = 8;
    training.trees = 4;
    training.folds = FOLDS;
    training.tol = 1e-2;
    return training;
  }

  private static Training.Data data(TrainingOptions.Task task, int n) {
    Training.Data data =
        switch (task) {
          case BINARY -> Training.xor(3, n, 3, 0.1);
          case MULTICLASS -> Training.quadrants(3, n, 3, 0.1);
          case REGRESSION -> Training.absolute(3, n, 3);
        };
    return data.weights(new Random(5).doubles(n, 0.5, 2).toArray());
  }

  private static double weight(Training.Data data) {
    return Arrays.stream(data.w()).sum();
  }

  /** The path of a data set on given gates, its networks' losses on other rows. */
  private static double[] refits(
      TrainingRun all, GateSet gates, Training.Data on, Training.Data heldOut) {
    return new TrainingRun(on.rows(50), all.options(), all.prepared(), all.log())
        .with(
            gates,
            model -> {
              Problem problem =
                  model.problem(new SelectedRows(RowSelection.ALL, weight(on), on.y().length));
              ProgramFit fit = new ProgramFit(model, new SolverChoice(model, false), problem);
              fit.begin(fit.skip());
              double[] losses = new double[RATIOS.length];
              Solver.Start start = fit.start();
              losses[0] = loss(model, problem, fit.skip(), heldOut);
              for (int k = 1; k < RATIOS.length; k++) {
                double beta = RATIOS[k] * fit.betaMax();
                Solver.Solution solution =
                    fit.solver()
                        .solve(problem, beta, start, AS_A_PATH, model.log().watch("test", beta));
                // A fit in its own right, by its own bounds; the last ones of softmax end by
                // passes.
                if (RATIOS[k] >= 0.03) {
                  assertThat(AS_A_PATH.reached(solution.upper(), solution.lower())).isTrue();
                }
                double[] weights = solution.weights();
                losses[k] = loss(model, problem, weights, heldOut);
                start = Solver.Start.at(weights);
              }
              return losses;
            });
  }

  private static double loss(
      GatedModel model, Problem problem, double[] weights, Training.Data heldOut) {
    Network network = model.network(problem.coordinates(), weights);
    Network.Evaluator evaluator = network.evaluator();
    double[] f = new double[network.outputs()];
    double sum = 0;
    for (int r = 0; r < heldOut.y().length; r++) {
      evaluator.evaluate(heldOut.x()[r], f);
      for (int c = 0; c < f.length; c++) {
        f[c] = (f[c] - network.labelShift()) / network.labelScale();
      }
      double y = (heldOut.y()[r] - network.labelShift()) / network.labelScale();
      sum += heldOut.w()[r] * model.prepared().loss().value(y, f, 0);
    }
    return sum / weight(heldOut);
  }

  static Stream<Arguments> tables() {
    return Stream.of(
        Arguments.of(TrainingOptions.Task.BINARY, TrainingOptions.GateSampler.GAUSSIAN),
        Arguments.of(TrainingOptions.Task.MULTICLASS, TrainingOptions.GateSampler.GAUSSIAN),
        Arguments.of(TrainingOptions.Task.REGRESSION, TrainingOptions.GateSampler.COLUMNS),
        Arguments.of(TrainingOptions.Task.BINARY, TrainingOptions.GateSampler.TREES),
        Arguments.of(TrainingOptions.Task.REGRESSION, TrainingOptions.GateSampler.TREES));
  }

  @ParameterizedTest
  @MethodSource("tables")
  void theTableIsThatOfRefitsOnTheOtherFoldsRows(
      TrainingOptions.Task task, TrainingOptions.GateSampler sampler) {
    Training training = training(task);
    training.sampler = sampler;
    Training.Data data = data(task, 150);
    TrainingResult result = training.train(data);
    TrainingRun run =
        TrainingRun.begin(data.rows(64), training.options(), Progress.SILENT, new PassCounter());
    boolean trees = sampler == TrainingOptions.GateSampler.TREES;
    GateSet shared = run.gates().draw();
    FoldLosses expected = new FoldLosses(RATIOS);
    for (int k = 0; k < FOLDS; k++) {
      RowSelection without = new RowSelection(FOLDS, k, false, training.seed);
      Training.Data on = data.part(without);
      Training.Data heldOut = data.part(without.complement());
      GateSet gates = shared;
      if (trees) {
        // Grown where the held-out rows do not exist.
        gates =
            new TrainingRun(on.rows(50), run.options(), run.prepared(), run.log())
                .gates()
                .draw(RowSelection.ALL);
        assertThat(gates.trees()).isNotEmpty();
        assertThat(gates.trees()).usingRecursiveComparison().isNotEqualTo(shared.trees());
      }
      expected.add(weight(heldOut), refits(run, gates, on, heldOut));
    }
    assertThat(result.path()).hasSize(7);
    int best = 0;
    for (int i = 0; i < RATIOS.length; i++) {
      PathPoint point = result.path().get(i);
      assertThat(point.ratio()).isEqualTo(RATIOS[i]);
      assertThat(point.validationLoss()).isCloseTo(expected.mean(i), within(1e-6));
      assertThat(point.standardError()).isCloseTo(expected.standardError(i), within(1e-6));
      best = expected.mean(i) < expected.mean(best) ? i : best;
    }
    // The last fit is of all rows at the ratio of the lowest loss, and certified.
    Certificate certificate = result.certificate();
    assertThat(certificate.beta()).isCloseTo(RATIOS[best] * certificate.betaMax(), within(1e-12));
    assertThat(certificate.relativeGap()).isBetween(0.0, 1e-2);
    assertThat(certificate.primalObjective())
        .isCloseTo(training.objective(result.network(), data, certificate.beta()), within(1e-10));
    assertThat(result.rows()).isEqualTo(150);
  }

  @ParameterizedTest
  @EnumSource(TrainingOptions.Task.class)
  void blocksAndTheirOrderDoNotMatter(TrainingOptions.Task task) {
    Training training = training(task);
    Training.Data data = data(task, 150);
    TrainingResult one = training.train(data.rows(150));
    TrainingResult many = training.train(data.rows(17));
    assertThat(many.path()).hasSameSizeAs(one.path());
    for (int i = 0; i < one.path().size(); i++) {
      assertThat(many.path().get(i).validationLoss())
          .isCloseTo(one.path().get(i).validationLoss(), within(1e-7));
    }
    assertThat(many.certificate().beta()).isCloseTo(one.certificate().beta(), within(1e-9));
  }

  /** All rows of class 2 are equal, and so in one fold: without it they would be unknown. */
  @Test
  void aFoldWithAllRowsOfAClassIsLeftOut() {
    Training training = training(TrainingOptions.Task.MULTICLASS);
    Training.Data two = data(TrainingOptions.Task.BINARY, 120);
    double[][] x = Arrays.copyOf(two.x(), 126);
    double[] y = Arrays.copyOf(two.y(), 126);
    for (int r = 120; r < 126; r++) {
      x[r] = new double[] {0, 0, 5};
      y[r] = 2;
    }
    Training.Data data = new Training.Data(x, y, Training.ones(126));
    Messages messages = new Messages();
    TrainingResult result = new Trainer(training.options(), messages).train(data.rows(64));
    assertThat(messages.heard)
        .filteredOn(m -> m.contains("all rows of class 2 fall into it"))
        .hasSize(1);
    TrainingRun run =
        TrainingRun.begin(data.rows(64), training.options(), Progress.SILENT, new PassCounter());
    FoldLosses expected = new FoldLosses(RATIOS);
    for (int k = 0; k < FOLDS; k++) {
      RowSelection without = new RowSelection(FOLDS, k, false, training.seed);
      Training.Data on = data.part(without);
      Training.Data heldOut = data.part(without.complement());
      if (Arrays.stream(on.y()).anyMatch(label -> label == 2)) {
        expected.add(weight(heldOut), refits(run, run.gates().draw(), on, heldOut));
      }
    }
    for (int i = 0; i < RATIOS.length; i++) {
      assertThat(result.path().get(i).validationLoss()).isCloseTo(expected.mean(i), within(1e-6));
    }
    assertThat(result.certificate().stopReason()).isEqualTo(StopReason.GAP);
  }

  /** Two distinct rows: each fold has all of a class or nothing. */
  @Test
  void whereNoFoldCanBeJudgedThatIsSaid() {
    double[][] x = new double[40][];
    double[] y = new double[40];
    for (int r = 0; r < 40; r++) {
      y[r] = r % 2;
      x[r] = new double[] {y[r], 1, 2};
    }
    LocalRows rows = new Training.Data(x, y, Training.ones(40)).rows(64);
    Training training = training(TrainingOptions.Task.BINARY);
    assertThatThrownBy(() -> training.train(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("none of 3 folds", "numFolds");
    // Where nobody asked for folds, training goes on.
    training.folds = 0;
    TrainingResult result = training.train(rows);
    assertThat(result.path()).isEmpty();
    assertThat(result.certificate().beta())
        .isCloseTo(0.1 * result.certificate().betaMax(), within(1e-12));
  }

  @Test
  void oneFoldIsTheHeldOutTenthEvenOfFewRows() {
    Training training = training(TrainingOptions.Task.BINARY);
    training.folds = 1;
    List<PathPoint> path = training.train(data(TrainingOptions.Task.BINARY, 100)).path();
    assertThat(path).allMatch(p -> p.relativeGap() >= 0 && Double.isNaN(p.standardError()));
    training.folds = 0;
    path = training.train(data(TrainingOptions.Task.BINARY, 100)).path();
    assertThat(path).allMatch(p -> Double.isNaN(p.relativeGap()) && p.standardError() > 0);
  }

  @Test
  void foldsThatCannotBeAreRefused() {
    Training training = training(TrainingOptions.Task.BINARY);
    training.folds = -1;
    assertThatThrownBy(training::options)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("numFolds is -1", "from 2 to 1000");
    training.folds = 41;
    LocalRows rows = data(TrainingOptions.Task.BINARY, 40).rows(64);
    assertThatThrownBy(() -> training.train(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("numFolds is 41", "40 rows");
    training.ratio(0.1).folds = 2;
    assertThatThrownBy(training::options)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("numFolds is 2", "regRatio");
  }
}
