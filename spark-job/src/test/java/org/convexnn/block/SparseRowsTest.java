package org.convexnn.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.convexnn.block.kernel.RowKernel;
import org.convexnn.block.kernel.RowProducts;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.StepPass;
import org.convexnn.block.pass.data.ColumnStatsPass;
import org.convexnn.block.pass.data.MomentsPass;
import org.convexnn.block.pass.gated.FoldGramPass;
import org.convexnn.block.pass.gated.GradientPass;
import org.convexnn.block.pass.gated.GramPass;
import org.convexnn.block.pass.gated.GroupMomentsPass;
import org.convexnn.block.pass.gated.SketchRowsPass;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;

/** Every sum over sparse rows against the same sum over the same rows stored dense. */
class SparseRowsTest {

  private static final double CLOSE = 1e-11;

  /** The same rows twice; one column is far from zero. */
  private static final class Case {

    final Block dense;
    final Block sparse;
    final GateSet gates;
    final FeatureMap map;
    final int outputs;
    final long seed;

    Case(
        int rows,
        int features,
        int halfSpaces,
        boolean trees,
        int outputs,
        double density,
        long seed) {
      this.dense = RandomRows.thinned(RandomRows.block(seed, rows, features), density, seed);
      this.sparse = RandomRows.sparse(dense);
      this.gates = RandomRows.gates(seed, features, halfSpaces, trees);
      FeatureMap other = RandomRows.map(seed, features);
      double[] mean = other.mean().clone();
      mean[0] = 40;
      this.map = new FeatureMap(mean, other.inverseScale(), new double[0]);
      this.outputs = outputs;
      this.seed = seed;
    }

    RowSetting setting() {
      return RandomRows.setting(
          map, gates, new SquaredLoss(), new double[outputs], Precision.FLOAT64);
    }

    GatedBlock gated(Block block) {
      return RandomRows.gated(block, gates, map);
    }

    double[] random(long salt, int length) {
      return new Random(seed + salt).doubles(length, -1, 1).toArray();
    }
  }

