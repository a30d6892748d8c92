package org.convexnn.cli.benchmark;

import java.util.List;
import java.util.stream.IntStream;
import org.convexnn.ml.ConvexReLURegressor;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say which models a network is compared with. */
public final class BaselineOptions {

  /** Short names of the baselines. */
  public enum Name {
    /** LogisticRegression or LinearRegression. */
    LR,
    /** MultilayerPerceptronClassifier, for classes. */
    MLP,
    /** Gradient-boosted trees, for two classes or numbers. */
    GBT,
    /** A random forest. */
    RF,
    /** XGBoost4J-Spark, where it is on the class path. */
    XGBOOST
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private static final int MLP_ITERATIONS = 300;
  private static final int XGBOOST_ROUNDS = 100;
  private static final int XGBOOST_DEPTH = 6;

  @Option(
      names = "--against",
      split = ",",
      paramLabel = "NAME",
      description =
          "Models to run beside: MLlib's lr, mlp, gbt and rf, and xgboost; with commas between.")
  private List<Name> against = List.of(Name.LR);

  @Option(
      names = "--mlp-layers",
      split = ",",
      paramLabel = "N",
      description = "Hidden layers of the perceptron (64).")
  private List<Integer> mlpLayers = List.of(64);

  @Option(
      names = "--mlp-iterations",
      paramLabel = "N",
      description = "Iterations of the perceptron (" + MLP_ITERATIONS + ").")
  private int mlpIterations = MLP_ITERATIONS;

  @Option(
      names = "--xgboost-rounds",
      split = ",",
      paramLabel = "N",
      description = "Rounds of XGBoost, a fit for each (" + XGBOOST_ROUNDS + ").")
  private List<Integer> xgboostRounds = List.of(XGBOOST_ROUNDS);

  @Option(
      names = "--xgboost-depth",
      split = ",",
      paramLabel = "N",
      description =
          "Most levels of XGBoost's trees, one for all fits or each (" + XGBOOST_DEPTH + ").")
  private List<Integer> xgboostDepth = List.of(XGBOOST_DEPTH);

  /** Refuses values out of range, before any Spark is started. */
  public void check() {
    mlpLayers.forEach(layer -> requirePositive("--mlp-layers", layer));
    requirePositive("--mlp-iterations", mlpIterations);
    xgboostRounds.forEach(n -> requirePositive("--xgboost-rounds", n));
    xgboostDepth.forEach(n -> requirePositive("--xgboost-depth", n));
    if (xgboostDepth.size() != 1 && xgboostDepth.size() != xgboostRounds.size()) {
      throw new ParameterException(
          command.commandLine(),
          "--xgboost-depth has "
              + xgboostDepth.size()
              + " numbers, --xgboost-rounds "
              + xgboostRounds.size()
              + "; give one depth, or one for each");
    }
  }

  private void requirePositive(String option, int value) {
    if (value < 1) {
      throw new ParameterException(
          command.commandLine(), option + " is " + value + "; it must be a positive integer");
    }
  }

  /** The names that were given. */
  public List<Name> against() {
    return against;
  }

  private int depth(int fit) {
    return xgboostDepth.get(xgboostDepth.size() == 1 ? 0 : fit);
  }

  /**
   * The baselines of a name.
   *
   * @param asked says the loss of numbers
   */
  public List<MllibBaseline> baselines(Name name, long seed, ConvexReLURegressor asked) {
    return switch (name) {
      case LR -> List.of(new MllibBaseline.Linear(asked));
      case MLP ->
          List.of(new MllibBaseline.Perceptron(List.copyOf(mlpLayers), mlpIterations, seed));
      case GBT -> List.of(new MllibBaseline.BoostedTrees(seed, asked));
      case RF -> List.of(new MllibBaseline.RandomForest(seed, asked));
      case XGBOOST ->
          IntStream.range(0, xgboostRounds.size())
              .<MllibBaseline>mapToObj(
                  k -> new XgBoost(xgboostRounds.get(k), depth(k), seed, asked))
              .toList();
    };
  }
}
