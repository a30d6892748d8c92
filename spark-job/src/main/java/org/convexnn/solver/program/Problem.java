package org.convexnn.solver.program;

import java.util.Arrays;
import java.util.List;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSetting;
import org.convexnn.block.kernel.DualValue;
import org.convexnn.block.pass.gated.AdmmPass;
import org.convexnn.block.pass.gated.CertificatePass;
import org.convexnn.block.pass.gated.CurvaturePass;
import org.convexnn.block.pass.gated.GradientPass;
import org.convexnn.block.pass.gated.GramPass;
import org.convexnn.block.pass.gated.JudgePass;
import org.convexnn.block.pass.gated.MomentumPass;
import org.convexnn.block.pass.gated.MovePass;
import org.convexnn.block.pass.gated.SearchPass;
import org.convexnn.block.pass.gated.SketchRowsPass;
import org.convexnn.block.pass.gated.SweepPass;
import org.convexnn.loss.Judge;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.SelectedRows;
import org.convexnn.solver.setup.Groups;

/**
 * The convex program in solver coordinates w (blocks of C D numbers, block 0 linear, w_i the groups
 * of the others):
 *
 * <pre>P(w) = (1/W) sum_r w_r l(y_r, b0 + (F w)_r) + beta sum_i ||w_i|| + ridge/2 ||w_0||^2
 * D(r) = (1/W) sum_r w_r (r_r b0 - l*(r_r)) - ||q_0||^2 / (2 ridge),   q = F'(w r)/W,  ||q_i|| &lt;= beta</pre>
 *
 * and the passes over rows that evaluate it. See docs/theory/objective.md#the-program,
 * docs/theory/certificates.md#what-is-certified and docs/theory/certificates.md#losses.
 */
public final class Problem {

  private final GatedRows rows;
  private final RowSetting setting;
  private final Coordinates coordinates;
  private final Groups groups;
  private final double totalWeight;
  private final double ridge;
  private final long rowCount;
  private final PassCounter counter;
  private final double unit;

  /**
   * A program on gated rows.
   *
   * @param rows the rows
   * @param setting loss, offset, gates, precision and the rows that count
   * @param coordinates the change of variables
   * @param groups what the penalty is a sum over
   * @param totalWeight W, the weight of the rows that count
   * @param rowCount about how many rows count
   * @param ridge skipRidge, positive
   * @param counter counts the passes
   */
  public Problem(
      GatedRows rows,
      RowSetting setting,
      Coordinates coordinates,
      Groups groups,
      double totalWeight,
      long rowCount,
      double ridge,
      PassCounter counter) {
    this(rows, setting, coordinates, groups, totalWeight, rowCount, ridge, counter, 1);
  }

  private Problem(
      GatedRows rows,
      RowSetting setting,
      Coordinates coordinates,
      Groups groups,
      double totalWeight,
      long rowCount,
      double ridge,
      PassCounter counter,
      double unit) {
    this.unit = unit;
    this.rows = rows;
    this.setting = setting;
    this.coordinates = coordinates;
    this.groups = groups;
    this.totalWeight = totalWeight;
    this.rowCount = rowCount;
    this.ridge = ridge;
    this.counter = counter;
  }

  /**
   * The loss at some weights.
   *
   * @param loss (1/W) sum w l, without penalty and ridge
   * @param gradient of the loss in solver coordinates, F' w l' / W; empty where not asked for
   * @param dual sums of the dual value, weighted by 1/W
   */
  public record Evaluation(double loss, double[] gradient, double[] dual) {}

  /** This program without groups: its sweeps count by their share of the flops. */
  public Problem withoutGroups() {
    return new Problem(
        rows,
        setting.withoutGroups(),
        coordinates.withoutGroups(),
        groups.withoutGates(),
        totalWeight,
        rowCount,
        ridge,
        counter,
        1.0 / (1 + coordinates.gates()));
  }

  /** What a certificate pass found. */
  public record Bounds(double primal, double dual) {}

  /** The rows. */
  public GatedRows rows() {
    return rows;
  }

  /** The rows' setting. */
  public RowSetting setting() {
    return setting;
  }

  /** The change of variables. */
  public Coordinates coordinates() {
    return coordinates;
  }

  /** W. */
  public double totalWeight() {
    return totalWeight;
  }

  /** About how many rows count. */
  public long rowCount() {
    return rowCount;
  }

