package org.convexnn.ml;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.ml.io.CertificateJson;
import org.convexnn.ml.io.SavedMetadata;
import org.convexnn.ml.io.TrainingFile;

/**
 * The column {@code trainingCol}: how a model was trained, as JSON, the same on every row. Spark
 * Connect's server lets clients transform with a model but not ask it for its certificate: this is how
 * they come by it.
 */
final class TrainingColumn {

  private TrainingColumn() {}

  /** The rows with the column, where the model has a name for it. */
  static Dataset<Row> add(ConvexReLUModel<?> model, Dataset<Row> rows) {
    return model
        .trainingColumn()
        .map(name -> rows.withColumn(name, functions.lit(json(model))))
        .orElse(rows);
  }

  /** Certificate, provenance and, of a model that has a summary, its training. */
  private static String json(ConvexReLUModel<?> model) {
    ObjectNode told = SavedMetadata.object();
    told.set("certificate", CertificateJson.encode(model.certificate()));
    model.provenance().ifPresent(p -> told.set("provenance", SavedMetadata.json(p)));
    if (model.hasSummary()) {
      told.set("training", TrainingFile.json(model.summary().training()));
    }
    return told.toString();
  }
}
