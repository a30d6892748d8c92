package org.convexnn.solver.train;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleFunction;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.checkpoint.Checkpoints;
import org.convexnn.solver.checkpoint.FitIdentity;
import org.convexnn.solver.checkpoint.Journal;
import org.convexnn.solver.checkpoint.ResumableSteps;
import org.convexnn.solver.fit.CompleteRows;
import org.convexnn.solver.fit.FixedGates;
import org.convexnn.solver.fit.Folds;
import org.convexnn.solver.fit.GatedModel;
import org.convexnn.solver.fit.ProgramFit;
import org.convexnn.solver.fit.SolverChoice;
import org.convexnn.solver.fit.TrainingRun;
import org.convexnn.solver.fit.WarmStart;
import org.convexnn.solver.forest.ForestFit;
import org.convexnn.solver.gram.GramStatistics;
import org.convexnn.solver.path.FinalFit;
import org.convexnn.solver.path.OnePass;
import org.convexnn.solver.path.RegularizationPath;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.rows.Rows;
import org.convexnn.solver.setup.Preparation;
import org.convexnn.solver.setup.PreparedData;

/**
 * Trains a network on rows: moments, feature map, gates, skip-only fit, betaMax, regularisation
 * path, final fit, certificate. See docs/theory/objective.md#the-program and
 * docs/theory/objective.md#choosing-beta.
 */
public final class Trainer {

