/** Trees of constant leaves: how many, how large, their penalty and their fit. */
package org.convexnn.solver.forest;
