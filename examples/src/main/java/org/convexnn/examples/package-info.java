/** Runnable examples: train, read the certificate, save, load and score. */
package org.convexnn.examples;
