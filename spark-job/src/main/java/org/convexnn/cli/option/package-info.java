/** The options of the commands, and files that hold options. */
package org.convexnn.cli.option;
