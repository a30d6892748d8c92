package org.convexnn.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.convexnn.solver.TrainingOptions.GateSampler;
import org.convexnn.solver.TrainingOptions.Normalization;
import org.convexnn.solver.TrainingOptions.SolverKind;
import org.convexnn.solver.TrainingOptions.Task;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Data in which one row alone decides something: the optimum is found, and by every solver. */
class OneRowTest {

  private static final int N = 300;

  private static double[] with(double[] x, double more) {
    double[] all = Arrays.copyOf(x, x.length + 1);
    all[x.length] = more;
    return all;
  }

  /** A further column that is zero but in one row, whose leverage is then 1. */
  private static Training.Data column(Training.Data data, double value) {
    double[][] x = new double[data.y().length][];
    for (int r = 0; r < x.length; r++) {
      x[r] = with(data.x()[r], r == 77 ? value : 0);
    }
    return new Training.Data(x, data.y(), data.w());
  }

  /** One row far away from all others. */
  private static Training.Data outlier(Training.Data data, double factor) {
    double[][] x = data.x().clone();
    x[5] = Arrays.stream(x[5]).map(v -> v * factor).toArray();
    return new Training.Data(x, data.y(), data.w());
  }

  /** One row that weighs as much as all others. */
  private static Training.Data heavy(Training.Data data) {
    double[] w = data.w().clone();
    w[9] = N;
    return data.weights(w);
  }

  private static Training.Data few(Training.Data data, int n) {
    return new Training.Data(
        Arrays.copyOf(data.x(), n), Arrays.copyOf(data.y(), n), Arrays.copyOf(data.w(), n));
  }

  static Stream<Arguments> cases() {
    return Stream.of(Task.values())
        .flatMap(
            task -> {
              Training.Data data =
                  switch (task) {
                    case BINARY -> Training.xor(3, N, 3, 0.1);
                    case MULTICLASS -> Training.quadrants(3, N, 3, 0.1);
                    case REGRESSION -> Training.absolute(3, N, 3);
                  };
              Consumer<Training> any = t -> {};
              Consumer<Training> raw = t -> t.normalization = Normalization.NONE;
              Consumer<Training> scaled = t -> t.normalization = Normalization.STANDARDIZE;
              Consumer<Training> sixteen = t -> t.gates = 16;
              Consumer<Training> trees =
                  t -> {
                    t.sampler = GateSampler.TREES;
                    t.trees = 3;
                  };
              return Stream.of(
                  Arguments.of(task, Named.of("a column of one row", column(data, 1)), any),
                  Arguments.of(task, Named.of("a large column of one row", column(data, 1e4)), any),
                  Arguments.of(task, Named.of("the same, standardized", column(data, 1e4)), scaled),
                  Arguments.of(task, Named.of("a raw column of one row", column(data, 1)), raw),
                  Arguments.of(task, Named.of("the same, trees", column(data, 1e4)), trees),
                  Arguments.of(task, Named.of("an outlier", outlier(data, 1e3)), any),
                  Arguments.of(task, Named.of("an outlier, trees", outlier(data, 1e3)), trees),
                  Arguments.of(task, Named.of("a row of half the weight", heavy(data)), any),
                  Arguments.of(task, Named.of("as many rows as gates", few(data, 16)), sixteen));
            });
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("cases")
  void theOptimumIsFound(Task task, Training.Data data, Consumer<Training> set) {
    double best = Double.NaN;
    for (SolverKind solver : SolverKind.values()) {
      if (solver == SolverKind.AUTO || (solver == SolverKind.GRAM && task != Task.REGRESSION)) {
        continue;
      }
      Training training = new Training().solver(solver).ratio(0.05);
      training.task = task;
      training.tol = 1e-4;
      training.maxIter = 5000;
      set.accept(training);
      TrainingResult result = training.train(data);
      Certificate certificate = result.certificate();
      assertThat(certificate.stopReason()).as("%s", certificate).isEqualTo(StopReason.GAP);
      double objective = training.objective(result.network(), data, certificate.beta());
      assertThat(certificate.primalObjective()).isCloseTo(objective, within(1e-8 * objective));
      best = Double.isNaN(best) ? objective : best;
      assertThat(objective).as("%s", certificate).isCloseTo(best, within(2e-4 * best));
    }
  }
}
