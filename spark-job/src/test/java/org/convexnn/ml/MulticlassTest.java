package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.BinaryAttribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.convexnn.SparkTest;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.solver.Progress;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.TraceRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The classifier with more classes than two. */
@Tag("spark")
class MulticlassTest {

  @TempDir Path directory;

  private static ConvexReLUClassifier classifier() {
    return new ConvexReLUClassifier().setNumGates(16).setRegRatio(0.03).setSeed(1);
  }

  /** Three classes: inside a ring, and outside of it to the left and to the right. */
  private static Dataset<Row> rings(int n) {
    Random random = new Random(6);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < n; r++) {
      double[] x = random.doubles(3, -1, 1).toArray();
      double label = x[0] * x[0] + x[1] * x[1] < 0.5 ? 1 : x[0] < 0 ? 0 : 2;
      rows.add(RowFactory.create(Vectors.dense(x), label, 1.0 + r % 2));
    }
    return SparkTest.session().createDataFrame(rows, Models.SCHEMA).repartition(3);
  }

  /** Four classes that overlap, columns of different units. */
  private static Dataset<Row> overlapping(int n) {
    Random random = new Random(7);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < n; r++) {
      int label = Math.min(random.nextInt(6), 3);
      double a = random.nextGaussian() + label % 2;
      double b = 1000 + 50 * (random.nextGaussian() + 0.5 * label);
      double c = 1e-3 * (random.nextGaussian() + a);
      rows.add(
          RowFactory.create(Vectors.dense(a, b, c), (double) label, 0.5 + random.nextDouble()));
    }
    return SparkTest.session().createDataFrame(rows, Models.SCHEMA).repartition(3);
  }

  private static Dataset<Row> named(Dataset<Row> data, Attribute attribute) {
    return data.withColumn(
        "label", functions.col("label").as("label", attribute.withName("label").toMetadata()));
  }

  private static Attribute classes(String... names) {
    return NominalAttribute.defaultAttr().withValues(names);
  }

  /** A network of two features and three outputs with one gate. */
  private static Network network() {
    return new Network(
        FeatureMap.identity(2),
        GateSet.of(
            new HalfSpaces(2, new double[] {1, -1}, new double[] {0.25}, new double[] {0.5})),
        new Random(4).doubles(2 * 3 * 3, -2, 2).toArray(),
        new double[] {0.5, -0.25, -0.25},
        0,
        1);
  }

  private static ConvexReLUClassificationModel model() {
    return new ConvexReLUClassificationModel("mine", network(), Models.CERTIFICATE);
  }

  private static double[] softmax(double[] f) {
    double sum = Arrays.stream(f).map(Math::exp).sum();
    return Arrays.stream(f).map(v -> Math.exp(v) / sum).toArray();
  }

  // ---- training

  @Test
  void learnsWhatIsNotLinear() {
    Dataset<Row> data = rings(900);
    ConvexReLUClassificationModel model = classifier().fit(data);
    assertThat(model.numClasses()).isEqualTo(3);
    assertThat(model.network().outputs()).isEqualTo(3);
    assertThat(model.certificate().relativeGap()).isBetween(-1e-9, 1e-2);
    assertThat(model.toString()).contains("numClasses=3", "certificate");
    Dataset<Row> scored = model.transform(data);
    double accuracy =
        new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(scored);
    assertThat(accuracy).isGreaterThan(0.9);
    // What MLlib's evaluators and IndexToString read from the schema.
    assertThat(AttributeGroup.fromStructField(scored.schema().apply("probability")).size())
        .isEqualTo(3);
    NominalAttribute prediction =
        (NominalAttribute) Attribute.fromStructField(scored.schema().apply("prediction"));
    assertThat(prediction.getNumValues().get()).isEqualTo(3);
  }

  @Test
  void withoutRegParamThePathChooses() {
    ConvexReLUClassifier classifier = new ConvexReLUClassifier().setNumGates(8).setSeed(1);
    ConvexReLUClassificationModel model = classifier.fit(rings(500));
    assertThat(model.summary().path()).hasSizeGreaterThan(1);
  }

  @Test
  void groupsPerClassAreTrainedAndSaved() throws Exception {
    Dataset<Row> data = rings(500);
    ConvexReLUClassificationModel shared = classifier().fit(data);
    ConvexReLUClassificationModel own = classifier().setPerClassGroups(true).fit(data);
    // One class's norm is smaller than that of all three.
    assertThat(own.certificate().betaMax()).isLessThan(shared.certificate().betaMax());
    assertThat(own.certificate().relativeGap()).isBetween(-1e-9, 1e-2);
    assertThat(own.certificate().activeNeurons()).isEqualTo(own.network().activeGroups());
    String path = directory.resolve("own").toString();
    own.save(path);
    ConvexReLUClassificationModel loaded = ConvexReLUClassificationModel.load(path);
    assertThat(loaded.getPerClassGroups()).isTrue();
    assertThat(loaded.certificate()).isEqualTo(own.certificate());
  }

  @Test
  void atBetaMaxTheModelIsTheMultinomialOne() {
    Dataset<Row> rows = overlapping(800);
    ConvexReLUClassificationModel model =
        new ConvexReLUClassifier()
            .setNumGates(8)
            .setSkipRidge(1e-9)
            .setRegRatio(1)
            .setWeightCol("weight")
            .fit(rows);
    assertThat(model.certificate().stopReason()).isEqualTo(StopReason.LINEAR);
    LogisticRegressionModel linear =
        new LogisticRegression()
            .setFamily("multinomial")
            .setMaxIter(500)
            .setTol(1e-13)
            .setWeightCol("weight")
            .fit(rows);
    for (Row row : rows.takeAsList(200)) {
      Vector x = row.getAs("features");
      assertThat(model.predictProbability(x).toArray())
          .containsExactly(linear.predictProbability(x).toArray(), within(1e-4));
    }
  }

  @Test
  void weightTwoIsTheRowTwice() {
    Dataset<Row> data = rings(200);
    Dataset<Row> repeated =
        data.withColumn("i", functions.expr("explode(sequence(1, int(weight)))")).drop("i");
    ConvexReLUClassifier classifier =
        new ConvexReLUClassifier()
            .setNumGates(8)
            .setSeed(1)
            .setRegParam(0.01)
            // The automatic one counts rows, whatever their weights.
            .setSkipRidge(1e-3)
            .setPrecision("float64")
            .setTol(1e-4);
    double once = classifier.fit(repeated).certificate().primalObjective();
    double weighted = classifier.setWeightCol("weight").fit(data).certificate().primalObjective();
    assertThat(weighted).isCloseTo(once, within(2e-4 * once));
  }

  @Test
  void metadataTellsTheClasses() {
    ConvexReLUClassifier classifier = classifier().setNumGates(4).setRegRatio(0.5);
    Dataset<Row> three = rings(120);
    assertThat(classifier.fit(named(three, classes("a", "b", "c"))).numClasses()).isEqualTo(3);
    Dataset<Row> two = three.where("label < 2");
    assertThat(classifier.fit(named(two, classes("a", "b"))).network().outputs()).isEqualTo(1);
    assertThat(classifier.fit(named(two, BinaryAttribute.defaultAttr())).numClasses()).isEqualTo(2);
  }

  @Test
  void stringLabelsGoThroughAPipelineAndBack() throws Exception {
    Dataset<Row> data =
        rings(300)
            .withColumn("colour", functions.expr("array('red', 'green', 'blue')[int(label)]"))
            .drop("label");
    StringIndexer indexer = new StringIndexer().setInputCol("colour").setOutputCol("label");
    String[] names = indexer.fit(data).labelsArray()[0];
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  indexer,
                  classifier(),
                  new IndexToString()
                      .setInputCol("prediction")
                      .setOutputCol("guess")
                      .setLabels(names)
                });
    PipelineModel model = pipeline.fit(data);
    String path = directory.resolve("pipeline").toString();
    model.save(path);
    PipelineModel loaded = PipelineModel.load(path);
    assertThat(loaded.transform(data).select("probability", "guess").collectAsList())
        .isEqualTo(model.transform(data).select("probability", "guess").collectAsList());
    assertThat(loaded.transform(data).where("guess = colour").count()).isGreaterThan(255);
  }

  // ---- the model

  @Test
  void rawPredictionsAreTheOutputsAndProbabilitiesTheirSoftmax() {
    ConvexReLUClassificationModel model = model();
    Vector x = Vectors.dense(1.5, -0.5);
    double[] f = new double[3];
    network().evaluator().evaluate(x.toArray(), f);
    assertThat(model.predictRaw(x).toArray()).containsExactly(f);
    assertThat(model.predictProbability(x).toArray()).containsExactly(softmax(f), within(1e-14));
    assertThat(model.predictRaw(x.toSparse())).isEqualTo(model.predictRaw(x));
    List<Row> rows = List.of(RowFactory.create(x, 0.0, 1.0));
    Row row = model.transform(SparkTest.session().createDataFrame(rows, Models.SCHEMA)).first();
    assertThat(row.<Vector>getAs("rawPrediction").toArray()).containsExactly(f);
    assertThat(row.<Vector>getAs("probability").toArray())
        .containsExactly(softmax(f), within(1e-14));
    assertThat(row.<Double>getAs("prediction"))
        .isEqualTo(row.<Vector>getAs("probability").argmax());
  }

  @Test
  void outputsFarApartDoNotOverflow() {
    Vector probability = model().raw2probabilityInPlace(Vectors.dense(-1e4, 800, 1e4));
    assertThat(probability.toArray()).containsExactly(0, 0, 1);
  }

  @Test
  void thresholdsMoveTheDecision() {
    ConvexReLUClassificationModel model = model();
    Vector x = Vectors.dense(0.1, 0.2);
    double[] p = model.predictProbability(x).toArray();
    for (int k = 0; k < 3; k++) {
      double[] thresholds = p.clone();
      thresholds[k] *= 0.99;
      double sum = Arrays.stream(thresholds).sum();
      model.setThresholds(Arrays.stream(thresholds).map(t -> t / sum).toArray());
      assertThat(model.predict(x)).isEqualTo(k);
    }
    assertThatThrownBy(() -> model.setThresholds(new double[] {0.5, 0.5}))
        .hasMessageContaining("numClasses=3");
  }

  @Test
  void savingKeepsAllOutputs() throws Exception {
    SparkTest.session();
    String path = directory.resolve("model").toString();
    ConvexReLUClassificationModel model = model().setThresholds(new double[] {0.2, 0.3, 0.5});
    model.save(path);
    ConvexReLUClassificationModel loaded = ConvexReLUClassificationModel.load(path);
    assertThat(loaded.network())
        .usingRecursiveComparison()
        .withStrictTypeChecking()
        .isEqualTo(network());
    assertThat(loaded.numClasses()).isEqualTo(3);
    assertThat(loaded.getThresholds()).containsExactly(0.2, 0.3, 0.5);
    assertThat(loaded).hasToString(model.toString());
  }

  @Test
  void aLargeModelIsBroadcastAndScoresTheSame() {
    int gates = 15_000;
    Random random = new Random(8);
    Network large =
        new Network(
            FeatureMap.identity(3),
            GateSet.of(
                new HalfSpaces(
                    3,
                    random.doubles(3L * gates, -1, 1).toArray(),
                    new double[gates],
                    new double[gates])),
            random.doubles((1L + gates) * 3 * 4, -1, 1).toArray(),
            new double[3],
            0,
            1);
    ConvexReLUClassificationModel model =
        new ConvexReLUClassificationModel("large", large, Models.CERTIFICATE);
    double[] f = new double[3];
    for (Row row : model.transform(rings(20)).collectAsList()) {
      large.evaluator().evaluate(row.<Vector>getAs("features").toArray(), f);
      assertThat(row.<Vector>getAs("rawPrediction").toArray()).containsExactly(f);
    }
  }

  // ---- what must be refused

  private static void refused(Dataset<Row> data, String... text) {
    assertThatThrownBy(() -> classifier().setWeightCol("weight").fit(data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("label column 'label'")
        .hasMessageContainingAll(text);
  }

  private static Dataset<Row> relabelled(String label) {
    return rings(60).withColumn("label", functions.expr(label));
  }

  @Test
  void labelsThatAreNoClassesAreRefused() {
    refused(relabelled("label - 1"), "has the value -1.0", "(partition ", "StringIndexer");
    refused(relabelled("label / 2"), "has the value 0.5", "integers from 0 to 9999");
    refused(relabelled("label * 1e4"), "0000.0 (partition");
    Dataset<Row> two = named(rings(60), classes("a", "b"));
    refused(two, "has the value 2.0", "from 0 to 1, by the column's metadata");
  }

  /** The rows with other names of classes, which the model must tell apart as the rows themselves. */
  private static void sameBesides(Dataset<Row> data, int[] places, int classes) {
    List<String> messages = new ArrayList<>();
    ConvexReLUClassificationModel plain = classifier().setWeightCol("weight").fit(rings(200));
    ConvexReLUClassificationModel spread =
        classifier().setWeightCol("weight").setProgress(told(messages)).fit(data);
    assertThat(spread.numClasses()).isEqualTo(classes);
    assertThat(spread.certificate().primalObjective())
        .isCloseTo(plain.certificate().primalObjective(), within(1e-9));
    assertThat(messages).anyMatch(m -> m.contains("without rows of positive weight: left out"));
    for (Row row : rings(50).collectAsList()) {
      double[] before = plain.predictProbability(row.getAs("features")).toArray();
      double[] after = spread.predictProbability(row.getAs("features")).toArray();
      assertThat(after).hasSize(classes);
      for (int k = 0; k < classes; k++) {
        int from = Arrays.binarySearch(places, k);
        assertThat(after[k]).isCloseTo(from < 0 ? 0 : before[from], within(1e-2));
        assertThat(from >= 0 || after[k] == 0).isTrue();
      }
      assertThat(spread.predict(row.getAs("features")))
          .isIn(Arrays.stream(places).mapToObj(k -> (double) k).toArray());
    }
  }

  private static Progress told(List<String> messages) {
    return new Progress() {
      @Override
      public void iteration(TraceRecord trace) {}

      @Override
      public void message(String text) {
        messages.add(text);
      }
    };
  }

  /** Classes without rows have probability 0, as those that StringIndexer's keep adds. */
  @Test
  void classesWithoutRowsAreLeftOut() {
    Dataset<Row> data = rings(200);
    sameBesides(named(data, classes("a", "b", "c", "__unknown")), new int[] {0, 1, 2}, 4);
    sameBesides(data.withColumn("label", functions.expr("label * 2")), new int[] {0, 2, 4}, 5);
  }

  /** Two classes with rows among three: a network of one output becomes one of three; saved and loaded. */
  @Test
  void twoClassesWithRowsAmongThree() throws Exception {
    Dataset<Row> two = rings(300).where("label != 1");
    for (ConvexReLUClassifier trained :
        List.of(classifier(), classifier().setNumGates(0).setNumTrees(5).setNumLeaves(4))) {
      ConvexReLUClassificationModel model =
          trained.fit(named(two, classes("left", "ring", "right")));
      String path = directory.resolve("model").toString();
      model.write().overwrite().save(path);
      ConvexReLUClassificationModel loaded = ConvexReLUClassificationModel.load(path);
      assertThat(loaded.numClasses()).isEqualTo(3);
      int right = 0;
      for (Row row : two.collectAsList()) {
        double[] p = loaded.predictProbability(row.getAs("features")).toArray();
        assertThat(p[1]).isZero();
        assertThat(p[0] + p[2]).isCloseTo(1, within(1e-12));
        right += loaded.predict(row.getAs("features")) == row.<Double>getAs("label") ? 1 : 0;
      }
      assertThat(right).isGreaterThan((int) (0.9 * two.count()));
    }
  }

  @Test
  void oneClassAloneIsRefused() {
    refused(relabelled("double(2)"), "is 2 on all 60 rows", "two classes");
    refused(named(relabelled("double(1)"), classes("a", "b", "c")), "is 1 ('b') on all 60 rows");
    refused(named(rings(9), classes("a")), "has 1 class by its metadata", "from 2 to 10000");
  }
}
