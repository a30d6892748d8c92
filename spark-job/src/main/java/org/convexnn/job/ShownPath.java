package org.convexnn.job;

/** Paths as reports, messages and Spark's pages show them. */
final class ShownPath {

  private ShownPath() {}

  /** A text with the passwords of its URLs, {@code scheme://user:password@}, taken out. */
  static String of(String text) {
    return text.replaceAll("(://[^/@:\\s]*):[^/@\\s]*@", "$1:***@");
  }
}
