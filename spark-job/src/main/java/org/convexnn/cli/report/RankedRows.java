package org.convexnn.cli.report;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;
import org.convexnn.ml.score.Ranking;

/** Scores and weights of rows, kept as long as they are few, and the area under ROC of them. */
public final class RankedRows implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Most rows that are kept, 24 bytes each. */
  public static final int MOST = 1 << 17;

  private static final int FIRST = 1 << 10;

  private int size;
  private double[] scores = new double[FIRST];
  private double[] positives = new double[FIRST];
  private double[] negatives = new double[FIRST];

  /** Adds a row; one too many, and none is kept any more. */
  public void add(double score, double positive, double negative) {
    room(1);
    if (scores != null) {
      // -0 and 0 are one score
      scores[size] = score + 0.0;
      positives[size] = positive;
      negatives[size++] = negative;
    }
  }

  /** Adds the rows of another one. */
  public void addAll(RankedRows other) {
    room(other.scores == null ? MOST + 1 : other.size);
    if (scores != null) {
      System.arraycopy(other.scores, 0, scores, size, other.size);
      System.arraycopy(other.positives, 0, positives, size, other.size);
      System.arraycopy(other.negatives, 0, negatives, size, other.size);
      size += other.size;
    }
  }

  private void room(int more) {
    if (scores == null) {
      return;
    }
    if (size + more > MOST) {
      scores = null;
      positives = null;
      negatives = null;
    } else if (size + more > scores.length) {
      int length = Math.max(size + more, Math.min(2 * scores.length, MOST));
      scores = Arrays.copyOf(scores, length);
      positives = Arrays.copyOf(positives, length);
      negatives = Arrays.copyOf(negatives, length);
    }
  }

  /** The area of all rows; nothing where they were too many. */
  public Optional<RocArea> area() {
    if (scores == null) {
      return Optional.empty();
    }
    int[] order = Ranking.ascending(scores, size);
    RocArea area = RocArea.NONE;
    for (int i = 0; i < size; ) {
      double score = scores[order[i]];
      double ones = 0;
      double zeros = 0;
      for (; i < size && Double.compare(scores[order[i]], score) == 0; i++) {
        ones += positives[order[i]];
        zeros += negatives[order[i]];
      }
      area = area.below(RocArea.tied(ones, zeros));
    }
    return Optional.of(area);
  }
}
