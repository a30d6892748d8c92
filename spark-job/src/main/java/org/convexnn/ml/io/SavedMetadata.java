package org.convexnn.ml.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamPair;
import org.apache.spark.ml.param.Params;

/**
 * The metadata of a saved estimator or model: one line of JSON in {@code metadata/}, as MLlib lays
 * it out (so that Pipeline and PipelineModel can load what they contain), with a format version.
 *
 * <p>Uses Spark's public API alone, which is the same from Spark 3.5 to 4.1; MLlib's own reader and
 * writer are internal and change.
 */
public final class SavedMetadata {

  /** The newest format that is written and read. */
  static final int FORMAT_VERSION = 2;

  private static final String DIRECTORY = "metadata";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String path;
  private final JsonNode content;

  private SavedMetadata(String path, JsonNode content) {
    this.path = path;
    this.content = content;
  }

  /** An empty JSON object for {@code extra} of {@link #write}. */
  public static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** A record as JSON. */
  public static JsonNode json(Record value) {
    return JSON.valueToTree(value);
  }

  /**
   * Writes the metadata.
   *
   * @param library the version of the library that writes it
   * @param extra further fields at the top level
   */
  public static void write(Storage storage, Params params, String library, ObjectNode extra) {
    ObjectNode content =
        JSON.createObjectNode()
            .put("class", params.getClass().getName())
            .put("timestamp", System.currentTimeMillis())
            .put("sparkVersion", storage.session().version())
            .put("uid", params.uid())
            .put("formatVersion", FORMAT_VERSION)
            .put("libraryVersion", library);
    ObjectNode set = content.putObject("paramMap");
    ObjectNode defaults = content.putObject("defaultParamMap");
    for (Param<?> param : params.params()) {
      put(params, param, set, defaults);
    }
    content.setAll(extra);
    storage.writeText(DIRECTORY, List.of(content.toString()));
  }

  private static <T> void put(Params params, Param<T> param, ObjectNode set, ObjectNode defaults) {
    if (params.isSet(param)) {
      set.set(param.name(), parse(param.jsonEncode(params.get(param).get())));
    }
    if (params.hasDefault(param)) {
      defaults.set(param.name(), parse(param.jsonEncode(params.getDefault(param).get())));
    }
  }

  private static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a Param was encoded as '" + json + "', not JSON", e);
    }
  }

  /**
   * Reads the metadata of an object of this class.
   *
   * @throws IllegalArgumentException when there is none, when it is of another class or written in
   *     a newer format
   */
  public static SavedMetadata read(Storage storage, Class<?> type) {
    SavedMetadata metadata = read(storage);
    String path = storage.path();
    String saved = metadata.text("class");
    if (!saved.equals(type.getName())) {
      throw new IllegalArgumentException(
          "'"
              + path
              + "' holds a "
              + saved
              + ", not a "
              + type.getName()
              + "; load it with that class");
    }
    int version = (int) metadata.number("formatVersion");
    if (version > FORMAT_VERSION || version < 1) {
      throw new IllegalArgumentException(
          "'"
              + path
              + "' is written in format "
              + version
              + ", this library reads formats up to "
              + FORMAT_VERSION
              + metadata.newerLibrary());
    }
    return metadata;
  }

  private String newerLibrary() {
    return ": load it with the version that wrote it ("
        + content.path("libraryVersion").asText("unknown")
        + ") or a newer one";
  }

  /** Whether there are metadata. */
  public static boolean isIn(Storage storage) {
    return storage.readText(DIRECTORY).isPresent();
  }

  /** Whether the path holds an object of this class; an object there must be. */
  public static boolean holds(Storage storage, Class<?> type) {
    return read(storage).text("class").equals(type.getName());
  }

  /** Reads the metadata of an object of any class. */
  static SavedMetadata read(Storage storage) {
    String path = storage.path();
    List<String> lines =
        storage
            .readText(DIRECTORY)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "nothing saved by Spark ML at '"
                            + path
                            + "': it has no metadata; check the path"));
    return new SavedMetadata(path, parse(path, lines));
  }

  private static JsonNode parse(String path, List<String> lines) {
    try {
      JsonNode node = JSON.readTree(String.join("\n", lines));
      if (node.isObject()) {
        return node;
      }
    } catch (JsonProcessingException e) {
      throw new CorruptFileException(path, "its metadata is not JSON", e);
    }
    throw new CorruptFileException(path, "its metadata is not a JSON object");
  }

  /** The uid. */
  public String uid() {
    return text("uid");
  }

  /** A text at the top level. */
  String text(String field) {
    JsonNode node = node(field);
    if (!node.isTextual()) {
      throw damaged(field);
    }
    return node.asText();
  }

  /** A number at the top level. */
  double number(String field) {
    JsonNode node = node(field);
    if (!node.isNumber()) {
      throw damaged(field);
    }
    return node.asDouble();
  }

  /** A node at the top level. */
  JsonNode node(String field) {
    JsonNode node = content.path(field);
    if (node.isMissingNode()) {
      throw damaged(field);
    }
    return node;
  }

  /** A record at the top level, where there is one. */
  public <T extends Record> Optional<T> optional(String field, Class<T> type) {
    try {
      return content.has(field)
          ? Optional.of(JSON.treeToValue(content.get(field), type))
          : Optional.empty();
    } catch (JsonProcessingException e) {
      throw damaged(field, e);
    }
  }

  /** The value of a Param that was set. */
  JsonNode param(String name) {
    JsonNode value = node("paramMap").path(name);
    if (value.isMissingNode()) {
      throw damaged("paramMap." + name);
    }
    return value;
  }

  /** The error for a field that is missing or of the wrong kind. */
  CorruptFileException damaged(String field) {
    return damaged(field, null);
  }

  /** The error for a field that is missing or of the wrong kind. */
  CorruptFileException damaged(String field, Throwable cause) {
    return new CorruptFileException(
        path, "in its metadata field '" + field + "' is missing or wrong", cause);
  }

  /** Sets the Params and defaults that were saved. */
  public void apply(Params params) {
    for (Map.Entry<String, JsonNode> entry : node("defaultParamMap").properties()) {
      ParamPair<Object> pair = pair(params, entry.getKey(), entry.getValue());
      params.setDefault(pair.param(), pair.value());
    }
    for (Map.Entry<String, JsonNode> entry : node("paramMap").properties()) {
      params.set(pair(params, entry.getKey(), entry.getValue()));
    }
  }

  private ParamPair<Object> pair(Params params, String name, JsonNode value) {
    if (!params.hasParam(name)) {
      throw new IllegalArgumentException(
          "'"
              + path
              + "' has a value for the parameter '"
              + name
              + "', which "
              + params.getClass().getSimpleName()
              + " does not have"
              + newerLibrary());
    }
    Param<Object> param = params.getParam(name);
    try {
      return param.w(param.jsonDecode(value.toString()));
    } catch (RuntimeException e) {
      throw new CorruptFileException(
          path,
          "its metadata has " + value + " for the parameter '" + name + "': " + e.getMessage(),
          e);
    }
  }
}
