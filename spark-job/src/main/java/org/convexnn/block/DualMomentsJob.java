package org.convexnn.block;

import org.convexnn.linalg.Blas;
import org.convexnn.network.ReluNetwork;

/**
 * Moments of a network's dual point {@code r_r = w_r t l'(f_r)}, in float64, that bound the price of
 * every ReLU neuron there may be (theory.md 5.1), y~ = [y, 1] in row coordinates:
 *
 * <pre>
 * [0]          = [sum w l(f), dual sums of t l'(f)]
 * [1]          = y~' r                                    D x C
 * [2]          = y~' diag(||r_r||_2) y~                   D x D
 * [3 + 2 c]    = y~' diag((r_c)_+) y~,   [4 + 2 c] = y~' diag((-r_c)_+) y~      c &lt; C</pre>
 *
 * The last entry of each matrix is the sum of its weights.
 *
 * @param setting the rows' setting; its groups are not read
 * @param network the network in row coordinates
 * @param scale t, in [0, 1] but with squared loss any number
 * @param byOutput whether [3 ..] are wanted
 */
public record DualMomentsJob(
    RowSetting setting, ReluNetwork network, double scale, boolean byOutput)
    implements RowJob<GatedBlock, double[][]> {

  /** The number of matrices for C outputs. */
  public static int matrices(int outputs) {
    return 1 + 2 * outputs;
  }

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
    private final double[] weighted;
    private final double[] weights;
    private final double[][] matrices;

    DualMomentsWorker(DualMomentsJob job) {
      this.width = job.setting.width();
      this.outputs = job.setting.outputs();
      this.byOutput = job.byOutput;
      this.kernel = new DoubleNeuronKernel(job.setting, job.network);
      this.response = new RowResponse(job.setting, kernel.capacity(), job.scale);
      this.weighted = new double[kernel.capacity() * width];
      this.weights = new double[kernel.capacity()];
      this.matrices = new double[byOutput ? matrices(outputs) : 1][width * width];
    }

    @Override
    public void accept(GatedBlock gated) {
      for (int from = 0; from < gated.block().rows(); ) {
        int count = kernel.load(gated, from);
        kernel.forward(0, response.outputs());
        response.derive(gated.block(), from, count);
        double[] r = response.derivative();
        kernel.backward(0, r);
        for (int i = 0; i < count; i++) {
          weights[i] = Blas.norm(r, i * outputs, outputs);
        }
        add(count, matrices[0]);
        for (int c = 0; byOutput && c < outputs; c++) {
          for (int sign = 0; sign < 2; sign++) {
            for (int i = 0; i < count; i++) {
              double value = r[i * outputs + c];
              weights[i] = Math.max(0, sign == 0 ? value : -value);
            }
            add(count, matrices[1 + 2 * c + sign]);
          }
        }
        from += count;
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
      double[][] result = new double[2 + matrices.length][];
      result[0] = response.sums();
      result[1] = kernel.gradient(0)[0];
      System.arraycopy(matrices, 0, result, 2, matrices.length);
      return result;
    }
  }
}
