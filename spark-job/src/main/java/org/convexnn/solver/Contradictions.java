package org.convexnn.solver;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.convexnn.loss.EvalMetric;
import org.convexnn.loss.RegressionLoss;
import org.convexnn.network.LeafModel;
import org.convexnn.solver.TrainingOptions.Activation;
import org.convexnn.solver.TrainingOptions.GateSampler;
import org.convexnn.solver.TrainingOptions.GroupNorm;
import org.convexnn.solver.TrainingOptions.Normalization;
import org.convexnn.solver.TrainingOptions.SolverKind;
import org.convexnn.solver.TrainingOptions.Task;

/**
 * Settings that exclude each other. Each method throws IllegalArgumentException for the first pair
 * it finds, naming both, their values and what to do.
 */
final class Contradictions {
  private Contradictions() {}

  /** Beta is given once or not at all, and folds only choose a beta that is not given. */
  static void ofBeta(OptionalDouble regParam, OptionalDouble regRatio, int numFolds) {
    if (regParam.isPresent() && regRatio.isPresent()) {
      refuse(
          true,
          "regParam ("
              + regParam.getAsDouble()
              + ") and regRatio ("
              + regRatio.getAsDouble()
              + ") are both set: they say the same thing in two units, set one of them, or none"
              + " to have beta chosen by validation");
    }
    refuse(
        numFolds > 0 && (regParam.isPresent() || regRatio.isPresent()),
        "numFolds is "
            + numFolds
            + " and "
            + (regParam.isPresent() ? "regParam" : "regRatio")
            + " is set: folds choose beta, which is given; unset one of them");
  }

  /** What is made for squared loss alone, or for classes. */
  static void ofLoss(
      RegressionLoss loss, Task task, SolverKind solver, Activation activation, int patternRank) {
    if (loss.squared()) {
      return;
    }
    String set = "loss is '" + loss.kind().word() + "' and ";
    refuse(
        task != Task.REGRESSION,
        set + "labels are classes, which have a loss of their own; leave loss unset");
    refuse(
        solver == SolverKind.GRAM,
        set
            + "solver is 'gram', whose one pass is for squared loss; use auto, admm, lbfgs or gradient");
    refuse(
        activation == Activation.RELU,
        set
            + "activation is 'relu': plain ReLU networks are trained with squared loss; use activation"
            + " 'gated', or loss 'squared'");
    refuse(
        patternRank > 0,
        set
            + "patternRank is "
            + patternRank
            + ", whose bound is for squared loss; unset patternRank, or use loss 'squared'");
  }

  /** A metric is of the task's predictions, and of what is chosen by it. */
  static void ofMetric(
      EvalMetric metric, Task task, RegressionLoss loss, Activation activation, boolean betaGiven) {
    if (metric == EvalMetric.AUTO) {
      return;
    }
    String set = "evalMetric is '" + metric.word() + "' and ";
    refuse(
        task == Task.REGRESSION && metric.ofClasses(),
        set + "labels are numbers; use rmse, mae, deviance, or auto for the loss");
    refuse(
        task != Task.REGRESSION && metric.ofNumbers(),
        set + "labels are classes; use logLoss, areaUnderROC or accuracy");
    refuse(
        task == Task.MULTICLASS && metric == EvalMetric.AREA_UNDER_ROC,
        set + "there are more than two classes, which have no ROC; use logLoss or accuracy");
    if (task == Task.REGRESSION) {
      refuse(
          metric == EvalMetric.DEVIANCE && !loss.kind().logLink(),
          set
              + "loss '"
              + loss.kind().word()
              + "' has no deviance; use auto, or loss poisson, gamma or tweedie");
      refuse(
          metric != EvalMetric.DEVIANCE && loss.kind() == RegressionLoss.Kind.QUANTILE,
          set
              + "loss is 'quantile', whose predictions its own loss alone judges; use auto, the pinball"
              + " loss");
    }
    refuse(
        betaGiven,
        set
            + "regParam or regRatio is set: held-out rows have nothing to choose; unset evalMetric, or"
            + " these");
    refuse(
        activation == Activation.RELU,
        set
            + "activation is 'relu': plain ReLU networks are chosen by their loss; use activation"
            + " 'gated', or unset evalMetric");
  }

