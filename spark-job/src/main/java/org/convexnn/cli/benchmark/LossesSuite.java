package org.convexnn.cli.benchmark;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.convexnn.cli.input.CsvOptions;
import org.convexnn.cli.input.TrainingData;
import org.convexnn.cli.input.TrainingSource;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.Stopwatch;
import org.convexnn.cli.report.CoverageScores;
import org.convexnn.cli.report.NetworkFit;
import org.convexnn.cli.report.Scores;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.cli.table.OffsetColumn;
import org.convexnn.cli.table.RowColumns;
import org.convexnn.ml.ConvexReLUClassificationModel;
import org.convexnn.ml.ConvexReLURegressionModel;
import org.convexnn.ml.ConvexReLURegressor;
import org.convexnn.ml.PredictionCost;

/**
 * What losses, constraints, intervals and contributions are worth, beside XGBoost where it has the same:
 * counts with exposure (freMTPL2freq), free and monotone; quantiles and conformal intervals (protein);
 * contributions (covtype93k). Each is warmed up on the same rows first.
 *
 * @param spark the session
 * @param given Params of the network
 * @param seed of XGBoost and of what is drawn
 * @param folder the data sets
 */
public record LossesSuite(
    SparkSession spark, Map<String, Object> given, long seed, DataFolder folder) {

  private static final String COUNTS = "freMTPL2freq";
  private static final String NUMBERS = "protein";
  private static final String CLASSES = "covtype93k";
  private static final int ROUNDS = 300;
  private static final int DEPTH_OF_COUNTS = 5;
  private static final int DEPTH_OF_QUANTILES = 8;
  private static final String MONOTONE = "BonusMalus";
  private static final double[] QUANTILES = {0.1, 0.5, 0.9};
  private static final List<String> METHODS = List.of("residual", "scale", "quantile");
  private static final int SPLITS = 5;
  private static final int GRID_ROWS = 1000;
  private static final int GRID_VALUES = 181;
  private static final int EXPLAINED = 100_000;

  /**
   * Runs all and prints a table.
   *
   * @throws CommandException afterwards, if a run has failed
   */
  public void run(PrintWriter out) {
    RunTable table = new RunTable("data", "model", "fit seconds", "measured", "value");
    try {
      about(COUNTS + "/" + COUNTS, out, table, this::counts);
      about(NUMBERS, out, table, this::quantiles);
      about(NUMBERS, out, table, this::coverage);
      about(CLASSES, out, table, this::contributions);
    } finally {
      table.print(out);
    }
  }

  /** The tables of a data set. */
  private TrainingSource source(String stem, String label, Optional<OffsetColumn> offset) {
    DataFolder.Pair files = folder.find(stem).orElseThrow();
    return new TrainingSource(
        files.train(),
        Optional.empty(),
        Optional.of(files.test()),
        Optional.empty(),
        Optional.empty(),
        label,
        // Few counts would look like classes.
        offset.isPresent() ? LearningTask.REGRESSION : LearningTask.AUTO,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        offset,
        offset.isPresent() ? List.of("IDpol") : List.of(),
        List.of(),
        List.of(),
        CsvOptions.NONE);
  }

  /** Runs what is about a data set where it is there. */
  private void about(String stem, PrintWriter out, RunTable table, Consumer<RunTable> runs) {
    if (folder.find(stem).isPresent()) {
      runs.accept(table);
    } else {
      out.println(folder.skipped(stem));
    }
  }

  private Map<String, Object> with(Map<String, Object> more) {
    Map<String, Object> all = new LinkedHashMap<>(more);
    all.putAll(given);
    return all;
  }

  private static ConvexReLURegressor asked(Map<String, Object> params) {
    ConvexReLURegressor regressor = new ConvexReLURegressor();
    params.forEach(
        (name, value) -> {
          if (List.of("loss", "quantile").contains(name)) {
            regressor.set(name, value);
          }
        });
    return regressor;
  }

  private void counts(RunTable table) {
    String name = COUNTS;
    Map<String, Object> poisson = with(Map.of("loss", "poisson"));
    PredictionCost costs = PredictionCost.of(asked(poisson));
    TrainingSource source =
        source(name + "/" + name, "ClaimNb", Optional.of(new OffsetColumn("Exposure", true)));
    try (TrainingData data = TrainingData.load(spark, source, rows -> true)) {
      Dataset<Row> train = data.rows().persist();
      Dataset<Row> test = data.testRows().orElseThrow().persist();
      train.count();
      Contender.ConvexNetwork free = new Contender.ConvexNetwork(data.params(poisson));
      row(table, name, "ConvexReLU", free, train, test, costs);
      XgBoost peer = new XgBoost(ROUNDS, DEPTH_OF_COUNTS, seed, asked(poisson));
      row(table, name, peer.name(), peer, train, test, costs);
      Map<String, Object> rising = new LinkedHashMap<>(poisson);
      rising.put("monotoneConstraints", new String[] {MONOTONE + ":1"});
      Contender.ConvexNetwork monotone = new Contender.ConvexNetwork(data.params(rising));
      String held = name + ", monotone in " + MONOTONE;
      row(table, held, "ConvexReLU", monotone, train, test, costs);
      table.add(
          List.of(held, "ConvexReLU"),
          () ->
              List.of(
                  "",
                  "falls of " + GRID_ROWS + " rows x " + GRID_VALUES + " values",
                  Integer.toString(
                      falls(
                          (ConvexReLURegressionModel) monotone.last().orElseThrow().model(),
                          test,
                          data.pipeline().featureNames().indexOf(MONOTONE)))));
    } catch (Throwable e) {
      table.failed(List.of(name, "all"), e);
    }
  }

  private static void row(
      RunTable table,
      String data,
      String model,
      Contender contender,
      Dataset<Row> train,
      Dataset<Row> test,
      PredictionCost costs) {
    Optional<String> obstacle = contender.obstacle(LearningTask.REGRESSION);
    if (obstacle.isPresent()) {
      table.leftOut(List.of(data, model), obstacle.get());
      return;
    }
    table.add(
        List.of(data, model),
        () -> {
          contender.fit(train.sample(0.1, 1), LearningTask.REGRESSION);
          Contender.Result result = contender.fit(train, LearningTask.REGRESSION);
          Scores scores =
              Scores.tally(result.model().transform(test), LearningTask.REGRESSION, costs).scores();
          String measure = costs.measure().orElseThrow();
          return List.of(
              RunTable.number("%.1f", result.seconds()),
              "test " + measure,
              RunTable.number("%.4f", scores.get(measure)));
        });
  }

  /** How often the prediction falls where the feature rises, on a grid of values for some rows. */
  private static int falls(ConvexReLURegressionModel model, Dataset<Row> rows, int feature) {
    int falls = 0;
    for (Row row : rows.limit(GRID_ROWS).select(RowColumns.FEATURES).collectAsList()) {
      double[] x = row.<Vector>getAs(0).toArray().clone();
      double last = Double.NEGATIVE_INFINITY;
      for (int v = 0; v < GRID_VALUES; v++) {
        x[feature] = 50 + v;
        double next = model.predict(Vectors.dense(x));
        falls += next < last ? 1 : 0;
        last = next;
      }
    }
    return falls;
  }

  private void quantiles(RunTable table) {
    String name = NUMBERS;
    try (TrainingData data =
        TrainingData.load(spark, source(name, "label", Optional.empty()), rows -> true)) {
      Dataset<Row> train = data.rows().persist();
      Dataset<Row> test = data.testRows().orElseThrow().persist();
      for (double q : QUANTILES) {
        String what = name + ", quantile " + q;
        Map<String, Object> params = with(Map.of("loss", "quantile", "quantile", q));
        PredictionCost costs = PredictionCost.of(asked(params));
        row(
            table,
            what,
            "ConvexReLU",
            new Contender.ConvexNetwork(data.params(params)),
            train,
            test,
            costs);
        List<String> other = List.of(what, "XGBoost " + ROUNDS + " x depth " + DEPTH_OF_QUANTILES);
        XgBoostCore.obstacle()
            .ifPresentOrElse(
                why -> table.leftOut(other, why),
                () -> table.add(other, () -> xgboost(q, train, test, costs)));
      }
    } catch (Throwable e) {
      table.failed(List.of(name, "quantiles"), e);
    }
  }

  private List<String> xgboost(
      double q, Dataset<Row> train, Dataset<Row> test, PredictionCost costs) {
    XgBoostCore.Rows seen = XgBoostCore.Rows.of(train);
    XgBoostCore.Rows judged = XgBoostCore.Rows.of(test);
    Map<String, Object> params =
        Map.of(
            "objective",
            "reg:quantileerror",
            "quantile_alpha",
            q,
            "max_depth",
            DEPTH_OF_QUANTILES,
            "nthread",
            spark.sparkContext().defaultParallelism(),
            "seed",
            seed);
    XgBoostCore.Predicted told = XgBoostCore.of(seen, judged, params, ROUNDS);
    double pinball =
        IntStream.range(0, told.predictions().length)
            .mapToDouble(r -> costs.of(judged.labels()[r], told.predictions()[r]))
            .average()
            .orElseThrow();
    return List.of(
        RunTable.number("%.1f", told.seconds()), "test pinball", RunTable.number("%.4f", pinball));
  }

  /** The share of labels in intervals of .9, the mean of splits by a hash of the row. */
  private void coverage(RunTable table) {
    String name = NUMBERS + ", " + SPLITS + " splits, coverage 0.9";
    try (TrainingData data =
        TrainingData.load(spark, source(NUMBERS, "label", Optional.empty()), rows -> true)) {
      Dataset<Row> rows = data.rows().unionByName(data.testRows().orElseThrow()).persist();
      for (String method : METHODS) {
        table.add(List.of(name, method), () -> covered(data, rows, method));
      }
    } catch (Throwable e) {
      table.failed(List.of(name, "all"), e);
    }
  }

  private List<String> covered(TrainingData data, Dataset<Row> rows, String method) {
    Map<String, Object> params =
        new LinkedHashMap<>(data.params(with(Map.of("coverage", 0.9, "intervalMethod", method))));
    double coverage = 0;
    double width = 0;
    double seconds = 0;
    StringBuilder each = new StringBuilder();
    for (int split = 0; split < SPLITS; split++) {
      params.put("seed", (long) split);
      Column judged =
          functions
              .pmod(
                  functions.xxhash64(
                      functions.lit(split),
                      functions.col(RowColumns.LABEL),
                      org.apache.spark.ml.functions.vector_to_array(
                          functions.col(RowColumns.FEATURES), "float64")),
                  functions.lit(5))
              .equalTo(0);
      NetworkFit fit =
          NetworkFit.of(rows.where(functions.not(judged)), LearningTask.REGRESSION, params);
      Map<String, Double> told = CoverageScores.of(fit.model().transform(rows.where(judged)));
      coverage += told.get("coverage") / SPLITS;
      width += told.get("width") / SPLITS;
      seconds += fit.fitSeconds() / SPLITS;
      each.append(split == 0 ? "" : ", ").append(RunTable.number("%.3f", told.get("coverage")));
    }
    return List.of(
        RunTable.number("%.1f", seconds),
        "mean coverage (each), mean width",
        RunTable.number("%.4f", coverage) + " (" + each + "), " + RunTable.number("%.3f", width));
  }

  /** Of rows drawn from all, some of them twice. */
  private void contributions(RunTable table) {
    String name = CLASSES + ", " + EXPLAINED + " rows";
    try (TrainingData data =
        TrainingData.load(spark, source(CLASSES, "label", Optional.empty()), rows -> true)) {
      Map<String, Object> params = data.params(with(Map.of()));
      NetworkFit fit = NetworkFit.of(data.rows(), data.rule().task(), params);
      ConvexReLUClassificationModel model = (ConvexReLUClassificationModel) fit.model();
      Dataset<Row> all = data.rows().unionByName(data.testRows().orElseThrow()).persist();
      Dataset<Row> rows = all.unionByName(all).limit(EXPLAINED).repartition(8).persist();
      rows.count();
      model.setContributionsCol(RowColumns.CONTRIBUTIONS);
      ConvexReLUClassificationModel plain = model.copy(new org.apache.spark.ml.param.ParamMap());
      plain.setContributionsCol("");
      // Warm.
      worst(model, rows.limit(5000));
      seconds(plain, rows.limit(5000));
      double scoring = seconds(plain, rows);
      Stopwatch watch = new Stopwatch();
      double worst = worst(model, rows);
      double explaining = watch.seconds();
      table.add(
          List.of(name, "scoring"), () -> List.of("", "seconds", RunTable.number("%.2f", scoring)));
      table.add(
          List.of(name, "scoring with contributions"),
          () -> List.of("", "seconds", RunTable.number("%.2f", explaining)));
      table.add(
          List.of(name, "contributions"),
          () -> List.of("", "most that a sum is off", RunTable.number("%.1e", worst)));
    } catch (Throwable e) {
      table.failed(List.of(name, "contributions"), e);
    }
  }

  private static double seconds(ConvexReLUClassificationModel model, Dataset<Row> rows) {
    Stopwatch watch = new Stopwatch();
    model.transform(rows).select(functions.sum("prediction")).first();
    return watch.seconds();
  }

  /** The most that the sum of a row's contributions to an output differs from its raw prediction. */
  private static double worst(ConvexReLUClassificationModel model, Dataset<Row> rows) {
    return model
        .transform(rows)
        .select(RowColumns.CONTRIBUTIONS, model.getRawPredictionCol())
        .toJavaRDD()
        .map(LossesSuite::off)
        .reduce(Math::max);
  }

  private static double off(Row row) {
    double[] raw = row.<Vector>getAs(1).toArray();
    if (row.get(0) instanceof Vector one) {
      return Math.abs(sum(one) - raw[1]);
    }
    List<Vector> several = row.getList(0);
    double most = 0;
    for (int c = 0; c < raw.length; c++) {
      most = Math.max(most, Math.abs(sum(several.get(c)) - raw[c]));
    }
    return most;
  }

  private static double sum(Vector contributions) {
    double sum = 0;
    for (double each : contributions.toArray()) {
      sum += each;
    }
    return sum;
  }
}
