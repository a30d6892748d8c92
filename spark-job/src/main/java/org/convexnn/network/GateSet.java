package org.convexnn.network;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The gates of a network, in order: first the half-spaces, then the paths of each sub-network, then
 * the leaves of each tree. Gate i has the pattern value {@code s_i(x) - c_i}: the indicator less its
 * centre. Every gate is a group of weights by itself, but the paths of a sub-network are one group.
 *
 * @param halfSpaces gates of which many are active on a row
 * @param subNetworks sub-networks of one shape, whose paths are gates; alone, where there are any
 * @param forest trees, of each of which exactly one leaf is active on a row
 */
public record GateSet(HalfSpaces halfSpaces, List<SubNetwork> subNetworks, Forest forest)
    implements Serializable {

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException for sub-networks of several shapes or beside other gates
   */
  public GateSet {
    subNetworks = List.copyOf(subNetworks);
    for (SubNetwork s : subNetworks) {
      if (halfSpaces.size() > 0
          || !forest.trees().isEmpty()
          || !Arrays.equals(s.widths(), subNetworks.get(0).widths())
          || s.neurons().features() != halfSpaces.features()) {
        throw new IllegalArgumentException(
            "sub-networks of widths "
                + Arrays.toString(subNetworks.get(0).widths())
                + " on "
                + halfSpaces.features()
                + " features stand alone; here are "
                + halfSpaces.size()
                + " half-spaces, "
                + forest.trees().size()
                + " trees and a sub-network of widths "
                + Arrays.toString(s.widths())
                + " on "
                + s.neurons().features()
                + " features");
      }
    }
  }

  /** Half-spaces and the leaves of trees, which are linear. */
  public GateSet(HalfSpaces halfSpaces, List<Tree> trees) {
    this(halfSpaces, List.of(), Forest.linear(trees));
  }

  /** Sub-networks alone, or half-spaces and the leaves of trees, which are linear. */
  public GateSet(HalfSpaces halfSpaces, List<SubNetwork> subNetworks, List<Tree> trees) {
    this(halfSpaces, subNetworks, Forest.linear(trees));
  }

  /** A set of half-spaces alone. */
  public static GateSet of(HalfSpaces halfSpaces) {
    return new GateSet(halfSpaces, List.of(), Forest.NONE);
  }

  /** The paths of sub-networks, of which there is at least one. */
  public static GateSet of(List<SubNetwork> subNetworks) {
    int features = subNetworks.get(0).neurons().features();
    return new GateSet(HalfSpaces.none(features), subNetworks, Forest.NONE);
  }

  /** The trees. */
  public List<Tree> trees() {
    return forest.trees();
  }

  /** The number of leaves of all trees. */
  public int leaves() {
    return forest.leaves();
  }

  /** The number of gates whose weights are on all coordinates. */
  public int wide() {
    return overlapping() + (forest.narrow() ? 0 : leaves());
  }

  /**
   * Where the weights of a network with these gates stand.
   *
   * @param outputs C
   * @param width D
   */
  public WeightLayout layout(int outputs, int width) {
    return forest.narrow()
        ? WeightLayout.of(outputs, width, overlapping(), forest.columns(), forest.outputs())
        : WeightLayout.wide(outputs, width, size());
  }

  /** The number of gates of which many are active on a row: half-spaces and paths. */
  public int overlapping() {
    return halfSpaces.size() + subNetworks.size() * gatesPerGroup();
  }

  /** The number of gates: half-spaces, paths and leaves. */
  public int size() {
    return overlapping() + leaves();
  }

  /** How many gates have one norm over their weights: the paths of a sub-network, else 1. */
  public int gatesPerGroup() {
    return subNetworks.isEmpty() ? 1 : subNetworks.get(0).paths();
  }

  /** c_i of every gate. */
  public double[] centres() {
    double[] c = new double[size()];
    System.arraycopy(halfSpaces.centres(), 0, c, 0, halfSpaces.size());
    int at = halfSpaces.size();
    for (SubNetwork s : subNetworks) {
      System.arraycopy(s.neurons().centres(), 0, c, at, s.paths());
      at += s.paths();
    }
    return c;
  }

  /** What the gates are, in words. */
  public String description() {
    List<String> parts = new ArrayList<>();
    if (halfSpaces.size() > 0) {
      parts.add(halfSpaces.size() + " half-spaces");
    }
    if (!subNetworks.isEmpty()) {
      int[] widths = subNetworks.get(0).widths();
      parts.add(
          subNetworks.size()
              + " sub-networks of "
              + (widths.length + 2)
              + " layers, widths "
              + Arrays.toString(widths)
              + " below the last neuron, "
              + gatesPerGroup()
              + " paths each");
    }
    if (!trees().isEmpty()) {
      parts.add(
          trees().size()
              + " trees with "
              + leaves()
              + (forest.narrow() ? " " + forest.leafModel().name().toLowerCase(Locale.ROOT) : "")
              + " leaves");
    }
    return parts.isEmpty() ? "none, the model is linear" : String.join(", ", parts);
  }

  /** About how many bytes the gates take. */
  public long bytes() {
    return 8L * halfSpaces.directions().length
        + subNetworks.stream().mapToLong(s -> 8L * s.neurons().directions().length).sum();
  }

  /** An evaluator of the gates on rows. Not thread-safe; make one per task. */
  public Evaluator evaluator() {
    return new Evaluator(this);
  }

  /** Evaluates gates row by row, in double precision. */
  public static final class Evaluator {

    private final GateSet gates;
    private final double[] transposed;
    private final double[] scores;
    private final double[][] transposedOf;
    private final double[] h;
    private final boolean[] active;

    private Evaluator(GateSet gates) {
      this.gates = gates;
      this.transposed = gates.halfSpaces.transposed();
      this.scores = new double[gates.halfSpaces.size()];
      this.transposedOf =
          gates.subNetworks.stream().map(s -> s.neurons().transposed()).toArray(double[][]::new);
      this.h = new double[gates.gatesPerGroup()];
      this.active = new boolean[gates.overlapping()];
    }

    /**
     * Which of the {@link GateSet#overlapping} gates are active on a raw row; overwritten by the
     * next call.
     */
    public boolean[] active(double[] x) {
      return active((half, transposed, scores) -> half.scores(transposed, x, scores));
    }

    /**
     * Which gates are active on a row given by its non-zeros; overwritten by the next call.
     *
     * @param columns their columns, ascending
     * @param values the non-zeros
     * @param count how many they are
     */
    public boolean[] active(int[] columns, double[] values, int count) {
      return active(
          (half, transposed, scores) -> half.scores(transposed, columns, values, count, scores));
    }

    /** A row, which knows its scores. */
    private interface Scored {
      void scores(HalfSpaces half, double[] transposed, double[] scores);
    }

    private boolean[] active(Scored row) {
      if (scores.length > 0) {
        row.scores(gates.halfSpaces, transposed, scores);
        for (int p = 0; p < scores.length; p++) {
          active[p] = gates.halfSpaces.active(p, scores[p]);
        }
      }
      int at = scores.length;
      for (int k = 0; k < transposedOf.length; k++) {
        SubNetwork subNetwork = gates.subNetworks.get(k);
        row.scores(subNetwork.neurons(), transposedOf[k], h);
        subNetwork.activate(h, active, at);
        at += h.length;
      }
      return active;
    }
  }
}
