package org.convexnn.solver.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.convexnn.block.RowSelection;
import org.convexnn.block.pass.data.SamplePass;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.Progress;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.Training;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.fit.Folds;
import org.convexnn.solver.fit.PathFits;
import org.convexnn.solver.fit.ProgramFit;
import org.convexnn.solver.fit.TrainingRun;
import org.convexnn.solver.path.FoldLosses;
import org.convexnn.solver.path.RegularizationPath;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.rows.LocalRows;
import org.convexnn.solver.rows.Rows;
import org.convexnn.solver.rows.SelectedRows;
import org.convexnn.solver.setup.Groups;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Gates generated along the path. */
class ColumnGenerationFitTest {

  private static Training priced(TrainingOptions.Task task) {
    Training training = new Training();
    training.task = task;
    training.sampler = TrainingOptions.GateSampler.PRICED;
    training.solver = TrainingOptions.SolverKind.LBFGS;
    training.gates = 24;
    training.maxIter = 3000;
    training.tol = 1e-3;
    return training;
  }

  private static Training.Data data(TrainingOptions.Task task, int n) {
    return switch (task) {
      case BINARY -> Training.xor(3, n, 4, 0.1);
      case MULTICLASS -> Training.quadrants(3, n, 4, 0.1);
      case REGRESSION -> Training.absolute(3, n, 4);
    };
  }

  private static TrainingRun run(Rows rows, Training training) {
    return TrainingRun.begin(rows, training.options(), Progress.SILENT, new PassCounter());
  }

  private static GeneratedGates gates(Rows rows, Training training) {
    TrainingRun run = run(rows, training);
    return new GeneratedGates(run, false, run.prepared().allRows(), training.gates);
  }

  @ParameterizedTest
  @EnumSource(TrainingOptions.Task.class)
  void certificateIsTheObjectiveOfTheReturnedNetwork(TrainingOptions.Task task) {
    // Cross-validated on the driver, and held out.
    for (int n : new int[] {300, 1200}) {
      Training training = priced(task).path();
      training.norm =
          n == 300 ? TrainingOptions.GroupNorm.FUNCTION : TrainingOptions.GroupNorm.AUTO;
      training.perClass = n == 1200 && task == TrainingOptions.Task.MULTICLASS;
      Training.Data data = data(task, n);
      TrainingResult result = training.train(data);
      Certificate certificate = result.certificate();
      double objective = training.objective(result.network(), data, certificate.beta());
      assertThat(certificate.primalObjective()).isCloseTo(objective, within(1e-10 * objective));
      assertThat(certificate.dualBound()).isLessThanOrEqualTo(objective);
      assertThat(certificate.relativeGap()).isBetween(0.0, 1e-3);
      assertThat(certificate.gates()).isBetween(1, 24);
      assertThat(result.network().gates().size()).isEqualTo(certificate.activeNeurons());
      assertThat(result.path()).hasSizeGreaterThan(1);
    }
  }

  /** Folds of labels that features say nothing of end where their losses are lost. */
  @Test
  void noiseIsNotLearntDownToTheEndOfThePath() {
    Training training = priced(TrainingOptions.Task.MULTICLASS).path();
    training.solver = TrainingOptions.SolverKind.AUTO;
    training.tol = 1e-2;
    Training.Data data = Training.quadrants(3, 150, 4, 1);
    TrainingResult result = training.train(data);
    assertThat(result.path().get(0).ratio()).isEqualTo(1);
    assertThat(result.path()).hasSizeBetween(2, 4);
    // A loss near the best constant's, far below that of the labels learnt by heart.
    assertThat(result.certificate().primalObjective()).isBetween(1.0, Math.log(3) + 1e-9);
  }

  /** More rounds of pricing find a better network than the first alone, at the same beta. */
  @ParameterizedTest
  @EnumSource(TrainingOptions.Task.class)
  void laterRoundsLowerTheObjective(TrainingOptions.Task task) {
    Training training = priced(task).ratio(0.03);
    Training.Data data = data(task, 600);
    Certificate whole = training.train(data).certificate();
    try (GeneratedGates gates = gates(data.rows(64), training)) {
      PathFits.Point first = gates.begin();
      assertThat(first.fit().model().gates().size()).isEqualTo(12);
      Solver.Stopping stop = new Solver.Stopping(1e-3, 2000, 1e-9);
      Solver.Watch watch = first.fit().model().log().watch("solve", whole.beta());
      Solver.Solution alone =
          first
              .fit()
              .solver()
              .solve(first.fit().problem(), whole.beta(), first.start(), stop, watch);
      assertThat(alone.reason()).isEqualTo(StopReason.GAP);
      assertThat(whole.gates()).isEqualTo(24);
      // Even the lower bound of the first round is above what all rounds reach.
      assertThat(whole.primalObjective()).isLessThan(alone.lower());
    }
  }

