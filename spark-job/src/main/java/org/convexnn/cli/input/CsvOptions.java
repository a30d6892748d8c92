package org.convexnn.cli.input;

import java.util.List;
import java.util.Optional;
import org.convexnn.cli.message.CommandException;

/**
 * What a user says of CSV files.
 *
 * @param delimiter what stands between cells, where it is given
 * @param columns the names of the columns of files without a header; none: their first line is one
 */
public record CsvOptions(Optional<Character> delimiter, List<String> columns) {

  /** Nothing is said. */
  public static final CsvOptions NONE = new CsvOptions(Optional.empty(), List.of());

  /** Copies the list. */
  public CsvOptions {
    columns = List.copyOf(columns);
  }

  /**
   * Of the words of options.
   *
   * @param delimiter a character, {@code tab} or null
   * @throws CommandException where the delimiter is none
   */
  public static CsvOptions of(String delimiter, List<String> columns) {
    if (delimiter == null) {
      return new CsvOptions(Optional.empty(), columns);
    }
    String one = delimiter.equalsIgnoreCase("tab") || delimiter.equals("\\t") ? "\t" : delimiter;
    if (one.length() != 1
        || Character.isLetterOrDigit(one.charAt(0))
        || "\"\r\n.-+".contains(one)) {
      throw new CommandException(
          "--delimiter is '" + delimiter + "'; it must be one character such as ; or | or tab");
    }
    return new CsvOptions(Optional.of(one.charAt(0)), columns);
  }
}
