package org.convexnn.ml.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/**
 * The files of one folder that Spark wrote, read as they are. Spark's own readers would look into
 * sub-folders, and take {@code NAME=VALUE} in a path for a column that overrides what files say.
 *
 * @param saved what the folder belongs to, for messages
 * @param folder the folder
 * @param files where it is
 */
record SavedFiles(String saved, Path folder, FileSystem files) {

  /** More than any metadata written: names of 1000 classes or of 100,000 columns. */
  private static final int MAX_TEXT_BYTES = 256 << 20;

  private static final int CHUNK = 1 << 16;

  /** The folder of this name below a path, whether it exists or not. */
  static SavedFiles of(String path, String name, Configuration hadoop) throws IOException {
    Path folder = new Path(path, name);
    return new SavedFiles(path, folder, folder.getFileSystem(hadoop));
  }

  boolean exist() throws IOException {
    return files.exists(folder);
  }

  /**
   * The files that hold something, by name.
   *
   * @throws CorruptFileException where the folder is none, is empty, or holds what Spark does not write
   */
  List<Path> list() throws IOException {
    if (!files.getFileStatus(folder).isDirectory()) {
      throw damage("is no folder");
    }
    List<Path> parts = new ArrayList<>();
    for (FileStatus status : files.listStatus(folder)) {
      String name = status.getPath().getName();
      if (status.isDirectory() || name.contains("=")) {
        throw damage("holds '" + name + "', which was not saved with it");
      }
      if (!name.startsWith("_") && !name.startsWith(".")) {
        parts.add(status.getPath());
      }
    }
    if (parts.isEmpty()) {
      throw damage("holds no file");
    }
    parts.sort(null);
    return parts;
  }

  /** The text of all files. */
  String text() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CompressionCodecFactory codecs = new CompressionCodecFactory(files.getConf());
    for (Path part : list()) {
      CompressionCodec codec = codecs.getCodec(part);
      try (InputStream raw = files.open(part);
          InputStream in = codec == null ? raw : codec.createInputStream(raw)) {
        for (byte[] chunk = in.readNBytes(CHUNK); chunk.length > 0; chunk = in.readNBytes(CHUNK)) {
          bytes.writeBytes(chunk);
          if (bytes.size() > MAX_TEXT_BYTES) {
            throw damage("is longer than " + (MAX_TEXT_BYTES >> 20) + " MB");
          }
        }
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw damage("holds bytes that are no text");
    }
  }

  private CorruptFileException damage(String what) {
    return new CorruptFileException(saved, folder.getName() + " " + what);
  }
}
