package org.convexnn.cluster;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.convexnn.block.Block;
import org.convexnn.block.FeatureBuffer;
import org.convexnn.cluster.DataProblem.Kind;
import org.convexnn.loss.RegressionLoss;

/**
 * Packs rows (features vector, label or several, weight and perhaps a mark or a group, and an offset) into blocks of
 * bounded size, checking every value. Offsets become part of labels and weights ({@link
 * RegressionLoss}).
 *
 * <p>Never throws because of the data: an exception on an executor would be tried four times and
 * reach the user inside a stack trace. The first problem of a partition ends its packing and is
 * reported beside the block; the driver tells the user.
 */
final class BlockPacker implements FlatMapFunction<Iterator<Row>, PackedBlock> {

  /** Features beyond this are refused: arithmetic on them overflows. */
  static final double MAX_FEATURE = 1e200;

  /** Labels beyond this are refused: their squares overflow. */
  static final double MAX_LABEL = 1e150;

  /** What {@code maxBlockSizeInMB = 0} means: raw doubles of this size. */
  static final double AUTO_BLOCK_SIZE_IN_MB = 4;

  private static final long serialVersionUID = 1L;
  private static final int FEATURES = 0;
  private static final int LABEL = 1;
  private static final int WEIGHT = 2;
  private static final int MARK = 3;
  // Rows bring a mark or a group.
  private static final int GROUP = 3;
  private static final long[] NOTHING_MISSING = new long[0];

  private final int width;
  private final int classes;
  private final long blockBytes;
  private final boolean marked;
  private final boolean grouped;
  private final int offset;
  private final RegressionLoss loss;
  private final boolean missing;
  private final int[] codes;

  /** A packer. */
  BlockPacker(Packing packing) {
    this.width = packing.labels();
    this.classes = packing.classes();
    this.marked = packing.marked();
    this.grouped = packing.grouped();
    // The last column; 0 where there is none.
    this.offset = packing.shifted() ? MARK + (marked || grouped ? 1 : 0) : 0;
    this.loss = packing.loss();
    this.missing = packing.missing();
    this.codes = packing.codes();
    double megabytes =
        packing.maxBlockSizeInMB() == 0 ? AUTO_BLOCK_SIZE_IN_MB : packing.maxBlockSizeInMB();
    this.blockBytes = (long) Math.min(megabytes * (1 << 20), Long.MAX_VALUE);
  }

  @Override
  public Iterator<PackedBlock> call(Iterator<Row> rows) {
    return new Blocks(rows);
  }

  private final class Blocks implements Iterator<PackedBlock> {

    private final Iterator<Row> rows;
    private final Optional<PackedBlock> none = Optional.empty();
    private Optional<PackedBlock> next = none;
    private boolean failed;
    private long row;

    // Known from the first vector on.
    private int features;
    private long firstRow;

    // The block being packed.
    private FeatureBuffer buffer = new FeatureBuffer(1, 0);
    private double[] labels = new double[16 * width];
    private double[] weights = new double[16];
    private boolean[] marks = new boolean[16];
    private long[] groups = new long[16];
    private int count;
    private long[] missed = NOTHING_MISSING;

    Blocks(Iterator<Row> rows) {
      this.rows = rows;
    }

    @Override
    public boolean hasNext() {
      if (next.isEmpty() && !failed && rows.hasNext()) {
        next = Optional.of(pack());
      }
      return next.isPresent();
    }

    @Override
    public PackedBlock next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      PackedBlock packed = next.orElseThrow();
      next = none;
      return packed;
    }

    private PackedBlock pack() {
      count = 0;
      missed = NOTHING_MISSING;
      long dropped = 0;
      long unusable = 0;
      while (!buffer.full() && rows.hasNext()) {
        Row current = rows.next();
        Optional<DataProblem> problem = weightProblem(current);
        boolean dropping = problem.isEmpty() && current.getDouble(WEIGHT) == 0;
        boolean leaving = problem.isEmpty() && !dropping && missing && unusable(current);
        // A row left out is not looked at further: weight 0 is how bad rows are masked.
        if (problem.isEmpty() && !dropping && !leaving) {
          problem =
              labelProblem(current)
                  .or(() -> markProblem(current))
                  .or(() -> groupProblem(current))
                  .or(() -> offsetProblem(current))
                  .or(() -> take(current));
        }
        if (problem.isPresent()) {
          failed = true;
          count = 0;
          buffer = new FeatureBuffer(Math.max(1, features), blockBytes);
          return packed(dropped, unusable, List.of(problem.get()));
        }
        if (dropping) {
          dropped++;
        } else if (leaving) {
          unusable++;
        } else {
          count++;
        }
        row++;
      }
      return packed(dropped, unusable, List.of());
    }

