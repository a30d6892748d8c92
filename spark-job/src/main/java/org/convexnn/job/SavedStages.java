package org.convexnn.job;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.feature.ImputerModel;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.feature.OneHotEncoderModel;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.ml.feature.StringIndexerModel;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.ml.ConvexReLUClassificationModel;
import org.convexnn.ml.ConvexReLURegressionModel;

/**
 * The classes that a saved pipeline names. Spark loads whatever class of the class path a stage
 * names, and calls it: here they are looked at first.
 */
final class SavedStages {

  private static final Set<String> WRITTEN =
      Stream.of(
              SQLTransformer.class,
              ImputerModel.class,
              StringIndexerModel.class,
              OneHotEncoderModel.class,
              VectorAssembler.class,
              ConvexReLUClassificationModel.class,
              ConvexReLURegressionModel.class,
              IndexToString.class)
          .map(Class::getName)
          .collect(Collectors.toUnmodifiableSet());

  private SavedStages() {}

  /**
   * Refuses a pipeline with a stage that {@code train} does not write.
   *
   * @throws JobException naming the class
   * @throws IOException where the folder of stages cannot be listed
   */
  static void check(SparkSession spark, Path pipeline) throws IOException {
    List<Path> whole = List.of(pipeline);
    refuseOthers(spark, whole, Set.of(PipelineModel.class.getName()));
    for (Row row :
        metadata(spark, whole, "paramMap STRUCT<stageUids: ARRAY<STRING>>")
            .selectExpr("explode(paramMap.stageUids)")
            .collectAsList()) {
      // A stage's folder has its name.
      if (row.isNullAt(0) || row.getString(0).contains("/")) {
        throw new JobException("it has a stage of the name '" + row.get(0) + "'");
      }
    }
    Path stages = new Path(pipeline, "stages");
    FileSystem files = stages.getFileSystem(spark.sparkContext().hadoopConfiguration());
    refuseOthers(
        spark, Arrays.stream(files.listStatus(stages)).map(FileStatus::getPath).toList(), WRITTEN);
  }

  private static void refuseOthers(SparkSession spark, List<Path> saved, Set<String> allowed) {
    for (Row row : metadata(spark, saved, "class STRING").collectAsList()) {
      if (row.isNullAt(0) || !allowed.contains(row.getString(0))) {
        throw new JobException(
            "it holds a "
                + row.get(0)
                + ", which no train command writes; nothing of it was loaded");
      }
    }
  }

  private static Dataset<Row> metadata(SparkSession spark, List<Path> saved, String schema) {
    String[] paths =
        saved.stream().map(path -> new Path(path, "metadata").toString()).toArray(String[]::new);
    return spark.read().schema(schema).json(paths);
  }
}
