package org.convexnn.cli;

import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.convexnn.ml.io.ShownText;

/** The Spark session of a command: stopped at the end only where the command started it. */
final class Session implements AutoCloseable {

  /**
   * Lower case by the JDK, as {@link org.convexnn.cli.table.CellShape} has it, and not by ICU: of that Spark builds a table of
   * all characters first, which takes seconds.
   */
  private static final String ICU = "spark.sql.icu.caseMappings.enabled";

  private final SparkSession spark;
  private final Optional<Interruption> own;

  private Session(SparkSession spark, boolean own) {
    this.spark = spark;
    this.own = own ? Optional.of(Interruption.of(spark.sparkContext())) : Optional.empty();
  }

  /** The running session, or a new one: on the cores of this machine where no master is set. */
  static Session open(String command) {
    boolean own =
        SparkSession.getActiveSession().isEmpty() && SparkSession.getDefaultSession().isEmpty();
    SparkSession.Builder builder = SparkSession.builder();
    if (own) {
      builder = builder.appName("ConvexNN " + ShownText.of(command));
      SparkConf given = new SparkConf();
      if (!given.contains("spark.master")) {
        builder = builder.master("local[*]");
      }
      if (!given.contains(ICU)) {
        builder = builder.config(ICU, false);
      }
    }
    return new Session(builder.getOrCreate(), own);
  }

  SparkSession spark() {
    return spark;
  }

  @Override
  public void close() {
    own.ifPresent(
        interruption -> {
          spark.stop();
          interruption.close();
        });
  }
}
