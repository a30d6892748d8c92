package org.convexnn.cli.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.feature.Imputer;
import org.apache.spark.ml.feature.ImputerModel;
import org.apache.spark.ml.feature.OneHotEncoder;
import org.apache.spark.ml.feature.OneHotEncoderModel;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.ml.feature.StringIndexerModel;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.Suggestions;
import org.convexnn.ml.io.ShownText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stages, all of them MLlib's, from a raw table to a vector of features:
 *
 * <pre>
 * SQLTransformer   clean columns: numbers as finite doubles, times as seconds and parts, texts
 * Imputer          numbers: blanks become the median, unless what is trained takes them as missing
 * StringIndexer    categories: most frequent first, missing and unseen ones in a last one
 * OneHotEncoder    one indicator per category, unless what is trained takes their codes
 * VectorAssembler  all of it in one vector
 * </pre>
 *
 * @param layout the input columns
 * @param stages the fitted stages
 * @param rows the number of rows of the table
 */
public record TablePipeline(InputLayout layout, List<Transformer> stages, long rows) {

  private static final Pattern NUMBERED = Pattern.compile("\\b(\\d+) (\\([+-]\\))");

  /** Categories of one column; the rarer ones count as missing, or features would be millions. */
  static final int MAX_CATEGORIES = ColumnRule.MOST_CATEGORIES;

  /** Most lines about decisions in doubt. */
  private static final int MOST_NOTES = 40;

  /** Below this many cells medians are exact, and so independent of how tasks happen to run. */
  private static final long EXACT_MEDIAN_CELLS = 5_000_000;

  /** Of the driver's memory that a feature takes before anything is computed. */
  private static final long FEATURE_BYTES = 500;

  private static final double MEDIAN_ERROR = 0.001;

  /** What MLlib's stages and the Estimators call taking what is missing as it is. */
  public static final String KEEP = "keep";

  private static final Logger LOG = LoggerFactory.getLogger(TablePipeline.class);

  /**
   * Fits the stages on a table, whose columns are decided by the survey of it.
   *
   * @param natively whether what is trained takes categories and missing values as they are: codes
   *     instead of indicators, NaN instead of medians
   */
  static TablePipeline fit(
      Dataset<Row> table,
      TableSurvey survey,
      String label,
      Optional<OffsetColumn> offset,
      Set<String> leftOut,
      Map<String, ColumnRule.Wish> wishes,
      boolean natively) {
    InputLayout layout = layout(survey, label, offset, leftOut, wishes);
    return fit(layout, clean(layout, table), survey, natively);
  }

  /** What is read of a table, as the survey of it decides. */
  public static InputLayout layout(
      TableSurvey survey,
      String label,
      Optional<OffsetColumn> offset,
      Set<String> leftOut,
      Map<String, ColumnRule.Wish> wishes) {
    if (survey.rows() == 0) {
      throw new CommandException(
          "the input has a header but no rows; there is nothing to learn from");
    }
    InputLayout layout = new InputLayout(label, columns(survey, label, leftOut, wishes), offset);
    refuseTooMany(layout, Runtime.getRuntime().maxMemory());
    return layout;
  }

  /** The table and its clean columns: what the first stage makes of it. */
  public static Dataset<Row> clean(InputLayout layout, Dataset<Row> table) {
    return reader(layout).transform(table);
  }

  /** Fits the stages on the clean columns of a table. */
  public static TablePipeline fit(
      InputLayout layout, Dataset<Row> clean, TableSurvey survey, boolean natively) {
    InputLayout told =
        new InputLayout(layout.label(), withoutConstantParts(layout, clean), layout.offset());
    return new TablePipeline(
        told,
        stages(told, clean, new Fitting(told, survey), natively, natively && keepsBlanks(told)),
        survey.rows());
  }

