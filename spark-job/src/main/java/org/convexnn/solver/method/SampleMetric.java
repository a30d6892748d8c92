package org.convexnn.solver.method;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.Patterns;
import org.convexnn.block.RowSetting;
import org.convexnn.block.kernel.RowKernel;
import org.convexnn.block.kernel.RowProducts;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.Cholesky;
import org.convexnn.loss.Loss;
import org.convexnn.solver.program.Coordinates;
import org.convexnn.solver.program.OutputShift;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.setup.Groups;

/**
 * The inverse of {@code H0 = F_s' diag(w^2) F_s + diag(shift)} from m sampled rows, in its dual
 * (Woodbury) form, for widths whose Q x Q matrix would cost too much:
 *
 * <pre>H0^-1 x = y - shift^-1 F_s' w K^-1 w F_s y,   y = x / shift,   K = I + w F_s shift^-1 F_s' w</pre>
 *
 * For half-spaces K is a product by entries of two m x m matrices, patterns and features, {@code
 * (S shift^-1 S') . (Z Z')}: m^2 (P + D) flops instead of m^2 Q. For leaves only pairs of rows in
 * the same leaf contribute. The factor costs m^3 / 3, a solve 2 m^2 + 8 m P D. Several outputs
 * share w and K: a K for each was measured to save no pass. Where outputs have groups, and shifts, of
 * their own, the smallest shift of a gate is K's: the result stays positive definite, as K is at
 * least that of each output. There too a K for each was measured to save no pass.
 */
public final class SampleMetric {

  // Of pairs of rows, those that a tree does not part.
  private static final double SHARE_IN_ONE_LEAF = 0.25;
  private static final double SEEN_DAMPING = 1e-3;
  // Gates overlap, so a direction that many of them share has a multiple of the mean curvature.
  private static final double UNSEEN = 8;

  private final Problem problem;
  private final GatedBlock sample;
  private final int rows;
  private final RowSetting setting;
  private final RowKernel kernel;
  private final double[] groupRows;
  private final double[] similarity;
  private final double[] linearSimilarity;

  private final double[] groupSquares;
  private final List<LeafProducts> leafProducts;
  private double[] root;
  private double linearShift;
  private double[] shift;
  private double[] gateShift;
  private Cholesky factor;

  /** A metric on these sampled rows; weights of the sample are over their probabilities. */
  SampleMetric(Problem problem, GatedBlock sample) {
    this.problem = problem;
    this.sample = sample;
    this.rows = sample.block().rows();
    // Only the shape of the metric matters: its products may be as coarse as the rows'.
    this.setting = problem.setting();
    this.kernel = RowKernel.of(setting, 1);
    Coordinates coordinates = problem.coordinates();
    if (coordinates.plain()) {
      this.groupRows = coordinates.euclidean() ? new double[0] : scaledRows();
      this.similarity = RowProducts.of(setting, sample, true, true);
      Coordinates.Skip skip = coordinates.skip();
      this.linearSimilarity =
          skip.linear() && skip.intercept()
              ? similarity
              : RowProducts.of(setting, sample, skip.linear(), skip.intercept());
    } else {
      double[] scaled = scaledRows();
      this.groupRows = coordinates.rowsInSolver(scaled, rows, false);
      this.similarity = products(groupRows);
      this.linearSimilarity = products(coordinates.rowsInSolver(scaled, rows, true));
    }
    this.groupSquares = groupSquares();
    this.leafProducts = leafProducts();
  }

  /** About how many bytes m rows take: matrices, and the products of rows in one leaf by tree. */
  public static double bytes(double m, int trees) {
    return (5 * 8 + 4 * SHARE_IN_ONE_LEAF * trees) * m * m;
  }

  /** The number of trees. */
  int trees() {
    return setting.leaves() > 0 ? sample.patterns().trees() : 0;
  }

  private double[] scaledRows() {
    int width = setting.width();
    int d = width - 1;
    double[] scaled = new double[rows * width];
    double[] x = new double[d];
    for (int r = 0; r < rows; r++) {
      setting.rowCoordinates(sample, r, x);
      System.arraycopy(x, 0, scaled, r * width, d);
      scaled[r * width + d] = 1;
    }
    return scaled;
  }

  private double[] products(double[] z) {
    int width = setting.width();
    double[] k = new double[rows * rows];
    Blas.parallelGemm(rows, rows, width, 1.0, z, 0, width, z, 0, width, 0.0, k, 0, rows);
    return k;
  }

