package org.convexnn.solver.forest;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.convexnn.gate.Boosting;
import org.convexnn.network.CategoryBins;
import org.convexnn.network.Forest;
import org.convexnn.network.LeafModel;
import org.convexnn.network.LeafPenalty;
import org.convexnn.network.WeightLayout;

/**
 * Trees that boosting grew, with what it found in their leaves.
 *
 * @param forest the trees, leaves constant
 * @param values by leaf of all trees what boosting adds there, the first point of a solve
 * @param shares p_i of all leaves, their shares of the weight of the rows
 * @param codes by tree the leaf of each row that it was grown on; empty where that is not kept
 * @param heldOutCodes by tree the leaf of each held-out row
 */
record GrownForest(
    Forest forest, double[] values, double[] shares, byte[][] codes, byte[][] heldOutCodes) {

  /** The trees of the first rounds. */
  static GrownForest of(Boosting.Result grown, int rounds, CategoryBins categories, int outputs) {
    int trees = grown.treesAfter()[rounds];
    int[] output = new int[trees];
    for (int t = 0; t < trees; t++) {
      output[t] = outputs == 1 ? WeightLayout.ALL : grown.outputOf()[t];
    }
    double[] values =
        Arrays.stream(grown.values()).limit(trees).flatMapToDouble(Arrays::stream).toArray();
    return new GrownForest(
        new Forest(
            grown.trees().subList(0, trees),
            LeafModel.CONSTANT,
            output,
            categories.isEmpty() ? CategoryBins.none(0) : categories,
            LeafPenalty.PLAIN),
        values,
        Arrays.stream(grown.leafWeights())
            .limit(trees)
            .flatMapToDouble(GrownForest::shares)
            .toArray(),
        first(grown.codes(), trees),
        first(grown.heldOutCodes(), trees));
  }

  /** This forest under a penalty. */
  GrownForest with(LeafPenalty penalty) {
    return new GrownForest(forest.with(penalty), values, shares, codes, heldOutCodes);
  }

  /** The number of trees. */
  int trees() {
    return forest.trees().size();
  }

  private static DoubleStream shares(double[] leafWeights) {
    double total = Arrays.stream(leafWeights).sum();
    return Arrays.stream(leafWeights).map(weight -> weight / total);
  }

  private static byte[][] first(byte[][] codes, int trees) {
    return Arrays.copyOf(codes, Math.min(codes.length, trees));
  }
}
