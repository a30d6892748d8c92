package org.convexnn.cli.table;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.feature.ImputerModel;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.feature.OneHotEncoderModel;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.ml.feature.StringIndexerModel;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.cli.message.CommandException;
import org.convexnn.ml.ConvexReLUClassificationModel;
import org.convexnn.ml.ConvexReLURegressionModel;
import org.convexnn.ml.io.Checksums;
import org.convexnn.ml.io.SavedStage;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A pipeline that {@code train} saved, read without MLlib's loader, which loads whatever class of the
 * class path a file names, and calls it. What the stages hold is read as texts and numbers, checked,
 * and the stages are built from them as {@code train} builds them.
 */
final class SavedStages {

  private static final Set<String> WRITTEN =
      Stream.of(
              SQLTransformer.class,
              ImputerModel.class,
              StringIndexerModel.class,
              OneHotEncoderModel.class,
              VectorAssembler.class,
              ConvexReLUClassificationModel.class,
              ConvexReLURegressionModel.class,
              IndexToString.class)
          .map(Class::getName)
          .collect(Collectors.toUnmodifiableSet());

  private static final Class<?> CLASSIFIER = ConvexReLUClassificationModel.class;
  private static final Class<?> REGRESSOR = ConvexReLURegressionModel.class;

  private final SparkSession spark;
  private final SavedStage pipeline;

  /** The stages by the names of their classes. */
  private final Map<String, SavedStage> stages = new HashMap<>();

  /** The folders of the stages by the names of their classes. */
  private final Map<String, Path> folders = new HashMap<>();

  private SavedStages(SparkSession spark, Path path) throws IOException {
    this.spark = spark;
    this.pipeline = SavedStage.read(spark, path.toString());
    refuseOther(pipeline, Set.of(PipelineModel.class.getName()));
    for (Path folder : stageFolders(path)) {
      SavedStage stage = SavedStage.read(spark, folder.toString());
      refuseOther(stage, WRITTEN);
      if (stages.put(stage.className(), stage) != null) {
        throw pipeline.damage("it holds two stages of the class " + stage.className());
      }
      folders.put(stage.className(), folder);
    }
  }

  /**
   * Reads a pipeline.
   *
   * @throws CommandException naming a class that {@code train} does not write
   * @throws IllegalArgumentException where the files are not as they were written
   * @throws IOException where they cannot be read
   */
  static SavedModel read(SparkSession spark, Path path) throws IOException {
    Checksums.check(path.getFileSystem(spark.sparkContext().hadoopConfiguration()), path);
    return new SavedStages(spark, path).model();
  }

  private static void refuseOther(SavedStage stage, Set<String> allowed) {
    if (!allowed.contains(stage.className())) {
      throw new CommandException(
          "it holds a "
              + stage.className()
              + ", which no train command writes; nothing of it was loaded");
    }
  }

  /** The folders of stages, which are those that the pipeline's metadata name, no more, no fewer. */
  private List<Path> stageFolders(Path path) throws IOException {
    Path parent = new Path(path, "stages");
    FileSystem files = parent.getFileSystem(spark.sparkContext().hadoopConfiguration());
    Set<String> there = new TreeSet<>();
    for (FileStatus status : files.listStatus(parent)) {
      String name = status.getPath().getName();
      if (status.isDirectory() || !name.startsWith(".") && !name.startsWith("_")) {
        there.add(name);
      }
    }
    List<String> uids = pipeline.texts("stageUids");
    List<String> named = new ArrayList<>();
    for (int i = 0; i < uids.size(); i++) {
      String uid = uids.get(i);
      if (!uid.matches("\\w+")) {
        throw new CommandException("it has a stage of the name '" + uid + "'");
      }
      // As MLlib counts them: 0 to 9, or 00 to 99.
      String number = Integer.toString(i);
      int zeros = Integer.toString(uids.size()).length() - number.length();
      named.add("0".repeat(zeros) + number + "_" + uid);
    }
    if (!there.equals(Set.copyOf(named))) {
      there.removeAll(named);
      throw pipeline.damage(
          there.isEmpty()
              ? "a folder of a stage is missing"
              : "the folder '" + there.iterator().next() + "' is no stage of it");
    }
    return named.stream().map(name -> new Path(parent, name)).toList();
  }

