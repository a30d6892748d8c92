package org.convexnn.relu;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.convexnn.block.RowSetting;
import org.convexnn.block.pass.cone.ConeSetting;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.ReluNetwork;
import org.convexnn.relu.cone.ConeDecoder;
import org.convexnn.relu.cone.ConeProgram;
import org.convexnn.relu.cone.ConeSolution;
import org.convexnn.relu.cone.ConeSolver;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.LocalRows;
import org.convexnn.solver.rows.Rows;

/**
 * The optimum over all activation patterns by column generation
 * (docs/theory/certificates.md#searching-for-directions), for few rows: the cone program of some
 * patterns is solved, directions of a price above beta at its dual point add theirs, and again. A
 * direction that lies on a row's edge, as most optimal ones, adds the patterns on both sides of it.
 * The objective never rises; where prices are exact (rows of at most two free coordinates) it ends
 * at the optimum, with proof.
 *
 * @param rows the rows, few enough for the driver
 * @param map the feature map
 * @param setting loss, offset, label scale
 * @param sizes of the rows
 * @param ridge skipRidge, positive
 * @param bias whether neurons have a bias
 * @param skip whether there is a linear part with its bias
 */
public record ColumnGeneration(
    Rows rows,
    FeatureMap map,
    RowSetting setting,
    ReluProblem.Sizes sizes,
    double ridge,
    boolean bias,
    boolean skip) {

  private static final double NEAR = 1 + 1e-6;
  private static final double TILT = 1e-7;
  private static final int EXACT_PASSES = 20_000;
  private static final int MOST_ADDED = 8;

  /**
   * Where it ended.
   *
   * @param network the network of the last patterns
   * @param gates half-spaces with these patterns
   * @param objectives of each round, the last one's last
   * @param price the highest price found at the network
   * @param lower a lower bound over all patterns, where prices are exact
   */
  public record Result(
      ReluNetwork network,
      HalfSpaces gates,
      List<Double> objectives,
      double price,
      OptionalDouble lower) {}

  /**
   * Generates patterns.
   *
   * @param start half-spaces with the first patterns, at least one
   * @param beta the regularisation parameter, positive
   * @param tol relative gap of each cone program
   * @param rounds most times that patterns are added
   * @param search for directions, where prices are not exact
   */
  public Result run(HalfSpaces start, double beta, double tol, int rounds, PriceSearch search) {
    LocalRows local = LocalRows.copyOf(rows);
    ReluProblem.Terms terms = new ReluProblem.Terms(bias, skip, skip);
    HalfSpaces gates = start;
    List<Double> objectives = new ArrayList<>();
    try (ReluProblem problem = new ReluProblem(local, map, setting, sizes, ridge, terms)) {
      boolean exact = problem.freeWidth() <= 2;
      for (int round = 0; ; round++) {
        ReluNetwork network = master(local, gates, beta, tol);
        double objective =
            problem.objective(network, problem.evaluate("master", network).loss(), beta);
        objectives.add(objective);
        List<PricedNeuron> found = new ArrayList<>(search.run(problem, network));
        if (exact) {
          found.addAll(0, exactly(problem, network));
        }
        double price = found.stream().mapToDouble(PricedNeuron::price).max().orElse(0);
        if (round == rounds || price <= NEAR * beta) {
          OptionalDouble lower =
              exact
                  ? OptionalDouble.of(
                      NetworkCertificate.of(problem, network, beta, search).allPatternsBound())
                  : OptionalDouble.empty();
          return new Result(network, gates, List.copyOf(objectives), price, lower);
        }
        for (PricedNeuron neuron :
            found.stream().filter(n -> n.price() > beta).limit(MOST_ADDED).toList()) {
          gates = gates.and(around(neuron.direction()));
        }
      }
    }
  }

  private ReluNetwork master(LocalRows local, HalfSpaces gates, double beta, double tol) {
    GateSet set = GateSet.of(gates);
    RowSetting gated =
        RowSetting.of(
            map,
            set,
            setting.loss(),
            setting.offset(),
            setting.labelShift(),
            setting.labelScale(),
            setting.precision());
    try (GatedRows active = local.activate(set, map)) {
      ConeProgram program =
          new ConeProgram(active, new ConeSetting(gated, map, bias, skip), sizes.weight(), ridge);
      ConeSolution solution = ConeSolver.solve(program, beta, tol, EXACT_PASSES);
      return new ConeDecoder(program).decode(solution.weights());
    }
  }

  /** The best direction of each sign of one output; of several outputs the best one. */
  private static List<PricedNeuron> exactly(ReluProblem problem, ReluNetwork network) {
    PlanePrices plane = problem.plane("prices in the plane", network);
    List<PlanePrices.Found> best =
        problem.outputs() == 1
            ? List.of(plane.largest(1), plane.largest(-1))
            : List.of(plane.largest());
    return best.stream().map(f -> neuron(problem, f)).toList();
  }

  private static PricedNeuron neuron(ReluProblem problem, PlanePrices.Found found) {
    double[] u = new double[problem.width()];
    int plain = problem.width() - 1;
    for (int i = 0; i < 2; i++) {
      // With a bias and one column the second coordinate is the constant.
      int at = problem.terms().bias() && i >= plain ? problem.width() - 1 : i;
      if (at < u.length) {
        u[at] = found.direction()[i];
      }
    }
    return new PricedNeuron(u, new double[] {1}, found.price());
  }

  /** Half-spaces at a direction and to all sides of it, a little turned. */
  private HalfSpaces around(double[] u) {
    HalfSpaces all = gate(u);
    int free = bias ? u.length : u.length - 1;
    for (int i = 0; i < free; i++) {
      for (double by : new double[] {TILT, -TILT}) {
        double[] turned = u.clone();
        turned[i] += by;
        all = all.and(gate(turned));
      }
    }
    return all;
  }

  private HalfSpaces gate(double[] u) {
    int c = setting.outputs();
    double[] output = new double[c];
    output[0] = 1;
    ReluNetwork neuron = ReluNetwork.stacked(u, output, new double[u.length * c], c);
    return neuron.toNetwork(map, setting.offset(), 0, 1).gates().halfSpaces();
  }
}
