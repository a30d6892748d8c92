package org.convexnn.relu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.convexnn.block.Precision;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.ReluNetwork;
import org.convexnn.solver.TrainingOptions.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates of networks: goldens, weak duality, and the numbers they are made of. */
class NetworkCertificateTest {

  private static final PriceSearch SEARCH = new PriceSearch(16, 12, 1);

  /**
   * docs/theory/golden.md#e1-exact-relu: optimal, proven, stationary, and nothing prices above
   * beta.
   */
  @Test
  void provesTheOptimumOfE1() {
    SmallProblem e1 = SmallProblem.e1();
    NetworkCertificate certificate =
        NetworkCertificate.of(e1.problem(), AllPatternsTest.optimum(), 0.3 / 5, SEARCH);
    assertThat(5 * certificate.objective()).isCloseTo(1.7039696961966997, within(1e-9));
    assertThat(5 * certificate.allPatternsBound()).isCloseTo(1.7039696961966997, within(1e-7));
    assertThat(certificate.exact()).isTrue();
    assertThat(certificate.relativeGap()).isBetween(0.0, 1e-7);
    assertThat(certificate.stationarity()).isLessThan(1e-7);
    for (double price : certificate.neuronPrices()) {
      assertThat(5 * price).isCloseTo(0.3, within(1e-7));
    }
    assertThat(5 * certificate.searchPrice()).isCloseTo(0.3, within(1e-7));
    assertThat(certificate.improving()).isEmpty();
    assertThat(certificate.neuronsAboveBeta()).isZero();
    double[] fit = {0.75857864, -0.15857864, 1.48786797, 0.44142136, -0.28786797};
    double[] dual = e1.problem().plane("", AllPatternsTest.optimum()).dual();
    double[] f = new double[1];
    for (int r = 0; r < 5; r++) {
      AllPatternsTest.optimum().evaluate(SmallProblem.E1[r], f);
      assertThat(f[0]).isCloseTo(fit[r], within(1.5e-8));
      assertThat(-5 * dual[r]).isCloseTo(SmallProblem.E1_LABELS[r] - fit[r], within(1.5e-8));
    }
    assertThat(certificate).asString().contains("objective 0.340794", "exact prices", "4 neurons");
  }

  /** docs/theory/golden.md#bounds-over-all-patterns: the certified bound from one pass alone. */
  @Test
  void onePassBoundOfE1() {
    SmallProblem e1 = SmallProblem.e1();
    DualMoments moments = e1.problem().moments("", AllPatternsTest.optimum(), 1);
    double tau = 0.06 / moments.bound(0, 0).mixed();
    double one = moments.dual()[2];
    double half = moments.dual()[0];
    double square = 4 * half - 2 * one;
    assertThat(5 * (tau * (one + square) - tau * tau * square)).isCloseTo(1.0808928, within(1e-6));
  }

  /** The neuron that is missing is among the directions that would improve the network. */
  @Test
  void findsTheNeuronThatIsMissing() {
    SmallProblem e1 = SmallProblem.e1();
    ReluNetwork three = AllPatternsTest.optimum().select(new int[] {0, 1, 3});
    NetworkCertificate certificate =
        NetworkCertificate.of(e1.problem(), three, 0.3 / 5, PriceSearch.withSeed(1));
    assertThat(5 * certificate.allPatternsBound()).isLessThan(1.70397);
    assertThat(5 * certificate.objective()).isGreaterThan(1.70396);
    PricedNeuron best = certificate.improving().get(0);
    double h = Math.sqrt(0.5);
    assertThat(best.direction()).containsExactly(new double[] {-h, -h, 0}, within(1e-6));
    assertThat(best.output()).containsExactly(-1);
    assertThat(best.price()).isEqualTo(certificate.searchPrice());
    double step = 1e-4;
    ReluNetwork more =
        three.and(SmallProblem.network(new double[][] {best.direction()}, new double[] {-step}));
    double change = e1.objective(more, 0.06) - certificate.objective();
    assertThat(change).isCloseTo(step * (0.06 - best.price()), within(1e-2 * step));
  }

  /**
   * The optimum of E1 with logistic loss (docs/theory/golden.md#classes) is between bound and
   * objective.
   */
  @Property(tries = 60)
  void enclosesKnownOptima(@ForAll @IntRange(min = 0, max = 6) int neurons, @ForAll long seed) {
    SmallProblem squared = SmallProblem.e1();
    NetworkCertificate a =
        NetworkCertificate.of(squared.problem(), squared.random(seed, neurons), 0.3 / 5, SEARCH);
    assertThat(5 * a.allPatternsBound()).isLessThanOrEqualTo(1.7039696962 + 1e-9);
    assertThat(5 * a.objective()).isGreaterThanOrEqualTo(1.7039696961);
    SmallProblem logistic =
        SmallProblem.plain(SmallProblem.E1, SmallProblem.E1_CLASSES, new LogisticLoss(), false);
    NetworkCertificate b =
        NetworkCertificate.of(logistic.problem(), logistic.random(seed, neurons), 0.1 / 5, SEARCH);
    assertThat(5 * b.allPatternsBound()).isLessThanOrEqualTo(1.7656664147 + 1e-9);
    assertThat(5 * b.objective()).isGreaterThanOrEqualTo(1.7656664147 - 1e-9);
    assertThat(a.patternsBound()).isGreaterThanOrEqualTo(a.allPatternsBound());
  }

