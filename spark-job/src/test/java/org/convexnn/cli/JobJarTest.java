package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import picocli.CommandLine;

/** What the job jar adds to Spark's jars, by the pom: all of it under names of our own. */
class JobJarTest {

  /** The artifacts that are shaded, each with one of its classes. */
  private static final Map<String, Class<?>> SHIPPED =
      Map.of(
          "info.picocli:picocli", CommandLine.class,
          "org.tribuo:tribuo-util-onnx", OnnxMl.class);

  private static Document pom(String path) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(Path.of(path).toFile());
  }

  private static List<Element> elements(Object below, String tag) {
    NodeList nodes =
        below instanceof Document d
            ? d.getElementsByTagName(tag)
            : ((Element) below).getElementsByTagName(tag);
    return IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList();
  }

  private static List<String> texts(Object below, String tag) {
    return elements(below, tag).stream().map(e -> e.getTextContent().strip()).toList();
  }

  private static Path jar(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static List<String> classes(Class<?> type) throws IOException, URISyntaxException {
    try (JarFile jar = new JarFile(jar(type).toFile())) {
      return jar.stream().map(e -> e.getName()).filter(n -> n.endsWith(".class")).toList();
    }
  }

  @Test
  void everythingShippedIsRelocated() throws Exception {
    Document pom = pom("pom.xml");
    assertThat(texts(elements(pom, "artifactSet").get(0), "include"))
        .containsExactlyInAnyOrderElementsOf(SHIPPED.keySet());
    List<String> patterns =
        texts(pom, "pattern").stream().map(p -> p.replace('.', '/') + "/").toList();
    assertThat(texts(pom, "shadedPattern")).allMatch(p -> p.startsWith("org.convexnn.shaded."));
    for (Map.Entry<String, Class<?>> artifact : SHIPPED.entrySet()) {
      List<String> kept =
          elements(pom, "filter").stream()
              .filter(f -> texts(f, "artifact").contains(artifact.getKey()))
              .flatMap(f -> texts(f, "include").stream())
              .map(include -> include.replace("**", ""))
              .toList();
      List<String> classes =
          classes(artifact.getValue()).stream()
              .filter(c -> !c.startsWith("META-INF/"))
              .filter(c -> kept.isEmpty() || kept.stream().anyMatch(c::startsWith))
              .toList();
      assertThat(classes)
          .isNotEmpty()
          .allSatisfy(c -> assertThat(patterns).anyMatch(c::startsWith));
    }
  }

  /** With its version, by which known faults are looked up. */
  @Test
  void theSecurityPageListsEverythingShipped() throws Exception {
    Document parent = pom("../pom.xml");
    String page = Files.readString(Path.of("../docs/security.md"));
    for (String artifact : SHIPPED.keySet()) {
      String name = artifact.substring(artifact.indexOf(':') + 1).replaceAll("-.*", "");
      String version = texts(parent, name + ".version").get(0);
      assertThat(page).contains("`" + artifact + ":" + version + "`");
    }
  }
}
