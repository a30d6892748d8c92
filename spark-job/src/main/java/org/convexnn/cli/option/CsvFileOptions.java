package org.convexnn.cli.option;

import java.util.ArrayList;
import java.util.List;
import org.convexnn.cli.input.CsvOptions;
import org.convexnn.cli.message.CommandException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how CSV files are written. */
public final class CsvFileOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--delimiter",
      paramLabel = "CHAR",
      description =
          "What stands between the cells of CSV files: one character or tab. Else the header tells:"
              + " a comma, semicolon, tab or bar.")
  private String delimiter;

  @Option(
      names = "--columns",
      split = ",",
      paramLabel = "NAME",
      description = "Names of the columns of CSV files that have no header.")
  private List<String> columns = new ArrayList<>();

  /** Refuses what is no delimiter. */
  public CsvOptions options() {
    try {
      return CsvOptions.of(delimiter, columns);
    } catch (CommandException e) {
      throw new ParameterException(command.commandLine(), e.getMessage());
    }
  }
}
