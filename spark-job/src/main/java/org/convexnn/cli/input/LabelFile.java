package org.convexnn.cli.input;

/**
 * A file of labels beside one of images.
 *
 * @param path where it is
 * @param column the name that their column gets
 */
public record LabelFile(String path, String column) {}
