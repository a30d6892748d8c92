package org.convexnn.ml;

import java.util.Optional;
import org.convexnn.ml.io.CheckpointFolder;
import org.convexnn.ml.io.WholeFile;
import org.convexnn.solver.Progress;
import org.convexnn.solver.checkpoint.Checkpoints;

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
   * Refuses to go on from what is not kept.
   *
   * @throws IllegalArgumentException saying what to set
   */
  void check() {
    if (resume && !wanted()) {
      throw new IllegalArgumentException(
          "resume is true, but "
              + (folder.isEmpty() ? "checkpointDir is unset" : "checkpointInterval is -1")
              + ": there is no checkpoint to go on from; set both, or resume to false");
    }
  }

  /** The checkpoints that are wanted. */
  Optional<Checkpoints> kept(Progress progress) {
    return wanted()
        ? Optional.of(
            new Checkpoints(
                CheckpointFolder.of(WholeFile.of(folder), progress::message),
                interval,
                resume,
                Library.version()))
        : Optional.empty();
  }
}
