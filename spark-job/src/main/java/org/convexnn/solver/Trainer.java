package org.convexnn.solver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.convexnn.block.ClassWeightsJob;
import org.convexnn.block.ColumnStats;
import org.convexnn.block.ColumnStatsJob;
import org.convexnn.block.MomentsJob;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSelection;
import org.convexnn.block.RowSetting;
import org.convexnn.block.SampleJob;
import org.convexnn.block.WeightJob;
import org.convexnn.gate.HalfSpaceSampler;
import org.convexnn.gate.TreeGrower;
import org.convexnn.linalg.Blas;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.network.Tree;

/**
 * Trains a network on rows: moments, feature map, gates, skip-only fit, betaMax, regularisation
 * path, final fit, certificate. definitions.md, "The objective" to "Choosing beta".
 */
public final class Trainer {

  private static final double[] RATIOS = {0.3, 0.1, 0.03, 0.01, 0.003, 0.001};
  // With many rows for each feature the largest ratio has never been the best (modelling.md 6, 14).
  private static final double ROWS_PER_FEATURE = 1000;
  private static final double PATH_TOL = 1.5e-2;
  private static final double PATH_PASSES = 200;
  private static final double CLEARLY_WORSE = 1.002;
  private static final int SAMPLE_ROWS = 4000;
  private static final int TREE_SAMPLE_ROWS = 20_000;
  private static final double TREE_CLIP = 8;
  private static final int FOLDS = 10;
  private static final int FEWEST_FOR_HOLD_OUT = 200;
  private static final double NO_SIGNAL = 1e-12;

  private final TrainingOptions options;
  private final Progress progress;
  private final boolean uniformSketch;

  /** A trainer with these options; progress is told of every iteration. */
  public Trainer(TrainingOptions options, Progress progress) {
    this(options, progress, false);
  }

  /**
   * A trainer.
   *
   * @param uniformSketch whether ADMM draws its sketch badly on purpose: for tests of the safeguard
   */
  public Trainer(TrainingOptions options, Progress progress, boolean uniformSketch) {
    this.options = options;
    this.progress = progress;
    this.uniformSketch = uniformSketch;
  }

  /**
   * Trains.
   *
   * @throws IllegalArgumentException when the data cannot be trained on, naming the culprit and the
   *     remedy
   */
  public TrainingResult train(Rows rows) {
    return new Run(rows).train();
  }

  /** Constant parts of the model, known after the first looks at the data. */
  private record Frame(
      ColumnStats stats, FeatureMap map, double[] offset, double shift, double scale) {

    Frame clipped(double c) {
      return new Frame(stats, map.clipped(c), offset, shift, scale);
    }
  }

  /** One training run. */
  private final class Run {

    private final Rows rows;
    private final Ledger ledger = new Ledger();
    private final List<TraceRecord> trace = new ArrayList<>();
    private final List<PathPoint> path = new ArrayList<>();
    private Loss loss;
    private double rarestClass;
    private Frame frame;
    private GateSet gates;
    private double constantLoss;
    private double[][] norms = new double[0][];

    Run(Rows rows) {
      this.rows = rows;
    }

    TrainingResult train() {
      frame = look();
      progress.message(
          String.format(
              Locale.ROOT,
              "%,d rows, %d features, blas %s",
              frame.stats.rows(),
              rows.features(),
              Blas.name()));
      gates = drawGates();
      if (usesTrees() && options.normalization() != TrainingOptions.Normalization.NONE) {
        // Linear models in leaves extrapolate: one outlier must not spoil a prediction.
        frame = frame.clipped(TREE_CLIP);
      }
      try (GatedRows gated = rows.activate(gates, frame.map)) {
        return solve(gated);
      }
    }

