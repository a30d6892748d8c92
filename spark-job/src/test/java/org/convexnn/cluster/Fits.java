package org.convexnn.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.convexnn.loss.EvalMetric;
import org.convexnn.loss.RegressionLoss;
import org.convexnn.network.LeafModel;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingOptions.GateSampler;
import org.convexnn.solver.TrainingOptions.SolverKind;
import org.convexnn.solver.TrainingOptions.Task;

/** Fits of this package's tests: their rows and their options, all in float64. */
final class Fits {

  /** Where it is given. */
  static final OptionalDouble RATIO = OptionalDouble.of(0.03);

  /** Chosen by validation. */
  static final OptionalDouble CHOSEN = OptionalDouble.empty();

  private Fits() {}

  /** Features in (-1, 1), labels 0 and 1 by x_0^2 + x_1^2, one of ten wrong; weights in (1, 2). */
  static List<Row> rows(int n, int d, long seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double[] x = random.doubles(d, -1, 1).toArray();
      boolean inside = x[0] * x[0] + x[1] * x[1] < 0.5;
      double label = inside == random.nextDouble() > 0.1 ? 1 : 0;
      rows.add(TestRows.row(Vectors.dense(x), label, 1 + random.nextDouble()));
    }
    return rows;
  }

  /** Half-spaces drawn without a look at rows, and no gap that is reached before the last pass. */
  static TrainingOptions passes(Task task, SolverKind solver, int passes) {
    return options(task, GateSampler.GAUSSIAN, RATIO, solver, passes, 1e-14);
  }

  /** Options of few gates. */
  static TrainingOptions options(
      Task task,
      GateSampler sampler,
      OptionalDouble ratio,
      SolverKind solver,
      int maxIter,
      double tol) {
    return new TrainingOptions(
        task,
        16,
        sampler == GateSampler.TREES ? 4 : 0,
        0,
        List.of(),
        sampler,
        0,
        TrainingOptions.Effort.BALANCED,
        TrainingOptions.Normalization.AUTO,
        TrainingOptions.GroupNorm.AUTO,
        false,
        true,
        true,
        OptionalDouble.of(1e-3),
        OptionalDouble.empty(),
        ratio,
        true,
        0,
        solver,
        TrainingOptions.PrecisionChoice.FLOAT64,
        maxIter,
        OptionalDouble.of(tol),
        1,
        TrainingOptions.Activation.GATED,
        false,
        OptionalDouble.empty(),
        TrainingOptions.Leaves.of(LeafModel.LINEAR),
        RegressionLoss.SQUARED,
        EvalMetric.AUTO);
  }
}
