package org.convexnn.network;

import java.io.Serializable;
import java.util.List;

/**
 * The gates of a network, in group order: first the half-spaces, then the leaves of each tree.
 *
 * <p>Group i has the pattern value {@code s_i(x) - c_i}: the indicator less its centre.
 *
 * @param halfSpaces gates of which many are active on a row
 * @param trees sets of gates of which exactly one, a leaf, is active on a row
 */
public record GateSet(HalfSpaces halfSpaces, List<Tree> trees) implements Serializable {

  /** Copies the list of trees. */
  public GateSet {
    trees = List.copyOf(trees);
  }

  /** A set of half-spaces alone. */
  public static GateSet of(HalfSpaces halfSpaces) {
    return new GateSet(halfSpaces, List.of());
  }

  /** The number of leaves of all trees. */
  public int leaves() {
    return trees.stream().mapToInt(Tree::leaves).sum();
  }

  /** The number of groups: half-spaces plus leaves. */
  public int size() {
    return halfSpaces.size() + leaves();
  }

  /** c_i of every group. */
  public double[] centres() {
    double[] c = new double[size()];
    System.arraycopy(halfSpaces.centres(), 0, c, 0, halfSpaces.size());
    return c;
  }
}
