package org.convexnn.relu;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSetting;
import org.convexnn.block.pass.cone.ConeSetting;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SoftmaxLoss;
import org.convexnn.loss.SquaredLoss;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.network.ReluNetwork;
import org.convexnn.relu.cone.ConeDecoder;
import org.convexnn.relu.cone.ConeProgram;
import org.convexnn.relu.cone.ConeSolution;
import org.convexnn.relu.cone.ConeSolver;
import org.convexnn.solver.AllPatterns;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.Objective;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.Progress;
import org.convexnn.solver.StopReason;
import org.convexnn.solver.TraceRecord;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingResult;
import org.convexnn.solver.checkpoint.Checkpoints;
import org.convexnn.solver.checkpoint.ResumableSteps;
import org.convexnn.solver.fit.CompleteRows;
import org.convexnn.solver.fit.Folds;
import org.convexnn.solver.program.PassCounter;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.LocalRows;
import org.convexnn.solver.rows.Rows;
import org.convexnn.solver.rows.SelectedRows;
import org.convexnn.solver.train.Trainer;

/**
 * Trains a plain ReLU network on rows. First a gated network, for feature map, beta and directions; where
 * that one is linear, neurons grow from none.
 * Then, where rows are few and the network has one output, the exact optimum on the activation patterns
 * of its gates ({@link ConeSolver}); else growth ({@link NeuronGrowth}): beta chosen once more, on the
 * rays of the gated network's directions. At last, where asked for, a {@link Polish}. What it returns is
 * certified against all networks of any width ({@link NetworkCertificate}).
 */
public final class ReluTrainer {

  private static final int MOST_FEATURES = 2000;
  private static final int MOST_EXACT_ROWS = 2000;
  private static final int MOST_EXACT_WEIGHTS = 2500;
  private static final int EXACT_PASSES = 5000;

  private static final double[] PATH = {3, 1, 0.3, 0.1, 0.03, 0.01};
  private static final double CLEARLY_WORSE = 1.002;
  private static final double FIT_TOLERANCE = 1e-3;
  private static final int ROUNDS = 3;
  private static final int SEARCHED = 64;
  private static final int SEARCH_PASSES = 6;
  private static final long MANY_ROWS = 5000;
  private static final int NEURONS = 64;
  private static final int MANY_NEURONS = 128;
  private static final long MOST_NUMBERS = 1L << 22;

  private final TrainingOptions options;
  private final Progress progress;
  private final Optional<Checkpoints> checkpoints;
  private final long began = System.nanoTime();

  /**
   * A trainer with these options; progress is told of every iteration.
   *
   * @param options of activation {@code RELU}
   */
  public ReluTrainer(TrainingOptions options, Progress progress) {
    this(options, progress, Optional.empty());
  }

  private ReluTrainer(
      TrainingOptions options, Progress progress, Optional<Checkpoints> checkpoints) {
    this.options = options;
    this.progress = progress;
    this.checkpoints = checkpoints;
  }

  /**
   * A trainer that keeps checkpoints; they are gone when it has returned. Fits of output weights
   * and rounds of growth that had ended are not repeated, a polish goes on from its state;
   * a fit or round under way is repeated, and so are exact cones, a matter of seconds on few rows.
   */
  public ReluTrainer with(Checkpoints kept) {
    return new ReluTrainer(options, progress, Optional.of(kept));
  }

  /**
   * Trains.
   *
   * @throws IllegalArgumentException when the data cannot be trained on, naming the culprit and the
   *     remedy
   */
  public TrainingResult train(Rows rows) {
    if (rows.features() > MOST_FEATURES) {
      throw new IllegalArgumentException(
          "activation is 'relu' and there are "
              + rows.features()
              + " features; plain ReLU takes at most "
              + MOST_FEATURES
              + ", for its certificate needs matrices of features x features: reduce the features"
              + " (PCA), or use activation 'gated'");
    }
    CompleteRows complete = CompleteRows.of(rows, options);
    Trainer trainer = new Trainer(options.forDirections(), progress);
    return complete.result(
        checkpoints
            .map(kept -> trainer.with(kept, options))
            .orElse(trainer)
            .train(
                complete.rows(),
                (gated, steps, counter) -> train(complete.rows(), gated, steps, counter)));
  }

