package org.convexnn.solver.program;

/**
 * What softmax, the one loss whose outputs are coupled, does not see: a number added to all outputs of a
 * row. Weights of Frobenius groups never move that way; those of groups per class do, and a metric
 * that gave this direction the loss's curvature would hold them back.
 */
public final class OutputShift {

  private OutputShift() {}

  /**
   * Takes the mean over outputs off blocks of C x D numbers, in place; with one output nothing.
   *
   * @param outputs C
   * @param width D; 1 for rows of C numbers
   * @return the means, D for each block
   */
  public static double[] remove(double[] a, int outputs, int width) {
    double[] means = new double[a.length / outputs];
    if (outputs == 1) {
      return means;
    }
    int block = outputs * width;
    for (int i = 0; i < a.length; i++) {
      means[i / block * width + i % width] += a[i] / outputs;
    }
    for (int i = 0; i < a.length; i++) {
      a[i] -= means[i / block * width + i % width];
    }
    return means;
  }
}
