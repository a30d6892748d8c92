package org.convexnn.block;

/**
 * Products of some rows with F and its transpose, F never built. In row coordinates, with 0/1
 * indicators s and the batch's rows y~:
 *
 * <pre>forward:  f_rc = y~_r . (v_0c + sum_i s_ri v_ic)
 * backward: g_ic += sum_r q_rc s_ri y~_r     (i = 0: s = 1)</pre>
 *
 * Both are products with the batch's 0/1 matrix S; the rows' own products with y~ are done after,
 * respectively before it, on rows x C x D numbers only. S is never multiplied out: {@link
 * PatternCodes} turn it into picks from a table of sums, n (P / 4 + T) C D additions a direction
 * instead of the 2 n P C D flops of a matrix product.
 *
 * <p>A kernel has slots, each with weights v for forward products and a gradient g that backward
 * products add to. Use: {@link #weights}, then per batch {@link #load}, {@link #forward}, {@link #backward}, and at last {@link
 * #gradient}. Not thread-safe; one per task.
 */
public abstract sealed class RowKernel permits FloatRowKernel, DoubleRowKernel {

  // Enough rows that clearing and unfolding the table of sums weighs little, few enough that a
  // batch stays in the cache.
  private static final int BATCH_NUMBERS = 1 << 16;
  private static final int LEAST_BATCH = 512;
  private static final int MOST_BATCH = 1024;

  /** The setting. */
  protected final RowSetting setting;

  /** The patterns of the current batch. */
  protected final PatternCodes codes;

  /** Most rows in a batch. */
  protected final int capacity;

  /** Rows of the current batch. */
  protected int count;

  /** The block of the current batch. */
  protected GatedBlock current;

  /** The first row of the current batch. */
  protected int first;

  /** For the two arithmetics. */
  protected RowKernel(RowSetting setting) {
    this.setting = setting;
    int numbers = setting.outputs() * setting.width();
    this.capacity = Math.max(LEAST_BATCH, Math.min(MOST_BATCH, BATCH_NUMBERS / numbers));
    this.codes = new PatternCodes(setting.halfSpaces(), setting.leaves());
  }

  /** The kernel for a setting's precision, with this number of slots. */
  public static RowKernel of(RowSetting setting, int slots) {
    return switch (setting.precision()) {
      case FLOAT32 -> new FloatRowKernel(setting, slots);
      case FLOAT64 -> new DoubleRowKernel(setting, slots);
    };
  }

  /** Most rows that {@link #load} takes. */
  public final int capacity() {
    return capacity;
  }

  /** Sets the weights v of a slot, {@code setting.length()} numbers. */
  public abstract void weights(int slot, double[] v);

  /**
   * Makes rows {@code from ..} of a block the current batch.
   *
   * @return how many rows were taken, at least 1
   */
  public final int load(GatedBlock block, int from) {
    current = block;
    first = from;
    count = Math.min(capacity, block.block().rows() - from);
    codes.load(block.patterns(), from, count);
    loadRows();
    return count;
  }

  /** Fills the features of rows first .. first + count. */
  protected abstract void loadRows();

  /** Writes f for the batch's rows, count x C, to {@code f[at ..]}; the offset b0 is not in it. */
  public abstract void forward(int slot, double[] f, int at);

  /** Adds the batch's rows to a slot's gradient; q is count x C at {@code q[at ..]}. */
  public abstract void backward(int slot, double[] q, int at);

  /** The gradient a slot has gathered so far, {@code setting.length()} numbers, not a copy. */
  public abstract double[] gradient(int slot);

  /**
   * Adds {@code sum_r weight_r phi_r phi_r'} over the batch to a Q x Q matrix, where phi_r is the
   * row [y~, s_1 y~, ..., s_P y~] of length Q = (1 + P) D; rows of weight 0 are skipped. Only
   * entries on or above the diagonal are complete.
   *
   * @param weights one per row of the batch, at {@code weights[at ..]}, not negative
   * @param gram Q x Q row-major, added to
   */
  public abstract void addGram(double[] weights, int at, double[] gram);
}
