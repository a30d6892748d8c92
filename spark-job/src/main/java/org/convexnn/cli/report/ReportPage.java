package org.convexnn.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.ErrorMessages;
import org.convexnn.cli.message.Numbers;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.TraceRecord;

/** report.html: what report.json holds, and more of the network, for people. */
public final class ReportPage {

  /** Lines of a table of numbers. */
  private static final int MAX_LINES = 100;

  private static final int TOP = 30;

  private static final int RESIDUAL_BINS = 60;

  private final HtmlPage page;
  private final JsonNode report;

  /** A page about what the report says. */
  public ReportPage(JsonNode report) {
    this.report = report;
    page = new HtmlPage("ConvexNN: " + report.path("label").asText());
  }

  /** What was learnt, how well, beside what, and how certainly, in words. */
  public ReportPage headline(String rows, Scores.Tally tally, String learnt) {
    page.headline(
        String.format(
            Locale.ROOT,
            "Learnt: %s, from %s rows and %s features. On the %s rows: %s. Training has at most %s of"
                + " its objective left to gain, for these gates and this penalty.",
            learnt,
            Numbers.shown(report.path("rows").asDouble()),
            Numbers.shown(report.path("features").asDouble()),
            rows,
            tally.besideBaseline(),
            Numbers.percent(report.path("relativeGap").asDouble())));
    return this;
  }

  /** All that report.json holds but lists, options too. */
  public ReportPage everything() {
    page.heading("All numbers and options");
    List<List<String>> rows = new ArrayList<>();
    addScalars("", report, rows);
    page.table(List.of("", ""), rows);
    return this;
  }

  /** Numbers, texts and classes, those of train, test and seconds too; not path and trace. */
  private static void addScalars(String prefix, JsonNode node, List<List<String>> rows) {
    node.fields()
        .forEachRemaining(
            field -> {
              String name = prefix + field.getKey();
              JsonNode value = field.getValue();
              if (value.isObject()) {
                addScalars(name + " ", value, rows);
              } else if (value.isNumber() && !value.isIntegralNumber()) {
                rows.add(List.of(name, HtmlPage.number(value.asDouble())));
              } else if (value.isValueNode()) {
                rows.add(List.of(name, value.asText()));
              }
            });
  }

  /** Objective, dual bound and gap against passes. */
  public ReportPage convergence(List<TraceRecord> trace) {
    page.heading("Convergence");
    if (trace.isEmpty()) {
      page.paragraph("No iterations: the solution is in closed form.");
      return this;
    }
    List<TraceRecord> last = trace.stream().filter(t -> t.phase().equals("solve")).toList();
    List<TraceRecord> solve = last.isEmpty() ? trace : last;
    double[] passes = column(solve, TraceRecord::passes);
    picture(
        "Best objective and best dual bound of the last fit",
        new LineChart(
            "passes",
            "objective",
            false,
            false,
            List.of(
                new LineChart.Line(
                    "objective", passes, column(solve, TraceRecord::objective), false),
                new LineChart.Line(
                    "dual bound", passes, column(solve, TraceRecord::dualBound), false))));
    picture(
        "Relative gap between the two, along the path over beta and in the last fit",
        new LineChart(
            "passes",
            "relative gap",
            false,
            true,
            List.of(
                gap("path", trace.stream().filter(t -> !t.phase().equals("solve")).toList()),
                gap("last fit", last))));
    page.foldedTable(
        "numbers",
        List.of("phase", "beta", "passes", "objective", "dual bound", "relative gap", "neurons"),
        lines(
            trace,
            t ->
                List.of(
                    t.phase(),
                    HtmlPage.number(t.beta()),
                    String.format(Locale.ROOT, "%.1f", t.passes()),
                    HtmlPage.number(t.objective()),
                    HtmlPage.number(t.dualBound()),
                    HtmlPage.number(t.relativeGap()),
                    String.valueOf(t.activeNeurons()))));
    return this;
  }

  private static LineChart.Line gap(String name, List<TraceRecord> trace) {
    return new LineChart.Line(
        name, column(trace, TraceRecord::passes), column(trace, TraceRecord::relativeGap), false);
  }

