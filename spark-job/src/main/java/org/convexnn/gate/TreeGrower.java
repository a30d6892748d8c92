package org.convexnn.gate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.linalg.RowCount;
import org.convexnn.linalg.RowTable;
import org.convexnn.loss.Loss;
import org.convexnn.network.Tree;

/**
 * Grows tree gates: the partitions of a gradient boosting on an in-memory sample (Friedman, Annals
 * of Statistics 2001). The leaf values only steer the growth and are thrown away; what stands in
 * the leaves is trained by the convex program (docs/theory/gates.md#trees).
 *
 * <p>Tree t fits the derivatives g and curvatures h of the loss at the outputs of the trees before
 * it. Splits are those of largest second-order gain (Chen and Guestrin, KDD 2016, equation 7),
 * <pre>
 *   G_L^2 / (H_L + lambda) + G_R^2 / (H_R + lambda) - G^2 / (H + lambda),
 * </pre>
 * G and H the weighted sums of g and h, searched in histograms of the sample's quantile bins; the
 * leaf with the largest gain is split first. A leaf adds {@code -rate G / (H + lambda)} to the
 * outputs of its rows.
 *
 * <p>With C outputs a tree fits all of them at once: gains are summed over the outputs, at most
 * {@value #MOST_OUTPUTS} of them, those of the largest derivatives (Iosipoi and Vakhrushev, NeurIPS
 * 2022, "top outputs"), and a leaf adds to every output. (Measured: trees that take turns in fitting
 * one output need twice as many leaves for the same network.)
 *
 * <p>Tree t depends on the data, the seed and the earlier trees only: more trees never change the
 * first ones. Threads share out columns and never a sum, so their number does not matter.
 */
public final class TreeGrower {

  /** Gains below this share of the weight are rounding: labels come in training units. */
  private static final double LEAST_GAIN = 1e-12;

  /** Slack for sums of weights that are not exact in binary, as a share of an average row. */
  private static final double WEIGHT_SLACK = 1e-9;

  /** Keeps the leaf value of rows that are surely wrong bounded where lambda is 0. */
  private static final double LEAST_CURVATURE = 1e-6;

  /** The share of rows that check a proposal. */
  private static final double CHECKED = 0.1;

  private static final long CHECK_SALT = 0x636865636BL;

  /** Patterns of bins from which on rows are drawn by them. */
  private static final int MANY_PATTERNS = 100;

  /** A tree of one column or two sees little of how columns act together. */
  private static final int FEWEST_COLUMNS = 4;

  /** The most outputs that splits of one tree look at. */
  private static final int MOST_OUTPUTS = 8;

  /** Histograms above this (128 MB a tree) are not kept for subtraction but built from rows. */
  private static final long MOST_KEPT_SUMS = 1L << 24;

  /** Histogram updates from which sharing out the columns pays for waking threads. */
  private static final long PARALLEL_UPDATES = 1L << 17;

  /**
   * How trees are grown.
   *
   * @param trees the number of trees tried; those that find no split are left out
   * @param leaves the most leaves of a tree
   * @param learningRate the share of a leaf's value that the next trees see
   * @param rowShare the share of the rows that a tree sees
   * @param columnShare the share of the columns that are not constant that a tree may test; four at
   *     least, where there are so many
   * @param minRowsPerLeaf the least weight in a leaf, in rows that count once ({@link RowCount}), of
   *     rows seen
   * @param lambda ridge on leaf values, in rows that count once
   * @param bins the most quantile bins of a column, at most 256; columns with fewer distinct values
   *     have one bin for each
   * @param seed varies the draws of rows and columns
   */
  public record Options(
      int trees,
      int leaves,
      double learningRate,
      double rowShare,
      double columnShare,
      int minRowsPerLeaf,
      double lambda,
      int bins,
      long seed) {

    /** Checks ranges. */
    public Options {
      require(trees >= 0, "trees", trees);
      require(leaves >= 2, "leaves", leaves);
      require(learningRate > 0 && learningRate <= 1, "learningRate", learningRate);
      require(rowShare > 0 && rowShare <= 1, "rowShare", rowShare);
      require(columnShare > 0 && columnShare <= 1, "columnShare", columnShare);
      require(minRowsPerLeaf >= 1, "minRowsPerLeaf", minRowsPerLeaf);
      require(lambda >= 0 && lambda < Double.POSITIVE_INFINITY, "lambda", lambda);
      require(bins >= 2 && bins <= 256, "bins", bins);
    }

    /**
     * Rate and shares of docs/theory/gates.md#trees; leaves of at least 20 rows and a ridge of 1,
     * both customary.
     */
    public static Options of(int trees, int leaves, long seed) {
      return new Options(trees, leaves, 0.1, 0.5, 0.4, 20, 1, 255, seed);
    }

    private static void require(boolean holds, String name, Number value) {
      if (!holds) {
        throw new IllegalArgumentException(name + " out of range: " + value);
      }
    }
  }

