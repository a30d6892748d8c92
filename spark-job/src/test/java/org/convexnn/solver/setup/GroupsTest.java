package org.convexnn.solver.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.convexnn.linalg.Blas;
import org.junit.jupiter.api.Test;

/** Two gates of two outputs by hand; and for any sizes what makes a norm, its dual and its prox. */
class GroupsTest {

  /** [w_0; gate 1; gate 2], each of two outputs and two numbers. */
  private static final double[] W = {1, 2, 2, 4, 3, 4, 0, 0, 0, 0, 5, 12};

  @Test
  void aGroupForEachGate() {
    Groups groups = Groups.of(2, 2, false);
    assertThat(groups.norms(W)).containsExactly(5, 13);
    assertThat(groups.sum(new double[] {0, 0, 0, 0, 2, 4, 5, 6})).isEqualTo(9.0);
    assertThat(groups.linearSquare(W)).isCloseTo(25, within(1e-14));
    assertThat(groups.activeGates(W)).isEqualTo(2);
  }

  @Test
  void aGroupForEachClass() {
    Groups groups = Groups.of(2, 2, true);
    assertThat(groups.norms(W)).containsExactly(5, 0, 0, 13);
    assertThat(groups.sum(new double[] {0, 0, 0, 0, 3, 4, 8, 6})).isEqualTo(15.0);
    assertThat(groups.max(W)).isEqualTo(13.0);
    assertThat(groups.linearSquare(W)).isCloseTo(25, within(1e-14));
    assertThat(groups.activeGates(W)).as("one class is enough").isEqualTo(2);
    assertThat(groups.activeGates(new double[12])).isZero();
  }

  @Test
  void aGroupForTwoGates() {
    Groups groups = Groups.shared(2, 2, 2);
    double[] w = {1, 2, 2, 4, 3, 4, 0, 0, 0, 0, 0, 12};
    assertThat(groups.norms(w)).containsExactly(13);
    assertThat(groups.activeGates(w)).isEqualTo(2);
    assertThat(groups.linearSquare(w)).isCloseTo(25, within(1e-14));
    double[] z = w.clone();
    groups.prox(z, 6.5, 1, 1);
    double[] half = {0.5, 1, 1, 2, 1.5, 2, 0, 0, 0, 0, 0, 6};
    assertThat(z).containsExactly(half, within(1e-14));
  }

  @Test
  void theLeastValueAtAGate() {
    double[] values = {5, 3, 4, 7};
    assertThat(Groups.of(2, 2, false).leastAt(1, values)).isEqualTo(3);
    assertThat(Groups.of(2, 2, true).leastAt(1, values)).isEqualTo(4);
    assertThat(Groups.shared(2, 2, 2).leastAt(5, values)).isEqualTo(4);
  }

  /** The proximal step shortens a norm by beta / sigma and divides the linear block. */
  @Test
  void proxAndCut() {
    Groups groups = Groups.of(2, 2, true);
    double[] v = {2, 4, 6, 8, 3, 4, 0.3, 0.4, 0, 0, 5, 12};
    groups.prox(v, 2, 1, 1);
    double[] expected = {1, 2, 3, 4, 1.8, 2.4, 0, 0, 0, 0, 55 / 13.0, 132 / 13.0};
    assertThat(v).containsExactly(expected, within(1e-14));
    groups.cut(v, 1.5);
    assertThat(groups.norms(v)).containsExactly(new double[] {1.5, 0, 0, 1.5}, within(1e-14));
    assertThat(v[0]).as("the linear block is not cut").isEqualTo(1.0);
  }

  /** An infinite ridge leaves nothing of the linear block. */
  @Test
  void proxWithAnInfiniteRidge() {
    double[] v = {2, 4, 6, 8, 3, 4, 0.3, 0.4, 0, 0, 5, 12};
    Groups.of(2, 2, true).prox(v, 1, Double.POSITIVE_INFINITY, 1);
    double[] expected = {0, 0, 0, 0, 2.4, 3.2, 0, 0, 0, 0, 60 / 13.0, 144 / 13.0};
    assertThat(v).containsExactly(expected, within(1e-14));
  }

  /** {@code sum |a_i| |b_i|} is at most sum times max, and equal where b is a cut to one length. */
  @Property(tries = 200)
  void sumAndMaxAreDual(
      @ForAll @IntRange(min = 1, max = 4) int outputs,
      @ForAll @IntRange(min = 1, max = 5) int width,
      @ForAll boolean perClass,
      @ForAll long seed) {
    Groups groups = Groups.of(outputs, width, perClass);
    double[] a = random(seed, 4 * outputs * width, outputs * width);
    double[] b = random(~seed, a.length, outputs * width);
    double bound = groups.sum(a) * groups.max(b);
    assertThat(Blas.dot(a, b)).isLessThanOrEqualTo(bound * (1 + 1e-12));
    double[] tight = a.clone();
    groups.cut(tight, 1e-3);
    if (groups.norms(a)[0] > 1e-3) {
      assertThat(groups.max(tight)).isCloseTo(1e-3, within(1e-15));
    }
  }

  /** z = prox(v) where v - z is sigma times a subgradient: no step from z goes down. */
  @Property(tries = 200)
  void proxIsTheMinimum(
      @ForAll @IntRange(min = 1, max = 4) int outputs,
      @ForAll @IntRange(min = 1, max = 5) int width,
      @ForAll boolean perClass,
      @ForAll @DoubleRange(min = 0.01, max = 3) double beta,
      @ForAll long seed) {
    Groups groups = Groups.of(outputs, width, perClass);
    double[] v = random(seed, 4 * outputs * width, 0);
    double[] z = v.clone();
    groups.prox(z, beta, 0.3, 0.7);
    double least = objective(groups, z, v, beta);
    for (int trial = 0; trial < 20; trial++) {
      double[] step = random(seed + trial, v.length, 0);
      double[] moved = z.clone();
      Blas.axpy(Math.pow(0.1, trial % 5), step, moved);
      assertThat(objective(groups, moved, v, beta)).isGreaterThanOrEqualTo(least);
    }
  }

  private static double objective(Groups groups, double[] z, double[] v, double beta) {
    double[] difference = z.clone();
    Blas.axpy(-1, v, difference);
    return beta * groups.sum(z)
        + 0.15 * groups.linearSquare(z)
        + 0.35 * Blas.dot(difference, difference);
  }

  /** Gaussian numbers, the first ones zero. */
  private static double[] random(long seed, int length, int zeros) {
    Random random = new Random(seed);
    double[] a = new double[length];
    for (int i = zeros; i < length; i++) {
      a[i] = random.nextGaussian();
    }
    return a;
  }
}
