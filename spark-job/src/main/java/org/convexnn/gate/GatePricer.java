package org.convexnn.gate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.linalg.SymmetricEigen;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.SlimNorm;

/**
 * Prices half-space gates on a sample of m rows: column generation for the convex program. The
 * price of a gate is the dual norm that its group would have,
 *
 * <pre>price(s) = ||Q(s)||_F,   Q(s) = (1/W) sum_r w_r (s_r - 1/2) z~_r r_r'   (k + 1) x C,</pre>
 *
 * with z of k coordinates and r_r = dl/df the derivatives of the loss at the present network. At an
 * optimum a gate with a price above beta lowers the objective when it is added; a higher price
 * promises more. With a group for each output the price is that of the dearest, max_c ||Q(s)_c||.
 * (docs/theory/gates.md#pricing-along-the-path; docs/theory/certificates.md#prices.)
 *
 * <p>The pool of candidates is half random cuts as they are drawn and half dense Gaussian gates
 * improved by power steps: the new direction is the left singular vector of Q(s), taken where the
 * price rises by it. From the pool gates are picked greedily by price among those whose pattern
 * splits the sample and correlates with no pattern that is there already.
 */
public final class GatePricer {

  private static final int CANDIDATES_PER_GATE = 8;
  private static final int POWER_STEPS = 2;
  private static final double LEAST_SHARE = 0.05;
  private static final double MOST_CORRELATION = 0.9;
  private static final int ROWS_FOR_CUTS = 4000;
  private static final int CHUNK = 64;

  private final FeatureMap map;
  private final List<double[]> rows;
  private final double[] weights;
  private final boolean perClass;
  private final boolean slim;
  private final long seed;
  private final int width;
  private final double[] mapped;

  /**
   * A pricer on a sample.
   *
   * @param map the feature map
   * @param rows m raw rows
   * @param weights of the rows
   * @param perClass whether a gate has a group for each output
   * @param slim whether weights are held to the span of {@link SlimNorm}
   * @param seed of the candidates
   */
  public GatePricer(
      FeatureMap map,
      List<double[]> rows,
      double[] weights,
      boolean perClass,
      boolean slim,
      long seed) {
    this.map = map;
    this.perClass = perClass;
    this.slim = slim;
    this.rows = List.copyOf(rows);
    double total = Arrays.stream(weights).sum();
    this.weights = Arrays.stream(weights).map(w -> w / total).toArray();
    this.seed = seed;
    this.width = map.dimension() + 1;
    int m = this.rows.size();
    this.mapped = new double[width * m];
    for (int r = 0; r < m; r++) {
      double[] z = map.apply(this.rows.get(r));
      for (int j = 0; j < width - 1; j++) {
        mapped[j * m + r] = z[j];
      }
      mapped[(width - 1) * m + r] = 1;
    }
  }

  /**
   * Gates of high price.
   *
   * @param derivatives dl/df of the sample's rows, m x C row-major
   * @param present gates that the new ones must differ from
   * @param count most gates wanted
   * @param round varies the candidates
   * @return at most {@code count} gates, the highest price first
   */
  public HalfSpaces price(double[] derivatives, HalfSpaces present, int count, int round) {
    int half = CANDIDATES_PER_GATE * count / 2;
    HalfSpaceSampler dense = new HalfSpaceSampler(map, stream(2L * round));
    HalfSpaceSampler raw = new HalfSpaceSampler(map, stream(2L * round + 1));
    Priced refined = priced(dense.gaussian(half), derivatives);
    for (int step = 0; step < POWER_STEPS; step++) {
      refined = improved(refined, derivatives);
    }
    List<double[]> some = rows.subList(0, Math.min(rows.size(), ROWS_FOR_CUTS));
    Priced pool = refined.and(priced(raw.raw(half, some), derivatives));
    return pool.gates.select(distinct(pool, patterns(present), count));
  }

  /** Candidates of a round have streams of their own. */
  private long stream(long number) {
    return CounterRandom.mix(seed ^ CounterRandom.mix(number + 1));
  }

