package org.convexnn.solver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the reference optima under src/test/resources/golden. */
public final class Golden {

  private Golden() {}

  /** A gated reference problem: one row of golden_summary.csv. */
  record Gated(String data, int classes, int gates, double beta, double objective, double betaMax) {

    /** The label column used, or -1 for all. */
    int onlyColumn() {
      return data.contains("column 0") ? 0 : -1;
    }

    String files() {
      return data.replaceAll("\\(.*", "");
    }
  }

  static List<Gated> gated() {
    List<Gated> list = new ArrayList<>();
    for (String line : lines("golden_summary.csv")) {
      String[] f = line.split(",");
      if (f[0].equals("gated")) {
        list.add(
            new Gated(
                f[1],
                Integer.parseInt(f[4]),
                Integer.parseInt(f[5]),
                Double.parseDouble(f[7]),
                Double.parseDouble(f[8]),
                Double.parseDouble(f[12])));
      }
    }
    return list;
  }

  /** An exact ReLU reference problem: one row of golden_summary.csv, one label column. */
  public record Relu(String files, int gates, double beta, double objective) {}

  public static List<Relu> relu() {
    List<Relu> list = new ArrayList<>();
    for (String line : lines("golden_summary.csv")) {
      String[] f = line.split(",");
      if (f[0].equals("relu")) {
        list.add(
            new Relu(
                f[1].replaceAll("\\(.*", ""),
                Integer.parseInt(f[5]),
                Double.parseDouble(f[7]),
                Double.parseDouble(f[8])));
      }
    }
    return list;
  }

  public static double[][] matrix(String name) {
    return lines(name + ".csv").stream()
        .map(line -> Arrays.stream(line.split(",")).mapToDouble(Double::parseDouble).toArray())
        .toArray(double[][]::new);
  }

  public static double[] column(double[][] matrix, int k) {
    return Arrays.stream(matrix).mapToDouble(row -> row[k]).toArray();
  }

  private static List<String> lines(String name) {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Golden.class.getResourceAsStream("/golden/" + name), StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
