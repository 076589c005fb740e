package culvert.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealProxy;
import culvert.it.peers.RealSshd;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.SshKey;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code proxy}: SSH servers behind a SOCKS 5 or HTTP proxy, good ones and bad ones. */
@RealPeers
@AnyTransport
class UpstreamProxyIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @RegisterExtension final Peers peers = new Peers().withSshd().withVsftpd();

  private TestConfig config(String scheme, int proxyPort) throws IOException {
    return peers.config().profile("proxy", "%s://127.0.0.1:%d".formatted(scheme, proxyPort));
  }

  private RealProxy proxy(String scheme) throws IOException {
    return scheme.equals("http")
        ? RealProxy.tinyproxy(peers.sshd().port())
        : RealProxy.microsocks();
  }

  private void filesPassBothWays(TestConfig config) throws Exception {
    TestFile file = TestFile.create(peers.directory().resolve("upload"), 3_000_000);
    try (Culvert culvert = Culvert.start(config)) {
      CurlClient curl =
          CurlClient.through(
              "--socks5-hostname", culvert.port(), TestAccount.USER, TestAccount.password());
      String url = peers.url("file");

      assertThat(curl.text("--upload-file", file.path().toString(), url))
          .isEqualTo(new Run<>(0, "", ""));
      assertThat(curl.digest(url)).isEqualTo(new Run<Sha256>(0, file.content(), ""));
    }
    assertThat(peers.sshd().directTcpipPorts()).contains(peers.vsftpd().port());
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"socks5", "http"})
  void filesPassARealProxy(String scheme) throws Exception {
    try (RealProxy proxy = proxy(scheme)) {
      filesPassBothWays(config(scheme, proxy.port()));
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"socks5", "http"})
  void theOutermostHopIsReachedByItsOwnProxy(String scheme) throws Exception {
    SshKey key = SshKey.create(peers.directory().resolve("key"));
    peers.sshd().authorize(key.publicLine());
    try (RealSshd inner = RealSshd.start();
        RealProxy proxy = proxy(scheme)) {
      TestConfig config =
          TestConfig.tunnel(
                  peers.directory(),
                  inner.port(),
                  peers.vsftpd().port(),
                  peers.sshd().knownHostsLine(),
                  inner.knownHostsLine())
              .profile("proxy-jump", "bastion")
              .alsoProfile(
                  "bastion",
                  ("host: 127.0.0.1, port: %d, user: %s, authentication: publickey,"
                          + " identity-file: %s, known-hosts: %s, connect-timeout: 20s,"
                          + " proxy: '%s://127.0.0.1:%d'")
                      .formatted(
                          peers.sshd().port(),
                          TestAccount.USER,
                          key.path(),
                          peers.directory().resolve("known_hosts"),
                          scheme,
                          proxy.port()));
      try (Culvert culvert = Culvert.start(config);
          FtpDialogue ftp = culvert.ftp(peers.vsftpd().port())) {
        ftp.reply();
        assertThat(ftp.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");
      }
      assertThat(peers.sshd().directTcpipPorts()).containsExactly(inner.port());
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"socks5", "http"})
  void aProxyThatRefusesIsAnUnreachableServer(String scheme) throws Exception {
    try (RealProxy proxy = proxy(scheme)) {
      TestConfig config = config(scheme, proxy.port());
      int ssh = peers.sshd().port();
      if (scheme.equals("http")) {
        config.profile("port", peers.vsftpd().port()); // which tinyproxy does not connect to
        ssh = peers.vsftpd().port();
      } else {
        peers.sshd().stop();
      }
      try (CapturedLog log = CapturedLog.atTrace();
          Culvert culvert = Culvert.start(config)) {
        assertThat(culvert.socks().code("127.0.0.1", peers.vsftpd().port()))
            .isEqualTo(scheme.equals("http") ? 3 : 5);
        String reason =
            scheme.equals("http")
                ? "forbidden (HTTP status 403)"
                : "connection refused (SOCKS reply 5)";
        String told =
            "ssh server 127.0.0.1:%d: proxy %s://127.0.0.1:%d: %s"
                .formatted(ssh, scheme, proxy.port(), reason);
        await(told).atMost(DEADLINE).until(() -> log.text().contains(told));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"socks5", "http"})
  void aProxyThatHangsIsGivenUpAtTheConnectTimeout(String scheme) throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        CapturedLog log = CapturedLog.atTrace();
        Culvert culvert =
            Culvert.start(config(scheme, silent.getLocalPort()).profile("connect-timeout", "1s"))) {
      assertThat(culvert.socks().code("127.0.0.1", peers.vsftpd().port())).isEqualTo(6);
      await().atMost(DEADLINE).until(() -> log.text().contains("no connection within 1000 ms"));
      silent.setSoTimeout((int) DEADLINE.toMillis());
      try (Socket given = silent.accept();
          InputStream in = given.getInputStream()) {
        given.setSoTimeout((int) DEADLINE.toMillis());
        assertThat(in.readAllBytes()).as("its request, and then the end").isNotEmpty();
      }
    }
  }

  @Test
  void aProxyThatHangsUpIsAnUnreachableServer() throws Exception {
    try (ScriptedProxy proxy = ScriptedProxy.start((client, ssh) -> client.close());
        Culvert culvert = Culvert.start(config("socks5", proxy.port()))) {
      assertThat(culvert.socks().code("127.0.0.1", peers.vsftpd().port())).isEqualTo(3);
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"socks5", "http"})
  void bytesRightBehindTheProxysAnswerAreNotLost(String scheme) throws Exception {
    try (ScriptedProxy proxy =
        ScriptedProxy.start(
            (client, ssh) -> {
              String answer = "HTTP/1.1 200 OK\r\n\r\n";
              if (scheme.equals("socks5")) {
                client.getInputStream().readNBytes(3);
                client.getOutputStream().write(new byte[] {5, 0});
                answer = "\u0005\u0000\u0000\u0001\0\0\0\0\0\0";
              }
              client.getInputStream().read(new byte[1000]); // the request, in one piece
              byte[] banner = new byte[1000]; // the SSH server speaks first
              int length = ssh.getInputStream().read(banner);
              client
                  .getOutputStream()
                  .write((answer + new String(banner, 0, length, ISO_8859_1)).getBytes(ISO_8859_1));
              ScriptedProxy.relay(client, ssh);
            },
            peers.sshd().port())) {
      filesPassBothWays(config(scheme, proxy.port()));
    }
  }
}
