package org.convexnn.relu;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.convexnn.linalg.Blas;
import org.convexnn.network.ReluNetwork;
import org.convexnn.solver.checkpoint.ResumableSteps;
import org.convexnn.solver.method.SecantPairs;
import org.convexnn.solver.program.SolverState;

/**
 * Improvement of all weights of a ReLU network, hidden ones too, by L-BFGS on the program in its
 * weight-decay form (docs/theory/objective.md#the-factor-of-two), one pass over the rows an
 * evaluation:
 *
 * <pre>(1/W) sum_r w_r l(b0 + f(z_r)) + (beta/2) sum_j (||(v_j, b_j)||^2 + ||a_j||^2) + (ridge/2) ||L||^2</pre>
 *
 * which at a balanced network is P(net). Not convex: it ends at a network that is locally best at most.
 */
final class Polish {

  private static final int MEMORY = 20;
  private static final double SUFFICIENT = 1e-4;
  private static final double SHORTEST = 1e-4;
  private static final double TOLERANCE = 1e-6;
  private static final int FLAT = 5;
  // A look at the rows held out comes on top of a step.
  private static final double MOST_PASSES = 2;

  private final ReluProblem problem;
  private final double beta;
  private final ReluNetwork shape;
  private final int hidden;
  private final int output;
  private final SecantPairs pairs = new SecantPairs(MEMORY);
  private Point point;
  private double scale;
  private int flat;
  private boolean fresh = true;
  private int k;
  private double length;
  // Whether the watch was asked about this iteration before the driver was lost.
  private boolean asked;

  /** Hears of every iteration and may end the polish. */
  interface Watch {

    /** Whether to go on after this network of this value. */
    boolean goesOn(int iteration, ReluNetwork network, double value);
  }

  /** Weights [W1; b1], W2, [w0; b2] with value and gradient. */
  private record Point(double[] x, double value, double[] gradient) {}

  private Polish(ReluProblem problem, ReluNetwork start, double beta) {
    this.problem = problem;
    this.beta = beta;
    this.shape = start;
    this.hidden = start.hidden().length;
    this.output = start.w2().length;
  }

  /**
   * Iterates until hardly anything changes, the passes are spent or the watch says so.
   *
   * @param beta the regularisation parameter
   * @param room whether another pass is allowed
   * @return the last network
   */
  static ReluNetwork run(
      ReluProblem problem, ReluNetwork start, double beta, BooleanSupplier room, Watch watch) {
    return run(problem, start, beta, room, watch, Optional.empty(), (ahead, state) -> {});
  }

  /**
   * Improves a network, keeping its state so that a later driver may go on from there.
   *
   * @param start of the same shape for both
   * @param earlier how far an earlier driver had come
   * @param keeper is told before every pass
   */
  static ReluNetwork run(
      ReluProblem problem,
      ReluNetwork start,
      double beta,
      BooleanSupplier room,
      Watch watch,
      Optional<SolverState> earlier,
      ResumableSteps.Keeper keeper) {
    Polish polish = new Polish(problem, start, beta);
    earlier.ifPresentOrElse(polish::goOn, polish::begin);
    return polish.run(room, watch, keeper);
  }

  private void begin() {
    ReluNetwork balanced = shape.rebalanced();
    point = evaluate(pack(balanced.hidden(), balanced.w2(), balanced.linear()));
    scale = 1 / Math.max(1, Blas.norm(point.gradient, 0, point.gradient.length));
  }

  /** Goes on before the pass where {@link #state} was taken. */
  private void goOn(SolverState earlier) {
    point = evaluate(earlier.weights());
    pairs.learn(earlier.vectors("steps"), earlier.vectors("changes"));
    scale = earlier.number("scale");
    flat = earlier.count("flat");
    fresh = earlier.count("fresh") == 1;
    k = earlier.count("k");
    asked = true;
    length = earlier.number("length");
  }

  /** What {@link #goOn} wants. */
  private SolverState state() {
    return SolverState.of("polish", point.x)
        .and("steps", pairs.steps())
        .and("changes", pairs.changes())
        .and("scale", scale)
        .and("flat", flat)
        .and("fresh", fresh ? 1 : 0)
        .and("k", k)
        .and("length", length);
  }

  private ReluNetwork run(BooleanSupplier room, Watch watch, ResumableSteps.Keeper keeper) {
    for (; flat < FLAT && (asked || watch.goesOn(k, unpack(point.x), point.value)); k++) {
      double inverse = scale;
      double[] step = pairs.solve(point.gradient, g -> scaled(g, inverse));
      double slope = -Blas.dot(step, point.gradient);
      length = asked ? length : 1;
      asked = false;
      Point next = point;
      while (next == point && length > SHORTEST && room.getAsBoolean()) {
        keeper.underWay(MOST_PASSES, this::state);
        double[] x = point.x.clone();
        Blas.axpy(-length, step, x);
        Point trial = evaluate(x);
        if (trial.value <= point.value + SUFFICIENT * length * slope) {
          next = trial;
        } else {
          // The minimum of the parabola through both values and the slope.
          double rise = trial.value - point.value - length * slope;
          double shorter = rise > 0 ? -slope * length / (2 * rise) : 0.5;
          length *= Double.isFinite(rise) ? Math.max(0.1, Math.min(0.5, shorter)) : 0.1;
        }
      }
      if (next == point && (fresh || !room.getAsBoolean())) {
        break;
      }
      fresh = next == point;
      if (fresh) {
        pairs.clear();
        continue;
      }
      double[] change = next.gradient.clone();
      Blas.axpy(-1, point.gradient, change);
      double[] moved = next.x.clone();
      Blas.axpy(-1, point.x, moved);
      double curvature = Blas.dot(moved, change);
      if (curvature > 0) {
        scale = curvature / Blas.dot(change, change);
      }
      pairs.learn(moved, change);
      flat = point.value - next.value < TOLERANCE * Math.abs(point.value) ? flat + 1 : 0;
      point = next;
    }
    return unpack(point.x);
  }

  private static double[] scaled(double[] g, double by) {
    return Arrays.stream(g).map(v -> by * v).toArray();
  }

  private Point evaluate(double[] x) {
    ReluProblem.Evaluation sums = problem.evaluate("polish", unpack(x));
    double[] gradient = pack(sums.hidden(), sums.output(), sums.linear());
    double value = sums.loss();
    for (int i = 0; i < x.length; i++) {
      double decay = i < hidden + output ? beta : problem.ridge();
      value += 0.5 * decay * x[i] * x[i];
      gradient[i] += decay * x[i];
    }
    return new Point(x, value, gradient);
  }

  private double[] pack(double[] first, double[] second, double[] third) {
    double[] all = Arrays.copyOf(first, hidden + output + third.length);
    System.arraycopy(second, 0, all, hidden, output);
    System.arraycopy(third, 0, all, hidden + output, third.length);
    return all;
  }

  private ReluNetwork unpack(double[] x) {
    return ReluNetwork.stacked(
        Arrays.copyOf(x, hidden),
        Arrays.copyOfRange(x, hidden, hidden + output),
        Arrays.copyOfRange(x, hidden + output, x.length),
        shape.outputs());
  }
}
