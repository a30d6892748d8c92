package org.convexnn.relu.cone;

/**
 * Some weights of a {@link ConeProgram}, evaluated.
 *
 * @param objective of the convex program, whether or not the weights are in their cones
 * @param networkObjective of the ReLU network with these neurons: an upper bound on the optimum over
 *     all patterns, which may lie below the optimum of the patterns given where neurons leave their
 *     cones
 * @param violation the largest violation of a cone over the largest |z~.u|; 0 where feasible
 */
public record ConePoint(double objective, double networkObjective, double violation) {}
