package org.convexnn.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import org.convexnn.block.Block;
import org.convexnn.block.FeatureBuffer;
import org.convexnn.block.RowSelection;
import org.convexnn.solver.TrainingOptions.GateSampler;
import org.convexnn.solver.TrainingOptions.SolverKind;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.fit.Folds;
import org.convexnn.solver.rows.LocalRows;
import org.convexnn.solver.rows.Rows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows that are marked choose beta instead of a tenth. */
class MarkedRowsTest {

  private static LocalRows marked(Training.Data data, IntPredicate mark) {
    int n = data.y().length;
    boolean[] marks = new boolean[n];
    for (int r = 0; r < n; r++) {
      marks[r] = mark.test(r);
    }
    int d = data.x()[0].length;
    FeatureBuffer features = new FeatureBuffer(d, Long.MAX_VALUE);
    for (double[] x : data.x()) {
      for (int j = 0; j < d; j++) {
        features.add(j, x[j]);
      }
      features.endRow();
    }
    Block block = new Block(features.take(), data.y(), data.w(), marks);
    return new LocalRows(List.of(block), true);
  }

  private static Training training(Task task, GateSampler sampler) {
    Training training = new Training().path();
    training.task = task;
    training.sampler = sampler;
    training.gates = 8;
    training.refit = false;
    if (task == Task.REGRESSION) {
      training.solver(SolverKind.GRAM);
    }
    return training;
  }

  /**
   * Who marks the very rows that would be held out gets the same path. Marks are a part of keys, and
   * the linear fit draws rows for its Hessian by their keys: it stops at a Newton decrement of 1e-14
   * times the constant model's loss, that is at about 1e-7 from its solution.
   */
  @Test
  void marksOfTheHashedTenthGiveItsPath() {
    Training training = training(Task.REGRESSION, GateSampler.GAUSSIAN);
    training.tol = 1e-8;
    Training.Data data = Training.absolute(3, 400, 3);
    RowSelection tenth = new RowSelection(10, 0, true, training.seed);
    Block keys = new Block(3, x(data), data.y(), data.w());
    TrainingResult hashed = training.train(data);
    TrainingResult marked = training.train(marked(data, r -> tenth.selects(keys.key(r))));
    assertThat(marked.path()).hasSameSizeAs(hashed.path()).hasSizeGreaterThan(2);
    for (int k = 0; k < hashed.path().size(); k++) {
      assertThat(marked.path().get(k).validationLoss())
          .isCloseTo(hashed.path().get(k).validationLoss(), within(1e-6));
    }
    assertThat(marked.certificate().beta()).isCloseTo(hashed.certificate().beta(), within(1e-6));
    assertThat(marked.certificate().primalObjective())
        .isCloseTo(hashed.certificate().primalObjective(), within(1e-6));
  }

  private static double[] x(Training.Data data) {
    return Arrays.stream(data.x()).flatMapToDouble(Arrays::stream).toArray();
  }

  /** Whatever way gates are chosen: labels of marked rows, permuted, change neither gates nor fit. */
  @ParameterizedTest
  @EnumSource(
      value = GateSampler.class,
      names = {"AUTO", "TREES", "GAUSSIAN", "PRICED"})
  void markedRowsHaveNoPartInGatesAndFit(GateSampler sampler) {
    int n = 900;
    Training training = training(Task.BINARY, sampler);
    training.gates = sampler == GateSampler.TREES ? 0 : 8;
    training.trees = sampler == GateSampler.TREES ? 3 : 0;
    training.norm = TrainingOptions.GroupNorm.EUCLIDEAN;
    Training.Data data = Training.xor(5, n, 3, 0.1);
    double[] other = data.y().clone();
    Random random = new Random(6);
    // Pairs of marked rows of different labels change them: means stay.
    int last = -1;
    for (int r = 0; r < n; r += 4) {
      if (last >= 0 && other[r] != other[last] && random.nextBoolean()) {
        double y = other[r];
        other[r] = other[last];
        other[last] = y;
      }
      last = r;
    }
    Training.Data permuted = new Training.Data(data.x(), other, data.w());
    TrainingResult one = training.train(marked(data, r -> r % 4 == 0));
    TrainingResult two = training.train(marked(permuted, r -> r % 4 == 0));
    assertThat(two.path().get(0).validationLoss())
        .isNotCloseTo(one.path().get(0).validationLoss(), within(1e-4));
    assertThat(two.path().get(1).objective())
        .isCloseTo(one.path().get(1).objective(), within(2e-3 * one.path().get(1).objective()));
    assertThat(one.path()).allMatch(p -> Double.isNaN(p.standardError()));
    Training.Data unmarked = unmarked(data);
    assertThat(one.certificate().primalObjective())
        .isCloseTo(
            training.objective(one.network(), unmarked, one.certificate().beta()), within(1e-9));
  }

  private static Training.Data unmarked(Training.Data data) {
    int[] rows =
        java.util.stream.IntStream.range(0, data.y().length).filter(r -> r % 4 != 0).toArray();
    return new Training.Data(
        Arrays.stream(rows).mapToObj(r -> data.x()[r]).toArray(double[][]::new),
        Arrays.stream(rows).mapToDouble(r -> data.y()[r]).toArray(),
        Arrays.stream(rows).mapToDouble(r -> data.w()[r]).toArray());
  }

  @Test
  void marksThatCannotChooseAreRefused() {
    Training training = training(Task.BINARY, GateSampler.GAUSSIAN);
    Training.Data data = Training.xor(5, 60, 3, 0.1);
    refused(training, marked(data, r -> false), "no row falls into it");
    refused(training, marked(data, r -> true), "all rows fall into it");
    refused(training, marked(data, r -> data.y()[r] == 1), "all rows of class 1");
  }

  private static void refused(Training training, Rows rows, String why) {
    assertThatThrownBy(() -> training.train(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("validationIndicatorCol", why, "mark some rows true");
  }

  @Test
  void aCopyOnTheDriverKeepsTheMarks() {
    Training.Data data = Training.xor(5, 60, 3, 0.1);
    LocalRows rows = marked(data, r -> r % 3 == 0);
    LocalRows copy = LocalRows.copyOf(rows);
    assertThat(copy.marked()).isTrue();
    assertThat(Folds.heldOut(copy, 1).inside(0).count()).isEqualTo(20);
    assertThat(Folds.heldOut(copy, 1).outside(0).count()).isEqualTo(40);
  }
}
