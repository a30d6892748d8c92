package org.convexnn;

import java.lang.module.ModuleDescriptor.Version;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** The one local[2] session that all tests of a JVM share; it ends with the JVM. */
public final class SparkTest {

  private SparkTest() {}

  private static final class Holder {
    static final SparkSession SESSION =
        SparkSession.builder()
            .master("local[2]")
            .appName("convexnn-tests")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 3)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir") + "/warehouse")
            .getOrCreate();
  }

  /** The session. */
  public static SparkSession session() {
    return Holder.SESSION;
  }

  /** Whether the tests run on this Spark or a later one. */
  public static boolean since(int major, int minor) {
    Version spark = Version.parse(session().version());
    return spark.compareTo(Version.parse(major + "." + minor)) >= 0;
  }

  /** Its context. */
  public static JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(session().sparkContext());
  }
}
