package org.convexnn.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/**
 * HDFS on loopback: a NameNode and DataNodes in JVMs of their own, which end with {@link #close}. The
 * build puts their classes, Hadoop's minicluster, into {@code target/hadoop} where the tests that
 * need it are asked for.
 */
public final class HdfsCluster implements AutoCloseable {

  private static final Path JARS = Path.of("target", "hadoop").toAbsolutePath();
  private static final String SERVER = "org.apache.hadoop.hdfs.server.";
  private static final String MEMORY = "-Xmx256m";
  private static final long MOST_SECONDS = 120;

  private final Path folder;
  private final String uri;
  private final Process nameNode;
  private final List<Process> dataNodes = new ArrayList<>();

  private HdfsCluster(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    this.uri = "hdfs://127.0.0.1:" + ClusterProcess.freePort();
    ClusterProcess.run(
        folder, MOST_SECONDS, node("namenode.NameNode", "-format", "-nonInteractive"));
    this.nameNode = start("namenode.NameNode", "namenode.log");
  }

  /** Starts one, whose logs and files go to a folder, and waits until it takes files. */
  public static HdfsCluster start(Path folder, int dataNodes)
      throws IOException, InterruptedException {
    if (!Files.isDirectory(JARS)) {
      throw new IllegalStateException("there is no " + JARS + "; run with -Pcluster or -Psoak");
    }
    HdfsCluster cluster = new HdfsCluster(folder);
    try {
      for (int i = 0; i < dataNodes; i++) {
        String data = "dfs.datanode.data.dir=" + folder.resolve("data" + i).toUri();
        cluster.dataNodes.add(
            cluster.start("datanode.DataNode", "datanode" + i + ".log", "-D", data));
      }
      ClusterProcess.await("DataNodes", MOST_SECONDS, () -> cluster.live() == dataNodes);
      return cluster;
    } catch (Throwable failure) {
      cluster.close();
      throw failure;
    }
  }

  private Process start(String server, String log, String... more) throws IOException {
    return node(server, more).start(folder, folder.resolve(log), MEMORY);
  }

  private Program node(String server, String... more) {
    List<String> arguments = new ArrayList<>();
    for (String setting :
        List.of(
            "fs.defaultFS=" + uri,
            "dfs.namenode.name.dir=" + folder.resolve("name").toUri(),
            "dfs.namenode.http-address=127.0.0.1:0",
            "dfs.datanode.address=127.0.0.1:0",
            "dfs.datanode.http.address=127.0.0.1:0",
            "dfs.datanode.ipc.address=127.0.0.1:0")) {
      arguments.addAll(List.of("-D", setting));
    }
    arguments.addAll(Arrays.asList(more));
    Program spark = Program.ofSpark(SERVER + server);
    return new Program(
        spark.classPath() + File.pathSeparator + JARS.resolve("*"), spark.main(), arguments);
  }

  private int live() {
    try {
      return ((DistributedFileSystem) files()).getDataNodeStats().length;
    } catch (IOException e) {
      // Not yet.
      return 0;
    }
  }

  /** A path on it. */
  public String path(String name) {
    return uri + "/" + name;
  }

  /** Its files. */
  public FileSystem files() throws IOException {
    return new org.apache.hadoop.fs.Path(uri).getFileSystem(new Configuration());
  }

  /** Kills a DataNode, which the NameNode does not notice for ten minutes. */
  public void killDataNode(int number) {
    dataNodes.get(number).destroyForcibly();
  }

  @Override
  public void close() {
    dataNodes.forEach(Process::destroyForcibly);
    nameNode.destroyForcibly();
  }
}
