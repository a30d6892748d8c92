package org.convexnn.gate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.convexnn.gate.SplitSearch.Candidate;
import org.convexnn.gate.SplitSearch.Split;
import org.convexnn.gate.SplitSearch.Sums;
import org.convexnn.linalg.HistogramKernel;
import org.convexnn.network.Tree;
import org.convexnn.network.leaf.LeafTables;

/**
 * Grows one tree after the other on the same rows: the leaf with the largest gain is split first, the
 * histogram of the larger child is the parent's less the smaller's, and the rows of a leaf lie side
 * by side, in one of two stores. Threads share out columns and fixed chunks of rows, so their number
 * does not matter. All large arrays are made once.
 */
final class TreeGrowth {

  /** Bytes that all histograms together may hold, and their share of a small heap. */
  private static final long MOST_BYTES = 1L << 28;

  private static final double HEAP_SHARE = 0.125;

  /** Work, in bins looked at, from which it pays to share it. */
  private static final int SHARED_WORK = 2000;

  /** A leaf of a tree that grows: rows {@code from .. to - 1} of its store. */
  private static final class Leaf {

    /** The entry of {@link #child} that points here; -1 at the root. */
    final int pointer;

    final RowStore store;
    final int from;
    final int to;
    final Sums sums;

    /** The columns tested on the way; empty where it does not matter. */
    final int[] path;

    /** Kept where the leaf may be split and there is room. */
    double[] histogram;

    /** The best split; null where there is none. */
    Split split;

    Leaf(int pointer, RowStore store, int from, int to, Sums sums, int[] path) {
      this.pointer = pointer;
      this.store = store;
      this.from = from;
      this.to = to;
      this.sums = sums;
      this.path = path;
    }

    int size() {
      return to - from;
    }
  }

  /**
   * A tree in bins.
   *
   * @param tree with thresholds
   * @param splits of the nodes
   * @param sums the sums of the rows of each leaf
   */
  record Grown(Tree tree, List<Split> splits, Sums[] sums) {

    /** Finds the leaves of rows by their bins. */
    LeafTables tables() {
      return new LeafTables(tree, node -> splits.get(node).bin() + 1);
    }
  }

  private final BinnedRows rows;
  private final Panels panels;
  private final Boosting.Options options;
  private final Workers workers;
  private final int stride;
  private final SplitSearch search;

  /** Where the rows are at first, and where those of a leaf go when it is split, and back. */
  private final RowStore first;

  private final RowStore second;

  /** Where the sums of each slot begin in a histogram; at the end, their number. */
  private final int[] offsets;

  /** Histograms that no leaf has at the moment; more are made while {@link #unmade} is positive. */
  private final Deque<double[]> free = new ArrayDeque<>();

  private int unmade;

  /** For each column room for its sums, where it shares a slot, and for its keys, where it sorts. */
  private final double[][] unbundled;

  private final long[][] keys;
  private final Candidate[][] candidates;

  // The tree that grows.
  private boolean[] drawn;
  private final List<Leaf> leaves = new ArrayList<>();
  private final Split[] splits;

  /** The left child of node k at 2 k, the right one at 2 k + 1. */
  private final int[] child;

  TreeGrowth(
      BinnedRows rows,
      Panels panels,
      int stride,
      boolean weighted,
      double totalWeight,
      long mostSums,
      Boosting.Options options,
      Workers workers) {
    int n = rows.size();
    int d = rows.bins().length;
    this.rows = rows;
    this.panels = panels;
    this.options = options;
    this.workers = workers;
    this.stride = stride;
    this.search = new SplitSearch(options, stride, totalWeight);
    this.first = new RowStore(n, panels.codes.length, weighted);
    this.second = new RowStore(n, panels.codes.length, weighted);
    this.offsets = new int[panels.slots.size() + 1];
    this.unbundled = new double[d][];
    this.keys = new long[d][];
    this.candidates = new Candidate[2][d];
    for (int s = 0; s < panels.slots.size(); s++) {
      Panels.Slot slot = panels.slots.get(s);
      offsets[s + 1] = offsets[s] + slot.codes() * stride;
      for (Panels.Member member : slot.members()) {
        int j = member.column();
        unbundled[j] = member.usual() < 0 ? null : new double[member.size() * stride];
        keys[j] = rows.binning().isCategorical(j) ? new long[member.size()] : null;
        candidates[0][j] = new Candidate();
        candidates[1][j] = new Candidate();
      }
    }
    int size = offsets[panels.slots.size()];
    this.unmade = (int) Math.max(3, Math.min(options.leaves() + 1L, mostSums / Math.max(1, size)));
    this.splits = new Split[options.leaves() - 1];
    this.child = new int[2 * (options.leaves() - 1)];
  }

