package org.convexnn.ml.io;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * What MLlib saved of one stage or pipeline, read as data. No class that it names is loaded: MLlib's
 * own loaders call whatever class of the class path a file names, in its metadata or as the type of a
 * column.
 */
public final class SavedStage {

  private final Storage storage;
  private final SavedMetadata metadata;

  private SavedStage(Storage storage, SavedMetadata metadata) {
    this.storage = storage;
    this.metadata = metadata;
  }

  /**
   * Reads the metadata in a folder.
   *
   * @throws IllegalArgumentException where there are none, or damaged ones
   */
  public static SavedStage read(SparkSession session, String path) {
    Storage storage = new SparkStorage(session, path);
    return new SavedStage(storage, SavedMetadata.read(storage));
  }

  /** The name of its class. */
  public String className() {
    return metadata.text("class");
  }

  /**
   * A text that is set as Param.
   *
   * @throws IllegalArgumentException where there is none
   */
  public String text(String param) {
    return text(param, metadata.param(param));
  }

  /**
   * An array of texts that is set as Param.
   *
   * @throws IllegalArgumentException where there is none
   */
  public List<String> texts(String param) {
    JsonNode value = metadata.param(param);
    if (!value.isArray()) {
      throw metadata.damaged(param);
    }
    List<String> texts = new ArrayList<>();
    value.forEach(element -> texts.add(text(param, element)));
    return texts;
  }

  private String text(String param, JsonNode value) {
    if (!value.isTextual()) {
      throw metadata.damaged(param);
    }
    return value.asText();
  }

  /**
   * The rows of its table.
   *
   * @param schema columns that are read; one that the table does not have is null
   * @throws IllegalArgumentException where there is no table, or a damaged one
   */
  public List<Row> rows(StructType schema) {
    return SavedTable.read(storage, "data", schema);
  }

  /** The error for a stage that is not as it was written. */
  public IllegalArgumentException damage(String what) {
    return new CorruptFileException(storage.path(), what);
  }
}
