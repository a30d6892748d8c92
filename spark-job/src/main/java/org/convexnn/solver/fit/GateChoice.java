package org.convexnn.solver.fit;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.convexnn.block.RowSelection;
import org.convexnn.block.pass.data.FingerprintPass;
import org.convexnn.block.pass.data.SamplePass;
import org.convexnn.gate.HalfSpaceSampler;
import org.convexnn.gate.PatternEnumeration;
import org.convexnn.gate.TreeGrower;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.rows.Rows;
import org.convexnn.solver.setup.PatternSpan;
import org.convexnn.solver.setup.Preparation;
import org.convexnn.solver.setup.PreparedData;

/**
 * Chooses the gates of a fit: half-spaces or sub-networks of them drawn without a look at labels, or
 * the leaves of trees grown on a sample. Numbers that are not given follow the number of rows
 * (docs/theory/gates.md#how-many).
 *
 * @param rows the rows
 * @param options sampler, numbers, seed
 * @param prepared the constant parts of the model
 * @param log is told what was chosen
 */
public record GateChoice(Rows rows, TrainingOptions options, PreparedData prepared, RunLog log) {

  private static final int SAMPLE_ROWS = 4000;
  private static final int TREE_SAMPLE_ROWS = 44_000;
  private static final int BEST_SAMPLE_ROWS = 88_000;
  private static final long FEWEST_FOR_TREES = TrainingOptions.FEWEST_FOR_TREES;
  // Every leaf has a matrix of its own, D x D.
  private static final int MOST_FEATURES_FOR_TREES = 300;
  private static final double TREE_MEMORY_SHARE = 0.05;
  // Below, what boosting finds on rows it has not seen is chance.
  private static final double LEAST_GAIN = 0.01;
  // Where boosting finds more than this, half-spaces beside the trees stay at zero in training.
  private static final double GAIN_OF_TREES_ALONE = 0.2;
  private static final int BESIDE_TREES = 64;
  private static final int FEWEST_HALF_SPACES = 16;
  private static final double SAMPLE_NUMBERS = 1 << 25;
  // Every gate costs once for each class.
  private static final int BESIDE_TREES_OF_CLASSES = 16;
  // Measured on five sets: for the same time, trees of many leaves beat many trees of few, down to
  // about so many rows a leaf.
  private static final int ROWS_PER_LEAF = 500;
  private static final int FEWEST_LEAVES = 8;
  private static final int MOST_LEAVES = 128;
  private static final int FEWEST_TREES = 16;
  private static final int FEWEST_TREES_OF_CLASSES = 5;
  private static final int MOST_TREES = 60;
  // Numbers in the table, times classes, up to which the most trees are grown.
  private static final double CHEAP_PASS = 2.3e5;
  private static final int BEST_FACTOR = 5;
  // Points of a line have one way less to be split, of a plane about n^2 / 2.
  private static final long MOST_ENUMERATED_ON_A_LINE = 512;
  private static final long MOST_ENUMERATED_IN_A_PLANE = 32;

  /** Whether gates are the leaves of trees that are narrow. */
  public boolean narrow() {
    return Preparation.narrow(prepared.stats(), options);
  }

  /** Whether gates are priced along the path: there are none to begin with. */
  public boolean priced() {
    return !prepared.constantLabel()
        && options.layerWidths().isEmpty()
        && switch (options.gateSampler()) {
          case PRICED -> true;
          case AUTO ->
              options.numGates() == 0
                  && !treesAsked()
                  && prepared.span().isEmpty()
                  && prepared.size() < FEWEST_FOR_TREES
                  && rows.features() <= MOST_FEATURES_FOR_TREES
                  && prepared.loss().outputs() == 1;
          case TREES, GAUSSIAN, COLUMNS, MIXED, SPHERE -> false;
        };
  }

  private boolean treesAsked() {
    return options.numTrees() > 0 || options.numLeaves() > 0;
  }

  /** The gates; none where they are to be priced. */
  public GateSet draw() {
    return draw(selection());
  }

  /** The gates, in which no row but these has a part; none where they are to be priced. */
  public GateSet draw(RowSelection seen) {
    return !options.layerWidths().isEmpty() ? subNetworks() : drawTwoLayers(seen);
  }

  private GateSet drawTwoLayers(RowSelection seen) {
    if (prepared.span().isPresent()) {
      return GateSet.of(inSpan(prepared.span().get()));
    }
    return switch (options.gateSampler()) {
      case AUTO -> automatic(seen);
      case PRICED -> GateSet.of(HalfSpaces.none(rows.features()));
      case TREES -> trees(seen);
      case GAUSSIAN -> gaussian();
      case COLUMNS -> GateSet.of(sampler().columns(halfSpaces(), sample(seen)));
      case MIXED -> GateSet.of(sampler().mixed(halfSpaces(), sample(seen)));
      case SPHERE -> GateSet.of(sampler().sphere(halfSpaces()));
    };
  }

