package org.convexnn.relu;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.convexnn.block.kernel.DualValue;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SymmetricEigen;
import org.convexnn.network.ReluNetwork;

/**
 * How far a two-layer ReLU network, trained anywhere and anyhow, is at most from the best one of any
 * width (docs/theory/certificates.md#a-network-from-elsewhere; {@link ReluProblem} has the
 * program). The bounds follow from dual points: that of the network, and that of the network with
 * scale and linear terms refitted; the better one counts. The objective is that of the network as
 * it is, its neurons rebalanced.
 *
 * @param beta the regularisation parameter
 * @param objective P(net)
 * @param loss its mean loss
 * @param constantLoss mean loss of the constant model
 * @param penalty {@code sum_j ||(v_j, b_j)|| ||a_j||}
 * @param allPatternsBound a lower bound of the objective of every network of any width, proven
 * @param exact whether the largest price behind it is the exact one, not an upper bound: then the
 *     network is optimal if and only if the gap is zero
 * @param relativeGap (objective - allPatternsBound) / max(objective, 1e-6 constantLoss)
 * @param priceBound an upper bound of the price of every direction at the dual point of the bound
 * @param patternsBound a lower bound of the objective of networks whose neurons have activation
 *     patterns of this network's neurons, proven; at least the bound for all patterns
 * @param searchPrice the highest price found at the network's dual point: a lower bound of the highest
 *     price there is; above beta the network can be improved
 * @param stationarity {@code ||gradient of the objective|| / ||gradient of its penalty terms||} by output
 *     weights and linear terms of the rebalanced network: 0 at a stationary point, where {@code Lambda'
 *     (X u_j)_+ = beta ||u_j|| a_j / ||a_j||}. (By hidden weights there is no gradient where rows lie on a
 *     neuron's edge, as at most optima.)
 * @param neuronPrices {@code ||Lambda' (X u_j)_+|| / ||u_j||} of each neuron at the network's dual point, 0
 *     of a zero neuron
 * @param improving directions of price above beta, the highest first
 */
