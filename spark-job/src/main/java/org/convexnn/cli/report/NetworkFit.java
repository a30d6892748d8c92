package org.convexnn.cli.report;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.spark.ml.Transformer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.cli.message.Stopwatch;
import org.convexnn.cli.option.ModelOptions;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.cli.table.RowColumns;
import org.convexnn.ml.ConvexReLUClassifier;
import org.convexnn.ml.ConvexReLUModel;
import org.convexnn.ml.ConvexReLURegressor;
import org.convexnn.ml.ConvexReLUTraining;
import org.convexnn.ml.ConvexReLUTrainingSummary;
import org.convexnn.network.Network;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.RankBound;
import org.convexnn.solver.TraceRecord;

/**
 * A network trained here.
 *
 * @param model the model
 * @param network its network
 * @param certificate its certificate
 * @param bestAmong what the certificate compares it with, features by numbers; empty of all networks
 *     with these gates
 * @param rankBound what gates of low rank cost, where patternRank holds them to one
 * @param trace one record per iteration
 * @param path the regularisation path
 * @param setUpSeconds moments, gates, patterns
 * @param solveSeconds path, final fit, certificate
 * @param fitSeconds from rows to model, all of it
 * @param phases seconds by phase, of constant leaves
 * @param importances how much each feature matters on a sample of the training rows
 */
public record NetworkFit(
    Transformer model,
    Network network,
    Certificate certificate,
    Optional<String> bestAmong,
    Optional<RankBound> rankBound,
    List<TraceRecord> trace,
    List<PathPoint> path,
    double setUpSeconds,
    double solveSeconds,
    double fitSeconds,
    Map<String, Double> phases,
    Supplier<FeatureImportances> importances) {

  /** The number of features. */
  public int features() {
    return network.features();
  }

  /** This fit, its features called by other names. */
  public NetworkFit inNames(UnaryOperator<String> names) {
    return new NetworkFit(
        model,
        network,
        certificate,
        bestAmong.map(names),
        rankBound,
        trace,
        path,
        setUpSeconds,
        solveSeconds,
        fitSeconds,
        phases,
        importances);
  }

  /** Fits the Estimator of a task with the Params that were given. */
  public static NetworkFit of(Dataset<Row> rows, LearningTask task, Map<String, Object> params) {
    Map<String, Object> all = new LinkedHashMap<>(params);
    all.put("featuresCol", RowColumns.FEATURES);
    all.put("labelCol", RowColumns.LABEL);
    all.put("weightCol", RowColumns.WEIGHT);
    return task.classification()
        ? fitted(
            new ConvexReLUClassifier(),
            all,
            estimator -> estimator.fit(rows),
            model -> FeatureImportances.of(model, rows))
        : fitted(
            new ConvexReLURegressor(),
            all,
            estimator -> estimator.fit(rows),
            model -> FeatureImportances.of(model, rows));
  }

  /** Fits with a line of progress, where someone sees it. */
  private static <E extends ConvexReLUTraining<E>, M extends Transformer & ConvexReLUModel<?>>
      NetworkFit fitted(
          E estimator,
          Map<String, Object> params,
          Function<E, M> fit,
          Function<M, FeatureImportances> importances) {
    ModelOptions.set(estimator, params);
    Optional<PrintWriter> screen = TerminalProgress.screen();
    Stopwatch watch = new Stopwatch();
    if (screen.isEmpty()) {
      PhaseClock clock = new PhaseClock(estimator.progress());
      estimator.setProgress(clock);
      return of(fit.apply(estimator), watch.seconds(), clock, importances);
    }
    try (TerminalProgress progress = new TerminalProgress(screen.get())) {
      PhaseClock clock = new PhaseClock(progress);
      estimator.setProgress(clock);
      return of(fit.apply(estimator), watch.seconds(), clock, importances);
    }
  }

  private static <M extends Transformer & ConvexReLUModel<?>> NetworkFit of(
      M model, double seconds, PhaseClock clock, Function<M, FeatureImportances> importances) {
    ConvexReLUTrainingSummary summary = model.summary();
    return new NetworkFit(
        model,
        model.network(),
        model.certificate(),
        model.bestAmong(),
        summary.rankBound(),
        summary.trace(),
        summary.path(),
        summary.setUpSeconds(),
        summary.solveSeconds(),
        seconds,
        clock.phases(),
        () -> importances.apply(model));
  }
}
