package org.convexnn.cluster;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.FlatMapFunction2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.Patterns;
import org.convexnn.block.RowState;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.StepPass;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.solver.rows.GatedRows;

/**
 * The rows with their activation patterns: a cached RDD of patterns beside the cached blocks, the
 * two zipped by partition in every job. Row states are kept as {@link PartitionStates} says.
 */
final class RddGatedRows implements GatedRows {

  /** No id: Spark gives RDDs ids from 0. */
  private static final int NOT_KEPT = -1;

  private final JavaSparkContext context;
  private final JavaRDD<PackedBlock> packed;
  private final JavaRDD<BlockPatterns> patterns;
  private final Broadcast<JavaSerialized<Gates>> gates;
  private final int depth;

  /** The id under which a state's blocks are kept: a new one whenever a number is written. */
  private final Map<Integer, Integer> stateIds = new HashMap<>();

  private boolean closed;

  RddGatedRows(
      JavaSparkContext context,
      JavaRDD<PackedBlock> packed,
      GateSet gateSet,
      FeatureMap map,
      int depth) {
    this.context = context;
    this.packed = packed;
    this.depth = depth;
    // Lives as long as the patterns: a lost partition is computed again from it.
    this.gates = context.broadcast(new JavaSerialized<>(new Gates(gateSet, map)));
    this.patterns =
        packed
            .mapPartitions(new PatternsOfPartition(gates))
            .setName("ConvexNN patterns of " + gateSet.size() + " gates")
            .persist(StorageLevel.MEMORY_AND_DISK());
  }

  @Override
  public <A> A sum(String description, RowPass<GatedBlock, A> pass) {
    return step(description, new Stateless<>(pass), NO_STATE, NO_STATE);
  }

  @Override
  public <A> A step(String description, StepPass<A> pass, int from, int to) {
    if (closed) {
      throw new IllegalStateException("these gated rows are closed");
    }
    Optional<Integer> read = Optional.ofNullable(stateIds.get(from));
    Optional<Integer> written =
        to == NO_STATE ? Optional.empty() : Optional.of(context.sc().newRddId());
    try (JobScope scope = new JobScope(context, description)) {
      Broadcast<JavaSerialized<StepPass<A>>> shipped = scope.broadcast(pass);
      JavaRDD<Partial<A>> partials =
          packed.zipPartitions(
              patterns,
              new StepOfPartition<>(
                  shipped, gates, read.orElse(NOT_KEPT), written.orElse(NOT_KEPT)));
      A result = scope.sum(partials, new MergeBy<>(shipped), depth);
      written.ifPresent(
          id -> {
            release(to);
            stateIds.put(to, id);
          });
      return result;
    } catch (Throwable failure) {
      written.ifPresent(this::forget);
      throw failure;
    }
  }

  @Override
  public void release(int state) {
    Optional.ofNullable(stateIds.remove(state)).ifPresent(this::forget);
  }

  /** Not by the block manager alone: dynamic allocation must hear of it to let executors go. */
  private void forget(int stateId) {
    context.sc().unpersistRDD(stateId, false);
  }

  /** The id under which a state is kept now; for tests. */
  Optional<Integer> stateId(int state) {
    return Optional.ofNullable(stateIds.get(state));
  }

