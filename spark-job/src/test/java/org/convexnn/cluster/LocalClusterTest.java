package org.convexnn.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.ml.ConvexReLUClassificationModel;
import org.convexnn.ml.ConvexReLUClassifier;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.StopReason;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executors in JVMs of their own: the same network as in one JVM, and the same optimum when one of
 * them is killed in the middle of a fit of the Estimator.
 */
@Tag("cluster")
class LocalClusterTest {

  private static final int ROWS = 2000;
  private static final int FEATURES = 6;
  private static final int PARTITIONS = 4;
  private static final long MOST_SECONDS = 240;

  @Test
  void findsTheSameOptimumAsOneJvmAlsoWhenAnExecutorDies(@TempDir Path folder) throws Exception {
    double expected = fit(SparkTest.session()).certificate().primalObjective();
    String text = ClusterProcess.run(folder, MOST_SECONDS, Driver.class);
    List<Double> objectives =
        text.lines()
            .filter(line -> line.startsWith("OBJECTIVE "))
            .map(line -> Double.valueOf(line.substring("OBJECTIVE ".length())))
            .toList();
    assertThat(objectives).as(text).hasSize(2);
    assertThat(text).containsPattern("killed \\d+: true");
    for (double objective : objectives) {
      assertThat(Math.abs(objective - expected) / expected).as(text).isLessThan(1e-6);
    }
  }

  private static ConvexReLUClassificationModel fit(SparkSession session) {
    return new ConvexReLUClassifier()
        .setNumGates(24)
        .setRegRatio(0.02)
        .setSolver("admm")
        .setPrecision("float64")
        .setTol(5e-7)
        .setMaxIter(1000)
        .setSeed(1)
        .fit(rows(session));
  }

  private static Dataset<Row> rows(SparkSession session) {
    StructType schema =
        new StructType()
            .add("features", SQLDataTypes.VectorType())
            .add("label", DataTypes.DoubleType);
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      double[] x = random.doubles(FEATURES, -1, 1).toArray();
      boolean inside = x[0] * x[0] + x[1] * x[1] < 0.5;
      double label = inside == random.nextDouble() > 0.1 ? 1 : 0;
      rows.add(RowFactory.create(Vectors.dense(x), label));
    }
    return session.createDataFrame(rows, schema).repartition(PARTITIONS);
  }

  /** What runs in the other JVM: a fit, and another one that loses an executor. */
  static final class Driver {

    private Driver() {}

    /** Prints the objectives. */
    public static void main(String[] arguments) {
      try (SparkSession session = ClusterProcess.session("local-cluster[2,1,1024]").getOrCreate()) {
        report(fit(session));
        Killer killer = new Killer();
        session.sparkContext().addSparkListener(killer);
        report(fit(session));
        System.out.println(killer.said.get());
      } catch (Exception e) {
        e.printStackTrace(System.out);
        System.exit(1);
      }
      System.exit(0);
    }

    private static void report(ConvexReLUClassificationModel model) {
      Certificate c = model.certificate();
      System.out.println(c);
      if (c.stopReason() != StopReason.GAP) {
        throw new IllegalStateException("stopped by " + c.stopReason());
      }
      System.out.println("OBJECTIVE " + c.primalObjective());
    }
  }

  /** Kills one executor in the middle of a fit, once. */
  private static final class Killer extends SparkListener {

    private static final String WHEN = "ADMM iteration 5";

    private final AtomicReference<String> said = new AtomicReference<>("nothing was done");

    @Override
    public void onJobStart(SparkListenerJobStart start) {
      if (WHEN.equals(start.properties().get("spark.job.description"))) {
        ProcessHandle victim = ClusterProcess.executors().get(0);
        said.set("killed " + victim.pid() + ": " + victim.destroyForcibly());
      }
    }
  }
}
