package org.convexnn.cli.table;

import java.io.Serializable;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.ml.linalg.Vector;

/**
 * What one look over the cells of a column finds: how many of each shape with an example, the markers
 * of missing values, the different texts as long as they are few, and whether any came twice. Sums of
 * parts of a column in order are that of the whole.
 */
public final class ColumnSurvey implements Serializable {

  private static final long serialVersionUID = 1L;

  /** What Java puts in the place of bytes that are no UTF-8. */
  static final char NO_CHARACTER = '\uFFFD';

  private static final int SHAPES = CellShape.values().length;

  private final int mostTexts;
  private final int mostRemembered;
  private final long[] counts = new long[SHAPES];
  private final String[] examples = new String[SHAPES];
  private final TreeMap<String, Long> markers = new TreeMap<>();
  private final LinkedHashMap<String, Long> texts = new LinkedHashMap<>();
  private boolean counted = true;
  private HashSet<Long> remembered = new HashSet<>();
  private boolean integers = true;
  private double least = Double.POSITIVE_INFINITY;
  private double largest = Double.NEGATIVE_INFINITY;
  private int shortest = Integer.MAX_VALUE;
  private int longest;
  private long damaged;
  private int size = -1;
  private String problem;

  /**
   * A survey of no cells.
   *
   * @param mostTexts so many different texts are counted, those that come first
   * @param mostRemembered so many cells are compared with each other for being different
   */
  public ColumnSurvey(int mostTexts, int mostRemembered) {
    this.mostTexts = mostTexts;
    this.mostRemembered = mostRemembered;
  }

  /** Adds a cell of any type that tables have. */
  void add(Object cell) {
    if (cell == null) {
      add(CellShape.BLANK, null);
    } else if (cell instanceof String text) {
      addText(CellShape.trimmed(text));
    } else if (cell instanceof Number number) {
      addNumber(number.doubleValue());
    } else if (cell instanceof Boolean flag) {
      add(CellShape.BOOLEAN, flag.toString());
    } else if (cell instanceof Vector vector) {
      addSize(vector.size());
    } else if (cell instanceof scala.collection.Seq<?> array) {
      addArray(array);
    } else {
      // A date or a time: what there is to know of it, its type says.
      add(CellShape.YEAR_FIRST, null);
    }
  }

  private void addText(String text) {
    CellShape shape = CellShape.of(text);
    if (text.indexOf(NO_CHARACTER) >= 0) {
      damaged++;
    }
    add(shape, text);
    if (Notation.POINT.reads(shape)) {
      bound(Double.parseDouble(text));
    }
  }

  private void addNumber(double number) {
    CellShape shape = CellShape.of(number);
    add(shape, plain(number));
    if (Notation.POINT.reads(shape)) {
      bound(number);
    }
  }

  private void addArray(scala.collection.Seq<?> array) {
    addSize(array.length());
    for (int i = 0; i < array.length(); i++) {
      Object entry = array.apply(i);
      if (problem == null
          && !(entry instanceof Number number
              && Math.abs(number.doubleValue()) <= CellShape.MAX_NUMBER)) {
        problem = "has an array with the entry " + entry + " where finite numbers are expected";
      }
    }
  }

  private void addSize(int entries) {
    add(CellShape.TEXT, null);
    if (size >= 0 && size != entries && problem == null) {
      problem = "has an array of " + entries + " entries where earlier rows have " + size;
    }
    size = size < 0 ? entries : size;
  }

  private void add(CellShape shape, String text) {
    int i = shape.ordinal();
    counts[i]++;
    if (text == null) {
      return;
    }
    if (examples[i] == null) {
      examples[i] = text;
    }
    if (shape == CellShape.BLANK) {
      return;
    }
    if (shape == CellShape.MARKER) {
      markers.merge(text, 1L, Long::sum);
    }
    shortest = Math.min(shortest, text.length());
    longest = Math.max(longest, text.length());
    count(text, 1);
    remember(text);
  }

  private void bound(double number) {
    integers &= number == Math.rint(number);
    if (!integers && count(CellShape.TEXT) == 0) {
      // Fractions are no identifiers.
      remembered = null;
    }
    least = Math.min(least, number);
    largest = Math.max(largest, number);
  }

