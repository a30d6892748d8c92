package org.convexnn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What every loss must satisfy, at ordinary and at extreme arguments. */
class LossTest {

  /** A loss with a label it allows. */
  record Labelled(Loss loss, double y) {

    double value(double f) {
      return loss.value(y, new double[] {f}, 0);
    }

    double derivative(double f) {
      double[] r = new double[1];
      loss.derivative(y, new double[] {f}, 0, r, 0);
      return r[0];
    }

    double prox(double v, double rho) {
      double[] f = new double[1];
      loss.prox(y, new double[] {v}, 0, rho, f, 0);
      return f[0];
    }

    double rowCurvature(double f) {
      return loss.rowCurvature(y, new double[] {f}, 0, new double[] {derivative(f)}, 0);
    }

    double hessian(double f) {
      return loss.hessian(y, new double[] {f}, 0, new double[] {derivative(f)}, 0, 0, 0);
    }

    /** Whether its curvature has no bound. */
    boolean grows() {
      return loss.logLink();
    }

    /** An ordinary output: of a logarithm one of an ordinary mean. */
    double ordinary(double f) {
      return grows() ? f / 10 : f;
    }

    /** How much a row's label makes of rounding. */
    double size() {
      return grows() ? 1 + y : 1;
    }

    /** What differences of step h miss of a derivative: h^2/6 of the third one, h/2 L at kinks. */
    double missed(double f, double h) {
      double e = Math.abs(f - y);
      if (loss instanceof TweedieLoss tweedie) {
        double p = tweedie.power();
        double third = Math.exp((2 - p) * (f + h)) + y * Math.exp((p - 1) * (h - f));
        return h * h / 6 * third;
      }
      if (loss instanceof HuberLoss huber) {
        return Math.abs(e - huber.epsilon()) <= h ? h / 2 : 0;
      }
      if (loss instanceof QuantileLoss quantile) {
        return Math.abs(e - quantile.width()) <= h ? h / 2 * loss.curvature() : 0;
      }
      return loss instanceof SquaredLoss ? 0 : h * h / 60;
    }

    double conjugate(double r) {
      return loss.conjugate(y, new double[] {r}, 0);
    }
  }

  @Provide
  Arbitrary<Labelled> losses() {
    return Arbitraries.oneOf(
        Arbitraries.doubles().between(-100, 100).map(y -> new Labelled(new SquaredLoss(), y)),
        Arbitraries.of(0.0, 1.0).map(y -> new Labelled(new LogisticLoss(), y)),
        Combinators.combine(Arbitraries.of(1.0, 1.2, 1.9), Arbitraries.doubles().between(0, 50))
            .as((power, y) -> new Labelled(new TweedieLoss(power), y)),
        Arbitraries.of(1.0, 1.5).map(power -> new Labelled(new TweedieLoss(power), 0)),
        Arbitraries.doubles().between(0.01, 50).map(y -> new Labelled(new TweedieLoss(2), y)),
        Arbitraries.doubles().between(-100, 100).map(y -> new Labelled(new HuberLoss(1.35), y)),
        Combinators.combine(
                Arbitraries.of(0.05, 0.5, 0.9), Arbitraries.doubles().between(-100, 100))
            .as((q, y) -> new Labelled(new QuantileLoss(q, 0.02), y)));
  }

  @Provide
  Arbitrary<Double> outputs() {
    return Arbitraries.doubles().between(-30, 30);
  }

  /** Signed, magnitudes from 1e-6 to 1e4 evenly on a logarithmic scale. */
  @Provide
  Arbitrary<Double> extreme() {
    return Combinators.combine(Arbitraries.doubles().between(-6, 4), Arbitraries.of(-1.0, 0.0, 1.0))
        .as((exponent, sign) -> sign * Math.pow(10, exponent));
  }

  @Provide
  Arbitrary<Double> penalties() {
    return Arbitraries.doubles().between(-8, 8).map(exponent -> Math.pow(10, exponent));
  }

  @Property(tries = 500)
  void derivativeIsTheLimitOfDifferences(
      @ForAll("losses") Labelled loss, @ForAll("outputs") double output) {
    double f = loss.ordinary(output);
    double h = 1e-4;
    double difference = (loss.value(f + h) - loss.value(f - h)) / (2 * h);
    double rounding = Math.ulp(loss.size() + loss.value(f) + loss.value(f + h)) * 4 / h;
    double error = rounding + loss.missed(f, h);
    assertThat(Math.abs(loss.derivative(f) - difference)).isLessThanOrEqualTo(error);
  }

  @Property(tries = 500)
  void curvatureBoundsTheChangeOfTheDerivative(
      @ForAll("losses") Labelled loss,
      @ForAll("outputs") double output,
      @ForAll("outputs") double otherOutput) {
    double f = loss.ordinary(output);
    double other = loss.ordinary(otherOutput);
    double change = loss.derivative(f) - loss.derivative(other);
    double rounding = 1e-13 * (Math.abs(loss.y()) + 30) * loss.loss().curvature();
    assertThat(change * (f - other)).isGreaterThanOrEqualTo(-rounding);
    assertThat(loss.rowCurvature(f)).isPositive();
    if (!loss.grows()) {
      assertThat(Math.abs(change))
          .isLessThanOrEqualTo(loss.loss().curvature() * Math.abs(f - other) + rounding);
      assertThat(loss.rowCurvature(f)).isLessThanOrEqualTo(loss.loss().curvature());
    }
  }

