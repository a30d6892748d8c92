package org.convexnn.solver.rows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.convexnn.block.Block;
import org.convexnn.block.FeatureBuffer;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.Patterns;
import org.convexnn.block.RowSelection;
import org.convexnn.block.RowState;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.StepPass;
import org.convexnn.block.pass.data.SamplePass;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.Imputation;

/**
 * {@link Rows} in memory, blocks side by side on the machine's cores, their sums added in order: for
 * tests, driver-side samples and problems that fit one machine. Each block counts as a partition.
 */
public final class LocalRows implements Rows {

  private final List<Block> blocks;
  private final boolean marked;
  private final boolean[] categorical;
  private final boolean missing;
  private final Map<Long, Double> groups;

  /** Rows in these blocks, at least one. */
  public LocalRows(List<Block> blocks) {
    this(blocks, false);
  }

  /**
   * Rows in these blocks, at least one.
   *
   * @param marked whether they bring a mark
   */
  public LocalRows(List<Block> blocks, boolean marked) {
    this(List.copyOf(blocks), marked, new boolean[blocks.get(0).features()], false);
  }

  private LocalRows(List<Block> blocks, boolean marked, boolean[] categorical, boolean missing) {
    this.blocks = blocks;
    this.marked = marked;
    this.categorical = categorical;
    this.missing = missing;
    this.groups = new TreeMap<>();
    for (Block block : blocks) {
      for (int r = 0; block.grouped() && r < block.rows(); r++) {
        groups.merge(block.group(r), block.weight(r), Double::sum);
      }
    }
  }

  @Override
  public Map<Long, Double> groups() {
    return groups;
  }

  /** These rows, of which some columns hold codes of categories. */
  public LocalRows categorical(boolean[] columns) {
    return new LocalRows(blocks, marked, columns.clone(), missing);
  }

  /** These rows, of which values may be missing. */
  public LocalRows withMissing() {
    return new LocalRows(blocks, marked, categorical, true);
  }

  @Override
  public boolean missing() {
    return missing;
  }

  @Override
  public LocalRows imputed(Imputation imputation) {
    return new LocalRows(
        blocks.stream().map(block -> block.imputed(imputation)).toList(),
        marked,
        Arrays.copyOf(categorical, imputation.width()),
        false);
  }

  @Override
  public int labels() {
    return blocks.stream().mapToInt(Block::labels).max().orElse(1);
  }

  @Override
  public boolean[] categorical() {
    return categorical.clone();
  }

  /** A copy of all rows, sorted by key: for so few of them that the driver may hold them. */
  public static LocalRows copyOf(Rows rows) {
    List<SamplePass.Row> all =
        rows.sum("rows for the driver", new SamplePass(RowSelection.ALL, 1, 0));
    int d = rows.features();
    FeatureBuffer buffer = new FeatureBuffer(d, Long.MAX_VALUE);
    for (SamplePass.Row row : all) {
      for (int j = 0; j < d; j++) {
        buffer.add(j, row.features()[j]);
      }
      buffer.endRow();
    }
    boolean grouped = all.stream().anyMatch(row -> row.group() != row.key()) && !rows.marked();
    long[] groups = new long[grouped ? all.size() : 0];
    Arrays.setAll(groups, r -> all.get(r).group());
    boolean[] marks = new boolean[rows.marked() ? all.size() : 0];
    for (int r = 0; r < marks.length; r++) {
      marks[r] = RowSelection.marked(all.get(r).key());
    }
    return new LocalRows(
            List.of(
                new Block(
                    buffer.take(),
                    all.stream().flatMapToDouble(row -> Arrays.stream(row.labels())).toArray(),
                    all.stream().mapToDouble(SamplePass.Row::weight).toArray(),
                    marks,
                    groups)),
            rows.marked())
        .categorical(rows.categorical());
  }

  @Override
  public boolean marked() {
    return marked;
  }

  @Override
  public int features() {
    return blocks.get(0).features();
  }

  @Override
  public int parallelism() {
    return 1;
  }

  @Override
  public double jobSeconds() {
    return 0;
  }

  @Override
  public <A> A sum(String description, RowPass<Block, A> pass) {
    return added(blocks, block -> of(pass, block), pass::merge);
  }

  private static <B, A> A of(RowPass<B, A> pass, B block) {
    RowPass.Worker<B, A> worker = pass.worker();
    worker.accept(block);
    return worker.result();
  }

  /** What the blocks give, side by side, added in their order. */
  private static <B, A> A added(List<B> blocks, Function<B, A> part, BinaryOperator<A> merge) {
    List<A> parts =
        (blocks.size() > 1 ? blocks.parallelStream() : blocks.stream()).map(part).toList();
    A total = parts.get(0);
    for (A next : parts.subList(1, parts.size())) {
      total = merge.apply(total, next);
    }
    return total;
  }

  @Override
  public LocalGatedRows activate(GateSet gates, FeatureMap map) {
    List<GatedBlock> gated = new ArrayList<>();
    for (Block block : blocks) {
      gated.add(new GatedBlock(block, Patterns.of(block, gates, map)));
    }
    return new LocalGatedRows(gated);
  }

  /** {@link GatedRows} in memory. */
  public static final class LocalGatedRows implements GatedRows {

    private final List<GatedBlock> blocks;
    private final Map<Integer, List<RowState>> states = new HashMap<>();

    /** Rows in these blocks, at least one. */
    public LocalGatedRows(List<GatedBlock> blocks) {
      this.blocks = blocks;
    }

    @Override
    public <A> A sum(String description, RowPass<GatedBlock, A> pass) {
      return added(blocks, block -> of(pass, block), pass::merge);
    }

    @Override
    public <A> A step(String description, StepPass<A> pass, int from, int to) {
      List<RowState> previous = states.get(from);
      RowState[] next = new RowState[blocks.size()];
      A total =
          added(
              IntStream.range(0, blocks.size()).boxed().toList(),
              b -> {
                StepPass.Worker<A> worker = pass.worker();
                Optional<RowState> state =
                    previous == null ? Optional.empty() : Optional.ofNullable(previous.get(b));
                next[b] = worker.accept(blocks.get(b), state);
                return worker.result();
              },
              pass::merge);
      if (to != NO_STATE) {
        states.put(to, Arrays.asList(next));
      }
      return total;
    }

    /** Loses the state of one block, as a lost executor would. */
    public void lose(int state, int block) {
      states.computeIfPresent(
          state,
          (key, list) -> {
            List<RowState> copy = new ArrayList<>(list);
            copy.set(block, null);
            return copy;
          });
    }

    @Override
    public void release(int state) {
      states.remove(state);
    }

    @Override
    public void close() {
      states.clear();
    }
  }
}
