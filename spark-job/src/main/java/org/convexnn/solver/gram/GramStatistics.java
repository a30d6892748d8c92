package org.convexnn.solver.gram;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BinaryOperator;
import org.convexnn.block.pass.gated.FoldGramPass;
import org.convexnn.linalg.Blas;
import org.convexnn.solver.checkpoint.CheckedBytes;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.Rows;

/**
 * The sufficient statistics of a regression with squared loss on a {@link FrozenBasis}: for each of
 * K folds of the rows
 *
 * <pre>F'WF (Q x Q),   F'Wy (Q),   y'Wy,   W,   n</pre>
 *
 * in float64, from one sweep over the rows. With them every beta is solved, certified and validated
 * without another look at the rows (docs/theory/solvers.md#gram-matrix). They are additive: the
 * statistics of new rows can be {@linkplain #plus added} and the network trained again without the
 * old rows, rows can be {@linkplain #minus taken out} again, and they can be {@linkplain #write saved}. Immutable.
 *
 * <p>The fold of a row is a hash of its key: equal rows are in one fold, whenever they come. "All
 * rows but fold k" is the sum of the other folds, which unlike a subtraction cancels nothing.
 */
public final class GramStatistics {

  private static final double HEAP_SHARE = 0.6;

  /** What a solve needs beside the folds: the matrix, its factor, the sum they are made from. */
  private static final double WORK_MATRICES = 3;

  /** Q at which Q x Q numbers no longer fit an array. */
  private static final long MOST_COLUMNS = 46_340;

  private final FrozenBasis basis;
  private final long seed;
  private final List<FoldSums> folds;

  GramStatistics(FrozenBasis basis, long seed, List<FoldSums> folds) {
    this.basis = basis;
    this.seed = seed;
    this.folds = List.copyOf(folds);
  }

  /**
   * The statistics of rows on a given basis; one sweep.
   *
   * @param folds K, at least 1; 1 where nothing is to be cross-validated
   * @param seed varies the folds
   * @throws IllegalArgumentException where the rows have another number of features, and where the
   *     statistics do not fit the heap of this JVM, with sizes and what to lower
   */
  public static GramStatistics of(Rows rows, FrozenBasis basis, int folds, long seed) {
    if (rows.features() != basis.map().features()) {
      throw new IllegalArgumentException(
          "rows of "
              + rows.features()
              + " features on a basis of "
              + basis.map().features()
              + ": statistics need the columns that their gates were drawn for");
    }
    checkFits(basis, folds);
    try (GatedRows gated = rows.activate(basis.gates(), basis.map())) {
      return of(gated, basis, folds, seed);
    }
  }

  public static GramStatistics of(GatedRows gated, FrozenBasis basis, int folds, long seed) {
    checkFits(basis, folds);
    double[][] sums =
        gated.sum("Gram matrix by fold", new FoldGramPass(basis.setting(), folds, seed));
    List<FoldSums> parts = new ArrayList<>();
    for (int k = 0; k < folds; k++) {
      double[] scalars = sums[3 * k];
      parts.add(new FoldSums(scalars[0], scalars[1], scalars[2], sums[3 * k + 1], sums[3 * k + 2]));
    }
    return new GramStatistics(basis, seed, parts);
  }

  /** The statistics of other rows on the same basis and with the same folds, to be added. */
  public GramStatistics collect(Rows rows) {
    return of(rows, basis, folds.size(), seed);
  }

  /**
   * The statistics of these rows and the other's together.
   *
   * @throws IllegalArgumentException where they are of different bases or folds
   */
  public GramStatistics plus(GramStatistics other) {
    return with(other, FoldSums::plus);
  }

  /**
   * The statistics of these rows without the other's, which must be among them: exact to rounding, an
   * ulp or so of these sums in each number, whatever was added in between.
   *
   * @throws IllegalArgumentException as {@link #plus}; where the other's rows cannot be among these, as
   *     far as counts and sums of squares tell; where so little would remain, in all or in one column,
   *     that differences are no more exact
   */
  public GramStatistics minus(GramStatistics other) {
    return with(other, (fold, less) -> fold.minus(less, basis.width()));
  }

