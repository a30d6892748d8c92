package org.convexnn.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.cli.input.TrainingData;
import org.convexnn.cli.input.TrainingSource;
import org.convexnn.cli.input.WeightsFile;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.Stopwatch;
import org.convexnn.cli.option.DataOptions;
import org.convexnn.cli.option.StandardOptions;
import org.convexnn.cli.report.CertificateTables;
import org.convexnn.cli.report.Report;
import org.convexnn.cli.report.StagedOutput;
import org.convexnn.cli.table.LabelRule;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.cli.table.RowColumns;
import org.convexnn.ml.NetworkCertifier;
import org.convexnn.ml.io.ShownText;
import org.convexnn.network.ReluNetwork;
import org.convexnn.relu.NetworkCertificate;
import org.convexnn.relu.PriceSearch;
import org.convexnn.solver.TrainingOptions.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code certify}: how far a network trained elsewhere is from the best one. */
@Command(
    name = "certify",
    sortOptions = false,
    description = {
      "Certifies a two-layer ReLU network that was trained elsewhere: its objective on a table, a"
          + " proven lower bound of the objective of every network of any width, which of its neurons"
          + " and which new directions are priced above beta.",
      "Features and numeric labels count as they are, in the order of the table's columns; texts"
          + " become categories as in train. Classes are in the order that is printed.",
      "The perceptron of MLlib (MultilayerPerceptronClassifier) is a sigmoid network, not a ReLU"
          + " network: its weights cannot be certified, only weights in its layout."
    })
final class CertifyCommand implements Callable<Integer> {

  @Mixin private StandardOptions standard;

