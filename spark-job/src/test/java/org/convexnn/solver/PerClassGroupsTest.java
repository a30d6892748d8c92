package org.convexnn.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.convexnn.network.Network;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Three classes, a group for each class at each gate: by definition, and against shared groups. */
class PerClassGroupsTest {

  private static final List<TrainingOptions.SolverKind> SOLVERS =
      List.of(
          TrainingOptions.SolverKind.ADMM,
          TrainingOptions.SolverKind.LBFGS,
          TrainingOptions.SolverKind.GRADIENT);

  private static final Training.Data DATA = Training.quadrants(3, 600, 4, 0.1);

  private static Training training(TrainingOptions.SolverKind solver) {
    Training training = Training.multiclass().solver(solver);
    training.perClass = true;
    training.tol = 1e-3;
    training.maxIter = 2000;
    return training;
  }

  /** Every solver minimises the sum over classes; the certificate is about the stored network. */
  @ParameterizedTest
  @CsvSource({"GAUSSIAN, EUCLIDEAN", "GAUSSIAN, FUNCTION", "TREES, EUCLIDEAN", "TREES, FUNCTION"})
  void certificateIsTheObjectiveByDefinition(
      TrainingOptions.GateSampler sampler, TrainingOptions.GroupNorm norm) {
    double highest = 0;
    double lowest = Double.POSITIVE_INFINITY;
    for (TrainingOptions.SolverKind solver : SOLVERS) {
      Training training = training(solver);
      training.sampler = sampler;
      training.norm = norm;
      // Many trees, and fewer rows than weights, take plain gradient steps minutes.
      training.trees = 12;
      TrainingResult result = training.train(DATA);
      Certificate certificate = result.certificate();
      double objective = training.objective(result.network(), DATA, certificate.beta());
      assertThat(certificate.primalObjective()).isCloseTo(objective, within(1e-10 * objective));
      assertThat(certificate.stopReason()).isEqualTo(StopReason.GAP);
      assertThat(certificate.relativeGap()).isBetween(0.0, 1e-3);
      highest = Math.max(highest, certificate.dualBound());
      lowest = Math.min(lowest, objective);
    }
    assertThat(highest).as("every bound is below every objective").isLessThanOrEqualTo(lowest);
  }

  /** {@code ||U||_F <= sum_c ||u_c|| <= sqrt(C) ||U||_F}: so lie the optima, and the bounds prove it. */
  @ParameterizedTest
  @EnumSource(names = {"ADMM", "LBFGS", "GRADIENT"})
  void optimumLiesBetweenThoseOfFrobeniusGroups(TrainingOptions.SolverKind solver) {
    Training own = training(solver).ratio(0.05);
    Certificate perClass = own.train(DATA).certificate();
    Training shared = training(solver);
    shared.perClass = false;
    shared.regRatio = OptionalDouble.empty();
    shared.regParam = OptionalDouble.of(perClass.beta());
    Certificate lower = shared.train(DATA).certificate();
    shared.regParam = OptionalDouble.of(Math.sqrt(3) * perClass.beta());
    Certificate upper = shared.train(DATA).certificate();
    assertThat(lower.primalObjective()).isLessThan(perClass.dualBound());
    assertThat(perClass.primalObjective()).isLessThan(upper.dualBound());
    assertThat(perClass.betaMax()).isBetween(lower.betaMax() / Math.sqrt(3), lower.betaMax());
  }

  /** A gate counts as active, and is kept, where any of its classes has weights. */
  @ParameterizedTest
  @EnumSource(names = {"ADMM", "LBFGS", "GRADIENT"})
  void classesAreSwitchedOffOneByOne(TrainingOptions.SolverKind solver) {
    Training training = training(solver).ratio(0.3);
    TrainingResult result = training.train(DATA);
    Network network = result.network();
    int width = 5;
    int gates = network.gates().size();
    int[] byClasses = new int[4];
    for (int i = 1; i <= gates; i++) {
      int classes = 0;
      for (int c = 0; c < 3; c++) {
        int from = (3 * i + c) * width;
        double[] weights = Arrays.copyOfRange(network.weights(), from, from + width);
        classes += Arrays.stream(weights).anyMatch(w -> w != 0) ? 1 : 0;
      }
      byClasses[classes]++;
    }
    assertThat(byClasses[0]).as("gates without weights are dropped").isZero();
    assertThat(byClasses[1] + byClasses[2]).as("gates of some classes").isPositive();
    assertThat(result.certificate().activeNeurons()).isEqualTo(gates);
    assertThat(gates).isLessThan(result.certificate().gates());
    assertThat(result.trace().get(result.trace().size() - 1).activeNeurons())
        .isBetween(gates, result.certificate().gates());
    training.perClass = false;
    Network shared = training.train(DATA).network();
    for (int k = 15; k < shared.weights().length; k += width) {
      double[] weights = Arrays.copyOfRange(shared.weights(), k, k + width);
      assertThat(Arrays.stream(weights).anyMatch(w -> w != 0)).isTrue();
    }
  }

  @Test
  void atBetaMaxTheModelIsTheLinearFit() {
    Training training = training(TrainingOptions.SolverKind.LBFGS).ratio(1);
    Certificate atMost = training.train(DATA).certificate();
    assertThat(atMost.stopReason()).isEqualTo(StopReason.LINEAR);
    assertThat(atMost.relativeGap()).isBetween(0.0, 1e-9);
    assertThat(training.ratio(0.98).train(DATA).certificate().activeNeurons()).isPositive();
  }

  /** With one output there is one class at a gate: the option changes nothing. */
  @ParameterizedTest
  @EnumSource(names = {"BINARY", "REGRESSION"})
  void harmlessWithOneOutput(TrainingOptions.Task task) {
    Training training = training(TrainingOptions.SolverKind.LBFGS);
    training.task = task;
    Training.Data data =
        task == TrainingOptions.Task.BINARY
            ? Training.xor(3, 300, 4, 0.1)
            : Training.absolute(3, 300, 4);
    Network own = training.train(data).network();
    training.perClass = false;
    assertThat(own).usingRecursiveComparison().isEqualTo(training.train(data).network());
  }
}
