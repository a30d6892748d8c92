package org.convexnn.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.convexnn.linalg.CounterRandom;

/** Noisy XOR as a table, and a fit of it to a small gap in float64. */
final class NoisyXor {

  static final double BETA = 0.002;

  private static final int ROWS = 500;

  private NoisyXor() {}

  /** Takes the least work to read. */
  static Path libsvm(Path folder) {
    return table(folder, "rows.libsvm", "%3$d 1:%1$.4f 2:%2$.4f");
  }

  /** A raw table, whose scores show the columns. */
  static Path csv(Path folder) {
    return table(folder, "rows.csv", "%.4f,%.4f,%d", "a,b,label");
  }

  private static Path table(Path folder, String name, String format, String... header) {
    CounterRandom random = new CounterRandom(3, 0);
    String[] lines = Arrays.copyOf(header, header.length + ROWS);
    for (int i = 0; i < ROWS; i++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      boolean flipped = random.nextDouble() < 0.1;
      lines[header.length + i] =
          String.format(Locale.ROOT, format, a, b, a * b > 0 ^ flipped ? 1 : 0);
    }
    return CommandLineRun.file(folder, name, lines);
  }

  /** Options of train. */
  static List<String> fit(String tol) {
    return List.of(
        "--solver",
        "admm",
        "--precision",
        "float64",
        "--tol",
        tol,
        "--max-iter",
        "2000",
        "--gates",
        "24",
        "--reg-ratio",
        "auto",
        "--reg-param",
        Double.toString(BETA));
  }

  /** What train and score find in this JVM. */
  static Outcome undisturbed(Path folder) throws IOException {
    Path input = csv(folder);
    Path output = folder.resolve("undisturbed");
    Path scored = folder.resolve("undisturbed-scored");
    CommandLineRun.train(input, "label", output, fit("1e-7").toArray()).good();
    CommandLineRun.of("score", "--model", output, "--input", input, "--output", scored).good();
    return Outcome.of(output, scored);
  }
}
