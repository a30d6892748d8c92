package org.convexnn.job;

import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** The option that names a saved model. */
final class SavedModelOption {

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "The output folder of a train command.")
  private String directory;

  String directory() {
    return directory;
  }

  SavedModel load(SparkSession spark) {
    return SavedModel.load(spark, directory);
  }
}
