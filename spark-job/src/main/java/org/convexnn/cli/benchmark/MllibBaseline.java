package org.convexnn.cli.benchmark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.regression.GBTRegressor;
import org.apache.spark.ml.regression.GeneralizedLinearRegression;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.ml.regression.RandomForestRegressor;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.convexnn.cli.message.Stopwatch;
import org.convexnn.cli.option.ModelOptions;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.cli.table.RowColumns;
import org.convexnn.ml.ConvexReLURegressor;
import org.convexnn.ml.PredictionCost;

/** A contender that is an Estimator of MLlib, or speaks as one. */
public interface MllibBaseline extends Contender {

  /** Predictions of those who know no offsets. */
  String WITHOUT_OFFSET = "convexnn_without_offset";

  /** Trees of a forest, rounds of boosting. */
  int TREES = 50;

  /** The Estimator for a task, its columns not yet set. */
  PipelineStage estimator(Dataset<Row> rows, LearningTask task);

  /** Whether it wants dense features of mean zero and variance one. */
  default boolean scaled() {
    return false;
  }

  /** Whether it knows row weights. */
  default boolean weighted() {
    return true;
  }

  @Override
  default Optional<String> obstacle(LearningTask task) {
    return Optional.empty();
  }

  /** Says the loss of numbers. */
  default ConvexReLURegressor asked() {
    return new ConvexReLURegressor();
  }

  /** Whether its Estimator knows offsets. */
  default boolean takesOffsets() {
    return false;
  }

  @Override
  default Result fit(Dataset<Row> rows, LearningTask task) {
    boolean apart = RowColumns.haveOffsets(rows) && !takesOffsets();
    PredictionCost costs = PredictionCost.of(asked());
    String features = scaled() ? "convexnn_scaled" : RowColumns.FEATURES;
    List<PipelineStage> stages = new ArrayList<>();
    if (scaled()) {
      stages.add(
          new StandardScaler()
              .setWithMean(true)
              .setWithStd(true)
              .setInputCol(RowColumns.FEATURES)
              .setOutputCol(features));
    }
    Map<String, Object> columns = new HashMap<>();
    columns.put("featuresCol", features);
    columns.put("labelCol", RowColumns.LABEL);
    if (weighted()) {
      columns.put("weightCol", RowColumns.WEIGHT);
    }
    if (apart) {
      columns.put("predictionCol", WITHOUT_OFFSET);
    }
    PipelineStage estimator = estimator(rows, task);
    ModelOptions.set(estimator, columns);
    stages.add(estimator);
    if (apart) {
      stages.add(
          new SQLTransformer()
              .setStatement(
                  String.format(
                      costs.logLink()
                          ? "SELECT *, %s * exp(%s) AS %s FROM __THIS__"
                          : "SELECT *, %s + %s AS %s FROM __THIS__",
                      WITHOUT_OFFSET,
                      RowColumns.OFFSET,
                      RowColumns.PREDICTION)));
    }
    Dataset<Row> seen = apart ? withoutOffsets(rows, costs) : rows;
    Stopwatch watch = new Stopwatch();
    Transformer model = new Pipeline().setStages(stages.toArray(PipelineStage[]::new)).fit(seen);
    return new Result(model, watch.seconds(), OptionalDouble.empty(), OptionalDouble.empty());
  }

  /** Rows whose labels and weights say what their offsets said. */
  private static Dataset<Row> withoutOffsets(Dataset<Row> rows, PredictionCost costs) {
    UDF2<Double, Double, Double> label = costs::withoutOffset;
    UDF2<Double, Double, Double> weight = costs::unit;
    Column offset = functions.col(RowColumns.OFFSET);
    return rows.withColumn(
            RowColumns.LABEL,
            functions
                .udf(label, DataTypes.DoubleType)
                .apply(functions.col(RowColumns.LABEL), offset))
        .withColumn(
            RowColumns.WEIGHT,
            functions
                .udf(weight, DataTypes.DoubleType)
                .apply(functions.col(RowColumns.WEIGHT), offset));
  }

  /** Why what learns means by their squared errors alone does not take a loss; empty where it does. */
  private static Optional<String> otherThanSquared(LearningTask task, ConvexReLURegressor asked) {
    return task.classification() || asked.getLoss().equals("squared")
        ? Optional.empty()
        : Optional.of("it learns numbers by squared errors only");
  }

  /**
   * LogisticRegression, LinearRegression, or GeneralizedLinearRegression with a log link.
   *
   * @param asked says the loss of numbers
   */
  record Linear(ConvexReLURegressor asked) implements MllibBaseline {

