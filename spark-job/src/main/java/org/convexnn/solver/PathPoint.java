package org.convexnn.solver;

/**
 * One point of the regularisation path.
 *
 * @param ratio beta / betaMax
 * @param beta the regularisation parameter
 * @param objective primal objective on the training rows
 * @param relativeGap the gap reached
 * @param validationLoss mean loss on the rows held out
 * @param standardError of this mean over the folds of a cross-validation; NaN of one split
 * @param activeNeurons gates with non-zero weights
 * @param passes passes since training began
 */
public record PathPoint(
    double ratio,
    double beta,
    double objective,
    double relativeGap,
    double validationLoss,
    double standardError,
    int activeNeurons,
    double passes) {}
