package culvert.proxy.ftp.core;

import static culvert.proxy.ftp.core.Playbook.BROKEN;
import static culvert.proxy.ftp.core.Playbook.PORT_2000;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that leave a command without its answer, or with one that has no end for them. */
class SilentServersTest {
  private final Playbook play = Playbook.tunnelled();

  private List<String> client(String... lines) {
    return play.client(lines);
  }

  private List<String> server(String... lines) {
    return play.server(lines);
  }

  /** A whole job: its data are announced, and its upload is protected. */
  private void theJobGoesOn() {
    client("TYPE I");
    assertThat(server("200 ok")).containsExactly("< 200 ok");
    client("PASV");
    assertThat(server(PORT_2000)).containsExactly("PASV 2000");
    client("STOR b");
    play.dataStarts();
    server("150 go");
    assertThat(play.dataBreaks()).containsExactly("> ABOR", "AbortSent");
    assertThat(server("226 done")).contains("AbortAnswered", BROKEN);
    server("226 aborted");
    assertThat(play.dialogue.idle()).isTrue();
  }

  /** Some servers drop them all. */
  @ParameterizedTest(name = "{1} during {0}")
  @CsvSource({
    "RETR a, NOOP",
    "LIST, NOOP",
    "MLSD, noop",
    "RETR a, NOOP now",
    "RETR a, STAT",
    "STOR a, NOOP",
    "STOR a, STAT",
    "APPE a, NOOP"
  })
  void aCommandThatIsNeverAnsweredDuringATransferSpoilsNothing(String transfer, String command) {
    client("PASV");
    server(PORT_2000);
    client(transfer);
    play.dataStarts();
    server("150 go");
    client(command);
    play.dataSent();
    List<String> told = new ArrayList<>(server("226 done"));
    told.addAll(play.dataEnds());
    assertThat(told).contains("< 226 done");

    theJobGoesOn();
  }

