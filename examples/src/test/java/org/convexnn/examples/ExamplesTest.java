package org.convexnn.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.convexnn.ml.ConvexReLURegressionModel;
import org.convexnn.solver.StopReason;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples run and learn what they set out to learn. */
@Tag("spark")
class ExamplesTest {

  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("convexnn-examples-tests")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void pipeline(@TempDir Path folder) throws IOException {
    // 5 % of the ages are blank; a linear model is right on about 60 % of these rows.
    assertThat(PipelineExample.run(spark, folder.resolve("model").toString())).isGreaterThan(0.9);
  }

  @Test
  void certificate() {
    ConvexReLURegressionModel model = CertificateExample.run(spark);
    assertThat(model.certificate().stopReason()).isEqualTo(StopReason.GAP);
    // Trees where validation chooses beta: definitions.md, "Certificate".
    assertThat(model.certificate().tol()).isEqualTo(1e-2);
    assertThat(model.certificate().relativeGap()).isBetween(0.0, 1e-2);
    assertThat(model.summary().path()).hasSizeGreaterThan(2);
  }
}
