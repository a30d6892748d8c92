package org.convexnn.solver.path;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.convexnn.solver.program.Solver;

/**
 * Ends the fit of a point of the path as soon as validation needs it no better, from the held-out
 * loss that comes with every iteration:
 *
 * <ul>
 *   <li>settled: the gap is moderate and the objective hardly moves any more. Its distance to the
 *       optimum is far below the gap then, which waits for the dual point, and the held-out loss has
 *       come to rest.
 *   <li>rested: the held-out loss stays where it is, and the objective moves little.
 *   <li>lost: for some iterations the held-out loss has been clearly above that of an earlier point,
 *       and it will not come back: the fits of a path move from one point to the next, they do not
 *       detour.
 * </ul>
 */
final class PathWatch implements Solver.Watch {

  private static final int SPAN = 5;
  private static final double SETTLED_PROGRESS = 1.5e-3;
  private static final double SETTLED_GAP = 0.1;
  private static final double RESTED_PROGRESS = 0.02;
  private static final double RESTED = 3e-3;
  private static final int FIRST_LOST = 4;
  private static final int TIMES_LOST = 3;
  private static final double LOST = 1.02;

  private final Solver.Watch inner;
  private final double best;
  private final double weight;
  private final List<Double> objectives = new ArrayList<>();
  private final List<Double> heldOut = new ArrayList<>();
  private int timesWorse;

  /**
   * A watch.
   *
   * @param inner is told everything
   * @param best the lowest held-out loss of earlier points
   * @param weight the weight of the held-out rows
   */
  PathWatch(Solver.Watch inner, double best, double weight) {
    this.inner = inner;
    this.best = best;
    this.weight = weight;
  }

  @Override
  public void iteration(int iteration, double upper, double lower, double[] weights) {
    inner.iteration(iteration, upper, lower, weights);
  }

  @Override
  public boolean enough(int iteration, double upper, double gap, double leftOut) {
    objectives.add(upper);
    heldOut.add(leftOut);
    timesWorse = leftOut / weight > LOST * best ? timesWorse + 1 : 0;
    boolean lost = iteration >= FIRST_LOST && timesWorse >= TIMES_LOST;
    int n = objectives.size();
    if (n <= SPAN) {
      return lost;
    }
    double progress = objectives.get(n - 1 - SPAN) - upper;
    boolean settled = gap < SETTLED_GAP && progress < SETTLED_PROGRESS * upper;
    boolean rested =
        progress < RESTED_PROGRESS * upper
            && spread(heldOut.subList(n - 1 - SPAN, n)) < RESTED * leftOut;
    return lost || settled || rested;
  }

  private static double spread(List<Double> values) {
    return Collections.max(values) - Collections.min(values);
  }

  @Override
  public void message(String text) {
    inner.message(text);
  }
}