  @ParameterizedTest(name = "{1} during {0}")
  @CsvSource({"RETR a, NOOP", "LIST, STAT", "STOR a, NOOP"})
  void whatIsNeverAnsweredKeepsNoOtherLoginWaiting(String transfer, String command) {
    client("PASV");
    server(PORT_2000);
    client(transfer);
    play.dataStarts();
    server("150 go");
    client(command);
    play.dataSent();
    play.dataEnds();
    server("226 done");
    assertThat(play.dialogue.idle()).isFalse();

    assertThat(play.startsOver()).isEmpty();
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void anAbortOfOursWithoutAnAnswerOfItsOwnKeepsNoOtherLoginWaiting() {
    client("PASV");
    server(PORT_2000);
    client("STOR b");
    play.dataStarts();
    server("150 go");
    assertThat(play.dataBreaks()).containsExactly("> ABOR", "AbortSent");
    assertThat(play.dialogue.idle()).isFalse();
    assertThat(server("426 cut")).contains("< 426 cut");

    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void anAbortThatHadOneAnswerWithItsTransferKeepsNoOtherLoginWaiting() {
    client("RETR a");
    server("150 go");
    client("ABOR");
    server("426 cut");
    assertThat(play.dialogue.idle()).as("226 may follow").isFalse();

    play.startsOver();
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void whoPipelinesWaitsForAllAnswersBeforeAnotherLogin() {
    play.burst("TYPE I", "NOOP");

    play.startsOver();
    assertThat(play.dialogue.idle()).isFalse();
    server("200 ok", "200 ok");
    assertThat(play.dialogue.idle()).isTrue();
  }

  /** Clients that wait for their answers are told something else in the worst case. */
  @ParameterizedTest(name = "{0}, during a transfer: {1}")
  @CsvSource({
    "NOOP, false",
    "STAT, false",
    "HELP, false",
    "HELP, true",
    "SITE X, false",
    "SITE X, true",
    "CWD a, false",
    "REST 0, false",
    "ALLO 10, true",
    "PWD, true",
    "XYZ, true"
  })
  void noCommandThatIsNeverAnsweredLeadsOutOfTheTunnel(String command, boolean duringTransfer) {
    if (duringTransfer) {
      client("RETR a");
      server("150 go");
    }
    client(command);
    if (duringTransfer) {
      server("226 done");
    }
    client("TYPE I");
    server("200 ok");

    assertThat(client("PASV")).startsWith("await 1");
    assertThat(server(PORT_2000)).contains("PASV 2000").noneMatch(t -> t.contains("1,2,3,4"));
    client("STOR b");
    play.dataStarts();
    server("150 go");
    assertThat(play.dataBreaks()).containsExactly("> ABOR", "AbortSent");
    assertThat(server("226 done")).contains(BROKEN).noneMatch(told -> told.startsWith("< 2"));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"NOOP", "STAT", "noop", "STAT a"})
  void howeverManyAreNeverAnsweredAnAbortReachesTheServer(String command) {
    client("RETR a");
    server("150 go");
    for (int i = 0; i < 300; i++) {
      assertThat(client(command)).hasSize(1);
      assertThat(play.dialogue.full()).isFalse();
    }

    assertThat(client("ABOR")).containsExactly("> ABOR", "AbortSent");
    assertThat(server("426 cut", "226 ok")).contains("< 426 cut", "< 226 ok");
    theJobGoesOn();
  }

  @ParameterizedTest(name = "{1} to {0}")
  @CsvSource({
    "CWD a, 250-x|257 /",
    "CWD a, 250-x|200 ok",
    "TYPE I, 200-x|226 ok",
    "SYST, 215-UNIX|200 ok",
    "PWD, 257-x|250 /",
    "STAT, 211-x|200 ok",
    "SITE X, 200-x|550 no",
    "SITE X, 150-x|200 ok",
    "NOOP, 200-x|000 y"
  })
  void aReplyThatEndsWithAnotherCodeSpoilsNothing(String command, String reply) {
    client(command);
    server(reply.split("[|]", -1));

    theJobGoesOn();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {"700 x", "099 x", "421 busy", "150 ok", "120 soon", "000 x", "999 x", "226 ok"})
  void whateverAnsweredACommandBeforeItIsNotTheEndOfAnUpload(String reply) {
    client("SITE X");
    assertThat(server(reply)).hasSize(1);

    theJobGoesOn();
  }

  /** The real answer comes late, beside the upload. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"700 x", "099 x", "421 busy", "150 ok"})
  void norIsWhatAnswersThatCommandBelatedly(String reply) {
    client("SITE X");
    server(reply);
    client("PASV");
    server(PORT_2000);
    client("STOR b");
    play.dataStarts();
    server("150 go", "200 late");

    assertThat(play.dialogue.uploadOpen()).isTrue();
    assertThat(play.dataBreaks()).containsExactly("> ABOR", "AbortSent");
    assertThat(server("226 done")).contains(BROKEN);
  }

  // While an announcement is being prepared

  private void announcing(String passive) {
    client(passive);
    String announced = passive.equals("PASV") ? PORT_2000 : "229 ok (|||2000|)";
    ReplySplitter splitter = new ReplySplitter();
    byte[] bytes = (announced + "\r\n").getBytes(ISO_8859_1);
    play.dialogue.on(new ControlEvent.Replied(splitter.feed(bytes).get(0)));
    assertThat(play.dialogue.announcing()).isTrue();
  }

  @ParameterizedTest(name = "{0}, then {1}")
  @CsvSource({"STOR a, PASV", "STOR a, EPSV", "APPE a, PASV", "STOU, EPSV"})
  void anUploadThatBreaksMeanwhileIsAbortedAtOnce(String upload, String passive) {
    client("PASV");
    server(PORT_2000);
    client(upload);
    play.on(new ControlEvent.DataStarted(1));
    server("150 go");
    announcing(passive);

    assertThat(play.on(new ControlEvent.DataBroken(1))).containsExactly("> ABOR", "AbortSent");
  }

  @Test
  void anUploadWhoseClientLeavesMeanwhileIsAbortedAtOnce() {
    client("PASV");
    server(PORT_2000);
    client("STOR a");
    play.dataStarts();
    server("150 go");
    announcing("PASV");

    assertThat(play.on(new ControlEvent.ClientGone())).containsExactly("> ABOR", "AbortSent");
  }
}
