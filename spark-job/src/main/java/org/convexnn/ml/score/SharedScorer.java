package org.convexnn.ml.score;

import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.SparkSession;
import org.convexnn.network.Marginals;
import org.convexnn.network.Network;

/**
 * A scorer that travels as a broadcast: once to each executor, where all tasks share it and fold
 * its weights once a thread, instead of once with every task. The broadcast goes when what was
 * made with it, a data set or a function, is garbage: Spark's cleaner sees to it.
 */
public final class SharedScorer implements Scorer {

  private static final long serialVersionUID = 1L;

  // A smaller model is cheaper to send along than to broadcast.
  private static final long WORTH_SHARING = 1L << 20;

  private final Broadcast<NetworkScorer> shared;

  private SharedScorer(Broadcast<NetworkScorer> shared) {
    this.shared = shared;
  }

  /** The scorer to send to executors: the given one, or a broadcast of it if large. */
  public static Scorer of(Scorer scorer, SparkSession session) {
    if (scorer.network().bytes() < WORTH_SHARING || !(scorer instanceof NetworkScorer local)) {
      return scorer;
    }
    return new SharedScorer(
        JavaSparkContext.fromSparkContext(session.sparkContext()).broadcast(local));
  }

  @Override
  public Network network() {
    return shared.value().network();
  }

  @Override
  public double[] score(Vector features) {
    return shared.value().score(features);
  }

  @Override
  public Optional<Marginals> marginals() {
    return shared.value().marginals();
  }

  @Override
  public double[][][] contributions(Vector[] rows) {
    return shared.value().contributions(rows);
  }
}
