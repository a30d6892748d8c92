package org.convexnn.solver.train;

import java.util.List;
import java.util.stream.IntStream;
import org.convexnn.block.pass.data.SamplePass;
import org.convexnn.gate.GatePricer;
import org.convexnn.loss.Loss;
import org.convexnn.network.HalfSpaces;
import org.convexnn.network.Network;
import org.convexnn.solver.TrainingOptions;
import org.convexnn.solver.fit.TrainingRun;
import org.convexnn.solver.rows.SelectedRows;
import org.convexnn.solver.setup.PreparedData;

/** A driver-side sample of rows on which gates are priced at the present network. */
final class PricingSample {

  private static final double MOST_ROWS = 20_000;
  private static final double MOST_NUMBERS = 1 << 22;
  private static final int CHUNK = 512;

  private final PreparedData prepared;
  private final List<SamplePass.Row> rows;
  private final GatePricer pricer;

  /** Draws the sample from the selected rows. */
  PricingSample(TrainingRun run, SelectedRows selected) {
    long seed = run.options().seed();
    this.prepared = run.prepared();
    double most = Math.min(MOST_ROWS, MOST_NUMBERS / run.rows().features());
    double share = Math.min(1, most / selected.count());
    this.rows =
        run.rows().sum("sample for pricing", new SamplePass(selected.selection(), share, seed));
    this.pricer =
        new GatePricer(
            prepared.map(),
            rows.stream().map(SamplePass.Row::features).toList(),
            rows.stream().mapToDouble(SamplePass.Row::weight).toArray(),
            run.options().perClassGroups(),
            run.options().groupNorm() == TrainingOptions.GroupNorm.SLIM,
            seed);
  }

  /** At most {@code count} gates unlike those present, priced at a network in training units. */
  HalfSpaces price(Network network, HalfSpaces present, int count, int round) {
    return rows.isEmpty()
        ? HalfSpaces.none(present.features())
        : pricer.price(derivatives(network), present, count, round);
  }

  /** dl/df of every row, rows x C. */
  private double[] derivatives(Network network) {
    Loss loss = prepared.loss();
    int outputs = loss.outputs();
    double[] all = new double[rows.size() * outputs];
    IntStream.range(0, (rows.size() + CHUNK - 1) / CHUNK)
        .parallel()
        .forEach(
            chunk -> {
              Network.Evaluator evaluator = network.evaluator();
              double[] f = new double[outputs];
              int to = Math.min(rows.size(), (chunk + 1) * CHUNK);
              for (int r = chunk * CHUNK; r < to; r++) {
                SamplePass.Row row = rows.get(r);
                evaluator.evaluate(row.features(), f);
                double[] labels = prepared.inUnits(row.labels());
                Loss own = loss.on(labels);
                own.derivative(own.label(labels, 0), f, 0, all, r * outputs);
              }
            });
    return all;
  }
}
