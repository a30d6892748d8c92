package org.convexnn.ml.score;

import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How much each feature matters on some rows, weighted by w, from its contributions phi_j ({@link
 * org.convexnn.network.explain.Contributions}) to the outputs f:
 *
 * <pre>absolute_j = sum_r w_r sum_c |phi_cj(x_r)| / W
 * loss_j     = sum_r w_r ( l(f(x_r) - phi_j(x_r), y_r) - l(f(x_r), y_r) ) / W</pre>
 *
 * <p>The second is what the mean loss would grow by if the feature's contributions were taken away:
 * below zero of a feature whose contributions harm on these rows. The loss of classes is the log loss, of
 * numbers the {@link org.convexnn.ml.PredictionCost}.
 */
public final class Importances implements Serializable {

  private static final long serialVersionUID = 1L;

  private double weight;
  private double[] absolute = new double[0];
  private double[] loss = new double[0];

  private Importances() {}

  /** The loss of the outputs of a row. */
  public interface RowLoss extends Serializable {
    double of(double[] outputs, double label);
  }

  /**
   * Those of rows.
   *
   * @param explained contributions, label, weight
   */
  public static Importances of(Dataset<Row> explained, RowLoss loss) {
    return explained
        .toJavaRDD()
        .mapPartitions(rows -> List.of(sum(rows, loss)).iterator())
        .treeReduce(Importances::plus)
        .mean();
  }

  private static Importances sum(Iterator<Row> rows, RowLoss loss) {
    Importances sum = new Importances();
    while (rows.hasNext()) {
      Row row = rows.next();
      double w = row.getDouble(2);
      Vector[] contributions =
          row.get(0) instanceof Vector one
              ? new Vector[] {one}
              : row.<Vector>getList(0).toArray(Vector[]::new);
      // Of rows whose features tell nothing, and of weight 0, there is nothing to count.
      if (w > 0 && !Double.isNaN(contributions[0].apply(contributions[0].size() - 1))) {
        sum.add(contributions, row.getDouble(1), w, loss);
      }
    }
    return sum;
  }

  private void add(Vector[] contributions, double label, double w, RowLoss rowLoss) {
    int d = contributions[0].size() - 1;
    int outputs = contributions.length;
    double[][] phi = new double[outputs][];
    double[] f = new double[outputs];
    for (int c = 0; c < outputs; c++) {
      phi[c] = contributions[c].toArray();
      for (double each : phi[c]) {
        f[c] += each;
      }
    }
    sized(d);
    weight += w;
    double whole = rowLoss.of(f, label);
    double[] without = new double[outputs];
    for (int j = 0; j < d; j++) {
      double size = 0;
      for (int c = 0; c < outputs; c++) {
        size += Math.abs(phi[c][j]);
        without[c] = f[c] - phi[c][j];
      }
      if (size > 0) {
        absolute[j] += w * size;
        loss[j] += w * (rowLoss.of(without, label) - whole);
      }
    }
  }

  private void sized(int features) {
    if (absolute.length < features) {
      absolute = new double[features];
      loss = new double[features];
    }
  }

  private Importances plus(Importances other) {
    if (other.absolute.length == 0) {
      return this;
    }
    sized(other.absolute.length);
    weight += other.weight;
    for (int j = 0; j < absolute.length; j++) {
      absolute[j] += other.absolute[j];
      loss[j] += other.loss[j];
    }
    return this;
  }

  private Importances mean() {
    for (int j = 0; j < absolute.length; j++) {
      absolute[j] /= weight;
      loss[j] /= weight;
    }
    return this;
  }

  /** The mean absolute contribution of each feature. */
  public double[] absolute() {
    return absolute.clone();
  }

  /** What the mean loss would grow by without the contributions of each feature. */
  public double[] loss() {
    return loss.clone();
  }
}