  private TrainingResult train(
      Rows rows, TrainingResult gated, ResumableSteps steps, PassCounter counter) {
    if (!(gated.certificate().beta() > 0)) {
      progress.message("plain ReLU: nothing to learn, the model is linear");
      return gated;
    }
    return new Training(rows, gated, steps, counter).run();
  }

  /** What was trained last, and how it ended. */
  private record Fitted(
      ReluNetwork network, double beta, Optional<Double> lower, StopReason reason, String solver) {}

  /** One training, after its gated network. */
  private final class Training {

    private final Rows rows;
    private final TrainingResult gated;
    private final ResumableSteps steps;
    private final PassCounter counter;
    private final Network start;
    private final double betaMax;
    private final List<TraceRecord> trace;
    private final List<PathPoint> path;
    private final SelectedRows all;
    private int offered;
    private ReluProblem whole;

    Training(Rows rows, TrainingResult gated, ResumableSteps steps, PassCounter counter) {
      this.rows = rows;
      this.gated = gated;
      this.steps = steps;
      this.counter = counter;
      this.start = gated.network();
      this.betaMax = gated.certificate().betaMax();
      this.trace = new ArrayList<>(gated.trace());
      this.path = new ArrayList<>(gated.path());
      this.all = Folds.of(rows, 1, 0, options.seed()).inside(0);
    }

    TrainingResult run() {
      try (ReluProblem problem = problem()) {
        whole = problem;
        if (start.gates().size() == 0) {
          return certified(fromNothing());
        }
        return certified(exact() ? cones() : grown());
      }
    }

    private ReluProblem problem() {
      GateSet none = GateSet.of(HalfSpaces.none(start.features()));
      return new ReluProblem(
          rows,
          start.map(),
          setting(none, options.arithmetic()),
          new ReluProblem.Sizes(all.weight(), all.count()),
          gated.skipRidge(),
          new ReluProblem.Terms(true, options.linearSkip(), options.fitIntercept()),
          counter);
    }

    private RowSetting setting(GateSet gates, Precision precision) {
      Loss loss =
          switch (options.task()) {
            case BINARY -> new LogisticLoss();
            case MULTICLASS -> new SoftmaxLoss(start.outputs());
            case REGRESSION -> new SquaredLoss();
          };
      return RowSetting.of(
          start.map(),
          gates,
          loss,
          start.offset(),
          start.labelShift(),
          start.labelScale(),
          precision);
    }

    /** Whether the cones of the gates are few and small enough, and wanted. */
    private boolean exact() {
      String why = whyNotExact();
      progress.message(
          why.isEmpty()
              ? "plain ReLU: exact on the patterns of " + start.gates().size() + " gates"
              : "plain ReLU: grown from the gated network (" + why + ")");
      return why.isEmpty();
    }

    private String whyNotExact() {
      if (options.polish()) {
        return "polish";
      }
      if (!options.refit() && split().isPresent()) {
        return "rows held out, exact cones take all";
      }
      if (start.outputs() > 1) {
        return start.outputs() + " outputs, exact cones take one";
      }
      if (options.linearSkip() != options.fitIntercept()) {
        return "linearSkip and fitIntercept differ, exact cones take both or none";
      }
      if (all.count() > MOST_EXACT_ROWS) {
        return tooMany(all.count(), "rows", MOST_EXACT_ROWS);
      }
      long weights = (1 + 2L * start.gates().size()) * (start.map().dimension() + 1);
      return weights > MOST_EXACT_WEIGHTS ? tooMany(weights, "weights", MOST_EXACT_WEIGHTS) : "";
    }

    private static String tooMany(long number, String what, int most) {
      return String.format(Locale.ROOT, "%,d %s, exact cones take at most %,d", number, what, most);
    }

    private Fitted cones() {
      double beta = gated.certificate().beta();
      offered = 2 * start.gates().size();
      try (GatedRows local = LocalRows.copyOf(rows).activate(start.gates(), start.map())) {
        ConeProgram program =
            new ConeProgram(
                local,
                new ConeSetting(
                    setting(start.gates(), Precision.FLOAT64),
                    start.map(),
                    true,
                    options.linearSkip()),
                all.weight(),
                gated.skipRidge());
        ConeSolution solution =
            ConeSolver.solve(program, beta, options.tolerance(false), EXACT_PASSES);
        ReluNetwork network = new ConeDecoder(program).decodeSparsely(solution.weights());
        return new Fitted(network, beta, Optional.of(solution.lower()), solution.reason(), "cones");
      }
    }

