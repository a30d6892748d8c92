package org.convexnn.cli.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.convexnn.cli.message.CommandException;

/**
 * Decides by the survey of a column how it becomes features.
 *
 * <pre>
 * texts of which nearly all are numbers    numbers; markers are blanks, other texts are refused
 * dates, times, times of day               seconds; parts of dates beside them
 * codes of digits, all other texts         categories
 * a different text in every row            left out
 * </pre>
 *
 * <p>Where the cells allow for two readings that would be different numbers, the column is refused.
 *
 * @param column how the column is read; nothing where it is left out
 * @param note what to tell where the decision was in doubt
 */
public record ColumnRule(Optional<InputColumn> column, Optional<String> note) {

  /** What the user wants of a column. */
  public enum Wish {
    /** Nothing: its cells decide. */
    NONE,
    /** Categories, whatever they look like. */
    CATEGORIES,
    /** Numbers or times, whatever they look like. */
    NUMBERS
  }

  /** Categories of one column; the rarer ones count as missing, or features would be millions. */
  static final int MOST_CATEGORIES = 1000;

  /** In so many rows it is no accident that all texts are different. */
  static final int MANY_ROWS = 20;

  /** The share of numbers, or of times, from which on another text is a mistake. */
  private static final double NEARLY_ALL = 0.9;

  /** So many different codes are categories however few the rows. */
  private static final int FEW_CODES = 20;

  private static final Pattern IDENTIFIER =
      Pattern.compile(
          "_c\\d+|(?i:unnamed: ?\\d+|index|row|row[_ .-]?(num|number|nr|no|id|index)"
              + "|(.*[_ .-])?(id|uuid|guid))|.*[a-z0-9]I[dD]");

  private static final String KEEP_NUMBERS = "; if these are numbers, say --numbers ";
  private static final String KEEP_CATEGORIES = "; if these are codes, say --categories ";

  private static ColumnRule use(InputColumn column) {
    return new ColumnRule(Optional.of(column), Optional.empty());
  }

  private ColumnRule noted(String text) {
    return new ColumnRule(
        column, Optional.of(note.map(before -> before + "; " + text).orElse(text)));
  }

  private static ColumnRule leftOut(String note) {
    return new ColumnRule(Optional.empty(), Optional.of(note));
  }

  /**
   * Decides.
   *
   * @throws CommandException naming the column, a cell and what to do, where it cannot be read
   */
  static ColumnRule of(StructField field, ColumnSurvey survey, Wish wish) {
    String name = field.name();
    InputColumn.Kind kind =
        InputColumn.Kind.of(field.dataType())
            .orElseThrow(
                () ->
                    new CommandException(
                        "column '"
                            + name
                            + "' is of type "
                            + field.dataType().simpleString()
                            + ", which no feature can be made of; leave it out with --drop"));
    if (survey.filled() == 0) {
      return leftOut("is empty in all rows and left out");
    }
    if (survey.valued() == 0) {
      return leftOut("holds nothing but " + markers(survey) + " and is left out");
    }
    return switch (kind) {
      case VECTOR, ARRAY -> vectors(field, kind, survey);
      case TIME -> use(new InputColumn(name, kind, 1).with(parts(field.dataType())));
      case FLAG, CLOCK -> use(new InputColumn(name, kind, 1));
      case NUMBER, TEXT -> withoutIdentifiers(cells(field, survey, wish), name, survey, wish);
    };
  }

  private static ColumnRule vectors(StructField field, InputColumn.Kind kind, ColumnSurvey survey) {
    String name = field.name();
    long nulls = survey.count(CellShape.BLANK);
    if (nulls > 0) {
      throw new CommandException(
          String.format(
              "column '%s' is null where %ss are expected (in %d of %d rows); fill these cells,"
                  + " remove the rows, or leave the column out with --drop",
              name, kind, nulls, survey.rows()));
    }
    if (kind == InputColumn.Kind.VECTOR) {
      int size = AttributeGroup.fromStructField(field).size();
      return use(new InputColumn(name, kind, size >= 0 ? size : survey.size()));
    }
    if (survey.problem().isPresent() || survey.size() == 0) {
      throw new CommandException(
          "column '"
              + name
              + "' "
              + survey.problem().orElse("has arrays without entries")
              + "; correct or remove these rows, or leave the column out with --drop");
    }
    return use(new InputColumn(name, kind, survey.size()));
  }

  private static List<TimePart> parts(DataType type) {
    return Arrays.stream(TimePart.values())
        .filter(part -> part != TimePart.HOUR || !(type instanceof DateType))
        .toList();
  }

