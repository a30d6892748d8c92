package org.convexnn.ml.io;

/**
 * Texts that come from outside (paths, names of columns and classes, cells) as people are shown them,
 * in messages, reports, logs and on a terminal.
 */
public final class ShownText {

  private static final String JOINERS = "\u200c\u200d";

  private ShownText() {}

  /**
   * The text without the passwords of its URLs, {@code scheme://user:password@}, and on one line: a
   * character that is none to be seen (one that controls a terminal, the direction or the end of a
   * line) becomes its number, {@code \}{@code u001b}.
   */
  public static String of(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.replaceAll("(://[^/@:\\s]*):[^/@\\s]*@", "$1:***@")
        .codePoints()
        .forEach(
            c -> {
              if (isSeen(c)) {
                shown.appendCodePoint(c);
              } else {
                shown.append(String.format("\\u%04x", c));
              }
            });
    return shown.toString();
  }

  /** Whether a character is one to be seen, or a blank. */
  public static boolean isSeen(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      // Scripts and emoji need these two.
      case Character.FORMAT -> JOINERS.indexOf(c) >= 0;
      default -> true;
    };
  }
}
