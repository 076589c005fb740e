package culvert.it.facts;

import static culvert.it.script.Stage.LOCALHOST;
import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.script.DataPort;
import culvert.it.script.FakeClient;
import culvert.it.script.ServerControl;
import culvert.it.script.Stage;
import culvert.it.script.Stage.Way;
import culvert.it.script.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code auth-tls: pass-through}: what follows AUTH TLS is none of Culvert's business. */
@AnyTransport
class TlsIT {
  private static final int NOT_ALLOWED = 2;
  private static final String HELLO = "\u0016\u0003\u0001\u0000\u00c8\u0001\u0000\r\n\u00ff\u00f4";

  @RegisterExtension final Stage stage = new Stage();

  /** A session whose words nobody understands any more. */
  private record Encrypted(FakeClient client, ServerControl server) {}

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"AUTH TLS", "AUTH SSL", "AUTH TLS-C"})
  @Fact(FactRow.TLS_PASSES_THROUGH)
  void everyByteBehindTheAgreementGoesThroughUntouched(String auth) throws Exception {
    Encrypted session = encrypted(auth);

    session.client.segment(HELLO).segment("PORT 10,9,8,7,200,1\r\n");
    session.server.say("227 not for us (10,9,8,7,200,1)\r\n\u0016\u0003");

    assertThat(session.server.read(HELLO.length())).isEqualTo(HELLO);
    session.server.expect("PORT 10,9,8,7,200,1");
    session.client.hear("227 not for us (10,9,8,7,200,1)");
    assertThat(session.client.read(2)).isEqualTo("\u0016\u0003");
  }

  @Test
  @Fact(FactRow.TLS_PASSES_THROUGH)
  void dataMayComeForAPortThatNobodyCouldRead() throws Exception {
    encrypted("AUTH TLS");
    DataPort port = stage.ftp().listen();
    Wire data = stage.data(LOCALHOST, port.number());

    try (Wire sending = port.accept()) {
      sending.write("encrypted, presumably");
    }

    assertThat(data.rest()).isEqualTo("encrypted, presumably");
    assertThat(stage.dataChannels()).containsExactly(LOCALHOST + ":" + port.number());
  }

  @Test
  @Fact({FactRow.TLS_PASSES_THROUGH, FactRow.PORT_STEALING, FactRow.LATE_CONNECT})
  void dataMayNotComeFromAnotherClientOrToALowPortOrLater() throws Exception {
    Encrypted session = encrypted("AUTH TLS");
    DataPort port = stage.ftp().listen();

    assertThat(stage.code("127.0.0.9", LOCALHOST, port.number())).isEqualTo(NOT_ALLOWED);
    assertThat(stage.code(LOCALHOST, LOCALHOST, 22)).isEqualTo(NOT_ALLOWED);
    assertThat(stage.code(LOCALHOST, "127.0.0.8", port.number())).isEqualTo(NOT_ALLOWED);
    session.client.reset();
    assertThat(session.server.rest()).isEmpty();
    assertThat(stage.code(LOCALHOST, LOCALHOST, port.number())).isEqualTo(NOT_ALLOWED);

    assertThat(port.isUntouched()).isTrue();
  }

  @Test
  @Fact(FactRow.TLS_PASSES_THROUGH)
  void aServerWithoutTlsLeavesTheSessionInClear() throws Exception {
    open(Way.OWN_LOGIN);
    FakeClient client = stage.connect();
    ServerControl server = stage.ftp().accept().reply("220 fake");
    client.hear("220 fake").send("AUTH TLS");
    server.expect("AUTH TLS").reply("502 no TLS here");
    client.hear("502 no TLS here").send("EPSV");

    DataPort port = stage.ftp().listen();
    server.expect("EPSV").reply("229 odd (!!!" + port.number() + "!)");

    client.hear("229 Entering Extended Passive Mode (|||" + port.number() + "|)");
  }

  @Test
  @Fact(FactRow.TLS_REFUSED)
  void whereTheLoginIsTakenFromFtpTlsIsRefusedAllTheSame() throws Exception {
    open(Way.TUNNEL);

    stage.authenticate(stage.connect().hearReply("220 ").ask("AUTH TLS", "502 "));
  }

  private Encrypted encrypted(String auth) throws Exception {
    open(Way.OWN_LOGIN);
    FakeClient client = stage.connect();
    ServerControl server = stage.ftp().accept().reply("220 fake");
    client.hear("220 fake").send(auth);
    server.expect(auth).reply("234 go ahead");
    client.hear("234 go ahead");
    return new Encrypted(client, server);
  }

  private void open(Way way) throws Exception {
    stage.open(
        way,
        config -> config.rule("ftp", "{ auth-tls: pass-through }").top("default-action", "block"));
  }
}
