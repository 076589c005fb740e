package culvert.it.odd;

import culvert.it.AnyTransport;
import culvert.it.peers.RealPeers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client ends its control connection, and comes for the data only then. */
@RealPeers
@AnyTransport
class LateDataIT {
  @TempDir Path directory;
  private Rig rig;

  @AfterEach
  void stop() throws Exception {
    if (rig != null) {
      rig.close();
    }
  }

  @ParameterizedTest(name = "{0} {1}, default-action {2}")
  @CsvSource({
    "STOR, close, direct",
    "STOR, reset, direct",
    "STOR, half-close, direct",
    "STOR, quit, direct",
    "RETR, close, direct",
    "LIST, reset, direct",
    "STOR, close, block"
  })
  void itsDataDoNotGoOutInPlaintext(String verb, String how, String defaultAction)
      throws Exception {
    rig = Rig.start(directory, defaultAction);
    for (List<String> steps :
        List.of(
            List.of("late " + verb + " down " + how),
            List.of("extended", "late " + verb + " down " + how))) {
      try (Scene scene = rig.scene(Mode.SOCKS, Manner.PLAIN)) {
        scene.server().store(Client.DOWN, "a file");
        Client.Ftplib.run(scene.job(), steps.toArray(String[]::new));

        scene.assertNothingLeaked();
      }
    }
  }

  /** The server ends, or answers nothing that could be used, and the client comes all the same. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"200 ({six})", "150 ({six})", "227-({six})\r\n227 x", "099 ({six})"})
  void anOddAnnouncementAndAnEndDoNotLeak(String reply) throws Exception {
    rig = Rig.start(directory, "direct");
    Manner manner =
        (session, verb, argument) -> {
          if (!verb.equals("PASV")) {
            return false;
          }
          session.announce(reply.split("\r\n", -1));
          session.end();
          return true;
        };
    for (Client client : Client.values()) {
      try (Scene scene = rig.scene(Mode.SOCKS, manner)) {
        scene.server().store(Client.DOWN, "a file");
        Files.writeString(scene.job().file(Client.UP), "a file");
        client.run(scene.job().within(Duration.ofSeconds(8)));

        scene.assertNothingLeaked();
      }
    }
  }
}
