package org.convexnn.network;

import java.util.Arrays;

/**
 * The weights of a network on the row coordinates y of its feature map, centres taken together: with
 * y~ = [y, 1]
 *
 * <pre>f(x) = shift + scale * (b0 + y~.v_0 + sum over active gates i of y~.v_i)</pre>
 *
 * @param width k + 1, the numbers of y~
 * @param linear v_0, C x (k + 1)
 * @param groups v_i of the wide gates, P x C x (k + 1)
 * @param narrow weights of the narrow leaves, which are on row coordinates already
 */
public record RowWeights(int width, double[] linear, double[] groups, double[] narrow) {

  /** Folds map and centres of a network into its weights. */
  public static RowWeights of(Network network) {
    WeightLayout layout = network.layout();
    int d = network.map().dimension();
    int width = d + 1;
    int size = layout.block();
    double[] linear = new double[size];
    double[] groups = new double[layout.wide() * size];
    double[] centres = network.gates().centres();
    for (int block = 0; block <= layout.wide(); block++) {
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
    double[] narrow = Arrays.copyOfRange(network.weights(), layout.wideLength(), layout.length());
    return new RowWeights(width, linear, groups, narrow);
  }

  /** v_i of the wide gates from, from + 1, ..., to - 1. */
  public double[] ofGroups(int from, int to) {
    return Arrays.copyOfRange(groups, from * linear.length, to * linear.length);
  }
}
