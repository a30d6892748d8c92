package org.convexnn.ml;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.convexnn.ml.io.StatisticsFile;
import org.convexnn.solver.gram.GramStatistics;

/**
 * All that squared loss needs to know of some rows: for each fold the sums {@code F'WF, F'Wy, y'Wy,
 * W, n} over the rows F of all gates' copies of the features, Q = (numGates + 1)(numFeatures + 1)
 * columns. Models for every regularisation parameter are solved from them on the driver, without
 * another look at the rows.
 *
 * <p>Feature map, gates, norms, folds and label units are fixed by the first rows. Sums of later
 * rows on the same basis can be added, so that the network is trained again without the old rows:
 *
 * <pre>{@code
 * regressor.statistics(january).save("january");
 * regressor.loadStatistics("january").add(february).fitPath(0.01)
 * }</pre>
 *
 * <p>Solves follow the Params of the regressor: {@code skipRidge}, {@code fitIntercept}, {@code
 * linearSkip}, {@code maxIter}, {@code tol}; new rows are read from its columns. Immutable otherwise.
 */
public final class ConvexReLURegressionStatistics {

  private final ConvexReLURegressor regressor;
  private final GramStatistics sums;

  ConvexReLURegressionStatistics(ConvexReLURegressor regressor, GramStatistics sums) {
    this.regressor = regressor;
    this.sums = sums;
  }

  GramStatistics sums() {
    return sums;
  }

  /** The number of rows of positive weight. */
  public long rows() {
    return sums.rows();
  }

  /** The sum of their weights. */
  public double weight() {
    return sums.weight();
  }

  /** The number of folds; a row's fold is a hash of its features and label. */
  public int numFolds() {
    return sums.folds();
  }

  /** The number of gates. */
  public int numGates() {
    return sums.basis().gates().size();
  }

  /** The number of features. */
  public int numFeatures() {
    return sums.basis().map().features();
  }

  /**
   * The statistics of other rows alone, on the same feature map, gates, norms and folds. One pass.
   *
   * @throws IllegalArgumentException for rows that {@code fit} refuses, and of another number of
   *     features
   */
  public ConvexReLURegressionStatistics collect(Dataset<?> dataset) {
    return with(new OnePassRegression(regressor).sums(dataset, sums));
  }

  /**
   * The statistics of these rows and others together.
   *
   * @throws IllegalArgumentException where the others are of other gates, feature maps, label units
   *     or folds: they must come from one first {@code statistics}
   */
  public ConvexReLURegressionStatistics merge(ConvexReLURegressionStatistics other) {
    return with(sums.plus(other.sums));
  }

  /** The statistics of these rows and new ones together; {@link #collect} and {@link #merge}. */
  public ConvexReLURegressionStatistics add(Dataset<?> dataset) {
    return merge(collect(dataset));
  }

  /**
   * The statistics of these rows without others, which must be among them, exact to rounding: {@code
   * add} and then {@code subtract} gives the old sums to some ulps.
   *
   * @throws IllegalArgumentException as {@link #merge}; where the others cannot be among these rows, as
   *     far as counts and sums of squares tell; where so little would remain of the rows, or of one
   *     column, that the difference of sums is rounding errors
   */
  public ConvexReLURegressionStatistics subtract(ConvexReLURegressionStatistics other) {
    return with(sums.minus(other.sums));
  }

  /**
   * The statistics without rows that were added, with the labels and weights they had: {@link #collect}
   * and {@link #subtract}. Models of what remains have certificates as others do.
   */
  public ConvexReLURegressionStatistics remove(Dataset<?> dataset) {
    return subtract(collect(dataset));
  }

  private ConvexReLURegressionStatistics with(GramStatistics others) {
    return new ConvexReLURegressionStatistics(regressor, others);
  }

  /**
   * One model for each ratio beta / betaMax, without a pass.
   *
   * @param ratios in (0, 1], in any order
   * @return the models in the order of the ratios; {@code getRegRatio} of each is its ratio
   * @throws IllegalArgumentException where ratios or Params do not allow it
   */
  public List<ConvexReLURegressionModel> fitPath(double... ratios) {
    return new OnePassRegression(regressor).path(sums, ratios);
  }

  /**
   * The model with the regularisation parameter of the lowest mean loss of cross-validation over the
   * folds, without a pass. The losses are the {@code path()} of its summary.
   *
   * @throws IllegalArgumentException where there are fewer than 2 folds: set {@code numFolds} before
   *     the statistics are collected
   */
  public ConvexReLURegressionModel crossValidate() {
    return new OnePassRegression(regressor).crossValidated(sums);
  }

  /**
   * Saves the statistics as one file on any Hadoop file system, which appears whole or not at all.
   *
   * @throws IllegalArgumentException where the path exists: nothing is replaced
   */
  public void save(String path) {
    StatisticsFile.of(path).write(sums);
  }

  @Override
  public String toString() {
    return "ConvexReLURegressionStatistics: "
        + rows()
        + " rows, "
        + numFeatures()
        + " features, "
        + numGates()
        + " gates, "
        + numFolds()
        + (numFolds() == 1 ? " fold" : " folds");
  }
}
