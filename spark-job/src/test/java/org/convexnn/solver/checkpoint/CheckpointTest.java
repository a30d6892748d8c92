package org.convexnn.solver.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.convexnn.solver.MemoryStore;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.Progress;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.TraceRecord;
import org.convexnn.solver.Training;
import org.convexnn.solver.Training.Data;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingOptions.GateSampler;
import org.convexnn.solver.TrainingOptions.SolverKind;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.method.LbfgsSolver;
import org.convexnn.solver.path.RegularizationPath;
import org.convexnn.solver.program.SolverState;
import org.convexnn.solver.train.Trainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A fit whose driver is lost at some iteration, begun again from its last checkpoint. */
class CheckpointTest {

  private static final int INTERVAL = 5;
  private static final String VERSION = "1.0";
  private static final Data XOR = Training.xor(3, 200, 3, 0.1);

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Hears everything; the driver is lost after so many iterations. */
  private static final class Driver implements Progress {

    private final int iterations;
    private final List<TraceRecord> trace = new ArrayList<>();
    private final List<String> messages = new ArrayList<>();

    Driver(int iterations) {
      this.iterations = iterations;
    }

    @Override
    public void iteration(TraceRecord record) {
      trace.add(record);
      if (trace.size() > iterations) {
        throw new Killed();
      }
    }

    @Override
    public void message(String text) {
      messages.add(text);
    }

    TraceRecord last() {
      return trace.get(trace.size() - 1);
    }
  }

  private static TrainingResult train(
      TrainingOptions options, Data data, Driver driver, CheckpointStore store, boolean resume) {
    return new Trainer(options, driver)
        .with(new Checkpoints(store, INTERVAL, resume, VERSION))
        .train(data.rows(64));
  }

  private static Driver kill(TrainingOptions options, Data data, CheckpointStore store, int after) {
    Driver driver = new Driver(after);
    assertThatThrownBy(() -> train(options, data, driver, store, true)).isInstanceOf(Killed.class);
    return driver;
  }

  private static TrainingResult resume(
      TrainingOptions options, Data data, Driver driver, CheckpointStore store) {
    return train(options, data, driver, store, true);
  }

  private static Driver undisturbed() {
    return new Driver(Integer.MAX_VALUE);
  }

  /** Fits to 1e-7 or, where steps get lost in rounding there, 1e-6; in float64. */
  enum Fits {
    LBFGS(Training.binary(), SolverKind.LBFGS, XOR),
    ADMM(Training.binary(), SolverKind.ADMM, XOR),
    GRADIENT(Training.binary(), SolverKind.GRADIENT, XOR),
    CLASSES(Training.multiclass(), SolverKind.LBFGS, Training.quadrants(4, 200, 3, 0.1)),
    TREES(trees(), SolverKind.ADMM, Training.xor(5, 400, 3, 0.1)),
    PATH(choosing(Training.binary()), SolverKind.LBFGS, XOR),
    NO_REFIT(noRefit(), SolverKind.LBFGS, XOR),
    PRICED(priced(), SolverKind.ADMM, Training.absolute(7, 120, 2)),
    PRICED_TO_RATIO(pricedToRatio(), SolverKind.ADMM, Training.absolute(7, 120, 2)),
    FOLDS(folds(), SolverKind.LBFGS, XOR);

    private final TrainingOptions options;
    private final Data data;

    Fits(Training training, SolverKind solver, Data data) {
      training.tol = solver == SolverKind.ADMM ? 1e-7 : 1e-6;
      training.maxIter = 5000;
      training.gates = Math.min(training.gates, 10);
      this.options = training.solver(solver).options();
      this.data = data;
    }

    private static Training choosing(Training training) {
      training.regRatio = OptionalDouble.empty();
      return training;
    }

    private static Training noRefit() {
      Training training = choosing(Training.binary());
      training.refit = false;
      return training;
    }

    private static Training trees() {
      Training training = choosing(Training.binary());
      training.sampler = GateSampler.TREES;
      training.gates = 0;
      training.trees = 3;
      return training;
    }

    private static Training priced() {
      return choosing(pricedToRatio());
    }

    private static Training pricedToRatio() {
      Training training = Training.regression();
      training.sampler = GateSampler.PRICED;
      return training;
    }

    private static Training folds() {
      Training training = choosing(Training.binary());
      training.folds = 3;
      return training;
    }
  }