  /** The prices of gates, given dl/df of the sample's rows, m x C row-major. */
  double[] prices(HalfSpaces gates, double[] derivatives) {
    return priced(gates, derivatives).prices;
  }

  /** Gates after one power step each, where it raises the price; the others as they were. */
  HalfSpaces powerStep(HalfSpaces gates, double[] derivatives) {
    return improved(priced(gates, derivatives), derivatives).gates;
  }

  /**
   * Gates with what the sample says of them.
   *
   * @param gates P gates
   * @param patterns which rows are active, a bit each
   * @param moments Q(s), P x C x (k + 1)
   * @param prices P numbers
   */
  private record Priced(HalfSpaces gates, long[][] patterns, double[][] moments, double[] prices) {

    Priced and(Priced other) {
      long[][] p = Arrays.copyOf(patterns, patterns.length + other.patterns.length);
      double[][] q = Arrays.copyOf(moments, p.length);
      double[] v = Arrays.copyOf(prices, p.length);
      System.arraycopy(other.patterns, 0, p, patterns.length, other.patterns.length);
      System.arraycopy(other.moments, 0, q, patterns.length, other.patterns.length);
      System.arraycopy(other.prices, 0, v, patterns.length, other.patterns.length);
      return new Priced(gates.and(other.gates), p, q, v);
    }

    Priced select(int[] which) {
      return new Priced(
          gates.select(which),
          Arrays.stream(which).mapToObj(i -> patterns[i]).toArray(long[][]::new),
          Arrays.stream(which).mapToObj(i -> moments[i]).toArray(double[][]::new),
          Arrays.stream(which).mapToDouble(i -> prices[i]).toArray());
    }
  }

  private Priced priced(HalfSpaces gates, double[] derivatives) {
    long[][] patterns = patterns(gates);
    double[][] moments = moments(patterns, derivatives);
    if (slim) {
      project(moments, gates);
    }
    double[] prices = Arrays.stream(moments).mapToDouble(q -> norm(dearest(q))).toArray();
    return new Priced(gates, patterns, moments, prices);
  }

  /** Keeps what the weights of each gate can answer. */
  private void project(double[][] moments, HalfSpaces gates) {
    double[][] norms = SlimNorm.of(map, gates);
    for (int i = 0; i < norms.length; i++) {
      for (int from = 0; from < moments[i].length; from += width) {
        SlimNorm.project(norms[i], moments[i], from);
      }
    }
  }

  private Priced improved(Priced old, double[] derivatives) {
    int count = old.prices.length;
    double[] directions = new double[count * width];
    for (int i = 0; i < count; i++) {
      System.arraycopy(leftSingular(dearest(old.moments[i])), 0, directions, i * width, width);
    }
    HalfSpaces gates = new HalfSpaceSampler(map, seed).inMap(directions);
    Priced moved = priced(gates, derivatives);
    int[] better =
        IntStream.range(0, count)
            .map(i -> moved.prices[i] > old.prices[i] && splits(moved.patterns[i]) ? count + i : i)
            .toArray();
    return old.and(moved).select(better);
  }

  /** The group of the largest norm of Q, given as C x (k + 1): all of it, or that of one output. */
  private double[] dearest(double[] q) {
    return perClass
        ? IntStream.range(0, q.length / width)
            .mapToObj(c -> Arrays.copyOfRange(q, c * width, (c + 1) * width))
            .max(Comparator.comparingDouble(GatePricer::norm))
            .orElseThrow()
        : q;
  }

  private static double norm(double[] v) {
    return Blas.norm(v, 0, v.length);
  }

  /** The left singular vector of the largest singular value of Q, given as C x (k + 1). */
  private double[] leftSingular(double[] q) {
    int outputs = q.length / width;
    double[] gram = new double[outputs * outputs];
    Blas.gemm(
        false, true, outputs, outputs, width, 1.0, q, 0, width, q, 0, width, 0.0, gram, 0, outputs);
    double[] right = SymmetricEigen.of(outputs, gram).vectors();
    double[] left = new double[width];
    int last = (outputs - 1) * outputs;
    Blas.gemm(
        false, false, 1, width, outputs, 1.0, right, last, outputs, q, 0, width, 0.0, left, 0,
        width);
    double norm = norm(left);
    for (int j = 0; j < width && norm > 0; j++) {
      left[j] /= norm;
    }
    return left;
  }

