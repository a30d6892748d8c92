package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TraceRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who is set to hear of a fit hears all of it. */
@Tag("spark")
class ProgressTest {

  /** Keeps what it hears. */
  private static final class Listener implements Progress {

    final List<TraceRecord> iterations = new ArrayList<>();
    final List<String> messages = new ArrayList<>();
    final List<Double> tolerances = new ArrayList<>();
    final List<Double> lastPasses = new ArrayList<>();

    @Override
    public void iteration(TraceRecord trace) {
      iterations.add(trace);
    }

    @Override
    public void message(String text) {
      messages.add(text);
    }

    @Override
    public void finalFit(double tol, double lastPass) {
      tolerances.add(tol);
      lastPasses.add(lastPass);
    }
  }

  private final Listener listener = new Listener();

  /** y = |x|, and whether it is above 1. */
  private static Dataset<Row> rows() {
    List<Row> rows =
        IntStream.range(0, 60)
            .mapToObj(i -> -2 + i / 15.0)
            .map(x -> RowFactory.create(Vectors.dense(x), Math.abs(x), Math.abs(x) > 1 ? 1.0 : 0.0))
            .toList();
    StructType schema =
        new StructType()
            .add("features", SQLDataTypes.VectorType())
            .add("label", DataTypes.DoubleType)
            .add("class", DataTypes.DoubleType);
    return SparkTest.session().createDataFrame(rows, schema).coalesce(2);
  }

  @Test
  void hearsTheWholeFit() {
    ConvexReLUClassificationModel model =
        new ConvexReLUClassifier()
            .setLabelCol("class")
            .setNumGates(8)
            .setSolver("lbfgs")
            .setRegRatio(0.05)
            .setTol(0.01)
            .setMaxIter(77)
            .setProgress(listener)
            .fit(rows());
    assertThat(listener.iterations).isEqualTo(model.summary().trace()).hasSizeGreaterThan(1);
    assertThat(listener.messages.get(0)).startsWith("training on 60 rows of 1 features");
    assertThat(listener.messages).anyMatch(m -> m.startsWith("certificate: "));
    // A little below tol, so that the certificate's own pass does not miss it.
    assertThat(listener.tolerances).hasSize(1);
    assertThat(listener.tolerances.get(0)).isEqualTo(0.01, within(1e-3)).isLessThanOrEqualTo(0.01);
    double before = listener.iterations.get(0).passes();
    assertThat(listener.lastPasses.get(0)).isBetween(77.0, 77 + before);
  }

  @Test
  void hearsOfAFitThatGoesOn() {
    ConvexReLURegressor regressor = new ConvexReLURegressor().setNumGates(8).setRegRatio(0.05);
    ConvexReLURegressionModel model = regressor.fit(rows());
    ConvexReLURegressionModel next =
        new ConvexReLURegressor()
            .setSolver("lbfgs")
            .setInitialModel(model)
            .setProgress(listener)
            .fit(rows());
    assertThat(listener.iterations).isEqualTo(next.summary().trace()).isNotEmpty();
  }

  @Test
  void hearsOfOnePass() {
    ConvexReLURegressor regressor = new ConvexReLURegressor().setNumGates(8).setProgress(listener);
    List<ConvexReLURegressionModel> path = regressor.fitPath(rows(), 0.3, 0.03);
    assertThat(path).hasSize(2);
    int heard = listener.iterations.size();
    assertThat(heard).isPositive();
    regressor.statistics(rows()).fitPath(0.1);
    assertThat(listener.iterations).hasSizeGreaterThan(heard);
  }

  @Test
  void isOfOneEstimatorAlone() {
    ConvexReLURegressor regressor = new ConvexReLURegressor().setProgress(listener);
    assertThat(regressor.progress()).isSameAs(listener);
    assertThat(regressor.copy(new ParamMap()).progress()).isInstanceOf(LoggedProgress.class);
    assertThat(new ConvexReLUClassifier().progress()).isInstanceOf(LoggedProgress.class);
  }
}
