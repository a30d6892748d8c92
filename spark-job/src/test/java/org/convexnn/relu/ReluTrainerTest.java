package org.convexnn.relu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.convexnn.loss.EvalMetric;
import org.convexnn.loss.RegressionLoss;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.Progress;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.TraceRecord;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingOptions.Activation;
import org.convexnn.solver.TrainingOptions.GateSampler;
import org.convexnn.solver.TrainingOptions.GroupNorm;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.rows.LocalRows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Plain ReLU networks from rows to certificate. */
class ReluTrainerTest {

  private final List<String> messages = new ArrayList<>();

  private final Progress progress =
      new Progress() {
        @Override
        public void iteration(TraceRecord trace) {}

        @Override
        public void message(String text) {
          messages.add(text);
        }
      };

  static TrainingOptions options(Task task, OptionalDouble ratio, boolean polish) {
    return options(task, ratio, polish, GateSampler.AUTO, 0, false, GroupNorm.AUTO);
  }

  private static TrainingOptions options(
      Task task,
      OptionalDouble ratio,
      boolean polish,
      GateSampler sampler,
      int trees,
      boolean perClass,
      GroupNorm norm) {
    return new TrainingOptions(
        task,
        24,
        trees,
        0,
        List.of(),
        sampler,
        0,
        TrainingOptions.Effort.BALANCED,
        TrainingOptions.Normalization.AUTO,
        norm,
        perClass,
        true,
        true,
        OptionalDouble.of(1e-3),
        OptionalDouble.empty(),
        ratio,
        true,
        0,
        TrainingOptions.SolverKind.AUTO,
        TrainingOptions.PrecisionChoice.FLOAT64,
        100,
        OptionalDouble.empty(),
        1,
        Activation.RELU,
        polish,
        OptionalDouble.empty(),
        TrainingOptions.Leaves.AUTO,
        RegressionLoss.SQUARED,
        EvalMetric.AUTO);
  }

  private static final int N = 400;
  private static final double[][] X = SmallProblem.gaussian(new Random(5), N, 3);

  /** A planted network of two neurons, with noise; its thirds as classes; or a band. */
  private static double[] labels(Task task) {
    Random random = new Random(6);
    double[] y = new double[N];
    for (int r = 0; r < N; r++) {
      double f =
          2 * Math.max(0, X[r][0] + X[r][1])
              - 3 * Math.max(0, X[r][2] - 0.5 * X[r][0])
              + 0.1 * random.nextGaussian();
      y[r] =
          switch (task) {
            case REGRESSION -> f;
            case BINARY -> Math.abs(X[r][0] + X[r][1]) > 1 ? 1 : 0;
            case MULTICLASS -> f > 0.8 ? 2 : f > -0.5 ? 1 : 0;
          };
    }
    return y;
  }

  static LocalRows rows(Task task) {
    double[] ones = new double[N];
    Arrays.fill(ones, 1);
    return SmallProblem.rows(X, labels(task), ones);
  }

  private static double meanSquare(Network network) {
    double[] y = labels(Task.REGRESSION);
    Network.Evaluator evaluator = network.evaluator();
    double sum = 0;
    for (int r = 0; r < N; r++) {
      double f = score(evaluator, network.outputs(), X[r])[0];
      sum += (f - y[r]) * (f - y[r]) / N;
    }
    return sum;
  }

  private static double[] score(Network.Evaluator evaluator, int outputs, double[] x) {
    double[] f = new double[outputs];
    evaluator.evaluate(x, f);
    return f;
  }

