/** A block of rows and everything computed on one: patterns, products with F and F', row steps. */
package org.convexnn.block;
