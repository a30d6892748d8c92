package org.convexnn.ml.io;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.network.CategoryBins;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.Forest;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Imputation;
import org.convexnn.network.LeafModel;
import org.convexnn.network.LeafPenalty;
import org.convexnn.network.Network;
import org.convexnn.network.SubNetwork;
import org.convexnn.network.Tree;
import org.convexnn.network.WeightLayout;

/**
 * A network as tables of a saved model, format 2; models of format 1 lack what format 2 added.
 *
 * <ul>
 *   <li>{@code map}, one row: sizes, column means and scales of the feature map, its clip (0 = none),
 *       the offset b0, shift and scale of the label, the number of sub-networks (not in the oldest
 *       models); {@code imputed} and {@code indicated} are what {@link Imputation} makes of a row
 *       with missing values before all of this, empty where rows are taken as they come.
 *   <li>{@code matrix}, one row for each row of the feature map's matrix; missing for the identity.
 *   <li>{@code subnetworks}, one row each, in the order of {@code id}: {@code kind} is linear (id 0:
 *       the skip [w0, b]), halfspace, layered or tree. {@code direction} and {@code threshold} are a
 *       half-space's gate; {@code feature}, {@code threshold}, {@code left} and {@code right} are the
 *       nodes of a tree; of a layered sub-network {@code feature} are the widths, {@code threshold}
 *       and {@code direction} its first layer's half-spaces and, at the end of {@code direction},
 *       the weights above them; {@code centre} has one number per gate; {@code weights} are gates x
 *       C x (k + 1), k coordinates of the feature map, the gates of a tree being its leaves and
 *       those of a sub-network its paths. Of a tree, format 2 adds {@code leaves}: linear, or constant
 *       where {@code weights} are one number a leaf and output; {@code output}, the one that constant
 *       leaves add to, -1 = all; {@code sets}, four words of 64 bits a node that tests a set of bins
 *       ({@code flags} 4); {@code flags} of each node: 1 = missing values go left, 2 = what is not
 *       missing goes left, 4 = tests a set; {@code normWeights} and {@code normCentres} of the
 *       leaves' penalty, none where all are 1 and 0.
 *   <li>{@code categories}, one row for each column of categories: {@code bins} of its codes 0, 1, ..,
 *       255 = not seen in training; missing where there is no such column.
 * </ul>
 */
public final class NetworkTables {

  private static final String LINEAR = "linear";
  private static final String HALF_SPACE = "halfspace";
  private static final String LAYERED = "layered";
  private static final String TREE = "tree";
  private static final ArrayType DOUBLES = DataTypes.createArrayType(DataTypes.DoubleType, false);
  private static final ArrayType INTS = DataTypes.createArrayType(DataTypes.IntegerType, false);

  private static final ArrayType LONGS = DataTypes.createArrayType(DataTypes.LongType, false);

  private static final StructType MAP =
      new StructType()
          .add("features", DataTypes.IntegerType)
          .add("outputs", DataTypes.IntegerType)
          .add("matrixRows", DataTypes.IntegerType)
          .add("mean", DOUBLES)
          .add("inverseScale", DOUBLES)
          .add("clip", DataTypes.DoubleType)
          .add("offset", DOUBLES)
          .add("labelShift", DataTypes.DoubleType)
          .add("labelScale", DataTypes.DoubleType)
          .add("subnetworks", DataTypes.IntegerType)
          .add("none", DataTypes.BooleanType)
          .add("categories", DataTypes.IntegerType)
          .add("imputed", DOUBLES)
          .add("indicated", INTS)
          .add("units", DOUBLES);
  private static final StructType CATEGORIES =
      new StructType().add("column", DataTypes.IntegerType).add("bins", INTS);
  private static final StructType MATRIX =
      new StructType().add("row", DataTypes.IntegerType).add("values", DOUBLES);
  private static final StructType SUBNETWORKS =
      new StructType()
          .add("id", DataTypes.IntegerType)
          .add("kind", DataTypes.StringType)
          .add("direction", DOUBLES)
          .add("feature", INTS)
          .add("threshold", DOUBLES)
          .add("left", INTS)
          .add("right", INTS)
          .add("centre", DOUBLES)
          .add("weights", DOUBLES)
          .add("leaves", DataTypes.StringType)
          .add("output", DataTypes.IntegerType)
          .add("sets", LONGS)
          .add("flags", INTS)
          .add("normWeights", DOUBLES)
          .add("normCentres", DOUBLES);

  private NetworkTables() {}

  private static SavedTable map(int features) {
    return new SavedTable("map", MAP, 16L * features);
  }

