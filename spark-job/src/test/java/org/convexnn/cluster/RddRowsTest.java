package org.convexnn.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.RDDBlockId;
import org.convexnn.SparkTest;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.pass.RowPass;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.LocalRows;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("spark")
class RddRowsTest {

  private static final int D = 3;
  private static final List<Row> ROWS = TestRows.random(500, D, 1);

  /** One block per partition, cut as parallelize cuts. */
  private static List<Block> blocks(int partitions) {
    List<Block> blocks = new ArrayList<>();
    int n = ROWS.size();
    for (int p = 0; p < partitions; p++) {
      int from = p * n / partitions;
      int to = (p + 1) * n / partitions;
      double[] x = new double[(to - from) * D];
      double[] y = new double[to - from];
      double[] w = new double[to - from];
      for (int r = from; r < to; r++) {
        Row row = ROWS.get(r);
        double[] values = ((org.apache.spark.ml.linalg.Vector) row.get(0)).toArray();
        System.arraycopy(values, 0, x, (r - from) * D, D);
        y[r - from] = row.getDouble(1);
        w[r - from] = row.getDouble(2);
      }
      blocks.add(new Block(D, x, y, w));
    }
    return blocks;
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "7,1", "23,1"})
  void equalsTheSumInMemoryBitByBit(int partitions, int depth) {
    double[] expected = new LocalRows(blocks(partitions)).sum("", new WeightedSum(D));
    try (RddRows rows = TestRows.pack(ROWS, partitions, 0, depth)) {
      assertThat(rows.features()).isEqualTo(D);
      assertThat(rows.sum("test", new WeightedSum(D))).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"23,2", "23,3", "40,2", "64,3"})
  void aDeepTreeGivesTheSameSumEveryTime(int partitions, int depth) {
    double[] expected = new LocalRows(blocks(partitions)).sum("", new WeightedSum(D));
    try (RddRows rows = TestRows.pack(ROWS, partitions, 0, depth)) {
      double[] first = rows.sum("test", new WeightedSum(D));
      assertThat(first).containsExactly(expected, within(1e-10));
      for (int i = 0; i < 3; i++) {
        assertThat(rows.sum("test", new WeightedSum(D))).isEqualTo(first);
      }
    }
  }

  @Test
  void emptyPartitionsCountAsZero() {
    try (RddRows rows = TestRows.pack(ROWS.subList(0, 3), 8, 0, 2)) {
      assertThat(rows.sum("test", new WeightedSum(D))[1]).isEqualTo(3);
    }
  }

  @Test
  void blocksHoldAtMostWhatWasAllowed() {
    double thirtyRows = 30.0 * D * Double.BYTES / (1 << 20);
    try (RddRows rows = TestRows.pack(ROWS, 2, thirtyRows, 2)) {
      // 250 rows a partition: 9 blocks each
      assertThat(rows.sum("test", new WeightedSum(D))).startsWith(18, 500);
    }
    try (RddRows rows = TestRows.pack(ROWS, 2, 1e-9, 2)) {
      assertThat(rows.sum("test", new WeightedSum(D))).startsWith(500, 500);
    }
  }

  @Test
  void parallelismIsNoMoreThanPartitions() {
    try (RddRows one = TestRows.pack(ROWS, 1, 0, 2);
        RddRows many = TestRows.pack(ROWS, 9, 0, 2)) {
      assertThat(one.parallelism()).isEqualTo(1);
      assertThat(many.parallelism()).isEqualTo(2);
    }
  }

  @Test
  void jobsCarryTheirDescriptionAndGiveBackTheOneBefore() throws Exception {
    AtomicReference<Object> seen = new AtomicReference<>();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onJobStart(SparkListenerJobStart start) {
            seen.set(start.properties().get("spark.job.description"));
          }
        };
    try (RddRows rows = TestRows.pack(ROWS, 2, 0, 2)) {
      SparkTest.context().sc().addSparkListener(listener);
      SparkTest.context().sc().setJobDescription("the user's");
      rows.sum("ADMM pass 12, gap 3.1e-3", new WeightedSum(D));
      SparkTest.context().sc().listenerBus().waitUntilEmpty();
      assertThat(seen.get()).isEqualTo("ADMM pass 12, gap 3.1e-3");
      assertThat(SparkTest.context().getLocalProperty("spark.job.description"))
          .isEqualTo("the user's");
    } finally {
      SparkTest.context().sc().setJobDescription(null);
      SparkTest.context().sc().removeSparkListener(listener);
    }
  }

  @Test
  void closingReleasesWhatIsCached() {
    int before = SparkTest.context().getPersistentRDDs().size();
    RddRows rows = TestRows.pack(ROWS, 2, 0, 2);
    GatedRows gated = rows.activate(gates(), FeatureMap.identity(D));
    gated.sum("test", new CountActive());
    assertThat(SparkTest.context().getPersistentRDDs()).hasSize(before + 2);
    rows.close();
    gated.close();
    assertThat(SparkTest.context().getPersistentRDDs()).hasSize(before);
  }

  @Test
  void aRefusedDataSetLeavesNothingCached() {
    int before = SparkTest.context().getPersistentRDDs().size();
    List<Row> bad = List.of(TestRows.row(TestRows.vector(1, 2), Double.NaN, 1.0));
    assertThatThrownBy(() -> TestRows.pack(bad, 1, 0, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(SparkTest.context().getPersistentRDDs()).hasSize(before);
  }

  @Test
  void gatedRowsSeeTheSamePatternsAsInMemory() {
    int partitions = 5;
    GatedRows local = new LocalRows(blocks(partitions)).activate(gates(), FeatureMap.identity(D));
    try (RddRows rows = TestRows.pack(ROWS, partitions, 1e-3, 2)) {
      GatedRows gated = rows.activate(gates(), FeatureMap.identity(D));
      long[] expected = local.sum("", new CountActive());
      assertThat(gated.sum("test", new CountActive())).isEqualTo(expected);
      assertThat(expected[0]).isBetween(1L, 499L);
    }
  }

  /** As when an executor with blocks is lost and a shuffle delivers their rows in another order. */
  @Test
  void rowsThatComeBackInAnotherOrderGetPatternsOfTheirOwn() {
    TURNED.set(false);
    JavaRDD<Row> input = TestRows.rdd(ROWS, 2).mapPartitions(new Turning());
    try (RddRows rows = RddRows.pack(input, TestRows.packing(2, 1e-3, 2))) {
      GatedRows gated = rows.activate(gates(), FeatureMap.identity(D));
      long[] expected = gated.sum("test", new Mismatches());
      TURNED.set(true);
      SparkTest.context().getPersistentRDDs().values().stream()
          .filter(rdd -> "ConvexNN rows".equals(rdd.name()))
          .forEach(RddRowsTest::lose);
      assertThat(gated.sum("test", new Mismatches())).isEqualTo(expected).containsExactly(0, 500);
    } finally {
      TURNED.set(false);
    }
  }

  private static final AtomicBoolean TURNED = new AtomicBoolean();

  private static void lose(JavaRDD<?> rdd) {
    for (int p = 0; p < rdd.getNumPartitions(); p++) {
      SparkEnv.get().blockManager().removeBlock(new RDDBlockId(rdd.id(), p), true);
    }
  }

  private static final class Turning implements FlatMapFunction<Iterator<Row>, Row> {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      List<Row> list = new ArrayList<>();
      rows.forEachRemaining(list::add);
      if (TURNED.get()) {
        Collections.reverse(list);
      }
      return list.iterator();
    }
  }

  /** [bits that are not those of their row, rows]. */
  private static final class Mismatches implements RowPass<GatedBlock, long[]> {
    private static final long serialVersionUID = 1L;

    @Override
    public Worker<GatedBlock, long[]> worker() {
      long[] count = new long[2];
      return new Worker<>() {
        @Override
        public void accept(GatedBlock gated) {
          for (int r = 0; r < gated.block().rows(); r++) {
            count[0] += gated.patterns().active(r, 0) != gated.block().value(r, 0) >= 0.2 ? 1 : 0;
            count[1]++;
          }
        }

        @Override
        public long[] result() {
          return count;
        }
      };
    }

    @Override
    public long[] merge(long[] left, long[] right) {
      return new long[] {left[0] + right[0], left[1] + right[1]};
    }
  }

  @Test
  void anExceptionOfAWorkerReachesTheCallerAndRestoresTheDescription() {
    try (RddRows rows = TestRows.pack(ROWS, 2, 0, 2)) {
      assertThatThrownBy(() -> rows.sum("test", new WeightedSum(D + 1)))
          .hasStackTraceContaining("ArrayIndexOutOfBounds");
      assertThat(SparkTest.context().getLocalProperty("spark.job.description")).isNull();
    }
  }

  private static GateSet gates() {
    return GateSet.of(
        new HalfSpaces(
            D, new double[] {1, 0, 0, 0, -1, 0.5}, new double[] {0.2, 0}, new double[] {0.5, 0.5}));
  }

  /** Counts the rows on which each gate is active. */
  private static final class CountActive implements RowPass<GatedBlock, long[]> {
    private static final long serialVersionUID = 1L;

    @Override
    public Worker<GatedBlock, long[]> worker() {
      long[] count = new long[2];
      return new Worker<>() {
        @Override
        public void accept(GatedBlock gated) {
          for (int r = 0; r < gated.block().rows(); r++) {
            for (int p = 0; p < count.length; p++) {
              count[p] += gated.patterns().active(r, p) ? 1 : 0;
            }
          }
        }

        @Override
        public long[] result() {
          return count;
        }
      };
    }

    @Override
    public long[] merge(long[] left, long[] right) {
      return new long[] {left[0] + right[0], left[1] + right[1]};
    }
  }
}