  private static ColumnRule cells(StructField field, ColumnSurvey survey, Wish wish) {
    String name = field.name();
    if (wish == Wish.CATEGORIES) {
      return use(new InputColumn(name, InputColumn.Kind.TEXT, 1));
    }
    long valued = survey.valued();
    if (survey.count(CellShape.BOOLEAN) == valued && wish == Wish.NONE) {
      return use(new InputColumn(name, InputColumn.Kind.FLAG, 1)).withMarkers(survey);
    }
    refuseOtherNotations(name, survey, wish);
    Notation notation = mostReading(survey);
    long read = survey.read(notation) + (notation == Notation.POINT ? notFinite(survey) : 0);
    if (wish == Wish.NUMBERS || read >= NEARLY_ALL * valued) {
      InputColumn column =
          new InputColumn(
              name,
              notation.kind(),
              1,
              notation,
              notation.kind() == InputColumn.Kind.TIME ? List.of(TimePart.values()) : List.of());
      refuseStrayTexts(column, survey);
      return (field.dataType() instanceof StringType && wish == Wish.NONE
              ? unlessCodes(column, survey)
              : use(column))
          .withMarkers(survey);
    }
    ColumnRule texts = use(new InputColumn(name, InputColumn.Kind.TEXT, 1));
    return 2 * read < valued
        ? texts
        : texts.noted(
            String.format(
                "holds numbers or times in %d of %d cells, and texts such as '%s': read as"
                    + " categories",
                read, valued, stray(new InputColumn(name, notation.kind(), 1), survey)));
  }

  private static long notFinite(ColumnSurvey survey) {
    return survey.count(CellShape.NOT_FINITE);
  }

  /** The notation that reads most cells, the usual one where several do. */
  private static Notation mostReading(ColumnSurvey survey) {
    Notation most = Notation.POINT;
    for (Notation notation : Notation.values()) {
      boolean more = survey.read(notation) > survey.read(most);
      // Where both read 1,234 and that is not refused, commas separate thousands.
      boolean groups = most == Notation.COMMA && notation == Notation.GROUPED;
      if (more || groups && survey.read(notation) == survey.read(most)) {
        most = notation;
      }
    }
    return most;
  }

  /** Refuses numbers and dates that could be two things, or are written as none reads them. */
  private static void refuseOtherNotations(String name, ColumnSurvey s, Wish wish) {
    double nearly = wish == Wish.NUMBERS ? 1 : NEARLY_ALL * s.valued();
    long numbers =
        Math.max(s.read(Notation.COMMA), s.read(Notation.GROUPED))
            + s.count(CellShape.OTHER_GROUPS);
    if (numbers >= nearly && s.count(CellShape.OTHER_GROUPS) > 0) {
      throw unread(name, s.example(CellShape.OTHER_GROUPS), "numbers in groups", "1234.5");
    }
    boolean triples = s.count(CellShape.COMMA_TRIPLE) > 0;
    boolean grouped =
        s.count(CellShape.SHORT_INTEGER) > 0
            && s.count(CellShape.LONG_INTEGER, CellShape.POINT_TRIPLE) == 0;
    if (numbers >= nearly
        && triples
        && s.read(Notation.COMMA) == s.read(Notation.GROUPED)
        && !grouped) {
      throw unread(
          name,
          s.example(CellShape.COMMA_TRIPLE),
          "where the comma may separate thousands or a fraction",
          "1234.5");
    }
    long dates = s.count(CellShape.DAY_FIRST, CellShape.MONTH_FIRST, CellShape.DAY_OR_MONTH_FIRST);
    boolean day = s.count(CellShape.DAY_FIRST) > 0;
    boolean month = s.count(CellShape.MONTH_FIRST) > 0;
    if (dates > 0 && dates >= nearly && day == month) {
      throw unread(
          name,
          s.example(day ? CellShape.DAY_FIRST : CellShape.DAY_OR_MONTH_FIRST)
              + (day ? "' and '" + s.example(CellShape.MONTH_FIRST) : ""),
          "dates of which day and month cannot be told apart",
          Notation.YEAR_FIRST.example());
    }
    long others = s.count(CellShape.OTHER_DATE);
    if (others > 0 && others + dates + s.count(CellShape.YEAR_FIRST) >= nearly) {
      throw unread(
          name,
          s.example(CellShape.OTHER_DATE),
          "dates in a way that is not read",
          Notation.YEAR_FIRST.example());
    }
  }

  private static CommandException unread(String name, String cell, String what, String example) {
    return new CommandException(
        String.format(
            "column '%s' holds '%s', %s; write them as %s, read the column as categories with"
                + " --categories, or leave it out with --drop",
            name, cell, what, example));
  }

  private static void refuseStrayTexts(InputColumn column, ColumnSurvey survey) {
    long bad = survey.valued() - survey.read(column.notation());
    if (bad > 0) {
      throw new CommandException(
          String.format(
              "column '%s' holds '%s' where %s (bad in %d of %d rows); %s",
              column.name(),
              stray(column, survey),
              column.expected(),
              bad,
              survey.rows(),
              InputColumn.remedy()));
    }
  }

  /** A cell that is not read as a column would be. */
  private static String stray(InputColumn column, ColumnSurvey survey) {
    return Arrays.stream(CellShape.values())
        .filter(s -> s != CellShape.BLANK && s != CellShape.MARKER)
        .filter(s -> survey.count(s) > 0 && !column.notation().reads(s))
        .max((a, b) -> Long.compare(survey.count(a), survey.count(b)))
        .map(survey::example)
        .orElse("");
  }

