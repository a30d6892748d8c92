package org.convexnn.cluster;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.apache.spark.SparkEnv;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockResult;
import org.apache.spark.storage.RDDBlockId;
import org.apache.spark.storage.StorageLevel;
import org.convexnn.block.RowState;
import scala.Option;
import scala.collection.Iterator;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * The row states of one partition's blocks, in the order of the blocks.
 *
 * <p>Kept in the executors' block managers under the name of an RDD block, but not as an RDD: an
 * RDD per pass would carry the lineage of all passes before it, and recomputing it would repeat
 * them. A state that is lost is simply gone; the jobs are written for that.
 *
 * @param fingerprints of the blocks that the states were computed from
 * @param states state of each block
 */
@DefaultSerializer(JavaSerializer.class)
record PartitionStates(long[] fingerprints, RowState[] states) implements Serializable {

  private static final PartitionStates NONE = new PartitionStates(new long[0], new RowState[0]);
  private static final ClassTag<PartitionStates> TAG =
      ClassTag$.MODULE$.apply(PartitionStates.class);

  /** The states of the blocks with these fingerprints. */
  static PartitionStates of(List<Long> fingerprints, List<RowState> states) {
    return new PartitionStates(
        fingerprints.stream().mapToLong(Long::longValue).toArray(),
        states.toArray(new RowState[0]));
  }

  /**
   * Reads a partition's states from this executor or another; runs inside a task.
   *
   * @return no states where none are to be found
   */
  static PartitionStates read(int stateId, int partition) {
    BlockManager blocks = SparkEnv.get().blockManager();
    Option<BlockResult> found = blocks.get(new RDDBlockId(stateId, partition), TAG);
    if (found.isEmpty()) {
      return NONE;
    }
    Iterator<Object> data = found.get().data();
    PartitionStates states = NONE;
    // To the end, because that is what releases the read lock of a local block.
    while (data.hasNext()) {
      states = (PartitionStates) data.next();
    }
    return states;
  }

  /**
   * Keeps a partition's states on this executor; runs inside a task. Where another attempt of the
   * task has kept them already, that copy stays.
   */
  void write(int stateId, int partition) {
    SparkEnv.get()
        .blockManager()
        .putSingle(
            new RDDBlockId(stateId, partition), this, StorageLevel.MEMORY_AND_DISK(), true, TAG);
  }

  /**
   * The state of a block, if it is there and is about the same rows.
   *
   * @param block the block's place in its partition
   * @param fingerprint the block's fingerprint
   */
  Optional<RowState> state(int block, long fingerprint) {
    return block < states.length && fingerprints[block] == fingerprint
        ? Optional.of(states[block])
        : Optional.empty();
  }
}
