package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.apache.spark.SparkException;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.SparkTest;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.StopReason;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fit that ends by an exception is resumed by another Estimator. */
@Tag("spark")
class ResumeTest {

  @TempDir private Path directory;

  private static ConvexReLUClassifier classifier() {
    return new ConvexReLUClassifier()
        .setNumGates(16)
        .setRegRatio(0.05)
        .setSolver("admm")
        .setPrecision("float64")
        .setTol(1e-6)
        .setMaxIter(2000);
  }

  private ConvexReLUClassifier resumable() {
    return classifier()
        .setCheckpointDir(directory.resolve("checkpoints").toString())
        .setCheckpointInterval(4);
  }

  /** Cancels jobs from that of some description on; the bus may be late. */
  private static final class Canceller extends SparkListener {

    private final String description;
    private volatile boolean begun;

    Canceller(String description) {
      this.description = description;
    }

    @Override
    public void onJobStart(SparkListenerJobStart start) {
      begun |= description.equals(start.properties().getProperty("spark.job.description"));
      if (begun) {
        SparkTest.context().sc().cancelJob(start.jobId());
      }
    }
  }

  private void lose(Dataset<Row> data) {
    Canceller canceller = new Canceller("ADMM iteration 12");
    SparkTest.context().sc().addSparkListener(canceller);
    try {
      assertThatThrownBy(() -> resumable().fit(data))
          .isInstanceOf(SparkException.class)
          .hasMessageContaining("cancelled");
    } finally {
      SparkTest.context().sc().removeSparkListener(canceller);
    }
  }

  @Test
  void anotherEstimatorGoesOn() {
    Dataset<Row> data = Models.ring(300).coalesce(2).cache();
    Certificate expected = classifier().fit(data).certificate();
    lose(data);
    assertThat(directory.resolve("checkpoints")).isNotEmptyDirectory();

    assertThatThrownBy(() -> resumable().fit(data)).hasMessageContaining("set resume");
    assertThatThrownBy(() -> resumable().setResume(true).fit(data.limit(299)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other data, 300 rows of 3 features");

    ConvexReLUClassificationModel resumed = resumable().setResume(true).fit(data.repartition(3));
    assertThat(resumed.certificate().primalObjective())
        .isCloseTo(expected.primalObjective(), within(1e-6 * expected.primalObjective()));
    assertThat(resumed.certificate().stopReason()).isEqualTo(StopReason.GAP);
    assertThat(resumed.certificate().passes()).isGreaterThan(12);
    assertThat(directory.resolve("checkpoints")).isEmptyDirectory();
  }
}
