package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What the export to ONNX says on Spark 3.5. */
@Tag("spark")
@DisabledIf(
    value = "org.convexnn.export.OnnxRun#possible",
    disabledReason = "the protocol buffers here are those of Spark 4")
class OldProtocolBuffersTest {

  @TempDir private Path folder;

  // The JVM has another error for a class that failed before.
  @RepeatedTest(2)
  void theExportSaysWhatItNeeds() {
    ConvexReLURegressionModel model =
        new ConvexReLURegressionModel("r", Models.linear(), Models.CERTIFICATE);
    assertThatThrownBy(() -> model.toOnnx(folder.resolve("model.onnx").toString()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("protocol buffers of Spark 4", "save the model");
    assertThat(folder).isEmptyDirectory();
  }
}