    private Frame look() {
      ColumnStats stats = rows.sum("column statistics", new ColumnStatsJob(rows.features()));
      if (stats.rows() == 0) {
        throw new IllegalArgumentException(
            "there are no rows of positive weight to train on; check the input and the weight"
                + " column");
      }
      double[] half = stats.halfRanges();
      double[] inverse = new double[half.length];
      for (int j = 0; j < half.length; j++) {
        inverse[j] = half[j] > 0 ? 1 / half[j] : 0;
      }
      double labelHalf = stats.labelMax() / 2 - stats.labelMin() / 2;
      double[][] moments =
          rows.sum(
              "second moments",
              new MomentsJob(
                  stats.mean(), inverse, stats.labelMean(), labelHalf > 0 ? 1 / labelHalf : 0));
      if (options.normalization() == TrainingOptions.Normalization.NONE) {
        checkUnscaled(stats);
      }
      FeatureMap map = Normalizer.of(options.normalization(), stats, moments[0]);
      return switch (options.task()) {
        case BINARY -> {
          double p = stats.labelMean();
          if (stats.labelMin() < 0 || stats.labelMax() > 1 || !(p > 0 && p < 1)) {
            throw new IllegalArgumentException(
                "binary labels must be 0 and 1, both present; they range from "
                    + stats.labelMin()
                    + " to "
                    + stats.labelMax());
          }
          loss = new LogisticLoss();
          rarestClass = Math.min(p, 1 - p);
          double[] offset = {options.fitIntercept() ? Math.log(p / (1 - p)) : 0};
          constantLoss = -p * Math.log(p) - (1 - p) * Math.log(1 - p);
          yield new Frame(stats, map, offset, 0, 1);
        }
        case MULTICLASS -> {
          double[] shares = classShares(stats);
          loss = new SoftmaxLoss(shares.length);
          rarestClass = Arrays.stream(shares).min().orElseThrow();
          double meanLog = Arrays.stream(shares).map(Math::log).average().orElseThrow();
          double[] offset = new double[shares.length];
          constantLoss = 0;
          for (int k = 0; k < shares.length; k++) {
            offset[k] = options.fitIntercept() ? Math.log(shares[k]) - meanLog : 0;
            constantLoss -= shares[k] * Math.log(shares[k]);
          }
          yield new Frame(stats, map, offset, 0, 1);
        }
        case REGRESSION -> {
          loss = new SquaredLoss();
          rarestClass = 1;
          double sd = labelHalf * Math.sqrt(moments[1][0] / stats.weight());
          constantLoss = 0.5;
          yield new Frame(
              stats,
              map,
              new double[1],
              options.fitIntercept() || sd == 0 ? stats.labelMean() : 0,
              sd > 0 ? sd : 1);
        }
      };
    }

    /** The classes' shares of the weight. */
    private double[] classShares(ColumnStats stats) {
      int classes = (int) stats.labelMax() + 1;
      if (stats.labelMin() < 0 || stats.labelMax() != classes - 1 || classes < 2) {
        throw new IllegalArgumentException(
            "class labels must be 0, 1, .. C - 1; they range from "
                + stats.labelMin()
                + " to "
                + stats.labelMax());
      }
      double[] shares = rows.sum("weights of the classes", new ClassWeightsJob(classes))[0];
      double total = Arrays.stream(shares).sum();
      for (int k = 0; k < classes; k++) {
        if (!(shares[k] > 0)) {
          throw new IllegalArgumentException(
              "no row has class " + k + " of " + classes + ": index the labels without gaps");
        }
        shares[k] /= total;
      }
      return shares;
    }

    private void checkUnscaled(ColumnStats stats) {
      for (int j = 0; j < stats.mean().length; j++) {
        double size = Math.max(Math.abs(stats.min()[j]), Math.abs(stats.max()[j]));
        if (size > 1e12) {
          throw new IllegalArgumentException(
              "feature "
                  + j
                  + " reaches "
                  + size
                  + ", too large for normalization 'none'; use 'auto' or rescale the column");
        }
      }
    }

    private boolean constantLabel() {
      return frame.stats.labelMin() == frame.stats.labelMax();
    }

    private GateSet drawGates() {
      int count = options.numGates() > 0 ? options.numGates() : defaultGates(frame.stats.rows());
      HalfSpaceSampler sampler = new HalfSpaceSampler(frame.map, options.seed());
      return switch (options.gateSampler()) {
        case TREES -> {
          List<Tree> grown = growTrees();
          if (grown.isEmpty()) {
            progress.message("no split of the sample gains anything: Gaussian gates instead");
          }
          yield grown.isEmpty() ? GateSet.of(sampler.gaussian(count)) : ofTrees(grown);
        }
        case AUTO, GAUSSIAN -> GateSet.of(sampler.gaussian(count));
        case COLUMNS -> GateSet.of(sampler.columns(count, sample()));
        case MIXED -> GateSet.of(sampler.mixed(count, sample()));
      };
    }