  private static Loss loss(int outputs) {
    return outputs == 0
        ? new SquaredLoss()
        : outputs == 1 ? new LogisticLoss() : new SoftmaxLoss(outputs);
  }

  /**
   * Weak duality with all terms, in the plane and beyond it: the bound of one network is below the
   * objective of any other; below those of its own patterns where the bound is for these.
   */
  @Property(tries = 60)
  void noNetworkIsBelowTheBound(
      @ForAll @IntRange(min = 0, max = 3) int outputs,
      @ForAll @IntRange(min = 1, max = 3) int features,
      @ForAll boolean bias,
      @ForAll boolean skip,
      @ForAll long seed) {
    Random random = new Random(seed);
    int n = 12;
    double[][] x = SmallProblem.gaussian(random, n, features);
    double[] y = random.ints(n, 0, Math.max(2, outputs)).asDoubleStream().toArray();
    double[] weights = random.doubles(n, 0.5, 2).toArray();
    SmallProblem small =
        SmallProblem.of(
            x,
            y,
            weights,
            loss(outputs),
            random.doubles(Math.max(1, outputs), -0.5, 0.5).toArray(),
            FeatureMap.identity(features),
            new ReluProblem.Terms(bias, skip, true),
            Precision.FLOAT64);
    double beta = 0.02;
    ReluNetwork first = small.random(seed, 4);
    NetworkCertificate certificate = NetworkCertificate.of(small.problem(), first, beta, SEARCH);
    assertThat(certificate.objective()).isCloseTo(small.objective(first, beta), within(1e-12));
    double slack = 1e-10;
    ReluNetwork fitted = ScaleFit.of(small.problem(), first, beta);
    assertThat(small.objective(fitted, beta)).isLessThanOrEqualTo(certificate.objective() + slack);
    assertThat(certificate.patternsBound())
        .as("of these patterns")
        .isLessThanOrEqualTo(small.objective(fitted, beta) + slack);
    for (int k = 0; k < 5; k++) {
      ReluNetwork other = ScaleFit.of(small.problem(), small.random(seed + k, 6), beta);
      assertThat(certificate.allPatternsBound())
          .isLessThanOrEqualTo(small.objective(other, beta) + slack);
    }
    assertThat(certificate.priceBound()).isGreaterThanOrEqualTo(0);
    assertThat(certificate.searchPrice())
        .isGreaterThanOrEqualTo(
            IntStream.range(0, 4).mapToDouble(j -> certificate.neuronPrices()[j]).max().orElse(0));
  }

  /** Scale and linear terms are the best ones: the derivative vanishes by all of them. */
  @ParameterizedTest
  @CsvSource({"0, true", "1, true", "1, false", "3, true", "3, false"})
  void theScaleFitIsStationary(int outputs, boolean skip) {
    Random random = new Random(outputs);
    double[][] x = SmallProblem.gaussian(random, 30, 2);
    double[] y = random.ints(30, 0, Math.max(2, outputs)).asDoubleStream().toArray();
    SmallProblem small =
        SmallProblem.of(x, y, loss(outputs), new ReluProblem.Terms(true, skip, true));
    ReluNetwork fitted = ScaleFit.of(small.problem(), small.random(8, 5), 0.01);
    ReluProblem.Evaluation at = small.problem().evaluate("", fitted);
    double[] linear = fitted.linear();
    for (int i = 0; i < linear.length; i++) {
      assertThat(at.linear()[i] + small.problem().ridge() * linear[i]).isCloseTo(0, within(1e-6));
    }
    double scale = Blas.dot(at.output(), fitted.w2()) + 0.01 * fitted.penalty();
    assertThat(fitted.penalty() == 0 ? 0 : scale).isCloseTo(0, within(1e-6));
  }

