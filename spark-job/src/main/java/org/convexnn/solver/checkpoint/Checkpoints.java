package org.convexnn.solver.checkpoint;

import java.util.Optional;

/**
 * That a fit keeps checkpoints.
 *
 * @param store where
 * @param interval most passes that are lost with the driver
 * @param resume whether the fit goes on from the last checkpoint, where there is one
 * @param version of this library
 */
public record Checkpoints(CheckpointStore store, int interval, boolean resume, String version) {

  /** Checks the interval. */
  public Checkpoints {
    if (interval < 1) {
      throw new IllegalArgumentException(
          "checkpointInterval is " + interval + "; it must be a positive integer");
    }
  }

  /**
   * The checkpoint that a fit goes on from.
   *
   * @throws IllegalArgumentException where it is of another fit, and where there is one that the fit
   *     is not to go on from
   */
  Optional<Checkpoint> open(FitIdentity fit) {
    Optional<Checkpoint> latest = store.latest(version);
    if (latest.isPresent() && !resume) {
      throw new IllegalArgumentException(
          "checkpointDir holds the checkpoint of a fit that did not end: set resume (--resume) to go"
              + " on with it, or delete the folder, or name another one");
    }
    latest.ifPresent(checkpoint -> fit.check(checkpoint.of()));
    return latest;
  }
}