    private GateSet ofTrees(List<Tree> trees) {
      GateSet set = new GateSet(HalfSpaces.none(rows.features()), trees);
      progress.message(trees.size() + " trees with " + set.leaves() + " leaves as gates");
      return set;
    }

    /** Trees grown by boosting on a sample of the rows that do not choose beta. */
    private List<Tree> growTrees() {
      if (constantLabel()) {
        return List.of();
      }
      long n = frame.stats.rows();
      double rate = Math.min(1, (double) TREE_SAMPLE_ROWS / n);
      RowSelection selection = choosesBeta() ? training() : RowSelection.ALL;
      List<SampleJob.Row> sample =
          rows.sum("sample for trees", new SampleJob(selection, rate, options.seed()));
      double[][] x = sample.stream().map(SampleJob.Row::features).toArray(double[][]::new);
      double[] y =
          sample.stream().mapToDouble(r -> (r.label() - frame.shift) / frame.scale).toArray();
      double[] w = sample.stream().mapToDouble(SampleJob.Row::weight).toArray();
      double[] start = new double[y.length * loss.outputs()];
      for (int i = 0; i < start.length; i++) {
        start[i] = frame.offset[i % frame.offset.length];
      }
      int trees = options.numTrees() > 0 ? options.numTrees() : defaultTrees(n);
      int leaves = options.numLeaves() > 0 ? options.numLeaves() : defaultLeaves(n);
      return TreeGrower.grow(
          x, y, w, loss, start, TreeGrower.Options.of(trees, leaves, options.seed()));
    }

    private boolean usesTrees() {
      return !gates.trees().isEmpty();
    }

    private boolean choosesBeta() {
      return options.regParam().isEmpty() && options.regRatio().isEmpty();
    }

    /** The rows that a held-out split trains on. */
    private RowSelection training() {
      return new RowSelection(FOLDS, 0, false, options.seed());
    }

    /** Too few rows, or rows of a class, to hold some out. */
    private boolean fewRows() {
      long n = frame.stats.rows();
      return n < FEWEST_FOR_HOLD_OUT || rarestClass * n < 10;
    }

    /** modelling.md section 14. */
    private static int defaultTrees(long rows) {
      return rows >= 40_000 ? 40 : 60;
    }

    private static int defaultLeaves(long rows) {
      return rows >= 40_000 ? 32 : rows >= 15_000 ? 16 : 8;
    }

    /** modelling.md sections 2 and 8. */
    private static int defaultGates(long rows) {
      return rows >= 5000 ? 256 : rows >= 1000 ? 128 : 64;
    }

    private List<double[]> sample() {
      double rate = (double) SAMPLE_ROWS / frame.stats.rows();
      return rows
          .sum("sample for gates", new SampleJob(RowSelection.ALL, rate, options.seed()))
          .stream()
          .map(SampleJob.Row::features)
          .toList();
    }

    private TrainingResult solve(GatedRows gated) {
      RowSetting setting =
          RowSetting.of(
              frame.map, gates, loss, frame.offset, frame.shift, frame.scale, options.arithmetic());
      norms = norms(gated, setting);
      Fit whole = new Fit(gated, setting, frame.stats.weight(), frame.stats.rows());
      double setUp;
      double ratio;
      Solver.Start start;
      if (constantLabel()) {
        setUp = ledger.seconds();
        ratio = Double.POSITIVE_INFINITY;
        start = Solver.Start.at(whole.skip);
      } else if (choosesBeta()) {
        setUp = ledger.seconds();
        RegularizationPath chosen = new RegularizationPath(gated, setting);
        ratio = chosen.ratio;
        start = Solver.Start.at(chosen.weights);
        if (!options.refit() && chosen.fit != null) {
          return finish(chosen.fit, chosen.fit.betaMax * ratio, start, setUp);
        }
        whole.begin(chosen.fit == null ? whole.skip : chosen.fit.skip);
        start = ratio < 1 && chosen.weights.length > 0 ? start : whole.start();
      } else {
        whole.begin(whole.skip);
        setUp = ledger.seconds();
        ratio =
            options.regRatio().orElseGet(() -> options.regParam().getAsDouble() / whole.betaMax);
        start = whole.start();
      }
      double beta = options.regParam().orElse(whole.betaMax * ratio);
      return finish(whole, constantLabel() ? 0 : beta, start, setUp);
    }

