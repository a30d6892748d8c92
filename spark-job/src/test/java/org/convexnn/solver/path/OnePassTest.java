package org.convexnn.solver.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.convexnn.block.Block;
import org.convexnn.block.RowSelection;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.Progress;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.Training;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.fit.RunLog;
import org.convexnn.solver.gram.FrozenBasis;
import org.convexnn.solver.gram.GramStatistics;
import org.convexnn.solver.method.GramSolver;
import org.convexnn.solver.method.LinearFit;
import org.convexnn.solver.program.Coordinates;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.LocalRows;
import org.convexnn.solver.train.Trainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One pass, many models: everything against fits that look at the rows. */
class OnePassTest {

  private static final double[] RATIOS = {1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001};

  private static Training training(double tol) {
    Training training = Training.regression().path();
    training.solver = TrainingOptions.SolverKind.GRAM;
    training.tol = tol;
    return training;
  }

  private static Trainer trainer(Training training) {
    return new Trainer(training.options(), Progress.SILENT);
  }

  private static Training.Data data(long seed, int n) {
    return Training.absolute(seed, n, 3).weights(new Random(seed).doubles(n, 0.5, 2).toArray());
  }

  private static Training.Data part(Training.Data data, int[] rows) {
    return new Training.Data(
        Arrays.stream(rows).mapToObj(r -> data.x()[r]).toArray(double[][]::new),
        Arrays.stream(rows).mapToDouble(r -> data.y()[r]).toArray(),
        Arrays.stream(rows).mapToDouble(r -> data.w()[r]).toArray());
  }

  private static GramStatistics read(byte[] bytes) {
    try {
      return GramStatistics.read(new ByteArrayInputStream(bytes));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static double[] predictions(Network network, Training.Data data) {
    Network.Evaluator evaluator = network.evaluator();
    double[] f = new double[1];
    return Arrays.stream(data.x())
        .mapToDouble(
            x -> {
              evaluator.evaluate(x, f);
              return f[0];
            })
        .toArray();
  }

  private static byte[] bytes(GramStatistics statistics) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    statistics.write(out);
    return out.toByteArray();
  }

  private static void refused(ThrowingCallable call, String... parts) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(parts);
  }

  private static void same(double[] left, double[] right, double tolerance) {
    assertThat(left).hasSameSizeAs(right);
    for (int i = 0; i < left.length; i++) {
      assertThat(left[i]).isCloseTo(right[i], within(tolerance));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TrainingOptions.GateSampler.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"TREES", "PRICED"})
  void aModelOfThePathIsTheFitAtItsBeta(TrainingOptions.GateSampler sampler) {
    Training training = training(1e-6);
    training.sampler = sampler;
    Training.Data data = data(1, 400);
    // Slim norms are refused, by name.
    for (TrainingOptions.GroupNorm norm :
        EnumSet.complementOf(EnumSet.of(TrainingOptions.GroupNorm.SLIM))) {
      training.norm = norm;
      training.regRatio = OptionalDouble.empty();
      // In no order; the order of the answer is that of the question.
      double[] ratios = {0.01, 1, 0.1};
      List<TrainingResult> path = trainer(training).fitPath(data.rows(64), ratios);
      assertThat(path).hasSize(3);
      for (int k = 0; k < ratios.length; k++) {
        Certificate of = path.get(k).certificate();
        assertThat(of.beta()).isCloseTo(ratios[k] * of.betaMax(), within(1e-15));
        assertThat(of.relativeGap()).isLessThanOrEqualTo(1e-6);
        assertThat(of.passes()).isLessThan(2);
        // By the definition of the objective, from the network alone.
        double objective = training.objective(path.get(k).network(), data, of.beta());
        assertThat(of.primalObjective()).isCloseTo(objective, within(1e-10));
        assertThat(of.dualBound()).isLessThanOrEqualTo(objective + 1e-12);
        Certificate alone = training.ratio(ratios[k]).train(data).certificate();
        // The skip-only fit by passes stops where it is good enough.
        assertThat(of.betaMax()).isCloseTo(alone.betaMax(), within(1e-7));
        assertThat(of.primalObjective())
            .isCloseTo(alone.primalObjective(), within(1e-6 * alone.primalObjective()));
        assertThat(of.stopReason()).isEqualTo(alone.stopReason());
        assertThat(of.activeNeurons()).isEqualTo(path.get(k).network().activeGroups());
      }
      assertThat(path.get(1).certificate().stopReason()).isEqualTo(StopReason.LINEAR);
    }
  }

