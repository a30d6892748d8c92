package org.convexnn.cli.option;

import org.convexnn.cli.message.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The options that every command has. Picocli's own have names that are variables, and variables are
 * not expanded here.
 */
@Command(versionProvider = Version.class)
public final class StandardOptions {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print version information and exit.")
  private boolean version;
}
