package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.cli.report.ReportPageTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Inputs that nobody checked: each is refused in one line that says what is wrong, with exit code 1,
 * nothing written and nothing cached; or it is learnt from, as a table that is odd but good.
 */
@Tag("spark")
class BadDataTest {

  private static final String NAMES = "a,b,y";

  @TempDir private Path folder;

  /** Writes the input into a folder and names it. */
  private interface Input {
    Path write(Path folder) throws IOException;
  }

  /**
   * A line of the table.
   *
   * @param name what is bad
   * @param input the table to train on
   * @param options beside --input, --label y and --output
   * @param words what the message holds; nothing where the table is good
   */
  private record Case(String name, Input input, List<Object> options, List<String> words) {

    private Case with(Object... more) {
      return new Case(name, input, List.of(more), words);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Case bad(String name, Input input, String... words) {
    return new Case(name, input, List.of(), List.of(words));
  }

  private static Case good(String name, Input input) {
    return new Case(name, input, List.of(), List.of());
  }

  private static Input csv(String... lines) {
    return folder -> CommandLineRun.file(folder, "d.csv", lines);
  }

  /** Twelve good rows of a, b and y, and these. */
  private static Input rowsAnd(String... more) {
    return folder -> CommandLineRun.file(folder, "d.csv", goodRowsAnd(more));
  }

  private static String[] goodRowsAnd(String... more) {
    return Stream.concat(
            Stream.concat(Stream.of(NAMES), IntStream.range(0, 12).mapToObj(BadDataTest::goodRow)),
            Stream.of(more))
        .toArray(String[]::new);
  }

  private static String goodRow(int i) {
    return i % 5 + "." + i + "," + i * i % 7 + "," + i % 2;
  }

  /** A good table with a further column c of these values, over and over. */
  private static Input column(String... values) {
    return named("c", values);
  }

  private static Input named(String name, String... values) {
    return folder -> {
      List<String> lines = new ArrayList<>(List.of(NAMES + "," + name));
      for (int i = 0; i < 12; i++) {
        lines.add(goodRow(i) + "," + values[i % values.length]);
      }
      return CommandLineRun.file(folder, "d.csv", lines.toArray(String[]::new));
    };
  }

  /** A table whose labels are these, over and over. */
  private static Input labels(String... values) {
    return folder -> {
      List<String> lines = new ArrayList<>(List.of("a,y"));
      for (int i = 0; i < Math.max(12, values.length); i++) {
        lines.add(i % 5 + "." + i + "," + values[i % values.length]);
      }
      return CommandLineRun.file(folder, "d.csv", lines.toArray(String[]::new));
    };
  }

  private static String[] texts(int count) {
    return IntStream.range(0, count).mapToObj(i -> "c" + i).toArray(String[]::new);
  }

  private static Input bytes(String name, byte[] content) {
    return folder -> Files.write(folder.resolve(name), content);
  }

  private static Input text(String name, Charset charset, String... lines) {
    return bytes(name, (String.join("\n", lines) + "\n").getBytes(charset));
  }

  private static byte[] gzip(String... lines) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] half(byte[] whole) {
    return Arrays.copyOf(whole, whole.length / 2);
  }

  private static Input libsvm(String... lines) {
    return folder -> CommandLineRun.file(folder, "d.libsvm", lines);
  }

  /** A Parquet table of twelve rows: id, y = id % 2 and a column c. */
  private static Input parquet(String c) {
    return parquet("id % 2 AS y", c + " AS c");
  }

  private static Input parquet(String... columns) {
    return folder -> {
      Path path = folder.resolve("d.parquet");
      SparkTest.session()
          .range(0, 12, 1, 2)
          .selectExpr(Stream.concat(Stream.of("id"), Stream.of(columns)).toArray(String[]::new))
          .write()
          .parquet(path.toString());
      return path;
    };
  }

