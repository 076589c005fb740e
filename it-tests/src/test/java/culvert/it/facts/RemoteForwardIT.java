package culvert.it.facts;

import static culvert.it.script.Stage.LOCALHOST;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.script.DataPort;
import culvert.it.script.Listeners;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import culvert.it.script.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code active-mode: remote-forward}: the server connects to a port of the SSH server. */
class RemoteForwardIT {
  private static final Pattern PORT = Pattern.compile("PORT 127,0,0,1,(\\d+),(\\d+)");
  private static final Pattern EPRT = Pattern.compile("EPRT \\|1\\|127\\.0\\.0\\.1\\|(\\d+)\\|");

  @RegisterExtension final Stage stage = new Stage();
  @RegisterExtension final Listeners listeners = new Listeners();

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Way.class,
      names = {"TUNNEL", "OWN_LOGIN"})
  @Fact(FactRow.REMOTE_FORWARD)
  void aDownloadComesThroughThePortThatTheServerIsTold(Way way) throws Exception {
    Session session = open(way);
    DataPort client = listeners.open();

    session.client().send("PORT " + client.sixNumbers());
    int forwarded = portOf(session.server().command());
    session.server().reply("200 PORT ok");
    session.client().hear("200 PORT ok").send("RETR file");
    session.server().expect("RETR file").reply("150 here it comes");
    try (Wire sending = connect(forwarded)) {
      sending.write("the file");
    }
    session.server().reply("226 done");

    session.client().hear("150 here it comes", "226 done");
    assertThat(client.accept().rest()).isEqualTo("the file");
  }

  @Test
  @Fact(FactRow.REMOTE_FORWARD)
  void anUploadGoesThroughThePortThatTheServerIsTold() throws Exception {
    Session session = open(Way.TUNNEL);
    DataPort client = listeners.open();
    session.client().send("PORT " + client.sixNumbers());
    int forwarded = portOf(session.server().command());
    session.server().reply("200 PORT ok");
    session.client().hear("200 PORT ok").send("STOR file");
    session.server().expect("STOR file").reply("150 send it");

    try (Wire receiving = connect(forwarded);
        Wire sending = client.accept()) {
      sending.write("the file");
      sending.halfClose();
      assertThat(receiving.rest()).isEqualTo("the file");
    }
    session.server().reply("226 done");
    session.client().hear("150 send it", "226 done");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Way.class,
      names = {"TUNNEL", "OWN_LOGIN"})
  @Fact(FactRow.REMOTE_FORWARD_EARLY)
  void aDownloadComesFromAServerThatConnectsWhenItIsToldThePort(Way way) throws Exception {
    Session session = open(way);
    DataPort client = listeners.open();
    session.client().send("EPRT |1|127.0.0.1|" + client.number() + "|");
    try (Wire early = connect(portOf(session.server().command()))) {
      session.server().reply("200 EPRT ok");
      session.client().hear("200 EPRT ok").send("RETR file");
      session.server().expect("RETR file").reply("150 here it comes");
      early.write("the file");
    }
    session.server().reply("226 done");

    session.client().hear("150 here it comes", "226 done");
    assertThat(client.accept().rest()).isEqualTo("the file");
  }

  @Test
  @Fact(FactRow.REMOTE_FORWARD_EARLY)
  void anUploadGoesToAServerThatConnectsWhenItIsToldThePort() throws Exception {
    Session session = open(Way.TUNNEL);
    DataPort client = listeners.open();
    session.client().send("PORT " + client.sixNumbers());
    try (Wire early = connect(portOf(session.server().command()))) {
      session.server().reply("200 PORT ok");
      session.client().hear("200 PORT ok").send("STOR file");
      session.server().expect("STOR file").reply("150 send it");
      try (Wire sending = client.accept()) {
        sending.write("the file");
        sending.halfClose();
        assertThat(early.rest()).isEqualTo("the file");
      }
    }
    session.server().reply("226 done");
    session.client().hear("150 send it", "226 done");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"PORT", "PASV", "QUIT"})
  @Fact(FactRow.REMOTE_FORWARD_EARLY)
  void aServerThatConnectedForNothingIsCutOff(String next) throws Exception {
    Session session = open(Way.TUNNEL);
    session.client().send("PORT " + listeners.open().sixNumbers());
    try (Wire early = connect(portOf(session.server().command()))) {
      session.server().reply("200 PORT ok");
      session.client().hear("200 PORT ok");
      session.client().send(next.equals("PORT") ? "PORT " + listeners.open().sixNumbers() : next);
      session.server().command();
      if (next.equals("QUIT")) {
        session.server().reply("221 bye").close();
      }

      assertThat(early.ends()).isTrue();
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"|", "!", "#"})
  @Fact({FactRow.REMOTE_FORWARD_EPRT, FactRow.EPRT_DELIMITERS})
  void eprtIsToldWithTheDelimiterThatEveryServerTakes(String delimiter) throws Exception {
    Session session = open(Way.TUNNEL);
    DataPort client = listeners.open();
    String eprt = "EPRT |1|127.0.0.1|" + client.number() + "|";

    session.client().send(eprt.replace("|", delimiter));
    int forwarded = portOf(session.server().command());
    session.server().reply("200 EPRT ok");
    session.client().hear("200 EPRT ok").send("RETR file");
    session.server().expect("RETR file").reply("150 here it comes");

    try (Wire sending = connect(forwarded)) {
      sending.write("the file");
    }
    assertThat(client.accept().rest()).isEqualTo("the file");
    session.server().reply("226 done");
    session.client().hear("150 here it comes", "226 done");
  }

  @Test
  @Fact({FactRow.REMOTE_FORWARD, FactRow.PORT_REUSE})
  void aForwardIsGoodForOneConnection() throws Exception {
    Session session = open(Way.TUNNEL);
    DataPort client = listeners.open();
    session.client().send("PORT " + client.sixNumbers());
    int forwarded = portOf(session.server().command());
    session.server().reply("200 PORT ok");
    session.client().hear("200 PORT ok");
    assertThat(client.isUntouched()).as("before the transfer").isTrue();
    session.client().send("RETR file");
    session.server().expect("RETR file").reply("150 here it comes");

    try (Wire first = connect(forwarded);
        Wire data = client.accept()) {
      assertThatNobodyElseIsServed(forwarded, client);
      first.write("the file");
      first.halfClose();
      assertThat(data.rest()).isEqualTo("the file");
    }
  }

  @Test
  @Fact(FactRow.REMOTE_FORWARD)
  void aServersRefusalIsRelayed() throws Exception {
    Session session = open(Way.TUNNEL);
    session.client().send("PORT " + listeners.open().sixNumbers());
    portOf(session.server().command());

    session.server().reply("500 Illegal PORT command.");

    session.client().hear("500 Illegal PORT command.").send("NOOP");
    session.server().expect("NOOP").reply("200 ok");
    session.client().hear("200 ok");
  }

  @Test
  @Fact(FactRow.REMOTE_FORWARD)
  void anSshServerThatForbidsForwardsIsNamed() throws Exception {
    Session session = open(Way.TUNNEL);
    stage.ssh().remoteForwarding(false);

    session.client().send("PORT " + listeners.open().sixNumbers());

    assertThat(session.client().line()).matches("[45]\\d\\d culvert: .*");
    session.server().expectNothing();
    session.client().send("NOOP");
    session.server().expect("NOOP").reply("200 ok");
    session.client().hear("200 ok");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"PORT 10,9,8,7,200,1", "PORT 127,0,0,1,0,20", "EPRT |1|10.9.8.7|5000|"})
  @Fact({FactRow.OWN_ADDRESS_ONLY, FactRow.BOUNCE})
  void whatIsNotTheClientsOwnIsIllegalHereToo(String command) throws Exception {
    Session session = open(Way.TUNNEL);

    String verb = command.substring(0, 4);
    session.client().send(command).hear("500 Illegal " + verb + " command.");

    session.server().expectNothing();
  }

  private Session open(Way way) throws Exception {
    stage.open(
        way,
        config ->
            config
                .rule("target", LOCALHOST + ":" + stage.ftp().port())
                .rule("ftp", "{ active-mode: remote-forward }"));
    return stage.logIn();
  }

  private static int portOf(String command) {
    Matcher port = PORT.matcher(command);
    if (port.matches()) {
      return Integer.parseInt(port.group(1)) * 256 + Integer.parseInt(port.group(2));
    }
    Matcher eprt = EPRT.matcher(command);
    assertThat(eprt.matches()).as(command).isTrue();
    return Integer.parseInt(eprt.group(1));
  }

  /** The embedded server may forget a socket that it accepts while it stops to listen. */
  private static void assertThatNobodyElseIsServed(int port, DataPort client) throws IOException {
    try (Wire thief = connect(port)) {
      thief.write("stolen");
      assertThat(client.isUntouched()).isTrue();
    } catch (SocketException refused) {
      assertThat(client.isUntouched()).isTrue();
    }
  }

  private static Wire connect(int port) throws IOException {
    return new Wire(new Socket(InetAddress.getLoopbackAddress(), port));
  }
}
