package org.convexnn.solver;

import java.util.Locale;
import org.convexnn.block.RowSelection;
import org.convexnn.linalg.Blas;
import org.convexnn.network.GateSet;

/**
 * Trains a network on rows: moments, feature map, gates, skip-only fit, betaMax, regularisation
 * path, final fit, certificate. definitions.md, "The objective" to "Choosing beta".
 */
public final class Trainer {

  private static final double TREE_CLIP = 8;

  private final TrainingOptions options;
  private final Progress progress;
  private final boolean uniformSketch;

  /** A trainer with these options; progress is told of every iteration. */
  public Trainer(TrainingOptions options, Progress progress) {
    this(options, progress, false);
  }

  /**
   * A trainer.
   *
   * @param uniformSketch whether ADMM draws its sketch badly on purpose: for tests of the safeguard
   */
  public Trainer(TrainingOptions options, Progress progress, boolean uniformSketch) {
    this.options = options;
    this.progress = progress;
    this.uniformSketch = uniformSketch;
  }

  /**
   * Trains.
   *
   * @throws IllegalArgumentException when the data cannot be trained on, naming the culprit and the
   *     remedy
   */
  public TrainingResult train(Rows rows) {
    Ledger ledger = new Ledger();
    Frame looked = Preparation.of(rows, options);
    progress.message(
        String.format(
            Locale.ROOT,
            "%,d rows, %d features, blas %s",
            looked.stats().rows(),
            rows.features(),
            Blas.name()));
    GateSet gates = new GateChoice(rows, options, looked, progress).draw();
    Frame frame = framed(looked, gates);
    RunLog log =
        new RunLog(
            progress,
            ledger,
            (rows.features() + 1) * frame.loss().outputs(),
            1e-6 * frame.constantLoss());
    try (GatedRows gated = rows.activate(gates, frame.map())) {
      return solve(GatedModel.of(rows, gated, options, frame, gates, log));
    }
  }

  /** Linear models in leaves extrapolate: one outlier must not spoil a prediction. */
  private Frame framed(Frame frame, GateSet gates) {
    boolean clip =
        !gates.trees().isEmpty() && options.normalization() != TrainingOptions.Normalization.NONE;
    return clip ? frame.clipped(TREE_CLIP) : frame;
  }

  private TrainingResult solve(GatedModel model) {
    SolverChoice solvers = new SolverChoice(model, uniformSketch);
    Frame frame = model.frame();
    Ledger ledger = model.log().ledger();
    Fit whole =
        new Fit(
            model,
            solvers,
            model.problem(RowSelection.ALL, frame.stats().weight(), frame.stats().rows()));
    FinalFit last = new FinalFit(model, whole);
    if (frame.constantLabel()) {
      return last.solve(0, Solver.Start.at(whole.skip()), ledger.seconds());
    }
    if (!options.choosesBeta()) {
      whole.begin(whole.skip());
      double setUp = ledger.seconds();
      double beta =
          options.regParam().orElseGet(() -> whole.betaMax() * options.regRatio().orElseThrow());
      return last.solve(beta, whole.start(), setUp);
    }
    double setUp = ledger.seconds();
    RegularizationPath.Choice chosen = new RegularizationPath(model, solvers).choose();
    Solver.Start start = Solver.Start.at(chosen.weights());
    if (!options.refit() && chosen.fit().isPresent()) {
      Fit fit = chosen.fit().get();
      return new FinalFit(model, fit).solve(fit.betaMax() * chosen.ratio(), start, setUp);
    }
    whole.begin(chosen.fit().map(Fit::skip).orElse(whole.skip()));
    boolean warm = chosen.ratio() < 1 && chosen.weights().length > 0;
    return last.solve(whole.betaMax() * chosen.ratio(), warm ? start : whole.start(), setUp);
  }
}
