package culvert.ssh.mina;

import static culvert.ssh.mina.TransportFixture.LOOPBACK;
import static culvert.ssh.mina.TransportFixture.password;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshServer;
import culvert.ssh.SshSession;
import culvert.ssh.SshSessionSpec;
import culvert.ssh.SshTransport.Preparation;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A defect of ours is named one, at once: it is no verdict on a server, nor its silence. */
@Timeout(60)
class TransportDefectsTest {
  private TransportFixture ssh;

  @BeforeEach
  void start() throws IOException {
    ssh = new TransportFixture();
  }

  @AfterEach
  void stop() throws IOException {
    ssh.close();
  }

  private void assertDefect(Throwable cause) {
    SshException failure = (SshException) cause;
    assertThat(failure.failure()).as(failure.getMessage()).isEqualTo(SshFailure.DEFECT);
    assertThat(failure).hasMessageContaining("it was a defect").hasRootCause(ssh.defect);
    assertThat(failure.failure().fallbackReason()).isEmpty();
  }

  private SshServer named(String host) {
    return ssh.server(host, ssh.server.getPort());
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"throws.defect", "fails.defect"})
  void whereNamesAreLookedUp(String host) {
    assertDefect(ssh.failure(named(host), TransportFixture.PASSWORD));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"throws.defect", "fails.defect"})
  void aheadOfALogin(String host) throws Exception {
    Preparation prepared = ssh.transport.prepare(named(host), LOOPBACK, Optional.empty(), ssh.loop);
    for (Future<Void> future : List.of(prepared.reached(), prepared.ready())) {
      assertThat(future.await(20, TimeUnit.SECONDS)).isTrue();
      assertDefect(future.cause());
    }
  }

  @Test
  void whereALoginIsPrepared() {
    ssh.failFiles();
    assertDefect(ssh.failure(ssh.server(), TransportFixture.PASSWORD));
  }

  @Test
  void whereKnownHostsIsRead() throws Exception {
    ssh.failFiles();
    Preparation prepared =
        ssh.transport.prepare(ssh.server(), LOOPBACK, Optional.empty(), ssh.loop);
    assertThat(prepared.ready().await(20, TimeUnit.SECONDS)).isTrue();
    assertDefect(prepared.ready().cause());
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"throws.defect", "fails.defect"})
  void onTheWayToAHop(String host) throws Exception {
    try (TransportFixture behind = new TransportFixture()) {
      SshServer server = ssh.serverBehind(host, behind);
      SshSessionSpec hop =
          new SshSessionSpec(
              server.hop().orElseThrow(), "alice", Optional.of(password()), LOOPBACK);
      Future<SshSession> connected =
          ssh.transport.connect(
              new SshSessionSpec(
                  server, "alice", Optional.of(password()), LOOPBACK, Optional.of(hop)),
              ssh.loop);
      assertThat(connected.await(20, TimeUnit.SECONDS)).isTrue();
      assertDefect(connected.cause());
    }
  }
}
