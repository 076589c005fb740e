package culvert.proxy.ftp;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.ssh.SshFailure;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Active mode through a remote forward: for whom it stands, and how long. */
class FtpForwardsTest extends ActiveSessions {
  @Test
  void aRemoteForwardStandsForTheClientsListener() throws Exception {
    forwarding("localhost");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    assertThat(ftp.ssh.forwards).hasToString("[127.0.0.1:0, [::1]:0]");
    Peer data = transfer("RETR a", clients);
    try (Peer serverData = connectTo(forward)) {
      serverData.send("the file").sendEof();
      assertThat(data.rest()).isEqualTo("the fileEOF");
      data.close();
      assertThat(serverData.rest()).isEqualTo("EOF");
    }
    refuses(forward);
  }

  @Test
  void aTransferThatTheServerRefusesEndsTheForwardAndTheClientsConnection() throws Exception {
    forwarding("localhost");
    ServerSocket clients = ftp.listen();
    int forward = renamed(clients);
    client.sendLine("RETR a");
    server.line();
    Peer data = ftp.accept(clients);
    server.sendLine("550 no such file");

    assertThat(client.line()).isEqualTo("550 no such file");
    assertThat(data.rest()).isEqualTo("RESET");
    refuses(forward);
  }

  @Test
  void anotherPortEndsTheForward() throws Exception {
    forwarding("localhost");
    int first = renamed(ftp.listen());
    int second = renamed(ftp.listen());
    while (second == first) { // the kernel may give it again
      second = renamed(ftp.listen());
    }
    refuses(first);
    client.sendLine("PASV");
    assertThat(server.line()).isEqualTo("PASV");
    refuses(second);
  }

  @Test
  void theEndOfTheSessionEndsTheForward() throws Exception {
    forwarding("localhost");
    int forward = renamed(ftp.listen());
    server.close();
    refuses(forward);
  }

  @Test
  void aServerThatForbidsForwardsIsNamed() throws Exception {
    forwarding("localhost");
    ftp.ssh.forwardFailure = FakeSsh.failure(SshFailure.FORWARDING_REFUSED);
    client.sendLine(port(ftp.listen())).sendLine("NOOP");

    assertThat(client.line())
        .isEqualTo("425 culvert: ssh server gate:22: " + SshFailure.FORWARDING_REFUSED);
    assertThat(server.line()).isEqualTo("NOOP");
  }

  @Test
  void anFtpServerElsewhereIsToldTheSshServersAddress() throws Exception {
    ftp.names.put("gate", List.of(InetAddress.getByName("192.0.2.9")));
    forwarding("ftp.inside");
    client.sendLine("EPRT |1|127.0.0.1|" + ftp.listen().getLocalPort() + "|");

    assertThat(server.line()).startsWith("EPRT |1|192.0.2.9|");
    assertThat(ftp.ssh.forwards).hasToString("[*:0]");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"ftp.inside", "192.0.2.5"})
  void aForwardForAnFtpServerElsewhereIsForNobodyElse(String target) throws Exception {
    ftp.names.put("ftp.inside", List.of(InetAddress.getByName("192.0.2.5")));
    ServerSocket clients = ftp.listen();
    int forward = forwardBeyond(target, clients);
    client.sendLine("STOR a");
    assertThat(server.line()).isEqualTo("STOR a");
    ftp.accept(clients).send("up");

    try (Peer thief = connectTo(forward)) {
      assertThat(thief.rest()).isIn("EOF", "RESET");
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"resolves to it", "is on the SSH server", "is not known here"})
  void anFtpServerElsewhereIsLetIn(String how) throws Exception {
    InetAddress here = InetAddress.getLoopbackAddress();
    if (how.equals("resolves to it")) {
      ftp.names.put("ftp.inside", List.of(InetAddress.getByName("192.0.2.5"), here));
    } else if (how.equals("is on the SSH server")) {
      ftp.names.put("ftp.inside", List.of(InetAddress.getByName("192.0.2.5")));
      ftp.ssh.reachedAt = Optional.of(here);
    }
    ServerSocket clients = ftp.listen();
    int forward = forwardBeyond("ftp.inside", clients);
    client.sendLine("STOR a");
    assertThat(server.line()).isEqualTo("STOR a");
    ftp.accept(clients).send("up").sendEof();

    try (Peer serverData = connectTo(forward)) {
      assertThat(serverData.rest()).isEqualTo("upEOF");
    }
  }

  @Test
  void aRemoteForwardThatIsNotAnsweredIsReported() throws Exception {
    ftp.patience(FtpFixture.NEVER, Duration.ofSeconds(2));
    forwarding("localhost");
    ftp.ssh.hangs = true;
    client.sendLine(port(ftp.listen())).sendLine("NOOP");

    assertThat(client.line()).isEqualTo("425 culvert: no remote forward within 2000 ms");
    assertThat(server.line()).isEqualTo("NOOP");
  }

  // One PORT, several transfers

  @Test
  void aTransferThatFailsLeavesThePortToTheNext() throws Exception {
    forwarding("localhost");
    ServerSocket clients = ftp.listen();
    renamed(clients);
    client.sendLine("RETR a");
    assertThat(server.line()).isEqualTo("RETR a");
    assertThat(refusedTransfer(clients)).isEqualTo("550 no such file");

    client.sendLine("RETR b");
    assertThat(server.line()).startsWith("PORT 127,");
    server.sendLine("200 ok");
    ftp.accept(clients);
    assertThat(server.line()).isEqualTo("RETR b");
  }

  private String refusedTransfer(ServerSocket clients) throws Exception {
    Peer data = ftp.accept(clients);
    server.sendLine("550 no such file");
    assertThat(data.rest()).isEqualTo("RESET");
    return client.line();
  }
}