  /** A path holds no rows out, so that its gates may be leaves of trees. */
  @Test
  void aPathOverTrees() {
    Training training = training(1e-2);
    training.sampler = TrainingOptions.GateSampler.TREES;
    Training.Data data = data(1, 100);
    TrainingResult result = trainer(training).fitPath(data.rows(100), 0.3).get(0);
    Certificate certificate = result.certificate();
    assertThat(result.network().gates().trees()).isNotEmpty();
    assertThat(certificate.stopReason()).isEqualTo(StopReason.GAP);
    assertThat(certificate.primalObjective())
        .isCloseTo(training.objective(result.network(), data, certificate.beta()), within(1e-10));
  }

  /** Each fold a program on its own rows; validation row by row. */
  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void crossValidationIsRefittingWithoutTheFold(int folds) {
    Training training = training(1e-11);
    training.norm = TrainingOptions.GroupNorm.FUNCTION;
    Training.Data data = data(2, 160);
    GramStatistics statistics = trainer(training).statistics(data.rows(64), folds);
    TrainingResult result = trainer(training).crossValidate(statistics);
    training.folds = folds;
    TrainingResult fitted = training.train(data);
    FrozenBasis basis = statistics.basis();
    double[] losses = new double[RATIOS.length];
    double weight = 0;
    for (int k = 0; k < folds; k++) {
      RowSelection selection = new RowSelection(folds, k, true, training.seed);
      int[] inside = rows(data, selection);
      Training.Data trainingRows = part(data, rows(data, selection.complement()));
      Training.Data heldOut = part(data, inside);
      for (int i = 0; i < RATIOS.length; i++) {
        losses[i] += refitLoss(training, basis, trainingRows, heldOut, RATIOS[i]);
      }
      weight += Arrays.stream(heldOut.w()).sum();
    }
    double best = Double.POSITIVE_INFINITY;
    double ratio = 1;
    for (int i = 0; i < RATIOS.length; i++) {
      PathPoint point = result.path().get(i);
      assertThat(point.ratio()).isEqualTo(RATIOS[i]);
      assertThat(point.validationLoss()).isCloseTo(losses[i] / weight, within(1e-8));
      // A fit with folds is this one, certified on the rows.
      assertThat(fitted.path().get(i).validationLoss()).isEqualTo(point.validationLoss());
      assertThat(fitted.path().get(i).standardError()).isEqualTo(point.standardError());
      if (losses[i] < best) {
        best = losses[i];
        ratio = RATIOS[i];
      }
    }
    Certificate certificate = result.certificate();
    assertThat(certificate.beta()).isCloseTo(ratio * certificate.betaMax(), within(1e-12));
    double objective = training.objective(result.network(), data, certificate.beta());
    assertThat(certificate.primalObjective()).isCloseTo(objective, within(1e-10));
    assertThat(result.rows()).isEqualTo(160);
    assertThat(fitted.certificate().beta()).isCloseTo(certificate.beta(), within(1e-9));
    assertThat(fitted.certificate().primalObjective()).isCloseTo(objective, within(1e-9));
  }

