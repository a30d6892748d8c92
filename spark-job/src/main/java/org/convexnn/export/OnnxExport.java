package org.convexnn.export;

import ai.onnx.proto.OnnxMl;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.convexnn.network.Network;

/**
 * Writes a network as an ONNX model, for ONNX Runtime and whatever else reads the format: float64
 * all through, with feature map, clip, gates and the units of the label in the graph.
 *
 * <p>The input is {@code features}, n x d, of any number n of rows. The outputs have the names of
 * MLlib's columns: {@code prediction}, n numbers, and of classes {@code rawPrediction} and {@code
 * probability}, n x C.
 *
 * <p>Source: the ONNX operator set 17, IR version 8, which ONNX Runtime reads from 1.12 on; trees are
 * operators of ai.onnx.ml 5, which it reads from 1.21 on.
 */
public final class OnnxExport {

  /** The artifact that holds the protocol buffer classes. */
  static final String ARTIFACT = "org.tribuo:tribuo-util-onnx:4.3.2";

  private static final int OPERATOR_SET = 17;
  private static final int ML_OPERATOR_SET = 5;
  private static final int IR_VERSION = 8;

  private OnnxExport() {}

  /**
   * Writes f for regression: {@code prediction} = f(x), or e^f(x), n numbers, of several labels n x C.
   *
   * @param logLink whether f is the logarithm of the prediction
   * @throws IllegalArgumentException where the model has more than the 2 GB of an ONNX file
   * @throws IllegalStateException where the classes of the format are missing, or those of protocol
   *     buffers are older than Spark 4's
   */
  public static void writeRegression(Network network, boolean logLink, OutputStream out)
      throws IOException {
    write(
        network,
        (graph, f) -> regression(graph, logLink ? graph.node("Exp", f) : f, network.outputs()),
        out);
  }

  /**
   * Writes f for classification: {@code rawPrediction} and {@code probability} are [-f, f] and their
   * sigmoids for one output, else f and softmax(f); {@code prediction} is the class of the largest
   * rawPrediction, or with thresholds t of the largest probability_k / t_k.
   *
   * @throws IllegalArgumentException where the model has more than the 2 GB of an ONNX file
   * @throws IllegalStateException where the classes of the format are missing, or those of protocol
   *     buffers are older than Spark 4's
   */
  public static void writeClassification(
      Network network, Optional<double[]> thresholds, OutputStream out) throws IOException {
    write(network, (graph, f) -> classification(graph, f, network.outputs(), thresholds), out);
  }

  /** What becomes of the outputs f, n x C. */
  private interface Head {
    void add(Graph graph, String f);
  }

  private static void write(Network network, Head head, OutputStream out) throws IOException {
    OnnxSize.of(network).refuseAbove(OnnxSize.LIMIT);
    try {
      Graph graph = new Graph();
      head.add(graph, NetworkGraph.add(graph, network));
      model(graph).writeTo(out);
    } catch (LinkageError e) {
      // Not as the cause: this says all, and the error's own words help nobody.
      throw new IllegalStateException(
          e.getCause() instanceof ClassNotFoundException ? missing(e) : tooOld(e));
    }
  }

  private static String missing(LinkageError e) {
    return "the export to ONNX needs "
        + ARTIFACT
        + ", and "
        + e.getMessage()
        + " is not on the class path; add the artifact to the build, or to spark-submit with"
        + " --packages "
        + ARTIFACT;
  }

  private static String tooOld(LinkageError e) {
    return "the export to ONNX needs the protocol buffers of Spark 4, and those on the class path do"
        + " not fit ("
        + e.getMessage()
        + "); save the model, then load and export it with Spark 4";
  }

  private static OnnxMl.ModelProto model(Graph graph) {
    OnnxMl.ModelProto.Builder model =
        OnnxMl.ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName("ConvexNN")
            .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
            .setGraph(graph.build());
    if (graph.ensembles()) {
      model.addOpsetImport(
          OnnxMl.OperatorSetIdProto.newBuilder()
              .setDomain(Graph.ML_DOMAIN)
              .setVersion(ML_OPERATOR_SET));
    }
    Optional.ofNullable(OnnxExport.class.getPackage().getImplementationVersion())
        .ifPresent(model::setProducerVersion);
    return model.build();
  }

  private static void regression(Graph graph, String f, int outputs) {
    if (outputs > 1) {
      graph.output("prediction", f, outputs);
      return;
    }
    graph.output("prediction", graph.node("Squeeze", f, graph.longs(1)));
  }

  private static void classification(
      Graph graph, String f, int outputs, Optional<double[]> thresholds) {
    boolean binary = outputs == 1;
    int classes = binary ? 2 : outputs;
    String raw =
        binary
            ? graph.node("Concat", List.of(graph.node("Neg", f), f), Graph.attribute("axis", 1))
            : f;
    String probability =
        binary
            ? graph.node("Sigmoid", raw)
            : graph.node("Softmax", List.of(raw), Graph.attribute("axis", 1));
    String chosenBy =
        thresholds.map(t -> graph.node("Div", probability, graph.doubles(t, classes))).orElse(raw);
    String prediction =
        graph.node(
            "ArgMax",
            List.of(chosenBy),
            Graph.attribute("axis", 1),
            Graph.attribute("keepdims", 0));
    graph.output("prediction", graph.toDouble(prediction));
    graph.output("rawPrediction", raw, classes);
    graph.output("probability", probability, classes);
  }
}