  /** Every gate of the model is the half-space where its own neuron is positive. */
  private static void assertPlainRelu(Network network) {
    HalfSpaces gates = network.gates().halfSpaces();
    assertThat(network.gates().trees()).isEmpty();
    assertThat(gates.centres()).containsOnly(0);
    int width = network.map().dimension() + 1;
    int c = network.outputs();
    for (int i = 0; i < gates.size(); i++) {
      for (double[] x : Arrays.copyOf(X, 20)) {
        double[] z = network.map().apply(x);
        double score = -gates.thresholds()[i];
        for (int j = 0; j < x.length; j++) {
          score += x[j] * gates.directions()[i * x.length + j];
        }
        int at = (1 + i) * c * width;
        double sum = network.weights()[at + width - 1];
        for (int j = 0; j < z.length; j++) {
          sum += z[j] * network.weights()[at + j];
        }
        assertThat(Math.abs(sum)).isLessThan(1e9);
        // a (z~.v) is zero exactly where the gate's score is.
        double norm = Math.hypot(sum, score);
        assertThat(Math.abs(score) < 1e-12 * norm).isEqualTo(Math.abs(sum) < 1e-12 * norm);
      }
    }
  }

  @Test
  void fewRowsAreExact() {
    TrainingResult result =
        new ReluTrainer(options(Task.REGRESSION, OptionalDouble.of(0.01), false), progress)
            .train(rows(Task.REGRESSION));
    Certificate c = result.certificate();
    assertThat(messages).anyMatch(m -> m.startsWith("plain ReLU: exact on the patterns of"));
    assertThat(c.solver()).endsWith("cones");
    assertThat(c.stopReason()).isEqualTo(StopReason.GAP);
    assertThat(c.relativeGap()).isLessThanOrEqualTo(1.1e-3);
    assertThat(c.allPatterns().bound()).isLessThanOrEqualTo(c.dualBound());
    assertThat(c.allPatterns().hiddenFree()).isFalse();
    assertThat(c.toString())
        .contains("plain ReLU: over all activation patterns bound")
        .contains(c.activeNeurons() + " neurons")
        .doesNotContain("gates active");
    assertThat(c.gates()).isGreaterThanOrEqualTo(c.activeNeurons());
    assertPlainRelu(result.network());
    assertThat(errors(Task.REGRESSION, result.network())).isLessThan(0.12);
  }

  @ParameterizedTest
  @EnumSource(Task.class)
  void polishedNetworksFitAndAreCertified(Task task) {
    TrainingResult result =
        new ReluTrainer(options(task, OptionalDouble.empty(), true), progress).train(rows(task));
    Certificate c = result.certificate();
    assertThat(messages)
        .anyMatch(m -> m.equals("plain ReLU: grown from the gated network (polish)"));
    assertThat(c.solver()).endsWith("growth, polish");
    assertThat(c.dualBound()).isEqualTo(c.allPatterns().bound());
    assertThat(c.primalObjective()).isGreaterThanOrEqualTo(c.dualBound());
    assertThat(c.toString()).contains("plain ReLU: the dual bound is the one over all");
    assertThat(c.activeNeurons()).isBetween(1, 24);
    assertPlainRelu(result.network());
    assertThat(errors(task, result.network())).isLessThan(0.12);
    assertThat(result.trace()).anyMatch(t -> t.phase().equals("polish"));
    assertThat(result.path()).isNotEmpty();
  }

  @Test
  void severalOutputsGrow() {
    TrainingResult result =
        new ReluTrainer(options(Task.MULTICLASS, OptionalDouble.of(0.003), false), progress)
            .train(rows(Task.MULTICLASS));
    assertThat(messages).anyMatch(m -> m.contains("3 outputs, exact cones take one"));
    Certificate c = result.certificate();
    assertThat(c.solver()).endsWith("growth");
    assertThat(c.allPatterns().bound()).isLessThanOrEqualTo(c.dualBound());
    assertThat(c.primalObjective()).isGreaterThanOrEqualTo(c.dualBound());
    assertThat(errors(Task.MULTICLASS, result.network())).isLessThan(0.15);
  }

  /** Share of rows that are misjudged; of a regression the mean square over that of the labels. */
  private static double errors(Task task, Network network) {
    double[] y = labels(task);
    if (task == Task.REGRESSION) {
      double mean = Arrays.stream(y).average().orElseThrow();
      return meanSquare(network)
          / Arrays.stream(y).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    }
    Network.Evaluator evaluator = network.evaluator();
    int wrong = 0;
    for (int r = 0; r < N; r++) {
      double[] f = score(evaluator, network.outputs(), X[r]);
      int best = task == Task.BINARY ? (f[0] > 0 ? 1 : 0) : 0;
      for (int k = 1; k < network.outputs(); k++) {
        best = f[k] > f[best] ? k : best;
      }
      wrong += best != y[r] ? 1 : 0;
    }
    return (double) wrong / N;
  }

