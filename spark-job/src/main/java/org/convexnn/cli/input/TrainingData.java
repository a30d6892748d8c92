package org.convexnn.cli.input;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.Suggestions;
import org.convexnn.cli.table.CellCheck;
import org.convexnn.cli.table.InputColumn;
import org.convexnn.cli.table.InputLayout;
import org.convexnn.cli.table.LabelRule;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.cli.table.OffsetColumn;
import org.convexnn.cli.table.RowColumns;
import org.convexnn.cli.table.SmallTable;
import org.convexnn.cli.table.Sql;
import org.convexnn.cli.table.TablePipeline;
import org.convexnn.cli.table.TableSurvey;
import org.convexnn.ml.io.ShownText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A table read, its label understood and its pipeline fitted; the test table the same way. */
public final class TrainingData implements AutoCloseable {

  /** Sums of weights beyond these would over- or underflow in products. */
  private static final double LEAST_WEIGHTS = 1e-100;

  private static final double MOST_WEIGHTS = 1e100;

  /** Most columns of a table; features of a vector or an array are one. */
  private static final int MOST_COLUMNS = 2000;

  /** Spark's option of the rows of a batch in its cache. */
  private static final String CACHED_ROWS = "spark.sql.inMemoryColumnarStorage.batchSize";

  private static final int MOST_CACHED_CELLS = 1_000_000;
  private static final int LEAST_CACHED_ROWS = 50;
  private static final int MOST_CACHED_ROWS = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(TrainingData.class);

  private final TrainingSource source;
  private final Dataset<Row> table;
  private final Dataset<Row> rows;
  private final Optional<Dataset<Row>> testRows;
  private final LabelRule rule;
  private final TablePipeline pipeline;
  private final boolean natively;

  private TrainingData(
      TrainingSource source,
      Dataset<Row> table,
      Dataset<Row> rows,
      Optional<Dataset<Row>> testRows,
      LabelRule rule,
      TablePipeline pipeline,
      boolean natively) {
    this.source = source;
    this.table = table;
    this.rows = rows;
    this.testRows = testRows;
    this.rule = rule;
    this.pipeline = pipeline;
    this.natively = natively;
  }

  /** Reads and fits, an indicator for each category, medians in blanks. */
  public static TrainingData load(SparkSession spark, TrainingSource source) {
    return load(spark, source, rows -> false);
  }

  /**
   * Reads and fits; everything wrong with the tables is found here.
   *
   * @param takesNatively whether categories and missing values are taken as they are, of a table of so
   *     many rows
   */
  public static TrainingData load(
      SparkSession spark, TrainingSource source, LongPredicate takesNatively) {
    TableReader reader = new TableReader(spark);
    Dataset<Row> read = reader.read(source.inputTable());
    List<String> columns = List.of(read.columns());
    List<String> labels = source.labels(columns);
    labels.forEach(l -> requireColumn("--label", l, columns, source.input()));
    source.weight().ifPresent(w -> requireColumn("--weight", w, columns, source.input()));
    source.fold().ifPresent(f -> requireColumn("--fold", f, columns, source.input()));
    source.offset().ifPresent(o -> requireColumn("--offset", o.name(), columns, source.input()));
    source.drop().forEach(d -> requireColumn("--drop", d, columns, source.input()));
    source.categories().forEach(c -> requireColumn("--categories", c, columns, source.input()));
    source.numbers().forEach(c -> requireColumn("--numbers", c, columns, source.input()));
    refuseOutputNames(columns, List.of(), source.input());
    refuseTooMany(columns.size(), source.input());
    LOG.info("reading {}: {} columns", ShownText.of(source.input()), columns.size());
    Optional<SmallTable> small = SmallTable.of(read);
    Dataset<Row> table = small.map(SmallTable::table).orElseGet(() -> persisted(spread(read)));
    List<String> closely = labels;
    try {
      TableSurvey survey =
          small
              .map(s -> TableSurvey.of(s, closely))
              .orElseGet(() -> TableSurvey.of(table, closely));
      LabelRule rule = rule(source, labels, survey);
      checkWeights(table, source);
      Set<String> leftOut = new HashSet<>(source.drop());
      leftOut.addAll(labels);
      source.weight().ifPresent(leftOut::add);
      source.fold().ifPresent(leftOut::add);
      boolean natively = takesNatively.test(survey.rows());
      source.offset().ifPresent(o -> leftOut.add(o.name()));
      InputLayout layout =
          TablePipeline.layout(
              survey, String.join(",", labels), source.offset(), leftOut, source.wishes());
      Optional<Column> fold = source.fold().map(TrainingData::text);
      Dataset<Row> clean = clean(layout, table, source, rule, fold, small.isPresent());
      TablePipeline pipeline = TablePipeline.fit(layout, clean, survey, natively);
      Optional<Dataset<Row>> test =
          source.testTable().map(t -> test(reader, source, pipeline, rule, t));
      return new TrainingData(
          source,
          table,
          features(pipeline, clean, small.isPresent()),
          test,
          rule,
          pipeline,
          natively);
    } catch (Throwable e) {
      // Spark throws checked exceptions that are not declared.
      table.unpersist();
      throw e;
    }
  }

