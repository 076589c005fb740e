package culvert.proxy.ftp.core;

import static culvert.proxy.ftp.core.Playbook.BROKEN;
import static culvert.proxy.ftp.core.Playbook.PORT_2000;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Commands beside an upload have their answers, and these are no word on it. Whoever reads in order
 * would take any but those to NOOP and STAT for that, and so they come behind it.
 */
class SomethingElseBesideUploadTest {
  private Playbook play = Playbook.tunnelled();

  @ParameterizedTest(name = "{0} answered {1}")
  @CsvSource({
    "PWD, 500 what",
    "XYZ, 500 what",
    "CWD a, 530 log in",
    "XYZ, 504 no",
    "PWD, 257 /",
    "SYST, 215 UNIX",
    "HELP, 214 x",
    "SITE X, 200 ok",
    "TYPE I, 200 ok",
    "REST 0, 350 ok"
  })
  void isAnsweredAndDoesNotEndIt(String command, String reply) {
    uploads(command);
    assertThat(play.server(reply)).isEmpty();
    assertThat(play.dialogue.uploadOpen()).isTrue();
    assertThat(play.dataBreaks()).contains("> ABOR");
    assertThat(play.server("226 done"))
        .containsSubsequence(BROKEN, "< " + reply)
        .filteredOn(line -> line.startsWith("< "))
        .hasSize(2);
  }

  @ParameterizedTest(name = "{0} answered {1}")
  @CsvSource({"NOOP, 500 what", "NOOP, 200 ok", "STAT, 211 x", "STAT, 502 no"})
  void aSignOfLifeIsAnsweredAtOnceAndDoesNotEndIt(String command, String reply) {
    uploads(command);
    assertThat(play.server(reply)).containsExactly("< " + reply);
    assertThat(play.dataBreaks()).contains("> ABOR");
    assertThat(play.server("226 done")).noneMatch(line -> line.startsWith("< 2"));
  }

  @Test
  void isAnsweredBehindAnUploadThatSucceeds() {
    uploads("PWD");
    play.server("257 /");
    play.dataSent();
    assertThat(play.server("226 done")).containsExactly("settled 1", "< 226 done", "< 257 /");
    play.dataEnds();
    play.client("TYPE I");
    assertThat(play.server("200 ok")).containsExactly("< 200 ok");
    assertThat(play.dialogue.idle()).isTrue();
  }

  /** A client that pipelines would take a 200 here for the success of its upload. */
  @Test
  void isAnsweredBehindAnUploadThatFails() {
    uploads("TYPE I");
    assertThat(play.server("200 ok")).isEmpty();
    assertThat(play.server("552 disk full"))
        .containsExactly("settled 1", "< 552 disk full", "< 200 ok");
  }

  @Test
  void isAnsweredBehindAnUploadThatTheServerCallsDoneTooEarly() {
    uploads("PWD");
    assertThat(play.server("257 /", "226 done")).doesNotContain("< 257 /", "< 226 done");
    play.dataSent();
    assertThat(play.dataEnds()).containsExactly("< 226 done", "< 257 /");
  }

  @Test
  void isAnsweredBehindAnUploadThatTheServerPassesOver() {
    uploads("PWD");
    play.server("257 /");
    play.client("PASV");
    assertThat(play.server(PORT_2000))
        .containsSubsequence("< " + OwnReply.TRANSFER_UNANSWERED, "< 257 /")
        .contains("PASV 2000");
  }

  @Test
  void isAnsweredBehindAnUploadThatIsAborted() {
    uploads("PWD");
    play.server("257 /");
    play.client("ABOR");
    assertThat(play.server("426 cut")).containsSubsequence("< 426 cut", "< 257 /");
    assertThat(play.server("226 aborted")).contains("< 226 aborted");
  }

  @Test
  void inPlaintextItIsAnsweredAtOnce() {
    play = Playbook.plain();
    uploads("PWD");
    assertThat(play.server("257 /")).containsExactly("< 257 /");
  }

  /** In the order of the answers, each whole. */
  @Test
  void whatComesBehindItWaitsAsWell() {
    uploads("PWD");
    play.client("NOOP");
    assertThat(play.server("257-x", " y", "257 /", "200 alive")).isEmpty();
    assertThat(play.server("150 still")).containsExactly("< 150 still");
    play.dataSent();
    assertThat(play.server("226 done"))
        .containsExactly("settled 1", "< 226 done", "< 257-x", "<  y", "< 257 /", "< 200 alive");
  }

  @Test
  void whoReadsInOrderIsToldOfEachUploadWhatBecameOfIt() {
    uploads("PWD");
    play.burst("PASV", "STOR b", "TYPE I");
    assertThat(play.server("257 /")).isEmpty();
    play.dataSent();
    assertThat(play.server("226 done")).containsExactly("settled 1", "< 226 done", "< 257 /");
    play.server(PORT_2000);
    play.on(new ControlEvent.DataStarted(2));
    play.server("150 go");
    assertThat(play.client("PWD")).containsExactly("> PWD");
    assertThat(play.server("452 no")).contains("< 452 no");
    assertThat(play.server("200 ok", "257 /")).containsExactly("< 200 ok", "< 257 /");
  }

  /** What waits is bounded, and the client waits with it. */
  @Test
  void howeverManyAreAnsweredNothingGrows() {
    uploads("PWD");
    int sent = 1;
    while (!play.dialogue.full()) {
      assertThat(play.server("257 /")).isEmpty();
      play.client("PWD");
      assertThat(++sent).isLessThan(10_000);
    }
    play.dataSent();
    assertThat(play.server("226 done")).contains("< 226 done").hasSize(sent + 1);
    assertThat(play.dialogue.full()).isFalse();
  }

  private void uploads(String besides) {
    play.client("PASV");
    play.server(PORT_2000);
    play.client("STOR a");
    play.dataStarts();
    play.server("150 go");
    play.client(besides);
  }
}
