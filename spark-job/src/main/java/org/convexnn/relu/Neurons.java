package org.convexnn.relu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.Cholesky;
import org.convexnn.linalg.SymmetricEigen;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.network.ReluNetwork;

/** Directions of ReLU neurons, and networks of them that are zero so far. */
final class Neurons {

  private static final double SINGULAR = 1e-8;

  private Neurons() {}

  /** Neurons of these directions, scaled to length one, with zero outputs. */
  static ReluNetwork of(List<double[]> directions, ReluProblem problem) {
    int width = problem.width();
    int c = problem.outputs();
    int m = directions.size();
    double[] hidden = new double[width * m];
    for (int j = 0; j < m; j++) {
      double[] u = directions.get(j);
      double norm = Blas.norm(u, 0, width);
      for (int i = 0; i < width; i++) {
        hidden[i * m + j] = u[i] / norm;
      }
    }
    return ReluNetwork.stacked(hidden, new double[m * c], new double[width * c], c);
  }

  /**
   * Directions that a gated network's half-spaces suggest, in coordinates z~: of each active gate the
   * leading direction u of its weights and the gate's own, both with both signs; gates of larger
   * weights first.
   *
   * @param most how many directions
   */
  static List<double[]> of(Network network, int most) {
    HalfSpaces gates = network.gates().halfSpaces();
    int width = network.map().dimension() + 1;
    int size = width * network.outputs();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < gates.size(); i++) {
      if (Blas.norm(network.weights(), (1 + i) * size, size) > 0) {
        order.add(i);
      }
    }
    order.sort(
        Comparator.comparingDouble(i -> -Blas.norm(network.weights(), (1 + i) * size, size)));
    Inverse inverse = new Inverse(network.map());
    List<double[]> directions = new ArrayList<>();
    for (int i : order) {
      double[] own = inverse.direction(gates, i);
      for (double[] u :
          List.of(leading(network.weights(), (1 + i) * size, network.outputs(), width), own)) {
        if (directions.size() < most && Blas.norm(u, 0, width) > 0) {
          directions.add(u);
          directions.add(Arrays.stream(u).map(x -> -x).toArray());
        }
      }
    }
    return directions;
  }

  /** The leading right singular vector of C x D weights. */
  private static double[] leading(double[] weights, int at, int outputs, int width) {
    double[] gram = new double[outputs * outputs];
    Blas.gemm(
        false, true, outputs, outputs, width, 1, weights, at, width, weights, at, width, 0, gram, 0,
        outputs);
    double[] vectors = SymmetricEigen.of(outputs, gram).vectors();
    double[] u = new double[width];
    for (int c = 0; c < outputs; c++) {
      for (int i = 0; i < width; i++) {
        u[i] += vectors[(outputs - 1) * outputs + c] * weights[at + c * width + i];
      }
    }
    return u;
  }

  /** From half-spaces of raw features to coordinates z~, least squares where the map loses some. */
  private static final class Inverse {

    private final FeatureMap map;
    private final Cholesky normal;

    Inverse(FeatureMap map) {
      this.map = map;
      int d = map.features();
      int k = map.dimension();
      double[] matrix = map.matrix();
      if (matrix.length == 0) {
        this.normal = null;
        return;
      }
      double[] gram = new double[k * k];
      Blas.gemm(false, true, k, k, d, 1, matrix, 0, d, matrix, 0, d, 0, gram, 0, k);
      double trace = 0;
      for (int i = 0; i < k; i++) {
        trace += gram[i * (k + 1)];
      }
      for (int i = 0; i < k; i++) {
        gram[i * (k + 1)] += SINGULAR * trace / k;
      }
      this.normal = new Cholesky(k, gram);
    }

    /** (v, b) with {@code z.v + b} about {@code x.g - t}. */
    double[] direction(HalfSpaces gates, int gate) {
      int d = map.features();
      double[] y = new double[d];
      double b = -gates.thresholds()[gate];
      for (int j = 0; j < d; j++) {
        double g = gates.directions()[gate * d + j];
        y[j] = map.inverseScale()[j] > 0 ? g / map.inverseScale()[j] : 0;
        b += g * map.mean()[j];
      }
      double[] v = map.multiply(y);
      if (normal != null) {
        normal.solve(v, 1);
      }
      double[] u = Arrays.copyOf(v, v.length + 1);
      u[v.length] = b;
      return u;
    }
  }
}
