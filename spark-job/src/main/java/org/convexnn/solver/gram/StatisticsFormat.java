package org.convexnn.solver.gram;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.SubNetwork;
import org.convexnn.network.Tree;
import org.convexnn.solver.checkpoint.CheckedBytes;
import org.convexnn.solver.checkpoint.DoubleArrays;

/**
 * Statistics as bytes, big-endian, format 1, or 2 where gates are sub-networks: the text "ConvexNN", the version (int), then basis,
 * folds and sums, then a CRC-32 (long) of all before it. Arrays of numbers are an int of their
 * length and the numbers.
 */
final class StatisticsFormat {

  private static final long MAGIC = 0x436F6E7665784E4EL;
  private static final int VERSION = 2;
  private static final int WITHOUT_SUB_NETWORKS = 1;

  private StatisticsFormat() {}

  static void write(GramStatistics statistics, OutputStream to) throws IOException {
    CheckedOutputStream checked = new CheckedOutputStream(to, new CRC32());
    DataOutputStream out = new DataOutputStream(checked);
    out.writeLong(MAGIC);
    out.writeInt(
        statistics.basis().gates().subNetworks().isEmpty() ? WITHOUT_SUB_NETWORKS : VERSION);
    writeBasis(statistics.basis(), out);
    out.writeLong(statistics.seed());
    out.writeInt(statistics.folds());
    for (int k = 0; k < statistics.folds(); k++) {
      FoldSums fold = statistics.fold(k);
      out.writeDouble(fold.rows());
      out.writeDouble(fold.weight());
      out.writeDouble(fold.labelSquare());
      DoubleArrays.write(fold.moments(), out);
      DoubleArrays.write(fold.gram(), out);
    }
    out.writeLong(checked.getChecksum().getValue());
    out.flush();
  }

  /** The basis as it is saved: bases are the same where these bytes are. */
  static byte[] bytes(FrozenBasis basis) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writeBasis(basis, new DataOutputStream(bytes));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  static GramStatistics read(CheckedBytes from) throws IOException {
    try (InputStream in = from.open()) {
      requireMagic(new DataInputStream(in));
    } catch (EOFException end) {
      throw damaged("they end too early");
    }
    if (!from.whole()) {
      throw damaged("they end too early, or their checksum is wrong");
    }
    try (InputStream in = from.open()) {
      return read(in);
    }
  }

  static GramStatistics read(InputStream from) throws IOException {
    CheckedInputStream checked = new CheckedInputStream(from, new CRC32());
    DataInputStream in = new DataInputStream(checked);
    try {
      requireMagic(in);
      int version = in.readInt();
      if (version < WITHOUT_SUB_NETWORKS || version > VERSION) {
        throw new IllegalArgumentException(
            "the statistics have format "
                + version
                + ", this library reads formats up to "
                + VERSION
                + (version > VERSION ? ": use the library that wrote them, or a newer one" : ""));
      }
      GramStatistics statistics = readBody(in, version);
      long sum = checked.getChecksum().getValue();
      if (in.readLong() != sum) {
        throw damaged("their checksum is wrong");
      }
      return statistics;
    } catch (EOFException end) {
      throw damaged("they end too early");
    }
  }

  private static void requireMagic(DataInputStream in) throws IOException {
    if (in.readLong() != MAGIC) {
      throw new IllegalArgumentException("this is no file of ConvexNN statistics");
    }
  }

  private static GramStatistics readBody(DataInputStream in, int version) throws IOException {
    FrozenBasis basis = readBasis(in, version);
    long seed = in.readLong();
    int folds = in.readInt();
    require(folds >= 1, "a number of folds of " + folds);
    GramStatistics.checkFits(basis, folds);
    int q = (int) basis.size();
    List<FoldSums> sums = new ArrayList<>();
    for (int k = 0; k < folds; k++) {
      sums.add(
          new FoldSums(
              in.readDouble(),
              in.readDouble(),
              in.readDouble(),
              readDoubles(in, q),
              readDoubles(in, q * (q + 1) / 2)));
    }
    return new GramStatistics(basis, seed, sums);
  }

  private static void writeBasis(FrozenBasis basis, DataOutputStream out) throws IOException {
    FeatureMap map = basis.map();
    DoubleArrays.write(map.mean(), out);
    DoubleArrays.write(map.inverseScale(), out);
    DoubleArrays.write(map.matrix(), out);
    out.writeDouble(map.clip());
    writeHalfSpaces(basis.gates().halfSpaces(), out);
    out.writeInt(basis.gates().trees().size());
    for (Tree tree : basis.gates().trees()) {
      DoubleArrays.write(tree.threshold(), out);
      writeInts(tree.feature(), out);
      writeInts(tree.left(), out);
      writeInts(tree.right(), out);
    }
    if (!basis.gates().subNetworks().isEmpty()) {
      writeSubNetworks(basis.gates().subNetworks(), out);
    }
    out.writeInt(basis.norms().length);
    for (double[] norm : basis.norms()) {
      out.writeBoolean(norm.length > 0);
      DoubleArrays.write(norm, out);
    }
    out.writeDouble(basis.labelShift());
    out.writeDouble(basis.labelScale());
  }

