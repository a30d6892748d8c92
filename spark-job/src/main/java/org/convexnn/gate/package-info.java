/** How gates are chosen: samplers of half-spaces, trees grown by boosting, pricing on a sample. */
package org.convexnn.gate;
