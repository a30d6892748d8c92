package org.convexnn.relu.cone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.HalfSpaces;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The decompositions of E1's gated optimum (docs/theory/golden.md#e1-gated and
 * docs/theory/cones.md#cone-decomposition).
 */
class ConeDecompositionTest {

  private static final double BETA = 0.3 / ConeE1.N;
  private static final double GATED = 0.8969363862377261;
  private static final double RELU = 1.7039696961966997;
  private static final HalfSpaces GATES = ConeE1.gates();

  private final ConeProgram program = ConeE1.program(ConeE1.Y, new SquaredLoss());
  private final ConeDecomposition decomposition = new ConeDecomposition(program);
  private final double[] gated = new double[20];

  @BeforeEach
  void gatedOptimum() {
    set(gated, "00101", -0.672825636686, 1.121376061143);
    set(gated, "10010", 0.322687136437, 0.324224631239);
    set(gated, "11010", 0.572003395085, -0.574728797334);
  }

  private static void set(double[] weights, String pattern, double... u) {
    System.arraycopy(u, 0, weights, 2 * ConeE1.PATTERNS.indexOf(pattern), 2);
  }

  private static double[] get(double[] weights, int sign, String pattern) {
    int at = 2 * ConeE1.PATTERNS.indexOf(pattern) + (sign < 0 ? 20 : 0);
    return Arrays.copyOfRange(weights, at, at + 2);
  }

  /** The outputs stay, the penalty grows by the cost, and the optimum is in between. */
  private void checkBracket(double[] weights, double golden, double tolerance) {
    ConePoint point = program.evaluate(weights, BETA);
    assertThat(ConeE1.N * point.objective()).isCloseTo(golden, within(tolerance));
    assertThat(GATED + ConeE1.N * decomposition.cost(gated, weights, BETA))
        .isCloseTo(golden, within(tolerance));
    assertThat(golden).isGreaterThan(RELU);
    assertThat(point.violation()).isLessThanOrEqualTo(1e-9);
    assertThat(point.networkObjective()).isCloseTo(point.objective(), within(1e-9));
  }

  @Test
  void minimumNorm() {
    double[] weights = decomposition.minimumNorm(gated);
    checkBracket(weights, 2.234839, 5e-7);
    assertClose(get(weights, 1, "00101"), -1.79420170, 0);
    assertClose(get(weights, -1, "00101"), -1.12137606, -1.12137606);
    assertClose(get(weights, 1, "10010"), .97113640, 0);
    assertClose(get(weights, -1, "10010"), .64844926, -.32422463);
    assertClose(get(weights, 1, "11010"), 1.14673219, 0);
    assertClose(get(weights, -1, "11010"), .57472880, .57472880);
    double ratio = program.groups().sum(weights) / program.groups().sum(gated);
    assertThat(ratio).isCloseTo(2.7312, within(5e-5));
  }

  private static void assertClose(double[] u, double... expected) {
    assertThat(u).containsExactly(expected, within(1e-7));
  }

  @Test
  void oneRay() {
    double[] weights = decomposition.oneRay(gated, GATES.directions());
    checkBracket(weights, 3.987836, 5e-7);
    String[] patterns = {"00101", "10010", "11010"};
    double[] lengths = {2.93029686, 1.41118829, 1.50183872};
    for (int i = 0; i < patterns.length; i++) {
      double[] w = get(weights, -1, patterns[i]);
      assertThat(Math.hypot(w[0], w[1])).isCloseTo(lengths[i], within(1e-8));
    }
  }

  @Test
  void approximate() {
    double[] weights = decomposition.approximate(gated, 1e-8, 5000);
    ConePoint point = program.evaluate(weights, BETA);
    assertThat(point.violation()).isLessThan(1e-5);
    double upper = ConeE1.N * point.networkObjective();
    assertThat(upper).isGreaterThan(RELU);
    // It minimises no norm, but a ridge picks small ones.
    assertThat(upper).isLessThan(3.987836);
  }

  @Test
  void weightsInsideTheirConesStay() {
    double[] inside = new double[20];
    System.arraycopy(GATES.directions(), 0, inside, 0, 20);
    assertThat(decomposition.minimumNorm(inside)).startsWith(inside).endsWith(new double[20]);
    assertThat(decomposition.cost(inside, decomposition.minimumNorm(inside), 1)).isZero();
  }

  @Test
  void wrongShapesAreRefused() {
    assertThatThrownBy(() -> decomposition.minimumNorm(new double[7]))
        .hasMessage("gated weights have 7 numbers; they must have 0 + 10 x 2");
    assertThatThrownBy(() -> decomposition.oneRay(gated, new double[3]))
        .hasMessage("rays have 3 numbers; they must have 10 x 2");
    double[] outside = Arrays.stream(GATES.directions()).map(g -> -g).toArray();
    assertThatThrownBy(() -> decomposition.oneRay(gated, outside))
        .hasMessageContaining("ray 1 is not strictly inside its cone");
  }
}