  /** Sees what {@link #grow} throws away: C shrunk values a leaf. */
  @FunctionalInterface
  interface LeafValues {
    void accept(Tree tree, double[][] shrunkValues);
  }

  private final Column[] columns;
  private final int[] splittable;
  private final double[] labels;
  private final double[] weights;
  private final Loss loss;
  private final double[] outputs;
  private final Options options;

  /**
   * What draws of rows go by: a hash of the row's bins, so that neither units nor the names of classes
   * matter and a row of weight 2 is drawn as the row twice is; where there are few of these, with the
   * row's number.
   */
  private final long[] identity;

  /** The weight of a row that counts once: what {@code minRowsPerLeaf} and {@code lambda} are counted in. */
  private final double unit;

  TreeGrower(
      double[][] rows,
      double[] labels,
      double[] weights,
      Loss loss,
      double[] start,
      Options options) {
    int n = rows.length;
    int c = loss.outputs();
    int width = loss.labels();
    if (labels.length != n * width || weights.length != n || start.length != n * c) {
      throw new IllegalArgumentException("rows, labels, weights and outputs of different lengths");
    }
    // Rows of weight 0 would still place bins and be drawn.
    int[] kept = IntStream.range(0, n).filter(r -> weights[r] > 0).toArray();
    double[][] keptRows = new double[kept.length][];
    this.labels = RowTable.rows(labels, width, kept);
    this.weights = RowTable.rows(weights, 1, kept);
    this.outputs = RowTable.rows(start, c, kept);
    for (int k = 0; k < kept.length; k++) {
      keptRows[k] = rows[kept[k]];
    }
    this.loss = loss.on(this.labels);
    this.options = options;
    double total = Arrays.stream(this.weights).sum();
    this.unit = total / Math.max(1, RowCount.of(kept.length, total));
    this.columns =
        IntStream.range(0, kept.length == 0 ? 0 : keptRows[0].length)
            .parallel()
            .mapToObj(j -> Column.of(keptRows, j, this.weights, options.bins()))
            .toArray(Column[]::new);
    this.splittable =
        IntStream.range(0, columns.length).filter(j -> columns[j].bins() > 1).toArray();
    this.identity = identities(kept.length);
  }

  private long[] identities(int n) {
    long[] hash = new long[n];
    for (int j : splittable) {
      byte[] bin = columns[j].bin();
      for (int r = 0; r < n; r++) {
        hash[r] = CounterRandom.mix(hash[r] ^ (bin[r] & 0xFF) + 256L * j);
      }
    }
    if (Arrays.stream(hash).distinct().limit(MANY_PATTERNS).count() < MANY_PATTERNS) {
      Arrays.setAll(hash, r -> CounterRandom.mix(hash[r] ^ CounterRandom.mix(r)));
    }
    return hash;
  }

  /** Whether a row is drawn, with this chance. */
  private boolean drawn(int row, long salt, double chance) {
    return CounterRandom.uniform(CounterRandom.mix(identity[row] ^ CounterRandom.mix(salt)))
        < chance;
  }