  private static SavedTable matrix(int features) {
    return new SavedTable("matrix", MATRIX, 8L * features);
  }

  private static SavedTable subnetworks(long rowBytes) {
    return new SavedTable("subnetworks", SUBNETWORKS, rowBytes);
  }

  private static SavedTable categories() {
    return new SavedTable("categories", CATEGORIES, 4L * CategoryBins.MOST_CODES);
  }

  private static List<Row> rows(CategoryBins categories) {
    List<Row> rows = new ArrayList<>();
    for (int j = 0; j < categories.tables().length; j++) {
      byte[] table = categories.tables()[j];
      if (table != null) {
        int[] bins = new int[table.length];
        Arrays.setAll(bins, code -> table[code] & 0xFF);
        rows.add(RowFactory.create(j, bins));
      }
    }
    return rows;
  }

  private static CategoryBins categories(Storage storage, int count, int features) {
    if (count == 0) {
      return CategoryBins.none(0);
    }
    String path = storage.path();
    byte[][] tables = new byte[features][];
    List<Row> rows = categories().read(storage);
    for (Row saved : rows) {
      SavedRow row = new SavedRow(saved, "categories", path);
      int column = row.integer("column");
      if (column < 0 || column >= features || tables[column] != null) {
        throw damaged(path, "categories", "column is " + column);
      }
      tables[column] = row.bins();
    }
    if (rows.size() != count) {
      throw damaged(path, "categories", rows.size() + " rows instead of " + count);
    }
    return new CategoryBins(tables);
  }

  /** Writes a network below {@code path/data}. */
  public static void write(Storage storage, Network network) {
    List<Row> subnetworks = rows(network);
    List<Row> categories = rows(network.gates().forest().categories());
    FeatureMap map = network.map();
    int d = map.features();
    int matrixRows = map.matrix().length == 0 ? 0 : map.dimension();
    map(d)
        .write(
            storage,
            List.of(
                RowFactory.create(
                    d,
                    network.outputs(),
                    matrixRows,
                    map.mean(),
                    map.inverseScale(),
                    map.linear() ? 0.0 : map.clip(),
                    network.offset(),
                    network.labelShift(),
                    network.labelScale(),
                    subnetworks.size(),
                    map.none(),
                    categories.size(),
                    network.imputation().values(),
                    network.imputation().indicated(),
                    network.units())));
    if (!categories.isEmpty()) {
      categories().write(storage, categories);
    }
    if (matrixRows > 0) {
      List<Row> rows = new ArrayList<>();
      for (int i = 0; i < matrixRows; i++) {
        rows.add(RowFactory.create(i, Arrays.copyOfRange(map.matrix(), i * d, (i + 1) * d)));
      }
      matrix(d).write(storage, rows);
    }
    subnetworks(network.bytes() / subnetworks.size()).write(storage, subnetworks);
  }

  private static List<Row> rows(Network network) {
    int size = network.outputs() * (network.map().dimension() + 1);
    double[] none = new double[0];
    int[] noNodes = new int[0];
    List<Row> rows = new ArrayList<>();
    int at = 0;
    rows.add(
        RowFactory.create(
            0,
            LINEAR,
            none,
            noNodes,
            none,
            noNodes,
            noNodes,
            none,
            Arrays.copyOf(network.weights(), size),
            null,
            null,
            null,
            null,
            null,
            null));
    at += size;
    HalfSpaces gates = network.gates().halfSpaces();
    int d = network.map().features();
    for (int p = 0; p < gates.size(); p++) {
      rows.add(
          RowFactory.create(
              rows.size(),
              HALF_SPACE,
              Arrays.copyOfRange(gates.directions(), p * d, (p + 1) * d),
              noNodes,
              new double[] {gates.thresholds()[p]},
              noNodes,
              noNodes,
              new double[] {gates.centres()[p]},
              Arrays.copyOfRange(network.weights(), at, at + size),
              null,
              null,
              null,
              null,
              null,
              null));
      at += size;
    }
    for (SubNetwork subNetwork : network.gates().subNetworks()) {
      HalfSpaces neurons = subNetwork.neurons();
      int length = subNetwork.paths() * size;
      rows.add(
          RowFactory.create(
              rows.size(),
              LAYERED,
              DoubleStream.concat(
                      Arrays.stream(neurons.directions()), Arrays.stream(subNetwork.weights()))
                  .toArray(),
              subNetwork.widths(),
              neurons.thresholds(),
              noNodes,
              noNodes,
              neurons.centres(),
              Arrays.copyOfRange(network.weights(), at, at + length),
              null,
              null,
              null,
              null,
              null,
              null));
      at += length;
    }
    WeightLayout layout = network.layout();
    Forest forest = network.gates().forest();
    int gate = layout.gates() - forest.leaves();
    int leaf = 0;
    for (int t = 0; t < forest.trees().size(); t++) {
      Tree tree = forest.trees().get(t);
      LeafPenalty penalty = forest.penalty().range(leaf, tree.leaves());
      rows.add(
          RowFactory.create(
              rows.size(),
              TREE,
              none,
              tree.feature(),
              finite(tree.threshold()),
              tree.left(),
              tree.right(),
              new double[tree.leaves()],
              Arrays.copyOfRange(
                  network.weights(), layout.start(gate), layout.start(gate + tree.leaves())),
              forest.leafModel().name().toLowerCase(Locale.ROOT),
              forest.output()[t],
              sets(tree),
              flags(tree),
              penalty.weights(),
              penalty.centres()));
      gate += tree.leaves();
      leaf += tree.leaves();
    }
    return rows;
  }

