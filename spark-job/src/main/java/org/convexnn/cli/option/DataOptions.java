package org.convexnn.cli.option;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.convexnn.cli.input.TableFormat;
import org.convexnn.cli.input.TrainingSource;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.cli.table.OffsetColumn;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say where the rows are and what to learn of them. */
public final class DataOptions {

  /** The name of the column that a file of labels becomes. */
  private static final String LABEL = "label";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--input",
      paramLabel = "PATH",
      description =
          "Table to learn from: CSV or TSV with a header (.gz too), Parquet or LIBSVM; a file,"
              + " a folder or a glob. Or images: an idx file (.gz too), with --labels.")
  private String input;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description =
          "The column to learn, or several columns of numbers with commas between, which are learnt at"
              + " once; with --labels the name that they get (label).")
  private String label;

  @Option(
      names = "--labels",
      paramLabel = "PATH",
      description = "Labels of the images of an idx file: an idx file too.")
  private String labels;

  @Option(names = "--test", paramLabel = "PATH", description = "Table to test on.")
  private String test;

  @Option(
      names = "--test-labels",
      paramLabel = "PATH",
      description = "Labels of images to test on.")
  private String testLabels;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description = "csv, parquet, libsvm or idx, where the names do not tell.")
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
      names = "--fold",
      paramLabel = "COLUMN",
      description =
          "Column of groups: rows of one are held out together, or trained on together, when beta is"
              + " chosen. It is no feature.")
  private String fold;

  @Option(
      names = "--offset",
      paramLabel = "COLUMN",
      description =
          "Column of offsets, which are added to a regression's raw output, or log(COLUMN) of"
              + " exposures. It is no feature; a table to score needs it too.")
  private String offset;

  @Option(
      names = "--drop",
      split = ",",
      paramLabel = "COLUMN",
      description = "Columns to leave out, with commas between.")
  private List<String> drop = new ArrayList<>();

  @Option(
      names = "--categories",
      split = ",",
      paramLabel = "COLUMN",
      description =
          "Columns to read as categories whatever they look like, such as codes of digits.")
  private List<String> categories = new ArrayList<>();

  @Option(
      names = "--numbers",
      split = ",",
      paramLabel = "COLUMN",
      description = "Columns to read as numbers or times whatever they look like.")
  private List<String> numbers = new ArrayList<>();

  @Mixin private CsvFileOptions csv;

  /** The source that a model learns from: labels are numbers where its loss is one of theirs. */
  public TrainingSource source(ModelOptions model) {
    if (!model.ofNumbers() && offset == null) {
      return source();
    }
    String asked = model.ofNumbers() ? "--loss is " + model.loss() : "--offset is '" + offset + "'";
    boolean classes = task == LearningTask.BINARY || task == LearningTask.MULTICLASS;
    if (classes || positive != null) {
      throw new ParameterException(
          command.commandLine(),
          asked
              + ", which regressions have, but "
              + (classes ? "--task is " + task : "--positive is '" + positive + "'")
              + "; take one of them away");
    }
    // Counts are a few integers, and no classes.
    task = LearningTask.REGRESSION;
    return source();
  }

  /** Refuses what contradicts itself. */
  public TrainingSource source() {
    require("--input", input);
    checkLabels();
    String column = labels != null && label == null ? LABEL : label;
    require("--label", column);
    if (positive != null && task != LearningTask.AUTO && task != LearningTask.BINARY) {
      throw new ParameterException(
          command.commandLine(),
          "--positive is '" + positive + "', but --task is " + task + "; take one of them away");
    }
    categories.stream()
        .filter(numbers::contains)
        .findFirst()
        .ifPresent(
            both -> {
              throw new ParameterException(
                  command.commandLine(),
                  "column '" + both + "' is among both --categories and --numbers; take one away");
            });
    if (column.equals(weight)) {
      throw new ParameterException(
          command.commandLine(), "--label and --weight are both '" + column + "'");
    }
    if (column.equals(fold)) {
      throw new ParameterException(
          command.commandLine(), "--label and --fold are both '" + column + "'");
    }
    Optional<OffsetColumn> offsets = Optional.ofNullable(offset).map(OffsetColumn::of);
    if (offsets.filter(o -> o.name().equals(column)).isPresent()) {
      throw new ParameterException(
          command.commandLine(), "--label and --offset are both '" + column + "'");
    }
    return new TrainingSource(
        input,
        Optional.ofNullable(labels),
        Optional.ofNullable(test),
        Optional.ofNullable(testLabels),
        Optional.ofNullable(format),
        column,
        task,
        Optional.ofNullable(positive),
        Optional.ofNullable(weight),
        Optional.ofNullable(fold),
        offsets,
        drop,
        categories,
        numbers,
        csv.options());
  }

  /** Images have labels in files of their own, tables do not. */
  private void checkLabels() {
    boolean images = format == null ? isIdx(input) : format == TableFormat.IDX;
    if (images) {
      require("--labels, the idx file of the images' labels,", labels);
      if (test != null) {
        require("--test-labels, the idx file of the test images' labels,", testLabels);
      }
    } else if (labels != null || testLabels != null) {
      throw new ParameterException(
          command.commandLine(),
          (labels != null ? "--labels is " + labels : "--test-labels is " + testLabels)
              + ", but --input is no idx file by its name: take it away, --label names a column;"
              + " or say --format idx");
    }
    if (testLabels != null) {
      require("--test, the images that --test-labels are of,", test);
    }
  }

  private static boolean isIdx(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    return TableFormat.ofName(name).equals(Optional.of(TableFormat.IDX));
  }

  private void require(String option, String value) {
    if (value == null || value.isBlank()) {
      throw new ParameterException(command.commandLine(), option + " is missing");
    }
  }

  public boolean hasInput() {
    return input != null;
  }
}
