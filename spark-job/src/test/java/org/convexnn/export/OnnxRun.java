package org.convexnn.export;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.LinkedHashMap;
import java.util.Map;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;

/**
 * What ONNX Runtime says of rows: the outputs of a model by name.
 *
 * @param outputs of each one n rows; an output of one number a row is n x 1
 */
public record OnnxRun(Map<String, double[][]> outputs) {

  /** Whether the protocol buffers on the class path are as new as the classes of the format need. */
  public static boolean possible() {
    try {
      Class.forName("com.google.protobuf.RuntimeVersion");
      return true;
    } catch (ClassNotFoundException spark35) {
      return false;
    }
  }

  /** Runs a model on rows x. */
  public static OnnxRun of(byte[] model, double[][] x) {
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(model);
        OnnxTensor rows = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), x);
        OrtSession.Result result = session.run(Map.of("features", rows))) {
      Map<String, double[][]> outputs = new LinkedHashMap<>();
      for (var output : result) {
        outputs.put(output.getKey(), table(output.getValue().getValue()));
      }
      return new OnnxRun(outputs);
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }

  private static double[][] table(Object value) {
    if (value instanceof double[] column) {
      double[][] table = new double[column.length][];
      for (int i = 0; i < table.length; i++) {
        table[i] = new double[] {column[i]};
      }
      return table;
    }
    return (double[][]) value;
  }

  /** An output of all rows. */
  public double[][] get(String name) {
    return outputs.get(name);
  }

  /**
   * Whether a row is closer than 1e-12 to the boundary of a half-space: the order of a sum may then
   * decide on which side it is. Trees compare single numbers and have no such rows.
   */
  public static boolean onBoundary(Network network, double[] x) {
    HalfSpaces gates = network.gates().halfSpaces();
    double[] scores = new double[gates.size()];
    gates.scores(gates.transposed(), x, scores);
    for (int p = 0; p < scores.length; p++) {
      if (Math.abs(scores[p] - gates.thresholds()[p]) < 1e-12) {
        return true;
      }
    }
    return false;
  }
}