    private int most() {
      if (options.numGates() > 0) {
        return options.numGates();
      }
      int usual = gated.rows() >= MANY_ROWS ? MANY_NEURONS : NEURONS;
      return switch (options.effort()) {
        case FAST -> usual / 2;
        case BALANCED -> usual;
        case BEST -> 2 * usual;
      };
    }

    /**
     * From the linear model that the gated program ended with. Its gates are centred, so that a neuron
     * may be worth its penalty where no gate was.
     */
    private Fitted fromNothing() {
      Optional<Folds> split = options.refit() ? Optional.empty() : split();
      ReluProblem training = split.map(s -> whole.on(s.outside(0))).orElse(whole);
      double beta = gated.certificate().beta();
      ReluNetwork network = growth(ROUNDS).grow(training, linear(), beta).network();
      if (network.neurons() == 0) {
        progress.message("plain ReLU: no neuron found is worth its penalty, the model is linear");
        return new Fitted(
            linear(), beta, Optional.empty(), gated.certificate().stopReason(), "linear");
      }
      return new Fitted(network, beta, Optional.empty(), StopReason.NO_IMPROVEMENT, "growth");
    }

    /** The linear part of the gated network. */
    private ReluNetwork linear() {
      int width = start.map().dimension() + 1;
      int c = start.outputs();
      double[] linear = new double[width * c];
      for (int k = 0; k < c; k++) {
        for (int i = 0; i < width; i++) {
          linear[i * c + k] = start.weights()[k * width + i];
        }
      }
      return ReluNetwork.stacked(new double[0], new double[0], linear, c);
    }

    private NeuronGrowth growth(int rounds) {
      return new NeuronGrowth(
          most(),
          rounds,
          new PriceSearch(SEARCHED, SEARCH_PASSES, options.seed()),
          FIT_TOLERANCE,
          progress::message,
          steps);
    }

    private Fitted grown() {
      Optional<Folds> split = split();
      ReluProblem training = split.map(s -> whole.on(s.outside(0))).orElse(whole);
      Optional<ReluProblem> heldOut = split.map(s -> whole.on(s.inside(0)));
      int room = (int) Math.sqrt((double) MOST_NUMBERS / start.outputs());
      // Polishing moves directions too: fewer to begin with do.
      int columns = Math.min(options.polish() ? most() : 2 * most(), room);
      ReluNetwork directions = Neurons.of(Neurons.of(start, columns), training);
      offered = directions.neurons();
      NeuronGrowth growth = growth(options.polish() ? 1 : ROUNDS);
      double beta = gated.certificate().beta();
      ReluNetwork best = directions;
      if (heldOut.isPresent()) {
        Chosen chosen = choose(training, heldOut.get(), directions, beta);
        beta = chosen.beta;
        best = chosen.network;
      }
      // Half of the neurons from the gated network, the others by price.
      ReluNetwork half = growth.largest(best, (most() + 1) / 2);
      NeuronGrowth.Grown grown = growth.grow(training, half, beta);
      if (options.polish()) {
        return polished(training, heldOut, grown.network(), beta);
      }
      ReluNetwork last =
          heldOut.isPresent() && options.refit()
              ? growth.keptFit("refit", whole, grown.network(), beta).network()
              : grown.network();
      return new Fitted(last, beta, Optional.empty(), StopReason.NO_IMPROVEMENT, "growth");
    }

    /** The split that chose beta for the gated network: its held-out rows saw no fit. */
    private Optional<Folds> split() {
      boolean heldOut =
          !gated.path().isEmpty()
              && gated.path().stream().allMatch(p -> Double.isNaN(p.standardError()));
      return heldOut ? Optional.of(Folds.heldOut(rows, options.seed())) : Optional.empty();
    }

    /** A beta and the network of its rays. */
    private record Chosen(double beta, ReluNetwork network) {}