    private double[][] norms(GatedRows gated, RowSetting setting) {
      boolean function =
          switch (options.groupNorm()) {
            case EUCLIDEAN -> false;
            case FUNCTION -> true;
            case AUTO -> usesTrees();
          };
      if (!function || constantLabel()) {
        return new double[0][];
      }
      ledger.sweep(0);
      return FunctionNorm.of(gated, setting, frame.map, frame.stats.weight());
    }

    /** Solves for the final beta, certifies, and builds the network. */
    private TrainingResult finish(Fit fit, double beta, Solver.Start start, double setUp) {
      double tol = options.tolerance();
      Solver.Stopping stop =
          new Solver.Stopping(0.95 * tol, options.maxIter(), 1e-6 * constantLoss);
      double[] weights;
      DualPoint dual;
      StopReason reason;
      String solverName;
      if (fit.betaMax <= NO_SIGNAL || constantLabel()) {
        weights = fit.skip;
        dual = DualPoint.ofWeights(weights);
        reason = StopReason.NO_SIGNAL;
        solverName = "linear";
      } else if (beta >= fit.betaMax) {
        weights = fit.skip;
        dual = DualPoint.ofWeights(weights);
        reason = StopReason.LINEAR;
        solverName = "linear";
      } else {
        Solver solver = fit.solver();
        solverName = solver.name();
        Solver.Solution solution =
            solver.solve(fit.problem, beta, start, stop, watch("solve", beta));
        weights = solution.weights();
        dual = solution.dual();
        reason = solution.reason();
      }
      Problem.Bounds bounds = fit.problem.certify(weights, dual, beta);
      double gap =
          new Solver.Stopping(tol, 0, 1e-6 * constantLoss)
              .relativeGap(bounds.primal(), bounds.dual());
      Network network =
          new Network(
              frame.map,
              gates,
              fit.problem.coordinates().toNetwork(weights),
              frame.offset,
              frame.shift,
              frame.scale);
      Certificate certificate =
          new Certificate(
              bounds.primal(),
              bounds.dual(),
              gap,
              tol,
              beta,
              fit.betaMax,
              gates.size(),
              network.activeGroups(),
              ledger.passes(),
              ledger.jobs(),
              reason,
              solverName);
      progress.message("certificate: " + certificate);
      return new TrainingResult(
          network.pruned(),
          certificate,
          trace,
          path,
          frame.stats.rows(),
          setUp,
          ledger.seconds() - setUp);
    }

    private Solver.Watch watch(String phase, double beta) {
      Solver.Stopping stopping = new Solver.Stopping(0, 0, 1e-6 * constantLoss);
      return new Solver.Watch() {
        @Override
        public void iteration(int iteration, double upper, double lower, double[] weights) {
          TraceRecord record =
              new TraceRecord(
                  phase,
                  iteration,
                  ledger.passes(),
                  beta,
                  upper,
                  lower,
                  stopping.relativeGap(upper, lower),
                  GroupNorms.active(weights, rows.features() + 1),
                  ledger.seconds());
          trace.add(record);
          progress.iteration(record);
        }

        @Override
        public void message(String text) {
          progress.message(text);
        }
      };
    }

    /** The program on some rows, with its skip-only fit, betaMax and solver. */
    private final class Fit {

      private final Problem problem;
      private double[] skip;
      private Problem.Evaluation atSkip;
      private double betaMax;
      private Solver solver;

      Fit(GatedRows gated, RowSetting setting, double weight, long count) {
        Coordinates coordinates =
            new Coordinates(
                frame.map,
                gates.centres(),
                setting.outputs(),
                norms,
                new Coordinates.Skip(options.linearSkip(), options.fitIntercept()),
                true);
        this.problem =
            new Problem(gated, setting, coordinates, weight, count, options.skipRidge(), ledger);
        this.skip = new double[problem.length()];
      }

