package org.convexnn.block;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The leaf that each row of a block reaches in each tree: a column of small integers by tree, bytes
 * up to 256 leaves and shorts above.
 *
 * @param first the number of each tree's first leaf among the leaves of all trees, and their number
 * @param bytes by tree the leaf of each row, unsigned; empty where the tree has shorts
 * @param shorts by tree the leaf of each row, unsigned; empty where the tree has bytes
 */
public record LeafCodes(int[] first, byte[][] bytes, short[][] shorts) implements Serializable {

  private static final int MOST_OF_A_BYTE = 256;
  private static final byte[] NO_BYTES = new byte[0];
  private static final short[] NO_SHORTS = new short[0];

  /** Codes of trees, all of them 0. */
  public static LeafCodes zero(int[] first, int rows) {
    int trees = first.length - 1;
    byte[][] bytes = new byte[trees][];
    short[][] shorts = new short[trees][];
    for (int t = 0; t < trees; t++) {
      boolean small = first[t + 1] - first[t] <= MOST_OF_A_BYTE;
      bytes[t] = small ? new byte[rows] : NO_BYTES;
      shorts[t] = small ? NO_SHORTS : new short[rows];
    }
    return new LeafCodes(first, bytes, shorts);
  }

  /** The codes of rows from .. to of trees that keep them as bytes. */
  public static LeafCodes slice(int[] first, byte[][] codes, int from, int to) {
    byte[][] bytes = new byte[codes.length][];
    short[][] shorts = new short[codes.length][];
    for (int t = 0; t < codes.length; t++) {
      bytes[t] = Arrays.copyOfRange(codes[t], from, to);
      shorts[t] = NO_SHORTS;
    }
    return new LeafCodes(first, bytes, shorts);
  }

  /** The bytes that a row takes in trees of so many leaves. */
  public static long bytesOfRow(int[] first) {
    long bytes = 0;
    for (int t = 0; t < first.length - 1; t++) {
      bytes += first[t + 1] - first[t] <= MOST_OF_A_BYTE ? Byte.BYTES : Short.BYTES;
    }
    return bytes;
  }

  /** The number of trees. */
  public int trees() {
    return bytes.length;
  }

  /** The leaf, from 0, that row r reaches in tree t. */
  public int code(int r, int t) {
    return bytes[t].length > 0 ? bytes[t][r] & 0xFF : shorts[t][r] & 0xFFFF;
  }

  /** The leaf, numbered among the leaves of all trees, that row r reaches in tree t. */
  public int leaf(int r, int t) {
    return first[t] + code(r, t);
  }

  /** Sets a row's leaf, from 0, in a tree: while the codes are made. */
  public void set(int r, int t, int leaf) {
    if (bytes[t].length > 0) {
      bytes[t][r] = (byte) leaf;
    } else {
      shorts[t][r] = (short) leaf;
    }
  }

  /** Sets the leaves, from 0, of rows {@code from ..} in tree t: while the codes are made. */
  void set(int from, int t, int[] leaves, int count) {
    byte[] small = bytes[t];
    short[] large = shorts[t];
    for (int r = 0; small.length > 0 && r < count; r++) {
      small[from + r] = (byte) leaves[r];
    }
    for (int r = 0; large.length > 0 && r < count; r++) {
      large[from + r] = (short) leaves[r];
    }
  }

  /** The bytes the arrays take. */
  public long size() {
    long size = 4L * first.length;
    for (int t = 0; t < trees(); t++) {
      size += bytes[t].length + 2L * shorts[t].length;
    }
    return size;
  }
}
