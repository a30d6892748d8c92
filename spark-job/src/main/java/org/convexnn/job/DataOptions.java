package org.convexnn.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say where the rows are and what to learn of them. */
final class DataOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--input",
      paramLabel = "PATH",
      description =
          "Table to learn from: CSV with a header (.gz too), Parquet or LIBSVM; a file,"
              + " a folder or a glob.")
  private String input;

  @Option(names = "--label", paramLabel = "COLUMN", description = "The column to learn.")
  private String label;

  @Option(names = "--test", paramLabel = "PATH", description = "Table to test on.")
  private String test;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description = "csv, parquet or libsvm, where the names do not tell.")
  private TableFormat format;

  @Option(
      names = "--task",
      paramLabel = "NAME",
      description =
          "auto, binary, multiclass or regression. auto: texts, booleans and at most 20 different"
              + " integers are classes.")
  private LearningTask task = LearningTask.AUTO;

  @Option(
      names = "--positive",
      paramLabel = "VALUE",
      description = "Learn this class against all others.")
  private String positive;

  @Option(names = "--weight", paramLabel = "COLUMN", description = "Column of row weights.")
  private String weight;

  @Option(
      names = "--drop",
      split = ",",
      paramLabel = "COLUMN",
      description = "Columns to leave out, with commas between.")
  private List<String> drop = new ArrayList<>();

  /** Refuses what contradicts itself. */
  TrainingSource source() {
    require("--input", input);
    require("--label", label);
    if (positive != null && task != LearningTask.AUTO && task != LearningTask.BINARY) {
      throw new ParameterException(
          command.commandLine(),
          "--positive is '" + positive + "', but --task is " + task + "; take one of them away");
    }
    if (label.equals(weight)) {
      throw new ParameterException(
          command.commandLine(), "--label and --weight are both '" + label + "'");
    }
    return new TrainingSource(
        input,
        Optional.ofNullable(test),
        Optional.ofNullable(format),
        label,
        task,
        Optional.ofNullable(positive),
        Optional.ofNullable(weight),
        drop);
  }

  private void require(String option, String value) {
    if (value == null || value.isBlank()) {
      throw new ParameterException(command.commandLine(), option + " is missing");
    }
  }

  boolean hasInput() {
    return input != null;
  }
}
