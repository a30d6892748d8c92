package org.convexnn.solver.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.convexnn.loss.RegressionLoss;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.Progress;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.Training;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.path.FinalFit;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.LocalRows;
import org.convexnn.solver.setup.Preparation;
import org.convexnn.solver.setup.PreparedData;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What theory says of the optimum when gates, columns or the solver change and beta does not. */
class OptimumTest {

  private static final double BETA = 0.003;

  /** Gates in the first two columns, so that further columns do not change their patterns. */
  private static HalfSpaces gates(int count, int features) {
    Random random = new Random(5);
    double[] directions = new double[count * features];
    double[] thresholds = new double[count];
    double[] centres = new double[count];
    for (int i = 0; i < count; i++) {
      directions[i * features] = random.nextGaussian();
      directions[i * features + 1] = random.nextGaussian();
      thresholds[i] = random.nextGaussian();
      centres[i] = 0.5;
    }
    return new HalfSpaces(features, directions, thresholds, centres);
  }

  /** The certified fit of given gates: what the trainer does after it has drawn its own. */
  private static Certificate fit(Training training, Training.Data data, HalfSpaces halfSpaces) {
    TrainingOptions options = training.options();
    LocalRows rows = data.rows(200);
    PreparedData prepared = Preparation.of(rows, options);
    GateSet gates = GateSet.of(halfSpaces);
    RunLog log = new RunLog(Progress.SILENT, new PassCounter(), prepared.groups(options), 1e-9);
    try (GatedRows gated = rows.activate(gates, prepared.map())) {
      GatedModel model = GatedModel.of(rows, gated, options, prepared, gates, log);
      Problem problem = model.problem(prepared.allRows());
      ProgramFit fit = new ProgramFit(model, new SolverChoice(model, false), problem);
      fit.begin(fit.skip());
      return new FinalFit(model, fit).solve(BETA, fit.start(), 0).certificate();
    }
  }

