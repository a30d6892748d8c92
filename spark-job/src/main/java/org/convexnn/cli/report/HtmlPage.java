package org.convexnn.cli.report;

import java.util.List;
import java.util.Locale;
import org.convexnn.ml.io.ShownText;

/**
 * A page of HTML in one file, pictures inside, that is well-formed XML. All text comes in plain and
 * is escaped here.
 */
final class HtmlPage {

  private static final String STYLE =
      ":root{color-scheme:light dark}"
          + "body{font:15px/1.5 sans-serif;max-width:62em;margin:2em auto;padding:0 1em}"
          + ".headline{font-size:1.2em}"
          + "table{border-collapse:collapse;margin:.5em 0}"
          + "th,td{padding:.15em .7em;border-bottom:1px solid #8886;text-align:left;"
          + "vertical-align:top;white-space:pre-wrap}"
          + "svg{width:100%;max-width:720px;height:auto;font-size:14px}"
          + ".bar{background:#4682b4;height:.9em}"
          + ".wide{overflow-x:auto}";

  private final StringBuilder html = new StringBuilder();

  /** A page with this title. */
  HtmlPage(String title) {
    html.append(
            "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>")
        .append("<meta charset=\"utf-8\"/><title>")
        .append(escape(title))
        .append("</title><style>")
        .append(STYLE)
        .append("</style></head>\n<body>\n");
    element("h1", title);
  }

  /** A heading of a part. */
  HtmlPage heading(String text) {
    return element("h2", text);
  }

  /** A paragraph. */
  HtmlPage paragraph(String text) {
    return element("p", text);
  }

  private HtmlPage element(String tag, String text) {
    html.append('<').append(tag).append('>').append(escape(text));
    html.append("</").append(tag).append(">\n");
    return this;
  }

  /** What the page says, in words. */
  HtmlPage headline(String text) {
    html.append("<p class=\"headline\">").append(escape(text)).append("</p>\n");
    return this;
  }

  /** A picture, an element of SVG. */
  HtmlPage picture(String svg) {
    html.append("<p>").append(svg).append("</p>\n");
    return this;
  }

  /** A table. */
  HtmlPage table(List<String> header, List<List<String>> rows) {
    html.append("<div class=\"wide\"><table>\n");
    row("th", header);
    rows.forEach(r -> row("td", r));
    html.append("</table></div>\n");
    return this;
  }

  /** A table that opens on a click. */
  HtmlPage foldedTable(String summary, List<String> header, List<List<String>> rows) {
    html.append("<details><summary>").append(escape(summary)).append("</summary>\n");
    table(header, rows);
    html.append("</details>\n");
    return this;
  }

  private void row(String tag, List<String> cells) {
    html.append("<tr>");
    for (String cell : cells) {
      html.append('<').append(tag).append('>').append(escape(cell));
      html.append("</").append(tag).append('>');
    }
    html.append("</tr>\n");
  }

  /** A table of names with numbers, 0 or more, and bars as long as they are. */
  HtmlPage bars(String name, String number, List<String> names, double[] values) {
    double largest = 0;
    for (double v : values) {
      largest = Math.max(largest, v);
    }
    html.append("<div class=\"wide\"><table>\n<tr><th>").append(escape(name)).append("</th><th>");
    html.append(escape(number)).append("</th><th></th></tr>\n");
    for (int i = 0; i < values.length; i++) {
      double share = largest > 0 ? values[i] / largest : 0;
      html.append("<tr><td>").append(escape(names.get(i))).append("</td><td>");
      html.append(number(values[i])).append("</td><td><div class=\"bar\" style=\"width:");
      html.append(String.format(Locale.ROOT, "%.2fem", 16 * share)).append("\"></div></td></tr>\n");
    }
    html.append("</table></div>\n");
    return this;
  }

  /** A number with six digits. */
  static String number(double value) {
    return String.format(Locale.ROOT, "%.6g", value);
  }

  /** Text as it may stand in XML, in attributes too; what XML cannot hold or nobody can see is U+FFFD. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(allowed(c) ? c : 0xFFFD);
              }
            });
    return escaped.toString();
  }

  /** What is seen, or parts words, and is in production 2 of XML 1.0. */
  private static boolean allowed(int c) {
    return c == '\t' || c == '\n' || c == '\r' || ShownText.isSeen(c) && c != 0xFFFE && c != 0xFFFF;
  }

  @Override
  public String toString() {
    return html + "</body>\n</html>\n";
  }
}
