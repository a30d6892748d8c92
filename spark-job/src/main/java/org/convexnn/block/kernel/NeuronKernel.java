package org.convexnn.block.kernel;

import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.network.ReluNetwork;

/**
 * Products of some rows with ReLU neurons in row coordinates, y~ = [y, 1] a row of the batch:
 *
 * <pre>
 * activate:  H = (y~ U)_+                            count x m
 * forward:   f = y~ L + H A                          count x C
 * backward:  g_L += y~' R,  g_A += H' R,  g_U += y~' (1[H > 0] .* (R A'))</pre>
 *
 * all as matrix products. A kernel has slots, each with a network [U, A, L] and its gradient. Use: per
 * batch {@link #load}, {@link #forward} and {@link #backward}, at last {@link #gradient}. Not
 * thread-safe; one per task.
 */
public abstract sealed class NeuronKernel permits FloatNeuronKernel, DoubleNeuronKernel {

  // Activations of a batch stay in the cache.
  private static final int BATCH_NUMBERS = 1 << 17;
  private static final int LEAST_BATCH = 64;
  private static final int MOST_BATCH = 1024;

  /** The setting. */
  protected final RowSetting setting;

  /** D. */
  protected final int width;

  /** C. */
  protected final int outputs;

  /** Most rows in a batch. */
  protected final int capacity;

  /** Rows of the current batch. */
  protected int count;

  private final double[] row;

  /** For the two arithmetics. */
  protected NeuronKernel(RowSetting setting, ReluNetwork... networks) {
    this.setting = setting;
    this.width = setting.width();
    this.outputs = setting.outputs();
    this.row = new double[width - 1];
    int most = width;
    for (ReluNetwork network : networks) {
      if (network.features() != width - 1 || network.outputs() != outputs) {
        throw new IllegalArgumentException(
            "ReLU network of "
                + network.features()
                + " features and "
                + network.outputs()
                + " outputs on rows of "
                + (width - 1)
                + " coordinates and "
                + outputs
                + " outputs");
      }
      most = Math.max(most, network.neurons());
    }
    this.capacity = Math.max(LEAST_BATCH, Math.min(MOST_BATCH, BATCH_NUMBERS / most));
  }

  /** The kernel for a setting's precision, with a slot for each network. */
  public static NeuronKernel of(RowSetting setting, ReluNetwork... networks) {
    return switch (setting.precision()) {
      case FLOAT32 -> new FloatNeuronKernel(setting, networks);
      case FLOAT64 -> new DoubleNeuronKernel(setting, networks);
    };
  }

  /** Most rows that {@link #load} takes. */
  public final int capacity() {
    return capacity;
  }

  /**
   * Makes rows {@code from ..} of a block the current batch.
   *
   * @return how many rows were taken, at least 1
   */
  public final int load(GatedBlock block, int from) {
    count = Math.min(capacity, block.block().rows() - from);
    for (int r = 0; r < count; r++) {
      setting.rowCoordinates(block, from + r, row);
      loadRow(r, row);
    }
    return count;
  }

  /** Takes the coordinates of row r of the batch. */
  protected abstract void loadRow(int r, double[] coordinates);

  /** Computes H of a slot, which {@link #backward} reads. */
  public abstract void activate(int slot);

  /** Activates and writes f, count x C, to {@code f[0 ..]}; the offset b0 is not in it. */
  public abstract void forward(int slot, double[] f);

  /** Adds the batch to a slot's gradient; R is count x C. */
  public abstract void backward(int slot, double[] r);

  /** What a slot has gathered: g_L (D x C), g_A (m x C), g_U (D x m). */
  public abstract double[][] gradient(int slot);
}
