package org.convexnn.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import java.util.Random;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A certificate's sums against F built in full, with and without shortened leaves. */
class CertificateJobTest {

  private static final int ROWS = 90;
  private static final LogisticLoss LOSS = new LogisticLoss();

  private final Block block = RandomRows.block(1, ROWS, 3);
  private final GateSet gates = RandomRows.gates(2, 3, 2, true);
  private final FeatureMap map = RandomRows.map(3, 3);
  private final RowSetting setting =
      RandomRows.setting(map, gates, LOSS, new double[] {0.3}, Precision.FLOAT64);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sumsAreThoseOfTheShortenedDualPoint(boolean shortened) {
    double[] z = new Random(4).doubles(setting.length(), -1, 1).toArray();
    double[] v = new Random(5).doubles(setting.length(), -1, 1).toArray();
    double[] shrink =
        shortened ? new Random(6).doubles(setting.leaves(), 0, 1).toArray() : new double[0];
    double[][] sums = sums(z, new CertificateJob.Dual(v, false, shrink));

    double[][] f = RandomRows.expanded(block, gates, map);
    double[] gradient = new double[setting.length()];
    double[] dual = new double[DualValue.length()];
    double loss = 0;
    double[] q = new double[1];
    double[] x = new double[3];
    for (int r = 0; r < ROWS; r++) {
      block.copyRow(r, x);
      double weight = setting.weight(block, r);
      double y = setting.label(block, r);
      loss += weight * LOSS.value(y, new double[] {0.3 + dot(f[r], z)}, 0);
      LOSS.derivative(y, new double[] {0.3 + dot(f[r], v)}, 0, q, 0);
      q[0] *= shortened ? least(x, shrink) : 1;
      DualValue.add(LOSS, y, setting.offset(), q, 0, weight, dual, 0);
      for (int k = 0; k < gradient.length; k++) {
        gradient[k] += weight * q[0] * f[r][k];
      }
    }
    assertThat(sums[0][0]).isCloseTo(loss, within(1e-10));
    for (int k = 0; k < dual.length; k++) {
      assertThat(sums[0][1 + k]).isCloseTo(dual[k], within(1e-10));
    }
    assertThat(sums[1]).containsExactly(gradient, within(1e-10));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theDualPointAloneHasTheSameSums(boolean shortened) {
    double[] v = new Random(5).doubles(setting.length(), -1, 1).toArray();
    double[] shrink =
        shortened ? new Random(6).doubles(setting.leaves(), 0, 1).toArray() : new double[0];
    CertificateJob.Dual dual = new CertificateJob.Dual(v, false, shrink);
    double[][] alone = sums(new double[0], dual);
    double[][] both = sums(v, dual);
    assertThat(alone[0][0]).isZero();
    both[0][0] = 0;
    assertThat(alone).isDeepEqualTo(both);
  }

  private double[][] sums(double[] z, CertificateJob.Dual dual) {
    var worker = new CertificateJob(setting, z, dual).worker();
    worker.accept(RandomRows.gated(block, gates, map), Optional.empty());
    return worker.result();
  }

  /** min_t shrink of the row's leaf in tree t. */
  private double least(double[] x, double[] shrink) {
    double least = 1;
    int first = 0;
    for (var tree : gates.trees()) {
      least = Math.min(least, shrink[first + tree.leaf(x)]);
      first += tree.leaves();
    }
    return least;
  }

  private static double dot(double[] a, double[] b) {
    return Blas.dot(a, b);
  }
}
