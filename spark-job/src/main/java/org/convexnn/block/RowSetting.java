package org.convexnn.block;

import java.io.Serializable;
import org.convexnn.loss.Loss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.WeightLayout;

/**
 * What every kernel on gated rows needs besides weights: the model's constant parts.
 *
 * <p>Rows work in <em>row coordinates</em> y~ = [y, 1], y = (x - mean) * inverseScale (or z where
 * the feature map {@linkplain FeatureMap#mapsRows maps rows}), and with uncentred indicators.
 * Weights in row coordinates stand as {@link WeightLayout} says: first the linear part, then the wide
 * gates, blocks of C D numbers each, D = k + 1, then the narrow leaves.
 *
 * @param mean column means
 * @param inverseScale column scales
 * @param halfSpaces number of gates kept as bits: half-spaces and paths
 * @param layout where the weights of each gate stand
 * @param firstLeaves the number of each tree's first leaf among all leaves, and their number
 * @param loss the loss, on labels (label - labelShift) / labelScale; one of several labels a row has
 *     units of its own, and shift 0 and scale 1 here
 * @param offset b0, C numbers added to every output
 * @param labelShift shift of the label
 * @param labelScale scale of the label
 * @param precision arithmetic of the products
 * @param selection the rows that count
 */
public record RowSetting(
    double[] mean,
    double[] inverseScale,
    int halfSpaces,
    WeightLayout layout,
    int[] firstLeaves,
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
        map.none() ? new double[0] : map.mean(),
        map.none() ? new double[0] : map.inverseScale(),
        gates.overlapping(),
        gates.layout(offset.length, map.dimension() + 1),
        gates.forest().firstLeaves(),
        loss,
        offset,
        labelShift,
        labelScale,
        precision,
        RowSelection.ALL);
  }

  /** This setting on other rows. */
  public RowSetting on(RowSelection rows) {
    return with(halfSpaces, layout, firstLeaves, precision, rows);
  }

  /** This setting in another arithmetic. */
  public RowSetting with(Precision other) {
    return with(halfSpaces, layout, firstLeaves, other, selection);
  }

  /** This setting with the linear block alone. */
  public RowSetting withoutGroups() {
    return with(0, layout.withoutGates(), new int[1], precision, selection);
  }

  private RowSetting with(
      int half, WeightLayout weights, int[] leaves, Precision arithmetic, RowSelection rows) {
    return new RowSetting(
        mean,
        inverseScale,
        half,
        weights,
        leaves,
        loss,
        offset,
        labelShift,
        labelScale,
        arithmetic,
        rows);
  }

  /** k, the number of row coordinates. */
  public int dimension() {
    return layout.width() - 1;
  }

  /** D = k + 1. */
  public int width() {
    return layout.width();
  }

  /** C. */
  public int outputs() {
    return offset.length;
  }

  /** The number of linear leaves. */
  public int leaves() {
    return layout.wide() - halfSpaces;
  }

  /** P, the number of wide gates: half-spaces, paths and linear leaves. */
  public int groups() {
    return layout.wide();
  }

  /** The length of a weight vector in row coordinates. */
  public int length() {
    return layout.length();
  }

  /** Writes the k row coordinates of row r of a block: y, or z where the feature map maps rows. */
  public void rowCoordinates(GatedBlock gated, int r, double[] to) {
    if (dimension() == 0) {
      return;
    }
    double[] mapped = gated.patterns().mapped();
    if (mapped.length > 0) {
      System.arraycopy(mapped, r * dimension(), to, 0, dimension());
      return;
    }
    gated.block().copyRow(r, to);
    for (int j = 0; j < dimension(); j++) {
      to[j] = (to[j] - mean[j]) * inverseScale[j];
    }
  }

  /** The loss of the rows of a block. */
  public Loss loss(Block block) {
    return loss.on(block.table());
  }

  /** The label of row r of a block in training units, as {@link #loss(Block)} takes it. */
  public double label(Block block, int r) {
    return (block.label(r) - labelShift) / labelScale;
  }

  /** The weight of row r of a block: 0 where the row is not selected. */
  public double weight(Block block, int r) {
    return selection.selects(block.group(r)) ? block.weight(r) : 0;
  }
}