  /** Sums that all histograms together may hold; beyond, some are built again from rows. */
  static long mostSums() {
    double share = HEAP_SHARE * Runtime.getRuntime().maxMemory();
    return (long) (Math.min(MOST_BYTES, share) / Double.BYTES);
  }

  /** What rows add to bins. */
  @FunctionalInterface
  interface RowSums {

    /**
     * Writes weighted derivative and curvature ({@link HistogramKernel#pair}) of the rows {@code
     * numbers[from .. to - 1]}, and their weights, unless all are 1, to the same places.
     */
    void write(int[] numbers, int from, int to, long[] pairs, float[] weights);
  }

  /**
   * Grows a tree.
   *
   * @param seen the rows that the tree sees, ascending; null for all
   * @param columns whether a column may be tested
   * @param rowSums what they add to bins
   */
  Grown grow(int[] seen, boolean[] columns, RowSums rowSums) {
    drawn = columns;
    for (Leaf leaf : leaves) {
      release(leaf);
    }
    leaves.clear();
    int count = seen == null ? first.rows.length : seen.length;
    workers.chunks(
        0,
        count,
        (chunk, from, to) -> {
          first.begin(panels.codes, seen, from, to);
          rowSums.write(first.rows, from, to, first.pairs, first.weights);
        });
    Leaf root = new Leaf(-1, first, 0, count, total(first, 0, count), new int[0]);
    leaves.add(root);
    if (options.leaves() > 1 && search.mayBeSplit(root.sums)) {
      root.histogram = acquire();
      searchAll(root, true, null);
    }
    while (leaves.size() < options.leaves()) {
      int best = -1;
      for (int i = 0; i < leaves.size(); i++) {
        Split split = leaves.get(i).split;
        if (split != null
            && (best < 0 || SplitSearch.exceeds(split.gain(), leaves.get(best).split.gain()))) {
          best = i;
        }
      }
      if (best < 0) {
        break;
      }
      split(best);
    }
    return grown();
  }

  /** Writes the leaf of each row that the last tree saw. */
  void writeLeaves(byte[] codes) {
    workers.run(
        leaves.size(),
        i -> {
          Leaf leaf = leaves.get(i);
          leaf.store.mark(leaf.from, leaf.to, (byte) i, codes);
        });
  }

  private Grown grown() {
    int nodes = leaves.size() - 1;
    int[] feature = new int[nodes];
    double[] threshold = new double[nodes];
    int[] left = new int[nodes];
    int[] right = new int[nodes];
    boolean[] missingLeft = new boolean[nodes];
    long[][] sets = new long[nodes][];
    boolean anySet = false;
    for (int k = 0; k < nodes; k++) {
      Split split = splits[k];
      feature[k] = split.column();
      left[k] = child[2 * k];
      right[k] = child[2 * k + 1];
      missingLeft[k] = split.missingLeft();
      sets[k] = split.set();
      anySet |= split.set() != null;
      threshold[k] =
          split.set() == null ? rows.binning().threshold(split.column(), split.bin()) : 0;
    }
    Tree tree =
        new Tree(feature, threshold, left, right, anySet ? sets : new long[0][], missingLeft);
    Sums[] sums = leaves.stream().map(leaf -> leaf.sums).toArray(Sums[]::new);
    return new Grown(tree, Arrays.asList(Arrays.copyOf(splits, nodes)), sums);
  }

