package org.convexnn.solver;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import org.convexnn.block.Block;
import org.convexnn.block.RowSelection;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.EvalMetric;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.RegressionLoss;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.LeafModel;
import org.convexnn.network.Network;
import org.convexnn.network.Tree;
import org.convexnn.solver.rows.LocalRows;
import org.convexnn.solver.rows.Rows;
import org.convexnn.solver.train.Trainer;

/** Options with one setter per choice, data sets, and the objective of a network by definition. */
public final class Training {

  public TrainingOptions.Task task = TrainingOptions.Task.BINARY;
  public int gates = 16;
  public int trees;
  public List<Integer> widths = List.of();
  public TrainingOptions.GateSampler sampler = TrainingOptions.GateSampler.AUTO;
  public int patternRank;
  public TrainingOptions.Normalization normalization = TrainingOptions.Normalization.AUTO;
  public TrainingOptions.GroupNorm norm = TrainingOptions.GroupNorm.AUTO;
  public boolean perClass;
  public boolean intercept = true;
  public boolean skip = true;
  public double skipRidge = 1e-3;
  public boolean automaticSkipRidge;
  public OptionalDouble regParam = OptionalDouble.empty();
  public OptionalDouble regRatio = OptionalDouble.of(0.1);
  public TrainingOptions.SolverKind solver = TrainingOptions.SolverKind.ADMM;
  public TrainingOptions.PrecisionChoice precision = TrainingOptions.PrecisionChoice.FLOAT64;
  public boolean refit = true;
  public int folds;
  RegressionLoss loss = RegressionLoss.SQUARED;
  public int maxIter = 300;
  public double tol = 1e-5;
  public long seed = 1;
  boolean uniformSketch;

  public static Training binary() {
    return new Training();
  }

  public static Training multiclass() {
    Training t = new Training();
    t.task = TrainingOptions.Task.MULTICLASS;
    return t;
  }

  public static Training regression() {
    Training t = new Training();
    t.task = TrainingOptions.Task.REGRESSION;
    return t;
  }

  /** With a loss of its own, of an ordinary parameter. */
  public static Training regression(RegressionLoss.Kind kind) {
    double parameter =
        switch (kind) {
          case SQUARED, POISSON, GAMMA -> 0;
          case TWEEDIE -> 1.5;
          case HUBER -> 1;
          case QUANTILE -> 0.8;
        };
    return regression().loss(new RegressionLoss(kind, parameter));
  }

  /** Labels that a loss takes, of a mean that depends on features as {@link #absolute} does. */
  public static Data labelled(RegressionLoss.Kind kind, long seed, int n, int d) {
    Data data = absolute(seed, n, d);
    Random random = new Random(seed + 1);
    double[] y = new double[n];
    for (int r = 0; r < n; r++) {
      double f = (data.y[r] - 30) / 10;
      double exponential = -Math.log(1 - random.nextDouble());
      // Claims of an exponential distribution's tail: rows without one are 0.
      double count = Math.floor(exponential * Math.exp(f));
      y[r] =
          switch (kind) {
            case POISSON -> count;
            case GAMMA -> Math.exp(f) * (0.1 + exponential);
            case TWEEDIE -> count * exponential;
            case SQUARED, HUBER, QUANTILE -> data.y[r] + (r % 10 == 0 ? 100 * exponential : 0);
          };
    }
    return new Data(data.x, y, data.w);
  }

  public Training solver(TrainingOptions.SolverKind kind) {
    solver = kind;
    return this;
  }

  public Training ratio(double r) {
    regRatio = OptionalDouble.of(r);
    return this;
  }

  public Training path() {
    regRatio = OptionalDouble.empty();
    tol = 1e-3;
    return this;
  }

  Training loss(RegressionLoss other) {
    loss = other;
    return this;
  }

