/** One fit: gates are chosen, the rows are gated, the program is set up and its solver chosen. */
package org.convexnn.solver.fit;
