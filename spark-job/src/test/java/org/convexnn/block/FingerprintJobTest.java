package org.convexnn.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.network.HalfSpaces;
import org.junit.jupiter.api.Test;

class FingerprintJobTest {

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

  private static long[] sums(FingerprintJob job, Block block) {
    RowJob.Worker<Block, long[]> worker = job.worker();
    worker.accept(block);
    return worker.result();
  }

  @Test
  void oneGateOfEachPattern() {
    FingerprintJob job = new FingerprintJob(GATES);
    long[] parts = job.merge(sums(job, block(0, 11)), sums(job, block(11, N)));
    assertThat(parts).isEqualTo(sums(job, block(0, N)));
    assertThat(job.distinct(parts))
        .usingRecursiveComparison()
        .isEqualTo(GATES.select(new int[] {0, 5}));
  }

  @Test
  void countsAreThoseOfThePatterns() {
    long[] sums = sums(new FingerprintJob(GATES), block(0, N));
    long active = IntStream.range(0, N).filter(r -> X[2 * r + 1] >= 0).count();
    assertThat(sums[FingerprintJob.LENGTH * 5 + 2]).isEqualTo(active);
    assertThat(sums[FingerprintJob.LENGTH * 3 + 2]).isZero();
    assertThat(sums[FingerprintJob.LENGTH * 7 + 2]).isEqualTo(N);
    long first = IntStream.range(0, N).mapToLong(r -> CounterRandom.mix(block(0, N).key(r))).sum();
    assertThat(sums[FingerprintJob.LENGTH * 7]).isEqualTo(first);
  }
}
