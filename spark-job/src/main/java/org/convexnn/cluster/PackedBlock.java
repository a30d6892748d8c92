package org.convexnn.cluster;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.convexnn.block.Block;
import org.convexnn.linalg.CounterRandom;
import org.convexnn.network.Imputation;

/**
 * A block of rows and what packing saw in them. Written by Java serialisation for the reason that
 * {@link JavaSerialized} gives.
 *
 * <p>The fingerprint tells whether something kept for a block, patterns or a row state, is about
 * the same rows in the same order. After a loss it may not be: Spark computes the rows of a
 * partition again, but behind a shuffle (repartition, join) they may come in another order.
 *
 * @param block the rows; none where all were dropped or the first problem ended the packing
 * @param report what packing saw
 * @param fingerprint a hash of the rows, their weights and their order
 */
@DefaultSerializer(JavaSerializer.class)
record PackedBlock(Block block, PackingReport report, long fingerprint) implements Serializable {

  /** A block with its fingerprint. */
  static PackedBlock of(Block block, PackingReport report) {
    long hash = block.rows();
    for (int r = 0; r < block.rows(); r++) {
      hash = CounterRandom.mix(hash ^ block.key(r));
      hash = CounterRandom.mix(hash + Double.doubleToLongBits(block.weight(r)));
    }
    return new PackedBlock(block, report, hash);
  }

  /** These rows with missing values imputed; an empty block stays as it is. */
  PackedBlock imputed(Imputation imputation) {
    return block.rows() == 0
        ? this
        : new PackedBlock(block.imputed(imputation), report, fingerprint);
  }

  /** Those that hold rows. */
  static Iterator<PackedBlock> withRows(Iterator<PackedBlock> packed) {
    return new WithRows(packed);
  }

  private static final class WithRows implements Iterator<PackedBlock> {
    private final Iterator<PackedBlock> packed;
    private Optional<PackedBlock> next = Optional.empty();

    WithRows(Iterator<PackedBlock> packed) {
      this.packed = packed;
    }

    @Override
    public boolean hasNext() {
      while (next.isEmpty() && packed.hasNext()) {
        next = Optional.of(packed.next()).filter(p -> p.block().rows() > 0);
      }
      return next.isPresent();
    }

    @Override
    public PackedBlock next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      PackedBlock found = next.orElseThrow();
      next = Optional.empty();
      return found;
    }
  }
}
