package org.convexnn.solver;

import java.io.Serializable;
import java.util.Locale;

/**
 * What a certificate says of a plain ReLU network over networks of any width and all activation
 * patterns, not its own alone (docs/theory/certificates.md#all-patterns).
 *
 * @param bound no such network has an objective below, proven; NaN where nothing is known
 * @param relativeGap of the network's objective to this bound
 * @param searchPrice the highest price of a neuron that a search found: above beta the network can be
 *     improved by that neuron
 * @param hiddenFree whether the certificate's dual bound is this one, because there is none for fixed
 *     patterns: hidden weights were trained too, or there is no neuron
 */
public record AllPatterns(double bound, double relativeGap, double searchPrice, boolean hiddenFree)
    implements Serializable {

  /** Of gated networks. */
  public static final AllPatterns NONE = new AllPatterns(Double.NaN, Double.NaN, Double.NaN, false);

  /** Whether this says anything. */
  public boolean known() {
    return !Double.isNaN(bound);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "plain ReLU: %sover all activation patterns bound %.6g, relative gap %.2e, highest price"
            + " found %.4g",
        hiddenFree ? "the dual bound is the one " : "",
        bound,
        relativeGap,
        searchPrice);
  }
}
