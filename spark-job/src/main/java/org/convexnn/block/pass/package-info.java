/**
 * What a pass is: a sum over blocks, with or without a state that rows keep between passes. The
 * passes themselves are in the rooms below.
 */
package org.convexnn.block.pass;