  /**
   * Factors the metric at some weights.
   *
   * @param weights in row coordinates
   * @param floor lowest row curvature as a share of the loss's
   * @param damping shift of the groups in units of the mean diagonal of F_s' w^2 F_s
   * @param curvature of the penalty by group, added to the groups' shifts
   */
  void refactor(double[] weights, double floor, double damping, double[] curvature) {
    root = roots(weights, floor);
    double mean = meanDiagonal();
    // Of more columns than rows most directions are not in the sample, but have curvature.
    boolean unseen = setting.width() > rows;
    linearShift = problem.ridge() + (unseen ? damping : SEEN_DAMPING) * mean;
    double gateDamping = (unseen ? UNSEEN : 1) * damping;
    shift = new double[curvature.length];
    Arrays.setAll(shift, i -> gateDamping * mean + curvature[i]);
    gateShift = new double[problem.coordinates().gates()];
    Arrays.setAll(gateShift, i -> problem.groups().leastAt(i, shift));
    double[] similar = new double[rows * rows];
    addHalfSpaces(similar);
    addLeaves(similar);
    Blas.axpy(1 / linearShift, linearSimilarity, similar);
    for (int a = 0; a < rows; a++) {
      for (int b = 0; b < rows; b++) {
        similar[a * rows + b] *= root[a] * root[b];
      }
      similar[a * rows + a] += 1;
    }
    factor = new Cholesky(rows, similar);
  }

  private double[] roots(double[] weights, double floor) {
    int outputs = setting.outputs();
    Loss loss = setting.loss(sample.block());
    double[] f = forward(weights);
    double[] r = new double[outputs];
    double[] roots = new double[rows];
    for (int i = 0; i < rows; i++) {
      for (int c = 0; c < outputs; c++) {
        f[i * outputs + c] += setting.offset()[c];
      }
      double y = setting.label(sample.block(), i);
      loss.derivative(y, f, i * outputs, r, 0);
      double rho = Math.max(loss.rowCurvature(y, f, i * outputs, r, 0), floor * loss.curvature());
      roots[i] = Math.sqrt(sample.block().weight(i) * rho / problem.totalWeight());
    }
    return roots;
  }

  /** The mean diagonal of F_s' w^2 F_s in solver coordinates. */
  private double meanDiagonal() {
    int gates = problem.coordinates().gates();
    double sum = 0;
    for (int r = 0; r < rows; r++) {
      sum += root[r] * root[r] * (groupSquares[r] + linearSimilarity[r * rows + r]);
    }
    return sum / ((1.0 + gates) * setting.width());
  }

