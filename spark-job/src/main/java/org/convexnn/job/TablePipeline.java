package org.convexnn.job;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.feature.Imputer;
import org.apache.spark.ml.feature.ImputerModel;
import org.apache.spark.ml.feature.OneHotEncoder;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.StringIndexerModel;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stages, all of them MLlib's, from a raw table to a vector of features:
 *
 * <pre>
 * SQLTransformer   one clean column per input: numbers as finite doubles, blank texts as nulls
 * Imputer          numbers: blanks become the median
 * StringIndexer    texts and flags: most frequent first, missing and unseen ones in a last category
 * OneHotEncoder    one indicator per category
 * VectorAssembler  all of it in one vector
 * </pre>
 *
 * @param layout the input columns
 * @param stages the fitted stages
 * @param rows the number of rows of the table that they were fitted on, 0 where it is not known
 */
record TablePipeline(InputLayout layout, List<Transformer> stages, long rows) {

  /** Categories of one column; the rarer ones count as missing, or features would be millions. */
  static final int MAX_CATEGORIES = 1000;

  /** Below this many cells medians are exact, and so independent of how tasks happen to run. */
  private static final long EXACT_MEDIAN_CELLS = 5_000_000;

  private static final double MEDIAN_ERROR = 0.001;

  private static final Logger LOG = LoggerFactory.getLogger(TablePipeline.class);

  /** Fits the stages on a table. */
  static TablePipeline fit(Dataset<Row> table, String label, Set<String> leftOut) {
    InputLayout all = new InputLayout(label, columns(table, leftOut));
    if (all.columns().isEmpty()) {
      throw new JobException("the table has no column to learn from beside '" + label + "'");
    }
    TableSurvey survey = TableSurvey.of(table, all, Optional.empty());
    if (survey.rows() == 0) {
      throw new JobException("the input has a header but no rows; there is nothing to learn from");
    }
    survey.refuseProblem();
    List<InputColumn> used = new ArrayList<>();
    for (int i = 0; i < all.columns().size(); i++) {
      if (survey.filled()[i] > 0) {
        used.add(all.columns().get(i));
      } else {
        LOG.info("column '{}' is empty in all rows and left out", all.columns().get(i).name());
      }
    }
    if (used.isEmpty()) {
      throw new JobException("all columns beside '" + label + "' are empty; nothing to learn from");
    }
    InputLayout layout = new InputLayout(label, used);
    return new TablePipeline(
        layout,
        stages(layout, reader(layout).transform(table), new Fitting(layout, survey.rows())),
        survey.rows());
  }

  /**
   * The stages that hold these values.
   *
   * @param medians of the columns of numbers, in their order
   * @param categories of the columns of texts and flags, in their order
   */
  static TablePipeline of(
      SparkSession spark, InputLayout layout, double[] medians, String[][] categories) {
    // Of one row a column's median is the number there; its texts are not looked at.
    StructType schema = new StructType();
    Object[] row = new Object[layout.columns().size()];
    int number = 0;
    for (int i = 0; i < row.length; i++) {
      InputColumn column = layout.columns().get(i);
      boolean median = column.kind().numeric();
      schema =
          schema.add(layout.innerName(i), median ? DataTypes.DoubleType : DataTypes.StringType);
      row[i] = median ? medians[number++] : null;
    }
    Dataset<Row> clean = spark.createDataFrame(List.of(RowFactory.create(row)), schema);
    return new TablePipeline(layout, stages(layout, clean, new Given(categories)), 0);
  }

  private static List<InputColumn> columns(Dataset<Row> table, Set<String> leftOut) {
    List<InputColumn> columns = new ArrayList<>();
    for (StructField field : table.schema().fields()) {
      if (leftOut.contains(field.name())) {
        continue;
      }
      InputColumn.Kind kind =
          InputColumn.Kind.of(field.dataType())
              .orElseThrow(
                  () ->
                      new JobException(
                          "column '"
                              + field.name()
                              + "' is of type "
                              + field.dataType().simpleString()
                              + ", which no feature can be made of; leave it out with --drop"));
      int size = kind == InputColumn.Kind.VECTOR ? vectorSize(table, field) : 1;
      columns.add(new InputColumn(field.name(), kind, size));
    }
    return columns;
  }

  private static int vectorSize(Dataset<Row> table, StructField field) {
    int size = AttributeGroup.fromStructField(field).size();
    if (size >= 0) {
      return size;
    }
    List<Row> first = table.select(Sql.column(field.name())).na().drop().takeAsList(1);
    return first.isEmpty() ? 0 : ((Vector) first.get(0).get(0)).size();
  }

  private static SQLTransformer reader(InputLayout layout) {
    return new SQLTransformer().setStatement(layout.statement());
  }

  /** Where stages take their numbers and texts from. */
  private interface Values {
    ImputerModel medians(Imputer imputer, Dataset<Row> clean);

    StringIndexerModel categories(StringIndexer indexer, Names columns, Dataset<Row> clean);
  }

  private static List<Transformer> stages(InputLayout layout, Dataset<Row> clean, Values values) {
    List<Transformer> stages = new ArrayList<>();
    stages.add(reader(layout));
    String[] assembled = new String[layout.columns().size()];
    Names numbers = new Names();
    Names categories = new Names();
    for (int i = 0; i < assembled.length; i++) {
      InputColumn column = layout.columns().get(i);
      if (column.kind() == InputColumn.Kind.VECTOR) {
        assembled[i] = layout.innerName(i);
      } else if (column.kind().categorical()) {
        assembled[i] = categories.add(layout, i, "category");
      } else {
        assembled[i] = numbers.add(layout, i, "number");
      }
    }
    if (!numbers.isEmpty()) {
      stages.add(values.medians(imputer(numbers), clean));
    }
    if (!categories.isEmpty()) {
      StringIndexerModel indexer = values.categories(indexer(categories), categories, clean);
      stages.add(indexer);
      stages.add(
          new OneHotEncoder()
              .setInputCols(categories.indices())
              .setOutputCols(categories.outputs())
              .setDropLast(false)
              .fit(indexer.transform(clean)));
    }
    stages.add(new VectorAssembler().setInputCols(assembled).setOutputCol(RowColumns.FEATURES));
    return List.copyOf(stages);
  }

