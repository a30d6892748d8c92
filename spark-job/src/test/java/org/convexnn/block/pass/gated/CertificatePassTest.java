package org.convexnn.block.pass.gated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import java.util.Random;
import org.convexnn.block.Block;
import org.convexnn.block.Precision;
import org.convexnn.block.RandomRows;
import org.convexnn.block.RowSetting;
import org.convexnn.block.kernel.DualValue;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A certificate's sums against F built in full, with and without a correction. */
class CertificatePassTest {

  private static final int ROWS = 90;
  private static final LogisticLoss LOSS = new LogisticLoss();

  private final Block block = RandomRows.block(1, ROWS, 3);
  private final GateSet gates = RandomRows.gates(2, 3, 2, true);
  private final FeatureMap map = RandomRows.map(3, 3);
  private final RowSetting setting =
      RowSetting.of(map, gates, LOSS, new double[] {0.3}, 0, 1, Precision.FLOAT64);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sumsAreThoseOfTheDualPoint(boolean corrected) {
    double[] z = new Random(4).doubles(setting.length(), -1, 1).toArray();
    double[] v = new Random(5).doubles(setting.length(), -1, 1).toArray();
    double[] c = correction(corrected);
    double[][] sums = sums(z, new CertificatePass.Dual(v, false, c));

    double[][] f = RandomRows.expanded(block, gates, map);
    double[] gradient = new double[setting.length()];
    double[] dual = new double[DualValue.length()];
    double loss = 0;
    double[] q = new double[1];
    int bounded = 0;
    for (int r = 0; r < ROWS; r++) {
      double weight = setting.weight(block, r);
      double y = setting.label(block, r);
      loss += weight * LOSS.value(y, new double[] {0.3 + dot(f[r], z)}, 0);
      LOSS.derivative(y, new double[] {0.3 + dot(f[r], v)}, 0, q, 0);
      if (corrected) {
        // As far as l* is finite: r between -1 and 0 for class 1, 0 and 1 for class 0.
        q[0] = Math.min(Math.max(q[0] + dot(f[r], c), -y), 1 - y);
        bounded += q[0] == -y || q[0] == 1 - y ? 1 : 0;
      }
      DualValue.add(LOSS, y, setting.offset(), q, 0, weight, dual, 0);
      for (int k = 0; k < gradient.length; k++) {
        gradient[k] += weight * q[0] * f[r][k];
      }
    }
    assertThat(bounded > 0 && bounded < ROWS)
        .as("%d rows at the edge", bounded)
        .isEqualTo(corrected);
    assertThat(sums[0][0]).isCloseTo(loss, within(1e-10));
    for (int k = 0; k < dual.length; k++) {
      assertThat(sums[0][1 + k]).isCloseTo(dual[k], within(1e-10));
    }
    assertThat(sums[1]).containsExactly(gradient, within(1e-10));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theDualPointAloneHasTheSameSums(boolean corrected) {
    double[] v = new Random(5).doubles(setting.length(), -1, 1).toArray();
    double[] c = correction(corrected);
    CertificatePass.Dual dual = new CertificatePass.Dual(v, false, c);
    double[][] alone = sums(new double[0], dual);
    double[][] both = sums(v, dual);
    assertThat(alone[0][0]).isZero();
    both[0][0] = 0;
    assertThat(alone).isDeepEqualTo(both);
  }

  private double[][] sums(double[] z, CertificatePass.Dual dual) {
    var worker = new CertificatePass(setting, z, dual).worker();
    worker.accept(RandomRows.gated(block, gates, map), Optional.empty());
    return worker.result();
  }

  private double[] correction(boolean corrected) {
    return corrected ? new Random(6).doubles(setting.length(), -0.2, 0.2).toArray() : new double[0];
  }

  private static double dot(double[] a, double[] b) {
    return Blas.dot(a, b);
  }
}
