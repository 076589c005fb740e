package culvert.it.odd;

import static culvert.it.script.Stage.LOCALHOST;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import culvert.it.AnyTransport;
import culvert.it.peers.CurlClient;
import culvert.it.peers.FreePorts;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.Run;
import culvert.it.peers.SshKey;
import culvert.it.peers.TestAccount;
import culvert.it.script.DataPort;
import culvert.it.script.Dialect;
import culvert.it.script.FakeClient;
import culvert.it.script.FakeServer;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import culvert.it.script.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What else a client does at the host of its FTP session: as its rules say while no session waits
 * for data, and through the tunnel while one does, but at control ports.
 */
@AnyTransport
class LegitimateIT {
  private static final Duration DEADLINE = Duration.ofSeconds(90);

  @RegisterExtension final Stage stage = new Stage();
  @TempDir Path directory;

  /** How far the client has come with its transfer. */
  enum Moment {
    LOGGED_IN(false),
    ASKED(true),
    TAKEN(false),
    DONE(false);

    private final boolean waits;

    Moment(boolean waits) {
      this.waits = waits;
    }
  }

  private Session until(Moment moment) throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    if (moment == Moment.ASKED) {
      waitForData(session);
    } else if (moment != Moment.LOGGED_IN) {
      DataPort port = stage.epsv(session);
      stage.data(LOCALHOST, port.number());
      if (moment == Moment.DONE) {
        session.client().send("LIST");
        session.server().expect("LIST").reply("150 here", "226 done");
        session.client().hear("150 here", "226 done");
      }
    }
    return session;
  }

  private static void waitForData(Session session) throws Exception {
    session.client().send("PASV");
    session.server().expect("PASV").reply("200 you know where");
    session.client().hearReply("425 culvert: ");
  }

  private void assertWay(Moment moment, int port) {
    String channel = LOCALHOST + ":" + port;
    assertThat(stage.dataChannels().contains(channel)).as("in the tunnel").isEqualTo(moment.waits);
  }

  @RealPeers
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"LOGGED_IN", "ASKED", "TAKEN", "DONE"})
  void sftpToTheSameHost(Moment moment) throws Exception {
    SshKey key = SshKey.create(directory.resolve("key"));
    Path home = TestAccount.newDirectory();
    try (RealSshd sshd = RealSshd.start("Subsystem sftp internal-sftp")) {
      sshd.authorize(key.publicLine());
      until(moment);
      Path file = Files.writeString(directory.resolve("file"), "a file");

      Run<String> run = sftp(sshd, key, "put " + file + " " + home.resolve("copy"));

      assertThat(run.exitCode()).as(run.output() + run.errors()).isZero();
      assertThat(home.resolve("copy")).hasContent("a file");
      assertWay(moment, sshd.port());
    } finally {
      TestAccount.delete(home);
    }
  }

  /** OpenSSH's own program, which knows no SOCKS. */
  private Run<String> sftp(RealSshd sshd, SshKey key, String command) throws IOException {
    Path proxy =
        Files.writeString(
            directory.resolve("proxychains.conf"),
            "strict_chain\n[ProxyList]\nsocks5 127.0.0.1 " + stage.proxy().getPort() + "\n");
    Path known = Files.writeString(directory.resolve("known"), sshd.knownHostsLine() + "\n");
    Path batch = Files.writeString(directory.resolve("batch"), command + "\n");
    return Run.text(
        DEADLINE,
        List.of(
            "proxychains4",
            "-q",
            "-f",
            proxy.toString(),
            "sftp",
            "-F",
            "none",
            "-b",
            batch.toString(),
            "-i",
            key.path().toString(),
            "-oIdentitiesOnly=yes",
            "-oUserKnownHostsFile=" + known,
            "-P",
            Integer.toString(sshd.port()),
            TestAccount.USER + "@" + LOCALHOST));
  }

  @RealPeers
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"LOGGED_IN", "ASKED", "TAKEN", "DONE"})
  void httpToTheSameHost(Moment moment) throws Exception {
    HttpServer web =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/",
        exchange -> {
          byte[] page = "a page".getBytes(US_ASCII);
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    web.start();
    int port = web.getAddress().getPort();
    try {
      until(moment);

      Run<String> run =
          CurlClient.withLoginInUrl()
              .with("--socks5-hostname", LOCALHOST + ":" + stage.proxy().getPort())
              .text("http://" + LOCALHOST + ":" + port + "/");

      assertThat(run).isEqualTo(new Run<>(0, "a page", ""));
      assertWay(moment, port);
    } finally {
      web.stop(0);
    }
  }

  /** As 2121 and 8021 are, where a rule names them. */
  @ParameterizedTest(name = "{0}, the rule names {1}")
  @CsvSource({
    "LOGGED_IN, both ports",
    "ASKED, both ports",
    "TAKEN, both ports",
    "DONE, both ports",
    "ASKED, the first port"
  })
  void aLoginAtAnotherControlPortOfTheSameHost(Moment moment, String named) throws Exception {
    int second = FreePorts.next();
    boolean isNamed = named.startsWith("both");
    stage.open(
        Way.TUNNEL,
        config ->
            isNamed ? config.match("port: [" + stage.ftp().port() + ", " + second + "]") : config);
    Session session = stage.logIn();
    if (moment == Moment.ASKED) {
      waitForData(session);
    } else if (moment != Moment.LOGGED_IN) {
      DataPort port = stage.epsv(session);
      stage.data(LOCALHOST, port.number());
    }
    try (FakeServer other = new FakeServer(LOCALHOST, second)) {
      FakeClient client = new FakeClient(stage.data(LOCALHOST, second));
      if (isNamed) {
        client.hearReply("220 ").ask("USER " + Stage.USER, "331 ").send("PASS " + Stage.PASSWORD);
        other.accept().logIn(Stage.USER, Stage.PASSWORD);
        client.hear("230 in");
      } else {
        other.accept().reply("220 taken for data");
        client.hear("220 taken for data");
      }
      assertThat(stage.ssh().channelTargets()).contains(LOCALHOST + ":" + second);
    }
  }

  // Sessions of other kinds

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"TUNNEL", "OWN_LOGIN"})
  void afterReinTheNextLoginTransfersInTheTunnel(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    waitForData(session);
    rein(session).send("USER " + Stage.USER);
    session.server().expect("USER " + Stage.USER).reply("331 password?");
    session.client().hear("331 password?").send("PASS " + Stage.PASSWORD);
    session.server().expect("PASS " + Stage.PASSWORD).reply("230 in");
    session.client().hear("230 in");
    DataPort port = stage.epsv(session);

    stage.download(session, stage.data(LOCALHOST, port.number()), port);

    assertThat(stage.dataChannels()).containsExactly(LOCALHOST + ":" + port.number());
  }

  @Test
  void afterReinAnotherUserTransfersInATunnelOfItsOwn() throws Exception {
    stage.open(Way.TUNNEL);
    Session first = stage.logIn();
    waitForData(first);
    rein(first).ask("USER bob", "331 ").send("PASS also secret");
    assertThat(first.server().ended()).isTrue();
    Session second = new Session(first.client(), stage.ftp().accept().logIn("bob", "also secret"));
    second.client().hear("230 in");
    DataPort port = stage.epsv(second);

    stage.download(second, stage.data(LOCALHOST, port.number()), port);

    assertThat(stage.dataChannels()).containsExactly(LOCALHOST + ":" + port.number());
    assertThat(stage.ssh().attempts()).last().matches(attempt -> attempt.user().equals("bob"));
  }

  private static FakeClient rein(Session session) throws Exception {
    session.client().send("REIN");
    session.server().expect("REIN").reply("220 start again");
    return session.client().hear("220 start again");
  }

  @Test
  void aPipeliningClientsDataStayInTheTunnel() throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    for (String transfer : new String[] {"RETR a", "LIST", "RETR b"}) {
      DataPort port = stage.ftp().listen();
      session.client().send("TYPE I", "PASV", transfer, "NOOP");
      session.server().expect("TYPE I").expect("PASV").expect(transfer).expect("NOOP");
      session.server().reply("200 ok", "227 fake (" + port.sixNumbers() + ")", "150 here");
      session.client().hear("200 ok");
      session.client().hear("227 Entering Passive Mode (" + port.sixNumbers() + ")", "150 here");
      try (Wire data = stage.data(LOCALHOST, port.number())) {
        try (Wire sending = port.accept()) {
          sending.write("x");
        }
        assertThat(data.rest()).isEqualTo("x");
      }
      session.server().reply("226 done", "200 noop");
      session.client().hear("226 done", "200 noop");
      assertThat(stage.dataChannels()).last().isEqualTo(LOCALHOST + ":" + port.number());
    }
  }

  @ParameterizedTest(name = "asked as {0}")
  @ValueSource(strings = {"::1", "0:0:0:0:0:0:0:1"})
  void overIpv6TheNetIsTheSame(String host) throws Exception {
    stage.open(Way.TUNNEL, "::1", config -> config);
    Session session = stage.logIn(stage.connect(Dialect.CURL_5H, "::1"));
    session.client().send("EPSV");
    session.server().expect("EPSV").reply("200 you know where");
    session.client().hearReply("425 culvert: ");
    DataPort port = stage.ftp().listen();

    stage.download(session, stage.data(host, port.number()), port);

    assertThat(stage.dataChannels()).singleElement().asString().endsWith(":" + port.number());
    DataPort web = stage.ftp().listen();
    assertThat(stage.code(LOCALHOST, host, web.number())).as("by its rules").isZero();
    assertThat(stage.dataChannels()).hasSize(1);
  }
}