  @Spec private CommandSpec command;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description =
          "JSON: {\"W1\": [[..], ..], \"b1\": [..], \"W2\": [[..], ..], \"b2\": [..]}, W1 m x d and W2"
              + " C x m or both transposed; or {\"layers\": [d, m, C], \"weights\": [..],"
              + " \"activation\": \"relu\"}, the flat layout of MLlib's perceptron.")
  private String weights;

  @Option(
      names = "--orientation",
      paramLabel = "NAME",
      description =
          "outputs-first (W1 is m x d), inputs-first (W1 is d x m) or auto (default): by the shapes.")
  private String orientation = WeightsFile.Orientation.AUTO.toString();

  @Mixin private DataOptions data;

  @Option(
      names = "--reg-param",
      paramLabel = "BETA",
      description =
          "beta, the weight of half the sum of squares of the neurons' weights beside the mean"
              + " loss.")
  private Double regParam;

  @Option(
      names = "--skip-ridge",
      paramLabel = "X",
      description =
          "Ridge on output biases, as corrections of the constant model, and on the skip.")
  private double skipRidge = 1e-3;

  @Option(
      names = "--candidates",
      paramLabel = "N",
      description = "Directions that the search for improvements climbs at the same time.")
  private int candidates = 64;

  @Option(
      names = "--passes",
      paramLabel = "N",
      description = "Passes over the rows of that search, 3 or more.")
  private int passes = 30;

  @Option(names = "--seed", paramLabel = "S", description = "Seed of the search.")
  private long seed = 1;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Folder to write report.json to; must not exist.")
  private String output;

  @Option(names = "--overwrite", description = "Replace the output folder if it exists.")
  private boolean overwrite;

  @Override
  public Integer call() {
    TrainingSource source = data.source();
    WeightsFile.Orientation layout = checked(source);
    PriceSearch search = new PriceSearch(candidates, passes, seed);
    Stopwatch watch = new Stopwatch();
    try (Session session = Session.open("certify " + weights)) {
      Configuration hadoop = session.spark().sparkContext().hadoopConfiguration();
      ReluNetwork network = WeightsFile.read(hadoop, weights, layout);
      List<String> inputs = new ArrayList<>(source.paths());
      inputs.add(weights);
      try (Staging staging = new Staging(hadoop, output, overwrite, inputs);
          TrainingData rows = TrainingData.load(session.spark(), source)) {
        NetworkCertificate certificate = certify(network, rows, search);
        staging.write(
            new Report()
                .data(rows)
                .certificate(network.features(), certificate)
                .environment(session.spark().version())
                .options(options(source, layout)));
        print(network, rows, certificate, watch.seconds());
      }
    }
    return 0;
  }

  /** What can be refused before any Spark is started. */
  private WeightsFile.Orientation checked(TrainingSource source) {
    if (weights == null || weights.isBlank()) {
      throw refused("--weights is missing");
    }
    if (source.test().isPresent()) {
      throw refused("--test is for train: certify the rows to test on as --input");
    }
    if (regParam == null) {
      throw refused("--reg-param is missing: the beta that the network is judged by");
    }
    positive("--reg-param", regParam);
    positive("--skip-ridge", skipRidge);
    if (candidates < 1) {
      throw refused("--candidates is " + candidates + "; it must be a positive integer");
    }
    if (passes < 3) {
      throw refused("--passes is " + passes + "; it must be 3 or more");
    }
    for (WeightsFile.Orientation o : WeightsFile.Orientation.values()) {
      if (o.toString().equalsIgnoreCase(orientation)) {
        return o;
      }
    }
    throw refused(
        "--orientation is " + orientation + "; it must be auto, outputs-first or inputs-first");
  }

  private void positive(String option, double value) {
    if (!(value > 0) || value == Double.POSITIVE_INFINITY) {
      throw refused(option + " is " + value + "; it must be a positive number");
    }
  }

  private ParameterException refused(String message) {
    return new ParameterException(command.commandLine(), message);
  }

  private NetworkCertificate certify(ReluNetwork network, TrainingData data, PriceSearch search) {
    Dataset<Row> rows = data.rows();
    LabelRule rule = data.rule();
    int features = ((Vector) rows.select(RowColumns.FEATURES).first().get(0)).size();
    int outputs = rule.task() == LearningTask.MULTICLASS ? rule.classes().size() : 1;
    boolean two = rule.task() == LearningTask.BINARY && network.outputs() == 2;
    if (network.features() != features || (network.outputs() != outputs && !two)) {
      throw new CommandException(
          "weights file "
              + weights
              + ": the network has "
              + network.features()
              + " inputs and "
              + network.outputs()
              + " outputs, but the table gives "
              + features
              + " features and the task ("
              + rule.task()
              + ") has "
              + outputs
              + (outputs == 1 ? " output" : " outputs")
              + "; leave columns out with --drop, or set --task");
    }
    return new NetworkCertifier(
            RowColumns.FEATURES,
            RowColumns.LABEL,
            Optional.of(RowColumns.WEIGHT),
            task(rule.task()),
            regParam,
            skipRidge,
            search)
        .certify(rows, network);
  }

  private static Task task(LearningTask task) {
    return switch (task) {
      case BINARY -> Task.BINARY;
      case MULTICLASS -> Task.MULTICLASS;
      case REGRESSION, AUTO -> Task.REGRESSION;
    };
  }

  private Map<String, Object> options(TrainingSource source, WeightsFile.Orientation layout) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("weights", ShownText.of(weights));
    options.put("orientation", layout.toString());
    options.putAll(source.options());
    options.put("regParam", regParam);
    options.put("skipRidge", skipRidge);
    options.put("candidates", candidates);
    options.put("passes", passes);
    options.put("seed", seed);
    return options;
  }

  private void print(ReluNetwork network, TrainingData data, NetworkCertificate c, double seconds) {
    PrintWriter out = command.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%s: %d inputs, %d neurons, %d %s; %s, %d rows%n%n",
        ShownText.of(weights),
        network.features(),
        network.neurons(),
        network.outputs(),
        network.outputs() == 1 ? "output" : "outputs",
        ShownText.of(data.rule().description()),
        data.pipeline().rows());
    CertificateTables tables = new CertificateTables(network, c);
    out.println(tables.summary());
    out.printf(
        "%d of %d neurons are priced above beta; the highest prices:%n",
        c.neuronsAboveBeta(), c.neuronPrices().length);
    out.println(tables.neurons());
    out.printf("%d directions found that would improve the network%n", c.improving().size());
    if (!c.improving().isEmpty()) {
      out.println(tables.directions());
    }
    out.printf(
        Locale.ROOT,
        "%.1f s%s%n",
        seconds,
        output == null ? "" : "; written to " + ShownText.of(output));
    out.flush();
  }

  /** The output folder, where one is given. */
  private static final class Staging implements AutoCloseable {

    private final Optional<StagedOutput> staged;

    Staging(Configuration hadoop, String output, boolean overwrite, List<String> inputs) {
      this.staged =
          Optional.ofNullable(output)
              .map(folder -> StagedOutput.of(hadoop, folder, overwrite, inputs));
    }

    void write(Report report) {
      staged.ifPresent(
          s -> {
            report.write(s.files(), new Path(s.directory(), "report.json"));
            s.commit();
          });
    }

    @Override
    public void close() {
      staged.ifPresent(StagedOutput::close);
    }
  }
}
