package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TraceRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A fit that is to end ends, at the next iteration, also where no job runs at that moment. */
@Tag("spark")
@Timeout(120)
class CancelTest {

  private final CountDownLatch inTheMiddle = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final ConvexReLUClassifier estimator =
      new ConvexReLUClassifier()
          .setSolver("admm")
          .setRegRatio(1e-3)
          .setTol(1e-12)
          .setMaxIter(100_000)
          .setNumGates(8);
  private Set<Integer> persistent;
  private volatile boolean interruptedAtTheEnd;
  private Thread thread;

  @BeforeEach
  void count() {
    persistent = Set.copyOf(SparkTest.context().getPersistentRDDs().keySet());
  }

  private static Dataset<Row> rows() {
    List<Row> rows =
        IntStream.range(0, 300)
            .mapToObj(
                i ->
                    RowFactory.create(
                        Vectors.dense(Math.sin(i), Math.cos(3 * i), Math.sin(7 * i * i)),
                        (double) (i * i % 7 % 2)))
            .toList();
    return SparkTest.session()
        .createDataFrame(
            rows,
            new StructType()
                .add("features", SQLDataTypes.VectorType())
                .add("label", DataTypes.DoubleType));
  }

  /** Begins a fit, which waits between two jobs. */
  private CompletableFuture<Object> begin(String group) throws InterruptedException {
    estimator.setProgress(
        new Progress() {
          @Override
          public void iteration(TraceRecord trace) {
            if (trace.iteration() == 3) {
              inTheMiddle.countDown();
              boolean interrupted = false;
              while (goOn.getCount() > 0) {
                try {
                  goOn.await();
                } catch (InterruptedException e) {
                  interrupted = true;
                }
              }
              if (interrupted) {
                Thread.currentThread().interrupt();
              }
            }
          }

          @Override
          public void message(String text) {}
        });
    Dataset<Row> rows = rows();
    CompletableFuture<Object> fit = new CompletableFuture<>();
    thread =
        new Thread(
            () -> {
              SparkTest.context().setJobGroup(group, "a fit");
              try {
                fit.complete(estimator.fit(rows));
              } catch (Throwable e) {
                interruptedAtTheEnd = Thread.currentThread().isInterrupted();
                fit.completeExceptionally(e);
              }
            });
    thread.start();
    assertThat(inTheMiddle.await(60, TimeUnit.SECONDS)).isTrue();
    return fit;
  }

  private Throwable end(CompletableFuture<Object> fit) throws Exception {
    goOn.countDown();
    try {
      fit.get(60, TimeUnit.SECONDS);
      throw new AssertionError("the fit went on to its end");
    } catch (ExecutionException | CancellationException e) {
      assertThat(persistent).containsAll(SparkTest.context().getPersistentRDDs().keySet());
      return e instanceof ExecutionException ? e.getCause() : e;
    }
  }

  @Test
  void cancelled() throws Exception {
    CompletableFuture<Object> fit = begin("cancelled");
    estimator.cancel();
    assertThat(end(fit))
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("no model was made: it was cancelled");
  }

  @Test
  void interrupted() throws Exception {
    CompletableFuture<Object> fit = begin("interrupted");
    thread.interrupt();
    assertThat(end(fit))
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("no model was made: its thread was interrupted");
    assertThat(interruptedAtTheEnd).isTrue();
  }

  /** Spark goes on with a job whose thread is interrupted. */
  @Test
  void interruptedInAJob() throws Exception {
    CompletableFuture<Object> fit = begin("in a job");
    goOn.countDown();
    Thread.sleep(50);
    thread.interrupt();
    assertThat(end(fit)).isInstanceOf(CancellationException.class);
    for (int jobs = 1; jobs > 0; ) {
      jobs = SparkTest.context().statusTracker().getActiveJobIds().length;
    }
  }

  @Test
  void cancelledWithItsGroup() throws Exception {
    assumeThat(SparkTest.since(4, 0)).isTrue();
    CompletableFuture<Object> fit = begin("group");
    SparkTest.context().sc().cancelJobGroupAndFutureJobs("group");
    assertThat(end(fit)).hasStackTraceContaining("cancelled");
  }

  /** A forest on few rows is solved on the driver: no job of its own meets the cancellation. */
  @Test
  void cancelledWithItsGroupOnTheDriver() throws Exception {
    assumeThat(SparkTest.since(4, 0)).isTrue();
    estimator.setNumGates(0).setNumTrees(30).setNumLeaves(16).setRegRatio(1e-6).setTol(1e-300);
    CompletableFuture<Object> fit = begin("driver");
    SparkTest.context().sc().cancelJobGroupAndFutureJobs("driver");
    assertThat(end(fit))
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("no model was made: its job group was cancelled");
  }

  /** Trees that grow hear of it too. */
  @Test
  void interruptedWhileTreesGrow() throws Exception {
    CompletableFuture<Object> fit = new CompletableFuture<>();
    CountDownLatch packed = new CountDownLatch(1);
    ConvexReLUClassifier forest =
        new ConvexReLUClassifier().setNumTrees(200_000).setNumLeaves(4).setRegRatio(0.1);
    forest.setProgress(
        new Progress() {
          @Override
          public void iteration(TraceRecord trace) {}

          @Override
          public void message(String text) {
            if (text.startsWith("choose")) {
              packed.countDown();
            }
          }
        });
    Dataset<Row> rows = rows();
    thread =
        new Thread(
            () -> {
              try {
                fit.complete(forest.fit(rows));
              } catch (Throwable e) {
                fit.completeExceptionally(e);
              }
            });
    thread.start();
    assertThat(packed.await(60, TimeUnit.SECONDS)).isTrue();
    Thread.sleep(100);
    thread.interrupt();
    assertThat(end(fit)).hasMessageContaining("its thread was interrupted");
  }

  /** What was asked of one fit does not end the next one. */
  @Test
  void theNextFitIsWhole() {
    estimator.cancel();
    goOn.countDown();
    assertThat(estimator.setTol(0.1).setMaxIter(50).fit(rows()).certificate()).isNotNull();
  }
}
