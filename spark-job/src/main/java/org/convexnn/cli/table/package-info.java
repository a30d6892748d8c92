/**
 * A raw table: what the cells of its columns look like, what each column is taken for and how a
 * model reads it, the stages that make features, and models that were saved with them.
 */
package org.convexnn.cli.table;
