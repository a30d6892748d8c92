package org.convexnn.block.pass.neuron;

import java.util.Arrays;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.kernel.DoubleNeuronKernel;
import org.convexnn.block.pass.RowPass;
import org.convexnn.network.ReluNetwork;

/**
 * Rows of at most two coordinates, with the dual point {@code w_r l'(f_r)} of a network, for the
 * driver: k + C numbers a row. Only for so few rows that the driver may hold them.
 *
 * @param setting the rows' setting; its groups are not read
 * @param network the network in row coordinates
 */
public record PlaneRowsPass(RowSetting setting, ReluNetwork network)
    implements RowPass<GatedBlock, double[]> {

  @Override
  public Worker<GatedBlock, double[]> worker() {
    return new PlaneWorker(this);
  }

  @Override
  public double[] merge(double[] left, double[] right) {
    return joined(left, right);
  }

  private static double[] joined(double[] left, double[] right) {
    double[] both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }

  private static final class PlaneWorker implements Worker<GatedBlock, double[]> {

    private final int coordinates;
    private final int outputs;
    private final DoubleNeuronKernel kernel;
    private final RowResponse response;
    private double[] found = new double[0];

    PlaneWorker(PlaneRowsPass pass) {
      this.coordinates = pass.setting.width() - 1;
      this.outputs = pass.setting.outputs();
      this.kernel = new DoubleNeuronKernel(pass.setting, pass.network);
      this.response = new RowResponse(pass.setting, kernel.capacity(), 1);
    }

    @Override
    public void accept(GatedBlock gated) {
      int numbers = coordinates + outputs;
      double[] block = new double[gated.block().rows() * numbers];
      for (int from = 0; from < gated.block().rows(); ) {
        int count = kernel.load(gated, from);
        kernel.forward(0, response.outputs());
        response.derive(gated.block(), from, count);
        for (int i = 0; i < count; i++) {
          int to = (from + i) * numbers;
          System.arraycopy(kernel.rows(), i * (coordinates + 1), block, to, coordinates);
          System.arraycopy(response.derivative(), i * outputs, block, to + coordinates, outputs);
        }
        from += count;
      }
      found = joined(found, block);
    }

    @Override
    public double[] result() {
      return found;
    }
  }
}
