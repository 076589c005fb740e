package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlDialogueTest {
  private static final String PORT_2000 = "227 ok (1,2,3,4,7,208)";

  private ControlDialogue dialogue = new ControlDialogue(false, false);
  private final ReplySplitter splitter = new ReplySplitter();

  private List<String> client(String... lines) {
    List<String> transcript = new ArrayList<>();
    for (String line : lines) {
      transcript.addAll(Transcript.of(dialogue.on(new Command(line.getBytes(ISO_8859_1)))));
    }
    return transcript;
  }

  private List<String> server(String... lines) {
    List<String> transcript = new ArrayList<>();
    for (String line : lines) {
      for (ReplyLine reply : splitter.feed((line + "\r\n").getBytes(ISO_8859_1))) {
        transcript.addAll(Transcript.of(dialogue.on(reply)));
      }
    }
    return transcript;
  }

  @Test
  void commandsAndRepliesPassThroughByteForByte() {
    assertThat(client("CWD  \u00e9 ")).containsExactly("> CWD  \u00e9 ");
    assertThat(server("250-a", " b", "250 c")).containsExactly("< 250-a", "<  b", "< 250 c");
    assertThat(dialogue.idle()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"PASV\t", "STOR\tf", "PORT\t127,0,0,1,4,1", "CWD a\rPASV"})
  void aMalformedCommandIsAnsweredInItsPlaceAndReachesNoServer(String line) {
    assertThat(client("CWD a", line, "NOOP")).containsExactly("> CWD a", "> NOOP");
    assertThat(server("250 ok"))
        .containsExactly(
            "< 250 ok", "< 500 culvert: not understood, a command is VERB or VERB ARGUMENT.");
    assertThat(server("200 ok")).containsExactly("< 200 ok");
    assertThat(dialogue.idle()).isTrue();
  }

  @Test
  void theFinalLineOfPasvsReplyAnnouncesADataConnection() {
    assertThat(client("PASV")).containsExactly("> PASV");
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
        .containsExactly("< 227-1,2,3,4,9,9", "PASV 2056", "< " + PORT_2000);
  }

  @Test
  void a227ThatNobodyAskedForOpensNothing() {
    assertThat(server(PORT_2000)).containsExactly("< " + PORT_2000);

    client("NOOP");
    assertThat(server(PORT_2000)).containsExactly("< " + PORT_2000);
  }

  @Test
  void a227InsideAnotherReplyOpensNothing() {
    client("STAT", "PASV");
    assertThat(server("211-x", PORT_2000, "211 y")).doesNotContain("PASV 2000");
    assertThat(server(PORT_2000)).containsExactly("PASV 2000");
  }

  @Test
  void a227AsTheAnswerOfAnEarlierCommandOpensNothing() {
    client("NOOP", "PASV");
    assertThat(server(PORT_2000)).containsExactly("< " + PORT_2000);
    assertThat(server("200 late")).containsExactly("< 200 late");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"(1,2,3,4,0,0)", "(1,2,3,4,0,21)", "(1,2,3,4,3,255)"})
  void aPortThatIsNoneIsRefused(String numbers) {
    client("PASV");
    assertThat(server("227 ok " + numbers).get(0))
        .startsWith("< 425 culvert: the FTP server announced port");
  }

  @Test
  void whatCannotBeReadIsRelayedUnchanged() {
    client("PASV", "EPSV");
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
    assertThat(server("229 (|||2000|)")).containsExactly("< 229 (|||2000|)");
  }

  @Test
  void aTransferTakesAPreliminaryAndAFinalReply() {
    client("RETR a", "PASV");
    assertThat(server("150 here it comes")).containsExactly("< 150 here it comes");
    assertThat(server("226 done", PORT_2000)).containsExactly("< 226 done", "PASV 2000");
  }

  @Test
  void pipelinedPasvAndListArePaired() {
    assertThat(client("PASV", "LIST", "PASV", "LIST")).hasSize(4);
    assertThat(server(PORT_2000, "150 a", "226 b", "227 1,2,3,4,7,209", "150 a", "226 b"))
        .containsExactly("PASV 2000", "< 150 a", "< 226 b", "PASV 2001", "< 150 a", "< 226 b");
  }

  @Test
  void theGreetingIsNoCommandsReply() {
    dialogue = new ControlDialogue(false, true);
    client("PASV");
    assertThat(server("120 wait", "220-hi", PORT_2000, "220 hi", PORT_2000))
        .containsExactly("< 120 wait", "< 220-hi", "< " + PORT_2000, "< 220 hi", "PASV 2000");
  }

  @Test
  void ourOwnAnswerWaitsForTheRepliesBeforeIt() {
    assertThat(client("PWD", "LPRT 1", "NOOP")).containsExactly("> PWD", "> NOOP");
    assertThat(server("257 /"))
        .containsExactly("< 257 /", "< 502 culvert: LPRT is not supported, use EPRT or PORT.");
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
    dialogue = new ControlDialogue(true, false);

    assertThat(client("AUTH TLS")).containsExactly("> AUTH TLS");
    assertThat(server("234 go")).containsExactly("Opaque", "< 234 go");
  }

  @Test
  void tlsThatTheServerRefusesChangesNothing() {
    dialogue = new ControlDialogue(true, false);
    client("AUTH TLS");

    assertThat(server("530 no")).containsExactly("< 530 no");
  }

  @Test
  void a421PassesAtAnyTime() {
    client("STOR a");
    assertThat(server("421 timeout")).containsExactly("< 421 timeout");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"ABOR", "abor", "ABOR "})
  void anAbortIsSentInItsPlainSpelling(String spelling) {
    client("RETR a");
    assertThat(client(spelling)).containsExactly("> ABOR", "AbortSent");
    assertThat(dialogue.abortPending()).isTrue();
  }

  @Test
  void anAbortWithoutATransferHasOneReply() {
    assertThat(client("ABOR", "PASV")).containsExactly("> ABOR", "> PASV");
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
    server("150 go");

    assertThat(Transcript.of(dialogue.uploadBroken())).containsExactly("> ABOR", "AbortSent");
    assertThat(server("226-fine", "226 complete"))
        .containsExactly("< 426 culvert: upload broken off by the client.", "AbortAnswered");
    assertThat(server("226 abort ok")).containsExactly("AbortAnswered");
    assertThat(dialogue.idle()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"STOR a", "APPE a", "STOU"})
  void everyKindOfUploadCounts(String command) {
    client(command);
    assertThat(dialogue.uploadPending()).isTrue();
    assertThat(Transcript.of(dialogue.uploadBroken())).contains("> ABOR");
  }

  @Test
  void theServersOwn426IsRelayedAsItIs() {
    client("STOR a");
    dialogue.uploadBroken();

    assertThat(server("426 Failure reading network stream.").get(0))
        .isEqualTo("< 426 Failure reading network stream.");
  }

  /** Left to the client, it would be taken for the answer to its next command. */
  @Test
  void pureFtpdsSecondReplyToOurAbortIsNotTheClients() {
    client("STOR a");
    dialogue.uploadBroken();

    assertThat(server("426 Transfer aborted").get(0)).isEqualTo("< 426 Transfer aborted");
    client("QUIT");
    assertThat(server("451-Transfer aborted", "451 0.3 seconds")).containsExactly("AbortAnswered");
    assertThat(server("221 bye")).containsExactly("< 221 bye");
    assertThat(dialogue.idle()).isTrue();
  }

  @Test
  void ourOwnAbortWithoutAnAnswerDoesNotEatTheNextReply() {
    client("STOR a");
    dialogue.uploadBroken();
    server("426 broken");

    client("PWD");
    assertThat(server("257 /")).containsExactly("< 257 /");
    assertThat(dialogue.idle()).isTrue();
  }

  @Test
  void theClientsAbortJoinsOursThatIsUnderWay() {
    client("STOR a");
    dialogue.uploadBroken();

    assertThat(client("ABOR")).isEmpty();
    assertThat(server("426 broken", "226 abort ok"))
        .containsExactly("< 426 broken", "AbortAnswered", "< 226 abort ok", "AbortAnswered");
  }

  @Test
  void ourAbortIsNotSentBesideTheClients() {
    client("STOR a", "ABOR");

    assertThat(dialogue.uploadBroken()).isEmpty();
    assertThat(server("226 ok").get(0)).startsWith("< 426 ");
    assertThat(server("226 ok").get(0)).isEqualTo("< 226 ok");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"200 ok", "211 state", "213 state", "257 /"})
  void aCommandThatIsAnsweredDuringATransferLeavesTheTransferPending(String reply) {
    client("STOR a", "NOOP");
    server("150 go");

    assertThat(server(reply)).containsExactly("< " + reply);
    assertThat(dialogue.uploadPending()).isTrue();
    assertThat(Transcript.of(dialogue.uploadBroken())).containsExactly("> ABOR", "AbortSent");
    assertThat(server("226 complete"))
        .containsExactly("< 426 culvert: upload broken off by the client.", "AbortAnswered");
  }

  @Test
  void aReplyOfManyLinesDuringATransferBelongsToOneCommand() {
    client("STOR a", "STAT", "NOOP");

    assertThat(server("211-x", "226 not yet", "211 y", "200 ok"))
        .containsExactly("< 211-x", "< 226 not yet", "< 211 y", "< 200 ok");
    assertThat(dialogue.uploadPending()).isTrue();
    assertThat(server("226 complete")).containsExactly("< 226 complete");
    assertThat(dialogue.idle()).isTrue();
  }

  @Test
  void ourOwnAnswerComesBeforeThatOfALaterCommandDuringATransfer() {
    client("STOR a", "LPRT 1", "NOOP");

    assertThat(server("200 ok"))
        .containsExactly("< 502 culvert: LPRT is not supported, use EPRT or PORT.", "< 200 ok");
    assertThat(server("226 complete")).containsExactly("< 226 complete");
    assertThat(dialogue.idle()).isTrue();
  }

  @Test
  void aTransferThatNothingFollowsIsEndedByWhateverTheServerSays() {
    client("STOR a");

    assertThat(server("200 strange")).containsExactly("< 200 strange");
    assertThat(dialogue.uploadPending()).isFalse();
  }

  @Test
  void withoutAnUploadThereIsNothingToAbort() {
    client("RETR a");
    assertThat(dialogue.uploadBroken()).isEmpty();
  }

  @Test
  void aClientThatPipelinesWithoutEndHasToWait() {
    for (int i = 0; i < 256; i++) {
      assertThat(dialogue.full()).isFalse();
      client("NOOP");
    }
    assertThat(dialogue.full()).isTrue();
    server("200 ok");
    assertThat(dialogue.full()).isFalse();
  }
}
