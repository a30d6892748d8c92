package org.convexnn.relu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.convexnn.CuttingPlanes;
import org.convexnn.gate.PatternEnumeration;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.HalfSpaces;
import org.convexnn.relu.cone.ConeE1;
import org.convexnn.relu.cone.ConeSolution;
import org.convexnn.relu.cone.ConeSolver;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exact ReLU with every pattern of random planar rows against the best network of any width, which
 * cutting planes on a library's quadratic solver find ({@link CuttingPlanes}):
 * docs/theory/cones.md#the-program and docs/theory/certificates.md#prices.
 */
class OutsideConeTest {

  private static final int ROWS = 7;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void allPatternsGiveTheBestNetworkOfAnyWidth(long seed) {
    Random random = new Random(seed);
    double[][] x = new double[ROWS][2];
    double[] y = new double[ROWS];
    for (int r = 0; r < ROWS; r++) {
      x[r][0] = random.nextGaussian();
      x[r][1] = random.nextGaussian();
      y[r] = random.nextGaussian();
    }
    List<PatternEnumeration.Pattern> patterns =
        PatternEnumeration.homogeneous(
            2, Arrays.stream(x).flatMapToDouble(Arrays::stream).toArray());
    double[] directions =
        patterns.stream().flatMapToDouble(p -> Arrays.stream(p.direction())).toArray();
    HalfSpaces gates =
        new HalfSpaces(2, directions, new double[patterns.size()], new double[patterns.size()]);
    double[][] active =
        patterns.stream()
            .map(
                p -> {
                  double[] ones = new double[ROWS];
                  for (int r = 0; r < ROWS; r++) {
                    ones[r] = p.active()[r] ? 1 : 0;
                  }
                  return ones;
                })
            .toArray(double[][]::new);
    for (double beta : new double[] {0.05, 0.5}) {
      // Losses are sums there, means here.
      CuttingPlanes.Optimum best =
          CuttingPlanes.solve(y, beta, false, CuttingPlanes.relu(x, active), 1e-8);
      ConeSolution ours =
          ConeSolver.solve(
              ConeE1.program(x, y, gates, new SquaredLoss()), beta / ROWS, 1e-7, 20_000);
      assertThat(ROWS * ours.point().objective())
          .isCloseTo(best.upper(), within(1e-6 * best.upper()));
      assertThat(ROWS * ours.lower()).isCloseTo(best.lower(), within(1e-6 * best.upper()));
    }
  }
}
