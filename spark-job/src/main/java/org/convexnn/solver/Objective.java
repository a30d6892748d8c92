package org.convexnn.solver;

import java.util.Locale;
import org.convexnn.block.RowSelection;
import org.convexnn.network.GateSet;
import org.convexnn.solver.TrainingOptions.GroupNorm;
import org.convexnn.solver.rows.SelectedRows;

/**
 * What was automatic in the objective of a certificate: the norms, and the rows that the loss is over.
 *
 * @param halfSpaceNorm the norm of half-spaces and paths: euclidean, function, slim; none where there
 *     are none
 * @param leafNorm the norm of leaves: euclidean, function; none where there are none
 * @param rows which rows the loss is a mean over
 * @param rowCount how many they are, those of positive weight
 * @param rowWeight the sum of their weights
 */
public record Objective(
    String halfSpaceNorm, String leafNorm, String rows, long rowCount, double rowWeight) {

  /** All rows. */
  public static final String ALL_ROWS = "all";

  private static final String NONE = "none";

  /** Of gated networks on some rows. */
  public static Objective of(TrainingOptions options, GateSet gates, SelectedRows rows) {
    GroupNorm norm = options.groupNorm();
    boolean function = norm == GroupNorm.FUNCTION;
    boolean slim = norm == GroupNorm.SLIM;
    String halfSpaces = name(function || slim ? norm : GroupNorm.EUCLIDEAN);
    String leaves = name(norm == GroupNorm.EUCLIDEAN ? norm : GroupNorm.FUNCTION);
    return new Objective(
        gates.overlapping() > 0 ? halfSpaces : NONE,
        gates.trees().isEmpty() ? NONE : leaves,
        text(rows.selection()),
        rows.count(),
        rows.weight());
  }

  /** Of plain ReLU networks on all rows. */
  public static Objective ofRelu(SelectedRows all) {
    return new Objective(name(GroupNorm.EUCLIDEAN), NONE, ALL_ROWS, all.count(), all.weight());
  }

  private static String name(GroupNorm norm) {
    return norm.name().toLowerCase(Locale.ROOT);
  }

  private static String text(RowSelection selection) {
    if (selection.folds() == 1) {
      return ALL_ROWS;
    }
    boolean marked = selection.folds() == RowSelection.BY_MARK;
    String fold =
        marked
            ? "those marked for validation"
            : "fold " + selection.fold() + " of " + selection.folds();
    return selection.heldOut() ? fold : "all but " + fold;
  }
}
