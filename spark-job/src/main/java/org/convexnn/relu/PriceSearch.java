package org.convexnn.relu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.network.ReluNetwork;

/**
 * Searches directions u of high price ||Lambda' (X u)_+||_2 at a network's dual point, from many starts at
 * once, one pass a step for all of them. What it finds is a lower bound of the largest price.
 *
 * <p>Each candidate climbs by itself: from u it tries {@code (1 - t) u + t d / ||d||}, scaled to length
 * one, where d is a supergradient at u. A trial of higher price is taken, and t doubles up to 1; else t
 * halves, and d becomes the shortest vector between d and the trial's supergradient, which points
 * along the kink that the trial crossed (a bundle of two). So prices never fall
 * (docs/theory/certificates.md#searching-for-directions).
 *
 * <p>Starts: the network's own neurons, leading eigenvectors of the moments of the dual point,
 * hyperplanes through random rows, rows, and Gaussian vectors; all but the first with both signs.
 *
 * @param candidates most directions that climb at the same time
 * @param passes over the rows, at least 3
 * @param seed of starts
 */
public record PriceSearch(int candidates, int passes, long seed) {

  private static final double SHORTEST_STEP = 1e-9;
  private static final double SAME = 1e-6;
  // Orthogonalising against D - 1 rows takes D^2 numbers a start.
  private static final int WIDEST_HYPERPLANE = 256;

  /** Checks the ranges. */
  public PriceSearch {
    if (candidates < 1) {
      throw new IllegalArgumentException(
          "candidates is " + candidates + "; it must be a positive integer");
    }
    if (passes < 3) {
      throw new IllegalArgumentException("passes is " + passes + "; it must be 3 or more");
    }
  }

  /** 64 candidates and 30 passes. */
  public static PriceSearch withSeed(long seed) {
    return new PriceSearch(64, 30, seed);
  }

  /** The directions found at a network's dual point, the highest price first, no two the same. */
  public List<PricedNeuron> run(ReluProblem problem, ReluNetwork network) {
    return run(problem, network, problem.moments("moments of the dual point", network, 1));
  }

  /** Searches where the moments of the dual point are known. */
  List<PricedNeuron> run(ReluProblem problem, ReluNetwork network, DualMoments moments) {
    List<Climber> climbers = new ArrayList<>();
    for (double[] start : starts(problem, network, moments)) {
      climbers.add(new Climber(start, problem.outputs(), seed + climbers.size()));
    }
    for (int pass = 0; pass < passes; pass++) {
      List<Climber> moving = climbers.stream().filter(Climber::moves).toList();
      if (moving.isEmpty()) {
        break;
      }
      step(problem, network, moving);
    }
    return best(climbers);
  }

  private static void step(ReluProblem problem, ReluNetwork network, List<Climber> moving) {
    int q = moving.size();
    int width = problem.width();
    int c = problem.outputs();
    double[] hidden = new double[width * q];
    double[] output = new double[q * c];
    for (int j = 0; j < q; j++) {
      double[] u = moving.get(j).trial();
      for (int i = 0; i < width; i++) {
        hidden[i * q + j] = u[i];
      }
      System.arraycopy(moving.get(j).output, 0, output, j * c, c);
    }
    ReluNetwork candidates = ReluNetwork.stacked(hidden, output, new double[width * c], c);
    ReluProblem.Evaluation found = problem.price("prices of neurons", network, candidates);
    for (int j = 0; j < q; j++) {
      double[] prices = new double[c];
      for (int k = 0; k < c; k++) {
        prices[k] = -found.output()[j * c + k];
      }
      double[] gradient = new double[width];
      for (int i = 0; i < width; i++) {
        gradient[i] = -found.hidden()[i * q + j];
      }
      moving.get(j).seen(prices, gradient);
    }
  }

  private static List<PricedNeuron> best(List<Climber> climbers) {
    List<PricedNeuron> kept = new ArrayList<>();
    climbers.sort(Comparator.comparingDouble((Climber c) -> -c.price));
    for (Climber climber : climbers) {
      boolean other =
          kept.stream()
              .noneMatch(
                  k ->
                      Blas.dot(k.direction(), climber.u) > 1 - SAME
                          && Blas.dot(k.output(), climber.output) > 1 - SAME);
      if (climber.price > 0 && other) {
        kept.add(new PricedNeuron(climber.u, climber.output, climber.price));
      }
    }
    return kept;
  }

  /** Unit vectors, at most {@link #candidates} of them. */
  private List<double[]> starts(ReluProblem problem, ReluNetwork network, DualMoments moments) {
    List<double[]> starts = new ArrayList<>();
    ReluNetwork unit = network.normalized();
    for (int j = 0; j < unit.neurons() && starts.size() < (candidates + 1) / 2; j++) {
      add(problem, unit.direction(j), false, starts);
    }
    int free = problem.freeWidth();
    int each = Math.max(1, (candidates - starts.size()) / 8);
    double[][] leading = moments.leading(each);
    for (int k = 0; k < Math.min(each, leading.length); k++) {
      add(problem, leading[k], true, starts);
    }
    List<double[]> rows = problem.sample(Math.max(each, 4 * free), seed);
    CounterRandom random = new CounterRandom(seed, 0);
    for (int k = 0; k < each && !rows.isEmpty(); k++) {
      if (free <= WIDEST_HYPERPLANE) {
        add(problem, throughRows(rows, free, random), true, starts);
      }
      add(problem, point(rows.get(random.nextInt(rows.size())), free), true, starts);
    }
    while (starts.size() < candidates) {
      add(problem, gaussian(free, random), true, starts);
    }
    return starts.subList(0, Math.min(candidates, starts.size()));
  }