  private static Input vectors(Vector... vectors) {
    return folder -> {
      Path path = folder.resolve("d.parquet");
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        rows.add(RowFactory.create((double) (i % 2), vectors[i % vectors.length]));
      }
      SparkTest.session()
          .createDataFrame(
              rows,
              new StructType().add("y", DataTypes.DoubleType).add("x", SQLDataTypes.VectorType()))
          .coalesce(1)
          .write()
          .parquet(path.toString());
      return path;
    };
  }

  /** The same with something done to the folder afterwards. */
  private static Input spoilt(Input input, String name, byte[] content) {
    return folder -> {
      Path path = input.write(folder);
      Files.write(path.resolve(name), content);
      return path;
    };
  }

  private static Input parts(String... contents) {
    return folder -> {
      Path parts = Files.createDirectory(folder.resolve("parts"));
      for (int i = 0; i < contents.length; i++) {
        Files.writeString(parts.resolve("part-" + i + ".csv"), contents[i]);
      }
      return parts;
    };
  }

  private static String rows(String header, int from) {
    return IntStream.range(from, from + 12)
        .mapToObj(BadDataTest::goodRow)
        .collect(Collectors.joining("\n", header + "\n", "\n"));
  }

  static Stream<Case> cases() {
    return Stream.of(files(), cells(), labels(), weights(), features(), types(), vectorFiles())
        .flatMap(s -> s);
  }

  private static Stream<Case> files() {
    byte[] whole = gzip(goodRowsAnd());
    return Stream.of(
        bad(
            "a file that is not there",
            f -> f.resolve("d.csv"),
            "d.csv does not exist; check the path"),
        bad("a glob of nothing", f -> f.resolve("*.csv"), "*.csv does not exist"),
        bad(
            "an empty file",
            bytes("d.csv", new byte[0]),
            "d.csv is empty; it needs a header and rows"),
        bad(
            "an empty folder",
            f -> Files.createDirectory(f.resolve("d")),
            "d is a folder without files"),
        bad("blank lines alone", csv("", "  ", ""), "d.csv is empty"),
        bad("a header alone", csv(NAMES), "has a header but no rows"),
        bad(
            "a file without format",
            text("d.dat", StandardCharsets.UTF_8, NAMES, "1,2,0"),
            "the format of",
            "d.dat cannot be told",
            "--format csv, parquet"),
        bad(
            "a truncated gz",
            bytes("d.csv.gz", half(whole)),
            "cannot read",
            "d.csv.gz",
            "truncated, fetch it again"),
        bad(
            "a gz that is none",
            text("d.csv.gz", StandardCharsets.UTF_8, goodRowsAnd()),
            "cannot read",
            "d.csv.gz",
            "not a gzip file"),
        bad(
            "a gz named csv",
            bytes("d.csv", whole),
            "d.csv as csv: its first line is no UTF-8 text",
            "rename a compressed file"),
        bad(
            "a zip named csv",
            bytes("d.csv", new byte[] {'P', 'K', 3, 4, 20, 0, 0, 0, 8, 0}),
            "no UTF-8 text"),
        bad(
            "UTF-16",
            text("d.csv", StandardCharsets.UTF_16, goodRowsAnd()),
            "no UTF-8 text",
            "iconv -f UTF-16"),
        bad(
            "UTF-16LE",
            text("d.csv", StandardCharsets.UTF_16LE, goodRowsAnd()),
            "no UTF-8 text",
            "iconv -f UTF-16"),
        good(
            "UTF-8 with a byte order mark",
            text("d.csv", StandardCharsets.UTF_8, "\uFEFFy,a", "1,2", "0,3", "1,4", "0,1")),
        bad(
                "Latin-1 names",
                text("d.csv", StandardCharsets.ISO_8859_1, "größe,y", "1,0", "2,1"),
                "no UTF-8 text",
                "iconv -f LATIN1")
            .with("--drop", "größe"),
        bad("NUL bytes", bytes("d.csv", new byte[64]), "no UTF-8 text"),
        good("semicolons", csv("a;b;y", "1,5;2;0", "2,5;3;1", "1,0;4;0", "3,5;1;1")),
        good("tabs", csv("a\tb\ty", "1\t2\t0", "2\t3\t1", "3\t2\t0", "2\t5\t1")),
        bad(
            "headers that differ",
            parts(rows(NAMES, 0), rows("b,a,y", 5)),
            "the header of",
            "csv is not that of the other files",
            "same order"),
        bad(
            "headers of other lengths",
            parts(rows(NAMES, 0), "a,y\n1,0\n"),
            "the header of",
            "csv is not that of the other files"),
        bad(
            "a Parquet file that is text",
            text("d.parquet", StandardCharsets.UTF_8, "no"),
            "cannot read",
            "d.parquet",
            "not a Parquet file"),
        bad(
            "a corrupt file among Parquet files",
            spoilt(
                parquet("id / 3"),
                "part-9.parquet",
                "PAR1 no PAR1".getBytes(StandardCharsets.UTF_8)),
            // Spark 3.5 does not name the file.
            SparkTest.since(4, 0)
                ? new String[] {"cannot read", "part-9.parquet", "corrupted file"}
                : new String[] {"corrupted file"}),
        good(
            "an empty file among Parquet files",
            spoilt(parquet("id / 3"), "part-9.parquet", new byte[0])),
        bad(
            "a Parquet folder without files",
            f -> {
              Path p = Files.createDirectory(f.resolve("d.parquet"));
              Files.createFile(p.resolve("_SUCCESS"));
              return p;
            },
            "d.parquet is a folder without files"),
        bad(
            "Parquet of no rows",
            f -> {
              Path p = f.resolve("d.parquet");
              SparkTest.session()
                  .range(0)
                  .selectExpr("id", "id AS y")
                  .write()
                  .parquet(p.toString());
              return p;
            },
            "no rows"),
        bad(
            "one name twice",
            csv("a,a,y", "1,2,0"),
            "columns 1 and 2",
            "the same name 'a'",
            "rename one"),
        bad(
            "one name in two cases",
            csv("a,A,y", "1,2,0"),
            "columns 1 and 2",
            "the same name 'A'"));
  }

