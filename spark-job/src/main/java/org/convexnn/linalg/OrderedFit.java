package org.convexnn.linalg;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Numbers in order. Of x_1 .. x_n and pairs (i, j) that ask for x_i &lt;= x_j
 *
 * <pre>min sum_i h_i/2 (x_i - z_i)^2 + c_i |x_i - b_i|   subject to   x_i &lt;= x_j,</pre>
 *
 * isotonic regression over a partial order where c is 0, exactly, by parting (Spouge, Wan and Wilbur,
 * Journal of Optimization Theory and Applications 2003; for convex functions Hochbaum and Queyranne,
 * SIAM Journal on Discrete Mathematics 2003). Let v be the best common value of some of the numbers.
 * Number i would move by a force of {@code -f_i'(v)}, an interval where v is b_i, and the pairs hand
 * forces on, from i to j: a flow. Where the largest flow leaves no force over, all of them are v, and
 * the flow is the multipliers of the pairs. Where it does, its cut parts the numbers in those that are
 * at least v and those that are at most v, which are solved by themselves. Not for several threads.
 */
public final class OrderedFit {

  /** Forces below this share of all of them are rounding. */
  private static final double ROUNDING = 1e-13;

  private final int n;
  private final int[] lower;
  private final int[] upper;

  /** The pairs of number i, {@code 2 pair} where it is the lower one and {@code 2 pair + 1} else. */
  private final int[] start;

  private final int[] incident;
  private final double[] flow;

  /** The numbers, those of a part side by side; and the part of each. */
  private final int[] order;

  private final int[] part;
  private int parts;

  private final double[] excess;
  private final double[] room;
  private final double[] least;
  private final double[] most;
  private final int[] level;
  private final int[] next;
  private final int[] queue;
  private double tiny;

  private double[] h;
  private double[] z;
  private double[] c;
  private double[] b;
  private double[] x;

  /**
   * An order.
   *
   * @param n the count of numbers
   * @param pairs i and j of each pair, one after the other
   */
  public OrderedFit(int n, int[] pairs) {
    this.n = n;
    int count = pairs.length / 2;
    this.lower = new int[count];
    this.upper = new int[count];
    this.start = new int[n + 1];
    this.incident = new int[2 * count];
    this.flow = new double[count];
    for (int p = 0; p < count; p++) {
      lower[p] = pairs[2 * p];
      upper[p] = pairs[2 * p + 1];
      start[lower[p] + 1]++;
      start[upper[p] + 1]++;
    }
    for (int i = 0; i < n; i++) {
      start[i + 1] += start[i];
    }
    int[] filled = start.clone();
    for (int p = 0; p < count; p++) {
      incident[filled[lower[p]]++] = 2 * p;
      incident[filled[upper[p]]++] = 2 * p + 1;
    }
    this.order = new int[n];
    this.part = new int[n];
    this.excess = new double[n];
    this.room = new double[n];
    this.least = new double[n];
    this.most = new double[n];
    this.level = new int[n];
    this.next = new int[n];
    this.queue = new int[n];
  }

  /**
   * Solves.
   *
   * @param h not negative
   * @param z without meaning where h is 0
   * @param c not negative
   * @param b where c is not 0
   * @return x, in order to the last bit
   */
  public double[] solve(double[] h, double[] z, double[] c, double[] b) {
    this.h = h;
    this.z = z;
    this.c = c;
    this.b = b;
    x = new double[n];
    parts = 0;
    Arrays.fill(flow, 0);
    Arrays.setAll(order, i -> i);
    solve(0, n, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    return x;
  }

  /**
   * The multipliers of the pairs, not negative, of the last solution: at x_i the sum of those of its
   * pairs as lower number, less those as upper one, is {@code -f_i'(x_i)}.
   */
  public double[] multipliers() {
    return flow;
  }

  /** Solves a part, whose solution is known to be in an interval. */
  private void solve(int from, int to, double low, double high) {
    parts++;
    for (int k = from; k < to; k++) {
      int i = order[k];
      part[i] = parts;
      x[i] = alone(i);
    }
    if (inOrder(from, to)) {
      // But for rounding they are within the interval.
      for (int k = from; k < to; k++) {
        x[order[k]] = within(low, high, x[order[k]]);
      }
      return;
    }
    double v = within(low, high, together(from, to));
    int middle = cut(from, to, v);
    if (middle == from || middle == to) {
      for (int k = from; k < to; k++) {
        x[order[k]] = v;
      }
      return;
    }
    forEachPair(from, to, p -> flow[p] = 0);
    solve(from, middle, low, v);
    solve(middle, to, v, high);
  }

  private static double within(double low, double high, double value) {
    return Math.max(low, Math.min(high, value));
  }

  private interface PairAction {
    void accept(int pair);
  }

  private void forEachPair(int from, int to, PairAction action) {
    for (int k = from; k < to; k++) {
      int i = order[k];
      for (int e = start[i]; e < start[i + 1]; e++) {
        int p = incident[e] >> 1;
        if ((incident[e] & 1) == 0 && part[upper[p]] == part[i]) {
          action.accept(p);
        }
      }
    }
  }

  private boolean inOrder(int from, int to) {
    boolean[] broken = new boolean[1];
    forEachPair(from, to, p -> broken[0] |= x[lower[p]] > x[upper[p]]);
    return !broken[0];
  }

  /** Where number i would be without the others. */
  private double alone(int i) {
    if (h[i] == 0) {
      return c[i] > 0 ? b[i] : 0;
    }
    if (c[i] == 0) {
      return z[i];
    }
    double size = Math.abs(z[i] - b[i]) - c[i] / h[i];
    return size > 0 ? b[i] + Math.signum(z[i] - b[i]) * size : b[i];
  }

  /** The best common value of a part: a kink, or a point between two. */
  private double together(int from, int to) {
    double[] kinks =
        IntStream.range(from, to)
            .map(k -> order[k])
            .filter(i -> c[i] > 0)
            .mapToDouble(i -> b[i])
            .sorted()
            .toArray();
    int at = 0;
    for (int size = kinks.length; size > 0; ) {
      int half = size >>> 1;
      boolean below = slope(from, to, kinks[at + half], 1) < 0;
      at += below ? half + 1 : 0;
      size = below ? size - half - 1 : half;
    }
    if (at < kinks.length && slope(from, to, kinks[at], -1) <= 0) {
      return kinks[at];
    }
    double curvature = 0;
    double force = 0;
    for (int k = from; k < to; k++) {
      int i = order[k];
      boolean right = at < kinks.length ? b[i] < kinks[at] : true;
      curvature += h[i];
      force += h[i] == 0 ? 0 : h[i] * z[i];
      force -= right ? c[i] : -c[i];
    }
    return curvature > 0 ? force / curvature : 0;
  }

  /** The derivative of the part's sum just above v, or just below. */
  private double slope(int from, int to, double v, int side) {
    double sum = 0;
    for (int k = from; k < to; k++) {
      sum += slope(order[k], v, side);
    }
    return sum;
  }

  private double slope(int i, double v, int side) {
    double smooth = h[i] == 0 ? 0 : h[i] * (v - z[i]);
    return smooth + c[i] * (v == b[i] ? side : Math.signum(v - b[i]));
  }

  /**
   * Parts the numbers where forces at v are left over: those that are at most v come first.
   *
   * @return where those begin that are at least v; {@code from} or {@code to} where all are v
   */
  private int cut(int from, int to, double v) {
    double total = 0;
    for (int k = from; k < to; k++) {
      int i = order[k];
      least[i] = -slope(i, v, 1);
      most[i] = -slope(i, v, -1);
      total += Math.max(Math.abs(least[i]), Math.abs(most[i]));
      excess[i] = Math.max(least[i], 0);
      room[i] = Math.max(-least[i], 0);
    }
    double left = ROUNDING * total;
    tiny = left / (to - from);
    push(from, to);
    if (any(excess, from, to, left)) {
      reach(from, to, excess, true);
      return sort(from, to, false);
    }
    for (int k = from; k < to; k++) {
      int i = order[k];
      double given = least[i] - excess[i] + room[i];
      excess[i] = Math.max(most[i] - given, 0);
      room[i] = Math.max(given - most[i], 0);
    }
    if (any(room, from, to, left)) {
      push(from, to);
      if (any(room, from, to, left)) {
        reach(from, to, room, false);
        return sort(from, to, true);
      }
    }
    return from;
  }

  private boolean any(double[] amounts, int from, int to, double left) {
    for (int k = from; k < to; k++) {
      if (amounts[order[k]] > left) {
        return true;
      }
    }
    return false;
  }

  /** The largest flow from excess to room (Dinic 1970). */
  private void push(int from, int to) {
    // A phase lengthens the shortest way.
    for (int phase = from; phase <= to && reach(from, to, excess, true); phase++) {
      for (int k = from; k < to; k++) {
        next[order[k]] = start[order[k]];
      }
      for (int k = from; k < to; k++) {
        int i = order[k];
        if (excess[i] > tiny) {
          excess[i] -= push(i, excess[i]);
        }
      }
    }
  }

  private double push(int i, double amount) {
    double sent = 0;
    if (room[i] > tiny) {
      sent = Math.min(amount, room[i]);
      room[i] -= sent;
    }
    for (; amount - sent > tiny && next[i] < start[i + 1]; next[i]++) {
      int p = incident[next[i]] >> 1;
      boolean up = (incident[next[i]] & 1) == 0;
      int j = up ? upper[p] : lower[p];
      if (part[j] == part[i] && level[j] == level[i] + 1 && (up || flow[p] > tiny)) {
        double moved = push(j, up ? amount - sent : Math.min(amount - sent, flow[p]));
        flow[p] += up ? moved : -moved;
        sent += moved;
        if (amount - sent <= tiny) {
          break;
        }
      }
    }
    return sent;
  }

  /**
   * The steps that more flow takes to each number from those with an amount left over, or from it to
   * them; -1 where there is no way.
   *
   * @return whether it reaches room
   */
  private boolean reach(int from, int to, double[] amounts, boolean along) {
    int count = 0;
    for (int k = from; k < to; k++) {
      int i = order[k];
      level[i] = amounts[i] > tiny ? 0 : -1;
      if (level[i] == 0) {
        queue[count++] = i;
      }
    }
    boolean reached = false;
    for (int k = 0; k < count; k++) {
      int i = queue[k];
      reached |= room[i] > tiny;
      for (int e = start[i]; e < start[i + 1]; e++) {
        int p = incident[e] >> 1;
        boolean isLower = (incident[e] & 1) == 0;
        int j = isLower ? upper[p] : lower[p];
        if (part[j] == part[i] && level[j] < 0 && (isLower == along || flow[p] > tiny)) {
          level[j] = level[i] + 1;
          queue[count++] = j;
        }
      }
    }
    return reached;
  }

  /** Brings those that were reached to the front, or to the end; returns where the end begins. */
  private int sort(int from, int to, boolean reachedFirst) {
    int[] numbers = Arrays.copyOfRange(order, from, to);
    int at = from;
    for (int i : numbers) {
      if (level[i] >= 0 == reachedFirst) {
        order[at++] = i;
      }
    }
    int middle = at;
    for (int i : numbers) {
      if (level[i] >= 0 != reachedFirst) {
        order[at++] = i;
      }
    }
    return middle;
  }
}
