package culvert.proxy.ftp.core;

import static culvert.proxy.ftp.core.Playbook.PORT_2000;
import static culvert.proxy.ftp.core.Playbook.WITHHELD_227;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The replies that announce a data connection, and all that must not be taken for one. */
class PassiveDialogueTest {
  private Playbook play = Playbook.tunnelled();

  @Test
  void theFinalLineOfPasvsReplyAnnouncesADataConnection() {
    assertThat(play.client("PASV")).containsExactly("await 1", "> PASV");
    assertThat(play.server(PORT_2000)).containsExactly("PASV 2000");
  }

  @Test
  void theFinalLineOfEpsvsReplyAnnouncesADataConnection() {
    play.client("EPSV 2");
    assertThat(play.server("229 ok (|||2000|)")).containsExactly("EPSV 2000");
  }

  @Test
  void a229InAnswerToPasvAnnouncesToo() {
    play.client("PASV");
    assertThat(play.server("229 ok (|||2000|)")).containsExactly("PASV 2000");
  }

  @Test
  void linesBeforeTheFinalOneOpenNothing() {
    play.client("PASV");
    assertThat(play.server("227-1,2,3,4,9,9", "227 1,2,3,4,8,8 no", PORT_2000))
        .containsExactly("PASV 2056");
  }

  @Test
  void a227ThatNobodyAskedForReachesNobody() {
    assertThat(play.server(PORT_2000)).isEmpty();

    play.client("NOOP");
    assertThat(play.server(PORT_2000)).containsExactly(WITHHELD_227);
  }

  @Test
  void inPlaintextA227ThatNobodyAskedForIsText() {
    play = Playbook.plain();
    assertThat(play.server(PORT_2000)).containsExactly("< " + PORT_2000);

    play.client("NOOP");
    assertThat(play.server(PORT_2000)).containsExactly("< " + PORT_2000);
  }

  @Test
  void a227InsideAnotherReplyReachesNobody() {
    play.burst("STAT", "PASV");
    assertThat(play.server("211-x", PORT_2000, "211 y")).containsExactly("< 211-x", "< 211 y");
    assertThat(play.server(PORT_2000)).containsExactly("PASV 2000");
  }

