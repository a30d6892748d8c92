package org.convexnn.block.kernel;

import java.util.Optional;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;

/**
 * Products of some rows with F and its transpose, F never built. In row coordinates, with 0/1
 * indicators s and the batch's rows y~:
 *
 * <pre>forward:  f_rc = y~_r . (v_0c + sum_i s_ri v_ic)
 * backward: g_ic += sum_r q_rc s_ri y~_r     (i = 0: s = 1)</pre>
 *
 * Both are products with the batch's 0/1 matrix S and with its rows. Dense rows take S first:
 * {@link PatternCodes} turn it into picks from a table of sums, n (P / 4 + T) C D additions a
 * direction instead of the 2 n P C D flops of a matrix product. Sparse rows take their non-zeros
 * first ({@link SparseRowKernel}). Narrow leaves are looked up tree by tree ({@link LeafKernel}).
 *
 * <p>A kernel has slots, each with weights v for forward products and a gradient g that backward
 * products add to. Use: {@link #weights}, then per batch {@link #load}, {@link #forward}, {@link
 * #backward}, and at last {@link #gradient}. Not thread-safe; one per task.
 */
public final class RowKernel {

  private final RowSetting setting;
  private final int capacity;
  private final double[][] weights;
  private final double[][] gradients;
  private Optional<BatchKernel> dense = Optional.empty();
  private Optional<BatchKernel> sparse = Optional.empty();
  private final Optional<LeafKernel> leaves;
  private BatchKernel current;

  private RowKernel(RowSetting setting, int slots) {
    this.setting = setting;
    this.capacity = BatchKernel.capacity(setting);
    this.weights = new double[slots][0];
    this.gradients = new double[slots][setting.length()];
    this.leaves =
        setting.layout().narrow() > 0
            ? Optional.of(new LeafKernel(setting, gradients, capacity))
            : Optional.empty();
  }

  /** The kernel for a setting's precision, with this number of slots. */
  public static RowKernel of(RowSetting setting, int slots) {
    return new RowKernel(setting, slots);
  }

  /** Most rows that {@link #load} takes. */
  public int capacity() {
    return capacity;
  }

  /** Sets the weights v of a slot, {@code setting.length()} numbers that must not change. */
  public void weights(int slot, double[] v) {
    weights[slot] = v;
    leaves.ifPresent(k -> k.weights(slot, v));
    dense.ifPresent(k -> k.weights(slot, v));
    sparse.ifPresent(k -> k.weights(slot, v));
  }

  /**
   * Makes rows {@code from ..} of a block the current batch.
   *
   * @return how many rows were taken, at least 1
   */
  public int load(GatedBlock block, int from) {
    current = block.sparse() && setting.dimension() > 0 ? sparse() : dense();
    int count = Math.min(capacity, block.block().rows() - from);
    current.load(block, from, count);
    leaves.ifPresent(k -> k.load(block, from, count));
    return count;
  }

  private BatchKernel dense() {
    if (dense.isEmpty()) {
      dense =
          Optional.of(
              withWeights(
                  switch (setting.precision()) {
                    case FLOAT32 -> new FloatRowKernel(setting, gradients);
                    case FLOAT64 -> new DoubleRowKernel(setting, gradients);
                  }));
    }
    return dense.orElseThrow();
  }

  private BatchKernel sparse() {
    if (sparse.isEmpty()) {
      sparse = Optional.of(withWeights(new SparseRowKernel(setting, gradients)));
    }
    return sparse.orElseThrow();
  }

  private BatchKernel withWeights(BatchKernel kernel) {
    for (int slot = 0; slot < weights.length; slot++) {
      if (weights[slot].length > 0) {
        kernel.weights(slot, weights[slot]);
      }
    }
    return kernel;
  }

  /** Writes f for the batch's rows, count x C, to {@code f[at ..]}; the offset b0 is not in it. */
  public void forward(int slot, double[] f, int at) {
    current.forward(slot, f, at);
    leaves.ifPresent(k -> k.forward(slot, f, at));
  }

  /** Adds the batch's rows to a slot's gradient; q is count x C at {@code q[at ..]}. */
  public void backward(int slot, double[] q, int at) {
    current.backward(slot, q, at);
    leaves.ifPresent(k -> k.backward(slot, q, at));
  }

  /** The gradient a slot has gathered so far, {@code setting.length()} numbers, not a copy. */
  public double[] gradient(int slot) {
    dense.ifPresent(k -> k.finish(slot));
    sparse.ifPresent(k -> k.finish(slot));
    return gradients[slot];
  }

  /**
   * Adds {@code sum_r weight_r phi_r phi_r'} over the batch to a Q x Q matrix, where phi_r is the
   * row [y~, s_1 y~, ..., s_P y~] of length Q = (1 + P) D; rows of weight 0 are skipped. Only
   * entries on or above the diagonal are complete.
   *
   * @param weights one per row of the batch, at {@code weights[at ..]}, not negative
   * @param gram Q x Q row-major, added to
   */
  public void addGram(double[] weights, int at, double[] gram) {
    current.addGram(weights, at, gram);
  }
}
