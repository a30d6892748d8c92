package org.convexnn.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowCountTest {

  @ParameterizedTest
  @CsvSource({
    "10, 10, 10",
    "10, 25, 25",
    "10, 25.5, 10",
    "10, 5, 10",
    "10, 1e-300, 10",
    "10, 1e300, 10",
    "0, 0, 0"
  })
  void wholeWeightsAreCounts(long rows, double weight, long expected) {
    assertThat(RowCount.of(rows, weight)).isEqualTo(expected);
  }
}