      /** Skip-only fit, from that of other rows or from zero, and betaMax. */
      void begin(double[] from) {
        Problem linear = problem.withoutGroups();
        double[] block = SkipFit.solve(linear, Arrays.copyOf(from, linear.length()), constantLoss);
        System.arraycopy(block, 0, skip, 0, block.length);
        atSkip = problem.evaluate("betaMax", skip, true, Precision.FLOAT64);
        betaMax = GroupNorms.max(atSkip.gradient(), problem.groupLength());
      }

      /** The objective of the skip-only fit. */
      double skipObjective() {
        return atSkip.loss() + problem.penalty(skip, 0);
      }

      /** Its gap at betaMax, where it is optimal. */
      double skipGap() {
        return new Solver.Stopping(0, 0, 1e-6 * constantLoss)
            .relativeGap(
                skipObjective(), problem.lowerBound(atSkip.gradient(), atSkip.dual(), betaMax));
      }

      /** The skip-only fit, of which betaMax's pass found the gradient. */
      Solver.Start start() {
        return new Solver.Start(skip, Optional.of(atSkip));
      }

      Solver solver() {
        if (solver == null) {
          TrainingOptions.SolverKind kind = options.solver();
          if (kind == TrainingOptions.SolverKind.AUTO) {
            CostModel.Choice choice =
                new CostModel()
                    .choose(
                        problem,
                        problem.rowCount(),
                        rows.features() + 1,
                        gates.halfSpaces().size() + gates.trees().size(),
                        gates.size(),
                        rows.parallelism(),
                        options.regParam().isEmpty() && options.regRatio().isEmpty());
            progress.message(choice.reason());
            kind = choice.kind();
          }
          solver =
              switch (kind) {
                case GRAM -> new GramSolver();
                case ADMM -> new AdmmSolver(options.seed(), uniformSketch);
                case LBFGS -> new LbfgsSolver(options.seed());
                case GRADIENT, AUTO -> new GradientSolver();
              };
        }
        return solver;
      }
    }

    /** A warm regularisation path scored on held-out rows. */
    private final class RegularizationPath {

      private double ratio = 1;
      private double[] weights = new double[0];
      private Fit fit;

      RegularizationPath(GatedRows gated, RowSetting setting) {
        long n = frame.stats.rows();
        if (n < 10) {
          withoutValidation("fewer than 10 rows");
          return;
        }
        if (fewRows() && !usesTrees()) {
          crossValidate(gated, setting, 5);
        } else {
          holdOut(gated, setting);
        }
        progress.message("regRatio " + ratio + " has the lowest validation loss");
      }

      private void withoutValidation(String why) {
        ratio = 0.1;
        weights = new double[0];
        fit = null;
        progress.message(why + ": regRatio 0.1 without validation");
      }

      private Fit fold(GatedRows gated, RowSetting setting, RowSelection selection) {
        double[][] weight = rows.sum("weights of the fold", new WeightJob(selection));
        if (!(weight[0][1] > 0)) {
          return null;
        }
        Fit fold = new Fit(gated, setting.on(selection), weight[0][1], (long) weight[0][0]);
        fold.begin(fold.skip);
        return fold;
      }

      private void holdOut(GatedRows gated, RowSetting setting) {
        RowSelection training = training();
        fit = fold(gated, setting, training);
        Validation validation = new Validation(gated, setting, training.complement());
        if (fit == null || !(validation.weight > 0)) {
          withoutValidation("all rows fall on one side of the split");
          return;
        }
        Solver.Start current = fit.start();
        weights = fit.skip;
        double best =
            validation.score(fit, 1, fit.betaMax, fit.skip, fit.skipObjective(), fit.skipGap());
        boolean many = frame.stats.rows() > ROWS_PER_FEATURE * rows.features();
        List<Double> candidates =
            new ArrayList<>(
                Arrays.stream(RATIOS).boxed().toList().subList(many ? 1 : 0, RATIOS.length));
        for (int k = 0; k < candidates.size(); k++) {
          double candidate = candidates.get(k);
          double beta = candidate * fit.betaMax;
          PathWatch watch = new PathWatch(watch("path", beta), best, validation.weight);
          Solver.Solution solution = solve(fit, beta, current, watch);
          current = Solver.Start.at(solution.weights());
          double score =
              validation.score(
                  fit,
                  candidate,
                  beta,
                  solution.weights(),
                  solution.upper(),
                  (solution.upper() - solution.lower())
                      / Math.max(solution.upper(), 1e-6 * constantLoss));
          if (score < best) {
            best = score;
            ratio = candidate;
            weights = solution.weights();
          } else if (many && k == 1 && ratio == candidates.get(0)) {
            // The first point is the best so far: look at the one that was left out, then stop.
            candidates.subList(k + 1, candidates.size()).clear();
            candidates.add(RATIOS[0]);
          } else if (score > CLEARLY_WORSE * best) {
            break;
          }
        }
      }

