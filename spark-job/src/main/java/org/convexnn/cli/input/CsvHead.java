package org.convexnn.cli.input;

import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.ErrorMessages;
import org.convexnn.cli.table.CellShape;

/**
 * What the first lines of a CSV file tell, read on the driver: that it is UTF-8, what stands between
 * cells and what the columns are called.
 *
 * @param delimiter what stands between cells
 * @param names the columns' names; those without one are called by their place, as Spark does
 */
record CsvHead(char delimiter, List<String> names) {

  /** Most bytes of a first line. */
  private static final int MOST_BYTES = 64 << 20;

  /** The bytes that are looked at, where lines are not longer. */
  private static final int BYTES = 1 << 16;

  /** Lines that delimiters and the header are judged by. */
  private static final int LINES = 50;

  private static final List<Character> DELIMITERS = List.of('\t', ';', '|', ',');

  private static final Pattern YEAR = Pattern.compile("(19|20)\\d\\d");

  /**
   * Reads the head of a file.
   *
   * @param shown the input as the user gave it
   * @throws CommandException where it is no UTF-8 text with a header
   */
  static CsvHead read(Configuration hadoop, Path file, String shown, CsvOptions options) {
    List<String> lines;
    try {
      lines = lines(hadoop, file, shown);
    } catch (IOException e) {
      throw new CommandException(
          "cannot read " + shown + " as csv: " + file + ": " + ErrorMessages.of(e), e);
    }
    if (lines.isEmpty()) {
      throw new CommandException("input " + shown + " is empty; it needs a header and rows");
    }
    return of(lines, file.getName(), shown, options);
  }

  /** Decides by the lines of a file, the first of which is not blank. */
  static CsvHead of(List<String> lines, String file, String shown, CsvOptions options) {
    char delimiter = options.delimiter().orElseGet(() -> delimiter(lines, file));
    List<List<String>> rows = cells(lines, delimiter);
    List<String> first = rows.get(0);
    if (!options.columns().isEmpty()) {
      if (options.columns().size() != first.size()) {
        throw new CommandException(
            "--columns names "
                + options.columns().size()
                + " columns, but the first line of "
                + shown
                + " has "
                + first.size()
                + " cells");
      }
      refuseDuplicates(options.columns(), "--columns");
      return new CsvHead(delimiter, options.columns());
    }
    refuseNoHeader(first, rows.subList(1, rows.size()), shown);
    refuseDuplicates(first, shown);
    return new CsvHead(
        delimiter,
        IntStream.range(0, first.size())
            .mapToObj(i -> first.get(i).isEmpty() ? "_c" + i : first.get(i))
            .toList());
  }

  private static List<String> lines(Configuration hadoop, Path file, String shown)
      throws IOException {
    int bytes = BYTES;
    while (true) {
      byte[] head = head(hadoop, file, bytes);
      boolean whole = head.length < bytes;
      String text = text(head, whole, shown);
      List<String> lines = new ArrayList<>(text.lines().toList());
      if (!whole && !lines.isEmpty()) {
        lines.remove(lines.size() - 1);
      }
      lines.removeIf(String::isBlank);
      if (!lines.isEmpty() || whole) {
        return lines.subList(0, Math.min(LINES, lines.size()));
      }
      if (bytes >= MOST_BYTES) {
        throw new CommandException(
            "cannot read " + shown + " as csv: its first line is longer than 64 MB");
      }
      bytes *= 8;
    }
  }

  private static byte[] head(Configuration hadoop, Path file, int bytes) throws IOException {
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
    try (InputStream raw = file.getFileSystem(hadoop).open(file);
        InputStream in = codec == null ? raw : codec.createInputStream(raw)) {
      return in.readNBytes(bytes);
    } catch (EOFException e) {
      throw new IOException("it ends too early; it is truncated, fetch it again", e);
    }
  }

