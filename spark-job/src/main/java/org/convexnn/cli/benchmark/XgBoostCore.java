package org.convexnn.cli.benchmark;

import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.ErrorMessages;
import org.convexnn.cli.message.Stopwatch;
import org.convexnn.cli.table.RowColumns;

/**
 * XGBoost on the driver, for objectives of which XGBoost4J-Spark has no Params: by reflection, where the
 * user brings its jar.
 */
final class XgBoostCore {

  private static final String PACKAGE = "ml.dmlc.xgboost4j.java.";

  private XgBoostCore() {}

  /** Why it cannot be asked; empty where it can. */
  static Optional<String> obstacle() {
    try {
      named("XGBoost");
      return Optional.empty();
    } catch (ClassNotFoundException missing) {
      return Optional.of(XgBoost.MISSING);
    }
  }

  /**
   * Rows on the driver.
   *
   * @param numbers n x d row-major
   * @param labels n
   */
  record Rows(float[] numbers, float[] labels) {

    /** Of features and label. */
    static Rows of(Dataset<Row> rows) {
      List<Row> all = rows.select(RowColumns.FEATURES, RowColumns.LABEL).collectAsList();
      int d = all.get(0).<Vector>getAs(0).size();
      float[] numbers = new float[all.size() * d];
      float[] labels = new float[all.size()];
      for (int r = 0; r < labels.length; r++) {
        double[] x = all.get(r).<Vector>getAs(0).toArray();
        for (int j = 0; j < d; j++) {
          numbers[r * d + j] = (float) x[j];
        }
        labels[r] = (float) all.get(r).getDouble(1);
      }
      return new Rows(numbers, labels);
    }

    private Object matrix() throws ReflectiveOperationException {
      int n = labels.length;
      Object matrix =
          named("DMatrix")
              .getConstructor(float[].class, int.class, int.class, float.class)
              .newInstance(numbers, n, numbers.length / n, Float.NaN);
      named("DMatrix").getMethod("setLabel", float[].class).invoke(matrix, (Object) labels);
      return matrix;
    }
  }

  /**
   * Predictions of rows.
   *
   * @param seconds of training, its own matrix included
   */
  record Predicted(double[] predictions, double seconds) {}

  /** Trains and predicts. */
  static Predicted of(Rows train, Rows test, Map<String, Object> params, int rounds) {
    try {
      Stopwatch watch = new Stopwatch();
      Object booster =
          named("XGBoost")
              .getMethod(
                  "train",
                  named("DMatrix"),
                  Map.class,
                  int.class,
                  Map.class,
                  named("IObjective"),
                  named("IEvaluation"))
              .invoke(null, train.matrix(), params, rounds, Map.of(), null, null);
      double seconds = watch.seconds();
      float[][] told =
          (float[][])
              booster
                  .getClass()
                  .getMethod("predict", named("DMatrix"))
                  .invoke(booster, test.matrix());
      double[] predictions = new double[told.length];
      for (int r = 0; r < told.length; r++) {
        predictions[r] = told[r][0];
      }
      return new Predicted(predictions, seconds);
    } catch (InvocationTargetException e) {
      throw new CommandException("XGBoost failed: " + ErrorMessages.of(e.getCause()), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new CommandException("this XGBoost cannot be used: " + ErrorMessages.of(e), e);
    }
  }

  private static Class<?> named(String name) throws ClassNotFoundException {
    return Class.forName(PACKAGE + name, true, Thread.currentThread().getContextClassLoader());
  }
}
