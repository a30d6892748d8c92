package org.convexnn.job;

import java.util.Locale;

/** What kind of label is learnt. */
enum LearningTask {
  /** Decided by the label column. */
  AUTO,
  /** Two classes. */
  BINARY,
  /** A number. */
  REGRESSION;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
