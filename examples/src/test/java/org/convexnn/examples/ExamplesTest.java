package org.convexnn.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.ml.ConvexReLURegressionModel;
import org.convexnn.solver.StopReason;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples run and learn what they set out to learn. */
@Tag("spark")
class ExamplesTest {

  private static final SparkSession SPARK = TestSession.get();

  @TempDir Path folder;

  @Test
  void pipeline() throws Exception {
    // 5 % of the labels are wrong and 5 % of the ages blank; a linear model is right on about 60 %.
    assertThat(PipelineExample.run(SPARK, folder.resolve("model").toString())).isGreaterThan(0.85);
  }

  @Test
  void certificate() {
    ConvexReLURegressionModel model = CertificateExample.run(SPARK);
    assertThat(model.certificate().stopReason()).isEqualTo(StopReason.GAP);
    // Trees where validation chooses beta: docs/theory/certificates.md#what-is-certified.
    assertThat(model.certificate().tol()).isEqualTo(1e-2);
    assertThat(model.certificate().relativeGap()).isBetween(0.0, 1e-2);
    assertThat(model.summary().path()).hasSizeGreaterThan(2);
  }

  @Test
  void crossValidation() {
    CrossValidationExample.Result result = CrossValidationExample.run(SPARK);
    // Two half-spaces cannot see a ring, 32 can.
    assertThat(result.grid().avgMetrics()[0]).isLessThan(0.7);
    assertThat(result.grid().avgMetrics()[1]).isGreaterThan(0.75);
    assertThat(result.own().summary().path())
        .hasSizeGreaterThan(3)
        .allMatch(p -> p.standardError() > 0);
  }

  @Test
  void regressionPath() {
    RegressionPathExample.Result result =
        RegressionPathExample.run(SPARK, folder.resolve("sums").toString());
    assertThat(result.path()).allMatch(m -> m.certificate().relativeGap() <= 1e-3);
    // The sums of January know its 400 rows, those with February 2000.
    assertThat(result.january().provenance().orElseThrow().rows()).isEqualTo(400);
    assertThat(result.both().provenance().orElseThrow().rows()).isEqualTo(2000);
  }

  @Test
  void intervals() {
    IntervalExample.Result result = IntervalExample.run(SPARK);
    // 1,000 rows calibrate, 4,000 test: a standard error of .011 at .9, .008 at .95.
    assertThat(result.inIntervals()).isBetween(0.86, 0.94);
    assertThat(result.inSets()).isBetween(0.92, 0.98);
    assertThat(result.wild()).isGreaterThan(1.5 * result.calm());
    // Balanced classes would have every other row be rare.
    assertThat(result.seen()).isLessThan(0.25);
    assertThat(Math.abs(result.rare() - result.seen())).isLessThan(0.04);
  }

  @Test
  void insurance() {
    InsuranceExample.Result result = InsuranceExample.run(SPARK);
    // Most of what one frequency for all misses is found.
    assertThat(result.deviance() - result.ofTruth())
        .isLessThan(0.25 * (result.ofMean() - result.ofTruth()));
  }

  @Test
  void creditScore() {
    CreditScoreExample.Result result = CreditScoreExample.run(SPARK);
    assertThat(result.falls()).isZero();
    assertThat(result.off()).isLessThan(1e-9);
    assertThat(result.area()).isGreaterThan(0.7);
  }

  @Test
  void flightTimes() {
    FlightTimesExample.Result result = FlightTimesExample.run(SPARK);
    // 6,000 flights: a standard error of .004, and what 6,000 others do not tell.
    assertThat(result.low()).isBetween(0.07, 0.13);
    assertThat(result.high()).isBetween(0.87, 0.93);
    assertThat(result.taxi()).isGreaterThan(0.4);
    assertThat(result.air()).isGreaterThan(0.95);
  }

  @Test
  void certify() throws Exception {
    CertifyExample.Result result =
        CertifyExample.run(SPARK, Path.of("data").toAbsolutePath().toString());
    // Gradient descent has found the optimum here: docs/certify.md.
    assertThat(result.trained().relativeGap()).isBetween(0.0, 0.001);
    assertThat(result.pruned().relativeGap()).isGreaterThan(0.1);
    assertThat(result.pruned().searchPrice()).isGreaterThan(2 * result.trained().searchPrice());
  }

  @Test
  void onnx() throws Exception {
    assertThat(OnnxExample.run(SPARK, folder.resolve("ring.onnx").toString())).isLessThan(1e-9);
  }

  @Test
  void embedding() {
    // A label that is the same at x and -x: a linear model is at chance.
    assertThat(EmbeddingExample.run(SPARK, folder.toString())).isGreaterThan(0.9);
  }

  @Test
  void streaming() throws Exception {
    Dataset<Row> scored = StreamingExample.run(SPARK, folder.toString());
    assertThat(scored.count()).isEqualTo(400);
    // 5 % of the labels are wrong; always the same class is right on 60 %.
    assertThat(scored.where("prediction = label").count()).isGreaterThan(320);
  }
}
