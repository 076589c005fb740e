package culvert.it.facts;

import static culvert.it.script.Stage.LOCALHOST;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.script.DataPort;
import culvert.it.script.Dialect;
import culvert.it.script.FakeClient;
import culvert.it.script.ServerControl;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import culvert.it.script.Wire;
import culvert.proxy.upstream.OpeningTimes;
import culvert.testing.EmbeddedSshServer.Silence;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each client is known to send, replayed byte by byte. */
@AnyTransport
class ClientsIT {
  private static final String PLEASE_LOG_IN = "530 Please login with USER and PASS.";

  @RegisterExtension final Stage stage = new Stage();

  @ParameterizedTest(name = "{0}")
  @EnumSource(Dialect.class)
  @Fact({FactRow.CURL_SOCKS, FactRow.PYSOCKS, FactRow.JVM_SOCKS, FactRow.ZOS_SOCKS})
  void everyWordingOfARequestLeadsToTheServer(Dialect dialect) throws Exception {
    stage.open(Way.TUNNEL);
    String host = dialect.names() ? "localhost" : LOCALHOST;

    Session session = stage.logIn(stage.connect(dialect, host));

    assertThat(stage.ssh().channelTargets()).containsExactly(host + ":" + stage.ftp().port());
    DataPort port = stage.epsv(session);
    stage.download(session, stage.data(dialect, host, port.number()), port);
  }

  @Test
  @Fact({FactRow.CURL_TLS, FactRow.FILEZILLA})
  void curlAndFileZillaTryTlsAndGoOnInClear() throws Exception {
    stage.open(Way.TUNNEL);
    FakeClient curl = stage.connect(Dialect.CURL_5H, LOCALHOST);
    FakeClient fileZilla = stage.connect(Dialect.FILEZILLA_5, "localhost");

    curl.hearReply("220 ").ask("AUTH SSL", "502 ").ask("AUTH TLS", "502 ");
    fileZilla.hearReply("220 ").ask("AUTH TLS", "502 ").ask("AUTH SSL", "502 ");

    stage.authenticate(curl);
    stage.authenticate(fileZilla);
  }

  @Test
  @Fact(FactRow.LFTP_FEAT)
  void lftpAsksForFeaturesAgainAfterItsLogin() throws Exception {
    stage.open(Way.TUNNEL);
    FakeClient lftp = stage.connect().hearReply("220 ");

    lftp.send("FEAT").hear(PLEASE_LOG_IN).ask("AUTH TLS", "502 ");

    Session session = stage.authenticate(lftp);
    lftp.send("FEAT");
    session.server().expect("FEAT").reply("211-Features:", " EPSV", " MDTM", "211 End");
    lftp.hear("211-Features:", " EPSV", " MDTM", "211 End");
  }

  @Test
  @Fact(FactRow.LFTP_COURTESIES)
  void lftpsCourtesiesAreAnsweredAndReplayedButForLang() throws Exception {
    stage.open(Way.TUNNEL);
    FakeClient lftp = stage.connect().hearReply("220 ");

    lftp.ask("CLNT lftp/4.9.2", "200 ").send("LANG").hear(PLEASE_LOG_IN);
    lftp.ask("OPTS UTF8 ON", "200 ").ask("HOST localhost", "220 ");
    lftp.ask("USER amy", "331 ").send("PASS secret");

    ServerControl server = stage.ftp().accept().reply("220 fake");
    server.expect("CLNT lftp/4.9.2").reply("200 ok").expect("OPTS UTF8 ON").reply("200 ok");
    server.expect("HOST localhost").reply("220 ok").expect("USER amy").reply("331 password?");
    server.expect("PASS secret").reply("230 in");
    lftp.hear("230 in");
  }

  @Test
  @Fact(FactRow.LFTP_PIPELINES)
  void lftpWithoutSyncModeSendsThreeSegments() throws Exception {
    stage.open(Way.TUNNEL);
    DataPort port = stage.ftp().listen();
    FakeClient lftp = stage.connect();

    lftp.send("CLNT lftp/4.9.2", "OPTS UTF8 ON", "HOST localhost", "USER amy");
    lftp.hearReply("220 ").hearReply("200 ").hearReply("200 ").hearReply("220 ").hearReply("331 ");
    lftp.send("PASS secret", "FEAT", "PWD");
    ServerControl server = stage.ftp().accept().reply("220 fake");
    server.expect("CLNT lftp/4.9.2").reply("200 ok").expect("OPTS UTF8 ON").reply("200 ok");
    server.expect("HOST localhost").reply("220 ok").expect("USER amy").reply("331 password?");
    server.expect("PASS secret").reply("230 in").expect("FEAT").expect("PWD");
    server.reply("211 none", "257 \"/\"");
    lftp.hear("230 in", "211 none", "257 \"/\"").send("PASV", "LIST");
    server.expect("PASV").expect("LIST");
    server.reply("227 fake (" + port.sixNumbers() + ")", "150 here it comes");
    lftp.hear("227 Entering Passive Mode (" + port.sixNumbers() + ")", "150 here it comes");

    Wire listing = stage.data(LOCALHOST, port.number());
    try (Wire sending = port.accept()) {
      sending.write("a file");
    }
    assertThat(listing.rest()).isEqualTo("a file");
    server.reply("226 done");
    lftp.hear("226 done");
  }