  boolean closed() {
    return closed;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      List.copyOf(stateIds.keySet()).forEach(this::release);
      patterns.unpersist(false);
      gates.destroy();
    }
  }

  private record Gates(GateSet gates, FeatureMap map) implements Serializable {
    Patterns patterns(Block block) {
      return Patterns.of(block, gates, map);
    }
  }

  private static final class PatternsOfPartition
      implements FlatMapFunction<Iterator<PackedBlock>, BlockPatterns> {
    private static final long serialVersionUID = 1L;
    private final Broadcast<JavaSerialized<Gates>> gates;

    PatternsOfPartition(Broadcast<JavaSerialized<Gates>> gates) {
      this.gates = gates;
    }

    @Override
    public Iterator<BlockPatterns> call(Iterator<PackedBlock> packed) {
      Gates value = gates.value().value();
      Iterator<PackedBlock> blocks = PackedBlock.withRows(packed);
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return blocks.hasNext();
        }

        @Override
        public BlockPatterns next() {
          PackedBlock block = blocks.next();
          return new BlockPatterns(value.patterns(block.block()), block.fingerprint());
        }
      };
    }
  }

  private static final class StepOfPartition<A>
      implements FlatMapFunction2<Iterator<PackedBlock>, Iterator<BlockPatterns>, Partial<A>> {
    private static final long serialVersionUID = 1L;
    private final Broadcast<JavaSerialized<StepPass<A>>> job;
    private final Broadcast<JavaSerialized<Gates>> gates;
    private final int from;
    private final int to;

    StepOfPartition(
        Broadcast<JavaSerialized<StepPass<A>>> job,
        Broadcast<JavaSerialized<Gates>> gates,
        int from,
        int to) {
      this.job = job;
      this.gates = gates;
      this.from = from;
      this.to = to;
    }

    @Override
    public Iterator<Partial<A>> call(
        Iterator<PackedBlock> packed, Iterator<BlockPatterns> patterns) {
      int partition = TaskContext.getPartitionId();
      Optional<PartitionStates> previous =
          from == NOT_KEPT ? Optional.empty() : Optional.of(PartitionStates.read(from, partition));
      StepPass.Worker<A> worker = job.value().value().worker();
      List<RowState> kept = new ArrayList<>();
      List<Long> fingerprints = new ArrayList<>();
      Iterator<PackedBlock> blocks = PackedBlock.withRows(packed);
      int count = 0;
      while (blocks.hasNext()) {
        PackedBlock block = blocks.next();
        int number = count++;
        Optional<RowState> state = previous.flatMap(p -> p.state(number, block.fingerprint()));
        RowState next = worker.accept(gated(block, patterns), state);
        if (to != NOT_KEPT) {
          kept.add(next);
          fingerprints.add(block.fingerprint());
        }
      }
      if (to != NOT_KEPT) {
        PartitionStates.of(fingerprints, kept).write(to, partition);
      }
      return List.of(new Partial<>(partition, worker.result())).iterator();
    }

    private GatedBlock gated(PackedBlock block, Iterator<BlockPatterns> patterns) {
      Optional<BlockPatterns> kept =
          patterns.hasNext() ? Optional.of(patterns.next()) : Optional.empty();
      Patterns fitting =
          kept.filter(k -> k.fingerprint() == block.fingerprint())
              .map(BlockPatterns::patterns)
              // Only after a loss, and only where rows come back in another order.
              .orElseGet(() -> gates.value().value().patterns(block.block()));
      return new GatedBlock(block.block(), fitting);
    }
  }

  /** A sum as a step that keeps nothing. */
  private static final class Stateless<A> implements StepPass<A> {
    private static final long serialVersionUID = 1L;
    private final RowPass<GatedBlock, A> pass;

    Stateless(RowPass<GatedBlock, A> pass) {
      this.pass = pass;
    }

    @Override
    public Worker<A> worker() {
      return new StatelessWorker<>(pass.worker());
    }

    @Override
    public A merge(A left, A right) {
      return pass.merge(left, right);
    }
  }

  private static final class StatelessWorker<A> implements StepPass.Worker<A> {
    private final RowPass.Worker<GatedBlock, A> worker;

    StatelessWorker(RowPass.Worker<GatedBlock, A> worker) {
      this.worker = worker;
    }

    @Override
    public RowState accept(GatedBlock block, Optional<RowState> previous) {
      worker.accept(block);
      return RowState.NONE;
    }

    @Override
    public A result() {
      return worker.result();
    }
  }

  private static final class MergeBy<A> implements Merge<A> {
    private static final long serialVersionUID = 1L;
    private final Broadcast<JavaSerialized<StepPass<A>>> job;

    MergeBy(Broadcast<JavaSerialized<StepPass<A>>> job) {
      this.job = job;
    }

    @Override
    public A merge(A left, A right) {
      return job.value().value().merge(left, right);
    }
  }
}
