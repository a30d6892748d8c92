package org.convexnn.solver;

import java.util.List;
import java.util.Optional;
import org.convexnn.network.Network;

/**
 * What training gives.
 *
 * @param network the network, pruned of gates that training switched off
 * @param certificate the proof of how good it is
 * @param rankBound what gates of low rank cost, where patternRank holds them to one
 * @param trace one record per iteration
 * @param path the regularisation path, empty where beta was given
 * @param rows the number of rows of positive weight
 * @param skipRidge the ridge on the skip and the intercept correction, as given or automatic
 * @param setUpSeconds moments, gates, patterns, skip fit, betaMax
 * @param solveSeconds path, final fit and certificate
 */
public record TrainingResult(
    Network network,
    Certificate certificate,
    Optional<RankBound> rankBound,
    List<TraceRecord> trace,
    List<PathPoint> path,
    long rows,
    double skipRidge,
    double setUpSeconds,
    double solveSeconds) {

  /** Copies the lists. */
  public TrainingResult {
    trace = List.copyOf(trace);
    path = List.copyOf(path);
  }

  /** The same with another network. */
  TrainingResult with(Network other) {
    return new TrainingResult(
        other, certificate, rankBound, trace, path, rows, skipRidge, setUpSeconds, solveSeconds);
  }
}
