package org.convexnn.cli.table;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.ErrorMessages;
import org.convexnn.ml.ConvexReLUModel;
import org.convexnn.solver.Certificate;

/**
 * A model that {@code train} wrote. Loading and scoring run no code and no SQL that it holds.
 *
 * @param layout the columns it needs
 * @param stages all of it, from a raw table to predictions
 */
public record SavedModel(InputLayout layout, List<Transformer> stages) {

  /** Copies the list. */
  public SavedModel {
    stages = List.copyOf(stages);
  }

  /** The stage that gives predicted classes their names. */
  public static IndexToString names(List<String> classes) {
    return new IndexToString()
        .setInputCol(RowColumns.PREDICTION)
        .setOutputCol(RowColumns.PREDICTED_LABEL)
        .setLabels(classes.toArray(String[]::new));
  }

  /** Reads DIR or DIR/model. */
  public static SavedModel load(SparkSession spark, String directory) {
    Path path = find(spark, directory);
    try {
      return SavedStages.read(spark, path);
    } catch (Exception e) {
      throw new CommandException(
          "cannot read the model in "
              + directory
              + ": "
              + ErrorMessages.of(e)
              + "; give the --output of a train command that ended well",
          e);
    }
  }

  /** The table with the predictions (and everything before them). */
  public Dataset<Row> transform(Dataset<Row> table) {
    Dataset<Row> result = table;
    for (Transformer stage : stages) {
      result = stage.transform(result);
    }
    return result;
  }

  private static Path find(SparkSession spark, String directory) {
    try {
      Path given = new Path(directory);
      FileSystem files = given.getFileSystem(spark.sparkContext().hadoopConfiguration());
      for (Path p : List.of(given, new Path(given, "model"))) {
        if (files.exists(new Path(p, "metadata"))) {
          return p;
        }
      }
      throw new CommandException(
          files.exists(given)
              ? "there is no model in "
                  + directory
                  + " (neither metadata nor model/metadata); give the --output of a train command"
              : "model " + directory + " does not exist; check the path");
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandException("cannot read model " + directory + ": " + ErrorMessages.of(e), e);
    }
  }

  /** The network's own stage. */
  private ConvexReLUModel<?> stage() {
    return stages.stream()
        .filter(ConvexReLUModel.class::isInstance)
        .<ConvexReLUModel<?>>map(stage -> (ConvexReLUModel<?>) stage)
        .findFirst()
        .orElseThrow(() -> new CommandException("the model holds no network"));
  }

  /** Its certificate. */
  public Certificate certificate() {
    return stage().certificate();
  }

  /** What the certificate compares it with, where that is not all networks with its gates. */
  public Optional<String> bestAmong() {
    return stage().bestAmong().map(new TablePipeline(layout, stages, 0)::inNames);
  }

  /** The gates that it kept, in words. */
  public String gates() {
    return stage().network().gates().description();
  }

  /** The names of the network's features, for people. */
  public List<String> featureNames() {
    return TablePipeline.featureNames(layout, stages);
  }

  /** This model, which adds {@link RowColumns#CONTRIBUTIONS}. */
  public SavedModel explaining() {
    ConvexReLUModel<?> stage = stage();
    stage.set(stage.contributionsCol(), RowColumns.CONTRIBUTIONS);
    return this;
  }

  /** Whether it tells {@link RowColumns#INTERVAL}. */
  public boolean hasIntervals() {
    return stage().predictionIntervalColumn().isPresent();
  }

  /** Whether it tells {@link RowColumns#SET}. */
  public boolean hasSets() {
    return stage().predictionSetColumn().isPresent();
  }

  /** How many outputs the network has. */
  public int outputs() {
    return classes().isPresent() ? 1 : stage().network().outputs();
  }

  /** How many features the network takes. */
  public int features() {
    return stage().network().features();
  }

  /** Writes the network as an ONNX model to a file that must not exist. */
  public void toOnnx(String path) {
    stage().toOnnx(path);
  }

  /** The names of class 0, 1, ..., of a model that learnt classes. */
  public Optional<List<String>> classes() {
    return stages.stream()
        .filter(IndexToString.class::isInstance)
        .map(s -> List.of(((IndexToString) s).getLabels()))
        .findFirst();
  }
}
