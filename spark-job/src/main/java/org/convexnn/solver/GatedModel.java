package org.convexnn.solver;

import java.util.Arrays;
import java.util.Optional;
import org.convexnn.block.RowSetting;
import org.convexnn.network.GateSet;
import org.convexnn.network.Imputation;
import org.convexnn.network.LeafOrder;
import org.convexnn.network.Network;
import org.convexnn.network.SlimNorm;

/**
 * A model whose gates and norms are fixed, on gated rows: what the convex programs of a run share,
 * which differ in the rows that count and in beta.
 *
 * @param rows the rows
 * @param gated the same with their patterns
 * @param options how to train
 * @param frame the constant parts of the model
 * @param gates the gates
 * @param setting of all rows
 * @param norms L_i^(-1) of the function norm, the rows of the slim one, empty for the Euclidean one;
 *     of every narrow leaf
 * @param elasticNet a of the penalty
 * @param log of the run
 */
record GatedModel(
    Rows rows,
    GatedRows gated,
    TrainingOptions options,
    Frame frame,
    GateSet gates,
    RowSetting setting,
    double[][] norms,
    double elasticNet,
    RunLog log)
    implements AutoCloseable {

  /** Finds the norms, for which the function norm takes a sweep. */
  static GatedModel of(
      Rows rows, GatedRows gated, TrainingOptions options, Frame frame, GateSet gates, RunLog log) {
    RowSetting setting =
        RowSetting.of(
            frame.map(),
            gates,
            frame.loss(),
            frame.offset(),
            frame.shift(),
            frame.scale(),
            options.arithmetic());
    boolean trees = !gates.trees().isEmpty();
    boolean function =
        switch (options.groupNorm()) {
          case EUCLIDEAN -> false;
          case FUNCTION -> true;
          case AUTO, SLIM -> trees && !gates.forest().narrow();
        };
    double[][] norms = new double[0][];
    if (function && !frame.constantLabel()) {
      log.ledger().sweep(0);
      norms =
          FunctionNorm.of(
              gated,
              setting,
              frame.map(),
              frame.stats().weight(),
              options.groupNorm() == TrainingOptions.GroupNorm.FUNCTION);
    }
    if (gates.forest().narrow()) {
      norms = Arrays.copyOf(norms, gates.size());
      Arrays.fill(norms, 0, gates.wide(), new double[0]);
      double[][] leaves =
          options.groupNorm() == TrainingOptions.GroupNorm.EUCLIDEAN
              ? LeafNorms.euclidean(setting.layout())
              : LeafNorms.of(LeafNorms.metric(gated, setting, frame.stats().weight()));
      System.arraycopy(
          LeafNorms.weighted(leaves, gates.forest().penalty().weights()),
          0,
          norms,
          gates.wide(),
          leaves.length);
      log.ledger().sweep(0);
    }
    if (options.groupNorm() == TrainingOptions.GroupNorm.SLIM) {
      double[][] slim = SlimNorm.of(frame.map(), gates.halfSpaces());
      norms = norms.length == 0 ? slim : norms;
      System.arraycopy(slim, 0, norms, 0, slim.length);
    }
    return new GatedModel(
        rows, gated, options, frame, gates, setting, norms, options.elasticNet().orElse(1), log);
  }

  /** What the weights combine: of a regression all that is fixed. */
  FrozenBasis basis() {
    return new FrozenBasis(frame.map(), gates, norms, frame.shift(), frame.scale());
  }

  /** The change of variables that makes every group's norm Euclidean. */
  Coordinates coordinates() {
    return new Coordinates(
        frame.map(),
        gates.centres(),
        setting.layout(),
        norms,
        new Coordinates.Skip(
            options.linearSkip() && !gates.forest().narrow(), options.fitIntercept()),
        true);
  }

  /** The program on some rows. */
  Problem problem(SelectedRows selected) {
    return problem(selected, coordinates());
  }

  /** The program on some rows in given coordinates. */
  Problem problem(SelectedRows selected, Coordinates coordinates) {
    return new Problem(
        gated,
        setting.on(selected.selection()),
        coordinates,
        groups(),
        selected.weight(),
        selected.count(),
        frame.skipRidge(options),
        log.ledger());
  }

  /** What the penalty is a sum over. */
  Groups groups() {
    double[] centres = gates.forest().penalty().centres().clone();
    for (int i = 0; i < centres.length; i++) {
      centres[i] /= norms[gates.wide() + i][0];
    }
    return frame
        .groups(options)
        .elastic(elasticNet)
        .with(setting.layout())
        .centred(centres)
        .in(cone());
  }

  private LeafCone cone() {
    LeafOrder order = LeafOrder.of(gates.forest(), options.leaves().constraints());
    if (order.none()) {
      return LeafCone.ALL;
    }
    double[] scales = new double[gates.forest().leaves()];
    Arrays.setAll(scales, i -> norms[gates.wide() + i][0]);
    return new LeafCone(order, scales);
  }

  /** The relative gap that the final fit has to reach. */
  double tolerance() {
    return options.tolerance(!gates.trees().isEmpty());
  }

  /** What gates of low rank cost at beta, where they are held to one. */
  Optional<RankBound> rankBound(double beta) {
    boolean enumerated = new GateChoice(rows, options, frame, log).enumerated();
    return frame.rankBound(norms.length == 0, enumerated, beta);
  }

  /** The smallest denominator of relative gaps: a gap below is no gap. */
  double gapScale() {
    return 1e-6 * frame.constantLoss();
  }

  /** The network of weights in solver coordinates, not pruned; leaves in order to the last bit. */
  Network network(Coordinates coordinates, double[] weights) {
    double[] stored = coordinates.toNetwork(weights);
    LeafOrder order = LeafOrder.of(gates.forest(), options.leaves().constraints());
    double[] alike = new double[stored.length];
    Arrays.fill(alike, 1);
    order.project(stored, alike, setting.layout().wideLength());
    return new Network(
        frame.map(),
        gates,
        stored,
        frame.outputOffset(),
        frame.outputShift(),
        frame.outputScale(),
        frame.outputUnits(),
        Imputation.NONE);
  }

  /** Releases the gated rows. */
  @Override
  public void close() {
    gated.close();
  }
}
