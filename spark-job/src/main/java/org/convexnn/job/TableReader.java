package org.convexnn.job;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Reads tables: CSV with a header, Parquet, LIBSVM and idx; files, folders and globs of any Hadoop
 * file system.
 */
final class TableReader {

  /** What Java puts in the place of bytes that are no UTF-8. */
  private static final char NO_CHARACTER = '\uFFFD';

  private final SparkSession spark;

  TableReader(SparkSession spark) {
    this.spark = spark;
  }

  /** Reads a table to train on; the types of CSV columns are found out. */
  Dataset<Row> read(TableSource source) {
    return read(source, true, Optional.empty());
  }

  /** Reads a table for a model that knows what it needs; CSV columns stay texts. */
  Dataset<Row> readFor(InputLayout layout, TableSource source) {
    Dataset<Row> table = read(source, false, Optional.of(layout));
    layout.require(List.of(table.columns()), source.path());
    return table;
  }

  private Dataset<Row> read(TableSource source, boolean types, Optional<InputLayout> layout) {
    String path = source.path();
    List<FileStatus> found = find(path);
    TableFormat format =
        source.format().or(() -> guess(found)).orElseThrow(() -> unknownFormat(path));
    try {
      return switch (format) {
        case CSV -> csv(path, types);
        case PARQUET -> spark.read().parquet(path);
        case LIBSVM -> libsvm(path, layout);
        case IDX -> idx(source, found, layout);
      };
    } catch (JobException e) {
      throw e;
    } catch (Exception e) {
      // Spark's AnalysisException is checked but not declared.
      String reason = ErrorMessages.of(e);
      throw new JobException(
          (reason.startsWith("cannot read ")
                  ? reason
                  : "cannot read " + path + " as " + format + ": " + reason)
              + (format == TableFormat.LIBSVM
                  ? "; a line is a label and pairs index:value, with indices that ascend from 1 on"
                  : ""),
          e);
    }
  }

  private List<FileStatus> find(String path) {
    try {
      Path given = new Path(path);
      FileSystem files = given.getFileSystem(spark.sparkContext().hadoopConfiguration());
      FileStatus[] found = files.globStatus(given);
      if (found == null || found.length == 0) {
        throw new JobException(
            "input " + path + " does not exist; check the path" + parentHint(files, given));
      }
      List<FileStatus> all = new ArrayList<>();
      for (FileStatus status : found) {
        if (status.isDirectory()) {
          all.addAll(filesIn(files, status.getPath()));
        } else {
          all.add(status);
        }
      }
      if (all.isEmpty()) {
        throw new JobException("input " + path + " is a folder without files");
      }
      if (all.stream().allMatch(s -> s.getLen() == 0)) {
        throw new JobException("input " + path + " is empty; it needs a header and rows");
      }
      return all;
    } catch (IOException | IllegalArgumentException e) {
      throw new JobException("cannot read input " + path + ": " + ErrorMessages.of(e), e);
    }
  }

  private static String parentHint(FileSystem files, Path path) throws IOException {
    Path parent = path.getParent();
    if (parent == null) {
      return "";
    }
    List<String> names = new ArrayList<>();
    try {
      for (FileStatus s : files.listStatus(parent)) {
        names.add(s.getPath().getName());
      }
    } catch (FileNotFoundException e) {
      return "";
    }
    return Suggestions.didYouMean(path.getName(), names);
  }

  /** Data files below a folder; names that start with a dot or underscore are Spark's own. */
  private static List<FileStatus> filesIn(FileSystem files, Path folder) throws IOException {
    List<FileStatus> all = new ArrayList<>();
    for (FileStatus status : files.listStatus(folder)) {
      String name = status.getPath().getName();
      if (name.startsWith(".") || name.startsWith("_")) {
        continue;
      }
      if (status.isDirectory()) {
        all.addAll(filesIn(files, status.getPath()));
      } else {
        all.add(status);
      }
    }
    return all;
  }

  private static Optional<TableFormat> guess(List<FileStatus> files) {
    return files.stream()
        .flatMap(s -> TableFormat.ofName(s.getPath().getName()).stream())
        .findFirst();
  }

  private static JobException unknownFormat(String path) {
    return new JobException(
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
      throw new JobException(
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
              throw new JobException(
                  "the images of "
                      + source.path()
                      + " have "
                      + pixels
                      + " pixels, the model learnt images of "
                      + c.size());
            });
    return table;
  }

  private Dataset<Row> csv(String path, boolean types) {
    refuseOtherEncodings(path);
    List<String> header = header(path);
    refuseDuplicates(header, path);
    DataFrameReader reader =
        csvReader()
            .option("header", true)
            .option("inferSchema", types)
            // Files of a folder must agree on the header. A column without a name gets one, which
            // Spark would then miss in the header.
            .option("enforceSchema", header.stream().anyMatch(String::isEmpty));
    Dataset<Row> table = reader.csv(path);
    if (table.columns().length != header.size()) {
      throw new JobException(
          "cannot read "
              + path
              + " as csv: its header has "
              + header.size()
              + " names, Spark found "
              + table.columns().length);
    }
    return table;
  }

  private DataFrameReader csvReader() {
    return spark
        .read()
        // A row with too few or too many cells is an error, not a row of blanks.
        .option("mode", "FAILFAST")
        // A quote inside quotes is doubled (RFC 4180).
        .option("escape", "\"")
        .option("ignoreLeadingWhiteSpace", true)
        .option("ignoreTrailingWhiteSpace", true);
  }

  /** What is no UTF-8 would be read as other names, or as other numbers. */
  private void refuseOtherEncodings(String path) {
    List<Row> lines = spark.read().text(path).takeAsList(1);
    String first = lines.isEmpty() ? "" : lines.get(0).getString(0);
    if (first.indexOf(NO_CHARACTER) >= 0 || first.indexOf('\0') >= 0) {
      throw new JobException(
          "cannot read "
              + path
              + " as csv: its first line is no UTF-8 text; convert it, for example by iconv -f"
              + " LATIN1 -t UTF-8 or iconv -f UTF-16 -t UTF-8, or rename a compressed file to end in"
              + " .gz");
    }
  }

  /** The names as they stand in the file: Spark's reader would number duplicates. */
  private List<String> header(String path) {
    List<Row> first = csvReader().option("header", false).csv(path).takeAsList(1);
    if (first.isEmpty()) {
      throw new JobException("input " + path + " is empty; it needs a header and rows");
    }
    List<String> names = new ArrayList<>();
    Row row = first.get(0);
    for (int i = 0; i < row.size(); i++) {
      names.add(row.isNullAt(i) ? "" : row.getString(i));
    }
    return names;
  }

  private static void refuseDuplicates(List<String> names, String path) {
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      Integer before = name.isEmpty() ? null : seen.put(name.toLowerCase(Locale.ROOT), i);
      if (before != null) {
        throw new JobException(
            String.format(
                "columns %d and %d of %s have the same name '%s' (upper and lower case count as"
                    + " the same); rename one",
                before + 1, i + 1, path, name));
      }
    }
  }
}
