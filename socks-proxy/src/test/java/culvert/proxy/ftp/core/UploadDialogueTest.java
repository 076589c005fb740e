package culvert.proxy.ftp.core;

import static culvert.proxy.ftp.core.Playbook.BROKEN;
import static culvert.proxy.ftp.core.Playbook.PORT_2000;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the client is told of its uploads: done only where the data have ended and the server said
 * so.
 */
class UploadDialogueTest {
  private Playbook play = Playbook.tunnelled();

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"STOR a", "APPE a", "STOU"})
  void everyKindOfUploadCounts(String command) {
    play.client(command);
    assertThat(play.dialogue.uploadOpen()).isTrue();
    play.dataStarts();
    assertThat(play.dataBreaks()).contains("> ABOR");
  }

  /** Some clients pass over NUL and over everything of telnet, doubled bytes as well. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "\u00ff\u00ff226 done",
        "\u00ff\u0000226 done",
        "\u0000226 done",
        "\u0000\u00ff\u00f1226 done",
        "2\u00ff\u00ff26 done",
        "\u00ff\u00ff200 hi"
      })
  void aCodeThatOnlySomeClientsFindReachesNone(String line) {
    play.client("STOR a");
    play.dataStarts();
    play.server("150 go");

    assertThat(play.server(line)).isEmpty();
    play.client("STAT");
    assertThat(play.server("211-x", line, "211 y"))
        .startsWith("< 211-x")
        .endsWith("< 211 y")
        .noneMatch(told -> told.matches("< 2\\d\\d done"));
    assertThat(play.dataBreaks()).contains("> ABOR");
    assertThat(play.server(line)).isEmpty();
  }

  /** A client for which a reply ends at any code would take the rest for the word on its file. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"226 done", "250 ok", "200 x", "2yz x", "000 x"})
  void anotherEndBesideAnUploadIsReadAsNoneByAnybody(String inner) {
    for (String command : List.of("NOOP", "STAT", "PWD")) {
      play = Playbook.tunnelled();
      play.client("STOR a");
      play.dataStarts();
      play.server("150 go");
      play.client(command);

      List<String> told = new ArrayList<>(play.server("211-x", inner, "211 y"));
      if (command.equals("PWD")) {
        assertThat(told).isEmpty();
        told.addAll(play.server("552 no"));
        assertThat(told.remove(0)).isEqualTo("< 552 no");
      }
      assertThat(told).containsExactly("< 211-x", "<  " + inner, "< 211 y");
    }
  }

  @Test
  void anUploadIsDoneWhenItsDataHaveEnded() {
    play.client("PASV");
    play.server(PORT_2000);
    play.client("STOR a");
    play.dataStarts();
    play.server("150 go");
    play.dataSent();
    assertThat(play.server("226 done")).containsExactly("settled 1", "< 226 done");
    play.dataEnds();
    assertThat(play.dialogue.uploadOpen()).isFalse();
  }

  @Test
  void whatTheServerSaysBeforeTheDataHaveEndedIsHeldBack() {
    play.client("STOR a");
    play.dataStarts();
    assertThat(play.server("150 go", "226-early", "226 done")).containsExactly("< 150 go");
    assertThat(play.dataSent()).isEmpty();
    assertThat(play.dataEnds()).containsExactly("< 226-early", "< 226 done");
  }

  @Test
  void noOtherLoginBeginsWhileAReplyIsHeldBack() {
    play.client("STOR a");
    play.dataStarts();
    play.server("150 go", "226 done");
    assertThat(play.dialogue.idle()).isFalse();
    play.dataArrive();
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void whatComesBehindAReplyThatIsHeldBackWaits() {
    play.burst("STOR a", "CWD b");
    play.dataStarts();
    assertThat(play.server("150 go", "226 done", "250 ok")).containsExactly("< 150 go");
    play.dataSent();
    assertThat(play.dataEnds()).containsExactly("< 226 done", "< 250 ok");
  }

  @Test
  void anUploadThatBreaksAfterTheServerCalledItDoneIsNotDone() {
    play.client("STOR a");
    play.dataStarts();
    play.server("150 go", "226 done");
    assertThat(play.dataBreaks()).containsExactly(BROKEN, "> ABOR", "AbortSent");
    assertThat(play.server("225 nothing to abort")).containsExactly("AbortAnswered");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"226 done", "250 ok", "200 strange", "225 idle"})
  void anUploadForWhichNobodyCameIsNotDone(String reply) {
    play.client("STOR a");
    assertThat(play.server("150 go", reply)).containsExactly("< 150 go", BROKEN);
  }

  @Test
  void inPlaintextDataMayGoAnotherWay() {
    play = Playbook.plain();
    play.client("STOR a");
    assertThat(play.server("150 go", "226 done")).containsExactly("< 150 go", "< 226 done");
  }

  @Test
  void theServersOwnFailureIsToldAtOnce() {
    play.client("STOR a");
    play.dataStarts();
    assertThat(play.server("150 go", "552 disk full"))
        .containsExactly("< 150 go", "< 552 disk full");
    assertThat(play.dataBreaks()).containsExactly("> ABOR", "AbortSent");
  }

  @Test
  void anUploadWhoseDataBrokeBeforeTheServerHeardOfItNeverReachesIt() {
    play.client("PASV");
    play.server(PORT_2000);
    play.dataStarts();
    play.dataBreaks();
    assertThat(play.client("STOR a")).containsExactly(BROKEN);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"MODE B", "MODE c", "STRU R", "stru r"})
  void aFileMayEndAmongItsData(String command) {
    play.client(command);
    play.server("200 ok");
    play.client("STOR a");
    play.dataStarts();
    assertThat(play.server("150 go", "250 done")).containsExactly("< 150 go", "< 250 done");
  }

  /** Only what the server has agreed to counts, and only what marks a file's end. */
  @ParameterizedTest(name = "{0} answered {1}")
  @CsvSource({
    "MODE B, 504 no",
    "MODE C, 502 no",
    "MODE Z, 200 ok",
    "MODE X, 200 ok",
    "STRU R, 504 no",
    "STRU F, 200 ok",
    "STRU P, 200 ok"
  })
  void inAnyOtherModeTheEndOfTheDataIsTheEndOfTheFile(String command, String answer) {
    play.client(command);
    play.server(answer);
    play.client("STOR a");
    play.dataStarts();
    assertThat(play.server("150 go", "226 done")).containsExactly("< 150 go");
    assertThat(play.dataBreaks()).contains(BROKEN);
  }

  @Test
  void anotherLoginBeginsInStreamMode() {
    play.client("MODE B");
    play.server("200 ok");
    play.client("STRU R");
    play.server("200 ok");
    play.client("REIN");
    play.server("220 ok");
    play.client("STOR a");
    play.dataStarts();
    assertThat(play.server("150 go", "226 done")).containsExactly("< 150 go");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"EPSV ALL", "TYPE I", "CWD b", "HELP"})
  void aCommandBehindAnUploadCannotBeAnsweredBeforeIt(String later) {
    play.burst("STOR a", later);
    assertThat(play.server("200 ok")).containsExactly(BROKEN);
    assertThat(play.server("200 ok")).containsExactly("< 200 ok");
  }

  @Test
  void aLateReplyToWhatTheClientTookForAnsweredIsNoWordOnItsUpload() {
    play.client("SITE X");
    play.server("150 go");
    play.client("STOR a");
    play.dataStarts();
    assertThat(play.server("257 late")).isEmpty();
    assertThat(play.dataBreaks()).containsExactly("> ABOR", "AbortSent");
    assertThat(play.server("226 done")).containsExactly("AbortAnswered", BROKEN);
  }

  @Test
  void aReplyInThePlaceOfAnUploadsAnswerIsNoSuccess() {
    play.burst("QUIT", "STOR a", "STOR b", "HELP");
    assertThat(play.server("125 to QUIT, but clients wait on")).hasSize(1);
    assertThat(play.server("552 no")).containsExactly("< 552 no"); // read as that to QUIT
    assertThat(play.server("552 no")).containsExactly("< 552 no");
    assertThat(play.server("214 x")).containsExactly(BROKEN); // read as that to STOR b
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"550-x|226 done|550 no", "550-x|257 done|550 no", "550-x|226|550 no"})
  void linesInsideAnAnswerThatLookLikeSuccessAreNotThoseOfAnUpload(String reply) {
    play.client("STOR a");
    play.dataStarts();
    String[] lines = reply.split("[|]", -1);
    assertThat(play.server(lines)).containsExactly("< 550-x", "<  " + lines[1], "< 550 no");
  }

  @Test
  void linesInsideAPreliminaryReplyThatLookLikeSuccessAreNotThoseOfAnUpload() {
    play.client("STOR a");
    play.dataStarts();
    assertThat(play.server("150-x", "226 done", "150 go"))
        .containsExactly("< 150-x", "<  226 done", "< 150 go");
  }

  /** A server that says that it has the file, and then that it has not. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"552 disk full", "426 cut", "550 no"})
  void ofTwoAnswersToAnUploadTheBadOneCounts(String bad) {
    play.client("PASV");
    play.server(PORT_2000);
    play.client("STOR a");
    play.dataArrive();
    play.server("150 go", "226-complete", bad);

    assertThat(play.nothingMore()).containsExactly("settled 1", "< " + bad);
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void aPreliminaryReplyToAnUploadEndsBeforeTheBadOne() {
    play.client("STOR a");
    play.dataStarts();
    play.server("150-Opening", "451 disk full");

    assertThat(play.nothingMore()).containsExactly("< 150 disk full", "< 451 disk full");
    assertThat(play.dialogue.idle()).isTrue();
  }

  /** The client resets a data connection of which it had sent the end. */
  @Test
  void anAnswerThatIsHeldBackIsDecidedWhateverBecomesOfTheData() {
    play.client("STOR a");
    play.dataStarts();
    assertThat(play.server("150 go", "226 done")).containsExactly("< 150 go");
    play.dataSent();

    assertThat(play.dataBreaks()).containsExactly(BROKEN);
  }

  @Test
  void repliesBehindAnAnswerThatIsHeldBackAreNobodys() {
    play.client("STOR a");
    play.dataStarts();
    assertThat(play.server("226 done", "200 x")).isEmpty();
    assertThat(play.dataBreaks()).containsExactly(BROKEN, "> ABOR", "AbortSent");
  }
}
