package org.convexnn.cluster;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;
import org.convexnn.solver.Certificate;
import scala.Option;

/** The driver of {@link ClusterFaultsTest}: runs fits on two executors and prints their ends. */
final class FaultDriver {

  /** Arguments: this and the names of trials. */
  static final String TRIALS = "trials";

  /** The same, and a task may have a copy on the other executor. */
  static final String TRIALS_WITH_SPECULATION = "speculation";

  /** Arguments: this and a number of fits, each of which loses an executor at a random moment. */
  static final String SOAK = "soak";

  private static final int EXECUTORS = 2;
  private static final String LOCAL_CLUSTER = "local-cluster[" + EXECUTORS + ",1,1024]";

  private final JavaSparkContext context;
  private final Strikes strikes = new Strikes();

  private FaultDriver(SparkSession session) {
    this.context = JavaSparkContext.fromSparkContext(session.sparkContext());
    session.sparkContext().addSparkListener(strikes);
  }

  /** How a fit ended. */
  record End(String trial, double objective, double beta, String stopReason, long strikes) {

    private static final String MARK = "END";

    private void print() {
      System.out.println(
          String.join(
              " ",
              MARK,
              trial,
              Double.toString(objective),
              Double.toString(beta),
              stopReason,
              Long.toString(strikes)));
    }

    /** What a driver printed, read back. */
    static List<End> all(String out) {
      return out.lines()
          .map(line -> line.split(" "))
          .filter(words -> words[0].equals(MARK))
          .map(
              w ->
                  new End(
                      w[1],
                      Double.parseDouble(w[2]),
                      Double.parseDouble(w[3]),
                      w[4],
                      Long.parseLong(w[5])))
          .toList();
    }
  }

  /** Runs, prints an {@link End} for each fit, and ends the JVM. */
  public static void main(String[] arguments) {
    try {
      boolean speculation = arguments[0].equals(TRIALS_WITH_SPECULATION);
      FaultDriver driver =
          new FaultDriver(
              speculation ? onTwoHosts(Map.of("spark.speculation", "true")) : onOneHost());
      List<String> rest = List.of(arguments).subList(1, arguments.length);
      if (arguments[0].equals(SOAK)) {
        driver.soak(Integer.parseInt(rest.get(0)));
      } else {
        rest.stream().map(Trial::valueOf).forEach(driver::run);
      }
    } catch (Throwable e) {
      e.printStackTrace(System.out);
      System.exit(1);
    }
    System.exit(0);
  }

  private static SparkSession onOneHost() {
    return ClusterProcess.session(LOCAL_CLUSTER).getOrCreate();
  }

  /** The copy of a task runs on another host than the task itself: here two names of one machine. */
  static SparkSession onTwoHosts(Map<String, String> options) {
    SparkConf conf = new SparkConf();
    RpcEnv master = Master.startRpcEnvAndEndpoint("127.0.0.1", 0, 0, conf)._1();
    for (int i = 1; i <= EXECUTORS; i++) {
      Worker.startRpcEnvAndEndpoint(
          "127.0.0." + i,
          0,
          0,
          1,
          1024,
          new String[] {master.address().toSparkURL()},
          null,
          Option.apply(i),
          conf,
          Option.empty());
    }
    SparkSession.Builder builder =
        ClusterProcess.session(master.address().toSparkURL()).config("spark.executor.memory", "1g");
    options.forEach(builder::config);
    return builder.getOrCreate();
  }

  private void run(Trial trial) {
    report(trial.name(), () -> trial.train(context));
  }

  private void soak(int fits) {
    Random random = new Random();
    Fault.Counting all = new Fault.Counting();
    Trial.Kind.ADMM.train(context, all);
    for (int i = 0; i < fits; i++) {
      Fault shot = new Fault.Shot(random.nextInt(all.jobs() - 1), random.nextInt(50));
      report(shot.toString().replace(" ", ""), () -> Trial.Kind.ADMM.train(context, shot));
    }
  }

  private void report(String name, Supplier<Certificate> fit) {
    awaitExecutors();
    long before = strikes();
    Certificate certificate = fit.get();
    new End(
            name,
            certificate.primalObjective(),
            certificate.beta(),
            certificate.stopReason().name(),
            strikes() - before)
        .print();
  }

  /** Those that were killed are replaced. */
  private void awaitExecutors() {
    // The driver counts as one.
    while (context.sc().statusTracker().getExecutorInfos().length <= EXECUTORS) {
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private long strikes() {
    try {
      context.sc().listenerBus().waitUntilEmpty();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return strikes.count.get() + Fault.Dropped.DROPPED.get();
  }

  /** Counts executors lost, tasks that threw as planned, and copies that were faster. */
  private static final class Strikes extends SparkListener {

    private final AtomicLong count = new AtomicLong();

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
      count.incrementAndGet();
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      boolean thrown =
          end.reason() instanceof ExceptionFailure failure
              && failure.description().equals(Fault.Throwing.MESSAGE);
      boolean copy = end.taskInfo().speculative() && end.taskInfo().successful();
      count.addAndGet(thrown || copy ? 1 : 0);
    }
  }
}
