package org.convexnn.cli.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.convexnn.cli.message.Numbers;

/**
 * Lines over one axis, as a picture in SVG, in the colours of the page. Points that are not finite, and on
 * a logarithmic axis those that are not positive, are left out.
 *
 * @param x what the first axis shows
 * @param y what the second one shows
 * @param logX whether the first axis is logarithmic
 * @param logY whether the second one is
 * @param lines what is drawn
 */
record LineChart(String x, String y, boolean logX, boolean logY, List<Line> lines) {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 360;
  private static final int LEFT = 84;
  private static final int RIGHT = 16;
  private static final int TOP = 30;
  private static final int BOTTOM = 50;

  /** Legible on white and on black. */
  private static final List<String> COLOURS = List.of("#3b7dd8", "#d9822b", "#4a9d5b", "#a05cc0");

  /** More points than pixels show nothing new. */
  private static final int MAX_POINTS = 1000;

  /** Ticks of an axis, about. */
  private static final int TICKS = 6;

  /**
   * One line.
   *
   * @param name in the legend
   * @param xs the points' first coordinates
   * @param ys the second ones
   * @param dots whether points are marked
   */
  record Line(String name, double[] xs, double[] ys, boolean dots) {}

  /** From numbers to places, and the numbers that are written at the axis. */
  private record Axis(DoubleUnaryOperator place, List<Double> ticks) {

    static Axis of(double low, double high, boolean logarithmic, double start, double end) {
      DoubleUnaryOperator of = logarithmic ? Math::log10 : DoubleUnaryOperator.identity();
      double from = of.applyAsDouble(low);
      double length = of.applyAsDouble(high) - from;
      return new Axis(
          v ->
              length > 0
                  ? start + (of.applyAsDouble(v) - from) / length * (end - start)
                  : (start + end) / 2,
          logarithmic ? powers(low, high) : steps(low, high));
    }
  }

  /** The picture; none where there is nothing to draw. */
  Optional<String> svg() {
    List<Line> drawn = lines.stream().map(this::drawn).filter(l -> l.xs.length > 0).toList();
    if (drawn.isEmpty()) {
      return Optional.empty();
    }
    double[] xs = drawn.stream().map(Line::xs).flatMapToDouble(Arrays::stream).toArray();
    double[] ys = drawn.stream().map(Line::ys).flatMapToDouble(Arrays::stream).toArray();
    Axis across = Axis.of(min(xs), max(xs), logX, LEFT, WIDTH - RIGHT);
    Axis up = Axis.of(min(ys), max(ys), logY, HEIGHT - BOTTOM, TOP);
    StringBuilder svg = new StringBuilder();
    svg.append(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                + " fill=\"currentColor\" aria-label=\"%s against %s\">",
            WIDTH, HEIGHT, HtmlPage.escape(y), HtmlPage.escape(x)));
    for (double tick : across.ticks) {
      double at = across.place.applyAsDouble(tick);
      svg.append(rule(at, at, TOP, HEIGHT - BOTTOM));
      svg.append(text(at, HEIGHT - BOTTOM + 18, "middle", Numbers.shown(tick)));
    }
    for (double tick : up.ticks) {
      double at = up.place.applyAsDouble(tick);
      svg.append(rule(LEFT, WIDTH - RIGHT, at, at));
      svg.append(text(LEFT - 8, at + 4, "end", Numbers.shown(tick)));
    }
    svg.append(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, "middle", x));
    svg.append(text(4, 16, "start", y));
    double legend = WIDTH - RIGHT;
    for (int i = drawn.size() - 1; i >= 0; i--) {
      Line line = drawn.get(i);
      String colour = COLOURS.get(i % COLOURS.size());
      svg.append(line(line, across, up, colour));
      if (drawn.size() > 1) {
        svg.append(
            format(
                "<text x=\"%.1f\" y=\"16\" text-anchor=\"end\" fill=\"%s\">%s</text>",
                legend, colour, HtmlPage.escape(line.name)));
        legend -= 9.0 * line.name.length() + 16;
      }
    }
    return Optional.of(svg.append("</svg>").toString());
  }

  private static String line(Line line, Axis across, Axis up, String colour) {
    StringBuilder points = new StringBuilder();
    StringBuilder dots = new StringBuilder();
    for (int i = 0; i < line.xs.length; i++) {
      double px = across.place.applyAsDouble(line.xs[i]);
      double py = up.place.applyAsDouble(line.ys[i]);
      points.append(format("%.1f,%.1f ", px, py));
      if (line.dots || line.xs.length == 1) {
        dots.append(
            format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>", px, py, colour));
      }
    }
    return format(
            "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
            points.toString().strip(), colour)
        + dots;
  }

  private static String rule(double x1, double x2, double y1, double y2) {
    return format(
        "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"currentColor\""
            + " stroke-opacity=\".15\"/>",
        x1, x2, y1, y2);
  }

  private static String text(double x, double y, String anchor, String text) {
    return format(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
        x, y, anchor, HtmlPage.escape(text));
  }

  /** Round numbers of one distance. */
  private static List<Double> steps(double low, double high) {
    double raw = (high - low) / TICKS;
    if (!(raw > 0) || !Double.isFinite(raw)) {
      return List.of(low);
    }
    double unit = Math.pow(10, Math.floor(Math.log10(raw)));
    double step = 10 * unit;
    for (double times : new double[] {5, 2, 1}) {
      step = times * unit >= raw * 0.999 ? times * unit : step;
    }
    List<Double> ticks = new ArrayList<>();
    for (double k = Math.ceil(low / step - 1e-9); k <= high / step + 1e-9; k++) {
      ticks.add(k * step);
    }
    return ticks;
  }

  /** Powers of ten, and of a short axis also 2 and 5 times those. */
  private static List<Double> powers(double low, double high) {
    int first = (int) Math.floor(Math.log10(low));
    int last = (int) Math.ceil(Math.log10(high));
    int every = Math.max(1, (last - first + TICKS - 1) / TICKS);
    double[] times = last - first <= 2 ? new double[] {1, 2, 5} : new double[] {1};
    List<Double> ticks = new ArrayList<>();
    for (int k = first; k <= last; k += every) {
      for (double t : times) {
        double tick = t * Math.pow(10, k);
        if (tick >= low * 0.999 && tick <= high * 1.001) {
          ticks.add(tick);
        }
      }
    }
    return ticks.isEmpty() ? List.of(low, high) : ticks;
  }

  private Line drawn(Line line) {
    int[] kept =
        thinned(
            IntStream.range(0, line.xs.length)
                .filter(i -> drawable(line.xs[i], logX) && drawable(line.ys[i], logY))
                .toArray(),
            MAX_POINTS);
    return new Line(
        line.name,
        IntStream.of(kept).mapToDouble(i -> line.xs[i]).toArray(),
        IntStream.of(kept).mapToDouble(i -> line.ys[i]).toArray(),
        line.dots);
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

  private static double min(double[] values) {
    return Arrays.stream(values).min().orElseThrow();
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
