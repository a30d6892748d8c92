package org.convexnn.cli.input;

import java.util.Optional;

/**
 * Where a table is.
 *
 * @param path a file, a folder or a glob
 * @param format the format, where it is given
 * @param labels the labels of a table of images, which are in a file of their own
 * @param csv what is said of CSV files
 */
public record TableSource(
    String path, Optional<TableFormat> format, Optional<LabelFile> labels, CsvOptions csv) {

  /** A table that has everything in it. */
  public static TableSource of(String path, Optional<TableFormat> format) {
    return new TableSource(path, format, Optional.empty(), CsvOptions.NONE);
  }
}
