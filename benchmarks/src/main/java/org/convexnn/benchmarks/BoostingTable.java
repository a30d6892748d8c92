package org.convexnn.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.convexnn.gate.BinnedRows;
import org.convexnn.gate.Binning;
import org.convexnn.gate.Boosting;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.loss.SquaredLoss;

/**
 * Boosting alone: seconds and test scores. Arguments: a train and a test table (CSV with a header,
 * plain or gzipped, the label last; columns of texts are categories), {@code regression} or {@code
 * classification}, then rounds, leaves, rate; then {@code option=value}: columns, rows, lambda,
 * minRows, minHessian, maxStep, smoothing, ridge, threads, bins, fewest, repeat, sample.
 */
public final class BoostingTable {

  private BoostingTable() {}

  private record Table(double[][] rows, double[] labels) {}

  /** Prints one line for each repetition. */
  public static void main(String[] args) throws IOException {
    Map<String, Double> set = new HashMap<>();
    for (String arg : Arrays.copyOfRange(args, 6, args.length)) {
      set.put(
          arg.substring(0, arg.indexOf('=')), Double.valueOf(arg.substring(arg.indexOf('=') + 1)));
    }
    List<Map<String, Integer>> codes = new ArrayList<>();
    Table train = read(Path.of(args[0]), codes);
    Table test = read(Path.of(args[1]), codes);
    int n = train.labels.length;
    boolean[] categorical = new boolean[codes.size()];
    for (int j = 0; j < categorical.length; j++) {
      categorical[j] = codes.get(j) != null;
    }
    boolean regression = args[2].equals("regression");
    double mean = Arrays.stream(train.labels).average().orElse(0);
    double deviation =
        Math.sqrt(Arrays.stream(train.labels).map(y -> (y - mean) * (y - mean)).sum() / n);
    int classes = (int) Arrays.stream(train.labels).max().orElse(0) + 1;
    Loss loss =
        regression
            ? new SquaredLoss()
            : classes == 2 ? new LogisticLoss() : new SoftmaxLoss(classes);
    double[] labels = train.labels.clone();
    double[] start = new double[loss.outputs()];
    double[] targets = labels;
    if (regression) {
      Arrays.setAll(labels, r -> (labels[r] - mean) / deviation);
    } else if (classes == 2) {
      start[0] = Math.log(mean / (1 - mean));
    } else {
      for (int c = 0; c < classes; c++) {
        double label = c;
        start[c] = Math.log(Arrays.stream(labels).filter(y -> y == label).count() / (double) n);
      }
      targets = new double[n * classes];
      for (int r = 0; r < n; r++) {
        loss.derivative(labels[r], start, 0, targets, r * classes);
      }
    }
    double[] weights = new double[n];
    Arrays.fill(weights, 1);
    double[] testWeights = new double[test.labels.length];
    Arrays.fill(testWeights, 1);
    Boosting.LeafLimits usual = Boosting.LeafLimits.USUAL;
    Boosting.Options options =
        Boosting.Options.of(Integer.parseInt(args[4]), Double.parseDouble(args[5]), 1)
            .withShares(set.getOrDefault("columns", 1.0), set.getOrDefault("rows", 1.0))
            .withThreads(set.getOrDefault("threads", 2.0).intValue())
            .with(
                new Boosting.LeafLimits(
                    set.getOrDefault("lambda", usual.lambda()),
                    set.getOrDefault("minRows", usual.minRowsPerLeaf()),
                    set.getOrDefault("minHessian", usual.minHessian()),
                    set.getOrDefault("maxStep", usual.maxLeafStep()),
                    set.getOrDefault("smoothing", usual.categorySmoothing()),
                    set.getOrDefault("ridge", usual.categoryRidge())));
    for (int k = 0; k < set.getOrDefault("repeat", 1.0); k++) {
      long t0 = System.nanoTime();
      int[] drawn = sample(n, set.getOrDefault("sample", 200_000.0).intValue());
      int c = targets.length / n;
      double[] drawnTargets = new double[drawn.length * c];
      for (int i = 0; i < drawnTargets.length; i++) {
        drawnTargets[i] = targets[drawn[i / c] * c + i % c];
      }
      Binning binning =
          Binning.of(
              Arrays.stream(drawn).mapToObj(r -> train.rows[r]).toArray(double[][]::new),
              drawnTargets,
              Arrays.copyOf(weights, drawn.length),
              categorical,
              set.getOrDefault("bins", (double) Binning.MOST_BINS).intValue(),
              set.getOrDefault("fewest", 10.0));
      BinnedRows rows = BinnedRows.of(binning, train.rows, labels, weights);
      long t1 = System.nanoTime();
      Boosting.Result result = Boosting.grow(rows, loss, start, Integer.parseInt(args[3]), options);
      long t2 = System.nanoTime();
      double score = score(result, binning, loss, start, test, mean, deviation);
      System.out.printf(
          Locale.ROOT,
          "%s  bins %.2f s, trees %.2f s (%d), %s %.4f%n",
          Path.of(args[0]).getFileName(),
          (t1 - t0) * 1e-9,
          (t2 - t1) * 1e-9,
          result.trees().size(),
          regression ? "R2" : "log-loss",
          score);
    }
  }

