package org.convexnn.network;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.convexnn.linalg.Blas;

/**
 * A two-layer ReLU network of a row x with d features, m hidden neurons and C outputs:
 *
 * <pre>f(x) = b2 + x.w0 + (x.W1 + b1)_+ W2,   neuron j: (x.v_j + b_j)_+ a_j</pre>
 *
 * with v_j the j-th column of W1 and a_j the j-th row of W2. Its penalty in the convex scale is {@code
 * sum_j ||(v_j, b_j)||_2 ||a_j||_2}: the least of {@code 1/2 sum_j ||(v_j, b_j)||^2 + ||a_j||^2} over
 * all networks that differ by c (v_j, b_j), a_j / c, c &gt; 0
 * (docs/theory/objective.md#the-factor-of-two).
 *
 * <p>A neuron is the gated neuron whose gate is its own weights, so {@link #toNetwork} is exact.
 *
 * @param w1 W1, d x m row-major
 * @param b1 m biases of the hidden neurons
 * @param w2 W2, m x C row-major
 * @param b2 C biases of the outputs
 * @param skip w0, d x C row-major: the linear skip, zeros where there is none
 */
public record ReluNetwork(double[] w1, double[] b1, double[] w2, double[] b2, double[] skip)
    implements Serializable {

  /**
   * Checks the shapes and that all numbers are finite.
   *
   * @throws IllegalArgumentException naming the array and its length or the number
   */
  public ReluNetwork {
    int outputs = b2.length;
    if (outputs == 0) {
      throw new IllegalArgumentException("ReLU network: b2 is empty; it has one bias an output");
    }
    if (skip.length == 0 || skip.length % outputs != 0) {
      throw new IllegalArgumentException(
          "ReLU network: skip has "
              + skip.length
              + " numbers; it must have d x "
              + outputs
              + ", d the number of features");
    }
    int d = skip.length / outputs;
    checkLength("w1", w1, d, b1.length);
    checkLength("w2", w2, b1.length, outputs);
    checkFinite("w1", w1);
    checkFinite("b1", b1);
    checkFinite("w2", w2);
    checkFinite("b2", b2);
    checkFinite("skip", skip);
  }

  private static void checkLength(String name, double[] array, int rows, int columns) {
    if (array.length != (long) rows * columns) {
      throw new IllegalArgumentException(
          "ReLU network: "
              + name
              + " has "
              + array.length
              + " numbers; it must have "
              + rows
              + " x "
              + columns);
    }
  }

  private static void checkFinite(String name, double[] array) {
    for (int i = 0; i < array.length; i++) {
      if (!Double.isFinite(array[i])) {
        throw new IllegalArgumentException(
            "ReLU network: "
                + name
                + "["
                + i
                + "] is "
                + array[i]
                + "; all weights must be finite");
      }
    }
  }

  /**
   * The network of stacked weights.
   *
   * @param hidden [W1; b1], (d + 1) x m row-major: column j is (v_j, b_j)
   * @param output W2, m x C row-major
   * @param linear [w0; b2], (d + 1) x C row-major
   * @param outputs C
   */
  public static ReluNetwork stacked(
      double[] hidden, double[] output, double[] linear, int outputs) {
    int m = output.length / outputs;
    int d = linear.length / outputs - 1;
    return new ReluNetwork(
        Arrays.copyOf(hidden, d * m),
        Arrays.copyOfRange(hidden, d * m, (d + 1) * m),
        output.clone(),
        Arrays.copyOfRange(linear, d * outputs, linear.length),
        Arrays.copyOf(linear, d * outputs));
  }

  /** The network without neurons that is b2 everywhere. */
  public static ReluNetwork constant(int features, double[] b2) {
    return new ReluNetwork(
        new double[0], new double[0], new double[0], b2.clone(), new double[features * b2.length]);
  }

  /** d, the number of features. */
  public int features() {
    return skip.length / b2.length;
  }

  /** m, the number of hidden neurons. */
  public int neurons() {
    return b1.length;
  }

  /** C, the number of outputs. */
  public int outputs() {
    return b2.length;
  }

  /** [W1; b1], (d + 1) x m row-major: column j is (v_j, b_j). */
  public double[] hidden() {
    return joined(w1, b1);
  }

  /** [w0; b2], (d + 1) x C row-major. */
  public double[] linear() {
    return joined(skip, b2);
  }

  private static double[] joined(double[] matrix, double[] lastRow) {
    double[] both = Arrays.copyOf(matrix, matrix.length + lastRow.length);
    System.arraycopy(lastRow, 0, both, matrix.length, lastRow.length);
    return both;
  }

  /** (v_j, b_j), d + 1 numbers. */
  public double[] direction(int j) {
    int d = features();
    double[] u = new double[d + 1];
    for (int i = 0; i < d; i++) {
      u[i] = w1[i * neurons() + j];
    }
    u[d] = b1[j];
    return u;
  }

  /** a_j, C numbers. */
  public double[] output(int j) {
    return Arrays.copyOfRange(w2, j * outputs(), (j + 1) * outputs());
  }

  /** {@code ||(v_j, b_j)||_2}. */
  public double hiddenNorm(int j) {
    return Blas.norm(direction(j), 0, features() + 1);
  }

  /** {@code ||a_j||_2}. */
  public double outputNorm(int j) {
    return Blas.norm(w2, j * outputs(), outputs());
  }

  /** {@code sum_j ||(v_j, b_j)||_2 ||a_j||_2}; the same for all rescalings of neurons. */
  public double penalty() {
    double sum = 0;
    for (int j = 0; j < neurons(); j++) {
      sum += hiddenNorm(j) * outputNorm(j);
    }
    return sum;
  }

  /** Writes the C outputs for a row x of d numbers. */
  public void evaluate(double[] x, double[] f) {
    int d = features();
    int m = neurons();
    int c = outputs();
    double[] h = b1.clone();
    System.arraycopy(b2, 0, f, 0, c);
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < m; j++) {
        h[j] += x[i] * w1[i * m + j];
      }
      for (int k = 0; k < c; k++) {
        f[k] += x[i] * skip[i * c + k];
      }
    }
    for (int j = 0; j < m; j++) {
      for (int k = 0; h[j] > 0 && k < c; k++) {
        f[k] += h[j] * w2[j * c + k];
      }
    }
  }

  /**
   * This function with {@code ||(v_j, b_j)|| = ||a_j||} for all j, so that half the sum of all
   * squares is the {@link #penalty}. A neuron that has only zeros on one side gets them on both.
   */
  public ReluNetwork rebalanced() {
    double[] factors = new double[neurons()];
    for (int j = 0; j < factors.length; j++) {
      double hidden = hiddenNorm(j);
      double output = outputNorm(j);
      // Two roots: their quotient may overflow.
      factors[j] = hidden > 0 && output > 0 ? Math.sqrt(output) / Math.sqrt(hidden) : 0;
    }
    return rescaled(factors);
  }

  /** This function with {@code ||(v_j, b_j)|| = 1}; zeros as in {@link #rebalanced}. */
  public ReluNetwork normalized() {
    double[] factors = new double[neurons()];
    for (int j = 0; j < factors.length; j++) {
      double hidden = hiddenNorm(j);
      factors[j] = hidden > 0 && outputNorm(j) > 0 ? 1 / hidden : 0;
    }
    return rescaled(factors);
  }

  /** c (v_j, b_j), a_j / c; c = 0 makes both zero. */
  private ReluNetwork rescaled(double[] factors) {
    int m = neurons();
    int c = outputs();
    double[] hidden = w1.clone();
    double[] biases = b1.clone();
    double[] output = w2.clone();
    for (int j = 0; j < m; j++) {
      for (int i = 0; i < features(); i++) {
        hidden[i * m + j] *= factors[j];
      }
      biases[j] *= factors[j];
      for (int k = j * c; k < (j + 1) * c; k++) {
        output[k] = factors[j] == 0 ? 0 : output[k] / factors[j];
      }
    }
    return new ReluNetwork(hidden, biases, output, b2, skip);
  }

  /**
   * This function, {@linkplain #rebalanced rebalanced}, with one neuron for each direction: those
   * whose unit directions are within a tolerance of each other become one, with the sum of their
   * outputs, and zero neurons are dropped. Never raises the penalty
   * (docs/theory/cones.md#decoding). With tolerance t each merged neuron's unit activation moves by
   * at most {@code t ||(x, 1)||}.
   *
   * @param tolerance largest Euclidean distance of unit directions, 0 or more
   */
  public ReluNetwork merged(double tolerance) {
    if (!(tolerance >= 0)) {
      throw new IllegalArgumentException("tolerance is " + tolerance + "; it must be 0 or more");
    }
    int width = features() + 1;
    int c = outputs();
    ReluNetwork unit = normalized();
    double[][] directions = new double[neurons()][];
    double[][] sums = new double[neurons()][];
    int kept = 0;
    for (int j = 0; j < neurons(); j++) {
      if (unit.outputNorm(j) == 0) {
        continue;
      }
      double[] u = unit.direction(j);
      int same = 0;
      while (same < kept && distance(u, directions[same]) > tolerance) {
        same++;
      }
      if (same == kept) {
        directions[kept] = u;
        sums[kept++] = new double[c];
      }
      Blas.axpy(1, unit.output(j), sums[same]);
    }
    double[] hidden = new double[width * kept];
    double[] output = new double[kept * c];
    for (int j = 0; j < kept; j++) {
      for (int i = 0; i < width; i++) {
        hidden[i * kept + j] = directions[j][i];
      }
      System.arraycopy(sums[j], 0, output, j * c, c);
    }
    return stacked(hidden, output, linear(), c).rebalanced().withoutZeros();
  }

  private static double distance(double[] u, double[] v) {
    double sum = 0;
    for (int i = 0; i < u.length; i++) {
      sum += (u[i] - v[i]) * (u[i] - v[i]);
    }
    return Math.sqrt(sum);
  }

  /** The neurons of which an output weight is not exactly zero, in order. */
  public int[] active() {
    return IntStream.range(0, neurons()).filter(j -> outputNorm(j) > 0).toArray();
  }

  /** The network of its active neurons: outputs that cancelled leave zero neurons. */
  public ReluNetwork withoutZeros() {
    return select(active());
  }

  /** The network of these neurons, in this order, and the linear part. */
  public ReluNetwork select(int[] neurons) {
    int width = features() + 1;
    int c = outputs();
    double[] hidden = new double[width * neurons.length];
    double[] output = new double[neurons.length * c];
    for (int k = 0; k < neurons.length; k++) {
      double[] u = direction(neurons[k]);
      for (int i = 0; i < width; i++) {
        hidden[i * neurons.length + k] = u[i];
      }
      System.arraycopy(w2, neurons[k] * c, output, k * c, c);
    }
    return stacked(hidden, output, linear(), c);
  }

  /** This network's neurons and then the other's, with this one's linear part. */
  public ReluNetwork and(ReluNetwork other) {
    int width = features() + 1;
    int m = neurons();
    int all = m + other.neurons();
    double[] mine = hidden();
    double[] others = other.hidden();
    double[] hidden = new double[width * all];
    for (int i = 0; i < width; i++) {
      System.arraycopy(mine, i * m, hidden, i * all, m);
      System.arraycopy(others, i * (all - m), hidden, i * all + m, all - m);
    }
    return stacked(hidden, joined(w2, other.w2), linear(), outputs());
  }

  /**
   * Of a network of z = FeatureMap(x), the same function of the rows' coordinates y ({@link
   * FeatureMap#rowCoordinates}): z itself where the map maps rows, else z = M y.
   */
  public ReluNetwork onRowCoordinates(FeatureMap map) {
    return new ReluNetwork(toRows(map, w1, neurons()), b1, w2, b2, toRows(map, skip, outputs()));
  }

  private static double[] toRows(FeatureMap map, double[] matrix, int columns) {
    int k = columns == 0 ? 0 : matrix.length / columns;
    double[] result = new double[0];
    double[] column = new double[k];
    for (int j = 0; j < columns; j++) {
      for (int i = 0; i < k; i++) {
        column[i] = matrix[i * columns + j];
      }
      double[] rows = map.toRowWeights(column);
      if (j == 0) {
        result = new double[rows.length * columns];
      }
      for (int i = 0; i < rows.length; i++) {
        result[i * columns + j] = rows[i];
      }
    }
    return result;
  }

  /** This function of raw features in the form that is saved and scored. */
  public Network toNetwork() {
    return toNetwork(FeatureMap.identity(features()), new double[outputs()], 0, 1);
  }

  /**
   * Of a network of z = FeatureMap(x), the function {@code shift + scale (b0 + f(z))} of raw
   * features: half-spaces {@code z.v_j >= -b_j} with centre 0 and weights {@code a_jc (v_j, b_j)}.
   *
   * @param map a linear feature map of as many coordinates as this network has features
   * @param offset b0, C numbers
   * @param labelShift shift
   * @param labelScale scale
   */
  public Network toNetwork(FeatureMap map, double[] offset, double labelShift, double labelScale) {
    int k = features();
    if (!map.linear() || map.dimension() != k) {
      throw new IllegalArgumentException(
          "feature map of "
              + map.dimension()
              + " coordinates clipped at "
              + map.clip()
              + "; a ReLU network of "
              + k
              + " features needs a linear map to as many");
    }
    int d = map.features();
    int m = neurons();
    int c = outputs();
    double[] directions = new double[m * d];
    double[] thresholds = new double[m];
    double[] weights = new double[(1 + m) * c * (k + 1)];
    for (int o = 0; o < c; o++) {
      for (int i = 0; i < k; i++) {
        weights[o * (k + 1) + i] = skip[i * c + o];
      }
      weights[o * (k + 1) + k] = b2[o];
    }
    for (int j = 0; j < m; j++) {
      double[] u = direction(j);
      double[] v = map.multiplyTransposed(Arrays.copyOf(u, k));
      thresholds[j] = -u[k];
      for (int i = 0; i < d; i++) {
        directions[j * d + i] = v[i] * map.inverseScale()[i];
        thresholds[j] += map.mean()[i] * directions[j * d + i];
      }
      for (int o = 0; o < c; o++) {
        for (int i = 0; i <= k; i++) {
          weights[((1 + j) * c + o) * (k + 1) + i] = w2[j * c + o] * u[i];
        }
      }
    }
    HalfSpaces gates = new HalfSpaces(d, directions, thresholds, new double[m]);
    return new Network(map, GateSet.of(gates), weights, offset, labelShift, labelScale);
  }
}
