package org.convexnn.cli.benchmark;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.ErrorMessages;
import org.convexnn.ml.io.ShownText;

/**
 * The data sets of a suite: files NAME.train.csv and NAME.test.csv, .gz too.
 *
 * @param spark the session
 * @param path of the folder
 */
public record DataFolder(SparkSession spark, String path) {

  private static final List<String> ENDS = List.of(".csv", ".csv.gz");

  /**
   * Two files of a data set.
   *
   * @param train to learn from
   * @param test to test on
   */
  public record Pair(String train, String test) {}

  /**
   * The files of a data set; empty where one of them is not there.
   *
   * @throws CommandException where the folder cannot be read
   */
  public Optional<Pair> find(String name) {
    return file(name + ".train")
        .flatMap(train -> file(name + ".test").map(t -> new Pair(train, t)));
  }

  /** Says that a data set is not there. */
  public String skipped(String name) {
    return ShownText.of("skipped: " + name + " is not in " + path);
  }

  private Optional<String> file(String stem) {
    try {
      for (String end : ENDS) {
        Path file = new Path(path, stem + end);
        if (file.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(file)) {
          return Optional.of(file.toString());
        }
      }
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandException("cannot read --data " + path + ": " + ErrorMessages.of(e), e);
    }
  }
}