  public TrainingOptions options() {
    return new TrainingOptions(
        task,
        gates,
        trees,
        0,
        widths,
        sampler,
        patternRank,
        TrainingOptions.Effort.BALANCED,
        normalization,
        norm,
        perClass,
        intercept,
        skip,
        automaticSkipRidge ? OptionalDouble.empty() : OptionalDouble.of(skipRidge),
        regParam,
        regRatio,
        refit,
        folds,
        solver,
        precision,
        maxIter,
        OptionalDouble.of(tol),
        seed,
        TrainingOptions.Activation.GATED,
        false,
        OptionalDouble.empty(),
        TrainingOptions.Leaves.of(LeafModel.LINEAR),
        loss,
        EvalMetric.AUTO);
  }

  public TrainingResult train(Rows rows) {
    return new Trainer(options(), Progress.SILENT, uniformSketch).train(rows);
  }

  public TrainingResult train(Data data) {
    return train(data.rows(64));
  }

  /** Rows with labels and weights. */
  public record Data(double[][] x, double[] y, double[] w) {

    public LocalRows rows(int blockRows) {
      return LocalProblem.rows(x, y, w, blockRows);
    }

    public Data weights(double[] weights) {
      return new Data(x, y, weights);
    }

    /** The selected rows, by their keys. */
    public Data part(RowSelection selection) {
      int[] rows =
          IntStream.range(0, y.length)
              .filter(
                  r ->
                      selection.selects(
                          new Block(x[r].length, x[r].clone(), new double[] {y[r]}, ones(1))
                              .key(0)))
              .toArray();
      return new Data(
          Arrays.stream(rows).mapToObj(r -> x[r]).toArray(double[][]::new),
          Arrays.stream(rows).mapToDouble(r -> y[r]).toArray(),
          Arrays.stream(rows).mapToDouble(r -> w[r]).toArray());
    }
  }

