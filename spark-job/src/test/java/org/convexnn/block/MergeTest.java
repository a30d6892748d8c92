package org.convexnn.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.StepPass;
import org.convexnn.block.pass.cone.ActivationPass;
import org.convexnn.block.pass.cone.ConeBarrierPass;
import org.convexnn.block.pass.cone.ConeCutPass;
import org.convexnn.block.pass.cone.ConeGramPass;
import org.convexnn.block.pass.cone.ConeHingePass;
import org.convexnn.block.pass.cone.ConeRayPass;
import org.convexnn.block.pass.cone.ConeSetting;
import org.convexnn.block.pass.cone.ConeStepPass;
import org.convexnn.block.pass.cone.ConeValuePass;
import org.convexnn.block.pass.data.ColumnStatsPass;
import org.convexnn.block.pass.data.FoldWeightsPass;
import org.convexnn.block.pass.data.MomentsPass;
import org.convexnn.block.pass.data.PairMomentsPass;
import org.convexnn.block.pass.data.SamplePass;
import org.convexnn.block.pass.gated.AdmmPass;
import org.convexnn.block.pass.gated.AdmmPenaltyRule;
import org.convexnn.block.pass.gated.CertificatePass;
import org.convexnn.block.pass.gated.CurvaturePass;
import org.convexnn.block.pass.gated.GradientPass;
import org.convexnn.block.pass.gated.GramPass;
import org.convexnn.block.pass.gated.MomentumPass;
import org.convexnn.block.pass.gated.MovePass;
import org.convexnn.block.pass.gated.SearchPass;
import org.convexnn.block.pass.neuron.DualMomentsPass;
import org.convexnn.block.pass.neuron.NeuronPass;
import org.convexnn.block.pass.neuron.RayGramPass;
import org.convexnn.block.pass.neuron.ScaleFitPass;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.ReluNetwork;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same rows in one partition, in three, and beside an empty one give the same sums. */
class MergeTest {

  private static final int FEATURES = 3;
  private static final GateSet GATES = RandomRows.gates(2, FEATURES, 9, true);
  private static final FeatureMap MAP = RandomRows.map(2, FEATURES);
  private static final RowSetting SETTING =
      RandomRows.setting(MAP, GATES, new LogisticLoss(), new double[] {0.3}, Precision.FLOAT64);
  private static final Block WHOLE = RandomRows.block(6, 150, FEATURES);
  private static final List<Block> PARTS = List.of(part(0, 70), part(70, 71), part(71, 150));
  private static final Block EMPTY = part(0, 0);

  private static Block part(int from, int to) {
    double[] values = new double[(to - from) * FEATURES];
    double[] labels = new double[to - from];
    double[] weights = new double[to - from];
    double[] x = new double[FEATURES];
    for (int r = from; r < to; r++) {
      WHOLE.copyRow(r, x);
      System.arraycopy(x, 0, values, (r - from) * FEATURES, FEATURES);
      labels[r - from] = WHOLE.label(r);
      weights[r - from] = WHOLE.weight(r);
    }
    return new Block(FEATURES, values, labels, weights);
  }

  private static double[] weights(long seed) {
    return new Random(seed).doubles(SETTING.length(), -1, 1).toArray();
  }

  private static ReluNetwork network(long seed, int neurons) {
    Random random = new Random(seed);
    return ReluNetwork.stacked(
        random.doubles(SETTING.width() * neurons, -1, 1).toArray(),
        random.doubles(neurons, -1, 1).toArray(),
        new double[SETTING.width()],
        1);
  }

  static Stream<Arguments> blockJobs() {
    return Stream.of(
        Arguments.of(Named.of("pairs", new PairMomentsPass(FEATURES))),
        Arguments.of(Named.of("weights", new FoldWeightsPass(3, 3, 2))),
        Arguments.of(
            Named.of("moments", new MomentsPass(MAP.mean(), MAP.inverseScale(), 0.25, 2, false))));
  }

  @ParameterizedTest
  @MethodSource("blockJobs")
  void blockSums(RowPass<Block, double[][]> pass) {
    compare(pass, WHOLE, PARTS, EMPTY);
  }

