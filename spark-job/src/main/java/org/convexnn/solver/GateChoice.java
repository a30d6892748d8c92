package org.convexnn.solver;

import java.util.List;
import org.convexnn.block.RowSelection;
import org.convexnn.block.SampleJob;
import org.convexnn.gate.HalfSpaceSampler;
import org.convexnn.gate.TreeGrower;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Tree;

/**
 * Chooses the gates of a fit: half-spaces drawn without a look at labels, or the leaves of trees
 * grown on a sample. Numbers that are not given follow the number of rows (modelling.md sections 2,
 * 8 and 14).
 *
 * @param rows the rows
 * @param options sampler, numbers, seed
 * @param frame the constant parts of the model
 * @param progress is told what was chosen
 */
record GateChoice(Rows rows, TrainingOptions options, Frame frame, Progress progress) {

  private static final int SAMPLE_ROWS = 4000;
  private static final int TREE_SAMPLE_ROWS = 20_000;

  /** The gates. */
  GateSet draw() {
    int count = options.numGates() > 0 ? options.numGates() : defaultGates(frame.stats().rows());
    HalfSpaceSampler sampler = new HalfSpaceSampler(frame.map(), options.seed());
    return switch (options.gateSampler()) {
      case TREES -> {
        List<Tree> grown = growTrees();
        if (grown.isEmpty()) {
          progress.message("no split of the sample gains anything: Gaussian gates instead");
        }
        yield grown.isEmpty() ? GateSet.of(sampler.gaussian(count)) : ofTrees(grown);
      }
      case AUTO, GAUSSIAN -> GateSet.of(sampler.gaussian(count));
      case COLUMNS -> GateSet.of(sampler.columns(count, sample()));
      case MIXED -> GateSet.of(sampler.mixed(count, sample()));
    };
  }

  private GateSet ofTrees(List<Tree> trees) {
    GateSet set = new GateSet(HalfSpaces.none(rows.features()), trees);
    progress.message(trees.size() + " trees with " + set.leaves() + " leaves as gates");
    return set;
  }

  /** Trees grown by boosting on a sample of the rows that do not choose beta. */
  private List<Tree> growTrees() {
    if (frame.constantLabel()) {
      return List.of();
    }
    long n = frame.stats().rows();
    double rate = Math.min(1, (double) TREE_SAMPLE_ROWS / n);
    RowSelection selection =
        options.choosesBeta() ? Validation.training(options.seed()) : RowSelection.ALL;
    List<SampleJob.Row> sample =
        rows.sum("sample for trees", new SampleJob(selection, rate, options.seed()));
    double[][] x = sample.stream().map(SampleJob.Row::features).toArray(double[][]::new);
    double[] y =
        sample.stream().mapToDouble(r -> (r.label() - frame.shift()) / frame.scale()).toArray();
    double[] w = sample.stream().mapToDouble(SampleJob.Row::weight).toArray();
    double[] offset = frame.offset();
    double[] start = new double[y.length * frame.loss().outputs()];
    for (int i = 0; i < start.length; i++) {
      start[i] = offset[i % offset.length];
    }
    int trees = options.numTrees() > 0 ? options.numTrees() : defaultTrees(n);
    int leaves = options.numLeaves() > 0 ? options.numLeaves() : defaultLeaves(n);
    return TreeGrower.grow(
        x, y, w, frame.loss(), start, TreeGrower.Options.of(trees, leaves, options.seed()));
  }

  private List<double[]> sample() {
    double rate = (double) SAMPLE_ROWS / frame.stats().rows();
    return rows
        .sum("sample for gates", new SampleJob(RowSelection.ALL, rate, options.seed()))
        .stream()
        .map(SampleJob.Row::features)
        .toList();
  }

  private static int defaultGates(long rows) {
    return rows >= 5000 ? 256 : rows >= 1000 ? 128 : 64;
  }

  private static int defaultTrees(long rows) {
    return rows >= 40_000 ? 40 : 60;
  }

  private static int defaultLeaves(long rows) {
    return rows >= 40_000 ? 32 : rows >= 15_000 ? 16 : 8;
  }
}
