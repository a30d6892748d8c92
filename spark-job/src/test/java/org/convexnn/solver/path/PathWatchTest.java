package org.convexnn.solver.path;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntToDoubleFunction;
import org.convexnn.solver.program.ProblemTest;
import org.junit.jupiter.api.Test;

/** When the fit of a point of the path has told validation enough. */
class PathWatchTest {

  private static final double WEIGHT = 10;
  private static final int MOST = 40;

  /** The iteration at which it is enough, or {@link #MOST}. */
  private static int end(
      double best, double gap, IntToDoubleFunction objective, IntToDoubleFunction heldOut) {
    PathWatch watch = new PathWatch(ProblemTest.Quiet.WATCH, best, WEIGHT);
    int k = 0;
    while (k < MOST
        && !watch.enough(k, objective.applyAsDouble(k), gap, WEIGHT * heldOut.applyAsDouble(k))) {
      k++;
    }
    return k;
  }

  @Test
  void settledWhenTheObjectiveHardlyMovesAtAModerateGap() {
    IntToDoubleFunction still = k -> 1 + 1e-4 * (MOST - k);
    IntToDoubleFunction moving = k -> 0.5 - 0.005 * k;
    assertThat(end(1, 0.05, still, moving)).isEqualTo(5);
    assertThat(end(1, 0.2, still, moving)).isEqualTo(MOST);
  }

  /** Whatever the gap. */
  @Test
  void restedWhenTheHeldOutLossStays() {
    IntToDoubleFunction falling = k -> 1 - 0.003 * k;
    IntToDoubleFunction resting = k -> 0.5 + 0.1 * Math.max(0, 10 - k);
    assertThat(end(2, 0.9, falling, resting)).isEqualTo(15);
    assertThat(end(2, 0.9, k -> 1 - 0.01 * k, resting)).as("still far").isEqualTo(MOST);
    assertThat(end(1, 0.9, falling, k -> 0.5 - 1e-3 * k)).as("moves").isEqualTo(MOST);
  }

  @Test
  void lostWhenClearlyWorseForSomeIterations() {
    IntToDoubleFunction falling = k -> 1 - 0.02 * k;
    assertThat(end(1, 0.9, falling, k -> 1.03 + 0.01 * k)).isEqualTo(4);
    assertThat(end(1, 0.9, falling, k -> k % 3 == 0 ? 1.01 : 1.03 + 0.01 * k)).isEqualTo(MOST);
  }
}
