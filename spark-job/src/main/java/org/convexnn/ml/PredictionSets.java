package org.convexnn.ml;

import static org.convexnn.ml.params.QuotedName.column;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The column {@code predictionSetCol}: the classes k with {@code p_k(x) >= 1 - Q}, ascending, p the network's
 * probabilities and Q calibrated ({@link Calibration}) with the scores {@code 1 - p_y(x)} (Sadinle, Lei
 * and Wasserman, Least ambiguous set-valued classifiers with bounded error levels, JASA 2019). Such sets
 * are the smallest on average; one is empty where no class is likely enough.
 */
final class PredictionSets {

  private static final DataType TYPE = DataTypes.createArrayType(DataTypes.DoubleType, false);

  private PredictionSets() {}

  /** A schema with the column, where there is to be one. */
  static StructType in(StructType schema, ConvexReLUParams params) {
    return params.predictionSetColumn().map(name -> schema.add(name, TYPE)).orElse(schema);
  }

  /** The model without sets, and with a name for its raw predictions. */
  private static ConvexReLUClassificationModel plain(ConvexReLUClassificationModel model) {
    ConvexReLUClassificationModel plain = model.copy(new ParamMap());
    plain.set(plain.predictionSetCol(), "");
    if (plain.getRawPredictionCol().isEmpty()) {
      plain.setRawPredictionCol(Identifiable$.MODULE$.randomUID("raw"));
    }
    return plain;
  }

  /** What follows from the network's probabilities, of raw predictions. */
  private static Column ofProbabilities(Column raw, NumbersOf then) {
    UDF1<Vector, double[]> numbers =
        f -> then.of(ConvexReLUClassificationModel.probabilities((DenseVector) f.copy().toDense()));
    return functions.udf(numbers, TYPE).apply(raw);
  }

  /** Numbers made of probabilities, on an executor. */
  private interface NumbersOf extends Serializable {
    double[] of(double[] p);
  }

  /**
   * What a model's transform gives, with sets.
   *
   * @throws IllegalStateException where the model is not calibrated
   */
  static Dataset<Row> transform(ConvexReLUClassificationModel model, Dataset<?> dataset) {
    String name = model.getPredictionSetCol();
    double least = 1 - Calibration.of(model, "predictionSetCol", name).quantile();
    ConvexReLUClassificationModel plain = plain(model);
    NumbersOf set =
        p -> IntStream.range(0, p.length).filter(k -> p[k] >= least).asDoubleStream().toArray();
    Dataset<Row> rows =
        plain
            .transform(dataset)
            .withColumn(name, ofProbabilities(column(plain.getRawPredictionCol()), set));
    return model.getRawPredictionCol().isEmpty() ? rows.drop(plain.getRawPredictionCol()) : rows;
  }

  /** Calibrates a model on rows that it has not seen. */
  static Calibration calibrated(ConvexReLUClassificationModel model, Dataset<?> dataset) {
    ConvexReLUClassificationModel plain = plain(model);
    ScoredRows scored = ScoredRows.of(plain, dataset, ConvexReLUClassifier.LABEL_REMEDY);
    int classes = model.numClasses();
    Column probabilities = ofProbabilities(column(plain.getRawPredictionCol()), p -> p);
    List<Column> columns = new ArrayList<>();
    for (int k = 0; k < classes; k++) {
      columns.add(probabilities.getItem(k));
    }
    columns.add(scored.label());
    columns.add(scored.weight());
    double[][] rows = CalibrationRows.taken(scored.rows(), columns, model.getSeed());
    double[] labels = CalibrationRows.column(rows, classes);
    double[] weights = CalibrationRows.column(rows, classes + 1);
    double[] scores = new double[rows.length];
    for (int r = 0; r < rows.length; r++) {
      if (!(labels[r] >= 0 && labels[r] < classes && labels[r] == (int) labels[r])) {
        throw new IllegalArgumentException(
            "label column '"
                + model.getLabelCol()
                + "' holds "
                + labels[r]
                + " in a row to calibrate on, which is no class of the model: 0 to "
                + (classes - 1));
      }
      scores[r] = 1 - rows[r][(int) labels[r]];
    }
    Calibration calibration = Calibration.of(model.getCoverage(), scores, weights);
    return model.getProbabilityCalibration().equals(ISOTONIC)
        ? calibration.with(
            IntStream.range(0, classes)
                .mapToObj(
                    k ->
                        IsotonicMap.fit(
                            CalibrationRows.column(rows, k),
                            IntStream.range(0, labels.length)
                                .mapToDouble(r -> labels[r] == k ? 1 : 0)
                                .toArray(),
                            weights))
                .toList())
        : calibration;
  }

  /** The word for maps of probabilities that never fall. */
  static final String ISOTONIC = "isotonic";

  /** The word for none. */
  static final String NONE = "none";
}
