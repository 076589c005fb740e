package culvert.ssh;

import org.jspecify.annotations.Nullable;

/**
 * An SSH session or channel that could not be made, or that ended.
 *
 * <p>The message is fit for the client's eyes: it names endpoint and reason, without secrets.
 */
public final class SshException extends Exception {
  private final SshFailure failure;

  public SshException(SshFailure failure, String message) {
    super(message);
    this.failure = failure;
  }

  public SshException(SshFailure failure, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.failure = failure;
  }

  /** The same failure with something to know about it, in brackets behind the message. */
  public SshException with(String remark) {
    return new SshException(failure, getMessage() + " (" + remark + ")", this);
  }

  public SshFailure failure() {
    return failure;
  }
}