  @ParameterizedTest
  @EnumSource
  void endsAtTheSameOptimumForTheSameReason(Fits fit) {
    MemoryStore store = new MemoryStore();
    Driver whole = undisturbed();
    TrainingResult expected = train(fit.options, fit.data, whole, store, false);
    assertThat(store.passes()).isNotEmpty();
    assertThat(store.isEmpty()).isTrue();
    for (double share : new double[] {0.3, 0.8}) {
      int after = (int) (share * whole.trace.size());
      kill(fit.options, fit.data, store, after);
      Driver again = undisturbed();
      TrainingResult resumed = resume(fit.options, fit.data, again, store);

      assertThat(resumed.certificate().primalObjective())
          .isCloseTo(
              expected.certificate().primalObjective(),
              within(1e-6 * expected.certificate().primalObjective()));
      assertThat(resumed.certificate().beta())
          .isCloseTo(expected.certificate().beta(), within(1e-6 * expected.certificate().beta()));
      assertThat(resumed.certificate().stopReason()).isEqualTo(StopReason.GAP);
      assertThat(expected.certificate().stopReason()).isEqualTo(StopReason.GAP);
      assertThat(resumed.path()).hasSameSizeAs(expected.path());
      assertThat(store.isEmpty()).isTrue();
    }
  }

  /** Passes at the point that a resumed solve goes on from, and at the one its metric is from. */
  private static final double RESTART = 2;

