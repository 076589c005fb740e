package culvert.it.facts;

import static culvert.it.script.Stage.LOCALHOST;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.script.DataPort;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import culvert.it.script.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ends that come early, late or by halves. */
class ClosingIT {
  @RegisterExtension final Stage stage = new Stage();

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.REPLY_OVERTAKES_DATA)
  void aClientThatHasSaidItAllStillHearsTheReplies(Way way) throws Exception {
    Session session = stage.open(way).logIn();
    DataPort port = stage.epsv(session);
    Wire data = stage.data(LOCALHOST, port.number());

    session.client().send("RETR file", "QUIT").halfClose();
    session.server().expect("RETR file").expect("QUIT").reply("150 here it comes", "226 done");
    Wire sending = port.accept();
    sending.write("the file");
    sending.close();
    session.server().reply("221 bye");

    session.client().hear("150 here it comes", "226 done", "221 bye");
    assertThat(data.rest()).isEqualTo("the file");
    assertThat(session.server().ended()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.REPLY_OVERTAKES_DATA)
  void dataThatIsUnderWayOutlivesTheControlConnection(Way way) throws Exception {
    Session session = stage.open(way).logIn();
    DataPort port = stage.epsv(session);
    Wire data = stage.data(LOCALHOST, port.number());
    Wire sending = port.accept();
    session.client().send("RETR file");
    session.server().expect("RETR file").reply("150 here it comes", "226 done").close();
    session.client().hear("150 here it comes", "226 done");
    assertThat(session.client().ended()).isTrue();

    sending.write("late, but whole");
    sending.close();

    assertThat(data.rest()).isEqualTo("late, but whole");
  }

  @Test
  @Fact(FactRow.BROKEN_UPLOAD)
  void aDownloadThatTheServerBreaksOffIsNoWholeFile() throws Exception {
    Session session = stage.open(Way.DIRECT).logIn();
    DataPort port = stage.epsv(session);
    Wire data = stage.data(LOCALHOST, port.number());
    Wire sending = port.accept();
    sending.write("half a fi");
    assertThat(data.read(9)).isEqualTo("half a fi");

    sending.reset();

    assertThat(data.wasReset()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.BROKEN_UPLOAD)
  void aClientThatDiesWithItsUploadHasItAborted(Way way) throws Exception {
    Session session = stage.open(way).logIn();
    DataPort port = stage.epsv(session);
    Wire data = stage.data(LOCALHOST, port.number());
    Wire receiving = port.accept();
    session.client().send("STOR file");
    session.server().expect("STOR file").reply("150 send it");
    session.client().hear("150 send it");
    data.write("half a fi");
    assertThat(receiving.read(9)).isEqualTo("half a fi");

    long begun = System.nanoTime();
    session.client().reset();
    data.reset();

    session.server().expect("ABOR");
    assertThat(receiving.waitsForAbort(begun)).isTrue();
    session.server().reply("426 aborted", "226 ABOR ok");
    assertThat(receiving.ends()).isTrue();
    assertThat(session.server().rest()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.SERVERS_PORT)
  void twoSessionsOfOneClientDoNotGetInEachOthersWay(Way way) throws Exception {
    stage.open(way);
    Session one = stage.logIn();
    Session other = stage.logIn();
    DataPort onesPort = stage.epsv(one);
    DataPort othersPort = stage.pasv(other);
    Wire othersData = stage.data(LOCALHOST, othersPort.number());
    Wire onesData = stage.data(LOCALHOST, onesPort.number());
    Wire onesSending = onesPort.accept();
    Wire othersSending = othersPort.accept();

    onesSending.write("one's");
    othersSending.write("other's");
    othersSending.close();
    onesSending.close();

    assertThat(onesData.rest()).isEqualTo("one's");
    assertThat(othersData.rest()).isEqualTo("other's");
  }
}
