package org.convexnn.job;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the label column becomes a number to learn.
 *
 * @param column the label column
 * @param task what is learnt
 * @param kind what the label's values are
 * @param classes the names of class 0, 1, ...; of a regression none
 * @param oneAgainstRest whether class 0 is everything that is not class 1
 */
record LabelRule(
    String column,
    LearningTask task,
    InputColumn.Kind kind,
    List<String> classes,
    boolean oneAgainstRest) {

  /** With at most so many different integers, a label counts as classes. */
  static final int MAX_INTEGER_CLASSES = 20;

  /** Most classes: each is an output of the network, and a column of its scores. */
  static final int MAX_CLASSES = 1000;

  /** Most classes that a message lists. */
  private static final int MAX_TOLD = 20;

  private static final Set<String> NOT_FINITE =
      Set.of("nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity");
  private static final Logger LOG = LoggerFactory.getLogger(LabelRule.class);

  /** Copies the list. */
  LabelRule {
    classes = List.copyOf(classes);
  }

  /** The task and the label in a few words. */
  String description() {
    return (task.classification() ? "classification" : "regression")
        + " of '"
        + column
        + "'"
        + switch (task) {
          case BINARY -> " ('" + classes.get(1) + "' against '" + classes.get(0) + "')";
          case MULTICLASS -> " (" + classes.size() + " classes)";
          default -> "";
        };
  }

  /** Looks at the label column and decides. */
  static LabelRule decide(
      Dataset<Row> table, String column, LearningTask wanted, Optional<String> positive) {
    InputColumn.Kind kind =
        InputColumn.Kind.of(table.schema().apply(column).dataType())
            .filter(k -> k != InputColumn.Kind.TIME && k != InputColumn.Kind.VECTOR)
            .orElseThrow(
                () ->
                    new JobException(
                        "label column '"
                            + column
                            + "' is of type "
                            + table.schema().apply(column).dataType().simpleString()
                            + "; a label is a number, a text or a boolean"));
    refuseBlanks(table, column, kind);
    boolean classification =
        wanted.classification()
            || positive.isPresent()
            || (wanted == LearningTask.AUTO && looksLikeClasses(table, column, kind));
    return classification
        ? classification(table, column, kind, wanted, positive)
        : regression(table, column, kind);
  }

  private static void refuseBlanks(Dataset<Row> table, String column, InputColumn.Kind kind) {
    Column value = functions.expr(value(column, kind));
    Row counts =
        table
            .agg(
                functions.count(functions.lit(1)),
                functions.count(value),
                functions.count_if(notFinite(value, kind)),
                functions.min(functions.when(notFinite(value, kind), value).cast("string")))
            .first();
    long rows = counts.getLong(0);
    long blank = rows - counts.getLong(1);
    if (rows == 0) {
      throw new JobException("the input has a header but no rows; there is nothing to learn from");
    }
    if (blank > 0) {
      throw new JobException(
          String.format(
              "label column '%s' is empty (null) in %d of %d rows; fill these cells or remove the"
                  + " rows",
              column, blank, rows));
    }
    if (counts.getLong(2) > 0) {
      throw new JobException(
          String.format(
              "label column '%s' holds '%s' in %d of %d rows, which is no label; correct these"
                  + " cells or remove the rows",
              column, counts.getString(3), counts.getLong(2), rows));
    }
  }

  private static Column notFinite(Column value, InputColumn.Kind kind) {
    return switch (kind) {
      case NUMBER -> functions.not(functions.abs(value).lt(Double.POSITIVE_INFINITY));
      case TEXT -> functions.lower(value).isInCollection(NOT_FINITE);
      default -> functions.lit(false);
    };
  }

  private static boolean looksLikeClasses(
      Dataset<Row> table, String column, InputColumn.Kind kind) {
    String why;
    boolean classes;
    if (kind != InputColumn.Kind.NUMBER) {
      why = kind == InputColumn.Kind.FLAG ? "booleans" : "texts";
      classes = true;
    } else {
      List<Row> distinct = distinct(table, column, kind, MAX_INTEGER_CLASSES + 1);
      boolean integers =
          distinct.stream().allMatch(r -> r.getDouble(0) == Math.rint(r.getDouble(0)));
      boolean few = distinct.size() <= MAX_INTEGER_CLASSES;
      classes = integers && few;
      if (classes) {
        why = distinct.size() + " different integers";
      } else if (integers) {
        why = "more than " + MAX_INTEGER_CLASSES + " different integers";
      } else {
        why = "not all integers";
      }
    }
    LOG.info(
        "task: {}, because the values of label column '{}' are {}; say --task {} for the other",
        classes ? "classification" : "regression",
        column,
        why,
        classes ? "regression" : "multiclass");
    return classes;
  }

  private static List<Row> distinct(
      Dataset<Row> table, String column, InputColumn.Kind kind, int limit) {
    return table
        .select(functions.expr(value(column, kind)).as("value"))
        .distinct()
        .limit(limit)
        .collectAsList();
  }

  private static LabelRule regression(Dataset<Row> table, String column, InputColumn.Kind kind) {
    if (kind != InputColumn.Kind.NUMBER) {
      Column number = functions.expr("try_cast(" + value(column, kind) + " AS DOUBLE)");
      List<Row> texts =
          table.filter(number.isNull()).select(functions.expr(value(column, kind))).takeAsList(1);
      String example = texts.isEmpty() ? "true or false" : "'" + texts.get(0).getString(0) + "'";
      throw new JobException(
          "label column '"
              + column
              + "' holds "
              + (kind == InputColumn.Kind.FLAG ? "booleans" : "the text " + example)
              + ", but --task regression needs numbers; correct the cells or take --task auto");
    }
    return new LabelRule(column, LearningTask.REGRESSION, kind, List.of(), false);
  }

  private static LabelRule classification(
      Dataset<Row> table,
      String column,
      InputColumn.Kind kind,
      LearningTask wanted,
      Optional<String> positive) {
    List<Row> rows = distinct(table, column, kind, MAX_CLASSES + 1);
    List<String> names = names(rows, kind);
    if (names.size() == 1) {
      throw new JobException(
          "label column '"
              + column
              + "' holds a single class, '"
              + names.get(0)
              + "'; two are needed to learn the difference");
    }
    if (positive.isPresent()) {
      return against(column, kind, names, positive.get(), rows.size() <= MAX_CLASSES);
    }
    if (names.size() > MAX_CLASSES) {
      throw new JobException(
          holds(column, names)
              + ", at most "
              + MAX_CLASSES
              + " can be learnt; check --label, or learn one class against the rest with --positive"
              + " VALUE"
              + orRegression(kind));
    }
    if (names.size() > 2 && wanted == LearningTask.BINARY) {
      throw new JobException(
          holds(column, names)
              + ", but --task is binary; learn all with --task multiclass, or one against the rest"
              + " with --positive VALUE"
              + orRegression(kind));
    }
    return new LabelRule(
        column,
        names.size() == 2 ? LearningTask.BINARY : LearningTask.MULTICLASS,
        kind,
        names,
        false);
  }

  private static String holds(String column, List<String> names) {
    return "label column '"
        + column
        + "' holds "
        + (names.size() > MAX_CLASSES ? "more than " + MAX_CLASSES : names.size())
        + " classes ("
        + Suggestions.listed(names.subList(0, Math.min(names.size(), 10)))
        + (names.size() > 10 ? ", ..." : "")
        + ")";
  }

  private static String orRegression(InputColumn.Kind kind) {
    return kind == InputColumn.Kind.NUMBER ? ", or the number with --task regression" : "";
  }

  private static LabelRule against(
      String column, InputColumn.Kind kind, List<String> names, String positive, boolean complete) {
    String wanted = canonical(positive, kind);
    if (!names.contains(wanted)) {
      throw new JobException(
          "--positive is '"
              + positive
              + "', which label column '"
              + column
              + "' does not hold; its classes are "
              + Suggestions.listed(names)
              + (complete ? "" : ", ..."));
    }
    boolean two = names.size() == 2;
    String other = two ? names.get(1 - names.indexOf(wanted)) : "not " + wanted;
    return new LabelRule(column, LearningTask.BINARY, kind, List.of(other, wanted), !two);
  }

  /** The classes by name, in the order of numbers or of texts. */
  private static List<String> names(List<Row> rows, InputColumn.Kind kind) {
    if (kind == InputColumn.Kind.NUMBER) {
      return rows.stream().map(r -> r.getDouble(0)).sorted().map(LabelRule::plain).toList();
    }
    List<String> names = new ArrayList<>(rows.stream().map(r -> r.getString(0)).toList());
    names.sort(Comparator.naturalOrder());
    return names;
  }

  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  private static String canonical(String value, InputColumn.Kind kind) {
    try {
      return switch (kind) {
        case NUMBER -> plain(Double.parseDouble(value));
        case FLAG -> value.toLowerCase(Locale.ROOT);
        default -> value;
      };
    } catch (NumberFormatException e) {
      return value;
    }
  }

  /** The SQL of the label's value: a double or a text. */
  private static String value(String column, InputColumn.Kind kind) {
    String name = Sql.name(column);
    return switch (kind) {
      case NUMBER -> "try_cast(" + name + " AS DOUBLE)";
      default -> new InputColumn(column, kind, 1).expression();
    };
  }

  /**
   * The number to learn, also of tables read as text; a value that is no label stops the query. The
   * column knows the names of the classes, as if StringIndexer had made it.
   */
  Column target() {
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
    String value = value(column, kind);
    if (task == LearningTask.REGRESSION) {
      return value;
    }
    return oneAgainstRest
        ? "CASE WHEN " + value + " = " + literal(classes.get(1)) + " THEN 1.0D ELSE 0.0D END"
        : "CAST(array_position(" + literals() + ", " + value + ") - 1 AS DOUBLE)";
  }

  /** The SQL that says what is wrong with a label; null where nothing is. */
  String problem() {
    return "CASE WHEN " + good() + " THEN NULL ELSE " + refusal() + " END";
  }

  private String good() {
    String value = value(column, kind);
    if (task == LearningTask.REGRESSION) {
      return "abs(" + value + ") < double('Infinity')";
    }
    return oneAgainstRest
        ? value + " IS NOT NULL"
        : "array_contains(" + literals() + ", " + value + ")";
  }

  private String refusal() {
    return "concat("
        + Sql.text("label column '" + column + "' holds '")
        + ", coalesce(CAST("
        + Sql.name(column)
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
    return kind == InputColumn.Kind.NUMBER
        ? Sql.number(Double.parseDouble(className))
        : Sql.text(className);
  }
}
