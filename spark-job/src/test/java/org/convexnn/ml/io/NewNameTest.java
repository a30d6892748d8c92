package org.convexnn.ml.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that appear under their names: of two writers one is told. */
class NewNameTest {

  private static final int RACES = 100;
  private static final int WRITERS = 2;

  @TempDir private Path folder;

  static Stream<FileSystem> local() throws IOException {
    FileSystem checked = FileSystem.getLocal(new Configuration());
    RawLocalFileSystem raw = new RawLocalFileSystem();
    raw.initialize(URI.create("file:///"), new Configuration());
    return Stream.of(checked, raw);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("local")
  void ofTwoWhoWriteAtOnceOneIsRefused(FileSystem files) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    try {
      CyclicBarrier start = new CyclicBarrier(WRITERS);
      for (int race = 0; race < RACES; race++) {
        String name = "f" + race;
        WholeFile file =
            new WholeFile(files, new org.apache.hadoop.fs.Path(folder.resolve(name).toString()));
        List<Callable<Integer>> writers = new ArrayList<>();
        for (int w = 0; w < WRITERS; w++) {
          int who = w;
          writers.add(
              () -> {
                try {
                  file.write(
                      out -> {
                        out.write(who);
                        meet(start);
                      });
                  return who;
                } catch (IllegalArgumentException refused) {
                  assertThat(refused).hasMessageContaining("was made by someone else meanwhile");
                  return -1;
                }
              });
        }
        List<Integer> written = new ArrayList<>();
        for (Future<Integer> writer : threads.invokeAll(writers)) {
          written.add(writer.get());
        }
        assertThat(written).containsOnlyOnce(-1);
        written.remove(Integer.valueOf(-1));
        try (var in = files.open(file.path())) {
          assertThat(in.read()).isEqualTo(written.get(0));
        }
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(names()).noneMatch(name -> name.contains("part"));
  }

  private static void meet(CyclicBarrier start) throws IOException {
    try {
      start.await();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("local")
  void whatHasTheNameKeepsIt(FileSystem files) throws IOException {
    for (String old : List.of("old", "new")) {
      try (OutputStream out = files.create(path(old))) {
        out.write(old.getBytes("UTF-8"));
      }
    }
    assertThatThrownBy(() -> NewName.give(files, path("new"), path("old")))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(folder.resolve("old")).hasContent("old");
    NewName.give(files, path("new"), path("free"));
    try (var in = files.open(path("free"))) {
      assertThat(in.readAllBytes()).asString().isEqualTo("new");
    }
    assertThat(folder.resolve("new")).doesNotExist();
  }

  private org.apache.hadoop.fs.Path path(String name) {
    return new org.apache.hadoop.fs.Path(folder.resolve(name).toString());
  }

  /** Hadoop's local disk says that it is full by an Error. */
  @Test
  void anErrorOfTheDiskIsOneOfWriting() throws Exception {
    FileSystem files = FileSystem.getLocal(new Configuration());
    Constructor<FSError> hadoops = FSError.class.getDeclaredConstructor(Throwable.class);
    hadoops.setAccessible(true);
    FSError full = hadoops.newInstance(new IOException("No space left on device"));
    assertThatThrownBy(
            () ->
                new WholeFile(files, path("f"))
                    .write(
                        out -> {
                          throw full;
                        }))
        .isInstanceOf(java.io.UncheckedIOException.class)
        .hasMessageContaining("cannot write '")
        .hasStackTraceContaining("No space left");
    assertThat(names()).isEmpty();
  }
}