  /** The model with rowCurvature stays above the second derivative, or its step before the minimum. */
  @Property(tries = 500)
  void rowCurvatureGoesNotTooFar(
      @ForAll("losses") Labelled loss, @ForAll("outputs") double output) {
    double f = loss.ordinary(output);
    if (!loss.grows()) {
      assertThat(loss.rowCurvature(f)).isGreaterThanOrEqualTo(loss.hessian(f));
    } else if (loss.y() > 0) {
      double r = loss.derivative(f);
      double next = loss.derivative(f - r / loss.rowCurvature(f));
      assertThat(next * Math.signum(r)).isGreaterThanOrEqualTo(-1e-12 * loss.size());
    }
  }

  /** A parabola that touches the loss and lies above it everywhere: so steps by it never fail. */
  @Property(tries = 500)
  void parabolasOfRobustLossesLieAbove(
      @ForAll("losses") Labelled loss, @ForAll("outputs") double f, @ForAll("outputs") double g) {
    boolean majorised = !loss.grows() && !(loss.loss() instanceof LogisticLoss);
    double above =
        loss.value(f)
            + loss.derivative(f) * (g - f)
            + loss.rowCurvature(f) / 2 * (g - f) * (g - f)
            - loss.value(g);
    assertThat(!majorised || above >= -1e-11 * (1 + loss.value(f) + loss.value(g))).isTrue();
  }

  /** The Hessian is the derivative's derivative. */
  @Property(tries = 500)
  void hessianIsTheLimitOfDifferences(
      @ForAll("losses") Labelled loss, @ForAll("outputs") double output) {
    double f = loss.ordinary(output);
    double h = 1e-5;
    double difference = (loss.derivative(f + h) - loss.derivative(f - h)) / (2 * h);
    double rounding = 1e-15 * (loss.size() + Math.abs(loss.derivative(f)) + Math.abs(f)) / h;
    // At a kink it is one of two.
    double kink = loss.missed(f, h) > h / 4 ? loss.loss().curvature() : 0;
    assertThat(Math.abs(loss.hessian(f) - difference))
        .isLessThanOrEqualTo(
            rounding * Math.max(1, loss.loss().curvature()) + loss.missed(f, h) + kink);
  }

  /** l'(f) + rho (f - v) changes its sign within the rounding of f. */
  @Property(tries = 2000)
  void proxSatisfiesItsOptimalityCondition(
      @ForAll("losses") Labelled loss,
      @ForAll("extreme") double v,
      @ForAll("penalties") double rho) {
    double f = loss.prox(v, rho);
    assertThat(f).isFinite();
    double h = 1e-12 * (1 + Math.abs(f) + Math.abs(v));
    assertThat(loss.derivative(f - h) + rho * (f - h - v)).isLessThanOrEqualTo(0);
    assertThat(loss.derivative(f + h) + rho * (f + h - v)).isGreaterThanOrEqualTo(0);
  }

  @Property(tries = 500)
  void fenchelYoungIsAnEqualityAtTheDerivative(
      @ForAll("losses") Labelled loss, @ForAll("extreme") double f) {
    double r = loss.derivative(f);
    double product = r * f;
    double sum = loss.value(f) + loss.conjugate(r);
    double size = Math.abs(product) + Math.abs(loss.value(f)) + Math.abs(loss.conjugate(r));
    // The conjugate sees 1 - q, or r + y, so q or the mean is known to 1e-16 absolutely, times |f|.
    assertThat(Math.abs(sum - product))
        .isLessThanOrEqualTo(1e-14 * size + 4e-16 * (Math.abs(f) + 40) * loss.size());
  }

  @Property(tries = 1000)
  void fenchelYoungIsAnInequalityElsewhere(
      @ForAll("losses") Labelled loss,
      @ForAll("outputs") double output,
      @ForAll("outputs") double at,
      @ForAll("shares") double share) {
    double f = loss.ordinary(output);
    // share * l'(at) is in the domain of the conjugate: the rays a certificate walks along.
    double r = share * loss.derivative(loss.ordinary(at));
    double slack = loss.value(f) + loss.conjugate(r) - r * f;
    double size = Math.abs(r * f) + loss.value(f) + Math.abs(loss.conjugate(r));
    assertThat(slack).isGreaterThanOrEqualTo(-1e-14 * (1 + size));
  }

  @Provide
  Arbitrary<Double> shares() {
    return Arbitraries.doubles().between(0, 1);
  }

  /** A dual point goes all the way where l* is finite there, else to where it ceases to be. */
  @Property(tries = 500)
  void dualPointsMoveAsFarAsTheConjugateIsFinite(
      @ForAll("losses") Labelled loss, @ForAll("outputs") double f, @ForAll("outputs") double by) {
    double r = loss.derivative(loss.ordinary(f));
    double[] moved = {r};
    loss.loss.moveDual(loss.y, moved, new double[] {by}, 0);
    assertThat(loss.conjugate(moved[0])).isFinite();
    if (Double.isFinite(loss.conjugate(r + by))) {
      assertThat(moved[0]).isCloseTo(r + by, within(1e-12));
    } else {
      assertThat((moved[0] - r) * by + 0.0).isNotNegative();
      assertThat(loss.conjugate(moved[0] + Math.signum(by) * 1e-9)).isInfinite();
    }
  }

  @Property(tries = 500)
  void extremeArgumentsStayFinite(@ForAll("losses") Labelled loss, @ForAll("extreme") double f) {
    assertThat(loss.value(f)).isFinite().isGreaterThanOrEqualTo(0);
    assertThat(loss.derivative(f)).isFinite();
    assertThat(loss.conjugate(loss.derivative(f))).isFinite();
    assertThat(loss.rowCurvature(f)).isFinite().isGreaterThanOrEqualTo(0);
  }
}
