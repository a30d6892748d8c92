package org.convexnn.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.convexnn.SparkTest;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.network.Tree;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.Progress;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingOptions.GateSampler;
import org.convexnn.solver.TrainingOptions.SolverKind;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.train.Trainer;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How rows are cut into partitions, and in which order they come, is no part of the model. */
@Tag("spark")
class PartitionsTest {

  private static final int N = 640;
  private static final List<Row> ROWS = Fits.rows(N, 4, 3);

  /** The rows of a task: of several classes the third is a corner of the others. */
  private static List<Row> rows(Task task) {
    return task != Task.MULTICLASS
        ? ROWS
        : ROWS.stream()
            .map(
                row ->
                    ((Vector) row.get(0)).apply(2) > 0.5
                        ? TestRows.row(row.get(0), 2.0, row.get(2))
                        : row)
            .toList();
  }

  /** Rows of 5,000 features of which ten are not zero; the first ones tell the label. */
  private static List<Row> wide(int n) {
    Random random = new Random(6);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int first = random.nextInt(4);
      int[] columns =
          IntStream.range(0, 10).map(k -> k == 0 ? first : 500 * k + random.nextInt(500)).toArray();
      double label = first % 2 == 0 == random.nextDouble() > 0.1 ? 1 : 0;
      rows.add(TestRows.row(Vectors.sparse(5000, columns, ONES), label, 1.0));
    }
    return rows;
  }

  private static final double[] ONES = DoubleStream.generate(() -> 1).limit(10).toArray();

  private static TrainingResult train(List<List<Row>> partitions, TrainingOptions options) {
    JavaRDD<Row> rdd =
        SparkTest.context()
            .parallelize(partitions.stream().map(ArrayList::new).toList(), partitions.size())
            .flatMap(List::iterator);
    int classes =
        switch (options.task()) {
          case BINARY -> 2;
          case MULTICLASS -> 3;
          case REGRESSION -> 0;
        };
    try (RddRows rows = RddRows.pack(rdd, TestRows.packing(classes, 0, 2))) {
      return new Trainer(options, Progress.SILENT).train(rows);
    }
  }

  /** Consecutive partitions of these sizes; the last one takes what remains. */
  private static List<List<Row>> cut(List<Row> rows, int... sizes) {
    List<List<Row>> partitions = new ArrayList<>();
    int from = 0;
    for (int size : sizes) {
      partitions.add(rows.subList(from, from + size));
      from += size;
    }
    partitions.add(rows.subList(from, rows.size()));
    return partitions;
  }

  private static List<List<Row>> even(List<Row> rows, int count) {
    List<List<Row>> partitions = new ArrayList<>();
    for (int p = 0; p < count; p++) {
      partitions.add(rows.subList(p * rows.size() / count, (int) ((p + 1L) * rows.size() / count)));
    }
    return partitions;
  }

  static Stream<Arguments> cuts() {
    int most = N * 9 / 10;
    return Stream.of(
        Arguments.of(Named.of("empty ones", cut(ROWS, 0, 200, 0, 0, 1, 0, N - 201))),
        Arguments.of(Named.of("90 % in one", cut(ROWS, 20, most, 10, 10))),
        Arguments.of(Named.of("64 of them", even(ROWS, 64))));
  }

  /** The same data and the same operations in another order: only rounding differs. */
  private static void same(TrainingResult one, TrainingResult other) {
    Certificate expected = one.certificate();
    Certificate actual = other.certificate();
    assertThat(actual.passes()).isEqualTo(expected.passes());
    assertThat(actual.stopReason()).isEqualTo(expected.stopReason());
    assertThat(actual.betaMax()).isCloseTo(expected.betaMax(), within(1e-8 * expected.betaMax()));
    assertThat(actual.primalObjective())
        .isCloseTo(expected.primalObjective(), within(1e-8 * expected.primalObjective()));
    sameGates(one.network(), other.network());
  }

  private static void sameGates(Network one, Network other) {
    HalfSpaces expected = one.gates().halfSpaces();
    HalfSpaces actual = other.gates().halfSpaces();
    // They are drawn in normalised coordinates, and moments round.
    assertThat(actual.directions()).containsExactly(expected.directions(), within(1e-10));
    assertThat(actual.thresholds()).containsExactly(expected.thresholds(), within(1e-10));
    assertThat(other.gates().trees()).hasSameSizeAs(one.gates().trees());
    for (int t = 0; t < one.gates().trees().size(); t++) {
      Tree tree = one.gates().trees().get(t);
      assertThat(other.gates().trees().get(t).feature()).isEqualTo(tree.feature());
      assertThat(other.gates().trees().get(t).threshold()).isEqualTo(tree.threshold());
    }
  }

  @ParameterizedTest
  @MethodSource("cuts")
  void partitionsAreNoPartOfTheModel(List<List<Row>> partitions) {
    TrainingOptions options = Fits.passes(Task.BINARY, SolverKind.ADMM, 25);
    same(train(List.of(ROWS), options), train(partitions, options));
  }

  @ParameterizedTest
  @CsvSource({
    "BINARY, LBFGS",
    "BINARY, GRADIENT",
    "MULTICLASS, LBFGS",
    "REGRESSION, GRAM",
    "REGRESSION, ADMM"
  })
  void partitionsAreNoPartOfTheModelOfAnySolver(Task task, SolverKind solver) {
    TrainingOptions options = Fits.passes(task, solver, 10);
    same(train(List.of(rows(task)), options), train(even(rows(task), 64), options));
  }

  @Test
  @Tag("faults")
  void partitionsOfWideSparseRows() {
    List<Row> rows = wide(N);
    TrainingOptions options = Fits.passes(Task.BINARY, SolverKind.LBFGS, 5);
    TrainingResult one = train(List.of(rows), options);
    assertThat(one.network().features()).isEqualTo(5000);
    assertThat(one.certificate().activeNeurons()).isPositive();
    same(one, train(even(rows, 64), options));
  }

  @Test
  @Tag("faults")
  void aThousandPartitionsOfTenRows() {
    List<Row> rows = Fits.rows(10_000, 3, 4);
    // The solver of the fewest jobs: each has 1,000 tasks.
    TrainingOptions options = Fits.passes(Task.REGRESSION, SolverKind.GRAM, 4);
    same(train(List.of(rows), options), train(even(rows, 1000), options));
  }

  /** One order, or one way to cut. */
  private interface Order {
    List<List<Row>> of(List<Row> rows);
  }

  private static List<Row> byLabel(List<Row> rows) {
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingDouble(row -> row.getDouble(1)));
    return sorted;
  }

  private static List<Row> shuffled(List<Row> rows) {
    List<Row> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(8));
    return shuffled;
  }

  private static final Named<Order> BY_LABEL = Named.of("by label", rows -> even(byLabel(rows), 7));

  private static final Named<Order> LOPSIDED =
      Named.of("at random, 90 % in one", rows -> cut(shuffled(rows), 0, 30, N * 9 / 10));

  static Stream<Arguments> orders() {
    Stream<Arguments> binary =
        Stream.of(
                BY_LABEL,
                Named.<Order>of("by label, in one partition", rows -> List.of(byLabel(rows))),
                Named.<Order>of("at random", rows -> even(shuffled(rows), 3)),
                LOPSIDED)
            .flatMap(
                order ->
                    Stream.of(
                        Arguments.of(order, Task.BINARY, GateSampler.GAUSSIAN, Fits.RATIO),
                        Arguments.of(order, Task.BINARY, GateSampler.MIXED, Fits.CHOSEN),
                        Arguments.of(order, Task.BINARY, GateSampler.PRICED, Fits.RATIO),
                        Arguments.of(order, Task.BINARY, GateSampler.TREES, Fits.RATIO)));
    // What is slower, in fewer orders.
    return Stream.concat(
        binary,
        Stream.of(
            Arguments.of(BY_LABEL, Task.MULTICLASS, GateSampler.TREES, Fits.RATIO),
            Arguments.of(LOPSIDED, Task.REGRESSION, GateSampler.TREES, Fits.CHOSEN)));
  }

  /** The same seed and data: the same gates, the same beta, the optimum within the certificate. */
  @ParameterizedTest
  @MethodSource("orders")
  void theOrderOfRowsIsNoPartOfTheModel(
      Order order, Task task, GateSampler sampler, OptionalDouble ratio) {
    // ADMM's metric of all leaves of all classes would take its time.
    SolverKind solver = task == Task.MULTICLASS ? SolverKind.LBFGS : SolverKind.ADMM;
    TrainingOptions options = Fits.options(task, sampler, ratio, solver, 1000, 1e-5);
    TrainingResult one = train(even(rows(task), 2), options);
    TrainingResult other = train(order.of(rows(task)), options);
    for (TrainingResult result : List.of(one, other)) {
      assertThat(result.certificate().stopReason()).isEqualTo(StopReason.GAP);
    }
    double best = one.certificate().primalObjective();
    assertThat(other.certificate().beta())
        .isCloseTo(one.certificate().beta(), within(1e-9 * one.certificate().beta()));
    assertThat(other.certificate().primalObjective()).isCloseTo(best, within(1e-5 * best));
    assertThat(other.path().stream().map(PathPoint::ratio).toList())
        .isEqualTo(one.path().stream().map(PathPoint::ratio).toList());
    sameGates(one.network(), other.network());
  }
}
