package culvert.it.odd;

import static culvert.it.odd.Manner.reply;

import culvert.it.AnyTransport;
import culvert.it.peers.RealPeers;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replies that clients take for final, and servers that end a reply in another way than it began.
 */
@RealPeers
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@AnyTransport
class OddRepliesIT {
  private static final List<Oddity> ODDITIES =
      List.of(
          new Oddity("plain", "CWD", Manner.PLAIN),
          odd("SITE", "150 ok"),
          odd("SITE", "120 soon"),
          odd("SITE", "150-ok", "150 ok"),
          odd("SITE", "700 ok"),
          odd("SITE", "099 ok"),
          odd("SITE", "000 ok"),
          odd("SITE", "999 ok"),
          odd("SITE", "421 busy"),
          odd("SITE", "421-busy", "421 goes on"),
          odd("SITE", "200-ok", "257 ok"),
          odd("SITE", "150-ok", "200 ok"),
          odd("CWD", "250-there", "257 there"),
          odd("CWD", "250-there", "200 there"),
          odd("CWD", "200-there", " 250 there", "250 there"),
          odd("TYPE", "200-ok", "226 ok"),
          odd("TYPE", "250-a", "200 ok", "150 go", "226 stored", "250 b"),
          new Oddity(
              "PASS answered so that some clients read one reply behind, into addresses",
              "PASS",
              reply("PASS", "230-welcome", "200 to all", "230 done")
                  .or(reply("TYPE", "200 set (127,0,0,3,87,61)"))
                  .or(reply("SIZE", "213 300000 (127,0,0,3,87,61)"))),
          odd("SYST", "150 UNIX"),
          odd("SYST", "700 UNIX"),
          odd("SYST", "099 UNIX"),
          odd("SYST", "421 UNIX"),
          odd("SYST", "215-UNIX", "200 UNIX"),
          odd("PWD", "157 \"/\""),
          odd("PWD", "257-\"/\"", "250 \"/\""),
          odd("SIZE", "150 300000"),
          odd("SIZE", "099 300000"),
          odd("SIZE", "421 not now"));

  private Trials trials;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    trials = Trials.start(directory, "direct", Trial.of(ODDITIES));
  }

  @TestFactory
  Stream<DynamicTest> theJobGoesOnInTheTunnel() {
    return trials.theJobGoesOn();
  }

  @AfterAll
  void stop() throws Exception {
    if (trials != null) {
      trials.close();
    }
  }

  private static Oddity odd(String verb, String... lines) {
    return new Oddity(verb + " answered " + String.join(" / ", lines), verb, reply(verb, lines));
  }
}
