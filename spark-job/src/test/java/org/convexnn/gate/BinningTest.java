package org.convexnn.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.convexnn.linalg.CounterRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BinningTest {

  private static double[][] column(double... values) {
    return Arrays.stream(values).mapToObj(v -> new double[] {v}).toArray(double[][]::new);
  }

  private static double[] ones(int n) {
    double[] w = new double[n];
    Arrays.fill(w, 1);
    return w;
  }

  private static Binning numbers(int most, double... values) {
    int n = values.length;
    return Binning.of(column(values), ones(n), ones(n), new boolean[1], most, 0);
  }

  private static Binning codes(int most, double[] values, double[] targets, double[] weights) {
    return Binning.of(column(values), targets, weights, new boolean[] {true}, most, 0);
  }

  private static int bin(Binning binning, double value) {
    return binning.bin(0, value) & 0xFF;
  }

  @Test
  void fewValuesHaveABinEachCutMidway() {
    Binning binning = numbers(254, 3, -1, 3, 0, 7, Double.NaN, -0.0);
    assertThat(binning.bins(0)).isEqualTo(4);
    assertThat(IntStream.range(0, 4).mapToDouble(b -> binning.threshold(0, b)))
        .containsExactly(-0.5, 1.5, 5.0, Double.POSITIVE_INFINITY);
    assertThat(bin(binning, Double.NaN)).isEqualTo(Binning.MISSING);
  }

  /** The bin says on which side of every threshold a value is: with 1 to 254 bins. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 8, 63, 64, 65, 127, 128, 129, 253, 254, 400})
  void aValueIsBelowAThresholdExactlyIfItsBinIs(int values) {
    CounterRandom random = new CounterRandom(values, 0);
    double[] sample = new double[values];
    Arrays.setAll(sample, r -> random.nextGaussian());
    Binning binning = numbers(254, sample);
    assertThat(binning.bins(0)).isEqualTo(Math.min(values, 254));
    for (int b = 0; b < binning.bins(0); b++) {
      double t = binning.threshold(0, b);
      double[] tried = {t, Math.nextDown(t), Math.nextUp(t), sample[b], -1e300, 1e300};
      for (double v : Arrays.stream(tried).filter(Double::isFinite).toArray()) {
        assertThat(bin(binning, v) <= b).as("%s < %s", v, t).isEqualTo(v < t);
      }
    }
  }

  @Test
  void binsAreQuantilesOfTheWeight() {
    int n = 4000;
    CounterRandom random = new CounterRandom(5, 0);
    double[] values = new double[n];
    double[] weights = new double[n];
    for (int r = 0; r < n; r++) {
      values[r] = random.nextDouble();
      weights[r] = values[r] < 0.25 ? 3 : 1;
    }
    Binning binning = Binning.of(column(values), ones(n), weights, new boolean[1], 10, 0);
    double[] mass = new double[10];
    for (int r = 0; r < n; r++) {
      mass[bin(binning, values[r])] += weights[r];
    }
    double share = Arrays.stream(weights).sum() / 10;
    for (double m : mass) {
      assertThat(m).isCloseTo(share, within(2 * 3.0));
    }
  }

  @Test
  void weightTwoIsTwiceTheRowAndWeightZeroNone() {
    double[] values = new double[600];
    Arrays.setAll(values, r -> Math.sin(r));
    double[] weights = new double[600];
    Arrays.setAll(weights, r -> r % 3);
    double[] twice =
        IntStream.range(0, 600)
            .boxed()
            .flatMapToDouble(r -> Arrays.stream(new double[r % 3]).map(z -> values[r]))
            .toArray();
    Binning weighted = Binning.of(column(values), values, weights, new boolean[1], 50, 0);
    Binning repeated = numbers(50, twice);
    for (int b = 0; b < 50; b++) {
      assertThat(weighted.threshold(0, b)).isEqualTo(repeated.threshold(0, b));
    }
  }

  @Test
  void fewCategoriesHaveABinEach() {
    double[] values = {7, 2, 7, Double.NaN, 99_999, 2};
    Binning binning = codes(254, values, ones(6), ones(6));
    assertThat(binning.bins(0)).isEqualTo(3);
    assertThat(new int[] {bin(binning, 2), bin(binning, 7), bin(binning, 99_999)})
        .containsExactlyInAnyOrder(0, 1, 2);
    assertThat(bin(binning, 3)).isEqualTo(Binning.MISSING);
    assertThat(bin(binning, Double.NaN)).isEqualTo(Binning.MISSING);
    assertThat(bin(binning, 2.5)).isEqualTo(Binning.MISSING);
  }

  /** 300 values: value v has 1,000 - v rows of target v mod 10, so the last ones share bins. */
  private static Binning many(int most, boolean byClass) {
    int values = 300;
    double[] codes = new double[IntStream.range(0, values).map(v -> 1000 - v).sum()];
    double[] targets = new double[codes.length];
    for (int v = 0, r = 0; v < values; v++) {
      for (int k = v; k < 1000; k++, r++) {
        codes[r] = v;
        targets[r] = v % 10;
      }
    }
    double[] both = new double[2 * codes.length];
    for (int r = 0; r < codes.length; r++) {
      both[2 * r] = -3 * targets[r];
      both[2 * r + 1] = 4 * targets[r];
    }
    return codes(most, codes, byClass ? both : targets, ones(codes.length));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void frequentCategoriesStandAloneAndOthersShareByTheirMean(boolean byClass) {
    Binning binning = many(40, byClass);
    assertThat(binning.bins(0)).isEqualTo(40);
    long alone = IntStream.range(0, 24).map(v -> bin(binning, v)).distinct().count();
    assertThat(alone).isEqualTo(24);
    double[] least = new double[40];
    double[] most = new double[40];
    Arrays.fill(least, 9);
    for (int v = 24; v < 300; v++) {
      int b = bin(binning, v);
      assertThat(b).isBetween(24, 39);
      least[b] = Math.min(least[b], v % 10);
      most[b] = Math.max(most[b], v % 10);
    }
    for (int b = 24; b < 40; b++) {
      assertThat(most[b] - least[b]).as("bin %d", b).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void codesOutOfRangeAreRefused() {
    for (double code : new double[] {-1, 0.5, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> codes(254, new double[] {1, code}, ones(2), ones(2)))
          .hasStackTraceContaining("column 0 of categories holds " + code);
    }
  }

  @Test
  void codesBeyondTheMostCountAsNeverSeen() {
    Binning binning = codes(254, new double[] {0, 1, 100_000, 99_999, 1e9}, ones(5), ones(5));
    assertThat(binning.bins(0)).isEqualTo(3);
    assertThat(bin(binning, 99_999)).isEqualTo(2);
    assertThat(bin(binning, 100_000)).isEqualTo(Binning.MISSING);
    assertThat(bin(binning, 1e9)).isEqualTo(Binning.MISSING);
  }

  /** Labels of an identifier's rows must not order it: all of it is one bin. */
  @Test
  void valuesOfFewRowsShareABin() {
    int n = 1000;
    double[] values = new double[n];
    double[] targets = new double[n];
    for (int r = 0; r < n; r++) {
      // Half of the rows have one of 10 values, the others one each.
      values[r] = r % 2 == 0 ? r / 2 % 10 : 10 + r;
      targets[r] = r * 7 % 13;
    }
    Binning binning = Binning.of(column(values), targets, ones(n), new boolean[] {true}, 254, 10);
    assertThat(binning.bins(0)).isEqualTo(11);
    for (int v = 0; v < 10; v++) {
      assertThat(bin(binning, v)).isEqualTo(1 + v);
    }
    for (int r = 1; r < n; r += 2) {
      assertThat(bin(binning, 10 + r)).isZero();
    }
    assertThat(bin(binning, 10)).isEqualTo(Binning.MISSING);
  }

  @Test
  void isShippedAsItIs() throws IOException, ClassNotFoundException {
    Binning binning = many(254, false);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(binning);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      Binning read = (Binning) in.readObject();
      for (int v = -1; v < 301; v++) {
        assertThat(read.bin(0, v)).isEqualTo(binning.bin(0, v));
      }
    }
  }
}
