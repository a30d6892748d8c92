package org.convexnn.solver.fit;

import java.util.Locale;
import org.convexnn.linalg.SecondMoments;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.method.LbfgsSolver;
import org.convexnn.solver.method.SampleMetric;

/**
 * What a fit takes of the driver's memory, in bytes of float64 numbers, known before any of it is
 * allocated. With G = P + L groups of C D numbers, Q = (1 + G) D and m rows in the sample of the
 * metric:
 *
 * <pre>
 * vectors    80 (1 + G) C D     30 secant pairs and what a step works with (lbfgs; 16 for others)
 * matrices   4 Q^2              Gram matrix, factor and their copies (gram, admm)
 *            (5 + T / 8) m^2    the metric of lbfgs
 * norms      L (2 D^2 + D)      function norms of leaves, and their moments while they are summed
 * gates      2 P d
 * </pre>
 *
 * @param width D
 * @param outputs C
 * @param halfSpaces P
 * @param trees T
 * @param leaves L, most of them
 * @param solver the solver asked for
 */
record DriverMemory(
    int width,
    int outputs,
    int halfSpaces,
    int trees,
    long leaves,
    TrainingOptions.SolverKind solver) {

  private static final double SHARE = 0.8;
  private static final double VECTORS_SHARE = 0.5;
  private static final int VECTORS_OF_LBFGS = 80;
  private static final int VECTORS = 16;
  private static final int MATRICES = 4;

  /** Vectors of all weights. */
  double vectors() {
    return 8.0 * vectorCount() * (1.0 + halfSpaces + leaves) * outputs * width;
  }

  private int vectorCount() {
    // The solver chosen by itself may be lbfgs, and is where matrices have no room.
    return switch (solver) {
      case AUTO, LBFGS -> VECTORS_OF_LBFGS;
      case GRAM, ADMM, GRADIENT -> VECTORS;
    };
  }

  /** Matrices that the solver factors. */
  double matrices() {
    double q = (1.0 + halfSpaces + leaves) * width;
    return switch (solver) {
      case AUTO, LBFGS -> SampleMetric.bytes(LbfgsSolver.SAMPLE, trees);
      case GRAM, ADMM -> 8.0 * MATRICES * q * q;
      case GRADIENT -> 0;
    };
  }

  /** Norms of leaves. */
  double norms() {
    return 8.0 * leaves * ((double) width * width + 2.0 * SecondMoments.length(width));
  }

  /** Directions of half-spaces, and their transpose. */
  double gates() {
    return 8.0 * 2 * halfSpaces * width;
  }

  /**
   * The most half-spaces of a fit without leaves whose vectors and gates take half of the heap, or
   * what the metric of lbfgs leaves of it; matrices that grow with P are not counted.
   */
  int mostHalfSpaces(double heap) {
    double metric =
        switch (solver) {
          case AUTO, LBFGS -> matrices();
          case GRAM, ADMM, GRADIENT -> 0;
        };
    double room = Math.min(VECTORS_SHARE * heap, SHARE * heap - metric);
    return (int) (room / (8.0 * width * (vectorCount() * outputs + 2)) - 1);
  }

  /** All of it. */
  double bytes() {
    return vectors() + matrices() + norms() + gates();
  }

  /**
   * Refuses a fit that cannot fit.
   *
   * @param heap bytes of the driver's heap
   * @throws IllegalArgumentException with the sizes and what to lower
   */
  void check(double heap) {
    double room = SHARE * heap;
    double largestArray = 8.0 * (1.0 + halfSpaces + leaves) * outputs * width;
    if (bytes() <= room && largestArray <= 8.0 * Integer.MAX_VALUE) {
      return;
    }
    String gates =
        leaves == 0
            ? "numGates (" + halfSpaces + ")"
            : halfSpaces == 0
                ? "numTrees or numLeaves (at most " + leaves + " leaves in all)"
                : "numTrees or numLeaves (at most "
                    + leaves
                    + " leaves in all) or numGates ("
                    + halfSpaces
                    + ")";
    throw new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "a fit of %d gates with %d x %d weights each takes about %,.0f MB of the driver's memory"
                + " (vectors %,.0f, matrices %,.0f, norms %,.0f, gates %,.0f); %,.0f MB of its heap of"
                + " %,.0f MB may be used: lower %s%s, or raise spark.driver.memory",
            halfSpaces + leaves,
            width,
            outputs,
            bytes() * 1e-6,
            vectors() * 1e-6,
            matrices() * 1e-6,
            norms() * 1e-6,
            gates() * 1e-6,
            room * 1e-6,
            heap * 1e-6,
            gates,
            matrices() > 0.5 * bytes() ? ", use solver 'auto'" : ""));
  }
}
