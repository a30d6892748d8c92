package org.convexnn.solver.fit;

import java.util.Locale;
import java.util.function.Function;
import org.convexnn.block.Patterns;
import org.convexnn.block.RowState;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.FloatTable;
import org.convexnn.loss.Judge;
import org.convexnn.network.GateSet;
import org.convexnn.network.LeafModel;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.checkpoint.Journal;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.Rows;
import org.convexnn.solver.setup.Preparation;
import org.convexnn.solver.setup.PreparedData;

/**
 * A training run on some rows, as far as it does not depend on gates.
 *
 * @param rows the rows
 * @param options how to train
 * @param prepared the constant parts of its models
 * @param log of the run
 */
public record TrainingRun(Rows rows, TrainingOptions options, PreparedData prepared, RunLog log) {

  private static final double TREE_CLIP = 5;

  /** Takes the first looks at the rows. */
  public static TrainingRun begin(
      Rows rows, TrainingOptions options, Progress progress, PassCounter counter) {
    return begin(
        rows,
        options,
        progress,
        counter,
        Preparation.of(rows, options),
        Journal.none(progress, counter));
  }

  /** A run on rows whose constant parts are known, with a journal of its solves. */
  public static TrainingRun begin(
      Rows rows,
      TrainingOptions options,
      Progress progress,
      PassCounter counter,
      PreparedData prepared,
      Journal journal) {
    progress.message(
        String.format(
            Locale.ROOT,
            "%,d rows, %d features%s%s, blas %s, row kernels %s",
            prepared.stats().rows(),
            rows.features(),
            !prepared.map().none() && prepared.map().dimension() < rows.features()
                ? " in " + prepared.map().dimension() + " principal components"
                : "",
            prepared.stats().sparse()
                ? String.format(Locale.ROOT, ", %.2g %% not zero", 100 * prepared.stats().density())
                : "",
            Blas.name(),
            FloatTable.vectorised() ? "vector" : "java"));
    return new TrainingRun(
        rows,
        options,
        prepared,
        new RunLog(
            progress, counter, prepared.groups(options), 1e-6 * prepared.constantLoss(), journal));
  }

  /** What held-out rows judge networks by. */
  public Judge judge() {
    return options.evalMetric().of(prepared.loss());
  }

  /** K folds of the rows. */
  public Folds folds(int count) {
    return Folds.even(rows, count, classes(), options.seed());
  }

  /** Folds of the rows, of which the first is the held-out split. */
  public Folds heldOut() {
    return Folds.heldOut(rows, classes(), options.seed());
  }

  private int classes() {
    return switch (options.task()) {
      case BINARY -> 2;
      case MULTICLASS -> prepared.loss().outputs();
      case REGRESSION -> 0;
    };
  }

  /** Chooses gates. */
  public GateChoice gates() {
    return new GateChoice(rows, options, prepared, log);
  }

  /** The run on the same rows somewhere else. */
  public TrainingRun on(Rows others) {
    return new TrainingRun(others, options, prepared, log);
  }

  /** The run with other options; what is prepared does not depend on them. */
  public TrainingRun with(TrainingOptions others) {
    return new TrainingRun(rows, others, prepared, log);
  }

  /** Prepares the model of some gates and uses it while its gated rows are kept. */
  public <T> T with(GateSet gates, Function<GatedModel, T> use) {
    try (GatedModel model = model(gates)) {
      return use.apply(model);
    }
  }

  /** Prepares the model of some gates, which is to be closed. */
  public GatedModel model(GateSet gates) {
    return model(gates, framed(gates));
  }

  /** Prepares the model of some gates of which other constant parts are prepared. */
  public GatedModel model(GateSet gates, PreparedData framed) {
    long patterns = Patterns.bytesOfRow(gates, framed.map());
    // A pass reads one state and writes the next.
    long states = 2 * RowState.mostBytesOfRow(framed.loss().outputs());
    log.detail(
        String.format(
            Locale.ROOT,
            "%d gates: %d bytes a row of patterns and at most %d of row states, %.1f MB in all",
            gates.size(),
            patterns,
            states,
            1e-6 * framed.stats().rows() * (patterns + states)));
    GatedRows gated = rows.activate(gates, framed.map());
    try {
      return GatedModel.of(rows, gated, options, framed, gates, log);
    } catch (Throwable e) {
      // Not RuntimeException: Spark throws checked ones that are not declared.
      gated.close();
      throw e;
    }
  }

  /**
   * Linear models in leaves extrapolate: one outlier must not spoil a prediction. Sparse rows stay
   * sparse.
   */
  PreparedData framed(GateSet gates) {
    boolean clip =
        !gates.trees().isEmpty()
            && gates.forest().leafModel() != LeafModel.CONSTANT
            && options.normalization() != TrainingOptions.Normalization.NONE
            && (prepared.map().mapsRows() || !prepared.stats().sparse());
    return clip ? prepared.clipped(TREE_CLIP) : prepared;
  }
}
