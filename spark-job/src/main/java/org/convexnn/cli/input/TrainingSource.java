package org.convexnn.cli.input;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.table.ColumnRule;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.cli.table.OffsetColumn;
import org.convexnn.ml.io.ShownText;

/**
 * Where the rows to learn from are and what to learn of them.
 *
 * @param input path of the table
 * @param labels path of its labels, where they are in a file of their own
 * @param test path of a table to test on
 * @param testLabels path of its labels
 * @param format the format of both, where it is given
 * @param label the label column, or several with commas between
 * @param task what to learn
 * @param positive the class that is learnt against the rest
 * @param weight the weight column
 * @param fold the column of groups that are held out together
 * @param offset the column of offsets of the raw output
 * @param drop columns to leave out
 * @param categories columns to read as categories whatever they look like
 * @param numbers columns to read as numbers or times whatever they look like
 * @param csv what is said of CSV files
 */
public record TrainingSource(
    String input,
    Optional<String> labels,
    Optional<String> test,
    Optional<String> testLabels,
    Optional<TableFormat> format,
    String label,
    LearningTask task,
    Optional<String> positive,
    Optional<String> weight,
    Optional<String> fold,
    Optional<OffsetColumn> offset,
    List<String> drop,
    List<String> categories,
    List<String> numbers,
    CsvOptions csv) {

  /** Copies the lists. */
  public TrainingSource {
    drop = List.copyOf(drop);
    categories = List.copyOf(categories);
    numbers = List.copyOf(numbers);
  }

  /** What is wanted of columns. */
  Map<String, ColumnRule.Wish> wishes() {
    Map<String, ColumnRule.Wish> wishes = new HashMap<>();
    numbers.forEach(c -> wishes.put(c, ColumnRule.Wish.NUMBERS));
    categories.forEach(c -> wishes.put(c, ColumnRule.Wish.CATEGORIES));
    return wishes;
  }

  /** The table to learn from. */
  TableSource inputTable() {
    return table(input, labels);
  }

  /** The table to test on. */
  Optional<TableSource> testTable() {
    return test.map(path -> table(path, testLabels));
  }

  private TableSource table(String path, Optional<String> itsLabels) {
    return new TableSource(path, format, itsLabels.map(l -> new LabelFile(l, label)), csv);
  }

  /**
   * The label columns of a table: one of the name that was given, commas and all, else those between the
   * commas.
   *
   * @throws CommandException for several with what is of one label, and for one that is named twice
   */
  List<String> labels(List<String> columns) {
    if (columns.contains(label) || !label.contains(",")) {
      return List.of(label);
    }
    List<String> several = Arrays.stream(label.split(",")).map(String::trim).toList();
    if (several.size() < 2 || several.stream().distinct().count() < several.size()) {
      throw new CommandException("--label is '" + label + "'; name each label once");
    }
    if (task.classification() || positive.isPresent()) {
      throw new CommandException(
          "--label names "
              + several.size()
              + " columns, which are learnt as numbers, and "
              + (positive.isPresent() ? "--positive is given" : "--task is " + task)
              + "; name one label, or take the other option away");
    }
    return several;
  }

  /** The paths that are read. */
  public List<String> paths() {
    return Stream.of(Optional.of(input), labels, test, testLabels)
        .flatMap(Optional::stream)
        .toList();
  }

  /** What is read, by the names of the options, for reports. */
  public Map<String, Object> options() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("input", ShownText.of(input));
    labels.ifPresent(l -> options.put("labels", ShownText.of(l)));
    test.ifPresent(t -> options.put("test", ShownText.of(t)));
    testLabels.ifPresent(l -> options.put("testLabels", ShownText.of(l)));
    format.ifPresent(f -> options.put("format", f.toString()));
    options.put("label", label);
    options.put("task", task.toString());
    positive.ifPresent(p -> options.put("positive", p));
    weight.ifPresent(w -> options.put("weight", w));
    fold.ifPresent(f -> options.put("fold", f));
    offset.ifPresent(o -> options.put("offset", o.toString()));
    if (!drop.isEmpty()) {
      options.put("drop", drop);
    }
    if (!categories.isEmpty()) {
      options.put("categories", categories);
    }
    if (!numbers.isEmpty()) {
      options.put("numbers", numbers);
    }
    csv.delimiter().ifPresent(d -> options.put("delimiter", d.toString()));
    if (!csv.columns().isEmpty()) {
      options.put("columns", csv.columns());
    }
    return options;
  }
}
