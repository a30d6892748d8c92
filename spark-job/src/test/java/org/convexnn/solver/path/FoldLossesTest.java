package org.convexnn.solver.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TraceRecord;
import org.convexnn.solver.fit.RunLog;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.setup.Groups;
import org.junit.jupiter.api.Test;

/** Means and standard errors over folds. */
class FoldLossesTest {

  private static final double[] RATIOS = {1, 0.3, 0.1};

  private final List<String> messages = new ArrayList<>();
  private final RunLog log =
      new RunLog(
          new Progress() {
            @Override
            public void iteration(TraceRecord trace) {}

            @Override
            public void message(String text) {
              messages.add(text);
            }
          },
          new PassCounter(),
          Groups.of(1, 1, false),
          1);

  /** By hand: 2, 4, 6, 8 have mean 5 and s^2 = 20 / 3. */
  @Test
  void ofEqualWeightsTheUsualStandardErrorOfTheMean() {
    FoldLosses losses = new FoldLosses(RATIOS);
    for (double loss : new double[] {2, 4, 6, 8}) {
      losses.add(3, loss, 7, loss / 10);
    }
    assertThat(losses.mean(0)).isCloseTo(5, within(1e-14));
    assertThat(losses.standardError(0)).isCloseTo(Math.sqrt(20.0 / 3 / 4), within(1e-14));
    assertThat(losses.standardError(1)).isZero();
    assertThat(losses.choose(4, log)).isEqualTo(0.1);
    assertThat(log.path()).extracting(PathPoint::ratio).containsExactly(1.0, 0.3, 0.1);
    assertThat(log.path().get(2).validationLoss()).isCloseTo(0.5, within(1e-14));
    assertThat(log.path().get(2).standardError()).isCloseTo(losses.standardError(2), within(0.0));
    assertThat(messages).anyMatch(m -> m.matches("path: regRatio 0.300, mean .* 7.00000, .*"));
  }

  /** By hand: weights 1 and 3, mean 1/4 4 + 3/4 8 = 7, error^2 = 2 (9/16 + 9/16). */
  @Test
  void foldsCountByTheirWeight() {
    FoldLosses losses = new FoldLosses(RATIOS);
    losses.add(1, 4, 4, 4);
    losses.add(3, 8, 8, 8);
    assertThat(losses.mean(2)).isCloseTo(7, within(1e-14));
    assertThat(losses.standardError(2)).isCloseTo(1.5, within(1e-14));
  }

  /** A fold that did not come to a ratio has not validated it. */
  @Test
  void ratiosThatAFoldDidNotComeToAreNotChosen() {
    FoldLosses losses = new FoldLosses(RATIOS);
    losses.add(1, 2, 3, Double.POSITIVE_INFINITY);
    losses.add(1, 2, 1.5, 0);
    assertThat(losses.choose(2, log)).isEqualTo(1);
    assertThat(log.path()).extracting(PathPoint::ratio).containsExactly(1.0, 0.3);
  }

  @Test
  void oneFoldHasNoErrorAndNoneNothingToChooseBy() {
    FoldLosses losses = new FoldLosses(RATIOS);
    assertThat(losses.isEmpty()).isTrue();
    assertThatThrownBy(() -> losses.choose(4, log))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("none of 4 folds", "lower numFolds", "regRatio");
    losses.add(2, 1, 2, 3);
    assertThat(losses.standardError(0)).isNaN();
    assertThat(losses.choose(4, log)).isEqualTo(1);
  }
}
