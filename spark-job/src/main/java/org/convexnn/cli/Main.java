package org.convexnn.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.convexnn.cli.message.ErrorMessages;
import org.convexnn.cli.message.Suggestions;
import org.convexnn.cli.message.Version;
import org.convexnn.cli.option.OptionsFile;
import org.convexnn.cli.option.StandardOptions;
import org.convexnn.ml.io.ShownText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line. Exit codes: 0 good, 1 failed, 2 wrong usage. What goes wrong is said in one
 * line on standard error; the stack trace goes to the log at DEBUG.
 */
@Command(
    name = "submit.sh",
    versionProvider = Version.class,
    synopsisSubcommandLabel = "[COMMAND]",
    description = {
      "Trains ReLU networks on Apache Spark by convex optimization, with a certificate of"
          + " optimality.",
      "Without a command the demo runs."
    },
    subcommands = {
      DemoCommand.class,
      TrainCommand.class,
      ScoreCommand.class,
      DescribeCommand.class,
      ExportCommand.class,
      CertifyCommand.class,
      BenchmarkCommand.class,
      CommandLine.HelpCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:good", "1:failed", "2:wrong usage"})
public final class Main {

  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);

  @Mixin private StandardOptions standard;

  private Main() {}

  /** Runs a command and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    // Pictures are drawn without a screen, and none is looked for.
    System.setProperty("java.awt.headless", "true");
    System.exit(
        run(arguments, new PrintWriter(System.out, true), new PrintWriter(System.err, true)));
  }

  /** Runs a command; gives its exit code. */
  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    // Arguments are taken as they are: what stands in a file that one names, or in a variable of
    // the environment, is nobody's to show in a message.
    CommandLine line =
        new CommandLine(new Main())
            .setOut(out)
            .setErr(err)
            .setExpandAtFiles(false)
            .setInterpolateVariables(false)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpAutoWidth(true)
            .setParameterExceptionHandler((e, given) -> wrongUsage(e))
            .setExecutionExceptionHandler((e, command, parsed) -> failed(e, err));
    try {
      OptionsFile.install(line.getSubcommands().get("train"), arguments);
      return line.execute(arguments.length == 0 ? new String[] {"demo"} : arguments);
    } catch (ParameterException e) {
      return wrongUsage(e);
    } catch (Throwable e) {
      // picocli hands on errors such as a lack of memory.
      return failed(e, err);
    }
  }

  private static int failed(Throwable thrown, PrintWriter err) {
    LOG.debug("failed", thrown);
    err.println(
        "error: "
            + (Interruption.happened()
                ? "interrupted; no output was written"
                : ErrorMessages.of(thrown)));
    return FAILED;
  }

  private static int wrongUsage(ParameterException thrown) {
    CommandLine command = thrown.getCommandLine();
    LOG.debug("wrong usage", thrown);
    command.getErr().println("error: " + ShownText.of(message(thrown)));
    command.getErr().println("see " + command.getCommandSpec().qualifiedName(" ") + " --help");
    return WRONG_USAGE;
  }

  private static String message(ParameterException thrown) {
    if (thrown instanceof UnmatchedArgumentException unmatched
        && !unmatched.getUnmatched().isEmpty()) {
      CommandLine command = thrown.getCommandLine();
      String word = unmatched.getUnmatched().get(0);
      if (word.startsWith("-")) {
        String name = word.split("=", 2)[0];
        return "unknown option '" + name + "'" + Suggestions.didYouMean(name, options(command));
      }
      List<String> commands = new ArrayList<>(command.getSubcommands().keySet());
      return (commands.isEmpty() ? "unexpected argument '" : "unknown command '")
          + word
          + "'"
          + Suggestions.didYouMean(word, commands);
    }
    return thrown.getMessage().lines().findFirst().orElse("");
  }

  private static List<String> options(CommandLine command) {
    List<String> names = new ArrayList<>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      names.addAll(List.of(option.names()));
    }
    return names;
  }
}
