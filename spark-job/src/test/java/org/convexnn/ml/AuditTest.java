package org.convexnn.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.convexnn.SparkTest;
import org.convexnn.export.OnnxRun;
import org.convexnn.solver.Progress;
import org.convexnn.solver.TraceRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Objectives and bounds of fits, recomputed from the files of the saved model alone, by loops that share
 * nothing with the library: docs/theory/objective.md as it is written. No weights that are found for the
 * saved gates have an objective below the bound.
 */
@Tag("spark")
class AuditTest {

  private static final int N = 400;
  private static final int D = 4;
  private static final double[][] X = new double[N][D];
  private static final double[] NUMBER = new double[N];
  private static final double[] WEIGHT = new double[N];
  private static final boolean[] MARKED = new boolean[N];

  static {
    Random random = new Random(11);
    for (int r = 0; r < N; r++) {
      for (int j = 0; j < D; j++) {
        X[r][j] = 5 * j + Math.pow(10, j - 1) * random.nextGaussian();
      }
      double a = X[r][0] / 0.1;
      double b = X[r][1] - 5;
      NUMBER[r] = 100 + 3 * Math.abs(a + b) - 2 * Math.sin(2 * b) + 0.5 * random.nextGaussian();
      WEIGHT[r] = 1 + r % 3;
      MARKED[r] = r % 7 == 0;
    }
  }

  @TempDir Path directory;

  /** 0: the number; 2, 3: that many classes of it. */
  private static double label(int r, int classes) {
    return classes == 0
        ? NUMBER[r]
        : classes == 2 ? (NUMBER[r] > 103 ? 1 : 0) : NUMBER[r] > 105 ? 2 : NUMBER[r] > 102 ? 1 : 0;
  }

  private static Dataset<Row> rows(int classes) {
    List<Row> rows = new ArrayList<>();
    for (int r = 0; r < N; r++) {
      rows.add(RowFactory.create(Vectors.dense(X[r]), label(r, classes), WEIGHT[r], MARKED[r]));
    }
    StructType schema =
        new StructType()
            .add("features", SQLDataTypes.VectorType())
            .add("label", "double")
            .add("weight", "double")
            .add("marked", "boolean");
    return SparkTest.session().createDataFrame(rows, schema).repartition(3);
  }

  /** A row of data/subnetworks. */
  private record Part(
      String kind,
      double[] direction,
      int[] feature,
      double[] threshold,
      int[] left,
      int[] right,
      double[] centre,
      double[] weights,
      String leaves,
      Integer output,
      double[] normWeights,
      double[] normCentres) {}

  /** Numbers of a group: rows of the features phi, and outputs. */
  private record Group(
      int from, int to, int[] outputs, double norm, double[] metric, double centre) {}

  /** A saved model as its files have it. */
  private static final class Saved {
    final JsonNode metadata;
    final Row map;
    final double[][] matrix;
    final List<Part> parts = new ArrayList<>();

    Saved(Path model) throws Exception {
      try (Stream<Path> files = Files.list(model.resolve("metadata"))) {
        Path text =
            files
                .filter(f -> f.getFileName().toString().startsWith("part"))
                .findFirst()
                .orElseThrow();
        metadata = new ObjectMapper().readTree(Files.readString(text));
      }
      map = read(model, "map").get(0);
      List<Row> lines =
          Files.exists(model.resolve("data/matrix")) ? read(model, "matrix") : List.of();
      matrix = new double[lines.size()][];
      for (Row line : lines) {
        matrix[line.getInt(line.fieldIndex("row"))] = doubles(line, "values");
      }
      List<Row> all = new ArrayList<>(read(model, "subnetworks"));
      all.sort((a, b) -> Integer.compare(a.getAs("id"), b.getAs("id")));
      for (Row row : all) {
        parts.add(
            new Part(
                row.getAs("kind"),
                doubles(row, "direction"),
                ints(row, "feature"),
                doubles(row, "threshold"),
                ints(row, "left"),
                ints(row, "right"),
                doubles(row, "centre"),
                doubles(row, "weights"),
                row.getAs("leaves"),
                row.getAs("output"),
                perLeaf(row, "normWeights"),
                perLeaf(row, "normCentres")));
      }
    }

