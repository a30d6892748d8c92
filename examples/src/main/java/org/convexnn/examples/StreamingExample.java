package org.convexnn.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.TimeoutException;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.convexnn.ml.ConvexReLUClassifier;

/**
 * A model that scores rows as they arrive: files appear in a folder, a streaming query reads each of
 * them once and writes its rows with their predictions.
 */
public final class StreamingExample {

  private StreamingExample() {}

  /** Runs; the argument is a folder to work in, by default a temporary one. */
  public static void main(String[] arguments)
      throws IOException, TimeoutException, StreamingQueryException {
    String folder =
        arguments.length > 0 ? arguments[0] : Files.createTempDirectory("convexnn").toString();
    try (SparkSession spark = Examples.session(StreamingExample.class)) {
      run(spark, folder);
    }
  }

  /** Works in a folder that is empty; gives the scored rows. */
  static Dataset<Row> run(SparkSession spark, String folder)
      throws TimeoutException, StreamingQueryException {
    PipelineModel model =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  Examples.assembler("x", "y"),
                  new ConvexReLUClassifier().setNumGates(64).setTol(0.01).setSeed(1)
                })
            .fit(Examples.ring(spark, 1500, 1));

    for (int day = 1; day <= 2; day++) {
      Examples.ring(spark, 200, 10 + day).write().mode("append").json(folder + "/arriving");
      score(spark, model, folder);
      System.out.printf(
          "after day %d: %d rows scored%n", day, spark.read().json(folder + "/scored").count());
    }
    Dataset<Row> scored = spark.read().json(folder + "/scored");
    scored.show(5);
    return scored;
  }

  /** Scores what has arrived since the last time; a trigger on time would go on for ever. */
  private static void score(SparkSession spark, PipelineModel model, String folder)
      throws TimeoutException, StreamingQueryException {
    Dataset<Row> arriving =
        spark.readStream().schema("x DOUBLE, y DOUBLE, label DOUBLE").json(folder + "/arriving");
    StreamingQuery query =
        model
            .transform(arriving)
            .select("x", "y", "label", "prediction")
            .writeStream()
            .format("json")
            .option("path", folder + "/scored")
            .option("checkpointLocation", folder + "/checkpoint")
            .trigger(Trigger.AvailableNow())
            .start();
    query.awaitTermination();
  }
}
