package org.convexnn.solver.fit;

import java.nio.DoubleBuffer;
import java.util.Arrays;
import org.convexnn.block.Precision;
import org.convexnn.block.kernel.DualValue;
import org.convexnn.solver.checkpoint.Journal;
import org.convexnn.solver.method.LinearFit;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.Solver;

/**
 * The program on some rows, with its skip-only fit, betaMax and solver: what the solves for all
 * beta on these rows share.
 */
public final class ProgramFit {

  private final GatedModel model;
  private final SolverChoice choice;
  private final Problem problem;
  private final double[] skip;
  private Problem.Evaluation atSkip;
  private double betaMax;
  private Solver solver;

  /** A fit of the program; {@link #begin} comes next. */
  public ProgramFit(GatedModel model, SolverChoice choice, Problem problem) {
    this.model = model;
    this.choice = choice;
    this.problem = problem;
    this.skip = new double[problem.length()];
  }

  /** Skip-only fit, from that of other rows or from zero, and betaMax. */
  public void begin(double[] from) {
    Problem linear = problem.withoutGroups();
    double[] gradient = new double[problem.length()];
    double[] dual = new double[DualValue.length()];
    int length = linear.length() + 1 + gradient.length + dual.length;
    DoubleBuffer found =
        DoubleBuffer.wrap(
            model.log().journal().part("skip-only fit", length, () -> begun(linear, from)));
    found.get(skip, 0, linear.length());
    double loss = found.get();
    found.get(gradient).get(dual);
    atSkip = new Problem.Evaluation(loss, gradient, dual);
    betaMax = problem.groups().betaMax(gradient);
  }

  /** Weights of the linear block, then loss, gradient and dual sums there. */
  private double[] begun(Problem linear, double[] from) {
    double[] block =
        LinearFit.solve(
            linear,
            Arrays.copyOf(from, linear.length()),
            model.prepared().constantLoss(),
            model.tolerance());
    Problem.Evaluation at =
        problem.evaluate(
            "betaMax", Arrays.copyOf(block, problem.length()), true, Precision.FLOAT64);
    return DoubleBuffer.allocate(block.length + 1 + at.gradient().length + at.dual().length)
        .put(block)
        .put(at.loss())
        .put(at.gradient())
        .put(at.dual())
        .array();
  }

  public GatedModel model() {
    return model;
  }

  public Problem problem() {
    return problem;
  }

  /** The weights of the skip-only fit; zero before {@link #begin}. */
  public double[] skip() {
    return skip;
  }

  /** The smallest beta at which the model is linear. */
  public double betaMax() {
    return betaMax;
  }

  /** The objective of the skip-only fit. */
  public double skipObjective() {
    return atSkip.loss() + problem.penalty(skip, 0);
  }

  /** Its gap at betaMax, where it is optimal. */
  public double skipGap() {
    return new Solver.Stopping(0, 0, model.gapScale())
        .relativeGap(
            skipObjective(), problem.lowerBound(atSkip.gradient(), atSkip.dual(), betaMax));
  }

  /** The skip-only fit, of which betaMax's pass found the gradient. */
  public Solver.Start start() {
    return Solver.Start.at(skip, atSkip);
  }

  /** What is to be solved for one beta. */
  public Journal.Request at(double beta, Solver.Start from, Solver.Stopping stop) {
    return new Journal.Request(problem, this::solver, beta, from, stop);
  }

  /** The solver, the same for all beta. */
  public Solver solver() {
    if (solver == null) {
      solver = choice.of(problem);
    }
    return solver;
  }
}
