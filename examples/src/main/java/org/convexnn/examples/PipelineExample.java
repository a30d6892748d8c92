package org.convexnn.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.Imputer;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.feature.OneHotEncoder;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.ml.ConvexReLUClassificationModel;
import org.convexnn.ml.ConvexReLUClassifier;

/**
 * A network at the end of an MLlib Pipeline: numbers with blanks and a text column in, the name of a
 * class out. Fits, prints the certificate, saves, loads and scores.
 */
public final class PipelineExample {

  private static final StructType CUSTOMERS =
      new StructType()
          .add("age", DataTypes.DoubleType)
          .add("visits", DataTypes.DoubleType)
          .add("city", DataTypes.StringType)
          .add("buys", DataTypes.StringType);

  private PipelineExample() {}

  /** Runs; the argument is a folder to save the model in, by default a temporary one. */
  public static void main(String[] arguments) throws IOException {
    String folder =
        arguments.length > 0 ? arguments[0] : Files.createTempDirectory("convexnn").toString();
    try (SparkSession spark = Examples.session(PipelineExample.class)) {
      System.out.printf("test accuracy %.3f%n", run(spark, folder + "/model"));
    }
  }

  /** Trains, saves at a path that does not exist yet, loads and scores; gives the test accuracy. */
  static double run(SparkSession spark, String path) throws IOException {
    Dataset<Row> train = customers(spark, 1, 3000);
    Dataset<Row> test = customers(spark, 2, 1000);

    PipelineModel fitted = pipeline().fit(train);
    ConvexReLUClassificationModel network = (ConvexReLUClassificationModel) fitted.stages()[5];
    System.out.println(network.certificate());

    fitted.save(path);
    PipelineModel loaded = PipelineModel.load(path);
    Dataset<Row> scored = loaded.transform(test);
    scored.select("age", "visits", "city", "buys", "predicted", "probability").show(5, false);
    return (double) scored.filter("predicted = buys").count() / scored.count();
  }

  private static Pipeline pipeline() {
    return new Pipeline()
        .setStages(
            new PipelineStage[] {
              new StringIndexer()
                  .setInputCol("buys")
                  .setOutputCol("label")
                  .setStringOrderType("alphabetAsc"),
              // A city that training has not seen counts as one more category.
              new StringIndexer()
                  .setInputCol("city")
                  .setOutputCol("cityIndex")
                  .setHandleInvalid("keep"),
              new OneHotEncoder().setInputCol("cityIndex").setOutputCol("cityVector"),
              new Imputer()
                  .setInputCols(new String[] {"age"})
                  .setOutputCols(new String[] {"ageFilled"})
                  .setStrategy("median"),
              new VectorAssembler()
                  .setInputCols(new String[] {"ageFilled", "visits", "cityVector"})
                  .setOutputCol("features"),
              // No scaling before it. The defaults take longer: more trees, and a path of ratios.
              new ConvexReLUClassifier()
                  .setFeaturesCol("features")
                  .setLabelCol("label")
                  .setEffort("fast")
                  .setRegRatio(0.03)
                  .setTol(0.02),
              new IndexToString()
                  .setInputCol("prediction")
                  .setOutputCol("predicted")
                  .setLabels(new String[] {"no", "yes"})
            });
  }

  /**
   * Customers in their forties buy after many visits, others after few: no linear rule. One in 20 does
   * not keep to it.
   */
  private static Dataset<Row> customers(SparkSession spark, long seed, int count) {
    Random random = new Random(seed);
    String[] cities = {"Bern", "Lyon", "Turin"};
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double age = 18 + 60 * random.nextDouble();
      double visits = random.nextInt(20);
      String city = cities[random.nextInt(cities.length)];
      boolean forties = Math.abs(age - 45) < 12;
      boolean odd = random.nextDouble() < 0.05;
      boolean buys = odd != (forties == visits >= (city.equals("Turin") ? 6 : 10));
      boolean blank = random.nextDouble() < 0.05;
      rows.add(RowFactory.create(blank ? null : age, visits, city, buys ? "yes" : "no"));
    }
    return spark.createDataFrame(rows, CUSTOMERS);
  }
}
