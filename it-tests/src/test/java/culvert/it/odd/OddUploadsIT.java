package culvert.it.odd;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.script.Wire;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * ftplib breaks an upload off, and the server takes the fragment for a file, as every server does
 * behind sshd: no client is told so. Not through a remote tunnel, where the client's sshd makes an
 * end in order of it.
 */
@RealPeers
@AnyTransport
class OddUploadsIT extends OneRig {
  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "200 ok",
        "150 ok",
        "120 soon",
        "700 ok",
        "099 ok",
        "421 busy",
        "226 ok",
        "999 ok"
      })
  void whatAnsweredACommandBeforeDoesNotEndTheUpload(String answer) throws Exception {
    toldAs426(Mode.SOCKS, Manner.reply("SITE", answer), "ask SITE X", "break file");
    toldAs426(Mode.FIXED, Manner.reply("SITE", answer), "ask SITE X", "break file");
  }

  @ParameterizedTest(name = "{0} answered {1}")
  @CsvSource({
    "NOOP, 500 not now",
    "NOOP, 200 ok",
    "SITE X, 202 no need",
    "HELP, 214 help",
    "PWD, 257 \"/\"",
    "REST 0, 350 ok",
    "XYZ, 504 no",
    "XYZ, 530 log in",
    "STAT, 211 ok",
    "SYST, 215 UNIX",
  })
  void aReplyToSomethingElseDoesNotEndTheUpload(String command, String answer) throws Exception {
    toldAs426(Mode.SOCKS, answeringWhileItStores(answer), "break file " + command);
    toldAs426(Mode.LISTENER, answeringWhileItStores(answer), "break file " + command);
  }

  /** One whose answer the client never sees. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"NOOP", "SITE X", "HELP", "STAT"})
  void anUnansweredCommandDoesNotEndTheUpload(String command) throws Exception {
    Manner silent = Manner.silence(command.split(" ", -1)[0]);
    toldAs426(Mode.SOCKS, silent, "send " + command, "ask TYPE I", "break file");
  }

  /** Whichever word the server has for the end of a transfer. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"226 done", "250 done", "200 done"})
  void noCodeOfTheServersMakesItWhole(String last) throws Exception {
    Manner content =
        (session, verb, argument) -> {
          if (!verb.equals("STOR")) {
            return false;
          }
          session.reply("150 send it");
          try (Wire data = session.data()) {
            session.server().store(argument, data.rest());
          }
          session.reply(last);
          return true;
        };
    toldAs426(Mode.SOCKS, content, "break file");
  }

  private void toldAs426(Mode mode, Manner manner, String... steps) throws Exception {
    try (Scene scene = rig.scene(mode, manner)) {
      Run<String> run = Client.Ftplib.run(scene.job(), steps);

      assertThat(run.output().lines().filter(line -> line.startsWith("told")))
          .as(scene.story(run))
          .noneMatch(line -> line.startsWith("told 2"));
      scene.assertNothingLeaked();
    }
  }

  /** Answers the first command of those that come while data do, and takes every end for EOF. */
  private static Manner answeringWhileItStores(String answer) {
    return (session, verb, argument) -> {
      if (!verb.equals("STOR")) {
        return false;
      }
      session.reply("150 send it");
      try (Wire data = session.data()) {
        session.command();
        session.reply(answer);
        session.server().store(argument, data.rest());
      }
      session.reply("226 done");
      return true;
    };
  }
}
