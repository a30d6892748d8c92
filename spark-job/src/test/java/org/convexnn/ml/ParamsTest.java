package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.TrainingOptions.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ParamsTest {

  private static final Set<String> SHARED =
      Set.of(
          "featuresCols",
          "categoricalCols",
          "contributionsCol",
          "predictionIntervalCol",
          "intervalMethod",
          "predictionSetCol",
          "coverage",
          "probabilityCalibration",
          "trainingCol",
          "numGates",
          "numTrees",
          "numLeaves",
          "leafModel",
          "elasticNetParam",
          "adaptivePower",
          "boostingPrior",
          "monotoneConstraints",
          "interactionConstraints",
          "loss",
          "variancePower",
          "epsilon",
          "quantile",
          "offsetCol",
          "layerWidths",
          "gateSampler",
          "patternRank",
          "normalization",
          "groupNorm",
          "perClassGroups",
          "effort",
          "regParam",
          "regRatio",
          "skipRidge",
          "fitIntercept",
          "linearSkip",
          "solver",
          "precision",
          "maxIter",
          "tol",
          "refit",
          "numFolds",
          "seed",
          "activation",
          "polish",
          "aggregationDepth",
          "maxBlockSizeInMB",
          "checkpointDir",
          "checkpointInterval",
          "resume",
          "evalMetric",
          "weightCol",
          "classWeights",
          "validationIndicatorCol",
          "foldCol",
          "handleInvalid",
          "initialModel",
          "featuresCol",
          "labelCol",
          "predictionCol");

  private static final Set<String> OF_MLLIB =
      Set.of(
          "featuresCol",
          "labelCol",
          "predictionCol",
          "rawPredictionCol",
          "probabilityCol",
          "thresholds");

  private static final Pattern RANGE =
      Pattern.compile(
          "> 0|>= [01]|in [\\[(]0, 1[])]|in \\(1, 2\\)|from 2 to \\d+|positive integers?|true or false|any integer");

  static Stream<Params> owners() {
    return Stream.of(
        new ConvexReLUClassifier(),
        new ConvexReLURegressor("mine"),
        new ConvexReLUClassificationModel("m", Models.network(), Models.CERTIFICATE),
        new ConvexReLURegressionModel("m", Models.network(), Models.CERTIFICATE));
  }

  @ParameterizedTest
  @MethodSource("owners")
  void everyParamIsOwnedAndExplained(Params owner) {
    Set<String> expected = new TreeSet<>(SHARED);
    if (owner.getClass().getSimpleName().contains("Classif")) {
      expected.addAll(List.of("rawPredictionCol", "probabilityCol", "thresholds"));
    }
    assertThat(Arrays.stream(owner.params()).map(Param::name).collect(Collectors.toSet()))
        .isEqualTo(expected);
    for (Param<?> param : owner.params()) {
      assertThat(param.parent()).isEqualTo(owner.uid());
      assertThat(owner.explainParam(param)).contains(param.name()).hasSizeGreaterThan(30);
      if (!OF_MLLIB.contains(param.name())) {
        assertRangeIsStated(owner, param);
        assertDefaultIsStated(owner, param);
      }
    }
  }

  /** Once for numbers and truth values, each word of a choice. */
  private static void assertRangeIsStated(Params owner, Param<?> param) {
    if (param.getClass() == StringArrayParam.class) {
      // Names of columns or classes, any of them.
      return;
    }
    if (param.getClass() != Param.class) {
      assertThat(RANGE.matcher(owner.explainParam(param)).results()).as(param.doc()).hasSize(1);
      return;
    }
    Throwable refused =
        catchThrowable(() -> owner.copy(new ParamMap()).set(owner.getParam(param.name()), "?"));
    if (refused == null) {
      assertThat(param.name())
          .isIn(
              "weightCol",
              "offsetCol",
              "validationIndicatorCol",
              "foldCol",
              "initialModel",
              "checkpointDir",
              "contributionsCol",
              "predictionIntervalCol",
              "predictionSetCol",
              "trainingCol");
      return;
    }
    String words = refused.getMessage().split("must be one of ")[1];
    for (String word : words.split(", ")) {
      assertThat(param.doc()).containsPattern("\\b" + word + "\\b");
    }
  }

  /** Once; of one without default, what it means that it is unset. */
  private static void assertDefaultIsStated(Params owner, Param<?> param) {
    String text = owner.explainParam(param);
    if (owner.hasDefault(param)) {
      Object value = owner.getDefault(param).get();
      String stated =
          value instanceof int[] integers ? Arrays.toString(integers) : value.toString();
      assertThat(text).containsOnlyOnce("default").endsWith("(default: " + stated + ")");
    } else {
      assertThat(text)
          .containsPattern("unset (or empty )?=|neither set =")
          .doesNotContain("default")
          .endsWith("(undefined)");
    }
  }

  @Test
  void arraysAreExplainedByTheirNumbers() {
    ConvexReLUClassifier c =
        new ConvexReLUClassifier().setLayerWidths(4, 3).setThresholds(new double[] {0.5, 1});
    assertThat(c.explainParams())
        .contains("(default: [], current: [4, 3])", "(current: [0.5, 1.0])");
  }

  @Test
  void defaultsAreAsDocumented() {
    ConvexReLUClassifier c = new ConvexReLUClassifier();
    assertThat(c.getNumGates()).isZero();
    assertThat(
            List.of(
                c.getGateSampler(),
                c.getNormalization(),
                c.getGroupNorm(),
                c.getSolver(),
                c.getPrecision()))
        .containsOnly("auto");
    assertThat(c.getFitIntercept() && c.getLinearSkip() && c.getRefit()).isTrue();
    assertThat(c.getLayerWidths()).isEmpty();
    assertThat(c.getNumFolds()).isZero();
    assertThat(c.getPerClassGroups()).isFalse();
    assertThat(c.getMaxIter()).isEqualTo(200);
    assertThat(c.getAggregationDepth()).isEqualTo(2);
    assertThat(c.getMaxBlockSizeInMB()).isZero();
    assertThat(c.getSeed()).isEqualTo(new ConvexReLUClassifier().getSeed());
    assertThat(c.weightColumn()).isEmpty();
    assertThat(c.getHandleInvalid()).isEqualTo("error");
    for (Param<?> unset :
        List.of(
            c.regParam(),
            c.regRatio(),
            c.skipRidge(),
            c.tol(),
            c.weightCol(),
            c.validationIndicatorCol(),
            c.foldCol(),
            c.initialModel())) {
      assertThat(c.isDefined(unset)).isFalse();
    }
    assertThatThrownBy(c::getTol)
        .isInstanceOf(NoSuchElementException.class)
        .hasMessageContaining("tol");
    TrainingOptions options = c.trainingOptions(Task.BINARY);
    assertThat(options.regParam()).isEmpty();
    assertThat(options.tolerance(false)).isEqualTo(1e-3);
    assertThat(options.skipRidge(100_000, 50)).isEqualTo(1e-3);
    assertThat(options.skipRidge(200, 50)).isEqualTo(0.025);
  }

  @Test
  void settersReachTheTrainer() {
    TrainingOptions options =
        new ConvexReLURegressor()
            .setNumGates(77)
            .setNumTrees(7)
            .setNumLeaves(9)
            .setLeafModel("linear")
            .setElasticNetParam(0.5)
            .setAdaptivePower(2)
            .setBoostingPrior(0.5)
            .setQuantile(0.9)
            .setEpsilon(2)
            .setVariancePower(1.2)
            .setGateSampler("columns")
            .setEffort("best")
            .setNormalization("standardize")
            .setGroupNorm("function")
            .setPerClassGroups(true)
            .setRegParam(0.25)
            .setSkipRidge(0.5)
            .setFitIntercept(false)
            .setLinearSkip(false)
            .setSolver("gram")
            .setPrecision("float64")
            .setMaxIter(9)
            .setTol(1e-5)
            .setRefit(false)
            .setSeed(42)
            .setFeaturesCol("x")
            .setWeightCol("w")
            .trainingOptions(Task.REGRESSION);
    assertThat(options.toString())
        .isEqualTo(
            "TrainingOptions[task=REGRESSION, numGates=77, numTrees=7, numLeaves=9,"
                + " layerWidths=[], gateSampler=COLUMNS, patternRank=0, effort=BEST,"
                + " normalization=STANDARDIZE, groupNorm=FUNCTION,"
                + " perClassGroups=true, fitIntercept=false,"
                + " linearSkip=false, skipRidge=OptionalDouble[0.5], regParam=OptionalDouble[0.25],"
                + " regRatio=OptionalDouble.empty, refit=false, numFolds=0, solver=GRAM, precision=FLOAT64,"
                + " maxIter=9, tol=OptionalDouble[1.0E-5], seed=42, activation=GATED, polish=false,"
                + " elasticNet=OptionalDouble[0.5], leaves=Leaves[model=Optional[LINEAR],"
                + " adaptivePower=OptionalDouble[2.0], boostingPrior=OptionalDouble[0.5],"
                + " constraints=FeatureConstraints[monotone=[], together=[]]], loss=squared,"
                + " evalMetric=AUTO]");
    for (String loss : List.of("poisson", "gamma", "tweedie 1.2", "huber 2.0", "quantile 0.9")) {
      assertThat(
              new ConvexReLURegressor()
                  .setQuantile(0.9)
                  .setEpsilon(2)
                  .setVariancePower(1.2)
                  .setLoss(loss.split(" ")[0])
                  .trainingOptions(Task.REGRESSION)
                  .loss())
          .hasToString(loss);
    }
  }

  @Test
  void widthsReachTheTrainer() {
    ConvexReLUClassifier c = new ConvexReLUClassifier().setLayerWidths(4, 3);
    assertThat(c.trainingOptions(Task.BINARY).layerWidths()).containsExactly(4, 3);
    assertThatThrownBy(() -> c.setGateSampler("priced").transformSchema(Models.SCHEMA))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("layerWidths is [4, 3]", "gateSampler is priced");
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of(
            "layerWidths",
            new int[] {4, 0},
            "layerWidths is [4, 0]; it must be positive integers whose product"),
        Arguments.of("layerWidths", new int[] {257}, "is at most 256"),
        Arguments.of("numGates", -1, "numGates is -1; it must be a positive integer, or 0"),
        Arguments.of(
            "gateSampler", "dense", "one of auto, trees, gaussian, columns, mixed, sphere, priced"),
        Arguments.of("patternRank", -1, "patternRank is -1; it must be a positive integer, or 0"),
        Arguments.of("numTrees", -1, "numTrees is -1; it must be a positive integer, or 0"),
        Arguments.of("numLeaves", 1, "numLeaves is 1; it must be from 2 to 4096, or 0"),
        Arguments.of("normalization", "Whiten", "normalization is 'Whiten'; it must be one of"),
        Arguments.of("groupNorm", "l2", "one of auto, euclidean, function, slim"),
        Arguments.of("regParam", 0.0, "regParam is 0.0; it must be a positive number"),
        Arguments.of("regParam", Double.NaN, "regParam is NaN"),
        Arguments.of("regParam", Double.POSITIVE_INFINITY, "regParam is Infinity"),
        Arguments.of("regRatio", 1.5, "regRatio is 1.5; it must be in (0, 1]"),
        Arguments.of(
            "skipRidge",
            0.0,
            "skipRidge is 0.0; it must be a positive number, or unset for automatic"),
        Arguments.of("solver", "sgd", "solver is 'sgd'; it must be one of auto, gram, admm"),
        Arguments.of("precision", "double", "one of auto, float32, float64"),
        Arguments.of("numFolds", -1, "numFolds is -1; it must be from 2 to 1000, 1 for one held"),
        Arguments.of("numFolds", 1001, "numFolds is 1001; it must be from 2 to 1000"),
        Arguments.of("maxIter", 0, "maxIter is 0; it must be a positive integer"),
        Arguments.of("tol", 0.0, "tol is 0.0; it must be in (0, 1), or unset for automatic"),
        Arguments.of("tol", 1.0, "tol is 1.0"),
        Arguments.of("aggregationDepth", 0, "aggregationDepth is 0"),
        Arguments.of("checkpointInterval", 0, "checkpointInterval is 0; it must be a positive"),
        Arguments.of("effort", "most", "effort is 'most'; it must be one of fast, balanced, best"),
        Arguments.of("activation", "tanh", "activation is 'tanh'; it must be one of gated, relu"),
        Arguments.of(
            "handleInvalid",
            "drop",
            "handleInvalid is 'drop'; it must be one of error, skip, keep"),
        Arguments.of("maxBlockSizeInMB", -1.0, "maxBlockSizeInMB is -1.0"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void validatorsSayWhatIsAllowed(String name, Object value, String message) {
    ConvexReLUClassifier c = new ConvexReLUClassifier();
    assertThatThrownBy(() -> c.set(c.getParam(name), value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
    ParamMap extra = new ParamMap();
    assertThatThrownBy(() -> extra.put(c.getParam(name), value)).hasMessageContaining(message);
  }

  @Test
  void thresholdsAreRefusedWithARemedy() {
    for (double[] wrong : new double[][] {{-0.1, 1}, {0, 0}, {Double.NaN, 1}}) {
      assertThatThrownBy(() -> new ConvexReLUClassifier().setThresholds(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("thresholds is [", "at most one of them 0");
    }
  }

  @Test
  void markedRowsAreTrainedOnOnlyWhereThatIsSet() {
    ConvexReLURegressor r = new ConvexReLURegressor().setValidationIndicatorCol("held");
    assertThat(r.trainingOptions(Task.REGRESSION).refit()).isFalse();
    assertThat(r.setRefit(true).trainingOptions(Task.REGRESSION).refit()).isTrue();
    assertThat(new ConvexReLURegressor().trainingOptions(Task.REGRESSION).refit()).isTrue();
  }

  @Test
  void regParamAndRegRatioTogetherAreRefused() {
    ConvexReLUClassifier c = new ConvexReLUClassifier().setRegParam(0.1).setRegRatio(0.1);
    assertThatThrownBy(() -> c.transformSchema(Models.SCHEMA))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("regParam (0.1) and regRatio (0.1)");
    c.clear(c.regParam());
    c.transformSchema(Models.SCHEMA);
  }

  @Test
  void foldsAndAGivenBetaAreRefused() {
    ConvexReLURegressor r = new ConvexReLURegressor().setNumFolds(5).setRegRatio(0.1);
    assertThatThrownBy(() -> r.transformSchema(Models.SCHEMA))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("numFolds is 5", "regRatio", "unset");
    r.clear(r.regRatio());
    assertThat(r.trainingOptions(Task.REGRESSION).numFolds()).isEqualTo(5);
  }

  @Test
  void checkpointsThatCannotBeAreRefused() {
    ConvexReLURegressor r = new ConvexReLURegressor().setResume(true);
    assertThatThrownBy(() -> r.transformSchema(Models.SCHEMA))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("resume is true, but checkpointDir is unset");
    r.setCheckpointDir("somewhere");
    r.transformSchema(Models.SCHEMA);
    r.setCheckpointInterval(-1);
    assertThatThrownBy(() -> r.transformSchema(Models.SCHEMA))
        .hasMessageContaining("checkpointInterval is -1");
    r.setCheckpointInterval(10).setActivation("relu");
    r.transformSchema(Models.SCHEMA);
  }

  @Test
  void copiesKeepUidAndValuesAndTakeExtraOnes() {
    ConvexReLUClassifier c = new ConvexReLUClassifier("mine").setTol(0.01).setNumGates(5);
    ParamMap extra = new ParamMap().put(c.numGates().w(6));
    ConvexReLUClassifier copy = c.copy(extra);
    assertThat(copy.uid()).isEqualTo("mine");
    assertThat(copy.getTol()).isEqualTo(0.01);
    assertThat(copy.getNumGates()).isEqualTo(6);
    assertThat(c.getNumGates()).isEqualTo(5);
  }

  @Test
  void gridsTakeTheParams() {
    ConvexReLURegressor r = new ConvexReLURegressor();
    DoubleParam ratio = r.regRatio();
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(ratio, new double[] {0.1, 0.01})
            .addGrid(r.numGates(), new int[] {10, 20, 30})
            .build();
    assertThat(grid).hasSize(6);
  }

  @Test
  void objectsMayBeConstructedByManyThreads() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    List<Callable<Boolean>> tasks =
        IntStream.range(0, 400)
            .<Callable<Boolean>>mapToObj(
                i ->
                    () -> {
                      ConvexReLUClassifier c = new ConvexReLUClassifier("uid" + i);
                      return Arrays.stream(c.params()).allMatch(p -> p.parent().equals("uid" + i));
                    })
            .toList();
    try {
      for (Future<Boolean> owned : pool.invokeAll(tasks)) {
        assertThat(owned.get()).isTrue();
      }
    } finally {
      pool.shutdown();
    }
  }
}