  /** A kept gate keeps its place and its weights; a new one begins with none. */
  @Test
  void warmStartSurvivesTheChangeOfGates() {
    Training training = priced(TrainingOptions.Task.REGRESSION);
    Training.Data data = data(training.task, 600);
    try (GeneratedGates gates = gates(data.rows(64), training)) {
      PathFits.Point first = gates.begin();
      double beta = 0.3 * first.fit().betaMax();
      Solver.Watch watch = first.fit().model().log().watch("path", beta);
      double[] solved = first.solve(beta, watch).weights();
      double before =
          first.fit().problem().evaluate("before", solved, false).loss()
              + first.fit().problem().penalty(solved, beta);
      PathFits.Point second = gates.next(first, solved);
      double[] start = second.start().weights();
      Groups groups = second.fit().problem().groups();
      assertThat(second.fit().model().gates().size()).isEqualTo(24);
      assertThat(groups.activeGates(start)).isEqualTo(groups.activeGates(solved)).isBetween(1, 12);
      double after =
          second.fit().problem().evaluate("after", start, false).loss()
              + second.fit().problem().penalty(start, beta);
      assertThat(after).isCloseTo(before, within(1e-12));
    }
  }

  /** The path of some rows' own gates, scored on other rows, where no more rows exist. */
  private static double[] losses(
      TrainingRun all, Training.Data on, Training.Data heldOut, int most) {
    TrainingRun run = all.on(on.rows(50));
    SelectedRows rows = new SelectedRows(RowSelection.ALL, sum(on.w()), on.y().length);
    double[] losses = new double[RegularizationPath.FROM_ONE.length];
    try (GeneratedGates gates = new GeneratedGates(run, false, rows, most)) {
      PathFits.Point point = gates.begin();
      double[] weights = point.fit().skip();
      losses[0] = loss(point.fit(), weights, heldOut);
      for (int i = 1; i < losses.length; i++) {
        point = i > 1 ? gates.next(point, weights) : point;
        double beta = RegularizationPath.FROM_ONE[i] * point.fit().betaMax();
        weights = point.solve(beta, run.log().watch("test", beta)).weights();
        losses[i] = loss(point.fit(), weights, heldOut);
      }
    }
    return losses;
  }

  private static double loss(ProgramFit fit, double[] weights, Training.Data heldOut) {
    Training training = priced(fit.model().options().task());
    training.skipRidge = 0;
    Network network = fit.model().network(fit.problem().coordinates(), weights);
    return training.objective(network, heldOut, 0);
  }

  private static double sum(double[] weights) {
    return Arrays.stream(weights).sum();
  }

  /** K folds, on the driver and where rows are many: each prices gates without its rows. */
  @ParameterizedTest
  @EnumSource(TrainingOptions.Task.class)
  void everyFoldPricesItsOwnGates(TrainingOptions.Task task) {
    int n = task == TrainingOptions.Task.REGRESSION ? 1010 : 300;
    Training training = priced(task).path().solver(TrainingOptions.SolverKind.ADMM);
    training.gates = 8;
    training.folds = 3;
    training.tol = 1e-2;
    Training.Data data = data(task, n).weights(new Random(5).doubles(n, 0.5, 2).toArray());
    TrainingResult result = training.train(data);
    TrainingRun run = run(data.rows(64), training);
    FoldLosses expected = new FoldLosses(RegularizationPath.FROM_ONE);
    for (int k = 0; k < training.folds; k++) {
      RowSelection without = new RowSelection(training.folds, k, false, training.seed);
      Training.Data heldOut = data.part(without.complement());
      expected.add(sum(heldOut.w()), losses(run, data.part(without), heldOut, training.gates));
    }
    assertThat(result.path()).hasSize(7);
    int best = 0;
    for (int i = 0; i < 7; i++) {
      PathPoint point = result.path().get(i);
      assertThat(point.ratio()).isEqualTo(RegularizationPath.FROM_ONE[i]);
      assertThat(point.validationLoss()).isCloseTo(expected.mean(i), within(1e-6));
      assertThat(point.standardError()).isCloseTo(expected.standardError(i), within(1e-6));
      best = expected.mean(i) < expected.mean(best) ? i : best;
    }
    Certificate certificate = result.certificate();
    assertThat(certificate.beta())
        .isCloseTo(RegularizationPath.FROM_ONE[best] * certificate.betaMax(), within(1e-12));
    assertThat(certificate.relativeGap()).isBetween(0.0, 1e-2);
  }

