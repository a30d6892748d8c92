package org.convexnn.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.convexnn.block.Block;
import org.convexnn.block.Precision;
import org.convexnn.block.RowSetting;
import org.convexnn.block.pass.cone.ConeSetting;
import org.convexnn.loss.LogisticLoss;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.relu.cone.ConeAdmm;
import org.convexnn.relu.cone.ConeNewton;
import org.convexnn.relu.cone.ConeProgram;
import org.convexnn.relu.cone.ConeSolution;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.LocalRows;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Exact ReLU on an RDD of rows gives the same numbers as in memory. */
@Tag("spark")
class ConeRowsTest {

  private static final int D = 3;
  private static final double BETA = 0.02;
  private static final List<Row> ROWS = TestRows.random(60, D, 5);
  private static final GateSet GATES =
      GateSet.of(
          new HalfSpaces(
              D, new double[] {1, 0, 0.3, 0.2, -1, 0.5}, new double[] {0.1, 0}, new double[2]));
  private static final FeatureMap MAP = FeatureMap.identity(D);

  private static ConeProgram program(GatedRows rows) {
    RowSetting setting =
        RowSetting.of(MAP, GATES, new LogisticLoss(), new double[1], 0, 1, Precision.FLOAT64);
    double weight = ROWS.stream().mapToDouble(r -> r.getDouble(2)).sum();
    return new ConeProgram(rows, new ConeSetting(setting, MAP, true, true), weight, 1e-3);
  }

  private static LocalRows local() {
    List<Block> blocks = new ArrayList<>();
    for (Row row : ROWS) {
      blocks.add(
          new Block(
              D,
              ((Vector) row.get(0)).toArray(),
              new double[] {row.getDouble(1)},
              new double[] {row.getDouble(2)}));
    }
    return new LocalRows(blocks);
  }

  @Test
  void sameAsInMemory() {
    ConeProgram here = program(local().activate(GATES, MAP));
    try (RddRows rows = TestRows.pack(ROWS, 3, 0, 2)) {
      ConeProgram there = program(rows.activate(GATES, MAP));
      compare(
          new ConeNewton(there, BETA).solve(1e-3, 5), new ConeNewton(here, BETA).solve(1e-3, 5));
      compare(new ConeAdmm(there, BETA).solve(1e-9, 12), new ConeAdmm(here, BETA).solve(1e-9, 12));
    }
  }

  private static void compare(ConeSolution there, ConeSolution here) {
    assertThat(there.iterations()).isEqualTo(here.iterations());
    assertThat(there.lower()).isCloseTo(here.lower(), within(1e-9));
    assertThat(there.point().objective()).isCloseTo(here.point().objective(), within(1e-9));
  }
}