  @Test
  @Fact(FactRow.INETUTILS_SYST)
  void inetutilsAsksForTheSystemFirstAndHearsTheTruthLater() throws Exception {
    stage.open(Way.TUNNEL);
    FakeClient inetutils = stage.connect().hearReply("220 ");

    inetutils.send("SYST").hear(PLEASE_LOG_IN);

    Session session = stage.authenticate(inetutils);
    inetutils.send("SYST");
    session.server().expect("SYST").reply("215 MVS is the operating system of this server.");
    inetutils.hear("215 MVS is the operating system of this server.");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Dialect.class,
      names = {"JVM_4", "WINSCP_4A", "WINSCP_5"})
  @Fact(FactRow.WINSCP)
  void winScpTriesTlsAndNamesItsHost(Dialect dialect) throws Exception {
    stage.open(Way.TUNNEL);
    String name = dialect.names() ? "localhost" : LOCALHOST;
    FakeClient winScp = stage.connect(dialect, name).hearReply("220 ");

    winScp.ask("AUTH TLS", "502 ").ask("HOST localhost", "220 ");
    winScp.ask("USER amy", "331 ").send("PASS secret");

    ServerControl server = stage.ftp().accept().reply("220 fake").expect("HOST localhost");
    server.reply("220 ok").expect("USER amy").reply("331 password?");
    server.expect("PASS secret").reply("230 in");
    winScp.hear("230 in");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"PASV", "EPSV"})
  @Fact(FactRow.JDK_EPSV_ALL)
  void aJdkUrlSendsEpsvAllFirst(String next) throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn(stage.connect(Dialect.JVM_5, LOCALHOST));

    session.client().send("EPSV ALL");
    session.server().expect("EPSV ALL").reply("200 EPSV ALL ok");
    session.client().hear("200 EPSV ALL ok");

    DataPort port = next.equals("EPSV") ? stage.epsv(session) : stage.pasv(session);
    stage.download(session, stage.data(Dialect.JVM_5, LOCALHOST, port.number()), port);
  }

  @Test
  @Fact(FactRow.ZOS_SOCKS)
  void zosTriesTlsIfItIsToldTo() throws Exception {
    stage.open(Way.TUNNEL);
    FakeClient zos = stage.connect(Dialect.ZOS_4, LOCALHOST).hearReply("220 ");

    stage.authenticate(zos.ask("AUTH TLS-P", "502 "));
  }

  @Test
  @Fact(FactRow.WINDOWS_OPTS)
  void windowsFtpWantsUtf8() throws Exception {
    stage.open(Way.TUNNEL);
    FakeClient windows = stage.connect().hearReply("220 ").ask("OPTS UTF8 ON", "200 ");
    windows.ask("USER amy", "331 ").send("PASS secret");

    ServerControl server = stage.ftp().accept().reply("220 fake").expect("OPTS UTF8 ON");
    server.reply("530 log in first").expect("USER amy").reply("331 password?");
    server.expect("PASS secret").reply("230 in");
    windows.hear("230 in");
  }

  /** The bound is ours, not the profile's; the seconds beyond 15 are those of a busy machine. */
  @Test
  @Fact(FactRow.FIFTEEN_SECONDS)
  void thePatienceOfWinScpIsEnoughWhateverTheSshServerDoes() throws Exception {
    stage.open(Way.TUNNEL, config -> config.profile("login-timeout", "90s"));
    stage.ssh().silence(Silence.DURING_LOGIN);
    FakeClient winScp = stage.connect(Dialect.WINSCP_5, "localhost").hearReply("220 ");
    winScp.ask("USER amy", "331 ");

    long asked = System.nanoTime();
    winScp.ask("PASS secret", "421 culvert: ");

    assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(60));
    assertThat(OpeningTimes.DEFAULT.all()).isLessThan(Duration.ofSeconds(15));
  }
}