      private void crossValidate(GatedRows gated, RowSetting setting, int folds) {
        double[] scores = new double[RATIOS.length + 1];
        double total = 0;
        for (int f = 0; f < folds; f++) {
          RowSelection training = new RowSelection(folds, f, false, options.seed());
          Fit fold = fold(gated, setting, training);
          Validation validation = new Validation(gated, setting, training.complement());
          if (fold == null || !(validation.weight > 0)) {
            continue;
          }
          total += validation.weight;
          Solver.Start current = fold.start();
          scores[0] += validation.weight * validation.loss(fold, fold.skip);
          for (int k = 0; k < RATIOS.length; k++) {
            double beta = RATIOS[k] * fold.betaMax;
            double[] solved = solve(fold, beta, current, watch("path", beta)).weights();
            current = Solver.Start.at(solved);
            scores[k + 1] += validation.weight * validation.loss(fold, solved);
          }
        }
        if (!(total > 0)) {
          withoutValidation("every fold is empty");
          return;
        }
        int best = 0;
        for (int k = 0; k < scores.length; k++) {
          best = scores[k] < scores[best] ? k : best;
          double r = k == 0 ? 1 : RATIOS[k - 1];
          path.add(
              new PathPoint(
                  r, Double.NaN, Double.NaN, Double.NaN, scores[k] / total, 0, ledger.passes()));
        }
        ratio = best == 0 ? 1 : RATIOS[best - 1];
      }

      private Solver.Solution solve(Fit on, double beta, Solver.Start start, Solver.Watch watch) {
        Solver.Stopping stop =
            new Solver.Stopping(
                Math.max(PATH_TOL, options.tolerance()), PATH_PASSES, 1e-6 * constantLoss);
        Solver.Solution solution = on.solver().solve(on.problem, beta, start, stop, watch);
        on.problem.rows().release(solution.dual().state());
        return solution;
      }
    }

    /** Scores weights on rows that had no part in the fit. */
    private final class Validation {

      private final GatedRows gated;
      private final RowSetting setting;
      private final double weight;
      private final long count;

      Validation(GatedRows gated, RowSetting setting, RowSelection heldOut) {
        this.gated = gated;
        this.setting = setting.on(heldOut);
        double[][] sums = rows.sum("weights of held-out rows", new WeightJob(heldOut));
        this.weight = sums[0][1];
        this.count = (long) sums[0][0];
      }

      double loss(Fit fit, double[] weights) {
        Problem heldOut =
            new Problem(
                gated,
                setting,
                fit.problem.coordinates(),
                weight,
                count,
                options.skipRidge(),
                ledger);
        return heldOut.evaluate("validation", weights, false).loss();
      }

      double score(
          Fit fit, double ratio, double beta, double[] weights, double objective, double gap) {
        double score = loss(fit, weights);
        PathPoint point =
            new PathPoint(
                ratio,
                beta,
                objective,
                gap,
                score,
                GroupNorms.active(weights, fit.problem.groupLength()),
                ledger.passes());
        path.add(point);
        progress.message(
            String.format(
                Locale.ROOT,
                "path: regRatio %.3g, validation loss %.5f, %d active, gap %.1e, %.1f passes",
                ratio,
                score,
                point.activeNeurons(),
                gap,
                ledger.passes()));
        return score;
      }
    }
  }
}
