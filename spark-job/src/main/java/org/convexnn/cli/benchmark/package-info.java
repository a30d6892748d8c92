/** Networks beside other models on the same rows. */
package org.convexnn.cli.benchmark;