    private PackedBlock packed(long dropped, long unusable, List<DataProblem> problems) {
      Block block =
          new Block(
              buffer.take(),
              Arrays.copyOf(labels, count * width),
              Arrays.copyOf(weights, count),
              Arrays.copyOf(marks, marked ? count : 0),
              Arrays.copyOf(groups, grouped ? count : 0));
      return PackedBlock.of(block, report(block.bytes(), dropped, unusable, problems));
    }

    private PackingReport report(
        long bytes, long dropped, long unusable, List<DataProblem> problems) {
      double sum = 0;
      int seen = 0;
      for (int r = 0; r < count && classes > 0; r++) {
        seen = Math.max(seen, (int) labels[r] + 1);
      }
      long[] labelRows = new long[seen];
      double[] labelWeights = new double[seen];
      for (int r = 0; r < count; r++) {
        sum += weights[r];
        if (classes > 0) {
          labelRows[(int) labels[r]]++;
          labelWeights[(int) labels[r]] += weights[r];
        }
      }
      return new PackingReport(
          count,
          dropped,
          unusable,
          features,
          firstRow,
          bytes,
          sum,
          labelRows,
          labelWeights,
          missed,
          weightsOfGroups(),
          problems);
    }

    private TreeMap<Long, Double> weightsOfGroups() {
      TreeMap<Long, Double> weighed = new TreeMap<>();
      for (int r = 0; grouped && r < count; r++) {
        PackingReport.add(weighed, groups[r], weights[r]);
      }
      return weighed;
    }

    private Optional<DataProblem> weightProblem(Row current) {
      if (current.isNullAt(WEIGHT)) {
        return Optional.of(DataProblem.of(Kind.WEIGHT_NULL, row));
      }
      double weight = current.getDouble(WEIGHT);
      if (!Double.isFinite(weight)) {
        return Optional.of(DataProblem.of(Kind.WEIGHT_NOT_FINITE, row, weight));
      }
      return weight < 0
          ? Optional.of(DataProblem.of(Kind.WEIGHT_NEGATIVE, row, weight))
          : Optional.empty();
    }

    private Optional<DataProblem> labelProblem(Row current) {
      if (current.isNullAt(LABEL)) {
        return Optional.of(DataProblem.of(Kind.LABEL_NULL, row));
      }
      if (width > 1) {
        return labelsProblem(current.getList(LABEL));
      }
      double label = current.getDouble(LABEL);
      if (!Double.isFinite(label)) {
        return Optional.of(DataProblem.of(Kind.LABEL_NOT_FINITE, row, label));
      }
      if (classes > 0 && !(label >= 0 && label < classes && label == Math.rint(label))) {
        return Optional.of(DataProblem.noClass(row, label, classes));
      }
      if (classes == 0 && !loss.kind().takes(label)) {
        return Optional.of(DataProblem.ofLoss(row, label, loss.kind()));
      }
      return Math.abs(label) > MAX_LABEL
          ? Optional.of(DataProblem.of(Kind.LABEL_TOO_LARGE, row, label))
          : Optional.empty();
    }

    private Optional<DataProblem> labelsProblem(List<Double> several) {
      if (several.size() != width) {
        return Optional.of(DataProblem.labels(row, several.size(), width));
      }
      for (Double label : several) {
        if (label == null) {
          return Optional.of(DataProblem.of(Kind.LABEL_ENTRY_NULL, row));
        }
        if (!Double.isFinite(label)) {
          return Optional.of(DataProblem.of(Kind.LABEL_NOT_FINITE, row, label));
        }
        if (Math.abs(label) > MAX_LABEL) {
          return Optional.of(DataProblem.of(Kind.LABEL_TOO_LARGE, row, label));
        }
      }
      return Optional.empty();
    }

    private Optional<DataProblem> offsetProblem(Row current) {
      if (offset == 0) {
        return Optional.empty();
      }
      if (current.isNullAt(offset)) {
        return Optional.of(DataProblem.of(Kind.OFFSET_NULL, row));
      }
      double value = current.getDouble(offset);
      if (!Double.isFinite(value)) {
        return Optional.of(DataProblem.of(Kind.OFFSET_NOT_FINITE, row, value));
      }
      double label = loss.label(current.getDouble(LABEL), value);
      double weight = loss.weight(current.getDouble(WEIGHT), value);
      return Math.abs(label) <= MAX_LABEL && weight > 0 && weight < Double.POSITIVE_INFINITY
          ? Optional.empty()
          : Optional.of(DataProblem.of(Kind.OFFSET_TOO_LARGE, row, value));
    }

