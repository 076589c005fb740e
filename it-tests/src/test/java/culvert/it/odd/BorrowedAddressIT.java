package culvert.it.odd;

import static culvert.it.script.Stage.LOCALHOST;
import static culvert.it.script.Stage.PASSWORD;
import static culvert.it.script.Stage.USER;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.script.DataPort;
import culvert.it.script.Dialect;
import culvert.it.script.FakeClient;
import culvert.it.script.FakeServer;
import culvert.it.script.ServerControl;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import culvert.it.script.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A server announces what is somebody else's, and gets nothing of it. */
@AnyTransport
class BorrowedAddressIT {
  private static final String OTHER = OtherHost.address(8);
  private static final String OTHER_CLIENT = "127.0.0.9";
  private static final int NOT_ALLOWED = 2;
  private static final int MANY = 100;

  @RegisterExtension final Stage stage = new Stage();

  /** The login of the same user's next job would be its data. */
  @ParameterizedTest(name = "{0}, passive-address: {1}")
  @CsvSource({
    "TUNNEL, control-host",
    "TUNNEL, announced",
    "OWN_LOGIN, control-host",
    "OWN_LOGIN, announced",
    "DIRECT, control-host"
  })
  void aLoginAtAnotherServerIsThatServers(Way way, String passiveAddress) throws Exception {
    stage.open(way, config -> config.rule("ftp", "{ passive-address: " + passiveAddress + " }"));
    Session session = stage.logIn();
    try (FakeServer other = new FakeServer(OTHER, stage.ftp().port())) {
      borrow(session, OTHER, other.port());

      FakeClient job = stage.connect(Dialect.CURL_5H, OTHER);
      ServerControl itsServer;
      if (way == Way.TUNNEL) {
        job.hearReply("220 ").ask("USER " + USER, "331 ").send("PASS " + PASSWORD);
        itsServer = other.accept().logIn(USER, PASSWORD);
      } else {
        itsServer = other.accept().reply("220 other");
        job.hear("220 other").send("USER " + USER);
        itsServer.expect("USER " + USER).reply("331 password?");
        job.hear("331 password?").send("PASS " + PASSWORD);
        itsServer.expect("PASS " + PASSWORD).reply("230 in");
      }

      job.hear("230 in");
      session.server().expectNothing();
      assertThat(stage.ftp().isUntouched()).isTrue();
      assertThat(stage.dataChannels()).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0}, passive-address: {1}")
  @CsvSource({
    "TUNNEL, control-host",
    "TUNNEL, announced",
    "OWN_LOGIN, control-host",
    "DIRECT, control-host"
  })
  void aRequestToAnotherServerIsThatServers(Way way, String passiveAddress) throws Exception {
    stage.open(way, config -> config.rule("ftp", "{ passive-address: " + passiveAddress + " }"));
    Session session = stage.logIn();
    try (DataPort web = new DataPort(OTHER)) {
      borrow(session, OTHER, web.number());

      Wire request = stage.data(OTHER, web.number());
      request.write("GET / HTTP/1.1\r\n");

      assertThat(web.accept().line()).isEqualTo("GET / HTTP/1.1");
      assertThat(stage.dataChannels()).isEmpty();
    }
  }

  /** No rule is passed by. */
  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  void whatIsBlockedStaysBlocked(Way way) throws Exception {
    stage.open(way, config -> config.top("default-action", "block"));
    Session session = stage.logIn();
    try (DataPort blocked = new DataPort(OTHER)) {
      borrow(session, OTHER, blocked.number());

      assertThat(stage.code(LOCALHOST, OTHER, blocked.number())).isEqualTo(NOT_ALLOWED);
      assertThat(blocked.isUntouched()).isTrue();
    }
  }

  /** Whatever listens on the server's host: others may have business there. */
  @Test
  void manyAnnouncementsKeepOnePortAtATimeFromOthers() throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    try (DataPort service = new DataPort(LOCALHOST)) {
      announce(session, service.number());
      assertThat(stage.code(OTHER_CLIENT, LOCALHOST, service.number()))
          .as("data are expected there")
          .isEqualTo(NOT_ALLOWED);

      for (int i = 1; i <= MANY; i++) {
        announce(session, 1024 + i); // far below what the kernel gives to us
      }

      assertThat(stage.code(OTHER_CLIENT, LOCALHOST, service.number())).isZero();
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  void aControlPortIsKeptFromNobody(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    announce(session, stage.ftp().port());

    FakeClient own = stage.connect();
    FakeClient others = stage.connect(Dialect.CURL_5H, OTHER_CLIENT, LOCALHOST);

    for (FakeClient client : new FakeClient[] {own, others}) {
      if (way != Way.TUNNEL) {
        stage.ftp().accept().reply("220 fake");
      }
      client.hearReply("220 ");
    }
    session.server().expectNothing();
  }

  private static void announce(Session session, int port) throws Exception {
    session.client().send("EPSV");
    session.server().expect("EPSV").reply("229 fake (|||" + port + "|)");
    session.client().hearReply("229 ");
  }

  private static void borrow(Session session, String address, int port) throws Exception {
    session.client().send("PASV");
    session.server().expect("PASV").reply("227 (" + DataPort.sixNumbers(address, port) + ")");
    String told = session.client().line();
    assertThat(told).startsWith("227 ").doesNotContain(address.replace('.', ','));
  }
}
