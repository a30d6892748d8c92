package org.convexnn.cluster;

import java.io.IOException;
import java.nio.file.Path;
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

  /** Arguments: this and a number of fits, each of which loses an executor at a random moment. */
  static final String SOAK = "soak";

  private static final int EXECUTORS = 2;
  private static final long MOST_SECONDS = 300;
  private static final String LOCAL_CLUSTER = "local-cluster[" + EXECUTORS + ",1,1024]";

  /** Where trials run: the first argument, before their names. */
  enum Where {
    ONE_HOST,
    /** A task may have a copy on the other executor. */
    TWO_HOSTS,
    /** Workers in JVMs of their own; silent executors are given up after some seconds. */
    WORKERS,
    /** 1 % of an executor's heap, less 300 MB, is for storage. */
    LITTLE_MEMORY;

    private SparkSession session() throws IOException {
      return switch (this) {
        case ONE_HOST -> ClusterProcess.session(LOCAL_CLUSTER).getOrCreate();
        case TWO_HOSTS -> onTwoHosts(Map.of("spark.speculation", "true"));
        case WORKERS -> onWorkers();
        case LITTLE_MEMORY ->
            ClusterProcess.session(LOCAL_CLUSTER)
                .config("spark.memory.fraction", 0.01)
                .getOrCreate();
      };
    }
  }

  private final JavaSparkContext context;
  private final Strikes strikes = new Strikes();

  private FaultDriver(SparkSession session) {
    this.context = JavaSparkContext.fromSparkContext(session.sparkContext());
    session.sparkContext().addSparkListener(strikes);
  }

  /** How a fit ended, and on how many executors. */
  record End(
      String trial, double objective, double beta, String stopReason, long strikes, int executors) {

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
              Long.toString(strikes),
              Integer.toString(executors)));
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
                      Long.parseLong(w[5]),
                      Integer.parseInt(w[6])))
          .toList();
    }
  }

  /** Runs, prints an {@link End} for each fit, and ends the JVM. */
  public static void main(String[] arguments) {
    try {
      List<String> rest = List.of(arguments).subList(1, arguments.length);
      if (arguments[0].equals(SOAK)) {
        new FaultDriver(Where.ONE_HOST.session()).soak(Integer.parseInt(rest.get(0)));
      } else {
        FaultDriver driver = new FaultDriver(Where.valueOf(arguments[0]).session());
        rest.stream().map(Trial::valueOf).forEach(driver::run);
      }
    } catch (Throwable e) {
      e.printStackTrace(System.out);
      System.exit(1);
    }
    System.exit(0);
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

  /** The cluster ends with this JVM. */
  private static SparkSession onWorkers() throws IOException {
    StandaloneCluster cluster = StandaloneCluster.start(Path.of("").toAbsolutePath(), EXECUTORS);
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::close));
    return ClusterProcess.session(cluster.url())
        .config("spark.executor.memory", "1g")
        .config("spark.executor.heartbeatInterval", "1s")
        .config("spark.network.timeout", "20s")
        .config("spark.network.timeoutInterval", "2s")
        .getOrCreate();
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
            strikes() - before,
            executors())
        .print();
  }

  /** Those that were killed are replaced. */
  private void awaitExecutors() {
    ClusterProcess.await("executors", MOST_SECONDS, () -> executors() >= EXECUTORS);
  }

  private int executors() {
    // The driver counts as one.
    return context.sc().statusTracker().getExecutorInfos().length - 1;
  }

  private long strikes() {
    try {
      context.sc().listenerBus().waitUntilEmpty();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return strikes.count.get() + Fault.STRUCK.get();
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
