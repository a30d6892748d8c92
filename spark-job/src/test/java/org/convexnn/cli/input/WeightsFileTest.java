package org.convexnn.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.convexnn.cli.CommandLineRun;
import org.convexnn.cli.input.WeightsFile.Orientation;
import org.convexnn.cli.message.CommandException;
import org.convexnn.network.ReluNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weight files: all layouts of one network, and one clear line for each thing that is wrong. */
class WeightsFileTest {

  /** d = 3, m = 2, C = 2. */
  private static final String OUTPUTS_FIRST =
      "{\"W1\": [[1, 2, 3], [4, 5, 6]], \"b1\": [7, 8], \"W2\": [[1, -1], [2, -2]],"
          + " \"b2\": [0.5, 0.25]}";

  @TempDir private Path folder;

  private ReluNetwork read(String json, Orientation orientation) {
    Path file = CommandLineRun.file(folder, "net.json", json);
    return WeightsFile.read(new Configuration(), file.toString(), orientation);
  }

  private ReluNetwork read(String json) {
    return read(json, Orientation.AUTO);
  }

  private static double[] value(ReluNetwork network, double... x) {
    double[] f = new double[network.outputs()];
    network.evaluate(x, f);
    return f;
  }

  /** h = (1 + 2 + 3 + 7, 4 + 5 + 6 + 8) = (13, 23) at x = (1, 1, 1). */
  @Test
  void matricesWithOutputsFirst() {
    double[] f = {13 - 23 + 0.5, 26 - 46 + 0.25};
    assertThat(value(read(OUTPUTS_FIRST), 1, 1, 1)).containsExactly(f);
    assertThat(value(read(OUTPUTS_FIRST, Orientation.OUTPUTS_FIRST), 1, 1, 1)).containsExactly(f);
    assertThatThrownBy(() -> read(OUTPUTS_FIRST, Orientation.INPUTS_FIRST))
        .hasMessageContaining("--orientation is inputs-first, but W1 is 2 x 3");
  }

  @Test
  void matricesWithInputsFirst() {
    String json =
        "{\"W1\": [[1, 4], [2, 5], [3, 6]], \"b1\": [7, 8], \"W2\": [[1, 2], [-1, -2]],"
            + " \"b2\": [0.5, 0.25], \"activation\": \"ReLU\"}";
    assertThat(value(read(json), 1, 2, 3)).containsExactly(value(read(OUTPUTS_FIRST), 1, 2, 3));
  }

  /** The layout of MLlib's perceptron: matrices by columns, W1 b1 W2 b2. */
  @Test
  void theFlatVector() {
    String json =
        "{\"layers\": [3, 2, 2], \"weights\": [1, 4, 2, 5, 3, 6, 7, 8, 1, 2, -1, -2, 0.5, 0.25],"
            + " \"activation\": \"relu\"}";
    assertThat(value(read(json), 1, 2, 3)).containsExactly(value(read(OUTPUTS_FIRST), 1, 2, 3));
  }