  /** 5 folds below 1,000 rows, a held-out tenth from there on and where it is asked for. */
  @Test
  void foldsLeftOpenFollowTheRows() {
    Training training = priced(TrainingOptions.Task.REGRESSION).path();
    training.gates = 4;
    assertThat(training.train(data(training.task, 999)).path())
        .hasSizeGreaterThan(3)
        .allMatch(p -> p.standardError() > 0);
    assertThat(training.train(data(training.task, 1000)).path())
        .allMatch(p -> Double.isNaN(p.standardError()));
    training.folds = 1;
    assertThat(training.train(data(training.task, 300)).path())
        .allMatch(p -> Double.isNaN(p.standardError()));
  }

  /** Without a refit the last fit is of the rows that were not held out. */
  @Test
  void withoutRefitTheHeldOutRowsStayOut() {
    Training training = priced(TrainingOptions.Task.REGRESSION).path();
    training.refit = false;
    training.folds = 1;
    Training.Data data = data(training.task, 300);
    TrainingResult result = training.train(data);
    Certificate certificate = result.certificate();
    Training.Data on = data.part(Folds.withoutHeldOut(data.rows(64), training.seed));
    double objective = training.objective(result.network(), on, certificate.beta());
    assertThat(on.y().length).isLessThan(300);
    assertThat(certificate.primalObjective()).isCloseTo(objective, within(1e-10 * objective));
  }

  private static List<HalfSpaces> rounds(Training.Data data, int blockRows, Training training) {
    List<HalfSpaces> rounds = new ArrayList<>();
    TrainingRun run = run(data.rows(blockRows), training);
    SelectedRows rows = run.heldOut().outside(0);
    try (GeneratedGates gates = new GeneratedGates(run, false, rows, training.gates)) {
      PathFits.Point point = gates.begin();
      for (double ratio : new double[] {0.3, 0.1, 0.03}) {
        double beta = ratio * point.fit().betaMax();
        rounds.add(point.fit().model().gates().halfSpaces());
        Solver.Watch watch = point.fit().model().log().watch("path", beta);
        point = gates.next(point, point.solve(beta, watch).weights());
      }
    }
    return rounds;
  }

  @Test
  void theSameGatesWhateverTheBlocks() {
    Training training = priced(TrainingOptions.Task.BINARY);
    Training.Data data = data(training.task, 500);
    List<HalfSpaces> some = rounds(data, 64, training);
    List<HalfSpaces> others = rounds(data, 500, training);
    for (int k = 0; k < some.size(); k++) {
      assertThat(others.get(k).directions())
          .containsExactly(some.get(k).directions(), within(1e-6));
      assertThat(others.get(k).thresholds())
          .containsExactly(some.get(k).thresholds(), within(1e-6));
    }
    training.seed++;
    assertThat(rounds(data, 64, training).get(0).thresholds())
        .isNotEqualTo(some.get(0).thresholds());
  }

  /** Labels change places among the rows held out; their mean, which b0 sees, stays. */
  @Test
  void rowsThatChooseBetaDoNotPrice() {
    Training training = priced(TrainingOptions.Task.BINARY);
    Training.Data data = data(training.task, 1000);
    RowSelection heldOut = Folds.withoutHeldOut(data.rows(64), training.seed).complement();
    double[] y = data.y().clone();
    List<Integer> zeros = new ArrayList<>();
    List<Integer> ones = new ArrayList<>();
    for (int r = 0; r < y.length; r++) {
      if (heldOut(data, r, 0, heldOut) && heldOut(data, r, 1, heldOut)) {
        (y[r] == 0 ? zeros : ones).add(r);
      }
    }
    int swaps = Math.min(zeros.size(), ones.size());
    for (int k = 0; k < swaps; k++) {
      y[zeros.get(k)] = 1;
      y[ones.get(k)] = 0;
    }
    Training.Data swapped = new Training.Data(data.x(), y, data.w());
    assertThat(swaps).isGreaterThan(1);
    assertThat(rounds(swapped, 64, training))
        .usingRecursiveComparison()
        .isEqualTo(rounds(data, 64, training));
  }