  /**
   * Grows trees on a sample.
   *
   * @param rows raw features, finite
   * @param labels labels in training units, of several a row C numbers a row
   * @param weights weights, not negative; whole ones are counts of rows ({@link RowCount})
   * @param loss the loss
   * @param start outputs that the first tree starts from, C numbers a row: the constant model, or
   *     any other
   * @param options how many, how large, how fast
   * @return at most {@code options.trees()} trees, each with two leaves or more
   */
  public static List<Tree> grow(
      double[][] rows,
      double[] labels,
      double[] weights,
      Loss loss,
      double[] start,
      Options options) {
    return new TreeGrower(rows, labels, weights, loss, start, options).boost((tree, values) -> {});
  }

  /**
   * Trees and what their boosting found on rows that it did not see.
   *
   * @param trees the trees
   * @param gain the share of the mean loss that boosting takes away there; 0 or less where it finds
   *     nothing
   */
  public record Proposal(List<Tree> trees, double gain) {}

  /** Grows trees on about nine rows of ten and looks at the loss on the others. */
  public static Proposal propose(
      double[][] rows,
      double[] labels,
      double[] weights,
      Loss loss,
      double[] start,
      Options options) {
    TreeGrower all = new TreeGrower(rows, labels, weights, loss, start, options);
    boolean[] checks = new boolean[rows.length];
    for (int r = 0, k = 0; r < rows.length; r++) {
      checks[r] = weights[r] > 0 && all.drawn(k++, CHECK_SALT, CHECKED);
    }
    int[] seen = IntStream.range(0, rows.length).filter(r -> !checks[r]).toArray();
    int[] checked = IntStream.range(0, rows.length).filter(r -> checks[r]).toArray();
    int c = loss.outputs();
    double[] outputs = RowTable.rows(start, c, checked);
    double before = loss(loss, labels, weights, checked, outputs);
    List<Tree> trees =
        new TreeGrower(
                Arrays.stream(seen).mapToObj(r -> rows[r]).toArray(double[][]::new),
                RowTable.rows(labels, loss.labels(), seen),
                RowTable.rows(weights, 1, seen),
                loss,
                RowTable.rows(start, c, seen),
                options)
            .boost(
                (tree, values) -> {
                  for (int k = 0; k < checked.length; k++) {
                    add(values[tree.leaf(rows[checked[k]])], outputs, k * c);
                  }
                });
    double after = loss(loss, labels, weights, checked, outputs);
    return new Proposal(trees, before > 0 ? 1 - after / before : 0);
  }

  private static double loss(
      Loss loss, double[] labels, double[] weights, int[] rows, double[] outputs) {
    Loss own = loss.on(labels);
    double sum = 0;
    for (int k = 0; k < rows.length; k++) {
      double y = own.label(labels, rows[k]);
      sum += weights[rows[k]] * own.value(y, outputs, k * loss.outputs());
    }
    return sum;
  }

  List<Tree> boost(LeafValues thrownAway) {
    List<Tree> trees = new ArrayList<>();
    int c = loss.outputs();
    double[] derivatives = new double[outputs.length];
    for (int t = 0; t < options.trees(); t++) {
      for (int r = 0; r < weights.length; r++) {
        loss.derivative(loss.label(labels, r), outputs, r * c, derivatives, r * c);
      }
      Growth growth = new Growth(derivatives, largest(derivatives), t);
      growth.run();
      if (growth.nodes() > 0) {
        Tree tree = growth.tree();
        thrownAway.accept(tree, growth.addTo(outputs));
        trees.add(tree);
      }
    }
    return trees;
  }

  /** The outputs of the largest weighted sums of squared derivatives, in order of their number. */
  private int[] largest(double[] derivatives) {
    int c = loss.outputs();
    double[] squares = new double[c];
    for (int i = 0; i < derivatives.length; i++) {
      squares[i % c] += weights[i / c] * derivatives[i] * derivatives[i];
    }
    return IntStream.range(0, c)
        .boxed()
        .sorted(Comparator.comparingDouble(k -> -squares[k]))
        .limit(MOST_OUTPUTS)
        .sorted()
        .mapToInt(k -> k)
        .toArray();
  }

