package org.convexnn.solver.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** Bytes that can be read again, whose last eight are the CRC-32 (long) of all before them. */
public interface CheckedBytes {

  /** The first of them. */
  InputStream open() throws IOException;

  /** Whether they are as they were written: looked at first, nothing is made of changed bytes. */
  default boolean whole() throws IOException {
    CRC32 sum = new CRC32();
    // The eight bytes that may be the last ones, then what is read next.
    byte[] bytes = new byte[Long.BYTES + (1 << 16)];
    try (InputStream in = open()) {
      if (in.readNBytes(bytes, 0, Long.BYTES) < Long.BYTES) {
        return false;
      }
      int next = bytes.length - Long.BYTES;
      for (int read = in.readNBytes(bytes, Long.BYTES, next);
          read > 0;
          read = in.readNBytes(bytes, Long.BYTES, next)) {
        sum.update(bytes, 0, read);
        System.arraycopy(bytes, read, bytes, 0, Long.BYTES);
      }
    }
    return ByteBuffer.wrap(bytes).getLong() == sum.getValue();
  }
}