  /** The sum of the held-out rows' losses of a fit by passes, from cold. */
  private static double refitLoss(
      Training training, FrozenBasis basis, Training.Data on, Training.Data heldOut, double ratio) {
    double weight = Arrays.stream(on.w()).sum();
    LocalRows rows = on.rows(50);
    Coordinates coordinates = basis.coordinates(new Coordinates.Skip(true, true));
    try (GatedRows gated = rows.activate(basis.gates(), basis.map())) {
      Problem problem =
          new Problem(
              gated,
              basis.setting(),
              coordinates,
              basis.groups(),
              weight,
              on.y().length,
              training.skipRidge,
              new PassCounter());
      Problem linear = problem.withoutGroups();
      double[] skip =
          Arrays.copyOf(
              LinearFit.solve(linear, new double[linear.length()], 1e-3, 1e-8), problem.length());
      double betaMax = problem.groups().max(problem.evaluate("", skip, true).gradient());
      double[] weights = skip;
      if (ratio < 1) {
        weights =
            new GramSolver()
                .solve(
                    problem,
                    ratio * betaMax,
                    Solver.Start.at(skip),
                    new Solver.Stopping(1e-13, 1, 1e-6),
                    new RunLog(Progress.SILENT, new PassCounter(), basis.groups(), 1).watch("", 0))
                .weights();
      }
      Network.Evaluator network = basis.network(coordinates, weights).evaluator();
      double[] f = new double[1];
      double sum = 0;
      for (int r = 0; r < heldOut.y().length; r++) {
        network.evaluate(heldOut.x()[r], f);
        double error = (f[0] - heldOut.y()[r]) / basis.labelScale();
        sum += heldOut.w()[r] * error * error / 2;
      }
      return sum;
    }
  }

  private static int[] rows(Training.Data data, RowSelection selection) {
    return IntStream.range(0, data.y().length)
        .filter(
            r ->
                selection.selects(
                    new Block(3, data.x()[r].clone(), new double[] {data.y()[r]}, new double[1])
                        .key(0)))
        .toArray();
  }

  @Test
  void statisticsAdd() {
    Training training = training(1e-13);
    Training.Data all = data(3, 300);
    Training.Data first = part(all, IntStream.range(0, 180).toArray());
    Training.Data second = part(all, IntStream.range(180, 300).toArray());
    GramStatistics old = trainer(training).statistics(first.rows(64), 3);
    GramStatistics sum = old.plus(old.collect(second.rows(64)));
    GramStatistics together = old.collect(all.rows(50));
    assertThat(sum.rows()).isEqualTo(300);
    assertThat(sum.weight()).isCloseTo(together.weight(), within(1e-10));
    for (int k = 0; k < 3; k++) {
      same(sum.fold(k).gram(), together.fold(k).gram(), 1e-10);
      same(sum.fold(k).moments(), together.fold(k).moments(), 1e-10);
      assertThat(sum.fold(k).labelSquare())
          .isCloseTo(together.fold(k).labelSquare(), within(1e-10));
    }
    double[] ratios = {0.1, 0.01};
    List<TrainingResult> ofSum = trainer(training).fitPath(sum, ratios);
    List<TrainingResult> ofAll = trainer(training).fitPath(together, ratios);
    for (int k = 0; k < ratios.length; k++) {
      Certificate certificate = ofSum.get(k).certificate();
      assertThat(certificate.primalObjective())
          .isCloseTo(ofAll.get(k).certificate().primalObjective(), within(1e-12));
      same(
          predictions(ofSum.get(k).network(), all),
          predictions(ofAll.get(k).network(), all),
          1e-9 * old.basis().labelScale());
      assertThat(certificate.primalObjective())
          .isCloseTo(
              training.objective(ofSum.get(k).network(), all, certificate.beta()), within(1e-10));
    }
    // Added to, not changed.
    assertThat(old.rows()).isEqualTo(180);
  }

