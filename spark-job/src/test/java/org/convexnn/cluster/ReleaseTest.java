package org.convexnn.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockResult;
import org.apache.spark.storage.BroadcastBlockId;
import org.convexnn.SparkTest;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingOptions.GateSampler;
import org.convexnn.solver.TrainingOptions.SolverKind;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.train.Trainer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/** A fit leaves nothing on the cluster, however it ends: no rows, patterns, states, broadcasts. */
@Tag("spark")
class ReleaseTest {

  private static final List<Row> ROWS = Fits.rows(300, 3, 7);
  private static final int SOAK_FITS = 100;

  private Set<Integer> persistent;
  private Set<String> blocks;

  @BeforeEach
  void count() {
    persistent = persistent();
    blocks = blocks();
  }

  private static Set<Integer> persistent() {
    return new HashSet<>(SparkTest.context().getPersistentRDDs().keySet());
  }

  /** RDD blocks and the broadcasts of this library; Spark's own go when they are collected. */
  private static Set<String> blocks() {
    return CollectionConverters.asJava(
            SparkEnv.get()
                .blockManager()
                .getMatchingBlockIds(id -> id.isRDD() || isBroadcastValue(id)))
        .stream()
        .filter(id -> id.isRDD() || ours(id))
        .map(BlockId::name)
        .collect(Collectors.toSet());
  }

  /** Not one of the pieces that it is sent in. */
  private static boolean isBroadcastValue(BlockId id) {
    return id instanceof BroadcastBlockId broadcast && broadcast.field().isEmpty();
  }

  private static boolean ours(BlockId id) {
    BlockManager manager = SparkEnv.get().blockManager();
    Option<BlockResult> found = manager.getLocalValues(id);
    boolean ours = false;
    // To the end, which releases the block's lock.
    while (found.isDefined() && found.get().data().hasNext()) {
      ours |= found.get().data().next().getClass().getName().startsWith("org.convexnn.");
    }
    return ours;
  }

  /** Releasing does not block. */
  private void nothingIsLeft() throws InterruptedException {
    assertThat(persistent()).isEqualTo(persistent);
    for (int i = 0; i < 250 && !blocks.containsAll(blocks()); i++) {
      Thread.sleep(20);
    }
    assertThat(blocks).containsAll(blocks());
  }

  private static void train(TrainingOptions options, Fault fault) {
    try (RddRows rows =
        RddRows.pack(
            TestRows.rdd(ROWS, 2), TestRows.packing(options.task() == Task.BINARY ? 2 : 0, 0, 2))) {
      new Trainer(options, Progress.SILENT).train(new FaultyRows(rows, fault));
    }
  }

  private static TrainingOptions quick(Task task, GateSampler sampler, SolverKind solver) {
    // So few rows are priced on the driver where beta is chosen.
    OptionalDouble ratio = sampler == GateSampler.PRICED ? Fits.RATIO : Fits.CHOSEN;
    return Fits.options(task, sampler, ratio, solver, 3, 0.1);
  }

  /** A fit that fails at its first job, at its second, and so on until it fails at none. */
  @ParameterizedTest
  @CsvSource({
    "BINARY, TREES, ADMM",
    "BINARY, GAUSSIAN, LBFGS",
    "BINARY, PRICED, ADMM",
    "REGRESSION, MIXED, GRAM",
    "REGRESSION, GAUSSIAN, GRADIENT"
  })
  void afterAFailureOfAnyJob(Task task, GateSampler sampler, SolverKind solver) throws Exception {
    TrainingOptions options = quick(task, sampler, solver);
    Fault.Counting all = new Fault.Counting();
    train(options, all);
    nothingIsLeft();
    int jobs = all.jobs();
    assertThat(jobs).isGreaterThanOrEqualTo(3);
    int step = Math.max(1, jobs / 8);
    for (int job = 0; job < jobs; job += step) {
      Fault fault = new Fault.ThrownIn(job);
      assertThatThrownBy(() -> train(options, fault))
          .hasStackTraceContaining(Fault.Throwing.MESSAGE);
      nothingIsLeft();
    }
  }

  @Test
  @Tag("soak")
  void afterAHundredFits() throws Exception {
    int threads = 0;
    for (int i = 0; i < SOAK_FITS; i++) {
      train(quick(Task.BINARY, GateSampler.GAUSSIAN, SolverKind.ADMM), Fault.NONE);
      nothingIsLeft();
      threads = i == SOAK_FITS / 5 ? Thread.activeCount() : threads;
    }
    assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 2);
  }
}
