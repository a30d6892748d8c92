package org.convexnn.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.convexnn.cli.input.TrainingData;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.ErrorMessages;
import org.convexnn.cli.message.Version;
import org.convexnn.linalg.Blas;
import org.convexnn.relu.NetworkCertificate;
import org.convexnn.relu.PricedNeuron;
import org.convexnn.solver.AllPatterns;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.RankBound;
import org.convexnn.solver.TraceRecord;

/** report.json: what was trained, how good it is, how it was proved and how long it took. */
public final class Report {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final ObjectNode root = JSON.createObjectNode();

  /** What was learnt of which rows. */
  public Report data(TrainingData data) {
    root.put("task", data.rule().task().toString());
    root.put("label", String.join(",", data.rule().columns()));
    if (data.rule().task().classification()) {
      root.putPOJO("classes", data.rule().classes());
    }
    root.put("rows", data.pipeline().rows());
    root.put("columns", data.pipeline().layout().columns().size());
    return this;
  }

  /** The network and its certificate. */
  public Report network(NetworkFit fit) {
    Certificate c = fit.certificate();
    root.put("features", fit.features());
    root.put("gates", c.gates());
    root.put("activeNeurons", c.activeNeurons());
    root.put("beta", finite(c.beta()));
    root.put("betaMax", finite(c.betaMax()));
    root.put("primalObjective", finite(c.primalObjective()));
    root.put("dualBound", finite(c.dualBound()));
    root.put("relativeGap", finite(c.relativeGap()));
    fit.bestAmong().ifPresent(text -> root.put("bestAmong", text));
    root.put("tol", c.tol());
    root.put("passes", c.passes());
    root.put("jobs", c.jobs());
    root.put("stopReason", c.stopReason().name());
    root.put("solver", c.solver());
    AllPatterns all = c.allPatterns();
    if (all.known()) {
      root.put("allPatternsBound", finite(all.bound()));
      root.put("allPatternsGap", finite(all.relativeGap()));
      root.put("searchPrice", finite(all.searchPrice()));
    }
    fit.rankBound().ifPresent(this::rankBound);
    return this;
  }

  /** A network from elsewhere and its certificate. */
  public Report certificate(int features, NetworkCertificate c) {
    root.put("features", features);
    root.put("neurons", c.neuronPrices().length);
    root.put("beta", finite(c.beta()));
    root.put("objective", finite(c.objective()));
    root.put("loss", finite(c.loss()));
    root.put("penalty", finite(c.penalty()));
    root.put("allPatternsBound", finite(c.allPatternsBound()));
    root.put("gap", finite(c.gap()));
    root.put("relativeGap", finite(c.relativeGap()));
    root.put("patternsBound", finite(c.patternsBound()));
    root.put("priceBound", finite(c.priceBound()));
    root.put("exactPrices", c.exact());
    root.put("searchPrice", finite(c.searchPrice()));
    root.put("stationarity", finite(c.stationarity()));
    root.put("neuronsAboveBeta", c.neuronsAboveBeta());
    root.putPOJO("neuronPrices", c.neuronPrices());
    var improving = root.putArray("improving");
    for (PricedNeuron neuron : c.improving()) {
      improving
          .addObject()
          .put("price", neuron.price())
          .putPOJO("direction", neuron.direction())
          .putPOJO("output", neuron.output());
    }
    return this;
  }

  private void rankBound(RankBound bound) {
    root.putObject("patternRank")
        .put("rank", bound.rank())
        .put("allPatterns", bound.enumerated())
        .put("nextSingularValue", finite(bound.sigma()))
        .put("epsilon", finite(bound.epsilon()))
        .put("factor", finite(bound.factor()));
  }

  /** Measures of the predictions on rows of this name. */
  public Report scores(String rows, Scores scores) {
    ObjectNode node = root.putObject(rows);
    scores.values().forEach((name, value) -> node.put(name, finite(value)));
    return this;
  }

  /** JSON knows no NaN. */
  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /** How much each feature matters. */
  public Report importances(FeatureImportances importances, List<String> names) {
    var features = root.putArray("featureImportances");
    for (int j = 0; j < names.size(); j++) {
      features
          .addObject()
          .put("feature", names.get(j))
          .put("absolute", finite(importances.absolute()[j]))
          .put("loss", finite(importances.loss()[j]));
    }
    return this;
  }

  /** Where the time went. */
  public Report seconds(double total, double load, NetworkFit fit) {
    root.putObject("seconds")
        .put("total", total)
        // Packing the rows into blocks is the last part of reading them.
        .put("load", load + fit.fitSeconds() - fit.setUpSeconds() - fit.solveSeconds())
        .put("setUp", fit.setUpSeconds())
        .put("solve", fit.solveSeconds());
    return this;
  }

  /** What it ran on. */
  public Report environment(String sparkVersion) {
    root.put("sparkVersion", sparkVersion);
    root.put("blas", Blas.name());
    root.put("libraryVersion", Version.library());
    return this;
  }

  /** The options that were given. */
  public Report options(Map<String, Object> options) {
    root.putPOJO("options", options);
    return this;
  }

  /** The path over beta and the iterations. */
  public Report history(NetworkFit fit) {
    var path = root.putArray("path");
    for (PathPoint p : fit.path()) {
      path.addObject()
          .put("ratio", p.ratio())
          .put("beta", finite(p.beta()))
          .put("objective", finite(p.objective()))
          .put("relativeGap", finite(p.relativeGap()))
          .put("validationLoss", finite(p.validationLoss()))
          .put("standardError", finite(p.standardError()))
          .put("activeNeurons", p.activeNeurons())
          .put("passes", p.passes());
    }
    var trace = root.putArray("trace");
    for (TraceRecord t : fit.trace()) {
      trace
          .addObject()
          .put("phase", t.phase())
          .put("iteration", t.iteration())
          .put("passes", t.passes())
          .put("beta", t.beta())
          .put("objective", finite(t.objective()))
          .put("dualBound", finite(t.dualBound()))
          .put("relativeGap", finite(t.relativeGap()))
          .put("activeNeurons", t.activeNeurons())
          .put("seconds", t.seconds());
    }
    return this;
  }

  /** What the file holds. */
  public JsonNode root() {
    return root;
  }

  /** Writes the file. */
  public void write(FileSystem files, Path file) {
    try (OutputStream out = files.create(file, false)) {
      JSON.writeValue(out, root);
    } catch (IOException e) {
      throw new CommandException("cannot write " + file + ": " + ErrorMessages.of(e), e);
    }
  }
}
