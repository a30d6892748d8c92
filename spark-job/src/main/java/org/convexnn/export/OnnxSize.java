package org.convexnn.export;

import java.util.Locale;
import org.convexnn.network.HalfSpaces;
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

  private static final int NODE_BYTES = 3 * Long.BYTES + Double.BYTES;

  static OnnxSize of(Network network) {
    long numbers = numbers(network.gates().halfSpaces());
    for (SubNetwork s : network.gates().subNetworks()) {
      numbers += numbers(s.neurons()) + s.weights().length;
    }
    return new OnnxSize(
        (long) network.weights().length * Double.BYTES,
        numbers * Double.BYTES + 2L * network.gates().leaves() * NODE_BYTES,
        (2L * network.features() + network.map().matrix().length) * Double.BYTES);
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
