/**
 * Files and folders on any Hadoop file system: saved models as metadata and tables, checksums,
 * checkpoints. What is read is checked and is never code.
 */
package org.convexnn.ml.io;
