/** The trained function: feature map, gates, activation patterns, weights. Knows no training. */
package org.convexnn.network;
