package org.convexnn.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.convexnn.gate.PatternEnumeration.Pattern;
import org.convexnn.linalg.Blas;
import org.convexnn.network.HalfSpaces;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns against docs/theory/golden.md#e1, known counts, and half-spaces drawn at random. */
class PatternEnumerationTest {

  private static final double[] E1 = {1, 0, 0, 1, -1, 1, 1, 2, -1, -1};

  private static List<String> texts(List<Pattern> patterns) {
    return patterns.stream().map(Pattern::toString).toList();
  }

  /** The pattern of a gate on rows, by the method that training uses. */
  private static String pattern(int d, double[] rows, double[] direction, double threshold) {
    HalfSpaces gate =
        new HalfSpaces(d, direction, new double[] {threshold}, new double[] {threshold});
    StringBuilder text = new StringBuilder();
    double[] score = new double[1];
    for (int r = 0; r < rows.length / d; r++) {
      gate.scores(direction, Arrays.copyOfRange(rows, r * d, (r + 1) * d), score);
      text.append(gate.active(0, score[0]) ? '1' : '0');
    }
    return text.toString();
  }

  private static void assertGatesHaveTheirPatterns(int d, double[] rows, List<Pattern> patterns) {
    for (Pattern p : patterns) {
      assertThat(pattern(d, rows, p.direction(), p.threshold())).isEqualTo(p.toString());
    }
    assertThat(texts(patterns)).isSorted().doesNotHaveDuplicates();
  }

  private static double[] gaussians(Random random, int count) {
    return random.doubles(count).map(u -> random.nextGaussian()).toArray();
  }

  @Test
  void allTenPatternsOfE1() {
    List<Pattern> patterns = PatternEnumeration.homogeneous(2, E1);
    assertThat(texts(patterns))
        .containsExactly(
            "00001", "00101", "01101", "01110", "01111", "10000", "10001", "10010", "11010",
            "11110");
    assertGatesHaveTheirPatterns(2, E1, patterns);
  }

  /** In general position: 2 sum_{k < r} C(n - 1, k). */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9, 100})
  void countsInGeneralPosition(int n) {
    Random random = new Random(n);
    double[] line = gaussians(random, n);
    double[] plane = gaussians(random, 2 * n);
    assertThat(PatternEnumeration.homogeneous(1, line)).hasSize(2);
    assertThat(PatternEnumeration.homogeneous(2, plane)).hasSize(2 * n);
    assertThat(PatternEnumeration.splits(1, line)).hasSize(n - 1);
    if (n < 50) {
      assertThat(PatternEnumeration.splits(2, plane)).hasSize(n * (n - 1) / 2);
    }
  }

  /** Rows of few integers: equal rows, opposite rows, rows of zeros, many on one line. */
  @Property(tries = 100, seed = "5")
  void everyRandomGateIsFound(
      @ForAll @Size(min = 2, max = 16) List<@IntRange(min = -2, max = 2) Integer> numbers,
      @ForAll long seed) {
    double[] rows = numbers.stream().limit(numbers.size() / 2 * 2).mapToDouble(i -> i).toArray();
    List<Pattern> homogeneous = PatternEnumeration.homogeneous(2, rows);
    List<Pattern> splits = PatternEnumeration.splits(2, rows);
    assertGatesHaveTheirPatterns(2, rows, homogeneous);
    assertGatesHaveTheirPatterns(2, rows, splits);
    Set<String> known = new HashSet<>(texts(homogeneous));
    Set<String> sides = new HashSet<>(texts(splits));
    Set<String> drawn = new HashSet<>();
    Random random = new Random(seed);
    for (int k = 0; k < 400; k++) {
      double[] g = gaussians(random, 2);
      drawn.add(pattern(2, rows, g, 0));
      String side = pattern(2, rows, g, 2 * random.nextGaussian());
      assertThat(sides.contains(side) || sides.contains(complement(side)) || constant(side))
          .as("split %s", side)
          .isTrue();
    }
    assertThat(known).containsAll(drawn);
    for (String side : sides) {
      assertThat(constant(side) || sides.contains(complement(side))).as(side).isFalse();
    }
  }

  private static String complement(String pattern) {
    return pattern.chars().mapToObj(c -> c == '1' ? "0" : "1").collect(Collectors.joining());
  }

  private static boolean constant(String pattern) {
    return pattern.chars().distinct().count() == 1;
  }

  /** Multiples of a row change sign with it, rows of zeros never do. */
  @Test
  void tiesAndZeroRows() {
    double[] rows = {0.1, 0.3, 0.7, 2.1, 0, 0, -0.3, -0.9, 0.3, 0.1};
    List<Pattern> patterns = PatternEnumeration.homogeneous(2, rows);
    assertThat(texts(patterns)).containsExactly("00110", "00111", "11100", "11101");
    assertGatesHaveTheirPatterns(2, rows, patterns);
    assertThat(texts(PatternEnumeration.homogeneous(3, new double[6]))).containsExactly("11");
    assertThat(PatternEnumeration.splits(2, new double[] {3, 4, 3, 4})).isEmpty();
    assertThat(texts(PatternEnumeration.splits(1, new double[] {3, 1, 3, 2})))
        .containsExactly("1010", "1011");
  }

  /** Rows of rank 2 in five dimensions have the patterns of their coordinates. */
  @Test
  void rowsThatSpanAPlane() {
    Random random = new Random(3);
    double[] coordinates = gaussians(random, 2 * 20);
    double[] span = gaussians(random, 2 * 5);
    double[] rows = new double[20 * 5];
    Blas.gemm(false, false, 20, 5, 2, 1.0, coordinates, 0, 2, span, 0, 5, 0.0, rows, 0, 5);
    List<Pattern> patterns = PatternEnumeration.homogeneous(5, rows);
    assertThat(texts(patterns))
        .isEqualTo(texts(PatternEnumeration.homogeneous(2, coordinates)))
        .hasSize(40);
    assertGatesHaveTheirPatterns(5, rows, patterns);
    for (Pattern p : patterns) {
      assertThat(Blas.norm(p.direction(), 0, 5)).isBetween(1 - 1e-12, 1 + 1e-12);
    }
  }

  @Test
  void higherRanksAreRefused() {
    assertThatThrownBy(
            () -> PatternEnumeration.homogeneous(3, new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1}))
        .hasMessageContaining("rows of rank 3")
        .hasMessageContaining("draw gates");
    assertThatThrownBy(() -> PatternEnumeration.splits(3, new double[9]))
        .hasMessageContaining("dimension 3");
  }
}
