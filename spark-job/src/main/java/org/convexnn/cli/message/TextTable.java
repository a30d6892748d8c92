package org.convexnn.cli.message;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.convexnn.ml.io.ShownText;

/**
 * A Markdown table with its columns aligned, so that it reads well on a terminal too. A row may end
 * early, and its last cell is then as long as it likes: a remark in place of numbers.
 */
public final class TextTable {

  private final List<List<String>> rows = new ArrayList<>();

  public TextTable(String... header) {
    rows.add(List.of(header));
  }

  public TextTable row(String... cells) {
    rows.add(Stream.of(cells).map(cell -> ShownText.of(cell).replace("|", "\\|")).toList());
    return this;
  }

  @Override
  public String toString() {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      int whole = row.size() < widths.length ? row.size() - 1 : widths.length;
      for (int i = 0; i < whole; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      line(text, rows.get(r), widths);
      if (r == 0) {
        List<String> rule = new ArrayList<>();
        for (int i = 0; i < widths.length; i++) {
          // The first columns name things, the others hold numbers.
          rule.add(i < 2 ? "-".repeat(widths[i]) : "-".repeat(widths[i] - 1) + ":");
        }
        line(text, rule, widths);
      }
    }
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> cells, int[] widths) {
    text.append('|');
    for (int i = 0; i < cells.size(); i++) {
      text.append(' ').append(cells.get(i));
      text.append(" ".repeat(Math.max(0, widths[i] - cells.get(i).length())));
      text.append(" |");
    }
    text.append(System.lineSeparator());
  }
}
