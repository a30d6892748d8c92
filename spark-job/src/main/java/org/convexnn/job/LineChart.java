package org.convexnn.job;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lines over one axis, as a picture. Points that are not finite, and on a logarithmic axis those
 * that are not positive, are left out.
 *
 * @param x what the first axis shows
 * @param y what the second one shows
 * @param logX whether the first axis is logarithmic
 * @param logY whether the second one is
 * @param lines what is drawn
 */
record LineChart(String x, String y, boolean logX, boolean logY, List<Line> lines) {

  /** Of the picture, as it is shown. */
  static final int WIDTH = 720;

  private static final int HEIGHT = 400;

  /** For screens of many pixels. */
  private static final int SCALE = 2;

  /** More points than pixels show nothing new. */
  private static final int MAX_POINTS = 1000;

  private static final Logger LOG = LoggerFactory.getLogger(LineChart.class);

  /**
   * One line.
   *
   * @param name in the legend
   * @param xs the points' first coordinates
   * @param ys the second ones
   * @param dots whether points are marked
   */
  record Line(String name, double[] xs, double[] ys, boolean dots) {}

  /** The picture; none where there is nothing to draw or this machine cannot draw. */
  Optional<byte[]> png() {
    try {
      XYChart chart =
          new XYChartBuilder().width(WIDTH).height(HEIGHT).xAxisTitle(x).yAxisTitle(y).build();
      chart
          .getStyler()
          .setXAxisLogarithmic(logX)
          .setYAxisLogarithmic(logY)
          .setLegendPosition(Styler.LegendPosition.OutsideE)
          .setChartBackgroundColor(java.awt.Color.WHITE);
      lines.forEach(line -> add(chart, line));
      return chart.getSeriesMap().isEmpty() ? Optional.empty() : Optional.of(draw(chart));
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (RuntimeException | Error e) {
      // A machine without fonts says so by errors of many kinds. A picture is no reason to lose a
      // trained model.
      LOG.info("no pictures in report.html: {}; is a font installed?", e.toString());
      LOG.debug("cannot draw", e);
      return Optional.empty();
    }
  }

  private void add(XYChart chart, Line line) {
    int[] kept =
        IntStream.range(0, line.xs.length)
            .filter(i -> drawable(line.xs[i], logX) && drawable(line.ys[i], logY))
            .toArray();
    int[] shown = thinned(kept, MAX_POINTS);
    if (shown.length > 0) {
      double[] px = IntStream.of(shown).mapToDouble(i -> line.xs[i]).toArray();
      double[] py = IntStream.of(shown).mapToDouble(i -> line.ys[i]).toArray();
      chart
          .addSeries(line.name, px, py)
          .setMarker(line.dots || px.length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
    }
  }

  private static boolean drawable(double value, boolean log) {
    return Double.isFinite(value) && (!log || value > 0);
  }

  /** At most so many of these, evenly, with the first and the last one. */
  static int[] thinned(int[] all, int most) {
    return all.length <= most
        ? all
        : IntStream.range(0, most)
            .map(i -> all[(int) ((long) i * (all.length - 1) / (most - 1))])
            .toArray();
  }

  private static byte[] draw(XYChart chart) {
    BufferedImage image =
        new BufferedImage(SCALE * WIDTH, SCALE * HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.scale(SCALE, SCALE);
    chart.paint(graphics, WIDTH, HEIGHT);
    graphics.dispose();
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return png.toByteArray();
  }
}