  /**
   * The gates where no row is set apart to choose beta: auto must choose gates that see no label, few
   * enough for a Gram matrix.
   */
  public GateSet drawForOnePass() {
    boolean automatic =
        options.gateSampler() == TrainingOptions.GateSampler.AUTO
            && options.layerWidths().isEmpty()
            && prepared.span().isEmpty();
    return automatic ? gaussian() : draw(RowSelection.ALL);
  }

  /** Whether the gates are all patterns of the span: of few rows, where no number is asked for. */
  boolean enumerated() {
    return options.numGates() == 0
        && switch (options.patternRank()) {
          case 1 -> prepared.stats().rows() <= MOST_ENUMERATED_ON_A_LINE;
          case 2 -> prepared.stats().rows() <= MOST_ENUMERATED_IN_A_PLANE;
          default -> false;
        };
  }

  /** Half-spaces of the span, which see no label: all patterns, or of those drawn one each. */
  private HalfSpaces inSpan(PatternSpan span) {
    HalfSpaceSampler sampler = new HalfSpaceSampler(span.map(), options.seed());
    HalfSpaces gates;
    if (enumerated()) {
      gates =
          sampler.through(PatternEnumeration.splits(span.rank(), points(span.map()))).and(always());
      checkMemory(gates.size(), 0);
    } else {
      int count = halfSpaces();
      boolean sphere = options.gateSampler() == TrainingOptions.GateSampler.SPHERE;
      HalfSpaces drawn = sphere ? sampler.sphere(count) : sampler.gaussian(count);
      FingerprintPass pass = new FingerprintPass(drawn);
      gates = pass.distinct(rows.sum("patterns that differ", pass));
    }
    log.message(
        String.format(
            Locale.ROOT,
            "%d half-spaces in the span of %d leading directions of %d, %s",
            gates.size(),
            span.rank(),
            prepared.map().dimension(),
            enumerated() ? "all that split the rows differently" : "drawn"));
    return gates;
  }

  /** A neuron that is active on every row: the one pattern that splits nothing. */
  private HalfSpaces always() {
    int d = rows.features();
    return new HalfSpaces(d, new double[d], new double[] {-1}, new double[] {0.5});
  }

  /** The rows in the span; few enough for the driver. */
  private double[] points(FeatureMap map) {
    return rows.sum("rows for patterns", new SamplePass(RowSelection.ALL, 1, 0)).stream()
        .flatMapToDouble(row -> Arrays.stream(map.apply(row.features())))
        .toArray();
  }

  /** Trees, and as many half-spaces beside them as are asked for. */
  private GateSet trees(RowSelection seen) {
    checkMemory(options.numGates(), trees(prepared.size()));
    TreeGrower.Proposal grown = growTrees(seen);
    if (grown.trees().isEmpty()) {
      log.message("no split of the sample gains anything: Gaussian gates instead");
      return gaussian();
    }
    return withTrees(grown, options.numGates());
  }

  /**
   * Trees, and where boosting finds little, half-spaces beside them for what it cannot see;
   * half-spaces alone where their number is given, where rows are few or features many, and where
   * boosting finds nothing.
   */
  private GateSet automatic(RowSelection seen) {
    boolean asked = treesAsked();
    boolean suited =
        prepared.size() >= FEWEST_FOR_TREES && rows.features() <= MOST_FEATURES_FOR_TREES;
    if (prepared.constantLabel() || (!asked && (options.numGates() > 0 || !suited))) {
      return gaussian();
    }
    int usual = prepared.loss().outputs() == 1 ? BESIDE_TREES : BESIDE_TREES_OF_CLASSES;
    int beside = options.numGates() > 0 ? options.numGates() : usual;
    checkMemory(beside, trees(prepared.size()));
    TreeGrower.Proposal grown = growTrees(seen);
    if (grown.trees().isEmpty() || (!asked && grown.gain() < LEAST_GAIN)) {
      log.message(
          String.format(
              Locale.ROOT,
              "boosted trees lower the loss by %.1f %% only: Gaussian gates instead",
              100 * Math.max(0, grown.gain())));
      return gaussian();
    }
    boolean alone = options.numGates() == 0 && grown.gain() >= GAIN_OF_TREES_ALONE;
    return withTrees(grown, alone ? 0 : beside);
  }

  private GateSet gaussian() {
    return GateSet.of(sampler().gaussian(halfSpaces()));
  }

  /** As many sub-networks as there are gates for. */
  private GateSet subNetworks() {
    int[] widths = options.layerWidths().stream().mapToInt(m -> m).toArray();
    int count = Math.max(1, wantedHalfSpaces() / options.paths());
    checkMemory(Math.toIntExact((long) count * options.paths()), 0);
    log.message(
        String.format(
            Locale.ROOT,
            "%d sub-networks of %d layers with %d paths each as gates",
            count,
            widths.length + 2,
            options.paths()));
    return GateSet.of(sampler().subNetworks(count, widths));
  }

  /** Refuses gates whose fit has no room on the driver, before they are drawn. */
  private void checkMemory(int halfSpaces, int trees) {
    memory(halfSpaces, trees).check(Runtime.getRuntime().maxMemory());
  }

