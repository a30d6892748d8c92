package org.convexnn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Pages and comments point to pages and headings that exist. */
class DocumentationTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** Folders of sources, seen from the root; pages are the root's own files and those of docs/. */
  private static final List<String> SOURCES =
      List.of("spark-job/src", "examples/src", "benchmarks/src", "spark-versions", "conf");

  private static final Pattern CITATION =
      Pattern.compile("(?<![\\w./-])((?:[\\w-]+/)*[\\w-]+\\.md)(#[\\w-]*)?");
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");

  private static List<Path> files(String folder, String ending) {
    try (Stream<Path> walk = Files.walk(ROOT.resolve(folder))) {
      return walk.filter(Files::isRegularFile)
          .filter(file -> file.toString().endsWith(ending))
          .filter(file -> !ROOT.relativize(file).startsWith(Path.of(folder, "target")))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> pages() {
    List<Path> pages = new ArrayList<>(files("docs", ".md"));
    try (Stream<Path> top = Files.list(ROOT)) {
      top.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pages;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A page without its fenced listings. */
  private static String prose(Path page) {
    return text(page).replaceAll("(?ms)^```.*?^```", "");
  }

  /** The anchors of a page's headings, as GitHub makes them. */
  private static Set<String> anchors(Path page) {
    Set<String> anchors = new HashSet<>();
    Pattern.compile("(?m)^#+ (.*)$")
        .matcher(prose(page))
        .results()
        .map(heading -> heading.group(1).strip().toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
        .forEach(
            anchor -> assertThat(anchors.add(anchor)).as("%s has two #%s", page, anchor).isTrue());
    return anchors;
  }

  /** What is wrong with a pointer to a page, and perhaps a heading; nothing where it leads there. */
  private static List<String> broken(Path from, Path page, String anchor) {
    if (!Files.exists(page)) {
      return List.of(ROOT.relativize(from) + ": no " + ROOT.relativize(page));
    }
    if (anchor.isEmpty() || anchors(page).contains(anchor)) {
      return List.of();
    }
    return List.of(ROOT.relativize(from) + ": no #" + anchor + " in " + ROOT.relativize(page));
  }

  @Test
  void citationsInSourcesLeadToPagesAndHeadings() {
    List<String> broken = new ArrayList<>();
    int citations = 0;
    for (String folder : SOURCES) {
      for (Path file : files(folder, "")) {
        if (!file.toString().matches(".*\\.(java|py|xml|conf|properties)")) {
          continue;
        }
        for (MatchResult found : CITATION.matcher(text(file)).results().toList()) {
          citations++;
          String anchor = found.group(2) == null ? "" : found.group(2).substring(1);
          broken.addAll(broken(file, ROOT.resolve(found.group(1)), anchor));
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(citations).isGreaterThan(100);
  }

  @Test
  void linksInPagesLeadToFilesAndHeadings() {
    List<String> broken = new ArrayList<>();
    for (Path page : pages()) {
      for (MatchResult found : LINK.matcher(prose(page)).results().toList()) {
        String link = found.group(1);
        if (!link.contains("://") && !link.startsWith("mailto:")) {
          String[] parts = link.split("#", 2);
          Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
          broken.addAll(broken(page, target, parts.length > 1 ? parts[1] : ""));
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void everyPageIsReachedFromTheReadme() {
    Set<Path> reached = new HashSet<>();
    Deque<Path> open = new ArrayDeque<>(List.of(ROOT.resolve("README.md")));
    while (!open.isEmpty()) {
      Path page = open.pop();
      if (reached.add(page)) {
        LINK.matcher(prose(page))
            .results()
            .map(found -> found.group(1).split("#")[0])
            .filter(link -> link.endsWith(".md") && !link.contains("://"))
            .forEach(link -> open.push(page.resolveSibling(link).normalize()));
      }
    }
    assertThat(reached).containsAll(pages());
  }

  @Test
  void theReadmeIsShortAndItsResultsAreMeasured() {
    List<String> readme = text(ROOT.resolve("README.md")).lines().toList();
    assertThat(readme).hasSizeLessThanOrEqualTo(200);
    List<String> results =
        readme.stream().filter(line -> line.matches("\\|.*\\d\\.\\d.*")).toList();
    assertThat(results).hasSize(6);
    String all = text(ROOT.resolve("docs/benchmarks.md"));
    String measured =
        all.substring(all.indexOf("<!-- measured:begin -->"), all.indexOf("<!-- measured:end -->"));
    assertThat(measured.lines().toList()).containsAll(results);
  }
}