    private static List<Row> read(Path model, String table) {
      return SparkTest.session()
          .read()
          .parquet(model.resolve("data/" + table).toString())
          .collectAsList();
    }

    private static double[] perLeaf(Row row, String name) {
      return row.isNullAt(row.fieldIndex(name)) ? new double[0] : doubles(row, name);
    }

    private static double[] doubles(Row row, String name) {
      return row.<Double>getList(row.fieldIndex(name)).stream().mapToDouble(v -> v).toArray();
    }

    private static int[] ints(Row row, String name) {
      return row.<Integer>getList(row.fieldIndex(name)).stream().mapToInt(v -> v).toArray();
    }

    double told(String node, String name) {
      return metadata.get(node).get(name).asDouble();
    }

    /** z and 1. */
    double[] z(double[] x) {
      if (map.<Boolean>getAs("none")) {
        return new double[] {1};
      }
      double[] mean = doubles(map, "mean");
      double[] inverse = doubles(map, "inverseScale");
      double[] y = new double[x.length];
      for (int j = 0; j < y.length; j++) {
        y[j] = (x[j] - mean[j]) * inverse[j];
      }
      double[] z = matrix.length == 0 ? y : new double[matrix.length];
      for (int i = 0; i < matrix.length; i++) {
        for (int j = 0; j < y.length; j++) {
          z[i] += matrix[i][j] * y[j];
        }
      }
      double clip = map.<Double>getAs("clip");
      double[] result = Arrays.copyOf(z, z.length + 1);
      for (int i = 0; clip > 0 && i < z.length; i++) {
        result[i] = Math.max(-clip, Math.min(clip, z[i]));
      }
      result[z.length] = 1;
      return result;
    }
  }

  /**
   * The program of a saved model: f_r = b0 + phi_r B, B of Q x C.
   */
  private static final class Program {
    final Saved saved;
    final int outputs;
    final int width;
    final double[][] phi;
    final double[] y;
    final double[] w;
    final double total;
    final double[] offset;
    final double beta;
    final double a;
    final double ridge;
    final boolean softmax;
    final boolean logistic;
    final List<Group> groups = new ArrayList<>();
    double[][] weights;

    Program(Saved saved, int classes, boolean unmarked) {
      this.saved = saved;
      this.outputs = saved.map.getAs("outputs");
      this.width = saved.z(X[0]).length;
      this.offset = Saved.doubles(saved.map, "offset");
      this.beta = saved.told("objective", "beta");
      this.ridge = saved.told("objective", "skipRidge");
      this.a =
          saved.metadata.get("certificate").has("elasticNet")
              ? saved.told("certificate", "elasticNet")
              : 1;
      this.softmax = outputs > 1;
      this.logistic = classes == 2;
      double shift = saved.map.getAs("labelShift");
      double scale = saved.map.getAs("labelScale");
      this.w = new double[N];
      this.y = new double[N];
      double sum = 0;
      for (int r = 0; r < N; r++) {
        w[r] = unmarked && MARKED[r] ? 0 : WEIGHT[r];
        sum += w[r];
        y[r] = classes == 0 ? (NUMBER[r] - shift) / scale : label(r, classes);
      }
      this.total = sum;
      this.phi = new double[N][];
      for (int r = 0; r < N; r++) {
        phi[r] = features(X[r]);
      }
      read();
    }

