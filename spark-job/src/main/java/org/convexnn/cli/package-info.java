/**
 * The command line: {@code demo}, {@code train}, {@code score}, {@code describe}, {@code
 * export}, {@code certify} and {@code benchmark}. Reads tables, prepares them with MLlib's own
 * transformers, writes models and reports.
 */
package org.convexnn.cli;
