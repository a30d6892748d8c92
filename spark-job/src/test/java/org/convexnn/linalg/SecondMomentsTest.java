package org.convexnn.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Sums of outer products against the definition, entry by entry; integers, so exactly. */
class SecondMomentsTest {

  @Property(tries = 200)
  void addsOuterProducts(
      @ForAll @IntRange(min = 1, max = 70) int width,
      @ForAll @IntRange(max = 40) int count,
      @ForAll long seed) {
    Random random = new Random(seed);
    int stride = SecondMoments.stride(width);
    double[] rows = rows(random, width, count);
    double[] triangle = random.doubles(3 + SecondMoments.length(width)).map(Math::rint).toArray();
    double[] sums = triangle.clone();
    new SecondMoments(width).add(rows, count, sums, 3);
    int at = 3;
    for (int i = 0; i < width; i++) {
      for (int j = i; j < width; j++) {
        double expected = triangle[at];
        for (int r = 0; r < count; r++) {
          expected += rows[r * stride + i] * rows[r * stride + j];
        }
        assertThat(sums[at++]).isEqualTo(expected);
      }
    }
    assertThat(sums).startsWith(triangle[0], triangle[1], triangle[2]);
  }

  @Property(tries = 100)
  void vectorAndPlainLoopsAgree(
      @ForAll @IntRange(min = 1, max = 70) int width,
      @ForAll @IntRange(max = 40) int count,
      @ForAll long seed) {
    int stride = SecondMoments.stride(width);
    double[] rows = rows(new Random(seed), width, count);
    double[] best = new double[stride * stride];
    double[] plain = new double[stride * stride];
    PanelKernel.BEST.outerProducts(rows, count, stride, best);
    new PlainPanelKernel().outerProducts(rows, count, stride, plain);
    for (int i = 0; i < stride; i++) {
      for (int j = i; j < stride; j++) {
        assertThat(best[i * stride + j]).isEqualTo(plain[i * stride + j]);
      }
    }
  }

  private static double[] rows(Random random, int width, int count) {
    int stride = SecondMoments.stride(width);
    double[] rows = new double[count * stride];
    for (int r = 0; r < count; r++) {
      for (int j = 0; j < width; j++) {
        rows[r * stride + j] = random.nextInt(199) - 99;
      }
    }
    return rows;
  }
}
