package org.convexnn.relu;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.convexnn.network.ReluNetwork;
import org.convexnn.solver.checkpoint.ResumableSteps;

/**
 * Growth of a ReLU network by neurons (docs/theory/cones.md#growth,
 * docs/theory/certificates.md#searching-for-directions): output weights of all neurons are fitted
 * ({@link RayFit}), neurons of weight zero are dropped, directions of a price above beta become
 * neurons, and again; until the highest price that the search finds is near beta, there are as many
 * neurons as allowed, or nothing gains.
 *
 * @param most the most neurons
 * @param rounds the most times that neurons are added
 * @param search for neurons
 * @param tolerance of a fit
 * @param log is told of every round
 * @param steps in which it is done, a round each
 */
record NeuronGrowth(
    int most,
    int rounds,
    PriceSearch search,
    double tolerance,
    Consumer<String> log,
    ResumableSteps steps) {

  private static final double NEAR = 1.02;

  /**
   * A network that was grown.
   *
   * @param network neurons of direction one, all of them active
   * @param objective P(network)
   * @param loss its mean loss
   * @param searchPrice the highest price found at the network; NaN where none was searched
   */
  record Grown(ReluNetwork network, double objective, double loss, double searchPrice) {}

  /** Grows from directions of length one. */
  Grown grow(ReluProblem problem, ReluNetwork start, double beta) {
    RayFit.Fitted fit = keptFit("growth", problem, start, beta);
    for (int round = 0; ; round++) {
      if (round == rounds || fit.network().neurons() >= most) {
        return new Grown(fit.network(), fit.objective(), fit.loss(), Double.NaN);
      }
      RayFit.Fitted before = fit;
      String name = "growth " + round;
      NotedNetwork after =
          NotedNetwork.of(steps.of(name, () -> grown(name, problem, before, beta).vector()));
      double highest = after.numbers()[2];
      RayFit.Fitted next = fitted(after);
      if (highest <= NEAR * beta || !(next.objective() < fit.objective() * (1 - tolerance))) {
        return new Grown(next.network(), next.objective(), next.loss(), highest);
      }
      fit = next;
    }
  }

  /** A round: the network with neurons of a price above beta, its objective, loss, highest price. */
  private NotedNetwork grown(String name, ReluProblem problem, RayFit.Fitted fit, double beta) {
    List<PricedNeuron> found = search.run(problem, fit.network());
    double highest = found.stream().mapToDouble(PricedNeuron::price).max().orElse(0);
    log.accept(
        String.format(
            Locale.ROOT,
            "%s: %d neurons, objective %.6g, highest price found %.4g, beta %.4g",
            name,
            fit.network().neurons(),
            fit.objective(),
            highest,
            beta));
    if (highest <= NEAR * beta) {
      return new NotedNetwork(fit.network(), fit.objective(), fit.loss(), highest);
    }
    List<PricedNeuron> worth =
        found.stream()
            .filter(neuron -> neuron.price() > beta)
            .limit(most - fit.network().neurons())
            .toList();
    ReluNetwork more =
        fit.network()
            .and(Neurons.of(worth.stream().map(PricedNeuron::direction).toList(), problem));
    RayFit.Fitted next = fit(problem, more, beta);
    return new NotedNetwork(next.network(), next.objective(), next.loss(), highest);
  }

  private static RayFit.Fitted fitted(NotedNetwork noted) {
    return new RayFit.Fitted(noted.network(), noted.numbers()[0], noted.numbers()[1]);
  }

  /** {@link #fit} as a part of its own. */
  RayFit.Fitted keptFit(String what, ReluProblem problem, ReluNetwork start, double beta) {
    return fitted(
        NotedNetwork.of(
            steps.of(
                what,
                () -> {
                  RayFit.Fitted fit = fit(problem, start, beta);
                  return new NotedNetwork(fit.network(), fit.objective(), fit.loss()).vector();
                })));
  }

  /** The rays of a network, its zero neurons dropped; of too many the smallest too. */
  RayFit.Fitted fit(ReluProblem problem, ReluNetwork start, double beta) {
    RayFit.Fitted all = RayFit.of(problem, start, beta, tolerance);
    int[] active = all.network().active();
    ReluNetwork kept = all.network().select(active);
    if (active.length <= most) {
      return new RayFit.Fitted(kept, all.objective(), all.loss());
    }
    RayFit.Fitted few = RayFit.of(problem, largest(kept, most), beta, tolerance);
    return new RayFit.Fitted(few.network().withoutZeros(), few.objective(), few.loss());
  }

  /** The so many neurons of the largest outputs. */
  ReluNetwork largest(ReluNetwork network, int count) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, network.neurons()).boxed().toList());
    order.sort(Comparator.comparingDouble(j -> -network.outputNorm(j)));
    return network.select(
        order.stream().limit(count).sorted().mapToInt(Integer::intValue).toArray());
  }
}
