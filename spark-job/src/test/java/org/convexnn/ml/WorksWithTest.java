package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.FitEnd;
import org.apache.spark.ml.FitStart;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.TransformEnd;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.OneVsRest;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.feature.OneHotEncoder;
import org.apache.spark.ml.feature.RFormula;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.UserDefinedType;
import org.convexnn.SparkTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;

/** The rest of MLlib and of Spark SQL, each with a small data set. */
@Tag("spark")
class WorksWithTest {

  @TempDir Path directory;

  private static final SparkSession SPARK = SparkTest.session();

  private static ConvexReLUClassifier classifier() {
    return new ConvexReLUClassifier().setNumGates(4).setRegRatio(0.05).setTol(0.05);
  }

  private static ConvexReLURegressor regressor() {
    return new ConvexReLURegressor().setNumGates(4).setRegRatio(0.05).setTol(0.05);
  }

  /** Columns of each kind; the answer follows from them. */
  private static Dataset<Row> mixed() {
    return SPARK
        .range(0, 90, 1, 2)
        .selectExpr(
            "sin(id) as height",
            "element_at(array('red', 'green', 'blue'), int(id % 3) + 1) as colour",
            "if(abs(sin(id)) > 0.6 or id % 3 = 0, 'yes', 'no') as answer",
            "abs(sin(id)) + id % 3 as price");
  }