  /** Thresholds of tests by sets, and infinite ones, are told by flags. */
  private static double[] finite(double[] thresholds) {
    return Arrays.stream(thresholds).map(t -> Double.isFinite(t) ? t : 0).toArray();
  }

  private static long[] sets(Tree tree) {
    return Arrays.stream(tree.sets())
        .filter(Objects::nonNull)
        .flatMapToLong(Arrays::stream)
        .toArray();
  }

  private static int[] flags(Tree tree) {
    int[] flags = new int[tree.feature().length];
    Arrays.setAll(
        flags,
        i ->
            (tree.missingLeft()[i] ? SavedRow.MISSING_LEFT : 0)
                | (tree.threshold()[i] == Double.POSITIVE_INFINITY ? SavedRow.ALL_LEFT : 0)
                | (tree.sets().length > 0 && tree.sets()[i] != null ? SavedRow.SET : 0));
    return flags;
  }

  /**
   * Reads the network below {@code path/data}.
   *
   * @throws IllegalArgumentException naming the table that is missing or damaged
   */
  public static Network read(Storage storage) {
    String path = storage.path();
    List<Row> maps = map(0).read(storage);
    if (maps.size() != 1) {
      throw damaged(path, "map", maps.size() + " rows instead of 1");
    }
    SavedRow row = new SavedRow(maps.get(0), "map", path);
    int d = row.integer("features");
    int outputs = row.integer("outputs");
    int matrixRows = row.integer("matrixRows");
    if (d < 1 || outputs < 1 || matrixRows < 0 || matrixRows > d) {
      throw damaged(
          path, "map", d + " features, " + outputs + " outputs, " + matrixRows + " matrix rows");
    }
    double[] matrix = matrixRows == 0 ? new double[0] : readMatrix(storage, matrixRows, d);
    double clip = row.number("clip");
    if (clip < 0) {
      throw damaged(path, "map", "clip has the value " + clip);
    }
    FeatureMap linear =
        new FeatureMap(row.doubles("mean", d), row.doubles("inverseScale", d), matrix);
    FeatureMap map =
        row.has("none") && row.truth("none")
            ? FeatureMap.none(d)
            : clip == 0 ? linear : linear.clipped(clip);
    CategoryBins categories =
        categories(storage, row.has("categories") ? row.integer("categories") : 0, d);
    List<Row> rows = inOrder(subnetworks(0).read(storage), "id", "subnetworks", path);
    if (row.has("subnetworks") && row.integer("subnetworks") != rows.size()) {
      throw damaged(
          path, "subnetworks", rows.size() + " rows instead of " + row.integer("subnetworks"));
    }
    Parts parts = subnetworks(rows, path, map, outputs, categories);
    return new Network(
        map,
        parts.gates(),
        parts.weights(),
        row.doubles("offset", outputs),
        row.number("labelShift"),
        row.number("labelScale"),
        row.has("units") ? row.doubles("units") : new double[0],
        row.imputation(d));
  }

  private static double[] readMatrix(Storage storage, int matrixRows, int d) {
    String path = storage.path();
    List<Row> rows = inOrder(matrix(d).read(storage), "row", "matrix", path);
    if (rows.size() != matrixRows) {
      throw damaged(path, "matrix", rows.size() + " rows instead of " + matrixRows);
    }
    double[] matrix = new double[matrixRows * d];
    for (int i = 0; i < matrixRows; i++) {
      double[] values = new SavedRow(rows.get(i), "matrix", path).doubles("values", d);
      System.arraycopy(values, 0, matrix, i * d, d);
    }
    return matrix;
  }

