package org.convexnn.ml;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.spark.sql.SparkSession;
import org.convexnn.solver.Objective;
import org.convexnn.solver.TrainingResult;

/**
 * Where a model comes from; saved with it.
 *
 * @param trained when, in UTC, as 2026-11-21T17:05:00Z
 * @param rows the rows trained on: those of positive weight
 * @param features their number of features
 * @param seed the seed
 * @param relativeGap the gap reached
 * @param objective the norms and rows of the objective; null of models saved without
 * @param sparkVersion the version of Spark
 * @param libraryVersion the version of this library; {@code unknown} of classes outside a jar
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Provenance(
    String trained,
    long rows,
    int features,
    long seed,
    double relativeGap,
    Objective objective,
    String sparkVersion,
    String libraryVersion) {

  /** Of a model that was trained just now. */
  static Provenance of(TrainingResult result, long seed) {
    return new Provenance(
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        result.rows(),
        result.network().features(),
        seed,
        result.certificate().relativeGap(),
        result.objective(),
        SparkSession.active().version(),
        Library.version());
  }
}