  private final TrainingOptions options;
  private final Progress progress;
  private final boolean uniformSketch;
  private final Optional<Checkpoints> checkpoints;
  private final TrainingOptions asked;

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
    this(options, progress, uniformSketch, Optional.empty(), options);
  }

  private Trainer(
      TrainingOptions options,
      Progress progress,
      boolean uniformSketch,
      Optional<Checkpoints> checkpoints,
      TrainingOptions asked) {
    this.options = options;
    this.progress = progress;
    this.uniformSketch = uniformSketch;
    this.checkpoints = checkpoints;
    this.asked = asked;
  }

  /** This trainer, whose {@link #train} keeps checkpoints; they are gone when it has returned. */
  public Trainer with(Checkpoints kept) {
    return with(kept, options);
  }

  /**
   * This trainer, whose fit is a part of another.
   *
   * @param whole the options of that one, which its checkpoints are of
   */
  public Trainer with(Checkpoints kept, TrainingOptions whole) {
    return new Trainer(options, progress, uniformSketch, Optional.of(kept), whole);
  }

  /** Trains further on what a gated network has come to. */
  public interface Sequel {

    /**
     * Trains.
     *
     * @param gated the gated network
     * @param steps to train in, of one fit with the gated network
     * @param counter counts the passes of both
     */
    TrainingResult train(TrainingResult gated, ResumableSteps steps, PassCounter counter);
  }

  /**
   * Trains.
   *
   * @throws IllegalArgumentException when the data cannot be trained on, naming the culprit and the
   *     remedy; when there is a checkpoint that is not to be resumed, or of another fit
   */
  public TrainingResult train(Rows rows) {
    return train(rows, (gated, steps, counter) -> gated);
  }

  /** Trains, then goes on with the gated network; checkpoints are of both. */
  public TrainingResult train(Rows rows, Sequel sequel) {
    checkGated();
    PassCounter counter = new PassCounter();
    CompleteRows complete = CompleteRows.of(rows, options);
    PreparedData prepared = Preparation.forTraining(complete.rows(), options);
    TrainingRun run = begin(complete.rows(), prepared, counter, "unset");
    TrainingResult gated = gated(run);
    TrainingResult result = sequel.train(gated, run.log().journal(), run.log().counter());
    run.log().journal().end();
    return complete.result(result);
  }

  private TrainingResult gated(TrainingRun run) {
    if (run.gates().narrow()) {
      ForestFit forest = new ForestFit(run);
      return forest.solve(forest.choose());
    }
    return run.gates().priced()
        ? ColumnGenerationFit.of(run, uniformSketch).solve()
        : run.with(run.gates().draw(), model -> solve(run, model));
  }

  /**
   * Goes on from a network, with its feature map and gates; options that say how to choose them have
   * no part. Beta must be given.
   *
   * @throws IllegalArgumentException as {@link #train(Rows)}, and where the network does not suit the
   *     rows
   */
  public TrainingResult train(Rows rows, WarmStart from) {
    checkGated();
    PassCounter counter = new PassCounter();
    CompleteRows complete = CompleteRows.of(rows, from.network());
    WarmStart start = from.on(complete);
    PreparedData prepared = start.prepared(complete.rows(), options);
    TrainingRun run = begin(complete.rows(), prepared, counter, from.fingerprint());
    try (GatedModel model = start.model(run)) {
      ProgramFit whole = whole(model);
      TrainingResult result =
          model.prepared().constantLabel()
              ? constant(whole)
              : atGivenBeta(whole, beta -> start.of(whole, beta));
      run.log().journal().end();
      return complete.result(result);
    }
  }

  /** Takes a look at the checkpoint of a lost driver. */
  private TrainingRun begin(
      Rows rows, PreparedData prepared, PassCounter counter, String initialModel) {
    Journal journal =
        checkpoints
            .map(
                c ->
                    Journal.of(
                        c,
                        FitIdentity.of(rows, prepared.stats(), asked, initialModel, c.version()),
                        progress,
                        counter))
            .orElseGet(() -> Journal.none(progress, counter));
    return TrainingRun.begin(rows, options, progress, counter, prepared, journal);
  }

  private ProgramFit whole(GatedModel model) {
    return new ProgramFit(
        model, new SolverChoice(model, uniformSketch), model.problem(model.prepared().allRows()));
  }

  private static TrainingResult constant(ProgramFit whole) {
    double setUp = whole.model().log().counter().seconds();
    return new FinalFit(whole.model(), whole).solve(0, Solver.Start.at(whole.skip()), setUp);
  }

  /** Solves for the beta that is given, from a start that may depend on it. */
  private TrainingResult atGivenBeta(ProgramFit whole, DoubleFunction<Solver.Start> start) {
    whole.begin(whole.skip());
    double setUp = whole.model().log().counter().seconds();
    double beta =
        options.regParam().orElseGet(() -> whole.betaMax() * options.regRatio().orElseThrow());
    return new FinalFit(whole.model(), whole).solve(beta, start.apply(beta), setUp);
  }

  /**
   * Trains a regression for several beta from one pass: the rows' {@link GramStatistics}, and every
   * model from them. Each certificate's bounds are evaluated from the statistics too.
   *
   * @param ratios beta / betaMax, in (0, 1], in any order
   * @return one model per ratio, in the order of the ratios
   * @throws IllegalArgumentException as {@link #train}; where the options or ratios do not allow it;
   *     where the statistics do not fit the driver's heap
   */
  public List<TrainingResult> fitPath(Rows rows, double... ratios) {
    PassCounter counter = new PassCounter();
    OnePass.checkRatios(ratios);
    return new OnePass(statistics(rows, 1, counter), options).path(ratios, progress, counter);
  }

  /** The fits of a path from statistics at hand, without a pass. */
  public List<TrainingResult> fitPath(GramStatistics statistics, double... ratios) {
    checkOnePass();
    OnePass.checkRatios(ratios);
    return new OnePass(statistics, options).path(ratios, progress, new PassCounter());
  }

  /**
   * Trains a regression whose beta K-fold cross-validation chooses, without a pass: every fold's
   * path and the final fit come from statistics of at least 2 folds. Feature map, gates and norms
   * are those of all rows.
   *
   * @return the model of all rows at the ratio of the lowest mean validation loss; its path holds
   *     these losses
   * @throws IllegalArgumentException where the options do not allow it; where the statistics have
   *     one fold; where no fold has rows inside and outside
   */
  public TrainingResult crossValidate(GramStatistics statistics) {
    checkOnePass();
    return new OnePass(statistics, options)
        .crossValidated(RegularizationPath.FROM_ONE, progress, new PassCounter());
  }

  /**
   * The statistics of a regression: prepares feature map, gates and norms as {@link #train} does and
   * sums over the rows, fold by fold, once.
   *
   * @param folds K, at least 1; more than 1 to cross-validate, where gates must not be grown on
   *     labels
   * @throws IllegalArgumentException as {@link #fitPath}
   */
  public GramStatistics statistics(Rows rows, int folds) {
    return statistics(rows, folds, new PassCounter());
  }

  private GramStatistics statistics(Rows rows, int folds, PassCounter counter) {
    checkOnePass();
    if (options.gateSampler() == TrainingOptions.GateSampler.PRICED) {
      throw new IllegalArgumentException(
          "gateSampler 'priced' needs a fit before it finds its next gates, one pass does not do;"
              + " use gaussian, sphere, columns or mixed");
    }
    if (folds > 1 && options.gateSampler() == TrainingOptions.GateSampler.TREES) {
      throw new IllegalArgumentException(
          "gateSampler 'trees' grows gates on labels, also on those of the fold that is held out;"
              + " cross-validate with gaussian, sphere, columns or mixed");
    }
    TrainingRun run = TrainingRun.begin(rows, options, progress, counter);
    return run.with(
        run.gates().drawForOnePass(),
        model -> {
          GramStatistics sums =
              GramStatistics.of(
                  model.gated(),
                  model.basis(),
                  folds,
                  Folds.salt(rows, folds, folds, options.seed()));
          counter.sweep(1);
          return sums;
        });
  }

  private void checkGated() {
    if (options.activation() != TrainingOptions.Activation.GATED) {
      throw new IllegalArgumentException(
          "activation is 'relu': this trains gated neurons, and so does one pass; use fit, or"
              + " activation 'gated'");
    }
  }

  private void checkOnePass() {
    checkGated();
    if (options.task() != TrainingOptions.Task.REGRESSION) {
      throw new IllegalArgumentException(
          "only the squared loss of a regression is trained from one pass, not a classifier");
    }
    if (!options.loss().squared()) {
      throw new IllegalArgumentException(
          "loss is '"
              + options.loss().kind().word()
              + "': one pass is enough for squared loss alone; use fit, or loss 'squared'");
    }
    if (options.groupNorm() == TrainingOptions.GroupNorm.SLIM) {
      throw new IllegalArgumentException(
          "groupNorm 'slim' is not for a path or a cross-validation from one pass; use auto,"
              + " euclidean or function");
    }
    if (!options.choosesBeta()) {
      throw new IllegalArgumentException(
          "regParam and regRatio have no part in a path or a cross-validation: unset them");
    }
    switch (options.solver()) {
      case AUTO, GRAM -> {}
      default ->
          throw new IllegalArgumentException(
              "one pass needs solver 'gram' or 'auto', not '"
                  + options.solver().name().toLowerCase(Locale.ROOT)
                  + "'");
    }
  }

  private TrainingResult solve(TrainingRun run, GatedModel model) {
    ProgramFit whole = whole(model);
    if (model.prepared().constantLabel()) {
      return constant(whole);
    }
    if (!options.choosesBeta()) {
      return atGivenBeta(whole, beta -> whole.start());
    }
    double setUp = model.log().counter().seconds();
    RegularizationPath.Choice chosen = choose(run, whole);
    Solver.Start start = Solver.Start.at(chosen.weights());
    if (!options.refit() && chosen.fit().isPresent()) {
      ProgramFit fit = chosen.fit().get();
      return new FinalFit(model, fit).solve(fit.betaMax() * chosen.ratio(), start, setUp);
    }
    whole.begin(chosen.fit().map(ProgramFit::skip).orElse(whole.skip()));
    boolean warm = chosen.ratio() < 1 && chosen.weights().length > 0;
    return new FinalFit(model, whole)
        .solve(whole.betaMax() * chosen.ratio(), warm ? start : whole.start(), setUp);
  }

  /** Folds that are asked for grow trees of their own; a held-out tenth had no part in the model's. */
  private RegularizationPath.Choice choose(TrainingRun run, ProgramFit whole) {
    SolverChoice solvers = new SolverChoice(whole.model(), uniformSketch);
    boolean trees = !whole.model().gates().trees().isEmpty();
    int folds =
        trees
            ? Math.max(1, options.numFolds())
            : RegularizationPath.folds(run, RegularizationPath.FEWEST_FOR_HOLD_OUT);
    return trees && folds > 1
        ? new RegularizationPath(run, rows -> FixedGates.drawn(run, solvers, rows), folds)
            .choose(Optional.empty())
        : new RegularizationPath(run, rows -> FixedGates.of(whole.model(), solvers, rows), folds)
            .choose(Optional.of(whole));
  }
}
