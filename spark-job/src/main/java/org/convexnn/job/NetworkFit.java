package org.convexnn.job;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.ml.Transformer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
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
 * @param rankBound what gates of low rank cost, where patternRank holds them to one
 * @param trace one record per iteration
 * @param path the regularisation path
 * @param setUpSeconds moments, gates, patterns
 * @param solveSeconds path, final fit, certificate
 * @param fitSeconds from rows to model, all of it
 */
record NetworkFit(
    Transformer model,
    Network network,
    Certificate certificate,
    Optional<RankBound> rankBound,
    List<TraceRecord> trace,
    List<PathPoint> path,
    double setUpSeconds,
    double solveSeconds,
    double fitSeconds) {

  /** The number of features. */
  int features() {
    return network.features();
  }

  /** Fits the Estimator of a task with the Params that were given. */
  static NetworkFit of(Dataset<Row> rows, LearningTask task, Map<String, Object> params) {
    Map<String, Object> all = new LinkedHashMap<>(params);
    all.put("featuresCol", RowColumns.FEATURES);
    all.put("labelCol", RowColumns.LABEL);
    all.put("weightCol", RowColumns.WEIGHT);
    Stopwatch watch = new Stopwatch();
    if (task.classification()) {
      ConvexReLUClassifier estimator = new ConvexReLUClassifier();
      ModelOptions.set(estimator, all);
      return of(shown(estimator, () -> estimator.fit(rows)), watch.seconds());
    }
    ConvexReLURegressor estimator = new ConvexReLURegressor();
    ModelOptions.set(estimator, all);
    return of(shown(estimator, () -> estimator.fit(rows)), watch.seconds());
  }

  /** Fits with a line of progress, where someone sees it. */
  private static <M> M shown(ConvexReLUTraining<?> estimator, Supplier<M> fit) {
    Optional<PrintWriter> screen = TerminalProgress.screen();
    if (screen.isEmpty()) {
      return fit.get();
    }
    try (TerminalProgress progress = new TerminalProgress(screen.get())) {
      estimator.setProgress(progress);
      return fit.get();
    }
  }

  private static <M extends Transformer & ConvexReLUModel<?>> NetworkFit of(
      M model, double seconds) {
    ConvexReLUTrainingSummary summary = model.summary();
    return new NetworkFit(
        model,
        model.network(),
        model.certificate(),
        summary.rankBound(),
        summary.trace(),
        summary.path(),
        summary.setUpSeconds(),
        summary.solveSeconds(),
        seconds);
  }
}
