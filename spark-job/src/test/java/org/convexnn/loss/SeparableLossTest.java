package org.convexnn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A sum of losses is, output by output, the loss it is a sum of, on labels in its units. */
class SeparableLossTest {

  private static double[] numbers(Random random, int count) {
    return random.doubles(count, -5, 5).toArray();
  }

  @Property(tries = 200)
  void isTheSumOverOutputs(@ForAll @IntRange(min = 2, max = 6) int outputs, @ForAll long seed) {
    Random random = new Random(seed);
    double[] shift = numbers(random, outputs);
    double[] scale = random.doubles(outputs, 0.1, 9).toArray();
    double[] table = numbers(random, 4 * outputs);
    Loss each = random.nextBoolean() ? new SquaredLoss() : new HuberLoss(1.35);
    Loss loss = new SeparableLoss(each, shift, scale).on(table);
    int row = random.nextInt(4);
    double y = loss.label(table, row);
    double[] f = numbers(random, outputs);
    double[] r = new double[outputs];
    double[] near = new double[outputs];
    loss.derivative(y, f, 0, r, 0);
    loss.prox(y, f, 0, 0.7, near, 0);
    double sum = 0;
    for (int k = 0; k < outputs; k++) {
      double own = (table[row * outputs + k] - shift[k]) / scale[k];
      double[] one = {f[k]};
      sum += each.value(own, one, 0);
      each.prox(own, new double[] {f[k]}, 0, 0.7, one, 0);
      assertThat(near[k]).isEqualTo(one[0]);
      assertThat(loss.hessian(y, f, 0, r, 0, k, k)).isNotNegative();
      assertThat(loss.hessian(y, f, 0, r, 0, k, (k + 1) % outputs)).isZero();
    }
    assertThat(loss.value(y, f, 0)).isCloseTo(sum, within(1e-12));
    // Fenchel and Young
    double product = 0;
    for (int k = 0; k < outputs; k++) {
      product += r[k] * f[k];
    }
    assertThat(loss.value(y, f, 0) + loss.conjugate(y, r, 0)).isCloseTo(product, within(1e-9));
    double[] other = numbers(random, outputs);
    double inner = 0;
    for (int k = 0; k < outputs; k++) {
      inner += r[k] * other[k];
    }
    assertThat(loss.value(y, other, 0) + loss.conjugate(y, r, 0))
        .isGreaterThanOrEqualTo(inner - 1e-9);
  }
}