  private SavedStage stage(Class<?> type) {
    SavedStage stage = stages.get(type.getName());
    if (stage == null) {
      throw pipeline.damage("it has no " + type.getSimpleName());
    }
    return stage;
  }

  private SavedModel model() {
    InputLayout layout =
        InputLayout.parse(stage(SQLTransformer.class).text("statement"))
            .orElseThrow(() -> new CommandException("it is a model of another kind"));
    int texts =
        (int) layout.columns().stream().filter(column -> column.kind().categorical()).count();
    TablePipeline table =
        TablePipeline.of(
            spark,
            layout,
            medians(TablePipeline.numbers(layout)),
            categories(texts),
            !stages.containsKey(OneHotEncoderModel.class.getName()));
    List<Transformer> all = new ArrayList<>(table.stages());
    all.addAll(stages.containsKey(CLASSIFIER.getName()) ? classifier() : regressor());
    SavedModel model = new SavedModel(layout, all);
    if (model.features() != table.features()) {
      throw pipeline.damage(
          "its columns become "
              + table.features()
              + " features, its network takes "
              + model.features());
    }
    return model;
  }

  /** What blanks become, number column by number column; nothing where they are missing values. */
  private Optional<double[]> medians(int columns) {
    if (columns > 0 && !stages.containsKey(ImputerModel.class.getName())) {
      return Optional.empty();
    }
    if (columns == 0) {
      return Optional.of(new double[0]);
    }
    SavedStage imputer = stage(ImputerModel.class);
    List<String> names = imputer.texts("inputCols");
    StructType schema = new StructType();
    for (String name : names) {
      schema = schema.add(name, DataTypes.DoubleType);
    }
    if (names.size() != columns || new HashSet<>(names).size() != columns) {
      throw imputer.damage(names.size() + " columns of numbers instead of " + columns);
    }
    List<Row> rows = imputer.rows(schema);
    if (rows.size() != 1) {
      throw imputer.damage(rows.size() + " rows of medians instead of 1");
    }
    double[] medians = new double[columns];
    for (int i = 0; i < columns; i++) {
      if (rows.get(0).isNullAt(i) || !Double.isFinite(rows.get(0).getDouble(i))) {
        throw imputer.damage("the median " + rows.get(0).get(i));
      }
      medians[i] = rows.get(0).getDouble(i);
    }
    return Optional.of(medians);
  }

  /** The categories, text column by text column. */
  private String[][] categories(int columns) {
    if (columns == 0) {
      return new String[0][];
    }
    SavedStage indexer = stage(StringIndexerModel.class);
    List<Row> rows =
        indexer.rows(
            new StructType()
                .add(
                    "labelsArray",
                    DataTypes.createArrayType(DataTypes.createArrayType(DataTypes.StringType))));
    if (rows.size() != 1 || rows.get(0).isNullAt(0) || rows.get(0).getList(0).size() != columns) {
      throw indexer.damage("it does not hold the categories of " + columns + " columns");
    }
    List<Seq<String>> lists = rows.get(0).getList(0);
    String[][] categories = new String[columns][];
    for (int i = 0; i < columns; i++) {
      if (lists.get(i) == null) {
        throw indexer.damage("the categories of a column are missing");
      }
      categories[i] = CollectionConverters.asJava(lists.get(i)).toArray(String[]::new);
      Set<String> different = new HashSet<>(Arrays.asList(categories[i]));
      if (different.contains(null) || different.size() != categories[i].length) {
        throw indexer.damage("a category is missing, or stands there twice");
      }
    }
    return categories;
  }

  /** The network and the names of its classes. */
  private List<Transformer> classifier() {
    stage(CLASSIFIER);
    ConvexReLUClassificationModel network =
        ConvexReLUClassificationModel.load(folders.get(CLASSIFIER.getName()).toString());
    SavedStage names = stage(IndexToString.class);
    List<String> classes = names.texts("labels");
    if (classes.size() != network.numClasses()) {
      throw names.damage(classes.size() + " names of classes instead of " + network.numClasses());
    }
    return List.of(network, SavedModel.names(classes));
  }

  private List<Transformer> regressor() {
    stage(REGRESSOR);
    return List.of(ConvexReLURegressionModel.load(folders.get(REGRESSOR.getName()).toString()));
  }
}
