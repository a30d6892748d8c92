package org.convexnn.cli.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.Suggestions;

/**
 * The columns of raw tables that a model reads.
 *
 * <p>It is stored in the first stage of the saved pipeline, a SQLTransformer: as the statement, and
 * as JSON in a comment of it. So a saved model holds nothing but MLlib's own stages and the
 * network, and still knows what it needs.
 *
 * @param label the column that was learnt
 * @param columns the columns that features come from
 * @param offset the column that offsets come from, where there is one
 */
public record InputLayout(String label, List<InputColumn> columns, Optional<OffsetColumn> offset) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern COMMENT =
      Pattern.compile("/\\* convexnn (\\{.*}) \\*/", Pattern.DOTALL);
  private static final String STAGE = "in";

  /** The array of the numbers of columns that are read together; inner names begin otherwise. */
  private static final String NUMBERS = "convexnn_numbers";

  /** Most entries of a vector that a saved model may ask for. */
  private static final int MOST_ENTRIES = 100_000_000;

  /** Without offsets. */
  InputLayout(String label, List<InputColumn> columns) {
    this(label, columns, Optional.empty());
  }

  /** Copies the list. */
  public InputLayout {
    columns = List.copyOf(columns);
  }

  /** The name of column i once the statement has read it. */
  String innerName(int i) {
    return columns.get(i).innerName(STAGE, i);
  }

  /** The names of all columns that the statement makes. */
  public List<String> innerNames() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      names.add(innerName(i));
      names.addAll(derivedNames(i));
    }
    offset.ifPresent(o -> names.add(RowColumns.OFFSET));
    return names;
  }

  /** The names of the numbers that the statement makes of column i beside that. */
  List<String> derivedNames(int i) {
    InputColumn column = columns.get(i);
    return column.kind() == InputColumn.Kind.ARRAY
        ? IntStream.range(0, column.size())
            .mapToObj(entry -> column.innerName("entry" + entry, i))
            .toList()
        : column.parts().stream().map(part -> column.innerName(part.toString(), i)).toList();
  }

  private List<String> derived(int i) {
    InputColumn column = columns.get(i);
    String read = Sql.name(innerName(i));
    return column.kind() == InputColumn.Kind.ARRAY
        ? column.entries(read)
        : column.parts().stream().map(part -> part.sql(read)).toList();
  }

  /** The columns of numbers that are read together. */
  NumberColumns together() {
    return NumberColumns.of(columns);
  }

  /** The statement: the whole table, and beside it the clean columns of each input. */
  String statement() {
    StringBuilder read = new StringBuilder("SELECT *");
    StringBuilder derived = new StringBuilder();
    NumberColumns together = together();
    int next = 0;
    if (!together.columns().isEmpty()) {
      append(read, together.numbers(), NUMBERS);
    }
    for (int i = 0; i < columns.size(); i++) {
      if (together.holds(columns.get(i))) {
        append(derived, "get(" + NUMBERS + ", " + next++ + ")", innerName(i));
      } else {
        append(read, columns.get(i).expression(), innerName(i));
      }
      List<String> sql = derived(i);
      List<String> names = derivedNames(i);
      for (int k = 0; k < sql.size(); k++) {
        append(derived, sql.get(k), names.get(k));
      }
    }
    offset.ifPresent(o -> append(read, o.expression(), RowColumns.OFFSET));
    read.append("\nFROM __THIS__");
    return (derived.isEmpty() ? read : "SELECT *" + derived + "\nFROM (" + read + ")")
        + " /* convexnn "
        + json()
        + " */";
  }

  private static void append(StringBuilder sql, String expression, String name) {
    sql.append(",\n  ").append(expression).append(" AS ").append(Sql.name(name));
  }

  private String json() {
    ObjectNode root = JSON.createObjectNode().put("label", label);
    offset.ifPresent(o -> root.put("offset", o.name()).put("logarithmOfOffset", o.logarithm()));
    var array = root.putArray("columns");
    for (InputColumn c : columns) {
      ObjectNode column =
          array
              .addObject()
              .put("name", c.name())
              .put("kind", c.kind().toString())
              .put("size", c.size())
              .put("notation", c.notation().toString());
      ArrayNode parts = column.putArray("parts");
      c.parts().forEach(part -> parts.add(part.toString()));
    }
    // A star could end the comment, a dollar starts one of Spark's variables, and the statement's
    // table is between underscores.
    return root.toString()
        .replace("*", "\\u002a")
        .replace("$", "\\u0024")
        .replace("__", "\\u005f_");
  }

  /** Reads the layout back from a statement, if it carries one. */
  static Optional<InputLayout> parse(String statement) {
    Matcher matcher = COMMENT.matcher(statement);
    if (!matcher.find()) {
      return Optional.empty();
    }
    try {
      JsonNode root = JSON.readTree(matcher.group(1));
      List<InputColumn> columns = new ArrayList<>();
      for (JsonNode c : root.path("columns")) {
        columns.add(column(c));
      }
      Optional<OffsetColumn> offset =
          root.has("offset")
              ? Optional.of(
                  new OffsetColumn(
                      text(root, "offset"), root.path("logarithmOfOffset").asBoolean()))
              : Optional.empty();
      return Optional.of(new InputLayout(text(root, "label"), columns, offset));
    } catch (JsonProcessingException e) {
      throw new CommandException("the model's layout is damaged: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new CommandException("the model's layout is damaged: " + e.getMessage(), e);
    }
  }

  /** Models of earlier versions say nothing of notation and parts. */
  private static InputColumn column(JsonNode c) {
    InputColumn plain =
        new InputColumn(text(c, "name"), InputColumn.Kind.valueOf(upper(text(c, "kind"))), size(c));
    List<TimePart> parts = new ArrayList<>();
    c.path("parts").forEach(part -> parts.add(TimePart.valueOf(upper(part.asText()))));
    Notation notation =
        c.has("notation") ? Notation.valueOf(upper(text(c, "notation"))) : plain.notation();
    return new InputColumn(plain.name(), plain.kind(), plain.size(), notation, parts);
  }

  private static String text(JsonNode of, String field) {
    JsonNode value = of.path(field);
    if (!value.isTextual()) {
      throw new IllegalArgumentException(field + " is missing");
    }
    return value.asText();
  }

  private static int size(JsonNode column) {
    JsonNode size = column.path("size");
    if (!size.canConvertToInt() || size.asInt() < 0 || size.asInt() > MOST_ENTRIES) {
      throw new IllegalArgumentException("size is missing");
    }
    return size.asInt();
  }

  private static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  /** The size of the vectors that LIBSVM files must have, where the model reads one. */
  public OptionalInt vectorSize() {
    return columns.stream()
        .filter(c -> c.kind() == InputColumn.Kind.VECTOR)
        .mapToInt(InputColumn::size)
        .findFirst();
  }

  /** Refuses a table that lacks a column, naming it. */
  public void require(Iterable<String> present, String path) {
    List<String> names = new ArrayList<>();
    present.forEach(names::add);
    List<String> missing =
        Stream.concat(
                columns.stream().map(InputColumn::name), offset.stream().map(OffsetColumn::name))
            .filter(c -> names.stream().noneMatch(c::equalsIgnoreCase))
            .toList();
    if (!missing.isEmpty()) {
      throw new CommandException(
          (missing.size() == 1 ? "column '" : "columns '")
              + Suggestions.listed(missing).replace(", ", "', '")
              + "' that the model needs "
              + (missing.size() == 1 ? "is" : "are")
              + " not in "
              + path
              + Suggestions.didYouMean(missing.get(0), names)
              + " (its columns: "
              + Suggestions.listed(names)
              + ")");
    }
  }
}
