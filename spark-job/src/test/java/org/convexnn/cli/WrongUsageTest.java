package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.param.Params;
import org.convexnn.cli.option.ModelOptions;
import org.convexnn.cli.option.OptionsFile;
import org.convexnn.ml.ConvexReLUClassifier;
import org.convexnn.ml.ConvexReLURegressor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Wrong usage is refused with exit code 2 before any Spark is started. */
class WrongUsageTest {

  private static final List<Params> ESTIMATORS =
      List.<Params>of(new ConvexReLUClassifier(), new ConvexReLURegressor());

  @TempDir private Path folder;

  private static CommandLineRun train(Object... more) {
    Object[] all = {"train", "--input", "nowhere.csv", "--label", "y", "--output", "nothing"};
    return CommandLineRun.of(with(all, more));
  }

  @ParameterizedTest
  @CsvSource({
    "--gates, 0, 'a positive integer, or auto'",
    "--num-gates, -3, 'a positive integer, or auto'",
    "--pattern-rank, 0, 'a positive integer, or auto'",
    "--gates, many, not an integer",
    "--layer-widths, 0, 'positive integers whose product'",
    "--layer-widths, '4,70', at most 256",
    "--layer-widths, '4,,2', 'integers with commas between, nor none'",
    "--layer-widths, auto, 'integers with commas between, nor none'",
    "--max-iter, 0, a positive integer",
    "--num-folds, -1, 'from 2 to 1000, 1 for one held-out tenth'",
    "--aggregation-depth, 0, a positive integer",
    "--tol, 0, 'in (0, 1)'",
    "--tol, -1e-3, 'in (0, 1)'",
    "--tol, NaN, 'in (0, 1)'",
    "--reg-ratio, 0, 'in (0, 1]'",
    "--reg-ratio, 1.5, 'in (0, 1]'",
    "--reg-param, 0, a positive number",
    "--reg-param, Infinity, a positive number",
    "--skip-ridge, -1, a positive number",
    "--max-block-size-in-mb, -1, 0 for automatic",
    "--solver, adm, admm",
    "--gate-sampler, dense, 'auto, trees, gaussian, columns, mixed, sphere, priced'",
    "--normalization, whitten, whiten",
    "--group-norm, l1, 'auto, euclidean, function'",
    "--precision, float16, 'auto, float32, float64'",
    "--task, ternary, ternary",
    "--seed, x, seed",
    "--fit-intercept, perhaps, perhaps",
  })
  void refusesValuesOutOfRange(String option, String value, String remedy) {
    train(option, value).wrongUsage("--", remedy, "submit.sh train --help");
  }

  @Test
  void namesOptionAndValue() {
    train("--reg-ratio", "1.5").wrongUsage("--reg-ratio is 1.5; it must be in (0, 1]");
  }

  /** Nothing is put in place of a word: neither what a file holds nor a variable. */
  @Test
  void takesArgumentsLiterally() {
    Path file = CommandLineRun.file(folder, "words", "--help");
    CommandLineRun.of("@" + file).wrongUsage("unknown command '@" + file + "'");
    train("@" + file).wrongUsage("unexpected argument '@" + file + "'");
    Path config = CommandLineRun.file(folder, "c.properties", "reg-ratio=${env:PATH}");
    assertThat(train("--config", config).wrongUsage("'${env:PATH}'").err())
        .doesNotContain(System.getenv("PATH"));
  }

  @Test
  void showsNoPasswordsAndControlsNoTerminal() {
    String label = "sftp://me:hunter2@host/\u001b]0;x\u0007\u009b31m\u202e";
    assertThat(
            train("--labels", label).wrongUsage("--labels is sftp://me:***@host/\\u001b]0;").err())
        .doesNotContain("hunter2", "\u001b", "\u0007", "\u009b", "\u202e");
    assertThat(train("--gats\u001b[31m").wrongUsage("'--gats\\u001b[31m'").err())
        .doesNotContain("\u001b");
  }