  static Stream<Arguments> gatedJobs() {
    return Stream.of(
        Arguments.of(
            Named.of(
                "gradient",
                new GradientPass(SETTING, weights(1), GradientPass.Order.CURVATURE, 0.5))),
        Arguments.of(
            Named.of(
                "loss alone", new GradientPass(SETTING, weights(1), GradientPass.Order.VALUE, 1))),
        Arguments.of(Named.of("neurons", new NeuronPass(SETTING, network(1, 5), network(2, 7)))),
        Arguments.of(
            Named.of(
                "dual moments",
                new DualMomentsPass(SETTING, network(1, 5), 0.5, new double[0], true, true))),
        Arguments.of(Named.of("rays", new RayGramPass(SETTING, network(1, 5), 2))),
        Arguments.of(Named.of("scale", new ScaleFitPass(SETTING, network(1, 5), 0.5, false))));
  }

  @ParameterizedTest
  @MethodSource("gatedJobs")
  void gatedSums(RowPass<GatedBlock, double[][]> pass) {
    compare(
        pass,
        RandomRows.gated(WHOLE, GATES, MAP),
        PARTS.stream().map(b -> RandomRows.gated(b, GATES, MAP)).toList(),
        RandomRows.gated(EMPTY, GATES, MAP));
  }

  private static <B> void compare(
      RowPass<B, double[][]> pass, B whole, List<B> parts, B emptyBlock) {
    RowPass.Worker<B, double[][]> one = pass.worker();
    one.accept(whole);
    double[][] expected = one.result();
    assertThat(Arrays.stream(expected).flatMapToDouble(Arrays::stream).anyMatch(v -> v != 0))
        .isTrue();
    RowPass.Worker<B, double[][]> all = pass.worker();
    parts.forEach(all::accept);
    assertClose(all.result(), expected);
    List<double[][]> results = new ArrayList<>();
    results.add(pass.worker().result());
    for (B part : parts) {
      RowPass.Worker<B, double[][]> worker = pass.worker();
      worker.accept(part);
      results.add(worker.result());
    }
    RowPass.Worker<B, double[][]> nothing = pass.worker();
    nothing.accept(emptyBlock);
    results.add(nothing.result());
    assertClose(results.stream().reduce(pass::merge).orElseThrow(), expected);
  }

  private static final GateSet HALF_SPACES = GateSet.of(GATES.halfSpaces());
  private static final ConeSetting CONES =
      new ConeSetting(
          RandomRows.setting(
              MAP, HALF_SPACES, new LogisticLoss(), new double[] {0.3}, Precision.FLOAT64),
          MAP,
          true,
          true);

  private static double[] coneWeights(long seed) {
    return new Random(seed).doubles(CONES.length(), -1, 1).toArray();
  }

  static Stream<Arguments> coneJobs() {
    double[] neurons = new Random(4).doubles(5 * CONES.width(), -1, 1).toArray();
    int gates = CONES.gates() * CONES.width();
    return Stream.of(
        Arguments.of(Named.of("objective", new ConeValuePass(CONES, coneWeights(1)))),
        Arguments.of(Named.of("cuts", new ConeCutPass(CONES, coneWeights(1)))),
        Arguments.of(Named.of("activations", new ActivationPass(CONES, neurons))),
        Arguments.of(
            Named.of(
                "rays",
                new ConeRayPass(
                    CONES,
                    Arrays.copyOf(coneWeights(1), gates),
                    Arrays.copyOf(coneWeights(2), gates)))),
        Arguments.of(
            Named.of(
                "hinge",
                new ConeHingePass(
                    CONES,
                    Arrays.copyOf(coneWeights(1), gates),
                    Arrays.copyOf(coneWeights(2), gates)))));
  }

  @ParameterizedTest
  @MethodSource("coneJobs")
  void coneSums(RowPass<GatedBlock, double[][]> pass) {
    gatedSums(pass);
  }

