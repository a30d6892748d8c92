package org.convexnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.WriterAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.sql.RuntimeConfig;
import org.convexnn.SparkTest;
import org.convexnn.cli.input.CsvOptions;
import org.convexnn.cli.input.TrainingSource;
import org.convexnn.cli.table.LearningTask;
import org.convexnn.ml.io.ShownText;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Spark's options hold stays there: it is in no report, no model, no checkpoint and no log. */
@Tag("spark")
class SecretsTest {

  private static final String SECRET = "hunter2-AKIA";
  private static final String OPTION = "spark.hadoop.fs.s3a.secret.key";
  private static final String KEY = "fs.s3a.secret.key";
  private static final String LOGGER = "org.convexnn";

  @TempDir private Path folder;

  private final StringWriter log = new StringWriter();
  private final WriterAppender appender =
      WriterAppender.newBuilder()
          .setName("secrets")
          .setTarget(log)
          .setLayout(PatternLayout.newBuilder().withPattern("%m%n%ex").build())
          .build();
  private final LoggerContext logging = LoggerContext.getContext(false);
  private final RuntimeConfig options = SparkTest.session().conf();
  private final Configuration hadoop = SparkTest.context().hadoopConfiguration();

  @BeforeEach
  void begin() {
    options.set(OPTION, SECRET);
    hadoop.set(KEY, SECRET);
    appender.start();
    LoggerConfig all = new LoggerConfig(LOGGER, Level.ALL, false);
    all.addAppender(appender, Level.ALL, null);
    logging.getConfiguration().addLogger(LOGGER, all);
    logging.updateLoggers();
  }

  @AfterEach
  void end() {
    options.unset(OPTION);
    hadoop.unset(KEY);
    logging.getConfiguration().removeLogger(LOGGER);
    logging.updateLoggers();
    appender.stop();
  }

  /** Cancels the fit in its middle, as a driver's end would. */
  private static final class Canceller extends SparkListener {
    private volatile boolean begun;

    @Override
    public void onJobStart(SparkListenerJobStart start) {
      begun |= "ADMM iteration 4".equals(start.properties().get("spark.job.description"));
      if (begun) {
        SparkTest.context().sc().cancelJob(start.jobId());
      }
    }
  }

  private CommandLineRun train(Object... more) {
    String[] lines =
        Stream.concat(
                Stream.of("a,b,y"),
                IntStream.range(0, 90).mapToObj(i -> i % 7 + "," + i * i % 11 + "," + i % 2))
            .toArray(String[]::new);
    List<Object> all = new ArrayList<>(List.of(more));
    all.addAll(List.of("--solver", "admm", "--tol", 1e-6, "--checkpoint-interval", 1));
    all.addAll(List.of("--checkpoint-dir", folder.resolve("checkpoints")));
    return CommandLineRun.train(
        CommandLineRun.file(folder, "t.csv", lines), "y", folder.resolve("m"), all.toArray());
  }

  private void assertNowhere() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as("%s", file)
            .doesNotContain(SECRET);
      }
    }
    assertThat(log.toString()).doesNotContain(SECRET);
  }

  @Test
  void staySecret() throws IOException {
    Canceller canceller = new Canceller();
    SparkTest.context().sc().addSparkListener(canceller);
    CommandLineRun cancelled;
    try {
      cancelled = train();
    } finally {
      SparkTest.context().sc().removeSparkListener(canceller);
    }
    assertThat(cancelled.code()).isEqualTo(1);
    assertThat(folder.resolve("checkpoints")).isNotEmptyDirectory();
    assertNowhere();

    CommandLineRun good = train("--resume").good();
    assertThat(folder.resolve("m").resolve("report.json")).exists();
    assertNowhere();
    assertThat(log.toString()).contains("training on 90 rows", "cancelled");
    assertThat(good.out() + good.err() + cancelled.out() + cancelled.err()).doesNotContain(SECRET);
  }

  @Test
  void passwordsOfPathsAreNotShown() {
    assertThat(ShownText.of("sftp://me:" + SECRET + "@host:22/a@b.csv"))
        .isEqualTo("sftp://me:***@host:22/a@b.csv");
    for (String plain :
        List.of(
            "/a:b@c", "abfss://box@account.net/x:y@z", "hdfs://name:8020/x", "s3a://bucket/a")) {
      assertThat(ShownText.of(plain)).isEqualTo(plain);
    }
    CommandLineRun.of(
            "train",
            "--input",
            "nofs://me:" + SECRET + "@host/t.csv",
            "--label",
            "y",
            "--output",
            folder.resolve("m"))
        .failed("nofs");
    assertThat(
            new TrainingSource(
                    "ftp://me:" + SECRET + "@host/t.csv",
                    Optional.empty(),
                    Optional.of("ftp://me:" + SECRET + "@host/u.csv"),
                    Optional.empty(),
                    Optional.empty(),
                    "y",
                    LearningTask.AUTO,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    List.of(),
                    CsvOptions.NONE)
                .options()
                .toString())
        .contains("me:***@host/t.csv", "me:***@host/u.csv")
        .doesNotContain(SECRET);
  }
}
