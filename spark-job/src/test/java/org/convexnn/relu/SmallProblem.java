package org.convexnn.relu;

import java.util.Arrays;
import java.util.Random;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSetting;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.ReluNetwork;
import org.convexnn.solver.LocalProblem;
import org.convexnn.solver.rows.LocalRows;

/**
 * Small programs in memory. docs/theory/golden.md sums the loss over rows where this package takes
 * the mean: with n rows of weight 1, beta and objectives of the goldens are n times those here.
 *
 * @param x rows
 * @param y labels
 * @param problem the program on them
 */
record SmallProblem(double[][] x, double[] y, ReluProblem problem) {

  /** docs/theory/golden.md#e1; beta = 0.3. */
  static final double[][] E1 = {{1, 0}, {0, 1}, {-1, 1}, {1, 2}, {-1, -1}};

  static final double[] E1_LABELS = {1, -1, 2, 0.5, -0.5};
  static final double[] E1_CLASSES = {1, 0, 1, 1, 0};

  static SmallProblem e1() {
    return plain(E1, E1_LABELS, new SquaredLoss(), false);
  }

  /** No skip and no output bias; hidden biases or not. */
  static SmallProblem plain(double[][] x, double[] y, Loss loss, boolean bias) {
    return of(x, y, loss, new ReluProblem.Terms(bias, false, false));
  }

  static SmallProblem of(double[][] x, double[] y, Loss loss, ReluProblem.Terms terms) {
    double[] ones = new double[y.length];
    Arrays.fill(ones, 1);
    FeatureMap map = FeatureMap.identity(x[0].length);
    return of(x, y, ones, loss, new double[loss.outputs()], map, terms, Precision.FLOAT64);
  }

  static SmallProblem of(
      double[][] x,
      double[] y,
      double[] weights,
      Loss loss,
      double[] offset,
      FeatureMap map,
      ReluProblem.Terms terms,
      Precision precision) {
    GateSet none = GateSet.of(HalfSpaces.none(map.features()));
    RowSetting setting = RowSetting.of(map, none, loss, offset, 0, 1, precision);
    double weight = Arrays.stream(weights).sum();
    return new SmallProblem(
        x,
        y,
        new ReluProblem(
            rows(x, y, weights),
            map,
            setting,
            new ReluProblem.Sizes(weight, y.length),
            0.1,
            terms));
  }

  /** In blocks of 7 rows. */
  static LocalRows rows(double[][] x, double[] y, double[] weights) {
    return LocalProblem.rows(x, y, weights, 7);
  }

  /** The network of neurons in unit directions (v, b), each with its coefficient, of one output. */
  static ReluNetwork network(double[][] directions, double[] coefficients) {
    int m = coefficients.length;
    int width = directions[0].length;
    double[] hidden = new double[width * m];
    for (int j = 0; j < m; j++) {
      for (int i = 0; i < width; i++) {
        hidden[i * m + j] = directions[j][i];
      }
    }
    return ReluNetwork.stacked(hidden, coefficients, new double[width], 1);
  }

  /** A random network with the weights that are free. */
  ReluNetwork random(long seed, int neurons) {
    Random random = new Random(seed);
    int width = problem.width();
    int c = problem.outputs();
    double[] hidden = random.doubles(width * neurons, -1, 1).toArray();
    double[] linear = random.doubles(width * c, -1, 1).toArray();
    if (!problem.terms().bias()) {
      Arrays.fill(hidden, (width - 1) * neurons, hidden.length, 0);
    }
    if (!problem.terms().skip()) {
      Arrays.fill(linear, 0, (width - 1) * c, 0);
    }
    if (!problem.terms().intercept()) {
      Arrays.fill(linear, (width - 1) * c, linear.length, 0);
    }
    return ReluNetwork.stacked(hidden, random.doubles(neurons * c, -1, 1).toArray(), linear, c);
  }

  double objective(ReluNetwork network, double beta) {
    return problem.objective(network, problem.evaluate("", network).loss(), beta);
  }

  static double[][] gaussian(Random random, int rows, int columns) {
    double[][] x = new double[rows][columns];
    for (double[] row : x) {
      for (int j = 0; j < columns; j++) {
        row[j] = random.nextGaussian();
      }
    }
    return x;
  }
}
