package org.convexnn.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.convexnn.cli.option.SavedModelOption;
import org.convexnn.cli.option.StandardOptions;
import org.convexnn.cli.table.SavedModel;
import org.convexnn.ml.io.ShownText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code export}: a saved network as an ONNX model. */
@Command(
    name = "export",
    sortOptions = false,
    description = {
      "Writes a saved network as an ONNX model, to be run by ONNX Runtime.",
      "It takes features: the numbers that the stages before the network make of a raw table."
    })
final class ExportCommand implements Callable<Integer> {

  @Mixin private StandardOptions standard;

  @Spec private CommandSpec command;

  @Mixin private SavedModelOption model;

  @Option(
      names = "--onnx",
      required = true,
      paramLabel = "FILE",
      description = "File to write; must not exist.")
  private String file;

  @Override
  public Integer call() {
    try (Session session = Session.open("export " + model.directory())) {
      SavedModel saved = model.load(session.spark());
      saved.toOnnx(file);
      command
          .commandLine()
          .getOut()
          .println(
              "wrote "
                  + ShownText.of(file)
                  + ": input features of "
                  + saved.features()
                  + " numbers a row; outputs prediction"
                  + ShownText.of(saved.classes().map(ExportCommand::outputs).orElse("")));
    }
    return 0;
  }

  private static String outputs(List<String> classes) {
    return ", rawPrediction and probability, of the classes '"
        + String.join("', '", classes)
        + "' in this order";
  }
}
