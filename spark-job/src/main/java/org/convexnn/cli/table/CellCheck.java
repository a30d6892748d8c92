package org.convexnn.cli.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.convexnn.cli.message.CommandException;

/**
 * Whether a table can be read by a model. Bad cells are looked for here, before anything is computed
 * with them: an error in the middle of a job would bury its reason under Spark's own lines.
 *
 * @param rows the number of rows
 * @param problem what is wrong with a cell, if there is one such
 */
public record CellCheck(long rows, Optional<String> problem) {

  /** Looks over a table, and over its label where a rule is given. */
  public static CellCheck of(Dataset<Row> table, InputLayout layout, Optional<LabelRule> rule) {
    List<Column> problems = new ArrayList<>();
    rule.ifPresent(r -> problems.add(functions.expr(r.problem())));
    NumberColumns together = layout.together();
    if (!together.columns().isEmpty()) {
      problems.add(functions.expr(together.problem()));
    }
    for (InputColumn column : layout.columns()) {
      if (!together.holds(column)) {
        column.problem().ifPresent(sql -> problems.add(functions.expr(sql)));
      }
    }
    layout
        .offset()
        .flatMap(OffsetColumn::problem)
        .ifPresent(sql -> problems.add(functions.expr(sql)));
    Column problem =
        problems.isEmpty()
            ? functions.lit(null).cast("string")
            : functions.coalesce(problems.toArray(Column[]::new));
    Row row = table.agg(functions.count(functions.lit(1)), functions.min(problem)).first();
    return new CellCheck(row.getLong(0), Optional.ofNullable(row.getString(1)));
  }

  /** Stops where a cell is bad. */
  public void refuseProblem() {
    problem.ifPresent(
        text -> {
          throw new CommandException(text);
        });
  }
}
