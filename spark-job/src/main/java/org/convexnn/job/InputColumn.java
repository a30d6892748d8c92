package org.convexnn.job;

import java.util.Locale;
import java.util.Optional;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/**
 * A column of the raw table and how a model reads it.
 *
 * @param name the column's name, any text
 * @param kind what its values are
 * @param size numbers per row of a vector, else 1
 */
record InputColumn(String name, Kind kind, int size) {

  /** What the values of a column are. */
  enum Kind {
    /** Numbers: blanks become the median. */
    NUMBER,
    /** Dates and times: numbers of seconds. */
    TIME,
    /** Texts: one-hot, with a category for missing and unseen ones. */
    TEXT,
    /** True or false: one-hot like texts. */
    FLAG,
    /** Vectors, as LIBSVM files have them. */
    VECTOR;

    /** The kind of a type, if a model can read it; a column of nulls alone counts as numbers. */
    static Optional<Kind> of(DataType type) {
      if (type instanceof NumericType || type instanceof NullType) {
        return Optional.of(NUMBER);
      }
      if (type instanceof TimestampType
          || type instanceof TimestampNTZType
          || type instanceof DateType) {
        return Optional.of(TIME);
      }
      if (type instanceof StringType) {
        return Optional.of(TEXT);
      }
      if (type instanceof BooleanType) {
        return Optional.of(FLAG);
      }
      return type.equals(SQLDataTypes.VectorType()) ? Optional.of(VECTOR) : Optional.empty();
    }

    /** Whether columns of this kind are numbers whose blanks are imputed. */
    boolean numeric() {
      return this == NUMBER || this == TIME;
    }

    /** Whether columns of this kind become categories. */
    boolean categorical() {
      return this == TEXT || this == FLAG;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The Estimators' bound: arithmetic on larger numbers overflows. */
  private static final double MAX_NUMBER = 1e200;

  /**
   * A name for the pipeline's own columns: MLlib's stages stumble over dots and backticks, and
   * SQLTransformer replaces __THIS__.
   */
  String innerName(String stage, int position) {
    return (stage + "_" + position + "_" + name.replaceAll("[^A-Za-z0-9_]", "_"))
        .replaceAll("__+THIS__+", "_THIS_");
  }

  /**
   * The SQL that reads the column, whatever type the table at hand gives it: files to be scored are
   * read as text. A number that is none stops the query with a line that names the column.
   */
  String expression() {
    String column = Sql.name(name);
    return switch (kind) {
      // The common case comes first: only what is no finite number is ever turned into text.
      case NUMBER, TIME ->
          String.format(
              "CASE WHEN abs(%1$s) < double('Infinity') THEN %1$s WHEN %2$s IS NULL THEN NULL"
                  + " ELSE raise_error(%3$s) END",
              number(), filledText(), refusal());
      case TEXT -> filledText();
      case FLAG -> "CAST(try_cast(" + column + " AS BOOLEAN) AS STRING)";
      case VECTOR -> column;
    };
  }

  /** The SQL that says what is wrong with a cell; null where nothing is. */
  Optional<String> problem() {
    return switch (kind) {
      case NUMBER, TIME ->
          Optional.of(
              String.format(
                  "CASE WHEN abs(%s) <= %s OR %s IS NULL THEN NULL ELSE %s END",
                  number(), Sql.number(MAX_NUMBER), filledText(), refusal()));
      case VECTOR ->
          Optional.of(
              String.format(
                  "CASE WHEN %s IS NULL THEN %s END",
                  Sql.name(name),
                  Sql.text(
                      "column '"
                          + name
                          + "' is null where vectors are expected; fill these cells, remove the"
                          + " rows, or leave the column out with --drop")));
      case TEXT, FLAG -> Optional.empty();
    };
  }

  private String number() {
    String column = Sql.name(name);
    return kind == Kind.TIME
        ? "try_cast(try_cast(" + column + " AS TIMESTAMP) AS DOUBLE)"
        : "try_cast(" + column + " AS DOUBLE)";
  }

  /** The cell as text, null where it is blank. */
  private String filledText() {
    return "nullif(trim(CAST(" + Sql.name(name) + " AS STRING)), '')";
  }

  private String refusal() {
    return "concat("
        + Sql.text("column '" + name + "' holds '")
        + ", "
        + filledText()
        + ", "
        + Sql.text(
            "' where "
                + (kind == Kind.TIME
                    ? "times are expected"
                    : "numbers are expected, at most " + MAX_NUMBER)
                + "; correct or empty these cells (blanks are imputed), or leave the"
                + " column out with --drop")
        + ")";
  }
}