  static Stream<Arguments> stepJobs() {
    AdmmPenaltyRule rule = new AdmmPenaltyRule(0.6, 1e-3, 1);
    double[] none = new double[0];
    return Stream.of(
        Arguments.of(
            Named.of("gram", new GramPass(SETTING, GramPass.Penalty.STATE, GramPass.Sketch.ALL))),
        Arguments.of(
            Named.of(
                "sketch",
                new GramPass(
                    SETTING, GramPass.Penalty.STATE, new GramPass.Sketch(0.5, 0.15, 1, false, 3)))),
        Arguments.of(
            Named.of(
                "certificate",
                new CertificatePass(
                    SETTING,
                    weights(1),
                    new CertificatePass.Dual(weights(2), false, new double[0])))),
        Arguments.of(Named.of("curvature", new CurvaturePass(SETTING, weights(1)))),
        Arguments.of(
            Named.of("search", new SearchPass(SETTING, weights(1), weights(2), 0.3, 0.8, 0.1))),
        Arguments.of(Named.of("move", new MovePass(SETTING, weights(1), weights(2), 0.7, 0.1))),
        Arguments.of(Named.of("momentum", new MomentumPass(SETTING, weights(1), weights(2), 0.7))),
        Arguments.of(
            Named.of(
                "ADMM start",
                new AdmmPass(
                    SETTING, AdmmPass.Step.START, weights(1), none, none, rule, 1.6, true))),
        Arguments.of(
            Named.of(
                "ADMM advance",
                new AdmmPass(
                    SETTING,
                    AdmmPass.Step.ADVANCE,
                    weights(1),
                    weights(2),
                    weights(3),
                    rule,
                    1.6,
                    true))),
        Arguments.of(
            Named.of(
                "ADMM refresh",
                new AdmmPass(
                    SETTING,
                    AdmmPass.Step.REFRESH,
                    weights(1),
                    weights(2),
                    none,
                    rule,
                    1.6,
                    true))));
  }

  /** With the row state of every row kept, and with all of it lost. */
  @ParameterizedTest
  @MethodSource("stepJobs")
  void stepSums(StepPass<double[][]> pass) {
    stepSums(pass, true);
    stepSums(pass, false);
  }

  static Stream<Arguments> coneStepJobs() {
    Stream<StepPass<double[][]>> barriers =
        Arrays.stream(ConeBarrierPass.Order.values())
            .map(
                order ->
                    new ConeBarrierPass(
                        CONES,
                        order,
                        coneWeights(1),
                        coneWeights(2),
                        coneWeights(3),
                        0.1,
                        0.01,
                        0.5,
                        0.2));
    Stream<StepPass<double[][]>> steps =
        Arrays.stream(ConeStepPass.Step.values())
            .map(
                step ->
                    new ConeStepPass(CONES, step, coneWeights(1), coneWeights(2), 0.3, 0.2, 1.6));
    return Stream.concat(
            Stream.concat(barriers, steps),
            Stream.of(new ConeGramPass(CONES, true), new ConeGramPass(CONES, false)))
        .map(Arguments::of);
  }

  /** From rows without state; that states follow, the solvers' tests in blocks show. */
  @ParameterizedTest
  @MethodSource("coneStepJobs")
  void coneStepSums(StepPass<double[][]> pass) {
    stepSums(pass, false);
  }

  private static void stepSums(StepPass<double[][]> pass, boolean kept) {
    StepPass.Worker<double[][]> one = pass.worker();
    one.accept(RandomRows.gated(WHOLE, GATES, MAP), state(0, 150, kept));
    double[][] expected = one.result();
    int from = 0;
    List<double[][]> results = new ArrayList<>();
    results.add(pass.worker().result());
    for (Block part : PARTS) {
      StepPass.Worker<double[][]> worker = pass.worker();
      worker.accept(RandomRows.gated(part, GATES, MAP), state(from, from + part.rows(), kept));
      from += part.rows();
      results.add(worker.result());
    }
    StepPass.Worker<double[][]> nothing = pass.worker();
    nothing.accept(RandomRows.gated(EMPTY, GATES, MAP), state(0, 0, kept));
    results.add(nothing.result());
    assertClose(results.stream().reduce(pass::merge).orElseThrow(), expected);
  }

