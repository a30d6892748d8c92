package org.convexnn.cluster;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.PairFunction;
import scala.Tuple2;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * The sum of one partial result per partition, as RDD.treeReduce computes it (levels of about
 * n^(1/depth) results, merged on executors, the last level on the driver), but in a fixed order:
 * treeReduce adds in the order in which tasks happen to finish, so its rounding differs from run to
 * run.
 */
final class TreeSum {

  private TreeSum() {}

  /**
   * Runs the job.
   *
   * @param partials exactly one element per partition, {@code index} the partition's number; at
   *     least one partition
   * @param merge the sum of two
   * @param depth levels of the tree, at least 1
   */
  static <A> A of(JavaRDD<Partial<A>> partials, Merge<A> merge, int depth) {
    JavaRDD<Partial<A>> level = partials;
    int n = partials.getNumPartitions();
    int scale = Math.max(2, (int) Math.ceil(Math.pow(n, 1.0 / depth)));
    // The rule of RDD.treeAggregate: no further level where it would not save the driver work.
    while (n > scale + Math.ceil((double) n / scale)) {
      int groups = n / scale;
      level =
          level
              .mapToPair(new ByGroup<A>(n, groups))
              .partitionBy(new HashPartitioner(groups))
              .mapPartitions(new MergeGroups<>(n, groups, merge));
      n = groups;
    }
    OrderedMerge<A> sum = new OrderedMerge<>(merge, 0);
    ClassTag<Partial<A>> tag = ClassTag$.MODULE$.apply(Partial.class);
    level.context().runJob(level.rdd(), new Only<Partial<A>>(), new Collect<>(sum), tag);
    return sum.sum(n);
  }

  /** Group g of n results in {@code groups} contiguous groups begins here. */
  private static int firstOf(int group, int n, int groups) {
    return (int) (((long) group * n + groups - 1) / groups);
  }

  private static final class ByGroup<A> implements PairFunction<Partial<A>, Integer, Partial<A>> {
    private static final long serialVersionUID = 1L;
    private final int n;
    private final int groups;

    ByGroup(int n, int groups) {
      this.n = n;
      this.groups = groups;
    }

    @Override
    public Tuple2<Integer, Partial<A>> call(Partial<A> partial) {
      return new Tuple2<>((int) ((long) partial.index() * groups / n), partial);
    }
  }

  /** A partition of the shuffle holds exactly the group of its number. */
  private static final class MergeGroups<A>
      implements FlatMapFunction<Iterator<Tuple2<Integer, Partial<A>>>, Partial<A>> {
    private static final long serialVersionUID = 1L;
    private final int n;
    private final int groups;
    private final Merge<A> merge;

    MergeGroups(int n, int groups, Merge<A> merge) {
      this.n = n;
      this.groups = groups;
      this.merge = merge;
    }

    @Override
    public Iterator<Partial<A>> call(Iterator<Tuple2<Integer, Partial<A>>> members) {
      Tuple2<Integer, Partial<A>> member = members.next();
      int group = member._1();
      int first = firstOf(group, n, groups);
      OrderedMerge<A> sum = new OrderedMerge<>(merge, first);
      sum.accept(member._2().index(), member._2().value());
      while (members.hasNext()) {
        Partial<A> partial = members.next()._2();
        sum.accept(partial.index(), partial.value());
      }
      return List.of(new Partial<>(group, sum.sum(firstOf(group + 1, n, groups) - first)))
          .iterator();
    }
  }

  /** The only element of a partition. */
  private static final class Only<T> extends AbstractFunction1<scala.collection.Iterator<T>, T>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public T apply(scala.collection.Iterator<T> elements) {
      return elements.next();
    }
  }

  /** Runs on the driver. */
  private static final class Collect<A> extends AbstractFunction2<Object, Partial<A>, BoxedUnit> {
    private final OrderedMerge<A> sum;

    Collect(OrderedMerge<A> sum) {
      this.sum = sum;
    }

    @Override
    public BoxedUnit apply(Object partition, Partial<A> partial) {
      sum.accept((int) partition, partial.value());
      return BoxedUnit.UNIT;
    }
  }
}
