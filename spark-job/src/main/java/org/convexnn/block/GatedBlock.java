package org.convexnn.block;

/**
 * A block of rows with its activation patterns.
 *
 * @param block the rows
 * @param patterns their patterns under the current gates
 */
public record GatedBlock(Block block, Patterns patterns) {}