  static Stream<Arguments> kinds() {
    Training perClass = Training.multiclass();
    perClass.perClass = true;
    return Stream.of(
        Arguments.of(Named.of("regression", Training.regression()), Training.absolute(3, 500, 2)),
        Arguments.of(Named.of("binary", Training.binary()), Training.xor(3, 500, 2, 0.1)),
        Arguments.of(
            Named.of("multiclass", Training.multiclass()), Training.quadrants(3, 500, 2, 0.1)),
        Arguments.of(Named.of("per class", perClass), Training.quadrants(3, 500, 2, 0.1)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void addingGatesNeverRaisesTheOptimum(Training training, Training.Data data) {
    HalfSpaces all = gates(16, 2);
    Certificate few = fit(training, data, all.select(IntStream.range(0, 2).toArray()));
    double first = few.primalObjective();
    for (int count : new int[] {4, 8, 16}) {
      Certificate more = fit(training, data, all.select(IntStream.range(0, count).toArray()));
      assertThat(more.stopReason()).isEqualTo(StopReason.GAP);
      assertThat(more.dualBound()).isLessThanOrEqualTo(few.primalObjective());
      assertThat(more.primalObjective())
          .isLessThanOrEqualTo(few.primalObjective() * (1 + 2 * training.tol));
      few = more;
    }
    assertThat(few.primalObjective()).isLessThan(0.99 * first);
  }

  /** A gate twice may share its weights; the norms add up to the same. */
  @ParameterizedTest
  @MethodSource("kinds")
  void gatesTwiceAreHarmless(Training training, Training.Data data) {
    HalfSpaces all = gates(8, 2);
    int[] twice = IntStream.range(0, 16).map(i -> i / 2).toArray();
    same(training, fit(training, data, all), fit(training, data, all.select(twice)));
  }

  /** Whitening takes such columns back to the same coordinates, up to a rotation. */
  @ParameterizedTest
  @MethodSource("kinds")
  void columnsThatSayNothingNewAreHarmless(Training training, Training.Data data) {
    Certificate plain = fit(training, data, gates(8, 2));
    Stream.<UnaryOperator<double[]>>of(
            x -> new double[] {x[0], x[1], 3.7},
            x -> new double[] {x[0], x[1], x[0]},
            x -> new double[] {x[0], x[1], x[1], 0, x[0] - 2 * x[1]})
        .forEach(
            change -> {
              double[][] x = Arrays.stream(data.x()).map(change).toArray(double[][]::new);
              Training.Data changed = new Training.Data(x, data.y(), data.w());
              same(training, plain, fit(training, changed, gates(8, x[0].length)));
            });
  }

  private static void same(Training training, Certificate one, Certificate other) {
    assertThat(one.stopReason()).isEqualTo(StopReason.GAP);
    assertThat(other.stopReason()).isEqualTo(StopReason.GAP);
    assertThat(other.betaMax()).isCloseTo(one.betaMax(), within(1e-6 * one.betaMax()));
    assertThat(other.primalObjective())
        .isCloseTo(one.primalObjective(), within(1.1 * training.tol * one.primalObjective()));
    assertThat(Math.max(one.dualBound(), other.dualBound()))
        .isLessThanOrEqualTo(Math.min(one.primalObjective(), other.primalObjective()) * (1 + 1e-8));
  }

  /** A metric from a sample of the rows takes longer, it does not lead elsewhere. */
  @ParameterizedTest
  @EnumSource(names = {"ADMM", "LBFGS"})
  void sampledMetricsReachTheExactOptimum(TrainingOptions.SolverKind solver) {
    // Q = 27: ADMM samples 432 rows, the quasi-Newton method 2,000.
    Training.Data data = Training.absolute(7, 5000, 2);
    HalfSpaces gates = gates(8, 2);
    Training exact = Training.regression().solver(TrainingOptions.SolverKind.GRAM);
    exact.tol = 1e-8;
    Certificate reference = fit(exact, data, gates);
    Training sampled = Training.regression().solver(solver);
    Certificate certificate = fit(sampled, data, gates);
    assertThat(certificate.solver()).isEqualTo(solver.name().toLowerCase(Locale.ROOT));
    assertThat(reference.solver()).isEqualTo("gram");
    same(sampled, reference, certificate);
  }

  /** Whatever the loss, each record of each solver is a bracket of the one optimum. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SQUARED")
  void solversOfOtherLossesMeet(RegressionLoss.Kind kind) {
    Training.Data data = Training.labelled(kind, 3, 400, 2);
    Training training = Training.regression(kind);
    training.maxIter = 20_000;
    training.tol = 1e-5;
    Certificate reference =
        fit(training.solver(TrainingOptions.SolverKind.GRADIENT), data, gates(6, 2));
    assertThat(reference.stopReason()).isEqualTo(StopReason.GAP);
    training.maxIter = 500;
    training.tol = 1e-4;
    for (TrainingOptions.SolverKind solver :
        List.of(TrainingOptions.SolverKind.ADMM, TrainingOptions.SolverKind.LBFGS)) {
      same(training, reference, fit(training.solver(solver), data, gates(6, 2)));
    }
  }

  /** The sample of the metric grows twice, the second time without a new smoothing. */
  @Test
  void aGapOutOfReachEndsWithTheObjectiveOfAnotherSolver() {
    Training training = Training.binary();
    training.norm = TrainingOptions.GroupNorm.FUNCTION;
    training.maxIter = 400;
    Training.Data data = Training.xor(5, 1500, 4, 0.1);
    double admm = training.train(data).certificate().primalObjective();
    training.tol = 1e-16;
    Certificate lbfgs = training.solver(TrainingOptions.SolverKind.LBFGS).train(data).certificate();
    assertThat(lbfgs.stopReason()).isNotEqualTo(StopReason.GAP);
    assertThat(lbfgs.primalObjective()).isCloseTo(admm, within(2e-5 * admm));
  }
}
