package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.connect.proto.Expression.Literal;
import org.apache.spark.connect.proto.Fetch;
import org.apache.spark.connect.proto.MlCommand;
import org.apache.spark.connect.proto.MlCommandResult;
import org.apache.spark.connect.proto.MlOperator;
import org.apache.spark.connect.proto.MlParams;
import org.apache.spark.connect.proto.MlRelation;
import org.apache.spark.connect.proto.ObjectRef;
import org.apache.spark.connect.proto.Read;
import org.apache.spark.connect.proto.Relation;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.connect.ml.MLHandler$;
import org.apache.spark.sql.connect.service.SessionHolder;
import org.convexnn.SparkTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of a Spark Connect client, handed to the server's own handler. */
@Tag("spark")
class ConnectTest {

  private static final String CLASSIFIER = ConvexReLUClassifier.class.getName();
  private static final String REGRESSOR = ConvexReLURegressor.class.getName();

  private final SessionHolder session =
      SessionHolder.apply(
          "user",
          UUID.randomUUID().toString(),
          (org.apache.spark.sql.classic.SparkSession) SparkTest.session());

  @TempDir Path directory;

  private MlCommandResult run(MlCommand.Builder command) {
    return MLHandler$.MODULE$.handleMlCommand(session, command.build());
  }

  private static Relation table(Dataset<Row> rows) {
    rows.createOrReplaceTempView("connected");
    return Relation.newBuilder()
        .setRead(
            Read.newBuilder()
                .setNamedTable(Read.NamedTable.newBuilder().setUnparsedIdentifier("connected")))
        .build();
  }

  private static Literal number(long value) {
    return Literal.newBuilder().setLong(value).build();
  }

  private static Literal number(double value) {
    return Literal.newBuilder().setDouble(value).build();
  }

  private static MlOperator.Builder operator(String name, MlOperator.OperatorType type) {
    return MlOperator.newBuilder().setName(name).setUid("mine").setType(type);
  }

  /** Params come as a Python client sends them: integers as longs. */
  private String fit(String estimator, Dataset<Row> rows) {
    MlCommand.Fit.Builder fit =
        MlCommand.Fit.newBuilder()
            .setEstimator(operator(estimator, MlOperator.OperatorType.OPERATOR_TYPE_ESTIMATOR))
            .setParams(
                MlParams.newBuilder()
                    .putAllParams(
                        Map.of(
                            "numGates", number(8),
                            "regRatio", number(0.1),
                            "weightCol", Literal.newBuilder().setString("weight").build())))
            .setDataset(table(rows));
    return id(run(MlCommand.newBuilder().setFit(fit)));
  }

  private static String id(MlCommandResult result) {
    return result.getOperatorInfo().getObjRef().getId();
  }

  private static ObjectRef ref(String id) {
    return ObjectRef.newBuilder().setId(id).build();
  }

  private static Fetch.Builder fetch(String id, String... methods) {
    Fetch.Builder fetch = Fetch.newBuilder().setObjRef(ref(id));
    for (String method : methods) {
      fetch.addMethods(Fetch.Method.newBuilder().setMethod(method));
    }
    return fetch;
  }

  private Literal attribute(String id, String... methods) {
    return run(MlCommand.newBuilder().setFetch(fetch(id, methods))).getParam();
  }

  private Dataset<Row> relation(MlRelation.Builder relation) {
    return MLHandler$.MODULE$.transformMLRelation(relation.build(), session);
  }

  private Dataset<Row> transform(String id, Dataset<Row> rows) {
    return relation(
        MlRelation.newBuilder()
            .setTransform(
                MlRelation.Transform.newBuilder().setObjRef(ref(id)).setInput(table(rows))));
  }