  /** The rows that the loss is a mean over. */
  public SelectedRows selected() {
    return new SelectedRows(setting.selection(), totalWeight, rowCount);
  }

  /** skipRidge. */
  public double ridge() {
    return ridge;
  }

  /** The work counter. */
  public PassCounter counter() {
    return counter;
  }

  /** The number of weights. */
  public int length() {
    return coordinates.length();
  }

  /** What the penalty is a sum over. */
  public Groups groups() {
    return groups;
  }

  /** Whether one matrix of sums over rows is all that the program takes of them. */
  public boolean ofOneGram() {
    return quadratic() && setting.outputs() == 1;
  }

  /** Whether the loss is squared, so that its dual value is a quadratic along a ray. */
  public boolean quadratic() {
    return setting.loss().quadratic();
  }

  /** The loss and, with gradient, one pass; half a pass without. */
  public Evaluation evaluate(String what, double[] w, boolean gradient) {
    return evaluate(what, w, gradient, setting.precision());
  }

  /** The loss and, with gradient, one pass in a given precision; half a pass without. */
  public Evaluation evaluate(String what, double[] w, boolean gradient, Precision precision) {
    GradientPass.Order order = gradient ? GradientPass.Order.GRADIENT : GradientPass.Order.VALUE;
    double[][] sums =
        rows.sum(what, new GradientPass(setting.with(precision), coordinates.toRows(w), order, 1));
    counter.sweep(unit * (gradient ? 1 : 0.5));
    return new Evaluation(sums[0][0] / totalWeight, gradientOf(sums[1]), dualSums(sums[0], 1));
  }

  /** What a judge says of the rows' outputs at some weights. Half a pass. */
  public double judged(String what, double[] w, Judge judge) {
    double[] sums = rows.sum(what, new JudgePass(setting, coordinates.toRows(w), judge));
    counter.sweep(0.5 * unit);
    return judge.value(sums);
  }

  /**
   * Loss, gradient and curvature at some weights.
   *
   * @param at loss and gradient
   * @param blocks {@code F' diag(w h) F / W}, Q x Q in solver coordinates, for each output or for
   *     each pair of outputs
   */
  public record Curved(Evaluation at, double[][] blocks) {}

  /** One pass in float64, and Gram matrices from a share of the rows on top. */
  public Curved curved(String what, double[] w, GradientPass.Order order, double share) {
    double[][] sums =
        rows.sum(
            what,
            new GradientPass(setting.with(Precision.FLOAT64), coordinates.toRows(w), order, share));
    counter.sweep(unit);
    Evaluation at =
        new Evaluation(sums[0][0] / totalWeight, gradientOf(sums[1]), dualSums(sums[0], 1));
    double[][] blocks = new double[sums.length - 2][];
    for (int k = 0; k < blocks.length; k++) {
      blocks[k] = gramOf(sums[2 + k]);
    }
    return new Curved(at, blocks);
  }

  private double[] gramOf(double[] gram) {
    for (int k = 0; k < gram.length; k++) {
      gram[k] /= totalWeight;
    }
    return coordinates.toSolverGram(gram);
  }

  private double[] gradientOf(double[] sums) {
    if (sums.length == 0) {
      return sums;
    }
    double[] g = coordinates.toSolver(sums);
    for (int k = 0; k < g.length; k++) {
      g[k] /= totalWeight;
    }
    return g;
  }

  /** The penalty and ridge terms at w. */
  public double penalty(double[] w, double beta) {
    return beta * groups.sum(w) + 0.5 * ridge * groups.linearSquare(w);
  }

  /**
   * A lower bound on the optimum from a dual point r: that of the best scaling tau r. Under the norm
   * alone ||tau q_i|| &lt;= beta must hold; the elastic norm takes {@link Groups#conjugate} off instead.
   * Centres add {@code tau c.q}: the conjugate of {@code R(v - c)} is that of R and c.q. A cone takes
   * what it can from q first ({@link org.convexnn.solver.setup.LeafCone#relieved}).
   *
   * @param gradient q = F' w r / W in solver coordinates
   * @param dual sums of r's dual value over the grid, divided by W
   */
  public double lowerBound(double[] gradient, double[] dual, double beta) {
    return lowerBoundOf(groups.relieved(gradient, beta), dual, beta);
  }

