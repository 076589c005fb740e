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
    assertThat(limits.tryAcquire(HERE, Optional.empty())).isTrue();
    assertThat(limits.tryAcquire(HERE, Optional.empty())).isFalse();
    assertThat(limits.tryAcquire(HERE, by("one"))).isTrue();
    assertThat(limits.tryAcquire(HERE, by("one"))).isFalse();
    assertThat(limits.tryAcquire(HERE, by("two"))).isTrue();

    limits.release(HERE, by("two"));

    assertThat(limits.open()).isEqualTo(2);
    assertThat(limits.tryAcquire(HERE, Optional.empty())).isFalse();
    assertThat(limits.tryAcquire(HERE, by("two"))).isTrue();
  }

  @Test
  void theTotalIsForAllTogether() {
    limits.tryAcquire(HERE, Optional.empty());
    limits.tryAcquire(HERE, by("one"));
    limits.tryAcquire(HERE, by("two"));

    assertThat(limits.tryAcquire(HERE, by("three"))).isFalse();
  }

  @Test
  void oneSshServersClientsHaveHalfOfItAndNoMore() throws Exception {
    ConnectionLimits many = new ConnectionLimits(10, 0);
    for (int i = 1; i <= 5; i++) {
      assertThat(many.tryAcquire(InetAddress.getByName("10.0.0." + i), by("one"))).isTrue();
    }

    assertThat(many.tryAcquire(InetAddress.getByName("10.0.0.6"), by("one"))).isFalse();
    assertThat(many.open()).isEqualTo(5);
    for (int i = 0; i < 5; i++) {
      assertThat(many.tryAcquire(HERE, Optional.empty())).isTrue();
    }
    many.release(HERE, Optional.empty());
    many.release(InetAddress.getByName("10.0.0.1"), by("one"));
    assertThat(many.tryAcquire(InetAddress.getByName("10.0.0.6"), by("one"))).isTrue();
  }
}