    private double[] features(double[] x) {
      double[] z = saved.z(x);
      List<Double> all = new ArrayList<>();
      for (Part part : saved.parts) {
        double[] s =
            switch (part.kind) {
              case "linear" -> new double[] {1};
              case "halfspace" -> {
                double score = 0;
                for (int j = 0; j < x.length; j++) {
                  score += x[j] * part.direction[j];
                }
                yield new double[] {(score >= part.threshold[0] ? 1 : 0) - part.centre[0]};
              }
              case "tree" -> {
                double[] leaf = new double[part.centre.length];
                int node = part.feature.length == 0 ? -1 : 0;
                while (node >= 0) {
                  node =
                      x[part.feature[node]] < part.threshold[node]
                          ? part.left[node]
                          : part.right[node];
                }
                leaf[-1 - node] = 1;
                yield leaf;
              }
              default -> throw new AssertionError(part.kind);
            };
        for (double value : s) {
          if ("constant".equals(part.leaves)) {
            all.add(value);
          } else {
            for (double v : z) {
              all.add(value * v);
            }
          }
        }
      }
      return all.stream().mapToDouble(v -> v).toArray();
    }

    private void read() {
      weights = new double[phi[0].length][outputs];
      String leafNorm = saved.metadata.get("provenance").get("objective").get("leafNorm").asText();
      int[] every = new int[outputs];
      Arrays.setAll(every, c -> c);
      int at = 0;
      for (Part part : saved.parts) {
        boolean constant = "constant".equals(part.leaves);
        int size = constant ? 1 : width;
        int[] out = constant && part.output >= 0 ? new int[] {part.output} : every;
        int gates = part.kind.equals("tree") ? part.centre.length : 1;
        int from = 0;
        for (int g = 0; g < gates; g++, at += size) {
          for (int c : out) {
            for (int j = 0; j < size; j++) {
              weights[at + j][c] = part.weights[from++];
            }
          }
          if (!part.kind.equals("linear")) {
            double omega = part.normWeights.length == 0 ? 1 : part.normWeights[g];
            boolean function = part.kind.equals("tree") && leafNorm.equals("function");
            double centre = part.normCentres.length == 0 ? 0 : part.normCentres[g];
            groups.add(group(at, size, out, omega, function, constant, centre));
          }
        }
        assertThat(from).isEqualTo(part.weights.length);
      }
    }

    /** The norm in function space of a leaf: second moments over all rows and a floor. */
    private Group group(
        int at,
        int size,
        int[] out,
        double omega,
        boolean function,
        boolean constant,
        double centre) {
      if (!function) {
        return new Group(at, at + size, out, omega, null, centre);
      }
      double all = Arrays.stream(WEIGHT).sum();
      double[] metric = new double[size * size];
      double common = 0;
      for (int r = 0; r < N; r++) {
        for (int i = 0; i < size; i++) {
          for (int j = 0; j < size; j++) {
            metric[i * size + j] += WEIGHT[r] / all * phi[r][at + i] * phi[r][at + j];
          }
          double linear = constant ? 1 : phi[r][i];
          common += WEIGHT[r] / all * linear * linear / size;
        }
      }
      double trace = 0;
      for (int i = 0; i < size; i++) {
        trace += metric[i * size + i];
      }
      for (int i = 0; i < size; i++) {
        metric[i * size + i] += 0.03 * trace / size + 2e-5 * common;
      }
      return constant
          ? new Group(at, at + size, out, omega * Math.sqrt(metric[0]), null, centre)
          : new Group(at, at + size, out, omega, metric, 0);
    }

    double[][] outputs(double[][] b) {
      double[][] f = new double[N][outputs];
      for (int r = 0; r < N; r++) {
        for (int c = 0; c < outputs; c++) {
          f[r][c] = offset[c];
          for (int q = 0; q < b.length; q++) {
            f[r][c] += phi[r][q] * b[q][c];
          }
        }
      }
      return f;
    }

    double loss(double[][] f) {
      double sum = 0;
      for (int r = 0; r < N; r++) {
        double value;
        if (softmax) {
          double most = Arrays.stream(f[r]).max().orElseThrow();
          double exp = 0;
          for (double v : f[r]) {
            exp += Math.exp(v - most);
          }
          value = most + Math.log(exp) - f[r][(int) y[r]];
        } else if (logistic) {
          double margin = y[r] == 1 ? f[r][0] : -f[r][0];
          value = Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
        } else {
          value = (f[r][0] - y[r]) * (f[r][0] - y[r]) / 2;
        }
        sum += w[r] * value;
      }
      return sum / total;
    }

