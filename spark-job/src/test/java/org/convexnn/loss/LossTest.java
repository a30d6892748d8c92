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

    double conjugate(double r) {
      return loss.conjugate(y, new double[] {r}, 0);
    }
  }

  @Provide
  Arbitrary<Labelled> losses() {
    return Arbitraries.oneOf(
        Arbitraries.doubles().between(-100, 100).map(y -> new Labelled(new SquaredLoss(), y)),
        Arbitraries.of(0.0, 1.0).map(y -> new Labelled(new LogisticLoss(), y)));
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
      @ForAll("losses") Labelled loss, @ForAll("outputs") double f) {
    double h = 1e-4;
    double difference = (loss.value(f + h) - loss.value(f - h)) / (2 * h);
    // Rounding of the values over 2h, plus h^2/6 of a third derivative that is at most 1/10.
    double error = Math.ulp(loss.value(f) + loss.value(f + h)) * 4 / h + h * h / 60;
    assertThat(Math.abs(loss.derivative(f) - difference)).isLessThanOrEqualTo(error);
  }

  @Property(tries = 500)
  void curvatureBoundsTheChangeOfTheDerivative(
      @ForAll("losses") Labelled loss,
      @ForAll("outputs") double f,
      @ForAll("outputs") double other) {
    double change = loss.derivative(f) - loss.derivative(other);
    double rounding = 1e-13 * (Math.abs(loss.y()) + 30);
    assertThat(change * (f - other)).isGreaterThanOrEqualTo(-rounding);
    assertThat(Math.abs(change))
        .isLessThanOrEqualTo(loss.loss().curvature() * Math.abs(f - other) + rounding);
    double[] r = {loss.derivative(f)};
    assertThat(loss.loss().rowCurvature(r, 0))
        .isPositive()
        .isLessThanOrEqualTo(loss.loss().curvature());
  }

  /** The secant model with rowCurvature stays above the second derivative q (1 - q). */
  @Property(tries = 300)
  void rowCurvatureIsAtLeastTheSecondDerivative(
      @ForAll("losses") Labelled loss, @ForAll("outputs") double f) {
    double[] r = {loss.derivative(f)};
    double second = loss.loss() instanceof SquaredLoss ? 1 : Math.abs(r[0]) * (1 - Math.abs(r[0]));
    assertThat(loss.loss().rowCurvature(r, 0)).isGreaterThanOrEqualTo(second);
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
    // Logistic: the conjugate sees 1 - q, so q is known to 1e-16 absolutely, times |f|.
    assertThat(Math.abs(sum - product))
        .isLessThanOrEqualTo(1e-14 * size + 4e-16 * (Math.abs(f) + 40));
  }

  @Property(tries = 1000)
  void fenchelYoungIsAnInequalityElsewhere(
      @ForAll("losses") Labelled loss,
      @ForAll("outputs") double f,
      @ForAll("outputs") double at,
      @ForAll("shares") double share) {
    // share * l'(at) is in the domain of the conjugate: the rays a certificate walks along.
    double r = share * loss.derivative(at);
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
    double r = loss.derivative(f);
    double[] moved = {r};
    loss.loss.moveDual(loss.y, moved, new double[] {by}, 0);
    assertThat(loss.conjugate(moved[0])).isFinite();
    if (Double.isFinite(loss.conjugate(r + by))) {
      assertThat(moved[0]).isCloseTo(r + by, within(1e-12));
    } else {
      assertThat((moved[0] - r) * by).isNotNegative();
      assertThat(loss.conjugate(moved[0] + Math.signum(by) * 1e-9)).isInfinite();
    }
  }

  @Property(tries = 500)
  void extremeArgumentsStayFinite(@ForAll("losses") Labelled loss, @ForAll("extreme") double f) {
    assertThat(loss.value(f)).isFinite().isGreaterThanOrEqualTo(0);
    assertThat(loss.derivative(f)).isFinite();
    assertThat(loss.conjugate(loss.derivative(f))).isFinite();
    double[] r = {loss.derivative(f)};
    assertThat(loss.loss().rowCurvature(r, 0)).isFinite().isGreaterThanOrEqualTo(0);
  }
}