  /** What is no UTF-8 would be read as other names, or as other numbers. */
  private static String text(byte[] head, boolean whole, String shown) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    CharBuffer text = CharBuffer.allocate(head.length);
    CoderResult result = decoder.decode(ByteBuffer.wrap(head), text, whole);
    String good = text.flip().toString();
    int zero = good.indexOf('\0');
    if (result.isError() || zero >= 0) {
      String before = good.substring(0, zero >= 0 ? zero : good.length());
      long line = 1 + before.chars().filter(c -> c == '\n').count();
      throw new CommandException(
          "cannot read "
              + shown
              + " as csv: its "
              + (line == 1 ? "first line" : "line " + line)
              + " is no UTF-8 text; convert it, for example by iconv -f LATIN1 -t UTF-8 or iconv -f"
              + " UTF-16 -t UTF-8, or rename a compressed file to end in .gz");
    }
    return good.startsWith("\uFEFF") ? good.substring(1) : good;
  }

  /**
   * The delimiter that makes most cells of the header and as many of most other lines; a tab where the
   * name says so.
   */
  private static char delimiter(List<String> lines, String file) {
    boolean tabs = file.toLowerCase(Locale.ROOT).matches(".*\\.tsv(\\.\\w+)?");
    if (tabs && lines.get(0).indexOf('\t') >= 0) {
      return '\t';
    }
    char best = ',';
    long most = 0;
    for (char delimiter : DELIMITERS) {
      List<List<String>> rows = cells(lines, delimiter);
      int width = rows.get(0).size();
      long like = rows.stream().filter(row -> row.size() == width).count();
      if (width > 1 && like * MOST_BYTES + width > most) {
        most = like * MOST_BYTES + width;
        best = delimiter;
      }
    }
    return best;
  }

  /** The cells of lines, as Spark's reader takes them apart. */
  static List<List<String>> cells(List<String> lines, char delimiter) {
    CsvParserSettings settings = new CsvParserSettings();
    settings.getFormat().setDelimiter(delimiter);
    settings.getFormat().setQuoteEscape('"');
    settings.setMaxCharsPerColumn(-1);
    settings.setMaxColumns(lines.stream().mapToInt(String::length).max().orElse(0) + 1);
    settings.setNullValue("");
    settings.setEmptyValue("");
    CsvParser parser = new CsvParser(settings);
    return lines.stream()
        .map(parser::parseLine)
        .map(
            row -> row == null ? List.<String>of() : Arrays.stream(row).map(String::strip).toList())
        .toList();
  }

  /** A first line of numbers above numbers is a row, unless they count the columns or are years. */
  private static void refuseNoHeader(List<String> first, List<List<String>> rows, String shown) {
    boolean row = false;
    for (int j = 0; j < first.size(); j++) {
      boolean valuesBelow = valuesBelow(rows, j);
      CellShape head = CellShape.of(first.get(j));
      if (head == CellShape.TEXT && valuesBelow) {
        return;
      }
      row |= isValue(head) && valuesBelow && !YEAR.matcher(first.get(j)).matches();
    }
    if (row && !count(first)) {
      throw new CommandException(
          "the first line of "
              + shown
              + " is no header ('"
              + String.join("', '", first.subList(0, Math.min(first.size(), 5)))
              + "'"
              + (first.size() > 5 ? ", ..." : "")
              + "); put a line of column names above it, or name them by --columns a,b,...");
    }
  }

  private static boolean valuesBelow(List<List<String>> rows, int column) {
    return rows.stream()
        .map(cells -> CellShape.of(column < cells.size() ? cells.get(column) : ""))
        .filter(shape -> shape != CellShape.BLANK && shape != CellShape.MARKER)
        .map(CsvHead::isValue)
        .reduce(Boolean::logicalAnd)
        .orElse(false);
  }

  private static boolean isValue(CellShape shape) {
    return switch (shape) {
      case TEXT, BLANK, MARKER, BOOLEAN -> false;
      default -> true;
    };
  }

  /** Whether the whole numbers among the cells count from 0 or 1 on, as pandas numbers columns. */
  private static boolean count(List<String> first) {
    List<Integer> numbers =
        first.stream().filter(c -> c.matches("\\d{1,6}")).map(Integer::valueOf).toList();
    return numbers.size() > 1
        && numbers.get(0) <= 1
        && IntStream.range(1, numbers.size())
            .allMatch(i -> numbers.get(i) == numbers.get(i - 1) + 1);
  }

  private static void refuseDuplicates(List<String> names, String shown) {
    Map<String, Integer> seen = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      Integer before = name.isEmpty() ? null : seen.put(name.toLowerCase(Locale.ROOT), i);
      if (before != null) {
        throw new CommandException(
            String.format(
                "columns %d and %d of %s have the same name '%s' (upper and lower case count as"
                    + " the same); rename one",
                before + 1, i + 1, shown, name));
      }
    }
  }
}
