package org.convexnn.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.stream.IntStream;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.network.SubNetwork;
import org.convexnn.network.Tree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ONNX Runtime against the network's own evaluator. */
@NeedsOnnx
class OnnxExportTest {

  private static final int D = 6;

  /** A tree of this many leaves, each split at random: paths of many lengths. */
  private static Tree tree(Random random, int leaves) {
    int nodes = leaves - 1;
    int[] feature = new int[nodes];
    double[] threshold = new double[nodes];
    int[] left = new int[nodes];
    int[] right = new int[nodes];
    for (int i = 0; i < nodes; i++) {
      feature[i] = random.nextInt(D);
      threshold[i] = random.nextInt(9) / 4.0 - 1;
      // The leaf that becomes node i, in the place that leads to it.
      int leaf = i == 0 ? 0 : random.nextInt(i + 1);
      for (int j = 0; j < i; j++) {
        left[j] = left[j] == ~leaf ? i : left[j];
        right[j] = right[j] == ~leaf ? i : right[j];
      }
      left[i] = ~leaf;
      right[i] = ~(i + 1);
    }
    return new Tree(feature, threshold, left, right);
  }

  private static Network network(
      long seed, int halfSpaces, List<Integer> leaves, int k, double clip, int outputs) {
    Random random = new Random(seed);
    FeatureMap map =
        new FeatureMap(
            random.doubles(D, -1, 1).toArray(),
            random.doubles(D, 0.5, 2).toArray(),
            k == 0 ? new double[0] : random.doubles((long) k * D, -1, 1).toArray(),
            clip);
    HalfSpaces gates =
        new HalfSpaces(
            D,
            random.doubles((long) halfSpaces * D, -1, 1).toArray(),
            random.doubles(halfSpaces, -1, 1).toArray(),
            IntStream.range(0, halfSpaces).mapToDouble(i -> i % 2 / 2.0).toArray());
    GateSet all = new GateSet(gates, leaves.stream().map(n -> tree(random, n)).toList());
    long weights = (1L + all.size()) * outputs * (map.dimension() + 1);
    return new Network(
        map,
        all,
        random.doubles(weights, -1, 1).toArray(),
        random.doubles(outputs).toArray(),
        outputs == 1 ? 200_000 : 0,
        outputs == 1 ? 1000 : 1);
  }

  /** Multiples of 1/4, on which trees split, and other numbers; some rows of zeros. */
  private static double[][] rows(int n) {
    Random random = new Random(7);
    double[][] x = new double[n][D];
    for (int r = 5; r < n; r++) {
      for (int j = 0; j < D; j++) {
        x[r][j] = r % 2 == 0 ? random.nextInt(17) / 4.0 - 2 : 3 * random.nextGaussian();
      }
    }
    return x;
  }

  private static double[] f(Network.Evaluator evaluator, double[] x, int outputs) {
    double[] f = new double[outputs];
    evaluator.evaluate(x, f);
    return f;
  }

