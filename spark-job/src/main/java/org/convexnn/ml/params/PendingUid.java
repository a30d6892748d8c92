package org.convexnn.ml.params;

/**
 * Hands a uid over to {@code uid()} while {@code super()} runs.
 *
 * <p>The constructors of Spark's Predictor and PredictionModel create Params and ask {@code uid()}
 * for their owner before a Java subclass can have assigned its field. Java evaluates the argument
 * of {@code this(...)} before {@code super()}, so {@code this(PendingUid.claim(uid))} is in time.
 */
public final class PendingUid {

  private static final ThreadLocal<String> PENDING = new ThreadLocal<>();

  private final String value;

  private PendingUid(String value) {
    this.value = value;
  }

  /** Announces the uid of the object that this thread constructs next. */
  public static PendingUid claim(String uid) {
    PENDING.set(uid);
    return new PendingUid(uid);
  }

  /** The uid of the object under construction in this thread. */
  public static String current() {
    return PENDING.get();
  }

  /** The uid; the announcement ends. */
  public String release() {
    PENDING.remove();
    return value;
  }
}
