/** How fast the row kernels are, beside matrix products of the same shapes. */
package org.convexnn.benchmarks;
