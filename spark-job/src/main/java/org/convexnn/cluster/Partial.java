package org.convexnn.cluster;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;

/**
 * A partial sum and its place among the others of its level. Written by Java serialisation for the
 * reason that {@link JavaSerialized} gives.
 *
 * @param index place, from 0
 * @param value the partial sum
 * @param <A> its type
 */
@DefaultSerializer(JavaSerializer.class)
record Partial<A>(int index, A value) implements Serializable {}
