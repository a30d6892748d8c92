/**
 * What each feature adds to the outputs of a network: Shapley values of trees and what they are
 * summed by.
 */
package org.convexnn.network.explain;
