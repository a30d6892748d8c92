package org.convexnn.ml.params;

import java.util.Arrays;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The label column of a regression: a number, or several in an array or a vector. */
public final class LabelColumn {

  /** The type of several labels, and of the predictions of them. */
  public static final ArrayType NUMBERS = DataTypes.createArrayType(DataTypes.DoubleType, false);

  private LabelColumn() {}

  /** Whether a column holds several numbers a row. */
  public static boolean several(StructType schema, String name) {
    if (!Arrays.asList(schema.fieldNames()).contains(name)) {
      return false;
    }
    DataType type = schema.apply(name).dataType();
    return type.equals(SQLDataTypes.VectorType())
        || (type instanceof ArrayType array && array.elementType() instanceof NumericType);
  }

  /** A column of several numbers a row as an array of doubles. */
  public static Column numbers(StructType schema, String name) {
    Column column = QuotedName.column(name);
    return schema.apply(name).dataType().equals(SQLDataTypes.VectorType())
        ? org.apache.spark.ml.functions.vector_to_array(column, "float64")
        : column.cast("array<double>");
  }

  /**
   * How many numbers the rows have: as many as the first that has some.
   *
   * @param rows with the column as an array
   * @throws IllegalArgumentException where that is one
   */
  public static int count(Dataset<Row> rows, String name) {
    Column size = functions.size(QuotedName.column(name));
    // A null has the size -1, or null.
    Row first =
        rows.select(size.as("labels")).where("labels >= 0").limit(1).collectAsList().stream()
            .findFirst()
            .orElse(null);
    int count = first == null ? 2 : first.getInt(0);
    if (count < 2) {
      throw new IllegalArgumentException(
          "label column '"
              + name
              + "' holds arrays of "
              + count
              + " numbers: an array is of two labels or more; take the number itself as the label");
    }
    return count;
  }

  /** A schema in which the column is a number, as MLlib's base classes want it. */
  public static StructType asNumber(StructType schema, String name) {
    return retyped(schema, name, DataTypes.DoubleType);
  }

  /** A schema with another type of a column. */
  public static StructType retyped(StructType schema, String name, DataType type) {
    StructField[] fields = schema.fields().clone();
    for (int i = 0; i < fields.length; i++) {
      fields[i] =
          fields[i].name().equals(name)
              ? DataTypes.createStructField(name, type, false)
              : fields[i];
    }
    return new StructType(fields);
  }
}
