package org.convexnn.relu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.StepPass;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.Imputation;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.MemoryStore;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.checkpoint.Checkpoints;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.LocalRows;
import org.convexnn.solver.rows.Rows;
import org.junit.jupiter.api.Test;

/** Plain ReLU networks whose driver is lost in some job, begun again from the last checkpoint. */
class ReluCheckpointTest {

  private static final int INTERVAL = 5;
  private static final String RAYS = "rays of neurons";
  private static final String POLISH = "polish";

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Rows of a driver that is lost after so many jobs on gated rows. */
  private static final class Driver implements Rows {

    private final LocalRows rows;
    private final int most;
    private final List<String> jobs = new ArrayList<>();

    Driver(Task task, int most) {
      this.rows = ReluTrainerTest.rows(task);
      this.most = most;
    }

    private void begin(String job) {
      if (jobs.size() == most) {
        throw new Killed();
      }
      jobs.add(job);
    }

    long count(String job) {
      return jobs.stream().filter(job::equals).count();
    }

    @Override
    public boolean marked() {
      return rows.marked();
    }

    @Override
    public int features() {
      return rows.features();
    }

    @Override
    public int parallelism() {
      return rows.parallelism();
    }

    @Override
    public double jobSeconds() {
      return rows.jobSeconds();
    }

    @Override
    public <A> A sum(String description, RowPass<Block, A> pass) {
      return rows.sum(description, pass);
    }

    @Override
    public Rows imputed(Imputation imputation) {
      return rows.imputed(imputation);
    }

    @Override
    public GatedRows activate(GateSet gates, FeatureMap map) {
      GatedRows gated = rows.activate(gates, map);
      return new GatedRows() {
        @Override
        public <A> A sum(String description, RowPass<GatedBlock, A> pass) {
          begin(description);
          return gated.sum(description, pass);
        }

        @Override
        public <A> A step(String description, StepPass<A> pass, int from, int to) {
          begin(description);
          return gated.step(description, pass, from, to);
        }

        @Override
        public void release(int state) {
          gated.release(state);
        }

        @Override
        public void close() {
          gated.close();
        }
      };
    }
  }

  private static Certificate train(TrainingOptions options, Driver driver, MemoryStore store) {
    return new ReluTrainer(options, Progress.SILENT)
        .with(new Checkpoints(store, INTERVAL, true, "1.0"))
        .train(driver)
        .certificate();
  }

  private static Driver kill(TrainingOptions options, int after, MemoryStore store) {
    Driver driver = new Driver(options.task(), after);
    assertThatThrownBy(() -> train(options, driver, store)).isInstanceOf(Killed.class);
    return driver;
  }

  private static Driver undisturbed(TrainingOptions options) {
    return new Driver(options.task(), Integer.MAX_VALUE);
  }

  /** The place of a job among all of them, at a share of those of its name. */
  private static int place(Driver whole, String job, double share) {
    int[] places =
        IntStream.range(0, whole.jobs.size()).filter(i -> whole.jobs.get(i).equals(job)).toArray();
    return places[(int) (share * places.length)];
  }

  private static void sameEnd(Certificate resumed, Certificate whole) {
    assertThat(resumed.primalObjective())
        .isCloseTo(whole.primalObjective(), within(1e-6 * whole.primalObjective()));
    assertThat(resumed.stopReason()).isEqualTo(whole.stopReason());
    assertThat(resumed.beta()).isCloseTo(whole.beta(), within(1e-9 * whole.beta()));
  }

  @Test
  void aPolishRepeatsAtMostAnInterval() {
    TrainingOptions options =
        ReluTrainerTest.options(Task.REGRESSION, OptionalDouble.empty(), true);
    Driver whole = undisturbed(options);
    Certificate expected = train(options, whole, new MemoryStore());
    assertThat(whole.count(POLISH)).isGreaterThan(4 * INTERVAL);
    for (double share : new double[] {0.2, 0.5, 0.9}) {
      MemoryStore store = new MemoryStore();
      Driver lost = kill(options, place(whole, POLISH, share), store);
      Driver again = undisturbed(options);
      sameEnd(train(options, again, store), expected);
      assertThat(store.isEmpty()).isTrue();
      assertThat(again.count(RAYS)).isZero();
      // One pass more, at the network that it goes on from.
      assertThat(lost.count(POLISH) + again.count(POLISH))
          .isLessThanOrEqualTo(whole.count(POLISH) + INTERVAL + 1);
    }
  }

  @Test
  void aRoundOfGrowthThatHadEndedIsNotRepeated() {
    TrainingOptions options =
        ReluTrainerTest.options(Task.MULTICLASS, OptionalDouble.of(0.003), false);
    Driver whole = undisturbed(options);
    Certificate expected = train(options, whole, new MemoryStore());
    MemoryStore store = new MemoryStore();
    Driver lost = kill(options, place(whole, RAYS, 0.9), store);
    Driver again = undisturbed(options);
    sameEnd(train(options, again, store), expected);
    assertThat(again.count(RAYS)).isPositive().isLessThan(lost.count(RAYS));
  }

  @Test
  void exactConesStartAgain() {
    TrainingOptions options =
        ReluTrainerTest.options(Task.REGRESSION, OptionalDouble.of(0.01), false);
    Driver whole = undisturbed(options);
    Certificate expected = train(options, whole, new MemoryStore());
    MemoryStore store = new MemoryStore();
    kill(options, whole.jobs.size() - 1, store);
    sameEnd(train(options, undisturbed(options), store), expected);
    assertThat(store.isEmpty()).isTrue();
  }

  @Test
  void checkpointsOfOtherOptionsAreRefused() {
    TrainingOptions options =
        ReluTrainerTest.options(Task.REGRESSION, OptionalDouble.of(0.01), true);
    Driver whole = undisturbed(options);
    train(options, whole, new MemoryStore());
    MemoryStore store = new MemoryStore();
    kill(options, place(whole, POLISH, 0.5), store);
    TrainingOptions other =
        ReluTrainerTest.options(Task.REGRESSION, OptionalDouble.of(0.01), false);
    assertThatThrownBy(() -> train(other, undisturbed(other), store))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another polish, true; it is false now");
  }
}
