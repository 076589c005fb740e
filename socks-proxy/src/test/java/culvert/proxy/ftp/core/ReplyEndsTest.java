package culvert.proxy.ftp.core;

import static culvert.proxy.ftp.core.Playbook.PORT_2000;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a reply ends and what is one: all clients read the same, and none more than was meant. */
class ReplyEndsTest {
  private Playbook play = Playbook.tunnelled();

  @Test
  void aReplyThatEndsWithAnotherCodeEndsWhenNothingComesBehindIt() {
    play.client("CWD a");
    assertThat(play.server("250-x", "257 /")).containsExactly("< 250-x");
    assertThat(play.nothingMore()).containsExactly("< 250 /");
    assertThat(play.dialogue.idle()).isTrue();
    assertThat(play.server("257 /")).as("nobody's").isEmpty();
    assertThat(play.nothingMore()).isEmpty();
    play.client("PASV");
    assertThat(play.server(PORT_2000)).containsExactly("PASV 2000");
  }

  /** Begun before a command and ended behind it, it would be read as the answer to that. */
  @Test
  void aReplyThatNothingWaitsForIsToldAsAWholeOrNotAtAll() {
    play.client("NOOP");
    play.server("150 ok");
    assertThat(play.server("200-x", "227 ok")).isEmpty();
    play.on(new ControlEvent.Sent(new Command("STOR a".getBytes(ISO_8859_1)), false));
    assertThat(play.nothingMore()).isEmpty();

    play = Playbook.tunnelled();
    play.client("NOOP");
    play.server("150 ok");
    assertThat(play.server("200-x", "200 ok")).containsExactly("< 200-x", "< 200 ok");
  }

  @Test
  void aReplyGoesOnWhileTheClientWaits() {
    play.client("CWD a");
    assertThat(play.server("250-x", "257 /", "250 y", "250 z"))
        .containsExactly("< 250-x", "<  257 /", "< 250 y");
  }

  @Test
  void noClientTakesALineWithinAReplyForItsEnd() {
    play.client("CWD a");
    assertThat(play.server("250-x", "200 y", "250 (1,2,3,4,7,208)"))
        .containsExactly("< 250-x", "<  200 y", "< 250 (1,2,3,4,7,208)");
  }

