package culvert.ssh.mina.connection;

import culvert.ssh.Defects;
import culvert.ssh.SshException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import org.apache.sshd.common.RuntimeSshException;
import org.apache.sshd.common.util.buffer.BufferException;
import org.jspecify.annotations.Nullable;

/**
 * Defects of ours among what MINA says has ended a session. It runs our classes, and wraps what
 * they throw; what it throws itself is about the peer's packets, whatever the exception's type.
 */
final class SessionDefects {
  private static final String OURS = "culvert.";
  private static final String MINAS = "org.apache.sshd.";

  private SessionDefects() {}

  /** As {@code DEFECT}; empty: it is the peer's doing, or has been judged already. */
  static Optional<SshException> in(Throwable trouble) {
    for (@Nullable Throwable thrown = trouble;
        thrown != null && !(thrown instanceof SshException);
        thrown = thrown.getCause()) {
      if (isOurs(thrown)) {
        return Optional.of(SshException.of(thrown));
      }
    }
    return Optional.empty();
  }

  private static boolean isOurs(Throwable thrown) {
    boolean abandoned =
        thrown instanceof CancellationException || thrown instanceof RejectedExecutionException;
    boolean aboutThePeer =
        thrown instanceof RuntimeSshException || thrown instanceof BufferException;
    return Defects.isOne(thrown)
        && !abandoned
        && !aboutThePeer
        && (thrown instanceof Error || !isThrownByMina(thrown));
  }

  /** Whose class has thrown it, by itself or by way of a library's. */
  private static boolean isThrownByMina(Throwable thrown) {
    return Arrays.stream(thrown.getStackTrace())
        .map(StackTraceElement::getClassName)
        .filter(name -> name.startsWith(OURS) || name.startsWith(MINAS))
        .findFirst()
        .filter(name -> name.startsWith(MINAS))
        .isPresent();
  }
}
