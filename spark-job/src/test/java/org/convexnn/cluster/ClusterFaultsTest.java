package org.convexnn.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.convexnn.SparkTest;
import org.convexnn.cluster.FaultDriver.End;
import org.convexnn.cluster.FaultDriver.Where;
import org.convexnn.solver.Certificate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fits whose executors are killed, lose their blocks, throw or sleep: the same optimum, the same
 * beta and the same reason to stop as undisturbed in one JVM.
 */
@Tag("cluster")
class ClusterFaultsTest {

  private static final int SOAK_FITS = 20;
  private static final long MOST_SECONDS = 900;

  @TempDir private Path folder;

  @Test
  void killedDroppedAndThrown() throws Exception {
    unharmed(Where.ONE_HOST, EnumSet.of(Trial.KILLED_TWICE, Trial.DROPPED, Trial.THROWING));
  }

  @Test
  @Tag("faults")
  void killedInEveryKindOfJob() throws Exception {
    unharmed(Where.ONE_HOST, EnumSet.range(Trial.UNDISTURBED, Trial.KILLED_AT_SECOND_POINT));
  }

  @Test
  @Tag("faults")
  void aSlowTaskIsOvertakenByItsCopy() throws Exception {
    unharmed(Where.TWO_HOSTS, EnumSet.of(Trial.SLOW));
  }

  @Test
  @Tag("faults")
  void aHungExecutorIsReplacedAndALostWorkerIsNot() throws Exception {
    List<End> ends = unharmed(Where.WORKERS, EnumSet.of(Trial.HUNG, Trial.GONE));
    assertThat(ends.get(1).executors()).isOne();
  }

  @Test
  @Tag("faults")
  void whatDoesNotFitInMemoryIsOnDisk() throws Exception {
    unharmed(Where.LITTLE_MEMORY, EnumSet.of(Trial.SPILLED));
  }

  @Test
  @Tag("soak")
  void killedAtRandomMoments() throws Exception {
    Certificate expected = Trial.Kind.ADMM.train(SparkTest.context(), Fault.NONE);
    String out =
        ClusterProcess.run(
            folder, 1800, FaultDriver.class, FaultDriver.SOAK, Integer.toString(SOAK_FITS));
    List<End> ends = End.all(out);
    assertThat(ends).as(out).hasSize(SOAK_FITS);
    ends.forEach(end -> unharmed(end, 1, expected));
  }

  private List<End> unharmed(Where where, Set<Trial> trials) throws Exception {
    Map<Trial.Kind, Certificate> expected = new EnumMap<>(Trial.Kind.class);
    for (Trial trial : trials) {
      expected.computeIfAbsent(trial.kind(), kind -> kind.train(SparkTest.context(), Fault.NONE));
    }
    List<String> arguments = new ArrayList<>(List.of(where.name()));
    trials.forEach(trial -> arguments.add(trial.name()));
    String out =
        ClusterProcess.run(
            folder, MOST_SECONDS, FaultDriver.class, arguments.toArray(String[]::new));
    List<End> ends = End.all(out);
    assertThat(ends).as(out).hasSameSizeAs(trials);
    for (End end : ends) {
      Trial trial = Trial.valueOf(end.trial());
      unharmed(end, trial.leastStrikes(), expected.get(trial.kind()));
    }
    return ends;
  }

  private static void unharmed(End end, long leastStrikes, Certificate expected) {
    assertThat(end.objective())
        .as("%s", end)
        .isCloseTo(expected.primalObjective(), within(1e-6 * expected.primalObjective()));
    assertThat(end.beta()).as("%s", end).isCloseTo(expected.beta(), within(1e-9 * expected.beta()));
    assertThat(end.stopReason()).as("%s", end).isEqualTo(expected.stopReason().name());
    assertThat(end.strikes()).as("%s", end).isGreaterThanOrEqualTo(leastStrikes);
  }
}
