package org.convexnn.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CategoryBinsTest {

  private static final CategoryBins BINS =
      new CategoryBins(new byte[][] {null, {3, (byte) 253, (byte) CategoryBins.MISSING}});

  @Test
  void codesBecomeTheirBinsAndNumbersStay() {
    double[] x = {-7.5, 1};
    assertThat(BINS.apply(x)).containsExactly(-7.5, 253);
    assertThat(x).as("left as it was").containsExactly(-7.5, 1);
    assertThat(BINS.isCategorical(0)).isFalse();
    assertThat(BINS.isCategorical(1)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(doubles = {2, 3, -1, 0.5, 1e300, Double.NaN, Double.NEGATIVE_INFINITY})
  void whatIsNoCodeOrWasNeverSeenIsMissing(double code) {
    assertThat(BINS.bin(1, code)).isEqualTo(CategoryBins.MISSING);
    assertThat(BINS.apply(new double[] {1, code})[1]).isNaN();
  }

  @Test
  void rowsOfNumbersAreNotCopied() {
    double[] x = {1, 2};
    CategoryBins none = CategoryBins.none(2);
    assertThat(none.isEmpty()).isTrue();
    assertThat(BINS.isEmpty()).isFalse();
    assertThat(none.apply(x)).isSameAs(x);
  }

  @Test
  void tooManyCodesAreRefused() {
    byte[][] tables = {null, new byte[CategoryBins.MOST_CODES + 1]};
    assertThatThrownBy(() -> new CategoryBins(tables))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("column 1 has 100001 codes; at most 100000");
  }
}
