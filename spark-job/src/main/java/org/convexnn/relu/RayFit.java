package org.convexnn.relu;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.network.ReluNetwork;
import org.convexnn.solver.program.OutputShift;

/**
 * Output weights and linear terms of a ReLU network whose neurons' directions are fixed, "one ray for
 * each neuron": a group lasso on ReLU features (docs/theory/cones.md#growth),
 *
 * <pre>min_{A, L}  (1/W) sum_r w_r l(b0 + (z~_r U)_+ A + z~_r L) + beta sum_j ||a_j||_2 + (ridge/2) ||L||^2</pre>
 *
 * ||u_j|| = 1, by proximal Newton: one pass for loss, gradient and curvature, then block coordinate
 * descent on the quadratic model, which needs no row. Squared loss is its own model.
 */
final class RayFit {

  private static final int MOST_PASSES = 100;
  private static final int MOST_SWEEPS = 300;
  private static final int SWEEPS_OF_ACTIVE = 5;
  private static final double SWEEP_ACCURACY = 1e-7;
  private static final double SHORTEST = 1e-8;
  // Beyond so many, the linear terms but for the biases stay as they are.
  private static final int MOST_LINEAR = 300;

  private final ReluProblem problem;
  private final double[] hidden;
  private final int neurons;
  private final int outputs;
  private final int tail;
  private final double beta;
  private final double tolerance;

  /**
   * Where a fit ended.
   *
   * @param network hidden weights of length one, the outputs of neurons not needed exactly zero
   * @param objective P(network)
   * @param loss its mean loss
   */
  record Fitted(ReluNetwork network, double objective, double loss) {}

  /** A point and its sums. */
  private record Point(ReluNetwork network, double objective, ReluProblem.Rays rays) {}

  private RayFit(ReluProblem problem, ReluNetwork start, double beta, double tolerance) {
    this.problem = problem;
    this.hidden = start.hidden();
    this.neurons = start.neurons();
    this.outputs = start.outputs();
    this.beta = beta;
    this.tolerance = tolerance;
    boolean skip = problem.terms().skip() && problem.width() <= MOST_LINEAR;
    this.tail = skip ? problem.width() : problem.terms().intercept() ? 1 : 0;
  }

  /**
   * Fits.
   *
   * @param start directions of length one, and weights to start from
   * @param beta the regularisation parameter
   * @param tolerance relative decrease of the objective at which to stop
   */
  static Fitted of(ReluProblem problem, ReluNetwork start, double beta, double tolerance) {
    return new RayFit(problem, start, beta, tolerance).solve(start);
  }

  private Fitted solve(ReluNetwork start) {
    Point point = evaluate(start);
    double[] step = step(point);
    double length = 1;
    for (int pass = 1; pass < MOST_PASSES && length >= SHORTEST; pass++) {
      Point next = evaluate(moved(point.network, step, length));
      if (next.objective <= point.objective) {
        double decrease = point.objective - next.objective;
        point = next;
        if (decrease <= tolerance * Math.abs(point.objective)) {
          break;
        }
        step = step(point);
        length = 1;
      } else {
        length /= 4;
      }
    }
    return new Fitted(point.network, point.objective, point.rays.loss());
  }

  private Point evaluate(ReluNetwork weights) {
    ReluNetwork network = problem.loss() instanceof SoftmaxLoss ? centred(weights) : weights;
    ReluProblem.Rays rays = problem.rays("rays of neurons", network, tail);
    return new Point(network, problem.objective(network, rays.loss(), beta), rays);
  }

  /**
   * Softmax does not see a number added to all outputs: without the mean over the outputs the loss is
   * the same, and norms are smaller.
   */
  private ReluNetwork centred(ReluNetwork network) {
    return ReluNetwork.stacked(hidden, centred(network.w2()), centred(network.linear()), outputs);
  }

  private double[] centred(double[] rows) {
    double[] result = rows.clone();
    OutputShift.remove(result, outputs, 1);
    return result;
  }