  /** The curvature of row r in one output, at the outputs of the present round. */
  private double curvature(int r, double[] derivatives, int output) {
    int at = r * loss.outputs();
    return Math.max(
        loss.splitCurvature(loss.label(labels, r), outputs, at, derivatives, at, output),
        LEAST_CURVATURE);
  }

  private static void add(double[] values, double[] outputs, int at) {
    for (int k = 0; k < values.length; k++) {
      outputs[at + k] += values[k];
    }
  }

  /** The outputs after {@link #boost}, rows of weight 0 left out. */
  double[] outputs() {
    return outputs.clone();
  }

  /** Draws {@code count} of 0 .. n - 1 in rising order (Knuth, TAOCP 2, algorithm 3.4.2 S). */
  private static boolean[] draw(int n, int count, CounterRandom random) {
    boolean[] drawn = new boolean[n];
    int wanted = count;
    for (int i = 0; i < n; i++) {
      if ((n - i) * random.nextDouble() < wanted) {
        drawn[i] = true;
        wanted--;
      }
    }
    return drawn;
  }

  private static int share(double share, int n) {
    return Math.max(1, (int) Math.round(share * n));
  }

  /**
   * A column in bins.
   *
   * @param bin the bin of each row, an unsigned byte
   * @param cuts the threshold above each bin but the last: a row is below cut b exactly if its bin
   *     is at most b
   */
  private record Column(byte[] bin, double[] cuts) {

    int bins() {
      return cuts.length + 1;
    }

    static Column of(double[][] rows, int j, double[] weights, int most) {
      int n = rows.length;
      double[] values = new double[n];
      for (int r = 0; r < n; r++) {
        // -0 becomes 0: sorting and searching would tell them apart, the test x < t does not.
        values[r] = rows[r][j] + 0.0;
      }
      double[] distinct = values.clone();
      Arrays.sort(distinct);
      int m = 0;
      for (double v : distinct) {
        if (m == 0 || v != distinct[m - 1]) {
          distinct[m++] = v;
        }
      }
      if (m < 2) {
        return new Column(new byte[0], new double[0]);
      }
      int[] rank = new int[n];
      double[] mass = new double[m];
      for (int r = 0; r < n; r++) {
        rank[r] = Arrays.binarySearch(distinct, 0, m, values[r]);
        mass[rank[r]] += weights[r];
      }
      int[] binOfRank = bins(mass, most);
      double[] cuts = new double[binOfRank[m - 1]];
      for (int k = 1; k < m; k++) {
        if (binOfRank[k] > binOfRank[k - 1]) {
          cuts[binOfRank[k - 1]] = between(distinct[k - 1], distinct[k]);
        }
      }
      byte[] bin = new byte[n];
      for (int r = 0; r < n; r++) {
        bin[r] = (byte) binOfRank[rank[r]];
      }
      return new Column(bin, cuts);
    }

    /**
     * Shares out distinct values to bins of about equal weight. A bin is closed where the next
     * value would carry it further past its share than it is short of it now, so that a value held
     * by many rows stands alone; shares are taken anew of what is left.
     */
    private static int[] bins(double[] mass, int most) {
      int m = mass.length;
      int[] bin = new int[m];
      double left = Arrays.stream(mass).sum();
      double filled = mass[0];
      for (int k = 1; k < m; k++) {
        int unopened = most - 1 - bin[k - 1];
        boolean full = filled + mass[k] / 2 > left / (unopened + 1);
        if (unopened > 0 && (full || m - k <= unopened)) {
          bin[k] = bin[k - 1] + 1;
          left -= filled;
          filled = 0;
        } else {
          bin[k] = bin[k - 1];
        }
        filled += mass[k];
      }
      return bin;
    }

    /** The midpoint of two values; the upper one where rounding leaves nothing in between. */
    private static double between(double low, double high) {
      double middle = low / 2 + high / 2;
      return middle > low ? middle : high;
    }
  }

  /** Entries from .. to - 1 of an array of rows. */
  private record Range(int from, int to) {

    int size() {
      return to - from;
    }
  }

  /**
   * A cut of a leaf.
   *
   * @param slot the column, as a position among the tree's columns
   * @param bin the last bin that goes left
   * @param gain the gain
   */
  private record Split(int slot, int bin, double gain) {}

