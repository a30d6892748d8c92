package org.convexnn.network.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.convexnn.network.Marginals;
import org.convexnn.network.Tree;

/**
 * Shapley values of one tree of constant leaves at a row x, where features that are not known are
 * independent and have their {@link Marginals}. With a_j = 1 where x_j passes all tests of feature j on
 * the way to a leaf, else 0, and q_j the share of what passes them, the tree with the features S known
 * is
 *
 * <pre>g(S) = sum over leaves v_leaf prod_{j in S} a_j prod_{j not in S} q_j</pre>
 *
 * and the Shapley value of feature j is the integral along the diagonal of g's multilinear extension
 * (Owen, Multilinear extensions of games, 1972),
 *
 * <pre>phi_j = int_0^1 sum over leaves v_leaf (a_j - q_j) prod_{k != j} (t a_k + (1 - t) q_k) dt</pre>
 *
 * whose integrand is a polynomial in t of a degree below m, the most features on the way to a leaf: n =
 * ceil(m / 2) points of {@link GaussLegendre} give it exactly. At each of them one walk down the tree
 * multiplies the factors above a node to P, one walk up adds the leaves below it to H = f H_left + (1 -
 * f) H_right, and a node of feature j adds {@code P e (H_left - H_right)} to phi_j: 7 n operations a
 * node, for some rows together. Let alpha and kappa be a and q of feature j from the tests above the node (1 where there are
 * none), p the share of what reaches the node that goes left and u = t alpha + (1 - t) kappa. Then
 *
 * <pre>alpha = 0:   f = p,                                     e = 0
 * alpha = 1:   f = (t a_left + (1 - t) kappa p) / u,      e = (a_left - kappa p - f (1 - kappa)) / u</pre>
 *
 * <p>The recursion of TreeSHAP (Lundberg et al. 2020) in this form has the shares of training rows that
 * reach a node in place of p; these depend on how a function is written as a tree, p does not.
 */
final class TreeShapley {

  /** Rows that walk together, so that the loops over them are worth a processor's vectors. */
  static final int ROWS = 64;

  private final Node[] nodes;
  private final double[] weights;

  private TreeShapley(Node[] nodes, GaussLegendre quadrature) {
    this.nodes = nodes;
    this.weights = quadrature.weights();
    for (Node node : nodes) {
      node.set(quadrature.points());
    }
  }

  /** Of a tree, where unknown features have these marginals. */
  static TreeShapley of(Tree tree, Marginals marginals) {
    Compiler compiler = new Compiler(tree, marginals);
    if (tree.leaves() > 1) {
      compiler.add(0, 0);
    }
    int points = Math.max(1, (compiler.most + 1) / 2);
    return new TreeShapley(compiler.nodes.toArray(Node[]::new), GaussLegendre.of(points));
  }

  /** The mean of the tree over the marginals. */
  double mean(double[] values) {
    double[] means = new double[nodes.length];
    for (int i = nodes.length - 1; i >= 0; i--) {
      Node node = nodes[i];
      double l = node.left < 0 ? values[~node.left] : means[node.left];
      double r = node.right < 0 ? values[~node.right] : means[node.right];
      means[i] = node.share * l + (1 - node.share) * r;
    }
    return nodes.length == 0 ? values[0] : means[0];
  }

  /**
   * Memory of one thread for trees of at most so many leaves, {@link #ROWS} numbers for each node: each
   * an array of its own, for loops over several places of one array are not compiled to vectors.
   */
  static final class Scratch {

    private final double[][] goesLeft;
    private final double[][] open;
    private final double[][] factor;
    private final double[][] above;
    private final double[][] below;
    private final double[][] sum;

    Scratch(int leaves) {
      this.goesLeft = new double[leaves][ROWS];
      this.open = new double[leaves][ROWS];
      this.factor = new double[leaves][ROWS];
      this.above = new double[leaves][ROWS];
      this.below = new double[2 * leaves][ROWS];
      this.sum = new double[leaves][ROWS];
    }
  }

