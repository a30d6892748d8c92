package org.convexnn.gate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.convexnn.linalg.Blas;
import org.convexnn.linalg.SingularValues;

/**
 * All activation patterns of a few rows that span one or two dimensions, each with a gate in the
 * middle of its chamber: of homogeneous gates {@code 1[X g >= 0]} by a sweep over the 2 n angles
 * where a row changes sign, of half-spaces {@code 1[P g >= t]} of the plane by a sweep over the n (n
 * - 1) / 2 angles where two rows change places. Only chambers with an interior count: ties are not
 * broken (docs/theory/cones.md#counting-patterns, docs/theory/depth.md#counting).
 *
 * <p>Chambers narrower than 1e-11 are rounding and left out.
 */
public final class PatternEnumeration {

  private static final double TIE = 1e-11;

  private PatternEnumeration() {}

  /**
   * A pattern.
   *
   * @param active by row
   * @param direction g of the gate {@code x.g >= threshold}
   * @param threshold 0 for homogeneous gates
   */
  public record Pattern(boolean[] active, double[] direction, double threshold) {

    /** The pattern as zeros and ones. */
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      for (boolean a : active) {
        text.append(a ? '1' : '0');
      }
      return text.toString();
    }
  }

  /**
   * The patterns {@code 1[X g >= 0]} over all g that lie on no row's hyperplane; a row of zeros is
   * always active. Of m rows in general position there are 2 in one dimension, 2 m in two.
   *
   * @param features d, the numbers in a row
   * @param rows X, n x d row-major, of rank at most 2 (singular values up to 1e-12 of the largest
   *     count as zero)
   * @return sorted by their text, unit directions in the span of the rows
   * @throws IllegalArgumentException where the rank is above 2
   */
  public static List<Pattern> homogeneous(int features, double[] rows) {
    int n = rows.length / features;
    double[] basis = basis(features, rows);
    double[] plane = new double[2 * n];
    Blas.gemm(
        false, true, n, 2, features, 1.0, rows, 0, features, basis, 0, features, 0.0, plane, 0, 2);
    double[] turns = new double[n];
    int count = 0;
    for (int r = 0; r < n; r++) {
      if (plane[2 * r] != 0 || plane[2 * r + 1] != 0) {
        turns[count++] = normal(plane[2 * r], plane[2 * r + 1]);
      }
    }
    List<Pattern> patterns = new ArrayList<>();
    for (double angle : middles(Arrays.copyOf(turns, count))) {
      patterns.add(homogeneous(plane, angle, basis));
      if (count > 0) {
        patterns.add(homogeneous(plane, angle + Math.PI, basis));
      }
    }
    return sorted(patterns);
  }

  private static Pattern homogeneous(double[] plane, double angle, double[] basis) {
    double c = Math.cos(angle);
    double s = Math.sin(angle);
    boolean[] active = new boolean[plane.length / 2];
    for (int r = 0; r < active.length; r++) {
      active[r] = c * plane[2 * r] + s * plane[2 * r + 1] >= 0;
    }
    int d = basis.length / 2;
    double[] direction = new double[d];
    for (int j = 0; j < d; j++) {
      direction[j] = c * basis[j] + s * basis[d + j];
    }
    return new Pattern(active, direction, 0);
  }

  /**
   * Two orthonormal rows that span the rows of X; the second is zero where d = 1. One or two columns
   * are taken as they are.
   */
  private static double[] basis(int d, double[] rows) {
    double[] basis = new double[2 * d];
    if (d <= 2) {
      basis[0] = 1;
      basis[2 * d - 1] = d == 2 ? 1 : 0;
      return basis;
    }
    SingularValues svd = SingularValues.of(rows.length / d, d, rows);
    int rank = svd.rank(1e-12);
    if (rank > 2) {
      throw new IllegalArgumentException(
          "rows of rank "
              + rank
              + ": patterns are enumerated of rows of rank 1 and 2; draw gates instead");
    }
    System.arraycopy(svd.right(), 0, basis, 0, rank * d);
    if (rank == 0) {
      basis[0] = 1;
    }
    return basis;
  }

  /**
   * The ways a half-space {@code 1[p.g >= t]} splits points of a line or a plane in two, each once: a
   * pattern and its complement are one, and the empty side is left out. Of m points in general
   * position there are m - 1 on a line, m (m - 1) / 2 in the plane. Takes n^3 log n steps in the
   * plane.
   *
   * @param dimension 1 or 2
   * @param points n x dimension row-major
   * @return sorted by their text; the gate is half way between the two sides
   * @throws IllegalArgumentException where the dimension is another one
   */
  public static List<Pattern> splits(int dimension, double[] points) {
    if (dimension != 1 && dimension != 2) {
      throw new IllegalArgumentException(
          "points of dimension "
              + dimension
              + ": splits are enumerated of points of dimension 1 and 2; draw gates instead");
    }
    double scale = 0;
    for (int i = 0; i < points.length; i++) {
      scale = Math.max(scale, Math.abs(points[i] - points[i % dimension]));
    }
    Set<BitSet> known = new HashSet<>();
    List<Pattern> patterns = new ArrayList<>();
    double[] angles = dimension == 1 ? new double[1] : middles(exchanges(points, TIE * scale));
    for (double angle : angles) {
      double[] g = {Math.cos(angle), Math.sin(angle)};
      cut(Arrays.copyOf(g, dimension), points, TIE * scale, known, patterns);
    }
    return sorted(patterns);
  }

  /** The angles of g at which two points have the same p.g. */
  private static double[] exchanges(double[] points, double tie) {
    int n = points.length / 2;
    double[] turns = new double[n * (n - 1) / 2];
    int count = 0;
    for (int r = 0; r < n; r++) {
      for (int q = 0; q < r; q++) {
        double x = points[2 * r] - points[2 * q];
        double y = points[2 * r + 1] - points[2 * q + 1];
        if (Math.hypot(x, y) > tie) {
          turns[count++] = normal(x, y);
        }
      }
    }
    return Arrays.copyOf(turns, count);
  }

  /** The thresholds along one direction. */
  private static void cut(
      double[] g, double[] points, double tie, Set<BitSet> known, List<Pattern> patterns) {
    int d = g.length;
    int n = points.length / d;
    double[] scores = new double[n];
    for (int r = 0; r < n; r++) {
      for (int j = 0; j < d; j++) {
        scores[r] += points[r * d + j] * g[j];
      }
    }
    double[] ascending = scores.clone();
    Arrays.sort(ascending);
    for (int k = 1; k < n; k++) {
      if (ascending[k] - ascending[k - 1] > tie) {
        double threshold = ascending[k - 1] / 2 + ascending[k] / 2;
        boolean[] active = new boolean[n];
        BitSet side = new BitSet(n);
        for (int r = 0; r < n; r++) {
          active[r] = scores[r] >= threshold;
          side.set(r, active[r] != active[0]);
        }
        if (known.add(side)) {
          patterns.add(new Pattern(active, g, threshold));
        }
      }
    }
  }

  /** The angle of the line through the origin that is normal to (x, y), in [0, pi). */
  private static double normal(double x, double y) {
    double angle = (Math.atan2(y, x) + Math.PI / 2) % Math.PI;
    return angle < 0 ? angle + Math.PI : angle;
  }

  /** The middles of the arcs of a half circle between these angles; equal angles are one. */
  private static double[] middles(double[] turns) {
    if (turns.length == 0) {
      return new double[1];
    }
    double[] sorted = turns.clone();
    Arrays.sort(sorted);
    int count = 1;
    for (double angle : sorted) {
      if (angle - sorted[count - 1] > TIE) {
        sorted[count++] = angle;
      }
    }
    // Pi is zero once more.
    if (count > 1 && sorted[0] + Math.PI - sorted[count - 1] <= TIE) {
      count--;
    }
    double[] middles = new double[count];
    for (int i = 0; i < count; i++) {
      double next = i + 1 < count ? sorted[i + 1] : sorted[0] + Math.PI;
      middles[i] = sorted[i] / 2 + next / 2;
    }
    return middles;
  }

  private static List<Pattern> sorted(List<Pattern> patterns) {
    patterns.sort((a, b) -> Arrays.compare(a.active, b.active));
    return List.copyOf(patterns);
  }
}
