package culvert.ssh.mina;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import culvert.ssh.SshSession;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.core.CoreModuleProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server may say before its version, as {@code ssh} takes it. */
@Timeout(60)
class VersionExchangeTest {
  private final AtomicInteger linesSaid = new AtomicInteger();
  private TransportFixture ssh;

  @BeforeEach
  void start() throws IOException {
    ssh = new TransportFixture();
  }

  @AfterEach
  void stop() throws IOException {
    ssh.close();
  }

  private void serverSays(String... lines) {
    CoreModuleProperties.SERVER_EXTRA_IDENTIFICATION_LINES.set(ssh.server, String.join("|", lines));
  }

  @Test
  void aLongLineAndManyShortOnesBeforeTheVersionAreNoObstacle() throws Exception {
    serverSays("Authorized users only. ".repeat(350), "x", "y".repeat(8192), "z");

    assertThat(ssh.session("alice").serverAddress()).isPresent();
  }

  @Test
  void aLineWithoutEndIsNoSsh() {
    serverSays("y".repeat(8193));

    SshException failure = ssh.failure(ssh.server(), TransportFixture.PASSWORD);
    assertThat(failure.failure()).isEqualTo(SshFailure.NOT_SSH);
    assertThat(failure)
        .hasMessageContaining(": no SSH session: line of more than 8192 bytes before the key");
  }

  @Test
  void aVersionThatIsTooLongIsNoSsh() {
    CoreModuleProperties.SERVER_IDENTIFICATION.set(ssh.server, "x".repeat(246));

    SshException failure = ssh.failure(ssh.server(), TransportFixture.PASSWORD);
    assertThat(failure.failure()).isEqualTo(SshFailure.NOT_SSH);
    assertThat(failure).hasMessageContaining("SSH version of 254 bytes (expected: at most 253)");
  }

  /** Each line is a sign of life, and none of them buys time. */
  @Test
  void linesThatNeverEndTimeOut() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread chatter = new Thread(() -> chat(listener), "chatter");
      chatter.start();

      Future<SshSession> login =
          ssh.connect(
              ssh.server("127.0.0.1", listener.getLocalPort()),
              "alice",
              TransportFixture.PASSWORD,
              TransportFixture.LOOPBACK);
      await().until(() -> linesSaid.get() > 0);
      Duration second = Duration.ofSeconds(1);
      for (int passed = 1; passed < TransportFixture.DEADLINE.toSeconds(); passed++) {
        ssh.passes(second);
        int before = linesSaid.get();
        await().until(() -> linesSaid.get() > before + 1);
      }
      assertThat(login.isDone()).isFalse();
      ssh.passes(second);

      assertThat(login.awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
      SshException failure = (SshException) login.cause();
      assertThat(failure.failure()).isEqualTo(SshFailure.TIMED_OUT);
      assertThat(failure).hasMessageEndingWith("no SSH key exchange within 10000 ms");
      chatter.join(TimeUnit.SECONDS.toMillis(20));
      assertThat(chatter.isAlive()).isFalse(); // its connection was closed
    }
  }

  private void chat(ServerSocket listener) {
    try (Socket socket = listener.accept()) {
      socket.getInputStream().read(); // the client's version: now it is the server's turn
      OutputStream out = socket.getOutputStream();
      while (true) {
        out.write("wait a moment\r\n".getBytes(US_ASCII));
        linesSaid.incrementAndGet();
        TimeUnit.MILLISECONDS.sleep(20);
      }
    } catch (IOException | InterruptedException e) {
      // The client has gone.
    }
  }
}
