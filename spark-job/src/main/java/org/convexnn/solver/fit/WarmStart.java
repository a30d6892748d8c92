package org.convexnn.solver.fit;

import java.util.Arrays;
import java.util.Locale;
import org.convexnn.network.FeatureConstraints;
import org.convexnn.network.Imputation;
import org.convexnn.network.LeafModel;
import org.convexnn.network.Network;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.program.Problem;
import org.convexnn.solver.program.Solver;
import org.convexnn.solver.rows.Rows;
import org.convexnn.solver.setup.Preparation;
import org.convexnn.solver.setup.PreparedData;

/**
 * A network that training goes on from: its feature map and gates are kept, its weights are where
 * the solver begins. At the same beta, on the same rows, training ends at the same optimum as from
 * zero, for switched-off gates that the network has lost have weights zero there.
 *
 * @param network the network; has at least one gate
 */
public record WarmStart(Network network) {

  /**
   * The constant parts of some rows, with the network's feature map.
   *
   * @throws IllegalArgumentException where the network does not suit rows or options
   */
  public PreparedData prepared(Rows rows, TrainingOptions options) {
    checkFeatures(rows.features());
    PreparedData prepared = Preparation.of(rows, network.map(), options);
    check(prepared.loss().outputs(), options);
    return prepared;
  }

  /** This start on rows of which nothing is missing any more. */
  public WarmStart on(CompleteRows rows) {
    return rows.imputation().none() ? this : new WarmStart(network.after(Imputation.NONE));
  }

  /** Tells the network from others. */
  public String fingerprint() {
    return Integer.toHexString(Arrays.hashCode(network.weights()));
  }

  private void checkFeatures(int features) {
    if (features != network.features()) {
      throw new IllegalArgumentException(
          "initialModel was trained on "
              + network.features()
              + " features, the rows have "
              + features
              + ": use the feature columns of its training, or unset initialModel");
    }
  }

  private void check(int outputs, TrainingOptions options) {
    if (outputs != network.outputs()) {
      throw new IllegalArgumentException(
          "initialModel tells "
              + classes(network.outputs())
              + " classes apart, the labels have "
              + classes(outputs)
              + ": train on labels of the same classes, or unset initialModel");
    }
    boolean twoLayers = options.layerWidths().isEmpty();
    if (network.gates().subNetworks().isEmpty() != twoLayers
        || network.gates().gatesPerGroup() != options.paths()) {
      throw new IllegalArgumentException(
          "initialModel has "
              + network.gates().description()
              + " and layerWidths is "
              + options.layerWidths()
              + ": set layerWidths as in its training, or unset initialModel");
    }
    if (options.patternRank() > 0) {
      throw new IllegalArgumentException(
          "patternRank ("
              + options.patternRank()
              + ") and initialModel are set: the gates are those of the model; unset one of them");
    }
    FeatureConstraints constraints = options.leaves().constraints();
    if (!constraints.together().isEmpty()) {
      throw new IllegalArgumentException(
          "interactionConstraints and initialModel are set: the trees are those of the model; unset"
              + " one of them");
    }
    if (constraints.ordered()
        && (network.gates().wide() > 0
            || network.gates().forest().leafModel() != LeafModel.CONSTANT)) {
      throw new IllegalArgumentException(
          "monotoneConstraints is set and initialModel has "
              + network.gates().description()
              + ": trees of constant leaves alone are held to it; train anew, without initialModel");
    }
    if (options.choosesBeta()) {
      throw new IllegalArgumentException(
          "initialModel needs a regularisation parameter, as rows that its gates have seen cannot"
              + " choose one: set regParam or regRatio");
    }
  }

  private static int classes(int outputs) {
    return outputs == 1 ? 2 : outputs;
  }

  /** The network's model of the run's rows, which is to be closed. */
  public GatedModel model(TrainingRun run) {
    return run.model(network.gates(), run.prepared());
  }

  /**
   * Where the solver begins: the network's weights in solver coordinates, or the skip-only fit where
   * that is better. Units of the label and constant models may differ: what b cannot take over is
   * left out.
   */
  public Solver.Start of(ProgramFit fit, double beta) {
    Problem problem = fit.problem();
    double[] weights =
        problem.groups().inCone(problem.coordinates().fromNetwork(weights(fit.model().prepared())));
    Problem.Evaluation at = problem.evaluate("initial model", weights, true);
    double objective = at.loss() + problem.penalty(weights, beta);
    boolean better = objective < fit.skipObjective();
    fit.model()
        .log()
        .message(
            String.format(
                Locale.ROOT,
                "initial model: objective %.6g, of the skip-only fit %.6g%s",
                objective,
                fit.skipObjective(),
                better ? "" : ", which is where training begins"));
    return better ? Solver.Start.at(weights, at) : fit.start();
  }

  /** The network's weights on z~ for labels and constant model of prepared data. */
  private double[] weights(PreparedData prepared) {
    double ratio = network.labelScale() / prepared.outputScale();
    double[] u = network.weights().clone();
    if (prepared.loss().labels() > 1) {
      throw new IllegalArgumentException(
          "initialModel is set and a row has "
              + prepared.loss().labels()
              + " labels: training goes on from a network of one label; unset initialModel");
    }
    for (int k = 0; k < u.length; k++) {
      u[k] *= ratio;
    }
    int width = network.map().dimension() + 1;
    double[] offset = network.offset();
    for (int c = 0; c < offset.length; c++) {
      double constant = network.labelShift() + network.labelScale() * offset[c];
      u[(c + 1) * width - 1] +=
          (constant - prepared.outputShift()) / prepared.outputScale() - prepared.offset()[c];
    }
    return u;
  }
}