  /** Trees of constant leaves are held to constraints, and nothing else is. */
  static void ofConstraints(
      TrainingOptions.Leaves leaves,
      Task task,
      SolverKind solver,
      Activation activation,
      GateSampler sampler,
      int gates,
      int mostLeaves,
      List<Integer> widths,
      int rank) {
    if (leaves.constraints().none()) {
      return;
    }
    boolean ordered = leaves.constraints().ordered();
    String set = (ordered ? "monotoneConstraints" : "interactionConstraints") + " is set and ";
    String held = ": trees of constant leaves alone are held to it; ";
    refuse(
        ordered && task == Task.MULTICLASS,
        set
            + "labels have more than two classes: what rises or falls is the log-odds of two; unset"
            + " monotoneConstraints, or tell two classes apart");
    refuse(
        leaves.model().filter(m -> m == LeafModel.LINEAR).isPresent(),
        set
            + "leafModel is 'linear', or linearSkip is true"
            + held
            + "use leafModel 'constant' or 'auto', and leave linearSkip unset");
    refuse(
        activation == Activation.RELU,
        set + "activation is 'relu'" + held + "use activation 'gated'");
    refuse(
        sampler != GateSampler.AUTO && sampler != GateSampler.TREES,
        set
            + "gateSampler is '"
            + word(sampler)
            + "'"
            + held
            + "use gateSampler 'auto' or 'trees'");
    refuse(gates > 0, set + "numGates is " + gates + held + "leave numGates automatic");
    refuse(
        mostLeaves > TrainingOptions.MOST_CONSTANT_LEAVES,
        set
            + "numLeaves is "
            + mostLeaves
            + ": trees of constant leaves have at most "
            + TrainingOptions.MOST_CONSTANT_LEAVES
            + "; lower numLeaves");
    refuse(!widths.isEmpty(), set + "layerWidths is " + widths + held + "leave layerWidths empty");
    refuse(rank > 0, set + "patternRank is " + rank + held + "set patternRank to 0");
    refuse(
        solver != SolverKind.AUTO && solver != SolverKind.ADMM,
        set
            + "solver is '"
            + solver.name().toLowerCase(Locale.ROOT)
            + "', which knows no constraints; use solver 'auto' or 'admm'");
  }

  /** Gates are held to a span where they are dense half-spaces in coordinates that have one. */
  static void ofPatternRank(
      int rank, GateSampler sampler, boolean trees, Normalization normalization) {
    if (rank == 0) {
      return;
    }
    String set = "patternRank (" + rank + ") is set with ";
    switch (sampler) {
      case AUTO, GAUSSIAN, SPHERE ->
          refuse(
              trees,
              set + "numTrees and numLeaves, but trees split columns: unset them, or patternRank");
      case TREES, COLUMNS, MIXED, PRICED ->
          refuse(
              true,
              set
                  + "gateSampler '"
                  + word(sampler)
                  + "', whose gates are not held to a span: use gaussian, sphere or auto");
    }
    refuse(
        normalization == Normalization.WHITEN,
        set
            + "normalization 'whiten', after which no direction leads: use standardize, pca, none or"
            + " auto");
  }

  /** The half-spaces of sub-networks are Gaussian, in one group each. */
  static void ofLayers(
      List<Integer> widths,
      GateSampler sampler,
      int trees,
      int leaves,
      boolean perClass,
      int rank) {
    if (widths.isEmpty()) {
      return;
    }
    String set = "layerWidths is " + widths + " and ";
    String unset = "leave layerWidths empty";
    refuse(
        sampler != GateSampler.AUTO && sampler != GateSampler.GAUSSIAN,
        set
            + "gateSampler is "
            + word(sampler)
            + ": sub-networks are drawn gaussian; use auto or gaussian, or "
            + unset);
    refuse(
        trees > 0 || leaves > 0,
        set
            + trees(trees, leaves)
            + ": there are no trees beside sub-networks; set it to 0, or "
            + unset);
    refuse(
        rank > 0,
        set + "patternRank is " + rank + ": it is for two layers; set it to 0, or " + unset);
    refuse(
        perClass,
        set
            + "perClassGroups is true: a sub-network has one norm over its paths and classes; set"
            + " it to false, or "
            + unset);
  }

  /** Plain ReLU neurons are half-spaces of two layers with one Euclidean norm for all outputs. */
  static void ofPlainRelu(
      GateSampler sampler,
      int trees,
      int leaves,
      boolean perClass,
      GroupNorm norm,
      List<Integer> widths,
      int rank) {
    String relu = " and activation is 'relu': ";
    String gated = ", or use activation 'gated'";
    refuse(
        sampler == GateSampler.TREES || sampler == GateSampler.PRICED,
        "gateSampler is '"
            + word(sampler)
            + "'"
            + relu
            + "a plain ReLU neuron is its own half-space; use gateSampler auto, gaussian, sphere,"
            + " columns or mixed, or activation 'gated'");
    refuse(
        trees > 0 || leaves > 0,
        trees(trees, leaves)
            + relu
            + "leaves are no ReLU neurons; leave it automatic and set numGates"
            + gated);
    refuse(
        perClass,
        "perClassGroups is true"
            + relu
            + "a plain ReLU neuron has one norm for all classes; leave perClassGroups off"
            + gated);
    refuse(
        norm == GroupNorm.FUNCTION || norm == GroupNorm.SLIM,
        "groupNorm is '"
            + norm.name().toLowerCase(Locale.ROOT)
            + "'"
            + relu
            + "the penalty of a plain ReLU network is that of its weights; use groupNorm auto or"
            + " euclidean, or activation 'gated'");
    refuse(
        !widths.isEmpty(),
        "layerWidths is "
            + widths
            + relu
            + "plain ReLU networks have two layers; leave layerWidths empty"
            + gated);
    refuse(
        rank > 0,
        "patternRank is "
            + rank
            + relu
            + "plain ReLU neurons are not held to a span; set patternRank to 0"
            + gated);
  }

  /** Throws IllegalArgumentException with the message where the settings contradict each other. */
  static void refuse(boolean contradiction, String message) {
    if (contradiction) {
      throw new IllegalArgumentException(message);
    }
  }

  private static String trees(int trees, int leaves) {
    return trees > 0 ? "numTrees is " + trees : "numLeaves is " + leaves;
  }

  private static String word(GateSampler sampler) {
    return sampler.name().toLowerCase(Locale.ROOT);
  }
}
