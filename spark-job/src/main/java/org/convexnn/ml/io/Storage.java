package org.convexnn.ml.io;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** A directory that holds a saved estimator or model: texts and tables under names. */
public interface Storage {

  /** The session that reads and writes. */
  SparkSession session();

  /** The directory. */
  String path();

  /** A folder of this one. */
  Storage below(String folder);

  /** Everything is written: adds what tells whether it has changed since, where that is kept. */
  default void seal() {}

  /**
   * Compares what is there with what was written, where that is kept.
   *
   * @throws IllegalArgumentException where it has changed
   */
  default void check() {}

  /** Writes the lines of a text. */
  void writeText(String name, List<String> lines);

  /** The lines of a text; empty where there is none of this name. */
  Optional<List<String>> readText(String name);

  /** Writes the rows of a table. */
  void writeTable(String name, Dataset<Row> rows);

  /**
   * The rows of a table in no order; empty where there is none of this name.
   *
   * @param schema columns that are read; one that the table does not have is null
   */
  Optional<Dataset<Row>> readTable(String name, StructType schema);
}
