package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.SparkTest;
import org.convexnn.cluster.DataColumns;
import org.convexnn.cluster.Packing;
import org.convexnn.cluster.RddRows;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.Progress;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.gram.GramStatistics;
import org.convexnn.solver.train.Trainer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several regressions from one pass over a data set. */
@Tag("spark")
class OnePassRegressionTest {

  private static final double[] RATIOS = {0.3, 0.03, 0.003};

  private int cached;

  @BeforeEach
  void countCached() {
    cached = SparkTest.context().getPersistentRDDs().size();
  }

  @AfterEach
  void nothingStaysCached() {
    assertThat(SparkTest.context().getPersistentRDDs()).hasSize(cached);
  }

  private static ConvexReLURegressor regressor() {
    return new ConvexReLURegressor().setNumGates(16).setSeed(1).setWeightCol("weight");
  }

  @Test
  void aPathIsTheFitsAtItsRatios() {
    // An integer label and weight, as fit takes them.
    Dataset<Row> data =
        Models.hinge(600)
            .withColumn("label", functions.round(functions.col("label")).cast("int"))
            .withColumn("weight", functions.col("weight").cast("int"));
    ConvexReLURegressor regressor = regressor().setPredictionCol("fitted");
    List<ConvexReLURegressionModel> path = regressor.fitPath(data, RATIOS);
    assertThat(path).hasSize(3);
    for (int k = 0; k < RATIOS.length; k++) {
      ConvexReLURegressionModel model = path.get(k);
      ConvexReLURegressionModel alone = regressor().setRegRatio(RATIOS[k]).fit(data);
      double objective = alone.certificate().primalObjective();
      assertThat(model.certificate().primalObjective())
          .isCloseTo(objective, within(1e-3 * objective));
      assertThat(model.certificate().stopReason()).isEqualTo(StopReason.GAP);
      assertThat(model.certificate().jobs()).isEqualTo(1);
      assertThat(model.getRegRatio()).isEqualTo(RATIOS[k]);
      assertThat(model.parent()).isSameAs(regressor);
      assertThat(model.hasSummary()).isTrue();
      assertThat(model.transform(data).columns()).contains("fitted");
    }
    assertThat(regressor.isDefined(regressor.regRatio())).isFalse();
  }

  @Test
  void crossValidationChoosesTheRatioOfTheLowestLoss() {
    Dataset<Row> data = Models.hinge(600);
    ConvexReLURegressor regressor = regressor().setNumFolds(4);
    ConvexReLURegressionStatistics statistics = regressor.statistics(data);
    ConvexReLURegressionModel model = statistics.crossValidate();
    ConvexReLURegressionModel fitted = regressor.fit(data);
    List<PathPoint> path = model.summary().path();
    assertThat(path).hasSize(7);
    PathPoint best =
        path.stream().min(Comparator.comparingDouble(PathPoint::validationLoss)).orElseThrow();
    assertThat(model.certificate().beta())
        .isCloseTo(best.ratio() * model.certificate().betaMax(), within(1e-12));
    assertThat(best.ratio()).isLessThan(1);
    assertThat(model.parent()).isSameAs(regressor);
    // A fit with folds is this one, its certificate from a pass of its own.
    for (int k = 0; k < 7; k++) {
      double loss = path.get(k).validationLoss();
      assertThat(fitted.summary().path().get(k).validationLoss()).isCloseTo(loss, within(1e-10));
      assertThat(path.get(k).standardError()).isPositive();
    }
    assertThat(fitted.certificate().solver()).isEqualTo("gram");
    assertThat(fitted.certificate().beta()).isCloseTo(model.certificate().beta(), within(1e-9));
  }

