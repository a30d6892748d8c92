package org.convexnn.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.ml.ConvexReLUClassificationModel;
import org.convexnn.ml.ConvexReLUClassifier;

/**
 * A head on embeddings: the vectors that another network made of texts or images lie in a Parquet file, as
 * an array column, and a small network learns a label from them. Such a head is convex: the same
 * embeddings give the same head, and its certificate says how far from the best one it is.
 */
public final class EmbeddingExample {

  private static final int DIMENSION = 32;
  private static final int TOPICS = 6;

  private static final StructType DOCUMENTS =
      new StructType()
          .add("title", DataTypes.StringType)
          .add("embedding", DataTypes.createArrayType(DataTypes.FloatType, false))
          .add("label", DataTypes.DoubleType);

  private EmbeddingExample() {}

  /** Runs; the argument is a folder for the files, by default a temporary one. */
  public static void main(String[] arguments) throws IOException {
    String folder =
        arguments.length > 0 ? arguments[0] : Files.createTempDirectory("convexnn").toString();
    try (SparkSession spark = Examples.session(EmbeddingExample.class)) {
      System.out.printf("test accuracy %.3f%n", run(spark, folder));
    }
  }

  /** Writes embeddings, trains a head on them and scores; gives the test accuracy. */
  static double run(SparkSession spark, String folder) {
    documents(spark, 1, 800).write().parquet(folder + "/train");
    documents(spark, 2, 400).write().parquet(folder + "/test");

    Dataset<Row> train = spark.read().parquet(folder + "/train");
    Dataset<Row> test = spark.read().parquet(folder + "/test");
    // The array column is taken as it is; other columns have no part.
    ConvexReLUClassificationModel head =
        new ConvexReLUClassifier()
            .setFeaturesCol("embedding")
            .setLabelCol("label")
            .setGateSampler("gaussian")
            .setNumGates(100)
            .setRegRatio(0.03)
            .fit(train);
    System.out.println(head.certificate());

    Dataset<Row> scored = head.transform(test);
    scored.select("title", "label", "prediction", "probability").show(5, 60);
    return (double) scored.filter("prediction = label").count() / scored.count();
  }

  /**
   * Documents of six topics, each a direction with noise around it, of length 1 as embeddings are. A
   * negated text has the opposite vector and the same topic; the label is whether the topic is one of
   * the even ones. So it is the same at x and -x, which no linear rule is.
   */
  private static Dataset<Row> documents(SparkSession spark, long seed, int count) {
    double[][] topics = new double[TOPICS][];
    Random directions = new Random(0);
    for (int t = 0; t < TOPICS; t++) {
      topics[t] = directions.doubles(DIMENSION, -1, 1).toArray();
    }
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int topic = random.nextInt(TOPICS);
      double sign = random.nextBoolean() ? 1 : -1;
      double[] v = new double[DIMENSION];
      double square = 0;
      for (int j = 0; j < DIMENSION; j++) {
        v[j] = sign * topics[topic][j] + 0.25 * random.nextGaussian();
        square += v[j] * v[j];
      }
      List<Float> embedding = new ArrayList<>();
      for (double entry : v) {
        embedding.add((float) (entry / Math.sqrt(square)));
      }
      rows.add(RowFactory.create("document " + i, embedding, topic % 2 == 0 ? 1.0 : 0.0));
    }
    return spark.createDataFrame(rows, DOCUMENTS);
  }
}
