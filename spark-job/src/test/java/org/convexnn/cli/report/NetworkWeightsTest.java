package org.convexnn.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.Forest;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.LeafModel;
import org.convexnn.network.Network;
import org.convexnn.network.Tree;
import org.convexnn.network.WeightLayout;
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

  /** Tests x0 at the root, x1 on its right: leaves 0, then 1 and 2. */
  private static final Tree TREE =
      new Tree(new int[] {0, 1}, new double[2], new int[] {~0, ~1}, new int[] {1, ~2});

  private static NetworkWeights ofTrees(
      LeafModel leafModel, int[] output, int outputs, FeatureMap map, double... weights) {
    List<Tree> trees = Collections.nCopies(output.length, TREE);
    GateSet gates =
        new GateSet(HalfSpaces.none(3), List.of(), new Forest(trees, leafModel, output));
    return NetworkWeights.of(new Network(map, gates, weights, new double[outputs], 0, 1));
  }

  @Test
  void constantLeavesCountForTheTestsThatPartThem() {
    // 1 | 4 5: between the sides 1 * 2 / 3 (1 - 4.5)^2, then 1 * 1 / 2 (4 - 5)^2
    NetworkWeights one =
        ofTrees(LeafModel.CONSTANT, new int[] {0}, 1, FeatureMap.none(3), 9, 1, 4, 5);
    double root = 2 / 3.0 * 3.5 * 3.5;
    assertThat(one.features())
        .containsExactly(new double[] {Math.sqrt(root), Math.sqrt(0.5), 0}, within(1e-12));
    // all of the sum of squares about the mean, 10 / 3
    double spread = 7 * 7 / 9.0 + 2 * 2 / 9.0 + 5 * 5 / 9.0;
    assertThat(root + 0.5).isCloseTo(spread, within(1e-12));
    assertThat(one.neurons())
        .extracting(NetworkWeights.Neuron::gate)
        .containsExactly("tree 1, leaf 3", "tree 1, leaf 2", "tree 1, leaf 1");
    assertThat(one.neurons())
        .extracting(NetworkWeights.Neuron::norm)
        .containsExactly(5.0, 4.0, 1.0);
    // Of two outputs, the one and then both; a constant beside it changes nothing.
    NetworkWeights two =
        ofTrees(
            LeafModel.CONSTANT,
            new int[] {1, WeightLayout.ALL},
            2,
            FeatureMap.none(3),
            new double[] {9, 9, 7, 7, 7, 3, 1, 3, 4, 3, 5});
    assertThat(two.features())
        .containsExactly(new double[] {Math.sqrt(root), Math.sqrt(0.5), 0}, within(1e-12));
    assertThat(two.neurons()).hasSize(6);
    assertThat(two.neurons().get(0)).isEqualTo(new NetworkWeights.Neuron("tree 1, leaf 1", 7));
  }

  @Test
  void weightsOfPathLeavesCountForTheirColumns() {
    // linear 0; leaf 1 on x0: 3, bias 1; leaves 2 and 3 on x0, x1: 0, 4, bias 1 each
    NetworkWeights path =
        ofTrees(
            LeafModel.PATH,
            new int[] {0},
            1,
            FeatureMap.identity(3),
            new double[] {0, 0, 0, 0, 3, 1, 0, 4, 1, 0, 0, 1});
    assertThat(path.features()).containsExactly(new double[] {3, 4, 0}, within(1e-12));
  }
}
