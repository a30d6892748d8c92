package org.convexnn.solver.method;

import java.util.Locale;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.FloatTable;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.program.Problem;

/**
 * Predicts the seconds each solver would take, from flops over measured rates of matrix products and
 * of picked additions, and picks the fastest that fits the driver's memory.
 */
public final class CostModel {

  private static final double PICKS_OF_A_ROW = 40;
  // Sparse rows are multiplied in float64, by all half-spaces.
  private static final double SPARSE = 3;
  private static final double ADMM_PASSES = 30;
  private static final double LBFGS_PASSES = 35;
  private static final double LBFGS_SAMPLE = 2000;
  private static final double PATH_POINTS = 5;
  private static final double MEMORY_SHARE = 0.4;

  private final double singleRate;
  private final double doubleRate;
  private final double additionRate;

  /**
   * Takes the rates measured for this kind of BLAS, per core. They are constants so that the choice,
   * and with it the network, is the same every time.
   */
  public CostModel() {
    additionRate = FloatTable.vectorised() ? 12e9 : 2e9;
    switch (Blas.name()) {
      case "native" -> {
        singleRate = 100e9;
        doubleRate = 50e9;
      }
      case "vector" -> {
        singleRate = 36e9;
        doubleRate = 27e9;
      }
      default -> {
        singleRate = 10e9;
        doubleRate = 10e9;
      }
    }
  }

  /**
   * A choice with its reason.
   *
   * @param kind never AUTO
   * @param reason a sentence for the log
   */
  public record Choice(TrainingOptions.SolverKind kind, String reason) {}

  /**
   * Chooses a solver.
   *
   * @param rows n
   * @param width D
   * @param nonZeros of a row that is stored sparse, D of a dense one
   * @param gates P, groups multiplied per row (half-spaces and trees)
   * @param groups all groups
   * @param parallelism tasks at a time
   * @param jobSeconds what a job costs whatever it does
   * @param path whether a regularisation path comes first
   */
  public Choice choose(
      Problem problem,
      long rows,
      int width,
      double nonZeros,
      int gates,
      int groups,
      int parallelism,
      double jobSeconds,
      boolean path) {
    double outputs = problem.setting().outputs();
    double q = (1.0 + groups) * width;
    double halfSpaces = problem.setting().halfSpaces();
    // Four half-spaces share a pick; a row's own work is worth about so many picks.
    double picks = halfSpaces / 4 + (gates - halfSpaces) + PICKS_OF_A_ROW;
    double work = nonZeros < width ? SPARSE * nonZeros * (1 + gates) : width * picks;
    double pass = 2.0 * rows * work * outputs / (additionRate * parallelism) + jobSeconds;
    double solves = path ? PATH_POINTS : 1;
    double metrics = problem.quadratic() ? 1 : 5;
    double sketchRows = Math.min(rows, 8 * q);
    double admm =
        solves
            * (metrics
                    * (sketchRows * q * q / (0.7 * singleRate * parallelism)
                        + 2 * q * q * q / (3 * doubleRate))
                + ADMM_PASSES * (pass + 2 * q * q * outputs / doubleRate));
    double m = Math.min(rows, LBFGS_SAMPLE);
    double lbfgs =
        solves
            * (4 * (m * m * (gates + width) * 2 + m * m * m / 3) / doubleRate
                + LBFGS_PASSES * (pass + jobSeconds + (8 * m * gates * width) / doubleRate));
    double gram =
        rows * q * q / (0.7 * doubleRate * parallelism)
            + solves * (3 * q * q * q / (3 * doubleRate) + 100 * 2 * q * q / (0.1 * doubleRate));
    boolean fits = 4 * 8 * q * q < MEMORY_SHARE * Runtime.getRuntime().maxMemory();
    String estimate =
        String.format(
            Locale.ROOT,
            "predicted seconds: gram %s, admm %s, lbfgs %.1f (a pass %.3f s, Q = %.0f; %.0f/%.0f"
                + " GF/s float32/float64 per core)",
            !problem.ofOneGram()
                ? "-"
                : fits ? String.format(Locale.ROOT, "%.1f", gram) : "no room",
            fits ? String.format(Locale.ROOT, "%.1f", admm) : "no room",
            lbfgs,
            pass,
            q,
            singleRate * 1e-9,
            doubleRate * 1e-9);
    TrainingOptions.SolverKind kind = TrainingOptions.SolverKind.LBFGS;
    double seconds = lbfgs;
    if (fits && admm < seconds) {
      kind = TrainingOptions.SolverKind.ADMM;
      seconds = admm;
    }
    if (fits && problem.ofOneGram() && gram < seconds) {
      kind = TrainingOptions.SolverKind.GRAM;
    }
    return new Choice(
        kind, "solver " + kind.name().toLowerCase(Locale.ROOT) + " chosen; " + estimate);
  }
}
