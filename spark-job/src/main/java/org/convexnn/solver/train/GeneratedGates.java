package org.convexnn.solver.train;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.convexnn.linalg.Blas;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.solver.fit.GatedModel;
import org.convexnn.solver.fit.PathFits;
import org.convexnn.solver.fit.ProgramFit;
import org.convexnn.solver.fit.SolverChoice;
import org.convexnn.solver.fit.TrainingRun;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.rows.SelectedRows;

/**
 * A path that generates its gates on the way down: before each point the gates whose weights are
 * zero make room for gates of high price at the present network, which begin with weights zero.
 * The first point has half of the P gates, the others have all
 * (docs/theory/gates.md#pricing-along-the-path: with sixths, noisy data stop at the first points
 * and want more gates there).
 */
final class GeneratedGates implements PathFits {

  private static final int POINTS_TO_FULL = 2;

  private final TrainingRun run;
  private final boolean uniformSketch;
  private final SelectedRows rows;
  private final int most;
  private final PricingSample sample;
  private Optional<GatedModel> model = Optional.empty();
  private int round;

  /**
   * A path.
   *
   * @param run the run
   * @param uniformSketch as in {@link SolverChoice}
   * @param rows that price and fit
   * @param most P
   */
  GeneratedGates(TrainingRun run, boolean uniformSketch, SelectedRows rows, int most) {
    this.run = run;
    this.uniformSketch = uniformSketch;
    this.rows = rows;
    this.most = most;
    this.sample = new PricingSample(run, rows);
  }

  @Override
  public Point begin() {
    GateSet none = GateSet.of(HalfSpaces.none(run.rows().features()));
    return run.with(
        none,
        linear -> {
          ProgramFit skip = fit(linear);
          skip.begin(skip.skip());
          ProgramFit first = next(new Point(skip, skip.start(), true), skip.skip()).fit();
          return new Point(first, first.start(), true);
        });
  }

  @Override
  public Point next(Point last, double[] weights) {
    GateSet gates = last.fit().model().gates();
    int length = last.fit().problem().groups().block();
    int[] kept =
        IntStream.range(0, gates.size())
            .filter(i -> Blas.norm(weights, (1 + i) * length, length) > 0)
            .toArray();
    HalfSpaces alive = gates.halfSpaces().select(kept);
    round++;
    int size = Math.max(1, (int) ((long) most * Math.min(round, POINTS_TO_FULL) / POINTS_TO_FULL));
    HalfSpaces priced =
        sample.price(network(last.fit(), weights), alive, Math.max(0, size - kept.length), round);
    run.log()
        .detail(
            String.format(
                Locale.ROOT,
                "pricing round %d: %d gates kept, %d new",
                round,
                kept.length,
                priced.size()));
    double[] start = new double[(1 + alive.size() + priced.size()) * length];
    System.arraycopy(weights, 0, start, 0, length);
    for (int i = 0; i < kept.length; i++) {
      System.arraycopy(weights, (1 + kept[i]) * length, start, (1 + i) * length, length);
    }
    close();
    GatedModel changed = run.model(GateSet.of(alive.and(priced)));
    model = Optional.of(changed);
    ProgramFit fit = fit(changed);
    fit.begin(last.fit().skip());
    return new Point(fit, Solver.Start.at(start), true);
  }

  private ProgramFit fit(GatedModel gated) {
    return new ProgramFit(gated, new SolverChoice(gated, uniformSketch), gated.problem(rows));
  }

  /** The network of weights in units in which the loss takes labels. */
  private Network network(ProgramFit fit, double[] weights) {
    return new Network(
        run.prepared().map(),
        fit.model().gates(),
        fit.problem().coordinates().toNetwork(weights),
        run.prepared().offset(),
        0,
        1);
  }

  @Override
  public void close() {
    model.ifPresent(GatedModel::close);
    model = Optional.empty();
  }
}
