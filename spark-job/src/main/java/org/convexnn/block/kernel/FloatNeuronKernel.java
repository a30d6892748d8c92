package org.convexnn.block.kernel;

import org.convexnn.block.RowSetting;
import org.convexnn.linalg.Blas;
import org.convexnn.network.ReluNetwork;

/** {@link NeuronKernel} in single precision; sums over batches are double. */
final class FloatNeuronKernel extends NeuronKernel {

  private final float[] rows;
  private final float[] response;
  private final Slot[] slots;
  private float[] product = new float[0];

  /** A network, the batch's activations and its gradient. */
  private final class Slot {
    final int neurons;
    final float[] hidden;
    final float[] output;
    final float[] linear;
    final float[] active;
    final float[] back;
    final double[][] gradient;

    Slot(ReluNetwork network) {
      neurons = network.neurons();
      hidden = narrowed(network.hidden());
      output = narrowed(network.w2());
      linear = narrowed(network.linear());
      active = new float[capacity * neurons];
      back = new float[active.length];
      gradient =
          new double[][] {
            new double[linear.length], new double[output.length], new double[hidden.length]
          };
    }
  }

  private static float[] narrowed(double[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) x[i];
    }
    return y;
  }

  FloatNeuronKernel(RowSetting setting, ReluNetwork... networks) {
    super(setting, networks);
    this.rows = new float[capacity * width];
    this.response = new float[capacity * outputs];
    this.slots = new Slot[networks.length];
    for (int s = 0; s < slots.length; s++) {
      slots[s] = new Slot(networks[s]);
    }
  }

  @Override
  protected void loadRow(int r, double[] coordinates) {
    for (int j = 0; j < width - 1; j++) {
      rows[r * width + j] = (float) coordinates[j];
    }
    rows[(r + 1) * width - 1] = 1;
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
    Blas.gemm(false, false, count, c, width, 1, rows, 0, width, s.linear, 0, c, 0, response, 0, c);
    if (m > 0) {
      Blas.gemm(false, false, count, c, m, 1, s.active, 0, m, s.output, 0, c, 1, response, 0, c);
    }
    for (int i = 0; i < count * c; i++) {
      f[i] = response[i];
    }
  }

  @Override
  public void backward(int slot, double[] r) {
    Slot s = slots[slot];
    int c = outputs;
    int m = s.neurons;
    for (int i = 0; i < count * c; i++) {
      response[i] = (float) r[i];
    }
    addProduct(rows, width, response, c, s.gradient[0]);
    if (m == 0) {
      return;
    }
    addProduct(s.active, m, response, c, s.gradient[1]);
    Blas.gemm(false, true, count, m, c, 1, response, 0, c, s.output, 0, c, 0, s.back, 0, m);
    for (int i = 0; i < count * m; i++) {
      s.back[i] = s.active[i] > 0 ? s.back[i] : 0;
    }
    addProduct(rows, width, s.back, m, s.gradient[2]);
  }

  /** {@code sum += A' B}, A count x m, B count x n. */
  private void addProduct(float[] a, int m, float[] b, int n, double[] sum) {
    if (product.length < m * n) {
      product = new float[m * n];
    }
    Blas.gemm(true, false, m, n, count, 1, a, 0, m, b, 0, n, 0, product, 0, n);
    for (int i = 0; i < m * n; i++) {
      sum[i] += product[i];
    }
  }

  @Override
  public double[][] gradient(int slot) {
    return slots[slot].gradient;
  }
}
