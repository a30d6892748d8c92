package org.convexnn.solver.checkpoint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.convexnn.solver.Progress;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.program.SolverState;

/**
 * The solves of a fit in their order, written down as checkpoints. After the driver was lost the fit
 * is run again: what had ended is not repeated, the solve under way goes on from its state. Programs
 * are convex, so what is lost with the row states changes nothing about where a solve ends.
 */
public final class Journal implements ResumableSteps {

  private static final double SAME_BETA = 1e-6;
  // Before a solve is under way: the loss of held-out rows, and where the solve starts.
  private static final double NEXT_START = 2.5;

  private final Optional<Kept> kept;
  private final Progress progress;
  private final PassCounter counter;
  private final Deque<Checkpoint.Step> earlier = new ArrayDeque<>();
  private final List<Checkpoint.Step> steps = new ArrayList<>();
  private double saved;

  /** Where checkpoints are kept, and of which fit. */
  private record Kept(Checkpoints checkpoints, FitIdentity of) {}

  private Journal(Optional<Kept> kept, Progress progress, PassCounter counter) {
    this.kept = kept;
    this.progress = progress;
    this.counter = counter;
  }

  /** A journal that nobody keeps. */
  public static Journal none(Progress progress, PassCounter counter) {
    return new Journal(Optional.empty(), progress, counter);
  }

  /**
   * The journal of a fit.
   *
   * @throws IllegalArgumentException as {@link Checkpoints#open}
   */
  public static Journal of(
      Checkpoints checkpoints, FitIdentity fit, Progress progress, PassCounter counter) {
    Journal journal = new Journal(Optional.of(new Kept(checkpoints, fit)), progress, counter);
    Optional<Checkpoint> from = checkpoints.open(fit);
    from.ifPresent(checkpoint -> journal.earlier.addAll(checkpoint.steps()));
    if (checkpoints.resume()) {
      progress.message(
          from.map(
                  c ->
                      String.format(
                          Locale.ROOT,
                          "resumes from a checkpoint: %d steps, %.1f passes of solves",
                          c.steps().size(),
                          c.steps().stream().mapToDouble(Checkpoint.Step::passes).sum()))
              .orElse("there is no checkpoint to resume from: the fit begins anew"));
    }
    return journal;
  }

  /**
   * A solve for one beta that is to be written down.
   *
   * @param problem what is solved
   * @param solver by what, made where an earlier driver has not solved it
   * @param beta the regularisation parameter
   * @param start where to start from
   * @param stop when to stop
   */
  public record Request(
      Problem problem,
      Supplier<Solver> solver,
      double beta,
      Solver.Start start,
      Solver.Stopping stop) {}

  /** Solves; where an earlier driver was solving, from its state and with the passes it has left. */
  public Solver.Solution solve(Request request, Solver.Watch watch) {
    return ended(request, watch)
        .orElseGet(() -> written(request, new Written(request.beta(), watch, true)));
  }

  /**
   * Solves a point of a path; its solution is kept and not solved again by a later driver.
   *
   * @param prices whether gates are priced at the solution. Then it is solved from its own start: from
   *     another one it ends a little elsewhere, and the gates would be others.
   */
  public Solver.Solution point(Request request, boolean prices, Solver.Watch watch) {
    Optional<Solver.Solution> before = ended(request, watch);
    if (before.isPresent()) {
      return before.get();
    }
    Solver.Solution solution = written(request, new Written(request.beta(), watch, !prices));
    saveWhereDue(prices ? Double.POSITIVE_INFINITY : NEXT_START, Optional.empty());
    return solution;
  }

  /** The solution of a solve that had ended when an earlier driver was lost. */
  private Optional<Solver.Solution> ended(Request request, Solver.Watch watch) {
    if (earlier(request).orElse(null) instanceof Checkpoint.Solve solve) {
      earlier.remove();
      counter.add(solve.passes(), solve.jobs());
      watch.iteration(solve.iteration(), solve.upper(), solve.lower(), solve.weights());
      steps.add(solve);
      return Optional.of(solve.solution());
    }
    return Optional.empty();
  }

  /**
   * Numbers that some passes come to; their solves are forgotten.
   *
   * @param what they are; the parts of a fit have names and lengths that follow from their order
   * @param length of the numbers
   */
  public double[] part(String what, int length, Supplier<double[]> passes) {
    Optional<double[]> ended = ended(what, numbers -> numbers.length == length);
    if (ended.isPresent()) {
      return ended.get();
    }
    int first = steps.size();
    double before = counter.passes();
    int jobs = counter.jobs();
    double[] numbers = passes.get();
    steps.subList(first, steps.size()).clear();
    steps.add(new Checkpoint.Part(what, numbers, counter.passes() - before, counter.jobs() - jobs));
    return numbers;
  }

  /** The numbers of a part that had ended when an earlier driver was lost. */
  private Optional<double[]> ended(String what, Predicate<double[]> fitting) {
    if (earlier.peek() instanceof Checkpoint.Part part
        && part.what().equals(what)
        && fitting.test(part.numbers())) {
      earlier.remove();
      counter.add(part.passes(), part.jobs());
      steps.add(part);
      return Optional.of(part.numbers());
    }
    return Optional.empty();
  }