  /** Of several labels each is a number. */
  private static LabelRule rule(TrainingSource source, List<String> labels, TableSurvey survey) {
    LearningTask task = labels.size() > 1 ? LearningTask.REGRESSION : source.task();
    return LabelRule.several(
        labels.stream()
            .map(
                label ->
                    LabelRule.decide(
                        survey.field(label), survey.column(label), task, source.positive()))
            .toList());
  }

  /** Whether categories and missing values are taken as they are. */
  public boolean natively() {
    return natively;
  }

  /**
   * Caches a table. Spark's cache sets room aside for each column of a batch before it sees a cell,
   * 200 kB by itself: of some thousand columns more than a driver has.
   */
  private static Dataset<Row> persisted(Dataset<Row> table) {
    SparkSession spark = table.sparkSession();
    if (!spark.sparkContext().conf().contains(CACHED_ROWS)) {
      int rows = MOST_CACHED_CELLS / Math.max(1, table.columns().length);
      spark.conf().set(CACHED_ROWS, Math.max(LEAST_CACHED_ROWS, Math.min(rows, MOST_CACHED_ROWS)));
    }
    return table.persist(StorageLevel.MEMORY_AND_DISK());
  }

  /** Params of an Estimator, with those that its rows want. */
  public Map<String, Object> params(Map<String, Object> given) {
    Map<String, Object> all = new LinkedHashMap<>(given);
    all.computeIfPresent(
        "monotoneConstraints", (option, texts) -> pipeline.directions((String[]) texts));
    all.computeIfPresent(
        "interactionConstraints", (option, texts) -> pipeline.interactions((String[]) texts));
    if (given.containsKey("coverage")) {
      boolean classes = rule.task().classification();
      all.put(
          classes ? "predictionSetCol" : "predictionIntervalCol",
          classes ? RowColumns.SET : RowColumns.INTERVAL);
    }
    if (pipeline.keepsBlanks()) {
      all.put("handleInvalid", TablePipeline.KEEP);
    }
    source.fold().ifPresent(f -> all.put("foldCol", RowColumns.FOLD));
    source.offset().ifPresent(o -> all.put("offsetCol", RowColumns.OFFSET));
    return all;
  }