  private static Optional<RowState> state(int from, int to, boolean kept) {
    if (!kept) {
      return Optional.empty();
    }
    double[] f = new Random(8).doubles(150, -2, 2).toArray();
    double[] fitted = new Random(9).doubles(150, -2, 2).toArray();
    float[] penalty = new float[to - from];
    for (int r = from; r < to; r++) {
      penalty[r - from] = 0.05f + 0.001f * r;
    }
    return Optional.of(
        new RowState(
            Arrays.copyOfRange(f, from, to),
            Arrays.copyOfRange(fitted, from, to),
            penalty,
            new double[to - from]));
  }

  private static void assertClose(double[][] actual, double[][] expected) {
    assertThat(actual.length).isEqualTo(expected.length);
    for (int k = 0; k < expected.length; k++) {
      assertThat(actual[k]).containsExactly(expected[k], within(1e-9));
    }
  }

  @Test
  void columnStatistics() {
    ColumnStatsPass pass = new ColumnStatsPass(FEATURES);
    RowPass.Worker<Block, ColumnStats> one = pass.worker();
    one.accept(WHOLE);
    ColumnStats expected = one.result();
    List<ColumnStats> results = new ArrayList<>(List.of(pass.worker().result()));
    for (Block part : PARTS) {
      RowPass.Worker<Block, ColumnStats> worker = pass.worker();
      worker.accept(part);
      results.add(worker.result());
    }
    results.add(pass.worker().result());
    ColumnStats merged = results.stream().reduce(pass::merge).orElseThrow();
    assertThat(merged.rows()).isEqualTo(150);
    assertThat(merged.min()).containsExactly(expected.min());
    assertThat(merged.max()).containsExactly(expected.max());
    double weight = 0;
    double label = 0;
    double[] mean = new double[FEATURES];
    for (int r = 0; r < 150; r++) {
      weight += WHOLE.weight(r);
      label += WHOLE.weight(r) * WHOLE.label(r);
      for (int j = 0; j < FEATURES; j++) {
        mean[j] += WHOLE.weight(r) * WHOLE.value(r, j);
      }
    }
    for (ColumnStats stats : List.of(expected, merged)) {
      assertThat(stats.weight()).isCloseTo(weight, within(1e-10));
      assertThat(stats.labelMean()).isCloseTo(label / weight, within(1e-12));
      for (int j = 0; j < FEATURES; j++) {
        assertThat(stats.mean()[j]).isCloseTo(mean[j] / weight, within(1e-12));
      }
    }
    assertThat(pass.merge(pass.worker().result(), pass.worker().result()).rows()).isZero();
  }

  @Test
  void samplesDoNotDependOnPartitions() {
    SamplePass pass = new SamplePass(RowSelection.ALL, 0.3, 5);
    RowPass.Worker<Block, List<SamplePass.Row>> one = pass.worker();
    one.accept(WHOLE);
    List<SamplePass.Row> expected = one.result();
    assertThat(expected.size()).isBetween(20, 75);
    List<SamplePass.Row> merged = pass.worker().result();
    for (int p = PARTS.size() - 1; p >= 0; p--) {
      RowPass.Worker<Block, List<SamplePass.Row>> worker = pass.worker();
      worker.accept(PARTS.get(p));
      merged = pass.merge(merged, worker.result());
    }
    assertThat(merged).usingRecursiveComparison().isEqualTo(expected);
    RowPass.Worker<Block, List<SamplePass.Row>> every =
        new SamplePass(RowSelection.ALL, 1, 5).worker();
    every.accept(WHOLE);
    assertThat(every.result()).hasSize(150);
  }

  @Test
  void halfRangesOfConstantColumnsAreZero() {
    ColumnStats stats =
        new ColumnStats(
            2,
            8,
            2,
            0,
            1,
            0.5,
            new double[] {3, -1e150, 1, 0, -1e300},
            new double[] {3, 1e150, Math.nextUp(1.0), 1e-150, 1e300},
            new double[5],
            new double[5]);
    assertThat(stats.halfRanges()).containsExactly(0, 1e150, 0, 5e-151, 1e300);
  }
}