  private static Stream<Case> cells() {
    return Stream.of(
        bad(
            "a cell too many",
            rowsAnd("1,2,0,4"),
            "malformed CSV row '1,2,0,4'",
            "as many cells as the header"),
        bad("a cell too few", rowsAnd("1,2"), "malformed CSV row '1,2'"),
        bad(
            "a line break in quotes",
            rowsAnd("\"x\ny\",2,0"),
            "malformed CSV row '\"x'",
            "take line breaks out of cells"),
        bad(
            "a quote that does not end",
            rowsAnd("\"1,2,0", "2,3,1"),
            "malformed CSV row '\"1,2,0'"),
        good(
            "Windows line ends",
            bytes(
                "d.csv",
                (String.join("\r\n", goodRowsAnd()) + "\r\n").getBytes(StandardCharsets.UTF_8))),
        good("blank lines between rows", rowsAnd("", "3,4,1", "")),
        bad("a column but the label", csv("y", "0", "1"), "no column to learn from beside 'y'"),
        bad("all columns dropped", rowsAnd(), "no column to learn from beside 'y'")
            .with("--drop", "a,b"),
        bad("columns without a value", csv("a,y", ",0", ",1"), "all columns beside 'y' are empty"),
        bad(
            "a name of the model's outputs",
            named("prediction", "1"),
            "column 'prediction'",
            "rename it"),
        bad(
            "a name of the model's own columns",
            named("convexnn_label", "1", "2"),
            "column 'convexnn_label'",
            "rename it"),
        good("names of signs", named("\"<b>'`,\"\" $x */ \\\"", "1", "2")),
        good("a name that is a variable of Spark's", named("${env:HOME}", "1", "2")),
        good("texts in a column whose name is one", named("`${spark.app.name}", "u", "v")),
        good("the name of a statement's table", named("___THIS__", "1", "2")),
        good("a name of 10,000 letters", named("n".repeat(10_000), "1", "2")));
  }

