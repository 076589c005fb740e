package culvert.it.odd;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands in odd spellings, names of any bytes, replies that come or end in an odd way. */
@RealPeers
@AnyTransport
class OddBytesIT extends OneRig {
  private static final List<Mode> MODES = List.of(Mode.SOCKS, Mode.FIXED, Mode.REMOTE);

  /** The server takes them all, as vsftpd takes the CRs and proftpd the tabs. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "PASV\\r\\r\\n",
        "PASV\\t\\r\\n",
        "PASV\\r\\r\\r\\n",
        "pasv \\r\\n",
        "EPSV\\r\\r\\n",
        "EPSV\\t\\r\\n",
        "EPSV\\t1\\r\\n"
      })
  void aPassiveCommandInAnOddSpellingDoesNotLeak(String command) throws Exception {
    for (String transfer : List.of("RETR down", "STOR up")) {
      try (Scene scene = rig.scene(Mode.SOCKS, Manner.PLAIN)) {
        scene.server().store(Client.DOWN, "a file");

        Client.Ftplib.run(scene.job(), "raw " + command, "passive " + transfer);

        scene.assertNothingLeaked();
      }
    }
  }

  /** Those of a transfer; in the passive mode of an ordinary spelling. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "STOR\\tfile\\r\\n",
        "STOR file\\r\\r\\n",
        "APPE\\tfile\\r\\n",
        "stor\\tfile\\r\\n"
      })
  void anUploadInAnOddSpellingThatBreaksOffIsNotReportedAsWhole(String command) throws Exception {
    try (Scene scene = rig.scene(Mode.SOCKS, Manner.PLAIN)) {
      Run<String> run = Client.Ftplib.run(scene.job(), "break-raw " + command);

      assertThat(run.output()).as(scene.story(run)).doesNotContain("told 2");
      scene.assertNothingLeaked();
    }
  }

  /** The server would connect to the client past the tunnel, or to somebody else. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "PORT\\t127,0,0,1,200,1\\r\\n",
        "PORT 127,0,0,1,200,1\\r\\r\\n",
        "PORT\\t10,0,0,1,200,1\\r\\n",
        "EPRT\\t|1|127.0.0.1|51201|\\r\\n"
      })
  void thePortOfAClientNeverReachesTheServerInAnOddSpelling(String command) throws Exception {
    for (Mode mode : MODES) {
      try (Scene scene = rig.scene(mode, Manner.PLAIN)) {
        Run<String> run = Client.Ftplib.run(scene.job(), "raw " + command, "read");

        assertThat(scene.server().commands())
            .as(scene.story(run))
            .noneMatch(line -> line.matches("(?i)(PORT|EPRT).*"));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "\\xff\\xf0\\xec\\xe0", // windows-1251
        "\\xf0\\xff\\xec",
        "\\xff\\xf4\\xff\\xf2",
        "\\xff\\xff\\xfb\\x01",
        "a\\xff"
      })
  void aFileNameReachesTheServerAsSent(String name) throws Exception {
    String bytes = unescaped(name);
    for (Mode mode : MODES) {
      try (Scene scene = rig.scene(mode, Manner.PLAIN)) {
        Path file = Files.writeString(scene.job().file("file"), "content");
        Run<String> run =
            Client.Ftplib.run(scene.job(), "put " + name + " " + file, "put x" + name + " " + file);

        assertThat(run.exitCode()).as(scene.story(run)).isZero();
        assertThat(scene.server().commands()).contains("STOR " + bytes, "STOR x" + bytes);
        assertThat(scene.server().file(bytes)).contains("content");
      }
    }
  }

  /** Where the SSH login is not the FTP login. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"\\xff\\xf0\\xec", "p\\xff\\xf4w", "\\xff\\xff", "a b\\xff\\xfd\\x01c"})
  void aPasswordReachesTheServerAsSent(String password) throws Exception {
    for (Mode mode : List.of(Mode.FIXED, Mode.REMOTE)) {
      try (Scene scene = rig.scene(mode, Manner.PLAIN)) {
        Run<String> run = Client.Ftplib.run(scene.job().withPassword(password), "ask NOOP");

        assertThat(run.exitCode()).as(scene.story(run)).isZero();
        assertThat(scene.server().commands()).contains("PASS " + unescaped(password));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      value = {
        "one\\r\\n220 two;220 one\\r\\n220 two\\r\\n",
        "three lines;220 one\\r\\n220 two\\r\\n220 three\\r\\n",
        "120 first;120 soon\\r\\n220 now\\r\\n",
        "multi-line, then one;220-one\\r\\n220 two\\r\\n220 three\\r\\n",
        "no text;220\\r\\n"
      })
  void aGreetingIsTakenAsDirectly(String name, String greeting) throws Exception {
    Manner manner = Manner.say(Manner.GREETING, unescaped(greeting));
    for (Client client : List.of(Client.CURL, Client.FTPLIB)) {
      assertThat(succeeds(client, Mode.SOCKS, manner))
          .as("%s, %s", name, client)
          .isGreaterThanOrEqualTo(succeeds(client, Mode.DIRECT, manner));
    }
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(
      value = Mode.class,
      names = {"SOCKS", "FIXED", "REMOTE"})
  void aLastLineWithoutItsEndIsNotLost(Mode mode) throws Exception {
    for (String last : List.of("221 bye", "221 bye\r", "221-bye\r\n221 really")) {
      Manner manner =
          (session, verb, argument) -> {
            if (!verb.equals("QUIT")) {
              return false;
            }
            session.say(last);
            session.end();
            return true;
          };
      try (Scene scene = rig.scene(mode, manner)) {
        Run<String> run = Client.Ftplib.run(scene.job(), "quit");
        assertThat(run.output()).as(scene.story(run)).contains("221 bye".substring(0, 3));
        assertThat(run.exitCode()).as(scene.story(run)).isZero();
      }
    }
  }

  @Test
  void aRestBeforeASecondTransferOnOnePortIsNotLost() throws Exception {
    for (String restart : List.of("REST 5", "REST 0", "REST 2")) {
      try (Scene scene = rig.scene(Mode.SOCKS, Manner.PLAIN)) {
        scene.server().store(Client.DOWN, "a whole file");
        Run<String> run =
            Client.Ftplib.run(scene.job(), "active", "twice " + Client.DOWN + " " + restart);

        int offset = Integer.parseInt(restart.substring(5));
        assertThat(run.output())
            .as(scene.story(run))
            .contains("first a whole file", "second " + "a whole file".substring(offset));
      }
    }
  }

  /** {@code 421} to a transfer, and the client leaves. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"STOR", "RETR", "PASV", "SITE", "CWD"})
  void theEndOfAClientThatWasTold421ReachesTheServer(String verb) throws Exception {
    for (Mode mode : MODES) {
      try (Scene scene = rig.scene(mode, Manner.reply(verb, "421 busy"))) {
        scene.server().store(Client.DOWN, "a file");
        Path file = Files.writeString(scene.job().file(Client.UP), "a file");
        Client.Ftplib.run(
            scene.job(),
            "ask SITE X",
            "ask CWD folder",
            verb.equals("RETR")
                ? "get " + Client.DOWN + " " + scene.job().file(Client.DOWN)
                : "put " + Client.UP + " " + file);

        scene.assertEndsPassedOn();
        scene.assertNothingLeaked();
      }
    }
  }

  /** 1: yes, 0: no. */
  private int succeeds(Client client, Mode mode, Manner manner) throws Exception {
    try (Scene scene = rig.scene(mode, manner)) {
      scene.server().store(Client.DOWN, "a file");
      Files.writeString(scene.job().file(Client.UP), "a file");
      return client.run(scene.job()).exitCode() == 0 ? 1 : 0;
    }
  }

  private static String unescaped(String text) {
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.startsWith("\\x", i)) {
        bytes.append((char) Integer.parseInt(text.substring(i + 2, i + 4), 16));
        i += 3;
      } else if (text.startsWith("\\r", i) || text.startsWith("\\n", i)) {
        bytes.append(text.charAt(i + 1) == 'r' ? '\r' : '\n');
        i++;
      } else {
        bytes.append(text.charAt(i));
      }
    }
    return bytes.toString();
  }
}
