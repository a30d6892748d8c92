package org.convexnn.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SymmetricEigenTest {

  private static double[] symmetric(int n) {
    Random random = new Random(n);
    double[] a = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        a[i * n + j] = random.nextGaussian();
        a[j * n + i] = a[i * n + j];
      }
    }
    return a;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 40, 90})
  void reconstructsTheMatrixFromOrthonormalVectors(int n) {
    double[] a = symmetric(n);
    double[] kept = a.clone();
    SymmetricEigen eigen = SymmetricEigen.of(n, a);
    assertThat(a).as("the argument").containsExactly(kept);
    assertThat(eigen.values()).isSorted();
    double[] back = eigen.rebuild(eigen.values());
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    double[] identity = eigen.rebuild(ones);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        assertThat(back[i * n + j]).isCloseTo(a[i * n + j], within(1e-12));
        assertThat(identity[i * n + j]).isCloseTo(i == j ? 1 : 0, within(1e-12));
        double image = 0;
        for (int k = 0; k < n; k++) {
          image += a[j * n + k] * eigen.vectors()[i * n + k];
        }
        assertThat(image)
            .as("row %d of vectors is an eigenvector", i)
            .isCloseTo(eigen.values()[i] * eigen.vectors()[i * n + j], within(1e-12));
      }
    }
  }

  /** [[2, 1], [1, 2]] has eigenvalues 1 and 3; its inverse root is known in closed form. */
  @Test
  void inverseRootInClosedForm() {
    SymmetricEigen eigen = SymmetricEigen.of(2, new double[] {2, 1, 1, 2});
    assertThat(eigen.values()[0]).isCloseTo(1, within(1e-15));
    assertThat(eigen.values()[1]).isCloseTo(3, within(1e-15));
    double third = 1 / Math.sqrt(3);
    double[] root = eigen.rebuild(new double[] {1, third});
    assertThat(root)
        .containsExactly(
            new double[] {(third + 1) / 2, (third - 1) / 2, (third - 1) / 2, (third + 1) / 2},
            within(1e-15));
  }
}
