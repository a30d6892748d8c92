package org.convexnn.ml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.convexnn.ml.params.QuotedName;
import org.convexnn.ml.score.Scorer;
import org.convexnn.network.explain.Contributions;

/**
 * The column {@code contributionsCol}: of each row what each feature adds to each output. Rows are
 * taken some at a time, for which alone trees are fast, and so not by a function of one row.
 */
final class ContributionsColumn {

  /** Its name where none is set. */
  static final String NAME = "contributions";

  private ContributionsColumn() {}

  /** A vector, or one for each of several outputs. */
  private static DataType type(int outputs) {
    DataType vector = SQLDataTypes.VectorType();
    return outputs == 1 ? vector : DataTypes.createArrayType(vector, false);
  }

  /** A schema with the column, where there is to be one. */
  static StructType in(StructType schema, ConvexReLUParams params, int outputs) {
    return params.contributionsColumn().map(name -> schema.add(name, type(outputs))).orElse(schema);
  }

  /**
   * The rows with the column, where the model has a name for it.
   *
   * @param scorer of the model, as executors are to have it
   * @param features the column of vectors
   */
  static Dataset<Row> add(
      ConvexReLUModel<?> model, Scorer scorer, String features, Dataset<Row> rows) {
    if (model.contributionsColumn().isEmpty()) {
      return rows;
    }
    if (model.marginals().isEmpty()) {
      throw new IllegalStateException(
          "contributionsCol is '"
              + model.getContributionsCol()
              + "', and "
              + model.uid()
              + " knows no rows to measure contributions against: it was trained from sums or by an"
              + " earlier version; use withBackground(rows) with rows like those it was trained on");
    }
    StructType schema = in(rows.schema(), model, model.network().outputs());
    MapPartitionsFunction<Row, Row> explain =
        some ->
            new Explained(
                some,
                scorer,
                model,
                schema.fieldIndex(features),
                model.offsetColumn().map(schema::fieldIndex).orElse(-1));
    // An encoder of rows keeps no metadata.
    return rows.mapPartitions(explain, Encoders.row(schema))
        .select(
            Arrays.stream(schema.fields())
                .map(ContributionsColumn::withMetadata)
                .toArray(Column[]::new));
  }

  private static Column withMetadata(StructField field) {
    return QuotedName.column(field.name()).as(field.name(), field.metadata());
  }

  /** Rows of a partition, each with its contributions. */
  private static final class Explained implements Iterator<Row> {

    private final Iterator<Row> rows;
    private final Scorer scorer;
    private final ConvexReLUParams params;
    private final int features;
    private final int offset;
    private Iterator<Row> ready = List.<Row>of().iterator();

    Explained(
        Iterator<Row> rows, Scorer scorer, ConvexReLUParams params, int features, int offset) {
      this.rows = rows;
      this.scorer = scorer;
      this.params = params;
      this.features = features;
      this.offset = offset;
    }

    @Override
    public boolean hasNext() {
      return ready.hasNext() || rows.hasNext();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException("all rows of the partition are explained");
      }
      if (!ready.hasNext()) {
        ready = some().iterator();
      }
      return ready.next();
    }

    private List<Row> some() {
      List<Row> taken = new ArrayList<>();
      List<Vector> usable = new ArrayList<>();
      while (rows.hasNext() && taken.size() < Contributions.rowsAtOnce()) {
        Row row = rows.next();
        taken.add(row);
        Vector x = row.getAs(features);
        if (InvalidFeatures.areUsable(x, params)) {
          usable.add(x);
        }
      }
      double[][][] contributions = scorer.contributions(usable.toArray(Vector[]::new));
      List<Row> result = new ArrayList<>();
      int at = 0;
      for (Row row : taken) {
        boolean used = InvalidFeatures.areUsable(row.getAs(features), params);
        result.add(with(row, used ? contributions[at++] : unknown()));
      }
      return result;
    }

    private double[][] unknown() {
      double[][] nan = new double[scorer.network().outputs()][scorer.network().features() + 1];
      Arrays.stream(nan).forEach(each -> Arrays.fill(each, Double.NaN));
      return nan;
    }

    private Row with(Row row, double[][] contributions) {
      Object[] values = new Object[row.size() + 1];
      for (int i = 0; i < row.size(); i++) {
        values[i] = row.get(i);
      }
      Vector[] vectors = new Vector[contributions.length];
      for (int c = 0; c < vectors.length; c++) {
        double[] of = contributions[c];
        of[of.length - 1] += offset < 0 ? 0 : Offsets.of(row.get(offset), params);
        // Of many features most add nothing.
        vectors[c] = Vectors.dense(of).compressed();
      }
      values[row.size()] = vectors.length == 1 ? vectors[0] : vectors;
      return RowFactory.create(values);
    }
  }
}
