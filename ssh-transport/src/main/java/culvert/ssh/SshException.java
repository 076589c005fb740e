package culvert.ssh;

import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
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

  /**
   * What a future of the SSH transport has failed with, as a failure of its own: the same, or a
   * defect, or the end of what nobody waits for any more.
   */
  public static SshException of(Throwable cause) {
    if (cause instanceof SshException known) {
      return known;
    }
    boolean abandoned =
        cause instanceof CancellationException || cause instanceof RejectedExecutionException;
    return Defects.isOne(cause) && !abandoned
        ? new SshException(SshFailure.DEFECT, "internal error: " + PlainWords.of(cause), cause)
        : new SshException(SshFailure.SESSION_ENDED, PlainWords.of(cause), cause);
  }

  /** The same failure with something to know about it, in brackets behind the message. */
  public SshException with(String remark) {
    return new SshException(failure, getMessage() + " (" + remark + ")", this);
  }

  public SshFailure failure() {
    return failure;
  }
}