  @Test
  void whatItCannotDoIsRefused() {
    Dataset<Row> data = Models.hinge(50);
    assertThatThrownBy(() -> regressor().fitPath(data, 0.1, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(0, 1]");
    assertThatThrownBy(() -> regressor().setRegRatio(0.1).statistics(data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("regRatio");
    assertThatThrownBy(() -> regressor().setLabelCol("none").fitPath(data, 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("none");
  }

  /** Old rows' sums from a file and new rows, against the sums of all rows on the same basis. */
  @Test
  void savedStatisticsTakeNewRows(@TempDir Path folder) {
    Dataset<Row> all = Models.hinge(600);
    Dataset<Row> old = all.where("label < -1000");
    Dataset<Row> later = all.where("label >= -1000");
    String path = folder.resolve("old").toUri().toString();
    ConvexReLURegressor regressor = regressor().setTol(1e-10).setNumFolds(3);
    ConvexReLURegressionStatistics first = regressor.statistics(old);
    first.save(path);
    ConvexReLURegressionStatistics loaded = regressor.loadStatistics(path);
    assertThat(loaded.rows()).isEqualTo(old.count());
    assertThat(loaded.toString()).contains("3 features, 16 gates, 3 folds");
    ConvexReLURegressionStatistics sum = loaded.add(later);
    ConvexReLURegressionStatistics together = loaded.collect(all);
    assertThat(sum.rows()).isEqualTo(600);
    assertThat(sum.weight()).isCloseTo(together.weight(), within(1e-9));
    List<ConvexReLURegressionModel> updated = sum.fitPath(RATIOS);
    List<ConvexReLURegressionModel> once = together.fitPath(RATIOS);
    for (int k = 0; k < RATIOS.length; k++) {
      same(updated.get(k), once.get(k), all);
      assertThat(updated.get(k).getRegRatio()).isEqualTo(RATIOS[k]);
      assertThat(updated.get(k).certificate().jobs()).isZero();
    }
    same(sum.crossValidate(), together.crossValidate(), all);
    // Sums collected apart, as by another session, merge to the same.
    same(first.merge(loaded.collect(later)).fitPath(0.03).get(0), updated.get(1), all);
    // Rows that were added are taken out again.
    same(sum.remove(later).fitPath(0.03).get(0), loaded.fitPath(0.03).get(0), all);
    assertThatThrownBy(() -> loaded.remove(all))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not among those summed up");
    // The old rows alone are another model.
    assertThat(loaded.fitPath(0.03).get(0).certificate().betaMax())
        .isNotCloseTo(updated.get(1).certificate().betaMax(), within(1e-4));
  }

  private static void same(
      ConvexReLURegressionModel left, ConvexReLURegressionModel right, Dataset<Row> rows) {
    assertThat(left.certificate().primalObjective())
        .isCloseTo(right.certificate().primalObjective(), within(1e-8));
    assertThat(left.certificate().betaMax()).isCloseTo(right.certificate().betaMax(), within(1e-8));
    // In units of the label's deviation, which is about 60.
    rows.limit(20)
        .collectAsList()
        .forEach(
            row ->
                assertThat(left.predict(row.getAs("features")))
                    .isCloseTo(right.predict(row.getAs("features")), within(60 * 1e-4)));
  }

  @Test
  void filesThatAreNoStatisticsAreRefusedNamingThem(@TempDir Path folder) throws IOException {
    ConvexReLURegressionStatistics statistics = regressor().statistics(Models.hinge(60));
    Path file = folder.resolve("sums");
    statistics.save(file.toString());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).noneMatch(f -> f.toString().endsWith(".part"));
    }
    assertThatThrownBy(() -> statistics.save(file.toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(file.toString(), "exists", "another path");
    byte[] bytes = Files.readAllBytes(file);
    Path half = folder.resolve("half");
    Files.write(half, Arrays.copyOf(bytes, bytes.length / 2));
    notLoaded(half, "damaged");
    Files.writeString(half, "x1,x2,label and more\n");
    notLoaded(half, "no file of ConvexNN statistics");
    notLoaded(folder.resolve("none"), "no file of statistics");
    assertThatThrownBy(() -> statistics.add(Models.hinge(60).drop("label")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("label");
    assertThatThrownBy(statistics::crossValidate)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("numFolds");
    assertThatThrownBy(() -> statistics.merge(regressor().setSeed(2).statistics(Models.hinge(60))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("seed");
  }

  private static void notLoaded(Path file, String why) {
    assertThatThrownBy(() -> regressor().loadStatistics(file.toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(file.toString(), why);
  }

  /** On the basis of one, the statistics of all partitionings agree, and so do their models. */
  @Test
  void statisticsDoNotDependOnPartitions() throws IOException {
    Dataset<Row> data = Models.hinge(500);
    Trainer trainer =
        new Trainer(regressor().setTol(1e-9).trainingOptions(Task.REGRESSION), Progress.SILENT);
    GramStatistics one;
    try (RddRows rows = pack(data, 1)) {
      one = trainer.statistics(rows, 3);
    }
    GramStatistics three;
    try (RddRows rows = pack(data, 3)) {
      three = one.collect(rows);
      // And from the start, map and gates included.
      agree(trainer.crossValidate(one), trainer.crossValidate(trainer.statistics(rows, 3)));
    }
    assertThat(three.rows()).isEqualTo(500);
    agree(trainer.crossValidate(one), trainer.crossValidate(three));
    // Through a stream, where statistics of Spark go.
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    three.write(bytes);
    GramStatistics loaded = GramStatistics.read(new ByteArrayInputStream(bytes.toByteArray()));
    assertThat(one.plus(loaded).rows()).isEqualTo(1000);
  }

  private static RddRows pack(Dataset<Row> data, int partitions) {
    DataColumns columns =
        new DataColumns("features", "label", Optional.of("weight"), j -> Optional.empty());
    return RddRows.pack(data.repartition(partitions).toJavaRDD(), new Packing(columns, 0, 0, 2));
  }

  private static void agree(TrainingResult left, TrainingResult right) {
    assertThat(left.certificate().betaMax()).isCloseTo(right.certificate().betaMax(), within(1e-8));
    assertThat(left.certificate().primalObjective())
        .isCloseTo(right.certificate().primalObjective(), within(1e-8));
    assertThat(left.path()).hasSameSizeAs(right.path());
    for (int k = 0; k < left.path().size(); k++) {
      assertThat(left.path().get(k).validationLoss())
          .isCloseTo(right.path().get(k).validationLoss(), within(1e-8));
    }
  }
}
