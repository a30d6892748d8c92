package org.convexnn.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SingularValuesTest {

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 5", "7, 3", "4, 4"})
  void factorsAreOrthonormalAndGiveTheMatrix(int m, int n) {
    double[] a = new Random(m).doubles((long) m * n, -1, 1).toArray();
    SingularValues svd = SingularValues.of(m, n, a);
    int k = Math.min(m, n);
    assertThat(svd.size()).isEqualTo(k);
    assertThat(svd.rank(1e-12)).isEqualTo(k);
    assertThat(svd.rebuild(svd.values())).containsExactly(a, within(1e-13));
    for (int i = 0; i < k; i++) {
      assertThat(svd.values()[i]).isBetween(0.0, i == 0 ? 1e9 : svd.values()[i - 1]);
      for (int j = 0; j < k; j++) {
        double left = 0;
        double right = 0;
        for (int r = 0; r < m; r++) {
          left += svd.left()[r * k + i] * svd.left()[r * k + j];
        }
        for (int c = 0; c < n; c++) {
          right += svd.right()[i * n + c] * svd.right()[j * n + c];
        }
        assertThat(left).isCloseTo(i == j ? 1 : 0, within(1e-13));
        assertThat(right).isCloseTo(i == j ? 1 : 0, within(1e-13));
      }
    }
  }

  @Test
  void rankCountsWhatIsLargeEnough() {
    SingularValues svd = SingularValues.of(2, 3, new double[] {3, 0, 0, 0, 1e-9, 0});
    assertThat(svd.values()).containsExactly(new double[] {3, 1e-9}, within(1e-20));
    assertThat(svd.rank(1e-8)).isEqualTo(1);
    assertThat(svd.rank(1e-12)).isEqualTo(2);
    assertThat(SingularValues.of(2, 2, new double[4]).rank(0)).isZero();
  }
}
