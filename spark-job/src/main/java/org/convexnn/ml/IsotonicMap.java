package org.convexnn.ml;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;

/**
 * A map of probabilities that never falls: linear between knots, constant beyond them. Knots are fitted by
 * least squares to what happened, by pooling adjacent violators (Ayer, Brunk, Ewing, Reid and Silverman,
 * Annals of Mathematical Statistics 1955; for probabilities Zadrozny and Elkan, KDD 2002), the smallest and
 * largest probability of each pool being knots, as in MLlib's IsotonicRegression.
 *
 * @param knots ascending probabilities
 * @param values what each becomes, ascending
 */
public record IsotonicMap(List<Double> knots, List<Double> values) implements Serializable {

  /** Copies the lists and checks what may come from a file. */
  public IsotonicMap {
    knots = List.copyOf(knots);
    values = List.copyOf(values);
    boolean rises = knots.size() == values.size() && !knots.isEmpty();
    for (int i = 0; i < knots.size() && rises; i++) {
      rises =
          values.get(i) > 0
              && values.get(i) < 1
              && (i == 0
                  || (knots.get(i - 1) < knots.get(i) && values.get(i - 1) <= values.get(i)));
    }
    if (!rises) {
      throw new IllegalArgumentException("no map that rises: from " + knots + " to " + values);
    }
  }

  /** Rows of about one probability: its ends, the sum of weights and that of what happened. */
  private record Pool(double first, double last, double weight, double happened) {

    Pool and(Pool next) {
      return new Pool(first, next.last, weight + next.weight, happened + next.happened);
    }

    double mean() {
      return happened / weight;
    }
  }

  /**
   * Fits.
   *
   * @param p a probability of each row, at least one
   * @param happened 1 where it came true, else 0
   * @param weights positive
   */
  static IsotonicMap fit(double[] p, double[] happened, double[] weights) {
    // Rows of one probability are one before any pools are compared.
    List<Pool> ties = new ArrayList<>();
    IntStream.range(0, p.length)
        .boxed()
        .sorted(Comparator.comparingDouble(r -> p[r]))
        .map(r -> new Pool(p[r], p[r], weights[r], weights[r] * happened[r]))
        .forEach(row -> add(ties, row, (before, after) -> before.last == after.first));
    List<Pool> pools = new ArrayList<>();
    ties.forEach(tie -> add(pools, tie, (before, after) -> before.mean() >= after.mean()));
    // No number of rows shows that something never happens, or always does (Laplace's rule).
    double least = 1.0 / (p.length + 2);
    List<Double> knots = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    for (Pool pool : pools) {
      double value = Math.min(Math.max(pool.mean(), least), 1 - least);
      for (double knot : new double[] {pool.first, pool.last}) {
        if (knots.isEmpty() || knots.get(knots.size() - 1) < knot) {
          knots.add(knot);
          values.add(value);
        }
      }
    }
    return new IsotonicMap(knots, values);
  }

  /** Adds a pool after others, with which it is pooled while these do not stay below it. */
  private static void add(List<Pool> pools, Pool next, BiPredicate<Pool, Pool> together) {
    Pool last = next;
    while (!pools.isEmpty() && together.test(pools.get(pools.size() - 1), last)) {
      last = pools.remove(pools.size() - 1).and(last);
    }
    pools.add(last);
  }

  /** What a probability becomes; NaN of NaN. */
  double of(double p) {
    if (Double.isNaN(p)) {
      return p;
    }
    int at = Collections.binarySearch(knots, p);
    if (at >= 0) {
      return values.get(at);
    }
    int next = -at - 1;
    if (next == 0 || next == knots.size()) {
      return values.get(next == 0 ? 0 : next - 1);
    }
    double share = (p - knots.get(next - 1)) / (knots.get(next) - knots.get(next - 1));
    return values.get(next - 1) + share * (values.get(next) - values.get(next - 1));
  }
}
