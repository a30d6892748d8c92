package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.convexnn.cluster.StandaloneCluster;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that are submitted to executors in JVMs of their own: what one JVM finds, they find. */
@Tag("cluster")
@Tag("faults")
class SubmitTest {

  /** What many clusters set; it takes no records. */
  private static final String KRYO = "spark.serializer=org.apache.spark.serializer.KryoSerializer";

  @TempDir private Path folder;

  @Test
  void toAStandaloneCluster() throws Exception {
    try (StandaloneCluster cluster = StandaloneCluster.start(folder, 2)) {
      trainsAndScores(Submission.to(cluster.url(), folder));
      // One executor on each Worker.
      assertThat(folder.resolve("work1")).isNotEmptyDirectory();
      assertThat(folder.resolve("work2")).isNotEmptyDirectory();
    }
  }

  @Test
  void toALocalCluster() throws Exception {
    trainsAndScores(Submission.to("local-cluster[2,1,1024]", folder).with(KRYO));
  }

  private void trainsAndScores(Submission submission) throws Exception {
    Path input = NoisyXor.csv(folder);
    Path output = folder.resolve("model");
    Path scored = folder.resolve("scored");
    List<Object> train =
        new ArrayList<>(List.of("train", "--input", input, "--label", "label", "--output", output));
    train.addAll(NoisyXor.fit("1e-7"));
    submission.run(train.toArray());
    submission.run("score", "--model", output, "--input", input, "--output", scored);
    Outcome.of(output, scored).isThatOf(NoisyXor.undisturbed(folder));
  }
}
