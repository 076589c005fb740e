package culvert.it.odd;

import static culvert.it.script.Stage.LOCALHOST;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.TestConfig;
import culvert.it.script.DataPort;
import culvert.it.script.FakeClient;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import culvert.it.script.Wire;
import java.net.InetAddress;
import java.net.Socket;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Clients that connect to whatever address they read, past Culvert if it is the server's: in fixed
 * tunnels, and where data come to a listener. They read Culvert's own address, or none.
 */
@AnyTransport
class AnnouncementsToListenersIT {
  private static final Pattern PASV =
      Pattern.compile("227 Entering Passive Mode \\(127,0,0,1,(\\d+),(\\d+)\\)");
  private static final Pattern EPSV =
      Pattern.compile("229 Entering Extended Passive Mode \\(\\|\\|\\|(\\d+)\\|\\)");

  @RegisterExtension final Stage stage = new Stage();

  /** How the client comes to Culvert. */
  enum Door {
    TUNNEL,
    SOCKS
  }

  private Session logIn(Door door) throws Exception {
    stage.open(Way.OWN_LOGIN, config -> in(config, door).top("default-action", "block"));
    FakeClient client =
        door == Door.SOCKS
            ? stage.connect()
            : new FakeClient(
                new Wire(new Socket(stage.proxy().getAddress(), stage.proxy().getPort())));
    return stage.logIn(client);
  }

  private TestConfig in(TestConfig config, Door door) {
    return door == Door.SOCKS
        ? config.rule("ftp", "{ data-connections: listener }")
        : config.listeners(
            "tunnel: '%s:0', protocol: ftp, profile: gate, target: '%s:%d'"
                .formatted(LOCALHOST, LOCALHOST, stage.ftp().port()));
  }

  @ParameterizedTest(name = "{0}: {1} answered {2}")
  @CsvSource(
      delimiter = ';',
      value = {
        "TUNNEL; PASV; 227 fake ({six})",
        "TUNNEL; PASV; 227 fake (0{six})",
        "TUNNEL; PASV; 227{spaces}({six})",
        "TUNNEL; PASV; 200-x~227 ({six})~200 y",
        "TUNNEL; PASV; 227-fake ({six})~227 done",
        "TUNNEL; PASV; 200 fake ({six})",
        "TUNNEL; PASV; 150 fake ({six})",
        "TUNNEL; PASV; 099 fake ({six})",
        "TUNNEL; EPSV; 229 fake (|||{port}|)",
        "TUNNEL; EPSV; 229 fake (|||+{port}|)",
        "TUNNEL; EPSV; 229 fake (|||0{port}|)",
        "TUNNEL; EPSV; 200 fake (|||{port}|)",
        "SOCKS; PASV; 227 fake (0{six})",
        "SOCKS; PASV; 227{spaces}({six})",
        "SOCKS; PASV; 200-x~227 ({six})~200 y",
        "SOCKS; PASV; 228 fake ({six})",
        "SOCKS; EPSV; 229 fake (|||+{port}|)",
        "SOCKS; EPSV; 229-fake (|||{port}|)~229 done"
      })
  void onlyOurOwnAddressIsRead(Door door, String command, String reply) throws Exception {
    Session session = logIn(door);
    DataPort port = stage.ftp().listen();
    String[] lines =
        reply
            .replace("{six}", port.sixNumbers())
            .replace("{port}", Integer.toString(port.number()))
            .replace("{spaces}", " ".repeat(600))
            .split("~", -1);
    session.client().send(command);
    session.server().expect(command).reply(lines);

    String told = session.client().line();

    session.client().send("NOOP");
    session.server().expect("NOOP").reply("200 behind it");
    session.client().hear("200 behind it");
    Matcher matcher = (command.equals("PASV") ? PASV : EPSV).matcher(told);
    if (matcher.matches()) {
      int ours = Integer.parseInt(matcher.group(1));
      if (command.equals("PASV")) {
        ours = ours * 256 + Integer.parseInt(matcher.group(2));
      }
      assertThat(ours).isNotEqualTo(port.number());
      try (Wire data = new Wire(new Socket(InetAddress.getLoopbackAddress(), ours))) {
        stage.download(session, data, port);
      }
      assertThat(stage.dataChannels()).containsExactly(LOCALHOST + ":" + port.number());
    } else {
      assertThat(told).startsWith("425 culvert: ");
    }
  }

  /** Nor at any other place. */
  @ParameterizedTest(name = "{0}: {1} answered {2}")
  @CsvSource(
      delimiter = ';',
      value = {
        "TUNNEL; SITE X; 200-x~227 ({six})~200 y",
        "TUNNEL; CWD a; 250-x~227 ({six})~250 y",
        "TUNNEL; NOOP; 227 ({six})",
        "TUNNEL; STAT; 211-x~229 (|||{port}|)~211 y",
        "SOCKS; SITE X; 200-x~227 ({six})~200 y",
        "SOCKS; TYPE I; 200 ok~227 ({six})"
      })
  void whereNobodyAskedNoneIsRead(Door door, String command, String reply) throws Exception {
    Session session = logIn(door);
    DataPort port = stage.ftp().listen();
    String lines =
        reply
            .replace("{six}", port.sixNumbers())
            .replace("{port}", Integer.toString(port.number()))
            .replace("~", "\r\n");
    session.client().send(command);
    session.server().expect(command).say(lines + "\r\n");

    String line;
    do {
      line = session.client().line();
      assertThat(line).doesNotContain(port.sixNumbers()).doesNotContain("|||" + port.number());
    } while (!line.matches("[0-9]{3} .*"));
    session.client().send("PWD");
    session.server().expect("PWD").reply("257 behind it");
    session.client().hear("257 behind it");
  }
}
