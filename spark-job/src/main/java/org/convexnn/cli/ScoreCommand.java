package org.convexnn.cli;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.convexnn.cli.input.CsvOptions;
import org.convexnn.cli.input.TableFormat;
import org.convexnn.cli.input.TableReader;
import org.convexnn.cli.input.TableSource;
import org.convexnn.cli.input.TrainingData;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.option.CsvFileOptions;
import org.convexnn.cli.option.SavedModelOption;
import org.convexnn.cli.option.StandardOptions;
import org.convexnn.cli.report.StagedOutput;
import org.convexnn.cli.table.CellCheck;
import org.convexnn.cli.table.RowColumns;
import org.convexnn.cli.table.SavedModel;
import org.convexnn.cli.table.Sql;
import org.convexnn.ml.io.ShownText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code score}: a raw table with predictions beside it. */
@Command(
    name = "score",
    sortOptions = false,
    description = {
      "Scores a raw table of the form that the model was trained on.",
      "Writes its columns, the prediction and, of two classes, the probability of the second one, of"
          + " more, the probability of each; of several labels prediction_1, prediction_2 and so on. Of a model trained with --coverage an interval"
          + " (prediction_lower, prediction_upper) or a set of classes (prediction_set) too."
    })
final class ScoreCommand implements Callable<Integer> {

  @Mixin private StandardOptions standard;

  private static final String LOWER = "prediction_lower";
  private static final String UPPER = "prediction_upper";

  private static final Logger LOG = LoggerFactory.getLogger(ScoreCommand.class);

  @Spec private CommandSpec command;

