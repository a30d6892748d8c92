package org.convexnn.job;

import java.util.Locale;

/** What kind of label is learnt. */
enum LearningTask {
  /** Decided by the label column. */
  AUTO,
  /** Two classes. */
  BINARY,
  /** More classes than two. */
  MULTICLASS,
  /** A number. */
  REGRESSION;

  /** Whether classes are learnt. */
  boolean classification() {
    return this == BINARY || this == MULTICLASS;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