  /** Whether a row with this label would be held out: its key hashes the label too. */
  private static boolean heldOut(Training.Data data, int r, double label, RowSelection heldOut) {
    double[][] x = {data.x()[r]};
    Rows row = new Training.Data(x, new double[] {label}, Training.ones(1)).rows(1);
    return !row.sum("row", new SamplePass(heldOut, 1, 0)).isEmpty();
  }

  @Test
  void trainingRowsDoPrice() {
    Training training = priced(TrainingOptions.Task.BINARY);
    Training.Data data = data(training.task, 500);
    double[] y = data.y().clone();
    Random random = new Random(1);
    for (int r = y.length - 1; r > 0; r--) {
      int other = random.nextInt(r + 1);
      double label = y[r];
      y[r] = y[other];
      y[other] = label;
    }
    assertThat(rounds(new Training.Data(data.x(), y, data.w()), 64, training).get(0).thresholds())
        .isNotEqualTo(rounds(data, 64, training).get(0).thresholds());
  }

  @Test
  void aGivenBetaAndAnUnsolvableOneEnd() {
    Training training = priced(TrainingOptions.Task.REGRESSION).ratio(0.1);
    Training.Data data = data(training.task, 300);
    Certificate ratio = training.train(data).certificate();
    assertThat(ratio.beta()).isCloseTo(0.1 * ratio.betaMax(), within(1e-15));
    training.regRatio = OptionalDouble.empty();
    training.regParam = OptionalDouble.of(ratio.beta());
    Certificate given = training.train(data).certificate();
    assertThat(given.beta()).isEqualTo(ratio.beta());
    assertThat(given.relativeGap()).isBetween(0.0, 1e-3);
    training.regParam = OptionalDouble.of(1e6);
    assertThat(training.train(data).certificate().stopReason()).isEqualTo(StopReason.LINEAR);
    double[] constant = new double[300];
    Training.Data nothing = new Training.Data(data.x(), constant, data.w());
    assertThat(training.train(nothing).certificate().stopReason()).isEqualTo(StopReason.NO_SIGNAL);
  }

  private static boolean chosen(Training training, int n) {
    return run(data(training.task, n).rows(500), training).gates().priced();
  }

  /** Auto prices where rows are few, classes two and no number of gates is given. */
  @Test
  void autoPricesFewRows() {
    for (TrainingOptions.Task task : TrainingOptions.Task.values()) {
      Training training = priced(task);
      training.gates = 0;
      assertThat(chosen(training, 1000)).isTrue();
      training.sampler = TrainingOptions.GateSampler.AUTO;
      assertThat(chosen(training, 1000)).isFalse();
      assertThat(chosen(training, 999)).isEqualTo(task != TrainingOptions.Task.MULTICLASS);
      training.gates = 64;
      assertThat(chosen(training, 999)).isFalse();
    }
  }

  /** The copy on the driver is the same rows: no order or block of them shows in a single bit. */
  @Test
  void fewRowsAreTheSameOnTheDriver() {
    Training training = priced(TrainingOptions.Task.BINARY);
    Training.Data data = data(training.task, 300);
    LocalRows one = LocalRows.copyOf(data.rows(64));
    LocalRows other = LocalRows.copyOf(data.rows(7));
    SamplePass all = new SamplePass(RowSelection.ALL, 1, 0);
    assertThat(one.sum("rows", all))
        .usingRecursiveComparison()
        .isEqualTo(data.rows(64).sum("rows", all))
        .isEqualTo(other.sum("rows", all));
  }

  @Test
  void gatesWithoutRoomAreRefused() {
    Training training = priced(TrainingOptions.Task.BINARY);
    training.gates = 500_000_000;
    Training.Data data = data(training.task, 300);
    assertThatThrownBy(() -> training.train(data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lower numGates (500000000)");
  }

  @Test
  void onePassIsRefused() {
    Training training = priced(TrainingOptions.Task.REGRESSION).path();
    training.solver = TrainingOptions.SolverKind.AUTO;
    Rows rows = data(training.task, 300).rows(64);
    assertThatThrownBy(() -> new Trainer(training.options(), Progress.SILENT).statistics(rows, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'priced'")
        .hasMessageContaining("gaussian");
  }
}