  private DriverMemory memory(int halfSpaces, int trees) {
    return new DriverMemory(
        prepared.map().dimension() + 1,
        prepared.loss().outputs(),
        halfSpaces,
        trees,
        (long) trees * leaves(prepared.size()),
        options.solver());
  }

  private HalfSpaceSampler sampler() {
    return new HalfSpaceSampler(prepared.map(), options.seed());
  }

  private GateSet withTrees(TreeGrower.Proposal grown, int halfSpaces) {
    HalfSpaces beside =
        halfSpaces > 0 ? sampler().gaussian(halfSpaces) : HalfSpaces.none(rows.features());
    GateSet set = new GateSet(beside, grown.trees());
    log.message(
        String.format(
            Locale.ROOT,
            "%d trees with %d leaves and %d half-spaces as gates; boosting the trees lowers the"
                + " loss by %.1f %%",
            grown.trees().size(),
            set.leaves(),
            beside.size(),
            100 * grown.gain()));
    return set;
  }

  /** Trees grown by boosting on a sample of these rows. */
  private TreeGrower.Proposal growTrees(RowSelection seen) {
    if (prepared.constantLabel()) {
      return new TreeGrower.Proposal(List.of(), 0);
    }
    double most =
        atMost(
            options.effort() == TrainingOptions.Effort.BEST ? BEST_SAMPLE_ROWS : TREE_SAMPLE_ROWS);
    List<SamplePass.Row> sample =
        rows.sum(
            "sample for trees",
            new SamplePass(seen, Math.min(1, most / prepared.stats().rows()), options.seed()));
    double[][] x = sample.stream().map(SamplePass.Row::features).toArray(double[][]::new);
    double[] y =
        sample.stream().flatMapToDouble(r -> Arrays.stream(prepared.inUnits(r.labels()))).toArray();
    double[] w = sample.stream().mapToDouble(SamplePass.Row::weight).toArray();
    double[] offset = prepared.offset();
    double[] start = new double[w.length * prepared.loss().outputs()];
    for (int i = 0; i < start.length; i++) {
      start[i] = offset[i % offset.length];
    }
    TreeGrower.Options size =
        TreeGrower.Options.of(trees(prepared.size()), leaves(prepared.size()), options.seed());
    return TreeGrower.propose(x, y, w, prepared.loss(), start, size);
  }

  /** The rows that do not choose beta; all of them where the folds that do have their own gates. */
  private RowSelection selection() {
    return options.choosesBeta() && options.numFolds() < 2
        ? Folds.withoutHeldOut(rows, options.seed())
        : RowSelection.ALL;
  }

  private List<double[]> sample(RowSelection seen) {
    double rate = atMost(SAMPLE_ROWS) / prepared.stats().rows();
    return rows.sum("sample for gates", new SamplePass(seen, rate, options.seed())).stream()
        .map(SamplePass.Row::features)
        .toList();
  }

  /** Rows of a sample, dense on the driver. */
  private double atMost(int wanted) {
    return Math.min(wanted, SAMPLE_NUMBERS / rows.features());
  }

  /** P, where a fit with so many half-spaces has room. */
  public int halfSpaces() {
    int count = wantedHalfSpaces();
    checkMemory(count, 0);
    return count;
  }

  /** See docs/theory/gates.md#how-many. */
  private int wantedHalfSpaces() {
    if (options.numGates() > 0) {
      return options.numGates();
    }
    long n = prepared.size();
    int balanced = n >= 5000 ? 256 : n >= 1000 ? 128 : 64;
    int wanted =
        switch (options.effort()) {
          case FAST -> balanced / 2;
          case BALANCED -> balanced;
          case BEST -> 2 * balanced;
        };
    int most = memory(0, 0).mostHalfSpaces(Runtime.getRuntime().maxMemory());
    return Math.min(wanted, Math.max(FEWEST_HALF_SPACES, most));
  }

  /** The power of two that leaves each leaf this many rows. */
  private int leaves(long n) {
    if (options.numLeaves() > 0) {
      return options.numLeaves();
    }
    long wanted = Long.highestOneBit(Math.max(1, n / ROWS_PER_LEAF));
    return (int) Math.max(FEWEST_LEAVES, Math.min(MOST_LEAVES, wanted));
  }

  /** Many where a pass is cheap, few and large ones where it is not. */
  private int trees(long n) {
    if (options.numTrees() > 0) {
      return options.numTrees();
    }
    int classes = prepared.loss().outputs();
    double work = (double) n * rows.features() * classes;
    double least = classes > 1 ? FEWEST_TREES_OF_CLASSES : FEWEST_TREES;
    double balanced = Math.max(least, MOST_TREES * Math.sqrt(Math.min(1, CHEAP_PASS / work)));
    double wanted =
        switch (options.effort()) {
          case FAST -> balanced / 2;
          case BALANCED -> balanced;
          case BEST -> BEST_FACTOR * balanced;
        };
    double width = prepared.map().dimension() + 1.0;
    // The matrices of the leaves' norms must leave the driver room for everything else.
    double room = TREE_MEMORY_SHARE * Runtime.getRuntime().maxMemory() / (8 * width * width);
    return (int) Math.max(1, Math.min(Math.round(wanted), room / leaves(n)));
  }
}