  /** Digits that are names of things: leading zeros say so, and powers of ten of one length. */
  private static ColumnRule unlessCodes(InputColumn column, ColumnSurvey s) {
    if (column.notation() != Notation.POINT) {
      return written(column, s);
    }
    long padded = s.count(CellShape.ZERO_PADDED);
    long bare = s.count(CellShape.BARE_EXPONENT);
    long digits = padded + bare + s.count(CellShape.SHORT_INTEGER, CellShape.LONG_INTEGER);
    if (padded + bare == 0 || digits < s.valued()) {
      return use(column);
    }
    String example = s.example(padded > 0 ? CellShape.ZERO_PADDED : CellShape.BARE_EXPONENT);
    int different = s.texts().size();
    boolean few =
        s.counted()
            ? different <= FEW_CODES || 2L * different <= s.valued()
            : s.valued() > 2L * MOST_CATEGORIES;
    if (s.allDifferent() || few && (padded > 0 || s.oneLength())) {
      return use(new InputColumn(column.name(), InputColumn.Kind.TEXT, 1))
          .noted(
              "holds codes such as '"
                  + example
                  + "': read as categories"
                  + KEEP_NUMBERS
                  + column.name());
    }
    return use(column)
        .noted("holds '" + example + "': read as numbers" + KEEP_CATEGORIES + column.name());
  }

  /** Tells how a column is written where that was found out. */
  private static ColumnRule written(InputColumn column, ColumnSurvey s) {
    String example =
        Arrays.stream(CellShape.values())
            .filter(shape -> column.notation().reads(shape) && s.count(shape) > 0)
            .max(java.util.Comparator.naturalOrder())
            .map(s::example)
            .orElse("");
    return switch (column.notation()) {
      case COMMA -> use(column).noted("holds '" + example + "': read with a decimal comma");
      case GROUPED -> use(column).noted("holds '" + example + "': read with commas in groups");
      case DAY_FIRST -> use(column).noted("holds '" + example + "': read with the day first");
      case MONTH_FIRST -> use(column).noted("holds '" + example + "': read with the month first");
      default -> use(column);
    };
  }

  private ColumnRule withMarkers(ColumnSurvey survey) {
    return survey.markers().isEmpty()
            || column.filter(c -> c.kind() == InputColumn.Kind.TEXT).isPresent()
        ? this
        : noted(
            "holds "
                + markers(survey)
                + (survey.markers().size() == 1 ? ", which is" : ", which are")
                + " read as missing");
  }

  /** The markers with their numbers of cells, the most frequent ones. */
  private static String markers(ColumnSurvey survey) {
    return survey.markers().entrySet().stream()
        .sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
        .limit(5)
        .map(e -> "'" + e.getKey() + "' in " + e.getValue() + " of " + survey.rows() + " rows")
        .collect(Collectors.joining(", "));
  }

  private static ColumnRule withoutIdentifiers(
      ColumnRule rule, String name, ColumnSurvey survey, Wish wish) {
    if (wish != Wish.NONE || !survey.allDifferent()) {
      return rule;
    }
    InputColumn column = rule.column().orElseThrow();
    if (column.kind() == InputColumn.Kind.TEXT) {
      return leftOut(
          "has a different text in every row ('"
              + survey.example(firstShape(survey))
              + "', ...), is taken for an identifier and left out; keep it with --categories "
              + name);
    }
    if (column.kind() != InputColumn.Kind.NUMBER || !survey.integers()) {
      return rule;
    }
    if (IDENTIFIER.matcher(name).matches()) {
      return leftOut(
          "has a different whole number in every row, is taken for an identifier and left out; keep"
              + " it with --numbers "
              + name);
    }
    boolean consecutive = survey.largest() - survey.least() == survey.rows() - 1;
    return consecutive
        ? rule.noted("counts the rows; if it is an identifier, leave it out with --drop " + name)
        : rule;
  }

  private static CellShape firstShape(ColumnSurvey survey) {
    return Arrays.stream(CellShape.values())
        .filter(s -> s != CellShape.BLANK && survey.count(s) > 0)
        .max((a, b) -> Long.compare(survey.count(a), survey.count(b)))
        .orElse(CellShape.TEXT);
  }

  /**
   * Refuses whole numbers in groups of a table that has decimal commas: each alone is a fraction.
   *
   * @param used the columns of the table with their surveys in the same order
   */
  static void refuseDisagreement(List<InputColumn> used, List<ColumnSurvey> surveys) {
    List<String> commas = new ArrayList<>();
    for (InputColumn column : used) {
      if (column.notation() == Notation.COMMA) {
        commas.add(column.name());
      }
    }
    for (int i = 0; i < used.size() && !commas.isEmpty(); i++) {
      ColumnSurvey s = surveys.get(i);
      if (used.get(i).kind() == InputColumn.Kind.NUMBER
          && used.get(i).notation() == Notation.POINT
          && s.count(CellShape.POINT_TRIPLE) > 0
          && s.count(CellShape.POINT) == 0) {
        throw unread(
            used.get(i).name(),
            s.example(CellShape.POINT_TRIPLE),
            "where the point may separate thousands, as column '"
                + commas.get(0)
                + "' has decimal commas",
            "1234.5");
      }
    }
  }
}
