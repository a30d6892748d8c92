package org.convexnn.cli.benchmark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.spark.ml.Transformer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.convexnn.cli.report.NetworkFit;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.network.Network;
import org.convexnn.network.Tree;

/** Something that learns from rows of features, label and weight, in a benchmark. */
public interface Contender {

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
  final class ConvexNetwork implements Contender {

    private final Map<String, Object> params;
    private NetworkFit last;

    /** A network of these Params. */
    public ConvexNetwork(Map<String, Object> params) {
      this.params = params;
    }

    /** What came of the last fit, if it ended. */
    Optional<NetworkFit> last() {
      return Optional.ofNullable(last);
    }

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
      last = null;
      last = NetworkFit.of(rows, task, params);
      return result(last);
    }

    private static Result result(NetworkFit fit) {
      return new Result(
          fit.model(),
          fit.fitSeconds(),
          OptionalDouble.of(fit.certificate().passes()),
          OptionalDouble.of(fit.certificate().relativeGap()));
    }
  }

  /**
   * The trees of a network of constant leaves with what boosting found in them: the same Params, the
   * number and size of its trees, and a penalty that holds leaves to boosting's values.
   *
   * @param network fitted before
   */
  record BoostingAlone(ConvexNetwork network) implements Contender {

    private static final double HOLDS = 1e9;

    @Override
    public String name() {
      return "boosting alone";
    }

    @Override
    public Optional<String> obstacle(LearningTask task) {
      return network.last().filter(BoostingAlone::hasConstantLeaves).isPresent()
          ? Optional.empty()
          : Optional.of("the network has no trees of constant leaves");
    }

    private static boolean hasConstantLeaves(NetworkFit fit) {
      return fit.network().gates().forest().narrow();
    }

    @Override
    public Result fit(Dataset<Row> rows, LearningTask task) {
      Network fitted = network.last().orElseThrow().network();
      List<Tree> trees = fitted.gates().forest().trees();
      Map<String, Object> params = new LinkedHashMap<>(network.params);
      // Groups choose beta, which is given here.
      params.remove("foldCol");
      params.put("numTrees", trees.size());
      params.put("numLeaves", trees.stream().mapToInt(Tree::leaves).max().orElseThrow());
      params.putAll(Map.of("leafModel", "constant", "boostingPrior", 1.0, "adaptivePower", 0.0));
      params.putAll(Map.of("elasticNetParam", 0.0, "regParam", HOLDS));
      NetworkFit fit = NetworkFit.of(rows, task, params);
      return new Result(
          fit.model(), fit.fitSeconds(), OptionalDouble.empty(), OptionalDouble.empty());
    }
  }
}
