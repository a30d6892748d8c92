package org.convexnn.network;

import java.util.Arrays;

/**
 * The weights of a network on the row coordinates y of its feature map, centres taken together: with
 * y~ = [y, 1]
 *
 * <pre>f(x) = shift + scale * (b0 + y~.v_0 + sum over active groups i of y~.v_i)</pre>
 *
 * @param width k + 1, the numbers of y~
 * @param linear v_0, C x (k + 1)
 * @param groups v_i, P x C x (k + 1)
 */
public record RowWeights(int width, double[] linear, double[] groups) {

  /** Folds map and centres of a network into its weights. */
  public static RowWeights of(Network network) {
    int d = network.map().dimension();
    int width = d + 1;
    int size = network.outputs() * width;
    double[] linear = new double[size];
    double[] groups = new double[network.gates().size() * size];
    double[] centres = network.gates().centres();
    for (int block = 0; block <= network.gates().size(); block++) {
      for (int k = 0; k < network.outputs(); k++) {
        int from = block * size + k * width;
        double[] v =
            network.map().toRowWeights(Arrays.copyOfRange(network.weights(), from, from + d));
        double bias = network.weights()[from + d];
        double centre = block == 0 ? -1 : centres[block - 1];
        for (int j = 0; j < d; j++) {
          linear[k * width + j] -= centre * v[j];
        }
        linear[k * width + d] -= centre * bias;
        if (block > 0) {
          int to = (block - 1) * size + k * width;
          System.arraycopy(v, 0, groups, to, d);
          groups[to + d] = bias;
        }
      }
    }
    return new RowWeights(width, linear, groups);
  }

  /** v_i of the groups from, from + 1, ..., to - 1. */
  public double[] ofGroups(int from, int to) {
    return Arrays.copyOfRange(groups, from * linear.length, to * linear.length);
  }
}
