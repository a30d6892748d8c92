package org.convexnn.cli.option;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.convexnn.cli.message.Suggestions;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Options in a properties file: what the command line does not say, the file may. Names are those
 * of options or of Params: {@code num-gates} and {@code numGates} are the same.
 */
public final class OptionsFile implements IDefaultValueProvider {

  /** The option that names the file. */
  public static final String OPTION = "--config";

  private static final String PLACE = "conf/train.properties";

  private final Map<String, String> values;

  private OptionsFile(Map<String, String> values) {
    this.values = Map.copyOf(values);
  }

  /** Gives a command the file that the arguments name, or the installation's own, if any. */
  public static void install(CommandLine command, String[] arguments) {
    Optional<String> given = named(arguments);
    Optional<Path> file = given.map(Path::of).or(OptionsFile::installed);
    if (file.isPresent()) {
      command.setDefaultValueProvider(read(command, file.get()));
    }
  }

  private static Optional<String> named(String[] arguments) {
    Optional<String> named = Optional.empty();
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].startsWith(OPTION + "=")) {
        named = Optional.of(arguments[i].substring(OPTION.length() + 1));
      } else if (arguments[i].equals(OPTION) && i + 1 < arguments.length) {
        named = Optional.of(arguments[i + 1]);
      }
    }
    return named;
  }

  private static Optional<Path> installed() {
    String home = System.getProperty("convexnn.home", System.getenv("CONVEXNN_HOME"));
    return Optional.ofNullable(home).map(h -> Path.of(h, PLACE)).filter(Files::isRegularFile);
  }

  private static OptionsFile read(CommandLine command, Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new ParameterException(
          command,
          "cannot read options file " + file + " (" + e + "); " + OPTION + " names another one");
    }
    List<String> known = names(command.getCommandSpec());
    Map<String, String> values = new LinkedHashMap<>();
    for (String key : properties.stringPropertyNames()) {
      String name = ModelOptions.option(key).substring(2);
      if (!known.contains(name)) {
        throw new ParameterException(
            command,
            "unknown option '" + key + "' in " + file + Suggestions.didYouMean(name, known));
      }
      values.put("--" + name, properties.getProperty(key).strip());
    }
    return new OptionsFile(values);
  }

  private static List<String> names(CommandSpec spec) {
    List<String> names = new ArrayList<>();
    for (OptionSpec option : spec.options()) {
      for (String name : option.names()) {
        if (!option.usageHelp() && !name.equals(OPTION) && name.startsWith("--")) {
          names.add(name.substring(2));
        }
      }
    }
    return names;
  }

  @Override
  public String defaultValue(ArgSpec argument) {
    if (argument instanceof OptionSpec option) {
      for (String name : option.names()) {
        if (values.containsKey(name)) {
          return values.get(name);
        }
      }
    }
    return null;
  }
}
