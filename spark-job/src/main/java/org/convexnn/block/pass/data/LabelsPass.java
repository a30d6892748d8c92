package org.convexnn.block.pass.data;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.convexnn.block.Block;
import org.convexnn.block.pass.RowPass;
import org.convexnn.linalg.CounterRandom;

/**
 * Brings the labels of a sample of rows to the driver: those whose key hashes below a rate.
 *
 * <p>Result: [0] = labels, [1] = weights, in no order that matters, for {@link #sorted} sorts them.
 *
 * @param rate expected share of rows
 * @param seed varies the draw
 */
public record LabelsPass(double rate, long seed) implements RowPass<Block, double[][]> {

  @Override
  public Worker<Block, double[][]> worker() {
    return new LabelsWorker(this);
  }

  @Override
  public double[][] merge(double[][] left, double[][] right) {
    return new double[][] {joined(left[0], right[0]), joined(left[1], right[1])};
  }

  private static double[] joined(double[] left, double[] right) {
    double[] joined = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, joined, left.length, right.length);
    return joined;
  }

  /** The labels of a result, ascending, and their weights. */
  public static double[][] sorted(double[][] sums) {
    int[] order =
        IntStream.range(0, sums[0].length)
            .boxed()
            .sorted(
                (a, b) -> {
                  int byLabel = Double.compare(sums[0][a], sums[0][b]);
                  return byLabel != 0 ? byLabel : Double.compare(sums[1][a], sums[1][b]);
                })
            .mapToInt(r -> r)
            .toArray();
    return new double[][] {
      Arrays.stream(order).mapToDouble(r -> sums[0][r]).toArray(),
      Arrays.stream(order).mapToDouble(r -> sums[1][r]).toArray()
    };
  }

  private static final class LabelsWorker implements Worker<Block, double[][]> {

    private final LabelsPass pass;
    private double[][] sums = {new double[0], new double[0]};

    LabelsWorker(LabelsPass pass) {
      this.pass = pass;
    }

    @Override
    public void accept(Block block) {
      long salt = CounterRandom.mix(pass.seed ^ 0x1ABEL);
      int[] taken =
          IntStream.range(0, block.rows())
              .filter(r -> pass.rate >= 1 || block.draw(r, salt) < pass.rate)
              .toArray();
      sums =
          pass.merge(
              sums,
              new double[][] {
                Arrays.stream(taken).mapToDouble(block::label).toArray(),
                Arrays.stream(taken).mapToDouble(block::weight).toArray()
              });
    }

    @Override
    public double[][] result() {
      return sums;
    }
  }
}
