package org.convexnn.cli.message;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version of this library, from the jar's manifest. */
public final class Version implements IVersionProvider {

  /** The version, or {@code development} where classes run without a jar. */
  public static String library() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  @Override
  public String[] getVersion() {
    return new String[] {"ConvexNN " + library()};
  }
}