  /** Parts after the gated network, each of them saved when it has ended. */
  @Override
  public double[] of(String what, ResumableSteps.Resumable part) {
    Optional<double[]> ended = ended(what, numbers -> true);
    if (ended.isPresent()) {
      return ended.get();
    }
    Optional<SolverState> state = Optional.empty();
    double before = counter.passes();
    int jobs = counter.jobs();
    if (earlier.peek() instanceof Checkpoint.PartUnderWay underWay
        && underWay.what().equals(what)) {
      earlier.clear();
      counter.add(underWay.passes(), underWay.jobs());
      saved = counter.passes();
      state = Optional.of(underWay.state());
    }
    double[] numbers =
        part.run(
            state,
            (ahead, now) ->
                saveWhereDue(
                    ahead,
                    Optional.of(
                        () ->
                            new Checkpoint.PartUnderWay(
                                what,
                                now.get(),
                                counter.passes() - before,
                                counter.jobs() - jobs))));
    steps.add(new Checkpoint.Part(what, numbers, counter.passes() - before, counter.jobs() - jobs));
    saveWhereDue(Double.POSITIVE_INFINITY, Optional.empty());
    return numbers;
  }

  /** The fit has ended well. */
  public void end() {
    kept.ifPresent(
        k -> trying("checkpoints of a fit that has ended stay", k.checkpoints.store()::clear));
  }

  /** The step of an earlier driver, where it is a solve of this program. */
  private Optional<Checkpoint.OfBeta> earlier(Request request) {
    if (earlier.isEmpty()) {
      return Optional.empty();
    }
    if (earlier.peek() instanceof Checkpoint.OfBeta solve
        && solve.weights().length == request.problem().length()
        && Math.abs(solve.beta() - request.beta()) <= SAME_BETA * request.beta()) {
      return Optional.of(solve);
    }
    progress.message(
        "the checkpoint does not fit from here on, as sums of other partitions round differently:"
            + " what is left of it is solved anew");
    earlier.clear();
    return Optional.empty();
  }

  private Solver.Solution written(Request request, Written written) {
    Solver.Start from = request.start();
    Solver.Stopping left = request.stop();
    if (earlier(request).orElse(null) instanceof Checkpoint.UnderWay before) {
      counter.add(before.passes(), before.jobs());
      saved = counter.passes();
      written.goOn(before.asked());
      from = Solver.Start.after(before.state());
      left = left.after(before.passes());
    }
    earlier.clear();
    Solver.Solution solution =
        request.solver().get().solve(request.problem(), request.beta(), from, left, written);
    steps.add(written.ended(solution));
    return solution;
  }

  /** Saves where the passes ahead might be lost with too many others. */
  private void saveWhereDue(double ahead, Optional<Supplier<Checkpoint.Step>> underWay) {
    double now = counter.passes();
    if (kept.isPresent() && now + ahead > saved + kept.get().checkpoints.interval()) {
      saved = now;
      List<Checkpoint.Step> all = new ArrayList<>(steps);
      underWay.map(Supplier::get).ifPresent(all::add);
      Checkpoint checkpoint = new Checkpoint(kept.get().of, all);
      CheckpointStore store = kept.get().checkpoints.store();
      trying("no checkpoint, the fit goes on", () -> store.save(checkpoint));
    }
  }

  /** A store that fails, with whatever error, ends no fit. */
  private void trying(String otherwise, Runnable storing) {
    try {
      storing.run();
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      String why = e.getCause() == null ? e.toString() : e.getMessage() + ", " + e.getCause();
      progress.message(otherwise + ": " + why);
    }
  }

  /** A solve that is written down. */
  private final class Written implements Solver.Watch {

    private final double beta;
    private final Solver.Watch inner;
    private final boolean resumable;
    private final double passes = counter.passes();
    private final int jobs = counter.jobs();
    private final List<double[]> asked = new ArrayList<>();
    private int last;

    Written(double beta, Solver.Watch inner, boolean resumable) {
      this.beta = beta;
      this.inner = inner;
      this.resumable = resumable;
    }

    /** Asks what an earlier driver has asked: the watch remembers. */
    void goOn(List<double[]> before) {
      before.forEach(q -> enough((int) q[0], q[1], q[2], q[3]));
    }

    @Override
    public void iteration(int iteration, double upper, double lower, double[] weights) {
      inner.iteration(iteration, upper, lower, weights);
      last = iteration;
    }

    @Override
    public boolean enough(int iteration, double upper, double gap, double leftOut) {
      asked.add(new double[] {iteration, upper, gap, leftOut});
      return inner.enough(iteration, upper, gap, leftOut);
    }

    @Override
    public void underWay(double ahead, Supplier<SolverState> state) {
      if (resumable) {
        saveWhereDue(
            ahead,
            Optional.of(
                () ->
                    new Checkpoint.UnderWay(
                        beta,
                        state.get(),
                        List.copyOf(asked),
                        counter.passes() - passes,
                        counter.jobs() - jobs)));
      }
    }

    @Override
    public void message(String text) {
      inner.message(text);
    }

    Checkpoint.Solve ended(Solver.Solution solution) {
      return new Checkpoint.Solve(
          beta,
          solution.weights(),
          solution.upper(),
          solution.lower(),
          solution.reason(),
          last,
          counter.passes() - passes,
          counter.jobs() - jobs);
    }
  }
}
