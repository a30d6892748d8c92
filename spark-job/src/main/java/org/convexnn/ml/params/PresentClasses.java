package org.convexnn.ml.params;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.network.Network;

/**
 * The classes of a label that have rows, where others have none, as one has that StringIndexer's {@code
 * keep} adds, and many that a fold of a CrossValidator lacks: a network is trained on these alone, and
 * the others get probability 0.
 *
 * @param present the classes that have rows, ascending
 * @param classes the number of all classes
 */
public record PresentClasses(int[] present, int classes) {

  /** The output of a class that never is: of exp(-1e30) nothing is left, in float32 neither. */
  private static final double NEVER = -1e30;

  /** Found where some have no rows: rows are to be trained on again with their classes renumbered. */
  public static final class Found extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient PresentClasses classes;

    public Found(PresentClasses classes) {
      super("classes without rows");
      this.classes = classes;
    }

    public PresentClasses classes() {
      return classes;
    }
  }

  /** The classes with rows. */
  public static PresentClasses of(List<Long> rows, int classes) {
    int[] present = IntStream.range(0, rows.size()).filter(k -> rows.get(k) > 0).toArray();
    return new PresentClasses(present, classes);
  }

  /** Whether all classes have rows. */
  public boolean all() {
    return present.length == classes;
  }

  /** The classes without rows. */
  public int[] missing() {
    return IntStream.range(0, classes).filter(k -> Arrays.binarySearch(present, k) < 0).toArray();
  }

  /** The rows with class k of {@link #present} called k. */
  public Dataset<Row> renumbered(Dataset<?> rows, String label) {
    Column[] numbers = new Column[classes];
    for (int k = 0; k < classes; k++) {
      numbers[k] = functions.lit((double) Arrays.binarySearch(present, k));
    }
    Column old = functions.col("`" + label.replace("`", "``") + "`").cast("int");
    Column renumbered = functions.element_at(functions.array(numbers), old.plus(1));
    return rows.withColumn(label, renumbered);
  }

  /** A network of the classes with rows as one of all classes. */
  public Network spread(Network trained) {
    double[] offset = new double[classes];
    Arrays.fill(offset, NEVER);
    // Of two classes the one output is the second one's, beside 0 for the first.
    offset[present[0]] = 0;
    int[] places = trained.outputs() == 1 ? new int[] {present[1]} : present;
    return trained.spread(places, offset);
  }
}
