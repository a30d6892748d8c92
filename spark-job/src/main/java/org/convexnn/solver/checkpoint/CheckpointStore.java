package org.convexnn.solver.checkpoint;

import java.util.Optional;

/** Where the checkpoints of one fit are kept: the last one at least, whole or not at all. */
public interface CheckpointStore {

  /**
   * Keeps a checkpoint in place of earlier ones.
   *
   * @throws RuntimeException or an Error where it cannot be written; earlier ones are still there, and
   *     the fit goes on
   */
  void save(Checkpoint checkpoint);

  /**
   * The last checkpoint that is whole.
   *
   * @param version of this library
   * @throws IllegalArgumentException where another version of this library, or of the
   *     format, wrote it
   */
  Optional<Checkpoint> latest(String version);

  /** Forgets all checkpoints. */
  void clear();
}