  /**
   * Adds the Shapley values of {@link #ROWS} rows.
   *
   * @param atoms of each column those of the rows, what is missing as the last one
   * @param missingFirst the same, what is missing as -1
   * @param values of the leaves
   * @param phi of each column, one number for each row, added to
   */
  void add(int[][] atoms, int[][] missingFirst, double[] values, Scratch scratch, double[][] phi) {
    int size = nodes.length;
    for (int i = 0; i < size; i++) {
      Node node = nodes[i];
      test(i, (node.missingLeft ? missingFirst : atoms)[node.feature], scratch);
      Arrays.fill(scratch.sum[i], 0);
    }
    for (int leaf = 0; leaf <= size; leaf++) {
      Arrays.fill(scratch.below[size + leaf], values[leaf]);
    }
    for (int g = 0; g < weights.length; g++) {
      Arrays.fill(scratch.above[0], weights[g]);
      for (int i = 0; i < size; i++) {
        down(i, g, scratch);
      }
      for (int i = size - 1; i >= 0; i--) {
        up(i, g, scratch);
      }
    }
    for (int i = 0; i < size; i++) {
      Node node = nodes[i];
      double[] to = phi[node.feature];
      double[] sum = scratch.sum[i];
      double[] goesLeft = scratch.goesLeft[i];
      double mean = node.before < 0 ? node.share : 0;
      for (int r = 0; r < ROWS; r++) {
        to[r] += (node.before < 0 ? goesLeft[r] - mean : 1) * sum[r];
      }
    }
  }

  /** Where rows go at a node, and which have passed the tests of its feature above it. */
  private void test(int i, int[] atoms, Scratch scratch) {
    Node node = nodes[i];
    double[] goesLeft = scratch.goesLeft[i];
    if (node.goesLeft == null) {
      int firstRight = node.firstRight;
      for (int r = 0; r < ROWS; r++) {
        // The sign of a difference: a question would be guessed wrong half of the time.
        goesLeft[r] = atoms[r] - firstRight >>> Integer.SIZE - 1;
      }
    } else {
      for (int r = 0; r < ROWS; r++) {
        goesLeft[r] = atoms[r] < 0 ? 1 : node.goesLeft[atoms[r]];
      }
    }
    double[] open = scratch.open[i];
    if (node.before < 0) {
      Arrays.fill(open, 1);
      return;
    }
    double[] before = scratch.goesLeft[node.before];
    double[] openBefore = scratch.open[node.before];
    double none = node.leftOfBefore ? 0 : 1;
    double sign = node.leftOfBefore ? 1 : -1;
    for (int r = 0; r < ROWS; r++) {
      open[r] = openBefore[r] * (none + sign * before[r]);
    }
  }

  private void down(int i, int g, Scratch scratch) {
    Node node = nodes[i];
    double[] factor = scratch.factor[i];
    double[] goesLeft = scratch.goesLeft[i];
    double f = node.right(g);
    double more = node.left(g) - f;
    if (node.before < 0) {
      for (int r = 0; r < ROWS; r++) {
        factor[r] = f + more * goesLeft[r];
      }
    } else {
      double[] open = scratch.open[i];
      double p = node.share;
      double base = f - p;
      for (int r = 0; r < ROWS; r++) {
        factor[r] = p + open[r] * (base + more * goesLeft[r]);
      }
    }
    double[] above = scratch.above[i];
    if (node.left >= 0) {
      double[] to = scratch.above[node.left];
      for (int r = 0; r < ROWS; r++) {
        to[r] = above[r] * factor[r];
      }
    }
    if (node.right >= 0) {
      double[] to = scratch.above[node.right];
      for (int r = 0; r < ROWS; r++) {
        to[r] = above[r] * (1 - factor[r]);
      }
    }
  }

  private void up(int i, int g, Scratch scratch) {
    Node node = nodes[i];
    double[] left = scratch.below[node.left < 0 ? nodes.length + ~node.left : node.left];
    double[] right = scratch.below[node.right < 0 ? nodes.length + ~node.right : node.right];
    double[] here = scratch.below[i];
    double[] above = scratch.above[i];
    double[] factor = scratch.factor[i];
    double[] sum = scratch.sum[i];
    if (node.before < 0) {
      for (int r = 0; r < ROWS; r++) {
        double difference = left[r] - right[r];
        here[r] = right[r] + factor[r] * difference;
        sum[r] += above[r] * difference;
      }
      return;
    }
    double[] open = scratch.open[i];
    double[] goesLeft = scratch.goesLeft[i];
    double e = node.gainRight(g);
    double more = node.gainLeft(g) - e;
    for (int r = 0; r < ROWS; r++) {
      double difference = left[r] - right[r];
      here[r] = right[r] + factor[r] * difference;
      sum[r] += open[r] * (e + more * goesLeft[r]) * above[r] * difference;
    }
  }

