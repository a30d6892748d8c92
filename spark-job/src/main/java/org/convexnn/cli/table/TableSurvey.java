package org.convexnn.cli.table;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The survey of each column of a table, from one pass over its rows.
 *
 * @param schema the table's columns and types
 * @param columns one survey each
 */
public record TableSurvey(StructType schema, List<ColumnSurvey> columns) {

  /** Different texts, of all columns together, that a task counts; more would be many megabytes. */
  private static final int TEXTS = 100_000;

  /** Different texts of one column that are counted at least and at most. */
  private static final int LEAST_TEXTS = 32;

  /** Texts, of all columns together, that are compared for being different. */
  private static final int REMEMBERED = 1_000_000;

  /** Looks over a table; of these columns the texts are counted even where they are many. */
  public static TableSurvey of(Dataset<Row> table, List<String> closely) {
    Look look = look(table.schema(), closely);
    ColumnSurvey[] sum = look.none();
    for (ColumnSurvey[] part : table.toJavaRDD().mapPartitions(look).collect()) {
      for (int j = 0; j < sum.length; j++) {
        sum[j].merge(part[j]);
      }
    }
    return new TableSurvey(table.schema(), Arrays.asList(sum));
  }

  /** Looks over rows that are here. */
  public static TableSurvey of(SmallTable small, List<String> closely) {
    StructType schema = small.table().schema();
    return new TableSurvey(
        schema, Arrays.asList(look(schema, closely).over(small.rows().iterator())));
  }

  private static Look look(StructType schema, List<String> closely) {
    String[] names = schema.fieldNames();
    boolean[] close = new boolean[names.length];
    for (int j = 0; j < names.length; j++) {
      close[j] = closely.contains(names[j]);
    }
    return new Look(close);
  }

  /** The number of rows. */
  public long rows() {
    return columns.isEmpty() ? 0 : columns.get(0).rows();
  }

  /** The survey of a column. */
  public ColumnSurvey column(String name) {
    return columns.get(schema.fieldIndex(name));
  }

  /** The type of a column. */
  public StructField field(String name) {
    return schema.apply(name);
  }

  /** Looks over a partition. */
  private static final class Look implements FlatMapFunction<Iterator<Row>, ColumnSurvey[]> {

    private static final long serialVersionUID = 1L;
    private final boolean[] close;

    private Look(boolean[] close) {
      this.close = close;
    }

    private ColumnSurvey[] none() {
      int texts = Math.min(Math.max(TEXTS / close.length, LEAST_TEXTS), ColumnRule.MOST_CATEGORIES);
      int remembered = REMEMBERED / close.length;
      return IntStream.range(0, close.length)
          .mapToObj(j -> new ColumnSurvey(close[j] ? LabelRule.MOST_TEXTS : texts, remembered))
          .toArray(ColumnSurvey[]::new);
    }

    @Override
    public Iterator<ColumnSurvey[]> call(Iterator<Row> rows) {
      return List.<ColumnSurvey[]>of(over(rows)).iterator();
    }

    private ColumnSurvey[] over(Iterator<Row> rows) {
      ColumnSurvey[] columns = none();
      while (rows.hasNext()) {
        Row row = rows.next();
        for (int j = 0; j < columns.length; j++) {
          columns[j].add(row.get(j));
        }
      }
      return columns;
    }
  }
}
