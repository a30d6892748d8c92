/**
 * What a command reads: files of tables, CSV, idx and others, found and opened; rows to learn
 * from with their label; networks that were trained elsewhere.
 */
package org.convexnn.cli.input;