  /** {@code sum_i ((s_i - c_i) ||N_i' B' y~||)^2} by row. */
  private double[] groupSquares() {
    double[] squares = new double[rows];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < setting.halfSpaces(); i++) {
        double s = patternValue(r, i);
        squares[r] += s * s * square(r, i);
      }
      for (int t = 0; setting.leaves() > 0 && t < sample.patterns().trees(); t++) {
        squares[r] += square(r, setting.halfSpaces() + sample.patterns().leaf(r, t));
      }
    }
    return squares;
  }

  private double square(int r, int group) {
    double[] norm = problem.coordinates().norm(group);
    if (norm.length == 0) {
      return similarity[r * rows + r];
    }
    int width = setting.width();
    int zero = width - norm.length / width;
    double sum = 0;
    // N' is lower triangular, and its first rows may be left out.
    for (int i = 0; i < width - zero; i++) {
      double z = 0;
      for (int j = 0; j <= zero + i; j++) {
        z += norm[i * width + j] * groupRows[r * width + j];
      }
      sum += z * z;
    }
    return sum;
  }

  private double patternValue(int r, int i) {
    return (sample.patterns().active(r, i) ? 1 : 0) - problem.coordinates().centre(i);
  }

  private void addHalfSpaces(double[] k) {
    int p = setting.halfSpaces();
    if (p == 0) {
      return;
    }
    if (problem.coordinates().norm(0).length > 0) {
      int[] all = new int[rows];
      Arrays.setAll(all, r -> r);
      for (int i = 0; i < p; i++) {
        Blas.axpy(1, products(all, i, 1 / gateShift[i]), k);
      }
      return;
    }
    double[] s = new double[rows * p];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < p; i++) {
        s[r * p + i] = patternValue(r, i) / Math.sqrt(gateShift[i]);
      }
    }
    Blas.parallelGemm(rows, rows, p, 1.0, s, 0, p, s, 0, p, 0.0, k, 0, rows);
    for (int i = 0; i < k.length; i++) {
      k[i] *= similarity[i];
    }
  }

  /**
   * The products of the sampled rows in one leaf, which do not change with the weights.
   *
   * @param group the leaf's group
   * @param members the rows
   * @param products members x members, float32: only the metric's shape matters
   */
  private record LeafProducts(int group, int[] members, float[] products) {

    void addTo(double[] k, int rows, double factor) {
      int count = members.length;
      for (int a = 0; a < count; a++) {
        int row = members[a] * rows;
        for (int b = 0; b < count; b++) {
          k[row + members[b]] += factor * products[a * count + b];
        }
      }
    }
  }

  private List<LeafProducts> leafProducts() {
    Patterns patterns = sample.patterns();
    if (setting.leaves() == 0) {
      return List.of();
    }
    return IntStream.range(0, patterns.trees())
        .parallel()
        .boxed()
        .flatMap(
            t -> {
              Map<Integer, List<Integer>> byLeaf =
                  IntStream.range(0, rows)
                      .boxed()
                      .collect(
                          Collectors.groupingBy(
                              r -> patterns.leaf(r, t), TreeMap::new, Collectors.toList()));
              return byLeaf.entrySet().stream()
                  .map(
                      e ->
                          leafProducts(
                              e.getKey(), e.getValue().stream().mapToInt(r -> r).toArray()));
            })
        .toList();
  }

  private LeafProducts leafProducts(int leaf, int[] members) {
    int group = setting.halfSpaces() + leaf;
    double[] products =
        problem.coordinates().norm(group).length == 0
            ? similar(members)
            : products(members, group, 1);
    float[] single = new float[products.length];
    for (int i = 0; i < single.length; i++) {
      single[i] = (float) products[i];
    }
    return new LeafProducts(group, members, single);
  }

  private void addLeaves(double[] k) {
    for (LeafProducts leaf : leafProducts) {
      leaf.addTo(k, rows, 1 / gateShift[leaf.group()]);
    }
  }

  /** {@code factor Z Z'} of some rows Z under one group's own norm. */
  private double[] products(int[] members, int group, double factor) {
    int width = setting.width();
    int count = members.length;
    double[] z = new double[count * width];
    for (int i = 0; i < count; i++) {
      double value = group < setting.halfSpaces() ? patternValue(members[i], group) : 1;
      for (int j = 0; j < width; j++) {
        z[i * width + j] = value * groupRows[members[i] * width + j];
      }
    }
    double[] norm = problem.coordinates().norm(group);
    int rank = norm.length / width;
    double[] turned = new double[count * rank];
    Blas.gemm(
        false, true, count, rank, width, 1.0, z, 0, width, norm, 0, width, 0.0, turned, 0, rank);
    double[] products = new double[count * count];
    Blas.gemm(
        false, true, count, count, rank, factor, turned, 0, rank, turned, 0, rank, 0.0, products, 0,
        count);
    return products;
  }

  /** Inner products of a leaf's rows under the Euclidean norm. */
  private double[] similar(int[] members) {
    int count = members.length;
    double[] products = new double[count * count];
    for (int a = 0; a < count; a++) {
      for (int b = 0; b < count; b++) {
        products[a * count + b] = similarity[members[a] * rows + members[b]];
      }
    }
    return products;
  }

  /** {@code H0^-1 x}. */
  double[] solve(double[] x) {
    int outputs = setting.outputs();
    double[] y = divided(x);
    double[] v = forward(problem.coordinates().toRows(y));
    scale(v, outputs);
    if (setting.loss().coupled()) {
      // The loss has no curvature there.
      OutputShift.remove(v, outputs, 1);
    }
    factor.solve(v, outputs);
    scale(v, outputs);
    double[] back = divided(problem.coordinates().toSolver(backward(v)));
    for (int i = 0; i < y.length; i++) {
      y[i] -= back[i];
    }
    return y;
  }

  private double[] divided(double[] x) {
    Groups groups = problem.groups();
    double[] y = new double[x.length];
    int at = 0;
    for (; at < groups.block(); at++) {
      y[at] = x[at] / linearShift;
    }
    for (int i = 0; i < shift.length; i++) {
      double factor = 1 / shift[i];
      for (int end = at + groups.length(); at < end; at++) {
        y[at] = x[at] * factor;
      }
    }
    return y;
  }

  private void scale(double[] v, int outputs) {
    for (int i = 0; i < v.length; i++) {
      v[i] *= root[i / outputs];
    }
  }

  private double[] forward(double[] v) {
    int outputs = setting.outputs();
    double[] f = new double[rows * outputs];
    kernel.weights(0, v);
    for (int from = 0; from < rows; ) {
      int count = kernel.load(sample, from);
      kernel.forward(0, f, from * outputs);
      from += count;
    }
    return f;
  }

  private double[] backward(double[] q) {
    Arrays.fill(kernel.gradient(0), 0);
    for (int from = 0; from < rows; ) {
      int count = kernel.load(sample, from);
      kernel.backward(0, q, from * setting.outputs());
      from += count;
    }
    return kernel.gradient(0);
  }
}
