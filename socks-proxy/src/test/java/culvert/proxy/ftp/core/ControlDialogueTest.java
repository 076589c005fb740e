package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlDialogueTest {
  private static final String PORT_2000 = "227 ok (1,2,3,4,7,208)";
  private static final String WITHHELD_227 = "< 227 culvert: text withheld: no PASV asked for it.";
  private static final String BROKEN = "< 426 culvert: upload broken off by the client.";

  private Playbook play = Playbook.tunnelled();

  private List<String> client(String... lines) {
    return play.client(lines);
  }

  private List<String> server(String... lines) {
    return play.server(lines);
  }

  @Test
  void commandsAndRepliesPassThroughByteForByte() {
    assertThat(client("CWD  \u00e9 ")).containsExactly("> CWD  \u00e9 ");
    assertThat(server("250-a", " b", "250 c")).containsExactly("< 250-a", "<  b", "< 250 c");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"PASV\t", "STOR\tf", "PORT\t127,0,0,1,4,1", "CWD a\rPASV"})
  void aMalformedCommandIsAnsweredInItsPlaceAndReachesNoServer(String line) {
    assertThat(client("CWD a", line, "NOOP")).containsExactly("> CWD a", "> NOOP");
    assertThat(server("250 ok"))
        .containsExactly(
            "< 250 ok", "< 500 culvert: not understood, a command is VERB or VERB ARGUMENT.");
    assertThat(server("200 ok")).containsExactly("< 200 ok");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void theFinalLineOfPasvsReplyAnnouncesADataConnection() {
    assertThat(client("PASV")).containsExactly("await 1", "> PASV");
    assertThat(server(PORT_2000)).containsExactly("PASV 2000");
  }

  @Test
  void theFinalLineOfEpsvsReplyAnnouncesADataConnection() {
    client("EPSV 2");
    assertThat(server("229 ok (|||2000|)")).containsExactly("EPSV 2000");
  }

  @Test
  void a229InAnswerToPasvAnnouncesToo() {
    client("PASV");
    assertThat(server("229 ok (|||2000|)")).containsExactly("PASV 2000");
  }

  @Test
  void linesBeforeTheFinalOneOpenNothing() {
    client("PASV");
    assertThat(server("227-1,2,3,4,9,9", "227 1,2,3,4,8,8 no", PORT_2000))
        .containsExactly("PASV 2056");
  }

  @Test
  void a227ThatNobodyAskedForReachesNobody() {
    assertThat(server(PORT_2000)).isEmpty();

    client("NOOP");
    assertThat(server(PORT_2000)).containsExactly(WITHHELD_227);
  }

  @Test
  void inPlaintextA227ThatNobodyAskedForIsText() {
    play = Playbook.plain();
    assertThat(server(PORT_2000)).containsExactly("< " + PORT_2000);

    client("NOOP");
    assertThat(server(PORT_2000)).containsExactly("< " + PORT_2000);
  }

  @Test
  void a227InsideAnotherReplyReachesNobody() {
    play.burst("STAT", "PASV");
    assertThat(server("211-x", PORT_2000, "211 y")).containsExactly("< 211-x", "< 211 y");
    assertThat(server(PORT_2000)).containsExactly("PASV 2000");
  }

  @Test
  void a227AnswersTheFirstPassiveCommandWhereverItStands() {
    play.burst("NOOP", "TYPE I", "PASV", "LIST");
    String unanswered = "< 450 culvert: the FTP server went on without an answer to this command.";
    assertThat(server(PORT_2000)).containsExactly(unanswered, unanswered, "PASV 2000");
    assertThat(server("150 a", "226 b")).containsExactly("< 150 a", "settled 1", "< 226 b");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"200 1,2,3,4,5", "200 aaa b", "200 ok...", "200 Zzz 5", "200 111"})
  void otherWordsAreNot(String reply) {
    play.burst("NOOP", "PASV");
    assertThat(server(reply)).containsExactly("< " + reply);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"(1,2,3,4,0,0)", "(1,2,3,4,0,21)", "(1,2,3,4,3,255)"})
  void aPortThatIsNoneIsRefused(String numbers) {
    client("PASV");
    assertThat(server("227 ok " + numbers).get(0))
        .startsWith("< 425 culvert: the FTP server announced port");
  }

  @Test
  void whatCannotBeReadIsRefused() {
    client("PASV");
    assertThat(server("227 passive"))
        .containsExactly(
            "< 425 culvert: the FTP server's answer to PASV cannot be read (code 227)");
    client("EPSV");
    assertThat(server("229 x (|1|2)"))
        .containsExactly(
            "< 425 culvert: the FTP server's answer to EPSV cannot be read (code 229)");
  }

  @Test
  void inPlaintextWhatCannotBeReadIsRelayedUnchanged() {
    play = Playbook.plain();
    play.burst("PASV", "EPSV");
    assertThat(server("227 passive", "229 x (|1|2)"))
        .containsExactly("< 227 passive", "< 229 x (|1|2)");
  }

  @Test
  void aRefusedPasvIsRelayed() {
    client("PASV");
    assertThat(server("425 no")).containsExactly("< 425 no");
  }

  @Test
  void epsvAllIsRelayedAndItsReplyOpensNothing() {
    assertThat(client("EPSV ALL")).containsExactly("> EPSV ALL");
    assertThat(server("229 (|||2000|)"))
        .containsExactly("< 229 culvert: text withheld: no PASV asked for it.");
  }

  @Test
  void aTransferTakesAPreliminaryAndAFinalReply() {
    play.burst("RETR a", "PASV");
    assertThat(server("150 here it comes")).containsExactly("< 150 here it comes");
    assertThat(server("226 done", PORT_2000)).containsExactly("< 226 done", "PASV 2000");
  }

  @Test
  void pipelinedPasvAndListArePaired() {
    assertThat(play.burst("PASV", "LIST", "PASV", "LIST"))
        .containsExactly("await 1", "> PASV", "> LIST", "await 2", "> PASV", "> LIST");
    assertThat(server(PORT_2000, "150 a", "226 b", "227 1,2,3,4,7,209", "150 a", "226 b"))
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

  @Test
  void theGreetingIsNoCommandsReply() {
    play = Playbook.of(true, false, true);
    client("PASV");
    assertThat(server("120 wait", "220-hi", PORT_2000, "220 hi", PORT_2000))
        .containsExactly("< 120 wait", "< 220-hi", "< 220 hi", "PASV 2000");
  }

  @Test
  void ourOwnAnswerWaitsForTheRepliesBeforeIt() {
    assertThat(play.burst("PWD", "LPRT 1", "NOOP")).containsExactly("> PWD", "> NOOP");
    assertThat(server("257 /"))
        .containsExactly(
            "< 257 /", "< 502 culvert: not supported, use EPRT or PORT for active mode.");
    assertThat(server("200 ok")).containsExactly("< 200 ok");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"AUTH TLS", "AUTH SSL", "PBSZ 0", "PROT P", "ADAT x"})
  void tlsIsRefusedSoThatClientsGoOnInClear(String command) {
    assertThat(client(command))
        .containsExactly("< 502 culvert: TLS is not supported here, go on in clear.");
  }

  @Test
  void whereTlsIsAllowedTheSessionIsUnderstoodNoLonger() {
    play = Playbook.of(true, true, false);

    assertThat(client("AUTH TLS")).containsExactly("> AUTH TLS");
    assertThat(server("234 go")).containsExactly("Opaque", "< 234 go");
  }

  @Test
  void tlsThatTheServerRefusesChangesNothing() {
    play = Playbook.of(true, true, false);
    client("AUTH TLS");

    assertThat(server("530 no")).containsExactly("< 530 no");
  }

  @Test
  void a421IsAFinalReply() {
    client("STOR a");
    assertThat(server("421 timeout")).containsExactly("< 421 timeout");
    assertThat(play.dialogue.idle()).isTrue();
    assertThat(play.dialogue.uploadOpen()).isFalse();
  }

  /** Told at once, it would be read as the answer to the next command. */
  @Test
  void a421ThatNobodyAskedForIsTheServersFarewell() {
    assertThat(server("421 idle for too long")).isEmpty();
    assertThat(play.on(new ControlEvent.ServerEnded())).containsExactly("< 421 idle for too long");
  }

  @Test
  void a421AfterWhichTheServerGoesOnWasNone() {
    server("421 busy");
    client("NOOP");
    assertThat(server("200 ok")).containsExactly("< 200 ok");
    assertThat(play.on(new ControlEvent.ServerEnded())).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"ABOR", "abor", "ABOR "})
  void anAbortIsSentInItsPlainSpelling(String spelling) {
    client("RETR a");
    assertThat(client(spelling)).containsExactly("> ABOR", "AbortSent");
  }

  @Test
  void anAbortWithoutATransferHasOneReply() {
    assertThat(client("ABOR", "PASV")).containsExactly("> ABOR", "await 1", "> PASV");
    assertThat(server("225 none", PORT_2000))
        .containsExactly("< 225 none", "AbortAnswered", "PASV 2000");
  }

  @ParameterizedTest(name = "{0} and 226")
  @ValueSource(strings = {"426", "226"})
  void anAbortedTransferHasTwoReplies(String first) {
    client("RETR a", "ABOR", "PASV");
    assertThat(server("150 go", first + " a", "226 b", PORT_2000))
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
    client("RETR a", "ABOR");
    server("150 go", "226 aborted");

    client("TYPE I", "PASV");
    assertThat(server("200 ok", PORT_2000)).contains("PASV 2000");
  }

  @Test
  void aBrokenUploadIsAbortedAndItsFinalReplyIsA426WhateverTheServerSays() {
    client("STOR a");
    play.dataStarts();
    server("150 go");

    assertThat(play.dataBreaks()).containsExactly("> ABOR", "AbortSent");
    assertThat(server("226-fine", "226 complete")).containsExactly("AbortAnswered", BROKEN);
    assertThat(server("226 abort ok")).containsExactly("AbortAnswered");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"STOR a", "APPE a", "STOU"})
  void everyKindOfUploadCounts(String command) {
    client(command);
    assertThat(play.dialogue.uploadOpen()).isTrue();
    play.dataStarts();
    assertThat(play.dataBreaks()).contains("> ABOR");
  }

  @Test
  void theServersOwn426IsRelayedAsItIs() {
    client("STOR a");
    play.dataStarts();
    play.dataBreaks();

    assertThat(server("426 Failure reading network stream."))
        .containsExactly("AbortAnswered", "< 426 Failure reading network stream.");
  }

  /** Left to the client, it would be taken for the answer to its next command. */
  @Test
  void pureFtpdsSecondReplyToOurAbortIsNotTheClients() {
    client("STOR a");
    play.dataStarts();
    play.dataBreaks();

    assertThat(server("426 Transfer aborted")).contains("< 426 Transfer aborted");
    client("QUIT");
    assertThat(server("451-Transfer aborted", "451 0.3 seconds")).containsExactly("AbortAnswered");
    assertThat(server("221 bye")).containsExactly("< 221 bye");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void ourOwnAbortWithoutAnAnswerDoesNotEatTheNextReply() {
    client("STOR a");
    play.dataStarts();
    play.dataBreaks();
    server("426 broken");

    client("PWD");
    assertThat(server("257 /")).containsExactly("< 257 /");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void theClientsAbortJoinsOursThatIsUnderWay() {
    client("STOR a");
    play.dataStarts();
    play.dataBreaks();

    assertThat(client("ABOR")).isEmpty();
    assertThat(server("426 broken", "226 abort ok"))
        .containsExactly("AbortAnswered", "< 426 broken", "< 226 abort ok", "AbortAnswered");
  }

  @Test
  void ourAbortIsNotSentBesideTheClients() {
    client("STOR a", "ABOR");
    play.dataStarts();

    assertThat(play.dataBreaks()).isEmpty();
    assertThat(server("226 ok")).containsExactly("AbortAnswered", BROKEN);
    assertThat(server("226 ok")).containsExactly("< 226 ok", "AbortAnswered");
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
      client("STOR a");
      play.dataStarts();
      server("150 go");
      client(command);

      assertThat(server(reply)).as(command).containsExactly("< " + reply);
      assertThat(play.dialogue.uploadOpen()).isTrue();
      assertThat(play.dataBreaks()).containsExactly("> ABOR", "AbortSent");
      assertThat(server("226 complete")).as(command).containsExactly("AbortAnswered", BROKEN);
    }
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
    client("STOR a");
    play.dataStarts();
    server("150 go");

    assertThat(server(line)).isEmpty();
    client("STAT");
    assertThat(server("211-x", line, "211 y"))
        .startsWith("< 211-x")
        .endsWith("< 211 y")
        .noneMatch(told -> told.matches("< 2\\d\\d done"));
    assertThat(play.dataBreaks()).contains("> ABOR");
    assertThat(server(line)).isEmpty();
  }

  /** A client for which a reply ends at any code would take the rest for the word on its file. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"226 done", "250 ok", "200 x", "2yz x", "000 x"})
  void anotherEndBesideAnUploadIsReadAsNoneByAnybody(String inner) {
    for (String command : List.of("NOOP", "STAT", "PWD")) {
      play = Playbook.tunnelled();
      client("STOR a");
      play.dataStarts();
      server("150 go");
      client(command);

      assertThat(server("211-x", inner, "211 y"))
          .containsExactly("< 211-x", "<  " + inner, "< 211 y");
    }
  }

  @Test
  void aReplyOfManyLinesDuringATransferBelongsToOneCommand() {
    client("STOR a", "STAT", "NOOP");

    assertThat(server("211-x", "226 not yet", "211 y", "200 ok"))
        .containsExactly("< 211-x", "<  226 not yet", "< 211 y", "< 200 ok");
    assertThat(play.dialogue.uploadOpen()).isTrue();
    play.dataArrive();
    assertThat(server("226 complete")).containsExactly("< 226 complete");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void ourOwnAnswerKeepsItsPlaceBehindATransfer() {
    play.burst("STOR a", "LPRT 1", "NOOP");
    play.dataArrive();

    assertThat(server("226 complete"))
        .containsExactly(
            "< 226 complete", "< 502 culvert: not supported, use EPRT or PORT for active mode.");
    assertThat(server("200 ok")).containsExactly("< 200 ok");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void aTransferThatNothingFollowsIsEndedByWhateverTheServerSays() {
    client("STOR a");
    play.dataArrive();

    assertThat(server("200 strange")).containsExactly("< 200 strange");
    assertThat(play.dialogue.uploadOpen()).isFalse();
    client("RETR a");
    assertThat(server("150 x", "200 strange")).containsExactly("< 150 x", "< 200 strange");
  }

  @Test
  void withoutAnUploadThereIsNothingToAbort() {
    client("RETR a");
    play.dataStarts();
    assertThat(play.dataBreaks()).isEmpty();
  }

  @Test
  void aClientThatPipelinesWithoutEndHasToWait() {
    for (int i = 0; i < 256; i++) {
      assertThat(play.dialogue.full()).isFalse();
      play.burst("NOOP");
    }
    assertThat(play.dialogue.full()).isTrue();
    server("200 ok");
    assertThat(play.dialogue.full()).isFalse();
  }

  // What the client is told of its uploads

  @Test
  void anUploadIsDoneWhenItsDataHaveEnded() {
    client("PASV");
    server(PORT_2000);
    client("STOR a");
    play.dataStarts();
    server("150 go");
    play.dataSent();
    assertThat(server("226 done")).containsExactly("settled 1", "< 226 done");
    play.dataEnds();
    assertThat(play.dialogue.uploadOpen()).isFalse();
  }

  @Test
  void whatTheServerSaysBeforeTheDataHaveEndedIsHeldBack() {
    client("STOR a");
    play.dataStarts();
    assertThat(server("150 go", "226-early", "226 done")).containsExactly("< 150 go");
    assertThat(play.dataSent()).isEmpty();
    assertThat(play.dataEnds()).containsExactly("< 226-early", "< 226 done");
  }

  @Test
  void noOtherLoginBeginsWhileAReplyIsHeldBack() {
    client("STOR a");
    play.dataStarts();
    server("150 go", "226 done");
    assertThat(play.dialogue.idle()).isFalse();
    play.dataArrive();
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void whatComesBehindAReplyThatIsHeldBackWaits() {
    play.burst("STOR a", "CWD b");
    play.dataStarts();
    assertThat(server("150 go", "226 done", "250 ok")).containsExactly("< 150 go");
    play.dataSent();
    assertThat(play.dataEnds()).containsExactly("< 226 done", "< 250 ok");
  }

  @Test
  void anUploadThatBreaksAfterTheServerCalledItDoneIsNotDone() {
    client("STOR a");
    play.dataStarts();
    server("150 go", "226 done");
    assertThat(play.dataBreaks()).containsExactly(BROKEN, "> ABOR", "AbortSent");
    assertThat(server("225 nothing to abort")).containsExactly("AbortAnswered");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"226 done", "250 ok", "200 strange", "225 idle"})
  void anUploadForWhichNobodyCameIsNotDone(String reply) {
    client("STOR a");
    assertThat(server("150 go", reply)).containsExactly("< 150 go", BROKEN);
  }

  @Test
  void inPlaintextDataMayGoAnotherWay() {
    play = Playbook.plain();
    client("STOR a");
    assertThat(server("150 go", "226 done")).containsExactly("< 150 go", "< 226 done");
  }

  @Test
  void theServersOwnFailureIsToldAtOnce() {
    client("STOR a");
    play.dataStarts();
    assertThat(server("150 go", "552 disk full")).containsExactly("< 150 go", "< 552 disk full");
    assertThat(play.dataBreaks()).containsExactly("> ABOR", "AbortSent");
  }

  @Test
  void anUploadWhoseDataBrokeBeforeTheServerHeardOfItNeverReachesIt() {
    client("PASV");
    server(PORT_2000);
    play.dataStarts();
    play.dataBreaks();
    assertThat(client("STOR a")).containsExactly(BROKEN);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"MODE B", "MODE c", "STRU R", "stru r"})
  void aFileMayEndAmongItsData(String command) {
    client(command);
    server("200 ok");
    client("STOR a");
    play.dataStarts();
    assertThat(server("150 go", "250 done")).containsExactly("< 150 go", "< 250 done");
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
    client(command);
    server(answer);
    client("STOR a");
    play.dataStarts();
    assertThat(server("150 go", "226 done")).containsExactly("< 150 go");
    assertThat(play.dataBreaks()).contains(BROKEN);
  }

  @Test
  void anotherLoginBeginsInStreamMode() {
    client("MODE B");
    server("200 ok");
    client("STRU R");
    server("200 ok");
    client("REIN");
    server("220 ok");
    client("STOR a");
    play.dataStarts();
    assertThat(server("150 go", "226 done")).containsExactly("< 150 go");
  }

  @Test
  void aClientThatLeavesItsUploadHasItAborted() {
    client("STOR a");
    play.dataStarts();
    server("150 go");
    assertThat(play.on(new ControlEvent.ClientGone())).containsExactly("> ABOR", "AbortSent");
  }

  @Test
  void aClientThatLeavesBehindItsWholeUploadHasNothingAborted() {
    client("STOR a");
    play.dataArrive();
    assertThat(play.on(new ControlEvent.ClientGone())).isEmpty();
  }

  // Replies that are not what they should be

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"150 ok", "125 ok", "700 what", "099 hm", "421 busy", "999 x"})
  void aStrangeReplyIsTheAnswer(String reply) {
    client("SITE X");
    assertThat(server(reply)).containsExactly("< " + reply);
    client("PASV");
    assertThat(server(PORT_2000)).containsExactly("PASV 2000");
    client("RETR a");
    assertThat(server("150 a", "226 b")).containsExactly("< 150 a", "settled 1", "< 226 b");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void aPreliminaryReplyMayHaveAFinalOneBehindIt() {
    client("SITE EXEC");
    assertThat(server("150 starting", "200 done", "200 again"))
        .containsExactly("< 150 starting", "< 200 done");
  }

  @Test
  void repliesThatNobodyAskedForReachNobody() {
    client("NOOP");
    assertThat(server("200 ok", "200 ok", "226 x", "150 y")).containsExactly("< 200 ok");
    client("PWD");
    assertThat(server("257 /")).containsExactly("< 257 /");
  }

  @Test
  void aServerThatNobodyCanFollowIsLeft() {
    for (int i = 0; i < 64; i++) {
      assertThat(server("200 ok")).isEmpty();
    }
    assertThat(server("200 ok")).containsExactly("end: FTP server out of step");
  }

  @Test
  void aNoopWithoutAnAnswerSpoilsNothing() {
    client("RETR a");
    server("150 go");
    client("NOOP");
    server("226 done");
    client("TYPE I");
    assertThat(server("200 ok")).containsExactly("< 200 ok");
    client("PASV");
    assertThat(server(PORT_2000)).containsExactly("PASV 2000");
    client("STOR b");
    play.dataStarts();
    assertThat(play.dialogue.uploadOpen()).isTrue();
    server("150 go");
    assertThat(play.dataBreaks()).containsExactly("> ABOR", "AbortSent");
    assertThat(server("226 done")).containsExactly("settled 1", "AbortAnswered", BROKEN);
  }

  @Test
  void noNumberOfNoopsKeepsAnAbortBack() {
    client("RETR a");
    server("150 go");
    for (int i = 0; i < 300; i++) {
      assertThat(client("NOOP")).containsExactly("> NOOP");
      assertThat(play.dialogue.full()).isFalse();
    }
    assertThat(client("ABOR")).containsExactly("> ABOR", "AbortSent");
    assertThat(server("426 cut", "226 ok")).contains("< 426 cut", "< 226 ok");
  }

  @Test
  void manyNoopsThatAreAnsweredLateAreAllAnswered() {
    client("RETR a");
    server("150 go");
    for (int i = 0; i < 20; i++) {
      client("NOOP");
    }
    for (int i = 0; i < 20; i++) {
      assertThat(server("200 ok")).containsExactly("< 200 ok");
    }
    assertThat(server("226 done")).containsExactly("< 226 done");
  }

  @Test
  void aReplyThatEndsWithAnotherCodeEndsWhenNothingComesBehindIt() {
    client("CWD a");
    assertThat(server("250-x", "257 /")).containsExactly("< 250-x");
    assertThat(play.nothingMore()).containsExactly("< 250 /");
    assertThat(play.dialogue.idle()).isTrue();
    assertThat(server("257 /")).as("nobody's").isEmpty();
    assertThat(play.nothingMore()).isEmpty();
    client("PASV");
    assertThat(server(PORT_2000)).containsExactly("PASV 2000");
  }

  @Test
  void aReplyGoesOnWhileTheClientWaits() {
    client("CWD a");
    assertThat(server("250-x", "257 /", "250 y", "250 z"))
        .containsExactly("< 250-x", "<  257 /", "< 250 y");
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
    client("PASV");
    assertThat(server(reply.formatted(" ".repeat(300)).split("[|]"))).containsExactly("PASV 2000");
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
    client("PASV");
    assertThat(server(reply.split("[|]"))).singleElement().asString().startsWith("< 425 culvert: ");
  }

  @Test
  void theLinesBeforeARefusalAreDropped() {
    client("PASV");
    assertThat(server("500-227 (1,2,3,4,7,208)", "227 (1,2,3,4,7,208)", "500 no"))
        .containsExactly("< 500 no");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"150 go (10.0.0.1,1234)", "150 for a (227 bytes)", "200 see 227"})
  void nothingElseIsTouched(String reply) {
    client("RETR a");
    assertThat(server(reply)).containsExactly("< " + reply);
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
    client("STAT");
    assertThat(server("211-x", line, "211 y")).containsExactly("< 211-x", "< 211 y");
    client("NOOP");
    assertThat(server(line))
        .allSatisfy(told -> assertThat(told).doesNotContain("1,2,3,4").doesNotContain("|||"));
  }

  @Test
  void anUploadIsAbortedWhileAnAnnouncementIsBeingPrepared() {
    client("STOR a");
    play.dataStarts();
    server("150 go");
    play.burst("PASV");
    play.dialogue.on(
        new ControlEvent.Replied(
            new ReplyLine(227, true, false, (PORT_2000 + "\r\n").getBytes(ISO_8859_1))));
    assertThat(play.dialogue.announcing()).isTrue();
    assertThat(play.on(new ControlEvent.DataBroken(1))).isEmpty();
  }

  // What a client reads in its own way

  @Test
  void whatIsPassedOverIsAnsweredByUsSoThatEveryReplyStandsWhereTheClientLooksForIt() {
    play.burst("STOR a", "CWD b", "PASV", "NOOP");
    assertThat(server(PORT_2000))
        .containsExactly(
            "< 426 culvert: the FTP server went on without an answer to this transfer.",
            "< 450 culvert: the FTP server went on without an answer to this command.",
            "PASV 2000");
    assertThat(server("200 noop")).containsExactly("< 200 noop");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"EPSV ALL", "TYPE I", "CWD b", "HELP"})
  void aCommandBehindAnUploadCannotBeAnsweredBeforeIt(String later) {
    play.burst("STOR a", later);
    assertThat(server("200 ok")).containsExactly(BROKEN);
    assertThat(server("200 ok")).containsExactly("< 200 ok");
  }

  @Test
  void aLateReplyToWhatTheClientTookForAnsweredIsNoWordOnItsUpload() {
    client("SITE X");
    server("150 go");
    client("STOR a");
    play.dataStarts();
    assertThat(server("257 late")).isEmpty();
    assertThat(play.dataBreaks()).containsExactly("> ABOR", "AbortSent");
    assertThat(server("226 done")).containsExactly("AbortAnswered", BROKEN);
  }

  @Test
  void aReplyInThePlaceOfAnUploadsAnswerIsNoSuccess() {
    play.burst("QUIT", "STOR a", "STOR b", "HELP");
    assertThat(server("125 to QUIT, but clients wait on")).hasSize(1);
    assertThat(server("552 no")).containsExactly("< 552 no"); // read as that to QUIT
    assertThat(server("552 no")).containsExactly("< 552 no");
    assertThat(server("214 x")).containsExactly(BROKEN); // read as that to STOR b
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"550-x|226 done|550 no", "550-x|257 done|550 no", "550-x|226|550 no"})
  void linesInsideAnAnswerThatLookLikeSuccessAreNotThoseOfAnUpload(String reply) {
    client("STOR a");
    play.dataStarts();
    String[] lines = reply.split("[|]", -1);
    assertThat(server(lines)).containsExactly("< 550-x", "<  " + lines[1], "< 550 no");
  }

  @Test
  void linesInsideAPreliminaryReplyThatLookLikeSuccessAreNotThoseOfAnUpload() {
    client("STOR a");
    play.dataStarts();
    assertThat(server("150-x", "226 done", "150 go"))
        .containsExactly("< 150-x", "<  226 done", "< 150 go");
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
    assertThat(server("451 x")).containsExactly("< 451 x"); // read as that to ABOR
    assertThat(server(late))
        .singleElement()
        .asString()
        .endsWith("text withheld: no PASV asked for it.");
  }

  @Test
  void noClientTakesALineWithinAReplyForItsEnd() {
    client("CWD a");
    assertThat(server("250-x", "200 y", "250 (1,2,3,4,7,208)"))
        .containsExactly("< 250-x", "<  200 y", "< 250 (1,2,3,4,7,208)");
  }

  /** A line can be long, and an event loop looks at it. */
  @ParameterizedTest(name = "[{0}]")
  @ValueSource(strings = {"-", "+", " ", "(", "1,", "|", "1", "a", "1,-"})
  void linesOfAnyKindAreLookedAtInNoTime(String part) {
    play.burst("ABOR", "PASV");
    server("451 x");
    String line = "250 " + part.repeat(60_000 / part.length());
    assertTimeoutPreemptively(Duration.ofSeconds(5), () -> assertThat(server(line)).hasSize(1));
  }

  @Test
  void theTextOfOtherRepliesIsTheServers() {
    client("CWD a");
    assertThat(server("250 in /1,2,3,4,5,6")).containsExactly("< 250 in /1,2,3,4,5,6");
  }

  @Test
  void allClientsReadTheSameCode() {
    client("NOOP");
    assertThat(server("\u00ff\u00f1200 ok")).containsExactly("< 200 ok");
    client("NOOP");
    assertThat(server("550 no\r226 yes")).containsExactly("< 550 no 226 yes");
    client("NOOP");
    assertThat(server("\u00ff\u00f1426 x\r227 (1,2,3,4,7,208)"))
        .containsExactly("< 426 culvert: text withheld: no PASV asked for it.");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"2000 x", "200\tx", "200x", "200.x"})
  void threeDigitsAreACodeWhateverFollows(String reply) {
    client("NOOP");
    assertThat(server(reply, "200 stray")).containsExactly("< 200 " + reply.substring(3));
    assertThat(play.dialogue.idle()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"257 x", "200 y", "000 z", "999 z", "550 no"})
  void aReplyMayHaveEndedAtAnyCode(String line) {
    client("CWD a");
    server("250-x", line);
    client("PWD");
    assertThat(server("257 /")).containsExactly("< 257 /");
  }

  /** Some clients would; but what goes on is more than what ends so. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"1234 x", "1. x", "2 files", "20"})
  void whereNoCodeStandsNoReplyEnds(String line) {
    client("STAT");
    assertThat(server("211-x", line)).containsExactly("< 211-x");
    assertThat(play.nothingMore()).containsExactly("<  " + line);
    assertThat(server("211 y")).containsExactly("< 211 y");
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
    client("PASV");
    assertThat(server(line)).isEmpty();
    server(PORT_2000);
    client("STOR a");
    play.dataStarts();
    server("150 go");
    assertThat(server(line)).isEmpty();
    client("STAT");
    assertThat(server("211-x", line, "211 y"))
        .allSatisfy(told -> assertThat(told).matches("< ([A-Za-z+ ].*|211[- ].)"));
    assertThat(play.dataBreaks()).contains("> ABOR");
  }

  @Test
  void aPreliminaryReplyThatEndsWithAnotherCodeIsFollowedByThat() {
    client("RETR a");
    server("150-x", "226 done");
    assertThat(play.nothingMore()).containsExactly("< 150 done", "< 226 done");
    assertThat(play.dialogue.idle()).isTrue();
  }

  /** FileZilla and WinSCP take it for the end of a line. */
  @Test
  void noNulReachesAnybody() {
    client("TYPE I");
    assertThat(server("200 set\u0000227 (1,2,3,4,7,208)"))
        .containsExactly("< 200 culvert: text withheld: no PASV asked for it.");
    client("TYPE I");
    assertThat(server("200-a\u0000b", "c\u0000200 x", "22\u00006 done", "200 d\u0000226 e"))
        .containsExactly("< 200-a b", "< c 200 x", "<  22 6 done", "< 200 d 226 e");
  }

  /** A client that reads 4,096 bytes or 8,192 at a time would find the rest to be a reply. */
  @Test
  void longLinesAreCut() {
    client("PWD");
    assertThat(server("257 " + "a".repeat(8189) + "200 x"))
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
    client("TYPE I");
    assertThat(server(reply.split("[|]", -1))).containsExactly("< " + told);
    assertThat(play.dialogue.idle()).isTrue();
  }

  /** A server that says that it has the file, and then that it has not. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"552 disk full", "426 cut", "550 no"})
  void ofTwoAnswersToAnUploadTheBadOneCounts(String bad) {
    client("PASV");
    server(PORT_2000);
    client("STOR a");
    play.dataArrive();
    server("150 go", "226-complete", bad);

    assertThat(play.nothingMore()).containsExactly("settled 1", "< " + bad);
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void aPreliminaryReplyToAnUploadEndsBeforeTheBadOne() {
    client("STOR a");
    play.dataStarts();
    server("150-Opening", "451 disk full");

    assertThat(play.nothingMore()).containsExactly("< 150 disk full", "< 451 disk full");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void ofTwoPreliminaryCodesOneIsTold() {
    client("RETR a");
    server("150-x", "125 y");

    assertThat(play.nothingMore()).containsExactly("< 150 y");
    assertThat(server("226 done")).containsExactly("< 226 done");
  }

  /** The client resets a data connection of which it had sent the end. */
  @Test
  void anAnswerThatIsHeldBackIsDecidedWhateverBecomesOfTheData() {
    client("STOR a");
    play.dataStarts();
    assertThat(server("150 go", "226 done")).containsExactly("< 150 go");
    play.dataSent();

    assertThat(play.dataBreaks()).containsExactly(BROKEN);
  }

  @Test
  void lastWordsAreOneReplyWithoutAnAnnouncement() {
    client("TYPE I");
    server("200 ok", "421-bye", "227 (1,2,3,4,7,208)", "421 end");

    assertThat(play.on(new ControlEvent.ServerEnded())).containsExactly("< 421 end");
  }

  @Test
  void whatMayBeTheEndIsToldWhenTheServerHangsUp() {
    client("CWD a");
    server("250-x", "257 /");
    assertThat(play.on(new ControlEvent.ServerEnded())).containsExactly("< 250 /");
  }

  @Test
  void aLateWordThatNothingComesIsForAnEarlierLine() {
    client("CWD a");
    server("250-x", "257 /", "200 y");
    assertThat(play.on(new ControlEvent.NothingMore(1))).isEmpty();
    assertThat(play.nothingMore()).containsExactly("< 250 y");
  }

  @Test
  void noopsThatAreSentWithManyOtherCommandsHaveTheirReplies() {
    play.burst("STOR a", "NOOP", "NOOP", "NOOP", "PWD", "PWD", "PWD", "PWD", "PWD", "NOOP", "TYPE");
    play.dataArrive();
    server("150 go", "226 done", "200 1", "200 2", "200 3");
    assertThat(server("257 1", "257 2", "257 3", "257 4", "257 5", "200 4")).hasSize(6);
    assertThat(play.dialogue.idle()).isFalse();
    assertThat(server("200 type")).containsExactly("< 200 type");
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void theClientsAbortBehindOtherCommandsOfItsOwnHasItsOwnReply() {
    play.burst("STOR a");
    play.dataStarts();
    play.dataBreaks();
    assertThat(play.burst("PWD", "ABOR")).containsExactly("> PWD", "> ABOR", "AbortSent");
    assertThat(server("426 cut", "226 ours", "257 /", "225 none"))
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
    client("PASV");
    server(PORT_2000);
    client("STOR a");
    play.dataStarts();
    server("550 no");
    client("PASV");
    server(PORT_2000);
    client("STOR b");
    assertThat(play.on(new ControlEvent.DataBroken(1))).isEmpty();
  }

  @Test
  void theRefusalOfTheNextCommandIsNotThatOfAnAbortThatWasAnsweredTogetherWithItsTransfer() {
    client("STOR a");
    play.dataStarts();
    play.dataBreaks();
    assertThat(server("150 go", "226 aborted"))
        .containsExactly("< 150 go", "AbortAnswered", BROKEN);
    client("EPSV");
    assertThat(server("502 no")).containsExactly("< 502 no");
  }

  @Test
  void anAbortThatTheServerDoesNotKnowIsNotTheClients() {
    client("STOR a");
    play.dataStarts();
    play.dataBreaks();
    server("150 go", "226 done");
    assertThat(server("502 ABOR?")).containsExactly("AbortAnswered");
    client("EPSV");
    assertThat(server("502 no")).containsExactly("< 502 no");
  }

  @Test
  void ourOwnAnswerDoesNotWaitForAnAbortThatHadOneReplyTogetherWithItsTransfer() {
    client("RETR a", "ABOR");
    server("150 go", "226 aborted");
    assertThat(client("LPRT 1"))
        .containsExactly("< 502 culvert: not supported, use EPRT or PORT for active mode.");
  }

  @Test
  void anAbortWhoseReplyEndsWithAnotherCodeIsAnswered() {
    client("ABOR");
    server("225-x", "200 ok");
    client("STOR a");
    assertThat(server("200 ok")).containsExactly(BROKEN);
  }

  @Test
  void repliesBehindAnAnswerThatIsHeldBackAreNobodys() {
    client("STOR a");
    play.dataStarts();
    assertThat(server("226 done", "200 x")).isEmpty();
    assertThat(play.dataBreaks()).containsExactly(BROKEN, "> ABOR", "AbortSent");
  }

  @Test
  void aClientThatSendsPasvBesideAnUploadPipelines() {
    client("STOR a", "PASV");
    server("550 no");
    client("PASV");
    assertThat(server(PORT_2000, PORT_2000)).containsExactly("PASV 2000", "PASV 2000");
  }

  @Test
  void aReplyThatMayBeThatToAnEarlierAbortIsNoWordOnAnUpload() {
    client("STOR a", "ABOR");
    assertThat(server("200 x")).containsExactly("AbortAnswered", BROKEN);
    client("STOR b");
    assertThat(server("226 aborted")).contains(BROKEN);
  }

  @Test
  void theClientsAbortHasAnAnswerWhereOursHadItsTogetherWithTheTransfer() {
    client("STOR a");
    play.dataStarts();
    play.dataBreaks();
    server("150 go", "226 aborted");
    assertThat(client("ABOR")).containsExactly("> ABOR");
    assertThat(server("225 none")).containsExactly("< 225 none", "AbortAnswered");
  }

  @Test
  void aNoopBehindATransferThatHasNotBegunIsPipelined() {
    client("STOR a", "NOOP");
    server("550 no");
    client("PASV");
    assertThat(server("200 noop", PORT_2000)).containsExactly("< 200 noop", "PASV 2000");
  }

  @Test
  void everyLineEndsAsTheRfcHasIt() {
    client("NOOP");
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
  @ValueSource(strings = {"200 ok", "450 x", "451 no", "202 x"})
  void aStrangeReplyToAnAbortIsItsAnswer(String reply) {
    client("ABOR");
    assertThat(server(reply)).contains("< " + reply);
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void linesBehindAFirstOneThatIsWithheldAreNoRepliesOfTheirOwn() {
    client("RETR a");
    assertThat(server("227-x", "200 ok", "y", "227 end"))
        .containsExactly("< 227 culvert: text withheld: no PASV asked for it.");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"250\tx", "250x", "250.x", "2500 x"})
  void aReplyEndsForAllClientsWhereItEndsForSome(String line) {
    client("CWD a");
    assertThat(server("250-x", line)).containsExactly("< 250-x", "< 250 " + line.substring(3));
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void theAnswerToAnEarlierCommandIsNotThatToAnAbortBehindIt() {
    client("PWD", "ABOR");
    server("257 /");
    client("PWD", "STOR a");
    assertThat(server("225 none", "257 /")).contains("< 225 none", "< 257 /");
    assertThat(server("226 done")).containsExactly(BROKEN);
  }
}