  /** Lengths are compared before arrays of these lengths are made. */
  @Test
  void smallFilesOfLargeShapesAreRefused() {
    String ones = "1" + ",1".repeat(70_000);
    String ragged = "[[" + ones + "]" + ",[]".repeat(70_000) + "]";
    assertThatThrownBy(() -> read("{\"W1\":" + ragged + ",\"b1\":[1],\"W2\":[[1]],\"b2\":[1]}"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("W1[1] has 0 numbers");
    for (String layers : new String[] {"70000,1,70000", "1e300,1,1", "2147483647,2147483647,1"}) {
      assertThatThrownBy(
              () ->
                  read(
                      "{\"layers\":["
                          + layers
                          + "],\"weights\":["
                          + ones
                          + ","
                          + "1,".repeat(140_000)
                          + "1],\"activation\":\"relu\"}"))
          .isInstanceOf(CommandException.class)
          .message()
          .containsAnyOf("too large to be certified", "key 'weights' has");
    }
    assertThatThrownBy(
            () ->
                read(
                    "{\"W1\":[["
                        + ones
                        + "]],\"b1\":[1],\"W2\":["
                        + "[1],".repeat(70_000)
                        + "[1]],\"b2\":["
                        + ones
                        + "]}"))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("too large to be certified");
  }

  @Test
  void oneOutputMayBePlain() {
    String lists =
        "{\"W1\": [[1, 2, 3], [4, 5, 6]], \"b1\": [7, 8], \"W2\": [2, -1], \"b2\": 0.5,"
            + " \"skip\": [1, 0, -1]}";
    String matrices =
        "{\"W1\": [[1, 2, 3], [4, 5, 6]], \"b1\": [7, 8], \"W2\": [[2, -1]], \"b2\": [0.5],"
            + " \"skip\": [[1, 0, -1]]}";
    double[] f = {2 * 13 - 23 + 0.5};
    assertThat(value(read(lists), 1, 1, 1)).containsExactly(f);
    assertThat(value(read(matrices), 1, 1, 1)).containsExactly(f);
    String transposed = lists.replace("[[1, 2, 3], [4, 5, 6]]", "[[1, 4], [2, 5], [3, 6]]");
    assertThat(value(read(transposed), 3, 2, 1)).containsExactly(value(read(lists), 3, 2, 1));
  }

  @Test
  void squareMatricesNeedToBeTold() {
    String json = "{\"W1\": [[1, 2], [3, 4]], \"b1\": [0, 0], \"W2\": [1, 1], \"b2\": 0}";
    assertThatThrownBy(() -> read(json))
        .hasMessageContainingAll("net.json", "W1 is 2 x 2", "--orientation outputs-first");
    assertThat(value(read(json, Orientation.OUTPUTS_FIRST), 1, 0)).containsExactly(4);
    assertThat(value(read(json, Orientation.INPUTS_FIRST), 1, 0)).containsExactly(3);
    // W2 tells where W1 does not.
    String told = "{\"W1\": [[1, 2], [3, 4]], \"b1\": [0, 0], \"W2\": [[1, 1]], \"b2\": 0}";
    assertThat(read(told, Orientation.OUTPUTS_FIRST).neurons()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1, 2]| it must hold an object",
        "{\"W1\": [[1]], \"b1\": [1], \"W2\": [1]}| key 'b2' is missing; give zeros",
        "{\"W1\": [[1]], \"b1\": [1], \"b2\": 1}| key 'W2' is missing",
        "{\"W1\": [[1]], \"b1\": [1], \"w2\": [1], \"b2\": 1}| unknown key 'w2'; did you mean 'W2'?",
        "{\"W1\": [[NaN]], \"b1\": [1], \"W2\": [1], \"b2\": 1}| W1[0][0] is NaN; all weights must",
        "{\"W1\": [[1]], \"b1\": [\"x\"], \"W2\": [1], \"b2\": 1}| b1[0] is \"x\"; it must be a number",
        "{\"W1\": [[1]], \"b1\": [-Infinity], \"W2\": [1], \"b2\": 1}| b1[0] is -Infinity",
        "{\"W1\": [[1, 2], [3]], \"b1\": [1, 1], \"W2\": [1, 1], \"b2\": 1}| W1[1] has 1 numbers, W1[0] has 2",
        "{\"W1\": [1, 2], \"b1\": [1, 1], \"W2\": [1, 1], \"b2\": 1}| key 'W1' must be a list of rows",
        "{\"W1\": [[1, 2, 3]], \"b1\": [1, 1], \"W2\": [1, 1], \"b2\": 1}| W1 is 1 x 3 and W2 is 1 x 2; with 2 numbers in b1",
        "{\"W1\": [[1, 2, 3], [1, 2, 3]], \"b1\": [1, 1], \"W2\": [1], \"b2\": 1}| W2 is 1 x 1",
        "{\"W1\": [[1, 2, 3], [1, 2, 3]], \"b1\": [1, 1], \"W2\": [1, 1], \"b2\": 1, \"skip\": [1]}| skip is 1 x 1; it must be 1 x 3",
        "{\"W1\": [[1]], \"b1\": [], \"W2\": [1], \"b2\": 1}| key 'b1' is an empty list",
        "{\"W1\": [[1]], \"b1\": 3, \"W2\": [1], \"b2\": 1}| key 'b1' is NUMBER; it must be a list",
        "{\"W1\": [[1]], \"b1\": [1], \"b1\": [2], \"W2\": [1], \"b2\": 1}| Duplicate field 'b1'",
        "{\"W1\": [[1]| is no JSON",
        "{\"activation\": \"tanh\", \"W1\": [[1]], \"b1\": [1], \"W2\": [1], \"b2\": 1}| key 'activation' is 'tanh'; only ReLU",
        "{\"layers\": [1, 1, 1], \"weights\": [1, 1, 1, 1], \"activation\": \"sigmoid\"}| MLlib is a sigmoid network",
        "{\"layers\": [1, 1, 1], \"weights\": [1, 1, 1, 1]}| key 'activation' is missing beside 'weights'",
        "{\"layers\": [1, 5, 5, 1], \"weights\": [1], \"activation\": \"relu\"}| three sizes [d, m, C]",
        "{\"layers\": [1, 0, 1], \"weights\": [1], \"activation\": \"relu\"}| three sizes [d, m, C], positive",
        "{\"layers\": [2, 2, 1], \"weights\": [1, 2], \"activation\": \"relu\"}| key 'weights' has 2 numbers; layers [2,2,1] have 9",
        "{\"layers\": [1, 1, 1], \"b1\": [1], \"activation\": \"relu\"}| unknown key 'b1' (known: layers, weights, activation)",
      })
  void refusesWithOneLine(String json, String words) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(CommandException.class)
        .hasMessageContainingAll("net.json", words)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void refusesAMissingFile() {
    String none = folder.resolve("none.json").toString();
    assertThatThrownBy(() -> WeightsFile.read(new Configuration(), none, Orientation.AUTO))
        .hasMessageContaining("weights file " + none + " does not exist; check the path");
  }
}
