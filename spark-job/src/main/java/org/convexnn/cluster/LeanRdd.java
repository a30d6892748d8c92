package org.convexnn.cluster;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.Dependency;
import org.apache.spark.NarrowDependency;
import org.apache.spark.Partition;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;

/**
 * A cached RDD as seen by many small jobs: its lineage is broadcast once instead of being written
 * by the scheduler for every job and read back by every task, which for the plan of a DataFrame
 * takes longer than a small pass. The scheduler still knows the lineage: lost partitions are
 * computed again and cached blocks are preferred.
 */
final class LeanRdd<T> extends RDD<T> {

  private static final long serialVersionUID = 1L;

  private final Broadcast<Lineage<T>> lineage;

  private LeanRdd(RDD<T> parent, Broadcast<Lineage<T>> lineage) {
    super(
        parent.context(),
        CollectionConverters.asScala(List.<Dependency<?>>of(new OnDriver<>(parent))).toSeq(),
        parent.elementClassTag());
    this.lineage = lineage;
  }

  /** A view of an RDD. */
  static <T> LeanRdd<T> of(RDD<T> parent) {
    ByteBuffer written =
        SparkEnv.get().closureSerializer().newInstance().serialize(parent, tag(RDD.class));
    byte[] bytes = new byte[written.remaining()];
    written.get(bytes);
    return new LeanRdd<>(
        parent, parent.context().broadcast(new Lineage<>(bytes), tag(Lineage.class)));
  }

  private static <U> ClassTag<U> tag(Class<?> type) {
    return scala.reflect.ClassTag$.MODULE$.apply(type);
  }

  /**
   * An RDD in bytes, read back once in each JVM. In bytes, because Spark would take an RDD's size for
   * that of everything it refers to on the driver, and evict that many blocks for it.
   */
  @DefaultSerializer(JavaSerializer.class)
  private static final class Lineage<T> implements Serializable {
    private static final long serialVersionUID = 1L;
    private final byte[] bytes;
    private transient RDD<T> rdd;

    Lineage(byte[] bytes) {
      this.bytes = bytes;
    }

    synchronized RDD<T> rdd() {
      if (rdd == null) {
        rdd =
            SparkEnv.get()
                .closureSerializer()
                .newInstance()
                .deserialize(
                    ByteBuffer.wrap(bytes),
                    Thread.currentThread().getContextClassLoader(),
                    tag(RDD.class));
      }
      return rdd;
    }
  }

  JavaRDD<T> asJava() {
    return JavaRDD.fromRDD(this, elementClassTag());
  }

  /** Forgets the lineage; no job can run any more. */
  void close() {
    lineage.destroy();
  }

  @Override
  public Iterator<T> compute(Partition split, TaskContext context) {
    return lineage.value().rdd().iterator(((Numbered) split).parent, context);
  }

  @Override
  public Partition[] getPartitions() {
    return Arrays.stream(firstParent(elementClassTag()).partitions())
        .map(Numbered::new)
        .toArray(Partition[]::new);
  }

  /** A partition with that of the parent. */
  private static final class Numbered implements Partition {
    private static final long serialVersionUID = 1L;
    private final Partition parent;

    Numbered(Partition parent) {
      this.parent = parent;
    }

    @Override
    public int index() {
      return parent.index();
    }
  }

  /** One to one; what is sent to executors does not name the parent. */
  private static final class OnDriver<T> extends NarrowDependency<T> {
    private static final long serialVersionUID = 1L;

    OnDriver(RDD<T> parent) {
      super(parent);
    }

    @Override
    public Seq<Object> getParents(int partition) {
      return CollectionConverters.asScala(List.<Object>of(partition)).toSeq();
    }

    private Object writeReplace() {
      return new OnExecutor<T>();
    }
  }

  /** Stands in its place on executors, where nobody asks. */
  private static final class OnExecutor<T> extends Dependency<T> {
    private static final long serialVersionUID = 1L;

    @Override
    public RDD<T> rdd() {
      throw new IllegalStateException("the lineage is known to the driver alone");
    }
  }
}
