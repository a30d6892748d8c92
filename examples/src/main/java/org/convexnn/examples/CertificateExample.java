package org.convexnn.examples;

import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.ml.ConvexReLURegressionModel;
import org.convexnn.ml.ConvexReLURegressor;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.PathPoint;

/**
 * What is known of a regression after training: the certificate and the regularisation path that led
 * to its beta.
 */
public final class CertificateExample {

  private CertificateExample() {}

  /** Runs; no arguments. */
  public static void main(String[] arguments) throws IOException {
    try (SparkSession spark = Examples.session(CertificateExample.class)) {
      run(spark);
    }
  }

  /** Trains and prints; gives the model. */
  static ConvexReLURegressionModel run(SparkSession spark) {
    Dataset<Row> rows = Examples.assembler("a", "b", "c").transform(Examples.kinks(spark, 2000, 1));
    ConvexReLURegressionModel model = new ConvexReLURegressor().setEffort("fast").fit(rows);

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
}