public record NetworkCertificate(
    double beta,
    double objective,
    double loss,
    double constantLoss,
    double penalty,
    double allPatternsBound,
    boolean exact,
    double relativeGap,
    double priceBound,
    double patternsBound,
    double searchPrice,
    double stationarity,
    double[] neuronPrices,
    List<PricedNeuron> improving)
    implements Serializable {

  private static final long MOST_PLANE_ROWS = 1_000_000;
  private static final double GAP_SCALE = 1e-6;
  // A price equal to beta is no improvement.
  private static final double ABOVE = 1 + 1e-6;

  /** Copies the list. */
  public NetworkCertificate {
    improving = List.copyOf(improving);
  }

  /**
   * Certifies a network.
   *
   * @param problem the program
   * @param network of z, without b0
   * @param beta the regularisation parameter, positive
   * @param search for directions of high price
   * @throws IllegalArgumentException for a network of another shape, with weights that are no part of
   *     the program, or whose objective overflows
   */
  public static NetworkCertificate of(
      ReluProblem problem, ReluNetwork network, double beta, PriceSearch search) {
    if (!(beta > 0) || beta == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("beta is " + beta + "; it must be a positive number");
    }
    problem.check(network);
    requireFinite("penalty of the network", network.penalty());
    ReluNetwork balanced = network.rebalanced();
    ReluProblem.Evaluation at = problem.evaluate("objective of the network", balanced);
    double objective = problem.objective(balanced, at.loss(), beta);
    requireFinite("objective of the network on these rows", objective);
    ReluNetwork constant = ReluNetwork.constant(problem.width() - 1, new double[problem.outputs()]);
    double constantLoss = problem.evaluate("constant model", constant).loss();
    Bounds own = bounds(problem, balanced, beta);
    Bounds refitted = bounds(problem, ScaleFit.of(problem, balanced, beta), beta);
    Bounds better = own.all > refitted.all ? own : refitted;
    List<PricedNeuron> found = search.run(problem, balanced, own.moments);
    double[] prices = prices(balanced, at);
    double highest = found.stream().mapToDouble(PricedNeuron::price).max().orElse(0);
    for (double price : prices) {
      highest = Math.max(highest, price);
    }
    return new NetworkCertificate(
        beta,
        objective,
        at.loss(),
        constantLoss,
        balanced.penalty(),
        better.all,
        better.exact,
        relativeGap(objective, better.all, constantLoss),
        better.price,
        Math.max(own.patterns, refitted.patterns),
        highest,
        stationarity(problem, balanced, at, beta),
        prices,
        found.stream().filter(p -> p.price() > ABOVE * beta).toList());
  }

  private static double relativeGap(double objective, double bound, double constantLoss) {
    return (objective - bound) / Math.max(objective, GAP_SCALE * constantLoss);
  }

  /** The objective's gap to another lower bound, relative as {@link #relativeGap} is. */
  double relativeGapTo(double bound) {
    return relativeGap(objective, bound, constantLoss);
  }

  private static void requireFinite(String what, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "the "
              + what
              + " is "
              + value
              + ": weights or outputs overflow; check that the network was trained on features of"
              + " this scale");
    }
  }

  /** The bounds from one dual point. */
  private record Bounds(
      double all, double patterns, double price, boolean exact, DualMoments moments) {}

  private static Bounds bounds(ReluProblem problem, ReluNetwork network, double beta) {
    DualMoments moments = problem.moments("moments of the dual point", network, 1);
    boolean exact = problem.freeWidth() <= 2 && problem.sizes().count() <= MOST_PLANE_ROWS;
    double price =
        exact
            ? problem.plane("prices in the plane", network).largest().price() + moments.rounding()
            : moments.largestPrice();
    double all = value(problem, network, moments, price, beta);
    double gated = gatedPrice(problem, network) + moments.rounding();
    double patterns = value(problem, network, moments, gated, beta);
    return new Bounds(all, Math.max(all, patterns), price, exact, moments);
  }

  /** The best dual value of the ray of a dual point, given its largest price; 0 is one of them. */
  private static double value(
      ReluProblem problem, ReluNetwork network, DualMoments moments, double price, double beta) {
    double most = price > 0 ? beta / price : Double.POSITIVE_INFINITY;
    double penalty = problem.linearPenalty(moments);
    DualValue.Best best = DualValue.best(most, penalty, moments.dual(), problem.quadratic());
    if (best.tau() == 1) {
      return Math.max(0, best.value());
    }
    // A chord of the grid is far below the value where tau is small, and a quadratic through the
    // grid's values is made of what they leave of each other.
    DualMoments scaled = problem.moments("dual value", network, best.tau());
    double value = scaled.dual()[scaled.dual().length - 1];
    return Math.max(0, value - problem.linearPenalty(scaled));
  }

  /** The largest {@code ||Lambda' D_j X||_2} over the patterns D_j of a network's neurons. */
  private static double gatedPrice(ReluProblem problem, ReluNetwork network) {
    int c = problem.outputs();
    ReluNetwork each = network.select(new int[0]);
    List<Integer> active = new ArrayList<>();
    for (int j = 0; j < network.neurons(); j++) {
      if (network.hiddenNorm(j) > 0) {
        active.add(j);
      }
    }
    if (active.isEmpty()) {
      return 0;
    }
    ReluNetwork neurons = network.select(active.stream().mapToInt(Integer::intValue).toArray());
    for (int k = 0; k < c; k++) {
      double[] output = new double[active.size() * c];
      for (int j = 0; j < active.size(); j++) {
        output[j * c + k] = 1;
      }
      each = each.and(ReluNetwork.stacked(neurons.hidden(), output, neurons.linear(), c));
    }
    double[] gradient = problem.price("prices of the patterns", network, each).hidden();
    int m = active.size();
    double largest = 0;
    for (int j = 0; j < m; j++) {
      double[] gram = new double[c * c];
      for (int i = 0; i < problem.width(); i++) {
        for (int k = 0; k < c; k++) {
          for (int l = 0; l < c; l++) {
            gram[k * c + l] += gradient[i * m * c + k * m + j] * gradient[i * m * c + l * m + j];
          }
        }
      }
      largest = Math.max(largest, SymmetricEigen.of(c, gram).values()[c - 1]);
    }
    return Math.sqrt(largest);
  }

  private static double[] prices(ReluNetwork network, ReluProblem.Evaluation at) {
    int c = network.outputs();
    double[] prices = new double[network.neurons()];
    for (int j = 0; j < prices.length; j++) {
      double hidden = network.hiddenNorm(j);
      prices[j] = hidden > 0 ? Blas.norm(at.output(), j * c, c) / hidden : 0;
    }
    return prices;
  }

  private static double stationarity(
      ReluProblem problem, ReluNetwork network, ReluProblem.Evaluation at, double beta) {
    double[][] gradients = {at.linear(), at.output()};
    double[][] weights = {network.linear(), network.w2()};
    double[] factors = {problem.ridge(), beta};
    double all = 0;
    double terms = 0;
    for (int part = 0; part < 2; part++) {
      for (int i = 0; i < weights[part].length; i++) {
        double term = factors[part] * weights[part][i];
        double sum = gradients[part][i] + term;
        all += sum * sum;
        terms += term * term;
      }
    }
    return terms > 0 ? Math.sqrt(all / terms) : all > 0 ? Double.POSITIVE_INFINITY : 0;
  }

  /** The gap that is left, {@code objective - allPatternsBound}. */
  public double gap() {
    return objective - allPatternsBound;
  }

  /** How many of the network's neurons have a price above beta. */
  public int neuronsAboveBeta() {
    int above = 0;
    for (double price : neuronPrices) {
      above += price > ABOVE * beta ? 1 : 0;
    }
    return above;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "objective %.6g, bound for all patterns %.6g (%s), relative gap %.2e, bound for these patterns"
            + " %.6g, beta %.4g, highest price found %.4g, stationarity %.1e, %d neurons, %d of them"
            + " priced above beta, %d improving directions",
        objective,
        allPatternsBound,
        exact ? "exact prices" : "one pass",
        relativeGap,
        patternsBound,
        beta,
        searchPrice,
        stationarity,
        neuronPrices.length,
        neuronsAboveBeta(),
        improving.size());
  }
}
