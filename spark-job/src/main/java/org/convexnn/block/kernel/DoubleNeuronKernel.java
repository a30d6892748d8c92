package org.convexnn.block.kernel;

import org.convexnn.block.RowSetting;
import org.convexnn.linalg.Blas;
import org.convexnn.network.ReluNetwork;

/** {@link NeuronKernel} in double precision. */
public final class DoubleNeuronKernel extends NeuronKernel {

  private final double[] rows;
  private final Slot[] slots;

  /** A network, the batch's activations and its gradient. */
  private final class Slot {
    final int neurons;
    final double[] hidden;
    final double[] output;
    final double[] linear;
    final double[] active;
    final double[] back;
    final double[][] gradient;

    Slot(ReluNetwork network) {
      neurons = network.neurons();
      hidden = network.hidden();
      output = network.w2();
      linear = network.linear();
      active = new double[capacity * neurons];
      back = new double[active.length];
      gradient =
          new double[][] {
            new double[linear.length], new double[output.length], new double[hidden.length]
          };
    }
  }

  public DoubleNeuronKernel(RowSetting setting, ReluNetwork... networks) {
    super(setting, networks);
    this.rows = new double[capacity * width];
    this.slots = new Slot[networks.length];
    for (int s = 0; s < slots.length; s++) {
      slots[s] = new Slot(networks[s]);
    }
  }

  @Override
  protected void loadRow(int r, double[] coordinates) {
    System.arraycopy(coordinates, 0, rows, r * width, width - 1);
    rows[(r + 1) * width - 1] = 1;
  }

  /** The batch's rows y~, count x D row-major, not a copy. */
  public double[] rows() {
    return rows;
  }

  /** H of a slot, count x m row-major, not a copy. */
  public double[] active(int slot) {
    return slots[slot].active;
  }

  @Override
  public void activate(int slot) {
    Slot s = slots[slot];
    int m = s.neurons;
    Blas.gemm(false, false, count, m, width, 1, rows, 0, width, s.hidden, 0, m, 0, s.active, 0, m);
    for (int i = 0; i < count * m; i++) {
      s.active[i] = Math.max(0, s.active[i]);
    }
  }

  @Override
  public void forward(int slot, double[] f) {
    activate(slot);
    Slot s = slots[slot];
    int c = outputs;
    int m = s.neurons;
    Blas.gemm(false, false, count, c, width, 1, rows, 0, width, s.linear, 0, c, 0, f, 0, c);
    if (m > 0) {
      Blas.gemm(false, false, count, c, m, 1, s.active, 0, m, s.output, 0, c, 1, f, 0, c);
    }
  }

  @Override
  public void backward(int slot, double[] r) {
    Slot s = slots[slot];
    int c = outputs;
    int m = s.neurons;
    double[][] g = s.gradient;
    Blas.gemm(true, false, width, c, count, 1, rows, 0, width, r, 0, c, 1, g[0], 0, c);
    if (m == 0) {
      return;
    }
    Blas.gemm(true, false, m, c, count, 1, s.active, 0, m, r, 0, c, 1, g[1], 0, c);
    Blas.gemm(false, true, count, m, c, 1, r, 0, c, s.output, 0, c, 0, s.back, 0, m);
    for (int i = 0; i < count * m; i++) {
      s.back[i] = s.active[i] > 0 ? s.back[i] : 0;
    }
    Blas.gemm(true, false, width, m, count, 1, rows, 0, width, s.back, 0, m, 1, g[2], 0, m);
  }

  @Override
  public double[][] gradient(int slot) {
    return slots[slot].gradient;
  }
}
