package org.convexnn.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * What one look over a table finds. Bad cells are looked for here, before anything is computed with
 * them: an error in the middle of a job would bury its reason under Spark's own lines.
 *
 * @param rows the number of rows
 * @param filled the number of cells that are not blank, by column
 * @param problem what is wrong with a cell, if there is one such
 */
record TableSurvey(long rows, long[] filled, Optional<String> problem) {

  /** Looks over a table, and over its label where a rule is given. */
  static TableSurvey of(Dataset<Row> table, InputLayout layout, Optional<LabelRule> rule) {
    List<Column> counts = new ArrayList<>();
    List<Column> problems = new ArrayList<>();
    rule.ifPresent(r -> problems.add(functions.expr(r.problem())));
    for (InputColumn column : layout.columns()) {
      // A cell is filled if it is not blank; whether it is good is the other question.
      counts.add(functions.count(filled(column)).as("filled" + counts.size()));
      column.problem().ifPresent(sql -> problems.add(functions.expr(sql)));
    }
    counts.add(
        problems.isEmpty()
            ? functions.lit(null).cast("string").as("problem")
            : functions.min(functions.coalesce(problems.toArray(Column[]::new))).as("problem"));
    Row row =
        table
            .agg(functions.count(functions.lit(1)).as("rows"), counts.toArray(Column[]::new))
            .first();
    long[] filled = new long[layout.columns().size()];
    for (int i = 0; i < filled.length; i++) {
      filled[i] = row.getLong(1 + i);
    }
    return new TableSurvey(
        row.getLong(0), filled, Optional.ofNullable(row.getString(1 + filled.length)));
  }

  private static Column filled(InputColumn column) {
    return column.kind() == InputColumn.Kind.TEXT
        ? functions.expr(column.expression())
        : Sql.column(column.name());
  }

  /** Stops where a cell is bad. */
  void refuseProblem() {
    problem.ifPresent(
        text -> {
          throw new JobException(text);
        });
  }
}
