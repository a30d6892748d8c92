package org.convexnn.cli.report;

import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.convexnn.cli.message.TextTable;
import org.convexnn.network.ReluNetwork;
import org.convexnn.relu.NetworkCertificate;
import org.convexnn.relu.PricedNeuron;

/**
 * The certificate of a network as tables for a person to read.
 *
 * @param network the network
 * @param certificate its certificate
 */
public record CertificateTables(ReluNetwork network, NetworkCertificate certificate) {

  private static final int MOST_LINES = 10;
  private static final int MOST_WEIGHTS = 4;

  /** Objective, bounds and prices. */
  public TextTable summary() {
    NetworkCertificate c = certificate;
    String largest = "of all directions, " + (c.exact() ? "exact" : "upper bound");
    return new TextTable("quantity", "meaning", "value")
        .row("objective", "mean loss + beta penalty + ridge", number(c.objective()))
        .row("loss", "mean loss", number(c.loss()))
        .row("penalty", "sum of the neurons' penalties", number(c.penalty()))
        .row("dual bound", "no network of any width is below", number(c.allPatternsBound()))
        .row("optimality gap", "objective - dual bound", number(c.gap()))
        .row("relative gap", "of the objective", number(c.relativeGap()))
        .row("bound, these patterns", "for its activation patterns", number(c.patternsBound()))
        .row("beta", "regularisation parameter", number(c.beta()))
        .row("highest price", "found by search; above beta improves", number(c.searchPrice()))
        .row("largest price", largest, number(c.priceBound()))
        .row("stationarity", "0 at a stationary point", number(c.stationarity()));
  }

  /** The neurons of the highest prices. */
  public TextTable neurons() {
    TextTable table = new TextTable("neuron", "penalty", "price", "price / beta");
    double[] prices = certificate.neuronPrices();
    IntStream.range(0, prices.length)
        .boxed()
        .sorted(Comparator.comparingDouble(j -> -prices[j]))
        .limit(MOST_LINES)
        .forEach(
            j ->
                table.row(
                    Integer.toString(j),
                    number(network.hiddenNorm(j) * network.outputNorm(j)),
                    number(prices[j]),
                    number(prices[j] / certificate.beta())));
    return table;
  }

  /** The improving directions of the highest prices. */
  public TextTable directions() {
    TextTable table = new TextTable("direction", "largest weights", "price");
    for (int k = 0; k < Math.min(MOST_LINES, certificate.improving().size()); k++) {
      PricedNeuron direction = certificate.improving().get(k);
      table.row(Integer.toString(k), weights(direction.direction()), number(direction.price()));
    }
    return table;
  }

  /** The largest entries of (v, b). */
  private static String weights(double[] u) {
    return IntStream.range(0, u.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -Math.abs(u[i])))
        .limit(MOST_WEIGHTS)
        .map(
            i ->
                String.format(
                    Locale.ROOT, "%s %.3f", i == u.length - 1 ? "b" : "v[" + i + "]", u[i]))
        .collect(Collectors.joining(", "));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6g", value);
  }
}