  /** Adds a direction of free numbers, or of all D, scaled to length one, where it is not zero. */
  private static void add(
      ReluProblem problem, double[] direction, boolean bothSigns, List<double[]> starts) {
    double[] u = new double[problem.width()];
    System.arraycopy(direction, 0, u, 0, direction.length);
    double norm = Blas.norm(u, 0, u.length);
    if (!(norm > 0)) {
      return;
    }
    double[] opposite = new double[u.length];
    for (int i = 0; i < u.length; i++) {
      u[i] /= norm;
      opposite[i] = -u[i];
    }
    starts.add(u);
    if (bothSigns) {
      starts.add(opposite);
    }
  }

  /** z, or [z, 1]. */
  private static double[] point(double[] z, int free) {
    double[] x = Arrays.copyOf(z, free);
    if (free > z.length) {
      x[z.length] = 1;
    }
    return x;
  }

  private static double[] gaussian(int free, CounterRandom random) {
    double[] x = new double[free];
    for (int i = 0; i < free; i++) {
      x[i] = random.nextGaussian();
    }
    return x;
  }

  /** A normal vector of the hyperplane through free - 1 random rows (and the origin). */
  private static double[] throughRows(List<double[]> rows, int free, CounterRandom random) {
    List<double[]> basis = new ArrayList<>();
    for (int k = 0; k < free - 1; k++) {
      double[] x = point(rows.get(random.nextInt(rows.size())), free);
      double size = Blas.norm(x, 0, free);
      orthogonalise(x, basis);
      double norm = Blas.norm(x, 0, free);
      if (norm > 1e-9 * size) {
        for (int i = 0; i < free; i++) {
          x[i] /= norm;
        }
        basis.add(x);
      }
    }
    double[] normal = gaussian(free, random);
    orthogonalise(normal, basis);
    return normal;
  }

  /** Twice, for the first time leaves rounding errors. */
  private static void orthogonalise(double[] x, List<double[]> basis) {
    for (int round = 0; round < 2; round++) {
      for (double[] b : basis) {
        Blas.axpy(-Blas.dot(b, x), b, x);
      }
    }
  }

  /** One candidate. */
  private static final class Climber {

    private double[] u;
    private double[] output;
    private double price = Double.NEGATIVE_INFINITY;
    private double[] ascent = new double[0];
    private double step = 1;
    private double[] tried;
    private int seen;

    Climber(double[] start, int outputs, long seed) {
      this.u = start;
      this.tried = start;
      CounterRandom random = new CounterRandom(seed, 1);
      this.output = gaussian(outputs, random);
      double norm = Blas.norm(output, 0, outputs);
      for (int k = 0; k < outputs; k++) {
        output[k] /= norm;
      }
    }

    boolean moves() {
      return step > SHORTEST_STEP;
    }

    double[] trial() {
      return tried;
    }

    /** Prices at the trial by output, and the supergradient of the price along {@link #output}. */
    void seen(double[] prices, double[] gradient) {
      seen++;
      double norm = Blas.norm(prices, 0, prices.length);
      double along = Blas.dot(prices, output);
      if (seen == 1) {
        // Only now the output is known along which the start is priced: look once more.
        take(prices, norm);
        return;
      }
      boolean higher = norm > price;
      if (seen == 2 || higher) {
        boolean turned = along < 0;
        if (turned) {
          for (int i = 0; i < gradient.length; i++) {
            gradient[i] = -gradient[i];
          }
        }
        take(prices, norm);
        ascent = gradient;
        step = seen == 2 ? 1 : Math.min(1, 2 * step);
      } else {
        if (along > 0) {
          ascent = shortest(ascent, gradient);
        }
        step /= 2;
      }
      next();
    }

    private void take(double[] prices, double norm) {
      u = tried;
      price = norm;
      if (norm > 0) {
        for (int k = 0; k < prices.length; k++) {
          output[k] = prices[k] / norm;
        }
      }
    }

    private void next() {
      double norm = Blas.norm(ascent, 0, ascent.length);
      if (!(norm > 0)) {
        step = 0;
        return;
      }
      double[] v = new double[u.length];
      for (int i = 0; i < v.length; i++) {
        v[i] = (1 - step) * u[i] + step * ascent[i] / norm;
      }
      double length = Blas.norm(v, 0, v.length);
      double moved = 0;
      for (int i = 0; i < v.length; i++) {
        v[i] = length > 0 ? v[i] / length : u[i];
        moved = Math.max(moved, Math.abs(v[i] - u[i]));
      }
      step = moved > SHORTEST_STEP ? step : 0;
      tried = v;
    }

    /** The shortest vector between two. */
    private static double[] shortest(double[] a, double[] b) {
      double difference = 0;
      double slope = 0;
      for (int i = 0; i < a.length; i++) {
        difference += (a[i] - b[i]) * (a[i] - b[i]);
        slope += a[i] * (a[i] - b[i]);
      }
      double share = difference > 0 ? Math.max(0, Math.min(1, slope / difference)) : 0;
      double[] x = new double[a.length];
      for (int i = 0; i < x.length; i++) {
        x[i] = (1 - share) * a[i] + share * b[i];
      }
      return x;
    }
  }
}
