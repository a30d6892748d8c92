package org.convexnn.relu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.ReluNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bounds over all patterns, the search, and column generation with the exact price. */
class AllPatternsTest {

  /** docs/theory/golden.md#e1-exact-relu: the optimum at beta = 0.3. */
  static ReluNetwork optimum() {
    double h = Math.sqrt(0.5);
    return SmallProblem.network(
        new double[][] {{-1, 0, 0}, {1, 0, 0}, {-h, -h, 0}, {h, h, 0}},
        new double[] {1.48786797, 0.91715729, -1.25563492, -0.22426407});
  }

  /**
   * docs/theory/golden.md#bounds-over-all-patterns; its sums over 5 rows, its lambda is minus the
   * derivative.
   */
  @Test
  void goldenBounds() {
    SmallProblem e1 = SmallProblem.e1();
    DualMoments moments = e1.problem().moments("", optimum(), 1);
    int minus = 0;
    int plus = 1;
    assertThat(5 * moments.bound(0, plus).cauchySchwarz()).isCloseTo(.977121, within(1e-6));
    assertThat(5 * moments.bound(0, plus).mixed()).isCloseTo(.488560, within(1e-6));
    assertThat(5 * moments.bound(0, minus).cauchySchwarz()).isCloseTo(1.078486, within(1e-6));
    assertThat(5 * moments.bound(0, minus).mixed()).isCloseTo(.539243, within(1e-6));
    assertThat(5 * moments.largestPrice()).isBetween(0.3, .539243);
  }

  private static Loss loss(int outputs) {
    return outputs == 1 ? new LogisticLoss() : new SoftmaxLoss(outputs);
  }

  /** 200 problems: one pass is never below the exact maximum, the search never above it. */
  @Test
  void boundsEncloseTheExactMaximum() {
    double[] looseness = new double[200];
    double[] theory = new double[200];
    double[] found = new double[200];
    for (int k = 0; k < 200; k++) {
      Random random = new Random(k);
      int n = 3 + random.nextInt(20);
      int outputs = 1 + k % 3;
      boolean bias = k % 2 == 0;
      double[][] x = SmallProblem.gaussian(random, n, bias ? 1 : 2);
      double[] y = random.ints(n, 0, Math.max(2, outputs)).asDoubleStream().toArray();
      SmallProblem small = SmallProblem.plain(x, y, loss(outputs), bias);
      ReluNetwork network = small.random(k, 3);
      double exact = small.problem().plane("", network).largest().price();
      DualMoments moments = small.problem().moments("", network, 1);
      assertThat(moments.largestPrice()).as("problem %d", k).isGreaterThanOrEqualTo(exact);
      if (outputs == 1) {
        // The sweep adds and takes off rows: where no row is priced, rounding is left.
        PlanePrices plane = small.problem().plane("", network);
        for (int sign = 0; sign < 2; sign++) {
          double one = plane.largest(sign == 0 ? 1 : -1).price();
          DualMoments.SignBound bound = moments.bound(0, sign);
          assertThat(bound.cauchySchwarz()).isGreaterThanOrEqualTo(one - 1e-15);
          assertThat(bound.mixed()).isGreaterThanOrEqualTo(one - 1e-15);
          assertThat(bound.quadratic()).isGreaterThanOrEqualTo(one - 1e-15);
          theory[k] = Math.max(theory[k], Math.min(bound.cauchySchwarz(), bound.mixed()) / exact);
        }
        assertThat(moments.largestPrice()).isLessThanOrEqualTo(theory[k] * exact);
      }
      double searched = new PriceSearch(32, 25, k).run(small.problem(), network).get(0).price();
      assertThat(searched).as("problem %d", k).isLessThanOrEqualTo(exact * (1 + 1e-12));
      looseness[k] = moments.largestPrice() / exact;
      found[k] = searched / exact;
    }
    Arrays.sort(looseness);
    Arrays.sort(found);
    assertThat(looseness[100]).as("median looseness").isLessThan(1.3);
    assertThat(found[0]).as("worst search").isGreaterThan(0.97);
    assertThat(found[20]).as("search in nine of ten").isGreaterThan(0.99999);
  }

