package org.convexnn.ml;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;

/** This library: which version it is. */
public final class Library {

  private static final String UNKNOWN = "unknown";

  /** Maven's description of the library, in its jar and in those made from it. */
  private static final String DESCRIPTION =
      "META-INF/maven/org.convexnn/convexnn-spark_2.13/pom.properties";

  private Library() {}

  /** The version of these classes; {@code unknown} outside a jar. */
  public static String version() {
    return Optional.ofNullable(Library.class.getPackage().getImplementationVersion())
        .orElse(UNKNOWN);
  }

  /** The versions of all its jars on the class path, in order of their names; one, where all is well. */
  public static List<String> versions() {
    TreeSet<String> versions = new TreeSet<>();
    try {
      for (URL url : Collections.list(Library.class.getClassLoader().getResources(DESCRIPTION))) {
        Properties properties = new Properties();
        try (InputStream in = url.openStream()) {
          properties.load(in);
        }
        versions.add(properties.getProperty("version", UNKNOWN));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a jar on the class path cannot be read", e);
    }
    return List.copyOf(versions);
  }
}