  @Test
  void allClientsReadTheSameCode() {
    play.client("NOOP");
    assertThat(play.server("\u00ff\u00f1200 ok")).containsExactly("< 200 ok");
    play.client("NOOP");
    assertThat(play.server("550 no\r226 yes")).containsExactly("< 550 no 226 yes");
    play.client("NOOP");
    assertThat(play.server("\u00ff\u00f1426 x\r227 (1,2,3,4,7,208)"))
        .containsExactly("< 426 culvert: text withheld: no PASV asked for it.");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"2000 x", "200\tx", "200x", "200.x"})
  void threeDigitsAreACodeWhateverFollows(String reply) {
    play.client("NOOP");
    assertThat(play.server(reply, "200 stray")).containsExactly("< 200 " + reply.substring(3));
    assertThat(play.dialogue.idle()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"257 x", "200 y", "000 z", "999 z", "550 no"})
  void aReplyMayHaveEndedAtAnyCode(String line) {
    play.client("CWD a");
    play.server("250-x", line);
    play.client("PWD");
    assertThat(play.server("257 /")).containsExactly("< 257 /");
  }

  /** Some clients would; but what goes on is more than what ends so. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"1234 x", "1. x", "2 files", "20"})
  void whereNoCodeStandsNoReplyEnds(String line) {
    play.client("STAT");
    assertThat(play.server("211-x", line)).containsExactly("< 211-x");
    assertThat(play.nothingMore()).containsExactly("<  " + line);
    assertThat(play.server("211 y")).containsExactly("< 211 y");
  }

  /** commons-net, with UTF-8 for its encoding, finds codes in digits of any script. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "\u00d9\u00a2\u00d9\u00a2\u00d9\u00a7 (1,2,3,4,7,208)",
        "\u00ef\u00bc\u0092\u00ef\u00bc\u0092\u00ef\u00bc\u0096 done",
        "2\u00d9\u00a2\u00d9\u00a6 done",
        "22\u00d9\u00a6 done",
        "hello",
        " 226 done",
        "+26 done"
      })
  void whatIsNoReplyReachesNobody(String line) {
    play.client("PASV");
    assertThat(play.server(line)).isEmpty();
    play.server(PORT_2000);
    play.client("STOR a");
    play.dataStarts();
    play.server("150 go");
    assertThat(play.server(line)).isEmpty();
    play.client("STAT");
    assertThat(play.server("211-x", line, "211 y"))
        .allSatisfy(told -> assertThat(told).matches("< ([A-Za-z+ ].*|211[- ].)"));
    assertThat(play.dataBreaks()).contains("> ABOR");
  }

  @Test
  void aPreliminaryReplyThatEndsWithAnotherCodeIsFollowedByThat() {
    play.client("RETR a");
    play.server("150-x", "226 done");
    assertThat(play.nothingMore()).containsExactly("< 150 done", "< 226 done");
    assertThat(play.dialogue.idle()).isTrue();
  }

  /** FileZilla and WinSCP take it for the end of a line. */
  @Test
  void noNulReachesAnybody() {
    play.client("TYPE I");
    assertThat(play.server("200 set\u0000227 (1,2,3,4,7,208)"))
        .containsExactly("< 200 culvert: text withheld: no PASV asked for it.");
    play.client("TYPE I");
    assertThat(play.server("200-a\u0000b", "c\u0000200 x", "22\u00006 done", "200 d\u0000226 e"))
        .containsExactly("< 200-a b", "< c 200 x", "<  22 6 done", "< 200 d 226 e");
  }

  /** A client that reads 4,096 bytes or 8,192 at a time would find the rest to be a reply. */
  @Test
  void longLinesAreCut() {
    play.client("PWD");
    assertThat(play.server("257 " + "a".repeat(8189) + "200 x"))
        .containsExactly("< 257 " + "a".repeat(3996));
  }

  /** About where one ends that is none, clients disagree. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "000 x, '500 culvert: the FTP server answered 000, which is no code.'",
    "000-a|000 b, '500 culvert: the FTP server answered 000, which is no code.'",
    "099 x, 099 x",
    "700 x, 700 x",
    "999-x|999 y, 999 y",
    "025-a|+25 x| 25 z|025 end, 025 end"
  })
  void aReplyWithACodeThatIsNoneHasOneLine(String reply, String told) {
    play.client("TYPE I");
    assertThat(play.server(reply.split("[|]", -1))).containsExactly("< " + told);
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void ofTwoPreliminaryCodesOneIsTold() {
    play.client("RETR a");
    play.server("150-x", "125 y");

    assertThat(play.nothingMore()).containsExactly("< 150 y");
    assertThat(play.server("226 done")).containsExactly("< 226 done");
  }

  @Test
  void lastWordsAreOneReplyWithoutAnAnnouncement() {
    play.client("TYPE I");
    play.server("200 ok", "421-bye", "227 (1,2,3,4,7,208)", "421 end");

    assertThat(play.on(new ControlEvent.ServerEnded())).containsExactly("< 421 end");
  }

  @Test
  void whatMayBeTheEndIsToldWhenTheServerHangsUp() {
    play.client("CWD a");
    play.server("250-x", "257 /");
    assertThat(play.on(new ControlEvent.ServerEnded())).containsExactly("< 250 /");
  }

  @Test
  void aLateWordThatNothingComesIsForAnEarlierLine() {
    play.client("CWD a");
    play.server("250-x", "257 /", "200 y");
    assertThat(play.on(new ControlEvent.NothingMore(1))).isEmpty();
    assertThat(play.nothingMore()).containsExactly("< 250 y");
  }

  @Test
  void everyLineEndsAsTheRfcHasIt() {
    play.client("NOOP");
    byte[] line = "200 ok\n".getBytes(ISO_8859_1);
    List<ControlEffect> told =
        play.dialogue.on(new ControlEvent.Replied(new ReplyLine(200, true, false, line)));
    assertThat(told)
        .singleElement()
        .isInstanceOfSatisfying(
            ControlEffect.ToClient.class,
            client -> assertThat(client.bytes()).asString(ISO_8859_1).isEqualTo("200 ok\r\n"));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"250\tx", "250x", "250.x", "2500 x"})
  void aReplyEndsForAllClientsWhereItEndsForSome(String line) {
    play.client("CWD a");
    assertThat(play.server("250-x", line)).containsExactly("< 250-x", "< 250 " + line.substring(3));
    assertThat(play.dialogue.idle()).isTrue();
  }
}
