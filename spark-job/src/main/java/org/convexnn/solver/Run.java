package org.convexnn.solver;

import java.util.Locale;
import java.util.function.Function;
import org.convexnn.block.Patterns;
import org.convexnn.block.RowState;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.FloatTable;
import org.convexnn.loss.Judge;
import org.convexnn.network.GateSet;
import org.convexnn.network.LeafModel;

/**
 * A training run on some rows, as far as it does not depend on gates.
 *
 * @param rows the rows
 * @param options how to train
 * @param frame the constant parts of its models
 * @param log of the run
 */
record Run(Rows rows, TrainingOptions options, Frame frame, RunLog log) {

  private static final double TREE_CLIP = 5;

  /** Takes the first looks at the rows. */
  static Run begin(Rows rows, TrainingOptions options, Progress progress, Ledger ledger) {
    return begin(
        rows,
        options,
        progress,
        ledger,
        Preparation.of(rows, options),
        Journal.none(progress, ledger));
  }

  /** A run on rows whose constant parts are known, with a journal of its solves. */
  static Run begin(
      Rows rows,
      TrainingOptions options,
      Progress progress,
      Ledger ledger,
      Frame frame,
      Journal journal) {
    progress.message(
        String.format(
            Locale.ROOT,
            "%,d rows, %d features%s%s, blas %s, row kernels %s",
            frame.stats().rows(),
            rows.features(),
            !frame.map().none() && frame.map().dimension() < rows.features()
                ? " in " + frame.map().dimension() + " principal components"
                : "",
            frame.stats().sparse()
                ? String.format(Locale.ROOT, ", %.2g %% not zero", 100 * frame.stats().density())
                : "",
            Blas.name(),
            FloatTable.vectorised() ? "vector" : "java"));
    return new Run(
        rows,
        options,
        frame,
        new RunLog(progress, ledger, frame.groups(options), 1e-6 * frame.constantLoss(), journal));
  }

  /** What held-out rows judge networks by. */
  Judge judge() {
    return options.evalMetric().of(frame.loss());
  }

  /** K folds of the rows. */
  Folds folds(int count) {
    return Folds.even(rows, count, classes(), options.seed());
  }

  /** Folds of the rows, of which the first is the held-out split. */
  Folds heldOut() {
    return Folds.heldOut(rows, classes(), options.seed());
  }

  private int classes() {
    return switch (options.task()) {
      case BINARY -> 2;
      case MULTICLASS -> frame.loss().outputs();
      case REGRESSION -> 0;
    };
  }

  /** Chooses gates. */
  GateChoice gates() {
    return new GateChoice(rows, options, frame, log);
  }

  /** The run on the same rows somewhere else. */
  Run on(Rows others) {
    return new Run(others, options, frame, log);
  }

  /** The run with other options; what is prepared does not depend on them. */
  Run with(TrainingOptions others) {
    return new Run(rows, others, frame, log);
  }

  /** Prepares the model of some gates and uses it while its gated rows are kept. */
  <T> T with(GateSet gates, Function<GatedModel, T> use) {
    try (GatedModel model = model(gates)) {
      return use.apply(model);
    }
  }

  /** Prepares the model of some gates, which is to be closed. */
  GatedModel model(GateSet gates) {
    return model(gates, framed(gates));
  }

  /** Prepares the model of some gates in another frame. */
  GatedModel model(GateSet gates, Frame framed) {
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
  Frame framed(GateSet gates) {
    boolean clip =
        !gates.trees().isEmpty()
            && gates.forest().leafModel() != LeafModel.CONSTANT
            && options.normalization() != TrainingOptions.Normalization.NONE
            && (frame.map().mapsRows() || !frame.stats().sparse());
    return clip ? frame.clipped(TREE_CLIP) : frame;
  }
}
