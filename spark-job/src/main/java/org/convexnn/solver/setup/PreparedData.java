package org.convexnn.solver.setup;

import java.util.Arrays;
import java.util.Optional;
import org.convexnn.block.ColumnStats;
import org.convexnn.block.RowSelection;
import org.convexnn.linalg.RowCount;
import org.convexnn.loss.Loss;
import org.convexnn.loss.SeparableLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.solver.RankBound;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.rows.SelectedRows;

/**
 * The constant parts of a model, known after the first looks at the data.
 *
 * @param stats counts, ranges and means
 * @param map the feature map
 * @param span what gates are held to, where they are
 * @param loss the loss, on labels (label - shift) / scale; of several labels a row, shift is 0, scale 1 and
 *     the loss knows those of each
 * @param offset b0, C numbers: the constant model
 * @param shift of the label
 * @param scale of the label
 * @param rarestClass the share of the rarest class, 1 in a regression
 * @param constantLoss the loss of the constant model
 * @param dispersion there, the mean square of derivatives by the mean curvature: how many rows say what
 *     one says where it is 1, of classes and squared loss
 */
public record PreparedData(
    ColumnStats stats,
    FeatureMap map,
    Optional<PatternSpan> span,
    Loss loss,
    double[] offset,
    double shift,
    double scale,
    double rarestClass,
    double constantLoss,
    double dispersion) {

  /** These parts with the feature map clipped. */
  public PreparedData clipped(double c) {
    return with(map.clipped(c));
  }

  /** These parts with another feature map. */
  public PreparedData with(FeatureMap other) {
    return new PreparedData(
        stats, other, span, loss, offset, shift, scale, rarestClass, constantLoss, dispersion);
  }

  /** What the penalty is a sum over. */
  public Groups groups(TrainingOptions options) {
    int width = map.dimension() + 1;
    return options.layerWidths().isEmpty()
        ? Groups.of(loss.outputs(), width, options.perClassGroups())
        : Groups.shared(loss.outputs(), width, options.paths());
  }

  /** All rows. */
  public SelectedRows allRows() {
    return new SelectedRows(RowSelection.ALL, stats.weight(), stats.rows());
  }

  /**
   * What gates of low rank cost at beta, where they are held to one.
   *
   * @param euclidean whether the norm of the neurons is
   * @param enumerated whether the gates are all patterns of the span
   */
  public Optional<RankBound> rankBound(boolean euclidean, boolean enumerated, double beta) {
    // of squared loss, on scaled labels; without an intercept they are not centred
    double mean = (stats.labelMean() - shift) / scale;
    double least = 0.5 * (1 + mean * mean);
    return span.map(
        s -> RankBound.of(s.rank(), s.next(), loss, least, euclidean, enumerated, beta));
  }

  /** The number of rows that the rows count for: a row of weight 2 is the row twice. */
  public long size() {
    return RowCount.of(stats.rows(), stats.weight());
  }

  /** The ridge on the skip, of all rows. */
  public double skipRidge(TrainingOptions options) {
    return options.skipRidge(size(), map.dimension());
  }

  /** Labels in training units; of several a row, which the loss takes as they came, these. */
  public double[] inUnits(double[] labels) {
    double[] own = labels.clone();
    for (int i = 0; i < own.length; i++) {
      own[i] = (own[i] - shift) / scale;
    }
    return own;
  }

  /** b0 of a network: of several labels a row, the constant model is the shift of each. */
  public double[] outputOffset() {
    if (!(loss instanceof SeparableLoss several)) {
      return offset;
    }
    double[] all = offset.clone();
    Arrays.setAll(all, k -> all[k] + several.shift()[k] / several.scale()[k]);
    return all;
  }

  /** What a network multiplies each output by beside: of several labels a row the scale of each. */
  public double[] outputUnits() {
    return loss instanceof SeparableLoss several ? several.scale() : new double[0];
  }

  /** What a network adds to its outputs: of log links the logarithm of the label's scale. */
  public double outputShift() {
    return loss.logLink() ? Math.log(scale) : shift;
  }

  /** What a network multiplies its outputs by. */
  public double outputScale() {
    return loss.logLink() ? 1 : scale;
  }

  /** Whether there is nothing to learn. */
  public boolean constantLabel() {
    return stats.labelMin() == stats.labelMax();
  }
}
