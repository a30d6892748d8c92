package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.network.LeafModel;
import org.convexnn.network.Network;
import org.convexnn.solver.StopReason;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Estimators on trees of constant leaves: categories by metadata, persistence, contradictions. */
@Tag("spark")
class ConstantLeavesTest {

  private static final StructType SCHEMA =
      new StructType()
          .add("town", DataTypes.StringType)
          .add("x", DataTypes.DoubleType)
          .add("label", DataTypes.DoubleType);

  @TempDir private Path folder;

  /** The label depends on which half of 40 towns a row is of, in no order of their names, and on x. */
  private static Dataset<Row> towns(long seed, int n, int classes) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < n; r++) {
      int town = random.nextInt(40);
      boolean good = town * 7 % 40 < 20;
      double x = random.nextGaussian();
      int label = (good ? 1 : 0) + (classes == 3 && x > 0.5 ? 1 : 0);
      rows.add(RowFactory.create("town" + town, x, (double) label));
    }
    return SparkTest.session().createDataFrame(rows, SCHEMA);
  }

  private static PipelineStage[] stages(PipelineStage estimator) {
    return new PipelineStage[] {
      new StringIndexer().setInputCol("town").setOutputCol("code").setHandleInvalid("keep"),
      new VectorAssembler().setInputCols(new String[] {"x", "code"}).setOutputCol("features"),
      estimator
    };
  }

  @Test
  void nominalAttributesAreCategoriesAndAllOfItIsSaved() throws Exception {
    for (int classes : new int[] {2, 3}) {
      Dataset<Row> train = towns(1, 3000, classes);
      PipelineModel model =
          new Pipeline().setStages(stages(new ConvexReLUClassifier().setSeed(1))).fit(train);
      ConvexReLUClassificationModel fitted = (ConvexReLUClassificationModel) model.stages()[2];
      Network network = fitted.network();
      assertThat(network.gates().forest().leafModel()).isEqualTo(LeafModel.CONSTANT);
      assertThat(network.gates().trees()).anyMatch(tree -> tree.sets().length > 0);
      assertThat(fitted.certificate().stopReason()).isEqualTo(StopReason.GAP);
      assertThat(fitted.certificate().relativeGap()).isLessThanOrEqualTo(1e-2);
      Dataset<Row> test = towns(2, 1000, classes);
      Dataset<Row> scored = model.transform(test);
      double right = scored.where("prediction = label").count() / (double) test.count();
      assertThat(right).isGreaterThan(0.97);
      String path = folder.resolve("model" + classes).toString();
      model.write().overwrite().save(path);
      PipelineModel loaded = PipelineModel.load(path);
      List<Row> before =
          model.transform(unseen(test)).select("features", "rawPrediction").collectAsList();
      List<Row> after = loaded.transform(unseen(test)).select("rawPrediction").collectAsList();
      Network.Evaluator evaluator = network.evaluator();
      double[] f = new double[network.outputs()];
      for (int r = 0; r < before.size(); r++) {
        double[] raw = ((Vector) before.get(r).get(1)).toArray();
        assertThat(((Vector) after.get(r).get(0)).toArray()).isEqualTo(raw);
        evaluator.evaluate(((Vector) before.get(r).get(0)).toArray(), f);
        assertThat(raw[raw.length - 1]).isCloseTo(f[f.length - 1], within(1e-12));
      }
      Network again = ((ConvexReLUClassificationModel) loaded.stages()[2]).network();
      assertThat(again.gates().forest().penalty())
          .usingRecursiveComparison()
          .isEqualTo(network.gates().forest().penalty());
      assertThat(again.weights()).isEqualTo(network.weights());
    }
  }

  /** Half of the towns are renamed to one that training has not seen. */
  private static Dataset<Row> unseen(Dataset<Row> rows) {
    return rows.selectExpr("if(x > 0, town, 'elsewhere') as town", "x", "label");
  }

  @Test
  void partitionsChangeNothingBeyondRounding() {
    Dataset<Row> rows = towns(3, 2000, 2);
    List<double[]> weights = new ArrayList<>();
    for (int partitions : new int[] {1, 3, 16}) {
      PipelineModel model =
          new Pipeline()
              .setStages(
                  stages(new ConvexReLUClassifier().setSeed(1).setNumTrees(20).setNumLeaves(8)))
              .fit(rows.repartition(partitions));
      weights.add(((ConvexReLUClassificationModel) model.stages()[2]).network().weights());
    }
    for (double[] others : weights) {
      assertThat(others).hasSameSizeAs(weights.get(0));
      double most = Arrays.stream(weights.get(0)).map(Math::abs).max().orElseThrow();
      for (int i = 0; i < others.length; i++) {
        assertThat(others[i]).isCloseTo(weights.get(0)[i], within(1e-6 * most));
      }
    }
  }

  @Test
  void contradictionsAreOneMessage() {
    refused(
        new ConvexReLUClassifier().setLeafModel("constant").setLinearSkip(true),
        "linearSkip is true and leafModel is 'constant'");
    refused(
        new ConvexReLUClassifier().setLeafModel("constant").setNumGates(8),
        "leafModel is 'constant' and numGates");
    refused(
        new ConvexReLUClassifier().setLeafModel("constant").setSolver("lbfgs"),
        "leafModel is 'constant' and solver is 'lbfgs'");
    refused(
        new ConvexReLUClassifier().setLeafModel("constant").setNumLeaves(1000),
        "leafModel is 'constant' and numLeaves is 1000");
    assertThatThrownBy(() -> new ConvexReLUClassifier().setElasticNetParam(1.5))
        .hasMessageContaining("elasticNetParam is 1.5; it must be in [0, 1]");
  }

  private static void refused(ConvexReLUClassifier estimator, String message) {
    assertThatThrownBy(() -> estimator.transformSchema(Models.SCHEMA))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
