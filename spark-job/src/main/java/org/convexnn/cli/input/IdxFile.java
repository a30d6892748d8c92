package org.convexnn.cli.input;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.ErrorMessages;

/**
 * An idx file of unsigned bytes, the format of MNIST and its relatives: the bytes 0, 0, 8, N; N
 * sizes of four bytes each, the most significant first; then the entries, the last index fastest. A
 * row is what belongs to one first index. Compressed as the ending of its name says.
 *
 * @param path where it is
 * @param dimensions N
 * @param rows the first size
 * @param rowBytes the product of the others
 */
record IdxFile(String path, int dimensions, int rows, int rowBytes) implements Serializable {

  private static final int UNSIGNED_BYTE = 8;
  private static final int GZIP = 0x1f8b;

  /** Reads the header and checks that the file is as long as it says. */
  static IdxFile of(Configuration hadoop, String path) {
    try {
      IdxFile file = header(hadoop, path);
      file.checkLength(hadoop);
      return file;
    } catch (EOFException e) {
      throw new CommandException(
          "cannot read " + path + " as idx: it is truncated; fetch it again", e);
    } catch (IOException e) {
      throw new CommandException("cannot read " + path + " as idx: " + ErrorMessages.of(e), e);
    }
  }

  private static IdxFile header(Configuration hadoop, String path) throws IOException {
    try (DataInputStream in = new DataInputStream(content(hadoop, new Path(path)))) {
      int zeros = in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int dimensions = in.readUnsignedByte();
      if (zeros != 0 || dimensions == 0) {
        throw new CommandException(
            path
                + " is no idx file: it begins with "
                + String.format("%04x %02x%02x", zeros, type, dimensions)
                + ", not with 0000 08"
                + (zeros == GZIP
                    ? "; it is compressed by gzip, rename it to end in .gz"
                    : "; check path and format"));
      }
      if (type != UNSIGNED_BYTE) {
        throw new CommandException(
            String.format(
                "idx file %s has entries of type 0x%02x; only unsigned bytes (0x08) are read,"
                    + " convert it to csv or parquet",
                path, type));
      }
      int rows = in.readInt();
      long rowBytes = 1;
      for (int i = 1; i < dimensions; i++) {
        int size = in.readInt();
        rowBytes = size < 1 ? 0 : Math.min(rowBytes * size, Integer.MAX_VALUE);
      }
      if (rows < 1 || rowBytes < 1 || rowBytes == Integer.MAX_VALUE) {
        throw new CommandException(
            "idx file "
                + path
                + " says that it has "
                + Integer.toUnsignedString(rows)
                + " rows of "
                + rowBytes
                + " bytes; there is nothing to read, or it is damaged");
      }
      return new IdxFile(path, dimensions, rows, (int) rowBytes);
    }
  }

  /** On the driver, before anything is computed: a compressed file is read through for it. */
  private void checkLength(Configuration hadoop) throws IOException {
    Path file = new Path(path);
    FileSystem files = file.getFileSystem(hadoop);
    long expected = start(rows);
    long found = 0;
    if (codec(hadoop, file).isEmpty()) {
      found = files.getFileStatus(file).getLen();
    } else {
      byte[] buffer = new byte[1 << 16];
      try (InputStream in = content(hadoop, file)) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          found += n;
        }
      }
    }
    if (found != expected) {
      throw new CommandException(
          "idx file "
              + path
              + " has "
              + found
              + " bytes, "
              + (found < expected ? "truncated: " : "too many: ")
              + rows
              + " rows of "
              + rowBytes
              + " are "
              + expected
              + "; fetch it again");
    }
  }

  /** The position of a row, behind the header. */
  private long start(int row) {
    return 4 + 4L * dimensions + (long) row * rowBytes;
  }

  /** The file from a row on. */
  DataInputStream from(int row, Configuration hadoop) throws IOException {
    InputStream in = content(hadoop, new Path(path));
    try {
      if (in instanceof FSDataInputStream plain) {
        plain.seek(start(row));
      } else {
        in.skipNBytes(start(row));
      }
      return new DataInputStream(new BufferedInputStream(in, 1 << 16));
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static Optional<CompressionCodec> codec(Configuration hadoop, Path file) {
    return Optional.ofNullable(new CompressionCodecFactory(hadoop).getCodec(file));
  }

  private static InputStream content(Configuration hadoop, Path file) throws IOException {
    FSDataInputStream raw = file.getFileSystem(hadoop).open(file);
    Optional<CompressionCodec> codec = codec(hadoop, file);
    return codec.isPresent() ? codec.get().createInputStream(raw) : raw;
  }
}
