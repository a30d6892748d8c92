package org.convexnn.ml.params;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/** Names of columns in which dots, blanks and backticks are taken literally. */
public final class QuotedName {

  private QuotedName() {}

  /** The name in backticks. */
  public static String of(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /** The column of this name. */
  public static Column column(String name) {
    return functions.col(of(name));
  }
}
