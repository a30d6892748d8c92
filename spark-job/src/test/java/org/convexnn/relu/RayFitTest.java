package org.convexnn.relu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
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
import org.convexnn.solver.checkpoint.ResumableSteps;
import org.junit.jupiter.api.Test;

/** Rays against the golden optimum, optimality conditions, and growth from nothing. */
class RayFitTest {

  private static final double OPTIMUM = 1.7039696961966997;

  private static ReluNetwork unit(ReluNetwork network) {
    ReluNetwork unit = network.normalized();
    return ReluNetwork.stacked(
        unit.hidden(), new double[unit.w2().length], new double[unit.linear().length], 1);
  }

  /**
   * With the directions of the optimum of E1 (docs/theory/golden.md#e1-exact-relu) rays have its
   * objective.
   */
  @Test
  void directionsOfTheOptimumGiveTheOptimum() {
    SmallProblem e1 = SmallProblem.e1();
    RayFit.Fitted fit = RayFit.of(e1.problem(), unit(AllPatternsTest.optimum()), 0.06, 1e-12);
    assertThat(5 * fit.objective()).isCloseTo(OPTIMUM, within(1e-9));
  }

  /**
   * At the optimum prices are beta where neurons are active and at most beta elsewhere, and linear terms
   * are stationary; also with a whitening map, of which rows see only half.
   */
  @Property(tries = 40)
  void optimalityConditions(
      @ForAll @IntRange(min = 0, max = 3) int outputs, @ForAll boolean skip, @ForAll long seed) {
    Random random = new Random(seed);
    int n = 40;
    double[][] x = SmallProblem.gaussian(random, n, 2);
    Loss loss =
        outputs == 0
            ? new SquaredLoss()
            : outputs == 1 ? new LogisticLoss() : new SoftmaxLoss(outputs);
    double[] y = random.ints(n, 0, Math.max(2, outputs)).asDoubleStream().toArray();
    FeatureMap map =
        new FeatureMap(
            new double[] {0.1, -0.2}, new double[] {1.5, 0.5}, new double[] {1, 0.3, 0.3, 0.8});
    SmallProblem small =
        SmallProblem.of(
            x,
            y,
            random.doubles(n, 0.5, 2).toArray(),
            loss,
            new double[loss.outputs()],
            map,
            new ReluProblem.Terms(true, skip, true),
            Precision.FLOAT64);
    ReluNetwork start = small.random(seed, 12).normalized();
    double beta = 0.03;
    RayFit.Fitted fit = RayFit.of(small.problem(), start, beta, 1e-13);
    assertThat(fit.objective()).isCloseTo(small.objective(fit.network(), beta), within(1e-12));
    ReluProblem.Evaluation at = small.problem().evaluate("", fit.network());
    int c = loss.outputs();
    // Passes on a bound of the softmax's curvature end before the last digits.
    double accuracy = c > 1 ? 1e-4 : 1e-5;
    for (int j = 0; j < 12; j++) {
      double price = Blas.norm(at.output(), j * c, c);
      assertThat(price).isLessThanOrEqualTo(beta + accuracy);
      if (fit.network().outputNorm(j) > 1e-6) {
        assertThat(price).isCloseTo(beta, within(accuracy));
      }
    }
    double[] linear = fit.network().linear();
    for (int i = skip ? 0 : 2 * c; i < 3 * c; i++) {
      assertThat(at.linear()[i] + small.problem().ridge() * linear[i])
          .isCloseTo(0, within(accuracy));
    }
  }

  /** From no neuron at all the search finds what E1 needs. */
  @Test
  void growsToTheOptimumOfE1() {
    SmallProblem e1 = SmallProblem.e1();
    NeuronGrowth growth =
        new NeuronGrowth(
            40, 10, new PriceSearch(40, 30, 1), 1e-9, message -> {}, ResumableSteps.UNKEPT);
    NeuronGrowth.Grown grown =
        growth.grow(e1.problem(), ReluNetwork.constant(2, new double[1]), 0.06);
    assertThat(5 * grown.objective()).isBetween(OPTIMUM - 1e-9, OPTIMUM * 1.01);
    assertThat(grown.network().neurons()).isBetween(1, 40);
  }

  /** All weights together go further than rays, and never below the optimum. */
  @Test
  void polishLowersTheObjective() {
    SmallProblem e1 = SmallProblem.e1();
    ReluNetwork start = e1.random(3, 8);
    double rays = RayFit.of(e1.problem(), start.normalized(), 0.06, 1e-10).objective();
    ReluNetwork polished =
        Polish.run(e1.problem(), start, 0.06, () -> true, (iteration, network, value) -> true);
    assertThat(5 * e1.objective(polished, 0.06)).isBetween(OPTIMUM - 1e-9, 5 * rays);
  }
}
