package culvert.proxy.ftp.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From when to when a session waits for its client's data, as far as the dialogue knows. */
class DataWaitTest {
  private final Playbook play = Playbook.tunnelled();

  private List<String> client(String line) {
    return play.client(line);
  }

  private List<String> server(String... lines) {
    return play.server(lines);
  }

  @Test
  void itBeginsBeforeThePassiveCommandIsSentAndEndsBeforeTheFinalReplyIsRelayed() {
    assertThat(client("PASV")).containsExactly("await 1", "> PASV");
    assertThat(server("227 ok (1,2,3,4,7,208)")).containsExactly("PASV 2000");
    assertThat(client("RETR f")).containsExactly("> RETR f");
    assertThat(server("150 here", "226 done"))
        .containsExactly("< 150 here", "settled 1", "< 226 done");
    assertThat(client("EPSV")).containsExactly("await 2", "> EPSV");
    assertThat(server("229 ok (|||2000|)")).containsExactly("EPSV 2000");
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
    assertThat(play.burst("PASV")).containsExactly("await 2", "> PASV");
    assertThat(server("226 done")).containsExactly("settled 1", "< 226 done");
    assertThat(server("227 ok (1,2,3,4,7,209)")).containsExactly("PASV 2001");
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

    assertThat(play.convert()).containsExactly("> EPSV");
    assertThat(server("229 ok (|||2000|)")).noneMatch(line -> line.startsWith("EPSV"));
  }

  @Test
  void aTransferInActiveModeEndsTheWaitOfAPassiveCommandBeforeIt() {
    client("EPSV");
    server("500 what");
    client("PORT 127,0,0,1,7,208");
    play.rename(new InetSocketAddress(InetAddress.getLoopbackAddress(), 3000));
    server("200 ok");
    client("RETR f");
    play.opened();
    assertThat(server("150 here", "226 done")).contains("settled 1");
  }
}
