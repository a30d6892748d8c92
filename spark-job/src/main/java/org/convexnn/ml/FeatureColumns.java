package org.convexnn.ml;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;
import static org.convexnn.ml.params.QuotedName.column;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.spark.ml.PredictorParams;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.convexnn.ml.params.InputColumns;

/**
 * The columns that features come from: one of vectors or of arrays of numbers, {@code featuresCol}, or
 * several of numbers, {@code featuresCols}. Arrays and numbers are made vectors; what is null in them
 * is NaN there, which {@code handleInvalid} decides about.
 *
 * @param one the column of vectors or arrays
 * @param several the columns of numbers; empty where {@code one} counts
 */
record FeatureColumns(String one, List<String> several) {

  /** The number of a feature. */
  private static final Pattern NUMBER = Pattern.compile("\\d{1,7}");

  /** Those of an estimator or model. */
  static <P extends PredictorParams & ConvexReLUParams> FeatureColumns of(P params) {
    return of(params, params);
  }

  /** Those of an estimator or model, of which the two kinds of Params are given. */
  static FeatureColumns of(PredictorParams columns, ConvexReLUParams params) {
    return new FeatureColumns(columns.getFeaturesCol(), params.featureColumns());
  }

  /** Refuses columns that are missing, or of a type that is no features. */
  void check(InputColumns input) {
    if (several.isEmpty()) {
      input.checkFeatures(one);
    } else {
      several.forEach(input::checkFeature);
    }
  }

  /** Refuses another number of features than the model was trained on, as far as a schema tells it. */
  void checkSize(InputColumns input, int expected) {
    if (areVectors(input.schema())) {
      input.checkSize(one, expected);
    } else if (!several.isEmpty() && several.size() != expected) {
      throw new IllegalArgumentException(
          "featuresCols names "
              + several.size()
              + " columns, the model was trained on "
              + expected
              + " features: use the same feature columns as in training");
    }
  }

  /** The names of features, as far as they are known. */
  IntFunction<Optional<String>> names(InputColumns input) {
    if (areVectors(input.schema())) {
      return input.featureNames(one);
    }
    return j -> j < several.size() ? Optional.of(several.get(j)) : Optional.empty();
  }

  /**
   * The number of codes of categories that each feature may hold, 0 of numbers; features beyond the
   * array are numbers. By ML attributes, and of those that are named besides any number.
   *
   * @param categorical names or numbers of features that hold categories
   * @throws IllegalArgumentException for one that is no feature
   */
  int[] codes(InputColumns input, List<String> categorical) {
    int[] codes =
        areVectors(input.schema())
            ? input.codes(one)
            : several.stream().mapToInt(input::codesOfNumber).toArray();
    for (String name : categorical) {
      int j = feature(input, "categoricalCols", name);
      codes = Arrays.copyOf(codes, Math.max(codes.length, j + 1));
      codes[j] = codes[j] == 0 ? Integer.MAX_VALUE : codes[j];
    }
    return codes;
  }

  /** The number of features as far as a schema tells it, else -1. */
  int size(InputColumns input) {
    return !several.isEmpty() ? several.size() : areVectors(input.schema()) ? input.size(one) : -1;
  }

  /**
   * The number of a feature.
   *
   * @param param the Param that names it
   * @param name its name, or its number in digits
   * @throws IllegalArgumentException where it is no feature
   */
  int feature(InputColumns input, String param, String name) {
    int size = size(input);
    IntFunction<Optional<String>> names = names(input);
    int j =
        IntStream.range(0, Math.max(0, size))
            .filter(i -> names.apply(i).filter(name::equals).isPresent())
            .findFirst()
            .orElseGet(() -> NUMBER.matcher(name).matches() ? Integer.parseInt(name) : -1);
    if (j < 0 || (size >= 0 && j >= size)) {
      throw new IllegalArgumentException(
          param
              + " names '"
              + name
              + "', which is no feature: name "
              + (several.isEmpty()
                  ? "an entry of features column '" + one + "' by its name or its number from 0 on"
                  : "one of " + String.join(", ", several)));
    }
    return j;
  }

  private boolean areVectors(StructType schema) {
    return several.isEmpty() && schema.apply(one).dataType().equals(SQLDataTypes.VectorType());
  }

  /**
   * Rows with a column of vectors.
   *
   * @param rows the rows
   * @param column its name
   * @param added whether it was added to the rows
   */
  record Vectors(Dataset<Row> rows, String column, boolean added) {

    /** A copy of a model, which now reads this column. */
    <M extends ConvexReLUModel<?>> M readBy(M copy) {
      copy.set(copy.getParam("featuresCol"), column);
      copy.clear(copy.featuresCols());
      return copy;
    }

    /** What a model made of the rows, without what was added. */
    Dataset<Row> taken(Dataset<Row> scored) {
      return added ? scored.drop(column) : scored;
    }
  }

  /** The rows with their features as vectors. */
  Vectors vectors(Dataset<?> dataset) {
    if (areVectors(dataset.schema())) {
      return new Vectors(dataset.toDF(), one, false);
    }
    String added = Identifiable$.MODULE$.randomUID("features");
    return new Vectors(dataset.withColumn(added, vector(dataset.schema())), added, true);
  }

  private Column vector(StructType schema) {
    if (!several.isEmpty()) {
      Column[] numbers = several.stream().map(FeatureColumns::orNaN).toArray(Column[]::new);
      return org.apache.spark.ml.functions.array_to_vector(array(numbers));
    }
    Column numbers =
        ((ArrayType) schema.apply(one).dataType()).containsNull()
            ? transform(column(one), x -> coalesce(x.cast("double"), lit(Double.NaN)))
            : column(one).cast("array<double>");
    return when(column(one).isNotNull(), org.apache.spark.ml.functions.array_to_vector(numbers));
  }

  private static Column orNaN(String name) {
    return coalesce(column(name).cast("double"), lit(Double.NaN));
  }

  /** A schema as MLlib's base classes want it: with vectors in the column {@link #one}. */
  StructType withVectors(StructType schema) {
    if (areVectors(schema)) {
      return schema;
    }
    return new StructType(
            Arrays.stream(schema.fields())
                .filter(field -> !field.name().equals(one))
                .toArray(StructField[]::new))
        .add(one, SQLDataTypes.VectorType());
  }

  /**
   * The schema that rows have in the end.
   *
   * @param schema theirs
   * @param extended what MLlib made of {@link #withVectors} of it, by adding columns
   */
  StructType ofRows(StructType schema, StructType extended) {
    StructType all = schema;
    List<String> given = Arrays.asList(withVectors(schema).fieldNames());
    for (StructField field : extended.fields()) {
      if (!given.contains(field.name())) {
        all = all.add(field);
      }
    }
    return all;
  }
}
