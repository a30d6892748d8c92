package org.convexnn.examples;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.ml.ConvexReLURegressionModel;
import org.convexnn.ml.ConvexReLURegressor;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.PathPoint;

/**
 * What is known of a regression after training: the certificate and the regularisation path that led
 * to its beta.
 */
public final class CertificateExample {

  private static final StructType SCHEMA =
      new StructType()
          .add("features", SQLDataTypes.VectorType())
          .add("label", DataTypes.DoubleType);

  private CertificateExample() {}

  /** Runs; no arguments. */
  public static void main(String[] arguments) throws IOException {
    SparkSession.Builder builder = SparkSession.builder().appName("CertificateExample");
    if (System.getProperty("spark.master") == null) {
      builder = builder.master("local[*]");
    }
    try (SparkSession spark = builder.getOrCreate()) {
      run(spark);
    }
  }

  /** Trains and prints; gives the model. */
  static ConvexReLURegressionModel run(SparkSession spark) {
    ConvexReLURegressionModel model = new ConvexReLURegressor().fit(rows(spark, 2000));

    System.out.println("beta / betaMax   validation loss   active neurons");
    for (PathPoint p : model.summary().path()) {
      System.out.printf(
          "%14.3f   %15.5f   %14d%n", p.ratio(), p.validationLoss(), p.activeNeurons());
    }

    Certificate c = model.certificate();
    System.out.printf("%nobjective of this network       %.6f%n", c.primalObjective());
    System.out.printf("no network is below             %.6f%n", c.dualBound());
    System.out.printf("relative gap                    %.1e%n", c.relativeGap());
    System.out.printf("neurons in use                  %d of %d%n", c.activeNeurons(), c.gates());
    System.out.printf("passes over the rows            %.1f%n", c.passes());
    System.out.println("'No network' means: none with these gates, this norm and this beta.");
    return model;
  }

  /** y = |x0| + max(x1, x2) / 2 + noise. */
  private static Dataset<Row> rows(SparkSession spark, int count) {
    Random random = new Random(7);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double[] x = new double[5];
      for (int j = 0; j < x.length; j++) {
        x[j] = random.nextGaussian();
      }
      double y = Math.abs(x[0]) + Math.max(x[1], x[2]) / 2 + 0.1 * random.nextGaussian();
      rows.add(RowFactory.create(Vectors.dense(x), y));
    }
    return spark.createDataFrame(rows, SCHEMA);
  }
}
