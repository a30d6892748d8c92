package org.convexnn.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.convexnn.block.Block;
import org.convexnn.block.FeatureBuffer;
import org.convexnn.block.RowSelection;
import org.convexnn.block.pass.data.SamplePass;
import org.convexnn.network.LeafModel;
import org.convexnn.solver.TrainingOptions.GateSampler;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.fit.Folds;
import org.convexnn.solver.rows.LocalRows;
import org.convexnn.solver.train.Trainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of a group are on one side of every split that chooses beta. */
class GroupedRowsTest {

  private static LocalRows grouped(double[][] x, double[] y, long[] groups) {
    FeatureBuffer features = new FeatureBuffer(x[0].length, Long.MAX_VALUE);
    double[] weights = new double[y.length];
    for (int r = 0; r < y.length; r++) {
      for (int j = 0; j < x[r].length; j++) {
        features.add(j, x[r][j]);
      }
      features.endRow();
      weights[r] = 1;
    }
    return new LocalRows(List.of(new Block(features.take(), y, weights, new boolean[0], groups)));
  }

  /** Copies of few rows with noise, and labels that are nothing but noise: of a row, not of a copy. */
  private static LocalRows copies(int originals, int times, boolean named) {
    Random random = new Random(7);
    double[][] x = new double[originals * times][2];
    double[] y = new double[x.length];
    long[] groups = new long[named ? x.length : 0];
    for (int o = 0; o < originals; o++) {
      double[] at = {random.nextGaussian(), random.nextGaussian()};
      double label = random.nextGaussian();
      for (int k = 0; k < times; k++) {
        int r = o * times + k;
        x[r] = new double[] {at[0] + 1e-6 * random.nextGaussian(), at[1]};
        y[r] = label;
        if (named) {
          groups[r] = o;
        }
      }
    }
    return grouped(x, y, groups);
  }

  @ParameterizedTest
  @CsvSource({"2, 2", "3, 3", "5, 5", "7, 3", "40, 5", "400, 5"})
  void foldsOfGroupsAreEvenAndWhole(int count, int folds) {
    LocalRows rows = copies(count, 4, true);
    Folds split = Folds.of(rows, folds, 0, Folds.salt(rows, folds, folds, 3));
    double all = 4 * count;
    for (int k = 0; k < folds; k++) {
      assertThat(split.flaw(k)).isEmpty();
      assertThat(split.inside(k).weight()).isBetween(0.3 * all / folds, 2.01 * all / folds);
      assertThat(split.inside(k).weight() % 4).isZero();
    }
    Folds tenth = Folds.heldOut(rows, 3);
    assertThat(tenth.flaw(0)).isEmpty();
    assertThat(tenth.inside(0).weight() % 4).isZero();
    assertThat(tenth.inside(0).weight()).isLessThanOrEqualTo(Math.max(4, 0.2 * all));
  }

  @Test
  void groupsAreNoFeaturesAndNameRows() {
    LocalRows rows = copies(3, 2, true);
    List<Long> keys = new ArrayList<>();
    LocalRows.copyOf(rows)
        .sum("rows", new SamplePass(RowSelection.ALL, 1, 0))
        .forEach(
            row -> {
              keys.add(row.key());
              assertThat(row.group()).isBetween(0L, 2L);
            });
    assertThat(keys)
        .isEqualTo(
            rows.sum("rows", new SamplePass(RowSelection.ALL, 1, 0)).stream()
                .map(row -> row.key())
                .toList());
    assertThat(LocalRows.copyOf(rows).groups()).isEqualTo(rows.groups()).hasSize(3);
  }

  /**
   * Of labels that are noise nothing can be learnt: the constant model, of loss .5, is the best for
   * groups that training has not seen. Copies that are held out one by one say otherwise.
   */
  @ParameterizedTest
  @ValueSource(strings = {"TREES", "CONSTANT", "GAUSSIAN"})
  void copiesDoNotJudgeEachOther(String gates) {
    Training training = new Training().path();
    training.task = Task.REGRESSION;
    training.sampler = gates.equals("GAUSSIAN") ? GateSampler.GAUSSIAN : GateSampler.TREES;
    training.gates = gates.equals("GAUSSIAN") ? 64 : 0;
    training.trees = gates.equals("GAUSSIAN") ? 0 : 20;
    TrainingOptions options = training.options();
    if (!gates.equals("GAUSSIAN")) {
      options =
          options.with(
              1,
              TrainingOptions.Leaves.of(
                  gates.equals("TREES") ? LeafModel.LINEAR : LeafModel.CONSTANT));
    }
    TrainingResult apart = new Trainer(options, Progress.SILENT).train(copies(60, 10, true));
    TrainingResult together = new Trainer(options, Progress.SILENT).train(copies(60, 10, false));
    assertThat(best(together)).isLessThan(0.42);
    assertThat(best(apart)).isGreaterThan(0.45);
    assertThat(apart.certificate().beta()).isGreaterThan(2 * together.certificate().beta());
  }

  private static double best(TrainingResult result) {
    return result.path().stream().mapToDouble(PathPoint::validationLoss).min().orElseThrow();
  }

  @Test
  void moreFoldsThanGroupsAreRefused() {
    Training training = new Training().path();
    training.task = Task.REGRESSION;
    training.folds = 5;
    TrainingOptions options = training.options();
    LocalRows rows = copies(3, 10, true);
    assertThatThrownBy(() -> new Trainer(options, Progress.SILENT).train(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("numFolds is 5, but foldCol has only 3 groups");
  }
}