  /**
   * At the gated program's betaMax its centred gates gain nothing, but neurons with biases do: they are
   * grown, and what is printed bounds ReLU networks.
   */
  @ParameterizedTest
  @EnumSource(Task.class)
  void whereGatesAreWorthNothing(Task task) {
    double[] ones = new double[N];
    Arrays.fill(ones, 1);
    double[] linear = Arrays.stream(X).mapToDouble(x -> x[0] > 0 ? 1 : 0).toArray();
    List<LocalRows> all = List.of(rows(task), SmallProblem.rows(X, linear, ones));
    for (LocalRows rows : task == Task.MULTICLASS ? all.subList(0, 1) : all) {
      TrainingResult result =
          new ReluTrainer(options(task, OptionalDouble.of(1), false), progress).train(rows);
      Certificate c = result.certificate();
      assertThat(c.allPatterns().known()).isTrue();
      assertThat(c.primalObjective()).isGreaterThanOrEqualTo(c.allPatterns().bound());
      if (c.activeNeurons() == 0) {
        assertThat(c.stopReason()).isEqualTo(StopReason.LINEAR);
        assertThat(c.dualBound()).isEqualTo(c.allPatterns().bound());
        assertThat(c.allPatterns().searchPrice()).isLessThanOrEqualTo(1.02 * c.beta());
        assertThat(c.toString()).contains("0 neurons", "the dual bound is the one over all");
      } else {
        assertThat(c.dualBound()).isGreaterThanOrEqualTo(c.allPatterns().bound());
        assertPlainRelu(result.network());
      }
    }
  }

  @Test
  void sameSeedSameNetwork() {
    TrainingOptions options = options(Task.BINARY, OptionalDouble.of(0.01), true);
    Network one = new ReluTrainer(options, progress).train(rows(Task.BINARY)).network();
    Network two = new ReluTrainer(options, progress).train(rows(Task.BINARY)).network();
    assertThat(one.weights()).containsExactly(two.weights(), within(0.0));
  }

  @Test
  void refusesTooManyFeatures() {
    LocalRows wide =
        SmallProblem.rows(new double[3][2001], new double[] {0, 1, 0}, new double[] {1, 1, 1});
    TrainingOptions options = options(Task.BINARY, OptionalDouble.of(0.1), false);
    assertThatThrownBy(() -> new ReluTrainer(options, progress).train(wide))
        .hasMessageContaining("2001 features; plain ReLU takes at most 2000")
        .hasMessageContaining("use activation 'gated'");
  }

  @Test
  void refusesWhatIsNoPlainRelu() {
    OptionalDouble none = OptionalDouble.empty();
    assertThatThrownBy(
            () -> options(Task.BINARY, none, false, GateSampler.TREES, 0, false, GroupNorm.AUTO))
        .hasMessageContaining("gateSampler is 'trees' and activation is 'relu'")
        .hasMessageContaining("use");
    assertThatThrownBy(
            () -> options(Task.BINARY, none, false, GateSampler.PRICED, 0, false, GroupNorm.AUTO))
        .hasMessageContaining("gateSampler is 'priced'");
    assertThatThrownBy(
            () -> options(Task.BINARY, none, false, GateSampler.AUTO, 3, false, GroupNorm.AUTO))
        .hasMessageContaining("numTrees is 3");
    assertThatThrownBy(
            () -> options(Task.BINARY, none, false, GateSampler.AUTO, 0, true, GroupNorm.AUTO))
        .hasMessageContaining("perClassGroups is true");
    assertThatThrownBy(
            () -> options(Task.BINARY, none, false, GateSampler.AUTO, 0, false, GroupNorm.FUNCTION))
        .hasMessageContaining("groupNorm is 'function'");
  }
}
