package culvert.it.facts;

import static culvert.it.script.Stage.LOCALHOST;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.script.DataPort;
import culvert.it.script.Dialect;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a 227 tells the client, and under which names the client may then come. */
@AnyTransport
class PassiveAddressIT {
  private static final String UNKNOWN_NAME = "files.invalid";
  private static final Pattern RESERVED =
      Pattern.compile("227 Entering Passive Mode \\((198,18,\\d+,\\d+),(\\d+),(\\d+)\\)");

  @RegisterExtension final Stage stage = new Stage();

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact({FactRow.LITERAL_IN_227, FactRow.SAME_AS_CONTROL, FactRow.NAMED_AS_227})
  void aClientThatAskedForAnAddressIsToldThatAddress(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    DataPort port = stage.ftp().listen();

    session.client().send("PASV");
    session.server().expect("PASV").reply("227 fake (" + port.sixNumbers("10.9.8.7") + ")");

    session.client().hear("227 Entering Passive Mode (" + port.sixNumbers(LOCALHOST) + ")");
    stage.download(session, stage.data(LOCALHOST, port.number()), port);
  }

  @Test
  @Fact({FactRow.LITERAL_IN_227, FactRow.NEVER_LOOPBACK, FactRow.SAME_TARGET})
  void anAddressThatLeadsToLoopbackBehindTheTunnelIsToldAllTheSame() throws Exception {
    Session session = openBehindTarget("192.0.2.7");
    DataPort port = stage.ftp().listen();

    session.client().send("PASV");
    session.server().expect("PASV").reply("227 fake (" + port.sixNumbers() + ")");

    session.client().hear("227 Entering Passive Mode (" + port.sixNumbers("192.0.2.7") + ")");
    stage.download(session, stage.data("192.0.2.7", port.number()), port);
    assertThat(stage.dataChannels()).containsExactly(LOCALHOST + ":" + port.number());
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact({FactRow.RESOLVED_IN_227, FactRow.NAMED_AS_227, FactRow.NAMED_AS_CONTROL})
  void aClientThatAskedForANameIsToldTheAddressThatItResolvesTo(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn(stage.connect(Dialect.CURL_5H, "localhost"));
    DataPort port = stage.ftp().listen();

    session.client().send("PASV");
    session.server().expect("PASV").reply("227 fake (" + port.sixNumbers("10.9.8.7") + ")");

    session.client().hear("227 Entering Passive Mode (" + port.sixNumbers(LOCALHOST) + ")");
    stage.download(session, stage.data(LOCALHOST, port.number()), port);
    DataPort next = stage.pasv(session);
    stage.download(session, stage.data("localhost", next.number()), next);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"127.0.0.1", "127.9.9.9", "0.0.0.0", "10.9.8.7"})
  @Fact({FactRow.RESERVED_IN_227, FactRow.NEVER_LOOPBACK, FactRow.SERVERS_OWN_IN_227})
  void whereNothingIsLeftAnAddressOfTheSessionsOwnIsTold(String useless) throws Exception {
    Session session = openBehindTarget(UNKNOWN_NAME);
    DataPort port = stage.ftp().listen();

    session.client().send("PASV");
    session.server().expect("PASV").reply("227 fake (" + port.sixNumbers(useless) + ")");

    Matcher told = RESERVED.matcher(session.client().line());
    assertThat(told.matches()).as("a reserved address").isTrue();
    stage.download(session, stage.data(told.group(1).replace(',', '.'), port.number()), port);
  }

  /** It may be anybody's. */
  @Test
  @Fact({FactRow.SERVERS_OWN_IN_227, FactRow.ANY_ALIAS})
  void dataAreNotAskedForByTheServersWordForItsAddress() throws Exception {
    Session session = openBehindTarget(UNKNOWN_NAME);
    DataPort port = stage.ftp().listen();
    session.client().send("PASV");
    session.server().expect("PASV").reply("227 fake (" + port.sixNumbers("127.0.0.8") + ")");
    session.client().hearReply("227 ");

    stage.code(LOCALHOST, "127.0.0.8", port.number()); // nobody listens there, nor has to

    assertThat(stage.dataChannels()).isEmpty();
    assertThat(port.isUntouched()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "FILES.invalid", // the name of the control connection
    "files.invalid.",
    "127.0.0.1" // Culvert's
  })
  @Fact({FactRow.ANY_ALIAS, FactRow.NAMED_AS_CONTROL})
  void dataMayBeAskedForUnderAnyAlias(String alias) throws Exception {
    Session session = openBehindTarget(UNKNOWN_NAME);
    DataPort port = stage.ftp().listen();
    session.client().send("PASV");
    session.server().expect("PASV").reply("227 fake (" + port.sixNumbers("10.9.8.7") + ")");
    session.client().hearReply("227 ");

    stage.download(session, stage.data(alias, port.number()), port);

    assertThat(stage.dataChannels()).containsExactly(LOCALHOST + ":" + port.number());
  }

  @Test
  @Fact(FactRow.ANY_ALIAS)
  void theLiteralAddressOfTheControlConnectionIsAnAliasOfEpsvToo() throws Exception {
    Session session = openBehindTarget("192.0.2.7");
    DataPort port = stage.epsv(session);

    stage.download(session, stage.data("192.0.2.7", port.number()), port);
  }

  @Test
  @Fact(FactRow.SERVERS_PORT)
  void twoSessionsWithTheSamePortAreToldApart() throws Exception {
    stage.open(Way.TUNNEL);
    Session first = stage.logIn();
    Session second = stage.logIn();
    DataPort port = stage.epsv(first);

    second.client().send("EPSV");
    second.server().expect("EPSV").reply("229 fake (|||" + port.number() + "|)");

    String told = second.client().line();
    assertThat(told).startsWith("229 ").doesNotContain("|" + port.number() + "|");
    int other = Integer.parseInt(told.replaceAll(".*\\|(\\d+)\\|.*", "$1"));
    stage.download(second, stage.data(LOCALHOST, other), port);
    stage.download(first, stage.data(LOCALHOST, port.number()), port);
    String target = LOCALHOST + ":" + port.number();
    assertThat(stage.dataChannels()).containsExactly(target, target);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Way.class,
      names = {"TUNNEL", "OWN_LOGIN"})
  @Fact(FactRow.SAME_TARGET)
  void dataTakesTheVeryTargetOfControl(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn(stage.connect(Dialect.CURL_5H, "localhost"));
    DataPort port = stage.epsv(session);

    stage.download(session, stage.data(LOCALHOST, port.number()), port);

    assertThat(stage.ssh().channelTargets())
        .containsExactly("localhost:" + stage.ftp().port(), "localhost:" + port.number());
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.IPV6_CLIENT)
  void anIpv6ClientIsToldAReservedAddressAndEpsvWorks(Way way) throws Exception {
    stage.open(way, "::1", config -> config);
    Session session = stage.logIn(stage.connect(Dialect.CURL_5, "::1"));

    session.client().send("PASV");
    session.server().expect("PASV").reply("227 Entering Passive Mode (10,9,8,7,200,13)");

    assertThat(session.client().line()).matches(RESERVED);
    DataPort port = stage.epsv(session);
    stage.download(session, stage.data(Dialect.CURL_5, "::1", port.number()), port);
  }

  /** A client that names a host which the SSH server reaches as its own loopback. */
  private Session openBehindTarget(String host) throws Exception {
    stage.open(Way.TUNNEL, config -> config.rule("target", LOCALHOST + ":" + stage.ftp().port()));
    return stage.logIn(stage.connect(Dialect.CURL_5H, host));
  }
}
