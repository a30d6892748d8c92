package org.convexnn.solver.forest;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.convexnn.block.RowSelection;
import org.convexnn.gate.Boosting;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.fit.Folds;
import org.convexnn.solver.fit.GatedModel;
import org.convexnn.solver.fit.ProgramFit;
import org.convexnn.solver.fit.SolverChoice;
import org.convexnn.solver.fit.TrainingRun;
import org.convexnn.solver.path.FinalFit;
import org.convexnn.solver.path.RegularizationPath;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.rows.SelectedRows;
import org.convexnn.solver.setup.PreparedData;

/**
 * The fit of trees with constant leaves: boosting grows trees on rows in bins, held-out rows choose
 * the penalty and the number and size of the trees, the trees of the network are grown again on all
 * rows, and the convex program over all leaves together is solved and certified: on the driver where
 * it has all rows and a pass costs no more than a job's latency, or where there is no other machine.
 */
public final class ForestFit {

  // Leaf codes of all rows up to which a pass on the driver is cheaper than a job.
  private static final double MOST_LOCAL_CODES = 1e8;
  // Where the driver is the only machine its passes are as cheap as the executors', and growth has
  // found the leaves: looking them up again took a sixth of a fit of a million rows. There are two
  // copies while blocks are cut.
  private static final double HEAP_SHARE = 0.25;
  private static final int COPIES = 2;
  private static final int FEWEST_FOR_VALIDATION = 20;

  // A tenth of few rows judges with noise: as many of five folds do as cost no more than so many
  // rows.
  private static final int FOLDS = 5;
  private static final double ROWS_OF_FOLDS = 65_000;

  private final TrainingRun run;
  private final ForestGrowth growth;

  public ForestFit(TrainingRun run) {
    this.run = run;
    this.growth = new ForestGrowth(run);
  }

  /** A forest that is ready to be trained. */
  public record Ready(ForestSample sample, ForestChoice.Choice choice) {}

  /** Brings the rows and chooses. */
  public Ready choose() {
    ForestSample sample = ForestSample.of(run);
    growth.check();
    TrainingOptions options = run.options();
    run.log().phase("load and bin");
    boolean validates = options.choosesBeta() && sample.size() >= FEWEST_FOR_VALIDATION;
    List<RowSelection> splits = validates ? splits(sample) : List.of();
    ForestChoice.Choice choice =
        !splits.isEmpty()
            ? new ForestChoice(run, growth).choose(sample, splits)
            : new ForestChoice.Choice(
                ForestChoice.Point.given(options), growth.usual(), Double.NaN, Double.NaN);
    run.log().phase("choose");
    return new Ready(sample, choice);
  }

  /** The splits that have rows on both sides. */
  private List<RowSelection> splits(ForestSample sample) {
    return splits().stream()
        .filter(
            split ->
                Arrays.stream(sample.groups()).anyMatch(split::selects)
                    && Arrays.stream(sample.groups()).anyMatch(split.complement()::selects))
        .toList();
  }

  private List<RowSelection> splits() {
    int folds = RegularizationPath.folds(run, RegularizationPath.FEWEST_FOR_HOLD_OUT);
    if (folds > 1) {
      return folds(folds, folds);
    }
    int some = (int) Math.min(FOLDS, ROWS_OF_FOLDS / run.prepared().size());
    return some > 1 && run.options().numFolds() == 0 && !run.rows().marked()
        ? folds(FOLDS, some)
        : List.of(Folds.withoutHeldOut(run.rows(), run.options().seed()));
  }

  /** The first of some folds. */
  private List<RowSelection> folds(int folds, int some) {
    return IntStream.range(0, some)
        .mapToObj(k -> Folds.withoutFold(run.rows(), folds, k, run.options().seed()))
        .toList();
  }

  /** Grows the network's trees and trains them. */
  public TrainingResult solve(Ready ready) {
    ForestSample sample = ready.sample;
    ForestChoice.Choice choice = ready.choice;
    double codes =
        (double) run.prepared().stats().rows()
            * choice.growth().rounds()
            * run.prepared().loss().outputs();
    boolean local = sample.share() >= 1 && codes <= mostLocalCodes();
    Boosting.Result result = growth.grow(sample, choice.growth(), local);
    GrownForest boosted =
        GrownForest.of(
            result,
            result.rounds(),
            sample.rows().binning().categories(),
            run.prepared().loss().outputs());
    GrownForest grown = boosted.with(choice.point().penalty(boosted));
    int features = run.rows().features();
    GateSet gates = new GateSet(HalfSpaces.none(features), List.of(), grown.forest());
    run.log()
        .message(
            gates.description()
                + " as gates, grown on "
                + String.format(Locale.ROOT, "%,d rows", sample.size()));
    run.log().phase("grow");
    if (local) {
      ForestProgram program = new ForestProgram(run, grown, sample, grown.codes());
      GatedModel model = program.model(choice.point().a(), run.log());
      return solve(model, program.selected(), program.fromBoosting(grown), choice.point());
    }
    PreparedData prepared = run.prepared().with(FeatureMap.none(features));
    TrainingOptions options = run.options().with(choice.point().a(), run.options().leaves());
    try (GatedModel model = run.with(options).model(gates, prepared)) {
      double[] start = new double[model.setting().length()];
      System.arraycopy(
          grown.values(), 0, start, model.setting().layout().wideLength(), grown.values().length);
      return solve(model, prepared.allRows(), start, choice.point());
    }
  }

  private double mostLocalCodes() {
    return run.rows().onDriver()
        ? Math.max(MOST_LOCAL_CODES, HEAP_SHARE * Runtime.getRuntime().maxMemory() / COPIES)
        : MOST_LOCAL_CODES;
  }

  private TrainingResult solve(
      GatedModel model, SelectedRows rows, double[] boosted, ForestChoice.Point point) {
    ProgramFit fit = new ProgramFit(model, new SolverChoice(model, false), model.problem(rows));
    fit.begin(fit.skip());
    run.log().phase("prepare");
    double setUp = run.log().counter().seconds();
    TrainingOptions options = run.options();
    double beta =
        options
            .regParam()
            .orElseGet(
                () ->
                    options.regRatio().isPresent()
                        ? fit.betaMax() * options.regRatio().getAsDouble()
                        : Double.isNaN(point.beta()) ? 0.1 * fit.betaMax() : point.beta());
    double[] start = fit.problem().coordinates().fromNetwork(boosted);
    TrainingResult result = new FinalFit(model, fit).solve(beta, Solver.Start.at(start), setUp);
    run.log().phase("solve and certify");
    return result;
  }
}