  private static final class Node {
    private int feature;
    private boolean missingLeft;

    /** Of a threshold the first atom on its right side; of a set by atom 1 where it goes left. */
    private int firstRight;

    private double[] goesLeft;
    private int left;
    private int right;
    private int before;
    private boolean leftOfBefore;
    private double kappa;
    private double share;

    /** f and e at each point of those that go left and those that go right. */
    private double[] numbers;

    private static final int NUMBERS = 4;

    void test(Tree tree, int at, int atoms, IntToDoubleFunction value) {
      double[] sides = new double[atoms];
      Arrays.setAll(sides, atom -> tree.goesLeft(at, value.applyAsDouble(atom)) ? 1 : 0);
      if (tree.set(at) != null) {
        goesLeft = sides;
        return;
      }
      while (firstRight < atoms - 1 && sides[firstRight] == 1) {
        firstRight++;
      }
    }

    void set(double[] points) {
      numbers = new double[NUMBERS * points.length];
      for (int g = 0; g < points.length; g++) {
        double t = points[g];
        double u = t + (1 - t) * kappa;
        for (int side = 0; side < 2; side++) {
          double a = 1 - side;
          double f = (t * a + (1 - t) * kappa * share) / u;
          numbers[NUMBERS * g + side] = f;
          numbers[NUMBERS * g + 2 + side] = (a - kappa * share - f * (1 - kappa)) / u;
        }
      }
    }

    double left(int g) {
      return numbers[NUMBERS * g];
    }

    double right(int g) {
      return numbers[NUMBERS * g + 1];
    }

    double gainLeft(int g) {
      return numbers[NUMBERS * g + 2];
    }

    double gainRight(int g) {
      return numbers[NUMBERS * g + NUMBERS - 1];
    }
  }

  /** What the tests above a node say of one feature. */
  private record Cell(int node, boolean left, boolean[] atoms, double mass) {}

  /** Numbers the nodes so that parents come before children, with the shares of each. */
  private static final class Compiler {

    private final Tree tree;
    private final Marginals marginals;
    private final List<Node> nodes = new ArrayList<>();
    private final Cell[] above;
    private int most;

    Compiler(Tree tree, Marginals marginals) {
      this.tree = tree;
      this.marginals = marginals;
      this.above = new Cell[marginals.masses().length];
    }

    /** Adds a node below tests of so many features. */
    int add(int at, int features) {
      if (at < 0) {
        most = Math.max(most, features);
        return at;
      }
      int j = tree.feature()[at];
      double[] masses = marginals.masses()[j];
      Cell cell = above[j];
      boolean[] goLeft = new boolean[masses.length];
      boolean[] goRight = new boolean[masses.length];
      double left = 0;
      double mass = 0;
      for (int atom = 0; atom < masses.length; atom++) {
        if (cell == null || cell.atoms[atom]) {
          boolean goes = tree.goesLeft(at, marginals.value(j, atom));
          goLeft[atom] = goes;
          goRight[atom] = !goes;
          mass += masses[atom];
          left += goes ? masses[atom] : 0;
        }
      }
      Node node = new Node();
      int index = nodes.size();
      nodes.add(node);
      node.feature = j;
      node.missingLeft = tree.missingLeft()[at];
      node.test(tree, at, masses.length, atom -> marginals.value(j, atom));
      node.before = cell == null ? -1 : cell.node;
      node.leftOfBefore = cell != null && cell.left;
      node.kappa = cell == null ? 1 : cell.mass;
      // Where no training row was, all that reaches the node has the weight 0.
      node.share = mass > 0 ? left / mass : 0.5;
      int below = cell == null ? features + 1 : features;
      above[j] = new Cell(index, true, goLeft, node.kappa * node.share);
      node.left = add(tree.left()[at], below);
      above[j] = new Cell(index, false, goRight, node.kappa * (1 - node.share));
      node.right = add(tree.right()[at], below);
      above[j] = cell;
      return index;
    }
  }
}
