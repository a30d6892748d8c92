package org.convexnn.export;

import java.util.Locale;
import org.convexnn.network.Forest;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.LeafModel;
import org.convexnn.network.Network;
import org.convexnn.network.SubNetwork;

/**
 * What a network takes in an ONNX file, in bytes; the operators come to a few hundred for each tree.
 *
 * @param weights of groups and linear part
 * @param gates directions and thresholds, nodes of trees
 * @param map the feature map
 */
record OnnxSize(long weights, long gates, long map) {

  /** A file is one protocol buffer message, below 2^31 bytes; a part is left to the operators. */
  static final long LIMIT = (1L << 31) - (1L << 24);

  /** A leaf and a test: weight and split, and eight integers, the larger ones of 4 or 5 bytes. */
  private static final int LEAF_BYTES = 2 * Double.BYTES + 32;

  static OnnxSize of(Network network) {
    Forest forest = network.gates().forest();
    long numbers = numbers(network.gates().halfSpaces());
    for (SubNetwork s : network.gates().subNetworks()) {
      numbers += numbers(s.neurons()) + s.weights().length;
    }
    return new OnnxSize(
        (network.layout().wideLength() + narrow(network)) * Double.BYTES,
        numbers * Double.BYTES
            + (long) LEAF_BYTES * forest.leaves()
            + new CategoryTests(forest, network.map().features()).bytes(),
        (2L * network.map().features() + network.map().matrix().length) * Double.BYTES);
  }

  /** The weights of narrow leaves, at most: on all outputs, and on all coordinates but of constants. */
  private static long narrow(Network network) {
    Forest forest = network.gates().forest();
    if (!forest.narrow()) {
      return 0;
    }
    long width = forest.leafModel() == LeafModel.CONSTANT ? 1 : network.layout().width();
    return forest.leaves() * width * network.outputs();
  }

  private static long numbers(HalfSpaces halfSpaces) {
    return (long) halfSpaces.directions().length + halfSpaces.thresholds().length;
  }

  /** Refuses what is larger than this many bytes. */
  void refuseAbove(long limit) {
    if (weights + gates + map > limit) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the network is too large for an ONNX file: weights of %s, gates of %s and a feature"
                  + " map of %s, where a file holds %s; train with fewer gates (numGates, numTrees),"
                  + " a larger regParam, or fewer features",
              megabytes(weights),
              megabytes(gates),
              megabytes(map),
              megabytes(limit)));
    }
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes * 1e-6);
  }
}