  @ParameterizedTest
  @EnumSource(names = {"LBFGS", "ADMM", "GRADIENT", "CLASSES", "FOLDS"})
  void repeatsAtMostAnInterval(Fits fit) {
    Driver whole = undisturbed();
    double expected =
        train(fit.options, fit.data, whole, new MemoryStore(), false).certificate().passes();
    for (double share : new double[] {0.1, 0.35, 0.6, 0.95}) {
      MemoryStore store = new MemoryStore();
      Driver lost = kill(fit.options, fit.data, store, (int) (share * whole.trace.size()));
      double kept =
          store.latest(VERSION).orElseThrow().steps().stream()
              .mapToDouble(Checkpoint.Step::passes)
              .sum();
      double reported = resume(fit.options, fit.data, undisturbed(), store).certificate().passes();
      double ofBoth = lost.last().passes() + reported - kept;
      assertThat(lost.last().passes() - kept).isLessThanOrEqualTo(INTERVAL);
      assertThat(reported).isLessThanOrEqualTo(expected + RESTART);
      assertThat(ofBoth).isLessThanOrEqualTo(expected + INTERVAL + RESTART);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LBFGS", "GRADIENT", "CLASSES"})
  void iteratesAsIfNothingHadHappened(Fits fit) {
    Driver whole = undisturbed();
    train(fit.options, fit.data, whole, new MemoryStore(), false);
    for (double share : new double[] {0.2, 0.5, 0.8}) {
      iteratesAgain(fit.options, fit.data, whole, (int) (share * whole.trace.size()));
    }
  }

  private static void iteratesAgain(
      TrainingOptions options, Data data, Driver whole, int iterations) {
    MemoryStore store = new MemoryStore();
    kill(options, data, store, iterations);
    Driver again = undisturbed();
    resume(options, data, again, store);
    int first = again.trace.get(0).iteration();
    assertThat(first).isBetween(iterations - INTERVAL, iterations);
    assertThat(first + again.trace.size()).isCloseTo(whole.trace.size(), within(2));
    for (TraceRecord record : again.trace) {
      if (record.iteration() < whole.trace.size()) {
        double undisturbed = whole.trace.get(record.iteration()).objective();
        assertThat(record.objective()).isCloseTo(undisturbed, within(1e-9 * undisturbed));
      }
    }
  }

  /** The metric is of some of the rows, and dual points of leaves are projected. */
  @Test
  void theMetricIsOfTheSameRows() {
    Training training = Training.binary().solver(SolverKind.LBFGS);
    training.sampler = GateSampler.TREES;
    training.gates = 0;
    training.trees = 2;
    training.tol = 1e-3;
    Data data = Training.xor(5, LbfgsSolver.SAMPLE + 200, 3, 0.1);
    Driver whole = undisturbed();
    train(training.options(), data, whole, new MemoryStore(), false);
    iteratesAgain(training.options(), data, whole, (int) (0.7 * whole.trace.size()));
  }

  /** A state that another solver left is where this one begins. */
  @Test
  void anotherSolverGoesOnFromTheWeights() {
    MemoryStore store = new MemoryStore();
    kill(Fits.LBFGS.options, XOR, store, 40);
    Checkpoint kept = store.latest(VERSION).orElseThrow();
    Checkpoint.UnderWay step = (Checkpoint.UnderWay) kept.steps().get(1);
    SolverState other = SolverState.of("another", step.weights());
    store.save(
        new Checkpoint(
            kept.of(),
            List.of(
                kept.steps().get(0),
                new Checkpoint.UnderWay(
                    step.beta(), other, step.asked(), step.passes(), step.jobs()))));
    Driver again = undisturbed();
    TrainingResult result = resume(Fits.LBFGS.options, XOR, again, store);
    assertThat(again.trace.get(0).iteration()).isZero();
    assertThat(result.certificate().stopReason()).isEqualTo(StopReason.GAP);
  }

  @Test
  void aCheckpointIsWrittenEveryIntervalAndNotMoreOften() {
    MemoryStore store = new MemoryStore();
    train(Fits.LBFGS.options, XOR, undisturbed(), store, false);
    List<Double> passes = store.passes();
    double[] between =
        IntStream.range(1, passes.size())
            .mapToDouble(i -> passes.get(i) - passes.get(i - 1))
            .toArray();
    assertThat(between.length).isGreaterThan(5);
    assertThat(Arrays.stream(between)).allMatch(b -> b > INTERVAL - 4 && b <= INTERVAL);
  }

  @Test
  void pointsOfThePathAreNotSolvedAgain() {
    MemoryStore store = new MemoryStore();
    Fits fit = Fits.PATH;
    Driver whole = undisturbed();
    TrainingResult expected = train(fit.options, fit.data, whole, store, false);
    int path = (int) whole.trace.stream().filter(t -> t.phase().equals("path")).count();
    // In the final solve, when a checkpoint has been written.
    kill(fit.options, fit.data, store, path + 12);
    Driver again = undisturbed();
    TrainingResult resumed = resume(fit.options, fit.data, again, store);
    List<TraceRecord> replayed =
        again.trace.stream().filter(t -> t.phase().equals("path")).toList();
    assertThat(replayed)
        .extracting(TraceRecord::objective)
        .containsExactlyElementsOf(
            expected.path().stream().skip(1).map(PathPoint::objective).toList());
    assertThat(resumed.path())
        .extracting(PathPoint::validationLoss)
        .containsExactlyElementsOf(
            expected.path().stream().map(PathPoint::validationLoss).toList());
  }

  @Test
  void foldsThatEndedAreForgottenButForTheirLosses() {
    MemoryStore store = new MemoryStore();
    Fits fit = Fits.FOLDS;
    Driver whole = undisturbed();
    train(fit.options, fit.data, whole, store, false);
    int path = (int) whole.trace.stream().filter(t -> t.phase().equals("path")).count();
    kill(fit.options, fit.data, store, path + 12);
    List<Checkpoint.Step> steps = store.latest(VERSION).orElseThrow().steps();
    assertThat(steps.subList(0, 3))
        .allSatisfy(
            step ->
                assertThat(((Checkpoint.Part) step).numbers())
                    .hasSameSizeAs(RegularizationPath.FROM_ONE));
    // The skip-only fit of all rows, and the solve that was lost.
    assertThat(steps).hasSize(5);
    Driver again = undisturbed();
    resume(fit.options, fit.data, again, store);
    assertThat(again.trace).noneMatch(t -> t.phase().equals("path"));
  }

  /** Lost again and again, a fit still ends: each driver begins where the last one was. */
  @Test
  void endsThoughEveryDriverIsLost() {
    MemoryStore store = new MemoryStore();
    Fits fit = Fits.LBFGS;
    double expected =
        train(fit.options, fit.data, undisturbed(), new MemoryStore(), false)
            .certificate()
            .primalObjective();
    for (int lost = 0; lost < 3; lost++) {
      kill(fit.options, fit.data, store, 15);
    }
    Driver again = undisturbed();
    TrainingResult resumed = resume(fit.options, fit.data, again, store);
    assertThat(resumed.certificate().primalObjective())
        .isCloseTo(expected, within(1e-6 * expected));
    assertThat(resumed.certificate().passes()).isGreaterThan(again.trace.size());
  }

  @Test
  void theLimitOfPassesHoldsOverAllDrivers() {
    Training training = Training.binary().solver(SolverKind.LBFGS);
    training.tol = 1e-9;
    training.maxIter = 20;
    MemoryStore store = new MemoryStore();
    TrainingResult whole = train(training.options(), XOR, undisturbed(), store, false);
    kill(training.options(), XOR, store, 14);
    TrainingResult resumed = resume(training.options(), XOR, undisturbed(), store);
    assertThat(whole.certificate().stopReason()).isEqualTo(StopReason.MAX_PASSES);
    assertThat(resumed.certificate().stopReason()).isEqualTo(StopReason.MAX_PASSES);
    assertThat(resumed.certificate().passes()).isCloseTo(whole.certificate().passes(), within(4.0));
  }

  @Test
  void withoutCheckpointTheFitBeginsAnewAndSaysSo() {
    Driver driver = undisturbed();
    resume(Fits.LBFGS.options, XOR, driver, new MemoryStore());
    assertThat(driver.messages)
        .contains("there is no checkpoint to resume from: the fit begins anew");
  }

  @Test
  void aCheckpointIsNotOverwrittenByMistake() {
    MemoryStore store = new MemoryStore();
    kill(Fits.LBFGS.options, XOR, store, 10);
    assertThatThrownBy(() -> train(Fits.LBFGS.options, XOR, undisturbed(), store, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("checkpointDir", "set resume", "or delete the folder");
    assertThat(store.isEmpty()).isFalse();
  }

  private static TrainingOptions changed(Consumer<Training> change) {
    Training training = Training.binary().solver(SolverKind.LBFGS);
    training.tol = 1e-6;
    training.maxIter = 5000;
    training.gates = 10;
    change.accept(training);
    return training.options();
  }

  private static Data with(UnaryOperator<double[][]> x, double[] y, double[] w) {
    double[][] copy = Arrays.stream(XOR.x()).map(double[]::clone).toArray(double[][]::new);
    return new Data(x.apply(copy), y, w);
  }

  static Stream<Arguments> others() {
    TrainingOptions same = changed(t -> {});
    Data rows = Training.xor(3, 201, 3, 0.1);
    Data features = Training.xor(3, 200, 4, 0.1);
    double[] label = XOR.y().clone();
    label[7] = 1 - label[7];
    double[] weight = XOR.w().clone();
    weight[7] = 2;
    weight[8] = 0.5;
    weight[9] = 0.5;
    Data value =
        with(
            x -> {
              x[7][2] += 1e-9;
              return x;
            },
            XOR.y(),
            XOR.w());
    return Stream.of(
        Arguments.of(changed(t -> t.seed = 2), XOR, "another seed, 1; it is 2 now"),
        Arguments.of(changed(t -> t.regRatio = OptionalDouble.of(0.2)), XOR, "another regRatio, "),
        Arguments.of(changed(t -> t.skip = false), XOR, "another linearSkip, true; it is false"),
        Arguments.of(
            same, rows, "other data, 200 rows of 3 features; these are 201 rows of 3 features"),
        Arguments.of(same, features, "these are 200 rows of 4 features"),
        Arguments.of(same, value, "these are as many, with other features or labels"),
        Arguments.of(
            same, with(x -> x, label, XOR.w()), "these are as many, with other features or labels"),
        Arguments.of(same, XOR.weights(weight), "other row weights, 200.0 in all"));
  }

  @ParameterizedTest
  @MethodSource("others")
  void checkpointsOfOtherFitsAreRefused(TrainingOptions options, Data data, String reason) {
    MemoryStore store = new MemoryStore();
    kill(Fits.LBFGS.options, XOR, store, 10);
    assertThatThrownBy(() -> resume(options, data, undisturbed(), store))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(reason, "or begin anew in another folder");
    assertThat(store.isEmpty()).isFalse();
  }

  @Test
  void checkpointsOfOtherVersionsAreRefused() {
    MemoryStore store = new MemoryStore();
    kill(Fits.LBFGS.options, XOR, store, 10);
    Trainer other =
        new Trainer(Fits.LBFGS.options, undisturbed())
            .with(new Checkpoints(store, INTERVAL, true, "2.0"));
    assertThatThrownBy(() -> other.train(XOR.rows(64)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("version 1.0 of this library; this is 2.0");
  }

  @Test
  void otherFormatsAreRefused() {
    byte[] bytes = MemoryStore.bytes(small());
    bytes[11] = 1;
    CRC32 sum = new CRC32();
    sum.update(bytes, 0, bytes.length - Long.BYTES);
    ByteBuffer.wrap(bytes).putLong(bytes.length - Long.BYTES, sum.getValue());
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("another format of checkpoints", "begin anew in another folder");
  }

  /** The order of rows and their blocks are no part of what is fitted. */
  @Test
  void otherwisePartitionedRowsAreTheSame() {
    MemoryStore store = new MemoryStore();
    kill(Fits.LBFGS.options, XOR, store, 30);
    int[] reversed = IntStream.range(0, 200).map(r -> 199 - r).toArray();
    Data data =
        new Data(
            Arrays.stream(reversed).mapToObj(r -> XOR.x()[r]).toArray(double[][]::new),
            Arrays.stream(reversed).mapToDouble(r -> XOR.y()[r]).toArray(),
            XOR.w());
    Driver driver = undisturbed();
    new Trainer(Fits.LBFGS.options, driver)
        .with(new Checkpoints(store, INTERVAL, true, VERSION))
        .train(data.rows(17));
    assertThat(driver.messages).noneMatch(m -> m.contains("does not fit"));
    assertThat(driver.messages).anyMatch(m -> m.startsWith("resumes from a checkpoint: 2 steps"));
  }

  @Test
  void weightsOfAnotherProgramAreLeftAndSaid() {
    MemoryStore store = new MemoryStore();
    kill(Fits.LBFGS.options, XOR, store, 10);
    Checkpoint checkpoint = store.latest(VERSION).orElseThrow();
    store.save(
        new Checkpoint(
            checkpoint.of(),
            List.of(new Checkpoint.Solve(1, new double[3], 1, 0, StopReason.GAP, 4, 7, 9))));
    Driver driver = undisturbed();
    TrainingResult result = resume(Fits.LBFGS.options, XOR, driver, store);
    assertThat(driver.messages)
        .anyMatch(m -> m.startsWith("the checkpoint does not fit from here"));
    assertThat(result.certificate().stopReason()).isEqualTo(StopReason.GAP);
  }

  static Stream<Throwable> failures() {
    return Stream.of(
        new UncheckedIOException("cannot write 'f'", new IOException("disk full")),
        new IllegalArgumentException("disk full"),
        // As Hadoop's FSError.
        new Error("disk full"),
        new NoClassDefFoundError("disk full"));
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void fail(Throwable failure) throws T {
    throw (T) failure;
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aStoreThatFailsDoesNotEndTheFit(Throwable failure) {
    CheckpointStore full =
        new CheckpointStore() {
          @Override
          public void save(Checkpoint checkpoint) {
            CheckpointTest.<RuntimeException>fail(failure);
          }

          @Override
          public Optional<Checkpoint> latest(String version) {
            return Optional.empty();
          }

          @Override
          public void clear() {
            CheckpointTest.<RuntimeException>fail(failure);
          }
        };
    Driver driver = undisturbed();
    TrainingResult result = train(Fits.LBFGS.options, XOR, driver, full, false);
    assertThat(result.certificate().stopReason()).isEqualTo(StopReason.GAP);
    assertThat(driver.messages)
        .anyMatch(m -> m.contains("no checkpoint, the fit goes on") && m.contains("disk full"))
        .anyMatch(m -> m.contains("checkpoints of a fit that has ended stay"));
  }

  private static Checkpoint small() {
    return new Checkpoint(
        new FitIdentity(
            VERSION,
            Map.of("seed", "1", "tol", "OptionalDouble.empty"),
            new long[] {5, -6, 7},
            7.5,
            new double[] {1, 2},
            new double[] {3, 4}),
        List.of(
            new Checkpoint.Part("losses", new double[] {0.25, 1e300}, 12.5, 20),
            new Checkpoint.Solve(0.1, new double[] {1, -0.0, 3}, 0.5, 0.4, StopReason.GAP, 9, 8, 7),
            new Checkpoint.UnderWay(
                0.05,
                SolverState.of("lbfgs", new double[] {1, 2})
                    .and("lower", Double.NEGATIVE_INFINITY)
                    .and("steps", List.of(new double[] {3, 4}, new double[0]))
                    .and("none", List.of()),
                List.of(new double[] {0, 1, 2, 3}),
                1,
                2),
            new Checkpoint.PartUnderWay(
                "polish", SolverState.of("polish", new double[] {5}).and("k", 1), 3, 4)));
  }

  private static Checkpoint read(byte[] bytes) throws IOException {
    return CheckpointFormat.read(() -> new ByteArrayInputStream(bytes), VERSION);
  }

  @Test
  void bytesHoldACheckpoint() throws IOException {
    assertThat(read(MemoryStore.bytes(small()))).usingRecursiveComparison().isEqualTo(small());
  }

  @Test
  void cutOffOrChangedBytesAreDamaged() {
    byte[] bytes = MemoryStore.bytes(small());
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(CheckpointFormat.DamagedException.class);
    }
    for (int at = 0; at < bytes.length; at++) {
      byte[] changed = bytes.clone();
      changed[at] ^= 16;
      assertThatThrownBy(() -> read(changed))
          .as("byte %d", at)
          .isInstanceOf(CheckpointFormat.DamagedException.class);
    }
  }
}
