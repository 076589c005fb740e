package culvert.proxy.ftp;

import static culvert.proxy.ftp.FtpFixture.logIn;
import static culvert.proxy.ftp.FtpFixture.serveLogin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.config.AuthMethod;
import culvert.config.Fallback;
import culvert.config.SshUser;
import culvert.proxy.TestProfiles;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins that are captured, replayed and relayed, as the client and the FTP server see them. */
class FtpLoginTest {
  @RegisterExtension final FtpFixture ftp = new FtpFixture();

  @Test
  void theCapturedLoginOpensTheTunnelAndIsReplayed() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    assertThat(client.answer()).isZero();
    logIn(client);
    Peer server = ftp.server();
    serveLogin(server);

    assertThat(client.line()).isEqualTo("230-Welcome");
    assertThat(client.line()).isEqualTo("230 In.");
    client.sendLine("PWD");
    assertThat(server.line()).isEqualTo("PWD");
    assertThat(ftp.ssh.logins).containsExactly("bob:secret");
    assertThat(ftp.ssh.channels).hasToString("[ftp.example:21]");
    assertThat(ftp.recorded.get(0).events).containsExactly("tunnelled gate:22 bob");
  }

  @Test
  void theSessionLivesWhereItsTunnelDoes() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    DuplexChannel control = ftp.clients.get(0);
    assertThat(control.eventLoop()).isNotSameAs(ftp.ssh.loop());
    logIn(client);
    serveLogin(ftp.server());
    client.line();

    assertThat(control.eventLoop()).isSameAs(ftp.ssh.loop());
  }

  /** It may have been asked for while the tunnel was made. */
  @Test
  void whatTheClientSendsWhileItsSessionMovesIsNotMissed() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    client.sendLine("USER bob");
    client.sendLine("PASS secret");
    Peer server = ftp.server();
    client.sendLine("PWD");
    serveLogin(server);

    assertThat(server.line()).isEqualTo("PWD");
  }

  @Test
  void theSessionEndsWhenBothSidesHaveEndedAndGivesItsLeaseBack() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    Peer server = ftp.server();
    serveLogin(server);
    client.line();
    client.line();

    client.sendLine("QUIT");
    client.sendEof();
    assertThat(server.line()).isEqualTo("QUIT");
    assertThat(server.line()).isEqualTo("EOF");
    server.sendLine("221 Bye");
    server.close();

    assertThat(client.rest()).isEqualTo("221 Bye\r\nEOF");
    ftp.awaitEnd(0, "ended completed");
    await().untilAsserted(() -> assertThat(ftp.ssh.leases).hasValue(0));
  }

  @Test
  void aClientThatSendsEverythingAtOnceIsServedInOrder() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.send("OPTS UTF8 ON\r\nUSER bob\r\nPASS secret\r\nFEAT\r\nPWD\r\n");
    client.sendEof();
    assertThat(client.answer()).isZero();
    Peer server = ftp.server();
    server.sendLine("220 hi");
    assertThat(server.line()).isEqualTo("OPTS UTF8 ON");
    server.sendLine("501 no");
    assertThat(server.line()).isEqualTo("USER bob");
    server.sendLine("331 p");
    assertThat(server.line()).isEqualTo("PASS secret");
    server.sendLine("230 in");

    assertThat(server.line()).isEqualTo("FEAT");
    assertThat(server.line()).isEqualTo("PWD");
    assertThat(server.line()).isEqualTo("EOF");
    server.sendLine("211 f").sendLine("257 p").sendEof();
    assertThat(client.line()).startsWith("220 ");
    assertThat(client.line()).startsWith("200 ");
    assertThat(client.line()).startsWith("331 ");
    assertThat(client.rest()).isEqualTo("230 in\r\n211 f\r\n257 p\r\nEOF");
  }

  @Test
  void withAFixedUserTheRealGreetingIsRelayed() throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.Fixed("gate"), AuthMethod.PUBLICKEY);
    Peer client = ftp.tunnel(Fallback.NONE);
    Peer server = ftp.server();
    server.sendLine("220 real");

    assertThat(client.answer()).isZero();
    assertThat(client.line()).isEqualTo("220 real");
    client.sendLine("USER anonymous");
    assertThat(server.line()).isEqualTo("USER anonymous");
    assertThat(ftp.ssh.logins).containsExactly("gate");
  }

  @Test
  void withAKeyTheUserNameIsEnough() throws Exception {
    ftp.profile = TestProfiles.profile(new SshUser.FromFtp(), AuthMethod.PUBLICKEY);
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    client.line();
    client.sendLine("USER bob");
    Peer server = ftp.server();
    server.sendLine("220 hi");
    assertThat(server.line()).isEqualTo("USER bob");
    server.sendLine("331 the server's own words");

    assertThat(client.line()).isEqualTo("331 the server's own words");
    client.sendLine("PASS secret");
    assertThat(server.line()).isEqualTo("PASS secret");
    assertThat(ftp.ssh.logins).containsExactly("bob");
  }

  @ParameterizedTest(name = "<{0}>")
  @CsvSource({"anonymous", "ftp", "Anonymous", "''"})
  void anonymousUsersAreNeverTriedAgainstSsh(String user) throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    client.line();
    client.sendLine("USER " + user);
    client.line();
    client.sendLine("PASS me@example.org");

    assertThat(client.line()).startsWith("530 culvert: nothing to log in with");
    assertThat(ftp.ssh.logins).isEmpty();
  }

  @Test
  void aSessionThatHasEndedLeavesNothingAtTheSshConnection() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    serveLogin(ftp.server());
    client.line();
    client.line();
    assertThat(ftp.ssh.ended.listeners).hasValue(1);

    client.reset();

    ftp.awaitEnd(0, "ended client-aborted");
    await().untilAsserted(() -> assertThat(ftp.ssh.ended.listeners).hasValue(0));
  }

  @ParameterizedTest(name = "logged in: {0}")
  @CsvSource({"false", "true"})
  void aClientThatNeverReadsIsNotReadFromForEver(boolean loggedIn) throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    if (loggedIn) {
      logIn(client);
      serveLogin(ftp.server());
      client.line();
      client.line();
    } else {
      assertThat(client.line()).startsWith("220 ");
    }
    client.socket.setReceiveBufferSize(16 * 1024);
    ftp.clients.get(0).config().setOption(ChannelOption.SO_SNDBUF, 16 * 1024);
    String command = "PROT " + "P".repeat(500) + "\r\n";
    byte[] block = command.repeat(32).getBytes(StandardCharsets.US_ASCII);
    AtomicBoolean cut = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < 2_000; i++) {
                  client.socket.getOutputStream().write(block);
                }
              } catch (IOException e) {
                cut.set(true);
              }
            });
    writer.start();

    writer.join(3_000);

    assertThat(cut).as("the client is not cut off").isFalse();
    assertThat(writer.isAlive()).as("the client is held back").isTrue();
    assertThat(ftp.clients.get(0).unsafe().outboundBuffer().totalPendingWriteBytes())
        .isLessThan(2 << 20);

    for (int reply = 0; reply < 2_000 * 32; reply++) {
      assertThat(client.line()).startsWith("502 ");
    }
    writer.join(60_000);
    assertThat(writer.isAlive()).as("the client got all its answers").isFalse();
  }

  @Test
  void aTlsClientIsResetAndNothingReachesTheServer() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    client.line();
    client.send("\u0016\u0003\u0001");

    assertThat(client.rest()).isEqualTo("RESET");
    ftp.awaitEnd(0, "ended refused");
  }

  @Test
  void anHttpRequestIsResetWhicheverWayTheSessionGoes() throws Exception {
    Peer client = ftp.plain(FtpFixture.HOST);
    Peer server = ftp.server();
    server.sendLine("220 real");
    client.answer();
    client.line();
    client.send("POST / HTTP/1.1\r\nHost: x\r\n\r\nPORT 1,2,3,4,5,6\r\n");

    assertThat(client.rest()).isEqualTo("RESET");
    assertThat(server.line()).isEqualTo("EOF");
  }

  @Test
  void aClientThatPipelinesWithoutEndWaitsForReplies() throws Exception {
    Peer client = ftp.plain(FtpFixture.HOST);
    Peer server = ftp.server();
    server.sendLine("220 real");
    client.answer();
    client.line();
    client.send("NOOP\r\n".repeat(2_000));

    for (int i = 0; i < 256; i++) {
      assertThat(server.line()).isEqualTo("NOOP");
    }
    assertThat(server.isSilent()).isTrue();
    server.sendLine("200 ok");
    assertThat(server.line()).isEqualTo("NOOP");
  }

  @Test
  void aNulByteIs500AndTheEnd() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    client.line();
    client.send("USER a\0b\r\n");

    assertThat(client.rest()).isEqualTo("500 culvert: NUL byte\r\nEOF");
  }

  @Test
  void aDirectSessionIsRelayedFromTheGreetingOn() throws Exception {
    Peer client = ftp.plain(FtpFixture.HOST);
    Peer server = ftp.server();
    server.sendLine("220 real");

    assertThat(client.answer()).isZero();
    assertThat(client.line()).isEqualTo("220 real");
    client.sendLine("AUTH TLS");
    assertThat(server.line()).isEqualTo("AUTH TLS");
    server.sendLine("234 go");
    assertThat(client.line()).isEqualTo("234 go");
    client.send("\u0016\u0003\0\0\nx");
    assertThat(server.line()).isEqualTo("\u0016\u0003\0\0");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"PASV\t", "PORT\t127,0,0,1,4,1", "STOR\tf", "PASV\rQUIT", " PASV"})
  void whatServersTakeForDifferentCommandsReachesNoServer(String line) throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    assertThat(client.line()).startsWith("220 ");
    client.sendLine(line).sendLine("USER bob").sendLine(line).sendLine("PASS secret");
    assertThat(client.line()).startsWith("500 culvert: ");
    assertThat(client.line()).startsWith("331 ");
    assertThat(client.line()).startsWith("500 culvert: ");
    Peer server = ftp.server();
    serveLogin(server);
    client.line();
    client.line();

    client.sendLine(line).sendLine("noop\r\r");
    assertThat(server.line()).isEqualTo("NOOP");
    server.sendLine("200 ok");

    assertThat(client.line()).startsWith("500 culvert: ");
    assertThat(client.line()).isEqualTo("200 ok");
  }

  @Test
  void namesAndPasswordsThatLookLikeTelnetReachTheServerAsTheyCame() throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    client.line();
    client.sendLine("USER bob").sendLine("PASS \u00ff\u00f0\u00ff\u00ff");
    client.line();
    Peer server = ftp.server();
    server.sendLine("220 hi");
    server.line();
    server.sendLine("331 p");
    assertThat(server.line()).isEqualTo("PASS \u00ff\u00f0\u00ff\u00ff");
    server.sendLine("230 in");
    client.line();

    client.sendLine("DELE \u00ff\u00f0\u00ec\u00e0");

    assertThat(server.line()).isEqualTo("DELE \u00ff\u00f0\u00ec\u00e0");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "220 one|220 two|220 three",
        "220-one|220 two|220 three",
        "120 soon|220 one||220 two",
        "Welcome|220 one|220-two| three|220 four"
      })
  void aServerThatGreetsInSeveralRepliesIsLoggedInTo(String greetings) throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    logIn(client);
    Peer server = ftp.server();
    server.sendLine(greetings.replace("|", "\r\n"));
    assertThat(server.line()).isEqualTo("USER bob");
    server.sendLine("331 password?");
    assertThat(server.line()).isEqualTo("PASS secret");
    server.sendLine("230 In.");

    assertThat(client.line()).isEqualTo("230 In.");
    client.sendLine("PWD");
    assertThat(server.line()).isEqualTo("PWD");
    server.sendLine("257 here");
    assertThat(client.line()).isEqualTo("257 here");
  }
}
