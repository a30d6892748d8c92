package org.convexnn.ml;

import java.io.Serializable;
import java.util.Optional;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.SparkSession;
import org.convexnn.ml.score.NetworkScorer;
import org.convexnn.ml.score.NoNetwork;
import org.convexnn.ml.score.Scorer;
import org.convexnn.ml.score.SharedScorer;
import org.convexnn.network.Marginals;
import org.convexnn.network.Network;
import org.convexnn.solver.Certificate;
import scala.Option;

/**
 * What a model holds beside its Params: the network, its certificate, where it comes from and, of one
 * that {@code fit} returned, how it was trained.
 *
 * @param <S> the training summary
 */
final class TrainedNetwork<S> implements Serializable {

  private static final long serialVersionUID = 1L;

  private final Scorer scorer;
  // Kept from executors: a model is shipped with every transform. Null = not here.
  private final transient Certificate certificate;
  private final transient Provenance provenance;
  private transient S summary;
  // Null = not calibrated, no models of intervals. Executors need none of these models.
  private final Calibration calibration;
  private final transient IntervalModels intervals;

  private TrainedNetwork(
      Scorer scorer,
      Certificate certificate,
      Provenance provenance,
      S summary,
      Calibration calibration,
      IntervalModels intervals) {
    this.scorer = scorer;
    this.calibration = calibration;
    this.intervals = intervals;
    this.certificate = certificate;
    this.provenance = provenance;
    this.summary = summary;
  }

  /** A network without a summary. */
  static <S> TrainedNetwork<S> of(
      Network network,
      Optional<Marginals> marginals,
      Certificate certificate,
      Optional<Provenance> provenance) {
    return new TrainedNetwork<>(
        new NetworkScorer(network, marginals),
        certificate,
        provenance.orElse(null),
        null,
        null,
        null);
  }

  /** A copy whose contributions are measured against these marginals. */
  TrainedNetwork<S> with(Marginals marginals) {
    return scoredBy(new NetworkScorer(network(), Optional.of(marginals)));
  }

  /** Stands for what a model without a network does not hold. */
  static <S> TrainedNetwork<S> none() {
    return new TrainedNetwork<>(new NoNetwork(), null, null, null, null, null);
  }

  /** A copy for another model, which may get another summary. */
  TrainedNetwork<S> copy() {
    return scoredBy(scorer);
  }

  /** A copy to be sent to executors, its network in a broadcast if it is large. */
  TrainedNetwork<S> shared(SparkSession session) {
    return scoredBy(SharedScorer.of(scorer, session));
  }

  private TrainedNetwork<S> scoredBy(Scorer other) {
    return new TrainedNetwork<>(other, certificate, provenance, summary, calibration, intervals);
  }

  /** A copy that is calibrated. */
  TrainedNetwork<S> with(Calibration other) {
    return new TrainedNetwork<>(scorer, certificate, provenance, summary, other, intervals);
  }

  /** A copy whose intervals are made of other models too; not calibrated. */
  TrainedNetwork<S> with(IntervalModels others) {
    return new TrainedNetwork<>(scorer, certificate, provenance, summary, null, others);
  }

  Optional<Calibration> calibration() {
    return Optional.ofNullable(calibration);
  }

  Optional<IntervalModels> intervals() {
    return Optional.ofNullable(intervals);
  }

  Network network() {
    return scorer.network();
  }

  Optional<Marginals> marginals() {
    return scorer.marginals();
  }

  /** What tells contributions, to be sent to executors. */
  Scorer scorer() {
    return scorer;
  }

  /**
   * The certificate.
   *
   * @throws IllegalStateException on an executor
   */
  Certificate certificate() {
    if (certificate == null) {
      throw new IllegalStateException("this copy of the model travels without certificate");
    }
    return certificate;
  }

  Optional<Provenance> provenance() {
    return Optional.ofNullable(provenance);
  }

  Option<S> summary() {
    return Option.apply(summary);
  }

  void summary(Option<S> told) {
    this.summary = told.isEmpty() ? null : told.get();
  }

  /**
   * The network's outputs, see {@link InvalidFeatures#score}.
   *
   * @param params say what to do about invalid features
   */
  double[] score(Vector features, ConvexReLUParams params) {
    return InvalidFeatures.score(scorer, features, params);
  }

  /** Size and certificate. */
  @Override
  public String toString() {
    return "activeNeurons="
        + network().activeGroups()
        + (certificate == null ? "" : ", certificate: " + certificate);
  }
}
