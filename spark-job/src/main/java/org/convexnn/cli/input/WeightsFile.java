package org.convexnn.cli.input;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.ErrorMessages;
import org.convexnn.cli.message.Suggestions;
import org.convexnn.network.ReluNetwork;

/**
 * A two-layer ReLU network in a JSON file, in one of two forms:
 *
 * <pre>
 * {"W1": [[..], ..], "b1": [..], "W2": [[..], ..], "b2": [..]}      and "skip", a linear term, if any
 * {"layers": [d, m, C], "weights": [..], "activation": "relu"}      the flat vector of MLlib's perceptron:
 *                                        W1 by columns (d x m row-major), b1, W2 likewise, b2</pre>
 *
 * In the first form matrices are lists of rows: W1 is m x d, W2 is C x m and skip C x d (outputs first,
 * as most frameworks have them), or all are transposed (inputs first). Which one their shapes tell,
 * unless all are square. Of one output W2 and skip may be plain lists and b2 a number.
 */
public final class WeightsFile {

  /** How matrices are laid out. */
  public enum Orientation {
    /** By their shapes. */
    AUTO,
    /** W1 is m x d. */
    OUTPUTS_FIRST,
    /** W1 is d x m. */
    INPUTS_FIRST;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final String ACTIVATION = "activation";
  private static final List<String> MATRICES = List.of("W1", "b1", "W2", "b2", "skip", ACTIVATION);
  private static final List<String> FLAT = List.of("layers", "weights", ACTIVATION);
  private static final int MOST_ZEROS = 20_000_000;
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          // A NaN gets a message that says where it is.
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String file;
  private final Orientation wanted;
  private final JsonNode root;

  private WeightsFile(String file, Orientation wanted, JsonNode root) {
    this.file = file;
    this.wanted = wanted;
    this.root = root;
  }

  /**
   * Reads a network.
   *
   * @param hadoop for the file system of the path
   * @param file path of the file
   * @param wanted how its matrices are laid out
   */
  public static ReluNetwork read(Configuration hadoop, String file, Orientation wanted) {
    try {
      Path path = new Path(file);
      FileSystem files = path.getFileSystem(hadoop);
      if (!files.exists(path)) {
        throw new CommandException("weights file " + file + " does not exist; check the path");
      }
      try (InputStream in = files.open(path)) {
        return new WeightsFile(file, wanted, JSON.readTree(in)).network();
      }
    } catch (JsonProcessingException e) {
      throw new CommandException(
          "weights file "
              + file
              + " is no JSON: "
              + e.getOriginalMessage().lines().findFirst().orElse("")
              + (e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr()),
          e);
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandException(
          "cannot read weights file " + file + ": " + ErrorMessages.of(e), e);
    }
  }

  private CommandException refused(String what) {
    return new CommandException("weights file " + file + ": " + what);
  }

