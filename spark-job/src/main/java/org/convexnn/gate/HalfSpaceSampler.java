package org.convexnn.gate;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.SubNetwork;

/**
 * Draws half-space gates, and sub-networks of them. Gate i comes from stream i of the seed alone, so asking for more gates
 * never changes the earlier ones.
 */
public final class HalfSpaceSampler {

  private static final double CENTRE = 0.5;
  private static final double PATH_CENTRE = 0;
  private static final double LEAST_SHARE = 0.05;
  private static final int ATTEMPTS = 64;
  private static final double SPHERE_BOUND = 1;

  private final FeatureMap map;
  private final long seed;

  /** A sampler in the coordinates of a feature map. */
  public HalfSpaceSampler(FeatureMap map, long seed) {
    this.map = map;
    this.seed = seed;
  }

  /** A half-space on raw features. */
  private record Gate(double[] direction, double threshold) {}

  /**
   * Dense Gaussian gates: active where {@code z.g + b >= 0} with g ~ N(0, I), b ~ N(0, 1) in
   * feature-map coordinates (docs/theory/gates.md#half-spaces).
   */
  public HalfSpaces gaussian(int count) {
    Gate[] gates = new Gate[count];
    for (int i = 0; i < count; i++) {
      gates[i] = gaussianGate(new CounterRandom(seed, i));
    }
    return collect(gates);
  }

  /**
   * Gates on the unit sphere: active where {@code z.g >= t} with g uniform on the sphere ||g|| = 1 in
   * feature-map coordinates and t uniform in [-1, 1]. Where the map whitens, z.g has variance one:
   * the hyperplanes lie within a standard deviation of the mean.
   */
  public HalfSpaces sphere(int count) {
    Gate[] gates = new Gate[count];
    for (int i = 0; i < count; i++) {
      gates[i] = sphereGate(new CounterRandom(seed, i));
    }
    return collect(gates);
  }

  /**
   * Sub-networks as they come out of a Gaussian initialisation
   * (docs/theory/depth.md#drawing-sub-networks): the first layer of Gaussian half-spaces, w ~ N(0,
   * 1) above. Where a neuron's w are all negative their signs are turned: it would be active only
   * where none of its neurons is, and no path through it ever. Sub-network i comes from stream i of
   * the seed.
   *
   * <p>The centres of paths are 0: a path is active on less than half of the rows.
   *
   * @param widths m_1 .. m_{L-2}, positive, as {@link SubNetwork} has them
   */
  public List<SubNetwork> subNetworks(int count, int[] widths) {
    return IntStream.range(0, count).mapToObj(i -> subNetwork(i, widths)).toList();
  }

  private SubNetwork subNetwork(int stream, int[] widths) {
    CounterRandom random = new CounterRandom(seed, stream);
    Gate[] first = new Gate[Math.toIntExact(SubNetwork.paths(widths))];
    for (int p = 0; p < first.length; p++) {
      first[p] = gaussianGate(random);
    }
    double[] weights = new double[SubNetwork.edges(widths)];
    int edge = 0;
    int neurons = first.length;
    for (int m : widths) {
      neurons /= m;
      for (int k = 0; k < neurons; k++, edge += m) {
        double[] w = gaussians(random, m);
        boolean dead = Arrays.stream(w).allMatch(v -> v < 0);
        for (int j = 0; j < m; j++) {
          weights[edge + j] = dead ? -w[j] : w[j];
        }
      }
    }
    return new SubNetwork(widths, collect(first, PATH_CENTRE), weights);
  }

  /**
   * Gates on one column: active where {@code x_j >= t}, j a random column, t a value half way
   * between two neighbouring values of a sample, each side with at least 5 % of the sample (kind
   * sp1b). Where no such cut is found the gate is Gaussian.
   *
   * @param sample raw feature rows
   */
  public HalfSpaces columns(int count, List<double[]> sample) {
    Gate[] gates = new Gate[count];
    for (int i = 0; i < count; i++) {
      gates[i] = cut(new CounterRandom(seed, i), 1, sample);
    }
    return collect(gates);
  }

  /** Gaussian gates and gates on one column in turn. */
  public HalfSpaces mixed(int count, List<double[]> sample) {
    Gate[] gates = new Gate[count];
    for (int i = 0; i < count; i++) {
      CounterRandom random = new CounterRandom(seed, i);
      gates[i] = i % 2 == 0 ? gaussianGate(random) : cut(random, 1, sample);
    }
    return collect(gates);
  }

