package culvert.it.facts;

import static culvert.it.script.Stage.LOCALHOST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import culvert.it.script.DataPort;
import culvert.it.script.Dialect;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import culvert.it.script.Wire;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Active mode of clients that ask SOCKS for the port. */
class BindIT {
  private static final String OTHER_CLIENT = "127.0.0.9";
  private static final String ILLEGAL = "500 Illegal PORT command.";

  @RegisterExtension final Stage stage = new Stage();

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Dialect.class,
      names = {"DANTE_4", "DANTE_5"})
  @Fact({
    FactRow.BIND_BEFORE_PORT,
    FactRow.BIND_FIRST_REPLY,
    FactRow.BIND_PORT,
    FactRow.BIND_SECOND_REPLY
  })
  void theDataComesOverTheBoundRequest(Dialect dialect) throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn(stage.connect(dialect, LOCALHOST));
    Dialect.Reply bound = stage.bind(dialect, "0.0.0.0", 0);
    assertThat(bound.code()).isZero();

    DataPort server = portIsTaken(session, bound.address());
    session.client().send("RETR file");
    session.server().expect("RETR file").reply("150 here it comes");
    Dialect.Reply connected = dialect.reply(bound.socket());
    try (Wire sending = server.accept()) {
      sending.write("the file");
    }
    session.server().reply("226 done");

    assertThat(connected.code()).isZero();
    assertThat(connected.address()).isEqualTo(new InetSocketAddress(address(LOCALHOST), 20));
    session.client().hear("150 here it comes", "226 done");
    assertThat(new Wire(bound.socket()).rest()).isEqualTo("the file");
  }

  @Test
  @Fact({FactRow.BIND_SECOND_REPLY, FactRow.SOURCE_CHECKED})
  void theSecondReplyNamesTheServerAsTheClientKnowsIt() throws Exception {
    stage.open(Way.TUNNEL, config -> config.rule("target", LOCALHOST + ":" + stage.ftp().port()));
    Session session = stage.logIn(stage.connect(Dialect.DANTE_5, "192.0.2.7"));
    Dialect.Reply bound = stage.bind(Dialect.DANTE_5, "192.0.2.7", 21);
    DataPort server = portIsTaken(session, bound.address());

    session.client().send("RETR file");
    session.server().expect("RETR file").reply("150 here it comes");
    server.accept();

    assertThat(Dialect.DANTE_5.reply(bound.socket()).address())
        .isEqualTo(new InetSocketAddress(address("192.0.2.7"), 20));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"0.0.0.0", "0.0.0.1", "102.116.112.46", "255.255.255.255"})
  @Fact(FactRow.BIND_JUNK)
  void whateverTheDestinationSaysThePortIsReserved(String junk) throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();

    Dialect.Reply bound = stage.bind(Dialect.DANTE_5, junk, 0);

    assertThat(bound.code()).isZero();
    portIsTaken(session, bound.address());
  }

  @Test
  @Fact(FactRow.BIND_FIRST_REPLY)
  void onTheReservedPortNothingListensAndNoOtherRequestGetsIt() throws Exception {
    stage.open(Way.TUNNEL);
    stage.logIn();
    stage.logIn();

    Dialect.Reply one = stage.bind(Dialect.DANTE_5, "0.0.0.0", 0);
    Dialect.Reply other = stage.bind(Dialect.DANTE_5, "0.0.0.0", 0);

    assertThat(one.code()).isZero();
    assertThat(one.address().getAddress()).isEqualTo(address(LOCALHOST));
    assertThat(one.address().getPort()).isGreaterThanOrEqualTo(1024);
    assertThat(one.address()).isNotEqualTo(other.address());
    assertThatThrownBy(() -> new Socket(one.address().getAddress(), one.address().getPort()))
        .isInstanceOf(ConnectException.class);
  }

  @Test
  @Fact({FactRow.BIND_FIRST_REPLY, FactRow.PORT_STEALING})
  void withoutALiveSessionOfThatClientThereIsNoBind() throws Exception {
    stage.open(Way.TUNNEL);
    assertThat(stage.bind(Dialect.DANTE_5, "0.0.0.0", 0).code()).isNotZero();
    stage.logIn();

    assertThat(stage.bind(Dialect.DANTE_5, OTHER_CLIENT, "0.0.0.0", 0).code()).isNotZero();
  }

  @Test
  @Fact({FactRow.BIND_PORT, FactRow.PORT_STEALING, FactRow.OWN_ADDRESS_ONLY})
  void anotherClientsPortDoesNotNameIt() throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    Session thief = stage.logIn(stage.connect(Dialect.DANTE_5, OTHER_CLIENT, LOCALHOST));
    Dialect.Reply bound = stage.bind(Dialect.DANTE_5, "0.0.0.0", 0);

    thief.client().send("PORT " + sixNumbers(bound.address())).hear(ILLEGAL);

    portIsTaken(session, bound.address());
  }

  @Test
  @Fact({FactRow.BIND_PORT, FactRow.PORT_REUSE})
  void aBindIsGoodForOneTransfer() throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    Dialect.Reply bound = stage.bind(Dialect.DANTE_5, "0.0.0.0", 0);
    DataPort server = portIsTaken(session, bound.address());
    session.client().send("RETR file");
    session.server().expect("RETR file").reply("150 here it comes");
    assertThat(Dialect.DANTE_5.reply(bound.socket()).code()).isZero();
    server.accept().close();
    session.server().reply("226 done");
    session.client().hear("150 here it comes", "226 done");

    assertThat(new Wire(bound.socket()).rest()).isEmpty();

    DataPort next = secondBind(session);
    assertThat(next.number()).isNotEqualTo(server.number());
  }

  private DataPort secondBind(Session session) throws Exception {
    Dialect.Reply bound = stage.bind(Dialect.DANTE_5, "0.0.0.0", 0);
    assertThat(bound.code()).isZero();
    return portIsTaken(session, bound.address());
  }

  /** PORT names the bound address, and is converted. */
  private DataPort portIsTaken(Session session, InetSocketAddress bound) throws IOException {
    DataPort server = stage.ftp().listen();
    session.client().send("PORT " + sixNumbers(bound));
    session.server().expect("EPSV").reply("229 fake (|||" + server.number() + "|)");
    session.client().hearReply("200 ");
    return server;
  }

  private static String sixNumbers(InetSocketAddress address) {
    return DataPort.sixNumbers(address.getAddress().getHostAddress(), address.getPort());
  }

  private static InetAddress address(String literal) throws IOException {
    return InetAddress.getByName(literal);
  }
}
