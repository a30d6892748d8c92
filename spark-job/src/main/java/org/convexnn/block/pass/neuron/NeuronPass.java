package org.convexnn.block.pass.neuron;

import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowSetting;
import org.convexnn.block.kernel.NeuronKernel;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.Sums;
import org.convexnn.network.ReluNetwork;

/**
 * One pass at a ReLU network f = b0 + [y~ L + (y~ U)_+ A] in row coordinates: its loss, and with r_r =
 * w_r l'(f_r) the gradients of all its weights, or prices of candidate neurons and their
 * supergradients:
 *
 * <pre>
 * [0] = [sum w l(f), dual sums of l'(f)]
 * [1] = y~' r                            D x C   by L
 * [2] = (y~ U)_+' r                      q x C   by A
 * [3] = y~' (1[y~ U > 0] .* (r A'))      D x q   by U</pre>
 *
 * where U, A of [2] and [3] are the network's own or, where there are candidates, theirs: q of them,
 * no part of f. Then -[2] is {@code lambda' (X u_j)_+} at {@code lambda = -r} and -[3] a supergradient of
 * {@code lambda' (X u_j)_+ . a_j} (docs/theory/certificates.md#searching-for-directions).
 *
 * @param setting the rows' setting; its groups are not read
 * @param network the network in row coordinates
 * @param candidates candidate neurons in row coordinates; without neurons the network's own are meant
 */
public record NeuronPass(RowSetting setting, ReluNetwork network, ReluNetwork candidates)
    implements RowPass<GatedBlock, double[][]> {

  /** The gradient of all weights of a network. */
  public static NeuronPass gradient(RowSetting setting, ReluNetwork network) {
    return new NeuronPass(setting, network, network.select(new int[0]));
  }

  @Override
  public Worker<GatedBlock, double[][]> worker() {
    return new NeuronWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return Sums.add(left, right);
  }

  private static final class NeuronWorker implements Worker<GatedBlock, double[][]> {

    private static final int NETWORK = 0;

    private final NeuronKernel kernel;
    private final boolean own;
    private final int priced;
    private final RowResponse response;

    NeuronWorker(NeuronPass pass) {
      this.own = pass.candidates.neurons() == 0;
      this.priced = own ? NETWORK : NETWORK + 1;
      this.kernel =
          own
              ? NeuronKernel.of(pass.setting, pass.network)
              : NeuronKernel.of(pass.setting, pass.network, pass.candidates);
      this.response = new RowResponse(pass.setting, kernel.capacity(), 1);
    }

    @Override
    public void accept(GatedBlock gated) {
      for (int from = 0; from < gated.block().rows(); ) {
        int count = kernel.load(gated, from);
        kernel.forward(NETWORK, response.outputs());
        response.derive(gated.block(), from, count);
        if (!own) {
          kernel.activate(priced);
        }
        kernel.backward(priced, response.derivative());
        from += count;
      }
    }

    @Override
    public double[][] result() {
      double[][] g = kernel.gradient(priced);
      return new double[][] {response.sums(), g[0], g[1], g[2]};
    }
  }
}
