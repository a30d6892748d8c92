package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.convexnn.cli.DriverRestartTest.exists;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileSystem;
import org.convexnn.cluster.ClusterProcess;
import org.convexnn.cluster.HdfsCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Input, checkpoints, model, report and scores on HDFS, of which a part is lost; drivers killed. */
@Tag("cluster")
@Tag("faults")
class HdfsTest {

  private static final long MOST_SECONDS = 300;

  @TempDir private Path folder;

  private HdfsCluster hdfs;
  private FileSystem files;
  private String input;
  private String output;

  @BeforeEach
  void fill() throws Exception {
    hdfs = HdfsCluster.start(folder, 2);
    files = hdfs.files();
    input = hdfs.path("rows.csv");
    output = hdfs.path("model");
    files.copyFromLocalFile(
        new org.apache.hadoop.fs.Path(NoisyXor.csv(folder).toUri()),
        new org.apache.hadoop.fs.Path(input));
  }

  @AfterEach
  void stop() {
    hdfs.close();
  }

  private List<Object> train() {
    List<Object> train =
        new ArrayList<>(List.of("train", "--input", input, "--label", "label", "--output", output));
    train.addAll(NoisyXor.fit("1e-7"));
    return train;
  }

  /** The model is being written, beside its place. */
  private boolean writing() {
    return exists(files, hdfs.path("_model-*.part/model/*"));
  }

  /** On how many DataNodes a small file was written. */
  private int copies(String path) throws Exception {
    org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(path);
    return files.getFileBlockLocations(file, 0, 1)[0].getNames().length;
  }

  /** Nothing but this is there. */
  private void holds(String... names) throws Exception {
    assertThat(files.listStatus(new org.apache.hadoop.fs.Path(hdfs.path(""))))
        .extracting(status -> status.getPath().getName())
        .containsExactlyInAnyOrder(names);
  }

  @Test
  void outputsAreWholeThoughADataNodeDiesWhileTheyAreWritten() throws Exception {
    String scored = hdfs.path("scored");
    Submission submission =
        Submission.to("local-cluster[2,1,1024]", folder).with("spark.hadoop.dfs.replication=2");
    CompletableFuture<Void> killed =
        CompletableFuture.runAsync(
            () -> {
              ClusterProcess.await("output", MOST_SECONDS, this::writing);
              hdfs.killDataNode(0);
            });
    submission.run(train().toArray());
    killed.get(0, TimeUnit.SECONDS);
    assertThat(copies(input)).isEqualTo(2);
    assertThat(copies(output + "/report.json")).isOne();
    submission.run("score", "--model", output, "--input", input, "--output", scored);
    Outcome.of(output, scored).isThatOf(NoisyXor.undisturbed(folder));
    holds("rows.csv", "model", "scored");
  }

  @Test
  void aKilledDriverIsResumed() throws Exception {
    JsonNode report = DriverRestartTest.killedAndResumed(folder, input, hdfs.path(""), "1e-7");
    Outcome expected = NoisyXor.undisturbed(folder);
    assertThat(report.get("primalObjective").asDouble())
        .isCloseTo(expected.objective(), within(1e-6 * expected.objective()));
    assertThat(report.get("stopReason").asText()).isEqualTo(expected.reason());
    holds("rows.csv", "model", "checkpoints");
  }

  @Test
  void aDriverKilledWhileItWritesLeavesNoOutput() throws Exception {
    ClusterProcess.killWhen(
        this::writing,
        folder,
        MOST_SECONDS,
        Main.class,
        train().stream().map(Object::toString).toArray(String[]::new));
    assertThat(exists(files, output)).isFalse();
    CommandLineRun.of(train().toArray()).good();
    assertThat(Outcome.report(new org.apache.hadoop.fs.Path(output)).get("stopReason").asText())
        .isEqualTo("GAP");
  }
}
