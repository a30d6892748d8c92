package org.convexnn.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.convexnn.block.Block;
import org.convexnn.block.ColumnStats;
import org.convexnn.block.FeatureBuffer;
import org.convexnn.block.pass.data.ColumnStatsPass;
import org.convexnn.network.Imputation;
import org.convexnn.network.LeafModel;
import org.convexnn.network.Network;
import org.convexnn.solver.TrainingOptions.GateSampler;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.rows.LocalRows;
import org.convexnn.solver.train.Trainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows with missing values: their statistics, what linear parts and trees make of them. */
class MissingRowsTest {

  private static final double[] X0 = {1, Double.NaN, 4, Double.NaN, 2, 5};
  private static final double[] X1 = {Double.NaN, 0, 0, 3, Double.NaN, 0};
  private static final double[] WEIGHTS = {1, 2, 1, 3, 2, 1};

  private static Block block(double[][] x, double[] y, double[] w, int width) {
    FeatureBuffer features = new FeatureBuffer(width, Long.MAX_VALUE);
    for (double[] row : x) {
      for (int j = 0; j < row.length; j++) {
        features.add(j, row[j]);
      }
      features.endRow();
    }
    return new Block(features.take(), y, w);
  }

  /** Of dense rows and of sparse ones, which have 40 columns; the last column is never there. */
  @ParameterizedTest
  @ValueSource(ints = {3, 60})
  void statisticsLeaveOutWhatIsMissing(int width) {
    List<Block> blocks = new ArrayList<>();
    for (int from = 0; from < 6; from += 2) {
      double[][] x = new double[2][width];
      for (int r = 0; r < 2; r++) {
        x[r][0] = X0[from + r];
        x[r][1] = X1[from + r];
        x[r][width - 1] = Double.NaN;
      }
      blocks.add(block(x, new double[2], Arrays.copyOfRange(WEIGHTS, from, from + 2), width));
    }
    assertThat(blocks.get(0).sparse()).isEqualTo(width > 3);
    ColumnStats stats = new LocalRows(blocks).sum("statistics", new ColumnStatsPass(width));
    assertThat(stats.mean()[0]).isCloseTo((1 + 4 + 2 * 2 + 5) / 5.0, within(1e-12));
    assertThat(stats.mean()[1]).isCloseTo(3 * 3 / 7.0, within(1e-12));
    assertThat(stats.min()[0]).isEqualTo(1);
    assertThat(stats.max()[0]).isEqualTo(5);
    assertThat(stats.min()[1]).isZero();
    assertThat(stats.missing()[0]).isEqualTo(5);
    assertThat(stats.missing()[1]).isEqualTo(3);
    assertThat(stats.missing()[width - 1]).isEqualTo(10);
    assertThat(stats.hasValue(0)).isTrue();
    assertThat(stats.hasValue(width - 1)).isFalse();
    assertThat(stats.mean()[width - 1]).isZero();
    assertThat(stats.halfRanges()[width - 1]).isZero();
  }

  /** Rows [x, z], x missing on a third; the label is |z|, less by 2 where x is missing. */
  private static double[][] x(long seed, int n) {
    Random random = new Random(seed);
    double[][] x = new double[n][];
    for (int r = 0; r < n; r++) {
      double there = 3 + random.nextGaussian();
      x[r] = new double[] {r % 3 == 0 ? Double.NaN : there, random.nextGaussian()};
    }
    return x;
  }

  private static double[] labels(double[][] x) {
    return Arrays.stream(x)
        .mapToDouble(row -> Math.abs(row[1]) - (Double.isNaN(row[0]) ? 2 : 0))
        .toArray();
  }

  private static double[] ones(int n) {
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static Training training() {
    Training training = new Training();
    training.task = Task.REGRESSION;
    training.gates = 8;
    return training;
  }

  /** Linear parts are trained as on rows that were filled by hand. */
  @Test
  void imputedRowsTrainAsFilledOnes() {
    double[][] x = x(1, 150);
    double[] y = labels(x);
    double mean =
        Arrays.stream(x).mapToDouble(r -> r[0]).filter(v -> v == v).average().orElseThrow();
    Training training = training();
    training.sampler = GateSampler.GAUSSIAN;
    TrainingOptions options = training.options();
    TrainingResult result =
        train(options, new LocalRows(List.of(block(x, y, ones(150), 2))).withMissing());
    Imputation imputation = result.network().imputation();
    assertThat(imputation.values()[0]).isCloseTo(mean, within(1e-12));
    assertThat(imputation.indicated()).containsExactly(0);
    double[][] filled = new double[x.length][];
    for (int r = 0; r < x.length; r++) {
      boolean missing = Double.isNaN(x[r][0]);
      filled[r] =
          new double[] {missing ? imputation.values()[0] : x[r][0], x[r][1], missing ? 1 : 0};
      assertThat(imputation.apply(x[r])).isEqualTo(filled[r]);
    }
    TrainingResult byHand = train(options, new LocalRows(List.of(block(filled, y, ones(150), 3))));
    Network complete = result.network().after(Imputation.NONE);
    // Keys are those of the rows as they came: what is drawn by them differs.
    assertThat(result.certificate().primalObjective())
        .isCloseTo(byHand.certificate().primalObjective(), within(2 * training.tol));
    double[] f = new double[1];
    double[] g = new double[1];
    double squares = 0;
    for (int r = 0; r < x.length; r++) {
      result.network().evaluator().evaluate(x[r], f);
      complete.evaluator().evaluate(filled[r], g);
      assertThat(f[0]).isEqualTo(g[0]);
      squares += (f[0] - y[r]) * (f[0] - y[r]) / x.length;
    }
    assertThat(squares).isLessThan(0.3);
  }

  private static TrainingResult train(TrainingOptions options, LocalRows rows) {
    return new Trainer(options, Progress.SILENT).train(rows);
  }

  /** Trees of constant leaves take NaN, and the network tells missing rows from others. */
  @Test
  void treesOfConstantLeavesTakeRowsAsTheyCome() {
    double[][] x = x(2, 600);
    double[] y = labels(x);
    Training training = training();
    training.gates = 0;
    training.trees = 30;
    training.sampler = GateSampler.TREES;
    training.ratio(0.01);
    TrainingOptions options =
        training.options().with(1, TrainingOptions.Leaves.of(LeafModel.CONSTANT));
    Network network =
        train(options, new LocalRows(List.of(block(x, y, ones(600), 2))).withMissing()).network();
    assertThat(network.imputation().none()).isTrue();
    double[] f = new double[1];
    double squares = 0;
    for (int r = 0; r < x.length; r++) {
      network.evaluator().evaluate(x[r], f);
      squares += (f[0] - y[r]) * (f[0] - y[r]) / x.length;
    }
    // The variance is 1.25, of which missing values make .89.
    assertThat(squares).isLessThan(0.1);
  }

  /** Labels that are all alike leave nothing to learn, whatever is missing. */
  @Test
  void constantLabelsOfMissingRows() {
    double[][] x = x(3, 100);
    Training training = training();
    training.gates = 0;
    training.trees = 5;
    training.sampler = GateSampler.TREES;
    double[] y = ones(100);
    Network network =
        train(training.options(), new LocalRows(List.of(block(x, y, ones(100), 2))).withMissing())
            .network();
    double[] f = new double[1];
    network.evaluator().evaluate(x[0], f);
    assertThat(f[0]).isCloseTo(1, within(1e-12));
  }
}
