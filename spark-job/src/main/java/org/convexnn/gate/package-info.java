/** How gates are drawn: samplers, and later histogram trees, selection and pricing on a sample. */
package org.convexnn.gate;