    /** With squared loss, where numbers are learnt. */
    public Linear() {
      this(new ConvexReLURegressor());
    }

    @Override
    public Optional<String> obstacle(LearningTask task) {
      return asked.getLoss().equals("quantile") && !task.classification()
          ? Optional.of("it learns means only")
          : Optional.empty();
    }

    @Override
    public String name() {
      return "linear (MLlib)";
    }

    @Override
    public PipelineStage estimator(Dataset<Row> rows, LearningTask task) {
      if (task.classification()) {
        return new LogisticRegression();
      }
      return switch (asked.getLoss()) {
        case "huber" -> new LinearRegression().setLoss("huber").setEpsilon(asked.getEpsilon());
        case "poisson", "gamma" -> shifted(family().setLink("log"), rows);
        case "tweedie" ->
            shifted(family().setVariancePower(asked.getVariancePower()).setLinkPower(0), rows);
        default -> new LinearRegression();
      };
    }

    @Override
    public boolean takesOffsets() {
      return PredictionCost.of(asked).logLink();
    }

    private GeneralizedLinearRegression family() {
      return new GeneralizedLinearRegression().setFamily(asked.getLoss());
    }

    private static PipelineStage shifted(GeneralizedLinearRegression linear, Dataset<Row> rows) {
      return RowColumns.haveOffsets(rows) ? linear.setOffsetCol(RowColumns.OFFSET) : linear;
    }
  }

  /** MultilayerPerceptronClassifier. */
  record Perceptron(List<Integer> hidden, int iterations, long seed) implements MllibBaseline {

    @Override
    public String name() {
      return "MLP " + hidden + " x " + iterations + " (MLlib)";
    }

    @Override
    public Optional<String> obstacle(LearningTask task) {
      return task.classification() ? Optional.empty() : Optional.of("it learns classes only");
    }

    @Override
    public boolean scaled() {
      return true;
    }

    @Override
    public boolean weighted() {
      return false;
    }

    @Override
    public PipelineStage estimator(Dataset<Row> rows, LearningTask task) {
      int features = ((Vector) rows.select(RowColumns.FEATURES).first().get(0)).size();
      int[] layers =
          Stream.of(
                  IntStream.of(features),
                  hidden.stream().mapToInt(Integer::intValue),
                  IntStream.of(classes(rows)))
              .flatMapToInt(layer -> layer)
              .toArray();
      return new MultilayerPerceptronClassifier()
          .setLayers(layers)
          .setMaxIter(iterations)
          .setSeed(seed);
    }

    /** As the label column knows it. */
    private static int classes(Dataset<Row> rows) {
      Attribute label = Attribute.fromStructField(rows.schema().apply(RowColumns.LABEL));
      return label instanceof NominalAttribute nominal ? (int) nominal.getNumValues().get() : 2;
    }
  }

  /** Gradient-boosted trees. */
  record BoostedTrees(long seed, ConvexReLURegressor asked) implements MllibBaseline {

    /** With squared loss, where numbers are learnt. */
    BoostedTrees(long seed) {
      this(seed, new ConvexReLURegressor());
    }

    @Override
    public String name() {
      return "GBT (MLlib)";
    }

    @Override
    public Optional<String> obstacle(LearningTask task) {
      return task == LearningTask.MULTICLASS
          ? Optional.of("it learns two classes or numbers only")
          : otherThanSquared(task, asked);
    }

    @Override
    public PipelineStage estimator(Dataset<Row> rows, LearningTask task) {
      return task.classification()
          ? new GBTClassifier().setMaxIter(TREES).setSeed(seed)
          : new GBTRegressor().setMaxIter(TREES).setSeed(seed);
    }
  }

  /** A random forest. */
  record RandomForest(long seed, ConvexReLURegressor asked) implements MllibBaseline {

    /** With squared loss, where numbers are learnt. */
    RandomForest(long seed) {
      this(seed, new ConvexReLURegressor());
    }

    private static final int DEPTH = 12;

    @Override
    public String name() {
      return "random forest (MLlib)";
    }

    @Override
    public Optional<String> obstacle(LearningTask task) {
      return otherThanSquared(task, asked);
    }

    @Override
    public PipelineStage estimator(Dataset<Row> rows, LearningTask task) {
      return task.classification()
          ? new RandomForestClassifier().setNumTrees(TREES).setMaxDepth(DEPTH).setSeed(seed)
          : new RandomForestRegressor().setNumTrees(TREES).setMaxDepth(DEPTH).setSeed(seed);
    }
  }
}
