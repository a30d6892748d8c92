/**
 * Trained networks in other formats: ONNX. Knows the network alone, and the protocol buffer classes
 * of ONNX, which are an optional dependency.
 */
package org.convexnn.export;
