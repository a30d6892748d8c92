package org.convexnn.ml;

import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.classification.TrainingSummary;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.RankBound;
import org.convexnn.solver.TraceRecord;
import org.convexnn.solver.TrainingResult;

/** How a model was trained. Not saved with the model; the certificate is. */
public interface ConvexReLUTrainingSummary extends TrainingSummary {

  /** All that training told. */
  TrainingResult training();

  /** How good the network is. */
  default Certificate certificate() {
    return training().certificate();
  }

  /** What gates of low rank cost, where patternRank holds them to one. */
  default Optional<RankBound> rankBound() {
    return training().rankBound();
  }

  /** One record per iteration. */
  default List<TraceRecord> trace() {
    return training().trace();
  }

  /** The regularisation path, empty where beta was given. */
  default List<PathPoint> path() {
    return training().path();
  }

  /** The rows trained on: those of positive weight. */
  default long rows() {
    return training().rows();
  }

  /** Seconds for moments, gates, patterns, skip-only fit and betaMax. */
  default double setUpSeconds() {
    return training().setUpSeconds();
  }

  /** Seconds for path, final fit and certificate. */
  default double solveSeconds() {
    return training().solveSeconds();
  }

  /** Seconds of the whole training. */
  default double seconds() {
    return setUpSeconds() + solveSeconds();
  }

  /** The best primal objective after each iteration. */
  @Override
  default double[] objectiveHistory() {
    return trace().stream().mapToDouble(TraceRecord::objective).toArray();
  }

  /** The number of iterations, those of the regularisation path included. */
  @Override
  default int totalIterations() {
    return trace().size();
  }
}
