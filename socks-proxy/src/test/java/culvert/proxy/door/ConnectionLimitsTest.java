package culvert.proxy.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import culvert.config.SshProfile;
import culvert.ssh.BindAddress;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import java.net.InetAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConnectionLimitsTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  private final ConnectionLimits limits = new ConnectionLimits(3, 1);

  private static Optional<ForwardedBy> by(String host) {
    SshServer server = new SshServer(mock(SshProfile.class), host);
    return Optional.of(
        new ForwardedBy(mock(SshSession.class), server, "u", new BindAddress("127.0.0.1", 2121)));
  }

  @Test
  void anAddressIsAnotherClientsOnEverySshServer() {
    assertThat(limits.tryAcquire(HERE)).isTrue();
    assertThat(limits.tryAcquire(HERE)).isFalse();
    assertThat(limits.tryAcquire(HERE, by("one"))).isTrue();
    assertThat(limits.tryAcquire(HERE, by("one"))).isFalse();
    assertThat(limits.tryAcquire(HERE, by("two"))).isTrue();

    limits.release(HERE, by("two"));

    assertThat(limits.open()).isEqualTo(2);
    assertThat(limits.tryAcquire(HERE)).isFalse();
    assertThat(limits.tryAcquire(HERE, by("two"))).isTrue();
  }

  @Test
  void theTotalIsForAllTogether() {
    limits.tryAcquire(HERE);
    limits.tryAcquire(HERE, by("one"));
    limits.tryAcquire(HERE, by("two"));

    assertThat(limits.tryAcquire(HERE, by("three"))).isFalse();
  }
}
