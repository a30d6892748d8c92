package org.convexnn.cluster;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TrainingOptions.SolverKind;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.train.Trainer;

/**
 * The driver of {@link StragglersTest}: a fit on two executors, then the same with one of them
 * slowed; prints seconds and objective of both.
 */
final class StragglerDriver {

  private static final int PARTITIONS = 8;
  private static final int PARTITION_ROWS = 100_000;
  private static final int FEATURES = 20;
  private static final int PASSES = 15;
  private static final String SLOW_EXECUTOR = "0";
  private static final int FACTOR = 10;

  private StragglerDriver() {}

  /** A fit's end. */
  record End(double seconds, double objective) {

    private static final String MARK = "END";

    /** What a driver printed, read back. */
    static List<End> all(String out) {
      return out.lines()
          .map(line -> line.split(" "))
          .filter(words -> words[0].equals(MARK))
          .map(words -> new End(Double.parseDouble(words[1]), Double.parseDouble(words[2])))
          .toList();
    }
  }

  /** Arguments: spark.speculation and spark.locality.wait. */
  public static void main(String[] arguments) {
    try (SparkSession session =
        FaultDriver.onTwoHosts(
            Map.of("spark.speculation", arguments[0], "spark.locality.wait", arguments[1]))) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      // Code is compiled, and both executors are there.
      fit(context, Fault.NONE);
      report(context, Fault.NONE);
      report(context, new Fault.Slowed(SLOW_EXECUTOR, FACTOR));
    } catch (Throwable e) {
      e.printStackTrace(System.out);
      System.exit(1);
    }
    System.exit(0);
  }

  private static void report(JavaSparkContext context, Fault fault) {
    long start = System.nanoTime();
    double objective = fit(context, fault).primalObjective();
    System.out.println(End.MARK + " " + (System.nanoTime() - start) * 1e-9 + " " + objective);
  }

  private static Certificate fit(JavaSparkContext context, Fault fault) {
    List<Integer> seeds = IntStream.range(0, PARTITIONS).boxed().toList();
    try (RddRows rows =
        RddRows.pack(
            context.parallelize(seeds, PARTITIONS).flatMap(new RowsOfSeed()),
            TestRows.packing(2, 0, 2))) {
      return new Trainer(Fits.passes(Task.BINARY, SolverKind.ADMM, PASSES), Progress.SILENT)
          .train(new FaultyRows(rows, fault))
          .certificate();
    }
  }

  private static final class RowsOfSeed implements FlatMapFunction<Integer, Row> {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<Row> call(Integer seed) {
      return Fits.rows(PARTITION_ROWS, FEATURES, seed).iterator();
    }
  }
}
