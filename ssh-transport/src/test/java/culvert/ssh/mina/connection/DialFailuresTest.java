package culvert.ssh.mina.connection;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.ssh.Defects;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.mina.TransportFixture;
import io.netty.channel.ChannelException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DialFailuresTest {
  private static IOException noMore() {
    return new IOException("newSocketStream(..) failed with error(-24): Too many open files");
  }

  private static SshException of(Throwable cause) throws IOException {
    try (TransportFixture ssh = new TransportFixture()) {
      return DialFailures.of(ssh.server(), "", cause, Duration.ofSeconds(1));
    }
  }

  static Stream<Throwable> outOfSockets() {
    return Stream.of(
        new ChannelException(noMore()),
        new ChannelException("Failed to open a socket.", noMore()),
        new ChannelException(
            "Unable to create Channel",
            new InvocationTargetException(new ChannelException(noMore()))));
  }

  /** The host is out of them, and no server has said anything. */
  @ParameterizedTest
  @MethodSource("outOfSockets")
  void noSocketLeftIsNeitherADefectNorAVerdict(Throwable cause) throws IOException {
    assertThat(Defects.isOne(cause)).isFalse();
    SshException failure = of(cause);
    assertThat(failure.failure()).isEqualTo(SshFailure.HELD_UP);
    assertThat(failure.failure().fallbackReason()).isEmpty();
    assertThat(failure).hasMessageEndingWith("no socket (Too many open files)");
  }

  @Test
  void anotherTroubleOfNettysIsADefect() throws IOException {
    Throwable cause = new ChannelException("no handler", new IllegalStateException());
    assertThat(Defects.isOne(cause)).isTrue();
    assertThat(of(cause).failure()).isEqualTo(SshFailure.DEFECT);
    assertThat(Defects.isOne(new ChannelException("alone"))).isTrue();
  }
}