  private static Dataset<Row> test(
      TableReader reader,
      TrainingSource source,
      TablePipeline pipeline,
      LabelRule rule,
      TableSource testTable) {
    String path = testTable.path();
    Dataset<Row> read = reader.readFor(pipeline.layout(), testTable);
    Optional<SmallTable> small = SmallTable.of(read);
    Dataset<Row> test = small.map(SmallTable::table).orElseGet(() -> spread(read));
    List<String> columns = List.of(test.columns());
    rule.columns().forEach(l -> requireColumn("--label", l, columns, path));
    source.weight().ifPresent(w -> requireColumn("--weight", w, columns, path));
    source.offset().ifPresent(o -> requireColumn("--offset", o.name(), columns, path));
    CellCheck check = CellCheck.of(test, pipeline.layout(), Optional.of(rule));
    if (check.rows() == 0) {
      throw new CommandException("test input " + path + " has a header but no rows");
    }
    check.problem().ifPresent(text -> refuseTest(path, text));
    return features(
        pipeline,
        clean(pipeline.layout(), test, source, rule, Optional.empty(), small.isPresent()),
        small.isPresent());
  }

  private static void refuseTest(String path, String problem) {
    throw new CommandException("test input " + path + ": " + problem);
  }

  /** Spark plans each column of a table by itself, in its every rule: of 5,000 that takes many minutes. */
  private static void refuseTooMany(int columns, String path) {
    if (columns > MOST_COLUMNS) {
      throw new CommandException(
          String.format(
              Locale.ROOT,
              "%s has %d columns, which Spark would take many minutes to plan; at most %d can be"
                  + " learnt from. Write the table as LIBSVM, a label and index:value in each line,"
                  + " whose features are one column however many they are, or take columns out",
              path,
              columns,
              MOST_COLUMNS));
    }
  }

  /** A compressed file is one partition; spread it, or one core would do all the work. */
  private static Dataset<Row> spread(Dataset<Row> table) {
    int cores = table.sparkSession().sparkContext().defaultParallelism();
    return table.rdd().getNumPartitions() < cores ? table.repartition(cores) : table;
  }

  private static void requireColumn(
      String option, String column, List<String> columns, String path) {
    if (!columns.contains(column)) {
      throw new CommandException(
          option
              + " is '"
              + column
              + "', but "
              + path
              + " has no such column"
              + Suggestions.didYouMean(column, columns)
              + " (its columns: "
              + Suggestions.listed(columns)
              + ")");
    }
  }

  /** Refuses a table whose columns would clash with those that a model adds. */
  public static void refuseOutputNames(List<String> columns, List<String> more, String path) {
    List<String> all =
        new ArrayList<>(
            List.of(
                RowColumns.PREDICTION,
                RowColumns.PROBABILITY,
                RowColumns.RAW_PREDICTION,
                RowColumns.PREDICTED_LABEL,
                RowColumns.FEATURES,
                RowColumns.CONTRIBUTIONS,
                RowColumns.INTERVAL,
                RowColumns.SET,
                RowColumns.LABEL,
                RowColumns.WEIGHT,
                RowColumns.FOLD,
                RowColumns.OFFSET));
    all.addAll(more);
    for (String made : all) {
      if (columns.stream().anyMatch(made::equalsIgnoreCase)) {
        throw new CommandException(
            "column '"
                + made
                + "' of "
                + path
                + " has the name of a column that the model adds; rename it or take it out");
      }
    }
  }

  private static void checkWeights(Dataset<Row> table, TrainingSource source) {
    if (source.weight().isEmpty()) {
      return;
    }
    String name = source.weight().get();
    Column weight = weight(name);
    Column bad = functions.not(weight.geq(0).and(weight.lt(Double.POSITIVE_INFINITY)));
    Row found =
        table
            .agg(
                functions.count(functions.lit(1)),
                functions.count(weight),
                functions.count_if(bad),
                functions.sum(weight),
                functions.min(functions.when(bad, weight)))
            .first();
    String what = "weight column '" + name + "' ";
    if (found.getLong(1) < found.getLong(0)) {
      throw new CommandException(
          what
              + "is empty or no number in "
              + (found.getLong(0) - found.getLong(1))
              + " of "
              + found.getLong(0)
              + " rows; fill these cells or remove the rows");
    }
    if (found.getLong(2) > 0) {
      throw new CommandException(
          what
              + "holds "
              + found.getDouble(4)
              + " (bad in "
              + found.getLong(2)
              + " of "
              + found.getLong(0)
              + " rows); weights must be finite and 0 or more");
    }
    if (found.getDouble(3) == 0) {
      throw new CommandException(
          what + "is 0 in all rows; at least one row must have a positive weight");
    }
    if (found.getDouble(3) < LEAST_WEIGHTS || found.getDouble(3) > MOST_WEIGHTS) {
      throw new CommandException(
          what
              + "has the sum "
              + found.getDouble(3)
              + ", where from "
              + LEAST_WEIGHTS
              + " to "
              + MOST_WEIGHTS
              + " can be computed with; divide all weights by the largest one");
    }
  }