  @Test
  void aClassifierIsFittedAskedSavedAndLoaded() {
    Dataset<Row> data = Models.ring(120);
    String model = fit(CLASSIFIER, data);
    assertThat(attribute(model, "numClasses").getInteger()).isEqualTo(2);
    assertThat(attribute(model, "numFeatures").getInteger()).isEqualTo(3);
    assertThat(attribute(model, "toString").getString()).contains("certificate: objective");
    assertThat(attribute(model, "hasSummary").getBoolean()).isTrue();
    assertThat(attribute(model, "summary", "totalIterations").getInteger()).isPositive();
    double accuracy = attribute(model, "summary", "accuracy").getDouble();
    assertThat(accuracy).isBetween(0.5, 1.0);
    assertThat(attribute(model, "summary", "areaUnderROC").getDouble()).isBetween(0.5, 1.0);
    Dataset<Row> scored = transform(model, data);
    assertThat(scored.columns()).contains("rawPrediction", "probability", "prediction");
    double right =
        scored
            .selectExpr("sum(if(label = prediction, weight, 0)) / sum(weight)")
            .first()
            .getDouble(0);
    assertThat(right).isCloseTo(accuracy, within(1e-12));
    Dataset<Row> roc = relation(MlRelation.newBuilder().setFetch(fetch(model, "summary", "roc")));
    assertThat(roc.columns()).containsExactly("FPR", "TPR");
    assertThat(roc.count()).isGreaterThan(2);

    String path = directory.resolve("model").toString();
    run(
        MlCommand.newBuilder()
            .setWrite(MlCommand.Write.newBuilder().setObjRef(ref(model)).setPath(path)));
    String loaded =
        id(
            run(
                MlCommand.newBuilder()
                    .setRead(
                        MlCommand.Read.newBuilder()
                            .setOperator(
                                operator(
                                    ConvexReLUClassificationModel.class.getName(),
                                    MlOperator.OperatorType.OPERATOR_TYPE_MODEL))
                            .setPath(path))));
    assertThat(transform(loaded, data).select("probability").collectAsList())
        .isEqualTo(scored.select("probability").collectAsList());
    assertThat(attribute(loaded, "hasSummary").getBoolean()).isFalse();
  }

  /** The server keeps idle models on disk, and asks the client for the rows to make a summary again. */
  @Test
  void aModelThatLeftTheServersMemoryComesBackWithItsSummary() {
    Dataset<Row> data = Models.hinge(80);
    String model = fit(REGRESSOR, data);
    double[] history = history(model);
    assertThat(history).isNotEmpty();
    Object prediction = transform(model, data).select("prediction").collectAsList();
    session.mlCache().cachedModel().clear();
    assertThat(transform(model, data).select("prediction").collectAsList()).isEqualTo(prediction);
    assertThat(attribute(model, "hasSummary").getBoolean()).isFalse();
    run(
        MlCommand.newBuilder()
            .setCreateSummary(
                MlCommand.CreateSummary.newBuilder()
                    .setModelRef(ref(model))
                    .setDataset(table(data))));
    assertThat(attribute(model, "hasSummary").getBoolean()).isTrue();
    assertThat(history(model)).isEqualTo(history);
  }

  private double[] history(String model) {
    Literal literal = attribute(model, "summary", "objectiveHistory");
    return literal.hasSpecializedArray()
        ? literal.getSpecializedArray().getDoubles().getValuesList().stream()
            .mapToDouble(d -> d)
            .toArray()
        : literal.getArray().getElementsList().stream().mapToDouble(Literal::getDouble).toArray();
  }

  @Test
  void anEstimatorIsSavedAndLoaded() {
    String path = directory.resolve("estimator").toString();
    run(
        MlCommand.newBuilder()
            .setWrite(
                MlCommand.Write.newBuilder()
                    .setOperator(
                        operator(REGRESSOR, MlOperator.OperatorType.OPERATOR_TYPE_ESTIMATOR))
                    .setParams(MlParams.newBuilder().putParams("numGates", number(5)))
                    .setPath(path)));
    MlCommandResult read =
        run(
            MlCommand.newBuilder()
                .setRead(
                    MlCommand.Read.newBuilder()
                        .setOperator(
                            operator(REGRESSOR, MlOperator.OperatorType.OPERATOR_TYPE_ESTIMATOR))
                        .setPath(path)));
    assertThat(read.getOperatorInfo().getUid()).isEqualTo("mine");
    assertThat(read.getOperatorInfo().getParams().getParamsOrThrow("numGates").getInteger())
        .isEqualTo(5);
  }

  /** What the server's list of attributes leaves out, said here so that a change is noticed. */
  @Test
  void theCertificateIsReachedByToStringAlone() {
    String model = fit(REGRESSOR, Models.hinge(60));
    assertThatThrownBy(() -> attribute(model, "certificate")).hasMessageContaining("certificate");
    assertThatThrownBy(() -> attribute(model, "summary", "r2")).hasMessageContaining("r2");
    assertThat(attribute(model, "toString").getString()).contains("relative gap");
  }
}
