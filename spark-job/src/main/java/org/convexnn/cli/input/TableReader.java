package org.convexnn.cli.input;

import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.ErrorMessages;
import org.convexnn.cli.table.InputLayout;

/**
 * Reads tables: CSV with a header, Parquet, LIBSVM and idx; files, folders and globs of any Hadoop
 * file system.
 */
public final class TableReader {

  /** Columns of a row that is not longer than its header: Spark's own bound. */
  private static final int MOST_COLUMNS = 20_480;

  private final SparkSession spark;

  public TableReader(SparkSession spark) {
    this.spark = spark;
  }

  /** Reads a table to train on. Columns of CSV are texts: what they are, a survey finds out. */
  public Dataset<Row> read(TableSource source) {
    return read(source, Optional.empty());
  }

  /** Reads a table for a model that knows what it needs. */
  public Dataset<Row> readFor(InputLayout layout, TableSource source) {
    Dataset<Row> table = read(source, Optional.of(layout));
    layout.require(List.of(table.columns()), source.path());
    return table;
  }

  private Dataset<Row> read(TableSource source, Optional<InputLayout> layout) {
    String path = source.path();
    FoundFiles found = FoundFiles.of(spark.sparkContext().hadoopConfiguration(), path);
    TableFormat format =
        source.format().or(() -> guess(found.files())).orElseThrow(() -> unknownFormat(path));
    try {
      return switch (format) {
        case CSV -> csv(source, found);
        case PARQUET -> spark.read().parquet(found.path());
        case LIBSVM -> libsvm(found.path(), layout);
        case IDX -> idx(source, found.files(), layout);
      };
    } catch (CommandException e) {
      throw e;
    } catch (Exception e) {
      // Spark's AnalysisException is checked but not declared.
      String reason = ErrorMessages.of(e);
      throw new CommandException(
          (reason.startsWith("cannot read ")
                  ? reason
                  : "cannot read " + path + " as " + format + ": " + reason)
              + (format == TableFormat.LIBSVM
                  ? "; a line is a label and pairs index:value, with indices that ascend from 1 on"
                  : ""),
          e);
    }
  }

  private static Optional<TableFormat> guess(List<FileStatus> files) {
    return files.stream()
        .flatMap(s -> TableFormat.ofName(s.getPath().getName()).stream())
        .findFirst();
  }

  private static CommandException unknownFormat(String path) {
    return new CommandException(
        "the format of "
            + path
            + " cannot be told from its name; give --format csv, parquet, libsvm or idx");
  }

  private Dataset<Row> libsvm(String path, Optional<InputLayout> layout) {
    DataFrameReader reader = spark.read().format("libsvm");
    if (layout.isPresent() && layout.get().vectorSize().isPresent()) {
      // A file to be scored may lack the last features.
      reader = reader.option("numFeatures", layout.get().vectorSize().getAsInt());
    }
    return reader.load(path);
  }

  private Dataset<Row> idx(
      TableSource source, List<FileStatus> found, Optional<InputLayout> layout) {
    if (found.size() != 1) {
      throw new CommandException(
          "input " + source.path() + " is " + found.size() + " files; a table of images is one");
    }
    Dataset<Row> table = IdxTable.read(spark, found.get(0).getPath().toString(), source.labels());
    int pixels = AttributeGroup.fromStructField(table.schema().apply(IdxTable.PIXELS)).size();
    layout
        .flatMap(
            l -> l.columns().stream().filter(c -> c.name().equals(IdxTable.PIXELS)).findFirst())
        .filter(c -> c.size() != pixels)
        .ifPresent(
            c -> {
              throw new CommandException(
                  "the images of "
                      + source.path()
                      + " have "
                      + pixels
                      + " pixels, the model learnt images of "
                      + c.size());
            });
    return table;
  }

  private Dataset<Row> csv(TableSource source, FoundFiles found) {
    CsvHead head =
        CsvHead.read(
            spark.sparkContext().hadoopConfiguration(), found.first(), source.path(), source.csv());
    StructType schema = new StructType();
    for (String name : head.names()) {
      schema = schema.add(name, DataTypes.StringType);
    }
    for (String folder : found.partitionColumns()) {
      if (head.names().stream().anyMatch(folder::equalsIgnoreCase)) {
        throw new CommandException(
            "column '"
                + folder
                + "' of "
                + source.path()
                + " is in the files and in the names of"
                + " their folders; rename one");
      }
      schema = schema.add(folder, DataTypes.StringType);
    }
    boolean named = source.csv().columns().isEmpty();
    return spark
        .read()
        .schema(schema)
        .option("header", named)
        // Files of a folder must agree on the header. A column without a name gets one, which Spark
        // would then miss in the header.
        .option("enforceSchema", !named || head.names().stream().anyMatch(n -> n.matches("_c\\d+")))
        .option("sep", String.valueOf(head.delimiter()))
        .option("maxColumns", Math.max(MOST_COLUMNS, head.names().size() + 1))
        // A row with too few or too many cells is an error, not a row of blanks.
        .option("mode", "FAILFAST")
        // A quote inside quotes is doubled (RFC 4180).
        .option("escape", "\"")
        .option("ignoreLeadingWhiteSpace", true)
        .option("ignoreTrailingWhiteSpace", true)
        .csv(found.path());
  }
}
