package org.convexnn.ml.io;

/** What was saved is not as it was written. */
final class CorruptFileException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /** In the directory {@code path}. */
  CorruptFileException(String path, String what) {
    this(path, what, null);
  }

  /** What is saved at a path is damaged, as an error on reading it told. */
  CorruptFileException(String path, String what, Throwable cause) {
    super(
        "what is saved at '"
            + ShownText.of(path)
            + "' is damaged: "
            + what
            + "; save it again, or copy it again from where it is whole",
        cause);
  }
}
