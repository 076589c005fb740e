package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From when to when a session waits for its client's data, as far as the dialogue knows. */
class DataWaitTest {
  private final ControlDialogue dialogue = new ControlDialogue(false, false);
  private final ReplySplitter splitter = new ReplySplitter();

  private List<String> client(String line) {
    return told(dialogue.on(new Command(line.getBytes(ISO_8859_1))));
  }

  private List<String> server(String... lines) {
    List<String> told = new ArrayList<>();
    for (String line : lines) {
      for (ReplyLine reply : splitter.feed((line + "\r\n").getBytes(ISO_8859_1))) {
        told.addAll(told(dialogue.on(reply)));
      }
    }
    return told;
  }

  private static List<String> told(List<ControlEffect> effects) {
    List<String> told = new ArrayList<>();
    for (ControlEffect effect : effects) {
      if (effect instanceof ControlEffect.AwaitData data) {
        told.add("await " + data.request());
      } else if (effect instanceof ControlEffect.DataSettled data) {
        told.add("settled " + data.request());
      } else if (effect instanceof ControlEffect.Passive passive) {
        told.add("announced " + passive.request());
      } else {
        told.addAll(Transcript.of(List.of(effect)));
      }
    }
    return told;
  }

  @Test
  void itBeginsBeforeThePassiveCommandIsSentAndEndsBeforeTheFinalReplyIsRelayed() {
    assertThat(client("PASV")).containsExactly("await 1", "> PASV");
    assertThat(server("227 ok (1,2,3,4,7,208)")).containsExactly("announced 1");
    assertThat(client("RETR f")).containsExactly("> RETR f");
    assertThat(server("150 here", "226 done"))
        .containsExactly("< 150 here", "settled 1", "< 226 done");
    assertThat(client("EPSV")).containsExactly("await 2", "> EPSV");
    assertThat(server("229 ok (|||2000|)")).containsExactly("announced 2");
  }

  @Test
  void epsvAllAsksForNoData() {
    assertThat(client("EPSV ALL")).containsExactly("> EPSV ALL");
    assertThat(client("EPSV 1")).containsExactly("await 1", "> EPSV 1");
  }

  @Test
  void aPassiveCommandThatFailsLeavesTheWaitToTheNextOne() {
    client("EPSV");
    assertThat(server("500 what")).containsExactly("< 500 what");
    assertThat(client("PASV")).containsExactly("await 2", "> PASV");
  }

  @Test
  void aTransferEndsNoWaitThatBeganAfterIt() {
    client("PASV");
    server("227 ok (1,2,3,4,7,208)");
    client("RETR f");
    assertThat(client("PASV")).containsExactly("await 2", "> PASV");
    assertThat(server("226 done")).containsExactly("settled 1", "< 226 done");
    assertThat(server("227 ok (1,2,3,4,7,209)")).containsExactly("announced 2");
  }

  @Test
  void aTransferWithoutAPassiveCommandEndsNone() {
    client("LIST");
    assertThat(server("425 use PASV")).containsExactly("< 425 use PASV");
  }

  @Test
  void onlyTheLastLineOfTheFinalReplyEndsIt() {
    client("PASV");
    server("227 ok (1,2,3,4,7,208)");
    client("RETR f");
    assertThat(server("550-no", "550 such file"))
        .containsExactly("< 550-no", "settled 1", "< 550 such file");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"227 ok (1,2,3,4,7,208)", "228 (1)", "229 ok (|||2000|)", "150 go"})
  void whatMayBeAnAnnouncementOrNoFinalReplyEndsNoWait(String reply) {
    client("PASV");
    server("200 taken for the answer");
    client("RETR f");

    assertThat(server(reply)).doesNotContain("settled 1");
  }

  @Test
  void aReplyThatIsTakenForPreliminaryLeavesTheSessionWaiting() {
    client("SITE X");
    server("150 ok");
    assertThat(client("PASV")).containsExactly("await 1", "> PASV");
    server("227 ok (1,2,3,4,7,208)");
    client("RETR f");
    assertThat(server("150 here")).doesNotContain("settled 1");
  }

  @Test
  void ourOwnEpsvAsksForNoDataOfTheClients() {
    client("PORT 127,0,0,1,7,208");

    assertThat(told(dialogue.convert())).containsExactly("> EPSV");
    assertThat(server("229 ok (|||2000|)")).noneMatch(line -> line.startsWith("announced"));
  }

  @Test
  void aTransferInActiveModeEndsTheWaitOfAPassiveCommandBeforeIt() {
    client("EPSV");
    server("500 what");
    client("PORT 127,0,0,1,7,208");
    dialogue.rename(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 3000)));
    server("200 ok");
    client("RETR f");
    dialogue.opened();
    assertThat(server("150 here", "226 done")).contains("settled 1");
  }
}
