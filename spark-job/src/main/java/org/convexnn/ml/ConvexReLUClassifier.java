package org.convexnn.ml;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.apache.spark.ml.classification.ProbabilisticClassifier;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;
import org.convexnn.cluster.DataSummary;
import org.convexnn.cluster.Packing;
import org.convexnn.ml.params.InputColumns;
import org.convexnn.ml.params.ParamText;
import org.convexnn.ml.params.ParamValidator;
import org.convexnn.ml.params.PendingUid;
import org.convexnn.ml.params.PresentClasses;
import org.convexnn.solver.TrainingOptions.Task;
import org.convexnn.solver.TrainingResult;

/**
 * Classification by a ReLU network, trained by convex optimization: the network that {@code fit}
 * returns comes with a certificate of how close it is to the best one for its gates.
 *
 * <p>Labels are 0, 1, .. C - 1. Two classes are learnt with logistic loss and one output, more with
 * softmax loss and C outputs that share their gates. C is what the label column's metadata tells
 * (StringIndexer writes it), else the largest label + 1; each class needs a row of positive weight.
 *
 * <p>Features are vectors, dense or sparse; rows may have weights. Needs no scaled features and no
 * learning rate; by default the regularisation parameter is chosen by validation.
 */
public final class ConvexReLUClassifier
    extends ProbabilisticClassifier<Vector, ConvexReLUClassifier, ConvexReLUClassificationModel>
    implements ConvexReLUTraining<ConvexReLUClassifier>, MLWritable {

  private static final long serialVersionUID = 1L;
  static final String LABEL_REMEDY =
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

  private static final int SHOWN_CLASSES = 5;

  @Override
  public String uid() {
    return uid != null ? uid : PendingUid.current();
  }

  @Override
  public ParamSet paramSet() {
    return params;
  }

  /** As MLlib's, but of arrays the numbers. */
  @Override
  public String explainParam(Param<?> param) {
    return ParamText.of(this, param);
  }

  /** Sets one threshold for each class; the largest probability / threshold is predicted. */
  @Override
  public ConvexReLUClassifier setThresholds(double[] value) {
    return super.setThresholds(ParamValidator.thresholds(value));
  }

  /**
   * Sets the model that training goes on from, see {@link #setInitialModel(String)}; a path that was
   * set is unset. It is not saved with the estimator: {@code save} refuses.
   */
  public ConvexReLUClassifier setInitialModel(ConvexReLUClassificationModel model) {
    return InitialModel.give(this, model);
  }

  /** Checks column types and Params, before any job. */
  @Override
  public StructType transformSchema(StructType schema) {
    InputColumns input = new InputColumns(schema);
    EstimatorFit.of(this).check(input, Task.BINARY, LABEL_REMEDY);
    OptionalInt known = input.classes(getLabelCol());
    checkKnown(known);
    ClassWeights weights = ClassWeights.of(this, input, getLabelCol());
    known.ifPresent(weights::check);
    Map<String, String> outputs =
        ConvexReLUClassificationModel.outputs(
            getRawPredictionCol(), getProbabilityCol(), getPredictionCol());
    outputs.put("contributionsCol", contributionsColumn().orElse(""));
    outputs.put("predictionSetCol", predictionSetColumn().orElse(""));
    input.checkOutputs(outputs);
    FeatureColumns features = FeatureColumns.of(this);
    StructType extended =
        features.ofRows(schema, super.transformSchema(features.withVectors(schema)));
    int classes = known.orElse(2);
    return PredictionSets.in(
        ContributionsColumn.in(extended, this, classes == 2 ? 1 : classes), this);
  }

  /** One threshold for each class, as MLlib would say when the model transforms. */
  private void checkThresholds(int classes) {
    if (isDefined(thresholds()) && getThresholds().length != classes) {
      throw new IllegalArgumentException(
          "thresholds has "
              + getThresholds().length
              + " numbers, label column '"
              + getLabelCol()
              + "' "
              + classes
              + " classes: give one number for each class");
    }
  }

  private void checkKnown(OptionalInt classes) {
    if (classes.isPresent()
        && (classes.getAsInt() < 2 || classes.getAsInt() > Packing.MOST_CLASSES)) {
      throw new IllegalArgumentException(
          "label column '"
              + getLabelCol()
              + "' has "
              + classes.getAsInt()
              + (classes.getAsInt() == 1 ? " class" : " classes")
              + " by its metadata: a classifier takes from 2 to "
              + Packing.MOST_CLASSES
              + ", labelled 0, 1, 2, ...; index the label again with StringIndexer");
    }
    classes.ifPresent(this::checkThresholds);
  }

  /**
   * Two classes or more, by the metadata or else the largest label.
   *
   * @throws PresentClasses.Found where some of them have no rows
   */
  private Task task(DataSummary data, InputColumns input) {
    List<Long> rows = data.labelRows();
    OptionalInt known = input.classes(getLabelCol());
    long present = rows.stream().filter(n -> n > 0).count();
    if (present == 1) {
      throw new IllegalArgumentException(
          "label column '"
              + getLabelCol()
              + "' is "
              + input.className(getLabelCol(), rows.size() - 1)
              + " on all "
              + data.rows()
              + " rows of positive weight: a classifier needs rows of two classes at least");
    }
    int classes = known.orElse(rows.size());
    checkThresholds(classes);
    ClassWeights.of(this, input, getLabelCol()).check(classes);
    PresentClasses found = PresentClasses.of(rows, classes);
    if (!found.all()) {
      throw new PresentClasses.Found(found);
    }
    return classes == 2 ? Task.BINARY : Task.MULTICLASS;
  }

  /** Trains; called by {@code fit} with the label and weight columns cast to double. */
  @Override
  public ConvexReLUClassificationModel train(Dataset<?> dataset) {
    if (!calibrates()) {
      return trained(dataset);
    }
    CalibrationRows rows = CalibrationRows.of(this, dataset);
    ConvexReLUClassificationModel model = trained(rows.training());
    return model
        .withCalibration(rows.calibration())
        .summarized(model.summary().training(), Optional.of(rows.training()));
  }

  private ConvexReLUClassificationModel trained(Dataset<?> dataset) {
    InputColumns input = new InputColumns(dataset.schema());
    int most = input.classes(getLabelCol()).orElse(Packing.MOST_CLASSES);
    Optional<InitialModel> initial = InitialModel.of(this, ConvexReLUClassificationModel.read());
    try {
      TrainingResult result =
          EstimatorFit.of(this)
              .weighted(ClassWeights.of(this, input, getLabelCol()))
              .run(dataset, most, data -> task(data, input), initial);
      return model(result, dataset);
    } catch (PresentClasses.Found found) {
      return trainOn(found.classes(), dataset, input, initial);
    }
  }

  /** Trains where some classes have no rows. */
  private ConvexReLUClassificationModel trainOn(
      PresentClasses classes,
      Dataset<?> dataset,
      InputColumns input,
      Optional<InitialModel> initial) {
    if (initial.isPresent()) {
      throw new IllegalArgumentException(
          "label column '"
              + getLabelCol()
              + "' has no row of class "
              + input.className(getLabelCol(), classes.missing()[0])
              + ", and training goes on from a model (initialModel) of all classes: unset"
              + " initialModel, or give rows of each class");
    }
    progress()
        .message(
            "label column '"
                + getLabelCol()
                + "': "
                + Arrays.stream(classes.missing())
                    .limit(SHOWN_CLASSES)
                    .mapToObj(k -> "class " + input.className(getLabelCol(), k))
                    .collect(Collectors.joining(", "))
                + (classes.missing().length > SHOWN_CLASSES ? ", ..." : "")
                + " without rows of positive weight: left out of training, of probability 0");
    int present = classes.present().length;
    TrainingResult result =
        EstimatorFit.of(this)
            .weighted(ClassWeights.of(this, input, getLabelCol()).of(classes.present()))
            .run(
                classes.renumbered(dataset, getLabelCol()),
                present,
                data -> present == 2 ? Task.BINARY : Task.MULTICLASS,
                initial);
    return model(result.with(classes.spread(result.network())), dataset);
  }

  private ConvexReLUClassificationModel model(TrainingResult result, Dataset<?> dataset) {
    return copyValues(
            new ConvexReLUClassificationModel(
                uid(),
                result.network(),
                result.marginals(),
                result.certificate(),
                Optional.of(Provenance.of(result, getSeed()))),
            new ParamMap())
        .summarized(result, Optional.of(dataset.toDF()));
  }

  @Override
  public ConvexReLUClassifier copy(ParamMap extra) {
    return InitialModel.handOn(this, defaultCopy(extra));
  }

  /**
   * A writer.
   *
   * @throws IllegalArgumentException where training goes on from a model in memory
   */
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
