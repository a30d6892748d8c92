package org.convexnn.cli.input;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The file formats of tables. */
public enum TableFormat {
  /** Text with a header; commas, semicolons, tabs or bars between cells. */
  CSV(List.of("csv", "tsv", "tab")),
  /** Parquet. */
  PARQUET(List.of("parquet")),
  /** Lines of {@code label index:value ...}. */
  LIBSVM(List.of("libsvm", "svm")),
  /** Arrays of bytes, as MNIST and its relatives come: {@code train-images-idx3-ubyte}. */
  IDX(List.of("idx"));

  private static final List<String> COMPRESSED =
      List.of(".gz", ".bz2", ".zst", ".lz4", ".snappy", ".deflate");

  private static final Pattern IDX_NAME = Pattern.compile(".*[-.]idx\\d-ubyte");

  private final List<String> extensions;

  TableFormat(List<String> extensions) {
    this.extensions = extensions;
  }

  /** The format that a file's name tells. */
  public static Optional<TableFormat> ofName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (String end : COMPRESSED) {
      if (lower.endsWith(end)) {
        lower = lower.substring(0, lower.length() - end.length());
      }
    }
    String stem = lower;
    if (IDX_NAME.matcher(stem).matches()) {
      return Optional.of(IDX);
    }
    return Arrays.stream(values())
        .filter(f -> f.extensions.stream().anyMatch(e -> stem.endsWith("." + e)))
        .findFirst();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
