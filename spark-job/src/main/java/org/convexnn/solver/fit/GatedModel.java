package org.convexnn.solver.fit;

import java.util.Arrays;
import java.util.Optional;
import org.convexnn.block.RowSetting;
import org.convexnn.network.GateSet;
import org.convexnn.network.Imputation;
import org.convexnn.network.Network;
import org.convexnn.network.SlimNorm;
import org.convexnn.network.leaf.LeafOrder;
import org.convexnn.solver.RankBound;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.gram.FrozenBasis;
import org.convexnn.solver.program.Coordinates;
import org.convexnn.solver.program.FunctionNorm;
import org.convexnn.solver.program.LeafNorms;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.Rows;
import org.convexnn.solver.rows.SelectedRows;
import org.convexnn.solver.setup.Groups;
import org.convexnn.solver.setup.LeafCone;
import org.convexnn.solver.setup.PreparedData;

/**
 * A model whose gates and norms are fixed, on gated rows: what the convex programs of a run share,
 * which differ in the rows that count and in beta.
 *
 * @param rows the rows
 * @param gated the same with their patterns
 * @param options how to train
 * @param prepared the constant parts of the model
 * @param gates the gates
 * @param setting of all rows
 * @param norms L_i^(-1) of the function norm, the rows of the slim one, empty for the Euclidean one;
 *     of every narrow leaf
 * @param elasticNet a of the penalty
 * @param log of the run
 */
public record GatedModel(
    Rows rows,
    GatedRows gated,
    TrainingOptions options,
    PreparedData prepared,
    GateSet gates,
    RowSetting setting,
    double[][] norms,
    double elasticNet,
    RunLog log)
    implements AutoCloseable {

  /** Finds the norms, for which the function norm takes a sweep. */
  static GatedModel of(
      Rows rows,
      GatedRows gated,
      TrainingOptions options,
      PreparedData prepared,
      GateSet gates,
      RunLog log) {
    RowSetting setting =
        RowSetting.of(
            prepared.map(),
            gates,
            prepared.loss(),
            prepared.offset(),
            prepared.shift(),
            prepared.scale(),
            options.arithmetic());
    boolean trees = !gates.trees().isEmpty();
    boolean function =
        switch (options.groupNorm()) {
          case EUCLIDEAN -> false;
          case FUNCTION -> true;
          case AUTO, SLIM -> trees && !gates.forest().narrow();
        };
    double[][] norms = new double[0][];
    if (function && !prepared.constantLabel()) {
      log.counter().sweep(0);
      norms =
          FunctionNorm.of(
              gated,
              setting,
              prepared.map(),
              prepared.stats().weight(),
              options.groupNorm() == TrainingOptions.GroupNorm.FUNCTION);
    }
    if (gates.forest().narrow()) {
      norms = Arrays.copyOf(norms, gates.size());
      Arrays.fill(norms, 0, gates.wide(), new double[0]);
      double[][] leaves =
          options.groupNorm() == TrainingOptions.GroupNorm.EUCLIDEAN
              ? LeafNorms.euclidean(setting.layout())
              : LeafNorms.of(LeafNorms.metric(gated, setting, prepared.stats().weight()));
      System.arraycopy(
          LeafNorms.weighted(leaves, gates.forest().penalty().weights()),
          0,
          norms,
          gates.wide(),
          leaves.length);
      log.counter().sweep(0);
    }
    if (options.groupNorm() == TrainingOptions.GroupNorm.SLIM) {
      double[][] slim = SlimNorm.of(prepared.map(), gates.halfSpaces());
      norms = norms.length == 0 ? slim : norms;
      System.arraycopy(slim, 0, norms, 0, slim.length);
    }
    return new GatedModel(
        rows, gated, options, prepared, gates, setting, norms, options.elasticNet().orElse(1), log);
  }

  /** What the weights combine: of a regression all that is fixed. */
  public FrozenBasis basis() {
    return new FrozenBasis(prepared.map(), gates, norms, prepared.shift(), prepared.scale());
  }

  /** The change of variables that makes every group's norm Euclidean. */
  Coordinates coordinates() {
    return new Coordinates(
        prepared.map(),
        gates.centres(),
        setting.layout(),
        norms,
        new Coordinates.Skip(
            options.linearSkip() && !gates.forest().narrow(), options.fitIntercept()),
        true);
  }

  /** The program on some rows. */
  public Problem problem(SelectedRows selected) {
    return problem(selected, coordinates());
  }

  /** The program on some rows in given coordinates. */
  public Problem problem(SelectedRows selected, Coordinates coordinates) {
    return new Problem(
        gated,
        setting.on(selected.selection()),
        coordinates,
        groups(),
        selected.weight(),
        selected.count(),
        prepared.skipRidge(options),
        log.counter());
  }

  /** What the penalty is a sum over. */
  Groups groups() {
    double[] centres = gates.forest().penalty().centres().clone();
    for (int i = 0; i < centres.length; i++) {
      centres[i] /= norms[gates.wide() + i][0];
    }
    return prepared
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
  public double tolerance() {
    return options.tolerance(!gates.trees().isEmpty());
  }

  /** What gates of low rank cost at beta, where they are held to one. */
  public Optional<RankBound> rankBound(double beta) {
    boolean enumerated = new GateChoice(rows, options, prepared, log).enumerated();
    return prepared.rankBound(norms.length == 0, enumerated, beta);
  }

  /** The smallest denominator of relative gaps: a gap below is no gap. */
  public double gapScale() {
    return 1e-6 * prepared.constantLoss();
  }

  /** The network of weights in solver coordinates, not pruned; leaves in order to the last bit. */
  public Network network(Coordinates coordinates, double[] weights) {
    double[] stored = coordinates.toNetwork(weights);
    LeafOrder order = LeafOrder.of(gates.forest(), options.leaves().constraints());
    double[] alike = new double[stored.length];
    Arrays.fill(alike, 1);
    order.project(stored, alike, setting.layout().wideLength());
    return new Network(
        prepared.map(),
        gates,
        stored,
        prepared.outputOffset(),
        prepared.outputShift(),
        prepared.outputScale(),
        prepared.outputUnits(),
        Imputation.NONE);
  }

  /** Releases the gated rows. */
  @Override
  public void close() {
    gated.close();
  }
}