  @Test
  void rowsAreTakenOutAgain() {
    Training training = training(1e-13);
    Training.Data all = data(3, 300);
    Training.Data first = part(all, IntStream.range(0, 180).toArray());
    Training.Data second = part(all, IntStream.range(180, 300).toArray());
    GramStatistics old = trainer(training).statistics(first.rows(64), 3);
    GramStatistics more = old.collect(second.rows(64));
    GramStatistics again = old.plus(more).minus(more);
    assertThat(again.rows()).isEqualTo(180);
    for (int k = 0; k < 3; k++) {
      same(again.fold(k).gram(), old.fold(k).gram(), 1e-12);
      same(again.fold(k).moments(), old.fold(k).moments(), 1e-12);
      assertThat(again.fold(k).labelSquare()).isCloseTo(old.fold(k).labelSquare(), within(1e-12));
    }
    TrainingResult ofAgain = trainer(training).fitPath(again, 0.03).get(0);
    TrainingResult ofOld = trainer(training).fitPath(old, 0.03).get(0);
    assertThat(ofAgain.certificate().dualBound())
        .isCloseTo(ofOld.certificate().dualBound(), within(1e-11));
    same(predictions(ofAgain.network(), all), predictions(ofOld.network(), all), 1e-8);
    // Nothing remains of a fold, or of all.
    assertThat(more.minus(more).rows()).isZero();
    assertThat(more.minus(more).fold(0).gram()).containsOnly(0);
  }

  @Test
  void whatCannotBeTakenOutIsRefused() {
    Training training = training(1e-3);
    Training.Data all = data(3, 300);
    GramStatistics statistics = trainer(training).statistics(all.rows(64), 1);
    GramStatistics others = statistics.collect(data(9, 100).rows(64));
    refused(() -> others.minus(statistics), "not among those summed up");
    // One row whose squares are all there is of its column's.
    Training.Data outlier = part(all, new int[] {0});
    outlier.x()[0][1] = 1e9;
    GramStatistics with = statistics.plus(statistics.collect(outlier.rows(1)));
    refused(
        () -> with.minus(statistics.collect(outlier.rows(1))), "rounding errors", "that remain");
    GramStatistics most = statistics.collect(part(all, IntStream.range(1, 300).toArray()).rows(9));
    GramStatistics many = statistics;
    for (int i = 0; i < 13; i++) {
      many = many.plus(many);
    }
    GramStatistics nearlyAll = many;
    GramStatistics whole = many.plus(most);
    refused(() -> whole.minus(nearlyAll), "rounding errors");
  }

  @Test
  void onlyStatisticsOfOneBasisAdd() {
    Training training = training(1e-3);
    LocalRows rows = data(4, 100).rows(64);
    GramStatistics statistics = trainer(training).statistics(rows, 2);
    refused(
        () -> statistics.plus(trainer(training).statistics(rows, 3)), "3 folds", "2 folds", "seed");
    training.gates = 8;
    GramStatistics other = trainer(training).statistics(rows, 2);
    refused(() -> statistics.plus(other), "different gates", "collect");
    LocalRows wider = Training.absolute(4, 20, 4).rows(64);
    refused(() -> statistics.collect(wider), "4 features", "basis of 3");
  }

  @ParameterizedTest
  @EnumSource(
      value = TrainingOptions.GateSampler.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = "PRICED")
  void savedStatisticsAreTheSame(TrainingOptions.GateSampler sampler) throws IOException {
    Training training = training(1e-5);
    training.sampler = sampler;
    training.norm = TrainingOptions.GroupNorm.FUNCTION;
    int folds = sampler == TrainingOptions.GateSampler.TREES ? 1 : 3;
    GramStatistics statistics = trainer(training).statistics(data(5, 60).rows(60), folds);
    byte[] bytes = bytes(statistics);
    GramStatistics loaded = read(bytes);
    assertThat(loaded).usingRecursiveComparison().isEqualTo(statistics);
    assertThat(bytes(loaded)).isEqualTo(bytes);
    // A statistic is as good as the other: they add, and they give the same model.
    assertThat(loaded.plus(statistics).rows()).isEqualTo(120);
    training.tol = 0.1;
    TrainingResult one = trainer(training).fitPath(statistics, 0.3).get(0);
    TrainingResult two = trainer(training).fitPath(loaded, 0.3).get(0);
    assertThat(two.network()).usingRecursiveComparison().isEqualTo(one.network());
  }

