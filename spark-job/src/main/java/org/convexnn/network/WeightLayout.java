package org.convexnn.network;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Where the weights of each part of a network stand in one vector:
 *
 * <pre>[ linear part | wide gates | narrow leaves ]
 *   C D          P C D         sum over leaves of C_i D_i</pre>
 *
 * with D = k + 1 coordinates z~ = [z, 1] and C outputs. Half-spaces, paths of sub-networks and linear
 * leaves are <em>wide</em>: their weights are on all D coordinates of all outputs. A <em>narrow</em>
 * leaf i has weights on D_i = 1 + its columns coordinates, the bias last, of one output (C_i = 1) or
 * of all of them. Every gate is one group, output by output, in the order of the gates.
 *
 * @param outputs C
 * @param width D
 * @param wide P, the number of wide gates
 * @param start where in the vector the weights of each narrow leaf start, and the vector's length
 * @param columns of each narrow leaf, the coordinates beside the bias
 * @param output of each narrow leaf, the one output that it adds to; {@link #ALL} = every one
 */
public record WeightLayout(
    int outputs, int width, int wide, int[] start, int[][] columns, int[] output)
    implements Serializable {

  /** Every output, in the place of one. */
  public static final int ALL = -1;

  private static final int[] NO_COLUMNS = new int[0];

  /** A layout without narrow leaves. */
  public static WeightLayout wide(int outputs, int width, int wide) {
    return of(outputs, width, wide, new int[0][], new int[0]);
  }

  /**
   * The layout of wide gates and narrow leaves.
   *
   * @throws IllegalArgumentException where the vector would have more than 2^31 - 9 numbers
   */
  public static WeightLayout of(int outputs, int width, int wide, int[][] columns, int[] output) {
    long at = (1L + wide) * outputs * width;
    int[] start = new int[columns.length + 1];
    for (int i = 0; i < columns.length; i++) {
      start[i] = Math.toIntExact(at);
      at += (1L + columns[i].length) * (output[i] == ALL ? outputs : 1);
    }
    if (at > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "a network of "
              + at
              + " weights, more than one vector holds: lower numTrees, numLeaves or numGates");
    }
    start[columns.length] = (int) at;
    return new WeightLayout(outputs, width, wide, start, columns, output);
  }

  /** The columns of constant leaves. */
  public static int[][] noColumns(int leaves) {
    int[][] columns = new int[leaves][];
    Arrays.fill(columns, NO_COLUMNS);
    return columns;
  }

  /** The length of the vector. */
  public int length() {
    return start[start.length - 1];
  }

  /** C D, the numbers of the linear part and of a wide gate. */
  public int block() {
    return outputs * width;
  }

  /** (1 + P) C D, where the narrow leaves start. */
  public int wideLength() {
    return (1 + wide) * block();
  }

  /** The number of narrow leaves. */
  public int narrow() {
    return output.length;
  }

  /** The number of gates: wide ones and narrow leaves. */
  public int gates() {
    return wide + narrow();
  }

  /** Where the weights of gate i start, i from 0; those of {@code gates()} would start at the end. */
  public int start(int gate) {
    return gate < wide ? (1 + gate) * block() : start[gate - wide];
  }

  /** D_i of narrow leaf i. */
  public int narrowWidth(int i) {
    return 1 + columns[i].length;
  }

  /** C_i of narrow leaf i. */
  public int narrowOutputs(int i) {
    return output[i] == ALL ? outputs : 1;
  }

  /** Whether every narrow leaf is a bias alone. */
  public boolean constant() {
    return length() - wideLength() == Arrays.stream(output).map(o -> o == ALL ? outputs : 1).sum();
  }

  /** The layout of the linear part alone. */
  public WeightLayout withoutGates() {
    return wide(outputs, width, 0);
  }
}
