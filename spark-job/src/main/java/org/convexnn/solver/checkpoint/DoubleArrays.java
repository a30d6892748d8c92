package org.convexnn.solver.checkpoint;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Arrays of numbers in a stream: an int of their length and the numbers, big-endian. */
public final class DoubleArrays {

  private static final int CHUNK = 1 << 13;

  private DoubleArrays() {}

  public static void write(double[] values, DataOutputStream out) throws IOException {
    out.writeInt(values.length);
    ByteBuffer buffer = ByteBuffer.allocate(8 * CHUNK);
    for (int from = 0; from < values.length; from += CHUNK) {
      int count = Math.min(CHUNK, values.length - from);
      buffer.asDoubleBuffer().put(values, from, count);
      out.write(buffer.array(), 0, 8 * count);
    }
  }

  /** The numbers of an array whose length was read. */
  public static double[] read(DataInputStream in, int length) throws IOException {
    double[] values = new double[length];
    byte[] bytes = new byte[8 * CHUNK];
    for (int from = 0; from < length; from += CHUNK) {
      int count = Math.min(CHUNK, length - from);
      in.readFully(bytes, 0, 8 * count);
      ByteBuffer.wrap(bytes, 0, 8 * count).asDoubleBuffer().get(values, from, count);
    }
    return values;
  }
}