  private static Imputer imputer(Names numbers) {
    return new Imputer()
        .setInputCols(numbers.inputs())
        .setOutputCols(numbers.outputs())
        .setStrategy("median")
        .setRelativeError(0);
  }

  private static StringIndexer indexer(Names categories) {
    return new StringIndexer()
        .setInputCols(categories.inputs())
        .setOutputCols(categories.indices())
        .setHandleInvalid("keep");
  }

  /** Values from a table. */
  private record Fitting(InputLayout layout, long rows) implements Values {

    @Override
    public ImputerModel medians(Imputer imputer, Dataset<Row> clean) {
      boolean exact = rows * imputer.getInputCols().length <= EXACT_MEDIAN_CELLS;
      return imputer.setRelativeError(exact ? 0 : MEDIAN_ERROR).fit(clean);
    }

    @Override
    public StringIndexerModel categories(StringIndexer indexer, Names columns, Dataset<Row> clean) {
      StringIndexerModel model = indexer.fit(clean);
      String[][] labels = model.labelsArray();
      boolean cut = false;
      for (int i = 0; i < labels.length; i++) {
        if (labels[i].length > MAX_CATEGORIES) {
          LOG.info(
              "column '{}' has {} different texts: the {} most frequent become categories, the"
                  + " others count as missing; if it is an identifier, leave it out with --drop",
              layout.columns().get(columns.position(i)).name(),
              labels[i].length,
              MAX_CATEGORIES);
          labels[i] = Arrays.copyOf(labels[i], MAX_CATEGORIES);
          cut = true;
        }
      }
      return cut ? withLabels(indexer, labels) : model;
    }
  }

  /** Values that are known; medians stand in the table. */
  private record Given(String[][] categories) implements Values {

    @Override
    public ImputerModel medians(Imputer imputer, Dataset<Row> clean) {
      return imputer.fit(clean);
    }

    @Override
    public StringIndexerModel categories(StringIndexer indexer, Names columns, Dataset<Row> clean) {
      return withLabels(indexer, categories);
    }
  }

  private static StringIndexerModel withLabels(StringIndexer indexer, String[][] labels) {
    return new StringIndexerModel(indexer.uid(), labels)
        .setInputCols(indexer.getInputCols())
        .setOutputCols(indexer.getOutputCols())
        .setHandleInvalid(indexer.getHandleInvalid());
  }

  /**
   * The names of the features, for people: those of columns, with the place in brackets of a vector,
   * with the value of a category.
   */
  List<String> featureNames() {
    Iterator<String[]> categories =
        stages.stream()
            .filter(StringIndexerModel.class::isInstance)
            .flatMap(s -> Arrays.stream(((StringIndexerModel) s).labelsArray()))
            .iterator();
    List<String> names = new ArrayList<>();
    for (InputColumn column : layout.columns()) {
      if (column.kind().categorical()) {
        for (String value : categories.next()) {
          names.add(column.name() + " = " + value);
        }
        names.add(column.name() + " = (missing)");
      } else if (column.kind() == InputColumn.Kind.VECTOR) {
        for (int i = 0; i < column.size(); i++) {
          names.add(column.name() + "[" + i + "]");
        }
      } else {
        names.add(column.name());
      }
    }
    return names;
  }

  /** The number of features. */
  long features() {
    long categories =
        stages.stream()
            .filter(StringIndexerModel.class::isInstance)
            .flatMap(s -> Arrays.stream(((StringIndexerModel) s).labelsArray()))
            .mapToLong(labels -> labels.length)
            .sum();
    // Beside its categories a column has one for what is missing: of size 1.
    return categories + layout.columns().stream().mapToLong(InputColumn::size).sum();
  }

  /** The table with the features column (and everything before it). */
  Dataset<Row> transform(Dataset<Row> table) {
    Dataset<Row> result = table;
    for (Transformer stage : stages) {
      result = stage.transform(result);
    }
    return result;
  }

  /** One model for raw tables: the stages, then these. */
  PipelineModel with(Dataset<Row> table, List<Transformer> more) {
    List<PipelineStage> all = new ArrayList<>(stages);
    all.addAll(more);
    // A pipeline of transformers only: fitting it computes nothing.
    return new Pipeline().setStages(all.toArray(PipelineStage[]::new)).fit(table);
  }

  /** The inner names of columns of one kind, stage by stage. */
  private static final class Names {

    private final List<Integer> positions = new ArrayList<>();
    private final List<String> inputs = new ArrayList<>();
    private final List<String> indices = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();

    private String add(InputLayout layout, int i, String stage) {
      InputColumn column = layout.columns().get(i);
      positions.add(i);
      inputs.add(layout.innerName(i));
      indices.add(column.innerName("index", i));
      outputs.add(column.innerName(stage, i));
      return outputs.get(outputs.size() - 1);
    }

    private boolean isEmpty() {
      return inputs.isEmpty();
    }

    private int position(int i) {
      return positions.get(i);
    }

    private String[] inputs() {
      return inputs.toArray(String[]::new);
    }

    private String[] indices() {
      return indices.toArray(String[]::new);
    }

    private String[] outputs() {
      return outputs.toArray(String[]::new);
    }
  }
}
