package org.convexnn.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.SlimNorm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatePricerTest {

  private static final int D = 4;
  private static final int M = 700;
  private static final FeatureMap MAP =
      new FeatureMap(
          new double[] {0.5, -1, 0, 2},
          new double[] {1, 0.5, 2, 1},
          new double[] {1, 0.2, 0, 0, 0.2, 1, 0.1, 0, 0, 0.1, 1.5, 0, 0, 0, 0, 0.8});

  private static final FeatureMap NARROW =
      new FeatureMap(MAP.mean(), MAP.inverseScale(), Arrays.copyOf(MAP.matrix(), 2 * D));

  private final List<double[]> rows = rows(3);
  private final double[] weights = new Random(4).doubles(M, 0.1, 2).toArray();
  private final GatePricer pricer = new GatePricer(MAP, rows, weights, false, false, 7);

  private static List<double[]> rows(long seed) {
    Random random = new Random(seed);
    return Stream.generate(() -> random.doubles(D, -3, 3).toArray()).limit(M).toList();
  }

  private static double[] derivatives(int outputs) {
    return new Random(5).doubles((long) M * outputs, -1, 1).toArray();
  }

  private static HalfSpaces gates(int count) {
    return new HalfSpaceSampler(MAP, 11).gaussian(count);
  }

  private static boolean active(HalfSpaces gates, int i, double[] x) {
    double score = 0;
    for (int j = 0; j < D; j++) {
      score += x[j] * gates.directions()[i * D + j];
    }
    return score >= gates.thresholds()[i];
  }

  /** {@code || (1/W) sum_r w_r (s_r - 1/2) z~_r r_r' ||_F} term by term. */
  private double price(FeatureMap map, HalfSpaces gates, int i, double[] derivatives, int outputs) {
    double total = Arrays.stream(weights).sum();
    double square = 0;
    for (int c = 0; c < outputs; c++) {
      for (int j = 0; j <= map.dimension(); j++) {
        double sum = 0;
        for (int r = 0; r < M; r++) {
          double z = j < map.dimension() ? map.apply(rows.get(r))[j] : 1;
          double s = active(gates, i, rows.get(r)) ? 1 : 0;
          sum += weights[r] * (s - 0.5) * z * derivatives[r * outputs + c] / total;
        }
        square += sum * sum;
      }
    }
    return Math.sqrt(square);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void pricesAreTheDualNormsOfTheGroups(int outputs) {
    HalfSpaces gates = gates(70);
    double[] derivatives = derivatives(outputs);
    double[] prices = pricer.prices(gates, derivatives);
    assertThat(prices).hasSize(70);
    for (int i = 0; i < prices.length; i++) {
      assertThat(prices[i]).isCloseTo(price(MAP, gates, i, derivatives, outputs), within(1e-14));
    }
  }

  /** Along its own direction e and its bias: {@code ||(sum_r s_r (z_r.e) r_r, sum_r s_r r_r)||}. */
  @Test
  void slimPricesAreOfTheirOwnDirections() {
    HalfSpaces gates = gates(20);
    double[] derivatives = derivatives(1);
    double[] prices = new GatePricer(MAP, rows, weights, false, true, 7).prices(gates, derivatives);
    double total = Arrays.stream(weights).sum();
    for (int i = 0; i < prices.length; i++) {
      double[] e = SlimNorm.of(MAP, gates)[i];
      double along = 0;
      double bias = 0;
      for (int r = 0; r < M; r++) {
        double[] z = MAP.apply(rows.get(r));
        double s = (active(gates, i, rows.get(r)) ? 0.5 : -0.5) * weights[r] / total;
        along += s * derivatives[r] * (e[0] * z[0] + e[1] * z[1] + e[2] * z[2] + e[3] * z[3]);
        bias += s * derivatives[r];
      }
      assertThat(prices[i]).isCloseTo(Math.hypot(along, bias), within(1e-14));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aPowerStepNeverLowersThePrice(int outputs) {
    double[] derivatives = derivatives(outputs);
    HalfSpaces gates = gates(40);
    double[] before = pricer.prices(gates, derivatives);
    HalfSpaces moved = pricer.powerStep(gates, derivatives);
    double[] after = pricer.prices(moved, derivatives);
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).isGreaterThanOrEqualTo(before[i]);
    }
    assertThat(Arrays.stream(after).sum()).isGreaterThan(1.05 * Arrays.stream(before).sum());
  }

  /** A map of 4 features to 2 coordinates. */
  @Test
  void pricesAreInTheCoordinatesOfTheMap() {
    GatePricer here = new GatePricer(NARROW, rows, weights, false, false, 7);
    HalfSpaces gates = gates(20);
    double[] derivatives = derivatives(3);
    double[] before = here.prices(gates, derivatives);
    double[] after = here.prices(here.powerStep(gates, derivatives), derivatives);
    for (int i = 0; i < before.length; i++) {
      assertThat(before[i]).isCloseTo(price(NARROW, gates, i, derivatives, 3), within(1e-14));
      assertThat(after[i]).isGreaterThanOrEqualTo(before[i]);
    }
    assertThat(Arrays.stream(after).sum()).isGreaterThan(Arrays.stream(before).sum());
    assertThat(here.price(derivatives, HalfSpaces.none(D), 6, 1).size()).isPositive();
  }

  @Test
  void withGroupsPerClassTheDearestClassIsThePrice() {
    GatePricer here = new GatePricer(MAP, rows, weights, true, false, 7);
    HalfSpaces gates = gates(20);
    double[] derivatives = derivatives(3);
    double[] before = here.prices(gates, derivatives);
    double[] after = here.prices(here.powerStep(gates, derivatives), derivatives);
    for (int i = 0; i < before.length; i++) {
      double most = 0;
      for (int c = 0; c < 3; c++) {
        double[] one = new double[M];
        for (int r = 0; r < M; r++) {
          one[r] = derivatives[3 * r + c];
        }
        most = Math.max(most, price(MAP, gates, i, one, 1));
      }
      assertThat(before[i]).isCloseTo(most, within(1e-14));
      assertThat(after[i]).isGreaterThanOrEqualTo(before[i]);
    }
    assertThat(Arrays.stream(after).sum()).isGreaterThan(1.05 * Arrays.stream(before).sum());
  }

  private double correlation(HalfSpaces a, int i, HalfSpaces b, int k) {
    double both = 0;
    double first = 0;
    double second = 0;
    for (double[] x : rows) {
      double s = active(a, i, x) ? 1 : 0;
      double t = active(b, k, x) ? 1 : 0;
      both += s * t / M;
      first += s / M;
      second += t / M;
    }
    return (both - first * second) / Math.sqrt(first * (1 - first) * second * (1 - second));
  }

  @Test
  void picksDifferFromEachOtherAndFromThePresentAndSplitTheSample() {
    double[] derivatives = derivatives(1);
    HalfSpaces present = pricer.price(derivatives, HalfSpaces.none(D), 12, 0);
    HalfSpaces picked = pricer.price(derivatives, present, 12, 0);
    HalfSpaces all = present.and(picked);
    assertThat(present.size()).isEqualTo(12);
    assertThat(picked.size()).isPositive();
    for (int i = 0; i < all.size(); i++) {
      for (int k = 0; k < i; k++) {
        assertThat(Math.abs(correlation(all, i, all, k))).isLessThan(0.9);
      }
      int gate = i;
      assertThat(rows.stream().filter(x -> active(all, gate, x)).count())
          .isBetween((long) (0.05 * M), (long) (0.95 * M));
    }
    double[] prices = pricer.prices(picked, derivatives);
    for (int i = 1; i < prices.length; i++) {
      assertThat(prices[i]).isLessThanOrEqualTo(prices[i - 1]);
    }
  }

  /** No candidate of a kind may be passed over for a cheaper one that fits no better. */
  @Test
  void theFirstPickHasTheHighestPriceOfThePool() {
    double[] derivatives = derivatives(1);
    HalfSpaces one = pricer.price(derivatives, HalfSpaces.none(D), 12, 3).select(new int[] {0});
    HalfSpaces rest = pricer.price(derivatives, one, 12, 3);
    double best = pricer.prices(one, derivatives)[0];
    assertThat(Arrays.stream(pricer.prices(rest, derivatives)).max().orElseThrow())
        .isLessThanOrEqualTo(best);
  }

  /** Derivatives that are what a gate of the model would explain: the picks come close to it. */
  @Test
  void aPickIsWorthAPlantedGate() {
    FeatureMap plain = FeatureMap.identity(D);
    GatePricer here = new GatePricer(plain, rows, weights, false, false, 7);
    double[] derivatives = rows.stream().mapToDouble(x -> x[2] >= 0.5 ? x[3] : -x[3]).toArray();
    HalfSpaces planted =
        new HalfSpaces(D, new double[] {0, 0, 1, 0}, new double[] {0.5}, new double[] {0.5});
    double best = here.prices(planted, derivatives)[0];
    for (int round = 1; round <= 3; round++) {
      HalfSpaces picked = here.price(derivatives, HalfSpaces.none(D), 8, round);
      assertThat(here.prices(picked, derivatives)[0]).isGreaterThan(0.85 * best);
    }
    double[] random = here.prices(new HalfSpaceSampler(plain, 11).gaussian(64), derivatives);
    assertThat(Arrays.stream(random).average().orElseThrow()).isLessThan(0.5 * best);
  }

  @Test
  void theSameSeedAndRoundGiveTheSameGates() {
    double[] derivatives = derivatives(2);
    HalfSpaces first = pricer.price(derivatives, gates(2), 9, 1);
    HalfSpaces again =
        new GatePricer(MAP, rows, weights, false, false, 7).price(derivatives, gates(2), 9, 1);
    assertThat(again).usingRecursiveComparison().isEqualTo(first);
    HalfSpaces otherRound = pricer.price(derivatives, gates(2), 9, 2);
    HalfSpaces otherSeed =
        new GatePricer(MAP, rows, weights, false, false, 8).price(derivatives, gates(2), 9, 1);
    assertThat(otherRound.directions()).isNotEqualTo(first.directions());
    assertThat(otherSeed.directions()).isNotEqualTo(first.directions());
  }

  @Test
  void noGateWhereNoneIsWanted() {
    assertThat(pricer.price(derivatives(1), gates(3), 0, 1).size()).isZero();
  }
}
