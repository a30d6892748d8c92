/**
 * Passes at a plain ReLU network: gradients of all weights, moments of its dual point, fits of
 * its rays and scale.
 */
package org.convexnn.block.pass.neuron;
