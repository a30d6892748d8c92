package org.convexnn.cli.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/**
 * A column of the raw table and how a model reads it. Files to be scored are read as text, so that
 * all of it is said here and nothing by the types of the table at hand.
 *
 * @param name the column's name, any text
 * @param kind what its values are
 * @param size numbers per row of a vector or an array, else 1
 * @param notation how numbers or times are written where they are texts
 * @param parts what of a time is a column of its own
 */
public record InputColumn(
    String name, Kind kind, int size, Notation notation, List<TimePart> parts) {

  /** What the values of a column are. */
  public enum Kind {
    /** Numbers: blanks are missing values, or become the median. */
    NUMBER,
    /** Dates and times: seconds since 1970, and parts of them. */
    TIME,
    /** Times of day: seconds since midnight. */
    CLOCK,
    /** Texts: one-hot, with a category for missing and unseen ones. */
    TEXT,
    /** True or false: one-hot like texts. */
    FLAG,
    /** Vectors, as LIBSVM files have them. */
    VECTOR,
    /** Arrays of numbers, all of one length, such as embeddings. */
    ARRAY;

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
      if (type instanceof ArrayType array && array.elementType() instanceof NumericType) {
        return Optional.of(ARRAY);
      }
      return type.equals(SQLDataTypes.VectorType()) ? Optional.of(VECTOR) : Optional.empty();
    }

    /** Whether columns of this kind become categories. */
    boolean categorical() {
      return this == TEXT || this == FLAG;
    }

    /** Whether columns of this kind become numbers, of which some may be missing. */
    boolean numeric() {
      return this == NUMBER || this == TIME || this == CLOCK;
    }

    /** The notation of columns of which nothing else is known. */
    private Notation notation() {
      return switch (this) {
        case TIME -> Notation.YEAR_FIRST;
        case CLOCK -> Notation.CLOCK;
        default -> Notation.POINT;
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** One text and not a list: Spark takes every one of a statement's literals through all its rules. */
  private static final String MARKERS =
      Sql.text(CellShape.MARKERS.stream().sorted().collect(Collectors.joining(",")));

  /** Copies the list. */
  public InputColumn {
    parts = List.copyOf(parts);
  }

  /** A column in the usual notation, a time without parts. */
  public InputColumn(String name, Kind kind, int size) {
    this(name, kind, size, kind.notation(), List.of());
  }

  /** This column with some parts of its times as columns of their own. */
  InputColumn with(List<TimePart> chosen) {
    return new InputColumn(name, kind, size, notation, chosen);
  }

  /**
   * A name for the pipeline's own columns: MLlib's stages stumble over dots and backticks, and
   * SQLTransformer replaces __THIS__.
   */
  String innerName(String stage, int position) {
    return (stage + "_" + position + "_" + name.replaceAll("[^A-Za-z0-9_]", "_"))
        .replaceAll("__+THIS__+", "_THIS_");
  }

  /**
   * The SQL that reads the column, whatever type the table at hand gives it. A number that is none
   * stops the query with a line that names the column.
   */
  String expression() {
    String column = Sql.name(name);
    return switch (kind) {
      // The common case comes first: only what is no finite number is ever turned into text.
      case NUMBER, TIME, CLOCK ->
          String.format(
              "CASE WHEN abs(%1$s) < double('Infinity') THEN %1$s WHEN %2$s THEN NULL"
                  + " ELSE raise_error(%3$s) END",
              number(), missing(), refusal());
      case TEXT -> filledText();
      case FLAG -> "CAST(try_cast(" + column + " AS BOOLEAN) AS STRING)";
      case VECTOR, ARRAY -> column;
    };
  }

  /** The SQL of the numbers of an array, of the SQL of the array. */
  List<String> entries(String array) {
    return IntStream.range(0, size)
        .mapToObj(i -> "CAST(get(" + array + ", " + i + ") AS DOUBLE)")
        .toList();
  }

  /** The SQL that says what is wrong with a cell; null where nothing is. */
  Optional<String> problem() {
    return switch (kind) {
      case NUMBER, TIME, CLOCK ->
          Optional.of(
              String.format(
                  "CASE WHEN abs(%s) <= %s OR %s THEN NULL ELSE %s END",
                  number(), Sql.number(CellShape.MAX_NUMBER), missing(), refusal()));
      case VECTOR -> Optional.of(problemOfNulls("vectors"));
      case ARRAY ->
          Optional.of(
              String.format(
                  "CASE WHEN %1$s IS NULL OR size(%1$s) <> %2$d OR exists(%1$s, e -> e IS NULL OR"
                      + " NOT abs(CAST(e AS DOUBLE)) <= %3$s) THEN %4$s END",
                  Sql.name(name),
                  size,
                  Sql.number(CellShape.MAX_NUMBER),
                  Sql.text(
                      "column '"
                          + name
                          + "' has an array that is not of "
                          + size
                          + " finite numbers; correct or remove these rows, or leave the column out"
                          + " with --drop")));
      case TEXT, FLAG -> Optional.empty();
    };
  }

  private String problemOfNulls(String expected) {
    return String.format(
        "CASE WHEN %s IS NULL THEN %s END",
        Sql.name(name),
        Sql.text(
            "column '"
                + name
                + "' is null where "
                + expected
                + " are expected; fill these cells, remove the rows, or leave the column out with"
                + " --drop"));
  }

  /** The SQL of the number or of the seconds; null where there is none. */
  public String number() {
    String column = Sql.name(name);
    // What is a number or an instant already has no notation; typeof is known before any row.
    String typed =
        kind == Kind.NUMBER
            ? "WHEN typeof(%1$s) <> 'string' THEN try_cast(%1$s AS DOUBLE)"
            : "WHEN typeof(%1$s) = 'timestamp' THEN try_cast(try_cast(%1$s AS TIMESTAMP) AS DOUBLE)";
    return "CASE "
        + String.format(typed, column)
        + " ELSE "
        + notation.sql("trim(CAST(" + column + " AS STRING))")
        + " END";
  }

  /** The SQL of whether there is no value: a blank, or what people write in its place. */
  private String missing() {
    return missing(filledText());
  }

  /** The SQL of whether this text, null of a blank, stands where there is no value. */
  static String missing(String text) {
    return String.format("coalesce(find_in_set(lower(%s), %s) > 0, TRUE)", text, MARKERS);
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
        + refusalEnd()
        + ")";
  }

  /** The SQL of what a refusal says behind the cell. */
  String refusalEnd() {
    return Sql.text("' where " + expected() + "; " + remedy());
  }

  /** What its cells should be, in words. */
  String expected() {
    return switch (kind) {
      case TIME -> "times are expected, written as " + notation.example();
      case CLOCK -> "times of day are expected, written as " + notation.example();
      default ->
          "numbers are expected, at most "
              + CellShape.MAX_NUMBER
              + (notation == Notation.POINT ? "" : ", written as " + notation.example());
    };
  }

  /** What to do about a cell that is none. */
  static String remedy() {
    return "correct or empty these cells (blanks count as missing), read the column as categories with"
        + " --categories, or leave it out with --drop";
  }

  /** The names of the numbers that come of the column, for people. */
  List<String> numberNames() {
    List<String> names = new ArrayList<>(List.of(name));
    parts.forEach(part -> names.add(name + " (" + part + ")"));
    return names;
  }
}