  private double lowerBoundOf(double[] gradient, double[] dual, double beta) {
    double penalty = groups.linearSquare(gradient) / (2 * ridge);
    double[] norms = groups.norms(gradient);
    double most = Double.POSITIVE_INFINITY;
    if (groups.elasticNet() == 1) {
      double largest = Arrays.stream(norms).max().orElse(0);
      most = largest > 0 ? beta / largest : most;
      if (groups.centres().length == 0) {
        return DualValue.best(most, penalty, dual, quadratic()).value();
      }
    }
    double centred = groups.centreProduct(gradient);
    return DualValue.best(
            tau -> tau * tau * penalty + groups.conjugate(norms, tau, beta) - tau * centred,
            most,
            dual,
            quadratic())
        .value();
  }

  /** What {@link #lowerBound} would be if r needed no scaling. */
  public double unscaledBound(double[] gradient, double[] dual) {
    return dual[dual.length - 1] - groups.linearSquare(gradient) / (2 * ridge);
  }

  /**
   * The bounds of a certificate: objective of the weights as stored and dual bound of a dual point,
   * in float64. One pass, and half a pass more where the dual point is given by weights.
   */
  public Bounds certify(double[] w, DualPoint dual, double beta) {
    double[] v = coordinates.toRows(w);
    double[][] sums = certificateSums("certificate", Precision.FLOAT64, v, dual);
    counter.sweep(0.5 + passes(dual));
    return new Bounds(
        sums[0][0] / totalWeight + penalty(w, beta),
        lowerBound(gradientOf(sums[1]), dualSums(sums[0], 1), beta));
  }

  private static double passes(DualPoint dual) {
    double forward = dual.state() != GatedRows.NO_STATE ? 0 : 0.5;
    return 0.5 + forward + (dual.correction().length > 0 ? 0.5 : 0);
  }

  /**
   * A dual point's gradient and dual sums, its loss left out. Half a pass where its row state is kept;
   * another half for a correction.
   */
  public Evaluation dualAt(String what, DualPoint dual) {
    double[][] sums = certificateSums(what, setting.precision(), new double[0], dual);
    counter.sweep(passes(dual));
    return new Evaluation(0, gradientOf(sums[1]), dualSums(sums[0], 1));
  }

  private double[][] certificateSums(
      String what, Precision precision, double[] weights, DualPoint dual) {
    double[] c = dual.correction();
    double[] correction = c.length > 0 ? coordinates.toRows(c) : c;
    CertificatePass.Dual point =
        new CertificatePass.Dual(coordinates.toRows(dual.weights()), dual.averaged(), correction);
    return rows.step(
        what,
        new CertificatePass(setting.with(precision), weights, point),
        dual.state(),
        GatedRows.NO_STATE);
  }

  /**
   * A Gram matrix in solver coordinates, divided by W.
   */
  public double[] gram(
      String what,
      GramPass.Penalty penalty,
      GramPass.Sketch sketch,
      int state,
      Precision precision) {
    double[][] sums =
        rows.step(
            what,
            new GramPass(setting.with(precision), penalty, sketch),
            state,
            GatedRows.NO_STATE);
    counter.sweep(0);
    return gramOf(sums[1]);
  }

  /** {@code F' diag(w rho) F d / W} in solver coordinates, of a step d just tried. Half a pass. */
  public double[] curvature(String what, double[] directionInRows, int state) {
    double[][] sums =
        rows.step(what, new CurvaturePass(setting, directionInRows), state, GatedRows.NO_STATE);
    counter.sweep(0.5);
    return gradientOf(sums[0]);
  }

  /**
   * What a pass of accelerated gradient found.
   *
   * @param loss at z
   * @param ahead at the extrapolated point: loss, gradient and dual sums
   */
  public record Momentum(double loss, Evaluation ahead) {}

  /** Runs a step of accelerated gradient; everything over W. One pass. */
  public Momentum momentum(
      String what, double[] w, double[] previous, double momentum, int from, int to) {
    double[][] sums =
        rows.step(
            what,
            new MomentumPass(
                setting, coordinates.toRows(w), coordinates.toRows(previous), momentum),
            from,
            to);
    counter.sweep(1);
    return new Momentum(
        sums[0][0] / totalWeight,
        new Evaluation(sums[0][1] / totalWeight, gradientOf(sums[1]), dualSums(sums[0], 2)));
  }

  /**
   * What the partitions' sweeps agree on; see {@link SweepPass}.
   *
   * @param direction d in row coordinates, the consensus step
   * @param curvature of the mean loss, by weight
   */
  public record Consensus(double[] direction, double[] curvature) {}

