package org.convexnn.job;

/** A job cannot go on; the message is the line its user reads: what, which value, the remedy. */
public final class JobException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** A failure that the job found itself. */
  public JobException(String message) {
    super(message);
  }

  /** A failure with what lies behind it, which goes to the log only. */
  public JobException(String message, Throwable cause) {
    super(message, cause);
  }
}
