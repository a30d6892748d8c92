package org.convexnn.ml.io;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.convexnn.network.CategoryBins;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Imputation;
import org.convexnn.network.LeafModel;
import org.convexnn.network.LeafPenalty;
import org.convexnn.network.SubNetwork;
import org.convexnn.network.Tree;

/**
 * A row of a saved model's table, read with suspicion: whatever is missing, of another length or
 * not finite is an IllegalArgumentException that names table and column.
 *
 * @param row the row
 * @param table its table
 * @param path where the model is
 */
record SavedRow(Row row, String table, String path) {

  /** Flag of a node: missing values go left. */
  static final int MISSING_LEFT = 1;

  /** Flag of a node: what is not missing goes left. */
  static final int ALL_LEFT = 2;

  /** Flag of a node: it tests a set of bins. */
  static final int SET = 4;

  private static final int WORDS = 4;

  /** The error for a table that is not as it was written. */
  static CorruptFileException damaged(String path, String table, String what) {
    return new CorruptFileException(path, "data/" + table + ": " + what);
  }

  private Object value(String column) {
    Object value = row.getAs(column);
    if (value == null) {
      throw damaged(path, table, column + " is missing");
    }
    return value;
  }

  boolean has(String column) {
    return !row.isNullAt(row.fieldIndex(column));
  }

  int integer(String column) {
    return (int) value(column);
  }

  String text(String column) {
    return (String) value(column);
  }

  double number(String column) {
    return finite(column, (double) value(column));
  }

  private double finite(String column, double value) {
    if (!Double.isFinite(value)) {
      throw damaged(path, table, column + " has the value " + value);
    }
    return value;
  }

  /** An array of finite numbers of this length. */
  double[] doubles(String column, int length) {
    value(column);
    List<Object> values = row.getList(row.fieldIndex(column));
    if (values.size() != length) {
      throw damaged(path, table, column + " has " + values.size() + " numbers, not " + length);
    }
    double[] array = new double[length];
    for (int i = 0; i < length; i++) {
      if (values.get(i) == null) {
        throw damaged(path, table, column + " has a number missing");
      }
      array[i] = finite(column, (double) values.get(i));
    }
    return array;
  }

  /** An array of finite numbers of any length. */
  double[] doubles(String column) {
    return doubles(column, size(column));
  }

  private int size(String column) {
    value(column);
    return row.getList(row.fieldIndex(column)).size();
  }

  private int[] ints(String column) {
    value(column);
    List<Object> values = row.getList(row.fieldIndex(column));
    int[] array = new int[values.size()];
    for (int i = 0; i < array.length; i++) {
      if (values.get(i) == null) {
        throw damaged(path, table, column + " has a number missing");
      }
      array[i] = (int) values.get(i);
    }
    return array;
  }

  /** The sub-network in the columns feature, threshold, direction and centre. */
  SubNetwork subNetwork(int d) {
    int[] widths = ints("feature");
    int paths = size("threshold");
    int above = size("direction") - paths * d;
    if (!SubNetwork.fits(widths, paths, above)) {
      throw damaged(
          path,
          table,
          "a sub-network of widths " + Arrays.toString(widths) + " has " + paths + " paths");
    }
    double[] direction = doubles("direction", paths * d + above);
    return new SubNetwork(
        widths,
        new HalfSpaces(
            d,
            Arrays.copyOf(direction, paths * d),
            doubles("threshold", paths),
            doubles("centre", paths)),
        Arrays.copyOfRange(direction, paths * d, direction.length));
  }

  /** The tree in the columns feature, threshold, left and right, on rows of d features. */
  Tree tree(int d) {
    int[] feature = ints("feature");
    int[] left = ints("left");
    int[] right = ints("right");
    int nodes = feature.length;
    if (left.length != nodes || right.length != nodes) {
      throw damaged(path, table, "a tree's arrays have different lengths");
    }
    boolean[] reachedNodes = new boolean[nodes];
    boolean[] reachedLeaves = new boolean[nodes + 1];
    for (int i = 0; i < nodes; i++) {
      if (feature[i] < 0 || feature[i] >= d) {
        throw damaged(path, table, "a tree tests feature " + feature[i] + " of " + d);
      }
      reach(left[i], i, reachedNodes, reachedLeaves);
      reach(right[i], i, reachedNodes, reachedLeaves);
    }
    double[] threshold = doubles("threshold", nodes);
    return has("flags")
        ? tested(feature, threshold, left, right)
        : new Tree(feature, threshold, left, right);
  }