  /** A and the free rows of L, p x C. */
  private double[] free(ReluNetwork network) {
    double[] linear = network.linear();
    double[] free = Arrays.copyOf(network.w2(), (neurons + tail) * outputs);
    System.arraycopy(
        linear, linear.length - tail * outputs, free, neurons * outputs, tail * outputs);
    return free;
  }

  private ReluNetwork moved(ReluNetwork network, double[] step, double length) {
    double[] free = free(network);
    Blas.axpy(length, step, free);
    double[] linear = network.linear();
    System.arraycopy(
        free, neurons * outputs, linear, linear.length - tail * outputs, tail * outputs);
    return ReluNetwork.stacked(hidden, Arrays.copyOf(free, neurons * outputs), linear, outputs);
  }

  /** From a point to the minimum of its model. */
  private double[] step(Point point) {
    Model model = new Model(point);
    int[] all = IntStream.range(0, neurons).toArray();
    for (int sweep = 0; sweep < MOST_SWEEPS; sweep += 1 + SWEEPS_OF_ACTIVE) {
      if (model.sweep(all) <= SWEEP_ACCURACY * tolerance * Math.abs(point.objective)) {
        break;
      }
      int[] active = IntStream.of(all).filter(model::active).toArray();
      for (int k = 0; k < SWEEPS_OF_ACTIVE; k++) {
        model.sweep(active);
      }
    }
    double[] step = model.weights;
    Blas.axpy(-1, free(point.network), step);
    return step;
  }

  /** The quadratic model of the loss at a point, minimised a block at a time. */
  private final class Model {

    private final double[][] grams;
    private final double[] slope;
    private final double[] weights;
    private final int p = neurons + tail;

    Model(Point point) {
      this.grams = point.rays.grams();
      this.slope = point.rays.gradient().clone();
      this.weights = free(point.network);
    }

    boolean active(int j) {
      return Blas.norm(weights, j * outputs, outputs) > 0;
    }

    /** The last change, in terms of the model's value. */
    double sweep(int[] blocks) {
      double change = 0;
      for (int j : blocks) {
        change += moveNeuron(j);
      }
      for (int j = neurons; j < p; j++) {
        change += moveLinear(j);
      }
      return change;
    }

    private double moveNeuron(int j) {
      double curvature = 0;
      for (int c = 0; c < outputs; c++) {
        curvature = Math.max(curvature, grams[c][j * p + j]);
      }
      double[] next = new double[outputs];
      if (curvature > Double.MIN_NORMAL) {
        for (int c = 0; c < outputs; c++) {
          next[c] = weights[j * outputs + c] - slope[j * outputs + c] / curvature;
        }
        double norm = Blas.norm(next, 0, outputs);
        double most = beta / curvature;
        for (int c = 0; c < outputs; c++) {
          next[c] *= norm > most ? 1 - most / norm : 0;
        }
      }
      double change = 0;
      for (int c = 0; c < outputs; c++) {
        change += move(j, c, next[c]) * curvature;
      }
      return change;
    }

    private double moveLinear(int j) {
      boolean bias = j == p - 1;
      if (!(bias ? problem.terms().intercept() : problem.terms().skip())) {
        return 0;
      }
      double change = 0;
      for (int c = 0; c < outputs; c++) {
        double curvature = grams[c][j * p + j] + problem.ridge();
        double at = weights[j * outputs + c];
        change +=
            move(j, c, at - (slope[j * outputs + c] + problem.ridge() * at) / curvature)
                * curvature;
      }
      return change;
    }

    /** Moves a weight and the slopes with it; the squared length of the move. */
    private double move(int j, int c, double to) {
      double by = to - weights[j * outputs + c];
      if (by == 0) {
        return 0;
      }
      weights[j * outputs + c] = to;
      double[] gram = grams[c];
      for (int i = 0; i < p; i++) {
        slope[i * outputs + c] += by * gram[j * p + i];
      }
      return by * by;
    }
  }
}
