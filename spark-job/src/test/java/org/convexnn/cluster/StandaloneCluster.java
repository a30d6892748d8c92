package org.convexnn.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A standalone Master and Workers of one core and 1 GB each, in JVMs of their own on loopback, from
 * the Spark of the build. All of them end with {@link #close}, and executors with their Workers.
 */
public final class StandaloneCluster implements AutoCloseable {

  private static final String HOST = "127.0.0.1";
  private static final String MEMORY = "-Xmx256m";

  private final List<Process> processes = new ArrayList<>();
  private final String url;

  private StandaloneCluster(String url) {
    this.url = url;
  }

  /** Starts one, whose logs and work go to a folder. */
  public static StandaloneCluster start(Path folder, int workers) throws IOException {
    int port = ClusterProcess.freePort();
    StandaloneCluster cluster = new StandaloneCluster("spark://" + HOST + ":" + port);
    cluster.add(folder, "master.Master", "--port", Integer.toString(port));
    for (int i = 1; i <= workers; i++) {
      // A Worker that is there before its Master asks again.
      cluster.add(
          folder,
          "worker.Worker",
          ("--cores 1 --memory 1G --work-dir work" + i + " " + cluster.url).split(" "));
    }
    return cluster;
  }

  private void add(Path folder, String name, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--host", HOST, "--webui-port", "0"));
    arguments.addAll(List.of(more));
    Path log = folder.resolve(name + processes.size() + ".log");
    processes.add(
        Program.ofSpark("org.apache.spark.deploy." + name, arguments.toArray(String[]::new))
            .start(folder, log, MEMORY));
  }

  /** Its name as a master. */
  public String url() {
    return url;
  }

  @Override
  public void close() {
    processes.forEach(ClusterProcess::kill);
  }
}
