package culvert.proxy.ftp.core;

import static culvert.proxy.ftp.core.Playbook.BROKEN;
import static culvert.proxy.ftp.core.Playbook.PORT_2000;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Aborts of the client's and of our own, and which replies are theirs. */
class AbortDialogueTest {
  private Playbook play = Playbook.tunnelled();

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"ABOR", "abor", "ABOR "})
  void anAbortIsSentInItsPlainSpelling(String spelling) {
    play.client("RETR a");
    assertThat(play.client(spelling)).containsExactly("> ABOR", "AbortSent");
  }

  @Test
  void anAbortWithoutATransferHasOneReply() {
    assertThat(play.client("ABOR", "PASV")).containsExactly("> ABOR", "await 1", "> PASV");
    assertThat(play.server("225 none", PORT_2000))
        .containsExactly("< 225 none", "AbortAnswered", "PASV 2000");
  }

  @ParameterizedTest(name = "{0} and 226")
  @ValueSource(strings = {"426", "226"})
  void anAbortedTransferHasTwoReplies(String first) {
    play.client("RETR a", "ABOR", "PASV");
    assertThat(play.server("150 go", first + " a", "226 b", PORT_2000))
        .containsExactly(
            "< 150 go",
            "< " + first + " a",
            "AbortAnswered",
            "< 226 b",
            "AbortAnswered",
            "PASV 2000");
  }

  @Test
  void anAbortedTransferThatHasOneReplyDoesNotSpoilTheNextPasv() {
    play.client("RETR a", "ABOR");
    play.server("150 go", "226 aborted");

    play.client("TYPE I", "PASV");
    assertThat(play.server("200 ok", PORT_2000)).contains("PASV 2000");
  }

  @Test
  void aBrokenUploadIsAbortedAndItsFinalReplyIsA426WhateverTheServerSays() {
    play.client("STOR a");
    play.dataStarts();
    play.server("150 go");

    assertThat(play.dataBreaks()).containsExactly("> ABOR", "AbortSent");
    assertThat(play.server("226-fine", "226 complete")).containsExactly("AbortAnswered", BROKEN);
    assertThat(play.server("226 abort ok")).containsExactly("AbortAnswered");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void theServersOwn426IsRelayedAsItIs() {
    play.client("STOR a");
    play.dataStarts();
    play.dataBreaks();

    assertThat(play.server("426 Failure reading network stream."))
        .containsExactly("AbortAnswered", "< 426 Failure reading network stream.");
  }

  /** Left to the client, it would be taken for the answer to its next command. */
  @Test
  void pureFtpdsSecondReplyToOurAbortIsNotTheClients() {
    play.client("STOR a");
    play.dataStarts();
    play.dataBreaks();

    assertThat(play.server("426 Transfer aborted")).contains("< 426 Transfer aborted");
    play.client("QUIT");
    assertThat(play.server("451-Transfer aborted", "451 0.3 seconds"))
        .containsExactly("AbortAnswered");
    assertThat(play.server("221 bye")).containsExactly("< 221 bye");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void ourOwnAbortWithoutAnAnswerDoesNotEatTheNextReply() {
    play.client("STOR a");
    play.dataStarts();
    play.dataBreaks();
    play.server("426 broken");

    play.client("PWD");
    assertThat(play.server("257 /")).containsExactly("< 257 /");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void theClientsAbortJoinsOursThatIsUnderWay() {
    play.client("STOR a");
    play.dataStarts();
    play.dataBreaks();

    assertThat(play.client("ABOR")).isEmpty();
    assertThat(play.server("426 broken", "226 abort ok"))
        .containsExactly("AbortAnswered", "< 426 broken", "< 226 abort ok", "AbortAnswered");
  }

  @Test
  void ourAbortIsNotSentBesideTheClients() {
    play.client("STOR a", "ABOR");
    play.dataStarts();

    assertThat(play.dataBreaks()).isEmpty();
    assertThat(play.server("226 ok")).containsExactly("AbortAnswered", BROKEN);
    assertThat(play.server("226 ok")).containsExactly("< 226 ok", "AbortAnswered");
  }

  @Test
  void withoutAnUploadThereIsNothingToAbort() {
    play.client("RETR a");
    play.dataStarts();
    assertThat(play.dataBreaks()).isEmpty();
  }

  @Test
  void aClientThatLeavesItsUploadHasItAborted() {
    play.client("STOR a");
    play.dataStarts();
    play.server("150 go");
    assertThat(play.on(new ControlEvent.ClientGone())).containsExactly("> ABOR", "AbortSent");
  }

  @Test
  void aClientThatLeavesBehindItsWholeUploadHasNothingAborted() {
    play.client("STOR a");
    play.dataArrive();
    assertThat(play.on(new ControlEvent.ClientGone())).isEmpty();
  }

  @Test
  void noNumberOfNoopsKeepsAnAbortBack() {
    play.client("RETR a");
    play.server("150 go");
    for (int i = 0; i < 300; i++) {
      assertThat(play.client("NOOP")).containsExactly("> NOOP");
      assertThat(play.dialogue.full()).isFalse();
    }
    assertThat(play.client("ABOR")).containsExactly("> ABOR", "AbortSent");
    assertThat(play.server("426 cut", "226 ok")).contains("< 426 cut", "< 226 ok");
  }

  @Test
  void theClientsAbortBehindOtherCommandsOfItsOwnHasItsOwnReply() {
    play.burst("STOR a");
    play.dataStarts();
    play.dataBreaks();
    assertThat(play.burst("PWD", "ABOR")).containsExactly("> PWD", "> ABOR", "AbortSent");
    assertThat(play.server("426 cut", "226 ours", "257 /", "225 none"))
        .containsExactly(
            "AbortAnswered",
            "< 426 cut",
            "AbortAnswered",
            "< 257 /",
            "< 225 none",
            "AbortAnswered");
  }

  @Test
  void dataOfAnEarlierTransferThatBreakLateAbortNoLaterUpload() {
    play.client("PASV");
    play.server(PORT_2000);
    play.client("STOR a");
    play.dataStarts();
    play.server("550 no");
    play.client("PASV");
    play.server(PORT_2000);
    play.client("STOR b");
    assertThat(play.on(new ControlEvent.DataBroken(1))).isEmpty();
  }

  @Test
  void theRefusalOfTheNextCommandIsNotThatOfAnAbortThatWasAnsweredTogetherWithItsTransfer() {
    play.client("STOR a");
    play.dataStarts();
    play.dataBreaks();
    assertThat(play.server("150 go", "226 aborted"))
        .containsExactly("< 150 go", "AbortAnswered", BROKEN);
    play.client("EPSV");
    assertThat(play.server("502 no")).containsExactly("< 502 no");
  }

  @Test
  void anAbortThatTheServerDoesNotKnowIsNotTheClients() {
    play.client("STOR a");
    play.dataStarts();
    play.dataBreaks();
    play.server("150 go", "226 done");
    assertThat(play.server("502 ABOR?")).containsExactly("AbortAnswered");
    play.client("EPSV");
    assertThat(play.server("502 no")).containsExactly("< 502 no");
  }

  @Test
  void ourOwnAnswerDoesNotWaitForAnAbortThatHadOneReplyTogetherWithItsTransfer() {
    play.client("RETR a", "ABOR");
    play.server("150 go", "226 aborted");
    assertThat(play.client("LPRT 1"))
        .containsExactly("< 502 culvert: not supported, use EPRT or PORT for active mode.");
  }

  @Test
  void anAbortWhoseReplyEndsWithAnotherCodeIsAnswered() {
    play.client("ABOR");
    play.server("225-x", "200 ok");
    play.client("STOR a");
    assertThat(play.server("200 ok")).containsExactly(BROKEN);
  }

  @Test
  void aReplyThatMayBeThatToAnEarlierAbortIsNoWordOnAnUpload() {
    play.client("STOR a", "ABOR");
    assertThat(play.server("200 x")).containsExactly("AbortAnswered", BROKEN);
    play.client("STOR b");
    assertThat(play.server("226 aborted")).contains(BROKEN);
  }

  @Test
  void theClientsAbortHasAnAnswerWhereOursHadItsTogetherWithTheTransfer() {
    play.client("STOR a");
    play.dataStarts();
    play.dataBreaks();
    play.server("150 go", "226 aborted");
    assertThat(play.client("ABOR")).containsExactly("> ABOR");
    assertThat(play.server("225 none")).containsExactly("< 225 none", "AbortAnswered");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"200 ok", "450 x", "451 no", "202 x"})
  void aStrangeReplyToAnAbortIsItsAnswer(String reply) {
    play.client("ABOR");
    assertThat(play.server(reply)).contains("< " + reply);
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void theAnswerToAnEarlierCommandIsNotThatToAnAbortBehindIt() {
    play.client("PWD", "ABOR");
    play.server("257 /");
    play.client("PWD", "STOR a");
    assertThat(play.server("225 none", "257 /")).contains("< 225 none", "< 257 /");
    assertThat(play.server("226 done")).containsExactly(BROKEN);
  }

  /** Some clients still wait for one to the ABOR, and read what comes next as that. */
  @Test
  void oneAnswerToTheUploadAndItsAbortLeavesInDoubtWhatTheNextOnesAnswer() {
    play.client("STOR a", "ABOR");
    assertThat(play.server("200 ok")).containsExactly("AbortAnswered", BROKEN);
    play.client("STOR b", "PASV");

    assertThat(play.server("229 (|||31000|)"))
        .contains("< " + OwnReply.TRANSFER_UNANSWERED)
        .noneMatch(line -> line.startsWith("< 2"));
  }

  @Test
  void aClientWithOneAnswerToItsUploadAndTheAbortGoesOn() {
    play.client("PASV");
    play.server(PORT_2000);
    play.client("STOR a");
    play.dataStarts();
    play.server("150 go");
    play.client("ABOR");
    play.server("226 aborted");
    assertThat(play.dataBreaks()).contains(BROKEN);

    play.client("EPSV");
    assertThat(play.server("502 no")).containsExactly("< 502 no");
    play.client("PASV");
    assertThat(play.server(PORT_2000)).containsExactly("PASV 2000");
    assertThat(play.client("TYPE I")).containsExactly("> TYPE I");
    assertThat(play.server("200 ok")).containsExactly("< 200 ok");
  }

  @Test
  void aSecondAnswerOfManyLinesIsToldAsAWhole() {
    play.client("STOR a", "ABOR");
    play.server("200 ok");
    assertThat(play.server("226-x")).isEmpty();
    assertThat(play.server("226 y")).contains("< 226-x", "< 226 y");

    play.client("STOR a", "ABOR");
    play.server("200 ok", "200-x", "227 ok");
    play.on(new ControlEvent.Sent(new Command("STOR b".getBytes(ISO_8859_1)), false));
    assertThat(play.nothingMore()).noneMatch(line -> line.startsWith("< 2"));
  }
}
