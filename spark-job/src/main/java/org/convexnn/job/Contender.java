package org.convexnn.job;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.ml.Transformer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Something that learns from rows of features, label and weight, in a benchmark. */
interface Contender {

  /** The name in the table. */
  String name();

  /** Why it cannot learn a task here at all; empty where it can. */
  Optional<String> obstacle(LearningTask task);

  /** Learns. */
  Result fit(Dataset<Row> rows, LearningTask task);

  /**
   * What came of it.
   *
   * @param model the model
   * @param seconds for the fit alone
   * @param passes passes over the rows, where they are counted
   * @param gap the relative duality gap, where there is one
   */
  record Result(Transformer model, double seconds, OptionalDouble passes, OptionalDouble gap) {}

  /** The network of this library. */
  record ConvexNetwork(Map<String, Object> params) implements Contender {

    @Override
    public String name() {
      return "ConvexReLU";
    }

    @Override
    public Optional<String> obstacle(LearningTask task) {
      return Optional.empty();
    }

    @Override
    public Result fit(Dataset<Row> rows, LearningTask task) {
      NetworkFit fit = NetworkFit.of(rows, task, params);
      return new Result(
          fit.model(),
          fit.fitSeconds(),
          OptionalDouble.of(fit.certificate().passes()),
          OptionalDouble.of(fit.certificate().relativeGap()));
    }
  }
}