    double norm(Group g, double[][] b) {
      double sum = 0;
      int size = g.to - g.from;
      for (int c : g.outputs) {
        for (int i = 0; i < size; i++) {
          if (g.metric == null) {
            double value = b[g.from + i][c] - g.centre;
            sum += value * value;
          }
          for (int j = 0; g.metric != null && j < size; j++) {
            sum += b[g.from + i][c] * g.metric[i * size + j] * b[g.from + j][c];
          }
        }
      }
      return g.norm * Math.sqrt(Math.max(0, sum));
    }

    double objective(double[][] b) {
      double value = loss(outputs(b));
      for (Group g : groups) {
        double n = norm(g, b);
        value += beta * (a * n + (1 - a) / 2 * n * n);
      }
      for (int j = 0; j < width; j++) {
        for (int c = 0; c < outputs; c++) {
          value += ridge / 2 * b[j][c] * b[j][c];
        }
      }
      return value;
    }

    /** Some steps of proximal gradient, each halved until the objective falls. */
    double descended(int steps) {
      double[][] b = weights;
      double best = objective(b);
      double length = 1;
      for (int step = 0; step < steps; step++) {
        double[][] gradient = gradient(b);
        double[][] next = b;
        double value = Double.POSITIVE_INFINITY;
        for (length *= 4; length > 1e-12 && !(value <= best); length /= 2) {
          next = proximal(b, gradient, length);
          value = objective(next);
        }
        if (!(value <= best)) {
          break;
        }
        b = next;
        best = value;
      }
      return best;
    }

    private double[][] gradient(double[][] b) {
      double[][] f = outputs(b);
      double[][] gradient = new double[b.length][outputs];
      for (int r = 0; r < N; r++) {
        double exp = 0;
        for (double v : f[r]) {
          exp += Math.exp(v);
        }
        for (int c = 0; c < outputs; c++) {
          double d =
              softmax
                  ? Math.exp(f[r][c]) / exp - (y[r] == c ? 1 : 0)
                  : logistic ? 1 / (1 + Math.exp(-f[r][0])) - y[r] : f[r][0] - y[r];
          for (int q = 0; q < b.length; q++) {
            gradient[q][c] += w[r] / total * d * phi[r][q];
          }
        }
      }
      for (int j = 0; j < width; j++) {
        for (int c = 0; c < outputs; c++) {
          gradient[j][c] += ridge * b[j][c];
        }
      }
      return gradient;
    }

    /** The linear part alone, solved on the rows that are not held out, by elimination. */
    double[] ridgeRegression(boolean[] heldOut) {
      double[][] system = new double[width][width + 1];
      double sum = 0;
      for (int r = 0; r < N; r++) {
        sum += heldOut[r] ? 0 : w[r];
      }
      for (int r = 0; r < N; r++) {
        for (int i = 0; i < width && !heldOut[r]; i++) {
          for (int j = 0; j < width; j++) {
            system[i][j] += w[r] / sum * phi[r][i] * phi[r][j];
          }
          system[i][width] += w[r] / sum * phi[r][i] * (y[r] - offset[0]);
        }
      }
      for (int i = 0; i < width; i++) {
        system[i][i] += ridge;
      }
      for (int i = 0; i < width; i++) {
        for (int k = 0; k < width; k++) {
          double factor = k == i ? 0 : system[k][i] / system[i][i];
          for (int j = i; j <= width; j++) {
            system[k][j] -= factor * system[i][j];
          }
        }
      }
      double[] b = new double[width];
      for (int i = 0; i < width; i++) {
        b[i] = system[i][width] / system[i][i];
      }
      return b;
    }

