package org.convexnn.cluster;

import java.io.Serializable;
import org.convexnn.loss.RegressionLoss;

/**
 * A row that cannot be trained on. Found on an executor, told by the driver.
 *
 * @param kind what is wrong
 * @param row number of the row within its partition, from 0
 * @param feature the feature's index, where one feature is to blame, else 0
 * @param value the value to blame, where there is one; sizes for {@link Kind#FEATURES_SIZE}
 * @param expected the size that earlier vectors have, for {@link Kind#FEATURES_SIZE}; the number of
 *     classes, for {@link Kind#LABEL_NO_CLASS}; of categories, for {@link Kind#FEATURE_NO_CODE};
 *     the ordinal of the kind of loss, for {@link Kind#LABEL_UNSUITED}
 */
record DataProblem(Kind kind, long row, int feature, double value, int expected)
    implements Serializable {

  /** What can be wrong with a row. */
  enum Kind {
    WEIGHT_NULL,
    WEIGHT_NOT_FINITE,
    WEIGHT_NEGATIVE,
    LABEL_NULL,
    LABEL_ENTRY_NULL,
    LABELS_OTHER,
    LABEL_NOT_FINITE,
    LABEL_TOO_LARGE,
    LABEL_NO_CLASS,
    LABEL_UNSUITED,
    OFFSET_NULL,
    OFFSET_NOT_FINITE,
    OFFSET_TOO_LARGE,
    MARK_NULL,
    GROUP_NULL,
    FEATURES_NULL,
    FEATURES_EMPTY,
    FEATURES_SIZE,
    FEATURE_NOT_FINITE,
    FEATURE_TOO_LARGE,
    FEATURE_NO_CODE
  }

  /** A problem without a value. */
  static DataProblem of(Kind kind, long row) {
    return new DataProblem(kind, row, 0, 0, 0);
  }

  /** A problem with a value. */
  static DataProblem of(Kind kind, long row, double value) {
    return new DataProblem(kind, row, 0, value, 0);
  }

  /** A label that is none of so many classes. */
  static DataProblem noClass(long row, double label, int classes) {
    return new DataProblem(Kind.LABEL_NO_CLASS, row, 0, label, classes);
  }

  /** A label that a loss does not take. */
  static DataProblem ofLoss(long row, double label, RegressionLoss.Kind loss) {
    return new DataProblem(Kind.LABEL_UNSUITED, row, 0, label, loss.ordinal());
  }

  /** Other labels than expected. */
  static DataProblem labels(long row, int size, int expected) {
    return new DataProblem(Kind.LABELS_OTHER, row, 0, size, expected);
  }

  /** A vector of another size than the ones before it. */
  static DataProblem size(long row, int size, int expected) {
    return new DataProblem(Kind.FEATURES_SIZE, row, 0, size, expected);
  }

  /** The column, the value, where it is and what to do about it. */
  String message(DataColumns columns, int partition) {
    String where = " (partition " + partition + ", row " + row + ")";
    String label = "label column '" + columns.label() + "'";
    String offset = "offset column '" + columns.offset().orElse("") + "'";
    String features = "features column '" + columns.features() + "'";
    return switch (kind) {
      case WEIGHT_NULL ->
          columns.weightName()
              + " is null"
              + where
              + ": give every row a weight, 0 leaves a row out";
      case WEIGHT_NOT_FINITE, WEIGHT_NEGATIVE ->
          columns.weightName()
              + " has the value "
              + value
              + where
              + ": weights must be finite and not negative, 0 leaves a row out";
      case LABEL_NULL ->
          label + " is null" + where + ": drop rows without a label, for instance by na().drop()";
      case LABEL_ENTRY_NULL ->
          label
              + " has a null among its numbers"
              + where
              + ": every row needs all of its labels, drop such rows";
      case LABELS_OTHER ->
          label
              + " has "
              + (long) value
              + " numbers"
              + where
              + ", others have "
              + expected
              + ": every row needs as many labels; make one array of the same columns for all";
      case LABEL_NOT_FINITE ->
          label + " has the value " + value + where + ": labels must be finite, drop such rows";
      case LABEL_TOO_LARGE ->
          label
              + " has the value "
              + value
              + where
              + ": its square overflows, rescale the label to below "
              + BlockPacker.MAX_LABEL;
      case LABEL_NO_CLASS ->
          label
              + " has the value "
              + value
              + where
              + ": class labels are the integers from 0 to "
              + (expected - 1)
              + (expected < Packing.MOST_CLASSES ? ", by the column's metadata" : "")
              + "; index other values with StringIndexer, or learn numbers with a regressor";
      case LABEL_UNSUITED ->
          label
              + " has the value "
              + value
              + where
              + ": labels of loss '"
              + RegressionLoss.Kind.values()[expected].word()
              + "' must be "
              + RegressionLoss.Kind.values()[expected].labels()
              + "; drop such rows, or use loss 'squared'";
      case OFFSET_NULL ->
          offset + " is null" + where + ": give every row an offset, 0 leaves its output as it is";
      case OFFSET_NOT_FINITE ->
          offset
              + " has the value "
              + value
              + where
              + ": offsets must be finite; of an exposure of 0 nothing is learnt, drop such rows";
      case OFFSET_TOO_LARGE ->
          offset
              + " has the value "
              + value
              + where
              + ": arithmetic with its exponential overflows; an offset is a logarithm, of an exposure"
              + " for instance";
      case MARK_NULL ->
          "validation indicator column '"
              + columns.validation().orElse("")
              + "' is null"
              + where
              + ": true holds a row out to choose the regularisation parameter, false trains on it";
      case GROUP_NULL ->
          "fold column '"
              + columns.fold().orElse("")
              + "' is null"
              + where
              + ": every row needs a group; give rows that stand alone groups of their own, or unset"
              + " foldCol";
      case FEATURES_NULL ->
          features
              + " is null"
              + where
              + ": drop such rows, for instance by na().drop() or by handleInvalid = 'skip'";
      case FEATURES_EMPTY ->
          features + " has a vector without entries" + where + ": at least one feature is needed";
      case FEATURES_SIZE ->
          features
              + " has a vector of "
              + (int) value
              + " entries"
              + where
              + " where earlier rows have "
              + expected
              + ": all rows need the same features, assemble them with one VectorAssembler";
      case FEATURE_NOT_FINITE ->
          columns.feature(feature)
              + " has the value "
              + value
              + where
              + ": features must be finite; "
              + (Double.isNaN(value)
                  ? "set handleInvalid to 'keep' to train on missing values, "
                  : "")
              + "fill it with Imputer, or drop the row, for instance by handleInvalid = 'skip'";
      case FEATURE_TOO_LARGE ->
          columns.feature(feature)
              + " has the value "
              + value
              + where
              + ": beyond "
              + BlockPacker.MAX_FEATURE
              + " arithmetic overflows, rescale this feature";
      case FEATURE_NO_CODE ->
          columns.feature(feature)
              + " has the value "
              + value
              + where
              + ": it is a category by its metadata or categoricalCols, whose codes are the integers from 0 "
              + (expected == Integer.MAX_VALUE ? "on" : "to " + (expected - 1))
              + "; index it with StringIndexer, or take the nominal attribute off its metadata";
    };
  }
}