  private ReluNetwork network() {
    if (!root.isObject()) {
      throw refused("it must hold an object {\"W1\": .., \"b1\": .., \"W2\": .., \"b2\": ..}");
    }
    boolean flat = root.has("layers") || root.has("weights");
    List<String> known = flat ? FLAT : MATRICES;
    root.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                throw refused(
                    "unknown key '"
                        + key
                        + "'"
                        + Suggestions.didYouMean(key, known)
                        + " (known: "
                        + String.join(", ", known)
                        + ")");
              }
            });
    checkActivation(flat);
    return flat ? ofVector() : ofMatrices();
  }

  private void checkActivation(boolean flat) {
    String activation = root.path(ACTIVATION).asText("").toLowerCase(Locale.ROOT);
    boolean silent = !root.has(ACTIVATION) && !flat;
    if (!silent && !activation.equals("relu")) {
      throw refused(
          (root.has(ACTIVATION)
                  ? "key 'activation' is '" + root.get(ACTIVATION).asText() + "'"
                  : "key 'activation' is missing beside 'weights'")
              + "; only ReLU networks can be certified, which say \"activation\": \"relu\" (the"
              + " perceptron of MLlib is a sigmoid network and cannot be)");
    }
  }

  private JsonNode required(String key) {
    JsonNode node = root.get(key);
    if (node == null || node.isNull()) {
      throw refused(
          "key '"
              + key
              + "' is missing"
              + (key.startsWith("b") ? "; give zeros where there are no biases" : ""));
    }
    return node;
  }

  private double number(String where, JsonNode node) {
    if (!node.isNumber()) {
      throw refused(where + " is " + node + "; it must be a number");
    }
    double value = node.asDouble();
    if (!Double.isFinite(value)) {
      throw refused(where + " is " + value + "; all weights must be finite");
    }
    return value;
  }

  private double[] vector(String key) {
    JsonNode node = required(key);
    if (!node.isArray()) {
      throw refused(
          "key '" + key + "' is " + node.getNodeType() + "; it must be a list of numbers");
    }
    double[] values = new double[node.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(key + "[" + i + "]", node.get(i));
    }
    return values;
  }

  private ReluNetwork ofVector() {
    double[] layers = vector("layers");
    if (layers.length != 3 || Arrays.stream(layers).anyMatch(n -> n < 1 || n != Math.rint(n))) {
      throw refused(
          "key 'layers' is "
              + root.get("layers")
              + "; a network of one hidden layer has three sizes [d, m, C], positive integers");
    }
    double[] weights = vector("weights");
    double expected = (layers[0] + 1) * layers[1] + (layers[1] + 1) * layers[2];
    if (weights.length != expected) {
      throw refused(
          "key 'weights' has "
              + weights.length
              + " numbers; layers "
              + root.get("layers")
              + " have "
              + String.format(Locale.ROOT, "%.0f", expected)
              + ": (d + 1) m + (m + 1) C");
    }
    int d = (int) layers[0];
    int m = (int) layers[1];
    int c = (int) layers[2];
    int first = (d + 1) * m;
    return new ReluNetwork(
        Arrays.copyOf(weights, d * m),
        Arrays.copyOfRange(weights, d * m, first),
        Arrays.copyOfRange(weights, first, first + m * c),
        Arrays.copyOfRange(weights, first + m * c, weights.length),
        noSkip(d, c));
  }

  /** The linear term of a network that has none: d x C zeros, more than all its weights may be. */
  private double[] noSkip(int d, int c) {
    if ((long) d * c > MOST_ZEROS) {
      throw refused(
          "a network of "
              + d
              + " inputs and "
              + c
              + " outputs is too large to be certified: inputs x outputs may be "
              + MOST_ZEROS);
    }
    return new double[d * c];
  }

  /** A list of rows of one length. */
  private record Matrix(String key, int rows, int columns, double[] values) {

    boolean is(int r, int c) {
      return rows == r && columns == c;
    }

    double[] transposed() {
      double[] t = new double[values.length];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          t[j * rows + i] = values[i * columns + j];
        }
      }
      return t;
    }

    @Override
    public String toString() {
      return key + " is " + rows + " x " + columns;
    }
  }

  private ReluNetwork ofMatrices() {
    double[] b1 = vector("b1");
    double[] b2 =
        required("b2").isNumber() ? new double[] {number("b2", root.get("b2"))} : vector("b2");
    int m = b1.length;
    int c = b2.length;
    if (m == 0 || c == 0) {
      throw refused("key '" + (m == 0 ? "b1" : "b2") + "' is an empty list");
    }
    Matrix w1 = matrix("W1", false, c);
    Matrix w2 = matrix("W2", true, c);
    int d = w1.rows == m ? w1.columns : w1.rows;
    boolean first = w1.is(m, d) && w2.is(c, m);
    boolean last = w1.is(d, m) && w2.is(m, c);
    // A plain list of one output fits both.
    boolean either =
        c == 1 && w2.values.length == m && w2.rows == 1 && root.get("W2").get(0).isNumber();
    first |= either && w1.is(m, d);
    last |= either && w1.is(d, m);
    if (!first && !last) {
      throw refused(
          w1
              + " and "
              + w2
              + "; with "
              + m
              + " numbers in b1 and "
              + c
              + " in b2 they must be "
              + m
              + " x d and "
              + c
              + " x "
              + m
              + ", or both transposed");
    }
    if (first && last && wanted == Orientation.AUTO) {
      throw refused(
          w1
              + " and "
              + w2
              + ", which may be outputs first or inputs first; say which with --orientation"
              + " outputs-first or inputs-first");
    }
    boolean outputsFirst = wanted == Orientation.AUTO ? first : wanted == Orientation.OUTPUTS_FIRST;
    if (outputsFirst ? !first : !last) {
      throw refused(
          "--orientation is " + wanted + ", but " + w1 + " and " + w2 + " are the other way round");
    }
    double[] skip = root.has("skip") ? skip(d, c, outputsFirst) : noSkip(d, c);
    return new ReluNetwork(
        outputsFirst ? w1.transposed() : w1.values,
        b1,
        outputsFirst && !either ? w2.transposed() : w2.values,
        b2,
        skip);
  }

  private double[] skip(int d, int c, boolean outputsFirst) {
    Matrix skip = matrix("skip", true, c);
    boolean list = c == 1 && skip.values.length == d;
    if (!list && !(outputsFirst ? skip.is(c, d) : skip.is(d, c))) {
      throw refused(
          skip + "; it must be " + (outputsFirst ? c + " x " + d : d + " x " + c) + " like W1");
    }
    return outputsFirst ? skip.transposed() : skip.values;
  }

  /** A list of rows, or with one output a plain list, as one row. */
  private Matrix matrix(String key, boolean mayBeList, int outputs) {
    JsonNode node = required(key);
    boolean list = node.isArray() && !node.isEmpty() && node.get(0).isNumber();
    if (list && mayBeList && outputs == 1) {
      double[] values = vector(key);
      return new Matrix(key, 1, values.length, values);
    }
    if (!node.isArray() || node.isEmpty() || !node.get(0).isArray()) {
      throw refused("key '" + key + "' must be a list of rows, each a list of numbers, [[..], ..]");
    }
    int rows = node.size();
    int columns = node.get(0).size();
    for (int i = 0; i < rows; i++) {
      JsonNode row = node.get(i);
      if (!row.isArray() || row.size() != columns) {
        throw refused(
            key
                + "["
                + i
                + "] has "
                + row.size()
                + " numbers, "
                + key
                + "[0] has "
                + columns
                + "; all rows must be of one length");
      }
    }
    double[] values = new double[Math.multiplyExact(rows, columns)];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        values[i * columns + j] = number(key + "[" + i + "][" + j + "]", node.get(i).get(j));
      }
    }
    return new Matrix(key, rows, columns, values);
  }
}
