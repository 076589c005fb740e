package culvert.proxy.ftp;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.AuthMethod;
import culvert.config.Fallback;
import culvert.config.FtpSettings;
import culvert.config.FtpSettings.ActiveMode;
import culvert.config.FtpSettings.AuthTls;
import culvert.config.FtpSettings.DataConnections;
import culvert.config.FtpSettings.PassiveAddress;
import culvert.config.SshUser;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.TestProfiles;
import culvert.ssh.SshFailure;
import java.net.ServerSocket;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code auth-tls}: TLS between client and server, inside the tunnel. */
class FtpTlsTest {
  private static final String REFUSED = "502 culvert: TLS is not supported here, go on in clear.";

  @RegisterExtension final FtpFixture ftp = new FtpFixture();

  @BeforeEach
  void start() throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.Fixed("gate"), AuthMethod.PUBLICKEY);
  }

  private static FtpHandling handling(AuthTls tls, DataConnections data) {
    return new FtpHandling(
        new FtpSettings(ActiveMode.PASSIVE, data, PassiveAddress.CONTROL_HOST, tls), false);
  }

  private Peer client(FtpHandling handling, Fallback fallback) throws Exception {
    return ftp.control(
        FtpFixture.HOST, new Route.FtpTunnel("test", Optional.empty(), fallback, handling));
  }

  private Peer passingTls() throws Exception {
    return client(handling(AuthTls.PASS_THROUGH, DataConnections.SOCKS), Fallback.NONE);
  }

  private static void startTls(Peer client, Peer server) throws Exception {
    server.sendLine("220 real");
    client.answer();
    client.line();
    client.sendLine("AUTH TLS");
    assertThat(server.line()).isEqualTo("AUTH TLS");
    server.sendLine("234 go");
    assertThat(client.line()).isEqualTo("234 go");
    client.send("\u0016\u0003\0\nhello\n");
    assertThat(server.line()).isEqualTo("\u0016\u0003\0");
    assertThat(server.line()).isEqualTo("hello");
    server.send("229 (|||1|)\n");
    assertThat(client.line()).isEqualTo("229 (|||1|)");
  }

  @Test
  void tlsRunsThroughTheTunnelUntouchedAndDataFollow() throws Exception {
    Peer client = passingTls();
    Peer server = ftp.server();
    startTls(client, server);
    try (ServerSocket listener = ftp.listen()) {
      for (int transfer = 0; transfer < 2; transfer++) {
        Peer data = ftp.data(FtpFixture.HOST, listener.getLocalPort());
        assertThat(data.answer()).isZero();
        ftp.accept(listener).send("x").sendEof();
        assertThat(data.rest()).isEqualTo("xEOF");
      }
      assertThat(ftp.ssh.channels)
          .last()
          .hasToString(FtpFixture.HOST + ":" + listener.getLocalPort());
      assertThat(ftp.direct).isEmpty();
    }
  }

  @Test
  void anotherControlConnectionIsForTheRules() throws Exception {
    startTls(passingTls(), ftp.server());

    assertThat(ftp.data(FtpFixture.HOST, 21).answer()).isEqualTo(7);
    assertThat(ftp.data(FtpFixture.HOST, 2121).answer()).as("named by a rule").isEqualTo(7);
    assertThat(ftp.dataAs("eve", FtpFixture.HOST, 2121).answer()).isEqualTo(7);
    assertThat(ftp.dataAs("eve", FtpFixture.HOST, 2000).answer()).isEqualTo(2);
  }

  @Test
  void pbszAndProtReachAServerThatRefusedAuth() throws Exception {
    Peer client = passingTls();
    Peer server = ftp.server();
    server.sendLine("220 real");
    client.answer();
    client.line();
    for (String command : new String[] {"AUTH TLS", "PBSZ 0", "PROT P"}) {
      client.sendLine(command);
      assertThat(server.line()).isEqualTo(command);
      server.sendLine("503 no");
      assertThat(client.line()).isEqualTo("503 no");
    }
    client.sendLine("EPSV");
    assertThat(server.line()).isEqualTo("EPSV");
    server.sendLine("229 ok (|||2000|)");
    assertThat(client.line()).contains("|||2000|");
  }

  @Test
  void byDefaultTlsIsRefused() throws Exception {
    Peer client = client(FtpHandling.STANDARD, Fallback.NONE);
    ftp.server().sendLine("220 real");
    client.answer();
    client.line();

    assertThat(client.sendLine("AUTH TLS").line()).isEqualTo(REFUSED);
    assertThat(client.sendLine("PROT P").line()).isEqualTo(REFUSED);
  }

  @Test
  void whereTheSshLoginNeedsTheFtpLoginTlsIsRefused() throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.FromFtp(), AuthMethod.PUBLICKEY);
    Peer client = passingTls();
    client.answer();
    client.line();

    assertThat(client.sendLine("AUTH TLS").line()).isEqualTo(REFUSED);
    client.sendLine("USER bob");
    Peer server = ftp.server().sendLine("220 real");
    assertThat(server.line()).isEqualTo("USER bob");
    server.sendLine("230 in");
    assertThat(client.line()).isEqualTo("230 in");
    assertThat(client.sendLine("AUTH TLS").line()).isEqualTo(REFUSED);
  }

  @Test
  void whereDataComeToAListenerTlsIsRefused() throws Exception {
    Peer client = client(handling(AuthTls.PASS_THROUGH, DataConnections.LISTENER), Fallback.NONE);
    ftp.server().sendLine("220 real");
    client.answer();
    client.line();

    assertThat(client.sendLine("AUTH TLS").line()).isEqualTo(REFUSED);
  }

  @Test
  void afterFallbackDataTakeThePlaintextWayToo() throws Exception {
    ftp.ssh.reachFailure = FakeSsh.failure(SshFailure.CONNECTION_REFUSED);
    Peer client = client(handling(AuthTls.PASS_THROUGH, DataConnections.SOCKS), Fallback.PLAIN);
    Peer server = ftp.server();
    startTls(client, server);
    try (ServerSocket listener = ftp.listen()) {
      Peer data = ftp.data(FtpFixture.HOST, listener.getLocalPort());

      assertThat(data.answer()).isZero();
      ftp.accept(listener).send("x").sendEof();
      assertThat(data.rest()).isEqualTo("xEOF");
      assertThat(ftp.direct).containsExactly(21, listener.getLocalPort());
    }
  }

  @Test
  void dataOfATunnelDoNotTakeThePlaintextWayOfAnotherSession() throws Exception {
    ftp.ssh.reachFailure = FakeSsh.failure(SshFailure.CONNECTION_REFUSED);
    Peer first = client(handling(AuthTls.PASS_THROUGH, DataConnections.SOCKS), Fallback.PLAIN);
    startTls(first, ftp.server());
    ftp.ssh.reachFailure = null;
    startTls(passingTls(), ftp.server());
    try (ServerSocket listener = ftp.listen()) {
      Peer data = ftp.data(FtpFixture.HOST, listener.getLocalPort());

      assertThat(data.answer()).isZero();
      ftp.accept(listener).send("x").sendEof();
      assertThat(data.rest()).isEqualTo("xEOF");
      assertThat(ftp.direct).containsExactly(21);
      assertThat(ftp.ssh.channels)
          .last()
          .hasToString(FtpFixture.HOST + ":" + listener.getLocalPort());
    }
  }
}
