package org.convexnn.solver.path;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.convexnn.block.RowSelection;
import org.convexnn.linalg.RowCount;
import org.convexnn.network.Network;
import org.convexnn.solver.AllPatterns;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.Objective;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.fit.RunLog;
import org.convexnn.solver.gram.FoldSums;
import org.convexnn.solver.gram.GramStatistics;
import org.convexnn.solver.method.QuadraticProgram;
import org.convexnn.solver.program.Coordinates;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.rows.SelectedRows;

/**
 * One pass, many models: the regularisation path, K-fold cross-validation and the fit of all rows
 * from {@link GramStatistics} alone. The certificates' bounds are evaluated in float64 from the
 * statistics too; their rounding error is some ulps of the label's variance.
 */
public final class OnePass {

  private final GramStatistics statistics;
  private final FoldSums total;
  private final TrainingOptions options;
  private final Coordinates coordinates;
  private final double gapScale;

  /** Fits with these options. */
  public OnePass(GramStatistics statistics, TrainingOptions options) {
    this.statistics = statistics;
    this.options = options;
    this.coordinates =
        statistics
            .basis()
            .coordinates(new Coordinates.Skip(options.linearSkip(), options.fitIntercept()));
    this.total = statistics.total();
    if (!(total.weight() > 0)) {
      throw new IllegalArgumentException("the statistics are of no rows of positive weight");
    }
    if (!options.fitIntercept()
        && statistics.basis().labelShift() != 0
        && total.labelSquare() > 0) {
      throw new IllegalArgumentException(
          "fitIntercept is false, but the statistics are of labels less their mean of "
              + statistics.basis().labelShift()
              + ", which stays in the model: set fitIntercept, or collect them without it");
    }
    double mean = options.fitIntercept() ? total.labelMean(statistics.basis().width()) : 0;
    double constantLoss = 0.5 * (total.labelSquare() / total.weight() - mean * mean);
    this.gapScale = 1e-6 * constantLoss;
  }

  /**
   * Models of all rows at some beta / betaMax, each solved to the tolerance, in the order of the
   * ratios; solved from the largest down, each from the last.
   *
   * @param counter holds the work that the statistics took
   */
  public List<TrainingResult> path(double[] ratios, Progress progress, PassCounter counter) {
    GramFit fit = fit(total);
    TrainingResult[] results = new TrainingResult[ratios.length];
    double[] weights = fit.skip();
    for (int k : descending(ratios)) {
      double before = counter.seconds();
      RunLog log = log(progress, counter);
      double beta = ratios[k] * fit.betaMax();
      Solver.Solution solution = fit.solve(beta, weights, stopping(), log.watch("path", beta));
      weights = solution.weights();
      results[k] = result(fit, beta, solution, log, before);
    }
    return List.of(results);
  }

  /**
   * The losses of cross-validation: each fold's path solved on the other folds and scored on the
   * fold, where there are rows on both sides.
   *
   * @param ratios of the path, descending
   * @param log hears of every solve
   */
  FoldLosses validationLosses(double[] ratios, RunLog log) {
    FoldLosses losses = new FoldLosses(ratios);
    for (int k = 0; k < statistics.folds(); k++) {
      FoldSums heldOut = statistics.fold(k);
      FoldSums training = statistics.without(k);
      if (training.weight() > 0 && heldOut.weight() > 0) {
        losses.add(heldOut.weight(), losses(fit(training), heldOut, ratios, log));
      }
    }
    return losses;
  }

  private double[] losses(GramFit fit, FoldSums heldOut, double[] ratios, RunLog log) {
    double[] losses = new double[ratios.length];
    double[] weights = fit.skip();
    for (int i = 0; i < ratios.length; i++) {
      double beta = ratios[i] * fit.betaMax();
      weights = fit.solve(beta, weights, stopping(), log.watch("path", beta)).weights();
      losses[i] = heldOut.loss(coordinates.toRows(weights));
    }
    return losses;
  }

  /**
   * The model of all rows at the ratio of the lowest mean validation loss.
   *
   * @param counter holds the work that the statistics took
   */
  public TrainingResult crossValidated(double[] ratios, Progress progress, PassCounter counter) {
    if (statistics.folds() < 2) {
      throw new IllegalArgumentException(
          "cross-validation needs statistics of at least 2 folds; these have 1: collect them with"
              + " numFolds of at least 2");
    }
    RunLog log = log(progress, counter);
    double ratio = validationLosses(ratios, log).choose(statistics.folds(), log);
    double before = counter.seconds();
    GramFit fit = fit(total);
    double beta = ratio * fit.betaMax();
    Solver.Solution solution = fit.solve(beta, fit.skip(), stopping(), log.watch("solve", beta));
    return result(fit, beta, solution, log, before);
  }

  /** The program of all rows, for a solver that would sum over them again. */
  QuadraticProgram program() {
    return total.program(coordinates, statistics.basis().groups(), skipRidge());
  }

  private GramFit fit(FoldSums sums) {
    return GramFit.of(sums, coordinates, statistics.basis().groups(), skipRidge());
  }

  private double skipRidge() {
    long rows = RowCount.of(statistics.rows(), statistics.weight());
    return options.skipRidge(rows, statistics.basis().map().dimension());
  }

  private RunLog log(Progress progress, PassCounter counter) {
    return new RunLog(progress, counter, statistics.basis().groups(), gapScale);
  }

  private Solver.Stopping stopping() {
    return new Solver.Stopping(options.tolerance(false), options.maxIter(), gapScale);
  }

  private TrainingResult result(
      GramFit fit, double beta, Solver.Solution solution, RunLog log, double before) {
    PassCounter counter = log.counter();
    Network network = statistics.basis().network(coordinates, solution.weights());
    Certificate certificate =
        new Certificate(
            solution.upper(),
            solution.lower(),
            stopping().relativeGap(solution.upper(), solution.lower()),
            options.tolerance(false),
            beta,
            fit.betaMax(),
            1,
            statistics.basis().gates().size(),
            network.activeGroups(),
            counter.passes(),
            counter.jobs(),
            solution.reason(),
            "gram",
            AllPatterns.NONE);
    log.message("certificate: " + certificate);
    certificate.warning().ifPresent(log::warning);
    return new TrainingResult(
        network.pruned(),
        certificate,
        Objective.of(
            options,
            statistics.basis().gates(),
            new SelectedRows(RowSelection.ALL, statistics.weight(), statistics.rows())),
        Optional.empty(),
        log.trace(),
        log.path(),
        statistics.rows(),
        skipRidge(),
        before,
        counter.seconds() - before);
  }

  /** Refuses a path without ratios or with one that is not in (0, 1]. */
  public static void checkRatios(double[] ratios) {
    if (ratios.length == 0) {
      throw new IllegalArgumentException("a path needs at least one ratio beta / betaMax");
    }
    for (double ratio : ratios) {
      if (!(ratio > 0 && ratio <= 1)) {
        throw new IllegalArgumentException(
            "ratio " + ratio + " of beta / betaMax; it must be in (0, 1]");
      }
    }
  }

  private static List<Integer> descending(double[] ratios) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, ratios.length).boxed().toList());
    order.sort(Comparator.comparingDouble(k -> -ratios[k]));
    return order;
  }
}
