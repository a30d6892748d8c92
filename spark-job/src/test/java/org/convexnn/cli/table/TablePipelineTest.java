package org.convexnn.cli.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
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
class TablePipelineTest {

  @TempDir private Path folder;

  private final TableReader reader = new TableReader(SparkTest.session());

  private Dataset<Row> table(String name, String... lines) {
    return reader.read(
        TableSource.of(CommandLineRun.file(folder, name, lines).toString(), Optional.empty()));
  }

  private Dataset<Row> toScore(TablePipeline pipeline, String name, String... lines) {
    Path file = CommandLineRun.file(folder, name, lines);
    return reader.readFor(pipeline.layout(), TableSource.of(file.toString(), Optional.empty()));
  }

  private static List<double[]> features(Dataset<Row> transformed) {
    return transformed.select(RowColumns.FEATURES).collectAsList().stream()
        .map(r -> ((Vector) r.get(0)).toArray())
        .toList();
  }

  private static TablePipeline fit(Dataset<Row> table) {
    return fit(table, "y");
  }

  private static TablePipeline fit(Dataset<Row> table, String label) {
    return TablePipeline.fit(
        table,
        TableSurvey.of(table, List.of(label)),
        label,
        Optional.empty(),
        Set.of(label),
        Map.of(),
        false);
  }

  @Test
  void preparesMixedColumns() {
    Dataset<Row> table =
        table(
            "train.csv",
            "num,text.1,flag,empty,y",
            "1,red,true,,0",
            "2,red,false,,1",
            ",blue,,,0",
            "9,,true,,1");
    TablePipeline pipeline = fit(table);
    assertThat(pipeline.rows()).isEqualTo(4);
    assertThat(pipeline.layout().columns())
        .extracting(InputColumn::name)
        .containsExactly("num", "text.1", "flag");
    // num, then red, blue, missing, then true, false, missing; 2 is the median of 1, 2, 9
    assertThat(features(pipeline.transform(table)))
        .containsExactly(
            new double[] {1, 1, 0, 0, 1, 0, 0},
            new double[] {2, 1, 0, 0, 0, 1, 0},
            new double[] {2, 0, 1, 0, 0, 0, 1},
            new double[] {9, 0, 0, 1, 1, 0, 0});
  }

  @Test
  void treatsUnseenCategoriesAsMissingAndNeedsNoLabel() {
    TablePipeline pipeline =
        fit(table("train.csv", "num,text,flag,y", "1,red,true,0", "2,blue,false,1"));
    Dataset<Row> other =
        toScore(pipeline, "score.csv", "more,flag,text,num", "7,TRUE,green,", "8,,red,1e1");
    // red and blue are equally frequent, so they stand in the order of the alphabet
    assertThat(features(pipeline.transform(other)))
        .containsExactly(new double[] {1, 0, 0, 1, 0, 1, 0}, new double[] {10, 0, 1, 0, 0, 0, 1});
  }

  @Test
  void comesBackFromDiskWithNothingButMllibsStages() throws Exception {
    Dataset<Row> table = table("train.csv", "a b,`c.d`,y", "1,u,0", "2,v,1", ",,1");
    TablePipeline pipeline = fit(table);
    String path = folder.resolve("model").toString();
    pipeline.with(table, List.of()).save(path);
    PipelineModel loaded = PipelineModel.load(path);
    for (Transformer stage : loaded.stages()) {
      assertThat(stage.getClass().getName()).startsWith("org.apache.spark.ml.feature.");
    }
    assertThat(InputLayout.parse(((SQLTransformer) loaded.stages()[0]).getStatement()))
        .contains(pipeline.layout());
    assertThat(features(loaded.transform(table)))
        .containsExactlyElementsOf(features(pipeline.transform(table)));
  }

  @Test
  void readsDatesAsNumbers() {
    TablePipeline pipeline = fit(table("train.csv", "day,y", "2024-01-01,0", "2024-01-02,1", ",1"));
    List<double[]> days = features(pipeline.transform(table("t.csv", "day", "2024-01-02")));
    List<double[]> before = features(pipeline.transform(table("u.csv", "day", "2024-01-01")));
    assertThat(days.get(0)[0] - before.get(0)[0]).isEqualTo(86_400);
  }

  @Test
  void takesVectorsAsTheyAre() {
    Path file = CommandLineRun.file(folder, "l.libsvm", "1 1:0.5 3:2", "0 2:1");
    Dataset<Row> table = reader.read(TableSource.of(file.toString(), Optional.empty()));
    TablePipeline pipeline = fit(table, "label");
    assertThat(features(pipeline.transform(table)).get(0)).containsExactly(0.5, 0, 2);
    Path shorter = CommandLineRun.file(folder, "s.libsvm", "1 1:0.5");
    Dataset<Row> scored =
        pipeline.transform(
            reader.readFor(
                pipeline.layout(), TableSource.of(shorter.toString(), Optional.empty())));
    assertThat(features(scored).get(0)).containsExactly(0.5, 0, 0);
  }

