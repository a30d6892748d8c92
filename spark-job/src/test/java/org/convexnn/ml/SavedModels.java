package org.convexnn.ml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Wrote {@code resources/models/*-format-1} with, beside each, a table of rows and what the model that
 * was saved said of them. They are never written again: a later format gets its own.
 */
final class SavedModels {

  private SavedModels() {}

  /** Trains and saves all below a directory. */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    Dataset<Row> ring = Models.ring(200);
    Dataset<Row> rings =
        ring.withColumn("label", functions.expr("label + if(label = 1 and weight = 2, 1, 0)"));
    ConvexReLUClassificationModel trees =
        new ConvexReLUClassifier()
            .setGateSampler("trees")
            .setNumTrees(3)
            .setNumLeaves(4)
            .setRegRatio(0.05)
            .fit(ring);
    ConvexReLUClassificationModel halfSpaces =
        new ConvexReLUClassifier()
            .setGateSampler("gaussian")
            .setNumGates(6)
            .setRegRatio(0.05)
            .fit(rings);
    ConvexReLURegressionModel regression =
        new ConvexReLURegressor()
            .setGateSampler("gaussian")
            .setNumGates(6)
            .setRegRatio(0.05)
            .setWeightCol("weight")
            .fit(Models.hinge(200));
    write(directory, "binary-trees-format-1", trees, x -> said(trees, x));
    write(directory, "multiclass-format-1", halfSpaces, x -> said(halfSpaces, x));
    write(directory, "regression-format-1", regression, x -> new double[] {regression.predict(x)});
  }

  /** The probabilities of the classes, and the class predicted. */
  static double[] said(ConvexReLUClassificationModel model, Vector x) {
    return DoubleStream.concat(
            DoubleStream.of(model.predictProbability(x).toArray()),
            DoubleStream.of(model.predict(x)))
        .toArray();
  }

  /** A function of a row. */
  interface Scores {
    double[] of(Vector x);
  }

  private static void write(Path directory, String name, MLWritable model, Scores scores)
      throws IOException {
    Path path = directory.resolve(name);
    model.save(path.toString());
    try (Stream<Path> files = Files.walk(path)) {
      // Hidden checksums of Hadoop's local file system; other file systems write none.
      for (Path crc : files.filter(f -> f.toString().endsWith(".crc")).toList()) {
        Files.delete(crc);
      }
    }
    Random random = new Random(17);
    List<String> lines = new ArrayList<>();
    for (int r = 0; r < 12; r++) {
      double[] x = random.doubles(3, -1.5, 1.5).toArray();
      lines.add(text(x) + ";" + text(scores.of(Vectors.dense(x))));
    }
    Files.write(directory.resolve(name + ".csv"), lines);
  }

  private static String text(double[] numbers) {
    return DoubleStream.of(numbers).mapToObj(Double::toString).collect(Collectors.joining(","));
  }

  /** A row and what was said of it. */
  record Said(Vector x, double[] scores) {

    private static double[] numbers(String text) {
      return Stream.of(text.split(",")).mapToDouble(Double::parseDouble).toArray();
    }

    /** The table beside a model. */
    static List<Said> beside(Path model) {
      try {
        return Files.readAllLines(model.resolveSibling(model.getFileName() + ".csv")).stream()
            .map(line -> line.split(";"))
            .map(parts -> new Said(Vectors.dense(numbers(parts[0])), numbers(parts[1])))
            .toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