  /** The stationarity of a network is that of finite differences of its weight decay form. */
  @Test
  void stationarityIsAGradient() {
    SmallProblem small =
        SmallProblem.of(
            SmallProblem.E1,
            SmallProblem.E1_LABELS,
            new SquaredLoss(),
            new ReluProblem.Terms(true, true, true));
    ReluNetwork network = small.random(3, 2).rebalanced();
    NetworkCertificate certificate = NetworkCertificate.of(small.problem(), network, 0.05, SEARCH);
    double step = 1e-6;
    double all = 0;
    double terms = 0;
    double[][] parts = {network.linear(), network.w2(), network.hidden()};
    for (int part = 0; part < 2; part++) {
      for (int i = 0; i < parts[part].length; i++) {
        double[] value = new double[2];
        for (int side = 0; side < 2; side++) {
          double[][] moved = {parts[0].clone(), parts[1].clone(), parts[2].clone()};
          moved[part][i] += side == 0 ? step : -step;
          ReluNetwork other = ReluNetwork.stacked(moved[2], moved[1], moved[0], 1);
          value[side] =
              small.problem().evaluate("", other).loss()
                  + 0.05 * Blas.dot(moved[0], moved[0])
                  + 0.025 * (Blas.dot(moved[1], moved[1]) + Blas.dot(moved[2], moved[2]));
        }
        double slope = (value[0] - value[1]) / (2 * step);
        all += slope * slope;
        double term = (part == 0 ? 0.1 : 0.05) * parts[part][i];
        terms += term * term;
      }
    }
    assertThat(certificate.stationarity()).isCloseTo(Math.sqrt(all / terms), within(1e-5));
  }

  /** Neurons are rebalanced before they are judged: their scaling changes nothing. */
  @Test
  void scalingOfNeuronsChangesNothing() {
    SmallProblem e1 = SmallProblem.e1();
    ReluNetwork network = e1.random(5, 3);
    ReluNetwork scaled =
        ReluNetwork.stacked(
            Arrays.stream(network.hidden()).map(v -> 8 * v).toArray(),
            Arrays.stream(network.w2()).map(v -> v / 8).toArray(),
            network.linear(),
            1);
    NetworkCertificate a = NetworkCertificate.of(e1.problem(), network, 0.06, SEARCH);
    NetworkCertificate b = NetworkCertificate.of(e1.problem(), scaled, 0.06, SEARCH);
    assertThat(b.objective()).isCloseTo(a.objective(), within(1e-14));
    assertThat(b.allPatternsBound()).isCloseTo(a.allPatternsBound(), within(1e-13));
    assertThat(b.stationarity()).isCloseTo(a.stationarity(), within(1e-12));
  }

  /** In coordinates of a feature map all is as on rows that were mapped before. */
  @ParameterizedTest
  @CsvSource({"false, FLOAT64", "true, FLOAT64", "false, FLOAT32"})
  void featureMapsAreCoordinates(boolean clipped, Precision precision) {
    Random random = new Random(2);
    int d = 3;
    double[][] x = SmallProblem.gaussian(random, 25, d);
    double[] y = random.ints(25, 0, 2).asDoubleStream().toArray();
    double[] weights = random.doubles(25, 0.5, 2).toArray();
    FeatureMap linear =
        new FeatureMap(
            random.doubles(d, -1, 1).toArray(),
            random.doubles(d, 0.5, 2).toArray(),
            random.doubles(d * d, -1, 1).toArray());
    FeatureMap map = clipped ? linear.clipped(1.5) : linear;
    double[][] z = new double[25][];
    for (int r = 0; r < 25; r++) {
      z[r] = map.apply(x[r]);
    }
    ReluProblem.Terms terms = new ReluProblem.Terms(true, true, true);
    double[] offset = {0.2};
    Loss loss = new LogisticLoss();
    FeatureMap plain = FeatureMap.identity(d);
    SmallProblem mapped = SmallProblem.of(x, y, weights, loss, offset, map, terms, precision);
    SmallProblem before =
        SmallProblem.of(z, y, weights, loss, offset, plain, terms, Precision.FLOAT64);
    double tolerance = precision == Precision.FLOAT64 ? 1e-12 : 1e-4;
    ReluNetwork network = before.random(3, 4);
    ReluProblem.Evaluation a = mapped.problem().evaluate("", network);
    ReluProblem.Evaluation b = before.problem().evaluate("", network);
    assertThat(a.loss()).isCloseTo(b.loss(), within(tolerance));
    assertThat(a.linear()).containsExactly(b.linear(), within(tolerance));
    assertThat(a.output()).containsExactly(b.output(), within(tolerance));
    assertThat(a.hidden()).containsExactly(b.hidden(), within(tolerance));
    DualMoments m = mapped.problem().moments("", network, 1);
    DualMoments n = before.problem().moments("", network, 1);
    assertThat(m.largestPrice()).isCloseTo(n.largestPrice(), within(1e-12));
    assertThat(m.slope()).containsExactly(n.slope(), within(1e-12));
  }

