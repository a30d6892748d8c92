package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.SparkTest;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.network.SubNetwork;
import org.convexnn.network.Tree;
import org.convexnn.solver.AllPatterns;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.Objective;
import org.convexnn.solver.StopReason;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("spark")
class PersistenceTest {

  @TempDir static Path copied;
  @TempDir Path directory;

  private String path() {
    return directory.resolve("model").toString();
  }

  private static void same(Network actual, Network expected) {
    assertThat(actual).usingRecursiveComparison().withStrictTypeChecking().isEqualTo(expected);
  }

  /** All Params as text; an array prints its address. */
  private static String values(Params owner) {
    return owner.extractParamMap().toString().replaceAll("(\\[[ID]@)\\p{XDigit}+", "$1");
  }

  @Test
  void aModelWithTreesAndMatrixComesBackBitByBit() throws Exception {
    ConvexReLUClassificationModel model =
        new ConvexReLUClassificationModel("mine", Models.network(), Models.CERTIFICATE);
    model.set(model.regParam(), 0.5);
    model.setThresholds(new double[] {0.3, 0.7}).setProbabilityCol("p");
    model.save(path());
    ConvexReLUClassificationModel loaded = ConvexReLUClassificationModel.load(path());
    same(loaded.network(), model.network());
    assertThat(loaded.certificate()).isEqualTo(Models.CERTIFICATE);
    assertThat(loaded.uid()).isEqualTo("mine");
    assertThat(loaded.getThresholds()).containsExactly(0.3, 0.7);
    assertThat(values(loaded)).isEqualTo(values(model));
    assertThat(loaded.isSet(loaded.tol())).isFalse();
    assertThat(loaded.hasSummary()).isFalse();
    assertThat(loaded).hasToString(model.toString());
  }

  @Test
  void aLinearModelAndInfiniteNumbersOfItsCertificateComeBack() throws Exception {
    Certificate odd =
        new Certificate(
            1e-300,
            Double.NEGATIVE_INFINITY,
            Double.POSITIVE_INFINITY,
            1e-3,
            Double.NaN,
            0,
            1,
            0,
            0,
            0.5,
            1,
            StopReason.NO_SIGNAL,
            "gram",
            new AllPatterns(0.25, Double.POSITIVE_INFINITY, 0.5, true));
    ConvexReLURegressionModel model = new ConvexReLURegressionModel("r", Models.linear(), odd);
    model.save(path());
    ConvexReLURegressionModel loaded = ConvexReLURegressionModel.load(path());
    same(loaded.network(), Models.linear());
    assertThat(loaded.certificate()).isEqualTo(odd);
  }

  /** Written when the classifier knew two classes alone. */
  @Test
  void aBinaryModelOfFormatOneLoadsForEver() throws Exception {
    SparkTest.session();
    Path saved = Path.of(getClass().getResource("/models/binary-format-1").toURI());
    ConvexReLUClassificationModel loaded = ConvexReLUClassificationModel.load(saved.toString());
    same(loaded.network(), Models.network());
    assertThat(loaded.certificate()).isEqualTo(Models.CERTIFICATE);
    assertThat(loaded.numClasses()).isEqualTo(2);
    assertThat(loaded.getThresholds()).containsExactly(0.3, 0.7);
    assertThat(loaded.getRegParam()).isEqualTo(0.5);
  }

  private static Path resource(String name) throws Exception {
    SparkTest.session();
    return Path.of(PersistenceTest.class.getResource("/models/" + name).toURI());
  }

