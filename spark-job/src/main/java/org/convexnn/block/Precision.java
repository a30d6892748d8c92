package org.convexnn.block;

/** The arithmetic of the row kernels; sums over blocks and the driver always use float64. */
public enum Precision {
  /** Products in single precision. */
  FLOAT32,
  /** Products in double precision. */
  FLOAT64
}
