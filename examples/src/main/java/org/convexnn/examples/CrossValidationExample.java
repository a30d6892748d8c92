package org.convexnn.examples;

import java.io.IOException;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.ml.ConvexReLUClassifier;
import org.convexnn.ml.ConvexReLURegressionModel;
import org.convexnn.ml.ConvexReLURegressor;
import org.convexnn.solver.PathPoint;

/**
 * Cross-validation twice: MLlib's over a grid of any Params, each point with its own fits, and that of
 * the estimators, which is for beta alone and solves a path in each fold: of a regression from one pass.
 */
public final class CrossValidationExample {

  private CrossValidationExample() {}

  /** Runs; no arguments. */
  public static void main(String[] arguments) throws IOException {
    try (SparkSession spark = Examples.session(CrossValidationExample.class)) {
      run(spark);
    }
  }

  /**
   * What came of it.
   *
   * @param grid MLlib's: the mean area under ROC of each point
   * @param own the regressor's
   */
  record Result(CrossValidatorModel grid, ConvexReLURegressionModel own) {}

  static Result run(SparkSession spark) {
    Dataset<Row> train = Examples.ring(spark, 600, 1);

    ConvexReLUClassifier classifier =
        new ConvexReLUClassifier().setRegRatio(0.01).setTol(0.05).setSeed(1);
    ParamMap[] grid =
        new ParamGridBuilder().addGrid(classifier.numGates(), new int[] {2, 32}).build();
    CrossValidatorModel chosen =
        new CrossValidator()
            .setEstimator(
                new Pipeline()
                    .setStages(new PipelineStage[] {Examples.assembler("x", "y"), classifier}))
            .setEvaluator(new BinaryClassificationEvaluator())
            .setEstimatorParamMaps(grid)
            .setNumFolds(2)
            .setSeed(1)
            .fit(train);
    System.out.println("MLlib's CrossValidator:");
    for (int i = 0; i < grid.length; i++) {
      System.out.printf(
          "  %2d gates: mean area under ROC %.3f%n",
          grid[i].get(classifier.numGates()).get(), chosen.avgMetrics()[i]);
    }

    ConvexReLURegressionModel own =
        new ConvexReLURegressor()
            .setNumGates(64)
            .setNumFolds(5)
            .setSeed(1)
            .fit(Examples.assembler("a", "b", "c").transform(Examples.kinks(spark, 600, 1)));
    System.out.println("numFolds of the regressor:");
    for (PathPoint p : own.summary().path()) {
      System.out.printf(
          "  beta / betaMax %.3f: mean loss %.4f, standard error %.4f%n",
          p.ratio(), p.validationLoss(), p.standardError());
    }
    System.out.println("  " + own.certificate());
    return new Result(chosen, own);
  }
}
