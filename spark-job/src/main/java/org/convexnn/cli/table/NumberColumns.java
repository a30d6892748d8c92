package org.convexnn.cli.table;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Many columns of numbers, read by one expression over an array of them instead of one each: Spark takes
 * apart every expression again in each of its rules, and of a thousand columns that takes minutes.
 *
 * @param columns of the kind NUMBER in the notation POINT
 */
record NumberColumns(List<InputColumn> columns) {

  /** Columns beyond which they are read together: fewer are read faster by code of their own. */
  static final int FEWEST = 500;

  /** Copies the list. */
  NumberColumns {
    columns = List.copyOf(columns);
  }

  /** Those of a table, in order; none where they are few. */
  static NumberColumns of(List<InputColumn> all) {
    List<InputColumn> plain = all.stream().filter(NumberColumns::isPlain).toList();
    return new NumberColumns(plain.size() < FEWEST ? List.of() : plain);
  }

  private static boolean isPlain(InputColumn column) {
    return column.kind() == InputColumn.Kind.NUMBER && column.notation() == Notation.POINT;
  }

  /** Whether a column of the table is read here. */
  boolean holds(InputColumn column) {
    return !columns.isEmpty() && isPlain(column);
  }

  /** The SQL of an array of their numbers; a cell that is none stops the query with its column. */
  String numbers() {
    return cells(
        number("double('Infinity')", "<", "e.number", text -> "raise_error(" + text + ")"));
  }

  /** The SQL that says what is wrong with a row's first bad cell; null where none is bad. */
  String problem() {
    return "get(filter("
        + cells(number(Sql.number(CellShape.MAX_NUMBER), "<=", "NULL", text -> text))
        + ", p -> p IS NOT NULL), 0)";
  }

  private String cells(String expression) {
    String cells =
        columns.stream()
            .map(c -> Sql.name(c.name()))
            .map(
                c ->
                    "struct(try_cast("
                        + c
                        + " AS DOUBLE) AS number, CAST("
                        + c
                        + " AS STRING) AS text)")
            .collect(Collectors.joining(",\n    "));
    return "transform(array(" + cells + "), (e, k) -> " + expression + ")";
  }

  /** What is no number is told from what Java's numbers take besides, such as 12D, by its text. */
  private String number(
      String bound, String relation, String value, UnaryOperator<String> otherwise) {
    String text = "nullif(trim(e.text), '')";
    String names =
        columns.stream()
            .map(c -> Sql.text("column '" + c.name() + "' holds '"))
            .collect(Collectors.joining(", "));
    return String.format(
        "CASE WHEN abs(e.number) %s %s AND %s THEN %s WHEN %s THEN NULL ELSE %s END",
        relation,
        bound,
        Notation.POINT.matches("trim(e.text)"),
        value,
        InputColumn.missing(text),
        otherwise.apply(
            "concat(get(array("
                + names
                + "), k), "
                + text
                + ", "
                + columns.get(0).refusalEnd()
                + ")"));
  }
}