  private static void saidAsBefore(Path saved, SavedModels.Scores scores) {
    List<SavedModels.Said> rows = SavedModels.Said.beside(saved);
    assertThat(rows).hasSize(12);
    for (SavedModels.Said row : rows) {
      double[] now = scores.of(row.x());
      assertThat(now).hasSameSizeAs(row.scores());
      for (int k = 0; k < now.length; k++) {
        assertThat(now[k]).isCloseTo(row.scores()[k], within(1e-12 * (1 + Math.abs(now[k]))));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"binary-trees-format-1", "multiclass-format-1"})
  void savedClassifiersSayForEverWhatTheySaid(String name) throws Exception {
    ConvexReLUClassificationModel loaded =
        ConvexReLUClassificationModel.load(resource(name).toString());
    saidAsBefore(resource(name), x -> SavedModels.said(loaded, x));
    assertThat(loaded.provenance().orElseThrow().rows()).isEqualTo(200);
    assertThat(loaded.certificate().relativeGap())
        .isEqualTo(loaded.provenance().orElseThrow().relativeGap());
  }

  @Test
  void aSavedRegressionSaysForEverWhatItSaid() throws Exception {
    Path saved = resource("regression-format-1");
    ConvexReLURegressionModel loaded = ConvexReLURegressionModel.load(saved.toString());
    saidAsBefore(saved, x -> new double[] {loaded.predict(x)});
    assertThat(loaded.getWeightCol()).isEqualTo("weight");
  }

  @Test
  void theProvenanceIsSavedAndStaysWithTheModel() throws Exception {
    Provenance provenance =
        new Provenance(
            "2026-11-21T17:05:00Z",
            1L << 40,
            3,
            -5,
            Double.POSITIVE_INFINITY,
            new Objective("slim", "none", "all but fold 0 of 10", 9, 4.5),
            "4.1.0",
            "0.1.0");
    new ConvexReLUClassificationModel(
            "mine", Models.network(), Optional.empty(), Models.CERTIFICATE, Optional.of(provenance))
        .save(path());
    ConvexReLUClassificationModel loaded = ConvexReLUClassificationModel.load(path());
    assertThat(loaded.provenance()).contains(provenance);
    loaded.write().overwrite().save(path());
    assertThat(ConvexReLUClassificationModel.load(path()).provenance()).contains(provenance);
    editMetadata(json -> json.replace("\"rows\":1099511627776", "\"rows\":\"many\""));
    refused("field 'provenance' is missing or wrong");
  }

  @Test
  void anEstimatorComesBackWithItsParams() throws Exception {
    ConvexReLURegressor regressor =
        new ConvexReLURegressor().setRegRatio(0.1).setSolver("gram").setSeed(Long.MIN_VALUE);
    regressor.save(path());
    ConvexReLURegressor loaded = ConvexReLURegressor.load(path());
    assertThat(values(loaded)).isEqualTo(values(regressor));
    assertThat(loaded.getSeed()).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void savingTwiceNeedsOverwrite() throws Exception {
    ConvexReLURegressionModel model =
        new ConvexReLURegressionModel("r", Models.linear(), Models.CERTIFICATE);
    model.save(path());
    assertThatThrownBy(() -> model.save(path())).hasMessageContaining("already exists");
    model.write().overwrite().save(path());
    same(ConvexReLURegressionModel.load(path()).network(), Models.linear());
  }

  @Test
  void pipelinesCarryEstimators() throws Exception {
    VectorAssembler assembler =
        new VectorAssembler().setInputCols(new String[] {"a", "b"}).setOutputCol("features");
    ConvexReLUClassifier classifier = new ConvexReLUClassifier().setNumGates(3);
    new Pipeline().setStages(new PipelineStage[] {assembler, classifier}).save(path());
    PipelineStage loaded = Pipeline.load(path()).getStages()[1];
    assertThat(loaded).isInstanceOf(ConvexReLUClassifier.class);
    assertThat(((ConvexReLUClassifier) loaded).getNumGates()).isEqualTo(3);
  }

  @Test
  void aMatrixOfManyMegabytesIsCutIntoTasks() throws Exception {
    int d = 1500;
    double[] ones = new double[d];
    Arrays.fill(ones, 1);
    double[] matrix = new Random(3).doubles((long) d * d).toArray();
    Network network =
        new Network(
            new org.convexnn.network.FeatureMap(new double[d], ones, matrix),
            org.convexnn.network.GateSet.of(org.convexnn.network.HalfSpaces.none(d)),
            new double[d + 1],
            new double[1],
            0,
            1);
    new ConvexReLURegressionModel("r", network, Models.CERTIFICATE).save(path());
    assertThat(ConvexReLURegressionModel.load(path()).network().map().matrix()).isEqualTo(matrix);
  }

  /** Sub-networks of four layers, two paths to each of three neurons of the second. */
  private static Network layered() {
    Random random = new Random(8);
    int[] widths = {2, 3};
    List<SubNetwork> two =
        Stream.generate(
                () ->
                    new SubNetwork(
                        widths,
                        new HalfSpaces(
                            3,
                            random.doubles(18, -1, 1).toArray(),
                            random.doubles(6).toArray(),
                            random.doubles(6).toArray()),
                        random.doubles(9, -1, 1).toArray()))
            .limit(2)
            .toList();
    return new Network(
        FeatureMap.identity(3),
        GateSet.of(two),
        random.doubles(13 * 4).toArray(),
        new double[] {0.5},
        0,
        1);
  }

  @Test
  void subNetworksComeBackBitByBit() throws Exception {
    ConvexReLUClassificationModel model =
        new ConvexReLUClassificationModel("mine", layered(), Models.CERTIFICATE);
    model.set(model.layerWidths(), new int[] {2, 3});
    model.save(path());
    ConvexReLUClassificationModel loaded = ConvexReLUClassificationModel.load(path());
    same(loaded.network(), layered());
    assertThat(loaded.getLayerWidths()).containsExactly(2, 3);
    editTable(
        "subnetworks",
        t -> t.withColumn("feature", functions.expr("transform(feature, m -> m + id - 1)")));
    refused("data/subnetworks", "a sub-network of widths [3, 4] has 6 paths");
    model.write().overwrite().save(path());
    editTable(
        "subnetworks",
        t -> t.withColumn("feature", functions.expr("if(id = 1, array(3, 2), feature)")));
    refused("data/subnetworks", "a sub-network of widths [3, 2] has 6 paths");
    model.write().overwrite().save(path());
    editTable(
        "subnetworks",
        t -> t.withColumn("threshold", functions.expr("transform(threshold, c -> double('NaN'))")));
    refused("data/subnetworks", "threshold has the value NaN");
  }

  /** A feature map of two coordinates of three features: matrix and weights have their size. */
  @Test
  void aModelOfPrincipalComponentsComesBackBitByBit() throws Exception {
    Network full = Models.network();
    Network network =
        new Network(
            new FeatureMap(
                full.map().mean(),
                full.map().inverseScale(),
                Arrays.copyOf(full.map().matrix(), 6)),
            full.gates(),
            Arrays.copyOf(full.weights(), (1 + full.gates().size()) * 3),
            full.offset(),
            0,
            1);
    new ConvexReLUClassificationModel("mine", network, Models.CERTIFICATE).save(path());
    same(ConvexReLUClassificationModel.load(path()).network(), network);
    editTable("matrix", t -> t.where("row < 1"));
    refused("data/matrix", "1 rows instead of 2");
  }

  // ---- what must be refused

  /** A copy of a saved model, to be damaged. */
  private void saved() {
    try {
      Path whole = copied.resolve("model");
      if (!Files.exists(whole)) {
        new ConvexReLUClassificationModel("mine", Models.network(), Models.CERTIFICATE)
            .save(whole.toString());
      }
      FileUtils.deleteDirectory(new File(path()));
      FileUtils.copyDirectory(whole.toFile(), new File(path()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Refused for what it holds, where its checksums, which come first, are those of its files. */
  private void refused(String... messages) {
    new File(path(), "checksums.sha256").delete();
    new File(path(), ".checksums.sha256.crc").delete();
    assertThatThrownBy(() -> ConvexReLUClassificationModel.load(path()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(path())
        .hasMessageContainingAll(messages)
        .message()
        .containsPattern("; (save it again|check the path)|: load it with the version");
  }

  private void editMetadata(UnaryOperator<String> edit) throws IOException {
    Path metadata = directory.resolve("model/metadata");
    try (Stream<Path> files = Files.list(metadata)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".crc")) {
          Files.delete(file);
        } else if (name.startsWith("part-")) {
          Files.writeString(file, edit.apply(Files.readString(file)));
        }
      }
    }
  }

  private void editTable(String table, UnaryOperator<Dataset<Row>> edit) {
    String file = directory.resolve("model/data/" + table).toString();
    List<Row> rows = SparkTest.session().read().parquet(file).collectAsList();
    Dataset<Row> all =
        SparkTest.session()
            .createDataFrame(rows, SparkTest.session().read().parquet(file).schema());
    edit.apply(all).write().mode("overwrite").parquet(file);
  }

  @Test
  void nothingThereIsRefused() {
    refused("it has no metadata");
  }

  @Test
  void anotherClassIsRefused() {
    saved();
    assertThatThrownBy(() -> ConvexReLURegressionModel.load(path()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "holds a org.convexnn.ml.ConvexReLUClassificationModel", "ConvexReLURegressionModel");
  }

  @Test
  void aNewerFormatIsRefused() throws Exception {
    saved();
    editMetadata(json -> json.replace("\"formatVersion\":2", "\"formatVersion\":3"));
    refused("is written in format 3", "reads formats up to 2");
  }

  @Test
  void damagedMetadataIsRefused() throws Exception {
    saved();
    editMetadata(json -> json.substring(0, 40));
    refused("is not JSON");
    saved();
    editMetadata(json -> "[]");
    refused("is not a JSON object");
    saved();
    editMetadata(json -> "");
    refused("is not a JSON object");
    saved();
    editMetadata(json -> json.replace("\"uid\"", "\"id\""));
    refused("field 'uid' is missing or wrong");
    saved();
    editMetadata(json -> json.replace("\"dualBound\"", "\"bound\""));
    refused("field 'certificate' is missing or wrong");
    saved();
    editMetadata(json -> json.replace("\"maxIter\":200", "\"maxIter\":-1"));
    refused("-1 for the parameter 'maxIter'");
    saved();
    editMetadata(json -> json.replace("\"maxIter\"", "\"maxPasses\""));
    refused("parameter 'maxPasses'", "does not have");
  }

  @Test
  void missingTablesAreRefused() throws Exception {
    for (String table : List.of("map", "matrix", "subnetworks")) {
      saved();
      org.apache.hadoop.fs.FileUtil.fullyDelete(directory.resolve("model/data/" + table).toFile());
      refused("data/" + table + " is missing");
    }
  }

  @Test
  void garbageInsteadOfParquetIsRefused() throws Exception {
    saved();
    Path table = directory.resolve("model/data/map");
    org.apache.hadoop.fs.FileUtil.fullyDelete(table.toFile());
    Files.createDirectory(table);
    Files.writeString(table.resolve("part-0.parquet"), "garbage");
    refused("data/map cannot be read");
  }

  private void editFile(String table, UnaryOperator<byte[]> edit) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("model/data/" + table))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".crc")) {
          Files.delete(file);
        } else if (name.startsWith("part-")) {
          Files.write(file, edit.apply(Files.readAllBytes(file)));
        }
      }
    }
  }

