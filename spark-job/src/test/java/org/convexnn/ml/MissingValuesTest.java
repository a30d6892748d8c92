package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.attribute.NumericAttribute;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.export.OnnxRun;
import org.convexnn.network.Imputation;
import org.convexnn.network.LeafModel;
import org.convexnn.network.Network;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TraceRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** NaN with handleInvalid keep: learnt from, and one answer of everything that evaluates a network. */
@Tag("spark")
class MissingValuesTest {

  private static final int TOWNS = 30;

  @TempDir private Path folder;

  /**
   * Rows of [x, z, town], x missing on three rows of ten; what is missing counts: the label is {@code 3
   * [x missing] + [town good] + z}, of classes in two or three parts.
   */
  private static Dataset<Row> rows(long seed, int n, int classes, int towns) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < n; r++) {
      int town = random.nextInt(towns);
      boolean missing = random.nextInt(10) < 3;
      double z = random.nextGaussian();
      double y = (missing ? 3 : 0) + (town * 7 % TOWNS < TOWNS / 2 ? 1 : 0) + 0.5 * z;
      double label = classes == 0 ? y : y < 1 ? 0 : classes == 2 || y < 3 ? 1 : 2;
      double x = missing ? Double.NaN : 5 + random.nextGaussian();
      rows.add(RowFactory.create(Vectors.dense(x, z, town), label));
    }
    return SparkTest.session()
        .createDataFrame(
            rows, new StructType().add(features(TOWNS).toStructField()).add("label", "double"))
        .repartition(3);
  }

  private static AttributeGroup features(int towns) {
    return new AttributeGroup(
        "features",
        new Attribute[] {
          NumericAttribute.defaultAttr().withName("x"),
          NumericAttribute.defaultAttr().withName("z"),
          NominalAttribute.defaultAttr().withName("town").withNumValues(towns)
        });
  }

  /** What is scored: missing values, and towns that training has not seen. */
  private static Dataset<Row> test(int classes) {
    return rows(2, 1000, classes, TOWNS + 5);
  }

  @Test
  void treesOfConstantLeavesTakeClassesAsTheyAre() throws IOException {
    for (int classes : new int[] {2, 3}) {
      ConvexReLUClassificationModel model =
          new ConvexReLUClassifier()
              .setSeed(1)
              .setHandleInvalid("keep")
              .fit(rows(1, 3000, classes, TOWNS));
      Network network = model.network();
      assertThat(network.gates().forest().leafModel()).isEqualTo(LeafModel.CONSTANT);
      assertThat(network.imputation().none()).isTrue();
      assertThat(network.gates().trees()).anyMatch(tree -> tree.sets().length > 0);
      Dataset<Row> known = model.transform(rows(3, 1000, classes, TOWNS));
      assertThat(known.where("prediction = label").count()).isGreaterThan(930);
      assertOneAnswer(model, network, model.transform(test(classes)));
    }
  }

  @Test
  void treesOfConstantLeavesTakeNumbersAsTheyAre() throws IOException {
    ConvexReLURegressionModel model =
        new ConvexReLURegressor().setSeed(1).setHandleInvalid("keep").fit(rows(1, 3000, 0, TOWNS));
    assertThat(model.network().imputation().none()).isTrue();
    assertThat(model.evaluate(rows(3, 1000, 0, TOWNS)).r2()).isGreaterThan(0.97);
    assertOneAnswer(model, model.network(), model.transform(test(0)));
  }

  @Test
  void linearPartsSeeMeansAndAnIndicator() throws IOException {
    Dataset<Row> rows = rows(1, 600, 0, TOWNS);
    double[] x =
        rows.collectAsList().stream()
            .mapToDouble(r -> r.<Vector>getAs("features").apply(0))
            .filter(v -> !Double.isNaN(v))
            .toArray();
    for (ConvexReLURegressor estimator :
        List.of(
            new ConvexReLURegressor().setNumGates(8),
            new ConvexReLURegressor().setNumGates(8).setNormalization("none"),
            new ConvexReLURegressor().setNumTrees(5).setNumLeaves(6).setLeafModel("linear"),
            new ConvexReLURegressor().setActivation("relu").setNumGates(4),
            new ConvexReLURegressor().setLayerWidths(2).setNumGates(8))) {
      ConvexReLURegressionModel model =
          estimator.setRegRatio(0.03).setSeed(1).setHandleInvalid("keep").fit(rows);
      Network network = model.network();
      assertThat(model.numFeatures()).isEqualTo(3);
      assertThat(network.map().features()).isEqualTo(4);
      assertThat(network.imputation().indicated()).containsExactly(0);
      assertThat(network.imputation().values()[0])
          .isCloseTo(Arrays.stream(x).average().orElseThrow(), within(1e-12));
      // Without the indicator the missing values, of variance 1.9 of 2.4, could not be told.
      assertThat(model.evaluate(rows).r2()).isGreaterThan(0.8);
      assertOneAnswer(model, network, model.transform(test(0)));
    }
  }

  @Test
  void linearPartsOfClasses() throws IOException {
    ConvexReLUClassificationModel model =
        new ConvexReLUClassifier()
            .setNumGates(8)
            .setSeed(1)
            .setHandleInvalid("keep")
            .fit(rows(1, 600, 3, TOWNS));
    assertThat(model.network().imputation().indicated()).containsExactly(0);
    assertOneAnswer(model, model.network(), model.transform(test(3)));
  }

  /** Of transform, the saved model, ONNX Runtime and the network itself. */
  private void assertOneAnswer(ConvexReLUModel<?> model, Network network, Dataset<Row> scored)
      throws IOException {
    boolean classes = model instanceof ConvexReLUClassificationModel;
    String output = classes ? "rawPrediction" : "prediction";
    String path = folder.resolve("model").toString();
    Dataset<Row> again;
    Path onnx = folder.resolve("model.onnx");
    Files.deleteIfExists(onnx);
    if (model instanceof ConvexReLUClassificationModel ofClasses) {
      ofClasses.write().overwrite().save(path);
      again = ConvexReLUClassificationModel.load(path).transform(scored.select("features"));
      ofClasses.toOnnx(onnx.toString());
    } else {
      ConvexReLURegressionModel ofNumbers = (ConvexReLURegressionModel) model;
      ofNumbers.write().overwrite().save(path);
      again = ConvexReLURegressionModel.load(path).transform(scored.select("features"));
      ofNumbers.toOnnx(onnx.toString());
    }
    List<Row> rows = scored.select("features", output).collectAsList();
    List<Row> loaded = again.select(output).collectAsList();
    double[][] x = rows.stream().map(r -> ((Vector) r.get(0)).toArray()).toArray(double[][]::new);
    OnnxRun run = OnnxRun.possible() ? OnnxRun.of(Files.readAllBytes(onnx), x) : null;
    Network.Evaluator evaluator = network.evaluator();
    double[] f = new double[network.outputs()];
    int missing = 0;
    for (int r = 0; r < x.length; r++) {
      double[] told = numbers(rows.get(r).get(1));
      assertThat(told).doesNotContain(Double.NaN);
      assertThat(numbers(loaded.get(r).get(0))).isEqualTo(told);
      evaluator.evaluate(x[r], f);
      assertThat(told[told.length - 1]).isEqualTo(f[f.length - 1]);
      missing += Double.isNaN(x[r][0]) ? 1 : 0;
      if (run != null
          && !OnnxRun.onBoundary(
              network.after(Imputation.NONE), network.imputation().apply(x[r]))) {
        assertThat(run.get(output)[r]).containsExactly(told, within(1e-12 * (1 + largest(told))));
      }
    }
    assertThat(x.length).isEqualTo(1000);
    assertThat(missing).isBetween(200, 400);
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElseThrow();
  }

  private static double[] numbers(Object value) {
    return value instanceof Vector vector ? vector.toArray() : new double[] {(double) value};
  }

  @Test
  void zerosOfSparseVectorsAreNotMissing() {
    Random random = new Random(4);
    List<Row> dense = new ArrayList<>();
    List<Row> sparse = new ArrayList<>();
    for (int r = 0; r < 400; r++) {
      double[] x = new double[30];
      x[random.nextInt(30)] = random.nextGaussian();
      x[1] = random.nextInt(3) == 0 ? Double.NaN : x[1];
      double label = x[0] + (Double.isNaN(x[1]) ? 1 : 0);
      label = Double.isNaN(label) ? 2 : label;
      dense.add(RowFactory.create(Vectors.dense(x), label, 1.0));
      sparse.add(RowFactory.create(Vectors.dense(x).toSparse(), label, 1.0));
    }
    for (ConvexReLURegressor estimator :
        List.of(
            new ConvexReLURegressor().setNumGates(4).setNormalization("standardize"),
            new ConvexReLURegressor().setNumTrees(10).setNumLeaves(4))) {
      estimator.setRegRatio(0.1).setSeed(1).setHandleInvalid("keep");
      ConvexReLURegressionModel one = estimator.fit(frame(dense));
      ConvexReLURegressionModel other = estimator.fit(frame(sparse));
      assertThat(other.network()).usingRecursiveComparison().isEqualTo(one.network());
      for (int r = 0; r < dense.size(); r++) {
        double prediction = one.predict((Vector) dense.get(r).get(0));
        assertThat(prediction).isFinite().isEqualTo(one.predict((Vector) sparse.get(r).get(0)));
      }
      double zero = one.predict(Vectors.zeros(30));
      double[] missing = new double[30];
      missing[1] = Double.NaN;
      assertThat(one.predict(Vectors.dense(missing))).isNotEqualTo(zero);
    }
  }

  private static Dataset<Row> frame(List<Row> rows) {
    return SparkTest.session().createDataFrame(rows, Models.SCHEMA).coalesce(1);
  }

  @Test
  void aColumnThatIsMissingEverywhereHasNoPart() {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < 300; r++) {
      double x = random.nextGaussian();
      rows.add(RowFactory.create(Vectors.dense(x, Double.NaN, 1), x > 0 ? 1.0 : 0.0, 1.0));
    }
    for (ConvexReLUClassifier estimator :
        List.of(
            new ConvexReLUClassifier().setNumGates(4),
            new ConvexReLUClassifier().setNumTrees(5).setNumLeaves(4))) {
      List<String> told = new ArrayList<>();
      estimator.setProgress(listener(told));
      ConvexReLUClassificationModel model =
          estimator.setSeed(1).setHandleInvalid("keep").fit(frame(rows));
      assertThat(told)
          .contains("feature features[1] is missing in all rows: it has no part in the model");
      double known = model.predictRaw(Vectors.dense(2, Double.NaN, 1)).apply(1);
      assertThat(known).isPositive();
      assertThat(model.predictRaw(Vectors.dense(2, 7, 1)).apply(1)).isEqualTo(known);
    }
  }

  /** Keeps the messages of a fit. */
  static Progress listener(List<String> told) {
    return new Progress() {
      @Override
      public void iteration(TraceRecord trace) {}

      @Override
      public void message(String text) {
        told.add(text);
      }
    };
  }

  /** A column that was complete in training has its mean where a row to score lacks it. */
  @Test
  void valuesMayBeMissingThatNeverWere() {
    ConvexReLURegressor regressor = new ConvexReLURegressor().setNumGates(4).setRegRatio(0.1);
    ConvexReLURegressionModel kept = regressor.setHandleInvalid("keep").fit(Models.hinge(200));
    double[] means = kept.network().imputation().values();
    assertThat(kept.predict(Vectors.dense(Double.NaN, 0.5, 0.5)))
        .isEqualTo(kept.predict(Vectors.dense(means[0], 0.5, 0.5)));
    ConvexReLURegressionModel strict = regressor.setHandleInvalid("error").fit(Models.hinge(200));
    assertThat(strict.network().imputation().none()).isTrue();
    assertThat(strict.network().weights()).isEqualTo(kept.network().weights());
    assertThat(strict.setHandleInvalid("keep").predict(Vectors.dense(Double.NaN, 0.5, 0.5)))
        .isNaN();
  }

  @Test
  void trainingGoesOnWithTheValuesOfTheModel() {
    Dataset<Row> rows = rows(1, 600, 0, TOWNS);
    ConvexReLURegressor regressor =
        new ConvexReLURegressor().setNumGates(8).setSeed(1).setHandleInvalid("keep").setTol(1e-6);
    ConvexReLURegressionModel first = regressor.setRegRatio(0.1).fit(rows);
    regressor.clear(regressor.regRatio());
    ConvexReLURegressionModel next = regressor.setInitialModel(first).fit(rows);
    assertThat(next.network().imputation()).isEqualTo(first.network().imputation());
    assertThat(next.certificate().primalObjective())
        .isCloseTo(first.certificate().primalObjective(), within(1e-5));
    ConvexReLURegressionModel complete =
        new ConvexReLURegressor().setNumGates(8).setRegRatio(0.1).fit(Models.hinge(200));
    assertThatThrownBy(() -> regressor.setInitialModel(complete).fit(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("handleInvalid is 'keep', and initialModel was trained without it");
  }

  @Test
  void onePassHasNoPlaceForThem() {
    assertThatThrownBy(
            () ->
                new ConvexReLURegressor().setHandleInvalid("keep").fitPath(Models.hinge(100), 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("handleInvalid is 'keep': sums of one pass");
  }
}
