package org.convexnn.block.pass.neuron;

import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.kernel.DoubleNeuronKernel;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.Sums;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.Loss;
import org.convexnn.network.ReluNetwork;

/**
 * One pass, in float64, at a ReLU network f = b0 + [y~ L + H A], H = (y~ U)_+, for a fit of A and L with U
 * as it is: with features Phi = [H, the last t of y~], p = m + t of them, and r_r = w_r l'(f_r)
 *
 * <pre>
 * [0] = [sum w l(f), dual sums of l'(f)]
 * [1] = Phi' r                              p x C row-major
 * [2 + c] = Phi' diag(w h_c) Phi            p x p</pre>
 *
 * h_c is the sum of the sizes of row c of the loss's Hessian by its outputs: the diagonal matrix of these
 * is at least the Hessian (Gershgorin), and is the Hessian of one output.
 *
 * @param setting the rows' setting; its groups are not read
 * @param network in row coordinates
 * @param tail t, how many of y~ are features, from the last on: 1 is the constant
 */
public record RayGramPass(RowSetting setting, ReluNetwork network, int tail)
    implements RowPass<GatedBlock, double[][]> {

  @Override
  public Worker<GatedBlock, double[][]> worker() {
    return new RayGramWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class RayGramWorker implements Worker<GatedBlock, double[][]> {

    private static final int NETWORK = 0;

    private final RowSetting setting;
    private final int tail;
    private final int neurons;
    private final int features;
    private final int outputs;
    private final DoubleNeuronKernel kernel;
    private final RowResponse response;
    private final double[] phi;
    private final double[] curved;
    private final double[] curvature;
    private final double[] gradient;
    private final double[][] grams;

    RayGramWorker(RayGramPass pass) {
      this.setting = pass.setting;
      this.tail = pass.tail;
      this.neurons = pass.network.neurons();
      this.features = neurons + tail;
      this.outputs = setting.outputs();
      this.kernel = new DoubleNeuronKernel(setting, pass.network);
      int most = kernel.capacity();
      this.response = new RowResponse(setting, most, 1);
      this.phi = new double[most * features];
      this.curved = new double[phi.length];
      this.curvature = new double[most * outputs];
      this.gradient = new double[features * outputs];
      this.grams = new double[outputs][features * features];
    }

    @Override
    public void accept(GatedBlock gated) {
      for (int from = 0; from < gated.block().rows(); ) {
        int count = kernel.load(gated, from);
        kernel.forward(NETWORK, response.outputs());
        response.derive(gated.block(), from, count);
        if (features > 0) {
          gather(count);
          curve(gated.block(), from, count);
          addGradient(count);
          for (int c = 0; c < outputs; c++) {
            addGram(c, count);
          }
        }
        from += count;
      }
    }

    private void addGradient(int count) {
      double[] r = response.derivative();
      Blas.gemm(
          true, false, features, outputs, count, 1, phi, 0, features, r, 0, outputs, 1, gradient, 0,
          outputs);
    }

    private void gather(int count) {
      double[] active = kernel.active(NETWORK);
      double[] rows = kernel.rows();
      int width = setting.width();
      for (int i = 0; i < count; i++) {
        System.arraycopy(active, i * neurons, phi, i * features, neurons);
        System.arraycopy(rows, (i + 1) * width - tail, phi, i * features + neurons, tail);
      }
    }

    private void curve(Block block, int from, int count) {
      Loss loss = setting.loss();
      double[] r = new double[outputs];
      for (int i = 0; i < count; i++) {
        double weight = setting.weight(block, from + i);
        double y = setting.label(block, from + i);
        for (int c = 0; c < outputs; c++) {
          r[c] = weight == 0 ? 0 : response.derivative()[i * outputs + c] / weight;
        }
        for (int c = 0; c < outputs; c++) {
          double sum = 0;
          for (int k = 0; k < outputs; k++) {
            sum += loss.hessian(y, response.outputs(), i * outputs, r, 0, c, k);
          }
          curvature[i * outputs + c] = weight * sum;
        }
      }
    }

    private void addGram(int c, int count) {
      for (int i = 0; i < count; i++) {
        double h = curvature[i * outputs + c];
        for (int j = i * features; j < (i + 1) * features; j++) {
          curved[j] = h * phi[j];
        }
      }
      Blas.gemm(
          true, false, features, features, count, 1, phi, 0, features, curved, 0, features, 1,
          grams[c], 0, features);
    }

    @Override
    public double[][] result() {
      double[][] sums = new double[2 + outputs][];
      sums[0] = response.sums();
      sums[1] = gradient;
      System.arraycopy(grams, 0, sums, 2, outputs);
      return sums;
    }
  }
}
