/** One class per loss: value, derivative, proximal step, conjugate, curvature. Knows nothing else. */
package org.convexnn.loss;
