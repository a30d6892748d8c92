package org.convexnn.ml;

import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.convexnn.ml.io.SavedMetadata;
import org.convexnn.ml.io.SparkStorage;

/**
 * A saved model as a function of SQL, features to prediction: the label or its class.
 *
 * <pre>
 *   PredictFunction.register(spark, "convexnn", path);
 *   spark.sql("SELECT convexnn(features) FROM t");
 * </pre>
 *
 * <p>From Python, or anywhere that a class is registered by its name, the path is that of the
 * session's configuration {@value #MODEL} at that moment:
 *
 * <pre>
 *   spark.conf.set("spark.convexnn.model", path)
 *   spark.udf.registerJavaFunction("convexnn", "org.convexnn.ml.PredictFunction")
 * </pre>
 */
public final class PredictFunction implements UDF1<Vector, Double> {

  /** The session's configuration that holds the path of the model. */
  public static final String MODEL = "spark.convexnn.model";

  private static final long serialVersionUID = 1L;

  /** A prediction. */
  private interface Predict extends java.io.Serializable {
    double of(Vector features);
  }

  private final Predict predict;

  /**
   * The model at the path that the active session is configured with.
   *
   * @throws IllegalArgumentException where {@value #MODEL} is not set or there is no model
   */
  public PredictFunction() {
    this(SparkSession.active());
  }

  private PredictFunction(SparkSession session) {
    this(
        session,
        session
            .conf()
            .getOption(MODEL)
            .getOrElse(
                () -> {
                  throw new IllegalArgumentException(
                      MODEL + " is not set: set it to the path of a saved model, then register");
                }));
  }

  private PredictFunction(SparkSession session, String path) {
    if (SavedMetadata.holds(new SparkStorage(session, path), ConvexReLURegressionModel.class)) {
      ConvexReLURegressionModel model = ConvexReLURegressionModel.load(path);
      this.predict = model.shared(session)::predict;
    } else {
      ConvexReLUClassificationModel model = ConvexReLUClassificationModel.load(path);
      this.predict = model.shared(session)::predict;
    }
  }

  /**
   * Registers the model at a path as a function.
   *
   * @param name of the function
   * @throws IllegalArgumentException where there is no model, naming the path
   */
  public static void register(SparkSession session, String name, String path) {
    session.udf().register(name, new PredictFunction(session, path), DataTypes.DoubleType);
  }

  @Override
  public Double call(Vector features) {
    return predict.of(features);
  }
}
