package culvert.it.facts;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.CulvertProcess;
import culvert.it.TestConfig;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.Socks5;
import culvert.it.script.DataPort;
import culvert.it.script.FakeServer;
import culvert.it.script.ServerControl;
import culvert.it.script.Wire;
import culvert.testing.EmbeddedSshServer;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A name with two addresses, in a JVM with a hosts file of its own. */
class OneAddressIT {
  private static final String NAME = "two.test";
  private static final String FIRST = "127.0.0.11";
  private static final String SECOND = "127.0.0.12";
  private static final int NOBODY_LISTENS = 1;

  @TempDir Path directory;

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {FIRST, SECOND})
  @Fact({FactRow.ONE_ADDRESS, FactRow.SAME_TARGET})
  void plaintextDataGoesWhereControlWent(String server) throws Exception {
    try (FakeServer ftp = new FakeServer(server);
        CulvertProcess culvert =
            run(TestConfig.tunnel(directory, NOBODY_LISTENS, ftp.port()).rule("action", "direct"));
        FtpDialogue client = Socks5.through(culvert.port()).ftp(NAME, ftp.port())) {
      ServerControl control = ftp.accept().reply("220 fake");
      assertThat(client.reply()).isEqualTo("220 fake");
      client.sendOnly("EPSV");
      DataPort port = ftp.listen();
      control.expect("EPSV").reply("229 fake (|||" + port.number() + "|)");
      assertThat(client.reply()).startsWith("229 ");

      try (DataPort decoy = new DataPort(other(server), port.number());
          Socket data = Socks5.through(culvert.port()).connect(NAME, port.number())) {
        try (Wire sending = port.accept()) {
          sending.write("the file");
        }
        assertThat(new Wire(data).rest()).isEqualTo("the file");
        assertThat(decoy.isUntouched()).isTrue();
      }
    }
  }

  /** Where a rule asks for the address, that address is decided by, tunnelled to and kept. */
  @Test
  @Fact({FactRow.ONE_ADDRESS, FactRow.SAME_TARGET})
  void tunnelledDataGoesToTheAddressThatTheRulesDecidedBy() throws Exception {
    try (FakeServer ftp = new FakeServer(FIRST);
        EmbeddedSshServer ssh = EmbeddedSshServer.start(Map.of("amy", "secret"));
        CulvertProcess culvert =
            run(
                TestConfig.tunnel(directory, ssh.port(), ftp.port(), ssh.knownHostsLine())
                    .match("network: 127.0.0.8/29"));
        FtpDialogue client = Socks5.through(culvert.port()).ftp(NAME, ftp.port())) {
      assertThat(client.reply()).startsWith("220 ");
      assertThat(client.send("USER amy")).startsWith("331 ");
      client.sendOnly("PASS secret");
      ServerControl control = ftp.accept().logIn("amy", "secret");
      assertThat(client.reply()).isEqualTo("230 in");
      client.sendOnly("EPSV");
      DataPort port = ftp.listen();
      control.expect("EPSV").reply("229 fake (|||" + port.number() + "|)");
      assertThat(client.reply()).startsWith("229 ");

      Socks5.through(culvert.port()).connect(NAME, port.number()).close();

      assertThat(ssh.channelTargets())
          .containsExactly(FIRST + ":" + ftp.port(), FIRST + ":" + port.number());
    }
  }

  private CulvertProcess run(TestConfig config) throws Exception {
    Path hosts = directory.resolve("hosts");
    Files.write(hosts, List.of(FIRST + " " + NAME, SECOND + " " + NAME));
    return CulvertProcess.run(
        Map.of("JAVA_TOOL_OPTIONS", "-Djdk.net.hosts.file=" + hosts),
        config.write(),
        directory.resolve("log"));
  }

  private static String other(String address) {
    return address.equals(FIRST) ? SECOND : FIRST;
  }
}
