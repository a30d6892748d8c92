/** What a fit writes down as it goes, so that another driver can go on from there. */
package org.convexnn.solver.checkpoint;
