package org.convexnn.relu;

import java.util.Arrays;
import java.util.List;
import org.convexnn.block.ColumnStats;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSetting;
import org.convexnn.block.kernel.DualValue;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.data.ColumnStatsPass;
import org.convexnn.block.pass.data.SamplePass;
import org.convexnn.block.pass.neuron.DualMomentsPass;
import org.convexnn.block.pass.neuron.NeuronPass;
import org.convexnn.block.pass.neuron.PlaneRowsPass;
import org.convexnn.block.pass.neuron.RayGramPass;
import org.convexnn.block.pass.neuron.ScaleFitPass;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.ReluNetwork;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.Rows;
import org.convexnn.solver.rows.SelectedRows;
import org.convexnn.solver.setup.ConstantModel;

/**
 * Training of two-layer ReLU networks of any width, in coordinates z = FeatureMap(x) of k numbers, z~ =
 * [z, 1], D = k + 1:
 *
 * <pre>
 * P(net) = (1/W) sum_r w_r l(y_r, b0 + f(z_r)) + beta sum_j ||(v_j, b_j)||_2 ||a_j||_2
 *            + (ridge/2) (||w0||^2 + ||b2||^2)
 * D(r)   = (1/W) sum_r w_r (r_r b0 - l*(y_r, r_r)) - ||q_0||^2 / (2 ridge),   q_0 = z~' (w r)/W
 *            where  M(r) = max_{||u|| &lt;= 1} ||(z~ u)_+' (w r)/W||_2 &lt;= beta</pre>
 *
 * and D(r) &lt;= P(net) for all networks and all feasible r
 * (docs/theory/certificates.md#all-patterns, docs/theory/objective.md#several-outputs). The penalty
 * is half the sum of squares of the rebalanced network's neurons. The bias of a hidden neuron is
 * inside its norm; the biases of the outputs, as corrections of the constant b0, and the skip bear
 * the ridge. Networks given to the methods are of z and leave b0 out.
 */
public final class ReluProblem implements AutoCloseable {

  private final Rows rows;
  private final GatedRows gated;
  private final RowSetting setting;
  private final FeatureMap map;
  private final Sizes sizes;
  private final double ridge;
  private final Terms terms;
  private final PassCounter counter;
  private final double before;
  private final boolean owner;

  /**
   * Which weights are free beside W1 and W2.
   *
   * @param bias whether hidden neurons have biases
   * @param skip whether there is a linear skip
   * @param intercept whether outputs have biases
   */
  public record Terms(boolean bias, boolean skip, boolean intercept) {}

  /**
   * The rows that count.
   *
   * @param weight W
   * @param count about how many they are
   */
  public record Sizes(double weight, long count) {}

  /**
   * Sums of a pass at a network, in coordinates z and over W; entries of weights that are not free
   * are zero.
   *
   * @param loss (1/W) sum w l
   * @param dual sums of the dual value of l'(f)
   * @param linear z~' r, D x C
   * @param output (z~ U)_+' r, q x C: minus the prices of the neurons U
   * @param hidden z~' (1[z~ U &gt; 0] .* (r A')), D x q: minus supergradients of the prices along A
   */
  public record Evaluation(
      double loss, double[] dual, double[] linear, double[] output, double[] hidden) {}

  /**
   * A program on rows.
   *
   * @param rows the rows
   * @param map a map without clipping, or one that rows are mapped by
   * @param setting loss, offset, precision and the rows that count; its groups are not read
   * @param sizes of the rows that count
   * @param ridge skipRidge, positive
   * @param terms which weights are free
   */
  public ReluProblem(
      Rows rows, FeatureMap map, RowSetting setting, Sizes sizes, double ridge, Terms terms) {
    this(rows, map, setting, sizes, ridge, terms, new PassCounter());
  }

