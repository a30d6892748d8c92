/**
 * Trains a network on rows from the first look to the certificate; gates that are priced along
 * the path.
 */
package org.convexnn.solver.train;
