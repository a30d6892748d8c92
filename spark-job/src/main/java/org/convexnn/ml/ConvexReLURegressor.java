package org.convexnn.ml;

import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.Regressor;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.TrainingResult;

/**
 * Regression by a ReLU network with squared loss, trained by convex optimization: the network that
 * {@code fit} returns comes with a certificate of how close it is to the best one for its gates.
 *
 * <p>Features are vectors, dense or sparse; rows may have weights. Needs no scaled features and no
 * learning rate; by default the regularisation parameter is chosen by validation.
 */
public final class ConvexReLURegressor
    extends Regressor<Vector, ConvexReLURegressor, ConvexReLURegressionModel>
    implements ConvexReLUTraining<ConvexReLURegressor>, MLWritable {

  private static final long serialVersionUID = 1L;
  private static final String LABEL_REMEDY =
      "cast it to double; for classes use ConvexReLUClassifier";

  private final String uid;
  private final ParamSet params;

  /** A regressor with a random uid. */
  public ConvexReLURegressor() {
    this(Identifiable$.MODULE$.randomUID("convexReLURegressor"));
  }

  /** A regressor with this uid. */
  public ConvexReLURegressor(String uid) {
    this(PendingUid.claim(uid));
  }

  private ConvexReLURegressor(PendingUid pending) {
    super();
    this.uid = pending.release();
    this.params = new ParamSet(this);
    params.setDefaults(this);
  }

  @Override
  public String uid() {
    return uid != null ? uid : PendingUid.current();
  }

  @Override
  public ParamSet paramSet() {
    return params;
  }

  /** Checks column types and Params, before any job. */
  @Override
  public StructType transformSchema(StructType schema) {
    Fit.of(this).check(new InputColumns(schema), Task.REGRESSION, LABEL_REMEDY);
    return super.transformSchema(schema);
  }

  /** Trains; called by {@code fit} with the label and weight columns cast to double. */
  @Override
  public ConvexReLURegressionModel train(Dataset<?> dataset) {
    TrainingResult result = Fit.of(this).run(dataset, 0, data -> Task.REGRESSION);
    ConvexReLURegressionModel model =
        new ConvexReLURegressionModel(uid(), result.network(), result.certificate());
    model.setSummary(ConvexReLUTrainingSummary.of(result));
    return model;
  }

  /**
   * Trains one model for each ratio beta / betaMax, all from one pass over the data: the sums that
   * squared loss needs, a matrix of Q x Q numbers with Q = (numGates + 1)(features + 1), are
   * solved on the driver. Each model has its certificate, its bounds evaluated from the same sums.
   *
   * @param ratios in (0, 1], in any order; not together with regParam or regRatio
   * @return the models in the order of the ratios; {@code getRegRatio} of each is its ratio
   * @throws IllegalArgumentException for what {@code fit} refuses, for a solver that is neither auto
   *     nor gram, and where the matrix does not fit the driver's heap
   */
  public List<ConvexReLURegressionModel> fitPath(Dataset<?> dataset, double... ratios) {
    return new OnePassRegression(this).path(dataset, ratios);
  }

  /**
   * Trains with the regularisation parameter of the lowest mean loss of K-fold cross-validation, all
   * folds and the final model from one pass over the data as in {@link #fitPath}, with K matrices.
   * Gates and feature map are those of all rows, drawn without a look at labels. The losses are the
   * {@code path()} of the model's summary.
   *
   * @param folds K, at least 2; a row's fold is a hash of its features and label, so that equal rows
   *     are in one fold
   * @throws IllegalArgumentException as {@link #fitPath}, and where gates are grown on labels
   */
  public ConvexReLURegressionModel crossValidate(Dataset<?> dataset, int folds) {
    return new OnePassRegression(this).crossValidated(dataset, folds);
  }

  @Override
  public ConvexReLURegressor copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  @Override
  public MLWriter write() {
    return new EstimatorWriter(this);
  }

  /** A reader of saved regressors. */
  public static MLReader<ConvexReLURegressor> read() {
    return new EstimatorReader<>(ConvexReLURegressor.class, ConvexReLURegressor::new);
  }

  /** Loads what {@code save} wrote. */
  public static ConvexReLURegressor load(String path) {
    return read().load(path);
  }
}
