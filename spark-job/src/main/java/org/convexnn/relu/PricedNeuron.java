package org.convexnn.relu;

import java.io.Serializable;

/**
 * A direction that a neuron may have, and what it is worth: a neuron {@code (x.v + b)_+ a} of small
 * weights changes the objective by {@code (beta - price) ||(v, b)|| ||a||}.
 *
 * @param direction (v, b), a unit vector of D numbers
 * @param output a, a unit vector of C numbers
 * @param price {@code a' Lambda' (X u)_+}, Lambda = -w l'(f) / W
 */
public record PricedNeuron(double[] direction, double[] output, double price)
    implements Serializable {}
