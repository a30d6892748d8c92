/**
 * The leaves of many trees at once: which leaf each of many rows reaches, and the order of
 * leaves that makes a forest monotone.
 */
package org.convexnn.network.leaf;
