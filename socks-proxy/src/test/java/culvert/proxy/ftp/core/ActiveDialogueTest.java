package culvert.proxy.ftp.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client in active mode, as the control connection sees it. */
class ActiveDialogueTest {
  private static final String PORT = "PORT 10,0,0,1,19,137";
  private static final String EPRT = "EPRT |1|10.0.0.1|5001|";
  private static final String TARGET = "active 10.0.0.1 5001";
  private static final String PORT_OK = "< 200 PORT command successful.";
  private static final InetSocketAddress FORWARD =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);

  private final Playbook play = Playbook.tunnelled();
  private final ControlDialogue dialogue = play.dialogue;

  private List<String> client(String... lines) {
    return play.client(lines);
  }

  private List<String> server(String... lines) {
    return play.server(lines);
  }

  private List<String> convert() {
    return play.convert();
  }

  private void convertTo(int serverPort) {
    client(PORT);
    convert();
    server("229 ok (|||" + serverPort + "|)");
  }

  private void renameToForward() {
    client(PORT);
    play.rename(FORWARD);
    server("200 ok");
  }

  // Conversion

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      value = {PORT + ";" + PORT_OK, EPRT + ";< 200 EPRT command successful."})
  void aPortBecomesAnEpsvWhoseReplyTheClientDoesNotSee(String command, String answer) {
    assertThat(client(command)).containsExactly(TARGET);
    assertThat(dialogue.waiting()).isTrue();
    assertThat(convert()).containsExactly("> EPSV");
    assertThat(dialogue.waiting()).isTrue();
    assertThat(server("229-x", " y", "229 ok (|||2000|)")).containsExactly(answer);
    assertThat(dialogue.waiting()).isFalse();
    assertThat(dialogue.idle()).isTrue();
  }

  @Test
  void theTransferWaitsForItsDataConnection() {
    convertTo(2000);

    assertThat(client("STOR a")).containsExactly("open 2000");
    assertThat(dialogue.waiting()).isTrue();
    assertThat(dialogue.idle()).isFalse();
    assertThat(dialogue.uploadOpen()).isFalse();
    assertThat(play.opened()).containsExactly("> STOR a");
    assertThat(dialogue.waiting()).isFalse();
    assertThat(dialogue.uploadOpen()).isTrue();
    play.dataArrive();
    assertThat(server("150 go", "226 done")).containsExactly("< 150 go", "< 226 done");
  }

  @Test
  void withoutItsDataConnectionTheServerNeverHearsOfTheTransfer() {
    convertTo(2000);
    client("STOR a");

    assertThat(play.notOpened("10.0.0.1:5001: connection\r\nrefused"))
        .containsExactly("< 425 culvert: 10.0.0.1:5001: connection??refused");
    assertThat(dialogue.idle()).isTrue();
  }

  @Test
  void theFailureWaitsForEarlierReplies() {
    convertTo(2000);
    client("TYPE I", "RETR a");

    assertThat(play.notOpened("no")).isEmpty();
    assertThat(server("200 ok")).containsExactly("< 200 ok", "< 425 culvert: no");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"STOR a", "STOU", "APPE a", "RETR a", "LIST", "NLST", "MLSD", "list -l"})
  void everyTransferWaits(String transfer) {
    convertTo(2000);
    assertThat(client("TYPE I", transfer)).containsExactly("> TYPE I", "open 2000");
  }

  @Test
  void anotherTransferWithoutAPortAsksTheServerAgain() {
    convertTo(2000);
    client("LIST");
    play.opened();
    server("150 a", "226 b");

    assertThat(client("RETR a")).containsExactly(TARGET + " again");
    assertThat(convert()).containsExactly("> EPSV");
    assertThat(server("229 ok (|||2001|)")).containsExactly("open 2001");
    assertThat(dialogue.waiting()).isTrue();
    assertThat(play.opened()).containsExactly("> RETR a");
  }

  @Test
  void afterAFailureTheNextTransferAsksTheServerAgain() {
    convertTo(2000);
    client("LIST");
    play.notOpened("no");

    assertThat(client("LIST")).containsExactly(TARGET + " again");
    assertThat(play.refuse("425 gone")).containsExactly("< 425 gone");
    assertThat(dialogue.waiting()).isFalse();
  }

  @Test
  void aServerWithoutEpsvIsAskedWithPasv() {
    client(PORT);
    convert();
    assertThat(server("500-what", "500 EPSV?")).containsExactly("> PASV");
    assertThat(server("227 ok (192,168,0,9,7,208)")).containsExactly(PORT_OK);
    assertThat(client("LIST")).containsExactly("open 2000");
  }

  @Test
  void aServerWithNeitherIsHeardOf() {
    client(PORT);
    convert();
    server("500 EPSV?");
    assertThat(server("502 PASV?"))
        .containsExactly(
            "< 425 culvert: the FTP server offers no passive mode: 502 PASV?", "ActiveEnded");
    assertThat(client("LIST")).containsExactly("> LIST");
  }

  @Test
  void aReplyThatCannotBeReadIsHeardOf() {
    client(PORT);
    convert();
    assertThat(server("229 ok").get(0)).startsWith("< 425 ").endsWith(": 229 ok");
  }

  @Test
  void aPortThatIsNoneIsRefused() {
    client(PORT);
    convert();
    assertThat(server("229 ok (|||22|)").get(0))
        .isEqualTo("< 425 culvert: the FTP server announced port 22 (expected: 1024..65535)");
  }

  @Test
  void beforeTheLoginTheServerSaysSo() {
    client(PORT);
    convert();
    assertThat(server("530 Please login.")).containsExactly("< 530 Please login.", "ActiveEnded");
  }

  @Test
  void aTemporaryFailureIsNoReasonForPasv() {
    client(PORT);
    convert();
    assertThat(server("425 later").get(0)).startsWith("< 425 ").endsWith(": 425 later");
  }

  @Test
  void afterEpsvAllThereIsNoPasv() {
    client("EPSV ALL");
    server("200 ok");
    client(PORT);
    convert();
    assertThat(server("500 EPSV?").get(0)).startsWith("< 425 culvert: ");
  }

  @Test
  void anEpsvAllThatTheServerRefusesBindsNobody() {
    client("EPSV ALL");
    server("500 what");
    client(PORT);
    convert();
    assertThat(server("500 EPSV?")).containsExactly("> PASV");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"PASV", "EPSV", "EPSV ALL", "REIN"})
  void passiveModeEndsActiveMode(String command) {
    convertTo(2000);

    assertThat(client(command)).startsWith("ActiveEnded").endsWith("> " + command);
    server("500 no");
    assertThat(client("LIST")).containsExactly("> LIST");
  }

  @Test
  void theLastPortCounts() {
    convertTo(2000);
    assertThat(client("PORT 10,0,0,1,19,138")).containsExactly("active 10.0.0.1 5002");
    convert();
    server("229 ok (|||2001|)");
    assertThat(client("LIST")).containsExactly("open 2001");
  }

  @Test
  void aTargetThatTheSessionRefusesIsForgotten() {
    client(PORT);
    assertThat(play.refuse("500 Illegal PORT command."))
        .containsExactly("< 500 Illegal PORT command.", "ActiveEnded");
    assertThat(client("LIST")).containsExactly("> LIST");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      value = {
        "PORT 1,2,3;501 ",
        "EPRT |3|x|1|;522 ",
        "LPRT 4,4,1,2,3,4,2,5,6;502 culvert: not supported, use EPRT or PORT for active mode.",
        "LPSV;502 ",
        "SPSV;502 ",
        "CPSV;502 ",
        "P@SW;500 "
      })
  void whatIsNotSupportedIsAnsweredHere(String command, String answer) {
    assertThat(client(command)).singleElement().asString().startsWith("< " + answer);
    assertThat(dialogue.waiting()).isFalse();
  }

  @Test
  void theAnswerToAnAbortThatNeverCameIsNotTheProbes() {
    client("LIST", "ABOR");
    server("426 aborted");
    client(PORT);
    convert();
    assertThat(server("229 ok (|||2000|)")).containsExactly(PORT_OK);
  }

  // Renaming

  @Test
  void aRenamedPortIsAnsweredByTheServer() {
    client(PORT);
    assertThat(play.rename(FORWARD)).containsExactly("> PORT 127,0,0,1,156,64");
    assertThat(dialogue.waiting()).isTrue();
    assertThat(server("200 fine by me")).containsExactly("< 200 fine by me");
    assertThat(dialogue.waiting()).isFalse();
    assertThat(client("RETR a")).containsExactly("open");
    assertThat(play.opened()).containsExactly("> RETR a");
    assertThat(server("150 a", "226 b")).containsExactly("< 150 a", "< 226 b", "transfer ended");
  }

  @Test
  void aRenamedPortThatTheServerRefusesIsNotWaitedForAnyMore() {
    client(PORT);
    play.rename(FORWARD);
    assertThat(server("500 Illegal PORT command."))
        .containsExactly("ActiveEnded", "< 500 Illegal PORT command.");
  }

  @Test
  void aServerThatRefusesOneAddressIsToldTheNext() throws Exception {
    byte[] loopback = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    InetSocketAddress ipv6 = new InetSocketAddress(InetAddress.getByAddress(loopback), 40_000);
    client(PORT);
    play.rename(FORWARD, ipv6);

    assertThat(server("500 Illegal PORT command."))
        .containsExactly("> EPRT |2|0:0:0:0:0:0:0:1|40000|");
    assertThat(dialogue.waiting()).isTrue();
    assertThat(server("200 EPRT ok")).containsExactly("< 200 EPRT ok");
    assertThat(client("LIST")).containsExactly("open");
  }

  @Test
  void aServerThatIsNotReadyIsToldNoOtherAddress() {
    client(PORT);
    play.rename(FORWARD, FORWARD);
    assertThat(server("425 later")).containsExactly("ActiveEnded", "< 425 later");
  }

  @Test
  void aTransferThatFailsIsNotWaitedForAnyMoreAndItsPortServesTheNext() {
    renameToForward();
    client("RETR a");
    play.opened();
    assertThat(server("550 no such file")).containsExactly("< 550 no such file", "transfer failed");

    assertThat(client("RETR b")).containsExactly(TARGET + " again");
  }

  @Test
  void eachTransferHasItsEndWhateverTheClientAsksForMeanwhile() {
    renameToForward();
    client("RETR a");
    play.opened();
    client(PORT);
    play.rename(FORWARD);

    assertThat(server("426 cut", "200 ok"))
        .containsExactly("< 426 cut", "transfer failed", "< 200 ok");
  }

  // The end of a wait

  @Test
  void aPortThatIsGivenUpIsRefused() {
    client(PORT);
    assertThat(dialogue.waitsFor()).isEqualTo("no remote forward");
    convert();
    assertThat(dialogue.waitsFor()).startsWith("the FTP server has answered neither EPSV");

    assertThat(giveUp()).containsExactly("ActiveEnded", "< 425 culvert: too late");
    assertThat(dialogue.waiting()).isFalse();
    assertThat(giveUp()).isEmpty();
    assertThat(client("NOOP")).containsExactly("> NOOP");
    assertThat(server("229 ok (|||2000|)", "200 ok")).containsExactly("< 200 ok");
  }

  @Test
  void aRenamedPortThatIsGivenUpIsRefused() {
    client(PORT);
    play.rename(FORWARD, FORWARD);

    assertThat(dialogue.waitsFor()).isEqualTo("the FTP server has not answered PORT");
    assertThat(giveUp()).containsExactly("ActiveEnded", "< 425 culvert: too late");
    assertThat(server("500 no")).isEmpty();
    assertThat(dialogue.idle()).isTrue();
  }

  @Test
  void theServerNeverHearsOfATransferThatIsGivenUpAndThePortServesTheNext() {
    convertTo(2000);
    client("TYPE I", "STOR a");

    assertThat(dialogue.waitsFor()).isEqualTo("no data connection");
    assertThat(giveUp()).containsExactly("DataGivenUp");
    assertThat(server("200 ok")).containsExactly("< 200 ok", "< 425 culvert: too late");
    assertThat(client("STOR a")).containsExactly(TARGET + " again");
  }

  @Test
  void theReplyToAProbeThatWasGivenUpIsNotTheNextOnes() {
    client(PORT);
    convert();
    giveUp();
    client(PORT);
    assertThat(convert()).containsExactly("> EPSV");

    assertThat(server("229 late (|||2000|)")).isEmpty();
    assertThat(server("229 ok (|||2001|)")).containsExactly(PORT_OK);
    assertThat(client("LIST")).containsExactly("open 2001");
  }

  @Test
  void anAbortEndsTheWaitAndIsAnswered() {
    convertTo(2000);
    client("RETR a");

    assertThat(client("ABOR"))
        .containsExactly(
            "DataGivenUp",
            "< 425 culvert: aborted by the client.",
            "< 226 culvert: ABOR command successful.");
    assertThat(dialogue.idle()).isTrue();
  }

  @Test
  void anAbortThatTheServerKeepsWaitingIsAnsweredToo() {
    client("TYPE I", PORT);
    convert();

    assertThat(client("ABOR")).containsExactly("ActiveEnded");
    assertThat(server("200 ok")).hasSize(3).last().asString().startsWith("< 226 ");
  }

  @Test
  void anAbortBehindARunningTransferIsForThat() {
    renameToForward();
    client("RETR a");
    play.opened();
    client("LIST");

    assertThat(client("ABOR")).containsExactly("DataGivenUp", "> ABOR", "AbortSent");
    assertThat(server("426 cut", "226 aborted"))
        .containsExactly(
            "< 426 cut",
            "AbortAnswered",
            "transfer failed",
            "< 425 culvert: aborted by the client.",
            "< 226 aborted",
            "AbortAnswered");
  }

  @Test
  void aServerThatIsBusyWithATransferHasNotSeenTheProbe() {
    renameToForward();
    client("RETR a");
    play.opened();
    client(PORT);
    assertThat(dialogue.waitsBehindTransfer()).isFalse();
    convert();
    assertThat(dialogue.waitsBehindTransfer()).isTrue();
    server("226 done");
    assertThat(dialogue.waitsBehindTransfer()).isFalse();
  }

  @Test
  void aServerThatHasCutATransferShortRefusesTheProbeAndNotTheAbort() {
    client("LIST", "ABOR");
    server("426 aborted");
    client(PORT);
    convert();

    assertThat(server("500 EPSV?")).containsExactly("> PASV");
  }

  @Test
  void aServerWithOneAnswerToATransferAndItsAbortRefusesTheProbeToo() {
    client("LIST", "ABOR");
    server("226 aborted");
    client(PORT);
    convert();

    assertThat(server("500 EPSV?")).containsExactly("> PASV");
  }

  private List<String> giveUp() {
    return play.giveUp("too late");
  }

  @Test
  void anotherTransferWithoutAPortNamesANewOne() {
    renameToForward();
    client("LIST");
    play.opened();
    server("150 a", "226 b");

    assertThat(client("LIST")).containsExactly(TARGET + " again");
    assertThat(play.rename(FORWARD)).containsExactly("> PORT 127,0,0,1,156,64");
    assertThat(server("200 PORT ok")).containsExactly("open");
    assertThat(play.opened()).containsExactly("> LIST");
    assertThat(server("150 a", "226 b")).containsExactly("< 150 a", "< 226 b", "transfer ended");
  }

  @Test
  void anotherTransferWhosePortIsRefusedIsNotSent() {
    renameToForward();
    client("LIST");
    play.opened();
    server("150 a", "226 b");
    client("LIST");
    play.rename(FORWARD);

    assertThat(server("500 no"))
        .containsExactly("DataGivenUp", "< 425 culvert: the FTP server refuses PORT now: 500 no");
    assertThat(dialogue.idle()).isTrue();
  }

  @Test
  void whatNobodyAskedForIsADefect() {
    assertThatThrownBy(() -> play.on(new ControlEvent.Convert(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("request 1 (expected: at most 0)");
    assertThatThrownBy(() -> play.on(new ControlEvent.Opened(7)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anAnswerThatComesTooLateChangesNothing() {
    client(PORT);
    play.giveUp("too late");
    assertThat(convert()).isEmpty();
    assertThat(play.rename(FORWARD)).isEmpty();
    assertThat(play.refuse("500 no")).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"227 (1,2,3,4,7,208)", "229 (|||2000|)", "250 x"})
  void noAnnouncementOfTheServersIsTheAnswerToARenamedPort(String reply) {
    client(PORT);
    play.rename(FORWARD);
    assertThat(server(reply)).containsExactly(PORT_OK);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"331 x", "099 x", "700 x"})
  void whatIsNeitherYesNorNoRefusesARenamedPort(String reply) {
    client(PORT);
    play.rename(FORWARD);
    assertThat(server(reply)).last().asString().startsWith("< 425 culvert: ");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"\u00ff\u00f1425 no", "425", "425\tno", "4250 no"})
  void theAnswerToARenamedPortHasACodeThatEveryClientReads(String reply) {
    client(PORT);
    play.rename(FORWARD);
    assertThat(server(reply)).last().asString().startsWith("< 425 culvert: ");
  }
}
