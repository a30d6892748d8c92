package org.convexnn.ml.io;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.convexnn.network.Marginals;
import org.convexnn.network.Network;

/**
 * The marginals of training rows as a table of a saved model, {@code marginals}: of each {@code column}
 * that gates and feature map take its {@code mean}, the {@code cuts} of trees and the {@code shares} of
 * the rows between them. Missing where a model has none.
 */
public final class MarginalsTable {

  private static final ArrayType DOUBLES = DataTypes.createArrayType(DataTypes.DoubleType, false);
  private static final StructType SCHEMA =
      new StructType()
          .add("column", DataTypes.IntegerType)
          .add("mean", DataTypes.DoubleType)
          .add("cuts", DOUBLES)
          .add("shares", DOUBLES);
  private static final String NAME = "marginals";

  private MarginalsTable() {}

  public static void write(Storage storage, Marginals marginals) {
    List<Row> rows = new ArrayList<>();
    long numbers = 0;
    for (int j = 0; j < marginals.means().length; j++) {
      rows.add(
          RowFactory.create(j, marginals.means()[j], marginals.cuts()[j], marginals.masses()[j]));
      numbers += 2 + marginals.cuts()[j].length + marginals.masses()[j].length;
    }
    new SavedTable(NAME, SCHEMA, Double.BYTES * numbers / rows.size()).write(storage, rows);
  }

  /**
   * Reads those of a network.
   *
   * @throws IllegalArgumentException where they are damaged
   */
  public static Optional<Marginals> read(Storage storage, Network network) {
    if (storage.readTable("data/" + NAME, SCHEMA).isEmpty()) {
      return Optional.empty();
    }
    String path = storage.path();
    List<Row> rows = new ArrayList<>(new SavedTable(NAME, SCHEMA, 0).read(storage));
    int d = network.map().features();
    if (rows.size() != d) {
      throw SavedRow.damaged(path, NAME, rows.size() + " rows instead of " + d);
    }
    List<SavedRow> saved =
        rows.stream()
            .map(row -> new SavedRow(row, NAME, path))
            .sorted(Comparator.comparingInt(row -> row.integer("column")))
            .toList();
    double[] means = new double[d];
    double[][] cuts = new double[d][];
    double[][] masses = new double[d][];
    for (int j = 0; j < d; j++) {
      SavedRow row = saved.get(j);
      if (row.integer("column") != j) {
        throw SavedRow.damaged(path, NAME, "column is " + row.integer("column"));
      }
      means[j] = row.number("mean");
      cuts[j] = row.doubles("cuts");
      masses[j] = row.doubles("shares");
    }
    try {
      Marginals marginals = new Marginals(means, cuts, masses);
      marginals.check(network);
      return Optional.of(marginals);
    } catch (IllegalArgumentException e) {
      throw SavedRow.damaged(path, NAME, e.getMessage());
    }
  }
}