  /** Validation loss against beta, in its order. */
  public ReportPage path(List<PathPoint> points) {
    if (points.isEmpty()) {
      return this;
    }
    List<PathPoint> path =
        points.stream().sorted(Comparator.comparingDouble(PathPoint::beta)).toList();
    page.heading("Regularisation path");
    picture(
        "Mean loss on rows held out, against beta / betaMax",
        new LineChart(
            "beta / betaMax",
            "validation loss",
            true,
            false,
            List.of(
                new LineChart.Line(
                    "validation loss",
                    column(path, PathPoint::ratio),
                    column(path, PathPoint::validationLoss),
                    true))));
    page.table(
        List.of("ratio", "beta", "validation loss", "standard error", "neurons", "relative gap"),
        lines(
            path,
            p ->
                List.of(
                    HtmlPage.number(p.ratio()),
                    HtmlPage.number(p.beta()),
                    HtmlPage.number(p.validationLoss()),
                    Double.isNaN(p.standardError()) ? "" : HtmlPage.number(p.standardError()),
                    String.valueOf(p.activeNeurons()),
                    HtmlPage.number(p.relativeGap()))));
    return this;
  }

  /** How good predictions are, of rows of this name. */
  public ReportPage predictions(String rows, Scores.Tally tally, List<String> classes) {
    page.heading("Predictions of the " + rows + " rows");
    if (tally instanceof Scores.BinaryTally t) {
      curves(t.curve(), classes);
      calibration(t.calibration());
    } else if (tally instanceof Scores.MulticlassTally t) {
      confusion(t, classes);
    } else if (tally instanceof Scores.RegressionTally t) {
      residuals(t.residuals());
    } else if (tally instanceof Scores.SeveralTally t) {
      t.each().forEach(one -> residuals(one.residuals()));
    }
    return this;
  }

  private void curves(List<Scores.CurvePoint> curve, List<String> classes) {
    if (curve.isEmpty()) {
      page.paragraph("All rows are of one class: there is no curve.");
      return;
    }
    page.paragraph("Of class " + classes.get(1) + " against " + classes.get(0) + ".");
    double[] recall = column(curve, Scores.CurvePoint::truePositiveRate);
    double[] diagonal = {0, 1};
    picture(
        "ROC",
        new LineChart(
            "false positive rate",
            "true positive rate",
            false,
            false,
            List.of(
                new LineChart.Line(
                    "network", column(curve, Scores.CurvePoint::falsePositiveRate), recall, false),
                new LineChart.Line("chance", diagonal, diagonal, false))));
    picture(
        "Precision and recall",
        new LineChart(
            "recall",
            "precision",
            false,
            false,
            List.of(
                new LineChart.Line(
                    "network", recall, column(curve, Scores.CurvePoint::precision), false))));
    page.foldedTable(
        "numbers",
        List.of("probability from", "false positive rate", "true positive rate", "precision"),
        lines(
            curve,
            p ->
                List.of(
                    HtmlPage.number(p.probability()),
                    HtmlPage.number(p.falsePositiveRate()),
                    HtmlPage.number(p.truePositiveRate()),
                    HtmlPage.number(p.precision()))));
  }

  private void calibration(List<Scores.Calibration> bins) {
    double[] predicted = column(bins, Scores.Calibration::predicted);
    double[] diagonal = {0, 1};
    picture(
        "Calibration: rows by their predicted probability, and how many of them are of the class",
        new LineChart(
            "predicted probability",
            "observed share",
            false,
            false,
            List.of(
                new LineChart.Line(
                    "network", predicted, column(bins, Scores.Calibration::observed), true),
                new LineChart.Line("calibrated", diagonal, diagonal, false))));
  }

  private void confusion(Scores.MulticlassTally tally, List<String> classes) {
    int shown = Math.min(classes.size(), Scores.MulticlassTally.CONFUSED);
    page.paragraph(
        "Weight of the rows of each class (down) by the class predicted (across)"
            + (shown < classes.size() ? "; the first " + shown + " classes." : "."));
    List<String> header = new ArrayList<>(List.of(""));
    header.addAll(classes.subList(0, shown));
    page.table(
        header,
        IntStream.range(0, shown)
            .mapToObj(
                truth -> {
                  List<String> row = new ArrayList<>(List.of(classes.get(truth)));
                  for (int guess = 0; guess < shown; guess++) {
                    row.add(HtmlPage.number(tally.confused(truth, guess)));
                  }
                  return row;
                })
            .toList());
  }

