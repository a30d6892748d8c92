package org.convexnn.cli.table;

import java.util.Locale;

/** What kind of label is learnt. */
public enum LearningTask {
  /** Decided by the label column. */
  AUTO,
  /** Two classes. */
  BINARY,
  /** More classes than two. */
  MULTICLASS,
  /** A number. */
  REGRESSION;

  /** Whether classes are learnt. */
  public boolean classification() {
    return this == BINARY || this == MULTICLASS;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
