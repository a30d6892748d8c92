package org.convexnn.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.convexnn.cli.option.SavedModelOption;
import org.convexnn.cli.option.StandardOptions;
import org.convexnn.cli.table.InputColumn;
import org.convexnn.cli.table.SavedModel;
import org.convexnn.ml.io.ShownText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code describe}: a saved model's certificate and layout. */
@Command(
    name = "describe",
    description = "Prints a saved model's certificate and the columns it reads.")
final class DescribeCommand implements Callable<Integer> {

  @Mixin private StandardOptions standard;

  @Spec private CommandSpec command;

  @Mixin private SavedModelOption model;

  private static String classes(List<String> names) {
    return names.size() == 2
        ? "binary, '" + names.get(1) + "' against '" + names.get(0) + "'"
        : "multiclass, " + names.size() + " classes: '" + String.join("', '", names) + "'";
  }

  @Override
  public Integer call() {
    try (Session session = Session.open("describe " + model.directory())) {
      SavedModel saved = model.load(session.spark());
      PrintWriter out = command.commandLine().getOut();
      out.println("label:       " + ShownText.of(saved.layout().label()));
      out.println(
          "task:        "
              + ShownText.of(saved.classes().map(DescribeCommand::classes).orElse("regression")));
      out.println("certificate: " + saved.certificate());
      saved.bestAmong().ifPresent(text -> out.println("best among:  " + ShownText.of(text)));
      out.println("gates kept:  " + saved.gates());
      out.printf(
          Locale.ROOT,
          "input:       %d columns become %d features%n",
          saved.layout().columns().size(),
          saved.features());
      saved.layout().columns().stream()
          .collect(
              Collectors.groupingBy(
                  InputColumn::kind,
                  TreeMap::new,
                  Collectors.mapping(InputColumn::name, Collectors.joining(", "))))
          .forEach((kind, names) -> out.printf("  %-10s %s%n", kind, ShownText.of(names)));
      out.flush();
    }
    return 0;
  }
}