  private static int[] sample(int n, int most) {
    CounterRandom random = new CounterRandom(1, 1);
    int[] all = new int[Math.min(n, most)];
    int found = 0;
    for (int r = 0; r < n && found < all.length; r++) {
      if ((n - r) * random.nextDouble() < all.length - found) {
        all[found++] = r;
      }
    }
    return all;
  }

  private static double score(
      Boosting.Result result,
      Binning binning,
      Loss loss,
      double[] start,
      Table test,
      double mean,
      double deviation) {
    boolean regression = loss instanceof SquaredLoss;
    double sum = 0;
    double around = 0;
    double testMean = Arrays.stream(test.labels).average().orElse(0);
    for (int r = 0; r < test.labels.length; r++) {
      double[] x = binning.categories().apply(test.rows[r]);
      double[] f = start.clone();
      for (int t = 0; t < result.trees().size(); t++) {
        f[result.outputOf()[t]] += result.values()[t][result.trees().get(t).leaf(x)];
      }
      double y = test.labels[r];
      sum += regression ? Math.pow(mean + deviation * f[0] - y, 2) : loss.value(y, f, 0);
      around += (y - testMean) * (y - testMean);
    }
    return regression ? 1 - sum / around : sum / test.labels.length;
  }

  /** Codes of texts grow from table to table. */
  private static Table read(Path file, List<Map<String, Integer>> codes) throws IOException {
    List<String[]> lines = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file);
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(
                    file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in,
                    StandardCharsets.UTF_8))) {
      reader.readLine();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line.split(",", -1));
      }
    }
    int d = lines.get(0).length - 1;
    if (codes.isEmpty()) {
      for (int j = 0; j < d; j++) {
        int column = j;
        boolean text = lines.stream().map(line -> line[column]).anyMatch(BoostingTable::isText);
        codes.add(text ? new HashMap<>() : null);
      }
    }
    for (int j = 0; j < d; j++) {
      if (codes.get(j) != null) {
        TreeSet<String> texts = new TreeSet<>();
        for (String[] line : lines) {
          texts.add(line[j]);
        }
        texts.remove("");
        for (String text : texts) {
          codes.get(j).putIfAbsent(text, codes.get(j).size());
        }
      }
    }
    double[][] rows = new double[lines.size()][d];
    double[] labels = new double[lines.size()];
    for (int r = 0; r < rows.length; r++) {
      String[] line = lines.get(r);
      for (int j = 0; j < d; j++) {
        Map<String, Integer> code = codes.get(j);
        rows[r][j] =
            line[j].isEmpty()
                ? Double.NaN
                : code == null ? Double.parseDouble(line[j]) : code.get(line[j]);
      }
      labels[r] = Double.parseDouble(line[d]);
    }
    return new Table(rows, labels);
  }

  private static boolean isText(String value) {
    if (value.isEmpty()) {
      return false;
    }
    try {
      Double.parseDouble(value);
      return false;
    } catch (NumberFormatException e) {
      return true;
    }
  }
}
