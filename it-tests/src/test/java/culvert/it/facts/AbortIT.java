package culvert.it.facts;

import static culvert.it.script.Stage.LOCALHOST;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.script.DataPort;
import culvert.it.script.FakeClient;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Session;
import culvert.it.script.Stage.Way;
import culvert.it.script.Wire;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Transfers that are broken off, by command or by closing. */
class AbortIT {
  private static final String IAC_IP = "\u00ff\u00f4";
  private static final String IAC_DM = "\u00ff\u00f2";

  @RegisterExtension final Stage stage = new Stage();

  /** The ways in which clients say it. */
  enum Spelling {
    PLAIN {
      @Override
      void say(FakeClient client) throws IOException {
        client.segment("ABOR\r\n");
      }
    },
    FTPLIB {
      @Override
      void say(FakeClient client) throws IOException {
        client.urgent("ABOR\r\n");
      }
    },
    LFTP {
      @Override
      void say(FakeClient client) throws IOException {
        client.urgent(IAC_IP + IAC_DM).segment("ABOR\r\n");
      }
    },
    INETUTILS {
      @Override
      void say(FakeClient client) throws IOException {
        client.segment(IAC_IP).urgent("\u00ff").segment("\u00f2abor\r\n");
      }
    };

    abstract void say(FakeClient client) throws IOException;
  }

  /** A download that is under way. */
  private record Download(Session session, Wire data, Wire sending) {}

  @ParameterizedTest(name = "{0}")
  @EnumSource(Spelling.class)
  @Fact({FactRow.URGENT_IN_LINE, FactRow.PLAIN_ABOR})
  void everySpellingReachesTheServerPlain(Spelling spelling) throws Exception {
    stage.open(Way.TUNNEL);
    Download download = download();

    spelling.say(download.session.client());

    download.session.server().expect("ABOR");
    download.sending.reset();
    download.session.server().reply("426 aborted", "226 ABOR ok");
    download.session.client().hear("426 aborted", "226 ABOR ok");
    goesOn(download.session);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Spelling.class)
  @Fact({FactRow.URGENT_IN_LINE, FactRow.PLAIN_ABOR})
  void everySpellingReachesThePlaintextServerPlain(Spelling spelling) throws Exception {
    stage.open(Way.DIRECT);
    Session session = stage.logIn();

    spelling.say(session.client());

    session.server().expect("ABOR").reply("225 nothing to abort");
    session.client().hear("225 nothing to abort");
    goesOn(session);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.TELNET_DROPPED)
  void telnetCommandsBeforeAVerbAreDroppedHoweverTheyAreCut(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    FakeClient client = session.client();
    String bytes = "\u00ff\u00fd\u0001\u00ff\u00fb\u0003\u00ff\u00f4\u00ff\u00f2ABOR\r\n";

    for (int i = 0; i < bytes.length(); i++) {
      client.segment(bytes.substring(i, i + 1));
    }

    session.server().expect("ABOR").reply("225 nothing to abort");
    client.hear("225 nothing to abort");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.TELNET_DROPPED)
  void aDoubledIacIsAByteOfTheNameAndStays(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();

    session.client().segment("DELE gr\u00ff\u00ff").segment("n\r\n");

    session.server().expect("DELE gr\u00ff\u00ffn").reply("250 gone");
    session.client().hear("250 gone");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.DATA_RESET_AFTER_ABOR)
  void aServerThatReadsNoCommandDuringATransferIsHelped(Way way) throws Exception {
    stage.open(way);
    Download download = download();

    download.session.client().send("ABOR").hearNothing();

    assertThat(download.data.wasReset()).isTrue();
    assertThat(download.sending.ends()).isTrue();
    download.session.server().expect("ABOR").reply("426 aborted", "226 ABOR ok");
    download.session.client().hear("426 aborted", "226 ABOR ok");
    goesOn(download.session);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.DATA_RESET_AFTER_ABOR)
  void aTransferThatIsAbortedInTimeKeepsTheServersOwnEnd(Way way) throws Exception {
    stage.open(way);
    Download download = download();

    download.session.client().send("ABOR");
    download.session.server().expect("ABOR").reply("426 aborted", "226 ABOR ok");
    download.session.client().hear("426 aborted", "226 ABOR ok");

    download.sending.write("the rest");
    download.sending.close();
    assertThat(download.data.rest()).isEqualTo("the rest");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"426 aborted|226 ABOR ok", "226 done|226 ABOR ok", "225 ABOR ok"})
  @Fact(FactRow.ANSWERS_TO_ABOR)
  void theNextPasvIsMatchedWhateverTheServerAnswersToAbor(String replies) throws Exception {
    stage.open(Way.TUNNEL);
    Download download = download();
    String[] lines = replies.split("\\|");

    download.session.client().send("ABOR");
    download.session.server().expect("ABOR");
    download.sending.close();
    download.session.server().reply(lines);

    download.session.client().hear(lines);
    goesOn(download.session);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource(Way.class)
  @Fact(FactRow.BROKEN_UPLOAD)
  void aBrokenUploadIsAbortedBeforeItsEndIsSeen(Way way) throws Exception {
    stage.open(way);
    Session session = stage.logIn();
    DataPort port = stage.epsv(session);
    Wire data = stage.data(LOCALHOST, port.number());
    Wire receiving = port.accept();
    session.client().send("STOR file");
    session.server().expect("STOR file").reply("150 send it");
    session.client().hear("150 send it");
    data.write("half a fi");
    assertThat(receiving.read(9)).isEqualTo("half a fi");

    long begun = System.nanoTime();
    data.reset();

    session.server().expect("ABOR");
    assertThat(receiving.waitsForAbort(begun)).isTrue();
    session.server().reply("426 aborted", "226 ABOR ok");
    assertThat(receiving.ends()).isTrue();
    session.client().hear("426 aborted");
    goesOn(session);
  }

  @Test
  @Fact(FactRow.BROKEN_UPLOAD)
  void aServerThatTakesTheFragmentForTheFileIsNotBelieved() throws Exception {
    stage.open(Way.TUNNEL);
    Session session = stage.logIn();
    DataPort port = stage.epsv(session);
    Wire data = stage.data(LOCALHOST, port.number());
    Wire receiving = port.accept();
    session.client().send("STOR file");
    session.server().expect("STOR file").reply("150 send it");
    session.client().hear("150 send it");

    data.reset();

    session.server().expect("ABOR");
    assertThat(receiving.ends()).isTrue();
    session.server().reply("226 the file is here", "225 nothing to abort");
    session.client().hearReply("426 culvert: ");
    goesOn(session);
  }

  private Download download() throws Exception {
    Session session = stage.logIn();
    DataPort port = stage.epsv(session);
    Wire data = stage.data(LOCALHOST, port.number());
    Wire sending = port.accept();
    session.client().send("RETR file");
    session.server().expect("RETR file").reply("150 here it comes");
    session.client().hear("150 here it comes");
    sending.write("the first bytes");
    assertThat(data.read(15)).isEqualTo("the first bytes");
    return new Download(session, data, sending);
  }

  private void goesOn(Session session) throws Exception {
    DataPort port = stage.pasv(session);
    stage.download(session, stage.data(LOCALHOST, port.number()), port);
  }
}
