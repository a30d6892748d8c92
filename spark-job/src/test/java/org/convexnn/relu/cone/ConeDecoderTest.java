package org.convexnn.relu.cone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.ReluNetwork;
import org.junit.jupiter.api.Test;

class ConeDecoderTest {

  private static final double BETA = 0.3 / ConeE1.N;

  /**
   * docs/theory/golden.md#e1-exact-relu: the groups of E1's optimum, of which there are many, are
   * four neurons.
   */
  @Test
  void fourNeuronsOnE1() {
    ConeProgram program = ConeE1.program(ConeE1.Y, new SquaredLoss());
    ConeSolution solution = new ConeNewton(program, BETA).solve(1e-9, 100);
    ReluNetwork network = new ConeDecoder(program).decodeSparsely(solution.weights());
    assertThat(network.neurons()).isEqualTo(4);
    double h = Math.sqrt(0.5);
    check(network, 1, 1.48786797, -1, 0);
    check(network, 1, 0.91715729, 1, 0);
    check(network, -1, 1.25563492, -h, -h);
    check(network, -1, 0.22426407, h, h);
    double[] fit = {0.75857864, -0.15857864, 1.48786797, 0.44142136, -0.28786797};
    assertFit(network, fit, 1e-4);
    assertThat(network.penalty())
        .isCloseTo(1.48786797 + 0.91715729 + 1.25563492 + 0.22426407, within(1e-5));
  }

  private static void check(ReluNetwork network, int sign, double size, double... unit) {
    int found = 0;
    for (int j = 0; j < network.neurons(); j++) {
      double[] u = network.direction(j);
      double norm = network.hiddenNorm(j);
      double a = network.output(j)[0];
      if (a * sign > 0 && (u[0] * unit[0] + u[1] * unit[1]) / norm > 1 - 1e-6) {
        found++;
        assertThat(norm).isCloseTo(Math.sqrt(size), within(1e-4));
        assertThat(Math.abs(a)).isCloseTo(Math.sqrt(size), within(1e-4));
      }
    }
    assertThat(found).isEqualTo(1);
  }

  private static void assertFit(ReluNetwork network, double[] fit, double tolerance) {
    double[] f = new double[1];
    for (int r = 0; r < fit.length; r++) {
      network.evaluate(ConeE1.X[r], f);
      assertThat(f[0]).isCloseTo(fit[r], within(tolerance));
    }
  }

  /** Any feasible weights: more neurons than rows become n at most, with the same outputs. */
  @Test
  void pruningKeepsTheOutputs() {
    ConeProgram program = ConeE1.program(ConeE1.Y, new SquaredLoss());
    double[] gates = ConeE1.gates().directions();
    Random random = new Random(3);
    double[] weights = new double[40];
    for (int c = 0; c < 20; c++) {
      double length = 0.1 + random.nextDouble();
      for (int j = 0; j < 2; j++) {
        weights[2 * c + j] = length * gates[2 * (c % 10) + j];
      }
    }
    ConeDecoder decoder = new ConeDecoder(program);
    ReluNetwork all = decoder.decode(weights);
    ReluNetwork few = decoder.decodeSparsely(weights);
    assertThat(all.neurons()).isEqualTo(20);
    assertThat(all.penalty()).isCloseTo(program.groups().sum(weights), within(1e-12));
    assertThat(few.neurons()).isLessThanOrEqualTo(ConeE1.N);
    double[] fit = new double[ConeE1.N];
    double[] f = new double[1];
    for (int r = 0; r < fit.length; r++) {
      all.evaluate(ConeE1.X[r], f);
      fit[r] = f[0];
    }
    assertFit(few, fit, 1e-6);
  }

  @Test
  void zeroWeightsDecodeToNoNeuron() {
    HalfSpaces gates = ConeE1.gates();
    ConeProgram program = ConeE1.program(ConeE1.X, ConeE1.Y, gates, new SquaredLoss());
    double[] weights = new double[program.length()];
    assertThat(new ConeDecoder(program).decodeSparsely(weights).neurons()).isZero();
  }
}