  /** Where the file system has no checksums, Parquet's own tell; some bits mean nothing. */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.3, 0.5})
  void aFlippedBitIsRefused(double where) throws Exception {
    saved();
    editFile(
        "subnetworks",
        bytes -> {
          // The pages end before the footer, whose length is in the last 8 bytes.
          int footer =
              ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(bytes.length - 8);
          bytes[(int) (where * (bytes.length - 8 - footer))] ^= 4;
          return bytes;
        });
    try {
      double[] weights = ConvexReLUClassificationModel.load(path()).network().weights();
      assertThat(weights).isEqualTo(Models.network().weights());
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("data/subnetworks");
    }
  }

  @Test
  void aTruncatedTableIsRefused() throws Exception {
    saved();
    editFile("matrix", bytes -> Arrays.copyOf(bytes, bytes.length / 2));
    refused("data/matrix cannot be read");
    saved();
    editFile("matrix", bytes -> new byte[0]);
    refused("data/matrix");
  }

  @Test
  void damagedTablesAreRefused() {
    saved();
    editTable("map", t -> t.withColumn("mean", functions.expr("array(1d, 2d)")));
    refused("data/map", "mean has 2 numbers, not 3");
    saved();
    editTable("map", t -> t.withColumn("labelScale", functions.expr("double('NaN')")));
    refused("data/map", "labelScale has the value NaN");
    saved();
    editTable("map", t -> t.drop("offset"));
    refused("data/map", "offset is missing");
    saved();
    editTable("map", t -> t.union(t));
    refused("data/map", "2 rows instead of 1");
    saved();
    editTable("matrix", t -> t.where("row < 2"));
    refused("data/matrix", "2 rows instead of 3");
    saved();
    editTable("subnetworks", t -> t.where("id <> 1"));
    refused("data/subnetworks", "id 1 is missing");
    saved();
    editTable("subnetworks", t -> t.where("id < 0"));
    refused("data/subnetworks", "0 rows instead of 5");
    saved();
    // the last file of several, lost on the way
    editTable("subnetworks", t -> t.where("id < 4"));
    refused("data/subnetworks", "4 rows instead of 5");
    saved();
    editTable(
        "subnetworks", t -> t.withColumn("kind", functions.expr("if(id = 4, 'forest', kind)")));
    refused("row 4 is of unknown kind 'forest'");
    saved();
    editTable(
        "subnetworks",
        t ->
            t.withColumn("weights", functions.expr("transform(weights, w -> double('Infinity'))")));
    refused("weights has the value Infinity");
    saved();
    editTable("subnetworks", t -> t.withColumn("left", functions.expr("transform(left, c -> 0)")));
    refused("a tree's node 0 has the child 0");
    saved();
    editTable("subnetworks", t -> t.withColumn("weights", functions.expr("'text'")));
    refused("data/subnetworks cannot be read");
  }

  @Test
  void theDamagesAboveAreTheOnlyReason() {
    saved();
    same(ConvexReLUClassificationModel.load(path()).network(), Models.network());
    Tree tree = Models.network().gates().trees().get(0);
    assertThat(tree.leaves()).isEqualTo(3);
  }

  @Test
  void pipelineModelsCarryModels() throws Exception {
    Dataset<Row> data = Models.ring(60);
    ConvexReLUClassificationModel model =
        new ConvexReLUClassificationModel("mine", Models.network(), Models.CERTIFICATE);
    // A PipelineModel can only be made by fitting: models are transformers and fit as themselves.
    PipelineModel pipeline = new Pipeline().setStages(new PipelineStage[] {model}).fit(data);
    pipeline.save(path());
    Transformer loaded = PipelineModel.load(path()).stages()[0];
    assertThat(loaded).isInstanceOf(ConvexReLUClassificationModel.class);
    same(((ConvexReLUClassificationModel) loaded).network(), Models.network());
    assertThat(loaded.transform(data).select("probability").collectAsList())
        .isEqualTo(model.transform(data).select("probability").collectAsList());
  }
}
