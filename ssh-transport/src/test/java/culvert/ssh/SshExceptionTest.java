package culvert.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SshExceptionTest {

  static Stream<Arguments> causes() {
    return Stream.of(
        Arguments.of(new IllegalStateException("x"), SshFailure.DEFECT),
        Arguments.of(new NullPointerException(), SshFailure.DEFECT),
        Arguments.of(new OutOfMemoryError("x"), SshFailure.DEFECT),
        Arguments.of(new IOException("x"), SshFailure.SESSION_ENDED),
        Arguments.of(new CancellationException(), SshFailure.SESSION_ENDED),
        Arguments.of(new RejectedExecutionException("x"), SshFailure.SESSION_ENDED));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @MethodSource("causes")
  void tellsDefectsFromEndsAndNeverLeadsToPlaintext(Throwable cause, SshFailure failure) {
    SshException of = SshException.of(cause);

    assertThat(of.failure()).isEqualTo(failure);
    assertThat(of).hasCause(cause);
    assertThat(of.failure().fallbackReason()).isEmpty();
  }

  @Test
  void leavesItsOwnAsTheyAre() {
    SshException own = new SshException(SshFailure.NO_ROUTE, "x");

    assertThat(SshException.of(own)).isSameAs(own);
  }
}