  /** The rows on which each gate is active. */
  private long[][] patterns(HalfSpaces gates) {
    int m = rows.size();
    int words = (m + 63) / 64;
    long[][] bits = new long[gates.size()][words];
    double[] transposed = gates.transposed();
    IntStream.range(0, words)
        .parallel()
        .forEach(
            word -> {
              double[] scores = new double[bits.length];
              for (int r = 64 * word; r < Math.min(m, 64 * word + 64); r++) {
                gates.scores(transposed, rows.get(r), scores);
                for (int i = 0; i < bits.length; i++) {
                  if (gates.active(i, scores[i])) {
                    bits[i][word] |= 1L << r;
                  }
                }
              }
            });
    return bits;
  }

  /** Q(s) as C x (k + 1) for each pattern. */
  private double[][] moments(long[][] patterns, double[] derivatives) {
    int m = rows.size();
    int outputs = derivatives.length / m;
    double[][] moments = new double[patterns.length][outputs * width];
    double[] all = new double[outputs * m];
    for (int r = 0; r < m; r++) {
      for (int c = 0; c < outputs; c++) {
        all[c * m + r] = weights[r] * derivatives[r * outputs + c];
      }
    }
    int chunks = (patterns.length + CHUNK - 1) / CHUNK;
    IntStream.range(0, chunks * outputs)
        .parallel()
        .forEach(
            k -> {
              int from = k / outputs * CHUNK;
              int count = Math.min(CHUNK, patterns.length - from);
              int c = k % outputs;
              double[] signed = new double[count * m];
              for (int i = 0; i < count; i++) {
                long[] bits = patterns[from + i];
                for (int r = 0; r < m; r++) {
                  double value = 0.5 * all[c * m + r];
                  signed[i * m + r] = (bits[r >> 6] >>> r & 1) != 0 ? value : -value;
                }
              }
              double[] products = new double[count * width];
              Blas.gemm(
                  false, true, count, width, m, 1.0, signed, 0, m, mapped, 0, m, 0.0, products, 0,
                  width);
              for (int i = 0; i < count; i++) {
                System.arraycopy(products, i * width, moments[from + i], c * width, width);
              }
            });
    return moments;
  }

  /** Greedily the candidates of the highest prices that differ from each other and the present. */
  private int[] distinct(Priced pool, long[][] present, int count) {
    long[][] chosen = Arrays.copyOf(present, present.length + count);
    int[] picked = new int[count];
    int found = 0;
    int[] order =
        IntStream.range(0, pool.prices.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -pool.prices[i]))
            .mapToInt(i -> i)
            .toArray();
    for (int i : order) {
      if (found == count) {
        break;
      }
      long[] pattern = pool.patterns[i];
      int sofar = present.length + found;
      if (splits(pattern)
          && IntStream.range(0, sofar)
              .allMatch(k -> Math.abs(correlation(pattern, chosen[k])) < MOST_CORRELATION)) {
        chosen[sofar] = pattern;
        picked[found++] = i;
      }
    }
    return Arrays.copyOf(picked, found);
  }

  /** Whether each side has at least 5 % of the rows. */
  private boolean splits(long[] pattern) {
    double share = (double) active(pattern) / rows.size();
    return share >= LEAST_SHARE && share <= 1 - LEAST_SHARE;
  }

  /** The correlation of two patterns over the rows; 0 where one is constant. */
  private double correlation(long[] a, long[] b) {
    double both = 0;
    for (int k = 0; k < a.length; k++) {
      both += Long.bitCount(a[k] & b[k]);
    }
    double m = rows.size();
    double na = active(a);
    double nb = active(b);
    double scale = Math.sqrt(na * (m - na) * nb * (m - nb));
    return scale > 0 ? (m * both - na * nb) / scale : 0;
  }

  private static long active(long[] pattern) {
    return Arrays.stream(pattern).map(Long::bitCount).sum();
  }
}
