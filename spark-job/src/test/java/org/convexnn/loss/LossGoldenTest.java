package org.convexnn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Closed forms and the values of docs/theory/golden.md#proximal-steps. */
class LossGoldenTest {

  private static double prox(Loss loss, double y, double v, double rho) {
    double[] f = new double[1];
    loss.prox(y, new double[] {v}, 0, rho, f, 0);
    return f[0];
  }

  @Test
  void logisticProx() {
    assertThat(prox(new LogisticLoss(), 1, 0.3, 1)).isCloseTo(0.6442797400897203, within(1e-14));
    // The golden's label -1 is ours 0 mirrored: label +1 at t = -2.
    assertThat(prox(new LogisticLoss(), 1, -2, 0.5)).isCloseTo(-0.6748316143423994, within(1e-14));
    assertThat(prox(new LogisticLoss(), 0, 2, 0.5)).isCloseTo(0.6748316143423994, within(1e-14));
  }

  @Test
  void squaredProx() {
    assertThat(prox(new SquaredLoss(), 3, 1, 1)).isEqualTo(2.0);
    assertThat(prox(new SquaredLoss(), 3, 1, 3)).isEqualTo(1.5);
  }

  @Test
  void logisticAtZero() {
    LogisticLoss loss = new LogisticLoss();
    double[] zero = {0};
    double[] r = new double[1];
    for (double y : new double[] {0, 1}) {
      assertThat(loss.value(y, zero, 0)).isEqualTo(Math.log(2));
      loss.derivative(y, zero, 0, r, 0);
      assertThat(r[0]).isEqualTo(0.5 - y);
      assertThat(loss.conjugate(y, r, 0)).isCloseTo(-Math.log(2), within(1e-15));
      assertThat(loss.conjugate(y, zero, 0)).isEqualTo(0.0);
    }
  }

  /** The derivative keeps relative precision where 1 - sigmoid would be 0. */
  @Test
  void logisticTails() {
    LogisticLoss loss = new LogisticLoss();
    double[] r = new double[1];
    loss.derivative(1, new double[] {50}, 0, r, 0);
    assertThat(r[0]).isCloseTo(-Math.exp(-50), within(1e-15 * Math.exp(-50)));
    loss.derivative(0, new double[] {-700}, 0, r, 0);
    assertThat(r[0]).isCloseTo(Math.exp(-700), within(1e-13 * Math.exp(-700)));
    assertThat(loss.value(1, new double[] {50}, 0)).isCloseTo(Math.exp(-50), within(1e-36));
    assertThat(loss.value(0, new double[] {1000}, 0)).isEqualTo(1000.0);
  }

  @Test
  void outsideTheDomainTheConjugateIsInfinite() {
    LogisticLoss loss = new LogisticLoss();
    assertThat(loss.conjugate(0, new double[] {1.01}, 0)).isInfinite().isPositive();
    assertThat(loss.conjugate(0, new double[] {-0.01}, 0)).isInfinite().isPositive();
    assertThat(loss.conjugate(1, new double[] {0.01}, 0)).isInfinite().isPositive();
    assertThat(loss.conjugate(1, new double[] {-1.01}, 0)).isInfinite().isPositive();
    assertThat(loss.conjugate(1, new double[] {-1}, 0)).isEqualTo(0.0);
  }

  @Test
  void positionsInTheArraysAreRespected() {
    for (Loss loss :
        new Loss[] {
          new SquaredLoss(),
          new LogisticLoss(),
          new TweedieLoss(1),
          new TweedieLoss(1.5),
          new TweedieLoss(2),
          new HuberLoss(1),
          new QuantileLoss(0.3, 0.1)
        }) {
      double[] f = {7, 0.25, 9};
      double[] r = {5, 5, 5};
      loss.derivative(1, f, 1, r, 2);
      assertThat(r[0]).isEqualTo(5.0);
      assertThat(r[1]).isEqualTo(5.0);
      assertThat(r[2]).isNotEqualTo(5.0);
      double[] alone = new double[1];
      loss.derivative(1, new double[] {0.25}, 0, alone, 0);
      assertThat(r[2]).isEqualTo(alone[0]);
      assertThat(loss.value(1, f, 1)).isEqualTo(loss.value(1, new double[] {0.25}, 0));
      assertThat(loss.conjugate(1, r, 2)).isEqualTo(loss.conjugate(1, alone, 0));
      double[] to = {1, 1, 1};
      loss.prox(1, f, 1, 2, to, 0);
      assertThat(to).containsExactly(prox(loss, 1, 0.25, 2), 1, 1);
      // In place, as the row step of ADMM may use it.
      loss.prox(1, f, 1, 2, f, 1);
      assertThat(f).containsExactly(7, to[0], 9);
    }
  }

  private static double value(Loss loss, double y, double f) {
    return loss.value(y, new double[] {f}, 0);
  }

  /** Half of the unit deviances that textbooks have, and the family's power between its ends. */
  @Test
  void deviances() {
    double f = Math.log(3);
    assertThat(value(new TweedieLoss(1), 2, f))
        .isCloseTo(2 * Math.log(2 / 3.0) - (2 - 3), within(1e-15));
    assertThat(value(new TweedieLoss(1), 0, f)).isCloseTo(3, within(1e-15));
    assertThat(value(new TweedieLoss(2), 2, f))
        .isCloseTo(-Math.log(2 / 3.0) + (2 - 3) / 3.0, within(1e-15));
    double power = 1.3;
    assertThat(value(new TweedieLoss(power), 2, f))
        .isCloseTo(
            Math.pow(2, 0.7) / (-0.3 * 0.7) - 2 * Math.pow(3, -0.3) / -0.3 + Math.pow(3, 0.7) / 0.7,
            within(1e-14));
    assertThat(value(new TweedieLoss(power), 0, f))
        .isCloseTo(Math.pow(3, 0.7) / 0.7, within(1e-14));
    assertThat(value(new TweedieLoss(1 + 1e-9), 2, f))
        .isCloseTo(value(new TweedieLoss(1), 2, f), within(1e-8));
    for (double p : new double[] {1, 1.3, 2}) {
      assertThat(value(new TweedieLoss(p), 3, f)).isLessThan(1e-15);
    }
  }

  /** Above the pinball loss by h / 4 at most, and equal to it outside the window. */
  @Test
  void smoothedPinball() {
    QuantileLoss loss = new QuantileLoss(0.9, 0.1);
    assertThat(value(loss, 1, 1)).isCloseTo(0.1 / 4, within(1e-16));
    assertThat(value(loss, 1, 0)).isEqualTo(0.9);
    assertThat(value(loss, 1, 2)).isCloseTo(0.1, within(1e-16));
    for (double e = -0.2; e < 0.2; e += 0.01) {
      assertThat(value(loss, 1, 1 + e) - QuantileLoss.pinball(0.9, 1, 1 + e))
          .isBetween(-1e-16, 0.025 + 1e-16);
    }
  }

  @Test
  void huberIsSquaredInsideAndLinearBeyond() {
    HuberLoss loss = new HuberLoss(2);
    assertThat(value(loss, 1, 2.5)).isEqualTo(1.125);
    assertThat(value(loss, 1, -9)).isEqualTo(2 * 10 - 2);
  }
}