  public static double[] ones(int n) {
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Four clusters, the label is the XOR of two signs; the other columns are noise. */
  public static Data xor(long seed, int n, int d, double flipped) {
    Random random = new Random(seed);
    double[][] x = new double[n][d];
    double[] y = new double[n];
    for (int r = 0; r < n; r++) {
      boolean a = random.nextBoolean();
      boolean b = random.nextBoolean();
      for (int j = 0; j < d; j++) {
        x[r][j] = random.nextGaussian() * (j < 2 ? 0.5 : 1);
      }
      x[r][0] += a ? 1.5 : -1.5;
      x[r][1] += b ? 1.5 : -1.5;
      y[r] = (a ^ b) ^ random.nextDouble() < flipped ? 1 : 0;
    }
    return new Data(x, y, ones(n));
  }

  /** Four clusters, two opposite ones of the same class, of three. */
  public static Data quadrants(long seed, int n, int d, double flipped) {
    Data xor = xor(seed, n, d, 0);
    Random random = new Random(~seed);
    double[] y = new double[n];
    for (int r = 0; r < n; r++) {
      y[r] = xor.y[r] == 1 ? 0 : xor.x[r][0] > 0 ? 1 : 2;
      y[r] = random.nextDouble() < flipped ? random.nextInt(3) : y[r];
    }
    return new Data(xor.x, y, xor.w);
  }

  /** y = 30 + 5 (|x_0| - x_1 + noise). */
  public static Data absolute(long seed, int n, int d) {
    Random random = new Random(seed);
    double[][] x = new double[n][d];
    double[] y = new double[n];
    for (int r = 0; r < n; r++) {
      for (int j = 0; j < d; j++) {
        x[r][j] = random.nextGaussian() * (1 + j) + j;
      }
      y[r] = 30 + 5 * (2 * Math.abs(x[r][0]) - 0.5 * x[r][1] + 0.1 * random.nextGaussian());
    }
    return new Data(x, y, ones(n));
  }

  public static double accuracy(Network network, Data data) {
    Network.Evaluator evaluator = network.evaluator();
    double[] f = new double[network.outputs()];
    double right = 0;
    for (int r = 0; r < data.y.length; r++) {
      evaluator.evaluate(data.x[r], f);
      int best = f.length == 1 && f[0] > 0 ? 1 : 0;
      for (int k = 1; k < f.length; k++) {
        best = f[k] > f[best] ? k : best;
      }
      right += best == data.y[r] ? 1 : 0;
    }
    return right / data.y.length;
  }

  public static double r2(Network network, Data data) {
    Network.Evaluator evaluator = network.evaluator();
    double[] f = new double[1];
    double mean = Arrays.stream(data.y).average().orElseThrow();
    double error = 0;
    double total = 0;
    for (int r = 0; r < data.y.length; r++) {
      evaluator.evaluate(data.x[r], f);
      error += (f[0] - data.y[r]) * (f[0] - data.y[r]);
      total += (mean - data.y[r]) * (mean - data.y[r]);
    }
    return 1 - error / total;
  }

  /** The objective (docs/theory/objective.md#the-program), from the network alone. */
  public double objective(Network network, Data data, double beta) {
    int c = network.outputs();
    Loss loss =
        switch (task) {
          case BINARY -> new LogisticLoss();
          case MULTICLASS -> new SoftmaxLoss(c);
          case REGRESSION -> new SquaredLoss();
        };
    Network.Evaluator evaluator = network.evaluator();
    double[] f = new double[c];
    double sum = 0;
    double weight = 0;
    for (int r = 0; r < data.y.length; r++) {
      evaluator.evaluate(data.x[r], f);
      for (int k = 0; k < c; k++) {
        f[k] = (f[k] - network.labelShift()) / network.labelScale();
      }
      double y = (data.y[r] - network.labelShift()) / network.labelScale();
      sum += data.w[r] * loss.value(y, f, 0);
      weight += data.w[r];
    }
    int width = network.map().dimension() + 1;
    int length = c * width;
    double penalty = 0;
    int shared = network.gates().gatesPerGroup();
    double square = 0;
    for (int i = 0; i < network.gates().size(); i++) {
      boolean leaf = i >= network.gates().overlapping();
      boolean function =
          norm == TrainingOptions.GroupNorm.FUNCTION
              || (norm == TrainingOptions.GroupNorm.AUTO && leaf);
      int at = (1 + i) * length;
      square = i % shared == 0 ? 0 : square;
      double sumOfNorms = 0;
      for (int k = 0; k < c; k++) {
        double norm =
            function
                ? functionNorm(network, i, at + k * width, data, weight)
                : Blas.norm(network.weights(), at + k * width, width);
        square += norm * norm;
        sumOfNorms += norm;
      }
      if ((i + 1) % shared == 0) {
        penalty += perClass ? sumOfNorms : Math.sqrt(square);
      }
    }
    double linear = Blas.norm(network.weights(), 0, length);
    return sum / weight + beta * penalty + 0.5 * skipRidge * linear * linear;
  }

  /** sqrt(u' A u) by its definition: the neuron's mean square output, plus the floor on ||u||^2. */
  private static double functionNorm(Network network, int group, int at, Data data, double weight) {
    int width = network.map().dimension() + 1;
    double output = 0;
    double trace = 0;
    double all = 0;
    for (int r = 0; r < data.y.length; r++) {
      double[] z = network.map().apply(data.x[r]);
      double square = 1;
      double u = network.weights()[at + width - 1];
      for (int j = 0; j < width - 1; j++) {
        square += z[j] * z[j];
        u += z[j] * network.weights()[at + j];
      }
      double w = data.w[r] / weight;
      all += w * square;
      if (active(network, group, data.x[r])) {
        output += w * u * u;
        trace += w * square;
      }
    }
    double floor = 0.03 * trace / width + 2e-5 * all / width;
    double norm = Blas.norm(network.weights(), at, width);
    return Math.sqrt(output + floor * norm * norm);
  }

  private static boolean active(Network network, int group, double[] x) {
    int first = network.gates().overlapping();
    if (group < first) {
      return network.gates().evaluator().active(x)[group];
    }
    for (Tree tree : network.gates().trees()) {
      if (group < first + tree.leaves()) {
        return tree.leaf(x) == group - first;
      }
      first += tree.leaves();
    }
    throw new IllegalArgumentException("no group " + group);
  }
}
