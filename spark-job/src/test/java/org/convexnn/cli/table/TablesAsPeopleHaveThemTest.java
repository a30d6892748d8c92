package org.convexnn.cli.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.SparkTest;
import org.convexnn.cli.CommandLineRun;
import org.convexnn.cli.input.CsvOptions;
import org.convexnn.cli.input.TableReader;
import org.convexnn.cli.input.TableSource;
import org.convexnn.cli.message.CommandException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tables as they occur, each as small as shows its kind: the features that the first rows become,
 * both when they are trained on and when a saved model reads them as a table to score; or the words
 * by which they are refused.
 */
@Tag("spark")
class TablesAsPeopleHaveThemTest {

  private static final SparkSession SPARK = SparkTest.session();

  @TempDir private Path folder;

  /** Writes a table below a folder and names it. */
  private interface Table {
    Path write(Path folder) throws IOException;
  }

  /**
   * A line of the table.
   *
   * @param name what is odd
   * @param table the table, with a label y
   * @param options of CSV files
   * @param names the features
   * @param first the features of the first rows
   * @param words of the refusal, instead
   */
  private record Case(
      String name,
      Table table,
      CsvOptions options,
      List<String> names,
      List<double[]> first,
      List<String> words) {

    private Case with(CsvOptions other) {
      return new Case(name, table, other, names, first, words);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Case good(String name, Table table, String names, double[]... first) {
    return new Case(
        name, table, CsvOptions.NONE, List.of(names.split(", ")), List.of(first), List.of());
  }

  private static Case bad(String name, Table table, String... words) {
    return new Case(name, table, CsvOptions.NONE, List.of(), List.of(), List.of(words));
  }

  private static double[] row(double... features) {
    return features;
  }

  private static Table file(String name, String... lines) {
    return folder -> CommandLineRun.file(folder, name, lines);
  }

  private static Table csv(String... lines) {
    return file("t.csv", lines);
  }

  /** A column c of these cells over and over, and a label, thirty rows. */
  private static Table column(String... cells) {
    return csv(
        Stream.concat(
                Stream.of("c;y"),
                IntStream.range(0, 30).mapToObj(i -> cells[i % cells.length] + ";" + i % 2))
            .toArray(String[]::new));
  }

  private static Table parquet(String... columns) {
    return folder -> {
      Path path = folder.resolve("t.parquet");
      SPARK.range(0, 30, 1, 1).selectExpr(columns).write().parquet(path.toString());
      return path;
    };
  }

  /** A folder that holds a table of another format's. */
  private static Table managed(String sign) {
    return folder -> {
      Path table = Files.createDirectories(folder.resolve("t").resolve(sign)).getParent();
      Files.writeString(table.resolve(sign).resolve("v1.metadata.json"), "{}");
      SPARK.range(3).selectExpr("id AS a", "id AS y").write().parquet(table + "/data");
      return table;
    };
  }

  static Stream<Case> tables() {
    return Stream.of(markers(), codes(), notations(), times(), files(), arrays()).flatMap(s -> s);
  }

  private static Stream<Case> markers() {
    return Stream.of(
        good(
            "a marker among numbers", column("1.5", "NA", "4", "7"), "c", row(1.5), row(4), row(4)),
        good(
            "all markers",
            column("1", "n/a", "?", "NULL", "nan", "-", ".", "1"),
            "c",
            row(1),
            row(1)),
        good(
            "NaN among doubles",
            parquet("if(id = 0, double('NaN'), id) AS c", "id % 2 AS y"),
            "c",
            row(15),
            row(1)),
        bad("a stray text", csv(stray("abc")), "'abc' where numbers", "bad in 1 of 31 rows"),
        bad("a stray number with a letter", csv(stray("12D")), "'12D' where numbers"),
        bad("infinity", csv(stray("Infinity")), "'Infinity' where numbers"));
  }

  private static String[] stray(String text) {
    return Stream.of(
            Stream.of("c,y"),
            IntStream.range(0, 30).mapToObj(i -> i + ".5," + i % 2),
            Stream.of(text + ",1"))
        .flatMap(s -> s)
        .toArray(String[]::new);
  }

  private static Stream<Case> codes() {
    return Stream.of(
        good(
            "seats",
            column("12D", "12F"),
            "c = 12D, c = 12F, c = (missing)",
            row(1, 0, 0),
            row(0, 1, 0)),
        good(
            "hexadecimals",
            column("0x1F", "0x20"),
            "c = 0x1F, c = 0x20, c = (missing)",
            row(1, 0, 0)),
        good(
            "leading zeros",
            column("00123", "123"),
            "c = 00123, c = 123, c = (missing)",
            row(1, 0, 0),
            row(0, 1, 0)),
        good(
            "powers of ten by chance",
            column("1e5", "3e7"),
            "c = 1e5, c = 3e7, c = (missing)",
            row(1, 0, 0)),
        good("powers of ten", column("1e-5", "2.5E3", "4"), "c", row(1e-5), row(2500), row(4)));
  }

  private static Stream<Case> notations() {
    return Stream.of(
        good("decimal commas", column("3,14", "2", "1.234,5"), "c", row(3.14), row(2), row(1234.5)),
        good(
            "thousands",
            column("1,234.5", "12", "1,234,567"),
            "c",
            row(1234.5),
            row(12),
            row(1234567)),
        bad("thousands or fractions", column("1,234", "5,678"), "'1,234'", "--drop"),
        bad("blanks in groups", column("1 234", "5 678"), "'1 234'", "--drop"));
  }

  private static Stream<Case> times() {
    double day = 86_400;
    double first = 19_723 * day; // 2024-01-01, a Monday
    return Stream.of(
        good(
            "dates",
            column("2024-01-01", "2024-02-06"),
            "c, c (month), c (weekday)",
            row(first, 1, 1),
            row(first + 36 * day, 2, 2)),
        good(
            "wall clocks",
            column("2024-01-01 10:00", "2024-01-01T02:30:15.5"),
            "c, c (hour)",
            row(first + 36_000, 10),
            row(first + 9015.5, 2)),
        good(
            "offsets",
            column("2024-01-01 10:00+09:00", "2024-01-01 10:00Z"),
            "c, c (hour)",
            row(first + 3600, 1),
            row(first + 36_000, 10)),
        good(
            "years",
            column("2024-01-01", "2025-01-06"),
            "c, c (year)",
            row(first, 2024),
            row(first + 371 * day, 2025)),
        good(
            "the day first",
            column("31/01/2024", "01/02/2024"),
            "c, c (month), c (weekday)",
            row(first + 30 * day, 1, 3),
            row(first + 31 * day, 2, 4)),
        good(
            "the month first",
            column("01/31/2024 5:30 pm", "02/01/2024"),
            "c, c (month), c (weekday), c (hour)",
            row(first + 30 * day + 63_000, 1, 3, 17)),
        bad("day or month first", column("01/02/2024", "03/04/2024"), "'01/02/2024'", "2024-01-31"),
        good("times of day", column("12:30", "1:05:30"), "c", row(45_000), row(3930)),
        good(
            "Parquet's dates",
            parquet("date_add(DATE'2024-01-01', CAST(id AS INT)) AS c", "id AS y"),
            "c, c (weekday)",
            row(first, 1),
            row(first + day, 2)),
        good(
            "Parquet's wall clocks",
            parquet("make_timestamp_ntz(2024, 1, 1, id % 24, 0, 0) AS c", "id AS y"),
            "c, c (hour)",
            row(first, 0),
            row(first + 3600, 1)));
  }

  private static Stream<Case> files() {
    String[] lines = {"a,y", "1.5,0", "2.5,1", "3.5,0"};
    return Stream.of(
        good(
            "semicolons",
            csv("a;b;y", "1,5;u;0", "2,5;v;1"),
            "a, b = u, b = v, b = (missing)",
            row(1.5, 1, 0, 0)),
        good("tabs", file("t.tsv", "a\ty", "1.5\t0", "\t1", "2.5\t1"), "a", row(1.5), row(1.5)),
        good("bars", csv("a|y", "1,5|0", "2,5|1"), "a", row(1.5)),
        good(
            "commas in cells",
            csv("a,b,y", "1.5,\"u;v,w\",0", "2,x,1"),
            "a, b = u;v,w, b = x, b = (missing)",
            row(1.5, 1, 0, 0)),
        good("another delimiter", csv("a#y", "1.5#0", "2#1"), "a", row(1.5))
            .with(CsvOptions.of("#", List.of())),
        bad(
            "no header",
            csv("5.1,3.5,setosa", "4.9,3.0,virginica"),
            "is no header ('5.1', '3.5'",
            "--columns"),
        good("no header, names given", csv("5.1,0", "4.9,1"), "a", row(5.1), row(4.9))
            .with(CsvOptions.of(null, List.of("a", "y"))),
        bad("too few names given", csv("5.1,0", "4.9,1"), "--columns names 1", "2 cells")
            .with(CsvOptions.of(null, List.of("y"))),
        good("a header of numbers", csv("0,1,y", "5.1,3.5,0", "4.9,3.0,1"), "0, 1", row(5.1, 3.5)),
        good(
            "a header of years",
            csv("2019,2020,y", "5.1,3.5,0", "4.9,3.0,1"),
            "2019, 2020",
            row(5.1, 3.5)),
        good("pandas' index", csv(numbered(",a,y", "%d,%d.5,%d")), "a", row(0.5), row(1.5)),
        good("an identifier", csv(numbered("CustomerId,a,y", "%1$d7,%2$d.5,%3$d")), "a", row(0.5)),
        good("names of people", csv(numbered("name,a,y", "person %d,%d.5,%d")), "a", row(0.5)),
        good(
            "folders by number",
            folder -> {
              for (int year : new int[] {2019, 2020}) {
                Path part = Files.createDirectories(folder.resolve("t").resolve("year=" + year));
                // Spark reads the longest file first.
                String[] rows = {"a,y", year - 2018 + ".5,0", "3,1", "4,0"};
                CommandLineRun.file(part, "p.csv", Arrays.copyOf(rows, 2023 - year));
              }
              return folder.resolve("t");
            },
            "a, year",
            row(1.5, 2019)),
        good("signs of patterns", file("data [1].csv", lines), "a", row(1.5), row(2.5)),
        good("a backslash", file("b\\s.csv", lines), "a", row(1.5)),
        bad("a colon", file("a:b.csv", lines), "a:b.csv has a colon in its name", "rename it"),
        good("signs of addresses", file("a %20#ü?{x}*.csv", lines), "a", row(1.5)),
        good(
            "a pattern",
            folder -> file("t1.csv", lines).write(folder).resolveSibling("t[0-9].csv"),
            "a",
            row(1.5)),
        bad(
            "Latin-1 in a later line",
            folder ->
                Files.write(
                    folder.resolve("t.csv"),
                    "a,y\n1,0\nä,1\n".getBytes(StandardCharsets.ISO_8859_1)),
            "its line 3 is no UTF-8",
            "iconv"),
        bad("a Delta table", managed("_delta_log"), "is a Delta table", "format('delta')"),
        bad("a Hudi table", managed(".hoodie"), "is a Hudi table", "format('hudi')"),
        bad("an Iceberg table", managed("metadata"), "is an Iceberg table", "format('iceberg')"),
        bad(
            "the data of an Iceberg table",
            folder -> managed("metadata").write(folder).resolve("data"),
            "is part of an Iceberg table"));
  }

  private static String[] numbered(String header, String format) {
    return Stream.concat(
            Stream.of(header),
            IntStream.range(0, 30).mapToObj(i -> String.format(format, i, i, i % 2)))
        .toArray(String[]::new);
  }

  private static Stream<Case> arrays() {
    return Stream.of(
        good(
            "an embedding",
            parquet("array(id, id + 0.5D) AS e", "id % 2 AS y"),
            "e[0], e[1]",
            row(0, 0.5),
            row(1, 1.5)),
        good(
            "an embedding beside a number",
            parquet("array(CAST(id AS FLOAT)) AS e", "id * 2 AS a", "id % 2 AS y"),
            "e[0], a",
            row(0, 0),
            row(1, 2)));
  }

  private Dataset<Row> read(Case line, Path path, Optional<InputLayout> layout) {
    TableSource source =
        new TableSource(path.toString(), Optional.empty(), Optional.empty(), line.options());
    TableReader reader = new TableReader(SPARK);
    return layout.map(l -> reader.readFor(l, source)).orElseGet(() -> reader.read(source));
  }

  private static TablePipeline fit(Dataset<Row> table) {
    return TablePipeline.fit(
        table,
        TableSurvey.of(table, List.of("y")),
        "y",
        Optional.empty(),
        Set.of("y"),
        Map.of(),
        false);
  }

  private static List<double[]> features(Dataset<Row> table, int rows) {
    return table.select(RowColumns.FEATURES).takeAsList(rows).stream()
        .map(r -> ((Vector) r.get(0)).toArray())
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tables")
  void isReadAsItIsMeantOrRefused(Case line) throws IOException {
    Path path = line.table().write(folder);
    if (!line.words().isEmpty()) {
      assertThatThrownBy(() -> fit(read(line, path, Optional.empty())))
          .isInstanceOf(CommandException.class)
          .satisfies(e -> assertThat(e.getMessage()).contains(line.words()));
      return;
    }
    TablePipeline pipeline = fit(read(line, path, Optional.empty()));
    assertThat(pipeline.featureNames()).isEqualTo(line.names());
    int rows = line.first().size();
    assertThat(features(pipeline.transform(read(line, path, Optional.empty())), rows))
        .containsExactlyElementsOf(line.first());
    InputLayout saved = InputLayout.parse(pipeline.layout().statement()).orElseThrow();
    assertThat(saved).isEqualTo(pipeline.layout());
    assertThat(features(pipeline.transform(read(line, path, Optional.of(saved))), rows))
        .containsExactlyElementsOf(line.first());
  }

  @Test
  void aWallClockIsTheSameWhereverItIsRead() {
    List<String> lines = new ArrayList<>(List.of("t,d,y"));
    for (int i = 0; i < 24; i++) {
      lines.add(String.format("2024-03-31 %02d:30:00,2024-01-%02d,%d", i, i + 1, i % 2));
    }
    Path path = CommandLineRun.file(folder, "t.csv", lines.toArray(String[]::new));
    Case plain = good("", file("t.csv"), "");
    TablePipeline pipeline = fit(read(plain, path, Optional.empty()));
    List<double[]> here = features(pipeline.transform(read(plain, path, Optional.empty())), 24);
    TimeZone before = TimeZone.getDefault();
    String session = SPARK.conf().get("spark.sql.session.timeZone");
    try {
      for (String zone : List.of("Asia/Tokyo", "Europe/Berlin", "America/New_York")) {
        SPARK.conf().set("spark.sql.session.timeZone", zone);
        TimeZone.setDefault(TimeZone.getTimeZone(zone));
        assertThat(
                features(pipeline.transform(read(plain, path, Optional.of(pipeline.layout()))), 24))
            .as(zone)
            .containsExactlyElementsOf(here);
        assertThat(
                features(
                    fit(read(plain, path, Optional.empty()))
                        .transform(read(plain, path, Optional.empty())),
                    24))
            .containsExactlyElementsOf(here);
      }
    } finally {
      TimeZone.setDefault(before);
      SPARK.conf().set("spark.sql.session.timeZone", session);
    }
  }

  @Test
  void moreColumnsThanSparksReaderTakesByItself() {
    int columns = 20_500;
    String header =
        IntStream.range(0, columns).mapToObj(j -> "c" + j).collect(Collectors.joining(","));
    String[] rows = new String[2];
    Arrays.setAll(rows, i -> "1,".repeat(columns) + i);
    Path path = CommandLineRun.file(folder, "t.csv", header + ",y", rows[0], rows[1]);
    Dataset<Row> table = read(good("", file("t.csv"), ""), path, Optional.empty());
    assertThat(table.columns()).hasSize(columns + 1);
    assertThat(table.select("c" + (columns - 1), "y").collectAsList())
        .extracting(r -> r.getString(0) + r.getString(1))
        .containsExactly("10", "11");
  }
}
