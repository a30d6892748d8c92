package org.convexnn.gate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The bins of rows as histograms count them. Columns of which no row has two away from their usual
 * bin, such as those of a one-hot code, share one <em>slot</em>: the sums of the usual bin are the
 * leaf's less those of the others (exclusive feature bundling, Ke et al., NeurIPS 2017, without
 * conflicts). Up to four slots share a <em>panel</em>, one integer a row.
 */
final class Panels {

  /** Slots of a panel. */
  static final int SLOTS = 4;

  private static final int MOST_CODES = 256;

  /** Slots that are still filled are tried one after the other; so many at most. */
  private static final int MOST_OPEN = 64;

  /**
   * A column as a part of a slot.
   *
   * @param column the column
   * @param bins its bins, that of missing values aside
   * @param missing whether there are missing values; then their bin is number {@code bins}
   * @param usual the bin that has no code of its own; -1 in a slot of one column
   * @param first the code of the first bin that has one
   */
  record Member(int column, int bins, boolean missing, int usual, int first) {

    /** Bins, that of missing values included. */
    int size() {
      return bins + (missing ? 1 : 0);
    }

    /** The code of a bin in the slot, given that it is not the usual one. */
    int code(int bin) {
      return usual < 0 || bin < usual ? first + bin : first + bin - 1;
    }

    /** The bin that a code of the slot stands for, that of missing values as number {@code bins}. */
    int bin(int code) {
      if (usual < 0) {
        return code;
      }
      int bin = code - first;
      if (bin < 0 || bin >= size() - 1) {
        return usual;
      }
      return bin < usual ? bin : bin + 1;
    }

    int index(byte bin) {
      int value = bin & 0xFF;
      return value == Binning.MISSING ? bins : value;
    }
  }

  /**
   * Columns that share codes.
   *
   * @param members the columns, ascending
   * @param codes the number of codes
   */
  record Slot(List<Member> members, int codes) {

    /** The member that is a column; null where it is in another slot. */
    Member member(int column) {
      for (Member member : members) {
        if (member.column == column) {
          return member;
        }
      }
      return null;
    }

    int code(byte[][] bins, int row) {
      for (Member member : members) {
        int bin = member.index(bins[member.column][row]);
        if (bin != member.usual) {
          return member.code(bin);
        }
      }
      return 0;
    }
  }

  /** All slots, in the order of their first columns. */
  final List<Slot> slots;

  /** The first slot of each panel, and the number of slots. */
  final int[] first;

  /** The codes of each panel's slots in each row: slot k of a panel in byte k. */
  final int[][] codes;

  private Panels(List<Slot> slots, int[] first, int[][] codes) {
    this.slots = slots;
    this.first = first;
    this.codes = codes;
  }

  /**
   * Packs the columns that vary.
   *
   * @param bundled whether columns may share slots; the trees are the same
   */
  static Panels of(BinnedRows rows, boolean bundled, Workers workers) {
    int d = rows.bins().length;
    Column[] columns = new Column[d];
    workers.run(d, j -> columns[j] = Column.of(rows, j));
    List<Slot> slots = new ArrayList<>();
    boolean[] taken = new boolean[d];
    if (bundled) {
      for (List<Column> bundle : bundles(rows, columns)) {
        slots.add(bundle(bundle));
        bundle.forEach(column -> taken[column.index] = true);
      }
    }
    for (Column column : columns) {
      if (column.varies() && !taken[column.index]) {
        Member member = new Member(column.index, column.bins, column.missing, -1, 0);
        slots.add(new Slot(List.of(member), member.size()));
      }
    }
    slots.sort(Comparator.comparingInt(slot -> slot.members.get(0).column));
    int count = (slots.size() + SLOTS - 1) / SLOTS;
    int even = (count + workers.size() - 1) / workers.size() * workers.size();
    int panels = Math.min(even, slots.size());
    int[] first =
        IntStream.rangeClosed(0, panels).map(p -> p * slots.size() / Math.max(1, panels)).toArray();
    int[][] codes = new int[panels][];
    workers.run(panels, p -> codes[p] = pack(rows, slots.subList(first[p], first[p + 1])));
    return new Panels(List.copyOf(slots), first, codes);
  }

