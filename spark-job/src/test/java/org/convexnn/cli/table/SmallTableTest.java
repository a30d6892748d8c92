package org.convexnn.cli.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.convexnn.SparkTest;
import org.convexnn.cli.report.RankedRows;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which tables the driver holds, and that they hold what was read. */
@Tag("spark")
class SmallTableTest {

  private static final SparkSession SPARK = SparkTest.session();

  private static Dataset<Row> rows(long n) {
    return SPARK.range(n).selectExpr("id", "CAST(id % 7 AS STRING) AS text");
  }

  @Test
  void holdsAllRowsOfASmallTableAndDealsThem() {
    SmallTable small = SmallTable.of(rows(1000)).orElseThrow();
    assertThat(small.table().schema()).isEqualTo(rows(1).schema());
    assertThat(small.table().collectAsList()).isEqualTo(small.rows());
    assertThat(small.rows().stream().map(r -> r.getLong(0)).sorted().toList())
        .isEqualTo(LongStream.range(0, 1000).boxed().toList());
    // of a file in the order of its labels each partition has some of all
    List<List<Row>> parts = small.table().toJavaRDD().glom().collect();
    assertThat(parts).hasSize(SPARK.sparkContext().defaultParallelism());
    parts.forEach(part -> assertThat(part.get(part.size() - 1).getLong(0)).isGreaterThan(900));
    parts.forEach(part -> assertThat(part.get(0).getLong(0)).isLessThan(100));
  }

  @Test
  void leavesLargerOnesAndThoseOfVectorsToSpark() {
    assertThat(SmallTable.of(rows(500_000))).isPresent();
    assertThat(SmallTable.of(rows(500_001))).isEmpty();
    assertThat(SmallTable.of(rows(10_000_000))).isEmpty();
    assertThat(SmallTable.of(SPARK.range(5).selectExpr("array(id) AS a"))).isEmpty();
  }

  /** What a survey finds does not depend on where the rows are. */
  @Test
  void isSurveyedAsAnyTable() {
    SmallTable small = SmallTable.of(rows(500)).orElseThrow();
    TableSurvey here = TableSurvey.of(small, List.of("id"));
    TableSurvey there = TableSurvey.of(small.table(), List.of("id"));
    assertThat(here.rows()).isEqualTo(there.rows()).isEqualTo(500);
    for (String column : List.of("id", "text")) {
      assertThat(here.column(column).texts()).isEqualTo(there.column(column).texts());
      assertThat(here.column(column).least()).isEqualTo(there.column(column).least());
      assertThat(here.column(column).largest()).isEqualTo(there.column(column).largest());
      assertThat(here.column(column).allDifferent()).isEqualTo(there.column(column).allDifferent());
    }
  }

  @Test
  void areasOfFewRowsAreThoseOfAllPairs() {
    RankedRows few = new RankedRows();
    few.add(0.0, 1, 0);
    few.add(-0.0, 0, 2);
    few.add(3, 2, 0);
    RankedRows more = new RankedRows();
    more.add(-1, 0, 1);
    more.add(5, 0, 1);
    few.addAll(more);
    // weights of pairs: 1 ties with 2 and is above 1; 2 are above 3 and below 1
    assertThat(few.area().orElseThrow().value()).isEqualTo((1 + 1 + 6) / (3.0 * 4));
    IntStream.range(0, RankedRows.MOST).forEach(i -> more.add(i, 1, 0));
    assertThat(more.area()).isEmpty();
    few.addAll(more);
    few.add(1, 1, 1);
    assertThat(few.area()).isEmpty();
  }
}
