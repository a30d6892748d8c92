package org.convexnn.cli.benchmark;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructType;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.cli.table.RowColumns;
import org.convexnn.linalg.CounterRandom;

/** Data sets that executors make up, each row from the seed and its own number alone. */
public final class GeneratedRows {

  /** Rows of a partition, where there are enough. */
  private static final long PARTITION_ROWS = 250_000;

  private GeneratedRows() {}

  /** Fills a row's features and gives its label. */
  public interface Recipe extends Serializable {

    /** d. */
    int features();

    /** How many classes there are; 0 where labels are numbers. */
    int classes();

    /** Fills x, d numbers, and gives the label. */
    double fill(CounterRandom random, double[] x);
  }

  /**
   * Noisy XOR: four Gaussian clusters around (+-m, +-m) in the first two of 20 dimensions, noise in
   * the others; the label is the XOR of the two coordinates' signs, and 15 % of labels are flipped.
   * No linear model does better than chance; no model does better than 0.85.
   */
  public record NoisyXor() implements Recipe {

    private static final int FEATURES = 20;
    private static final double CENTRE = 3;
    private static final double FLIPPED = 0.15;

    @Override
    public int features() {
      return FEATURES;
    }

    @Override
    public int classes() {
      return 2;
    }

    @Override
    public double fill(CounterRandom random, double[] x) {
      for (int j = 0; j < FEATURES; j++) {
        double centre = j >= 2 ? 0 : random.nextDouble() < 0.5 ? -CENTRE : CENTRE;
        x[j] = centre + random.nextGaussian();
      }
      boolean label = (x[0] >= 0) != (x[1] >= 0);
      boolean flip = random.nextDouble() < FLIPPED;
      return label != flip ? 1 : 0;
    }
  }

  /** Fills a row with normal single-precision numbers; a function of the first seven that bends. */
  private static double bent(CounterRandom random, double[] x) {
    for (int j = 0; j < x.length; j++) {
      x[j] = (float) random.nextGaussian();
    }
    return Math.abs(x[0]) - Math.abs(x[1] + x[2]) + x[3] * x[4] + 0.5 * x[5] - 0.5 * x[6];
  }

  /**
   * 28 single-precision features, like those of the HIGGS data, and a function of them that bends:
   * the log-odds of two classes; or a number with standard normal noise, as it is or cut at -1 and 1
   * into three classes.
   *
   * @param task what its labels are
   */
  public record Bent(LearningTask task) implements Recipe {

    /** What labels can be. */
    public static final List<LearningTask> TASKS =
        List.of(LearningTask.BINARY, LearningTask.MULTICLASS, LearningTask.REGRESSION);

    private static final int FEATURES = 28;

    @Override
    public int features() {
      return FEATURES;
    }

    @Override
    public int classes() {
      return switch (task) {
        case BINARY -> 2;
        case MULTICLASS -> 3;
        default -> 0;
      };
    }

    @Override
    public double fill(CounterRandom random, double[] x) {
      double bent = bent(random, x);
      return switch (task) {
        case BINARY -> random.nextDouble() < 1 / (1 + StrictMath.exp(-bent)) ? 1 : 0;
        case MULTICLASS -> 1 + cut(bent + random.nextGaussian());
        default -> bent + random.nextGaussian();
      };
    }

    /** -1, 0 or 1. */
    private static int cut(double x) {
      return x < -1 ? -1 : x > 1 ? 1 : 0;
    }
  }

  /**
   * 41 features and very unequal classes: cuts of a bent function of the features, or of noise in one row
   * of ten. Shares of classes fall by one factor from each to the next, {@value #RARITY} decades from the
   * first to the last, which a few rows of 400,000 are in.
   *
   * @param classes their number, 3 or more
   */
  public record Unequal(int classes) implements Recipe {

    private static final int FEATURES = 41;
    private static final double RARITY = 4.5;
    private static final double NOISE = 0.1;

    @Override
    public int features() {
      return FEATURES;
    }

    @Override
    public double fill(CounterRandom random, double[] x) {
      double bent = bent(random, x);
      double share = random.nextDouble();
      if (random.nextDouble() >= NOISE) {
        share = 1 / (1 + StrictMath.exp(-bent));
      }
      // Class k ends at share 1 - factor^(k + 1).
      double factor = StrictMath.pow(10, -RARITY / (classes - 1));
      return Math.min(
          classes - 1.0, Math.floor(StrictMath.log(1 - share) / StrictMath.log(factor)));
    }
  }

  /** Rows first to first + count - 1 of a data set; nothing is computed before it is used. */
  public static Dataset<Row> of(
      SparkSession spark, Recipe recipe, long seed, long first, long count, int partitions) {
    return spark.createDataFrame(
        spark.range(first, first + count, 1, partitions).toJavaRDD().map(new Maker(recipe, seed)),
        schema(recipe));
  }

  /** Rows of a recipe, in partitions of up to {@value #PARTITION_ROWS} rows. */
  public static Dataset<Row> of(
      SparkSession spark, Recipe recipe, long seed, long first, long count) {
    int partitions =
        (int) Math.max(spark.sparkContext().defaultParallelism(), count / PARTITION_ROWS);
    return of(spark, recipe, seed, first, count, partitions);
  }

  /** The label knows how many classes there are, as if StringIndexer had made it. */
  private static StructType schema(Recipe recipe) {
    Metadata label =
        recipe.classes() > 0
            ? NominalAttribute.defaultAttr()
                .withName(RowColumns.LABEL)
                .withNumValues(recipe.classes())
                .toMetadata()
            : Metadata.empty();
    return new StructType()
        .add(RowColumns.FEATURES, SQLDataTypes.VectorType(), false)
        .add(RowColumns.LABEL, DataTypes.DoubleType, false, label)
        .add(RowColumns.WEIGHT, DataTypes.DoubleType, false);
  }

  private static final class Maker implements Function<Long, Row> {

    private static final long serialVersionUID = 1L;
    private final Recipe recipe;
    private final long seed;

    private Maker(Recipe recipe, long seed) {
      this.recipe = recipe;
      this.seed = seed;
    }

    @Override
    public Row call(Long number) {
      double[] x = new double[recipe.features()];
      double label = recipe.fill(new CounterRandom(seed, number), x);
      return RowFactory.create(Vectors.dense(x), label, 1.0);
    }
  }
}
