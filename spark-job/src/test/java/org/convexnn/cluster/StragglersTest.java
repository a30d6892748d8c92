package org.convexnn.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.convexnn.cluster.StragglerDriver.End;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One of two executors ten times slower: the same optimum; how long it takes is printed. */
@Tag("cluster")
@Tag("faults")
class StragglersTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"false, 3s", "false, 0s", "true, 3s", "true, 0s"})
  void aSlowExecutorChangesNothingButTheTime(String speculation, String wait) throws Exception {
    String out = ClusterProcess.run(folder, 600, StragglerDriver.class, speculation, wait);
    List<End> ends = End.all(out);
    assertThat(ends).as(out).hasSize(2);
    double undisturbed = ends.get(0).objective();
    assertThat(ends.get(1).objective()).isCloseTo(undisturbed, within(1e-6 * undisturbed));
    System.out.printf(
        "speculation %s, locality wait %s: %.1f s, with one executor slowed tenfold %.1f s%n",
        speculation, wait, ends.get(0).seconds(), ends.get(1).seconds());
  }
}
