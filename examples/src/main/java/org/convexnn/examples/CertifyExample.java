package org.convexnn.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.ml.NetworkCertifier;
import org.convexnn.network.ReluNetwork;
import org.convexnn.relu.NetworkCertificate;
import org.convexnn.relu.PriceSearch;
import org.convexnn.solver.TrainingOptions.Task;

/**
 * How far a two-layer ReLU network that gradient descent has trained is from the best one of any width:
 * the network of data/curve.network.json, and the same with its largest neuron taken out.
 */
public final class CertifyExample {

  private static final double BETA = 0.01;
  private static final double SKIP_RIDGE = 1e-3;

  private CertifyExample() {}

  /** Runs; the argument is the folder of curve.csv and curve.network.json, by default examples/data. */
  public static void main(String[] arguments) throws IOException {
    String data = arguments.length > 0 ? arguments[0] : "examples/data";
    try (SparkSession spark = Examples.session(CertifyExample.class)) {
      run(spark, data);
    }
  }

  /**
   * What came of it.
   *
   * @param trained of the network as it was trained
   * @param pruned of the one without its largest neuron
   */
  record Result(NetworkCertificate trained, NetworkCertificate pruned) {}

  static Result run(SparkSession spark, String data) throws IOException {
    Dataset<Row> rows =
        Examples.assembler("x")
            .transform(
                spark
                    .read()
                    .option("header", true)
                    .schema("x DOUBLE, y DOUBLE")
                    .csv(data + "/curve.csv"));
    NetworkCertifier certifier =
        new NetworkCertifier(
            "features",
            "y",
            Optional.empty(),
            Task.REGRESSION,
            BETA,
            SKIP_RIDGE,
            PriceSearch.withSeed(1));

    ReluNetwork network = network(new File(data, "curve.network.json"));
    NetworkCertificate trained = certifier.certify(rows, network);
    print("as it was trained", trained);
    NetworkCertificate pruned = certifier.certify(rows, withoutLargest(network));
    print("without its largest neuron", pruned);
    double[] v = pruned.improving().get(0).direction();
    System.out.printf("a neuron with its kink at x = %.2f improves it most%n", -v[1] / v[0]);
    return new Result(trained, pruned);
  }

  private static void print(String what, NetworkCertificate c) {
    System.out.printf(
        "%s: objective %.5f, no network is below %.5f, gap %.2f %%, price %.3f beta%n",
        what, c.objective(), c.allPatternsBound(), 100 * c.relativeGap(), c.searchPrice() / BETA);
  }

  /** One input, one output. */
  private static ReluNetwork network(File file) throws IOException {
    JsonNode json = new ObjectMapper().readTree(file);
    return new ReluNetwork(
        numbers(json, "W1"),
        numbers(json, "b1"),
        numbers(json, "W2"),
        new double[] {json.get("b2").asDouble()},
        new double[] {0});
  }

  private static double[] numbers(JsonNode json, String name) {
    return IntStream.range(0, json.get(name).size())
        .mapToDouble(j -> number(json.get(name).get(j)))
        .toArray();
  }

  private static double number(JsonNode node) {
    return node.isArray() ? node.get(0).asDouble() : node.asDouble();
  }

  private static ReluNetwork withoutLargest(ReluNetwork network) {
    int largest =
        IntStream.range(0, network.neurons())
            .boxed()
            .max(Comparator.comparingDouble(j -> size(network, j)))
            .orElseThrow();
    return network.select(
        IntStream.range(0, network.neurons()).filter(j -> j != largest).toArray());
  }

  private static double size(ReluNetwork network, int j) {
    return network.hiddenNorm(j) * network.outputNorm(j);
  }
}
