package org.convexnn.python;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wheel, installed into a fresh virtual environment; skipped where there is no PySpark. */
@Tag("spark")
class WheelTest {

  @TempDir Path folder;

  @Test
  void theWheelIsInstalledAndBringsItsJar() throws IOException {
    Python python = Python.classic().with("numpy", "pyspark.core").withWheel(folder);
    assertThat(python.run(folder, Map.of(), "test_wheel.py")).containsPattern("Ran \\d+ tests");
  }

  /** Users' mistakes, each planted in a program of types.py, are found; the rest passes. */
  @Test
  void theTypesAreComplete() throws IOException {
    Python python = Python.classic().with("pyspark.core", "mypy").withWheel(folder);
    assertThat(python.run(folder, Map.of(), "test_types.py")).containsPattern("Ran \\d+ tests");
  }
}
