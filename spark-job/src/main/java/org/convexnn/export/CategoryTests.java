package org.convexnn.export;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.convexnn.network.CategoryBins;
import org.convexnn.network.Forest;
import org.convexnn.network.Tree;

/**
 * The tests of columns of categories as further columns, which follow the d columns of a row: 0 where
 * the row goes left, 1 where it goes right. A tree then tests {@code x < 0.5} of one of them.
 *
 * <p>The operator's own test of sets is left alone: ONNX Runtime unrolls it to chains of nodes, and
 * does not get through large sets (its issue 25400).
 */
final class CategoryTests {

  private final CategoryBins categories;
  private final int features;

  /** By column, the tests by the bins that go left, in the order of their columns. */
  private final Map<Integer, Map<BitSet, Integer>> tests = new TreeMap<>();

  /**
   * The tests of a forest.
   *
   * @param features d
   * @throws IllegalArgumentException where a set of bins is tested on a column without categories
   */
  CategoryTests(Forest forest, int features) {
    this.categories = forest.categories();
    this.features = features;
    for (Tree tree : forest.trees()) {
      for (int node = 0; node < tree.feature().length; node++) {
        int column = tree.feature()[node];
        if (isCategorical(column)) {
          Map<BitSet, Integer> others = tests.computeIfAbsent(column, j -> new LinkedHashMap<>());
          others.putIfAbsent(left(tree, node), others.size());
        } else if (tree.sets().length > 0 && tree.sets()[node] != null) {
          throw new IllegalArgumentException(
              "a tree tests a set of categories on column " + column + ", which has none");
        }
      }
    }
  }

  boolean isCategorical(int column) {
    return column < categories.tables().length && categories.isCategorical(column);
  }

  /** The bins that go left, with {@link CategoryBins#MISSING} where a missing value does. */
  private static BitSet left(Tree tree, int node) {
    BitSet left = new BitSet();
    long[] set = tree.sets().length == 0 ? null : tree.sets()[node];
    for (int bin = 0; bin < CategoryBins.MISSING; bin++) {
      left.set(bin, set == null ? bin < tree.threshold()[node] : Tree.contains(set, bin));
    }
    left.set(CategoryBins.MISSING, tree.missingLeft()[node]);
    return left;
  }

  /** The further column of a test. */
  int column(Tree tree, int node) {
    int at = features;
    for (Map.Entry<Integer, Map<BitSet, Integer>> of : tests.entrySet()) {
      if (of.getKey() == tree.feature()[node]) {
        return at + of.getValue().get(left(tree, node));
      }
      at += of.getValue().size();
    }
    throw new IllegalStateException("no test of column " + tree.feature()[node]);
  }

  /** About the bytes of the tables. */
  long bytes() {
    long bytes = 0;
    for (Map.Entry<Integer, Map<BitSet, Integer>> of : tests.entrySet()) {
      bytes += (long) Long.BYTES * categories.tables()[of.getKey()].length;
      bytes += (long) (CategoryBins.MISSING + 1) * of.getValue().size();
    }
    return bytes;
  }

  /** The row with the further columns: n x (d + tests). */
  String add(Graph graph, String x) {
    if (tests.isEmpty()) {
      return x;
    }
    List<String> outcomes =
        tests.entrySet().stream()
            .map(of -> graph.gather(outcomes(graph, of.getValue()), bin(graph, x, of.getKey()), 0))
            .toList();
    String all = graph.node("Concat", outcomes, Graph.attribute("axis", 1));
    return graph.node("Concat", List.of(x, graph.toDouble(all)), Graph.attribute("axis", 1));
  }

  /** The outcome of each test for each bin, 256 x tests. */
  private static String outcomes(Graph graph, Map<BitSet, Integer> tests) {
    byte[] right = new byte[(CategoryBins.MISSING + 1) * tests.size()];
    tests.forEach(
        (left, test) ->
            IntStream.rangeClosed(0, CategoryBins.MISSING)
                .filter(bin -> !left.get(bin))
                .forEach(bin -> right[bin * tests.size() + test] = 1));
    return graph.bytes(right, CategoryBins.MISSING + 1, tests.size());
  }

  /** {@link CategoryBins#bin} of each row's code. */
  private String bin(Graph graph, String x, int column) {
    byte[] table = categories.tables()[column];
    long[] bins = new long[table.length + 1];
    for (int code = 0; code < table.length; code++) {
      bins[code] = table[code] & 0xFF;
    }
    bins[table.length] = CategoryBins.MISSING;
    String code = graph.gather(x, graph.index(column), 1);
    String known = graph.node("Equal", code, graph.node("Floor", code));
    known = graph.node("And", known, graph.node("GreaterOrEqual", code, graph.number(0)));
    known = graph.node("And", known, graph.node("Less", code, graph.number(table.length)));
    String entry = graph.toLong(graph.node("Where", known, code, graph.number(table.length)));
    return graph.gather(graph.longs(bins), entry, 0);
  }
}