  /** Four columns of rank three: statistics are of three coordinates, models take four columns. */
  @Test
  void statisticsOfPrincipalComponents() throws IOException {
    Training training = training(1e-5);
    training.normalization = TrainingOptions.Normalization.PCA;
    training.norm = TrainingOptions.GroupNorm.FUNCTION;
    Training.Data plain = data(6, 200);
    double[][] x =
        Arrays.stream(plain.x())
            .map(row -> new double[] {row[0], row[1], row[2], row[0] - row[2]})
            .toArray(double[][]::new);
    Training.Data data = new Training.Data(x, plain.y(), plain.w());
    GramStatistics statistics = trainer(training).statistics(data.rows(64), 1);
    assertThat(statistics.basis().map().dimension()).isEqualTo(3);
    byte[] bytes = bytes(statistics);
    assertThat(bytes(read(bytes))).isEqualTo(bytes);
    TrainingResult result = trainer(training).fitPath(read(bytes), 0.1).get(0);
    Certificate certificate = result.certificate();
    assertThat(certificate.relativeGap()).isLessThanOrEqualTo(1e-5);
    double objective = training.objective(result.network(), data, certificate.beta());
    assertThat(certificate.primalObjective()).isCloseTo(objective, within(1e-10));
    assertThat(trainer(training).fitPath(statistics.collect(data.rows(64)), 0.1).get(0).network())
        .usingRecursiveComparison()
        .isEqualTo(result.network());
  }

  @Test
  void damagedAndNewerFilesAreRefused() throws IOException {
    byte[] bytes = bytes(trainer(training(1e-3)).statistics(data(6, 60).rows(64), 2));
    refused(() -> read("name,value\n1,2,3,4\n".getBytes()), "no file of ConvexNN statistics");
    refused(() -> read(new byte[0]), "end too early");
    refused(() -> read(Arrays.copyOf(bytes, bytes.length - 9)), "damaged", "end too early");
    byte[] newer = bytes.clone();
    newer[11] = 3;
    refused(() -> read(newer), "format 3", "reads formats up to 2");
    // Whatever byte is wrong.
    for (int at = 12; at < bytes.length; at += bytes.length / 300) {
      for (int bit : new int[] {1, 64, 128}) {
        byte[] wrong = bytes.clone();
        wrong[at] ^= (byte) bit;
        assertThatThrownBy(() -> read(wrong))
            .as("byte %d", at)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageMatching("(?s).*(damaged|lower numGates|statistics of|basis of).*");
      }
    }
  }

  @Test
  void whatDoesNotFitTheHeapIsRefusedBeforeItIsAllocated() {
    Training training = training(1e-3);
    training.gates = 30_000;
    refused(
        () -> trainer(training).fitPath(data(7, 40).rows(64), 0.1),
        "30000 gates with 4 x 1 weights",
        "matrices 460,831",
        "lower numGates (30000)",
        "memory");
    training.solver = TrainingOptions.SolverKind.AUTO;
    refused(
        () -> trainer(training).fitPath(data(7, 40).rows(64), 0.1),
        "30000 gates on 3 features",
        "120004 x 120004",
        "MB",
        "lower numGates",
        "memory");
    FeatureMap map = FeatureMap.identity(2);
    int p = 12_000;
    HalfSpaces half = new HalfSpaces(2, new double[2 * p], new double[p], new double[p]);
    FrozenBasis basis = new FrozenBasis(map, GateSet.of(half), new double[0][], 0, 1);
    LocalRows rows = Training.absolute(1, 20, 2).rows(64);
    refused(() -> GramStatistics.of(rows, basis, 10, 1), "10 matrices", "or folds");
  }

