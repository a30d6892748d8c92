package org.convexnn.ml.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.convexnn.solver.AllPatterns;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.StopReason;

/** A certificate in a saved model's metadata. */
public final class CertificateJson {

  private static final String ELASTIC_NET = "elasticNet";
  private static final String FIELD = "certificate";
  private static final String ALL_PATTERNS = "allPatterns";

  private CertificateJson() {}

  public static ObjectNode encode(Certificate c) {
    ObjectNode node = SavedMetadata.object();
    put(node, "primalObjective", c.primalObjective());
    put(node, "dualBound", c.dualBound());
    put(node, "relativeGap", c.relativeGap());
    put(node, "tol", c.tol());
    put(node, "beta", c.beta());
    put(node, "betaMax", c.betaMax());
    put(node, ELASTIC_NET, c.elasticNet());
    node.put("gates", c.gates());
    node.put("activeNeurons", c.activeNeurons());
    put(node, "passes", c.passes());
    node.put("jobs", c.jobs());
    node.put("stopReason", c.stopReason().name());
    node.put("solver", c.solver());
    AllPatterns all = c.allPatterns();
    if (all.known()) {
      ObjectNode bounds = node.putObject(ALL_PATTERNS);
      put(bounds, "bound", all.bound());
      put(bounds, "relativeGap", all.relativeGap());
      put(bounds, "searchPrice", all.searchPrice());
      bounds.put("hiddenFree", all.hiddenFree());
    }
    return node;
  }

  /** JSON has no NaN and no infinity: those are written as text. */
  private static void put(ObjectNode node, String field, double value) {
    if (Double.isFinite(value)) {
      node.put(field, value);
    } else {
      node.put(field, Double.toString(value));
    }
  }

  public static Certificate decode(SavedMetadata metadata) {
    JsonNode c = metadata.node(FIELD);
    try {
      return new Certificate(
          number(c, "primalObjective"),
          number(c, "dualBound"),
          number(c, "relativeGap"),
          number(c, "tol"),
          number(c, "beta"),
          number(c, "betaMax"),
          c.has(ELASTIC_NET) ? number(c, ELASTIC_NET) : 1,
          (int) number(c, "gates"),
          (int) number(c, "activeNeurons"),
          number(c, "passes"),
          (int) number(c, "jobs"),
          StopReason.valueOf(c.required("stopReason").asText()),
          c.required("solver").asText(),
          c.has(ALL_PATTERNS) ? allPatterns(c.get(ALL_PATTERNS)) : AllPatterns.NONE);
    } catch (IllegalArgumentException e) {
      throw metadata.damaged(FIELD, e);
    }
  }

  private static AllPatterns allPatterns(JsonNode node) {
    return new AllPatterns(
        number(node, "bound"),
        number(node, "relativeGap"),
        number(node, "searchPrice"),
        node.required("hiddenFree").asBoolean());
  }

  private static double number(JsonNode node, String field) {
    JsonNode value = node.required(field);
    return value.isNumber() ? value.asDouble() : Double.parseDouble(value.asText());
  }
}
