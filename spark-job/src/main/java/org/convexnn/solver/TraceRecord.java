package org.convexnn.solver;

/**
 * One iteration of a fit.
 *
 * @param phase {@code path} or {@code solve}
 * @param iteration number within the fit of one beta, from 0
 * @param passes passes over the data since training began
 * @param beta the regularisation parameter
 * @param objective the best primal objective so far
 * @param dualBound the best lower bound so far
 * @param relativeGap the gap between the two
 * @param activeNeurons gates with non-zero weights
 * @param seconds since training began
 */
public record TraceRecord(
    String phase,
    int iteration,
    double passes,
    double beta,
    double objective,
    double dualBound,
    double relativeGap,
    int activeNeurons,
    double seconds) {}
