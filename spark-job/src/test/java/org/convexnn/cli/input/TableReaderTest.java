package org.convexnn.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.convexnn.SparkTest;
import org.convexnn.cli.CommandLineRun;
import org.convexnn.cli.message.CommandException;
import org.convexnn.cli.message.ErrorMessages;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class TableReaderTest {

  @TempDir private Path folder;

  private final TableReader reader = new TableReader(SparkTest.session());

  private Dataset<Row> read(Path path) {
    return reader.read(TableSource.of(path.toString(), Optional.empty()));
  }

  private static void refused(ThrowingCallable call, String... words) {
    assertThatThrownBy(call)
        .isInstanceOf(CommandException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }

  @Test
  void readsCsvWithNamesAsTheyAre() {
    Path file =
        CommandLineRun.file(
            folder, "a.csv", "a.b,`c`, d e ,\"f,\"\"g\"\"\"", "1,x, 2.5 ,\"p,\"\"q\"\"\"", "2,,,z");
    Dataset<Row> table = read(file);
    assertThat(table.columns()).containsExactly("a.b", "`c`", "d e", "f,\"g\"");
    List<Row> rows = table.collectAsList();
    assertThat(rows.get(0).getString(0)).isEqualTo("1");
    assertThat(rows.get(0).getString(2)).isEqualTo("2.5");
    assertThat(rows.get(0).getString(3)).isEqualTo("p,\"q\"");
    assertThat(rows.get(1).isNullAt(1)).isTrue();
    assertThat(rows.get(1).isNullAt(2)).isTrue();
  }

  @Test
  void readsCompressedCsvAndFolders() throws IOException {
    Path parts = Files.createDirectory(folder.resolve("parts"));
    CommandLineRun.file(parts, "1.csv", "a,b", "1,2");
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(parts.resolve("2.csv.gz")))) {
      out.write("a,b\n3,4\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(read(parts).count()).isEqualTo(2);
    assertThat(read(parts.resolve("2.csv.gz")).first().getString(0)).isEqualTo("3");
    assertThat(read(parts.resolve("*.csv*")).count()).isEqualTo(2);
  }

  @Test
  void readsAColumnWithoutName() {
    Path file = CommandLineRun.file(folder, "a.csv", ",b", "1,2");
    assertThat(read(file).columns()).containsExactly("_c0", "b");
  }

  @Test
  void readsParquetAndLibsvm() {
    Path parquet = folder.resolve("p.parquet");
    SparkTest.session().range(3).write().parquet(parquet.toString());
    assertThat(read(parquet).count()).isEqualTo(3);
    Path libsvm = CommandLineRun.file(folder, "l.libsvm", "1 1:0.5 3:2", "0 2:1");
    assertThat(read(libsvm).columns()).containsExactly("label", "features");
    Path other = CommandLineRun.file(folder, "l.txt", "1 1:0.5 3:2", "0 2:1");
    refused(() -> read(other), "l.txt", "--format csv, parquet, libsvm or idx");
    assertThat(
            reader.read(TableSource.of(other.toString(), Optional.of(TableFormat.LIBSVM))).count())
        .isEqualTo(2);
  }

  @Test
  void refusesWhatIsNotThere() {
    CommandLineRun.file(folder, "train.csv", "a", "1");
    refused(
        () -> read(folder.resolve("trian.csv")),
        "trian.csv does not exist",
        "did you mean 'train.csv'?");
    refused(() -> read(Path.of("/no/such/folder/x.csv")), "/no/such/folder/x.csv", "not exist");
    refused(
        () -> reader.read(TableSource.of("nofs://host/x.csv", Optional.empty())),
        "nofs://host/x.csv");
  }

  @Test
  void refusesEmptyInput() throws IOException {
    refused(() -> read(Files.createFile(folder.resolve("a.csv"))), "a.csv is empty");
    refused(() -> read(Files.createDirectory(folder.resolve("d"))), "folder without files");
  }

  @Test
  void refusesDuplicateNames() {
    Path file = CommandLineRun.file(folder, "a.csv", "x,y,X", "1,2,3");
    refused(() -> read(file), "columns 1 and 3", "same name 'X'", "rename one");
  }

  @Test
  void refusesRaggedRows() {
    Path file = CommandLineRun.file(folder, "a.csv", "x,y", "1,2", "1,2,3", "4");
    assertThatThrownBy(() -> read(file).collectAsList())
        .satisfies(e -> assertThat(ErrorMessages.of(e)).startsWith("malformed CSV row '1,2,3'"));
  }

  @Test
  void refusesFilesOfOtherFormats() {
    Path file = CommandLineRun.file(folder, "a.parquet", "this is no parquet");
    refused(() -> read(file), "cannot read", "a.parquet", "not a Parquet file");
  }

  @Test
  void refusesFoldersWhoseHeadersDiffer() throws IOException {
    Path parts = Files.createDirectory(folder.resolve("parts"));
    CommandLineRun.file(parts, "1.csv", "a,b", "1,2");
    CommandLineRun.file(parts, "2.csv", "b,a", "3,4");
    assertThatThrownBy(() -> read(parts).collectAsList()).hasStackTraceContaining("header");
  }
}
