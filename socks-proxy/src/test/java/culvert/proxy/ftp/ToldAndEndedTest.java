package culvert.proxy.ftp;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.AuthMethod;
import culvert.config.Fallback;
import culvert.config.FtpSettings;
import culvert.config.SshUser;
import culvert.filter.FtpHandling;
import culvert.filter.Route;
import culvert.proxy.TestProfiles;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What came together is told together, and ends are passed on whatever was said before. */
class ToldAndEndedTest {
  @RegisterExtension final FtpFixture ftp = new FtpFixture();
  private Peer client;
  private Peer server;

  @BeforeEach
  void start() throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.Fixed("gate"), AuthMethod.PUBLICKEY);
  }

  private void session(boolean tunnelled) throws Exception {
    FtpSettings standard = FtpSettings.STANDARD;
    FtpSettings passing =
        new FtpSettings(
            standard.activeMode(),
            standard.dataConnections(),
            standard.passiveAddress(),
            FtpSettings.AuthTls.PASS_THROUGH);
    FtpHandling handling = new FtpHandling(passing, false);
    client =
        ftp.control(
            FtpFixture.HOST,
            tunnelled
                ? new Route.FtpTunnel("test", Optional.empty(), Fallback.NONE, handling)
                : new Route.Direct(Optional.of(handling)));
    server = ftp.server();
    server.sendLine("220 hi");
    assertThat(client.answer()).isZero();
    assertThat(client.line()).isEqualTo("220 hi");
  }

  private void asked(String command) throws Exception {
    client.sendLine(command);
    assertThat(server.line()).isEqualTo(command);
  }

  // Together

  /** How often the client's connection is written to from now on. */
  private AtomicInteger writes() throws Exception {
    AtomicInteger writes = new AtomicInteger();
    ChannelPipeline pipeline = ftp.clients.get(0).pipeline();
    ChannelOutboundHandlerAdapter counting =
        new ChannelOutboundHandlerAdapter() {
          @Override
          public void flush(ChannelHandlerContext context) {
            writes.incrementAndGet();
            context.flush();
          }
        };
    pipeline.channel().eventLoop().submit(() -> pipeline.addFirst(counting)).sync();
    return writes;
  }

  /** curl looks whether anything stands behind the answer to AUTH, which somebody has injected. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "true, AUTH TLS, 234 go|200 injected",
    "false, AUTH TLS, 234 go|200 injected",
    "true, NOOP|NOOP|NOOP, 200 a|200 b|200 c",
    "true, STAT|NOOP, 211-x| y|211 z|200 ok",
    "false, STAT|NOOP, 211-x| y|211 z|200 ok",
    "true, NOOP|CWD a|PWD, 200 ok|227 (1;2;3;4;5;6)|257 /",
    "true, CWD a|LPRT 1|NOOP, 250 ok|200 ok"
  })
  void repliesThatArriveInOneSegmentAreToldInOne(boolean tunnelled, String commands, String replies)
      throws Exception {
    session(tunnelled);
    client.send(commands.replace("|", "\r\n") + "\r\n");
    for (String command : commands.split("[|]", -1)) {
      if (!command.startsWith("LPRT")) {
        assertThat(server.line()).isEqualTo(command);
      }
    }
    AtomicInteger writes = writes();

    server.send(replies.replace("|", "\r\n") + "\r\n");

    String last = replies.substring(replies.lastIndexOf('|') + 1);
    String line = client.line();
    while (!line.equals(last) && !line.equals("EOF")) {
      line = client.line();
    }
    assertThat(line).isEqualTo(last);
    assertThat(writes).hasValue(1);
  }

  // Ended

  @ParameterizedTest(name = "{0}, tunnelled: {1}")
  @CsvSource({
    "STOR a, true",
    "STOR a, false",
    "APPE a, true",
    "STOU, true",
    "RETR a, true",
    "LIST, false",
    "SITE X, true",
    "CWD a, true",
    "EPSV, true"
  })
  void theEndOfAClientThatWasTold421ReachesTheServer(String command, boolean tunnelled)
      throws Exception {
    session(tunnelled);
    asked(command);
    server.sendLine("421 busy");
    assertThat(client.line()).startsWith("4");

    client.close();

    assertThat(server.line()).isEqualTo("EOF");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"STOR a", "APPE a", "RETR a"})
  void soDoesAnEndInOrder(String command) throws Exception {
    session(true);
    asked(command);
    server.sendLine("421 busy");
    assertThat(client.line()).isEqualTo("421 busy");

    client.sendEof();

    assertThat(server.line()).isEqualTo("EOF");
    server.sendLine("221 bye").close();
    assertThat(client.rest()).endsWith("EOF");
  }

  /** The data connection that the client has made for it is open still. */
  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"421 busy", "426 cut", "552 full", "700 what"})
  void soDoesTheEndOfOneWhoseDataConnectionIsOpen(String reply) throws Exception {
    session(true);
    ServerSocket listener = ftp.listen();
    client.sendLine("EPSV");
    assertThat(server.line()).isEqualTo("EPSV");
    server.sendLine("229 ok (|||" + listener.getLocalPort() + "|)");
    client.line();
    Peer data = ftp.data(FtpFixture.HOST, listener.getLocalPort());
    assertThat(data.answer()).isZero();
    Peer arriving = ftp.accept(listener);
    asked("STOR a");
    server.sendLine(reply);
    assertThat(client.line()).startsWith(reply.substring(0, 3));

    client.close();
    data.close();

    String heard = server.line(); // the upload may still be told as broken off
    assertThat(heard.equals("ABOR") ? server.line() : heard).isEqualTo("EOF");
    arriving.close();
  }

  @Test
  void aServersEndBehindA421ReachesTheClient() throws Exception {
    session(true);
    asked("STOR a");
    server.sendLine("421 busy").close();

    assertThat(client.rest()).isEqualTo("421 busy\r\nEOF");
  }
}