  private GramStatistics with(GramStatistics other, BinaryOperator<FoldSums> operation) {
    if (folds.size() != other.folds.size() || seed != other.seed) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "statistics of %d folds with seed %d cannot be added to those of %d folds with seed"
                  + " %d, nor taken from them",
              other.folds.size(),
              other.seed,
              folds.size(),
              seed));
    }
    if (!Arrays.equals(StatisticsFormat.bytes(basis), StatisticsFormat.bytes(other.basis))) {
      throw new IllegalArgumentException(
          "statistics of different gates, feature maps or label units cannot be added: collect the"
              + " new rows by the statistics they are added to");
    }
    List<FoldSums> sums = new ArrayList<>();
    for (int k = 0; k < folds.size(); k++) {
      sums.add(operation.apply(folds.get(k), other.folds.get(k)));
    }
    return new GramStatistics(basis, seed, sums);
  }

  /** Writes the statistics; the stream is flushed and left open. */
  public void write(OutputStream to) throws IOException {
    StatisticsFormat.write(this, to);
  }

  /**
   * Reads what {@link #write} wrote; the stream is left open.
   *
   * @throws IllegalArgumentException where the stream holds something else, is damaged, was written
   *     by a newer library or does not fit the heap
   */
  public static GramStatistics read(InputStream from) throws IOException {
    return StatisticsFormat.read(from);
  }

  /**
   * Reads what {@link #write} wrote from bytes whose checksum is looked at first.
   *
   * @throws IllegalArgumentException as {@link #read(InputStream)}
   */
  public static GramStatistics read(CheckedBytes from) throws IOException {
    return StatisticsFormat.read(from);
  }

  /** What they are statistics of. */
  public FrozenBasis basis() {
    return basis;
  }

  /** K. */
  public int folds() {
    return folds.size();
  }

  /** n, the number of rows of positive weight. */
  public long rows() {
    return (long) folds.stream().mapToDouble(FoldSums::rows).sum();
  }

  /** W, the sum of the weights. */
  public double weight() {
    return folds.stream().mapToDouble(FoldSums::weight).sum();
  }

  long seed() {
    return seed;
  }

  /** The sums over fold k. */
  public FoldSums fold(int k) {
    return folds.get(k);
  }

  /** The sums over all rows. */
  public FoldSums total() {
    return folds.size() == 1 ? folds.get(0) : without(-1);
  }

  /** The sums over all rows but those of fold k. */
  public FoldSums without(int k) {
    FoldSums sum = FoldSums.none((int) basis.size());
    double rows = 0;
    double weight = 0;
    double labelSquare = 0;
    for (int j = 0; j < folds.size(); j++) {
      if (j != k) {
        FoldSums fold = folds.get(j);
        rows += fold.rows();
        weight += fold.weight();
        labelSquare += fold.labelSquare();
        Blas.axpy(1, fold.moments(), sum.moments());
        Blas.axpy(1, fold.gram(), sum.gram());
      }
    }
    return new FoldSums(rows, weight, labelSquare, sum.moments(), sum.gram());
  }

  /** Whether statistics of this size, and a solve with them, fit the heap. */
  public static boolean fits(FrozenBasis basis, int folds) {
    return basis.size() <= MOST_COLUMNS
        && bytes(basis, folds) <= HEAP_SHARE * Runtime.getRuntime().maxMemory();
  }

  /** Refuses what does not fit, before anything is allocated. */
  static void checkFits(FrozenBasis basis, int folds) {
    if (folds < 1) {
      throw new IllegalArgumentException("folds is " + folds + "; it must be at least 1");
    }
    if (!fits(basis, folds)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "statistics of %d gates on %d features are %d matrices of %d x %d numbers, with room"
                  + " to solve %,.0f MB; they may take %,.0f MB of the driver's heap of %,.0f MB:"
                  + " lower numGates%s, or raise the driver's memory",
              basis.gates().size(),
              basis.map().features(),
              folds,
              basis.size(),
              basis.size(),
              bytes(basis, folds) * 1e-6,
              HEAP_SHARE * Runtime.getRuntime().maxMemory() * 1e-6,
              Runtime.getRuntime().maxMemory() * 1e-6,
              folds > 1 ? " or folds" : ""));
    }
  }

  private static double bytes(FrozenBasis basis, int folds) {
    // Half a matrix for each fold that is kept, and as much again while two results are added.
    // Tasks hold 1 + K/2 matrices each, which are their executors' and not counted.
    return 8.0 * basis.size() * basis.size() * (folds + WORK_MATRICES);
  }
}
