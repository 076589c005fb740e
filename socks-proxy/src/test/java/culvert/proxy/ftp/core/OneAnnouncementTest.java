package culvert.proxy.ftp.core;

import static culvert.proxy.ftp.core.Playbook.BROKEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several transfers behind one PASV: data that ended well say so much of one of them only. */
class OneAnnouncementTest {
  private Playbook play = Playbook.tunnelled();

  private List<String> client(String... lines) {
    return play.client(lines);
  }

  /** What the client is told. */
  private List<String> server(String... lines) {
    return play.server(lines).stream().filter(told -> told.startsWith("<")).toList();
  }

  @BeforeEach
  void announce() {
    client("PASV");
    server("227 ok (1,2,3,4,7,208)");
  }

  @ParameterizedTest(name = "STOR behind {0}")
  @ValueSource(strings = {"STOR a", "APPE a", "STOU", "RETR a", "LIST", "MLSD"})
  void anUploadWithoutDataOfItsOwnIsNotDone(String before) {
    client(before);
    play.dataArrive();
    assertThat(server("150 go", "226 done")).containsExactly("< 150 go", "< 226 done");

    client("STOR b");
    assertThat(server("150 go", "226 done")).containsExactly("< 150 go", BROKEN);
    assertThat(play.dialogue.idle()).isTrue();
  }

  @Test
  void norIsOneBehindADownloadWhoseDataEndLater() {
    client("RETR a");
    play.dataStarts();
    server("150 go", "226 done");
    client("STOR b");
    play.dataSent();
    play.dataEnds();

    assertThat(server("150 go", "226 done")).containsExactly("< 150 go", BROKEN);
  }

  @Test
  void ofUploadsThatWereSentTogetherTheFirstHasTheData() {
    play.burst("STOR a", "STOR b");
    play.dataArrive();

    assertThat(server("150 go", "226 done")).containsExactly("< 150 go", "< 226 done");
    assertThat(server("150 go", "226 done")).containsExactly("< 150 go", BROKEN);
  }

  @Test
  void dataThatNewlyComeAreTheSecondOnes() {
    client("STOR a");
    play.dataArrive();
    server("150 go", "226 done");
    client("STOR b");
    server("150 go");
    play.dataArrive(); // by the net: its server listens on

    assertThat(server("226 done")).containsExactly("< 226 done");
  }

  @ParameterizedTest(name = "data come first: {0}")
  @ValueSource(booleans = {false, true})
  void anUploadThatWasRefusedLeavesTheDataToTheNext(boolean early) {
    if (early) {
      play.dataStarts();
    }
    client("STOR /a");
    server("553 no");
    client("STOR b");
    if (!early) {
      play.dataStarts();
    }
    play.dataSent();
    play.dataEnds();

    assertThat(server("150 go", "226 done")).containsExactly("< 150 go", "< 226 done");
  }

  @Test
  void whoLeavesASecondUploadBreaksItOff() {
    client("STOR a");
    play.dataArrive();
    server("150 go", "226 done");
    client("STOR b");
    server("150 go");

    assertThat(play.dialogue.uploadOpen()).isTrue();
    assertThat(play.on(new ControlEvent.ClientGone())).containsExactly("> ABOR", "AbortSent");
  }

  @Test
  void inPlaintextNotAllDataAreSeen() {
    play = Playbook.plain();
    announce();
    client("STOR a");
    play.dataArrive();
    server("150 go", "226 done");
    client("STOR b");

    assertThat(server("150 go", "226 done")).containsExactly("< 150 go", "< 226 done");
  }

  /** The net lets clients in whose announcement could not be read. */
  @Test
  void dataOfWhichNobodyKnowsWhatTheyAreForStayWithWhatTheyBeganFor() {
    play.on(new ControlEvent.DataStarted(-1));
    client("STOR a");
    server("150 go");
    client("PASV");

    assertThat(play.on(new ControlEvent.DataBroken(-1))).contains("> ABOR");
    assertThat(server("426 cut")).containsExactly("< 426 cut");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"MODE B", "MODE C", "STRU R"})
  void whereFilesAreMarkedOneDataConnectionServesSeveral(String form) {
    client(form);
    server("200 ok");
    client("STOR a");
    play.dataStarts();
    assertThat(server("150 go", "226 done")).containsExactly("< 150 go", "< 226 done");
    client("STOR b");

    assertThat(server("150 go", "226 done")).containsExactly("< 150 go", "< 226 done");
  }

  @Test
  void dataThatCameBehindTheWordToBeginAreThatTransfers() {
    client("STOR a");
    server("150 go");
    play.dataArrive();
    assertThat(server("451 disk")).containsExactly("< 451 disk");
    client("STOR b");

    assertThat(server("150 go", "226 done")).containsExactly("< 150 go", BROKEN);
  }

  /** Of two that nobody has announced, either may be the upload's. */
  @Test
  void oneThatHasEndedSaysNothingOfAnother() {
    play.on(new ControlEvent.DataStarted(-1));
    play.on(new ControlEvent.DataStarted(-2));
    client("STOR a");
    play.on(new ControlEvent.DataSent(-1));
    play.on(new ControlEvent.DataEnded(-1));

    assertThat(server("150 go", "226 done")).containsExactly("< 150 go");
    assertThat(play.on(new ControlEvent.DataBroken(-2))).contains(BROKEN);
  }

  @Test
  void norDoesOneBesideTheAnnouncedOne() {
    play.on(new ControlEvent.DataStarted(1));
    play.on(new ControlEvent.DataStarted(-1));
    play.on(new ControlEvent.DataBroken(-1));
    client("STOR a");
    play.on(new ControlEvent.DataSent(1));
    play.on(new ControlEvent.DataEnded(1));

    assertThat(server("150 go", "226 done")).containsExactly("< 150 go", "< 226 done");
  }

  /** GridFTP's verbs (GFD.20). */
  @Test
  void uploadsOfOtherProtocolsAreUploads() {
    client("ESTO A 0 f");
    play.dataStarts();
    server("150 go");

    assertThat(play.dataBreaks()).contains("> ABOR");
    assertThat(server("226 done")).containsExactly(BROKEN);
    assertThat(client("SPOR 127,0,0,4,138,81")).noneMatch(told -> told.startsWith(">"));
  }
}
