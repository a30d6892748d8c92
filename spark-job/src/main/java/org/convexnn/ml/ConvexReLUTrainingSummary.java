package org.convexnn.ml;

import java.util.List;
import java.util.Optional;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.RankBound;
import org.convexnn.solver.TraceRecord;
import org.convexnn.solver.TrainingResult;

/**
 * How a model was trained. Not saved with the model; the certificate is.
 *
 * @param certificate how good the network is
 * @param rankBound what gates of low rank cost, where patternRank holds them to one
 * @param trace one record per iteration
 * @param path the regularisation path, empty where beta was given
 * @param rows the rows trained on: those of positive weight
 * @param setUpSeconds seconds for moments, gates, patterns, skip-only fit and betaMax
 * @param solveSeconds seconds for path, final fit and certificate
 */
public record ConvexReLUTrainingSummary(
    Certificate certificate,
    Optional<RankBound> rankBound,
    List<TraceRecord> trace,
    List<PathPoint> path,
    long rows,
    double setUpSeconds,
    double solveSeconds) {

  /** Copies the lists. */
  public ConvexReLUTrainingSummary {
    trace = List.copyOf(trace);
    path = List.copyOf(path);
  }

  static ConvexReLUTrainingSummary of(TrainingResult result) {
    return new ConvexReLUTrainingSummary(
        result.certificate(),
        result.rankBound(),
        result.trace(),
        result.path(),
        result.rows(),
        result.setUpSeconds(),
        result.solveSeconds());
  }

  /** The best primal objective after each iteration. */
  public double[] objectiveHistory() {
    return trace.stream().mapToDouble(TraceRecord::objective).toArray();
  }

  /** The number of iterations, those of the regularisation path included. */
  public int totalIterations() {
    return trace.size();
  }

  /** Seconds of the whole training. */
  public double seconds() {
    return setUpSeconds + solveSeconds;
  }
}