  @Mixin private SavedModelOption model;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "PATH",
      description = "Table to score: a file, a folder or a glob.")
  private String input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Folder to write; must not exist.")
  private String output;

  @Option(names = "--format", paramLabel = "NAME", description = "Format to write: csv or parquet.")
  private TableFormat format = TableFormat.CSV;

  @Option(
      names = "--input-format",
      paramLabel = "NAME",
      description = "csv, parquet, libsvm or idx, where the input's name does not tell.")
  private TableFormat inputFormat;

  @Option(
      names = "--contributions",
      description =
          "Write what each feature adds to the raw prediction too: contribution_NAME for each, and"
              + " contribution_base, which sum to it; of more than two classes, to that of the"
              + " predicted class.")
  private boolean contributions;

  @Option(names = "--overwrite", description = "Replace the output folder if it exists.")
  private boolean overwrite;

  @Mixin private CsvFileOptions csv;

  @Override
  public Integer call() {
    CsvOptions csvOptions = csv.options();
    if (format != TableFormat.CSV && format != TableFormat.PARQUET) {
      throw new ParameterException(
          command.commandLine(), "--format is " + format + "; it must be csv or parquet");
    }
    try (Session session = Session.open("score " + input);
        StagedOutput staged =
            StagedOutput.of(
                session.spark().sparkContext().hadoopConfiguration(),
                output,
                overwrite,
                List.of(input, model.directory(), model.directory() + "/model"))) {
      SavedModel loaded = model.load(session.spark());
      if (contributions && loaded.outputs() > 1) {
        throw new CommandException(
            "--contributions is given and the model has "
                + loaded.outputs()
                + " labels: a column for each feature and label is not written; ask"
                + " model.contributions(rows) in Java or Python");
      }
      SavedModel saved = contributions ? loaded.explaining() : loaded;
      Dataset<Row> table =
          new TableReader(session.spark()).readFor(saved.layout(), source(csvOptions));
      List<String> probabilities =
          saved.classes().map(ScoreCommand::probabilities).orElse(List.of());
      List<String> explanations = contributions ? explanations(saved.featureNames()) : List.of();
      List<String> added = new ArrayList<>(probabilities);
      added.addAll(explanations);
      IntStream.rangeClosed(1, loaded.outputs())
          .mapToObj(k -> RowColumns.PREDICTION + "_" + k)
          .filter(name -> loaded.outputs() > 1)
          .forEach(added::add);
      added.addAll(List.of(LOWER, UPPER));
      TrainingData.refuseOutputNames(List.of(table.columns()), added, input);
      CellCheck check = CellCheck.of(table, saved.layout(), Optional.empty());
      if (check.rows() == 0) {
        throw new CommandException("input " + input + " has no rows to score");
      }
      check.refuseProblem();
      scored(saved, probabilities, explanations, table)
          .write()
          .format(format.toString())
          .option("header", true)
          .option("escape", "\"")
          .save(staged.directory().toString());
      staged.commit();
      command
          .commandLine()
          .getOut()
          .println(ShownText.of("scored " + input + ", written to " + output));
    }
    return 0;
  }

  private TableSource source(CsvOptions options) {
    return new TableSource(input, Optional.ofNullable(inputFormat), Optional.empty(), options);
  }

  /**
   * The columns of probabilities: one for the second of two classes, else {@code probability_NAME}
   * for each. Letters, digits and minus signs alone, so that every reader takes them; where names
   * become the same by that, or to readers who ignore case, later ones are numbered.
   */
  static List<String> probabilities(List<String> classes) {
    if (classes.size() == 2) {
      return List.of(RowColumns.PROBABILITY);
    }
    return numbered(RowColumns.PROBABILITY, classes);
  }

  /** The columns of contributions: {@code contribution_NAME} for each feature, and of the base value. */
  static List<String> explanations(List<String> features) {
    List<String> all = new ArrayList<>(features);
    all.add("base");
    return numbered("contribution", all);
  }

  private static List<String> numbered(String prefix, List<String> of) {
    Set<String> taken = new HashSet<>();
    List<String> names = new ArrayList<>();
    for (String name : of) {
      String plain = prefix + "_" + name.replaceAll("[^\\p{L}\\p{N}-]", "_");
      String free = plain;
      for (int i = 2; !taken.add(free.toLowerCase(Locale.ROOT)); i++) {
        free = plain + "_" + i;
      }
      names.add(free);
    }
    return names;
  }

  /** The names of a set of classes; csv, which has no arrays, gets them with | between. */
  private Column set(List<String> classes) {
    Column names =
        org.apache.spark.sql.functions.array(
            classes.stream().map(org.apache.spark.sql.functions::lit).toArray(Column[]::new));
    Column named =
        org.apache.spark.sql.functions.transform(
            Sql.column(RowColumns.SET), k -> names.getItem(k.cast("int")));
    return format == TableFormat.CSV
        ? org.apache.spark.sql.functions.array_join(named, "|")
        : named;
  }

  private Dataset<Row> scored(
      SavedModel saved, List<String> probabilities, List<String> explanations, Dataset<Row> table) {
    boolean classes = saved.classes().isPresent();
    List<Column> columns = new ArrayList<>();
    for (StructField field : table.schema().fields()) {
      if (format == TableFormat.CSV && field.dataType().equals(SQLDataTypes.VectorType())) {
        LOG.info(
            "column '{}' holds vectors, which csv cannot; take --format parquet to keep it",
            ShownText.of(field.name()));
      } else {
        columns.add(Sql.column(field.name()));
      }
    }
    if (saved.outputs() > 1) {
      for (int k = 0; k < saved.outputs(); k++) {
        columns.add(
            Sql.column(RowColumns.PREDICTION).getItem(k).as(RowColumns.PREDICTION + "_" + (k + 1)));
      }
    } else {
      columns.add(
          Sql.column(classes ? RowColumns.PREDICTED_LABEL : RowColumns.PREDICTION)
              .as(RowColumns.PREDICTION));
    }
    int first = probabilities.size() == 1 ? 1 : 0;
    for (int i = 0; i < probabilities.size(); i++) {
      columns.add(
          functions
              .vector_to_array(Sql.column(RowColumns.PROBABILITY), "float64")
              .getItem(first + i)
              .as(probabilities.get(i)));
    }
    if (saved.hasIntervals()) {
      Column interval = Sql.column(RowColumns.INTERVAL);
      columns.add(interval.getField("lower").as(LOWER));
      columns.add(interval.getField("upper").as(UPPER));
    }
    if (saved.hasSets()) {
      columns.add(set(saved.classes().orElseThrow()).as(RowColumns.SET));
    }
    Column vector = Sql.column(RowColumns.CONTRIBUTIONS);
    if (saved.classes().filter(names -> names.size() > 2).isPresent()) {
      vector = vector.getItem(Sql.column(RowColumns.PREDICTION).cast("int"));
    }
    Column numbers = functions.vector_to_array(vector, "float64");
    for (int i = 0; i < explanations.size(); i++) {
      columns.add(numbers.getItem(i).as(explanations.get(i)));
    }
    return saved.transform(table).select(columns.toArray(Column[]::new));
  }
}
