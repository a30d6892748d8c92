package org.convexnn.relu;

import java.nio.DoubleBuffer;
import org.convexnn.network.ReluNetwork;

/**
 * A network with some numbers of its own as one vector, for checkpoints: C, m, how many numbers there
 * are, these, then [W1; b1], W2 and [w0; b2].
 *
 * @param network the network
 * @param numbers of it
 */
record NotedNetwork(ReluNetwork network, double... numbers) {

  private static final int HEAD = 3;

  double[] vector() {
    double[] hidden = network.hidden();
    double[] linear = network.linear();
    return DoubleBuffer.allocate(
            HEAD + numbers.length + hidden.length + network.w2().length + linear.length)
        .put(network.outputs())
        .put(network.neurons())
        .put(numbers.length)
        .put(numbers)
        .put(hidden)
        .put(network.w2())
        .put(linear)
        .array();
  }

  static NotedNetwork of(double[] vector) {
    DoubleBuffer in = DoubleBuffer.wrap(vector);
    int outputs = (int) in.get();
    int neurons = (int) in.get();
    double[] numbers = new double[(int) in.get()];
    in.get(numbers);
    // (d + 1) (m + C) numbers of hidden and linear weights.
    int width = (in.remaining() - neurons * outputs) / (neurons + outputs);
    double[] hidden = new double[width * neurons];
    double[] output = new double[neurons * outputs];
    double[] linear = new double[width * outputs];
    in.get(hidden).get(output).get(linear);
    return new NotedNetwork(ReluNetwork.stacked(hidden, output, linear, outputs), numbers);
  }
}