  private static Stream<Case> labels() {
    String[] many = texts(1001);
    return Stream.of(
        bad(
            "no label column",
            csv("a,z", "1,0", "2,1"),
            "--label is 'y', but",
            "(its columns: a, z)"),
        bad(
            "a blank label",
            labels("yes", "  ", "no"),
            "label column 'y' is empty (null) in 4 of 12 rows"),
        bad(
            "a label that is NaN",
            labels("0.5", "NaN"),
            "label column 'y' holds 'NaN' (bad in 6 of 12 rows)"),
        bad(
            "a label that is infinite",
            labels("0.5", "-Infinity"),
            "label column 'y' holds '-Infinity'"),
        bad("a label beyond doubles", labels("0.5", "1e400"), "label column 'y' holds '1e400'"),
        bad(
            "a label whose square overflows",
            labels("0.5", "1e300"),
            "label column 'y' holds '1e300'",
            "at most 1.0E150"),
        bad("a label of one class", labels("7"), "label column 'y' holds a single class, '7'"),
        bad("1,001 classes", labels(many), "more than 1000 classes", "--positive VALUE"),
        good("one class of more than are counted", labels(texts(3000))).with("--positive", "c2999"),
        bad(
                "no class, where more are there than are counted",
                labels(texts(3000)),
                "label column 'y' is 0 ('not none') on all 3000 rows")
            .with("--positive", "none"),
        bad("texts for a regression", labels("1.5", "tall"), "holds the text 'tall'", "--task auto")
            .with("--task", "regression"),
        bad("booleans for a regression", labels("true", "false"), "holds booleans", "--task auto")
            .with("--task", "regression"),
        bad(
                "three classes as two",
                labels("0", "1", "3"),
                "holds 3 classes (0, 1, 3)",
                "--task multiclass")
            .with("--task", "binary"),
        bad(
                "a positive class that is not there",
                labels("a", "b"),
                "--positive is 'c'",
                "its classes are a, b")
            .with("--positive", "c"),
        bad(
            "a class of 10,000 letters alone",
            labels("l".repeat(10_000)),
            "a single class, 'lll",
            "lll..."),
        bad(
            "a class of two lines alone",
            parquet("'a\\nb\\u0007' AS y", "id AS c"),
            "a single class, 'a b\\u0007'"),
        bad(
            "dates as labels",
            labels("2024-01-01", "2024-01-02"),
            "label column 'y' holds times such as '2024-01-0"),
        good("classes 0, 1 and 3", labels("0", "1", "3")),
        good("labels with blanks around", labels(" yes ", "no", "yes")),
        good("labels of signs", labels("<b>it's</b>", "\"a, \"\"b\"\"\"", "$x */")),
        good(
            "labels that are variables of Spark's",
            labels("${env:HOME}", "${user.dir}", "__THIS__")),
        good("classes of two lines", parquet("concat('a\\n', id % 2, '\\r') AS y", "id AS c")),
        good("a label of 10,000 letters", labels("l".repeat(10_000), "m")),
        good("a regression of one label", labels("7")).with("--task", "regression"));
  }

