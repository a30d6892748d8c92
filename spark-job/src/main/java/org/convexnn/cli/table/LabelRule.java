package org.convexnn.cli.table;

import static org.convexnn.cli.table.InputColumn.Kind.FLAG;
import static org.convexnn.cli.table.InputColumn.Kind.NUMBER;
import static org.convexnn.cli.table.InputColumn.Kind.TEXT;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.Suggestions;
import org.convexnn.ml.io.ShownText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the label column becomes a number to learn.
 *
 * @param input the label column and how it is read
 * @param task what is learnt
 * @param classes the names of class 0, 1, ...; of a regression none
 * @param oneAgainstRest whether class 0 is everything that is not class 1
 * @param others the rules of further labels, where several numbers are learnt at once
 */
public record LabelRule(
    InputColumn input,
    LearningTask task,
    List<String> classes,
    boolean oneAgainstRest,
    List<LabelRule> others) {

  /** With at most so many different integers, a label counts as classes. */
  static final int MAX_INTEGER_CLASSES = 20;

  /** Most classes: each is an output of the network, and a column of its scores. */
  static final int MAX_CLASSES = 1000;

  /** The Estimators' bound: squares of larger numbers overflow. */
  private static final double MAX_LABEL = 1e150;

  /** Most classes that a message lists. */
  private static final int MAX_TOLD = 20;

  /** Different texts that are counted of a label: a number may be written in two ways. */
  static final int MOST_TEXTS = 2 * (MAX_CLASSES + 1);

  /** The share of numbers from which on another text is a mistake. */
  private static final double NEARLY_ALL = 0.9;

  /** Markers that can be the name of a class. */
  private static final Set<String> POSSIBLE_CLASSES =
      Set.of("-", "--", ".", "..", "*", "none", "nil", "unknown", "missing");

  private static final Logger LOG = LoggerFactory.getLogger(LabelRule.class);

  /** Copies the lists. */
  public LabelRule {
    classes = List.copyOf(classes);
    others = List.copyOf(others);
  }

  /** Of one label. */
  LabelRule(InputColumn input, LearningTask task, List<String> classes, boolean oneAgainstRest) {
    this(input, task, classes, oneAgainstRest, List.of());
  }

  /** Of several labels, each of which is a number. */
  public static LabelRule several(List<LabelRule> rules) {
    LabelRule first = rules.get(0);
    return new LabelRule(
        first.input,
        first.task,
        first.classes,
        first.oneAgainstRest,
        rules.subList(1, rules.size()));
  }

  /** The label column, the first of several. */
  String column() {
    return input.name();
  }

  /** All label columns. */
  public List<String> columns() {
    return Stream.concat(Stream.of(column()), others.stream().map(LabelRule::column)).toList();
  }

  /** The task and the label in a few words. */
  public String description() {
    return (task.classification() ? "classification" : "regression")
        + " of '"
        + String.join("', '", columns())
        + "'"
        + switch (task) {
          case BINARY -> " ('" + classes.get(1) + "' against '" + classes.get(0) + "')";
          case MULTICLASS -> " (" + classes.size() + " classes)";
          default -> "";
        };
  }

  /** Decides by the survey of the label column. */
  public static LabelRule decide(
      StructField field, ColumnSurvey survey, LearningTask wanted, Optional<String> positive) {
    if (survey.rows() == 0) {
      throw new CommandException(
          "the input has a header but no rows; there is nothing to learn from");
    }
    InputColumn input = input(field, survey, wanted);
    boolean classification =
        wanted.classification()
            || positive.isPresent()
            || (wanted == LearningTask.AUTO && looksLikeClasses(input, survey));
    return classification
        ? classification(input, survey, wanted, positive)
        : regression(input, survey);
  }

  /** What the cells are: numbers, texts or booleans; all others are refused. */
  private static InputColumn input(StructField field, ColumnSurvey survey, LearningTask wanted) {
    String column = field.name();
    InputColumn.Kind type =
        InputColumn.Kind.of(field.dataType())
            .filter(k -> k == NUMBER || k == TEXT || k == FLAG)
            .orElseThrow(
                () ->
                    new CommandException(
                        "label column '"
                            + column
                            + "' is of type "
                            + field.dataType().simpleString()
                            + "; a label is a number, a text or a boolean"));
    long blank = survey.count(CellShape.BLANK);
    if (blank > 0) {
      throw new CommandException(
          String.format(
              "label column '%s' is empty (null) in %d of %d rows; fill these cells or remove the"
                  + " rows",
              column, blank, survey.rows()));
    }
    long values = survey.rows() - survey.count(CellShape.MARKER);
    Notation notation = notation(survey);
    long numbers = survey.read(notation) + survey.count(CellShape.NOT_FINITE);
    boolean nearlyNumbers = values > 0 && numbers >= NEARLY_ALL * values;
    refuseMarkers(column, survey, nearlyNumbers);
    if (survey.count(CellShape.NOT_FINITE) > 0) {
      throw noLabel(column, survey.example(CellShape.NOT_FINITE), survey, CellShape.NOT_FINITE);
    }
    if (survey.largest() > MAX_LABEL || survey.least() < -MAX_LABEL) {
      double bad = survey.largest() > MAX_LABEL ? survey.largest() : survey.least();
      throw new CommandException(
          String.format(
              "label column '%s' holds '%s', which is no label: numbers must be finite and at most"
                  + " %s; divide them by a power of ten",
              column, bad, MAX_LABEL));
    }
    refuseTimes(column, survey, NEARLY_ALL * values);
    if (survey.count(CellShape.BOOLEAN) == survey.rows()) {
      return new InputColumn(column, FLAG, 1);
    }
    if (numbers == values
        && (type == NUMBER || wanted == LearningTask.REGRESSION || !codes(survey))) {
      refuseAmbiguous(column, survey, notation);
      return new InputColumn(column, NUMBER, 1, notation, List.of());
    }
    if (nearlyNumbers
        && numbers < values
        && !wanted.classification()
        && survey.texts().size() > MAX_INTEGER_CLASSES) {
      throw new CommandException(
          String.format(
              "label column '%s' holds '%s' where nearly all cells are numbers (bad in %d of %d"
                  + " rows); correct these cells or remove the rows, or say --task multiclass if"
                  + " they are classes",
              column, stray(survey, notation), values - numbers, survey.rows()));
    }
    return new InputColumn(column, TEXT, 1);
  }

  private static Notation notation(ColumnSurvey survey) {
    Notation most = Notation.POINT;
    for (Notation notation : Notation.NUMBERS) {
      if (survey.read(notation) > survey.read(most)) {
        most = notation;
      }
    }
    return most;
  }

  private static String stray(ColumnSurvey survey, Notation notation) {
    return Arrays.stream(CellShape.values())
        .filter(shape -> survey.count(shape) > 0 && !notation.reads(shape))
        .map(survey::example)
        .findFirst()
        .orElse("");
  }

  /** Texts of digits that are names: two of them may be one number. */
  private static boolean codes(ColumnSurvey survey) {
    return survey.count(CellShape.ZERO_PADDED, CellShape.BARE_EXPONENT) > 0
        && survey.texts().size() <= MAX_CLASSES;
  }

  /** A label that is missing is no class, be it written as a text. */
  private static void refuseMarkers(String column, ColumnSurvey survey, boolean numbers) {
    survey.markers().keySet().stream()
        .filter(
            text ->
                numbers
                    || survey.markers().size() > 1 && survey.valued() == 0
                    || !POSSIBLE_CLASSES.contains(text.toLowerCase(Locale.ROOT)))
        .findFirst()
        .ifPresent(
            text -> {
              throw noLabel(column, text, survey, CellShape.MARKER);
            });
  }

  private static CommandException noLabel(
      String column, String text, ColumnSurvey survey, CellShape shape) {
    return new CommandException(
        String.format(
            "label column '%s' holds '%s' (bad in %d of %d rows), which is no label: %s; correct"
                + " these cells or remove the rows",
            column,
            text,
            survey.count(shape),
            survey.rows(),
            shape == CellShape.MARKER
                ? "it stands for a missing value"
                : "numbers must be finite and at most " + MAX_LABEL));
  }

  private static void refuseTimes(String column, ColumnSurvey s, double nearly) {
    for (CellShape shape :
        List.of(
            CellShape.YEAR_FIRST,
            CellShape.DAY_FIRST,
            CellShape.MONTH_FIRST,
            CellShape.DAY_OR_MONTH_FIRST,
            CellShape.OTHER_DATE,
            CellShape.CLOCK)) {
      if (s.count(shape) > 0 && s.count(shape) >= nearly) {
        throw new CommandException(
            "label column '"
                + column
                + "' holds times such as '"
                + s.example(shape)
                + "'; a label is a number, a text or a boolean");
      }
    }
  }

  private static void refuseAmbiguous(String column, ColumnSurvey s, Notation notation) {
    if (s.count(CellShape.COMMA_TRIPLE) > 0 && s.read(Notation.COMMA) == s.read(Notation.GROUPED)) {
      throw new CommandException(
          "label column '"
              + column
              + "' holds '"
              + s.example(CellShape.COMMA_TRIPLE)
              + "', where the comma may separate thousands or a fraction; write them as 1234.5");
    }
    if (notation != Notation.POINT) {
      LOG.info(
          "label column '{}' is read as numbers written as {}",
          ShownText.of(column),
          notation.example());
    }
  }

  private static boolean looksLikeClasses(InputColumn input, ColumnSurvey survey) {
    if (input.kind() != NUMBER) {
      LOG.info(
          "task: classification, because the values of label column '{}' are {}",
          ShownText.of(input.name()),
          input.kind() == FLAG ? "booleans" : "texts");
      return true;
    }
    SortedSet<Double> numbers = numbers(input, survey);
    boolean integers = numbers.stream().allMatch(x -> x == Math.rint(x)) && survey.integers();
    boolean few = survey.counted() && numbers.size() <= MAX_INTEGER_CLASSES;
    boolean classes = integers && few;
    LOG.info(
        "task: {}, because the values of label column '{}' are {}; say --task {} for the other",
        classes ? "classification" : "regression",
        ShownText.of(input.name()),
        classes
            ? numbers.size() + " different integers"
            : integers
                ? "more than " + MAX_INTEGER_CLASSES + " different integers"
                : "not all integers",
        classes ? "regression" : "multiclass");
    return classes;
  }

  /** The different numbers among the texts that were counted; -0 is 0. */
  private static SortedSet<Double> numbers(InputColumn input, ColumnSurvey survey) {
    SortedSet<Double> numbers = new TreeSet<>();
    survey.texts().keySet().forEach(text -> numbers.add(0.0 + input.notation().number(text)));
    return numbers;
  }

  private static LabelRule regression(InputColumn input, ColumnSurvey survey) {
    if (input.kind() != NUMBER) {
      throw new CommandException(
          "label column '"
              + input.name()
              + "' holds "
              + (input.kind() == FLAG
                  ? "booleans"
                  : "the text '" + stray(survey, Notation.POINT) + "'")
              + ", but --task regression needs numbers; correct the cells or take --task auto");
    }
    return new LabelRule(input, LearningTask.REGRESSION, List.of(), false);
  }

  private static LabelRule classification(
      InputColumn input, ColumnSurvey survey, LearningTask wanted, Optional<String> positive) {
    List<String> names = names(input, survey);
    String column = input.name();
    if (names.size() == 1 && survey.counted()) {
      throw new CommandException(
          "label column '"
              + column
              + "' holds a single class, '"
              + names.get(0)
              + "'; two are needed to learn the difference");
    }
    if (positive.isPresent()) {
      return against(input, names, positive.get(), survey.counted());
    }
    if (names.size() > MAX_CLASSES || !survey.counted()) {
      throw new CommandException(
          holds(column, names, MAX_CLASSES + 1)
              + ", at most "
              + MAX_CLASSES
              + " can be learnt; check --label, or learn one class against the rest with --positive"
              + " VALUE"
              + orRegression(input.kind()));
    }
    if (names.size() > 2 && wanted == LearningTask.BINARY) {
      throw new CommandException(
          holds(column, names, names.size())
              + ", but --task is binary; learn all with --task multiclass, or one against the rest"
              + " with --positive VALUE"
              + orRegression(input.kind()));
    }
    return new LabelRule(
        input, names.size() == 2 ? LearningTask.BINARY : LearningTask.MULTICLASS, names, false);
  }

  private static String holds(String column, List<String> names, int count) {
    return "label column '"
        + column
        + "' holds "
        + (count > MAX_CLASSES ? "more than " + MAX_CLASSES : count)
        + " classes ("
        + Suggestions.listed(names.subList(0, Math.min(names.size(), 10)))
        + (names.size() > 10 ? ", ..." : "")
        + ")";
  }

  private static String orRegression(InputColumn.Kind kind) {
    return kind == NUMBER ? ", or the number with --task regression" : "";
  }

  /** Where not all classes were counted, the fit refuses one that no row has. */
  private static LabelRule against(
      InputColumn input, List<String> names, String positive, boolean complete) {
    String wanted = canonical(positive, input);
    boolean possible = input.kind() != NUMBER || input.notation().isNumber(positive);
    if (!names.contains(wanted) && (complete || !possible)) {
      throw new CommandException(
          "--positive is '"
              + positive
              + "', which label column '"
              + input.name()
              + "' does not hold; its classes are "
              + Suggestions.listed(names)
              + (complete ? "" : ", ..."));
    }
    boolean two = names.size() == 2 && complete;
    String other = two ? names.get(1 - names.indexOf(wanted)) : "not " + wanted;
    return new LabelRule(input, LearningTask.BINARY, List.of(other, wanted), !two);
  }

  /** The classes by name, in the order of numbers or of texts. */
  private static List<String> names(InputColumn input, ColumnSurvey survey) {
    if (input.kind() == NUMBER) {
      return numbers(input, survey).stream().map(ColumnSurvey::plain).toList();
    }
    return survey.texts().keySet().stream()
        .map(text -> input.kind() == FLAG ? text.toLowerCase(Locale.ROOT) : text)
        .distinct()
        .sorted()
        .toList();
  }

  private static String canonical(String value, InputColumn input) {
    return switch (input.kind()) {
      case NUMBER ->
          input.notation().isNumber(value)
              ? ColumnSurvey.plain(0.0 + input.notation().number(value))
              : value;
      case FLAG -> value.toLowerCase(Locale.ROOT);
      default -> value;
    };
  }

  /** The SQL of the label's value: a double or a text. */
  private String value() {
    return input.kind() == NUMBER ? input.number() : input.expression();
  }

  /**
   * The number to learn, also of tables read as text; a value that is no label stops the query. The
   * column knows the names of the classes, as if StringIndexer had made it.
   */
  public Column target() {
    return others.isEmpty()
        ? ofOne()
        : functions.array(
            Stream.concat(Stream.of(ofOne()), others.stream().map(LabelRule::ofOne))
                .toArray(Column[]::new));
  }

  private Column ofOne() {
    Column target =
        functions.expr(
            "CASE WHEN "
                + good()
                + " THEN "
                + number()
                + " ELSE raise_error("
                + refusal()
                + ") END");
    return task.classification()
        ? target.as(
            RowColumns.LABEL,
            NominalAttribute.defaultAttr()
                .withName(RowColumns.LABEL)
                .withValues(classes.toArray(String[]::new))
                .toMetadata())
        : target;
  }

  private String number() {
    String value = value();
    if (task == LearningTask.REGRESSION) {
      return value;
    }
    return oneAgainstRest
        ? "CASE WHEN " + value + " = " + literal(classes.get(1)) + " THEN 1.0D ELSE 0.0D END"
        : "CAST(array_position(" + literals() + ", " + value + ") - 1 AS DOUBLE)";
  }

  /** The SQL that says what is wrong with a label; null where nothing is. */
  String problem() {
    String own = "CASE WHEN " + good() + " THEN NULL ELSE " + refusal() + " END";
    return others.isEmpty()
        ? own
        : others.stream()
            .map(LabelRule::problem)
            .collect(Collectors.joining(", ", "coalesce(" + own + ", ", ")"));
  }

  private String good() {
    String value = value();
    if (task == LearningTask.REGRESSION) {
      return "abs(" + value + ") < double('Infinity')";
    }
    return oneAgainstRest
        ? value + " IS NOT NULL"
        : "array_contains(" + literals() + ", " + value + ")";
  }

  private String refusal() {
    return "concat("
        + Sql.text("label column '" + column() + "' holds '")
        + ", coalesce(CAST("
        + Sql.name(column())
        + " AS STRING), 'null'), "
        + Sql.text("', " + expectation())
        + ")";
  }

  private String expectation() {
    if (task == LearningTask.REGRESSION) {
      return "where a finite number is expected";
    }
    if (oneAgainstRest) {
      return "which is no label";
    }
    int last = classes.size() - 1;
    return "but the model learnt "
        + (last < MAX_TOLD
            ? "the classes '" + String.join("', '", classes.subList(0, last)) + "'"
            : classes.size()
                + " classes, '"
                + String.join("', '", classes.subList(0, 3))
                + "', ...")
        + " and '"
        + classes.get(last)
        + "'";
  }

  /** The names of all classes as an SQL array. */
  private String literals() {
    return classes.stream().map(this::literal).collect(Collectors.joining(", ", "array(", ")"));
  }

  private String literal(String className) {
    return input.kind() == NUMBER ? Sql.number(Double.parseDouble(className)) : Sql.text(className);
  }
}
