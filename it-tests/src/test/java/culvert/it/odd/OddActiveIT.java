package culvert.it.odd;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that come for the data of an active client too soon, or never. */
@RealPeers
@AnyTransport
class OddActiveIT extends OneRig {
  private static final String CONTENT = "0123456789".repeat(1000);

  /** When a server connects to what PORT names. */
  enum Moment {
    AT_PORT,
    AT_TRANSFER
  }

  /** As curl's test server does. */
  @ParameterizedTest(name = "{0}")
  @EnumSource(Moment.class)
  void aServerThatConnectsAtPortIsKeptForTheTransfer(Moment moment) throws Exception {
    for (boolean upload : new boolean[] {true, false}) {
      try (Scene scene = rig.scene(Mode.REMOTE_FORWARD, connecting(moment))) {
        Run<String> run = transfer(scene, upload);

        assertThat(run.exitCode()).as(scene.story(run)).isZero();
        if (upload) {
          assertThat(scene.server().file(Client.UP)).contains(CONTENT);
        } else {
          assertThat(Files.readString(scene.job().file(Client.DOWN))).isEqualTo(CONTENT);
        }
        scene.assertNothingLeaked();
      }
    }
  }

  /** Nothing is stored, and its reply says that all is well. */
  @ParameterizedTest(name = "{0} / {1}")
  @CsvSource({"150 ok, 226 done", "125 ok, 250 done", "150 ok, 200 done", "226 done, ''"})
  void anUploadThatTheServerNeverCameForIsNotReportedAsDone(String first, String last)
      throws Exception {
    try (Scene scene = rig.scene(Mode.REMOTE_FORWARD, neverComing("STOR", first, last))) {
      Run<String> run = transfer(scene, true);

      assertThat(run.exitCode()).as(scene.story(run)).isNotZero();
      scene.assertNothingLeaked();
    }
  }

  /** The client's wait has an end. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"RETR", "LIST", "NLST"})
  void aDownloadThatTheServerNeverCameForEnds(String verb) throws Exception {
    try (Scene scene = rig.scene(Mode.REMOTE_FORWARD, neverComing(verb, "150 ok", "226 done"))) {
      Run<String> run =
          Client.Ftplib.run(
              scene.job().within(Duration.ofSeconds(100)),
              "active",
              "listen " + verb + " " + Client.DOWN);

      assertThat(run.exitCode()).as("its timer went off: " + scene.story(run)).isNotEqualTo(124);
      assertThat(run.output() + run.errors())
          .as(scene.story(run))
          .doesNotContain("whole", "timed out");
      scene.assertNothingLeaked();
    }
  }

  /** EPSV is Culvert's own here; the client hears of one failure only. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"421 busy", "150 ok", "700 ok", "099 ok", "425 no"})
  void anOddAnswerToCulvertsOwnEpsvIsOneReplyToTheClient(String answer) throws Exception {
    for (String verb : List.of("EPSV", "PASV")) {
      Manner manner = Manner.reply(verb, answer).or(Manner.reply("EPSV", "500 no"));
      try (Scene scene = rig.scene(Mode.SOCKS, manner)) {
        Run<String> run =
            Client.Ftplib.run(
                scene.job().within(Duration.ofSeconds(30)),
                "ask PORT 127,0,0,1,200,1",
                "ask PWD",
                "ask TYPE I");

        List<String> heard = run.output().lines().toList();
        for (int i = 1; i < heard.size(); i++) {
          assertThat(heard.get(i))
              .as(scene.story(run))
              .matches((i == 1 ? "257 " : "200 ") + ".*|421 culvert.*");
        }
      }
    }
  }

  private static Run<String> transfer(Scene scene, boolean upload) throws Exception {
    scene.server().store(Client.DOWN, CONTENT);
    Path file = Files.writeString(scene.job().file(Client.UP), CONTENT);
    String step =
        upload
            ? "put " + Client.UP + " " + file
            : "get " + Client.DOWN + " " + scene.job().file(Client.DOWN);
    return Client.Ftplib.run(scene.job().within(Duration.ofSeconds(60)), "active", step);
  }

  private static Manner connecting(Moment moment) {
    return (session, verb, argument) -> {
      if (!verb.equals("PORT") || moment == Moment.AT_TRANSFER) {
        return false;
      }
      session.plainly(verb, argument);
      session.connectNow();
      return true;
    };
  }

  private static Manner neverComing(String transfer, String first, String last) {
    return (session, verb, argument) -> {
      if (!verb.equals(transfer)) {
        return false;
      }
      session.reply(first);
      if (!last.isEmpty()) {
        session.reply(last);
      }
      return true;
    };
  }
}