    /** Whether nothing can be learnt of a row where values may be missing: null, or an infinite one. */
    private boolean unusable(Row current) {
      if (current.isNullAt(FEATURES)) {
        return true;
      }
      Vector vector = (Vector) current.get(FEATURES);
      double[] entries =
          vector instanceof SparseVector sparse
              ? sparse.values()
              : vector instanceof DenseVector dense ? dense.values() : vector.toArray();
      for (double entry : entries) {
        if (Double.isInfinite(entry)) {
          return true;
        }
      }
      return false;
    }

    private Optional<DataProblem> markProblem(Row current) {
      return marked && current.isNullAt(MARK)
          ? Optional.of(DataProblem.of(Kind.MARK_NULL, row))
          : Optional.empty();
    }

    private Optional<DataProblem> groupProblem(Row current) {
      return grouped && current.isNullAt(GROUP)
          ? Optional.of(DataProblem.of(Kind.GROUP_NULL, row))
          : Optional.empty();
    }

    /** Takes a row whose weight and label are good. */
    private Optional<DataProblem> take(Row current) {
      if (current.isNullAt(FEATURES)) {
        return Optional.of(DataProblem.of(Kind.FEATURES_NULL, row));
      }
      Vector vector = (Vector) current.get(FEATURES);
      if (vector.size() == 0) {
        return Optional.of(DataProblem.of(Kind.FEATURES_EMPTY, row));
      }
      if (features == 0) {
        features = vector.size();
        firstRow = row;
        buffer = new FeatureBuffer(features, blockBytes);
      }
      if (vector.size() != features) {
        return Optional.of(DataProblem.size(row, vector.size(), features));
      }
      Optional<DataProblem> problem = copy(vector);
      if (problem.isEmpty()) {
        keep(current);
      }
      return problem;
    }

    private void keep(Row current) {
      buffer.endRow();
      if (count == weights.length) {
        labels = Arrays.copyOf(labels, 2 * count * width);
        weights = Arrays.copyOf(weights, 2 * count);
        marks = Arrays.copyOf(marks, 2 * count);
        groups = Arrays.copyOf(groups, 2 * count);
      }
      double shift = offset == 0 ? 0 : current.getDouble(offset);
      if (width == 1) {
        labels[count] = loss.label(current.getDouble(LABEL), shift);
      } else {
        List<Double> several = current.getList(LABEL);
        for (int k = 0; k < width; k++) {
          labels[count * width + k] = several.get(k);
        }
      }
      weights[count] = loss.weight(current.getDouble(WEIGHT), shift);
      marks[count] = marked && current.getBoolean(MARK);
      groups[count] = grouped ? current.getLong(GROUP) : 0;
    }

    /** Adds the vector's features to the buffer; MLlib keeps the indices of a sparse one ascending. */
    private Optional<DataProblem> copy(Vector vector) {
      if (vector instanceof SparseVector sparse) {
        int[] indices = sparse.indices();
        double[] entries = sparse.values();
        for (int k = 0; k < indices.length; k++) {
          if (!acceptable(indices[k], entries[k])) {
            return unacceptable(indices[k], entries[k]);
          }
          add(indices[k], entries[k]);
        }
        return Optional.empty();
      }
      double[] entries = vector instanceof DenseVector dense ? dense.values() : vector.toArray();
      for (int j = 0; j < features; j++) {
        if (!acceptable(j, entries[j])) {
          return unacceptable(j, entries[j]);
        }
        add(j, entries[j]);
      }
      return Optional.empty();
    }

    private void add(int feature, double value) {
      buffer.add(feature, value);
      if (Double.isNaN(value)) {
        missed = missed.length == 0 ? new long[features] : missed;
        missed[feature]++;
      }
    }

    /** The number of codes of categories that a feature may hold, 0 of numbers. */
    private int codes(int feature) {
      return feature < codes.length ? codes[feature] : 0;
    }

    private boolean acceptable(int feature, double value) {
      if (Double.isNaN(value)) {
        return missing;
      }
      int most = codes(feature);
      return most == 0
          ? Math.abs(value) <= MAX_FEATURE
          : value >= 0 && value < most && value == Math.rint(value);
    }

    private Optional<DataProblem> unacceptable(int feature, double value) {
      Kind kind =
          !Double.isFinite(value)
              ? Kind.FEATURE_NOT_FINITE
              : codes(feature) > 0 ? Kind.FEATURE_NO_CODE : Kind.FEATURE_TOO_LARGE;
      return Optional.of(new DataProblem(kind, row, feature, value, codes(feature)));
    }
  }
}
