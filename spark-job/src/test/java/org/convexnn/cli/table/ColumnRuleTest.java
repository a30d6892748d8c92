package org.convexnn.cli.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.table.ColumnRule.Wish;
import org.convexnn.cli.table.InputColumn.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of column that people have, forty cells of it, and what is decided; without Spark. */
class ColumnRuleTest {

  private static final int ROWS = 40;

  /** A column and its decision: kind and notation, nothing where it is left out, and the note. */
  private record Case(
      String name, List<String> cells, Wish wish, String decision, List<String> note) {
    @Override
    public String toString() {
      return name + " " + cells.subList(0, Math.min(3, cells.size()));
    }
  }

  private static Case column(String decision, List<String> cells, String... note) {
    return named("c", decision, cells, note);
  }

  private static Case named(String name, String decision, List<String> cells, String... note) {
    return new Case(name, cells, Wish.NONE, decision, List.of(note));
  }

  private static List<String> repeated(String... cells) {
    return IntStream.range(0, ROWS).mapToObj(i -> cells[i % cells.length]).toList();
  }

  /** A text with the row's number in it, and first these. */
  private static List<String> counted(String format, int from, String... first) {
    return IntStream.range(0, ROWS)
        .mapToObj(i -> i < first.length ? first[i] : String.format(format, from + i))
        .toList();
  }

  static Stream<Case> decided() {
    return Stream.of(
        column("number point", counted("%d.5", 0)),
        column("number point", counted("%d.5", 0, "NA"), "'NA' in 1 of 40 rows", "as missing"),
        column("number point", counted("%d.5", 0, "?", "?", "n/a"), "'?' in 2", "'n/a' in 1"),
        column("number point", repeated("1", "NULL", "-", "3"), "'-' in 10", "'NULL' in 10"),
        column("number point", repeated("1e-3", "2.5E2", "7")),
        column("number point", repeated("1e5", "100", "22"), "'1e5'", "numbers", "--categories c"),
        column("text", repeated("1e5", "3e7", "2e9"), "codes such as '1e5'", "--numbers c"),
        column("text", repeated("12D", "12F", "3A")),
        column("text", repeated("0x1F", "0x2A")),
        column("text", repeated("02139", "10001", "94110"), "codes such as '02139'", "--numbers c"),
        column("number point", counted("%06d", 1, "000000", "000000"), "'000000'", "numbers"),
        column("text", repeated("1", "2", "many"), "texts such as 'many'", "categories"),
        column("text", repeated("red", "green", "NA")),
        column("flag", repeated("true", "FALSE", "NA"), "'NA'", "missing"),
        column("number comma", repeated("3,14", "2", "1.234,5"), "'3,14'", "decimal comma"),
        column("number grouped", repeated("1,234.5", "12"), "'1,234.5'", "commas in groups"),
        column("number grouped", repeated("1,234", "950"), "'1,234'", "commas in groups"),
        column("time year_first", repeated("2024-01-31", "2024-02-01 10:00", "NA"), "'NA'"),
        column("time day_first", repeated("31/12/2024", "01/02/2024"), "the day first"),
        column("time day_first", repeated("03.04.2024", "1.2.2024"), "the day first"),
        column("time month_first", repeated("12/31/2024", "01/02/2024"), "the month first"),
        column("clock clock", repeated("12:30", "1:05:30")),
        column("left out", repeated(""), "empty in all rows"),
        column("left out", repeated("NA", "", "?"), "nothing but"),
        column("left out", counted("person %d", 1), "identifier", "--categories c"),
        column("left out", counted("%05d", 1), "identifier"),
        named("_c0", "left out", counted("%d", 0), "identifier", "--numbers _c0"),
        named("PassengerId", "left out", counted("%d", 1), "identifier"),
        named("user_id", "left out", counted("%d7", 100), "identifier"),
        named("paid", "number point", counted("%d7", 100)),
        column("number point", counted("%d", 1), "counts the rows", "--drop c"),
        new Case("c", counted("%d", 1), Wish.CATEGORIES, "text", List.of()),
        new Case("c", counted("person %d", 1), Wish.CATEGORIES, "text", List.of()),
        new Case("id", counted("%d", 1), Wish.NUMBERS, "number point", List.of()),
        new Case("c", repeated("02139", "10001"), Wish.NUMBERS, "number point", List.of()));
  }

  @ParameterizedTest
  @MethodSource("decided")
  void isDecidedAndTold(Case line) {
    ColumnRule rule = rule(line.name(), line.wish(), line.cells());
    assertThat(
            rule.column()
                .map(c -> c.kind() + (c.kind().numeric() ? " " + c.notation() : ""))
                .orElse("left out"))
        .isEqualTo(line.decision());
    if (line.note().isEmpty()) {
      assertThat(rule.note()).isEmpty();
    } else {
      assertThat(rule.note().orElse("")).contains(line.note());
    }
  }

