package org.convexnn.block.kernel;

import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;

/**
 * The products of {@link RowKernel} for rows of one storage and in one arithmetic, batch by batch.
 * Backward products add to gradients that all kernels of a {@link RowKernel} share.
 */
abstract sealed class BatchKernel permits FloatRowKernel, DoubleRowKernel, SparseRowKernel {

  // Enough rows that clearing and unfolding the table of sums weighs little, few enough that a
  // batch stays in the cache.
  private static final int BATCH_NUMBERS = 1 << 16;
  private static final int LEAST_BATCH = 512;
  private static final int MOST_BATCH = 1024;

  /** The setting. */
  protected final RowSetting setting;

  /** Gradients by slot. */
  protected final double[][] gradients;

  /** Rows of the current batch. */
  protected int count;

  /** The block of the current batch. */
  protected GatedBlock current;

  /** The first row of the current batch. */
  protected int first;

  /** A kernel that adds to these gradients, one for each slot. */
  protected BatchKernel(RowSetting setting, double[][] gradients) {
    this.setting = setting;
    this.gradients = gradients;
  }

  /** Most rows of a batch. */
  static int capacity(RowSetting setting) {
    int numbers = setting.outputs() * setting.width();
    return Math.max(LEAST_BATCH, Math.min(MOST_BATCH, BATCH_NUMBERS / numbers));
  }

  /** Sets the weights of a slot. */
  abstract void weights(int slot, double[] v);

  /** Makes {@code count} rows of a block the current batch. */
  final void load(GatedBlock block, int from, int rows) {
    current = block;
    first = from;
    count = rows;
    loadRows();
  }

  /** Reads rows first .. first + count. */
  protected abstract void loadRows();

  /** See {@link RowKernel#forward}. */
  abstract void forward(int slot, double[] f, int at);

  /** See {@link RowKernel#backward}. */
  abstract void backward(int slot, double[] q, int at);

  /** Makes a slot's gradient complete. */
  abstract void finish(int slot);

  /** See {@link RowKernel#addGram}. */
  abstract void addGram(double[] weights, int at, double[] gram);
}