  /**
   * The side of each code of a column's slot.
   *
   * @param byBin 1 for each bin of the column that goes left
   */
  RowStore.Sides sides(int column, byte[] byBin) {
    int slot = 0;
    Member tested = null;
    while (tested == null) {
      tested = slots.get(slot).member(column);
      slot += tested == null ? 1 : 0;
    }
    int panel = 0;
    while (first[panel + 1] <= slot) {
      panel++;
    }
    byte[] byCode = new byte[MOST_CODES];
    for (int code = 0; code < MOST_CODES; code++) {
      int bin = tested.bin(code);
      byCode[code] = byBin[bin >= tested.bins ? Binning.MISSING : bin];
    }
    return new RowStore.Sides(panel, 8 * (slot - first[panel]), byCode);
  }

  private static int[] pack(BinnedRows rows, List<Slot> slots) {
    int[] packed = new int[rows.size()];
    for (int k = 0; k < slots.size(); k++) {
      Slot slot = slots.get(k);
      for (int r = 0; r < packed.length; r++) {
        packed[r] |= slot.code(rows.bins(), r) << 8 * k;
      }
    }
    return packed;
  }

  /** What the rows hold in a column. */
  private record Column(int index, int bins, boolean missing, int usual, int unusual) {

    static Column of(BinnedRows rows, int j) {
      int[] counts = new int[MOST_CODES];
      for (byte bin : rows.bins()[j]) {
        counts[bin & 0xFF]++;
      }
      int usual = 0;
      for (int b = 1; b < MOST_CODES; b++) {
        usual = counts[b] > counts[usual] ? b : usual;
      }
      int bins = rows.binning().bins(j);
      int unusual = rows.size() - counts[usual];
      boolean missing = counts[Binning.MISSING] > 0;
      return new Column(j, bins, missing, usual == Binning.MISSING ? bins : usual, unusual);
    }

    boolean varies() {
      return unusual > 0;
    }

    int codes() {
      return bins + (missing ? 1 : 0) - 1;
    }

    boolean isUnusual(byte bin) {
      int value = bin & 0xFF;
      return (value == Binning.MISSING ? bins : value) != usual;
    }
  }

  /** A bundle that grows: the rows in which one of its columns is not as usual. */
  private static final class Open {
    final List<Column> columns = new ArrayList<>();
    final long[] unusual;
    int count;
    int codes = 1;

    Open(int n) {
      this.unusual = new long[(n + 63) / 64];
    }

    boolean admits(Column column, long[] rows) {
      if (codes + column.codes() > MOST_CODES
          || (long) count + column.unusual > 64L * unusual.length) {
        return false;
      }
      for (int k = 0; k < rows.length; k++) {
        if ((unusual[k] & rows[k]) != 0) {
          return false;
        }
      }
      return true;
    }

    void add(Column column, long[] rows) {
      columns.add(column);
      for (int k = 0; k < rows.length; k++) {
        unusual[k] |= rows[k];
      }
      count += column.unusual;
      codes += column.codes();
    }
  }

  /** First fit, those columns first that are unusual in most rows; bundles of one are left out. */
  private static List<List<Column>> bundles(BinnedRows rows, Column[] columns) {
    int n = rows.size();
    List<Column> candidates =
        Arrays.stream(columns)
            .filter(column -> column.varies() && column.unusual <= n / 2)
            .sorted(Comparator.comparingInt(column -> -column.unusual))
            .toList();
    List<Open> open = new ArrayList<>();
    for (Column column : candidates) {
      long[] unusual = new long[(n + 63) / 64];
      byte[] bins = rows.bins()[column.index];
      for (int r = 0; r < n; r++) {
        if (column.isUnusual(bins[r])) {
          unusual[r >>> 6] |= 1L << r;
        }
      }
      Open home = null;
      for (int k = 0; k < open.size() && home == null; k++) {
        home = open.get(k).admits(column, unusual) ? open.get(k) : null;
      }
      if (home == null && open.size() < MOST_OPEN) {
        home = new Open(n);
        open.add(home);
      }
      if (home != null) {
        home.add(column, unusual);
      }
    }
    return open.stream()
        .map(bundle -> bundle.columns)
        .filter(bundle -> bundle.size() > 1)
        .map(bundle -> bundle.stream().sorted(Comparator.comparingInt(Column::index)).toList())
        .toList();
  }

  private static Slot bundle(List<Column> columns) {
    List<Member> members = new ArrayList<>();
    int codes = 1;
    for (Column column : columns) {
      members.add(new Member(column.index, column.bins, column.missing, column.usual, codes));
      codes += column.codes();
    }
    return new Slot(members, codes);
  }
}