  private record Parts(GateSet gates, double[] weights) {}

  private static Parts subnetworks(
      List<Row> rows, String path, FeatureMap map, int outputs, CategoryBins categories) {
    int d = map.features();
    int size = outputs * (map.dimension() + 1);
    Doubles directions = new Doubles();
    Doubles thresholds = new Doubles();
    Doubles centres = new Doubles();
    Doubles weights = new Doubles();
    Doubles normWeights = new Doubles();
    Doubles normCentres = new Doubles();
    List<SubNetwork> subNetworks = new ArrayList<>();
    List<Tree> trees = new ArrayList<>();
    List<Integer> treeOutputs = new ArrayList<>();
    LeafModel leafModel = LeafModel.LINEAR;
    for (int id = 0; id < rows.size(); id++) {
      SavedRow row = new SavedRow(rows.get(id), "subnetworks", path);
      String kind = row.text("kind");
      if (kind.equals(LINEAR) != (id == 0) || (kind.equals(HALF_SPACE) && !trees.isEmpty())) {
        throw damaged(path, "subnetworks", "row " + id + " is of kind '" + kind + "'");
      }
      switch (kind) {
        case LINEAR -> weights.add(row.doubles("weights", size));
        case HALF_SPACE -> {
          directions.add(row.doubles("direction", d));
          thresholds.add(row.doubles("threshold", 1));
          centres.add(row.doubles("centre", 1));
          weights.add(row.doubles("weights", size));
        }
        case LAYERED -> {
          SubNetwork subNetwork = row.subNetwork(d);
          subNetworks.add(subNetwork);
          weights.add(row.doubles("weights", subNetwork.paths() * size));
        }
        case TREE -> {
          Tree tree = row.tree(d);
          row.doubles("centre", tree.leaves());
          LeafModel leaves = row.leafModel();
          if (!trees.isEmpty() && leaves != leafModel) {
            throw damaged(path, "subnetworks", "row " + id + " has leaves of another model");
          }
          leafModel = leaves;
          int output = row.has("output") ? row.integer("output") : WeightLayout.ALL;
          if (output < WeightLayout.ALL || output >= outputs) {
            throw damaged(path, "subnetworks", "row " + id + " is of output " + output);
          }
          trees.add(tree);
          treeOutputs.add(output);
          LeafPenalty penalty = row.leafPenalty(tree.leaves());
          normWeights.add(penalty.weights());
          normCentres.add(penalty.centres());
          int numbers =
              leaves == LeafModel.LINEAR ? size : output == WeightLayout.ALL ? outputs : 1;
          weights.add(row.doubles("weights", tree.leaves() * numbers));
        }
        default ->
            throw damaged(path, "subnetworks", "row " + id + " is of unknown kind '" + kind + "'");
      }
    }
    if (rows.isEmpty()) {
      throw damaged(path, "subnetworks", "no rows");
    }
    HalfSpaces halfSpaces = new HalfSpaces(d, directions.all(), thresholds.all(), centres.all());
    try {
      Forest forest =
          new Forest(
              trees,
              leafModel,
              treeOutputs.stream().mapToInt(o -> o).toArray(),
              categories,
              new LeafPenalty(normWeights.all(), normCentres.all()));
      return new Parts(new GateSet(halfSpaces, subNetworks, forest), weights.all());
    } catch (IllegalArgumentException e) {
      throw damaged(path, "subnetworks", e.getMessage());
    }
  }

  /** The rows sorted by a column that must count them from 0. */
  private static List<Row> inOrder(List<Row> rows, String column, String table, String path) {
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparingInt(r -> new SavedRow(r, table, path).integer(column)));
    for (int i = 0; i < sorted.size(); i++) {
      int number = new SavedRow(sorted.get(i), table, path).integer(column);
      if (number != i) {
        throw damaged(path, table, column + " " + i + " is missing or there twice");
      }
    }
    return sorted;
  }

  private static CorruptFileException damaged(String path, String table, String what) {
    return SavedRow.damaged(path, table, what);
  }

  /** Arrays end to end. */
  private static final class Doubles {
    private final List<double[]> parts = new ArrayList<>();
    private int length;

    void add(double[] part) {
      parts.add(part);
      length += part.length;
    }

    double[] all() {
      double[] all = new double[length];
      int at = 0;
      for (double[] part : parts) {
        System.arraycopy(part, 0, all, at, part.length);
        at += part.length;
      }
      return all;
    }
  }
}