  @Test
  void refusesNumbersThatAreNotFiniteByColumn() {
    for (String bad : List.of("1e300", "Inf", "-Infinity")) {
      Dataset<Row> table = table("n.csv", "good,bad,y", "1,1.5,0", "2," + bad + ",1");
      assertThatThrownBy(() -> fit(table))
          .satisfies(
              e ->
                  assertThat(ErrorMessages.of(e))
                      .contains("column 'bad'", "--drop", "count as missing"));
    }
  }

  @Test
  void refusesTextAmongNumbersWhenScoring() {
    TablePipeline pipeline = fit(table("train.csv", "num,y", "1,0", "2,1"));
    Dataset<Row> other = toScore(pipeline, "score.csv", "num", "1", "many");
    assertThatThrownBy(() -> features(pipeline.transform(other)))
        .satisfies(
            e -> assertThat(ErrorMessages.of(e)).startsWith("column 'num' holds 'many' where"));
  }

  @Test
  void refusesTablesWithNothingToLearnFrom() {
    assertThatThrownBy(() -> fit(table("a.csv", "y", "1")))
        .hasMessageContaining("no column to learn from");
    assertThatThrownBy(() -> fit(table("b.csv", "a,y", ",1")))
        .hasMessageContaining("all columns beside 'y' are empty or left out (column 'a' is empty");
    assertThatThrownBy(() -> fit(table("c.csv", "a,y"))).hasMessageContaining("no rows");
    Dataset<Row> nested = SparkTest.session().sql("SELECT array('u', 'v') AS a, 1 AS y");
    assertThatThrownBy(() -> fit(nested))
        .hasMessageContaining("column 'a' is of type array<string>");
  }

  @Test
  void keepsTheMostFrequentOfVeryManyCategories() {
    int many = TablePipeline.MAX_CATEGORIES + 50;
    String[] lines =
        IntStream.rangeClosed(-2, many)
            .mapToObj(i -> i == -2 ? "id,y" : i < 1 ? "often,1" : "id" + i + ",0")
            .toArray(String[]::new);
    TablePipeline pipeline = fit(table("many.csv", lines));
    double[] often = features(pipeline.transform(table("one.csv", "id", "often"))).get(0);
    assertThat(often).hasSize(TablePipeline.MAX_CATEGORIES + 1);
    assertThat(often[0]).isEqualTo(1);
  }

  @Test
  void refusesMoreFeaturesThanTheDriverHolds() {
    InputLayout sparse =
        new InputLayout(
            "label", List.of(new InputColumn("features", InputColumn.Kind.VECTOR, 100_000_000)));
    assertThatThrownBy(() -> TablePipeline.refuseTooMany(sparse, 1L << 30))
        .isInstanceOf(CommandException.class)
        .hasMessageContainingAll("100000000 features", "1024 MB holds 1073741", "--driver-memory");
    TablePipeline.refuseTooMany(sparse, 1L << 37);
  }

  /** Many columns of numbers are read together; blanks, markers, texts and types as in few. */
  @Test
  void readsManyColumnsOfNumbersAsItReadsFew() {
    int few = 3;
    int many = NumberColumns.FEWEST;
    List<List<double[]>> read =
        Stream.of(few, many)
            .map(
                columns -> {
                  String more = ",4".repeat(columns - few);
                  Dataset<Row> table =
                      table(
                          columns + ".csv",
                          "a,b`.c,d"
                              + IntStream.range(few, columns)
                                  .mapToObj(j -> ",x" + j)
                                  .collect(Collectors.joining())
                              + ",y",
                          "1.5, -2e3 ,NA" + more + ",u",
                          ",+.5,7" + more + ",v",
                          "3,,8" + more + ",u");
                  TablePipeline pipeline = fit(table);
                  assertThat(pipeline.layout().together().columns())
                      .hasSize(columns == few ? 0 : many);
                  // Numbers that are numbers already.
                  Dataset<Row> typed =
                      SparkTest.session()
                          .sql(
                              "SELECT 1.5F AS a, 7L AS `b``.c`, double('NaN') AS d"
                                  + IntStream.range(few, columns)
                                      .mapToObj(j -> ", 4 AS x" + j)
                                      .collect(Collectors.joining()));
                  List<double[]> all = new ArrayList<>(features(pipeline.transform(table)));
                  all.addAll(features(pipeline.transform(typed)));
                  for (String cell : List.of("12D", "u", "Infinity", "1e400")) {
                    Dataset<Row> bad = typed.withColumn("d", functions.lit(cell));
                    assertThat(
                            CellCheck.of(bad, pipeline.layout(), Optional.empty())
                                .problem()
                                .orElseThrow())
                        .startsWith("column 'd' holds '" + cell + "' where numbers are expected");
                    assertThatThrownBy(() -> pipeline.transform(bad).collectAsList())
                        .satisfies(
                            e ->
                                assertThat(ErrorMessages.of((Throwable) e))
                                    .startsWith("column 'd' holds '" + cell + "' where numbers"));
                  }
                  return all.stream().map(f -> Arrays.copyOf(f, few)).toList();
                })
            .toList();
    assertThat(read.get(1)).usingRecursiveComparison().isEqualTo(read.get(0));
    assertThat(read.get(1).get(0)).containsExactly(1.5, -2000, 7);
    assertThat(read.get(1).get(3)).containsExactly(1.5, 7, 7);
  }
}