  private static Stream<Case> weights() {
    return Stream.of(
            bad(
                "a weight below zero",
                column("1", "-2"),
                "weight column 'c' holds -2.0 (bad in 6 of 12 rows)"),
            bad(
                "a weight that is NaN",
                column("1", "NaN"),
                "weight column 'c' is empty or no number in 6 of 12 rows"),
            bad(
                "a weight that is infinite",
                column("1", "Infinity"),
                "weight column 'c' is empty or no number in 6 of 12 rows"),
            bad(
                "a blank weight",
                column("1", "", "2"),
                "weight column 'c' is empty or no number in 4 of 12 rows"),
            bad(
                "a weight in words",
                column("1", "much"),
                "weight column 'c' is empty or no number in 6 of 12 rows"),
            bad("weights of zero", column("0"), "weight column 'c' is 0 in all rows"),
            bad(
                "weights of zero but one",
                column("3", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0"),
                "label column 'y' is 0 ('0') on all 1 rows of positive weight"),
            bad(
                "weights that leave one class",
                column("3", "0"),
                "label column 'y' is 0 ('0') on all 6 rows of positive weight"),
            bad("weights that overflow", column("1e308"), "weight column 'c' has the sum Infinity"),
            bad("weights too large", column("1e120"), "weight column 'c' has the sum", "E121"),
            bad("weights too small", column("1e-300"), "weight column 'c' has the sum", "E-299"))
        .map(c -> c.with("--weight", "c"));
  }

  private static Stream<Case> features() {
    return Stream.of(
        good("NaN among numbers", column("1.5", "NaN", "2.5")),
        bad("an infinite number", column("1.5", "-Infinity"), "column 'c' holds '-Infinity'"),
        bad("a number beyond doubles", column("1.5", "1e400"), "column 'c' holds '1e400'"),
        bad(
            "a number whose square overflows",
            column("1.5", "1e300"),
            "column 'c' holds '1e300'",
            "at most 1.0E200"),
        good("a constant but for one NaN", column("7", "7", "7", "7", "7", "NaN")),
        good("a constant", column("7")),
        good("a constant but for one blank", column("7", "7", "7", "7", "7", "")),
        good("texts of 100,000 letters", column("t".repeat(100_000), "u")),
        good("numbers and words", column("1", "two")),
        good("an identifier", column("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l")));
  }

  private static Stream<Case> types() {
    return Stream.of(
        bad(
            "a struct",
            parquet("named_struct('p', id)"),
            "column 'c' is of type struct<p:bigint>",
            "leave it out with --drop"),
        bad(
            "an array",
            parquet("array(CAST(id AS STRING))"),
            "column 'c' is of type array<string>"),
        good("arrays of numbers", parquet("array(id, id * id)")),
        bad(
            "arrays of two lengths",
            parquet("slice(array(id, 1, 2), 1, 1 + CAST(id % 2 AS INT))"),
            "column 'c' has an array of",
            "where earlier rows have"),
        bad(
            "arrays with blanks",
            parquet("array(id, NULL)"),
            "column 'c' has an array with the entry null"),
        bad(
            "null arrays",
            parquet("if(id > 2, array(id), NULL)"),
            "column 'c' is null where arrays"),
        bad(
            "an array of none",
            parquet("CAST(array() AS ARRAY<INT>)"),
            "column 'c' has arrays without entries"),
        bad("a map", parquet("map('k', id)"), "column 'c' is of type map<string,bigint>"),
        bad("bytes", parquet("CAST('x' AS BINARY)"), "column 'c' is of type binary"),
        bad(
            "a label that is an array",
            parquet("array(id) AS y", "id AS c"),
            "label column 'y' is of type array<bigint>"),
        bad(
            "a label that is a time",
            parquet("current_timestamp() AS y", "id AS c"),
            "label column 'y' is of type timestamp"),
        bad(
            "a label that is null",
            parquet("CAST(NULL AS DOUBLE) AS y", "id AS c"),
            "label column 'y' is empty (null) in 12 of 12 rows"),
        good("decimals", parquet("CAST(id AS DECIMAL(38, 18))")),
        good("booleans", parquet("id % 3 = 0")),
        good("times", parquet("timestamp_seconds(id)")),
        good("dates", parquet("date_add(DATE'2024-01-01', CAST(id AS INT))")),
        good("a column of nulls", parquet("CAST(NULL AS STRING)")),
        bad(
            "an interval",
            parquet("make_dt_interval(CAST(id AS INT))"),
            "column 'c' is of type interval"));
  }

  private static Stream<Case> vectorFiles() {
    Vector two = Vectors.dense(1, 2);
    return Stream.of(
        bad(
            "vectors of two sizes",
            vectors(two, Vectors.dense(1, 2, 3)),
            "has a vector of",
            "entries",
            "where earlier rows have"),
        bad(
            "a vector with NaN",
            vectors(two, Vectors.dense(1, Double.NaN)),
            "x_1'",
            "has the value NaN"),
        bad(
            "a sparse vector with Infinity",
            vectors(two, Vectors.sparse(2, new int[] {1}, new double[] {Double.POSITIVE_INFINITY})),
            "x_1'",
            "has the value Infinity"),
        bad("a null vector", vectors(two, null), "column 'x' is null where vectors are expected"),
        bad(
            "vectors without entries",
            vectors(Vectors.dense(new double[0])),
            "vector without entries"),
        good(
            "sparse and dense vectors",
            vectors(two, Vectors.sparse(2, new int[] {0}, new double[] {3}), Vectors.dense(0, 1))),
        bad(
            "an index of 0",
            libsvm("1 0:1 2:3", "0 1:2"),
            "d.libsvm",
            "indices should be one-based"),
        bad("indices that descend", libsvm("1 2:1 1:3", "0 1:2"), "d.libsvm", "ascending order"),
        bad("an index twice", libsvm("1 1:1 1:3", "0 1:2"), "d.libsvm", "ascending order"),
        bad(
            "an index below zero",
            libsvm("1 -1:1", "0 1:2"),
            "d.libsvm",
            "indices should be one-based"),
        bad(
            "an index that is none",
            libsvm("1 x:1", "0 1:2"),
            "d.libsvm",
            "\"x\"",
            "pairs index:value"),
        bad("an index without a value", libsvm("1 1:1", "0 1"), "d.libsvm", "pairs index:value"),
        bad(
            "a value that is none",
            libsvm("1 1:one", "0 1:2"),
            "d.libsvm",
            "\"one\"",
            "pairs index:value"),
        bad("a value that is NaN", libsvm("1 1:NaN", "0 1:2"), "features_0'", "has the value NaN"),
        bad(
            "a line without label",
            libsvm("1:1 2:3", "0 1:2"),
            "d.libsvm",
            "\"1:1\"",
            "pairs index:value"),
        bad(
            "an index beyond integers",
            libsvm("1 3000000000:1", "0 1:2"),
            "d.libsvm",
            "\"3000000000\""),
        bad(
            "comments alone",
            libsvm("# nothing", "# at all"),
            "d.libsvm",
            "a line is a label and pairs"),
        good("lines of zeros", libsvm("1", "0 1:2", "1 2:3", "0 1:1")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void isRefusedOrLearnt(Case line) throws IOException {
    Path input = line.input().write(Files.createDirectory(folder.resolve("in")));
    Path out = Files.createDirectory(folder.resolve("out"));
    int cached = SparkTest.context().getPersistentRDDs().size();
    CommandLineRun run =
        CommandLineRun.train(
            input,
            input.toString().endsWith(".libsvm") ? "label" : "y",
            out.resolve("model"),
            line.options().toArray());
    assertThat(SparkTest.context().getPersistentRDDs()).hasSize(cached);
    if (line.words().isEmpty()) {
      run.good();
      JsonNode report =
          new ObjectMapper().readTree(out.resolve("model").resolve("report.json").toFile());
      assertThat(report.get("primalObjective").asDouble()).isFinite();
      assertThat(report.get("relativeGap").asDouble()).isBetween(0.0, 0.05);
      ReportPageTest.parsed(Files.readString(out.resolve("model").resolve("report.html")));
    } else {
      run.failed(line.words().toArray(String[]::new));
      assertThat(run.out()).isEmpty();
      assertThat(out).isEmptyDirectory();
    }
  }

  @Test
  void areMany() {
    assertThat(cases().filter(line -> !line.words().isEmpty())).hasSizeGreaterThanOrEqualTo(60);
  }
}