  private void count(String text, long times) {
    if (texts.size() < mostTexts || texts.containsKey(text)) {
      texts.merge(text, times, Long::sum);
    } else {
      counted = false;
    }
  }

  /** Remembers a text by 64 bits of it, until two are equal. */
  private void remember(String text) {
    if (remembered != null && remembered.size() < mostRemembered && !remembered.add(hash(text))) {
      remembered = null;
    }
  }

  private static long hash(String text) {
    long h = text.length();
    for (int i = 0; i < text.length(); i++) {
      h = (h ^ text.charAt(i)) * 0x9E3779B97F4A7C15L;
      h ^= h >>> 29;
    }
    return h;
  }

  /** Adds the survey of the cells that come after these. */
  ColumnSurvey merge(ColumnSurvey other) {
    for (int i = 0; i < SHAPES; i++) {
      counts[i] += other.counts[i];
      examples[i] = examples[i] == null ? other.examples[i] : examples[i];
    }
    other.markers.forEach((text, n) -> markers.merge(text, n, Long::sum));
    other.texts.forEach(this::count);
    counted &= other.counted;
    mergeRemembered(other.remembered);
    integers &= other.integers;
    least = Math.min(least, other.least);
    largest = Math.max(largest, other.largest);
    shortest = Math.min(shortest, other.shortest);
    longest = Math.max(longest, other.longest);
    damaged += other.damaged;
    if (problem == null) {
      problem =
          size >= 0 && other.size >= 0 && size != other.size
              ? "has an array of " + other.size + " entries where earlier rows have " + size
              : other.problem;
    }
    size = size < 0 ? other.size : size;
    return this;
  }

  private void mergeRemembered(Set<Long> more) {
    if (remembered == null || more == null) {
      remembered = null;
      return;
    }
    for (long hash : more) {
      if (!remembered.add(hash)) {
        remembered = null;
        return;
      }
    }
  }

  /** The number of cells of a shape. */
  long count(CellShape shape) {
    return counts[shape.ordinal()];
  }

  /** The number of cells of these shapes. */
  long count(CellShape first, CellShape... more) {
    long sum = count(first);
    for (CellShape shape : more) {
      sum += count(shape);
    }
    return sum;
  }

  /** All cells. */
  long rows() {
    long sum = 0;
    for (long n : counts) {
      sum += n;
    }
    return sum;
  }

  /** The cells that hold something, be it a marker. */
  long filled() {
    return rows() - count(CellShape.BLANK);
  }

  /** The cells that hold a value. */
  long valued() {
    return filled() - count(CellShape.MARKER);
  }

  /** The number of cells that this notation reads. */
  long read(Notation notation) {
    long sum = 0;
    for (CellShape shape : CellShape.values()) {
      sum += notation.reads(shape) ? count(shape) : 0;
    }
    return sum;
  }

  /** The first cell of a shape. */
  String example(CellShape shape) {
    return examples[shape.ordinal()];
  }

  /** Markers of missing values with their numbers of cells. */
  Map<String, Long> markers() {
    return Collections.unmodifiableMap(markers);
  }

  /** Whether the different texts were few enough for all of them to be counted. */
  boolean counted() {
    return counted;
  }

  /** The different texts, blanks aside, with their numbers of cells: all, or those that came first. */
  Map<String, Long> texts() {
    return Collections.unmodifiableMap(texts);
  }

  /** Whether no two cells that were compared are equal, none is blank, and those are many. */
  boolean allDifferent() {
    return remembered != null && valued() == rows() && rows() >= ColumnRule.MANY_ROWS;
  }

  /** Whether all numbers are whole. */
  boolean integers() {
    return integers;
  }

  double least() {
    return least;
  }

  double largest() {
    return largest;
  }

  /** Whether all texts have one length. */
  boolean oneLength() {
    return shortest == longest;
  }

  /** The cells with bytes that were no UTF-8. */
  long damaged() {
    return damaged;
  }

  /** The entries of each vector or array; 0 where all are null. */
  int size() {
    return Math.max(size, 0);
  }

  /** What is wrong with the arrays, if anything. */
  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** A number as people write it. */
  static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