  /** A leaf of a tree that grows. */
  private static final class Leaf {

    /** The entry of {@link Growth#child} that points here; -1 at the root. */
    final int pointer;

    final Range seen;
    final Range unseen;

    /** Laid out as a bin of a histogram. */
    final double[] sums;

    /** Kept where the leaf may be split and memory allows. */
    double[] histogram;

    /** The best split; null where there is none. */
    Split split;

    Leaf(int pointer, Range seen, Range unseen, double[] sums) {
      this.pointer = pointer;
      this.seen = seen;
      this.unseen = unseen;
      this.sums = sums;
    }
  }

  /** One tree. */
  private final class Growth {

    private final double[] derivatives;

    /** The outputs that splits look at, K of them. */
    private final int[] fitted;

    /**
     * Numbers of a histogram's bin: weighted sums of ones, then of derivatives and curvatures of each
     * output that is fitted.
     */
    private final int stride;

    private final double[] rowSums;
    private final int[] slots;

    /** Where the bins of a slot begin in a histogram. */
    private final int[] offsets;

    private final boolean keepHistograms;
    private final double leastWeight = options.minRowsPerLeaf() * unit * (1 - WEIGHT_SLACK);
    private final double ridge = options.lambda() * unit;

    /** The rows that are seen and those that are not, each leaf's rows side by side. */
    private final int[] seen;

    private final int[] unseen;
    private final int[] moved;

    private final List<Leaf> leaves = new ArrayList<>();
    private final int[] feature = new int[options.leaves() - 1];
    private final double[] threshold = new double[options.leaves() - 1];

    /** The left child of node k at 2 k, the right one at 2 k + 1. */
    private final int[] child = new int[2 * (options.leaves() - 1)];

    Growth(double[] derivatives, int[] fitted, int tree) {
      int n = labels.length;
      this.derivatives = derivatives;
      this.fitted = fitted;
      this.stride = 1 + 2 * fitted.length;
      this.rowSums = rowSums();
      CounterRandom random = new CounterRandom(options.seed(), tree);
      long salt = random.nextLong();
      this.seen = IntStream.range(0, n).filter(r -> drawn(r, salt, options.rowShare())).toArray();
      this.unseen =
          IntStream.range(0, n).filter(r -> !drawn(r, salt, options.rowShare())).toArray();
      this.moved = new int[n];
      int d = splittable.length;
      int tested = Math.max(share(options.columnShare(), d), Math.min(FEWEST_COLUMNS, d));
      boolean[] columnDrawn = draw(d, tested, random);
      this.slots =
          IntStream.range(0, d).filter(k -> columnDrawn[k]).map(k -> splittable[k]).toArray();
      this.offsets = new int[slots.length + 1];
      for (int s = 0; s < slots.length; s++) {
        offsets[s + 1] = offsets[s] + columns[slots[s]].bins() * stride;
      }
      this.keepHistograms = (long) options.leaves() * offsets[slots.length] <= MOST_KEPT_SUMS;
    }

    /** Splits leaf after leaf, the one with the largest gain first. */
    void run() {
      Range all = new Range(0, seen.length);
      Leaf root = new Leaf(-1, all, new Range(0, unseen.length), sumsOf(all));
      leaves.add(root);
      if (mayBeSplit(root)) {
        root.histogram = histogram(root);
        search(root);
      }
      while (leaves.size() < options.leaves()) {
        int best = -1;
        for (int i = 0; i < leaves.size(); i++) {
          Split split = leaves.get(i).split;
          if (split != null && (best < 0 || split.gain > leaves.get(best).split.gain)) {
            best = i;
          }
        }
        if (best < 0) {
          return;
        }
        split(best);
      }
    }

    int nodes() {
      return leaves.size() - 1;
    }

    Tree tree() {
      int nodes = nodes();
      int[] left = IntStream.range(0, nodes).map(k -> child[2 * k]).toArray();
      int[] right = IntStream.range(0, nodes).map(k -> child[2 * k + 1]).toArray();
      return new Tree(Arrays.copyOf(feature, nodes), Arrays.copyOf(threshold, nodes), left, right);
    }

