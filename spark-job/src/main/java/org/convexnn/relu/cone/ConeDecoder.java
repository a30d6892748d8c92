package org.convexnn.relu.cone;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.convexnn.block.pass.cone.ActivationPass;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SymmetricEigen;
import org.convexnn.network.ReluNetwork;

/**
 * Plain ReLU weights of a {@link ConeProgram}'s solution (docs/theory/cones.md#decoding). A neuron
 * u with output sign s, in the convex scale, is {@code s ||u||^(1/2) (z~.u / ||u||^(1/2))_+}: half
 * the sum of squares of both layers is ||u||. Two rules make fewer neurons of the same function on
 * the training rows:
 *
 * <ul>
 *   <li>neurons of one sign that are in a common cone become their sum, whose norm is not larger;
 *   <li>while activations are linearly dependent, {@code sum_j c_j s_j h_j = 0}, neurons are scaled by
 *       1 - c_j / c_q, q with the largest |c_q|, which removes q and, at an optimum, keeps the
 *       penalty (Mishkin and Pilanci 2023). At most n neurons are left.
 * </ul>
 */
public final class ConeDecoder {

  private static final double COMMON_CONE = 1e-7;
  private static final double DEPENDENT = 1e-13;

  private final ConeProgram program;

  /** A decoder of one program's solutions. */
  public ConeDecoder(ConeProgram program) {
    this.program = program;
  }

  /** A neuron in the convex scale. */
  private record Neuron(double[] u, int sign) {

    double norm() {
      return Blas.norm(u, 0, u.length);
    }

    Neuron scaled(double factor) {
      return new Neuron(Arrays.stream(u).map(x -> factor * x).toArray(), sign);
    }
  }

  /** The network on z with a neuron for each group that is not zero. */
  public ReluNetwork decode(double[] weights) {
    return network(weights, neurons(weights));
  }

  /** A network of these values on the rows, with as few neurons as both rules leave. */
  public ReluNetwork decodeSparsely(double[] weights) {
    return network(weights, pruned(merged(neurons(weights))));
  }

  private List<Neuron> neurons(double[] weights) {
    int width = program.setting().width();
    List<Neuron> neurons = new ArrayList<>();
    for (int c = 0; c < program.setting().cones(); c++) {
      int at = program.setting().linear() + c * width;
      Neuron neuron =
          new Neuron(
              Arrays.copyOfRange(weights, at, at + width), c < program.setting().gates() ? 1 : -1);
      if (neuron.norm() > 0) {
        neurons.add(neuron);
      }
    }
    return neurons;
  }

  private double[][] activations(List<Neuron> neurons) {
    int width = program.setting().width();
    double[] unit = new double[neurons.size() * width];
    for (int j = 0; j < neurons.size(); j++) {
      Neuron neuron = neurons.get(j);
      System.arraycopy(neuron.scaled(1 / neuron.norm()).u(), 0, unit, j * width, width);
    }
    return program.rows().sum("activations", new ActivationPass(program.setting(), unit));
  }

  private List<Neuron> merged(List<Neuron> neurons) {
    int m = neurons.size();
    double[] conflicts = activations(neurons)[1];
    List<List<Integer>> cones = new ArrayList<>();
    for (int j = 0; j < m; j++) {
      int at = j;
      List<Integer> cone =
          cones.stream()
              .filter(
                  members ->
                      members.stream()
                          .allMatch(
                              k ->
                                  neurons.get(k).sign() == neurons.get(at).sign()
                                      && conflicts[at * m + k] <= COMMON_CONE
                                      && conflicts[k * m + at] <= COMMON_CONE))
              .findFirst()
              .orElse(null);
      if (cone == null) {
        cones.add(new ArrayList<>(List.of(j)));
      } else {
        cone.add(j);
      }
    }
    List<Neuron> sums = new ArrayList<>();
    for (List<Integer> members : cones) {
      double[] u = new double[program.setting().width()];
      members.forEach(j -> Blas.axpy(1, neurons.get(j).u(), u));
      sums.add(new Neuron(u, neurons.get(members.get(0)).sign()));
    }
    return sums;
  }

  private List<Neuron> pruned(List<Neuron> neurons) {
    List<Neuron> left = new ArrayList<>(neurons);
    double[] gram = activations(left)[0];
    List<Integer> index = new ArrayList<>();
    for (int j = 0; j < left.size(); j++) {
      index.add(j);
    }
    int all = left.size();
    while (!left.isEmpty()) {
      int m = left.size();
      double[] correlation = new double[m * m];
      double[] scale = new double[m];
      for (int j = 0; j < m; j++) {
        scale[j] = 1 / Math.sqrt(Math.max(gram[index.get(j) * (all + 1)], Double.MIN_NORMAL));
      }
      for (int j = 0; j < m; j++) {
        for (int k = 0; k < m; k++) {
          correlation[j * m + k] =
              left.get(j).sign()
                  * left.get(k).sign()
                  * scale[j]
                  * scale[k]
                  * gram[index.get(j) * all + index.get(k)];
        }
      }
      SymmetricEigen eigen = SymmetricEigen.of(m, correlation);
      if (eigen.values()[0] > DEPENDENT) {
        break;
      }
      // Of unit neurons sum_j d_j s_j h_j = 0; of the neurons themselves c_j = d_j / ||u_j||.
      double[] c = new double[m];
      int q = 0;
      for (int j = 0; j < m; j++) {
        c[j] = eigen.vectors()[j] * scale[j] / left.get(j).norm();
        q = Math.abs(c[j]) > Math.abs(c[q]) ? j : q;
      }
      for (int j = 0; j < m; j++) {
        left.set(j, left.get(j).scaled(1 - c[j] / c[q]));
      }
      left.remove(q);
      index.remove(q);
      for (int j = left.size() - 1; j >= 0; j--) {
        if (left.get(j).norm() == 0) {
          left.remove(j);
          index.remove(j);
        }
      }
    }
    return left;
  }

  private ReluNetwork network(double[] weights, List<Neuron> neurons) {
    int k = program.setting().map().dimension();
    int m = neurons.size();
    double[] hidden = new double[(k + 1) * m];
    double[] output = new double[m];
    for (int j = 0; j < m; j++) {
      Neuron neuron = neurons.get(j);
      double root = Math.sqrt(neuron.norm());
      for (int i = 0; i < neuron.u().length; i++) {
        hidden[i * m + j] = neuron.u()[i] / root;
      }
      output[j] = neuron.sign() * root;
    }
    double[] linear = new double[k + 1];
    System.arraycopy(weights, 0, linear, 0, program.setting().linear());
    return ReluNetwork.stacked(hidden, output, linear, 1);
  }
}
