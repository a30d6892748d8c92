package org.convexnn.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.network.Tree;
import org.junit.jupiter.api.Test;

class NetworkWeightsTest {

  @Test
  void normsAreThoseOfTheWeights() {
    // z = (y1 + y2, y2); weights [u1, u2, bias] on z are [u1, u1 + u2] on y.
    FeatureMap map =
        new FeatureMap(new double[2], new double[] {1, 1}, new double[] {1, 1, 0, 1}, 3);
    HalfSpaces halfSpaces =
        new HalfSpaces(2, new double[] {1, 0, 0, 1}, new double[2], new double[2]);
    Tree tree = new Tree(new int[] {0}, new double[] {0}, new int[] {~0}, new int[] {~1});
    double[] weights = {1, 0, 9, 0, 0, 0, 3, -3, 4, 0, 0, 0, 0, 2, 0};
    Network network =
        new Network(map, new GateSet(halfSpaces, List.of(tree)), weights, new double[1], 0, 1);
    NetworkWeights found = NetworkWeights.of(network);
    assertThat(found.neurons())
        .extracting(NetworkWeights.Neuron::gate)
        .containsExactly("half-space 2", "tree 1, leaf 2");
    assertThat(found.neurons().get(0).norm()).isCloseTo(Math.sqrt(34), within(1e-12));
    assertThat(found.neurons().get(1).norm()).isCloseTo(2, within(1e-12));
    // on y: [1, 1], [3, 0], [0, 2]
    assertThat(found.features())
        .containsExactly(new double[] {Math.sqrt(10), Math.sqrt(5)}, within(1e-12));
  }
}
