package org.convexnn.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real server of Spark Connect, PySpark's own, asked by PySpark and by pyspark-client, each with the
 * wheel in a fresh virtual environment. Skipped where there is no such Python.
 */
@Tag("spark")
class ConnectTest {

  @TempDir Path folder;

  private Process server;

  @AfterEach
  void stop() {
    if (server != null) {
      Python.kill(server);
    }
  }

  @Test
  void aClassicClient() throws IOException {
    Python python = Python.classic().with("numpy", "pyspark.core", "grpc", "pandas");
    Python client = python.withWheel(folder);
    String said = client.run(folder, Map.of("SPARK_REMOTE", start(client)), "test_connect.py");
    assertThat(said).containsPattern("Ran \\d\\d tests");
  }

  @Test
  void aThinClient() throws IOException {
    Python serving = Python.classic().with("numpy", "pyspark.core", "grpc").withWheel(folder);
    assumeTrue(
        Python.client().isPresent(),
        "skipped: CONVEXNN_CLIENT_PYTHON names no Python with pyspark-client");
    Python client = Python.client().get().with("pyspark", "grpc");
    String remote = start(serving);
    Path own = Files.createDirectory(folder.resolve("client"));
    String said =
        client.withWheel(own).run(own, Map.of("SPARK_REMOTE", remote), "test_connect.py", "--thin");
    assertThat(said).containsPattern("Ran \\d\\d tests");
  }

  /** Starts a server with the jar of the installed wheel and gives its address. */
  private String start(Python python) throws IOException {
    int port = freePort();
    Path said = folder.resolve("server.txt");
    String jar = python.value("import convexnn", "convexnn.jar_path()");
    String home = python.value("import os, pyspark", "os.path.dirname(pyspark.__file__)");
    server =
        new ProcessBuilder(
                Path.of(home, "bin", "spark-submit").toString(),
                "--master",
                "local[2]",
                "--class",
                "org.apache.spark.sql.connect.service.SparkConnectServer",
                "--jars",
                jar,
                "--conf",
                "spark.connect.grpc.binding.port=" + port,
                "--conf",
                "spark.ui.enabled=false",
                "--conf",
                "spark.sql.shuffle.partitions=2",
                "spark-internal")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    for (int i = 0; i < 240 && !listens(port); i++) {
      assertThat(server.isAlive()).as(Files.readString(said)).isTrue();
      sleep();
    }
    assertThat(listens(port)).as(Files.readString(said)).isTrue();
    return "sc://127.0.0.1:" + port;
  }

  private static void sleep() {
    try {
      Thread.sleep(500);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
