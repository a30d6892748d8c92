package org.convexnn.cluster;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.convexnn.block.Block;
import org.convexnn.block.GatedBlock;
import org.convexnn.block.RowState;
import org.convexnn.block.pass.RowPass;
import org.convexnn.block.pass.StepPass;
import org.convexnn.cluster.Fault.Moment;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.Imputation;
import org.convexnn.solver.rows.GatedRows;
import org.convexnn.solver.rows.Rows;

/** Rows whose jobs suffer from a fault. */
final class FaultyRows implements Rows {

  private final Rows rows;
  private final Fault fault;
  private final Map<String, Integer> seen = new HashMap<>();
  private int jobs;

  FaultyRows(Rows rows, Fault fault) {
    this.rows = rows;
    this.fault = fault;
  }

  private Moment next(String description) {
    Moment moment = new Moment(jobs++, description, seen.merge(description, 1, Integer::sum));
    fault.before(moment);
    return moment;
  }

  @Override
  public int features() {
    return rows.features();
  }

  @Override
  public int parallelism() {
    return rows.parallelism();
  }

  @Override
  public <A> A sum(String description, RowPass<Block, A> pass) {
    return rows.sum(description, new FaultyPass<>(pass, fault, next(description)));
  }

  @Override
  public Rows imputed(Imputation imputation) {
    return new FaultyRows(rows.imputed(imputation), fault);
  }

  @Override
  public GatedRows activate(GateSet gates, FeatureMap map) {
    return new Gated(rows.activate(gates, map));
  }

  private final class Gated implements GatedRows {
    private final GatedRows gated;

    Gated(GatedRows gated) {
      this.gated = gated;
    }

    @Override
    public <A> A sum(String description, RowPass<GatedBlock, A> pass) {
      return gated.sum(description, new FaultyPass<>(pass, fault, next(description)));
    }

    @Override
    public <A> A step(String description, StepPass<A> pass, int from, int to) {
      return gated.step(description, new FaultyStep<>(pass, fault, next(description)), from, to);
    }

    @Override
    public void release(int state) {
      gated.release(state);
    }

    @Override
    public void close() {
      gated.close();
    }
  }

  private record FaultyPass<B, A>(RowPass<B, A> pass, Fault fault, Moment moment)
      implements RowPass<B, A> {

    @Override
    public Worker<B, A> worker() {
      fault.begin(moment);
      Worker<B, A> worker = pass.worker();
      return new Worker<>() {
        @Override
        public void accept(B block) {
          worker.accept(block);
        }

        @Override
        public A result() {
          fault.end(moment);
          return worker.result();
        }
      };
    }

    @Override
    public A merge(A left, A right) {
      return pass.merge(left, right);
    }
  }

  private record FaultyStep<A>(StepPass<A> pass, Fault fault, Moment moment)
      implements StepPass<A> {

    @Override
    public Worker<A> worker() {
      fault.begin(moment);
      Worker<A> worker = pass.worker();
      return new Worker<>() {
        @Override
        public RowState accept(GatedBlock block, Optional<RowState> previous) {
          return worker.accept(block, previous);
        }

        @Override
        public A result() {
          fault.end(moment);
          return worker.result();
        }
      };
    }

    @Override
    public A merge(A left, A right) {
      return pass.merge(left, right);
    }
  }
}
