"""The version of this package and of its jar, filled in by the build."""

#: of the package, as Python writes versions
PACKAGE = "${wheel.version}"

#: of the jar, as Maven writes them
JAR = "${project.version}"