  private static void writeHalfSpaces(HalfSpaces half, DataOutputStream out) throws IOException {
    DoubleArrays.write(half.thresholds(), out);
    DoubleArrays.write(half.directions(), out);
    DoubleArrays.write(half.centres(), out);
  }

  private static HalfSpaces readHalfSpaces(DataInputStream in, int d) throws IOException {
    double[] thresholds = readDoubles(in);
    long entries = (long) thresholds.length * d;
    require(entries <= Integer.MAX_VALUE, entries + " entries of directions");
    double[] directions = readDoubles(in, (int) entries);
    return new HalfSpaces(d, directions, thresholds, readDoubles(in, thresholds.length));
  }

  /** Their widths once: they are of one shape. */
  private static void writeSubNetworks(List<SubNetwork> all, DataOutputStream out)
      throws IOException {
    writeInts(all.get(0).widths(), out);
    out.writeInt(all.size());
    for (SubNetwork subNetwork : all) {
      writeHalfSpaces(subNetwork.neurons(), out);
      DoubleArrays.write(subNetwork.weights(), out);
    }
  }

  private static List<SubNetwork> readSubNetworks(DataInputStream in, int d) throws IOException {
    int[] widths = readInts(in);
    int count = in.readInt();
    List<SubNetwork> all = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      HalfSpaces neurons = readHalfSpaces(in, d);
      double[] weights = readDoubles(in);
      require(
          SubNetwork.fits(widths, neurons.size(), weights.length),
          "a sub-network of widths " + Arrays.toString(widths) + " and other sizes");
      all.add(new SubNetwork(widths, neurons, weights));
    }
    return all;
  }

  private static FrozenBasis readBasis(DataInputStream in, int version) throws IOException {
    double[] mean = readDoubles(in);
    int d = mean.length;
    double[] inverseScale = readDoubles(in, d);
    double[] matrix = readDoubles(in);
    double clip = in.readDouble();
    require(clip > 0, "a feature map clipped at " + clip);
    require(
        matrix.length == 0 || (d > 0 && matrix.length % d == 0 && matrix.length <= (long) d * d),
        "a matrix of the wrong size");
    FeatureMap map = new FeatureMap(mean, inverseScale, matrix, clip);
    int width = map.dimension() + 1;
    HalfSpaces half = readHalfSpaces(in, d);
    int trees = in.readInt();
    require(trees >= 0, trees + " trees");
    List<Tree> grown = new ArrayList<>();
    for (int t = 0; t < trees; t++) {
      double[] split = readDoubles(in);
      grown.add(
          new Tree(
              readInts(in, split.length),
              split,
              readInts(in, split.length),
              readInts(in, split.length)));
    }
    List<SubNetwork> layered = version > WITHOUT_SUB_NETWORKS ? readSubNetworks(in, d) : List.of();
    require(layered.isEmpty() || half.size() + trees == 0, "sub-networks beside other gates");
    GateSet gates = new GateSet(half, layered, grown);
    int normed = in.readInt();
    require(normed == 0 || normed == gates.size(), normed + " norms of " + gates.size() + " gates");
    double[][] norms = new double[normed][];
    for (int i = 0; i < normed; i++) {
      norms[i] = in.readBoolean() ? readDoubles(in, width * width) : new double[0];
    }
    double shift = in.readDouble();
    double scale = in.readDouble();
    require(scale > 0, "labels scaled by " + scale);
    return new FrozenBasis(map, gates, norms, shift, scale);
  }

  private static void writeInts(int[] values, DataOutputStream out) throws IOException {
    out.writeInt(values.length);
    for (int value : values) {
      out.writeInt(value);
    }
  }

  private static double[] readDoubles(DataInputStream in, int expected) throws IOException {
    double[] values = readDoubles(in);
    require(values.length == expected, values.length + " numbers instead of " + expected);
    return values;
  }

  private static double[] readDoubles(DataInputStream in) throws IOException {
    return DoubleArrays.read(in, length(in, 8));
  }

  private static int[] readInts(DataInputStream in, int expected) throws IOException {
    int[] values = readInts(in);
    require(values.length == expected, values.length + " numbers instead of " + expected);
    return values;
  }

  private static int[] readInts(DataInputStream in) throws IOException {
    int length = length(in, 4);
    int[] values = new int[length];
    for (int i = 0; i < length; i++) {
      values[i] = in.readInt();
    }
    return values;
  }

  /** The length of an array, refused where a damaged one would not fit the heap. */
  private static int length(DataInputStream in, int bytes) throws IOException {
    int length = in.readInt();
    require(
        length >= 0 && (double) bytes * length < Runtime.getRuntime().maxMemory() / 2.0,
        "an array of length " + length);
    return length;
  }

  private static void require(boolean good, String found) {
    if (!good) {
      throw damaged("they hold " + found);
    }
  }

  private static IllegalArgumentException damaged(String what) {
    return new IllegalArgumentException(
        "the statistics are damaged: " + what + "; collect them again or restore the file");
  }
}
