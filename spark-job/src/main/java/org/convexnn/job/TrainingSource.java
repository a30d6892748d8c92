package org.convexnn.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the rows to learn from are and what to learn of them.
 *
 * @param input path of the table
 * @param test path of a table to test on
 * @param format the format of both, where it is given
 * @param label the label column
 * @param task what to learn
 * @param positive the class that is learnt against the rest
 * @param weight the weight column
 * @param drop columns to leave out
 */
record TrainingSource(
    String input,
    Optional<String> test,
    Optional<TableFormat> format,
    String label,
    LearningTask task,
    Optional<String> positive,
    Optional<String> weight,
    List<String> drop) {

  /** Copies the list. */
  TrainingSource {
    drop = List.copyOf(drop);
  }

  /** The paths that are read. */
  List<String> paths() {
    List<String> paths = new ArrayList<>(List.of(input));
    test.ifPresent(paths::add);
    return paths;
  }
}