  @Test
  void a227AnswersTheFirstPassiveCommandWhereverItStands() {
    play.burst("NOOP", "TYPE I", "PASV", "LIST");
    String unanswered = "< 450 culvert: the FTP server went on without an answer to this command.";
    assertThat(play.server(PORT_2000)).containsExactly(unanswered, unanswered, "PASV 2000");
    assertThat(play.server("150 a", "226 b")).containsExactly("< 150 a", "settled 1", "< 226 b");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"200 1,2,3,4,5", "200 aaa b", "200 ok...", "200 Zzz 5", "200 111"})
  void otherWordsAreNot(String reply) {
    play.burst("NOOP", "PASV");
    assertThat(play.server(reply)).containsExactly("< " + reply);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"(1,2,3,4,0,0)", "(1,2,3,4,0,21)", "(1,2,3,4,3,255)"})
  void aPortThatIsNoneIsRefused(String numbers) {
    play.client("PASV");
    assertThat(play.server("227 ok " + numbers).get(0))
        .startsWith("< 425 culvert: the FTP server announced port");
  }

  @Test
  void whatCannotBeReadIsRefused() {
    play.client("PASV");
    assertThat(play.server("227 passive"))
        .containsExactly(
            "< 425 culvert: the FTP server's answer to PASV cannot be read (code 227)");
    play.client("EPSV");
    assertThat(play.server("229 x (|1|2)"))
        .containsExactly(
            "< 425 culvert: the FTP server's answer to EPSV cannot be read (code 229)");
  }

  @Test
  void inPlaintextWhatCannotBeReadIsRelayedUnchanged() {
    play = Playbook.plain();
    play.burst("PASV", "EPSV");
    assertThat(play.server("227 passive", "229 x (|1|2)"))
        .containsExactly("< 227 passive", "< 229 x (|1|2)");
  }

  @Test
  void aRefusedPasvIsRelayed() {
    play.client("PASV");
    assertThat(play.server("425 no")).containsExactly("< 425 no");
  }

  @Test
  void epsvAllIsRelayedAndItsReplyOpensNothing() {
    assertThat(play.client("EPSV ALL")).containsExactly("> EPSV ALL");
    assertThat(play.server("229 (|||2000|)"))
        .containsExactly("< 229 culvert: text withheld: no PASV asked for it.");
  }

  @Test
  void pipelinedPasvAndListArePaired() {
    assertThat(play.burst("PASV", "LIST", "PASV", "LIST"))
        .containsExactly("await 1", "> PASV", "> LIST", "await 2", "> PASV", "> LIST");
    assertThat(play.server(PORT_2000, "150 a", "226 b", "227 1,2,3,4,7,209", "150 a", "226 b"))
        .containsExactly(
            "PASV 2000",
            "< 150 a",
            "settled 1",
            "< 226 b",
            "PASV 2001",
            "< 150 a",
            "settled 2",
            "< 226 b");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "227 %s (1,2,3,4,7,208)",
        "227-(1,2,3,4,7,208)|227 done",
        "227 =1,2,3,4,7,208",
        "227-x|227 (1,2,3,4,7,208)|227 y",
      })
  void aPortThatCanBeFoundIsAnnouncedByUs(String reply) {
    play.client("PASV");
    assertThat(play.server(reply.formatted(" ".repeat(300)).split("[|]")))
        .containsExactly("PASV 2000");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "200-x|227 (1,2,3,4,7,208)|200 y",
        "200 (1,2,3,4,7,208)",
        "227 (0127,0,0,1,7,208)",
        "150 (1,2,3,4,7,208)",
        "331 (1,2,3,4,7,208)",
        "700 (1,2,3,4,7,208)",
        "228 (1,2,3,4,7,208)",
        "227 x",
      })
  void whatSomeClientCouldReadDoesNotReachIt(String reply) {
    play.client("PASV");
    assertThat(play.server(reply.split("[|]")))
        .singleElement()
        .asString()
        .startsWith("< 425 culvert: ");
  }

  @Test
  void theLinesBeforeARefusalAreDropped() {
    play.client("PASV");
    assertThat(play.server("500-227 (1,2,3,4,7,208)", "227 (1,2,3,4,7,208)", "500 no"))
        .containsExactly("< 500 no");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"150 go (10.0.0.1,1234)", "150 for a (227 bytes)", "200 see 227"})
  void nothingElseIsTouched(String reply) {
    play.client("RETR a");
    assertThat(play.server(reply)).containsExactly("< " + reply);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "227 (1,2,3,4,7,208)",
        "229 (|||2000|)",
        "228 (1,2,3,4,7,208)",
        "\u00ff\u00f1227 (1,2,3,4,7,208)",
        "2\u00ff\u00f927 (1,2,3,4,7,208)",
        "200 x\r227 (1,2,3,4,7,208)",
      })
  void anAnnouncementInsideAReplyIsDroppedAndAsOneReplaced(String line) {
    play.client("STAT");
    assertThat(play.server("211-x", line, "211 y")).containsExactly("< 211-x", "< 211 y");
    play.client("NOOP");
    assertThat(play.server(line))
        .allSatisfy(told -> assertThat(told).doesNotContain("1,2,3,4").doesNotContain("|||"));
  }

  @Test
  void anUploadIsAbortedWhileAnAnnouncementIsBeingPrepared() {
    play.client("STOR a");
    play.dataStarts();
    play.server("150 go");
    play.burst("PASV");
    play.dialogue.on(
        new ControlEvent.Replied(
            new ReplyLine(227, true, false, (PORT_2000 + "\r\n").getBytes(ISO_8859_1))));
    assertThat(play.dialogue.announcing()).isTrue();
    assertThat(play.on(new ControlEvent.DataBroken(1))).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "250 (1,2,3,4,7,208)",
        "202 1,2,3,4,7,208",
        "250 (1, 2, 3, 4, 7, 208)",
        "250 (|||2000|)",
        "250 (|||+2000|)",
        "250 (||| +2000|)",
        "250 1,002,3,4,7,208",
        "250 1,,,,7,208",
        "250 1,2,3,4,-0,22",
        "200 (aaa2000a)",
        "200 (1112000)",
        "200 aaa2000a"
      })
  void anAddressInALateReplyIsWithheldWhileAPasvWaits(String late) {
    play.burst("ABOR", "PASV");
    assertThat(play.server("451 x")).containsExactly("< 451 x"); // read as that to ABOR
    assertThat(play.server(late))
        .singleElement()
        .asString()
        .endsWith("text withheld: no PASV asked for it.");
  }

  /**
   * Who has gone on with no answer, and perhaps still waits for it, reads later ones as earlier.
   */
  @ParameterizedTest(name = "{0} answered {1}")
  @CsvSource({"NOOP, 150 ok", "'STOR a,ABOR', 226 ok"})
  void anAddressIsWithheldFromAClientThatMayBeBehind(String before, String reply) {
    play.client(before.split(","));
    play.server(reply);
    play.client("PASV");
    play.server("200 ok");
    play.client("RETR b");

    assertThat(play.server("200 (10,9,8,7,120,1)"))
        .contains("< 200 culvert: text withheld: no PASV asked for it.");
  }

  /** A line can be long, and an event loop looks at it. */
  @ParameterizedTest(name = "[{0}]")
  @ValueSource(strings = {"-", "+", " ", "(", "1,", "|", "1", "a", "1,-"})
  void linesOfAnyKindAreLookedAtInNoTime(String part) {
    play.burst("ABOR", "PASV");
    play.server("451 x");
    String line = "250 " + part.repeat(60_000 / part.length());
    assertTimeoutPreemptively(
        Duration.ofSeconds(60), () -> assertThat(play.server(line)).hasSize(1));
  }

  @Test
  void theTextOfOtherRepliesIsTheServers() {
    play.client("CWD a");
    assertThat(play.server("250 in /1,2,3,4,5,6")).containsExactly("< 250 in /1,2,3,4,5,6");
  }

  @Test
  void aClientThatSendsPasvBesideAnUploadPipelines() {
    play.client("STOR a", "PASV");
    play.server("550 no");
    play.client("PASV");
    assertThat(play.server(PORT_2000, PORT_2000)).containsExactly("PASV 2000", "PASV 2000");
  }

  @Test
  void linesBehindAFirstOneThatIsWithheldAreNoRepliesOfTheirOwn() {
    play.client("RETR a");
    assertThat(play.server("227-x", "200 ok", "y", "227 end"))
        .containsExactly("< 227 culvert: text withheld: no PASV asked for it.");
  }
}
