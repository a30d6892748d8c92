package org.convexnn.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.RDDBlockId;
import org.apache.spark.storage.StorageLevel;
import org.convexnn.SparkTest;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowState;
import org.convexnn.block.pass.StepPass;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("spark")
class RowStateTest {

  private static final int PARTITIONS = 4;
  // 100 rows of 2 features in 4 partitions, 10 rows a block: 3 blocks a partition
  private static final double TEN_ROWS = 10 * 2.0 * Double.BYTES / (1 << 20);
  private static final int BLOCKS = 12;

  private RddRows rows;
  private RddGatedRows gated;

  @BeforeEach
  void pack() {
    rows = TestRows.pack(TestRows.random(100, 2, 2), PARTITIONS, TEN_ROWS, 2);
    gated = (RddGatedRows) rows.activate(GateSet.of(HalfSpaces.none(2)), FeatureMap.identity(2));
  }

  @AfterEach
  void release() {
    rows.close();
  }

  /** [blocks that found a state, sum of what they found]; the new state is what was found + 1. */
  private long[] step(int from, int to) {
    return gated.step("test", new Increment(), from, to);
  }

  @Test
  void aStateIsReadByTheNextPass() {
    assertThat(step(0, 1)).containsExactly(0, 0);
    assertThat(step(1, 2)).containsExactly(BLOCKS, BLOCKS);
    assertThat(step(2, 0)).containsExactly(BLOCKS, 2 * BLOCKS);
    // states are not consumed
    assertThat(step(1, 0)).containsExactly(BLOCKS, BLOCKS);
  }

  @Test
  void aLostPartitionIsGivenNoState() {
    step(0, 1);
    int id = gated.stateId(1).orElseThrow();
    SparkEnv.get().blockManager().removeBlock(new RDDBlockId(id, 2), true);
    assertThat(step(1, 2)).containsExactly(9, 9);
    // from there on it has one again
    assertThat(step(2, 0)).containsExactly(BLOCKS, 2 * 9 + 3);
  }

  @Test
  void aStateOfOtherRowsCountsAsLost() {
    step(0, 1);
    int id = gated.stateId(1).orElseThrow();
    PartitionStates kept = PartitionStates.read(id, 0);
    SparkEnv.get().blockManager().removeBlock(new RDDBlockId(id, 0), true);
    long[] prints = kept.fingerprints();
    // of three blocks the first has other rows, the second is as it was, the third is missing
    PartitionStates.of(List.of(prints[0] + 1, prints[1]), List.of(kept.states()).subList(0, 2))
        .write(id, 0);
    assertThat(step(1, 0)[0]).isEqualTo(BLOCKS - 2);
  }

  @Test
  void writingANumberAgainReplacesTheState() {
    step(0, 1);
    int first = gated.stateId(1).orElseThrow();
    assertThat(step(1, 1)).containsExactly(BLOCKS, BLOCKS);
    assertThat(step(1, 0)).containsExactly(BLOCKS, 2 * BLOCKS);
    assertThat(gated.stateId(1)).isNotEqualTo(Optional.of(first));
    assertThat(kept(first)).isFalse();
  }

  @Test
  void aCopyThatIsThereAlreadyStays() {
    step(0, 1);
    int id = gated.stateId(1).orElseThrow();
    PartitionStates before = PartitionStates.read(id, 0);
    PartitionStates.of(List.of(), List.of()).write(id, 0);
    assertThat(PartitionStates.read(id, 0)).isSameAs(before);
  }

  @Test
  void releaseForgetsTheState() throws Exception {
    step(0, 1);
    int id = gated.stateId(1).orElseThrow();
    gated.release(1);
    gated.release(1);
    assertThat(step(1, 0)).containsExactly(0, 0);
    awaitGone(id);
  }

  @Test
  void closeForgetsAllStates() throws Exception {
    step(0, 1);
    step(1, 2);
    int first = gated.stateId(1).orElseThrow();
    int second = gated.stateId(2).orElseThrow();
    gated.close();
    awaitGone(first);
    awaitGone(second);
    assertThatThrownBy(() -> step(0, 1)).hasMessageContaining("closed");
  }

  @Test
  void aFailedStepKeepsTheStateBefore() {
    step(0, 1);
    assertThatThrownBy(() -> gated.step("test", new Failing(), 1, 1))
        .hasStackTraceContaining("as planned");
    assertThat(step(1, 0)).containsExactly(BLOCKS, BLOCKS);
  }

  @Test
  void statesGoToDiskWhereMemoryIsShort() {
    RowState state = TestRows.state(4);
    RDDBlockId id = new RDDBlockId(SparkTest.context().sc().newRddId(), 0);
    SparkEnv.get()
        .blockManager()
        .putSingle(
            id,
            PartitionStates.of(List.of(1L), List.of(state)),
            StorageLevel.DISK_ONLY(),
            true,
            scala.reflect.ClassTag$.MODULE$.apply(PartitionStates.class));
    RowState read = PartitionStates.read(id.rddId(), 0).state(0, 1L).orElseThrow();
    assertThat(read.fitted()).containsExactly(4);
    SparkTest.context().sc().unpersistRDD(id.rddId(), true);
  }

  /** Asks the stores: a block's status fails while the block is being removed. */
  private static boolean kept(int id) {
    BlockManager blocks = SparkEnv.get().blockManager();
    return IntStream.range(0, PARTITIONS)
        .mapToObj(p -> new RDDBlockId(id, p))
        .anyMatch(b -> blocks.memoryStore().contains(b) || blocks.diskStore().contains(b));
  }

  /** Releasing does not block. */
  private static void awaitGone(int id) throws InterruptedException {
    for (int i = 0; i < 100 && kept(id); i++) {
      Thread.sleep(20);
    }
    assertThat(kept(id)).isFalse();
  }

  private static final class Increment implements StepPass<long[]> {
    private static final long serialVersionUID = 1L;

    @Override
    public Worker<long[]> worker() {
      long[] sum = new long[2];
      return new Worker<>() {
        @Override
        public RowState accept(GatedBlock gated, Optional<RowState> previous) {
          int n = gated.block().rows();
          double value = previous.map(p -> p.fitted().length == n ? p.fitted()[0] : 0).orElse(0.0);
          sum[0] += previous.isPresent() ? 1 : 0;
          sum[1] += (long) value;
          double[] next = new double[n];
          Arrays.fill(next, value + 1);
          return TestRows.state(next);
        }

        @Override
        public long[] result() {
          return sum;
        }
      };
    }

    @Override
    public long[] merge(long[] left, long[] right) {
      return new long[] {left[0] + right[0], left[1] + right[1]};
    }
  }

  private static final class Failing implements StepPass<long[]> {
    private static final long serialVersionUID = 1L;

    @Override
    public Worker<long[]> worker() {
      throw new IllegalStateException("as planned");
    }

    @Override
    public long[] merge(long[] left, long[] right) {
      return left;
    }
  }
}
