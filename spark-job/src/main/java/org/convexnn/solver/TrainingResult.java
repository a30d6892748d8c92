package org.convexnn.solver;

import java.util.List;
import java.util.Optional;
import org.convexnn.network.Marginals;
import org.convexnn.network.Network;

/**
 * What training gives.
 *
 * @param network the network, pruned of gates that training switched off
 * @param certificate the proof of how good it is
 * @param objective the norms and rows that the certificate is about
 * @param rankBound what gates of low rank cost, where patternRank holds them to one
 * @param trace one record per iteration
 * @param path the regularisation path, empty where beta was given
 * @param rows the number of rows of positive weight
 * @param skipRidge the ridge on the skip and the intercept correction, as given or automatic
 * @param setUpSeconds moments, gates, patterns, skip fit, betaMax
 * @param solveSeconds path, final fit and certificate
 * @param marginals of a sample of the rows, where one was taken
 */
public record TrainingResult(
    Network network,
    Certificate certificate,
    Objective objective,
    Optional<RankBound> rankBound,
    List<TraceRecord> trace,
    List<PathPoint> path,
    long rows,
    double skipRidge,
    double setUpSeconds,
    double solveSeconds,
    Optional<Marginals> marginals) {

  /** Copies the lists. */
  public TrainingResult {
    trace = List.copyOf(trace);
    path = List.copyOf(path);
  }

  /** Without marginals. */
  public TrainingResult(
      Network network,
      Certificate certificate,
      Objective objective,
      Optional<RankBound> rankBound,
      List<TraceRecord> trace,
      List<PathPoint> path,
      long rows,
      double skipRidge,
      double setUpSeconds,
      double solveSeconds) {
    this(
        network,
        certificate,
        objective,
        rankBound,
        trace,
        path,
        rows,
        skipRidge,
        setUpSeconds,
        solveSeconds,
        Optional.empty());
  }

  /** This result with the network in another form. */
  public TrainingResult with(Network other) {
    return with(other, marginals);
  }

  /** This result with the marginals of its rows. */
  public TrainingResult with(Marginals ofRows) {
    return with(network, Optional.of(ofRows));
  }

  private TrainingResult with(Network other, Optional<Marginals> ofRows) {
    return new TrainingResult(
        other,
        certificate,
        objective,
        rankBound,
        trace,
        path,
        rows,
        skipRidge,
        setUpSeconds,
        solveSeconds,
        ofRows);
  }
}
