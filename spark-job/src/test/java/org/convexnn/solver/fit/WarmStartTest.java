package org.convexnn.solver.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.convexnn.network.Network;
import org.convexnn.solver.Progress;
import org.convexnn.solver.Training;
import org.convexnn.solver.TrainingOptions.GateSampler;
import org.convexnn.solver.TrainingOptions.GroupNorm;
import org.convexnn.solver.TrainingOptions.SolverKind;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.train.Trainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Training that goes on from a network ends where training from zero does, in fewer passes. */
class WarmStartTest {

  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of(Task.BINARY, GateSampler.GAUSSIAN, SolverKind.ADMM, GroupNorm.AUTO, List.of()),
        Arguments.of(
            Task.BINARY, GateSampler.GAUSSIAN, SolverKind.GRADIENT, GroupNorm.FUNCTION, List.of()),
        Arguments.of(Task.BINARY, GateSampler.TREES, SolverKind.ADMM, GroupNorm.AUTO, List.of()),
        Arguments.of(
            Task.BINARY, GateSampler.GAUSSIAN, SolverKind.LBFGS, GroupNorm.AUTO, List.of(2)),
        Arguments.of(
            Task.MULTICLASS, GateSampler.GAUSSIAN, SolverKind.ADMM, GroupNorm.AUTO, List.of()),
        Arguments.of(
            Task.REGRESSION, GateSampler.TREES, SolverKind.GRADIENT, GroupNorm.AUTO, List.of()));
  }

  private static Training.Data data(Task task) {
    return switch (task) {
      case BINARY -> Training.xor(3, 600, 4, 0.1);
      case MULTICLASS -> Training.quadrants(3, 600, 4, 0.1);
      case REGRESSION -> Training.absolute(3, 600, 4);
    };
  }

  private static TrainingResult on(Training training, Training.Data data, Network from) {
    return new Trainer(training.options(), Progress.SILENT)
        .train(data.rows(64), new WarmStart(from));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void theSameOptimumInFewerPasses(
      Task task, GateSampler sampler, SolverKind solver, GroupNorm norm, List<Integer> widths) {
    Training training = new Training().solver(solver);
    training.task = task;
    training.sampler = sampler;
    training.norm = norm;
    training.widths = widths;
    training.gates = sampler == GateSampler.TREES ? 0 : 16;
    training.trees = sampler == GateSampler.TREES ? 3 : 0;
    training.tol = 1e-4;
    training.maxIter = 2000;
    training.regParam = OptionalDouble.of(0.01);
    training.regRatio = OptionalDouble.empty();
    Training.Data data = data(task);
    TrainingResult cold = training.train(data);
    TrainingResult warm = on(training, data, cold.network());
    assertThat(warm.certificate().relativeGap()).isLessThanOrEqualTo(1e-4);
    assertThat(warm.certificate().primalObjective())
        .isCloseTo(
            cold.certificate().primalObjective(),
            within(1e-4 * cold.certificate().primalObjective()));
    assertThat(warm.certificate().passes()).isLessThan(cold.certificate().passes());
    assertThat(warm.network().map()).isEqualTo(cold.network().map());
    assertThat(warm.certificate().gates()).isEqualTo(cold.network().gates().size());
    double objective = training.objective(warm.network(), data, 0.01);
    if (norm != GroupNorm.FUNCTION && sampler != GateSampler.TREES) {
      assertThat(warm.certificate().primalObjective())
          .isCloseTo(objective, within(1e-9 * objective));
    }
  }

  /** The start is the network's function in the new units, whatever they are. */
  @Test
  void otherLabelUnitsAndRows() {
    Training training = Training.regression().solver(SolverKind.GRADIENT);
    training.tol = 1e-6;
    training.maxIter = 5000;
    Training.Data data = Training.absolute(3, 400, 3);
    Network first = training.train(data).network();
    double[] y = Arrays.stream(data.y()).map(v -> 7 * v - 1000).toArray();
    Training.Data other = new Training.Data(data.x(), y, data.w());
    TrainingResult warm = on(training, other, first);
    TrainingResult cold = training.train(other);
    assertThat(warm.certificate().primalObjective())
        .isCloseTo(cold.certificate().primalObjective(), within(1e-6));
    Training.Data few =
        new Training.Data(
            Arrays.copyOf(data.x(), 150), Arrays.copyOf(y, 150), Arrays.copyOf(data.w(), 150));
    assertThat(on(training, few, first).certificate().relativeGap()).isLessThanOrEqualTo(1e-6);
  }

  @Test
  void termsThatAreSwitchedOffStayOff() {
    Training training = Training.binary();
    training.tol = 1e-4;
    Training.Data data = Training.xor(3, 300, 3, 0.1);
    Network first = training.train(data).network();
    training.skip = false;
    training.intercept = false;
    Network warm = on(training, data, first).network();
    assertThat(Arrays.copyOf(warm.weights(), 4)).containsOnly(0);
    assertThat(warm.offset()).containsOnly(0);
  }

  @Test
  void whatDoesNotSuitIsRefused() {
    Training training = Training.binary();
    training.tol = 1e-2;
    Training.Data three = Training.xor(3, 200, 3, 0.1);
    Network from = training.train(three).network();
    refused(training, Training.xor(3, 200, 4, 0.1), from, "3 features", "the rows have 4", "unset");
    Training classes = Training.multiclass();
    refused(
        classes, Training.quadrants(3, 200, 3, 0), from, "2 classes apart", "the labels have 3");
    training.widths = List.of(2);
    refused(training, three, from, "layerWidths is [2]", "half-spaces", "set layerWidths");
    training.widths = List.of();
    training.patternRank = 1;
    refused(training, three, from, "patternRank (1)", "initialModel");
    training.patternRank = 0;
    refused(training.path(), three, from, "initialModel needs a regularisation parameter");
  }

  private static void refused(
      Training training, Training.Data data, Network from, String... texts) {
    assertThatThrownBy(() -> on(training, data, from))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(texts);
  }
}
