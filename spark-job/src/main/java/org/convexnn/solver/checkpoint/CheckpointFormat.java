package org.convexnn.solver.checkpoint;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UTFDataFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.program.SolverState;

/**
 * Checkpoints as bytes, big-endian: the text "ConvexCP", the version of this format (int) and of the
 * library (UTF), what is fitted, the steps, and a CRC-32 (long) of all before it. Only the version
 * that wrote a checkpoint goes on from it. Reading makes numbers and texts, nothing else.
 */
public final class CheckpointFormat {

  private static final long MAGIC = 0x436F6E7665784350L;
  private static final int FORMAT = 2;
  private static final int SOLVE = 0;
  private static final int PART = 1;
  private static final int UNDER_WAY = 2;
  private static final int PART_UNDER_WAY = 3;

  private CheckpointFormat() {}

  /** What was read is not what was written: cut off, or changed. */
  public static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    private DamagedException(String message) {
      super(message);
    }
  }

  /** Writes a checkpoint. */
  public static void write(Checkpoint checkpoint, OutputStream to) throws IOException {
    CheckedOutputStream checked = new CheckedOutputStream(to, new CRC32());
    DataOutputStream out = new DataOutputStream(checked);
    out.writeLong(MAGIC);
    out.writeInt(FORMAT);
    FitIdentity of = checkpoint.of();
    out.writeUTF(of.version());
    out.writeInt(of.options().size());
    for (Map.Entry<String, String> option : new TreeMap<>(of.options()).entrySet()) {
      out.writeUTF(option.getKey());
      out.writeUTF(option.getValue());
    }
    out.writeInt(of.fingerprint().length);
    for (long number : of.fingerprint()) {
      out.writeLong(number);
    }
    out.writeDouble(of.weight());
    DoubleArrays.write(of.means(), out);
    DoubleArrays.write(of.sizes(), out);
    out.writeInt(checkpoint.steps().size());
    for (Checkpoint.Step step : checkpoint.steps()) {
      write(step, out);
    }
    out.writeLong(checked.getChecksum().getValue());
    out.flush();
  }

  private static void write(Checkpoint.Step step, DataOutputStream out) throws IOException {
    if (step instanceof Checkpoint.Solve solve) {
      out.writeByte(SOLVE);
      out.writeDouble(solve.beta());
      out.writeDouble(solve.upper());
      out.writeDouble(solve.lower());
      out.writeUTF(solve.reason().name());
      out.writeInt(solve.iteration());
      DoubleArrays.write(solve.weights(), out);
    } else if (step instanceof Checkpoint.Part part) {
      out.writeByte(PART);
      out.writeUTF(part.what());
      DoubleArrays.write(part.numbers(), out);
    } else if (step instanceof Checkpoint.UnderWay solve) {
      out.writeByte(UNDER_WAY);
      out.writeDouble(solve.beta());
      write(solve.state(), out);
      write(solve.asked(), out);
    } else if (step instanceof Checkpoint.PartUnderWay part) {
      out.writeByte(PART_UNDER_WAY);
      out.writeUTF(part.what());
      write(part.state(), out);
    }
    out.writeDouble(step.passes());
    out.writeInt(step.jobs());
  }

  private static void write(SolverState state, DataOutputStream out) throws IOException {
    out.writeUTF(state.solver());
    DoubleArrays.write(state.weights(), out);
    out.writeInt(state.parts().size());
    for (Map.Entry<String, List<double[]>> part : state.parts().entrySet()) {
      out.writeUTF(part.getKey());
      write(part.getValue(), out);
    }
  }

  private static void write(List<double[]> vectors, DataOutputStream out) throws IOException {
    out.writeInt(vectors.size());
    for (double[] vector : vectors) {
      DoubleArrays.write(vector, out);
    }
  }

  /**
   * Reads a checkpoint: its checksum first, so that nothing is made of changed bytes.
   *
   * @param version of this library
   * @throws DamagedException where the bytes are not as they were written
   * @throws IllegalArgumentException where another version of the library or of this format wrote
   *     them
   */
  public static Checkpoint read(CheckedBytes from, String version) throws IOException {
    require(from.whole(), "it ends too early, or its checksum is wrong");
    try (DataInputStream in = new DataInputStream(from.open())) {
      require(in.readLong() == MAGIC, "it is no checkpoint");
      if (in.readInt() != FORMAT) {
        throw FitIdentity.otherFormat(FORMAT);
      }
      String writer = in.readUTF();
      if (!writer.equals(version)) {
        throw FitIdentity.otherVersion(writer, version);
      }
      return new Checkpoint(readIdentity(writer, in), readSteps(in));
    } catch (EOFException end) {
      throw new DamagedException("it ends too early");
    } catch (UTFDataFormatException garbled) {
      throw new DamagedException("it holds a text that is none");
    }
  }

  private static FitIdentity readIdentity(String version, DataInputStream in) throws IOException {
    int count = in.readInt();
    Map<String, String> options = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      options.put(in.readUTF(), in.readUTF());
    }
    long[] fingerprint = new long[length(in)];
    for (int i = 0; i < fingerprint.length; i++) {
      fingerprint[i] = in.readLong();
    }
    return new FitIdentity(
        version, options, fingerprint, in.readDouble(), readDoubles(in), readDoubles(in));
  }

  private static List<Checkpoint.Step> readSteps(DataInputStream in) throws IOException {
    int count = in.readInt();
    List<Checkpoint.Step> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      steps.add(
          switch (in.readByte()) {
            case SOLVE -> readSolve(in);
            case PART -> readPart(in);
            case UNDER_WAY -> readUnderWay(in);
            case PART_UNDER_WAY ->
                new Checkpoint.PartUnderWay(
                    in.readUTF(), readState(in), in.readDouble(), in.readInt());
            default -> throw new DamagedException("it holds a step of no kind");
          });
    }
    return steps;
  }

  private static Checkpoint.UnderWay readUnderWay(DataInputStream in) throws IOException {
    return new Checkpoint.UnderWay(
        in.readDouble(), readState(in), readVectors(in), in.readDouble(), in.readInt());
  }

  private static SolverState readState(DataInputStream in) throws IOException {
    String solver = in.readUTF();
    double[] weights = readDoubles(in);
    int count = in.readInt();
    Map<String, List<double[]>> parts = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      parts.put(in.readUTF(), readVectors(in));
    }
    return new SolverState(solver, weights, parts);
  }

  private static List<double[]> readVectors(DataInputStream in) throws IOException {
    int count = in.readInt();
    List<double[]> vectors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      vectors.add(readDoubles(in));
    }
    return vectors;
  }

  private static Checkpoint.Part readPart(DataInputStream in) throws IOException {
    return new Checkpoint.Part(in.readUTF(), readDoubles(in), in.readDouble(), in.readInt());
  }

  private static Checkpoint.Solve readSolve(DataInputStream in) throws IOException {
    double beta = in.readDouble();
    double upper = in.readDouble();
    double lower = in.readDouble();
    StopReason reason = reason(in.readUTF());
    int iteration = in.readInt();
    double[] weights = readDoubles(in);
    return new Checkpoint.Solve(
        beta, weights, upper, lower, reason, iteration, in.readDouble(), in.readInt());
  }

  private static StopReason reason(String name) throws IOException {
    for (StopReason reason : StopReason.values()) {
      if (reason.name().equals(name)) {
        return reason;
      }
    }
    throw new DamagedException("it names no reason to stop");
  }

  private static double[] readDoubles(DataInputStream in) throws IOException {
    return DoubleArrays.read(in, length(in));
  }

  /** The length of an array, refused where a damaged one would not fit the heap. */
  private static int length(DataInputStream in) throws IOException {
    int length = in.readInt();
    require(
        length >= 0 && (double) Double.BYTES * length < Runtime.getRuntime().maxMemory() / 2.0,
        "it holds an array of length " + length);
    return length;
  }

  private static void require(boolean good, String otherwise) throws DamagedException {
    if (!good) {
      throw new DamagedException(otherwise);
    }
  }
}