  /**
   * The stages that hold these values.
   *
   * @param medians of the columns of numbers, in their order; nothing where blanks are missing values
   * @param categories of the columns of texts and flags, in their order
   * @param codes whether a category is a code, and not an indicator for each value
   */
  static TablePipeline of(
      SparkSession spark,
      InputLayout layout,
      Optional<double[]> medians,
      String[][] categories,
      boolean codes) {
    StructType schema = new StructType();
    for (int i = 0; i < layout.columns().size(); i++) {
      boolean numeric = layout.columns().get(i).kind().numeric();
      schema =
          schema.add(layout.innerName(i), numeric ? DataTypes.DoubleType : DataTypes.StringType);
      if (numeric) {
        for (String part : layout.derivedNames(i)) {
          schema = schema.add(part, DataTypes.DoubleType);
        }
      }
    }
    Dataset<Row> clean = spark.createDataFrame(List.<Row>of(), schema);
    return new TablePipeline(
        layout, stages(layout, clean, new Given(medians, categories), codes, medians.isEmpty()), 0);
  }

  /** The numbers that come of a table's columns of numbers and times. */
  static int numbers(InputLayout layout) {
    return layout.columns().stream()
        .filter(column -> column.kind().numeric())
        .mapToInt(column -> column.numberNames().size())
        .sum();
  }

  /** Whether blanks can stay: VectorAssembler keeps none beside vectors of a size that it is not told. */
  private static boolean keepsBlanks(InputLayout layout) {
    return numbers(layout) > 0
        && layout.columns().stream().noneMatch(c -> c.kind() == InputColumn.Kind.VECTOR);
  }

  /** Refuses features whose names and attributes alone, which VectorAssembler makes, fill the heap. */
  static void refuseTooMany(InputLayout layout, long heap) {
    long features = layout.columns().stream().mapToLong(InputColumn::size).sum();
    if (features > heap / 2 / FEATURE_BYTES) {
      throw new CommandException(
          String.format(
              Locale.ROOT,
              "the table has %d features, of which the driver's memory of %d MB holds %d; renumber"
                  + " sparse indices without gaps, drop columns, or give the driver more, for example"
                  + " submit.sh --driver-memory 6g",
              features,
              heap >> 20,
              heap / 2 / FEATURE_BYTES));
    }
  }

  private static List<InputColumn> columns(
      TableSurvey survey, String label, Set<String> leftOut, Map<String, ColumnRule.Wish> wishes) {
    List<InputColumn> used = new ArrayList<>();
    List<ColumnSurvey> theirs = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    boolean any = false;
    for (StructField field : survey.schema().fields()) {
      String name = field.name();
      if (leftOut.contains(name)) {
        continue;
      }
      any = true;
      ColumnSurvey column = survey.column(name);
      ColumnRule rule =
          ColumnRule.of(field, column, wishes.getOrDefault(name, ColumnRule.Wish.NONE));
      rule.note().ifPresent(note -> notes.add("column '" + name + "' " + note));
      if (column.damaged() > 0) {
        notes.add(
            "column '"
                + name
                + "' has bytes that are no UTF-8 in "
                + column.damaged()
                + " rows; convert the file, for example by iconv -f LATIN1 -t UTF-8");
      }
      if (rule.column().isPresent()) {
        used.add(rule.column().get());
        theirs.add(column);
      }
    }
    notes.stream().limit(MOST_NOTES).map(ShownText::of).forEach(note -> LOG.info("{}", note));
    if (notes.size() > MOST_NOTES) {
      LOG.info("and so on, {} lines in all", notes.size());
    }
    if (!any) {
      throw new CommandException("the table has no column to learn from beside '" + label + "'");
    }
    if (used.isEmpty()) {
      throw new CommandException(
          "all columns beside '"
              + label
              + "' are empty or left out ("
              + notes.get(0)
              + "); nothing to learn from");
    }
    ColumnRule.refuseDisagreement(used, theirs);
    return used;
  }