  /** A program whose passes are counted where other passes are counted too. */
  ReluProblem(
      Rows rows,
      FeatureMap map,
      RowSetting setting,
      Sizes sizes,
      double ridge,
      Terms terms,
      PassCounter counter) {
    if (!(ridge > 0) || ridge == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "skipRidge is " + ridge + "; it must be a positive number");
    }
    this.rows = rows;
    this.map = map;
    this.setting = setting.withoutGroups();
    this.sizes = sizes;
    this.ridge = ridge;
    this.terms = terms;
    this.gated = rows.activate(GateSet.of(HalfSpaces.none(map.features())), map);
    this.counter = counter;
    this.before = counter.passes();
    this.owner = true;
  }

  private ReluProblem(ReluProblem other, RowSetting setting, Sizes sizes) {
    this.rows = other.rows;
    this.map = other.map;
    this.setting = setting;
    this.sizes = sizes;
    this.ridge = other.ridge;
    this.terms = other.terms;
    this.gated = other.gated;
    this.counter = other.counter;
    this.before = other.before;
    this.owner = false;
  }

  /** The program on some of these rows, which is usable as long as this one. */
  public ReluProblem on(SelectedRows selected) {
    return new ReluProblem(
        this, setting.on(selected.selection()), new Sizes(selected.weight(), selected.count()));
  }

  /** This program in another arithmetic, usable as long as this one. */
  public ReluProblem with(Precision precision) {
    return new ReluProblem(this, setting.with(precision), sizes);
  }

  /**
   * The program of a task on raw features and labels as they are, in float64; b0 is the constant
   * model.
   *
   * @throws IllegalArgumentException when there are no rows or their labels do not suit the task
   */
  public static ReluProblem of(Rows rows, Task task, double ridge, Terms terms) {
    ColumnStats stats = rows.sum("column statistics", new ColumnStatsPass(rows.features()));
    if (stats.rows() == 0) {
      throw new IllegalArgumentException(
          "there are no rows of positive weight to certify on; check the input and the weights");
    }
    ConstantModel constant = ConstantModel.of(rows, stats, task);
    double[] offset = terms.intercept() ? constant.offset() : new double[constant.offset().length];
    FeatureMap map = FeatureMap.identity(rows.features());
    GateSet none = GateSet.of(HalfSpaces.none(rows.features()));
    RowSetting setting = RowSetting.of(map, none, constant.loss(), offset, 0, 1, Precision.FLOAT64);
    return new ReluProblem(
        rows, map, setting, new Sizes(stats.weight(), stats.rows()), ridge, terms);
  }

  /** D. */
  public int width() {
    return setting.width();
  }

  /** C. */
  public int outputs() {
    return setting.outputs();
  }

  /** The number of free numbers in a neuron's direction. */
  public int freeWidth() {
    return terms.bias() ? width() : width() - 1;
  }

  /** The rows that count. */
  public Sizes sizes() {
    return sizes;
  }

  /** Which weights are free. */
  public Terms terms() {
    return terms;
  }

  /** skipRidge. */
  public double ridge() {
    return ridge;
  }

  /** Whether the dual value is a quadratic along a ray of dual points. */
  boolean quadratic() {
    return setting.loss() instanceof SquaredLoss;
  }

  /** The network with b0 taken off its output biases. */
  public ReluNetwork withoutOffset(ReluNetwork network) {
    double[] b2 = network.b2().clone();
    checkShape(network);
    Blas.axpy(-1, setting.offset(), b2);
    return new ReluNetwork(network.w1(), network.b1(), network.w2(), b2, network.skip());
  }

  private void checkShape(ReluNetwork network) {
    if (network.features() != width() - 1 || network.outputs() != outputs()) {
      throw new IllegalArgumentException(
          "the network has "
              + network.features()
              + " features and "
              + network.outputs()
              + " outputs, but the rows have "
              + (width() - 1)
              + " features and the task has "
              + outputs()
              + " outputs");
    }
  }

  /** Refuses a network of another shape or with weights that are not free. */
  public void check(ReluNetwork network) {
    checkShape(network);
    refuse(!terms.bias(), network.b1(), "b1, but hidden biases are");
    refuse(!terms.skip(), network.skip(), "skip, but the linear skip is");
    refuse(!terms.intercept(), network.b2(), "b2, but output biases are");
  }

  private static void refuse(boolean fixed, double[] weights, String what) {
    if (fixed && Arrays.stream(weights).anyMatch(w -> w != 0)) {
      throw new IllegalArgumentException("the network has " + what + " no part of the program");
    }
  }

  /** P(net) from its loss. */
  public double objective(ReluNetwork network, double loss, double beta) {
    double[] linear = network.linear();
    return loss + beta * network.penalty() + 0.5 * ridge * Blas.dot(linear, linear);
  }

  /** {@code ||q_0||^2 / (2 ridge)}, and what rounding may have taken. */
  double linearPenalty(DualMoments moments) {
    double[] q = moments.linear();
    double wrong =
        (terms.skip() ? moments.rounding() : 0) + (terms.intercept() ? moments.biasRounding() : 0);
    double norm = Blas.norm(q, 0, q.length) + wrong;
    return norm * norm / (2 * ridge);
  }

  /** Loss and gradient of all weights of a network. One pass. */
  public Evaluation evaluate(String what, ReluNetwork network) {
    return evaluation(sum(what, NeuronPass.gradient(setting, network.onRowCoordinates(map))));
  }

  /** Loss of a network and, at its dual point, prices of candidates, at least one. One pass. */
  public Evaluation price(String what, ReluNetwork network, ReluNetwork candidates) {
    return evaluation(
        sum(
            what,
            new NeuronPass(
                setting, network.onRowCoordinates(map), candidates.onRowCoordinates(map))));
  }

  /** A pass over the rows. */
  private <A> A sum(String what, RowPass<GatedBlock, A> pass) {
    counter.sweep(1);
    return gated.sum(what, pass);
  }

  /** How many passes over the rows there were, by programs on other of these rows too. */
  public int passes() {
    return (int) Math.round(counter.passes() - before);
  }

  /**
   * Sums for a fit of output weights and linear terms, of features Phi = [(z~ U)_+, linear terms], over
   * W, in coordinates z.
   *
   * @param loss (1/W) sum w l
   * @param gradient p x C
   * @param grams by output, p x p
   */
  record Rays(double loss, double[] gradient, double[][] grams) {}

  /**
   * Loss, gradient and curvature by output weights and the last linear terms. One pass.
   *
   * @param tail 0, 1 for the biases of the outputs, or D for all linear terms
   */
  Rays rays(String what, ReluNetwork network, int tail) {
    double[][] sums = sum(what, new RayGramPass(setting, network.onRowCoordinates(map), tail));
    for (double[] part : sums) {
      divide(part);
    }
    int p = network.neurons() + tail;
    double[][] grams = new double[outputs()][];
    for (int c = 0; c < grams.length; c++) {
      double[] half = transposed(tailToMap(sums[2 + c], p, tail), p);
      grams[c] = tailToMap(half, p, tail);
    }
    return new Rays(sums[0][0], tailToMap(sums[1], outputs(), tail), grams);
  }

  /** Takes the last D rows of a matrix to coordinates z, where they are that many. */
  private double[] tailToMap(double[] a, int columns, int tail) {
    if (tail != width()) {
      return a;
    }
    int from = a.length - tail * columns;
    double[] mapped = toMap(Arrays.copyOfRange(a, from, a.length), columns);
    double[] result = a.clone();
    System.arraycopy(mapped, 0, result, from, mapped.length);
    return result;
  }

  private Evaluation evaluation(double[][] sums) {
    for (double[] part : sums) {
      divide(part);
    }
    double[] dual = Arrays.copyOfRange(sums[0], 1, 1 + DualValue.length());
    return new Evaluation(
        sums[0][0], dual, linear(sums[1]), sums[2], hidden(sums[3], sums[3].length / width()));
  }

  private void divide(double[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= sizes.weight();
    }
  }

  /**
   * Moments of the dual point t l'(f) over W. One pass.
   *
   * @throws IllegalArgumentException where squares of features leave the range of float64, or the
   *     moments have no room
   */
  DualMoments moments(String what, ReluNetwork network, double scale) {
    int c = outputs();
    boolean byOutput = DualMoments.byOutput(width(), c);
    DualMoments.check(width(), Runtime.getRuntime().maxMemory());
    double[][] sums =
        sum(
            what,
            new DualMomentsPass(
                setting,
                network.onRowCoordinates(map),
                scale,
                plainRows() ? new double[0] : map.matrix(),
                terms.bias(),
                byOutput));
    for (double[] part : sums) {
      divide(part);
      requireFinite(part);
    }
    int outputs = byOutput ? c : 0;
    return new DualMoments(
        freeWidth(),
        c,
        Arrays.copyOfRange(sums[0], 1, 1 + DualValue.length()),
        linear(sums[1]),
        hidden(sums[1], c),
        matrix(sums[2]),
        sums[3][0],
        matrices(sums, 4, 2 * outputs),
        matrices(sums, 4 + 2 * outputs, 2 * outputs),
        Arrays.copyOfRange(sums[3], 1, sums[3].length));
  }

  private static void requireFinite(double[] sums) {
    if (!Arrays.stream(sums).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(
          "features of these rows, or the network's outputs at them, are so large that their squares"
              + " overflow: no bound over all patterns can be computed; divide the largest columns by"
              + " a constant and multiply the network's first weights on them by it");
    }
  }

  private double[][] matrices(double[][] sums, int from, int count) {
    double[][] matrices = new double[count][];
    for (int k = 0; k < count; k++) {
      matrices[k] = matrix(sums[from + k]);
    }
    return matrices;
  }

  /** B A B' of moments A in row coordinates, B = diag(M, 1). */
  private double[] matrix(double[] moments) {
    double[] half = toMap(moments, width());
    return toMap(transposed(half, width()), width());
  }

  /** All rows and their dual points: for few rows of at most two coordinates. One pass. */
  PlanePrices plane(String what, ReluNetwork network) {
    double[] numbers = sum(what, new PlaneRowsPass(setting, network.onRowCoordinates(map)));
    int k = width() - 1;
    int c = outputs();
    int n = numbers.length / (k + c);
    double[] points = new double[2 * n];
    double[] dual = new double[c * n];
    for (int r = 0; r < n; r++) {
      double[] y = Arrays.copyOfRange(numbers, r * (k + c), r * (k + c) + k);
      double[] z = map.mapsRows() ? y : map.multiply(y);
      System.arraycopy(z, 0, points, 2 * r, k);
      if (terms.bias()) {
        points[2 * r + k] = 1;
      }
      for (int o = 0; o < c; o++) {
        dual[r * c + o] = numbers[r * (k + c) + k + o] / sizes.weight();
      }
    }
    return new PlanePrices(points, dual, c);
  }

  /** Loss, gradient and Hessian over W by scale and linear part, in row coordinates. One pass. */
  double[][] scaled(String what, ReluNetwork network, double scale, boolean biasesAlone) {
    double[][] sums =
        sum(what, new ScaleFitPass(setting, network.onRowCoordinates(map), scale, biasesAlone));
    for (double[] part : sums) {
      divide(part);
    }
    return sums;
  }

  /** Whether row coordinates are z, but for shift and scale of columns. */
  boolean plainRows() {
    return map.mapsRows() || map.matrix().length == 0;
  }

  /** About so many rows z. */
  List<double[]> sample(int count, long seed) {
    double rate = Math.min(1, (double) count / Math.max(1, sizes.count()));
    return rows.sum("sample of rows", new SamplePass(setting.selection(), rate, seed)).stream()
        .map(row -> map.apply(row.features()))
        .toList();
  }

  private double[] linear(double[] rowGradient) {
    int c = outputs();
    double[] g = toMap(rowGradient, c);
    int last = (width() - 1) * c;
    if (!terms.skip()) {
      Arrays.fill(g, 0, last, 0);
    }
    if (!terms.intercept()) {
      Arrays.fill(g, last, g.length, 0);
    }
    return g;
  }

  private double[] hidden(double[] rowGradient, int columns) {
    double[] g = toMap(rowGradient, columns);
    if (!terms.bias()) {
      Arrays.fill(g, (width() - 1) * columns, g.length, 0);
    }
    return g;
  }

  /** diag(M, 1) G of a gradient in row coordinates, D x columns. */
  private double[] toMap(double[] g, int columns) {
    double[] result = g.clone();
    if (!plainRows() && columns > 0) {
      int k = width() - 1;
      Blas.gemm(
          false, false, k, columns, k, 1, map.matrix(), 0, k, g, 0, columns, 0, result, 0, columns);
    }
    return result;
  }

  private static double[] transposed(double[] a, int n) {
    double[] t = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        t[j * n + i] = a[i * n + j];
      }
    }
    return t;
  }

  /** The loss. */
  Loss loss() {
    return setting.loss();
  }

  /** Releases the rows' mapped features. */
  @Override
  public void close() {
    if (owner) {
      gated.close();
    }
  }
}
