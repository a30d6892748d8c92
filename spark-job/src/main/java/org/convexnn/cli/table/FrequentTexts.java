package org.convexnn.cli.table;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The frequent texts of columns that hold very many different ones, in bounded memory: a task keeps
 * so many counts, and when there are more, it takes the smallest one from all of them (Misra and
 * Gries: every text of more than 1 / MOST of the cells is kept, with a count that is too small by that
 * at most).
 */
final class FrequentTexts implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Counts that are kept of a column. */
  private static final int MOST = 1 << 15;

  private HashMap<String, Long> counts = new HashMap<>();

  private FrequentTexts() {}

  /** The most frequent texts of each column, most frequent first, equals by the alphabet. */
  static List<List<String>> of(Dataset<Row> table, List<String> columns, int limit) {
    int width = columns.size();
    List<FrequentTexts> sums = none(width);
    for (List<FrequentTexts> part :
        table
            .select(columns.stream().map(Sql::column).toArray(Column[]::new))
            .toJavaRDD()
            .mapPartitions(new Count(width))
            .collect()) {
      for (int j = 0; j < width; j++) {
        part.get(j).counts.forEach(sums.get(j)::add);
      }
    }
    return sums.stream().map(s -> ordered(s.counts, limit)).toList();
  }

  /** The texts of these counts, most frequent first, equals by the alphabet. */
  static List<String> ordered(Map<String, Long> counts, int limit) {
    return counts.entrySet().stream()
        .sorted(
            Comparator.comparingLong((Map.Entry<String, Long> e) -> -e.getValue())
                .thenComparing(Map.Entry::getKey))
        .limit(limit)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static List<FrequentTexts> none(int width) {
    List<FrequentTexts> none = new ArrayList<>();
    for (int j = 0; j < width; j++) {
      none.add(new FrequentTexts());
    }
    return none;
  }

  private void add(String text, long times) {
    counts.merge(text, times, Long::sum);
    while (counts.size() > MOST) {
      long least = counts.values().stream().mapToLong(n -> n).min().orElseThrow();
      HashMap<String, Long> rest = new HashMap<>();
      counts.forEach(
          (key, n) -> {
            if (n > least) {
              rest.put(key, n - least);
            }
          });
      counts = rest;
    }
  }

  private static final class Count implements FlatMapFunction<Iterator<Row>, List<FrequentTexts>> {

    private static final long serialVersionUID = 1L;
    private final int width;

    private Count(int width) {
      this.width = width;
    }

    @Override
    public Iterator<List<FrequentTexts>> call(Iterator<Row> rows) {
      List<FrequentTexts> counts = none(width);
      while (rows.hasNext()) {
        Row row = rows.next();
        for (int j = 0; j < width; j++) {
          if (!row.isNullAt(j)) {
            counts.get(j).add(row.getString(j), 1);
          }
        }
      }
      return List.of(counts).iterator();
    }
  }
}
