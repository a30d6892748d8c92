/** Passes over rows as they came, before there are gates: counts, moments, samples, folds. */
package org.convexnn.block.pass.data;
