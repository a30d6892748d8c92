package org.convexnn.block.pass.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.convexnn.block.Block;
import org.convexnn.block.pass.RowPass;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.network.HalfSpaces;
import org.junit.jupiter.api.Test;

class FingerprintPassTest {

  private static final int N = 30;
  private static final Random RANDOM = new Random(4);
  private static final double[] X = RANDOM.doubles(2 * N, -1, 1).toArray();
  private static final double[] Y = RANDOM.doubles(N).toArray();

  /** Gate, the same with the threshold moved by nothing, complement, never, always, another one. */
  private static final HalfSpaces GATES =
      new HalfSpaces(
          2,
          new double[] {1, 2, 1, 2, -1, -2, 1, 0, 1, 0, 0, 1, 2, 4},
          new double[] {0.1, 0.1 + 1e-12, -0.1, 5, -5, 0, 0.2},
          new double[7]);

  private static Block block(int from, int to) {
    double[] ones = new double[to - from];
    Arrays.fill(ones, 1);
    return new Block(
        2, Arrays.copyOfRange(X, 2 * from, 2 * to), Arrays.copyOfRange(Y, from, to), ones);
  }

  private static long[] sums(FingerprintPass pass, Block block) {
    RowPass.Worker<Block, long[]> worker = pass.worker();
    worker.accept(block);
    return worker.result();
  }

  @Test
  void oneGateOfEachPattern() {
    FingerprintPass pass = new FingerprintPass(GATES);
    long[] parts = pass.merge(sums(pass, block(0, 11)), sums(pass, block(11, N)));
    assertThat(parts).isEqualTo(sums(pass, block(0, N)));
    assertThat(pass.distinct(parts))
        .usingRecursiveComparison()
        .isEqualTo(GATES.select(new int[] {0, 5}));
  }

  @Test
  void countsAreThoseOfThePatterns() {
    long[] sums = sums(new FingerprintPass(GATES), block(0, N));
    long active = IntStream.range(0, N).filter(r -> X[2 * r + 1] >= 0).count();
    assertThat(sums[FingerprintPass.LENGTH * 5 + 2]).isEqualTo(active);
    assertThat(sums[FingerprintPass.LENGTH * 3 + 2]).isZero();
    assertThat(sums[FingerprintPass.LENGTH * 7 + 2]).isEqualTo(N);
    long first = IntStream.range(0, N).mapToLong(r -> CounterRandom.mix(block(0, N).key(r))).sum();
    assertThat(sums[FingerprintPass.LENGTH * 7]).isEqualTo(first);
  }
}
