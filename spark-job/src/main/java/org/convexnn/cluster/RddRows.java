package org.convexnn.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.convexnn.block.Block;
import org.convexnn.block.pass.RowPass;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.Imputation;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.Rows;

/**
 * All rows of a data set as a cached RDD of blocks. A sum is one Spark job: the job is broadcast,
 * one worker per partition accepts the partition's blocks in order, the partial results are added
 * in a tree. Sums are the same from run to run: see {@link TreeSum}.
 *
 * <p>Closing it releases the cached blocks and everything that was derived from them.
 */
public final class RddRows implements Rows, AutoCloseable {

  private final JavaSparkContext context;
  private final JavaRDD<PackedBlock> packed;
  private final LeanRdd<PackedBlock> lean;
  private final JavaRDD<PackedBlock> blocks;
  private final DataSummary summary;
  private final int depth;
  private final boolean marked;
  private final boolean[] categorical;
  private final List<RddGatedRows> derived = new ArrayList<>();

  private final boolean missing;
  private final int labels;
  private final List<RddRows> imputed = new ArrayList<>();

  private RddRows(
      JavaSparkContext context,
      JavaRDD<PackedBlock> packed,
      DataSummary summary,
      int depth,
      boolean marked,
      boolean[] categorical,
      boolean missing,
      int labels) {
    this.context = context;
    this.packed = packed;
    this.lean = LeanRdd.of(packed.rdd());
    this.blocks = lean.asJava();
    this.summary = summary;
    this.depth = depth;
    this.marked = marked;
    this.categorical = categorical;
    this.missing = missing;
    this.labels = labels;
  }

  /**
   * Packs rows into cached blocks and checks them, in one job.
   *
   * @param rows rows of three columns: features (Vector), label (double, or of several an array of them),
   *     weight (double); and of a
   *     fourth, the mark (boolean) or a hash of the group (long), where the columns have one
   * @throws IllegalArgumentException naming the first row that cannot be trained on, its column,
   *     the value and the remedy
   */
  public static RddRows pack(JavaRDD<Row> rows, Packing packing) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(rows.context());
    JavaRDD<PackedBlock> packed =
        rows.mapPartitions(new BlockPacker(packing))
            .setName("ConvexNN rows")
            .persist(StorageLevel.MEMORY_AND_DISK());
    try (JobScope scope = new JobScope(context, "ConvexNN: pack and check rows")) {
      List<PackingReport> reports = scope.collect(packed.mapPartitions(new ReportOfPartition()));
      DataSummary summary = DataSummary.of(reports, packing.columns());
      boolean[] categorical = new boolean[summary.features()];
      for (int j = 0; j < Math.min(categorical.length, packing.codes().length); j++) {
        categorical[j] = packing.codes()[j] > 0;
      }
      return new RddRows(
          context,
          packed,
          summary,
          packing.aggregationDepth(),
          packing.marked(),
          categorical,
          packing.missing(),
          packing.labels());
    } catch (Throwable failure) {
      packed.unpersist(false);
      throw failure;
    }
  }

  /** What the data set holds. */
  public DataSummary summary() {
    return summary;
  }

  @Override
  public int features() {
    return categorical.length;
  }

  @Override
  public Map<Long, Double> groups() {
    return summary.groups();
  }

  @Override
  public boolean missing() {
    return missing;
  }

  /** Cached in place of these; whatever these had cached is computed again where it is asked for. */
  @Override
  public RddRows imputed(Imputation imputation) {
    JavaRDD<PackedBlock> complete = packed;
    if (!summary.missing().isEmpty() || imputation.indicated().length > 0) {
      complete =
          packed
              .map(block -> block.imputed(imputation))
              .setName("ConvexNN rows, missing values imputed")
              .persist(StorageLevel.MEMORY_AND_DISK());
      try (JobScope scope = new JobScope(context, "ConvexNN: impute missing values")) {
        scope.collect(complete.mapPartitions(new ReportOfPartition()));
      } catch (Throwable failure) {
        complete.unpersist(false);
        throw failure;
      }
      // Before anything refers to it as cached: an executor would cache it again.
      packed.unpersist(false);
    }
    RddRows rows =
        new RddRows(
            context,
            complete,
            summary,
            depth,
            marked,
            Arrays.copyOf(categorical, imputation.width()),
            false,
            labels);
    imputed.add(rows);
    return rows;
  }

  @Override
  public boolean marked() {
    return marked;
  }

  @Override
  public int labels() {
    return labels;
  }

  @Override
  public boolean[] categorical() {
    return categorical.clone();
  }

  /** The executors' cores, but not more than there are partitions. */
  @Override
  public int parallelism() {
    return Math.min(context.defaultParallelism(), packed.getNumPartitions());
  }

  @Override
  public boolean onDriver() {
    return context.isLocal();
  }

  /** What Spark lets the results of a job be, {@code spark.driver.maxResultSize}; 0 is no bound. */
  @Override
  public double mostResultBytes() {
    long most = context.getConf().getSizeAsBytes("spark.driver.maxResultSize", "1g");
    return most == 0 ? Double.POSITIVE_INFINITY : most;
  }

  @Override
  public <A> A sum(String description, RowPass<Block, A> pass) {
    try (JobScope scope = new JobScope(context, description)) {
      Broadcast<JavaSerialized<RowPass<Block, A>>> shipped = scope.broadcast(pass);
      return scope.sum(
          blocks.mapPartitions(new SumOfPartition<>(shipped)), new MergeBy<>(shipped), depth);
    }
  }

  @Override
  public GatedRows activate(GateSet gates, FeatureMap map) {
    derived.removeIf(RddGatedRows::closed);
    RddGatedRows gated = new RddGatedRows(context, blocks, gates, map, depth);
    derived.add(gated);
    return gated;
  }

  @Override
  public void close() {
    derived.forEach(RddGatedRows::close);
    derived.clear();
    imputed.forEach(RddRows::close);
    packed.unpersist(false);
    lean.close();
  }

  private static final class ReportOfPartition
      implements FlatMapFunction<Iterator<PackedBlock>, PackingReport> {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<PackingReport> call(Iterator<PackedBlock> blocks) {
      PackingReport sum = PackingReport.none();
      while (blocks.hasNext()) {
        sum = sum.plus(blocks.next().report());
      }
      return List.of(sum).iterator();
    }
  }

  private static final class SumOfPartition<A>
      implements FlatMapFunction<Iterator<PackedBlock>, Partial<A>> {
    private static final long serialVersionUID = 1L;
    private final Broadcast<JavaSerialized<RowPass<Block, A>>> job;

    SumOfPartition(Broadcast<JavaSerialized<RowPass<Block, A>>> job) {
      this.job = job;
    }

    @Override
    public Iterator<Partial<A>> call(Iterator<PackedBlock> packed) {
      RowPass.Worker<Block, A> worker = job.value().value().worker();
      Iterator<PackedBlock> blocks = PackedBlock.withRows(packed);
      while (blocks.hasNext()) {
        worker.accept(blocks.next().block());
      }
      return List.of(new Partial<>(TaskContext.getPartitionId(), worker.result())).iterator();
    }
  }

  private static final class MergeBy<A> implements Merge<A> {
    private static final long serialVersionUID = 1L;
    private final Broadcast<JavaSerialized<RowPass<Block, A>>> job;

    MergeBy(Broadcast<JavaSerialized<RowPass<Block, A>>> job) {
      this.job = job;
    }

    @Override
    public A merge(A left, A right) {
      return job.value().value().merge(left, right);
    }
  }
}