  @Test
  void indexersEncodersAndAssemblers() {
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new StringIndexer().setInputCol("colour").setOutputCol("index"),
                  new OneHotEncoder().setInputCol("index").setOutputCol("hot"),
                  new VectorAssembler()
                      .setInputCols(new String[] {"height", "hot"})
                      .setOutputCol("features"),
                  new StringIndexer().setInputCol("answer").setOutputCol("label"),
                  classifier()
                });
    PipelineModel model = pipeline.fit(mixed());
    Dataset<Row> scored = model.transform(mixed());
    NominalAttribute classes =
        (NominalAttribute) Attribute.fromStructField(scored.schema().apply("prediction"));
    assertThat(classes.getNumValues().get()).isEqualTo(2);
    for (String column : List.of("rawPrediction", "probability", "prediction")) {
      assertThat(scored.schema().apply(column).metadata())
          .isEqualTo(model.transformSchema(mixed().schema()).apply(column).metadata());
    }
    for (String column : List.of("rawPrediction", "probability")) {
      assertThat(AttributeGroup.fromStructField(scored.schema().apply(column)).size()).isEqualTo(2);
    }
    assertThat(
            new IndexToString()
                .setInputCol("prediction")
                .setOutputCol("said")
                .setLabels(new String[] {"yes", "no"})
                .transform(scored)
                .where("said = answer")
                .count())
        .isGreaterThan(75);
  }

  @Test
  void formulas() {
    RFormula formula = new RFormula().setFormula("price ~ height + colour");
    PipelineModel model =
        new Pipeline().setStages(new PipelineStage[] {formula, regressor()}).fit(mixed());
    Dataset<Row> scored = model.transform(mixed());
    assertThat(new RegressionEvaluator().setMetricName("r2").evaluate(scored)).isGreaterThan(0.9);
    assertThat(((ConvexReLURegressionModel) model.stages()[1]).numFeatures()).isEqualTo(3);
  }

  /** The grid names Params of several types; each point is a copy with other values. */
  @Test
  void crossValidation() {
    ConvexReLUClassifier classifier = classifier();
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(classifier.regRatio(), new double[] {0.9, 0.02})
            .addGrid(classifier.numGates(), new int[] {6})
            .addGrid(
                classifier.normalization(), CollectionConverters.asScala(List.of("standardize")))
            .build();
    CrossValidatorModel model =
        new CrossValidator()
            .setEstimator(classifier)
            .setEvaluator(new BinaryClassificationEvaluator())
            .setEstimatorParamMaps(grid)
            .setNumFolds(2)
            .setParallelism(2)
            .fit(Models.ring(80));
    ConvexReLUClassificationModel best = (ConvexReLUClassificationModel) model.bestModel();
    assertThat(best.getNormalization()).isEqualTo("standardize");
    assertThat(best.getRegRatio()).isEqualTo(0.02);
    assertThat(best.getNumGates()).isEqualTo(6);
    assertThat(classifier.getRegRatio()).isEqualTo(0.05);
    assertThat(model.avgMetrics()[1]).isGreaterThan(model.avgMetrics()[0]);
  }

  @Test
  void trainValidationSplitInAPipeline() {
    ConvexReLURegressor regressor = regressor();
    Estimator<PipelineModel> pipeline = new Pipeline().setStages(new PipelineStage[] {regressor});
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(regressor.regRatio(), new double[] {1.0, 0.01})
            .addGrid(regressor.fitIntercept())
            .build();
    PipelineModel best =
        (PipelineModel)
            new TrainValidationSplit()
                .setEstimator(pipeline)
                .setEvaluator(new RegressionEvaluator())
                .setEstimatorParamMaps(grid)
                .setTrainRatio(0.7)
                .fit(Models.hinge(80))
                .bestModel();
    ConvexReLURegressionModel model = (ConvexReLURegressionModel) best.stages()[0];
    assertThat(model.getRegRatio()).isEqualTo(0.01);
    assertThat(model.getFitIntercept()).isTrue();
  }

  @Test
  void paramMapsOfFit() {
    ConvexReLURegressor regressor = regressor();
    ParamMap other =
        new ParamMap().put(regressor.numGates().w(2)).put(regressor.predictionCol().w("p"));
    ConvexReLURegressionModel model = regressor.fit(Models.hinge(60), other);
    assertThat(model.getNumGates()).isEqualTo(2);
    assertThat(model.getPredictionCol()).isEqualTo("p");
    assertThat(model.extractParamMap().get(model.numGates()).get()).isEqualTo(2);
    assertThat(regressor.getNumGates()).isEqualTo(4);
  }

  /** Rows of weight zero have labels that are wrong. */
  @Test
  void oneVersusRestWithWeights() {
    Dataset<Row> data =
        Models.ring(90)
            .withColumn("label", functions.expr("label + if(label = 1 and weight > 1, 1, 0)"))
            .withColumn("w", functions.expr("if(rand(1) < 0.2, 0, 1)"));
    Dataset<Row> wrong = data.withColumn("label", functions.expr("if(w = 0, 2 - label, label)"));
    OneVsRest oneVsRest = new OneVsRest().setClassifier(classifier()).setWeightCol("w");
    // Three vectors of log-odds: bitwise the same, as rows of weight zero have no part.
    assertThat(oneVsRest.fit(wrong).transform(data).select("rawPrediction").collectAsList())
        .isEqualTo(oneVsRest.fit(data).transform(data).select("rawPrediction").collectAsList());
  }

  @Test
  void streams() throws Exception {
    Dataset<Row> data = Models.ring(60);
    String files = directory.resolve("files").toString();
    data.write().parquet(files);
    ConvexReLUClassificationModel model = classifier().setHandleInvalid("skip").fit(data);
    Dataset<Row> stream = SPARK.readStream().schema(data.schema()).parquet(files);
    model
        .transform(stream)
        .writeStream()
        .format("memory")
        .queryName("scored")
        .trigger(Trigger.AvailableNow())
        .start()
        .awaitTermination();
    assertThat(SPARK.table("scored").select("features", "probability").collectAsList())
        .containsExactlyInAnyOrderElementsOf(
            model.transform(data).select("features", "probability").collectAsList());
  }

  /** A row as a Java bean. */
  public static final class Point implements Serializable {
    private static final long serialVersionUID = 1L;
    private Vector features;
    private double label;

    /** The features. */
    public Vector getFeatures() {
      return features;
    }

    /** Sets the features. */
    public void setFeatures(Vector value) {
      features = value;
    }

    /** The label. */
    public double getLabel() {
      return label;
    }

    /** Sets the label. */
    public void setLabel(double value) {
      label = value;
    }
  }

  private static final List<double[]> TYPED =
      IntStream.range(0, 60).mapToObj(i -> new Random(i).doubles(2, -1, 1).toArray()).toList();

  @Test
  @SuppressWarnings("unchecked") // MLlib gives its vector type as a DataType.
  void datasetsOfBeansAndTuples() {
    assumeTrue(
        SparkTest.since(4, 1), "tuples of vectors are skipped: Encoders.udt is of Spark 4.1");
    List<Point> points = new ArrayList<>();
    List<Tuple2<Double, Vector>> tuples = new ArrayList<>();
    for (double[] x : TYPED) {
      Point point = new Point();
      point.setFeatures(Vectors.dense(x));
      point.setLabel(Math.abs(x[0]));
      points.add(point);
      tuples.add(new Tuple2<>(Math.abs(x[0]), Vectors.dense(x)));
    }
    Dataset<Point> beans = SPARK.createDataset(points, Encoders.bean(Point.class));
    Dataset<Tuple2<Double, Vector>> pairs =
        SPARK.createDataset(
            tuples,
            Encoders.tuple(
                Encoders.DOUBLE(),
                Encoders.udt((UserDefinedType<Vector>) SQLDataTypes.VectorType())));
    ConvexReLURegressionModel ofBeans = regressor().fit(beans);
    ConvexReLURegressionModel ofPairs =
        regressor().setLabelCol("_1").setFeaturesCol("_2").fit(pairs);
    assertThat(ofBeans.network()).usingRecursiveComparison().isEqualTo(ofPairs.network());
    assertThat(ofBeans.transform(beans).columns()).contains("features", "label", "prediction");
  }

  @Test
  void sqlFunctions() throws Exception {
    Dataset<Row> data = Models.ring(60);
    data.createOrReplaceTempView("t");
    ConvexReLUClassificationModel classes = classifier().fit(data);
    ConvexReLURegressionModel numbers = regressor().fit(data);
    String ofClasses = directory.resolve("classes").toString();
    String ofNumbers = directory.resolve("numbers").toString();
    classes.write().save(ofClasses);
    numbers.write().save(ofNumbers);
    SPARK.conf().set(PredictFunction.MODEL, ofClasses);
    try {
      // What registerJavaFunction of PySpark calls.
      SPARK.udf().registerJava("convexnn", PredictFunction.class.getName(), null);
    } finally {
      SPARK.conf().unset(PredictFunction.MODEL);
    }
    PredictFunction.register(SPARK, "price", ofNumbers);
    for (Row row :
        SPARK.sql("SELECT features, convexnn(features), price(features) FROM t").collectAsList()) {
      assertThat(row.getDouble(1)).isEqualTo(classes.predict(row.getAs(0)));
      assertThat(row.getDouble(2)).isEqualTo(numbers.predict(row.getAs(0)));
    }
  }

  private static final class Events extends SparkListener {
    private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();

    @Override
    public void onOtherEvent(SparkListenerEvent event) {
      if (event instanceof FitStart<?> fit) {
        seen.add("start of " + fit.estimator().getClass().getSimpleName());
      } else if (event instanceof FitEnd<?> fit) {
        seen.add("end of " + fit.model().getClass().getSimpleName());
      } else if (event instanceof TransformEnd transform) {
        seen.add("transformed by " + transform.transformer().getClass().getSimpleName());
      }
    }
  }

  @Test
  void pipelinesPostEvents() throws Exception {
    Events events = new Events();
    SPARK.sparkContext().addSparkListener(events);
    try {
      new Pipeline()
          .setStages(new PipelineStage[] {regressor()})
          .fit(Models.hinge(60))
          .transform(Models.hinge(60));
      SPARK.sparkContext().listenerBus().waitUntilEmpty();
    } finally {
      SPARK.sparkContext().removeSparkListener(events);
    }
    assertThat(events.seen)
        .contains(
            "start of ConvexReLURegressor",
            "end of ConvexReLURegressionModel",
            "transformed by ConvexReLURegressionModel");
  }
}