  private Tree tested(int[] feature, double[] threshold, int[] left, int[] right) {
    int nodes = feature.length;
    int[] flags = ints("flags");
    long[] words = longs("sets");
    if (flags.length != nodes) {
      throw damaged(
          path, table, "a tree has flags for " + flags.length + " of " + nodes + " nodes");
    }
    long[][] sets = new long[words.length == 0 ? 0 : nodes][];
    boolean[] missingLeft = new boolean[nodes];
    int at = 0;
    for (int i = 0; i < nodes; i++) {
      missingLeft[i] = (flags[i] & MISSING_LEFT) != 0;
      if ((flags[i] & ALL_LEFT) != 0) {
        threshold[i] = Double.POSITIVE_INFINITY;
      }
      if ((flags[i] & SET) != 0) {
        if (at + WORDS > words.length) {
          throw damaged(path, table, "a tree lacks a set of categories");
        }
        sets[i] = Arrays.copyOfRange(words, at, at + WORDS);
        at += WORDS;
      }
    }
    if (at != words.length) {
      throw damaged(path, table, "a tree has more sets of categories than tests");
    }
    return new Tree(feature, threshold, left, right, sets, missingLeft);
  }

  /** What stands in a tree's leaves: linear where nothing is said, as in format 1. */
  LeafModel leafModel() {
    String name = has("leaves") ? text("leaves") : "linear";
    return switch (name) {
      case "linear" -> LeafModel.LINEAR;
      case "constant" -> LeafModel.CONSTANT;
      default -> throw damaged(path, table, "leaves are '" + name + "'");
    };
  }

  /** What the penalty on a tree's leaves takes from boosting. */
  LeafPenalty leafPenalty(int leaves) {
    double[] weights = some("normWeights", leaves);
    for (double weight : weights) {
      if (!(weight > 0)) {
        throw damaged(path, table, "a leaf's norm has the weight " + weight);
      }
    }
    return new LeafPenalty(weights, some("normCentres", leaves));
  }

  private double[] some(String column, int count) {
    return !has(column) || size(column) == 0 ? new double[0] : doubles(column, count);
  }

  /** The bins of a column of categories. */
  byte[] bins() {
    int[] bins = ints("bins");
    byte[] table = new byte[bins.length];
    for (int code = 0; code < bins.length; code++) {
      if (bins[code] < 0
          || bins[code] > CategoryBins.MISSING
          || bins.length > CategoryBins.MOST_CODES) {
        throw damaged(path, table(), "a category has the bin " + bins[code]);
      }
      table[code] = (byte) bins[code];
    }
    return table;
  }

  /**
   * What is made of missing values.
   *
   * @param features that come of it
   */
  Imputation imputation(int features) {
    int values = has("imputed") ? size("imputed") : 0;
    if (values == 0) {
      return Imputation.NONE;
    }
    int[] indicated = ints("indicated");
    if (values + indicated.length != features) {
      throw damaged(
          path,
          table,
          values + " imputed values and " + indicated.length + " indicators of " + features);
    }
    try {
      return new Imputation(doubles("imputed", values), indicated);
    } catch (IllegalArgumentException e) {
      throw damaged(path, table, e.getMessage());
    }
  }

  /** Whether a value is true. */
  boolean truth(String column) {
    return (boolean) value(column);
  }

  private long[] longs(String column) {
    value(column);
    List<Object> values = row.getList(row.fieldIndex(column));
    long[] array = new long[values.size()];
    for (int i = 0; i < array.length; i++) {
      if (values.get(i) == null) {
        throw damaged(path, table, column + " has a number missing");
      }
      array[i] = (long) values.get(i);
    }
    return array;
  }

  /** Children come after their parents and are reached once: then every row ends in one leaf. */
  private void reach(int child, int parent, boolean[] nodes, boolean[] leaves) {
    boolean good =
        child >= 0
            ? child > parent && child < nodes.length && !nodes[child]
            : ~child < leaves.length && !leaves[~child];
    if (!good) {
      throw damaged(path, table, "a tree's node " + parent + " has the child " + child);
    }
    if (child >= 0) {
      nodes[child] = true;
    } else {
      leaves[~child] = true;
    }
  }
}
