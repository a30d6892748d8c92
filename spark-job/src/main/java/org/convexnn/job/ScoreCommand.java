package org.convexnn.job;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.convexnn.ml.ShownText;
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
          + " more, the probability of each."
    })
final class ScoreCommand implements Callable<Integer> {

  @Mixin private StandardOptions standard;

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
      SavedModel saved = model.load(session.spark());
      Dataset<Row> table =
          new TableReader(session.spark()).readFor(saved.layout(), source(csvOptions));
      List<String> probabilities =
          saved.classes().map(ScoreCommand::probabilities).orElse(List.of());
      TrainingData.refuseOutputNames(List.of(table.columns()), probabilities, input);
      CellCheck check = CellCheck.of(table, saved.layout(), Optional.empty());
      if (check.rows() == 0) {
        throw new JobException("input " + input + " has no rows to score");
      }
      check.refuseProblem();
      scored(saved, probabilities, table)
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
    Set<String> taken = new HashSet<>();
    List<String> names = new ArrayList<>();
    for (String name : classes) {
      String plain = RowColumns.PROBABILITY + "_" + name.replaceAll("[^\\p{L}\\p{N}-]", "_");
      String free = plain;
      for (int i = 2; !taken.add(free.toLowerCase(Locale.ROOT)); i++) {
        free = plain + "_" + i;
      }
      names.add(free);
    }
    return names;
  }

  private Dataset<Row> scored(SavedModel saved, List<String> probabilities, Dataset<Row> table) {
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
    columns.add(
        Sql.column(classes ? RowColumns.PREDICTED_LABEL : RowColumns.PREDICTION)
            .as(RowColumns.PREDICTION));
    int first = probabilities.size() == 1 ? 1 : 0;
    for (int i = 0; i < probabilities.size(); i++) {
      columns.add(
          functions
              .vector_to_array(Sql.column(RowColumns.PROBABILITY), "float64")
              .getItem(first + i)
              .as(probabilities.get(i)));
    }
    return saved.transform(table).select(columns.toArray(Column[]::new));
  }
}