  @Test
  void suggestsTheOptionThatWasMeant() {
    train("--gats", 5).wrongUsage("unknown option '--gats'; did you mean '--gates'?");
    train("--regratio=0.1").wrongUsage("unknown option '--regratio'; did you mean '--reg-ratio'?");
  }

  @Test
  void suggestsTheCommandThatWasMeant() {
    CommandLineRun.of("trian").wrongUsage("unknown command 'trian'; did you mean 'train'?");
  }

  @Test
  void refusesMissingOptions() {
    CommandLineRun.of("train").wrongUsage("--input is missing");
    CommandLineRun.of("train", "--input", "a.csv").wrongUsage("--label is missing");
    CommandLineRun.of("train", "--input", "a.csv", "--label", "y").wrongUsage("--output");
    CommandLineRun.of("score", "--input", "a.csv").wrongUsage("--model");
    CommandLineRun.of("describe").wrongUsage("--model");
    CommandLineRun.of("benchmark").wrongUsage("--suite");
    CommandLineRun.of("benchmark", "--suite", "readme").wrongUsage("--data");
    CommandLineRun.of("benchmark", "--suite", "losses").wrongUsage("--data");
    CommandLineRun.of("benchmark", "--input", "a.csv", "--label", "y").wrongUsage("--test");
  }

  @Test
  void refusesSizesOutOfRange() {
    for (String option :
        List.of("--mlp-layers", "--mlp-iterations", "--xgboost-rounds", "--xgboost-depth")) {
      CommandLineRun.of("benchmark", "--suite", "generated", option, 0)
          .wrongUsage(option + " is 0; it must be a positive integer");
    }
    CommandLineRun.of("benchmark", "--suite", "scaling", "--rows", "1000,3")
        .wrongUsage("--rows is 3; it must be 4 or more");
    CommandLineRun.of("benchmark", "--suite", "generated", "--against", "svm")
        .wrongUsage("--against", "'svm'");
  }

  @Test
  void refusesWhatContradictsItself() {
    train("--reg-param", 1, "--reg-ratio", 0.1).wrongUsage("--reg-param (1.0)", "set one of them");
    train("--num-folds", 5, "--reg-ratio", 0.1).wrongUsage("--num-folds (5) and --reg-ratio");
    train("--positive", "a", "--task", "regression").wrongUsage("--positive is 'a'");
    train("--positive", "a", "--task", "multiclass")
        .wrongUsage("--positive is 'a', but --task is multiclass");
    train("--weight", "y").wrongUsage("--label and --weight");
    CommandLineRun.of(
            "score", "--model", "m", "--input", "i", "--output", "o", "--format", "libsvm")
        .wrongUsage("--format is libsvm");
  }

  @Test
  void imagesNeedLabelsOfTheirOwn() {
    Object[] images = {"train", "--input", "a/train-images-idx3-ubyte.gz", "--output", "nothing"};
    CommandLineRun.of(images).wrongUsage("--labels, the idx file", "is missing");
    CommandLineRun.of(with(images, "--labels", "l", "--test", "t"))
        .wrongUsage("--test-labels, the idx file", "is missing");
    CommandLineRun.of(with(images, "--labels", "l", "--test-labels", "t"))
        .wrongUsage("--test, the images that --test-labels are of, is missing");
    CommandLineRun.of(with(images, "--labels", "l", "--weight", "label"))
        .wrongUsage("--label and --weight are both 'label'");
    train("--labels", "l").wrongUsage("--labels is l, but --input is no idx file", "--format idx");
    train("--test-labels", "l").wrongUsage("--test-labels is l, but --input is no idx file");
    train("--format", "idx").wrongUsage("--labels, the idx file", "is missing");
  }