    private double[][] proximal(double[][] b, double[][] gradient, double t) {
      double[][] next = new double[b.length][outputs];
      for (int j = 0; j < width; j++) {
        for (int c = 0; c < outputs; c++) {
          next[j][c] = b[j][c] - t * gradient[j][c];
        }
      }
      for (Group g : groups) {
        double square = 0;
        for (int q = g.from; q < g.to; q++) {
          for (int c : g.outputs) {
            next[q][c] = b[q][c] - t * gradient[q][c] - g.centre;
            square += next[q][c] * next[q][c];
          }
        }
        double size = Math.sqrt(square);
        double kept = size > 0 ? Math.max(0, 1 - t * beta * a * g.norm / size) : 0;
        double factor = kept / (1 + t * beta * (1 - a) * g.norm * g.norm);
        for (int q = g.from; q < g.to; q++) {
          for (int c : g.outputs) {
            next[q][c] = factor * next[q][c] + g.centre;
          }
        }
      }
      return next;
    }
  }

  private Program audited(Object model, int classes, boolean unmarked) throws Exception {
    Path path = directory.resolve("model");
    if (model instanceof ConvexReLUClassificationModel m) {
      m.save(path.toString());
    } else {
      ((ConvexReLURegressionModel) model).save(path.toString());
    }
    Program program = new Program(new Saved(path), classes, unmarked);
    double told = program.saved.told("certificate", "primalObjective");
    double bound = program.saved.told("certificate", "dualBound");
    assertThat(program.objective(program.weights))
        .as("objective")
        .isCloseTo(told, within(1e-11 * told));
    assertThat(bound).isLessThanOrEqualTo(told);
    JsonNode over = program.saved.metadata.get("provenance").get("objective");
    assertThat(over.get("rowWeight").asDouble()).isCloseTo(program.total, within(1e-9));
    return program;
  }

  /** No weights for these gates go below the bound, and few go far below the objective. */
  private static void assertBounded(Program program) {
    assertThat(program.groups).isNotEmpty().allMatch(g -> g.metric == null);
    double told = program.saved.told("certificate", "primalObjective");
    double bound = program.saved.told("certificate", "dualBound");
    double gap = program.saved.told("certificate", "relativeGap");
    assertThat(gap).isCloseTo((told - bound) / told, within(1e-12));
    assertThat(program.descended(30)).isBetween(bound, told * (1 + 1e-12));
  }

  private static ConvexReLUClassifier classifier() {
    return new ConvexReLUClassifier().setWeightCol("weight").setSeed(3);
  }

