package org.convexnn.ml;

import java.util.OptionalInt;
import org.apache.spark.ml.classification.ProbabilisticClassifier;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;
import org.convexnn.cluster.DataSummary;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.TrainingResult;

/**
 * Binary classification by a ReLU network with logistic loss, trained by convex optimization: the
 * network that {@code fit} returns comes with a certificate of how close it is to the best one for
 * its gates. Labels are 0 and 1; more classes by way of OneVsRest.
 *
 * <p>Features are vectors, dense or sparse; rows may have weights. Needs no scaled features and no
 * learning rate; by default the regularisation parameter is chosen by validation.
 */
public final class ConvexReLUClassifier
    extends ProbabilisticClassifier<Vector, ConvexReLUClassifier, ConvexReLUClassificationModel>
    implements ConvexReLUTraining<ConvexReLUClassifier>, MLWritable {

  private static final long serialVersionUID = 1L;
  private static final String LABEL_REMEDY =
      "index it with StringIndexer (strings) or cast it to double (booleans)";

  private final String uid;
  private final ParamSet params;

  /** A classifier with a random uid. */
  public ConvexReLUClassifier() {
    this(Identifiable$.MODULE$.randomUID("convexReLUClassifier"));
  }

  /** A classifier with this uid. */
  public ConvexReLUClassifier(String uid) {
    this(PendingUid.claim(uid));
  }

  private ConvexReLUClassifier(PendingUid pending) {
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
    InputColumns input = new InputColumns(schema);
    Fit.of(this, Task.BINARY).check(input, LABEL_REMEDY);
    checkClasses(input.classes(getLabelCol()));
    return super.transformSchema(schema);
  }

  private void checkClasses(OptionalInt classes) {
    if (classes.isPresent() && classes.getAsInt() != 2) {
      throw new IllegalArgumentException(
          "label column '"
              + getLabelCol()
              + "' has "
              + classes.getAsInt()
              + (classes.getAsInt() == 1 ? " class" : " classes")
              + " by its metadata: this classifier takes two, labelled 0 and 1; wrap it in OneVsRest"
              + " for more");
    }
  }

  private void checkBothClasses(DataSummary data) {
    for (int k = 0; k < 2; k++) {
      if (data.labelRows().get(k) == 0) {
        throw new IllegalArgumentException(
            "label column '"
                + getLabelCol()
                + "' is "
                + (1 - k)
                + " on all "
                + data.rows()
                + " rows of positive weight: a classifier needs rows of both classes, 0 and 1");
      }
    }
  }

  /** Trains; called by {@code fit} with the label and weight columns cast to double. */
  @Override
  public ConvexReLUClassificationModel train(Dataset<?> dataset) {
    TrainingResult result = Fit.of(this, Task.BINARY).run(dataset, this::checkBothClasses);
    ConvexReLUClassificationModel model =
        new ConvexReLUClassificationModel(uid(), result.network(), result.certificate());
    model.setSummary(ConvexReLUTrainingSummary.of(result));
    return model;
  }

  @Override
  public ConvexReLUClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  @Override
  public MLWriter write() {
    return new EstimatorWriter(this);
  }

  /** A reader of saved classifiers. */
  public static MLReader<ConvexReLUClassifier> read() {
    return new EstimatorReader<>(ConvexReLUClassifier.class, ConvexReLUClassifier::new);
  }

  /** Loads what {@code save} wrote. */
  public static ConvexReLUClassifier load(String path) {
    return read().load(path);
  }
}