    private double[] rowSums() {
      int c = loss.outputs();
      double[] sums = new double[weights.length * stride];
      for (int r = 0, at = 0; r < weights.length; r++) {
        sums[at++] = weights[r];
        for (int k : fitted) {
          double g = derivatives[r * c + k];
          sums[at++] = weights[r] * g;
          sums[at++] = weights[r] * curvature(r, derivatives, k);
        }
      }
      return sums;
    }

    /** Adds the shrunk leaf values to the outputs of all rows; returns them, C a leaf. */
    double[][] addTo(double[] outputs) {
      int c = loss.outputs();
      double[][] values = new double[leaves.size()][];
      for (int i = 0; i < values.length; i++) {
        Leaf leaf = leaves.get(i);
        values[i] = values(leaf);
        for (int k = leaf.seen.from; k < leaf.seen.to; k++) {
          add(values[i], outputs, seen[k] * c);
        }
        for (int k = leaf.unseen.from; k < leaf.unseen.to; k++) {
          add(values[i], outputs, unseen[k] * c);
        }
      }
      return values;
    }

    private double[] values(Leaf leaf) {
      int c = loss.outputs();
      double[] g = new double[c];
      double[] h = new double[c];
      for (int k = leaf.seen.from; k < leaf.seen.to; k++) {
        int row = seen[k];
        for (int output = 0; output < c; output++) {
          double derivative = derivatives[row * c + output];
          g[output] += weights[row] * derivative;
          h[output] += weights[row] * curvature(row, derivatives, output);
        }
      }
      double[] values = new double[c];
      Arrays.setAll(values, k -> -options.learningRate() * g[k] / (h[k] + ridge));
      return values;
    }

    private boolean mayBeSplit(Leaf leaf) {
      return leaf.sums[0] >= 2 * leastWeight && slots.length > 0;
    }

    private double[] sumsOf(Range range) {
      double[] sums = new double[stride];
      for (int k = range.from; k < range.to; k++) {
        for (int i = 0; i < stride; i++) {
          sums[i] += rowSums[seen[k] * stride + i];
        }
      }
      return sums;
    }

    /** Leaf i keeps its number on the left; the right side is the next new leaf. */
    private void split(int i) {
      Leaf parent = leaves.get(i);
      Split split = parent.split;
      int node = nodes();
      Column column = columns[slots[split.slot]];
      feature[node] = slots[split.slot];
      threshold[node] = column.cuts[split.bin];
      if (parent.pointer >= 0) {
        child[parent.pointer] = node;
      }
      child[2 * node] = ~i;
      child[2 * node + 1] = ~leaves.size();
      int seenMiddle = partition(seen, parent.seen, column.bin, split.bin);
      int unseenMiddle = partition(unseen, parent.unseen, column.bin, split.bin);
      Leaf left = leaf(2 * node, parent.seen.from, seenMiddle, parent.unseen.from, unseenMiddle);
      Leaf right = leaf(2 * node + 1, seenMiddle, parent.seen.to, unseenMiddle, parent.unseen.to);
      leaves.set(i, left);
      leaves.add(right);
      if (leaves.size() < options.leaves()) {
        prepare(parent, left, right);
      }
    }

    private Leaf leaf(int pointer, int from, int to, int unseenFrom, int unseenTo) {
      Range range = new Range(from, to);
      return new Leaf(pointer, range, new Range(unseenFrom, unseenTo), sumsOf(range));
    }

    /** Moves the rows of bins up to {@code bin} to the front, in order; returns where they end. */
    private int partition(int[] rows, Range range, byte[] bins, int bin) {
      int left = range.from;
      int right = 0;
      for (int k = range.from; k < range.to; k++) {
        int row = rows[k];
        if ((bins[row] & 0xFF) <= bin) {
          rows[left++] = row;
        } else {
          moved[right++] = row;
        }
      }
      System.arraycopy(moved, 0, rows, left, right);
      return left;
    }