  /**
   * Sweeps over the partitions' own trees, from the row state where they are. Counts as its sweeps
   * and half of one, for the partitions' own gradients.
   */
  public Consensus sweep(String what, SweepPass pass, int state) {
    double[][] sums = rows.step(what, pass, state, GatedRows.NO_STATE);
    counter.sweep(pass.sweeps() + 0.5);
    double[] direction = pass.step(sums);
    double[] curvature = sums[1];
    for (int i = 0; i < curvature.length; i++) {
      curvature[i] /= totalWeight;
    }
    return new Consensus(direction, curvature);
  }

  private double[] dualSums(double[] scalars, int from) {
    double[] dual = new double[DualValue.length()];
    for (int k = 0; k < dual.length; k++) {
      dual[k] = scalars[from + k] / totalWeight;
    }
    return dual;
  }

  /**
   * What a line search found.
   *
   * @param slopes mean slope of the loss at {@link SearchPass#steps}
   * @param dual sums of the averaged dual point
   * @param complete whether every row had an average
   * @param move where the length that was guessed leads
   */
  public record Search(double[] slopes, double[] dual, boolean complete, Move move) {}

  /** A pass along a direction of {@link SearchPass}, its setting and weights in row coordinates. */
  public Search search(String what, SearchPass pass, int from, int to) {
    double[][] sums = rows.step(what, pass, from, to);
    counter.sweep(1);
    double[] slopes = sums[SearchPass.SLOPES];
    for (int k = 0; k < slopes.length; k++) {
      slopes[k] /= totalWeight;
    }
    double[] scalars = sums[SearchPass.SEARCH];
    return new Search(
        slopes,
        dualSums(scalars, SearchPass.DUAL),
        scalars[SearchPass.LOST] == 0,
        moved(sums[SearchPass.MOVE], sums[SearchPass.MOVE + 1]));
  }

  /**
   * Where a move ended.
   *
   * @param at loss, gradient and dual sums there
   * @param meanPenalty mean curvature of the rows
   * @param meanLeverage mean leverage
   * @param leftOut sum of w l(f) over the rows that the selection leaves out
   * @param complete whether every row still had its state
   */
  public record Move(
      Evaluation at, double meanPenalty, double meanLeverage, double leftOut, boolean complete) {}

  /**
   * Half a pass that moves rows along the direction of the last search; see {@link MovePass}. Both
   * vectors in row coordinates.
   */
  public Move move(
      String what,
      double[] weights,
      double[] direction,
      double length,
      double floor,
      int from,
      int to) {
    double[][] sums =
        rows.step(what, new MovePass(setting, weights, direction, length, floor), from, to);
    counter.sweep(from == GatedRows.NO_STATE ? 1 : 0.5);
    return moved(sums[0], sums[1]);
  }

  private Move moved(double[] s, double[] gradient) {
    return new Move(
        new Evaluation(
            s[MovePass.LOSS] / totalWeight, gradientOf(gradient), dualSums(s, MovePass.DUAL)),
        s[MovePass.PENALTY] / totalWeight,
        s[MovePass.LEVERAGE] / totalWeight,
        s[MovePass.LEFT_OUT],
        s[MovePass.LOST] == 0);
  }

  /** A driver-side sample of about {@code count} rows, by curvature and leverage. */
  public GatedBlock sketchRows(
      String what, double count, Move at, double floor, long epoch, int state) {
    GramPass.Sketch sketch =
        count >= rowCount
            ? GramPass.Sketch.ALL
            : new GramPass.Sketch(
                count / rowCount, at.meanPenalty(), at.meanLeverage(), false, epoch);
    List<SketchRowsPass.Row> sample =
        rows.step(what, new SketchRowsPass(setting, floor, sketch), state, GatedRows.NO_STATE);
    counter.sweep(0);
    return SketchRowsPass.block(
        setting.width() - 1, coordinates.mapsRows(), setting.firstLeaves(), sample);
  }

  /** Runs an ADMM step on rows; vectors come back in solver coordinates, everything over W. */
  public double[][] admm(String what, AdmmPass pass, int from, int to) {
    double[][] sums = rows.step(what, pass, from, to);
    counter.sweep(pass.candidate().length > 0 ? 2 : pass.reduce() ? 1 : 0.5);
    for (int k = 0; k < sums[0].length; k++) {
      sums[0][k] /= totalWeight;
    }
    return new double[][] {sums[0], gradientOf(sums[1]), gradientOf(sums[2])};
  }
}
