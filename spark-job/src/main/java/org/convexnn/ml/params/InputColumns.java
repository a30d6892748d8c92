package org.convexnn.ml.params;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.BinaryAttribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.UserDefinedType;

/**
 * The columns of a schema that training reads: checked with messages that name column, type and
 * remedy, and their ML attributes.
 *
 * @param schema the data set's schema
 */
public record InputColumns(StructType schema) {

  private StructField field(String role, String param, String name) {
    if (!Arrays.asList(schema.fieldNames()).contains(name)) {
      throw new IllegalArgumentException(
          role
              + " column '"
              + name
              + "' does not exist: the data set has "
              + String.join(", ", schema.fieldNames())
              + "; set "
              + param);
    }
    return schema.apply(name);
  }

  /** Refuses a features column that is missing or holds neither vectors nor arrays of numbers. */
  public void checkFeatures(String name) {
    DataType type = field("features", "featuresCol", name).dataType();
    boolean numbers = type instanceof ArrayType array && array.elementType() instanceof NumericType;
    if (!numbers && !type.equals(SQLDataTypes.VectorType())) {
      throw new IllegalArgumentException(
          "features column '"
              + name
              + "' has the type "
              + type.simpleString()
              + ", not vector or array of numbers: name numeric columns in featuresCols, or assemble"
              + " them with VectorAssembler");
    }
  }

  /** Refuses one of several feature columns that is missing or not numeric. */
  public void checkFeature(String name) {
    checkNumeric(
        "feature",
        "featuresCols",
        name,
        "index strings with StringIndexer, cast booleans to double");
  }

  /** Refuses a label column that is missing or not numeric. */
  public void checkLabel(String name, String remedy) {
    checkNumeric("label", "labelCol", name, remedy);
  }

  /** Refuses a weight column that is missing or not numeric. */
  public void checkWeight(String name) {
    checkNumeric("weight", "weightCol", name, "cast it to double");
  }

  /** Refuses an offset column that is missing or not numeric. */
  public void checkOffset(String name) {
    checkNumeric("offset", "offsetCol", name, "cast it to double");
  }

  /** Refuses a column of marks that is missing or not boolean. */
  public void checkValidationIndicator(String name) {
    DataType type = field("validation indicator", "validationIndicatorCol", name).dataType();
    if (!type.equals(DataTypes.BooleanType)) {
      throw new IllegalArgumentException(
          "validation indicator column '"
              + name
              + "' has the type "
              + type.simpleString()
              + ", not boolean: true marks the rows that are held out; cast it, or compare it with a"
              + " value");
    }
  }

  /** Refuses a column of groups that is missing, or of values that have parts. */
  public void checkFold(String name) {
    DataType type = field("fold", "foldCol", name).dataType();
    if (type instanceof ArrayType
        || type instanceof MapType
        || type instanceof StructType
        || type instanceof UserDefinedType) {
      throw new IllegalArgumentException(
          "fold column '"
              + name
              + "' has the type "
              + type.simpleString()
              + ": each value names a group; use a column of strings or integers");
    }
  }

  /**
   * Refuses output columns that are there already or have one name.
   *
   * @param outputs column by Param, in order; the empty string = not wanted
   */
  public void checkOutputs(Map<String, String> outputs) {
    Map<String, String> params = new HashMap<>();
    outputs.forEach(
        (param, name) -> {
          if (name.isEmpty()) {
            return;
          }
          if (Arrays.asList(schema.fieldNames()).contains(name)) {
            throw new IllegalArgumentException(
                param
                    + " is '"
                    + name
                    + "', a column that the data set has already: drop that column, or set "
                    + param
                    + " to another name");
          }
          String other = params.put(name, param);
          if (other != null) {
            throw new IllegalArgumentException(
                other
                    + " and "
                    + param
                    + " are both '"
                    + name
                    + "': give each column its own name");
          }
        });
  }

  /** Refuses features of which the ML attributes tell another number than the model was trained on. */
  public void checkSize(String features, int expected) {
    int size = AttributeGroup.fromStructField(schema.apply(features)).size();
    if (size >= 0 && size != expected) {
      throw new IllegalArgumentException(
          "features column '"
              + features
              + "' has "
              + size
              + " features by its metadata, the model was trained on "
              + expected
              + ": use the same feature columns as in training");
    }
  }

  private void checkNumeric(String role, String param, String name, String remedy) {
    DataType type = field(role, param, name).dataType();
    if (!(type instanceof NumericType)) {
      throw new IllegalArgumentException(
          role
              + " column '"
              + name
              + "' has the type "
              + type.simpleString()
              + ", not a numeric one: "
              + remedy);
    }
  }

  /** The number of classes that the label column's ML attribute tells. */
  public OptionalInt classes(String label) {
    Attribute attribute = Attribute.fromStructField(schema.apply(label));
    if (attribute instanceof NominalAttribute nominal && nominal.getNumValues().isDefined()) {
      return OptionalInt.of((int) nominal.getNumValues().get());
    }
    return attribute instanceof BinaryAttribute ? OptionalInt.of(2) : OptionalInt.empty();
  }

  /** The names that the label column's ML attribute gives classes, by number; empty where it has none. */
  public List<String> classNames(String label) {
    Attribute attribute = Attribute.fromStructField(schema.apply(label));
    return attribute instanceof NominalAttribute nominal && nominal.values().isDefined()
        ? List.of(nominal.values().get())
        : List.of();
  }

  /** How a message names class k: by its number and, where the ML attribute tells it, its name. */
  public String className(String label, int k) {
    List<String> names = classNames(label);
    return k < names.size() ? k + " ('" + names.get(k) + "')" : Integer.toString(k);
  }

  /** The names that the features column's ML attributes give its entries. */
  public IntFunction<Optional<String>> featureNames(String features) {
    StructField field = schema.apply(features);
    return j -> {
      AttributeGroup group = AttributeGroup.fromStructField(field);
      if (group.attributes().isEmpty() || j >= group.attributes().get().length) {
        return Optional.empty();
      }
      scala.Option<String> name = group.getAttr(j).name();
      return name.isDefined() ? Optional.of(name.get()) : Optional.empty();
    };
  }

  /**
   * The number of codes of categories that each entry of the features column may hold by its ML
   * attributes, 0 of numbers; empty where there are none.
   */
  public int[] codes(String features) {
    AttributeGroup group = AttributeGroup.fromStructField(schema.apply(features));
    return group.attributes().isEmpty()
        ? new int[0]
        : Arrays.stream(group.attributes().get()).mapToInt(InputColumns::codes).toArray();
  }

  /** The number of codes of categories that a column of numbers may hold by its ML attribute; 0 of numbers. */
  public int codesOfNumber(String column) {
    return codes(Attribute.fromStructField(schema.apply(column)));
  }

  /** The number of entries of the features column, -1 where its ML attributes do not tell. */
  public int size(String features) {
    return AttributeGroup.fromStructField(schema.apply(features)).size();
  }

  private static int codes(Attribute attribute) {
    if (!(attribute instanceof NominalAttribute nominal)) {
      return 0;
    }
    return nominal.getNumValues().isDefined()
        ? (int) nominal.getNumValues().get()
        : Integer.MAX_VALUE;
  }
}
