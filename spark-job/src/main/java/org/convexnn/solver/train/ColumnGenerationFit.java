package org.convexnn.solver.train;

import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.fit.PathFits;
import org.convexnn.solver.fit.ProgramFit;
import org.convexnn.solver.fit.SolverChoice;
import org.convexnn.solver.fit.TrainingRun;
import org.convexnn.solver.path.FinalFit;
import org.convexnn.solver.path.RegularizationPath;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.rows.LocalRows;
import org.convexnn.solver.rows.SelectedRows;

/**
 * A fit whose gates are priced along a path.
 *
 * <p>Where validation chooses beta, the rows that choose it take no part in pricing, and the gates
 * of the chosen point are those of the final fit. With a given beta, and where cross-validation
 * chose it, gates are priced on all rows on a path down to it.
 *
 * @param run the run
 * @param uniformSketch as in {@link SolverChoice}
 * @param most P, the most gates
 * @param folds as in {@link RegularizationPath}
 */
record ColumnGenerationFit(TrainingRun run, boolean uniformSketch, int most, int folds) {

  private static final int ROUNDS = 4;
  private static final long FEW_ROWS = 1000;
  private static final long FEW_NUMBERS = 1 << 22;

  /**
   * A fit. A few rows move to the driver, where the many small passes of a cross-validation take no
   * jobs: holding out a tenth of them would choose beta by chance.
   */
  static ColumnGenerationFit of(TrainingRun any, boolean uniformSketch) {
    TrainingRun run = slimWhereFew(any);
    long rows = run.prepared().stats().rows();
    boolean few = rows < FEW_ROWS && rows * run.rows().features() <= FEW_NUMBERS;
    return new ColumnGenerationFit(
        few ? run.on(LocalRows.copyOf(run.rows())) : run,
        uniformSketch,
        run.gates().halfSpaces(),
        RegularizationPath.folds(run, few ? FEW_ROWS : RegularizationPath.FEWEST_FOR_HOLD_OUT));
  }

  /** Rows so few that auto prices gates do not determine more than two numbers for each of them. */
  private static TrainingRun slimWhereFew(TrainingRun run) {
    TrainingOptions options = run.options();
    boolean automatic =
        options.gateSampler() == TrainingOptions.GateSampler.AUTO
            && options.groupNorm() == TrainingOptions.GroupNorm.AUTO;
    return automatic ? run.with(options.slim()) : run;
  }

  /** Chooses beta where it is not given, solves and certifies. */
  TrainingResult solve() {
    TrainingOptions options = run.options();
    double setUp = run.log().counter().seconds();
    if (!options.choosesBeta()) {
      return descend(
          betaMax -> options.regParam().orElseGet(() -> betaMax * options.regRatio().orElseThrow()),
          setUp);
    }
    RegularizationPath.Choice chosen =
        new RegularizationPath(run, this::on, folds).choose(Optional.empty());
    return chosen.fit().isEmpty()
        ? descend(betaMax -> betaMax * chosen.ratio(), setUp)
        : resume(chosen, chosen.fit().get(), setUp);
  }

  /** Solves with the gates of the fit that was chosen, from its weights. */
  private TrainingResult resume(RegularizationPath.Choice chosen, ProgramFit before, double setUp) {
    SelectedRows last = run.options().refit() ? run.prepared().allRows() : run.heldOut().outside(0);
    return run.with(
        before.model().gates(),
        model -> {
          ProgramFit fit =
              new ProgramFit(model, new SolverChoice(model, uniformSketch), model.problem(last));
          fit.begin(before.skip());
          return new FinalFit(model, fit)
              .solve(fit.betaMax() * chosen.ratio(), Solver.Start.at(chosen.weights()), setUp);
        });
  }

  /** Prices on all rows, at beta in equal ratios from betaMax down to the one wanted. */
  private TrainingResult descend(DoubleUnaryOperator wanted, double setUp) {
    try (PathFits gates = on(run.prepared().allRows())) {
      PathFits.Point point = gates.begin();
      double betaMax = point.fit().betaMax();
      double ratio = wanted.applyAsDouble(betaMax) / betaMax;
      for (int k = 1; k < ROUNDS && ratio < 1; k++) {
        double beta = betaMax * Math.pow(ratio, (double) k / ROUNDS);
        Solver.Solution solution = point.solve(beta, run.log().watch("path", beta));
        point = gates.next(point, solution.weights());
      }
      ProgramFit fit = point.fit();
      double beta = wanted.applyAsDouble(fit.betaMax());
      return new FinalFit(fit.model(), fit).solve(beta, point.start(), setUp);
    }
  }

  private PathFits on(SelectedRows rows) {
    return new GeneratedGates(run, uniformSketch, rows, most);
  }
}
