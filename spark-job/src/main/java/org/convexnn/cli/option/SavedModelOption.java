package org.convexnn.cli.option;

import org.apache.spark.sql.SparkSession;
import org.convexnn.cli.table.SavedModel;
import picocli.CommandLine.Option;

/** The option that names a saved model. */
public final class SavedModelOption {

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "The output folder of a train command.")
  private String directory;

  public String directory() {
    return directory;
  }

  public SavedModel load(SparkSession spark) {
    return SavedModel.load(spark, directory);
  }
}