  /**
   * In turn Gaussian gates, gates on one column, and gates on two: active where {@code a x_j / sd_j +
   * b x_k / sd_k >= t} with a, b ~ N(0, 1) and t through a row of the sample, balanced like those on
   * one column.
   */
  HalfSpaces raw(int count, List<double[]> sample) {
    Gate[] gates = new Gate[count];
    for (int i = 0; i < count; i++) {
      CounterRandom random = new CounterRandom(seed, i);
      gates[i] = i % 3 == 0 ? gaussianGate(random) : cut(random, i % 3, sample);
    }
    return collect(gates);
  }

  /** The gates {@code z.g >= t} of patterns that were enumerated in feature-map coordinates. */
  public HalfSpaces through(List<PatternEnumeration.Pattern> patterns) {
    return collect(
        patterns.stream().map(p -> gate(p.direction(), -p.threshold())).toArray(Gate[]::new));
  }

  /**
   * The gates {@code z~.w_i >= 0} on raw features.
   *
   * @param directions w, P x (k + 1) row-major, z of k coordinates
   */
  HalfSpaces inMap(double[] directions) {
    int width = map.dimension() + 1;
    Gate[] gates = new Gate[directions.length / width];
    for (int i = 0; i < gates.length; i++) {
      double[] g = Arrays.copyOfRange(directions, i * width, (i + 1) * width - 1);
      gates[i] = gate(g, directions[(i + 1) * width - 1]);
    }
    return collect(gates);
  }

  private Gate gaussianGate(CounterRandom random) {
    double[] g = gaussians(random, map.dimension());
    return gate(g, random.nextGaussian());
  }

  private Gate sphereGate(CounterRandom random) {
    double[] g = gaussians(random, map.dimension());
    double norm = Blas.norm(g, 0, g.length);
    for (int j = 0; j < g.length && norm > 0; j++) {
      g[j] /= norm;
    }
    return gate(g, SPHERE_BOUND * (2 * random.nextDouble() - 1));
  }

  private static double[] gaussians(CounterRandom random, int count) {
    double[] g = new double[count];
    for (int j = 0; j < count; j++) {
      g[j] = random.nextGaussian();
    }
    return g;
  }

  /** z.g + b >= 0 with z = M (x - mean) * s is x.(s * M'g) >= mean.(s * M'g) - b. */
  private Gate gate(double[] g, double bias) {
    double[] direction = map.multiplyTransposed(g);
    double threshold = -bias;
    for (int j = 0; j < direction.length; j++) {
      direction[j] *= map.inverseScale()[j];
      threshold += map.mean()[j] * direction[j];
    }
    return new Gate(direction, threshold);
  }

  /** A balanced cut through a row of the sample; Gaussian where there is none. */
  private Gate cut(CounterRandom random, int columns, List<double[]> sample) {
    for (int attempt = 0; attempt < ATTEMPTS && !sample.isEmpty(); attempt++) {
      int[] column = new int[columns];
      double[] direction = new double[map.features()];
      for (int k = 0; k < columns; k++) {
        column[k] = random.nextInt(direction.length);
        direction[column[k]] =
            columns == 1 ? 1 : map.inverseScale()[column[k]] * random.nextGaussian();
      }
      double at = score(column, direction, sample.get(random.nextInt(sample.size())));
      double below = Double.NEGATIVE_INFINITY;
      int active = 0;
      for (double[] x : sample) {
        double score = score(column, direction, x);
        if (score >= at) {
          active++;
        } else {
          below = Math.max(below, score);
        }
      }
      double share = (double) active / sample.size();
      if (share >= LEAST_SHARE && share <= 1 - LEAST_SHARE) {
        double middle = below / 2 + at / 2;
        return new Gate(direction, middle > below ? middle : at);
      }
    }
    return gaussianGate(random);
  }

  /** x.g for a g of one column, or of two. */
  private static double score(int[] columns, double[] direction, double[] x) {
    double first = direction[columns[0]] * x[columns[0]];
    return columns.length == 1 || columns[1] == columns[0]
        ? first
        : first + direction[columns[1]] * x[columns[1]];
  }

  private HalfSpaces collect(Gate[] gates) {
    return collect(gates, CENTRE);
  }

  private HalfSpaces collect(Gate[] gates, double centre) {
    int d = map.features();
    double[] directions = new double[gates.length * d];
    double[] thresholds = new double[gates.length];
    double[] centres = new double[gates.length];
    for (int i = 0; i < gates.length; i++) {
      System.arraycopy(gates[i].direction, 0, directions, i * d, d);
      thresholds[i] = gates[i].threshold;
      centres[i] = centre;
    }
    return new HalfSpaces(d, directions, thresholds, centres);
  }
}
