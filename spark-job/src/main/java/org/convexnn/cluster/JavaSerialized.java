package org.convexnn.cluster;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;

/**
 * What Spark stores or sends for us. Always written by Java serialisation: Kryo, where a user sets
 * it as {@code spark.serializer}, cannot set the fields of records.
 *
 * @param value the thing itself
 * @param <T> its type
 */
@DefaultSerializer(JavaSerializer.class)
record JavaSerialized<T>(T value) implements Serializable {}
