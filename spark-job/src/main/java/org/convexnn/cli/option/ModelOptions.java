package org.convexnn.cli.option;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.ml.param.Params;
import org.convexnn.ml.ConvexReLURegressor;
import org.convexnn.ml.PredictionCost;
import org.convexnn.network.FeatureConstraints;
import org.convexnn.solver.TrainingOptions;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The options of the Estimators: every option is the Param of the same name, in kebab-case. What is
 * not given keeps the Estimator's default.
 */
public final class ModelOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = {"--num-gates", "--gates"},
      paramLabel = "N",
      converter = AutoInteger.class,
      description = "Hidden neurons offered to the optimiser, or auto (by the number of rows).")
  private Integer numGates;

  @Option(
      names = "--num-trees",
      paramLabel = "T",
      converter = AutoInteger.class,
      description = "Trees whose leaves are gates, or auto (by the number of rows).")
  private Integer numTrees;

  @Option(
      names = "--num-leaves",
      paramLabel = "L",
      converter = AutoInteger.class,
      description = "Most leaves of a tree, from 2 to 4096, or auto (by the number of rows).")
  private Integer numLeaves;

  @Option(
      names = "--layer-widths",
      paramLabel = "M1,M2,..",
      converter = WidthsConverter.class,
      description =
          "Deeper sub-networks: widths of all hidden layers but the last, which has one neuron;"
              + " 4 = three layers, 4,3 = four. none = two layers.")
  private Widths layerWidths;

  @Option(
      names = "--gate-sampler",
      paramLabel = "NAME",
      description = "How gates are drawn: auto, trees, gaussian, columns, mixed, sphere or priced.")
  private String gateSampler;

  @Option(
      names = "--pattern-rank",
      paramLabel = "K",
      converter = AutoInteger.class,
      description = "Leading directions of the features that gates are held to; auto = all.")
  private Integer patternRank;

  @Option(
      names = "--effort",
      paramLabel = "NAME",
      description = "How many gates where no number is given: fast, balanced or best.")
  private String effort;

  @Option(
      names = "--leaf-model",
      paramLabel = "NAME",
      description = "What stands in the leaves of trees: auto, constant or linear.")
  private String leafModel;

  @Option(
      names = "--elastic-net-param",
      paramLabel = "A",
      converter = AutoDouble.class,
      description =
          "Share of the norm in the penalty beside its square, in [0, 1], or auto (validation).")
  private Double elasticNetParam;

  @Option(
      names = "--adaptive-power",
      paramLabel = "GAMMA",
      converter = AutoDouble.class,
      description =
          "Power of the weights of constant leaves, from 0 (all alike) to 4, or auto (validation).")
  private Double adaptivePower;

  @Option(
      names = "--boosting-prior",
      paramLabel = "KAPPA",
      converter = AutoDouble.class,
      description =
          "Share of boosting's values that constant leaves are drawn to, from 0 to 1, or auto"
              + " (validation).")
  private Double boostingPrior;

  @Option(
      names = "--monotone-constraints",
      paramLabel = "C1:1,C2:-1,..",
      description =
          "Columns in which the network rises (1) or falls (-1) everywhere. none = no such column.")
  private String monotoneConstraints;

  @Option(
      names = "--interaction-constraints",
      paramLabel = "C1,C2;..",
      description =
          "Columns that may act together, lists with semicolons between. none = all together.")
  private String interactionConstraints;

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      description =
          "Of a regression: squared, poisson, gamma, tweedie (these three with a log link), huber or"
              + " quantile.")
  private String loss;

  @Option(
      names = "--variance-power",
      paramLabel = "P",
      description = "Of loss tweedie, in (1, 2): the variance is proportional to mean^P.")
  private Double variancePower;

  @Option(
      names = "--epsilon",
      paramLabel = "EPSILON",
      description =
          "Of loss huber: beyond it errors count linearly, in units of the labels' spread.")
  private Double epsilon;

  @Option(
      names = "--quantile",
      paramLabel = "Q",
      description = "Of loss quantile, in (0, 1); 0.5 = the median.")
  private Double quantile;

  @Option(
      names = "--eval-metric",
      paramLabel = "NAME",
      description =
          "What predictions of held-out rows are judged by, which choose beta: auto (the loss), logLoss,"
              + " areaUnderROC or accuracy of classes, rmse, mae or deviance of numbers.")
  private String evalMetric;

  @Option(
      names = "--coverage",
      paramLabel = "C",
      description =
          "Hold rows out and tell, beside predictions, intervals of numbers or sets of classes that have"
              + " the label with this probability, in (0, 1).")
  private Double coverage;

  @Option(
      names = "--interval-method",
      paramLabel = "NAME",
      description =
          "With --coverage, of numbers: residual, all of one width, or as wide as labels vary, scale (a"
              + " network of the size of errors beside) or quantile (two networks beside).")
  private String intervalMethod;

  @Option(
      names = "--probability-calibration",
      paramLabel = "NAME",
      description = "Of classes: none, or isotonic on rows that are held out for it.")
  private String probabilityCalibration;

  @Option(
      names = "--class-weights",
      paramLabel = "W1,W2,..",
      description =
          "What the rows of each class count, beside --weight: balanced, a number for each class, or"
              + " CLASS:NUMBER for some. none = 1 for all.")
  private String classWeights;

  @Option(
      names = "--normalization",
      paramLabel = "NAME",
      description = "Feature map: auto, whiten, standardize, pca or none.")
  private String normalization;

  @Option(
      names = "--group-norm",
      paramLabel = "NAME",
      description = "Norm of one neuron's weights: auto, euclidean, function or slim.")
  private String groupNorm;

  @Option(
      names = "--per-class-groups",
      arity = "1",
      paramLabel = "true|false",
      description = "Of several classes: whether a neuron is switched off class by class.")
  private Boolean perClassGroups;

  @Option(
      names = "--reg-param",
      paramLabel = "BETA",
      converter = AutoDouble.class,
      description = "Regularisation parameter beta; without it beta is chosen by validation.")
  private Double regParam;

  @Option(
      names = "--reg-ratio",
      paramLabel = "R",
      converter = AutoDouble.class,
      description = "The same as a share of betaMax, in (0, 1].")
  private Double regRatio;

  @Option(
      names = "--skip-ridge",
      paramLabel = "X",
      converter = AutoDouble.class,
      description = "Ridge on the linear part, or auto (by the number of rows).")
  private Double skipRidge;

  @Option(
      names = "--fit-intercept",
      arity = "1",
      paramLabel = "true|false",
      description = "Whether the network has an intercept.")
  private Boolean fitIntercept;

  @Option(
      names = "--linear-skip",
      arity = "1",
      paramLabel = "true|false",
      description = "Whether the network has a linear part beside its neurons.")
  private Boolean linearSkip;

  @Option(
      names = "--solver",
      paramLabel = "NAME",
      description = "auto, gram (regression only), admm, lbfgs or gradient.")
  private String solver;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      description = "Arithmetic on the rows: auto, float32 or float64.")
  private String precision;

  @Option(
      names = "--max-iter",
      paramLabel = "N",
      converter = AutoInteger.class,
      description = "Most passes over the rows for the final fit.")
  private Integer maxIter;

  @Option(
      names = "--tol",
      paramLabel = "GAP",
      converter = AutoDouble.class,
      description = "Relative duality gap to stop at, in (0, 1), or auto.")
  private Double tol;

  @Option(
      names = "--refit",
      arity = "1",
      paramLabel = "true|false",
      description = "Whether the chosen beta is solved again on all rows.")
  private Boolean refit;

  @Option(
      names = "--num-folds",
      paramLabel = "K",
      converter = AutoInteger.class,
      description = "Folds that choose beta; 1 = one held-out tenth, auto = by the number of rows.")
  private Integer numFolds;

  @Option(names = "--seed", paramLabel = "S", description = "Seed of everything that is drawn.")
  private Long seed;

  @Option(
      names = "--activation",
      paramLabel = "NAME",
      description = "What a hidden neuron computes: gated, or relu (plain ReLU).")
  private String activation;

  @Option(
      names = "--polish",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "With activation relu: improve all weights together at the end.")
  private Boolean polish;

  @Option(
      names = "--aggregation-depth",
      paramLabel = "N",
      description = "Levels of the tree that adds up the partitions' results.")
  private Integer aggregationDepth;

  @Option(
      names = "--max-block-size-in-mb",
      paramLabel = "MB",
      description = "Size of a block of rows; 0 means automatic.")
  private Double maxBlockSizeInMB;

  @Option(
      names = "--checkpoint-dir",
      paramLabel = "DIR",
      description = "Folder for the driver's state, so that the fit can be resumed.")
  private String checkpointDir;

  @Option(
      names = "--checkpoint-interval",
      paramLabel = "N",
      description = "Passes after which the state is written again; -1 means never.")
  private Integer checkpointInterval;

  @Option(
      names = "--resume",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Go on from the last checkpoint in --checkpoint-dir, where there is one.")
  private Boolean resume;

  /** Refuses values out of range, before any Spark is started. */
  public void check() {
    if (numGates != null && numGates < 1) {
      // The Param's 0 for automatic is spelled auto here.
      throw refused("--num-gates is " + numGates + "; it must be a positive integer, or auto");
    }
    if (patternRank != null && patternRank < 1) {
      throw refused(
          "--pattern-rank is " + patternRank + "; it must be a positive integer, or auto");
    }
    gateSampler = lowerCase(gateSampler);
    effort = lowerCase(effort);
    loss = lowerCase(loss);
    normalization = lowerCase(normalization);
    groupNorm = lowerCase(groupNorm);
    activation = lowerCase(activation);
    solver = lowerCase(solver);
    precision = lowerCase(precision);
    if (Boolean.TRUE.equals(resume) && checkpointDir == null) {
      throw refused(
          "--resume is given without --checkpoint-dir; name the folder of the checkpoints");
    }
    if (intervalMethod != null && coverage == null) {
      throw refused(
          "--interval-method is given without --coverage; say what share of labels intervals are to"
              + " hold, such as 0.9");
    }
    // The Params know their ranges.
    Params params = new ConvexReLURegressor();
    given().forEach((name, value) -> tryOut(params, name, value));
    if (regParam != null && regRatio != null) {
      boolean param =
          firstCounts(
              "--reg-param",
              "--reg-ratio",
              "--reg-param ("
                  + regParam
                  + ") and --reg-ratio ("
                  + regRatio
                  + ") are both set: they say the same thing in two units; set one of them, or none"
                  + " to have beta chosen by validation");
      regParam = param ? regParam : null;
      regRatio = param ? null : regRatio;
    }
    String beta = regParam != null ? "--reg-param" : "--reg-ratio";
    if (numFolds != null && numFolds > 0 && (regParam != null || regRatio != null)) {
      boolean folds =
          firstCounts(
              "--num-folds",
              beta,
              "--num-folds ("
                  + numFolds
                  + ") and "
                  + beta
                  + " are both set: folds choose beta, which is given; set one of them");
      numFolds = folds ? numFolds : null;
      regParam = folds ? null : regParam;
      regRatio = folds ? null : regRatio;
    }
  }

  /**
   * Whether the first of two options that exclude each other counts: one of them may stand in the
   * configuration file, then the other, typed one, counts.
   */
  private boolean firstCounts(String first, String second, String refusal) {
    var given = command.commandLine().getParseResult();
    boolean typed = given.hasMatchedOption(first);
    if (typed == given.hasMatchedOption(second)) {
      throw refused(refusal);
    }
    return typed;
  }

  private void tryOut(Params params, String name, Object value) {
    try {
      set(params, Map.of(name, value));
    } catch (IllegalArgumentException e) {
      String message = e.getMessage();
      throw refused(
          message.startsWith(name) ? option(name) + message.substring(name.length()) : message);
    }
  }

  private static String lowerCase(String word) {
    return word == null ? null : word.toLowerCase(Locale.ROOT);
  }

  private ParameterException refused(String message) {
    return new ParameterException(command.commandLine(), message);
  }

  /** The option of a Param: {@code maxIter} is {@code --max-iter}. */
  public static String option(String param) {
    return "--" + param.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }

  /** Whether a loss is asked for that numbers alone have. */
  boolean ofNumbers() {
    return loss != null && !loss.equals("squared");
  }

  /** The loss that is asked for; null where none is. */
  String loss() {
    return loss;
  }

  /** The folder of checkpoints, where there is one. */
  public Optional<String> checkpointDir() {
    return Optional.ofNullable(checkpointDir);
  }

  /**
   * Whether categories and missing values are taken as they are, on a table of so many rows: trees of
   * constant leaves do; linear parts and half-spaces want indicators and medians.
   */
  public boolean growsConstantLeaves(long rows) {
    return growsConstantLeaves(given(), rows);
  }

  /** Whether an estimator with these Params takes categories and missing values as they are. */
  public static boolean growsConstantLeaves(Map<String, Object> params, long rows) {
    ConvexReLURegressor estimator = regressor(params);
    // Of classes or of numbers, it has no part in this.
    estimator.clear(estimator.evalMetric());
    boolean held = estimator.monotoneFeatures().size() + estimator.interactingFeatures().size() > 0;
    TrainingOptions options = estimator.trainingOptions(TrainingOptions.Task.REGRESSION);
    return (held ? options.held(new FeatureConstraints(List.of(1), List.of())) : options)
        .growsConstantLeaves(rows);
  }

  /** What predictions of a regression cost. */
  public PredictionCost costs() {
    return PredictionCost.of(regressor());
  }

  /** An Estimator with what was given. */
  public ConvexReLURegressor regressor() {
    return regressor(given());
  }

  private static ConvexReLURegressor regressor(Map<String, Object> params) {
    ConvexReLURegressor estimator = new ConvexReLURegressor();
    params.forEach(
        (name, value) -> {
          if (value != null && estimator.hasParam(name)) {
            estimator.set(name, value);
          }
        });
    return estimator;
  }

  /** What was given, by Param name. */
  public Map<String, Object> given() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("numGates", numGates);
    all.put("numTrees", numTrees);
    all.put("numLeaves", numLeaves);
    all.put("layerWidths", layerWidths == null ? null : layerWidths.values());
    all.put("gateSampler", gateSampler);
    all.put("patternRank", patternRank);
    all.put("effort", effort);
    all.put("leafModel", leafModel);
    all.put("elasticNetParam", elasticNetParam);
    all.put("adaptivePower", adaptivePower);
    all.put("boostingPrior", boostingPrior);
    all.put("monotoneConstraints", texts(monotoneConstraints, ","));
    all.put("interactionConstraints", texts(interactionConstraints, ";"));
    all.put("loss", loss);
    all.put("variancePower", variancePower);
    all.put("epsilon", epsilon);
    all.put("quantile", quantile);
    all.put("evalMetric", evalMetric);
    all.put("coverage", coverage);
    all.put("intervalMethod", intervalMethod);
    all.put("probabilityCalibration", probabilityCalibration);
    all.put("classWeights", texts(classWeights, ","));
    all.put("normalization", normalization);
    all.put("groupNorm", groupNorm);
    all.put("perClassGroups", perClassGroups);
    all.put("regParam", regParam);
    all.put("regRatio", regRatio);
    all.put("skipRidge", skipRidge);
    all.put("fitIntercept", fitIntercept);
    all.put("linearSkip", linearSkip);
    all.put("solver", solver);
    all.put("precision", precision);
    all.put("maxIter", maxIter);
    all.put("tol", tol);
    all.put("refit", refit);
    all.put("numFolds", numFolds);
    all.put("seed", seed);
    all.put("activation", activation);
    all.put("polish", polish);
    all.put("aggregationDepth", aggregationDepth);
    all.put("maxBlockSizeInMB", maxBlockSizeInMB);
    all.put("checkpointDir", checkpointDir);
    all.put("checkpointInterval", checkpointInterval);
    all.put("resume", resume);
    all.values().removeIf(Objects::isNull);
    return all;
  }

  private static String[] texts(String list, String separator) {
    if (list == null) {
      return null;
    }
    return list.equalsIgnoreCase("none")
        ? new String[0]
        : Arrays.stream(list.split(separator, -1)).map(String::strip).toArray(String[]::new);
  }

  /** Sets Params by name. */
  public static void set(Params estimator, Map<String, Object> values) {
    values.forEach((name, value) -> estimator.set(estimator.getParam(name), value));
  }

  /** Integers with commas between. An array would be an option that may be repeated. */
  private record Widths(int[] values) {}

  /** Integers with commas between, or {@code none}. */
  static final class WidthsConverter implements ITypeConverter<Widths> {

    @Override
    public Widths convert(String value) {
      try {
        return value.equalsIgnoreCase("none")
            ? new Widths(new int[0])
            : new Widths(
                Arrays.stream(value.split(",", -1))
                    .mapToInt(m -> Integer.parseInt(m.strip()))
                    .toArray());
      } catch (NumberFormatException e) {
        throw new TypeConversionException(
            "'" + value + "' is not a list of integers with commas between, nor none");
      }
    }
  }

  /** An integer, or {@code auto} for none. */
  static final class AutoInteger implements ITypeConverter<Integer> {

    @Override
    public Integer convert(String value) {
      try {
        return value.equalsIgnoreCase("auto") ? null : Integer.valueOf(value);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + value + "' is not an integer");
      }
    }
  }

  /** A number, or {@code auto} for none. */
  static final class AutoDouble implements ITypeConverter<Double> {

    @Override
    public Double convert(String value) {
      try {
        return value.equalsIgnoreCase("auto") ? null : Double.valueOf(value);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + value + "' is not a number");
      }
    }
  }
}