  /** Leaf i keeps its number on the left; the right side is the next new leaf. */
  private void split(int i) {
    Leaf parent = leaves.get(i);
    int node = leaves.size() - 1;
    splits[node] = parent.split;
    if (parent.pointer >= 0) {
      child[parent.pointer] = node;
    }
    child[2 * node] = ~i;
    child[2 * node + 1] = ~leaves.size();
    RowStore store = parent.store == first ? second : first;
    int middle =
        partition(parent, panels.sides(parent.split.column(), parent.split.sides()), store);
    boolean leftIsSmaller = middle - parent.from <= parent.to - middle;
    int from = leftIsSmaller ? parent.from : middle;
    int to = leftIsSmaller ? middle : parent.to;
    Sums small = total(store, from, to);
    Sums large = parent.sums.less(small);
    Sums leftSums = leftIsSmaller ? small : large;
    Sums rightSums = leftIsSmaller ? large : small;
    int[] path = path(parent);
    Leaf left = new Leaf(2 * node, store, parent.from, middle, leftSums, path);
    Leaf right = new Leaf(2 * node + 1, store, middle, parent.to, rightSums, path);
    leaves.set(i, left);
    leaves.add(right);
    if (leaves.size() < options.leaves()) {
      prepare(parent, leftIsSmaller ? left : right, leftIsSmaller ? right : left);
    } else {
      release(parent);
    }
  }

  private int[] path(Leaf parent) {
    return options.constraints().together().isEmpty()
        ? parent.path
        : IntStream.concat(Arrays.stream(parent.path), IntStream.of(parent.split.column()))
            .distinct()
            .toArray();
  }

  /** Moves the rows of a leaf, those that go left first; returns where they end. */
  private int partition(Leaf leaf, RowStore.Sides sides, RowStore target) {
    int chunks = Workers.chunks(leaf.size());
    int[] before = new int[chunks + 1];
    workers.chunks(
        leaf.from,
        leaf.to,
        (chunk, from, to) -> before[chunk + 1] = leaf.store.lefts(sides, from, to));
    for (int c = 0; c < chunks; c++) {
      before[c + 1] += before[c];
    }
    int middle = leaf.from + before[chunks];
    workers.chunks(
        leaf.from,
        leaf.to,
        (chunk, from, to) ->
            leaf.store.move(
                sides,
                from,
                to,
                target,
                leaf.from + before[chunk],
                middle + from - leaf.from - before[chunk]));
    return middle;
  }

  /** What rows add up to. */
  private Sums total(RowStore store, int first, int last) {
    Sums[] sums = new Sums[Workers.chunks(last - first)];
    workers.chunks(first, last, (chunk, from, to) -> sums[chunk] = store.total(from, to));
    double g = 0;
    double h = 0;
    double w = 0;
    for (Sums sum : sums) {
      g += sum.g();
      h += sum.h();
      w += sum.w();
    }
    return new Sums(g, h, w);
  }

  /** Best splits of two new leaves. */
  private void prepare(Leaf parent, Leaf small, Leaf large) {
    boolean smallMay = search.mayBeSplit(small.sums);
    boolean largeMay = search.mayBeSplit(large.sums);
    if (!smallMay && !largeMay) {
      release(parent);
      return;
    }
    if (parent.histogram == null) {
      if (smallMay) {
        small.histogram = acquire();
        searchAll(small, true, null);
      }
      if (largeMay) {
        large.histogram = acquire();
        searchAll(large, true, null);
      }
    } else {
      large.histogram = parent.histogram;
      parent.histogram = null;
      small.histogram = acquire();
      searchAll(small, smallMay, large);
    }
    releaseUnsplit(small);
    releaseUnsplit(large);
  }

  private void releaseUnsplit(Leaf leaf) {
    if (leaf.split == null) {
      release(leaf);
    }
  }

  private void release(Leaf leaf) {
    if (leaf.histogram != null) {
      free.push(leaf.histogram);
      leaf.histogram = null;
    }
  }

  /** A histogram that is free; else that of the leaf which is split last, as things look. */
  private double[] acquire() {
    if (free.isEmpty() && unmade > 0) {
      unmade--;
      return new double[offsets[offsets.length - 1]];
    }
    if (free.isEmpty()) {
      Leaf last = null;
      for (Leaf leaf : leaves) {
        if (leaf.histogram != null
            && leaf.split != null
            && (last == null || leaf.split.gain() < last.split.gain())) {
          last = leaf;
        }
      }
      release(last);
    }
    return free.pop();
  }

