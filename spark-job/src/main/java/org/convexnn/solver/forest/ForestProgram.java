package org.convexnn.solver.forest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.LeafCodes;
import org.convexnn.block.Patterns;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSelection;
import org.convexnn.block.RowSetting;
import org.convexnn.block.pass.gated.JudgePass;
import org.convexnn.block.pass.gated.OutputsPass;
import org.convexnn.block.pass.gated.SweepPass;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.Judge;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.leaf.LeafOrder;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.fit.GatedModel;
import org.convexnn.solver.fit.RunLog;
import org.convexnn.solver.fit.TrainingRun;
import org.convexnn.solver.program.LeafNorms;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.LocalRows;
import org.convexnn.solver.rows.SelectedRows;
import org.convexnn.solver.setup.PreparedData;

/**
 * Rows on the driver under the trees of a forest, whose leaf codes boosting has found: what convex
 * programs on these rows are made of, whatever their penalty. Blocks are as many as rows can be
 * worked on at a time.
 */
final class ForestProgram {

  // Fewer are swept in the time of a consensus, which would have to bring two blocks together.
  private static final double CODES_OF_A_BLOCK = 1e7;

  private static final int OUTPUTS = 1; // the state that sweeps start from

  private final TrainingRun run;
  private final GateSet gates;
  private final LocalRows.LocalGatedRows gated;
  private final RowSetting setting;
  private final PreparedData prepared;
  private final double weight;
  private final int rows;
  private final double[] metric;
  private final LeafOrder order;

  /**
   * A forest on rows.
   *
   * @param sample the rows
   * @param codes by tree the leaf of each row
   */
  ForestProgram(TrainingRun run, GrownForest grown, ForestSample sample, byte[][] codes) {
    this(
        run,
        grown,
        sample,
        codes,
        Math.max(run.rows().parallelism(), Runtime.getRuntime().availableProcessors()));
  }

  /**
   * A forest on rows in at most so many blocks.
   *
   * @param most at least 1
   */
  ForestProgram(TrainingRun run, GrownForest grown, ForestSample sample, byte[][] codes, int most) {
    this.run = run;
    int features = run.rows().features();
    this.prepared = run.prepared().with(FeatureMap.none(features));
    this.gates = new GateSet(HalfSpaces.none(features), List.of(), grown.forest());
    this.rows = sample.size();
    this.weight = sample.weight();
    // The sample's labels are in training units already.
    this.setting =
        RowSetting.of(
            prepared.map(), gates, prepared.loss(), prepared.offset(), 0, 1, Precision.FLOAT64);
    double work = (double) rows * grown.trees();
    int blocks = (int) Math.max(1, Math.min(most, work / CODES_OF_A_BLOCK));
    int[] first = grown.forest().firstLeaves();
    int width = prepared.loss().labels();
    List<GatedBlock> parts = new ArrayList<>();
    for (int b = 0; b < blocks; b++) {
      int from = (int) ((long) rows * b / blocks);
      int to = (int) ((long) rows * (b + 1) / blocks);
      Block block =
          Block.withoutFeatures(
              Arrays.copyOfRange(sample.rows().labels(), from * width, to * width),
              Arrays.copyOfRange(sample.rows().weights(), from, to),
              Arrays.copyOfRange(sample.keys(), from, to));
      parts.add(
          new GatedBlock(block, Patterns.of(LeafCodes.slice(first, codes, from, to), to - from)));
    }
    this.gated = new LocalRows.LocalGatedRows(parts);
    this.order = LeafOrder.of(grown.forest(), run.options().leaves().constraints());
    this.metric = grown.trees() == 0 ? new double[0] : LeafNorms.metric(gated, setting, weight);
  }

  /**
   * The model of a penalty on these rows.
   *
   * @param a of the elastic norm
   */
  GatedModel model(double a, RunLog log) {
    return new GatedModel(
        run.rows(),
        gated,
        run.options(),
        prepared,
        gates,
        setting,
        LeafNorms.weighted(norms(), gates.forest().penalty().weights()),
        a,
        log);
  }

  /** Keeps the rows' outputs at weights, from which sweeps then start. */
  void begin(double[] v) {
    gated.step("outputs", new OutputsPass(setting, v), GatedRows.NO_STATE, OUTPUTS);
  }

  /**
   * Weights in row coordinates after some sweeps of block descent over all rows; of one block.
   *
   * @param v where the rows' outputs are kept ({@link #begin})
   * @param scales of the leaves' norms
   * @param centres of the leaves' norms; empty for 0
   */
  double[] swept(
      double[] v, double[] scales, double[] centres, SweepPass.Penalty penalty, int sweeps) {
    SweepPass pass =
        new SweepPass(setting, v, new double[0], scales, centres, order, penalty, 0, sweeps);
    double[][] sums = gated.step("sweeps", pass, OUTPUTS, GatedRows.NO_STATE);
    double[] next = v.clone();
    Blas.axpy(1, pass.step(sums), next);
    return next;
  }

  /** The scales of the leaves' norms, with their weights. */
  double[] scales(double[] leafWeights) {
    double[][] norms = LeafNorms.weighted(norms(), leafWeights);
    return Arrays.stream(norms).mapToDouble(n -> n[0]).toArray();
  }

  /** The leaves' part of weights in row coordinates. */
  double[] leaves(double[] v) {
    int from = setting.layout().wideLength();
    return Arrays.copyOfRange(v, from, from + setting.layout().narrow());
  }

  private double[][] norms() {
    return run.options().groupNorm() == TrainingOptions.GroupNorm.EUCLIDEAN
        ? LeafNorms.euclidean(setting.layout())
        : LeafNorms.of(metric);
  }

  /** What the run's judge says of these rows at weights. */
  double judged(double[] v) {
    Judge judge = run.judge();
    return judge.value(gated.sum("validation", new JudgePass(setting, v, judge)));
  }

  /** These rows. */
  SelectedRows selected() {
    return new SelectedRows(RowSelection.ALL, weight, rows);
  }

  /** What boosting found, as weights of a network. */
  double[] fromBoosting(GrownForest grown) {
    double[] v = new double[setting.length()];
    System.arraycopy(grown.values(), 0, v, setting.layout().wideLength(), grown.values().length);
    return v;
  }
}
