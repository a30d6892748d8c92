package org.convexnn.cli.message;

/** A job cannot go on; the message is the line its user reads: what, which value, the remedy. */
public final class CommandException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** A failure that the job found itself. */
  public CommandException(String message) {
    super(message);
  }

  /** A failure with what lies behind it, which goes to the log only. */
  public CommandException(String message, Throwable cause) {
    super(message, cause);
  }
}
