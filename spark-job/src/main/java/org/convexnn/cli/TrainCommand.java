package org.convexnn.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.Transformer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.cli.input.TrainingData;
import org.convexnn.cli.input.TrainingSource;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.ErrorMessages;
import org.convexnn.cli.message.Stopwatch;
import org.convexnn.cli.option.DataOptions;
import org.convexnn.cli.option.ModelOptions;
import org.convexnn.cli.option.OptionsFile;
import org.convexnn.cli.option.StandardOptions;
import org.convexnn.cli.report.CoverageScores;
import org.convexnn.cli.report.FeatureImportances;
import org.convexnn.cli.report.NetworkFit;
import org.convexnn.cli.report.NetworkWeights;
import org.convexnn.cli.report.Report;
import org.convexnn.cli.report.ReportPage;
import org.convexnn.cli.report.Scores;
import org.convexnn.cli.report.StagedOutput;
import org.convexnn.cli.table.LabelRule;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.cli.table.SavedModel;
import org.convexnn.ml.io.Checksums;
import org.convexnn.ml.io.ShownText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code train}: from a table to DIR/model, DIR/report.json and DIR/report.html. */
@Command(
    name = "train",
    sortOptions = false,
    description = {
      "Trains a network on a table and writes DIR/model, a PipelineModel that scores raw tables,"
          + " DIR/report.json and, with pictures, DIR/report.html.",
      "Options may also stand in conf/train.properties under the same names."
    })
final class TrainCommand implements Callable<Integer> {

  @Mixin private StandardOptions standard;

  @Spec private CommandSpec command;

  @Mixin private DataOptions data;

  @Option(names = "--output", paramLabel = "DIR", description = "Folder to write; must not exist.")
  private String output;

  @Option(names = "--overwrite", description = "Replace the output folder if it exists.")
  private boolean overwrite;

  @Option(
      names = OptionsFile.OPTION,
      paramLabel = "FILE",
      description = "Properties file of options; the command line wins over it.")
  private String config;

  @Mixin private ModelOptions model;

  @Override
  public Integer call() {
    model.check();
    TrainingSource source = data.source(model);
    if (output == null || output.isBlank()) {
      throw new ParameterException(command.commandLine(), "--output is missing");
    }
    Stopwatch total = new Stopwatch();
    try (Session session = Session.open("train " + source.input());
        StagedOutput staged =
            StagedOutput.of(
                session.spark().sparkContext().hadoopConfiguration(),
                output,
                overwrite,
                untouched(source));
        TrainingData rows =
            TrainingData.load(session.spark(), source, model::growsConstantLeaves)) {
      train(session.spark(), source, rows, staged, total);
    }
    return 0;
  }

  /** What the output must not hold. */
  private List<String> untouched(TrainingSource source) {
    List<String> paths = new ArrayList<>(source.paths());
    model.checkpointDir().ifPresent(paths::add);
    return paths;
  }

  private void train(
      SparkSession spark,
      TrainingSource source,
      TrainingData data,
      StagedOutput staged,
      Stopwatch total) {
    Dataset<Row> rows = data.rows();
    double load = total.seconds();
    LearningTask task = data.rule().task();
    NetworkFit fit = fit(data, rows).inNames(data.pipeline()::inNames);
    Scores.Tally train = Scores.tally(fit.model().transform(rows), task, model.costs());
    Optional<Dataset<Row>> tested = data.testRows().map(fit.model()::transform);
    Optional<Scores.Tally> test = tested.map(t -> Scores.tally(t, task, model.costs()));
    Optional<Scores> testScores =
        test.map(t -> t.scores().with(CoverageScores.of(tested.orElseThrow())));

    save(pipeline(data, fit), staged, "model");
    FeatureImportances importances = fit.importances().get();
    List<String> names = data.pipeline().featureNames();
    Report report = new Report().data(data).network(fit).scores("train", train.scores());
    testScores.ifPresent(scores -> report.scores("test", scores));
    report
        .importances(importances, names)
        .seconds(total.seconds(), load, fit)
        .environment(spark.version())
        .options(options(source))
        .history(fit)
        .write(staged.files(), new Path(staged.directory(), "report.json"));
    String shown = test.isPresent() ? "test" : "training";
    new ReportPage(report.root())
        .headline(shown, test.orElse(train), data.rule().description())
        .predictions(shown, test.orElse(train), data.rule().classes())
        .importances(importances, names)
        .path(fit.path())
        .convergence(fit.trace())
        .weights(NetworkWeights.of(fit.network()), names)
        .everything()
        .write(staged.files(), new Path(staged.directory(), "report.html"));
    staged.commit();
    print(data, fit, train.scores(), testScores, total.seconds());
  }

  private NetworkFit fit(TrainingData data, Dataset<Row> rows) {
    try {
      return NetworkFit.of(rows, data.rule().task(), data.params(model.given()));
    } catch (IllegalArgumentException e) {
      throw new CommandException(data.inNamesOfTheTable(ErrorMessages.of(e)), e);
    }
  }

  private static PipelineModel pipeline(TrainingData data, NetworkFit fit) {
    List<Transformer> last = new ArrayList<>(List.of(fit.model()));
    if (data.rule().task().classification()) {
      last.add(SavedModel.names(data.rule().classes()));
    }
    return data.pipeline().with(data.table(), last);
  }

  private static void save(PipelineModel model, StagedOutput staged, String name) {
    Path path = new Path(staged.directory(), name);
    try {
      model.save(path.toString());
      Checksums.write(staged.files(), path);
    } catch (java.io.IOException e) {
      throw new CommandException("cannot write " + path + ": " + ErrorMessages.of(e), e);
    }
  }

  private Map<String, Object> options(TrainingSource source) {
    Map<String, Object> options = new LinkedHashMap<>(source.options());
    options.put("output", ShownText.of(output));
    options.putAll(model.given());
    options.computeIfPresent("checkpointDir", (name, path) -> ShownText.of((String) path));
    return options;
  }

  private void print(
      TrainingData data, NetworkFit fit, Scores train, Optional<Scores> test, double seconds) {
    PrintWriter out = command.commandLine().getOut();
    LabelRule rule = data.rule();
    out.printf(
        Locale.ROOT,
        "%s: %d rows, %d columns, %d features%n",
        ShownText.of(rule.description()),
        data.pipeline().rows(),
        data.pipeline().layout().columns().size(),
        fit.features());
    out.println("certificate: " + fit.certificate());
    fit.bestAmong().ifPresent(text -> out.println("best among:  " + ShownText.of(text)));
    fit.certificate().warning().ifPresent(text -> out.println("warning: " + text));
    out.println("train: " + train);
    test.ifPresent(t -> out.println("test:  " + t));
    out.printf(
        Locale.ROOT,
        "%.1f s, of these %.1f s set-up and %.1f s solving; written to %s%n",
        seconds,
        fit.setUpSeconds(),
        fit.solveSeconds(),
        ShownText.of(output));
    out.flush();
  }
}
