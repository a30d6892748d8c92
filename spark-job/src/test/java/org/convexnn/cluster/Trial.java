package org.convexnn.cluster;

import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.apache.spark.api.java.JavaSparkContext;
import org.convexnn.cluster.Fault.When;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingOptions.GateSampler;
import org.convexnn.solver.TrainingOptions.SolverKind;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.train.Trainer;

/** A fit and what goes wrong in it. */
enum Trial {
  KILLED_TWICE(Kind.ADMM, new Fault.Killed(1, List.of(randomPass(1), iteration(8))), 2),
  DROPPED(Kind.ADMM, new Fault.Dropped(randomPass(2)), 3),
  THROWING(Kind.ADMM, new Fault.Throwing(0.1, 5), 5),
  UNDISTURBED(Kind.ADMM, Fault.NONE, 0),
  KILLED_IN_SKETCH(Kind.ADMM, killed("sketch of the metric"), 1),
  KILLED_IN_CERTIFICATE(Kind.ADMM, killed("certificate"), 1),
  KILLED_IN_SAMPLE(Kind.TREES, killed("sample for trees"), 1),
  KILLED_IN_PATH(Kind.PATH, killed("validation"), 1),
  KILLED_IN_LINE_SEARCH(Kind.LBFGS, killed("quasi-Newton step 3"), 1),
  KILLED_IN_GRAM(Kind.GRAM, killed("Gram matrix"), 1),
  KILLED_AT_SECOND_POINT(
      Kind.PATH, new Fault.Killed(2, List.of(new When("ADMM iteration 2", 2))), 1),
  SLOW(Kind.ADMM, new Fault.Slow(iteration(4), 120), 1),
  HUNG(Kind.ADMM, new Fault.Hung(iteration(4)), 1),
  GONE(Kind.ADMM, new Fault.Gone(iteration(4)), 1),
  SPILLED(Kind.MANY_ROWS, new Fault.Spilled(3), 20);

  private static final double TOL = 1e-7;

  private final Kind kind;
  private final Fault fault;
  private final long leastStrikes;

  Trial(Kind kind, Fault fault, long leastStrikes) {
    this.kind = kind;
    this.fault = fault;
    this.leastStrikes = leastStrikes;
  }

  /** The fits, which end the same where nothing goes wrong. */
  enum Kind {
    ADMM(GateSampler.GAUSSIAN, Fits.RATIO, SolverKind.ADMM),
    TREES(GateSampler.TREES, Fits.RATIO, SolverKind.ADMM),
    PATH(GateSampler.GAUSSIAN, Fits.CHOSEN, SolverKind.ADMM),
    LBFGS(GateSampler.GAUSSIAN, Fits.RATIO, SolverKind.LBFGS),
    GRAM(GateSampler.GAUSSIAN, Fits.RATIO, SolverKind.GRAM),
    /** 56 MB of rows. */
    MANY_ROWS(GateSampler.GAUSSIAN, Fits.RATIO, SolverKind.ADMM, 160_000, 40, 16);

    private final GateSampler sampler;
    private final OptionalDouble ratio;
    private final SolverKind solver;

    private final int rows;
    private final int features;
    private final int partitions;

    Kind(GateSampler sampler, OptionalDouble ratio, SolverKind solver) {
      this(sampler, ratio, solver, 2000, 5, 4);
    }

    Kind(
        GateSampler sampler,
        OptionalDouble ratio,
        SolverKind solver,
        int rows,
        int features,
        int partitions) {
      this.sampler = sampler;
      this.ratio = ratio;
      this.solver = solver;
      this.rows = rows;
      this.features = features;
      this.partitions = partitions;
    }

    /** Trains with a fault. */
    Certificate train(JavaSparkContext context, Fault fault) {
      Task task = this == GRAM ? Task.REGRESSION : Task.BINARY;
      TrainingOptions options = Fits.options(task, sampler, ratio, solver, 20_000, TOL);
      // Behind a shuffle: rows that are computed again may come in another order.
      try (RddRows packed =
          RddRows.pack(
              context.parallelize(Fits.rows(rows, features, 6), 3).repartition(partitions),
              TestRows.packing(task == Task.REGRESSION ? 0 : 2, 0, 2))) {
        return new Trainer(options, Progress.SILENT)
            .train(new FaultyRows(packed, fault))
            .certificate();
      }
    }
  }

  Kind kind() {
    return kind;
  }

  /** Trains with the trial's fault. */
  Certificate train(JavaSparkContext context) {
    return kind.train(context, fault);
  }

  /** How often something must have gone wrong for the trial to mean anything. */
  long leastStrikes() {
    return leastStrikes;
  }

  private static Fault killed(String job) {
    return new Fault.Killed(2, List.of(new When(job, 1)));
  }

  private static When iteration(int k) {
    return new When("ADMM iteration " + k, 1);
  }

  private static When randomPass(long seed) {
    return iteration(1 + new Random(seed).nextInt(6));
  }
}
