package org.convexnn.examples;

import org.apache.spark.sql.SparkSession;

/** The one local[2] session that all tests share; it ends with the JVM. */
final class TestSession {

  private TestSession() {}

  private static final class Holder {
    static final SparkSession SESSION =
        SparkSession.builder()
            .master("local[2]")
            .appName("convexnn-examples-tests")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
  }

  static SparkSession get() {
    return Holder.SESSION;
  }
}