  /**
   * Builds the histogram of a leaf and searches it.
   *
   * @param searched whether it may be split
   * @param sibling holds the parent's histogram, from which the leaf's is taken; null for none
   */
  private void searchAll(Leaf leaf, boolean searched, Leaf sibling) {
    boolean siblingSearched = sibling != null && search.mayBeSplit(sibling.sums);
    int parts = panels.codes.length;
    if (leaf.size() * panels.slots.size() + offsets[offsets.length - 1] < SHARED_WORK) {
      for (int p = 0; p < parts; p++) {
        searchPanel(p, leaf, searched, sibling, siblingSearched);
      }
    } else {
      workers.run(parts, p -> searchPanel(p, leaf, searched, sibling, siblingSearched));
    }
    leaf.split = searched ? best(candidates[0], leaf) : null;
    if (sibling != null) {
      sibling.split = siblingSearched ? best(candidates[1], sibling) : null;
    }
  }

  private Split best(Candidate[] found, Leaf leaf) {
    int best = -1;
    for (int j = 0; j < found.length; j++) {
      if (found[j] != null
          && drawn[j]
          && found[j].gain() > 0
          && options.constraints().admits(leaf.path, j)) {
        if (best < 0 || SplitSearch.exceeds(found[j].gain(), found[best].gain())) {
          best = j;
        }
      }
    }
    return best < 0 ? null : found[best].toSplit(best);
  }

  private void searchPanel(
      int panel, Leaf leaf, boolean searched, Leaf sibling, boolean siblingSearched) {
    int first = panels.first[panel];
    int[] shifts = new int[Panels.SLOTS];
    int[] starts = new int[Panels.SLOTS];
    int[] active = new int[Panels.SLOTS];
    int count = 0;
    for (int s = first; s < panels.first[panel + 1]; s++) {
      if (panels.slots.get(s).members().stream().anyMatch(member -> drawn[member.column()])) {
        shifts[count] = 8 * (s - first);
        starts[count] = offsets[s];
        active[count++] = s;
      }
    }
    double[] histogram = leaf.histogram;
    for (int k = 0; k < count; k++) {
      Arrays.fill(histogram, starts[k], offsets[active[k] + 1], 0);
    }
    HistogramKernel.BEST.add(
        leaf.store.codes[panel],
        leaf.store.pairs,
        leaf.store.weights,
        leaf.from,
        leaf.to,
        stride,
        histogram,
        shifts,
        starts,
        count);
    for (int k = 0; k < count; k++) {
      int s = active[k];
      if (searched) {
        searchSlot(s, leaf, candidates[0]);
      }
      if (sibling != null) {
        double[] rest = sibling.histogram;
        for (int i = offsets[s]; i < offsets[s + 1]; i++) {
          rest[i] -= histogram[i];
        }
        if (siblingSearched) {
          searchSlot(s, sibling, candidates[1]);
        }
      }
    }
  }

  private void searchSlot(int s, Leaf leaf, Candidate[] found) {
    for (Panels.Member member : panels.slots.get(s).members()) {
      int j = member.column();
      if (drawn[j]) {
        double[] sums = leaf.histogram;
        int at = offsets[s];
        if (unbundled[j] != null) {
          unbundle(member, leaf, at, unbundled[j]);
          sums = unbundled[j];
          at = 0;
        }
        search.search(member, keys[j] != null, sums, at, leaf.sums, keys[j], found[j]);
      }
    }
  }

  /** Copies a column's sums from those of its slot; the usual bin's are what is left. */
  private void unbundle(Panels.Member member, Leaf leaf, int offset, double[] sums) {
    int usual = member.usual() * stride;
    sums[usual + 1] = leaf.sums.h();
    sums[usual + stride - 1] = leaf.sums.w();
    sums[usual] = leaf.sums.g();
    for (int b = 0; b < member.size(); b++) {
      if (b != member.usual()) {
        int from = offset + member.code(b) * stride;
        for (int i = 0; i < stride; i++) {
          double sum = leaf.histogram[from + i];
          sums[b * stride + i] = sum;
          sums[usual + i] -= sum;
        }
      }
    }
  }
}
