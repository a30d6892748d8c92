/**
 * The path over beta, from the beta at which the model is linear down; what chooses beta, and
 * the last solve with its certificate.
 */
package org.convexnn.solver.path;