  private static Object[] with(Object[] words, Object... more) {
    Object[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return all;
  }

  @Test
  void refusesToResumeFromNowhere() {
    train("--resume").wrongUsage("--resume is given without --checkpoint-dir");
    train("--checkpoint-interval", 0).wrongUsage("--checkpoint-interval is 0; it must be");
  }

  @Test
  void refusesUnknownKeysOfTheOptionsFile() {
    Path file = CommandLineRun.file(folder, "my.properties", "numGatess = 12");
    train("--config", file).wrongUsage("numGatess", "my.properties", "did you mean 'num-gates'?");
    train("--config", folder.resolve("none")).wrongUsage("cannot read options file");
  }

  @Test
  void readsTheOptionsFileUnderBothNames() {
    Path file =
        CommandLineRun.file(folder, "my.properties", "numGates = auto", "reg-ratio = 7", "seed=1");
    train("--config=" + file).wrongUsage("--reg-ratio is 7.0");
    train("--config=" + file, "--reg-ratio", 8).wrongUsage("--reg-ratio is 8.0");
  }

  @Test
  void letsTheCommandLineReplaceTheOtherOfTwoOptions() {
    Path file = CommandLineRun.file(folder, "my.properties", "regRatio = 0.5");
    assertThat(given(file, "--reg-param", "0.25"))
        .containsEntry("regParam", 0.25)
        .doesNotContainKey("regRatio");
  }

  @Test
  void foldsAndBetaReplaceEachOther() {
    Path file = CommandLineRun.file(folder, "beta.properties", "regRatio = 0.5");
    assertThat(given(file, "--num-folds", "5"))
        .containsEntry("numFolds", 5)
        .doesNotContainKey("regRatio");
    file = CommandLineRun.file(folder, "folds.properties", "numFolds = 5");
    assertThat(given(file, "--reg-param", "2"))
        .containsEntry("regParam", 2.0)
        .doesNotContainKey("numFolds");
  }

  private static Map<String, Object> given(Path config, String... arguments) {
    ModelOptions options = new ModelOptions();
    CommandLine line = new CommandLine(new Holder(options));
    OptionsFile.install(line, new String[] {"--config", config.toString()});
    line.parseArgs(arguments);
    options.check();
    return options.given();
  }

  @CommandLine.Command(name = "holder")
  private record Holder(@CommandLine.Mixin ModelOptions options) {
    @CommandLine.Command(name = "none")
    void none() {}
  }

  @Test
  void helpIsGoodUsage() {
    assertThat(CommandLineRun.of("--help").good().out()).contains("demo", "train", "score");
    assertThat(CommandLineRun.of("train", "--help").good().out()).contains("--reg-ratio");
    assertThat(CommandLineRun.of("help", "train").good().out()).contains("--reg-ratio");
    assertThat(CommandLineRun.of("--version").good().out()).contains("ConvexNN");
  }

  @Test
  void everyOptionIsAParamOfBothEstimators() {
    @CommandLine.Command(name = "all")
    class All {
      @CommandLine.Mixin private ModelOptions options;
    }
    for (OptionSpec option : new CommandLine(new All()).getCommandSpec().options()) {
      String param =
          Arrays.stream(option.longestName().substring(2).split("-"))
              .map(w -> Character.toUpperCase(w.charAt(0)) + w.substring(1))
              .reduce("", String::concat);
      String name = Character.toLowerCase(param.charAt(0)) + param.substring(1);
      String known = name.replace("InMb", "InMB");
      for (Params estimator : ESTIMATORS) {
        assertThat(estimator.hasParam(known)).as(option.longestName()).isTrue();
      }
    }
  }

  /** Help and version of every command, in words and no variables. */
  @ParameterizedTest
  @ValueSource(
      strings = {"", "demo", "train", "score", "describe", "export", "certify", "benchmark"})
  void everyCommandHelps(String command) {
    for (String option : new String[] {"-h", "--help", "-V", "--version"}) {
      StringWriter out = new StringWriter();
      String[] arguments =
          command.isEmpty() ? new String[] {option} : new String[] {command, option};
      int code = Main.run(arguments, new PrintWriter(out, true), new PrintWriter(out, true));
      assertThat(code).as("%s %s", command, option).isZero();
      assertThat(out.toString()).doesNotContain("${").isNotBlank();
      if (option.endsWith("h") || option.endsWith("help")) {
        assertThat(out.toString()).contains("Usage: ", "-h, --help", "-V, --version");
      }
    }
  }
}