  private static ColumnRule rule(String name, Wish wish, List<String> cells) {
    return ColumnRule.of(
        new StructField(
            name, DataTypes.StringType, true, org.apache.spark.sql.types.Metadata.empty()),
        survey(cells),
        wish);
  }

  private static ColumnSurvey survey(List<String> cells) {
    ColumnSurvey survey = new ColumnSurvey(100, 100);
    cells.forEach(survey::add);
    return survey;
  }

  private static void refused(Wish wish, List<String> cells, String... words) {
    assertThatThrownBy(() -> rule("c", wish, cells))
        .isInstanceOf(CommandException.class)
        .hasMessageContainingAll("column 'c' holds '", "--drop")
        .hasMessageContainingAll(words);
  }

  @Test
  void whatCouldBeTwoThingsIsRefusedWithAnExampleAndARemedy() {
    refused(Wish.NONE, counted("%d.5", 0, "abc"), "'abc' where numbers", "bad in 1 of 40 rows");
    refused(Wish.NONE, counted("%d.5", 0, "12D", "NA"), "'12D' where numbers", "bad in 1 of 40");
    refused(Wish.NONE, counted("%d.5", 0, "Infinity"), "'Infinity' where numbers");
  }

  @Test
  void notationsThatAreInDoubtAreRefused() {
    refused(Wish.NONE, repeated("1,234", "5,678"), "'1,234'", "thousands or a fraction", "1234.5");
    refused(Wish.NONE, repeated("1,234", "1.234"), "thousands or a fraction");
    refused(Wish.NONE, repeated("1 234", "950"), "'1 234'", "write them as 1234.5");
    refused(Wish.NONE, repeated("03/04/2024", "1/2/2024"), "'03/04/2024'", "2024-01-31");
    refused(Wish.NONE, repeated("31/03/2024", "30/04/2024", "04/30/2024"), "cannot be told apart");
    refused(Wish.NONE, repeated("31/12/24"), "'31/12/24'", "2024-01-31");
    refused(Wish.NONE, repeated("Jan 31, 2024"), "2024-01-31");
    refused(Wish.NUMBERS, repeated("1", "many"), "'many' where numbers", "bad in 20 of 40 rows");
  }

  @Test
  void groupsAmongDecimalCommasAreRefused() {
    List<List<String>> cells = List.of(repeated("3,14", "2,5"), repeated("1.234", "950"));
    List<InputColumn> columns =
        cells.stream().map(c -> rule("c", Wish.NONE, c).column().orElseThrow()).toList();
    assertThatThrownBy(
            () ->
                ColumnRule.refuseDisagreement(
                    columns, cells.stream().map(ColumnRuleTest::survey).toList()))
        .hasMessageContainingAll("'1.234'", "thousands", "decimal commas");
  }

  @Test
  void typedColumnsKeepTheirTypes() {
    StructType types =
        new StructType()
            .add("n", DataTypes.DoubleType)
            .add("t", DataTypes.TimestampType)
            .add("d", DataTypes.DateType)
            .add("f", DataTypes.BooleanType);
    ColumnSurvey numbers = new ColumnSurvey(100, 100);
    Arrays.asList(1.5, Double.NaN, null, 2.0).forEach(numbers::add);
    ColumnRule rule = ColumnRule.of(types.apply("n"), numbers, Wish.NONE);
    assertThat(rule.column().orElseThrow().kind()).isEqualTo(Kind.NUMBER);
    assertThat(rule.note().orElseThrow()).contains("'NaN' in 1 of 4 rows", "missing");
    ColumnSurvey times = new ColumnSurvey(100, 100);
    times.add(new java.sql.Timestamp(0));
    assertThat(ColumnRule.of(types.apply("t"), times, Wish.NONE).column().orElseThrow().parts())
        .containsExactly(TimePart.values());
    assertThat(ColumnRule.of(types.apply("d"), times, Wish.NONE).column().orElseThrow().parts())
        .doesNotContain(TimePart.HOUR);
  }

  @Test
  void surveysOfPartsAreThatOfTheWhole() {
    List<String> cells = counted("%d.5", 0, "NA", "x", "", "7", "7");
    ColumnSurvey parts = survey(cells.subList(0, 3));
    parts.merge(survey(cells.subList(3, 4))).merge(survey(cells.subList(4, ROWS)));
    ColumnSurvey whole = survey(cells);
    for (CellShape shape : CellShape.values()) {
      assertThat(parts.count(shape)).isEqualTo(whole.count(shape));
      assertThat(parts.example(shape)).isEqualTo(whole.example(shape));
    }
    assertThat(parts.texts()).isEqualTo(whole.texts());
    assertThat(parts.allDifferent()).isEqualTo(whole.allDifferent()).isFalse();
    assertThat(parts.largest()).isEqualTo(whole.largest()).isEqualTo(39.5);
  }
}
