package org.convexnn.examples;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.ml.ConvexReLUClassificationModel;
import org.convexnn.ml.ConvexReLUClassifier;

/**
 * A network trained with Spark, written as an ONNX model and scored without Spark, by ONNX Runtime. With
 * spark-submit it needs {@code --packages
 * org.tribuo:tribuo-util-onnx:4.3.2,com.microsoft.onnxruntime:onnxruntime:1.22.0}.
 */
public final class OnnxExample {

  private OnnxExample() {}

  /** Runs; the argument is a folder to write the model to, by default a temporary one. */
  public static void main(String[] arguments) throws IOException, OrtException {
    String folder =
        arguments.length > 0 ? arguments[0] : Files.createTempDirectory("convexnn").toString();
    try (SparkSession spark = Examples.session(OnnxExample.class)) {
      run(spark, folder + "/ring.onnx");
    }
  }

  /** Gives the largest difference of a probability between the two. */
  static double run(SparkSession spark, String file) throws OrtException {
    Dataset<Row> train = rows(spark, 1500, 1);
    ConvexReLUClassificationModel model =
        new ConvexReLUClassifier().setNumGates(64).setTol(0.01).setSeed(1).fit(train);
    model.toOnnx(file);

    List<Row> scored =
        model.transform(rows(spark, 500, 2)).select("features", "probability").collectAsList();
    double[][] features =
        scored.stream().map(r -> r.<Vector>getAs("features").toArray()).toArray(double[][]::new);
    double[][] probabilities = probabilities(file, features);
    double most = 0;
    for (int i = 0; i < features.length; i++) {
      double ofSpark = scored.get(i).<Vector>getAs("probability").apply(1);
      most = Math.max(most, Math.abs(ofSpark - probabilities[i][1]));
      if (i < 5) {
        System.out.printf(
            "x %5.2f, y %5.2f: Spark %.6f, ONNX Runtime %.6f%n",
            features[i][0], features[i][1], ofSpark, probabilities[i][1]);
      }
    }
    System.out.printf("largest difference of %d probabilities: %.1e%n", features.length, most);
    return most;
  }

  /** The probabilities of both classes, row by row. */
  private static double[][] probabilities(String file, double[][] features) throws OrtException {
    OrtEnvironment runtime = OrtEnvironment.getEnvironment();
    try (OrtSession session = runtime.createSession(file);
        OnnxTensor rows = OnnxTensor.createTensor(runtime, features);
        OrtSession.Result result = session.run(Map.of("features", rows))) {
      return (double[][]) result.get("probability").orElseThrow().getValue();
    }
  }

  private static Dataset<Row> rows(SparkSession spark, int count, int seed) {
    return Examples.assembler("x", "y").transform(Examples.ring(spark, count, seed));
  }
}