  /** On raw rows of a task b0 is the constant model, and a network brings its own. */
  @Test
  void tasksHaveTheirConstantModel() {
    double[][] x = {{0}, {1}, {2}, {3}};
    double[] weights = {1, 1, 1, 3};
    ReluProblem.Terms terms = new ReluProblem.Terms(true, false, true);
    ReluNetwork raw =
        new ReluNetwork(
            new double[] {1}, new double[] {-1}, new double[] {2}, new double[] {5}, new double[1]);
    double[] y = {4, 5, 9, 8};
    ReluProblem problem =
        ReluProblem.of(SmallProblem.rows(x, y, weights), Task.REGRESSION, 1e-3, terms);
    double mean = (4 + 5 + 9 + 3 * 8) / 6.0;
    ReluNetwork network = problem.withoutOffset(raw);
    assertThat(network.b2()[0]).isCloseTo(5 - mean, within(1e-14));
    // f = 5, 5, 7, 9
    double loss = 0.5 * (1 + 0 + 4 + 3) / 6;
    NetworkCertificate certificate = NetworkCertificate.of(problem, network, 0.1, SEARCH);
    assertThat(certificate.loss()).isCloseTo(loss, within(1e-14));
    double penalty = Math.sqrt(2) * 2;
    assertThat(certificate.penalty()).isCloseTo(penalty, within(1e-14));
    assertThat(certificate.objective())
        .isCloseTo(loss + 0.1 * penalty + 0.5e-3 * Math.pow(5 - mean, 2), within(1e-14));
  }

  /** Columns of any unit, twice the same, and rows that are all the same: still a valid bound. */
  @ParameterizedTest
  @CsvSource({"1e9, 0", "1e9, 1", "1e-9, 0", "0, 1"})
  void columnsOfAnyUnit(double unit, int outputs) {
    double[][] x = SmallProblem.gaussian(new Random(4), 20, 3);
    double[] y = new Random(4).ints(20, 0, 2).asDoubleStream().toArray();
    for (double[] row : x) {
      row[0] *= unit;
      row[1] = row[0];
    }
    SmallProblem small =
        SmallProblem.of(x, y, loss(outputs), new ReluProblem.Terms(true, true, true));
    ReluNetwork drawn = small.random(1, 3);
    double[] hidden = Arrays.stream(drawn.hidden()).map(v -> v / Math.max(1, unit)).toArray();
    double[] linear = Arrays.stream(drawn.linear()).map(v -> v / Math.max(1, unit)).toArray();
    ReluNetwork network = ReluNetwork.stacked(hidden, drawn.w2(), linear, drawn.outputs());
    NetworkCertificate certificate = NetworkCertificate.of(small.problem(), network, 0.01, SEARCH);
    assertThat(certificate.objective()).isFinite();
    assertThat(certificate.allPatternsBound()).isBetween(0.0, certificate.objective());
    assertThat(certificate.searchPrice()).isPositive().isFinite();
  }

  @Test
  void refusesANetworkThatOverflows() {
    SmallProblem e1 = SmallProblem.e1();
    for (double output : new double[] {1e200, 1e-40}) {
      ReluNetwork huge =
          SmallProblem.network(new double[][] {{1e200, 0, 0}}, new double[] {output});
      assertThatThrownBy(() -> NetworkCertificate.of(e1.problem(), huge, 0.1, SEARCH))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("of the network", "is Infinity", "features of this scale");
    }
    ReluNetwork large = SmallProblem.network(new double[][] {{1e150, 0, 0}}, new double[] {1e150});
    assertThatThrownBy(() -> NetworkCertificate.of(e1.problem(), large, 0.1, SEARCH))
        .hasMessageContaining("objective of the network on these rows is Infinity");
  }

  @Test
  void refusesWhatIsNotOfTheProgram() {
    SmallProblem e1 = SmallProblem.e1();
    ReluNetwork wide = ReluNetwork.constant(3, new double[1]);
    assertThatThrownBy(() -> NetworkCertificate.of(e1.problem(), wide, 0.1, SEARCH))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 features and 1 outputs, but the rows have 2 features");
    ReluNetwork biased = ReluNetwork.constant(2, new double[] {1});
    assertThatThrownBy(() -> NetworkCertificate.of(e1.problem(), biased, 0.1, SEARCH))
        .hasMessageContaining("b2, but output biases are no part of the program");
    ReluNetwork zero = ReluNetwork.constant(2, new double[1]);
    for (double beta : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> NetworkCertificate.of(e1.problem(), zero, beta, SEARCH))
          .hasMessageContaining("beta is " + beta);
    }
    assertThatThrownBy(() -> new PriceSearch(0, 5, 1)).hasMessageContaining("candidates is 0");
    assertThatThrownBy(() -> new PriceSearch(5, 2, 1)).hasMessageContaining("passes is 2");
  }
}
