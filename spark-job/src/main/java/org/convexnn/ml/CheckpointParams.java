package org.convexnn.ml;

import org.convexnn.solver.Checkpoints;
import org.convexnn.solver.Progress;
import org.convexnn.solver.Trainer;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingOptions.Activation;

/**
 * The Params about checkpoints.
 *
 * @param folder checkpointDir; the empty string = none
 * @param interval checkpointInterval
 * @param resume whether to go on from a checkpoint
 */
record CheckpointParams(String folder, int interval, boolean resume) {

  private static final int NEVER = -1;

  static CheckpointParams of(ConvexReLUParams estimator) {
    return new CheckpointParams(
        estimator.isDefined(estimator.checkpointDir()) ? estimator.getCheckpointDir() : "",
        estimator.getCheckpointInterval(),
        estimator.getResume());
  }

  /** Whether checkpoints are wanted. */
  boolean wanted() {
    return !folder.isEmpty() && interval != NEVER;
  }

  /**
   * Refuses what cannot be resumed.
   *
   * @throws IllegalArgumentException saying what to set
   */
  void check(TrainingOptions options) {
    if (resume && !wanted()) {
      throw new IllegalArgumentException(
          "resume is true, but "
              + (folder.isEmpty() ? "checkpointDir is unset" : "checkpointInterval is -1")
              + ": there is no checkpoint to go on from; set both, or resume to false");
    }
    if (wanted() && options.activation() == Activation.RELU) {
      throw new IllegalArgumentException(
          "checkpointDir is set and activation is 'relu': only fits of gated neurons keep"
              + " checkpoints; unset checkpointDir, or set activation to 'gated'");
    }
  }

  /** The trainer with the checkpoints that are wanted. */
  Trainer keptBy(Trainer trainer, Progress progress) {
    return wanted()
        ? trainer.with(
            new Checkpoints(
                CheckpointFolder.of(WholeFile.of(folder), progress::message),
                interval,
                resume,
                Provenance.library()))
        : trainer;
  }
}
