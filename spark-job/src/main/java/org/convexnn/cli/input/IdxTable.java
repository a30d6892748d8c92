package org.convexnn.cli.input;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.convexnn.cli.message.CommandException;

/**
 * Images and their labels in idx files as a table: a column of vectors, one number from 0 to 255 for
 * each pixel, and the column of labels, where there are any. In the order of the files.
 *
 * <p>Each task reads rows of its own: it seeks to them, or where the files are compressed, reads
 * over those before. So no task waits for another one, and the driver holds no row.
 */
final class IdxTable {

  /** The column of pixels. */
  static final String PIXELS = "pixels";

  /** Bytes of a partition of files that can be sought in. */
  private static final long PARTITION_BYTES = 32L << 20;

  private IdxTable() {}

  /** Reads images with, where a file of them is given, their labels. */
  static Dataset<Row> read(SparkSession spark, String path, Optional<LabelFile> labels) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    IdxFile images = IdxFile.of(hadoop, path);
    if (images.dimensions() < 2) {
      throw new CommandException(
          "idx file " + path + " has one dimension, as labels have; images need two or more");
    }
    List<IdxFile> files = new ArrayList<>(List.of(images));
    StructType schema =
        new StructType().add(new AttributeGroup(PIXELS, images.rowBytes()).toStructField());
    if (labels.isPresent()) {
      files.add(labels(hadoop, labels.get(), images));
      schema = schema.add(labels.get().column(), DataTypes.IntegerType, false);
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<int[]> slices = slices(images, context.defaultParallelism());
    JavaRDD<Row> rows =
        context
            .parallelize(slices, slices.size())
            .mapPartitions(new ReadSlices(files, new SerializableConfiguration(hadoop)));
    return spark.createDataFrame(rows, schema);
  }

  private static IdxFile labels(Configuration hadoop, LabelFile given, IdxFile images) {
    IdxFile labels = IdxFile.of(hadoop, given.path());
    if (labels.dimensions() != 1) {
      throw new CommandException(
          "idx file "
              + given.path()
              + " has "
              + labels.dimensions()
              + " dimensions, as images have; labels have one");
    }
    if (labels.rows() != images.rows()) {
      throw new CommandException(
          given.path()
              + " has "
              + labels.rows()
              + " labels, "
              + images.path()
              + " has "
              + images.rows()
              + " images; give the labels of these images");
    }
    if (given.column().equalsIgnoreCase(PIXELS)) {
      throw new CommandException(
          "--label is '" + given.column() + "', the name of the column of pixels; choose another");
    }
    return labels;
  }

  /** Rows from one number to before another; no records, which Kryo does not take. */
  private static List<int[]> slices(IdxFile images, int cores) {
    long bytes = (long) images.rows() * images.rowBytes();
    int count = (int) Math.min(images.rows(), Math.max(cores, bytes / PARTITION_BYTES));
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new int[] {
                  (int) ((long) images.rows() * i / count),
                  (int) ((long) images.rows() * (i + 1) / count)
                })
        .toList();
  }

  private static final class ReadSlices implements FlatMapFunction<Iterator<int[]>, Row> {

    private static final long serialVersionUID = 1L;
    private final ArrayList<IdxFile> files;
    private final SerializableConfiguration hadoop;

    private ReadSlices(List<IdxFile> files, SerializableConfiguration hadoop) {
      this.files = new ArrayList<>(files);
      this.hadoop = hadoop;
    }

    /** One slice to a partition. */
    @Override
    public Iterator<Row> call(Iterator<int[]> slices) throws IOException {
      int[] slice = slices.next();
      List<DataInputStream> streams = new ArrayList<>();
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> close(streams));
      for (IdxFile file : files) {
        streams.add(file.from(slice[0], hadoop.value()));
      }
      return new SliceRows(streams, files.get(0).rowBytes(), slice[1] - slice[0]);
    }

    private static void close(List<DataInputStream> streams) {
      try {
        for (DataInputStream stream : streams) {
          stream.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class SliceRows implements Iterator<Row> {

    private final List<DataInputStream> streams;
    private final byte[] pixels;
    private int left;

    private SliceRows(List<DataInputStream> streams, int rowBytes, int rows) {
      this.streams = streams;
      this.pixels = new byte[rowBytes];
      this.left = rows;
    }

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      left--;
      try {
        streams.get(0).readFully(pixels);
        double[] x = new double[pixels.length];
        for (int j = 0; j < x.length; j++) {
          x[j] = Byte.toUnsignedInt(pixels[j]);
        }
        // Sparse where that is smaller: most images have a background of zeros.
        var vector = Vectors.dense(x).compressed();
        return streams.size() == 1
            ? RowFactory.create(vector)
            : RowFactory.create(vector, streams.get(1).readUnsignedByte());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