  private static Column weight(String name) {
    return functions.expr(new InputColumn(name, InputColumn.Kind.NUMBER, 1).number());
  }

  /** A message about the columns that are made here, with the names of those they are made of. */
  public String inNamesOfTheTable(String message) {
    String told = message.replace("'" + RowColumns.LABEL + "'", "'" + source.label() + "'");
    told =
        told.replace("'" + RowColumns.WEIGHT + "'", "'" + source.weight().orElse("") + "'")
            .replace("'" + RowColumns.FOLD + "'", "'" + source.fold().orElse("") + "'")
            .replace(
                "'" + RowColumns.OFFSET + "'",
                "'" + source.offset().map(OffsetColumn::toString).orElse("") + "'");
    return told;
  }

  /** What to learn. */
  public LabelRule rule() {
    return rule;
  }

  /** From raw rows to features. */
  public TablePipeline pipeline() {
    return pipeline;
  }

  /** The raw table. */
  public Dataset<Row> table() {
    return table;
  }

  /** Features, label, weight and perhaps group of the rows to learn from. */
  public Dataset<Row> rows() {
    return rows;
  }

  /** A blank is no group. */
  private static Column text(String column) {
    return functions.nullif(functions.trim(Sql.column(column).cast("string")), functions.lit(""));
  }

  /** Features, label and weight of the rows to test on. */
  public Optional<Dataset<Row>> testRows() {
    return testRows;
  }

  /** The clean columns, label, weight and perhaps group of a raw table; of a small one computed once. */
  private static Dataset<Row> clean(
      InputLayout layout,
      Dataset<Row> raw,
      TrainingSource source,
      LabelRule rule,
      Optional<Column> fold,
      boolean small) {
    Column weight = source.weight().map(TrainingData::weight).orElse(functions.lit(1.0));
    Dataset<Row> with =
        raw.withColumn(RowColumns.LABEL, rule.target()).withColumn(RowColumns.WEIGHT, weight);
    List<String> columns = new ArrayList<>(layout.innerNames());
    columns.addAll(List.of(RowColumns.LABEL, RowColumns.WEIGHT));
    if (fold.isPresent()) {
      with = with.withColumn(RowColumns.FOLD, fold.get());
      columns.add(RowColumns.FOLD);
    }
    Dataset<Row> clean = select(TablePipeline.clean(layout, with), columns);
    return small ? SmallTable.computed(clean).table() : clean;
  }

  /**
   * What is learnt from, of clean columns; of a small table computed once: of a thousand columns Spark
   * would plan the stages again, for seconds, whenever it is asked for.
   */
  private static Dataset<Row> features(TablePipeline pipeline, Dataset<Row> clean, boolean small) {
    List<String> columns =
        new ArrayList<>(List.of(RowColumns.FEATURES, RowColumns.LABEL, RowColumns.WEIGHT));
    for (String more : List.of(RowColumns.OFFSET, RowColumns.FOLD)) {
      if (List.of(clean.columns()).contains(more)) {
        columns.add(more);
      }
    }
    Dataset<Row> features = select(pipeline.features(clean), columns);
    return small ? SmallTable.computed(features).table() : features;
  }

  private static Dataset<Row> select(Dataset<Row> table, List<String> columns) {
    return table.select(columns.stream().map(Sql::column).toArray(Column[]::new));
  }

  @Override
  public void close() {
    table.unpersist();
  }
}