  /**
   * Rows of lengths from 1e-30 to 1e100, alike and mixed: no network is below the bound. Long rows are
   * fitted for next to nothing, and what they leave of each other in sums is rounding.
   */
  @ParameterizedTest
  @CsvSource({
    "0 0 0 0 0 0",
    "20 20 20 20 20 20",
    "0 0 0 20 20 20",
    "18 19 19 20 21 25",
    "0 5 10 15 20 25",
    "-30 -30 -30 -30 -30 -30",
    "19 19 19 24 24 24",
    "-30 -20 -10 0 10 20",
    "0 0 0 0 0 40",
    "80 80 90 90 100 100",
    "0 30 30 60 60 100"
  })
  void noNetworkIsBelowTheBoundAtAnyScale(String exponents) {
    String[] powers = exponents.split(" ");
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      double[][] x = SmallProblem.gaussian(random, 6, 1 + seed % 4);
      for (int r = 0; seed % 2 == 0 && r < 6; r++) {
        // Near one axis, on either side: long rows hide shorter ones of the other sign.
        x[r] = Arrays.stream(x[r]).map(v -> 0.1 * v).toArray();
        x[r][0] += random.nextBoolean() ? 1 : -1;
      }
      List<double[]> directions = new ArrayList<>();
      for (int r = 0; r < 6; r++) {
        double[] row = Arrays.copyOf(x[r], x[r].length + 1);
        directions.add(unit(row, row.length));
        directions.add(unit(Arrays.stream(row).map(v -> -v).toArray(), row.length));
        double length = Double.parseDouble("1e" + powers[r]);
        x[r] = Arrays.stream(x[r]).map(v -> v * length).toArray();
      }
      for (double b : new double[] {1, -1}) {
        double[] bias = new double[x[0].length + 1];
        bias[x[0].length] = b;
        directions.add(bias);
      }
      double[] y = random.doubles(6, -1, 1).toArray();
      SmallProblem small = SmallProblem.plain(x, y, new SquaredLoss(), true);
      ReluNetwork neurons =
          SmallProblem.network(directions.toArray(double[][]::new), new double[directions.size()]);
      double[] prices = small.problem().price("", neurons, neurons).output();
      double beta =
          (seed % 3 + 1) * 0.25 * Arrays.stream(prices).map(Math::abs).max().orElseThrow();
      ReluNetwork fitted = master(small, directions, 6 * beta);
      double reached = small.objective(fitted, beta);
      for (ReluNetwork network :
          List.of(
              ReluNetwork.constant(x[0].length, new double[1]), fitted, small.random(seed, 3))) {
        assertThat(
                NetworkCertificate.of(small.problem(), network, beta, new PriceSearch(8, 5, seed))
                    .allPatternsBound())
            .as("seed %d", seed)
            .isBetween(0.0, reached * (1 + 1e-12));
      }
    }
  }

  /** Where squares of features have no number, nothing is printed. */
  @Test
  void rowsWithoutSquaresAreRefused() {
    double[][] x = {{1, 2, 3}, {1e200, 0, 1}, {0, 1, -1}};
    SmallProblem small = SmallProblem.plain(x, new double[] {1, 2, 3}, new SquaredLoss(), true);
    ReluNetwork zero = ReluNetwork.constant(3, new double[1]);
    assertThatThrownBy(
            () -> NetworkCertificate.of(small.problem(), zero, 0.1, PriceSearch.withSeed(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("so large that their squares overflow")
        .hasMessageContaining("divide the largest columns");
  }

  /** In more dimensions: prices of many random directions are below the bound. */
  @ParameterizedTest
  @CsvSource({"1", "2", "4"})
  void noDirectionIsAboveTheBound(int outputs) {
    Random random = new Random(outputs);
    double[][] x = SmallProblem.gaussian(random, 40, 5);
    double[] y = random.ints(40, 0, Math.max(2, outputs)).asDoubleStream().toArray();
    SmallProblem small = SmallProblem.plain(x, y, loss(outputs), true);
    ReluNetwork network = small.random(1, 4);
    DualMoments moments = small.problem().moments("", network, 1);
    ReluNetwork candidates = small.random(2, 5000).normalized();
    double[] prices = small.problem().price("", network, candidates).output();
    double most = 0;
    for (int j = 0; j < candidates.neurons(); j++) {
      most = Math.max(most, Blas.norm(prices, j * outputs, outputs));
    }
    double searched = PriceSearch.withSeed(3).run(small.problem(), network).get(0).price();
    assertThat(moments.largestPrice()).isGreaterThan(searched);
    assertThat(searched).as("climbing beats 5000 draws").isGreaterThan(most);
  }

  /**
   * docs/theory/golden.md#column-generation: on E1 with patterns 2 and 8 both maxima sit on
   * boundaries of cones.
   */
  @Test
  void searchFindsTheBoundaryMaxima() {
    // The network whose residual is the golden dual point: lambda = y - f.
    double[] f = new double[5];
    for (int r = 0; r < 5; r++) {
      f[r] = SmallProblem.E1_LABELS[r] - PlanePricesTest.RESTRICTED[r];
    }
    SmallProblem shifted =
        SmallProblem.plain(
            SmallProblem.E1, PlanePricesTest.RESTRICTED.clone(), new SquaredLoss(), false);
    ReluNetwork zero = ReluNetwork.constant(2, new double[1]);
    List<PricedNeuron> found = PriceSearch.withSeed(1).run(shifted.problem(), zero);
    assertThat(5 * found.get(0).price()).isCloseTo(1.2358138251, within(1e-8));
    assertThat(found.get(0).output()).containsExactly(-1);
    double plus =
        found.stream()
            .filter(p -> p.output()[0] > 0)
            .mapToDouble(PricedNeuron::price)
            .max()
            .orElseThrow();
    assertThat(5 * plus).isCloseTo(0.6006347619, within(1e-7));
  }

  @Test
  void momentsWithoutRoomAreRefused() {
    assertThatThrownBy(() -> DualMoments.check(10_001, 4e9))
        .hasMessageContaining("10000 features take matrices of 4579 MB")
        .hasMessageContaining("take fewer features");
    assertThatCode(() -> DualMoments.check(1001, 4e9)).doesNotThrowAnyException();
  }

  @Test
  void theSameSeedFindsTheSame() {
    SmallProblem e1 = SmallProblem.e1();
    ReluNetwork network = e1.random(4, 3);
    List<PricedNeuron> first = PriceSearch.withSeed(5).run(e1.problem(), network);
    List<PricedNeuron> second = PriceSearch.withSeed(5).run(e1.problem(), network);
    assertThat(second).hasSameSizeAs(first);
    for (int k = 0; k < first.size(); k++) {
      assertThat(second.get(k).price()).isEqualTo(first.get(k).price());
    }
  }

  /**
   * Goldens: E1 from the rays of patterns 2 and 8 (docs/theory/golden.md#column-generation), and
   * the two-layer values of G3a (with penalised bias), G3b and G3c
   * (docs/theory/golden.md#three-layers).
   */
  @Test
  void columnGenerationReachesTheOptimum() {
    double[][] rays = {{-1, 0}, {-2, 1}, {1, 0}, {1, 1}};
    generate(SmallProblem.E1, SmallProblem.E1_LABELS, false, 0.3, rays, 1.7039696961966997);
    double[][] none = {};
    double[] y = {1, -1, 1, -.5};
    generate(new double[][] {{-2}, {-.5}, {1}, {2}}, y, true, 0.1, none, 0.6083245742);
    double[][] xor = {{1, 1}, {-1, -1}, {1, -1}, {-1, 1}};
    generate(xor, new double[] {1, 1, -1, -1}, false, 0.1, none, 0.2728427125);
    double[][] deep = {{1, .2}, {.9, .6}, {.5, 1}, {-.3, 1.1}};
    generate(deep, new double[] {1, -1, 1, -1}, false, 0.1, none, 1.0973288601);
  }

  /**
   * docs/theory/golden.md#e1-exact-relu: the path over beta, printed there with errors in the
   * seventh digit.
   */
  @ParameterizedTest
  @CsvSource({"2.9, 3.25", "2.0, 3.2123742", "1.0, 2.8808423", "0.1, 0.7709882"})
  void columnGenerationAlongThePath(double beta, double golden) {
    generate(SmallProblem.E1, SmallProblem.E1_LABELS, false, beta, new double[0][], golden, 2e-7);
  }

  /** Sums over rows, as in docs/theory/golden.md. */
  private static void generate(
      double[][] x, double[] y, boolean bias, double beta, double[][] start, double golden) {
    generate(x, y, bias, beta, start, golden, 1e-8);
  }

  private static void generate(
      double[][] x,
      double[] y,
      boolean bias,
      double beta,
      double[][] start,
      double golden,
      double tolerance) {
    SmallProblem small = SmallProblem.plain(x, y, new SquaredLoss(), bias);
    int n = y.length;
    List<double[]> directions = new ArrayList<>();
    for (double[] u : start) {
      directions.add(unit(u, small.problem().width()));
    }
    ReluNetwork network = ReluNetwork.constant(x[0].length, new double[1]);
    double price = Double.POSITIVE_INFINITY;
    double previous = Double.POSITIVE_INFINITY;
    for (int round = 0; round < 200 && price > beta * (1 + 1e-8); round++) {
      if (!directions.isEmpty()) {
        network = master(small, directions, beta);
      }
      double value = n * small.objective(network, beta / n);
      assertThat(value).as("master values fall").isLessThanOrEqualTo(previous + 1e-9);
      previous = value;
      PlanePrices prices = small.problem().plane("", network);
      price = n * prices.largest().price();
      for (int sign : new int[] {1, -1}) {
        directions.add(unit(prices.largest(sign).direction(), small.problem().width()));
      }
    }
    assertThat(price).isLessThanOrEqualTo(beta * (1 + 1e-8));
    assertThat(previous).isCloseTo(golden, within(tolerance));
    NetworkCertificate certificate =
        NetworkCertificate.of(small.problem(), network, beta / n, PriceSearch.withSeed(1));
    assertThat(certificate.exact()).isTrue();
    assertThat(n * certificate.objective()).isCloseTo(golden, within(tolerance));
    assertThat(n * certificate.allPatternsBound()).isCloseTo(golden, within(1e-7 + tolerance));
    assertThat(certificate.improving()).isEmpty();
  }

  private static double[] unit(double[] direction, int width) {
    double[] u = Arrays.copyOf(direction, width);
    double norm = Blas.norm(u, 0, width);
    return Arrays.stream(u).map(v -> v / norm).toArray();
  }

  /** The Lasso {@code 1/2 ||H c - y||^2 + beta ||c||_1}, H the rows' activations, by coordinates. */
  private static ReluNetwork master(SmallProblem small, List<double[]> directions, double beta) {
    int n = small.y().length;
    int q = directions.size();
    double[][] h = new double[q][n];
    for (int j = 0; j < q; j++) {
      for (int r = 0; r < n; r++) {
        double[] u = directions.get(j);
        double score = u[u.length - 1];
        for (int i = 0; i < u.length - 1; i++) {
          score += u[i] * small.x()[r][i];
        }
        h[j][r] = Math.max(0, score);
      }
    }
    double[] c = new double[q];
    double[] residual = small.y().clone();
    for (int sweep = 0; sweep < 200_000; sweep++) {
      double moved = 0;
      for (int j = 0; j < q; j++) {
        double square = Blas.dot(h[j], h[j]);
        if (square == 0) {
          continue;
        }
        double slope = Blas.dot(h[j], residual) + square * c[j];
        double next = Math.signum(slope) * Math.max(0, Math.abs(slope) - beta) / square;
        Blas.axpy(c[j] - next, h[j], residual);
        moved = Math.max(moved, Math.abs(next - c[j]));
        c[j] = next;
      }
      if (moved < 1e-13) {
        break;
      }
    }
    return SmallProblem.network(directions.toArray(double[][]::new), c);
  }
}