  @Test
  void whatOnePassCannotDoIsRefused() {
    LocalRows rows = data(8, 100).rows(64);
    Training training = training(1e-3);
    refused(() -> trainer(training).fitPath(rows), "at least one ratio");
    refused(() -> trainer(training).fitPath(rows, 0.1, 1.5), "1.5", "(0, 1]");
    refused(() -> trainer(training).fitPath(rows, Double.NaN), "NaN");
    refused(() -> trainer(training).statistics(rows, 0), "folds is 0", "at least 1");
    GramStatistics one = trainer(training).statistics(rows, 1);
    refused(() -> trainer(training).crossValidate(one), "at least 2 folds", "numFolds");
    GramStatistics two = trainer(training).statistics(rows, 2);
    training.intercept = false;
    refused(() -> trainer(training).crossValidate(two), "fitIntercept is false", "less their mean");
    training.intercept = true;
    training.solver(TrainingOptions.SolverKind.ADMM);
    refused(() -> trainer(training).fitPath(rows, 0.1), "'gram' or 'auto'", "admm");
    training.solver(TrainingOptions.SolverKind.AUTO).ratio(0.1);
    refused(() -> trainer(training).crossValidate(two), "regRatio", "unset");
    training.regRatio = OptionalDouble.empty();
    training.sampler = TrainingOptions.GateSampler.TREES;
    refused(() -> trainer(training).statistics(rows, 5), "trees", "gaussian");
    Training binary = Training.binary().path().solver(TrainingOptions.SolverKind.AUTO);
    refused(() -> trainer(binary).fitPath(rows, 0.1), "squared loss");
  }

  @Test
  void rowsThatAreAllEqualCannotBeValidatedOn() {
    double[][] x = new double[20][];
    double[] y = new double[20];
    for (int r = 0; r < 20; r++) {
      x[r] = new double[] {1, 2, 3};
      y[r] = 4;
    }
    LocalRows rows = new Training.Data(x, y, Training.ones(20)).rows(64);
    GramStatistics statistics = trainer(training(1e-3)).statistics(rows, 5);
    refused(() -> trainer(training(1e-3)).crossValidate(statistics), "none of 5 folds", "numFolds");
    TrainingResult constant = trainer(training(1e-3)).fitPath(rows, 0.1).get(0);
    assertThat(constant.certificate().stopReason()).isEqualTo(StopReason.NO_SIGNAL);
    double[] f = new double[1];
    constant.network().evaluator().evaluate(x[0], f);
    assertThat(f[0]).isEqualTo(4);
  }

  /** Below 200 rows the default fit validates on five folds: of one sweep where the Gram is used. */
  @Test
  void theDefaultFitOfFewRowsTakesItsFoldsFromOneSweep() {
    Training training = training(1e-3);
    Training.Data data = data(9, 150);
    TrainingResult result = training.train(data);
    assertThat(result.certificate().jobs()).isLessThan(10);
    TrainingResult explicit =
        trainer(training).crossValidate(trainer(training).statistics(data.rows(64), 5));
    assertThat(result.path()).hasSize(7);
    for (int k = 0; k < 7; k++) {
      assertThat(result.path().get(k).validationLoss())
          .isEqualTo(explicit.path().get(k).validationLoss());
    }
    assertThat(result.certificate().beta()).isCloseTo(explicit.certificate().beta(), within(1e-12));
    // Refits with another solver come to the same scores, up to the gap of a path and to where all
    // folds are lost.
    TrainingResult refits = training.solver(TrainingOptions.SolverKind.ADMM).train(data);
    assertThat(refits.path()).hasSizeGreaterThan(3);
    for (int k = 0; k < refits.path().size(); k++) {
      double loss = refits.path().get(k).validationLoss();
      assertThat(result.path().get(k).validationLoss()).isCloseTo(loss, within(0.05 * loss));
    }
  }
}
