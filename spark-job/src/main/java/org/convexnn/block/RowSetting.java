package org.convexnn.block;

import java.io.Serializable;
import org.convexnn.loss.Loss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;

/**
 * What every kernel on gated rows needs besides weights: the model's constant parts.
 *
 * <p>Rows work in <em>row coordinates</em> y~ = [y, 1], y = (x - mean) * inverseScale (or z where
 * the feature map {@linkplain FeatureMap#mapsRows maps rows}), and with uncentred indicators.
 * Weights in row coordinates are (1 + P) x C x D, D = k + 1: block 0 linear, block 1 + i of group i.
 *
 * @param dimension k, the number of row coordinates
 * @param mean column means
 * @param inverseScale column scales
 * @param halfSpaces number of gates kept as bits: half-spaces and paths
 * @param leaves number of leaves
 * @param loss the loss, on labels (label - labelShift) / labelScale
 * @param offset b0, C numbers added to every output
 * @param labelShift shift of the label
 * @param labelScale scale of the label
 * @param precision arithmetic of the products
 * @param selection the rows that count
 */
public record RowSetting(
    int dimension,
    double[] mean,
    double[] inverseScale,
    int halfSpaces,
    int leaves,
    Loss loss,
    double[] offset,
    double labelShift,
    double labelScale,
    Precision precision,
    RowSelection selection)
    implements Serializable {

  /** The setting for a feature map and gates, on all rows. */
  public static RowSetting of(
      FeatureMap map,
      GateSet gates,
      Loss loss,
      double[] offset,
      double labelShift,
      double labelScale,
      Precision precision) {
    return new RowSetting(
        map.dimension(),
        map.mean(),
        map.inverseScale(),
        gates.overlapping(),
        gates.leaves(),
        loss,
        offset,
        labelShift,
        labelScale,
        precision,
        RowSelection.ALL);
  }

  /** The same on other rows. */
  public RowSetting on(RowSelection rows) {
    return new RowSetting(
        dimension,
        mean,
        inverseScale,
        halfSpaces,
        leaves,
        loss,
        offset,
        labelShift,
        labelScale,
        precision,
        rows);
  }

  /** The same with another arithmetic. */
  public RowSetting with(Precision other) {
    return new RowSetting(
        dimension,
        mean,
        inverseScale,
        halfSpaces,
        leaves,
        loss,
        offset,
        labelShift,
        labelScale,
        other,
        selection);
  }

  /** The same with the linear block alone. */
  public RowSetting withoutGroups() {
    return new RowSetting(
        dimension,
        mean,
        inverseScale,
        0,
        0,
        loss,
        offset,
        labelShift,
        labelScale,
        precision,
        selection);
  }

  /** D = k + 1. */
  public int width() {
    return dimension + 1;
  }

  /** C. */
  public int outputs() {
    return offset.length;
  }

  /** The number of gates: half-spaces, paths and leaves. */
  public int groups() {
    return halfSpaces + leaves;
  }

  /** The length of a weight vector in row coordinates: (1 + groups) C D. */
  public int length() {
    return (1 + groups()) * outputs() * width();
  }

  /** Writes the k row coordinates of row r of a block: y, or z where the feature map maps rows. */
  public void rowCoordinates(GatedBlock gated, int r, double[] to) {
    double[] mapped = gated.patterns().mapped();
    if (mapped.length > 0) {
      System.arraycopy(mapped, r * dimension, to, 0, dimension);
      return;
    }
    gated.block().copyRow(r, to);
    for (int j = 0; j < dimension; j++) {
      to[j] = (to[j] - mean[j]) * inverseScale[j];
    }
  }

  /** The label of row r of a block in training units. */
  public double label(Block block, int r) {
    return (block.label(r) - labelShift) / labelScale;
  }

  /** The weight of row r of a block: 0 where the row is not selected. */
  public double weight(Block block, int r) {
    return selection.selects(block.key(r)) ? block.weight(r) : 0;
  }
}
