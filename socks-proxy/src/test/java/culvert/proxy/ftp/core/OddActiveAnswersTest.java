package culvert.proxy.ftp.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers say to commands that are Culvert's own, for a client in active mode. */
class OddActiveAnswersTest {
  private static final String PORT = "PORT 10,0,0,1,19,137";

  private final Playbook play = Playbook.tunnelled();

  private static List<String> told(List<String> transcript) {
    return transcript.stream().filter(line -> line.startsWith("< ")).toList();
  }

  /** Whatever the answer to EPSV is, and that to PASV where it is asked for. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "421 busy",
        "421-busy|421 goes on",
        "150 ok",
        "700 ok",
        "099 ok",
        "999 x",
        "200 ok",
        "331 what",
        "425 no",
        "530 log in"
      })
  void portHasOneReplyWhateverTheServerSaysToOurOwnCommand(String reply) {
    play.client(PORT);
    List<String> told = new ArrayList<>(told(play.convert()));
    List<String> after = play.server(reply.split("[|]", -1));
    told.addAll(told(after));
    if (after.contains("> PASV")) {
      told.addAll(told(play.server(reply.split("[|]", -1))));
    }
    told.addAll(told(play.giveUp("no answer"))); // as the session does after a while

    assertThat(told).singleElement().asString().matches("< (425 culvert: .*|530 log in)");
    play.client("PWD");
    assertThat(told(play.server("257 /"))).containsExactly("< 257 /");
    assertThat(play.dialogue.waiting()).isFalse();
  }

  /** A server forgets it with the EPSV or PORT that it is told between the two. */
  @ParameterizedTest(name = "{0}, {1}, renamed: {2}")
  @CsvSource({
    "REST 5, RETR a, false",
    "REST 0, RETR a, false",
    "REST 5, STOR a, false",
    "rest 17, APPE a, false",
    "REST 5, RETR a, true",
    "REST 5, STOR a, true"
  })
  void aRestBeforeASecondTransferOnOnePortIsToldOnceMore(
      String restart, String transfer, boolean renamed) {
    String again = restart.toUpperCase(Locale.ROOT);
    play.client(PORT);
    ready(renamed);
    play.client("LIST");
    play.opened();
    play.server("150 a", "226 b");
    play.client(restart);
    play.server("350 from there");

    play.client(transfer);

    assertThat(ready(renamed)).contains("> " + again);
    assertThat(play.server("350 from there")).singleElement().asString().startsWith("open");
    assertThat(play.opened()).containsExactly("> " + transfer);
  }

  /** RFC 959: it holds for the command that follows at once. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"NOOP", "TYPE I", "CWD a", "SITE X"})
  void aRestThatSomethingElseFollowsIsNot(String between) {
    play.client(PORT);
    ready(false);
    play.client("LIST");
    play.opened();
    play.server("150 a", "226 b");
    play.client("REST 5");
    play.server("350 from there");
    play.client(between);
    play.server("200 ok");

    play.client("RETR a");

    assertThat(ready(false)).containsExactly("open 2000");
  }

  @Test
  void aRestIsOneTransfersOnly() {
    play.client(PORT);
    ready(false);
    play.client("REST 5");
    play.server("350 from there");
    play.client("RETR a");
    assertThat(play.opened()).containsExactly("> RETR a");
    play.server("150 a", "226 b");

    play.client("RETR b");

    assertThat(ready(false)).containsExactly("open 2000");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"500 no", "421 busy", "200 what", "099 x"})
  void aRestThatTheServerRefusesNowFailsTheTransfer(String reply) {
    play.client(PORT);
    ready(false);
    play.client("LIST");
    play.opened();
    play.server("150 a", "226 b");
    play.client("REST 5");
    play.server("350 from there");
    play.client("RETR a");
    ready(false);

    List<String> told = told(play.server(reply));

    assertThat(told).singleElement().asString().startsWith("< 425 culvert: ");
    assertThat(play.dialogue.waiting()).isFalse();
  }

  private List<String> ready(boolean renamed) {
    if (renamed) {
      play.rename(new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000));
      return play.server("200 ok");
    }
    play.convert();
    return play.server("229 ok (|||2000|)");
  }
}