    private Chosen choose(
        ReluProblem training, ReluProblem heldOut, ReluNetwork directions, double gatedBeta) {
      double best = Double.POSITIVE_INFINITY;
      Chosen chosen = new Chosen(gatedBeta, directions);
      ReluNetwork last = directions;
      for (double factor : PATH) {
        double beta = factor * gatedBeta;
        ReluNetwork from = last;
        NotedNetwork scored =
            NotedNetwork.of(
                steps.of(
                    "growth at " + factor, () -> scored(training, heldOut, from, beta).vector()));
        last = scored.network();
        double score = scored.numbers()[1];
        int active = last.active().length;
        double passes = passes();
        path.add(
            new PathPoint(
                beta / betaMax,
                beta,
                scored.numbers()[0],
                Double.NaN,
                score,
                Double.NaN,
                active,
                passes));
        progress.message(
            String.format(
                Locale.ROOT,
                "growth: beta %.4g, validation loss %.5f, %d of %d neurons, %.1f passes, %.1f s",
                beta,
                score,
                active,
                last.neurons(),
                passes,
                seconds()));
        if (score < best) {
          best = score;
          chosen = new Chosen(beta, last);
        } else if (score > CLEARLY_WORSE * best) {
          break;
        }
      }
      return chosen;
    }

    /** The rays of a network with their objective and the loss of held-out rows. */
    private static NotedNetwork scored(
        ReluProblem training, ReluProblem heldOut, ReluNetwork start, double beta) {
      RayFit.Fitted fit = RayFit.of(training, start, beta, FIT_TOLERANCE);
      return new NotedNetwork(
          fit.network(), fit.objective(), heldOut.evaluate("validation", fit.network()).loss());
    }

    private Fitted polished(
        ReluProblem training, Optional<ReluProblem> heldOut, ReluNetwork network, double beta) {
      EarlyStop stop = new EarlyStop(heldOut);
      int last = options.maxIter();
      Polish.Watch watch =
          (iteration, at, value) -> {
            TraceRecord record =
                new TraceRecord(
                    "polish",
                    iteration,
                    passes(),
                    beta,
                    value,
                    Double.NaN,
                    Double.NaN,
                    at.neurons(),
                    seconds());
            trace.add(record);
            progress.iteration(record);
            return stop.goesOn(iteration, at);
          };
      double[] polished =
          steps.of(
              "polish",
              (earlier, keeper) -> {
                earlier.ifPresent(stop::goOn);
                ReluNetwork end =
                    Polish.run(
                        training,
                        network,
                        beta,
                        () -> whole.passes() < last,
                        watch,
                        earlier,
                        (ahead, state) -> keeper.underWay(ahead, () -> stop.noted(state.get())));
                ReluNetwork best = stop.best(end);
                return new NotedNetwork(best, stop.stopped() ? 1 : 0).vector();
              });
      NotedNetwork end = NotedNetwork.of(polished);
      boolean stopped = end.numbers()[0] == 1;
      StopReason reason =
          stopped
              ? StopReason.VALIDATION
              : whole.passes() >= last ? StopReason.MAX_PASSES : StopReason.NO_IMPROVEMENT;
      return new Fitted(end.network(), beta, Optional.empty(), reason, "growth, polish");
    }

    private TrainingResult certified(Fitted fitted) {
      ReluNetwork network = fitted.network.rebalanced();
      ReluProblem problem = whole.with(Precision.FLOAT64);
      NetworkCertificate proof =
          NetworkCertificate.of(
              problem,
              network,
              fitted.beta,
              new PriceSearch(SEARCHED, SEARCH_PASSES, options.seed()));
      double objective = proof.objective();
      boolean free = options.polish() || network.neurons() == 0;
      double lower = fitted.lower.orElse(free ? proof.allPatternsBound() : proof.patternsBound());
      Certificate certificate =
          new Certificate(
              objective,
              lower,
              proof.relativeGapTo(lower),
              options.tolerance(false),
              fitted.beta,
              betaMax,
              1,
              Math.max(offered, network.active().length),
              network.active().length,
              passes(),
              gated.certificate().jobs() + whole.passes(),
              fitted.reason,
              gated.certificate().solver() + ", " + fitted.solver,
              new AllPatterns(
                  proof.allPatternsBound(), proof.relativeGap(), proof.searchPrice(), free));
      progress.message("certificate: " + certificate);
      return new TrainingResult(
          network
              .toNetwork(start.map(), start.offset(), start.labelShift(), start.labelScale())
              .pruned(),
          certificate,
          Objective.ofRelu(all),
          Optional.empty(),
          trace,
          path,
          gated.rows(),
          gated.skipRidge(),
          gated.setUpSeconds(),
          seconds() - gated.setUpSeconds());
    }

    private double passes() {
      return gated.certificate().passes() + whole.passes();
    }
  }

  private double seconds() {
    return (System.nanoTime() - began) * 1e-9;
  }
}
