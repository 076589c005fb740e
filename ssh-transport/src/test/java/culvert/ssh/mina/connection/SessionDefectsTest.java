package culvert.ssh.mina.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.apache.sshd.common.RuntimeSshException;
import org.apache.sshd.common.util.ValidateUtils;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SessionDefectsTest {
  static Stream<Throwable> ours() {
    RuntimeException withoutTrace = new NullPointerException();
    withoutTrace.setStackTrace(new StackTraceElement[0]);
    return Stream.of(
        new IllegalStateException("state"),
        catchThrowable(() -> List.of().get(0)),
        catchThrowable(() -> Integer.parseInt("x")),
        new IOException("failed to notify", new NullPointerException("null")),
        new RuntimeSshException(new AssertionError("assert")),
        new StackOverflowError(),
        withoutTrace);
  }

  @ParameterizedTest
  @MethodSource("ours")
  void whatOurClassesThrowIsOne(Throwable thrown) {
    assertThat(SessionDefects.in(thrown))
        .hasValueSatisfying(e -> assertThat(e.failure()).isEqualTo(SshFailure.DEFECT));
  }

  static Stream<Throwable> thePeers() {
    return Stream.of(
        new IOException("connection reset"),
        new UncheckedIOException(new IOException("connection reset")),
        new RuntimeSshException("no strict key exchange"),
        catchThrowable(() -> new ByteArrayBuffer().getInt()),
        catchThrowable(() -> new ByteArrayBuffer(new byte[] {-1, -1, -1, -1, 0}).getString()),
        catchThrowable(() -> ValidateUtils.throwIllegalStateException("%s", "not now")),
        catchThrowable(() -> ValidateUtils.checkTrue(false, "no such algorithm")),
        new CancellationException(),
        new RejectedExecutionException("loop ends"),
        new SshException(SshFailure.NOT_SSH, "judged", new IllegalStateException("then")));
  }

  @ParameterizedTest
  @MethodSource("thePeers")
  void whatMinaThrowsOfPacketsIsNone(Throwable thrown) {
    assertThat(thrown).isNotNull();
    assertThat(SessionDefects.in(thrown)).isEmpty();
  }
}