  private static ConvexReLURegressor regressor() {
    return new ConvexReLURegressor().setWeightCol("weight").setSeed(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3})
  void halfSpaces(int classes) throws Exception {
    Program program =
        audited(
            classes == 0
                ? regressor()
                    .setGateSampler("gaussian")
                    .setNumGates(24)
                    .setRegRatio(0.05)
                    .fit(rows(0))
                : classifier()
                    .setGateSampler("gaussian")
                    .setNumGates(24)
                    .setRegRatio(0.05)
                    .fit(rows(classes)),
            classes,
            false);
    // Weights are whole: they count as rows.
    double n = Arrays.stream(WEIGHT).sum();
    assertThat(program.ridge).isEqualTo(Math.max(1e-3, 0.1 * (program.width - 1) / n));
    assertBounded(program);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3})
  void constantLeaves(int classes) throws Exception {
    Program program =
        audited(
            classes == 0
                ? regressor().setNumTrees(9).setNumLeaves(6).fit(rows(0))
                : classifier().setNumTrees(9).setNumLeaves(6).fit(rows(classes)),
            classes,
            false);
    assertThat(program.saved.parts).anyMatch(p -> "constant".equals(p.leaves));
    assertBounded(program);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3})
  void linearLeaves(int classes) throws Exception {
    UnaryOperator<ConvexReLUClassifier> trees =
        c -> c.setGateSampler("trees").setLeafModel("linear").setNumTrees(4).setNumLeaves(4);
    Program program =
        audited(
            classes == 0
                ? regressor()
                    .setGateSampler("trees")
                    .setLeafModel("linear")
                    .setNumTrees(4)
                    .setNumLeaves(4)
                    .setRegRatio(0.02)
                    .fit(rows(0))
                : trees.apply(classifier()).setRegRatio(0.02).fit(rows(classes)),
            classes,
            false);
    assertThat(program.groups).anyMatch(g -> g.metric != null);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3})
  void plainRelu(int classes) throws Exception {
    audited(
        classes == 0
            ? regressor().setActivation("relu").setNumGates(16).setRegRatio(0.02).fit(rows(0))
            : classifier()
                .setActivation("relu")
                .setNumGates(16)
                .setRegRatio(0.02)
                .fit(rows(classes)),
        classes,
        false);
  }

  /** Without a refit the objective is over the rows that chose no beta, and the files say so. */
  @Test
  void heldOutRows() throws Exception {
    Program program =
        audited(
            classifier()
                .setGateSampler("gaussian")
                .setNumGates(16)
                .setRefit(false)
                .setValidationIndicatorCol("marked")
                .fit(rows(2)),
            2,
            true);
    JsonNode over = program.saved.metadata.get("provenance").get("objective");
    assertThat(over.get("rows").asText()).isEqualTo("all but those marked for validation");
    assertThat(over.get("halfSpaceNorm").asText()).isEqualTo("euclidean");
    assertBounded(program);
  }

  /** Few rows have the slim norm, whose weights are along their gates. */
  @Test
  void fewRows() throws Exception {
    Dataset<Row> few = rows(0).limit(300);
    ConvexReLURegressionModel model = regressor().setRegRatio(0.1).fit(few);
    assertThat(model.provenance().orElseThrow().objective().halfSpaceNorm()).isEqualTo("slim");
    assertThat(model.provenance().orElseThrow().objective().rows()).isEqualTo("all");
  }

  /** A fit that goes on from another model's gates. */
  @Test
  void fromAnInitialModel() throws Exception {
    ConvexReLURegressionModel first =
        regressor().setGateSampler("gaussian").setNumGates(24).setRegRatio(0.2).fit(rows(0));
    first.save(directory.resolve("first").toString());
    Program program =
        audited(
            regressor()
                .setInitialModel(directory.resolve("first").toString())
                .setRegRatio(0.05)
                .fit(rows(0)),
            0,
            false);
    assertBounded(program);
  }

  /** Sums of a part of the rows and the rows that came later are those of all rows. */
  @Test
  void fromStatisticsThatWereAdded() throws Exception {
    ConvexReLURegressor regressor = regressor().setGateSampler("gaussian").setNumGates(12);
    ConvexReLURegressionStatistics sums =
        regressor.statistics(rows(0).filter("not marked")).add(rows(0).filter("marked"));
    sums.save(directory.resolve("sums").toString());
    List<ConvexReLURegressionModel> path =
        regressor.loadStatistics(directory.resolve("sums").toString()).fitPath(0.3, 0.03);
    assertBounded(audited(path.get(1), 0, false));
  }

  /** A fit whose driver was lost ends with a certificate of its own network. */
  @Test
  void fromACheckpoint() throws Exception {
    ConvexReLUClassifier resumable =
        classifier()
            .setGateSampler("gaussian")
            .setNumGates(16)
            .setRegRatio(0.05)
            .setSolver("admm")
            .setTol(1e-6)
            .setMaxIter(2000)
            .setCheckpointDir(directory.resolve("checkpoints").toString())
            .setCheckpointInterval(4);
    resumable.setProgress(
        new Progress() {
          @Override
          public void iteration(TraceRecord trace) {
            if (trace.passes() > 15) {
              throw new IllegalStateException("the driver is lost");
            }
          }

          @Override
          public void message(String text) {}
        });
    assertThatThrownBy(() -> resumable.fit(rows(2))).hasMessageContaining("driver is lost");
    assertThat(directory.resolve("checkpoints")).isNotEmptyDirectory();
    resumable.setProgress(Progress.SILENT).setResume(true);
    assertBounded(audited(resumable.fit(rows(2)), 2, false));
  }

  /** What ONNX Runtime says of a row is what the saved files say, evaluated here. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3})
  void onnx(int classes) throws Exception {
    assumeTrue(OnnxRun.possible(), "export to ONNX needs the protocol buffers of Spark 4");
    Path file = directory.resolve("network.onnx");
    Program program;
    if (classes == 0) {
      ConvexReLURegressionModel model =
          regressor().setNumTrees(5).setNumLeaves(6).setRegRatio(0.05).fit(rows(0));
      program = audited(model, 0, false);
      model.toOnnx(file.toString());
    } else {
      ConvexReLUClassificationModel model =
          classifier()
              .setGateSampler("gaussian")
              .setNumGates(12)
              .setRegRatio(0.05)
              .fit(rows(classes));
      program = audited(model, classes, false);
      model.toOnnx(file.toString());
    }
    double[][] f = program.outputs(program.weights);
    String output = classes == 0 ? "prediction" : "probability";
    double[][] told = OnnxRun.of(Files.readAllBytes(file), X).get(output);
    double shift = program.saved.map.getAs("labelShift");
    double scale = program.saved.map.getAs("labelScale");
    for (int r = 0; r < N; r++) {
      double exp = Arrays.stream(f[r]).map(Math::exp).sum();
      double expected =
          classes == 0
              ? shift + scale * f[r][0]
              : classes == 2 ? 1 / (1 + Math.exp(-f[r][0])) : Math.exp(f[r][2]) / exp;
      double value = told[r][told[r].length - 1];
      assertThat(value)
          .as("row %d", r)
          .isCloseTo(expected, within(1e-6 * (1 + Math.abs(expected))));
    }
  }

  /**
   * At regRatio 1 a network is linear: the held-out losses of K folds are those of K ridge regressions,
   * solved here by their normal equations.
   */
  @Test
  void lossesOfFolds() throws Exception {
    int folds = 3;
    Dataset<Row> grouped = rows(0).withColumn("fold", functions.expr("pmod(hash(features), 3)"));
    ConvexReLURegressionModel model =
        regressor()
            .setGateSampler("gaussian")
            .setNumGates(8)
            .setNumFolds(folds)
            .setFoldCol("fold")
            .fit(grouped);
    Program program = audited(model, 0, false);
    Map<List<Double>, Integer> group = new HashMap<>();
    for (Row row : grouped.select("features", "fold").collectAsList()) {
      double[] x = ((org.apache.spark.ml.linalg.Vector) row.get(0)).toArray();
      group.put(Arrays.stream(x).boxed().toList(), row.getInt(1));
    }
    double[] losses = new double[folds];
    double[] weights = new double[folds];
    for (int k = 0; k < folds; k++) {
      int heldOut = k;
      boolean[] in = new boolean[N];
      for (int r = 0; r < N; r++) {
        in[r] = group.get(Arrays.stream(X[r]).boxed().toList()) == heldOut;
      }
      double[] b = program.ridgeRegression(in);
      for (int r = 0; r < N; r++) {
        if (in[r]) {
          double f = program.offset[0];
          for (int j = 0; j < b.length; j++) {
            f += program.phi[r][j] * b[j];
          }
          weights[k] += WEIGHT[r];
          losses[k] += WEIGHT[r] * (f - program.y[r]) * (f - program.y[r]) / 2;
        }
      }
      losses[k] /= weights[k];
    }
    double mean = 0;
    for (int k = 0; k < folds; k++) {
      mean += weights[k] * losses[k] / program.total;
    }
    double square = 0;
    for (int k = 0; k < folds; k++) {
      square += Math.pow(weights[k] / program.total * (losses[k] - mean), 2);
    }
    assertThat(model.summary().path().get(0).ratio()).isEqualTo(1);
    assertThat(model.summary().path().get(0).validationLoss()).isCloseTo(mean, within(1e-6 * mean));
    assertThat(model.summary().path().get(0).standardError())
        .isCloseTo(Math.sqrt(folds / (folds - 1.0) * square), within(1e-6 * mean));
  }
}
