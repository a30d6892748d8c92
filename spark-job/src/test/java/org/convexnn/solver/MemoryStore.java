package org.convexnn.solver;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.convexnn.solver.checkpoint.Checkpoint;
import org.convexnn.solver.checkpoint.CheckpointFormat;
import org.convexnn.solver.checkpoint.CheckpointStore;

/** Checkpoints as bytes in memory: the last one, and how many there were. */
public final class MemoryStore implements CheckpointStore {

  private final List<Double> passes = new ArrayList<>();
  private Optional<byte[]> last = Optional.empty();

  @Override
  public void save(Checkpoint checkpoint) {
    last = Optional.of(bytes(checkpoint));
    passes.add(checkpoint.steps().stream().mapToDouble(Checkpoint.Step::passes).sum());
  }

  @Override
  public Optional<Checkpoint> latest(String version) {
    return last.map(
        bytes -> {
          try {
            return CheckpointFormat.read(() -> new ByteArrayInputStream(bytes), version);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Override
  public void clear() {
    last = Optional.empty();
  }

  /** The passes of solves that each checkpoint knew of. */
  public List<Double> passes() {
    return passes;
  }

  public boolean isEmpty() {
    return last.isEmpty();
  }

  public static byte[] bytes(Checkpoint checkpoint) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      CheckpointFormat.write(checkpoint, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
