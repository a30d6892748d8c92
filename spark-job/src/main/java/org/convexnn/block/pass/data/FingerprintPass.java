package org.convexnn.block.pass.data;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.convexnn.block.Block;
import org.convexnn.block.pass.RowPass;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.network.HalfSpaces;

/**
 * Fingerprints of the activation patterns of half-spaces, from one sweep and without a pattern ever
 * being kept: for each gate, and after the last one for a gate that is always active,
 *
 * <pre>sum_r s_r h1(key_r),   sum_r s_r h2(key_r)   (mod 2^64),   sum_r s_r</pre>
 *
 * Gates of equal fingerprints have equal patterns on these rows, but for a chance of 2^-128; those of
 * a gate and its complement add up to those of the last one; a count of 0 or of all rows is a
 * constant pattern (docs/theory/solvers.md#equal-patterns).
 *
 * @param gates the half-spaces
 */
public record FingerprintPass(HalfSpaces gates) implements RowPass<Block, long[]> {

  /** The numbers of a fingerprint. */
  public static final int LENGTH = 3;

  private static final long SECOND = 0x2545F4914F6CDD1DL;

  @Override
  public Worker<Block, long[]> worker() {
    return new FingerprintWorker(gates);
  }

  @Override
  public long[] merge(long[] left, long[] right) {
    for (int k = 0; k < left.length; k++) {
      left[k] += right[k];
    }
    return left;
  }

  private static final class FingerprintWorker implements Worker<Block, long[]> {

    private final HalfSpaces gates;
    private final double[] transposed;
    private final double[] scores;
    private final long[] sums;

    FingerprintWorker(HalfSpaces gates) {
      this.gates = gates;
      this.transposed = gates.transposed();
      this.scores = new double[gates.size()];
      this.sums = new long[LENGTH * (gates.size() + 1)];
    }

    @Override
    public void accept(Block block) {
      int[] columns = new int[block.features()];
      double[] values = new double[block.features()];
      for (int r = 0; r < block.rows(); r++) {
        int nonZeros = block.copyNonZeros(r, columns, values);
        gates.scores(transposed, columns, values, nonZeros, scores);
        long first = CounterRandom.mix(block.key(r));
        long second = CounterRandom.mix(block.key(r) + SECOND);
        for (int i = 0; i < scores.length; i++) {
          if (gates.active(i, scores[i])) {
            add(i, first, second);
          }
        }
        add(scores.length, first, second);
      }
    }

    private void add(int gate, long first, long second) {
      sums[LENGTH * gate] += first;
      sums[LENGTH * gate + 1] += second;
      sums[LENGTH * gate + 2]++;
    }

    @Override
    public long[] result() {
      return sums;
    }
  }

  /**
   * The gates that say something of their own: of those with one pattern or its complement the first,
   * and none that is constant.
   *
   * @param fingerprints the sums of this pass over all rows
   */
  public HalfSpaces distinct(long[] fingerprints) {
    Set<List<Long>> known = new HashSet<>();
    int all = LENGTH * gates.size();
    IntStream kept =
        IntStream.range(0, gates.size())
            .filter(
                i -> {
                  List<Long> own = new ArrayList<>();
                  List<Long> complement = new ArrayList<>();
                  for (int k = 0; k < LENGTH; k++) {
                    own.add(fingerprints[LENGTH * i + k]);
                    complement.add(fingerprints[all + k] - fingerprints[LENGTH * i + k]);
                  }
                  boolean constant = own.get(LENGTH - 1) == 0 || complement.get(LENGTH - 1) == 0;
                  return !constant && !known.contains(complement) && known.add(own);
                });
    return gates.select(kept.toArray());
  }
}
