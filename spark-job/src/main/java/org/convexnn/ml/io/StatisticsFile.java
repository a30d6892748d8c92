package org.convexnn.ml.io;

import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;
import org.convexnn.solver.checkpoint.CheckedBytes;
import org.convexnn.solver.gram.GramStatistics;

/**
 * A file of statistics on any Hadoop file system.
 *
 * @param file the file
 */
public record StatisticsFile(WholeFile file) {

  /** The file of this path, whether it exists or not. */
  public static StatisticsFile of(String path) {
    return new StatisticsFile(WholeFile.of(path));
  }

  /**
   * Writes the statistics; what exists is never replaced, for its rows may be gone.
   *
   * @throws IllegalArgumentException where the path exists
   */
  public void write(GramStatistics statistics) {
    file.write(statistics::write);
  }

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException where there is no file, or a damaged or newer one
   */
  public GramStatistics read() {
    Path path = file.path();
    CheckedBytes bytes = () -> new BufferedInputStream(file.files().open(path));
    try {
      return GramStatistics.read(bytes);
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException(
          "there is no file of statistics at '" + file.shown() + "'", e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + file.shown() + "': " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read statistics from '" + file.shown() + "'", e);
    }
  }
}