  private void residuals(Histogram residuals) {
    double reach =
        Math.max(Math.abs(residuals.quantile(0.005)), Math.abs(residuals.quantile(0.995)));
    if (reach > 0) {
      double[] counts = residuals.counts(-reach, reach, RESIDUAL_BINS);
      double width = 2 * reach / RESIDUAL_BINS;
      double[] middles =
          IntStream.range(0, RESIDUAL_BINS).mapToDouble(i -> (i + 0.5) * width - reach).toArray();
      picture(
          "Residuals, label less prediction: weight of the rows in bins of "
              + HtmlPage.number(width),
          new LineChart(
              "residual",
              "weight of rows",
              false,
              false,
              List.of(new LineChart.Line("rows", middles, counts, false))));
    }
    page.table(
        List.of("share of rows", "residual below"),
        List.of(0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99).stream()
            .map(q -> List.of(q.toString(), HtmlPage.number(residuals.quantile(q))))
            .toList());
  }

  /** Norms of neurons, and features by the weights on them. */
  public ReportPage weights(NetworkWeights weights, List<String> names) {
    List<NetworkWeights.Neuron> neurons = weights.neurons();
    page.heading("Neurons");
    page.paragraph(neurons.size() + " are active. Norm of the weights of each, the largest first.");
    picture(
        "Norms of neurons",
        new LineChart(
            "neuron",
            "norm",
            false,
            true,
            List.of(
                new LineChart.Line(
                    "norm",
                    IntStream.rangeClosed(1, neurons.size()).asDoubleStream().toArray(),
                    column(neurons, NetworkWeights.Neuron::norm),
                    false))));
    page.foldedTable(
        "numbers",
        List.of("gate", "norm"),
        neurons.stream()
            .limit(MAX_LINES)
            .map(n -> List.of(n.gate(), HtmlPage.number(n.norm())))
            .toList());
    page.heading("Features");
    page.paragraph(
        "Norm of all weights on a feature, in units of its standard deviation where it was"
            + " normalised; of leaves that are constants, how far its tests part them. Large weights"
            + " tell what the network uses, not what causes the label.");
    int[] top =
        IntStream.range(0, names.size())
            .boxed()
            .sorted(Comparator.comparingDouble((Integer j) -> weights.features()[j]).reversed())
            .limit(TOP)
            .mapToInt(Integer::intValue)
            .toArray();
    page.bars(
        "feature",
        "weight",
        IntStream.of(top).mapToObj(names::get).toList(),
        IntStream.of(top).mapToDouble(j -> weights.features()[j]).toArray());
    return this;
  }

  /** Features by their mean absolute contributions. */
  public ReportPage importances(FeatureImportances importances, List<String> names) {
    page.heading("Contributions");
    page.paragraph(
        "Mean absolute contribution of each feature to the raw predictions of training rows: what"
            + " predictions are made of, not what causes the label.");
    int[] top =
        IntStream.range(0, names.size())
            .boxed()
            .sorted(Comparator.comparingDouble((Integer j) -> importances.absolute()[j]).reversed())
            .limit(TOP)
            .mapToInt(Integer::intValue)
            .toArray();
    page.bars(
        "feature",
        "contribution",
        IntStream.of(top).mapToObj(names::get).toList(),
        IntStream.of(top).mapToDouble(j -> importances.absolute()[j]).toArray());
    return this;
  }

  private void picture(String description, LineChart chart) {
    page.paragraph(description + ".");
    chart.svg().ifPresentOrElse(page::picture, () -> page.paragraph("(Nothing to draw.)"));
  }

  private static <T> double[] column(List<T> rows, ToDoubleFunction<T> value) {
    return rows.stream().mapToDouble(value).toArray();
  }

  private static <T> List<List<String>> lines(List<T> all, Function<T, List<String>> line) {
    return IntStream.of(LineChart.thinned(IntStream.range(0, all.size()).toArray(), MAX_LINES))
        .mapToObj(i -> line.apply(all.get(i)))
        .toList();
  }

  /** Writes the file. */
  public void write(FileSystem files, Path file) {
    try (OutputStream out = files.create(file, false)) {
      out.write(page.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new CommandException("cannot write " + file + ": " + ErrorMessages.of(e), e);
    }
  }

  @Override
  public String toString() {
    return page.toString();
  }
}
