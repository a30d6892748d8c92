package org.convexnn.gate;

import java.util.List;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.HalfSpaces;

/**
 * Draws half-space gates. Gate i comes from stream i of the seed alone, so asking for more gates
 * never changes the earlier ones.
 */
public final class HalfSpaceSampler {

  private static final double CENTRE = 0.5;
  private static final double LEAST_SHARE = 0.05;
  private static final int ATTEMPTS = 64;

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
   * feature-map coordinates (modelling.md section 4, kind gw).
   */
  public HalfSpaces gaussian(int count) {
    Gate[] gates = new Gate[count];
    for (int i = 0; i < count; i++) {
      gates[i] = gaussianGate(new CounterRandom(seed, i));
    }
    return collect(gates);
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
      gates[i] = columnGate(new CounterRandom(seed, i), sample);
    }
    return collect(gates);
  }

  /** Gaussian gates and gates on one column in turn. */
  public HalfSpaces mixed(int count, List<double[]> sample) {
    Gate[] gates = new Gate[count];
    for (int i = 0; i < count; i++) {
      CounterRandom random = new CounterRandom(seed, i);
      gates[i] = i % 2 == 0 ? gaussianGate(random) : columnGate(random, sample);
    }
    return collect(gates);
  }

  private Gate gaussianGate(CounterRandom random) {
    double[] g = new double[map.dimension()];
    for (int j = 0; j < g.length; j++) {
      g[j] = random.nextGaussian();
    }
    double bias = random.nextGaussian();
    // z.g + b >= 0 with z = M (x - mean) * s is x.(s * M'g) >= mean.(s * M'g) - b.
    double[] direction = map.multiplyTransposed(g);
    double threshold = -bias;
    for (int j = 0; j < direction.length; j++) {
      direction[j] *= map.inverseScale()[j];
      threshold += map.mean()[j] * direction[j];
    }
    return new Gate(direction, threshold);
  }

  private Gate columnGate(CounterRandom random, List<double[]> sample) {
    int d = map.features();
    for (int attempt = 0; attempt < ATTEMPTS && !sample.isEmpty(); attempt++) {
      int j = random.nextInt(d);
      double at = sample.get(random.nextInt(sample.size()))[j];
      double below = Double.NEGATIVE_INFINITY;
      int active = 0;
      for (double[] x : sample) {
        if (x[j] >= at) {
          active++;
        } else {
          below = Math.max(below, x[j]);
        }
      }
      double share = (double) active / sample.size();
      if (share >= LEAST_SHARE && share <= 1 - LEAST_SHARE) {
        double[] direction = new double[d];
        direction[j] = 1;
        double middle = below / 2 + at / 2;
        return new Gate(direction, middle > below ? middle : at);
      }
    }
    return gaussianGate(random);
  }

  private HalfSpaces collect(Gate[] gates) {
    int d = map.features();
    double[] directions = new double[gates.length * d];
    double[] thresholds = new double[gates.length];
    double[] centres = new double[gates.length];
    for (int i = 0; i < gates.length; i++) {
      System.arraycopy(gates[i].direction, 0, directions, i * d, d);
      thresholds[i] = gates[i].threshold;
      centres[i] = CENTRE;
    }
    return new HalfSpaces(d, directions, thresholds, centres);
  }
}
