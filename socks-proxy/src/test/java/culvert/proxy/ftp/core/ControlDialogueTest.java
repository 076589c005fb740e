package culvert.proxy.ftp.core;

import static culvert.proxy.ftp.core.Playbook.BROKEN;
import static culvert.proxy.ftp.core.Playbook.PORT_2000;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands and replies, each in its place. */
class ControlDialogueTest {
  private Playbook play = Playbook.tunnelled();

  @Test
  void commandsAndRepliesPassThroughByteForByte() {
    assertThat(play.client("CWD  \u00e9 ")).containsExactly("> CWD  \u00e9 ");
    assertThat(play.server("250-a", " b", "250 c")).containsExactly("< 250-a", "<  b", "< 250 c");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"PASV\t", "STOR\tf", "PORT\t127,0,0,1,4,1", "CWD a\rPASV"})
  void aMalformedCommandIsAnsweredInItsPlaceAndReachesNoServer(String line) {
    assertThat(play.client("CWD a", line, "NOOP")).containsExactly("> CWD a", "> NOOP");
    assertThat(play.server("250 ok"))
        .containsExactly(
            "< 250 ok", "< 500 culvert: not understood, a command is VERB or VERB ARGUMENT.");
    assertThat(play.server("200 ok")).containsExactly("< 200 ok");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void aTransferTakesAPreliminaryAndAFinalReply() {
    play.burst("RETR a", "PASV");
    assertThat(play.server("150 here it comes")).containsExactly("< 150 here it comes");
    assertThat(play.server("226 done", PORT_2000)).containsExactly("< 226 done", "PASV 2000");
  }

  @Test
  void theGreetingIsNoCommandsReply() {
    play = Playbook.of(true, false, true);
    play.client("PASV");
    assertThat(play.server("120 wait", "220-hi", PORT_2000, "220 hi", PORT_2000))
        .containsExactly("< 120 wait", "< 220-hi", "< 220 hi", "PASV 2000");
  }

  @Test
  void ourOwnAnswerWaitsForTheRepliesBeforeIt() {
    assertThat(play.burst("PWD", "LPRT 1", "NOOP")).containsExactly("> PWD", "> NOOP");
    assertThat(play.server("257 /"))
        .containsExactly(
            "< 257 /", "< 502 culvert: not supported, use EPRT or PORT for active mode.");
    assertThat(play.server("200 ok")).containsExactly("< 200 ok");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"AUTH TLS", "AUTH SSL", "PBSZ 0", "PROT P", "ADAT x"})
  void tlsIsRefusedSoThatClientsGoOnInClear(String command) {
    assertThat(play.client(command))
        .containsExactly("< 502 culvert: TLS is not supported here, go on in clear.");
  }

  @Test
  void whereTlsIsAllowedTheSessionIsUnderstoodNoLonger() {
    play = Playbook.of(true, true, false);

    assertThat(play.client("AUTH TLS")).containsExactly("> AUTH TLS");
    assertThat(play.server("234 go")).containsExactly("Opaque", "< 234 go");
  }

  @Test
  void tlsThatTheServerRefusesChangesNothing() {
    play = Playbook.of(true, true, false);
    play.client("AUTH TLS");

    assertThat(play.server("530 no")).containsExactly("< 530 no");
  }

  @Test
  void a421IsAFinalReply() {
    play.client("STOR a");
    assertThat(play.server("421 timeout")).containsExactly("< 421 timeout");
    assertThat(play.dialogue.idle()).isTrue();
    assertThat(play.dialogue.uploadOpen()).isFalse();
  }

  /** Told at once, it would be read as the answer to the next command. */
  @Test
  void a421ThatNobodyAskedForIsTheServersFarewell() {
    assertThat(play.server("421 idle for too long")).isEmpty();
    assertThat(play.on(new ControlEvent.ServerEnded())).containsExactly("< 421 idle for too long");
  }

  @Test
  void a421AfterWhichTheServerGoesOnWasNone() {
    play.server("421 busy");
    play.client("NOOP");
    assertThat(play.server("200 ok")).containsExactly("< 200 ok");
    assertThat(play.on(new ControlEvent.ServerEnded())).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "200 ok",
        "202 ok",
        "211 state",
        "213 state",
        "215 x",
        "257 /",
        "350 go on",
        "500 NOOP?",
        "501 what",
        "502 not now",
        "503 busy",
        "504 no",
        "530 log in"
      })
  void aCommandThatIsAnsweredDuringATransferLeavesTheTransferPending(String reply) {
    for (String command : List.of("NOOP", "XYZ", "PWD", "SITE x", "REST 0", "MODE S", "TYPE I")) {
      play = Playbook.tunnelled();
      play.client("STOR a");
      play.dataStarts();
      play.server("150 go");
      play.client(command);

      List<String> told = new ArrayList<>(play.server(reply));
      assertThat(play.dialogue.uploadOpen()).isTrue();
      assertThat(play.dataBreaks()).containsExactly("> ABOR", "AbortSent");
      told.addAll(play.server("226 complete"));
      if (command.equals("NOOP")) {
        assertThat(told).containsExactly("< " + reply, "AbortAnswered", BROKEN);
      } else {
        assertThat(told).as(command).containsExactly("AbortAnswered", BROKEN, "< " + reply);
      }
    }
  }

  @Test
  void aReplyOfManyLinesDuringATransferBelongsToOneCommand() {
    play.client("STOR a", "STAT", "NOOP");

    assertThat(play.server("211-x", "226 not yet", "211 y", "200 ok"))
        .containsExactly("< 211-x", "<  226 not yet", "< 211 y", "< 200 ok");
    assertThat(play.dialogue.uploadOpen()).isTrue();
    play.dataArrive();
    assertThat(play.server("226 complete")).containsExactly("< 226 complete");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void ourOwnAnswerKeepsItsPlaceBehindATransfer() {
    play.burst("STOR a", "LPRT 1", "NOOP");
    play.dataArrive();

    assertThat(play.server("226 complete"))
        .containsExactly(
            "< 226 complete", "< 502 culvert: not supported, use EPRT or PORT for active mode.");
    assertThat(play.server("200 ok")).containsExactly("< 200 ok");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void aTransferThatNothingFollowsIsEndedByWhateverTheServerSays() {
    play.client("STOR a");
    play.dataArrive();

    assertThat(play.server("200 strange")).containsExactly("< 200 strange");
    assertThat(play.dialogue.uploadOpen()).isFalse();
    play.client("RETR a");
    assertThat(play.server("150 x", "200 strange")).containsExactly("< 150 x", "< 200 strange");
  }

  @Test
  void aClientThatPipelinesWithoutEndHasToWait() {
    for (int i = 0; i < 256; i++) {
      assertThat(play.dialogue.full()).isFalse();
      play.burst("NOOP");
    }
    assertThat(play.dialogue.full()).isTrue();
    play.server("200 ok");
    assertThat(play.dialogue.full()).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"150 ok", "125 ok", "700 what", "099 hm", "421 busy", "999 x"})
  void aStrangeReplyIsTheAnswer(String reply) {
    play.client("SITE X");
    assertThat(play.server(reply)).containsExactly("< " + reply);
    play.client("PASV");
    assertThat(play.server(PORT_2000)).containsExactly("PASV 2000");
    play.client("RETR a");
    assertThat(play.server("150 a", "226 b")).containsExactly("< 150 a", "settled 1", "< 226 b");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void aPreliminaryReplyMayHaveAFinalOneBehindIt() {
    play.client("SITE EXEC");
    assertThat(play.server("150 starting", "200 done", "200 again"))
        .containsExactly("< 150 starting", "< 200 done");
  }

  @Test
  void repliesThatNobodyAskedForReachNobody() {
    play.client("NOOP");
    assertThat(play.server("200 ok", "200 ok", "226 x", "150 y")).containsExactly("< 200 ok");
    play.client("PWD");
    assertThat(play.server("257 /")).containsExactly("< 257 /");
  }

  @Test
  void aServerThatNobodyCanFollowIsLeft() {
    for (int i = 0; i < 64; i++) {
      assertThat(play.server("200 ok")).isEmpty();
    }
    assertThat(play.server("200 ok")).containsExactly("end: FTP server out of step");
  }

  @Test
  void aNoopWithoutAnAnswerSpoilsNothing() {
    play.client("RETR a");
    play.server("150 go");
    play.client("NOOP");
    play.server("226 done");
    play.client("TYPE I");
    assertThat(play.server("200 ok")).containsExactly("< 200 ok");
    play.client("PASV");
    assertThat(play.server(PORT_2000)).containsExactly("PASV 2000");
    play.client("STOR b");
    play.dataStarts();
    assertThat(play.dialogue.uploadOpen()).isTrue();
    play.server("150 go");
    assertThat(play.dataBreaks()).containsExactly("> ABOR", "AbortSent");
    assertThat(play.server("226 done")).containsExactly("settled 1", "AbortAnswered", BROKEN);
  }

  @Test
  void manyNoopsThatAreAnsweredLateAreAllAnswered() {
    play.client("RETR a");
    play.server("150 go");
    for (int i = 0; i < 20; i++) {
      play.client("NOOP");
    }
    for (int i = 0; i < 20; i++) {
      assertThat(play.server("200 ok")).containsExactly("< 200 ok");
    }
    assertThat(play.server("226 done")).containsExactly("< 226 done");
  }

  @Test
  void whatIsPassedOverIsAnsweredByUsSoThatEveryReplyStandsWhereTheClientLooksForIt() {
    play.burst("STOR a", "CWD b", "PASV", "NOOP");
    assertThat(play.server(PORT_2000))
        .containsExactly(
            "< 426 culvert: the FTP server went on without an answer to this transfer.",
            "< 450 culvert: the FTP server went on without an answer to this command.",
            "PASV 2000");
    assertThat(play.server("200 noop")).containsExactly("< 200 noop");
  }

  @Test
  void noopsThatAreSentWithManyOtherCommandsHaveTheirReplies() {
    play.burst("STOR a", "NOOP", "NOOP", "NOOP", "PWD", "PWD", "PWD", "PWD", "PWD", "NOOP", "TYPE");
    play.dataArrive();
    play.server("150 go", "226 done", "200 1", "200 2", "200 3");
    assertThat(play.server("257 1", "257 2", "257 3", "257 4", "257 5", "200 4")).hasSize(6);
    assertThat(play.dialogue.idle()).isFalse();
    assertThat(play.server("200 type")).containsExactly("< 200 type");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void aNoopBehindATransferThatHasNotBegunIsPipelined() {
    play.client("STOR a", "NOOP");
    play.server("550 no");
    play.client("PASV");
    assertThat(play.server("200 noop", PORT_2000)).containsExactly("< 200 noop", "PASV 2000");
  }
}
