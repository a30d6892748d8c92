package org.convexnn.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.Numbers;
import org.convexnn.ml.PredictionCost;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.TraceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

public class ReportPageTest {

  static final String HOSTILE =
      "a \"b\" 'c' <script>alert(1)</script> & \n\u0001 ]]> é \uD83D\uDE00";

  /** The page, which must be well-formed. */
  public static Document parsed(String html) {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new InputSource(new StringReader(html)));
    } catch (SAXException | IOException | ParserConfigurationException e) {
      throw new AssertionError(html, e);
    }
  }

  static List<String> texts(Document page, String tag) {
    NodeList nodes = page.getElementsByTagName(tag);
    return IntStream.range(0, nodes.getLength())
        .mapToObj(i -> nodes.item(i).getTextContent())
        .toList();
  }

  private static ObjectNode report() {
    return new ObjectMapper().createObjectNode().put("label", HOSTILE).put("relativeGap", 0.0123);
  }

  private static TraceRecord trace(String phase, int i, double dualBound) {
    return new TraceRecord(phase, i, 3.5 * i, 0.02, 1.5 + 1.0 / i, dualBound, 0.5 / i, 7, 0.1 * i);
  }

  private static Document page(List<TraceRecord> trace, Scores.Tally tally) {
    List<PathPoint> path =
        List.of(
            new PathPoint(0.3, 0.06, 1.4, 0.01, 0.654321, Double.NaN, 5, 10),
            new PathPoint(0.1, 0.02, 1.3, 0.01, 0.543216, 0.0321, 9, 20));
    List<String> names = List.of(HOSTILE, "plain");
    List<NetworkWeights.Neuron> neurons =
        List.of(new NetworkWeights.Neuron("tree 1, leaf 3", 0.8765), neuron(2), neuron(3));
    String html =
        new ReportPage(report())
            .everything()
            .convergence(trace)
            .path(path)
            .predictions("test", tally, names)
            .weights(new NetworkWeights(neurons, new double[] {0.25, 4.5}), names)
            .toString();
    return parsed(html);
  }

  private static NetworkWeights.Neuron neuron(int i) {
    return new NetworkWeights.Neuron("half-space " + i, 1.0 / i);
  }

  private static Scores.Tally binary() {
    Scores.Tally tally = new Scores.BinaryTally();
    tally.add(1, 1, 1, 0.9);
    tally.add(0, 1, 1, 0.7);
    tally.add(1, 2, 0, 0.4);
    tally.add(0, 3, 0, 0.1);
    return tally;
  }

  @Test
  void showsTheNumbersOfTheFigures() throws IOException {
    Document page =
        page(
            List.of(
                trace("path", 1, Double.NEGATIVE_INFINITY),
                trace("solve", 2, Double.NaN),
                trace("solve", 3, 1.4321)),
            binary());
    assertThat(texts(page, "td"))
        .contains("0.0123000", "1.43210", "0.166667", "0.654321", "0.0321000", "9")
        .contains("0.876500", "tree 1, leaf 3", "4.50000")
        // recall and precision at 0.4
        .contains("1.00000", "0.333333", "0.750000");
    assertThat(page.getElementsByTagName("svg").getLength()).isEqualTo(7);
    assertThat(texts(page, "polyline")).hasSizeGreaterThan(7);
  }

  @Test
  void saysInWordsWhatWasLearnt() {
    ObjectNode report = report().put("rows", 12345).put("features", 7).put("relativeGap", 0.00871);
    Document page =
        parsed(
            new ReportPage(report)
                .headline("test", binary(), "classification of 'y'")
                .everything()
                .toString());
    assertThat(texts(page, "p").get(0))
        .contains("classification of 'y', from 12,345 rows and 7 features", "the test rows")
        // of weights 1 2 of class 1 and 1 3 of class 0, those of the first and the last are right
        .contains("accuracy 0.5714, where always naming the most frequent class has 0.5714")
        .contains("at most 0.87 % of its objective");
    Scores.Tally numbers = new Scores.RegressionTally(PredictionCost.SQUARED);
    numbers.add(1, 1, 2, 0);
    numbers.add(5, 1, 4, 0);
    assertThat(numbers.besideBaseline())
        .isEqualTo("root mean squared error 1, where always naming the mean has 2");
    Scores.Tally classes = new Scores.MulticlassTally();
    classes.add(0, 3, 0, 0.9);
    classes.add(2, 1, 0, 0.1);
    assertThat(classes.besideBaseline()).startsWith("accuracy 0.75, where").endsWith("has 0.75");
  }

  @Test
  void theProbabilitiesOfRowsStandBesideTheirShares() {
    Scores.BinaryTally tally = new Scores.BinaryTally();
    for (int i = 0; i < 10; i++) {
      tally.add(i < 7 ? 1 : 0, 1, 1, 0.75);
      tally.add(0, 2, 0, 0.0004);
    }
    List<Scores.Calibration> bins = tally.calibration();
    assertThat(bins).hasSize(2);
    assertThat(bins.get(0).predicted()).isCloseTo(0.0004, within(1e-6));
    assertThat(bins.get(0).observed()).isZero();
    assertThat(bins.get(1).predicted()).isCloseTo(0.75, within(1e-3));
    assertThat(bins.get(1).observed()).isEqualTo(0.7);
  }

  /** What is written at an axis. */
  private static List<String> written(boolean log, double... values) {
    String svg =
        new LineChart("x", "", log, false, List.of(new LineChart.Line("l", values, values, false)))
            .svg()
            .orElseThrow();
    NodeList texts = parsed(svg).getElementsByTagName("text");
    return IntStream.range(0, texts.getLength())
        .mapToObj(i -> (Element) texts.item(i))
        .filter(t -> t.getAttribute("text-anchor").equals("middle"))
        .map(Element::getTextContent)
        .filter(t -> !t.equals("x"))
        .toList();
  }

  @Test
  void axesHaveRoundNumbers() {
    assertThat(written(false, 0, 1)).containsExactly("0", "0.2", "0.4", "0.6", "0.8", "1");
    assertThat(written(false, -226205.056, 180000))
        .containsExactly("-200,000", "-100,000", "0", "100,000");
    assertThat(written(true, 0.0003, 1)).containsExactly("0.001", "0.01", "0.1", "1");
    assertThat(written(true, 0.3, 1)).containsExactly("0.5", "1");
    assertThat(written(true, 1e-12, 1)).hasSizeBetween(3, 8).contains("1");
    assertThat(written(false, 5, 5)).containsExactly("5");
    assertThat(
            new LineChart(
                    "x",
                    "y",
                    true,
                    true,
                    List.of(new LineChart.Line("l", new double[] {0}, new double[] {1}, true)))
                .svg())
        .isEmpty();
    assertThat(Numbers.shown(1234.5)).isEqualTo("1,234");
    assertThat(Numbers.shown(0.123456)).isEqualTo("0.1235");
    assertThat(Numbers.shown(-3.1e-7)).isEqualTo("-3.10e-07");
    assertThat(Numbers.percent(0.12345)).isEqualTo("12 %");
  }

  @Test
  void textStaysText() {
    Document page = page(List.of(), binary());
    String shown = HOSTILE.replace('\u0001', '\uFFFD');
    assertThat(texts(page, "title")).containsExactly("ConvexNN: " + shown);
    assertThat(texts(page, "td")).contains(shown);
    assertThat(page.getElementsByTagName("script").getLength()).isZero();
  }

  @Test
  void severalClassesHaveAConfusionMatrix() {
    Scores.Tally tally = new Scores.MulticlassTally();
    tally.add(0, 2.5, 1, 0.2);
    Scores.Tally other = new Scores.MulticlassTally();
    other.add(0, 4, 1, 0.2);
    other.add(1, 7, 1, 0.8);
    // A class beyond those that are shown.
    other.add(40, 3, 1, 0.2);
    List<String> cells = texts(page(List.of(), tally.merge(other)), "td");
    String first = HOSTILE.replace('\u0001', '\uFFFD');
    assertThat(cells).containsSequence(first, "0.00000", "6.50000");
    assertThat(cells).containsSequence("plain", "0.00000", "7.00000");
  }

  @Test
  void numbersHaveResiduals() {
    Scores.Tally tally = new Scores.RegressionTally(PredictionCost.SQUARED);
    for (int i = -500; i <= 500; i++) {
      tally.add(1000 + i, 1, 1000, 1000);
    }
    List<String> cells = texts(page(List.of(), tally), "td");
    double low = Double.parseDouble(cells.get(cells.indexOf("0.05") + 1));
    assertThat(low).isBetween(-452.0, -448.0);
  }

  @Test
  void aSingleClassHasNoCurve() {
    Scores.Tally tally = new Scores.BinaryTally();
    tally.add(1, 1, 1, 0.9);
    assertThat(texts(page(List.of(), tally), "p")).anyMatch(p -> p.contains("no curve"));
  }

  @Test
  void aFileThatCannotBeWrittenIsNamed(@TempDir Path folder) throws IOException {
    FileSystem files = FileSystem.getLocal(new Configuration());
    Path occupied = Files.writeString(folder.resolve("report.html"), "mine");
    ReportPage page = new ReportPage(report());
    assertThatThrownBy(() -> page.write(files, new org.apache.hadoop.fs.Path(occupied.toString())))
        .isInstanceOf(CommandException.class)
        .hasMessageContainingAll("cannot write", "report.html");
    assertThat(occupied).hasContent("mine");
  }

  @Test
  void manyPointsAndLinesAreThinned() {
    List<TraceRecord> many = new ArrayList<>();
    for (int i = 1; i <= 5000; i++) {
      many.add(trace("solve", i, 1));
    }
    assertThat(texts(page(many, binary()), "tr").size()).isLessThan(200);
    int[] thinned = LineChart.thinned(IntStream.range(0, 5000).toArray(), 100);
    assertThat(thinned).hasSize(100).startsWith(0).endsWith(4999).isSorted();
  }
}
