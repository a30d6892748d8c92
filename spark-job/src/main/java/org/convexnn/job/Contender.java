package org.convexnn.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.regression.GBTRegressor;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.RandomForestRegressor;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Something that learns from rows of features, label and weight, in a benchmark. */
interface Contender {

  /** The name in the table. */
  String name();

  /** Learns. */
  Result fit(Dataset<Row> rows, LearningTask task);

  /**
   * What came of it.
   *
   * @param model the model
   * @param seconds for the fit alone
   * @param passes passes over the rows, where they are counted
   * @param gap the relative duality gap, where there is one
   */
  record Result(Transformer model, double seconds, OptionalDouble passes, OptionalDouble gap) {

    private static Result plain(Transformer model, double seconds) {
      return new Result(model, seconds, OptionalDouble.empty(), OptionalDouble.empty());
    }
  }

  /** The network of this library. */
  record ConvexNetwork(Map<String, Object> params) implements Contender {

    @Override
    public String name() {
      return "ConvexReLU";
    }

    @Override
    public Result fit(Dataset<Row> rows, LearningTask task) {
      NetworkFit fit = NetworkFit.of(rows, task, params);
      return new Result(
          fit.model(),
          fit.fitSeconds(),
          OptionalDouble.of(fit.certificate().passes()),
          OptionalDouble.of(fit.certificate().relativeGap()));
    }
  }

  /** MLlib's peers, by short name. */
  record Peer(Kind kind, List<Integer> hidden, int iterations, long seed) implements Contender {

    /** The peers. */
    enum Kind {
      /** LogisticRegression or LinearRegression. */
      LR,
      /** MultilayerPerceptronClassifier, for classes only. */
      MLP,
      /** Gradient-boosted trees, for two classes or numbers. */
      GBT,
      /** A random forest. */
      RF
    }

    private static final int TREES = 50;
    private static final String SCALED = "convexnn_scaled";

    @Override
    public String name() {
      return switch (kind) {
        case LR -> "linear (MLlib)";
        case MLP -> "MLP " + hidden + " x " + iterations + " (MLlib)";
        case GBT -> "GBT (MLlib)";
        case RF -> "random forest (MLlib)";
      };
    }

    /** Whether this peer can learn a task. */
    boolean learns(LearningTask task) {
      return switch (kind) {
        case LR, RF -> true;
        case MLP -> task.classification();
        case GBT -> task != LearningTask.MULTICLASS;
      };
    }

    @Override
    public Result fit(Dataset<Row> rows, LearningTask task) {
      PipelineStage predictor = predictor(rows, task);
      Map<String, Object> columns = new LinkedHashMap<>(Map.of("labelCol", RowColumns.LABEL));
      List<PipelineStage> stages = new ArrayList<>();
      if (kind == Kind.MLP) {
        stages.add(
            new StandardScaler()
                .setWithMean(true)
                .setWithStd(true)
                .setInputCol(RowColumns.FEATURES)
                .setOutputCol(SCALED));
        columns.put("featuresCol", SCALED);
      } else {
        columns.put("featuresCol", RowColumns.FEATURES);
        columns.put("weightCol", RowColumns.WEIGHT);
      }
      ModelOptions.set(predictor, columns);
      stages.add(predictor);
      Stopwatch watch = new Stopwatch();
      Transformer model = new Pipeline().setStages(stages.toArray(PipelineStage[]::new)).fit(rows);
      return Result.plain(model, watch.seconds());
    }

    private PipelineStage predictor(Dataset<Row> rows, LearningTask task) {
      boolean classes = task.classification();
      return switch (kind) {
        case LR -> classes ? new LogisticRegression() : new LinearRegression();
        case MLP -> perceptron(rows);
        case GBT ->
            classes
                ? new GBTClassifier().setMaxIter(TREES).setSeed(seed)
                : new GBTRegressor().setMaxIter(TREES).setSeed(seed);
        case RF ->
            classes
                ? new RandomForestClassifier().setNumTrees(TREES).setMaxDepth(12).setSeed(seed)
                : new RandomForestRegressor().setNumTrees(TREES).setMaxDepth(12).setSeed(seed);
      };
    }

    /** As the label column knows it from {@link LabelRule}. */
    private static int classes(Dataset<Row> rows) {
      Attribute label = Attribute.fromStructField(rows.schema().apply(RowColumns.LABEL));
      return label instanceof NominalAttribute nominal ? (int) nominal.getNumValues().get() : 2;
    }

    private MultilayerPerceptronClassifier perceptron(Dataset<Row> rows) {
      int features = ((Vector) rows.select(RowColumns.FEATURES).first().get(0)).size();
      int[] layers =
          IntStream.concat(
                  IntStream.concat(
                      IntStream.of(features), hidden.stream().mapToInt(Integer::intValue)),
                  IntStream.of(classes(rows)))
              .toArray();
      return new MultilayerPerceptronClassifier()
          .setLayers(layers)
          .setMaxIter(iterations)
          .setSeed(seed);
    }
  }
}
