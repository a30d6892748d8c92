package org.convexnn.cluster;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;
import org.convexnn.block.Patterns;

/**
 * The patterns of a block's rows. Written by Java serialisation for the reason that {@link JavaSerialized}
 * gives.
 *
 * @param patterns the patterns
 * @param fingerprint of the block they were computed from
 */
@DefaultSerializer(JavaSerializer.class)
record BlockPatterns(Patterns patterns, long fingerprint) implements Serializable {}
