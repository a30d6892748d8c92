package org.convexnn.solver.program;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far a solve has come, as vectors by name: what its solver goes on from when the driver was
 * lost. Row states are no part of it. Vectors are not copied: it is to be written down at once.
 *
 * @param solver that goes on from it
 * @param weights the best so far, in solver coordinates, for any other solver to start from
 * @param parts what the solver needs besides
 */
public record SolverState(String solver, double[] weights, Map<String, List<double[]>> parts) {

  /** A state without parts. */
  public static SolverState of(String solver, double[] weights) {
    return new SolverState(solver, weights, Map.of());
  }

  /** This state and a part of some numbers. */
  public SolverState and(String name, double... numbers) {
    return and(name, List.of(numbers));
  }

  /** This state and a part of some vectors. */
  public SolverState and(String name, List<double[]> vectors) {
    Map<String, List<double[]>> more = new TreeMap<>(parts);
    more.put(name, List.copyOf(vectors));
    return new SolverState(solver, weights, more);
  }

  /** The vectors of a part. */
  public List<double[]> vectors(String name) {
    return parts.get(name);
  }

  /** The only vector of a part. */
  public double[] vector(String name) {
    return vectors(name).get(0);
  }

  /** The only number of a part. */
  public double number(String name) {
    return vector(name)[0];
  }

  /** The only number of a part, where it is whole. */
  public int count(String name) {
    return (int) number(name);
  }
}