  private static byte[] regression(Network network) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OnnxExport.writeRegression(network, false, out);
    return out.toByteArray();
  }

  private static byte[] classification(Network network) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OnnxExport.writeClassification(network, Optional.empty(), out);
    return out.toByteArray();
  }

  private static List<Integer> leaves(String words) {
    return words == null
        ? List.of()
        : Arrays.stream(words.split(" ")).map(Integer::valueOf).toList();
  }

  /** Three sub-networks of the same widths, drawn at random. */
  private static Network deep(long seed, int outputs, int... widths) {
    Random random = new Random(seed);
    int paths = (int) SubNetwork.paths(widths);
    List<SubNetwork> gates =
        IntStream.range(0, 3)
            .mapToObj(
                s ->
                    new SubNetwork(
                        widths,
                        new HalfSpaces(
                            D,
                            random.doubles((long) paths * D, -1, 1).toArray(),
                            random.doubles(paths, -1, 1).toArray(),
                            new double[paths]),
                        random.doubles(SubNetwork.edges(widths), -1, 1).toArray()))
            .toList();
    return new Network(
        new FeatureMap(new double[D], random.doubles(D, 0.5, 2).toArray(), new double[0]),
        GateSet.of(gates),
        random.doubles((1L + 3 * paths) * outputs * (D + 1), -1, 1).toArray(),
        random.doubles(outputs).toArray(),
        0,
        1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"4", "3 2", "2 1 3"})
  void givesTheOutputsOfDeeperNetworks(String widths) throws IOException {
    int[] m = leaves(widths).stream().mapToInt(Integer::intValue).toArray();
    double[][] x = rows(500);
    for (int outputs : new int[] {1, 3}) {
      Network network = deep(4, outputs, m);
      OnnxRun run = OnnxRun.of(outputs == 1 ? regression(network) : classification(network), x);
      double[][] f = run.get(outputs == 1 ? "prediction" : "rawPrediction");
      Network.Evaluator evaluator = network.evaluator();
      for (int r = 0; r < x.length; r++) {
        assertThat(f[r]).containsExactly(f(evaluator, x[r], outputs), within(1e-9));
      }
    }
  }

  @ParameterizedTest(name = "{0} half-spaces, trees of {1} leaves, matrix of {2} rows, clip {3}")
  @CsvSource({
    "0,,0,Infinity",
    "12,,0,Infinity",
    "12,,6,Infinity",
    "0,1,0,Infinity",
    "0,1 1 1,4,2",
    "0,2 1 30,0,1",
    "5,9 17,6,1.5",
    "5,9 17,6,Infinity",
    "12,3,3,Infinity"
  })
  void givesTheOutputsOfTheNetwork(int halfSpaces, String trees, int k, double clip)
      throws IOException {
    double[][] x = rows(1000);
    Network one = network(1, halfSpaces, leaves(trees), k, clip, 1);
    double[][] prediction = OnnxRun.of(regression(one), x).get("prediction");
    Network three = network(2, halfSpaces, leaves(trees), k, clip, 3);
    double[][] raw = OnnxRun.of(classification(three), x).get("rawPrediction");
    Network.Evaluator oneByOne = one.evaluator();
    Network.Evaluator threeByThree = three.evaluator();
    int set = 0;
    for (int r = 0; r < x.length; r++) {
      if (OnnxRun.onBoundary(one, x[r]) || OnnxRun.onBoundary(three, x[r])) {
        set++;
        continue;
      }
      // In units of the label's deviation, which is 1000.
      assertThat(prediction[r]).hasSize(1);
      assertThat(prediction[r][0] / 1000).isCloseTo(f(oneByOne, x[r], 1)[0] / 1000, within(1e-9));
      assertThat(raw[r]).containsExactly(f(threeByThree, x[r], 3), within(1e-9));
    }
    assertThat(set).as("rows set aside").isLessThan(10);
  }

  @Test
  void anyNumberOfRowsGoes() throws IOException {
    byte[] model = classification(network(3, 4, List.of(5, 8), 0, 2, 3));
    double[][] x = rows(20);
    double[][] all = OnnxRun.of(model, x).get("probability");
    double[][] last = OnnxRun.of(model, new double[][] {x[19]}).get("probability");
    assertThat(last).hasDimensions(1, 3);
    assertThat(last[0]).containsExactly(all[19], within(1e-15));
  }

  @Test
  void aRowOnATreesThresholdGoesRight() throws IOException {
    Tree tree = new Tree(new int[] {1}, new double[] {0.1}, new int[] {~0}, new int[] {~1});
    Network network =
        new Network(
            FeatureMap.identity(2),
            new GateSet(HalfSpaces.none(2), List.of(tree)),
            new double[] {0, 0, 0, 0, 0, 10, 0, 0, 20},
            new double[1],
            0,
            1);
    double[][] x = {{0, 0.1}, {0, Math.nextDown(0.1)}, {0, Double.NaN}};
    double[][] f = OnnxRun.of(regression(network), x).get("prediction");
    assertThat(f[0][0]).isEqualTo(20);
    assertThat(f[1][0]).isEqualTo(10);
    assertThat(tree.leaf(x[2])).isEqualTo(1);
  }

  @Test
  void aNetworkTooLargeForAFileIsRefusedWithSizes() {
    Network network = network(1, 4, List.of(8), 6, 2, 3);
    OnnxSize size = OnnxSize.of(network);
    // (1 + 12 groups) x 3 outputs x 7; 4 x 7 and 48 bytes a leaf; 2 x 6 + 36
    assertThat(size).isEqualTo(new OnnxSize(8 * 13 * 21, 8 * (28 + 48), 8 * 48));
    size.refuseAbove(8 * (273 + 76 + 48));
    assertThatThrownBy(() -> size.refuseAbove(8 * (273 + 76 + 48) - 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new OnnxSize(2_600_000_000L, 30_000_000L, 0).refuseAbove(OnnxSize.LIMIT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("2600.0 MB", "30.0 MB", "2130.7 MB", "numGates", "regParam");
  }

  @Test
  void theSizeIsThatOfTheFile() throws IOException {
    Network network = network(1, 300, List.of(200), 6, 2, 3);
    OnnxSize size = OnnxSize.of(network);
    long sum = size.weights() + size.gates() + size.map();
    assertThat((double) classification(network).length).isBetween(sum * 0.95, sum + 50_000.0);
  }

  /** Its own classes of this package, and none of the format. */
  private static final class WithoutTheFormat extends ClassLoader {

    private WithoutTheFormat() {
      super(OnnxExportTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("ai.onnx.proto")) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("org.convexnn.export")) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @Test
  void namesTheArtifactWhereTheFormatIsMissing() throws ReflectiveOperationException {
    var write =
        new WithoutTheFormat()
            .loadClass(OnnxExport.class.getName())
            .getMethod("writeRegression", Network.class, boolean.class, OutputStream.class);
    Network network = network(1, 4, List.of(8), 6, 2, 1);
    assertThatThrownBy(() -> write.invoke(null, network, false, OutputStream.nullOutputStream()))
        .isInstanceOf(InvocationTargetException.class)
        .cause()
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("needs " + OnnxExport.ARTIFACT, "--packages");
  }

  @Test
  void theArtifactIsTheOneOfTheBuild() throws IOException {
    List<String> parts = new ArrayList<>(List.of(OnnxExport.ARTIFACT.split(":")));
    Properties built = new Properties();
    String file = "/META-INF/maven/" + parts.get(0) + "/" + parts.get(1) + "/pom.properties";
    try (InputStream in = OnnxExportTest.class.getResourceAsStream(file)) {
      built.load(in);
    }
    assertThat(built.getProperty("version")).isEqualTo(parts.get(2));
  }
}