  /** Of the parts of dates those stay that tell rows apart. */
  private static List<InputColumn> withoutConstantParts(InputLayout layout, Dataset<Row> clean) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < layout.columns().size(); i++) {
      if (!layout.columns().get(i).parts().isEmpty()) {
        names.addAll(layout.derivedNames(i));
      }
    }
    if (names.isEmpty()) {
      return layout.columns();
    }
    Column[] differ =
        names.stream()
            .map(Sql::column)
            .map(
                c ->
                    functions.coalesce(
                        functions.min(c).notEqual(functions.max(c)), functions.lit(false)))
            .toArray(Column[]::new);
    Row found = clean.agg(differ[0], Arrays.copyOfRange(differ, 1, differ.length)).first();
    List<InputColumn> columns = new ArrayList<>();
    int next = 0;
    for (InputColumn column : layout.columns()) {
      List<TimePart> parts = new ArrayList<>();
      for (TimePart part : column.parts()) {
        if (found.getBoolean(next++)) {
          parts.add(part);
        }
      }
      if (!column.parts().isEmpty()) {
        LOG.info(
            "column '{}' is a time: its seconds{} are features",
            ShownText.of(column.name()),
            parts.stream().map(part -> ", " + part).collect(Collectors.joining()));
      }
      columns.add(column.with(parts));
    }
    return columns;
  }

  private static SQLTransformer reader(InputLayout layout) {
    return new SQLTransformer().setStatement(layout.statement());
  }

  /** Where stages take their numbers and texts from. */
  private interface Values {
    double[] medians(Names columns, Dataset<Row> clean);

    String[][] categories(Names columns, Dataset<Row> clean);
  }

  /**
   * The stages. What comes out of each column is decided here: numbers with their blanks filled or as
   * NaN, one indicator per category, or its code, which says by its metadata that it is one.
   */
  private static List<Transformer> stages(
      InputLayout layout, Dataset<Row> clean, Values values, boolean codes, boolean blanks) {
    List<Transformer> stages = new ArrayList<>(List.of(reader(layout)));
    List<String> assembled = new ArrayList<>();
    Names numbers = new Names();
    Names categories = new Names();
    for (int i = 0; i < layout.columns().size(); i++) {
      InputColumn column = layout.columns().get(i);
      if (column.kind() == InputColumn.Kind.VECTOR) {
        assembled.add(layout.innerName(i));
      } else if (column.kind() == InputColumn.Kind.ARRAY) {
        assembled.addAll(layout.derivedNames(i));
      } else if (column.kind().categorical()) {
        String indicators = categories.add(layout.innerName(i), column, "category", i);
        assembled.add(codes ? categories.index(indicators) : indicators);
      } else if (blanks) {
        assembled.add(layout.innerName(i));
        assembled.addAll(layout.derivedNames(i));
      } else {
        assembled.add(numbers.add(layout.innerName(i), column, "number", i));
        List<String> parts = layout.derivedNames(i);
        for (int k = 0; k < parts.size(); k++) {
          assembled.add(numbers.add(parts.get(k), column, "number_" + column.parts().get(k), i));
        }
      }
    }
    if (!numbers.isEmpty()) {
      stages.add(imputer(numbers, values.medians(numbers, clean), clean.sparkSession()));
    }
    if (!categories.isEmpty()) {
      StringIndexerModel indexer = indexer(categories, values.categories(categories, clean));
      stages.add(indexer);
      if (!codes) {
        stages.add(
            new OneHotEncoder()
                .setInputCols(categories.indices())
                .setOutputCols(categories.outputs())
                .setDropLast(false)
                .fit(indexer.transform(clean)));
      }
    }
    stages.add(
        new VectorAssembler()
            .setInputCols(assembled.toArray(String[]::new))
            .setHandleInvalid(blanks ? KEEP : "error")
            .setOutputCol(RowColumns.FEATURES));
    return List.copyOf(stages);
  }

  private static ImputerModel imputer(Names numbers, double[] medians, SparkSession spark) {
    StructType schema = new StructType();
    for (String name : numbers.inputs()) {
      schema = schema.add(name, DataTypes.DoubleType);
    }
    // Of one row a column's median is the number there; what constructs a model differs between
    // versions of Spark.
    Row row = RowFactory.create(Arrays.stream(medians).boxed().toArray());
    return imputer(numbers).fit(spark.createDataFrame(List.of(row), schema));
  }

  private static Imputer imputer(Names numbers) {
    return new Imputer()
        .setInputCols(numbers.inputs())
        .setOutputCols(numbers.outputs())
        .setStrategy("median")
        .setRelativeError(0);
  }

  private static StringIndexerModel indexer(Names categories, String[][] labels) {
    return new StringIndexerModel(Identifiable$.MODULE$.randomUID("strIdx"), labels)
        .setInputCols(categories.inputs())
        .setOutputCols(categories.indices())
        .setHandleInvalid(KEEP);
  }

  /** Values from a table: categories that the survey has counted, or that are counted now. */
  private record Fitting(InputLayout layout, TableSurvey survey) implements Values {

    @Override
    public double[] medians(Names columns, Dataset<Row> clean) {
      String[] names = columns.inputs();
      if (survey.rows() * names.length <= EXACT_MEDIAN_CELLS) {
        return Medians.of(clean, names);
      }
      Row medians =
          imputer(columns).setRelativeError(MEDIAN_ERROR).fit(clean).surrogateDF().first();
      return IntStream.range(0, names.length).mapToDouble(medians::getDouble).toArray();
    }

    @Override
    public String[][] categories(Names columns, Dataset<Row> clean) {
      String[][] labels = new String[columns.inputs().length][];
      List<Integer> uncounted = new ArrayList<>();
      for (int i = 0; i < labels.length; i++) {
        InputColumn column = layout.columns().get(columns.position(i));
        ColumnSurvey counts = survey.column(column.name());
        boolean texts = survey.field(column.name()).dataType() instanceof StringType;
        if (counts.counted() && (texts || column.kind() == InputColumn.Kind.FLAG)) {
          labels[i] = counted(column, counts);
        } else {
          uncounted.add(i);
        }
      }
      if (!uncounted.isEmpty()) {
        List<List<String>> frequent =
            FrequentTexts.of(
                clean,
                uncounted.stream().map(i -> columns.inputs()[i]).toList(),
                MAX_CATEGORIES + 1);
        for (int k = 0; k < uncounted.size(); k++) {
          int i = uncounted.get(k);
          labels[i] = cut(layout.columns().get(columns.position(i)), frequent.get(k));
        }
      }
      return labels;
    }
  }

  /** Values that are known. */
  private record Given(Optional<double[]> medians, String[][] labels) implements Values {

    @Override
    public double[] medians(Names columns, Dataset<Row> clean) {
      return medians.orElseThrow();
    }

    @Override
    public String[][] categories(Names columns, Dataset<Row> clean) {
      return labels;
    }
  }

  private static String[] counted(InputColumn column, ColumnSurvey survey) {
    Map<String, Long> counts = new HashMap<>();
    survey
        .texts()
        .forEach(
            (text, n) -> {
              String lower = text.toLowerCase(Locale.ROOT);
              if (column.kind() == InputColumn.Kind.TEXT) {
                counts.put(text, n);
              } else if (!CellShape.MARKERS.contains(lower)) {
                counts.merge(lower, n, Long::sum);
              }
            });
    return FrequentTexts.ordered(counts, MAX_CATEGORIES).toArray(String[]::new);
  }

  private static String[] cut(InputColumn column, List<String> texts) {
    if (texts.size() > MAX_CATEGORIES) {
      LOG.info(
          "column '{}' has more than {} different texts: the {} most frequent become categories, the"
              + " others count as missing; if it is an identifier, leave it out with --drop",
          ShownText.of(column.name()),
          MAX_CATEGORIES,
          MAX_CATEGORIES);
    }
    return texts.stream().limit(MAX_CATEGORIES).toArray(String[]::new);
  }

  /**
   * The names of the features, for people: those of columns, with the place in brackets of a vector,
   * with the value of a category.
   */
  public List<String> featureNames() {
    return featureNames(layout, stages);
  }

  /** The names of the features of a pipeline that was saved, for people. */
  static List<String> featureNames(InputLayout layout, List<Transformer> stages) {
    boolean codes = codes(stages);
    Iterator<String[]> categories =
        stages.stream()
            .filter(StringIndexerModel.class::isInstance)
            .flatMap(s -> Arrays.stream(((StringIndexerModel) s).labelsArray()))
            .iterator();
    List<String> names = new ArrayList<>();
    for (InputColumn column : layout.columns()) {
      if (column.kind().categorical() && codes) {
        names.add(column.name());
      } else if (column.kind().categorical()) {
        for (String value : categories.next()) {
          names.add(column.name() + " = " + value);
        }
        names.add(column.name() + " = (missing)");
      } else if (column.kind().numeric()) {
        names.addAll(column.numberNames());
      } else {
        for (int i = 0; i < column.size(); i++) {
          names.add(column.name() + "[" + i + "]");
        }
      }
    }
    return names;
  }

  /** Directions of columns as those of features' numbers; a list of numbers alone is taken as it is. */
  public String[] directions(String[] texts) {
    return Arrays.stream(texts)
        .map(
            text -> {
              int colon = text.lastIndexOf(':');
              return colon < 0
                  ? text
                  : feature("--monotone-constraints", text.substring(0, colon), true)
                      + text.substring(colon);
            })
        .toArray(String[]::new);
  }

  /** Lists of columns as those of features' numbers. */
  public String[] interactions(String[] texts) {
    return Arrays.stream(texts)
        .map(
            text ->
                Arrays.stream(text.split(","))
                    .map(name -> "" + feature("--interaction-constraints", name.strip(), false))
                    .collect(Collectors.joining(",")))
        .toArray(String[]::new);
  }

  private int feature(String option, String name, boolean ordered) {
    List<String> names = featureNames();
    int j = names.indexOf(name);
    boolean category =
        layout.columns().stream()
            .anyMatch(column -> column.name().equals(name) && column.kind().categorical());
    if (category && ordered) {
      throw new CommandException(
          option
              + " names '"
              + name
              + "', a column of categories, which have no order: leave it out, or name it by --numbers");
    }
    if (j < 0) {
      throw new CommandException(
          option
              + " names '"
              + name
              + "', which is no column that is learnt from"
              + Suggestions.didYouMean(name, names)
              + " (its columns: "
              + Suggestions.listed(names)
              + ")");
    }
    return j;
  }

  /** A text in which features with a direction, such as {@code 4 (+)}, have their names. */
  public String inNames(String text) {
    List<String> names = featureNames();
    return NUMBERED
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    names.get(Integer.parseInt(found.group(1))) + " " + found.group(2)));
  }

  /** Whether blanks of numbers are missing values, NaN. */
  public boolean keepsBlanks() {
    return stages.stream().noneMatch(ImputerModel.class::isInstance) && keepsBlanks(layout);
  }

  /** Whether categories are codes, and not indicators. */
  private boolean codes() {
    return codes(stages);
  }

  private static boolean codes(List<Transformer> stages) {
    return stages.stream().noneMatch(OneHotEncoderModel.class::isInstance);
  }

  /** The number of features. */
  long features() {
    long categories =
        stages.stream()
            .filter(s -> s instanceof StringIndexerModel && !codes())
            .flatMap(s -> Arrays.stream(((StringIndexerModel) s).labelsArray()))
            .mapToLong(labels -> labels.length)
            .sum();
    // Beside its categories a column has one for what is missing: of size 1.
    return categories + layout.columns().stream().mapToLong(c -> c.size() + c.parts().size()).sum();
  }

  /** A raw table with the features column (and everything before it). */
  Dataset<Row> transform(Dataset<Row> table) {
    return features(clean(layout, table));
  }

  /** The clean columns of a table with the features column. */
  public Dataset<Row> features(Dataset<Row> clean) {
    Dataset<Row> result = clean;
    for (Transformer stage : stages.subList(1, stages.size())) {
      result = stage.transform(result);
    }
    return result;
  }

  /** One model for raw tables: the stages, then these. */
  public PipelineModel with(Dataset<Row> table, List<Transformer> more) {
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

    /** The column of codes from which this output is made. */
    private String index(String output) {
      return indices.get(outputs.indexOf(output));
    }

    private String add(String input, InputColumn column, String stage, int position) {
      positions.add(position);
      inputs.add(input);
      indices.add(column.innerName("index", position));
      outputs.add(column.innerName(stage, position));
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
