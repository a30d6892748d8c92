package org.convexnn.cli.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.convexnn.SparkTest;
import org.convexnn.cli.CommandLineRun;
import org.convexnn.cli.input.TableReader;
import org.convexnn.cli.input.TableSource;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.ErrorMessages;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class LabelRuleTest {

  @TempDir private Path folder;

  private Dataset<Row> labels(String... values) {
    List<String> lines = new ArrayList<>(List.of("x,the label"));
    Arrays.stream(values).map(v -> "1," + v).forEach(lines::add);
    Path file = CommandLineRun.file(folder, "l.csv", lines.toArray(String[]::new));
    return new TableReader(SparkTest.session())
        .read(TableSource.of(file.toString(), Optional.empty()));
  }

  private static LabelRule decide(Dataset<Row> table, LearningTask task, String positive) {
    TableSurvey survey = TableSurvey.of(table, List.of("the label"));
    return LabelRule.decide(
        survey.field("the label"), survey.column("the label"), task, Optional.ofNullable(positive));
  }

  private static LabelRule auto(Dataset<Row> table) {
    return decide(table, LearningTask.AUTO, null);
  }

  private static List<Double> targets(LabelRule rule, Dataset<Row> table) {
    return table.select(rule.target()).collectAsList().stream().map(r -> r.getDouble(0)).toList();
  }

  private void refused(String value, LearningTask task, String positive, String... words) {
    assertThatThrownBy(() -> decide(labels(value.split(";")), task, positive))
        .isInstanceOf(CommandException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains("the label").contains(words));
  }

  @Test
  void mapsTwoClassesInOrder() {
    Dataset<Row> texts = labels("no", "yes", "no");
    LabelRule rule = auto(texts);
    assertThat(rule.classes()).containsExactly("no", "yes");
    assertThat(targets(rule, texts)).containsExactly(0.0, 1.0, 0.0);

    Dataset<Row> numbers = labels("10", "9");
    assertThat(auto(numbers).classes()).containsExactly("9", "10");
    assertThat(targets(auto(numbers), numbers)).containsExactly(1.0, 0.0);

    Dataset<Row> flags = labels("true", "false");
    assertThat(auto(flags).classes()).containsExactly("false", "true");
    assertThat(targets(auto(flags), flags)).containsExactly(1.0, 0.0);
  }

  @Test
  void mapsSeveralClassesInOrder() {
    Dataset<Row> texts = labels("b", "c", "it's", "a", "b");
    LabelRule rule = auto(texts);
    assertThat(rule.task()).isEqualTo(LearningTask.MULTICLASS);
    assertThat(rule.classes()).containsExactly("a", "b", "c", "it's");
    assertThat(targets(rule, texts)).containsExactly(1.0, 2.0, 3.0, 0.0, 1.0);

    Dataset<Row> numbers = labels("10", "9", "-1", "0", "-0.0");
    assertThat(auto(numbers).classes()).containsExactly("-1", "0", "9", "10");
    assertThat(targets(auto(numbers), numbers)).containsExactly(3.0, 2.0, 0.0, 1.0, 1.0);
  }

  @Test
  void theTargetKnowsItsClasses() {
    Dataset<Row> table = labels("b", "c", "a");
    NominalAttribute attribute =
        (NominalAttribute)
            Attribute.fromStructField(
                table
                    .withColumn(RowColumns.LABEL, auto(table).target())
                    .schema()
                    .apply(RowColumns.LABEL));
    assertThat(attribute.values().get()).containsExactly("a", "b", "c");
  }

  @Test
  void asManyClassesAsAreLearntAtOnceAndNoMore() {
    String[] most =
        IntStream.range(0, LabelRule.MAX_CLASSES).mapToObj(i -> "c" + i).toArray(String[]::new);
    Dataset<Row> table = labels(most);
    LabelRule rule = auto(table);
    assertThat(rule.classes()).hasSize(most.length);
    assertThat(targets(rule, table))
        .containsExactlyElementsOf(
            Arrays.stream(most).map(c -> (double) rule.classes().indexOf(c)).toList());
    Dataset<Row> strange = SparkTest.session().sql("SELECT 'x' AS `the label`");
    assertThatThrownBy(() -> targets(rule, strange))
        .satisfies(
            e ->
                assertThat(ErrorMessages.of(e))
                    .contains(
                        "holds 'x', but the model learnt 1000 classes, 'c0', 'c1', 'c10', ..."));
    String[] more = Arrays.copyOf(most, most.length + 1);
    more[most.length] = "rare";
    assertThatThrownBy(() -> auto(labels(more)))
        .isInstanceOf(CommandException.class)
        .hasMessageContainingAll(
            "more than 1000 classes (c0,", "at most 1000", "--label", "--positive VALUE");
  }

  @Test
  void positiveChoosesTheSecondClass() {
    LabelRule two = decide(labels("no", "yes"), LearningTask.AUTO, "no");
    assertThat(two.classes()).containsExactly("yes", "no");
    Dataset<Row> many = labels("0", "1", "2", "1.0");
    LabelRule rule = decide(many, LearningTask.AUTO, "1");
    assertThat(rule.classes()).containsExactly("not 1", "1");
    assertThat(targets(rule, many)).containsExactly(0.0, 1.0, 0.0, 1.0);
  }

  @Test
  void tellsClassesFromNumbers() {
    String[] twenty = IntStream.range(0, 20).mapToObj(Integer::toString).toArray(String[]::new);
    String[] more = IntStream.range(0, 21).mapToObj(Integer::toString).toArray(String[]::new);
    assertThat(auto(labels(twenty)).task()).isEqualTo(LearningTask.MULTICLASS);
    assertThat(auto(labels(more)).task()).isEqualTo(LearningTask.REGRESSION);
    assertThat(decide(labels(more), LearningTask.MULTICLASS, null).classes()).hasSize(21);
    assertThat(decide(labels("1", "2"), LearningTask.MULTICLASS, null).task())
        .isEqualTo(LearningTask.BINARY);
    assertThat(auto(labels("1.5", "2")).task()).isEqualTo(LearningTask.REGRESSION);
    assertThat(auto(labels("1.0", "2.0")).task()).isEqualTo(LearningTask.BINARY);
    assertThat(decide(labels("1", "2", "3"), LearningTask.REGRESSION, null).task())
        .isEqualTo(LearningTask.REGRESSION);
  }

  @Test
  void readsLabelsOfTablesReadAsText() {
    LabelRule rule = auto(labels("1", "2"));
    Dataset<Row> text = SparkTest.session().sql("SELECT '2.0' AS `the label`");
    assertThat(targets(rule, text)).containsExactly(1.0);
    Dataset<Row> strange = SparkTest.session().sql("SELECT '3' AS `the label`");
    assertThatThrownBy(() -> targets(rule, strange))
        .satisfies(
            e ->
                assertThat(ErrorMessages.of(e))
                    .isEqualTo(
                        "label column 'the label' holds '3', but the model learnt the classes '1'"
                            + " and '2'"));
    LabelRule number = auto(labels("1.5", "2"));
    assertThat(targets(number, text)).containsExactly(2.0);
  }

  @Test
  void refusesBadLabels() {
    refused("1;;2", LearningTask.AUTO, null, "empty (null) in 1 of 3 rows");
    refused("1.5;NaN;2", LearningTask.AUTO, null, "'NaN'", "in 1 of 3 rows", "missing value");
    refused("1.5;Inf;2", LearningTask.REGRESSION, null, "'Inf'", "must be finite");
    refused("yes;nan;no", LearningTask.AUTO, null, "'nan'");
    refused("1.5;high;2", LearningTask.REGRESSION, null, "the text 'high'", "--task auto");
    refused("true;false", LearningTask.REGRESSION, null, "booleans");
    refused("7;7", LearningTask.AUTO, null, "single class, '7'");
    refused("a", LearningTask.BINARY, null, "single class, 'a'");
    refused("a;a", LearningTask.MULTICLASS, null, "single class, 'a'");
    refused(
        "a;b;c",
        LearningTask.BINARY,
        null,
        "3 classes (a, b, c)",
        "--task multiclass",
        "--positive VALUE");
    refused("1;2;3", LearningTask.BINARY, null, "3 classes (1, 2, 3)", "--task regression");
    refused("a;b;c", LearningTask.AUTO, "d", "--positive is 'd'", "its classes are a, b, c");
  }

  /** Forty labels: these over and over, or numbers and one of these. */
  private static ColumnSurvey survey(boolean numbers, String... cells) {
    ColumnSurvey survey = new ColumnSurvey(LabelRule.MOST_TEXTS, 100);
    for (int i = 0; i < 40; i++) {
      survey.add(numbers && i >= cells.length ? i + ".5" : cells[i % cells.length]);
    }
    return survey;
  }

  private static LabelRule rule(ColumnSurvey survey, LearningTask task) {
    return LabelRule.decide(
        new StructField("y", DataTypes.StringType, true, Metadata.empty()),
        survey,
        task,
        Optional.empty());
  }

  @Test
  void textsThatJavaTakesForNumbersAreClasses() {
    assertThat(rule(survey(false, "3D", "3F"), LearningTask.AUTO).classes())
        .containsExactly("3D", "3F");
    assertThat(rule(survey(false, "007", "7"), LearningTask.AUTO).classes())
        .containsExactly("007", "7");
    assertThat(rule(survey(false, "0x1F", "31"), LearningTask.AUTO).classes())
        .containsExactly("0x1F", "31");
    assertThat(rule(survey(false, "+", "-"), LearningTask.AUTO).classes())
        .containsExactly("+", "-");
  }

  @Test
  void numbersWithDecimalCommasAreNumbers() {
    LabelRule rule = rule(survey(false, "1,5", "2,25", "7"), LearningTask.AUTO);
    assertThat(rule.task()).isEqualTo(LearningTask.REGRESSION);
    Dataset<Row> table = SparkTest.session().sql("SELECT '1.002,25' AS y");
    assertThat(targets(rule, table)).containsExactly(1002.25);
  }

  @Test
  void aLabelThatIsMissingOrNoNumberIsNoClass() {
    for (String bad : List.of("NA", "?", "-", ".", "NULL", "n/a")) {
      assertThatThrownBy(() -> rule(survey(true, bad), LearningTask.AUTO))
          .hasMessageContainingAll("'y' holds '" + bad + "'", "in 1 of 40 rows", "missing value");
    }
    assertThatThrownBy(() -> rule(survey(true, "12D"), LearningTask.AUTO))
        .hasMessageContainingAll("'y' holds '12D'", "numbers", "in 1 of 40 rows");
    assertThatThrownBy(() -> rule(survey(false, "yes", "no", "NA"), LearningTask.AUTO))
        .hasMessageContainingAll("'y' holds 'NA'", "missing value");
    assertThatThrownBy(() -> rule(survey(false, "1,234", "5,678"), LearningTask.AUTO))
        .hasMessageContainingAll("'1,234'", "thousands or a fraction");
    for (String time : List.of("2024-01-31", "31/01/2024", "01/02/2024", "12:30", "Jan 3, 2024")) {
      assertThatThrownBy(() -> rule(survey(false, time), LearningTask.AUTO))
          .hasMessageContaining("times such as '" + time + "'");
    }
  }
}
