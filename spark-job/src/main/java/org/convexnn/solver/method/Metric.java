package org.convexnn.solver.method;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.Cholesky;
import org.convexnn.solver.program.OutputShift;

/**
 * The metric {@code H = c (G + sigma I) + sum_j v_j v_j' / delta_j} of a sketched Gram matrix G.
 *
 * <p>The corrections are learnt where the sketch was too small: for a step s with true curvature y =
 * A s, {@code v = y - H s} and {@code delta = s'v > 0}, so that H s becomes y. This symmetric
 * rank-one update only ever adds curvature; a BFGS update was measured to take it away elsewhere and
 * to violate the safeguard again on the next step.
 *
 * <p>Of the several outputs of a coupled loss G is the curvature but along an {@link OutputShift}, where it is zero.
 */
final class Metric {

  private static final double RIDGE = 1e-3;

  private final int size;
  private final int columns;
  private final boolean coupled;
  private final int width;
  private final double[] gram;
  private final double meanDiagonal;
  private final List<double[]> corrections = new ArrayList<>();
  private final List<Double> deltas = new ArrayList<>();
  private final List<double[]> solved = new ArrayList<>();
  private Cholesky factor;
  private double sigma;
  private double scale = 1;

  /**
   * A metric on vectors of {@code columns} outputs.
   *
   * @param size Q, rows of the Gram matrix
   * @param columns C
   * @param width D, the numbers per block and output
   * @param coupled whether the loss does not see an {@link OutputShift}
   * @param gram Q x Q, inflated by the sketch's allowance already
   * @param sigma the multiple of the identity
   */
  Metric(int size, int columns, int width, boolean coupled, double[] gram, double sigma) {
    this.coupled = coupled;
    this.size = size;
    this.columns = columns;
    this.width = width;
    this.gram = gram;
    double trace = 0;
    for (int i = 0; i < size; i++) {
      trace += gram[i * size + i];
    }
    this.meanDiagonal = trace / size;
    factor(sigma);
  }

  double sigma() {
    return sigma;
  }

  double scale() {
    return scale;
  }

  int corrections() {
    return corrections.size();
  }

  /** Sets c. */
  void scale(double c) {
    this.scale = c;
    solveCorrections();
  }

  /** Changes sigma: one factorisation; corrections do not depend on it. */
  void sigma(double next) {
    factor(next);
    solveCorrections();
  }

  private void factor(double next) {
    this.sigma = next;
    double[] a = gram.clone();
    for (int i = 0; i < size; i++) {
      a[i * size + i] += next + RIDGE * meanDiagonal;
    }
    this.factor = new Cholesky(size, a);
  }

  private void solveCorrections() {
    solved.clear();
    for (double[] v : corrections) {
      solved.add(solveSketch(v));
    }
  }

  /** Learns that H step should be larger by {@code shortfall}, which has step'shortfall > 0. */
  void learn(double[] step, double[] shortfall) {
    double delta = Blas.dot(step, shortfall);
    if (delta > 0) {
      corrections.add(shortfall.clone());
      deltas.add(delta);
      solved.add(solveSketch(shortfall));
    }
  }

  /** The v_j. */
  List<double[]> learnt() {
    return List.copyOf(corrections);
  }

  /** The delta_j. */
  double[] deltas() {
    return deltas.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Takes corrections that were learnt for the same sketch. */
  void take(List<double[]> learnt, double[] theirDeltas) {
    corrections.addAll(learnt);
    Arrays.stream(theirDeltas).forEach(deltas::add);
    solveCorrections();
  }

  /** {@code H^-1 g}, by Woodbury's identity over the corrections. */
  double[] solve(double[] g) {
    double[] x = solveSketch(g);
    int k = corrections.size();
    if (k == 0) {
      return x;
    }
    double[] small = new double[k * k];
    double[] right = new double[k];
    for (int i = 0; i < k; i++) {
      for (int j = 0; j <= i; j++) {
        small[i * k + j] = Blas.dot(corrections.get(i), solved.get(j));
      }
      small[i * k + i] += deltas.get(i);
      right[i] = Blas.dot(corrections.get(i), x);
    }
    new Cholesky(k, small).solve(right, 1);
    for (int i = 0; i < k; i++) {
      Blas.axpy(-right[i], solved.get(i), x);
    }
    return x;
  }

  /** {@code (G + sigma I)^-1 g / c}; vectors are (1 + P) x C x D, the factor wants rows x C. */
  private double[] solveSketch(double[] g) {
    double[] q = g.clone();
    if (columns == 1) {
      factor.solve(q, 1);
    } else {
      double[] turned = new double[q.length];
      for (int i = 0; i < q.length; i++) {
        turned[turnedIndex(i)] = q[i];
      }
      double[] shift =
          coupled ? OutputShift.remove(turned, columns, 1) : new double[turned.length / columns];
      factor.solve(turned, columns);
      for (int i = 0; i < q.length; i++) {
        int at = turnedIndex(i);
        q[i] = turned[at] + shift[at / columns] / sigma;
      }
    }
    if (scale != 1) {
      Arrays.setAll(q, i -> q[i] / scale);
    }
    return q;
  }

  private int turnedIndex(int i) {
    int span = columns * width;
    int block = i / span;
    int c = i % span / width;
    int j = i % width;
    return (block * width + j) * columns + c;
  }
}