  private static void same(double[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double size = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).as("entry %d", i).isCloseTo(expected[i], within(CLOSE * (1 + size)));
    }
  }

  private record Products(double[] f, double[] gradient, double[] gram) {}

  private static Products products(Case test, Block... blocks) {
    RowSetting setting = test.setting();
    RowKernel kernel = RowKernel.of(setting, 2);
    kernel.weights(1, test.random(1, setting.length()));
    int q = (1 + setting.groups()) * setting.width();
    double[] gram = new double[q * q];
    double[] f = new double[0];
    for (Block block : blocks) {
      GatedBlock gated = test.gated(block);
      f = new double[block.rows() * test.outputs];
      double[] factors = test.random(2, f.length);
      double[] weights =
          Arrays.stream(test.random(3, block.rows())).map(w -> Math.max(0, w)).toArray();
      for (int from = 0; from < block.rows(); ) {
        int count = kernel.load(gated, from);
        kernel.forward(1, f, from * test.outputs);
        kernel.backward(0, factors, from * test.outputs);
        kernel.addGram(weights, from, gram);
        from += count;
      }
    }
    for (int i = 0; i < q; i++) {
      Arrays.fill(gram, i * q, i * q + i, 0);
    }
    return new Products(f, kernel.gradient(0).clone(), gram);
  }

  @Property(tries = 60)
  void productsWithFAndItsTranspose(
      @ForAll @IntRange(min = 1, max = 700) int rows,
      @ForAll @IntRange(min = 1, max = 9) int features,
      @ForAll @IntRange(max = 9) int halfSpaces,
      @ForAll boolean trees,
      @ForAll @IntRange(min = 1, max = 3) int outputs,
      @ForAll @DoubleRange(max = 0.7) double density,
      @ForAll long seed) {
    Case test = new Case(rows, features, halfSpaces, trees, outputs, density, seed);
    Products dense = products(test, test.dense);
    Products sparse = products(test, test.sparse);
    same(sparse.f, dense.f);
    same(sparse.gradient, dense.gradient);
    same(sparse.gram, dense.gram);
    Products both = products(test, test.dense, test.sparse);
    same(both.gradient, Arrays.stream(dense.gradient).map(g -> 2 * g).toArray());
    same(both.gram, Arrays.stream(dense.gram).map(g -> 2 * g).toArray());
  }

  @Property(tries = 20)
  void productsWithManyHalfSpaces(
      @ForAll @IntRange(min = 60, max = 140) int halfSpaces, @ForAll long seed) {
    Case test = new Case(50, 4, halfSpaces, true, 2, 0.3, seed);
    same(products(test, test.sparse).f, products(test, test.dense).f);
    same(products(test, test.sparse).gradient, products(test, test.dense).gradient);
  }

  @Property(tries = 60)
  void momentsStatisticsPatternsAndProductsOfRows(
      @ForAll @IntRange(min = 1, max = 300) int rows,
      @ForAll @IntRange(min = 1, max = 9) int features,
      @ForAll boolean diagonal,
      @ForAll @DoubleRange(max = 0.7) double density,
      @ForAll long seed) {
    Case test = new Case(rows, features, 5, true, 1, density, seed);
    Patterns dense = test.gated(test.dense).patterns();
    Patterns sparse = test.gated(test.sparse).patterns();
    assertThat(sparse.bits()).isEqualTo(dense.bits());
    assertThat(sparse.leaves().bytes()).isDeepEqualTo(dense.leaves().bytes());
    for (int r = 0; r < rows; r++) {
      float leverage = dense.leverage()[r];
      assertThat(sparse.leverage()[r]).isCloseTo(leverage, within(1e-5f * leverage));
      assertThat(test.sparse.key(r)).isEqualTo(test.dense.key(r));
    }

    MomentsPass moments =
        new MomentsPass(test.map.mean(), test.map.inverseScale(), 0.25, 2, diagonal);
    double[][] one = sum(moments, test.dense);
    double[][] other = sum(moments, test.sparse);
    for (int k = 0; k < one.length; k++) {
      same(other[k], one[k]);
    }

    ColumnStats first = sum(new ColumnStatsPass(features), test.dense);
    ColumnStats second = sum(new ColumnStatsPass(features), test.sparse);
    same(second.min(), first.min());
    same(second.max(), first.max());
    assertThat(second.nonZeros()).isEqualTo(first.nonZeros());
    same(second.mean(), first.mean());

    RowSetting setting = test.setting();
    GroupMomentsPass byGroup = new GroupMomentsPass(setting, diagonal);
    same(sum(byGroup, test.gated(test.sparse))[0], sum(byGroup, test.gated(test.dense))[0]);

    same(
        RowProducts.of(setting, test.gated(test.sparse), true, diagonal),
        RowProducts.of(setting, test.gated(test.dense), true, diagonal));
  }

  private static <B, A> A sum(RowPass<B, A> pass, B block) {
    RowPass.Worker<B, A> worker = pass.worker();
    worker.accept(block);
    return worker.result();
  }

  /** The z of a map that maps rows are dense whatever the rows are. */
  @Property(tries = 40)
  void mappedRowsAreDense(
      @ForAll @IntRange(min = 2, max = 6) int features,
      @ForAll boolean clipped,
      @ForAll long seed) {
    Case test = new Case(40, features, 3, true, 1, 0.2, seed);
    FeatureMap whole = RandomRows.map(seed, features);
    FeatureMap map =
        clipped
            ? whole.clipped(1)
            : new FeatureMap(
                whole.mean(),
                whole.inverseScale(),
                Arrays.copyOf(whole.matrix(), features * (features / 2)));
    RowSetting setting =
        RandomRows.setting(map, test.gates, new LogisticLoss(), new double[1], Precision.FLOAT64);
    double[] v = test.random(1, setting.length());
    GatedBlock dense = RandomRows.gated(test.dense, test.gates, map);
    GatedBlock sparse = RandomRows.gated(test.sparse, test.gates, map);
    same(sparse.patterns().mapped(), dense.patterns().mapped());
    GradientPass pass = new GradientPass(setting, v, GradientPass.Order.GRADIENT, 1);
    same(sum(pass, sparse)[0], sum(pass, dense)[0]);
    same(sum(pass, sparse)[1], sum(pass, dense)[1]);
    GroupMomentsPass byGroup = new GroupMomentsPass(setting, true);
    same(sum(byGroup, sparse)[0], sum(byGroup, dense)[0]);
    sampledRowsAreTheRows(setting, sparse);
  }

  /** The sample of all rows has their coordinates and patterns. */
  private static void sampledRowsAreTheRows(RowSetting setting, GatedBlock gated) {
    StepPass.Worker<List<SketchRowsPass.Row>> worker =
        new SketchRowsPass(setting, 0.1, GramPass.Sketch.ALL).worker();
    worker.accept(gated, Optional.empty());
    GatedBlock sample =
        SketchRowsPass.block(
            setting.dimension(),
            gated.patterns().mapped().length > 0,
            setting.firstLeaves(),
            worker.result());
    Map<Long, double[]> byKey = new HashMap<>();
    for (int r = 0; r < gated.block().rows(); r++) {
      byKey.put(gated.block().key(r), coordinates(setting, gated, r));
    }
    assertThat(sample.block().rows()).isEqualTo(gated.block().rows());
    for (int r = 0; r < sample.block().rows(); r++) {
      same(coordinates(setting, sample, r), byKey.get(worker.result().get(r).key()));
    }
  }

  private static double[] coordinates(RowSetting setting, GatedBlock gated, int r) {
    double[] y = new double[setting.dimension()];
    setting.rowCoordinates(gated, r, y);
    return y;
  }

  /** Folds are sums over rows of either storage. */
  @Property(tries = 20)
  void foldsOfARegression(@ForAll @IntRange(min = 1, max = 5) int features, @ForAll long seed) {
    Case test = new Case(60, features, 3, true, 1, 0.3, seed);
    FoldGramPass pass = new FoldGramPass(test.setting(), 3, 7);
    double[][] dense = sum(pass, test.gated(test.dense));
    double[][] sparse = sum(pass, test.gated(test.sparse));
    for (int k = 0; k < dense.length; k++) {
      same(sparse[k], dense[k]);
    }
  }
}
