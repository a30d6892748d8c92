package org.convexnn.ml;

import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.cluster.DataColumns;
import org.convexnn.cluster.Packing;
import org.convexnn.cluster.RddRows;
import org.convexnn.ml.params.InputColumns;
import org.convexnn.network.ReluNetwork;
import org.convexnn.relu.NetworkCertificate;
import org.convexnn.relu.PriceSearch;
import org.convexnn.relu.ReluProblem;
import org.convexnn.solver.TrainingOptions.Task;

/**
 * Certifies a two-layer ReLU network that was trained elsewhere, on the rows of a Dataset: how far its
 * objective is at most from the best one of any network of any width. Features and labels count as
 * they are; with W the sum of the rows' weights and b0 the constant model (weighted mean, log-odds,
 * logarithms of the classes' shares) the objective is
 *
 * <pre>(1/W) sum w l(f) + regParam sum_j ||(v_j, b_j)||_2 ||a_j||_2 + (skipRidge/2) (||w0||^2 + ||b2 - b0||^2)</pre>
 *
 * with l squared loss {@code (f - y)^2 / 2}, logistic or softmax loss. regParam is the weight of {@code
 * 1/2 (||W1||^2 + ||b1||^2 + ||W2||^2)} beside the mean loss: weight decay.
 *
 * @param featuresCol name of the column of feature vectors
 * @param labelCol name of the label column; classes are 0, 1, ...
 * @param weightCol name of the weight column, where there is one
 * @param task the kind of label; with two outputs BINARY is softmax of two classes
 * @param regParam beta, positive
 * @param skipRidge ridge on skip and output biases, positive
 * @param search for directions that would improve the network
 */
public record NetworkCertifier(
    String featuresCol,
    String labelCol,
    Optional<String> weightCol,
    Task task,
    double regParam,
    double skipRidge,
    PriceSearch search) {

  private static final int BLOCK_SIZE_AUTOMATIC = 0;
  private static final int AGGREGATION_DEPTH = 2;

  /**
   * Certifies a network. Its linear skip is free in the program where it has one.
   *
   * @param dataset has the columns
   * @throws IllegalArgumentException for rows that cannot be used, naming the first, and where network
   *     and rows do not fit
   */
  public NetworkCertificate certify(Dataset<?> dataset, ReluNetwork network) {
    InputColumns input = new InputColumns(dataset.schema());
    input.checkFeatures(featuresCol);
    input.checkLabel(labelCol, "index classes with StringIndexer, cast numbers to double");
    weightCol.ifPresent(input::checkWeight);
    Task loss = task == Task.BINARY && network.outputs() == 2 ? Task.MULTICLASS : task;
    int classes =
        switch (loss) {
          case BINARY -> 2;
          case MULTICLASS -> network.outputs();
          case REGRESSION -> 0;
        };
    Packing packing =
        new Packing(
            new DataColumns(featuresCol, labelCol, weightCol, input.featureNames(featuresCol)),
            classes,
            BLOCK_SIZE_AUTOMATIC,
            AGGREGATION_DEPTH);
    Column weights = weightCol.map(functions::col).orElse(functions.lit(1.0));
    Dataset<Row> selected =
        dataset.select(
            functions.col(featuresCol),
            functions.col(labelCol).cast("double"),
            weights.cast("double"));
    boolean skip = Arrays.stream(network.skip()).anyMatch(w -> w != 0);
    try (RddRows rows = RddRows.pack(selected.toJavaRDD(), packing);
        ReluProblem problem =
            ReluProblem.of(rows, loss, skipRidge, new ReluProblem.Terms(true, skip, true))) {
      return NetworkCertificate.of(problem, problem.withoutOffset(network), regParam, search);
    }
  }
}
