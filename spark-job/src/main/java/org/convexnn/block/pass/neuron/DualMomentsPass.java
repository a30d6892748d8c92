package org.convexnn.block.pass.neuron;

import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.kernel.DoubleNeuronKernel;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.Sums;
import org.convexnn.linalg.Blas;
import org.convexnn.network.ReluNetwork;

/**
 * Moments of a network's dual point {@code r_r = w_r t l'(f_r)}, in float64, that bound the price of
 * every ReLU neuron there may be (docs/theory/certificates.md#all-patterns), y~ = [y, 1] in row
 * coordinates:
 *
 * <pre>
 * [0]      = [sum w l(f), dual sums of t l'(f)]
 * [1]      = y~' r                                                D x C
 * [2]      = y~' diag(||r_r||_2) y~                               D x D
 * [3]      = [sum ||r_r||_2 R_r, sum l_k R]
 * [4 + k]  = y~' diag(l_k) y~            k &lt; 2 C,  l_2c = (r_c)_+,  l_2c+1 = (-r_c)_+
 * [4 + 2 C + k] = y~' diag(l_k / R) y~   R_r = ||z~_r||</pre>
 *
 * The last entry of [2] and of [4] .. [3 + 2 C] is the sum of the weights. R comes from the rows in
 * float64, not from their {@linkplain org.convexnn.block.Patterns#leverage leverages}, which end with the range of a float.
 *
 * @param setting the rows' setting; its groups are not read
 * @param network the network in row coordinates
 * @param scale t, in [0, 1] but with squared loss any number
 * @param matrix M of {@code z = M y}, k x k, empty where z is y
 * @param bias whether R is the norm of [z, 1], else of z
 * @param byOutput whether the sums over l_k are wanted
 */
public record DualMomentsPass(
    RowSetting setting,
    ReluNetwork network,
    double scale,
    double[] matrix,
    boolean bias,
    boolean byOutput)
    implements RowPass<GatedBlock, double[][]> {

  @Override
  public Worker<GatedBlock, double[][]> worker() {
    return new DualMomentsWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class DualMomentsWorker implements Worker<GatedBlock, double[][]> {

    private final int width;
    private final int outputs;
    private final boolean byOutput;
    private final DoubleNeuronKernel kernel;
    private final RowResponse response;
    private final double[] matrix;
    private final boolean bias;
    private final double[] mapped;
    private final double[] radii;
    private final double[] weighted;
    private final double[] weights;
    private final double[] pooled;
    private final double[][] plain;
    private final double[][] scaled;
    private final double[] sums;

    DualMomentsWorker(DualMomentsPass pass) {
      this.width = pass.setting.width();
      this.outputs = pass.setting.outputs();
      this.byOutput = pass.byOutput;
      this.kernel = new DoubleNeuronKernel(pass.setting, pass.network);
      this.response = new RowResponse(pass.setting, kernel.capacity(), pass.scale);
      this.weighted = new double[kernel.capacity() * width];
      this.weights = new double[kernel.capacity()];
      this.matrix = pass.matrix;
      this.bias = pass.bias;
      this.mapped = new double[matrix.length == 0 ? 0 : kernel.capacity() * (width - 1)];
      this.radii = new double[kernel.capacity()];
      this.pooled = new double[width * width];
      this.plain = new double[byOutput ? 2 * outputs : 0][width * width];
      this.scaled = new double[plain.length][width * width];
      this.sums = new double[1 + plain.length];
    }

    @Override
    public void accept(GatedBlock gated) {
      for (int from = 0; from < gated.block().rows(); ) {
        int count = kernel.load(gated, from);
        kernel.forward(0, response.outputs());
        response.derive(gated.block(), from, count);
        double[] r = response.derivative();
        kernel.backward(0, r);
        loadRadii(count);
        for (int i = 0; i < count; i++) {
          weights[i] = Blas.norm(r, i * outputs, outputs);
          sums[0] += weights[i] * radii[i];
        }
        add(count, pooled);
        for (int k = 0; k < plain.length; k++) {
          for (int i = 0; i < count; i++) {
            double value = r[i * outputs + k / 2];
            weights[i] = Math.max(0, k % 2 == 0 ? value : -value);
            sums[1 + k] += weights[i] * radii[i];
          }
          add(count, plain[k]);
          for (int i = 0; i < count; i++) {
            weights[i] = radii[i] > 0 ? weights[i] / radii[i] : 0;
          }
          add(count, scaled[k]);
        }
        from += count;
      }
    }

    /** ||z~|| or ||z|| of the batch's rows. */
    private void loadRadii(int count) {
      double[] rows = kernel.rows();
      int k = width - 1;
      boolean plain = matrix.length == 0;
      if (!plain) {
        Blas.gemm(false, true, count, k, k, 1, rows, 0, width, matrix, 0, k, 0, mapped, 0, k);
      }
      for (int i = 0; i < count; i++) {
        double norm = plain ? Blas.norm(rows, i * width, k) : Blas.norm(mapped, i * k, k);
        radii[i] = bias ? Math.hypot(norm, 1) : norm;
      }
    }

    /** Adds {@code sum_r weight_r y~_r y~_r'}; rows of weight 0 are left out. */
    private void add(int count, double[] matrix) {
      double[] rows = kernel.rows();
      int filled = 0;
      for (int i = 0; i < count; i++) {
        if (weights[i] > 0) {
          double root = Math.sqrt(weights[i]);
          for (int j = 0; j < width; j++) {
            weighted[filled * width + j] = root * rows[i * width + j];
          }
          filled++;
        }
      }
      Blas.gemm(
          true, false, width, width, filled, 1, weighted, 0, width, weighted, 0, width, 1, matrix,
          0, width);
    }

    @Override
    public double[][] result() {
      double[][] result = new double[4 + 2 * plain.length][];
      result[0] = response.sums();
      result[1] = kernel.gradient(0)[0];
      result[2] = pooled;
      result[3] = sums;
      System.arraycopy(plain, 0, result, 4, plain.length);
      System.arraycopy(scaled, 0, result, 4 + plain.length, plain.length);
      return result;
    }
  }
}
