package culvert.proxy.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import culvert.config.Fallback;
import culvert.ssh.SshFailure;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A password goes through everything here, and nothing ever prints it. */
class PasswordCanaryTest {
  private static final String CANARY = "xXcanaryXx";

  /** Renders each event while it is fresh. */
  private static final class Rendered extends AppenderBase<ILoggingEvent> {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      lines.add(
          event.getThreadName() + " " + event.getFormattedMessage() + event.getKeyValuePairs());
      if (event.getThrowableProxy() != null) {
        lines.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
    }
  }

  @Test
  void atNoLevelIsThePasswordLogged() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger("culvert");
    Level before = root.getLevel();
    Rendered rendered = new Rendered();
    rendered.start();
    root.addAppender(rendered);
    root.setLevel(Level.TRACE);
    try (FtpFixture ftp = new FtpFixture()) {
      refusedLogin(ftp);
      login(ftp);
      echoes(ftp);
      relayedEchoes(ftp);
    } finally {
      root.setLevel(before);
      root.detachAppender(rendered);
    }

    assertThat(rendered.lines).anyMatch(line -> line.contains("PASS ****"));
    assertThat(rendered.lines).noneMatch(line -> line.contains(CANARY));
  }

  private static void refusedLogin(FtpFixture ftp) throws Exception {
    ftp.ssh.loginFailure = FakeSsh.failure(SshFailure.AUTH_FAILED);
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    client.line();
    client.send("PASS" + CANARY + "\r\n" + CANARY + "\r\nACCT " + CANARY + "\r\n");
    client.send("USER bob\r\nPASS " + CANARY + "\r\n");
    for (int i = 0; i < 4; i++) {
      client.line();
    }
    assertThat(client.line()).startsWith("530 ").doesNotContain(CANARY);
    client.close();
    ftp.ssh.loginFailure = null;
  }

  private static void login(FtpFixture ftp) throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    client.line();
    client.send("USER bob\r\nPASS " + CANARY + "\r\n");
    client.line();
    Peer server = ftp.server();
    server.sendLine("220 hi");
    server.line();
    server.sendLine("331 p");
    assertThat(server.line()).isEqualTo("PASS " + CANARY);
    server.sendLine("230 in");
    client.line();
    client.sendLine("PASS " + CANARY);
    assertThat(server.line()).isEqualTo("PASS " + CANARY);
    client.close();
    server.close();
    await().untilAsserted(() -> assertThat(ftp.ssh.leases).hasValue(0));
  }

  /** A server that says what it was told. */
  private static void echoes(FtpFixture ftp) throws Exception {
    Peer client = ftp.tunnel(Fallback.NONE);
    client.answer();
    client.line();
    client.send("ACCT " + CANARY + "\r\nUSER bob\r\nPASS " + CANARY + "\r\n");
    client.line();
    client.line();
    Peer server = ftp.server();
    server.sendLine("220 hi");
    server.line();
    server.sendLine("331 p");
    server.line();
    server.sendLine("332-" + CANARY).sendLine(CANARY).sendLine("332 " + CANARY);
    assertThat(server.line()).isEqualTo("ACCT " + CANARY);
    server.sendLine("230-" + CANARY).sendLine("220 " + CANARY).sendLine("230 in " + CANARY);
    for (int i = 0; i < 3; i++) {
      assertThat(client.line()).contains(CANARY);
    }
    client.sendLine("XPASS " + CANARY);
    server.line();
    server.sendLine("500 XPASS " + CANARY + ": what?");
    assertThat(client.line()).contains(CANARY);
    client.close();
    server.close();
    await().untilAsserted(() -> assertThat(ftp.ssh.leases).hasValue(0));
  }

  /** Where nothing is captured, and where the password is relayed after another login. */
  private static void relayedEchoes(FtpFixture ftp) throws Exception {
    Peer client = ftp.plain(FtpFixture.HOST);
    Peer server = ftp.server();
    server.sendLine("220 hi");
    client.answer();
    client.line();
    for (String command : new String[] {"PASS", "ACCT", "pass", "PASS"}) {
      client.sendLine(command + " " + CANARY);
      server.line();
      server.sendLine("230-" + CANARY).sendLine(" " + CANARY).sendLine("230 " + CANARY);
      for (int i = 0; i < 3; i++) {
        assertThat(client.line()).contains(CANARY);
      }
    }
    client.close();
    server.close();
  }
}