    /** Best splits of two new leaves; the larger's histogram is the parent's less the smaller's. */
    private void prepare(Leaf parent, Leaf left, Leaf right) {
      if (!mayBeSplit(left) && !mayBeSplit(right)) {
        return;
      }
      boolean leftIsSmaller = left.seen.size() <= right.seen.size();
      Leaf small = leftIsSmaller ? left : right;
      Leaf large = leftIsSmaller ? right : left;
      small.histogram = histogram(small);
      if (parent.histogram == null) {
        large.histogram = histogram(large);
      } else {
        large.histogram = parent.histogram;
        for (int k = 0; k < large.histogram.length; k++) {
          large.histogram[k] -= small.histogram[k];
        }
      }
      search(left);
      search(right);
    }

    private double[] histogram(Leaf leaf) {
      int count = leaf.seen.size();
      double[] packed = new double[count * stride];
      for (int k = 0; k < count; k++) {
        System.arraycopy(rowSums, seen[leaf.seen.from + k] * stride, packed, k * stride, stride);
      }
      double[] histogram = new double[offsets[slots.length]];
      IntStream all = IntStream.range(0, slots.length);
      boolean parallel = (long) count * slots.length * fitted.length >= PARALLEL_UPDATES;
      (parallel ? all.parallel() : all).forEach(s -> fill(histogram, s, packed, leaf.seen));
      return histogram;
    }

    private void fill(double[] histogram, int slot, double[] packed, Range range) {
      byte[] bins = columns[slots[slot]].bin;
      int offset = offsets[slot];
      for (int k = range.from, p = 0; k < range.to; k++) {
        int at = offset + (bins[seen[k]] & 0xFF) * stride;
        for (int end = at + stride; at < end; at++, p++) {
          histogram[at] += packed[p];
        }
      }
    }

    /** Finds the best split of a leaf and drops a histogram that is needed no more. */
    private void search(Leaf leaf) {
      if (mayBeSplit(leaf)) {
        leaf.split = bestSplit(leaf);
      }
      if (leaf.split == null || !keepHistograms) {
        leaf.histogram = null;
      }
    }

    private Split bestSplit(Leaf leaf) {
      double[] histogram = leaf.histogram;
      double[] all = leaf.sums;
      double[] left = new double[stride];
      double whole = score(all);
      double bestGain = LEAST_GAIN * (all[0] + whole);
      Split best = null;
      int lastEqual = -1;
      for (int s = 0; s < slots.length; s++) {
        Arrays.fill(left, 0);
        int last = columns[slots[s]].bins() - 2;
        for (int b = 0, at = offsets[s]; b <= last; b++, at += stride) {
          for (int i = 0; i < stride; i++) {
            left[i] += histogram[at + i];
          }
          if (histogram[at] <= WEIGHT_SLACK * unit) {
            // No row of this leaf: the cut is the same as the one below.
            if (best != null && best.slot == s && lastEqual == b - 1) {
              lastEqual = b;
            }
            continue;
          }
          if (left[0] < leastWeight) {
            continue;
          }
          if (all[0] - left[0] < leastWeight) {
            break;
          }
          double gain = score(left) + scoreOfRest(all, left) - whole;
          if (gain > bestGain) {
            bestGain = gain;
            best = new Split(s, b, gain);
            lastEqual = b;
          }
        }
      }
      if (best == null) {
        return null;
      }
      // All cuts through a gap between this leaf's rows part them alike: the middle one leans to
      // neither side. (Measured: no better and no worse than the lowest.)
      return new Split(best.slot, (best.bin + lastEqual) >>> 1, best.gain);
    }

    /** {@code sum_k G_k^2 / (H_k + lambda)}. */
    private double score(double[] sums) {
      double score = 0;
      for (int i = 1; i < stride; i += 2) {
        score += score(sums[i], sums[i + 1]);
      }
      return score;
    }

    private double scoreOfRest(double[] all, double[] left) {
      double score = 0;
      for (int i = 1; i < stride; i += 2) {
        score += score(all[i] - left[i], all[i + 1] - left[i + 1]);
      }
      return score;
    }

    private double score(double g, double h) {
      double denominator = h + ridge;
      return denominator > 0 ? g * g / denominator : 0;
    }
  }
}
