package culvert.it.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.CulvertProcess;
import culvert.it.Peers;
import culvert.it.TestConfig;
import culvert.it.peers.CurlClient;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.Socks5;
import culvert.it.peers.TestAccount;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A password that has been used is not in memory any more: neither while its session lives nor
 * afterwards, neither in the heap, garbage included, nor in the buffers outside it.
 *
 * <p>What cannot be had: while it is in use, a collection may move a password, and the place that
 * it left is not cleared before something else needs it. That place is in no heap dump.
 */
@RealPeers
class MemoryIT {
  private static final String WRONG = "canary-of-a-wrong-password";
  private static final String SOCKS = "canary-of-the-socks-user";
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  @RegisterExtension final Peers peers = new Peers().withVsftpd();
  private RealSshd sshd;

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"password", "keyboard-interactive"})
  void afterALoginThroughATunnel(String method) throws Exception {
    sshd = sshd(method);
    try (CulvertProcess culvert = run(config().profile("authentication", "[" + method + "]"))) {
      try (FtpDialogue ftp = ftp(culvert)) {
        ftp.reply();
        assertThat(ftp.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");
        assertForgotten(culvert, TestAccount.password());
        ftp.send("QUIT");
      }
      await("the SSH session ends").atMost(DEADLINE).until(() -> sshd.sessions() == 0);
      assertForgotten(culvert, TestAccount.password());
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"password", "keyboard-interactive"})
  void afterALoginThatTheSshServerRefused(String method) throws Exception {
    sshd = sshd(method);
    try (CulvertProcess culvert = run(config().profile("authentication", "[" + method + "]"))) {
      try (FtpDialogue ftp = ftp(culvert)) {
        ftp.reply();
        assertThat(ftp.login(TestAccount.USER, WRONG)).startsWith("530 ");
        assertThat(ftp.login(TestAccount.USER, WRONG)).startsWith("530 "); // remembered
        assertForgotten(culvert, WRONG);
      }
      assertForgotten(culvert, WRONG);
    }
  }

  @Test
  void afterAFallbackToPlaintext() throws Exception {
    sshd = sshd("password");
    TestConfig config = config().rule("fallback", "plain");
    sshd.stop();
    try (CulvertProcess culvert = run(config)) {
      try (FtpDialogue ftp = ftp(culvert)) {
        ftp.reply();
        assertThat(ftp.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");
        assertForgotten(culvert, TestAccount.password());
      }
      assertForgotten(culvert, TestAccount.password());
    }
  }

  @Test
  void afterALoginThatTheFtpServerRefusedAndPasswordsInTheWrongPlace() throws Exception {
    try (CulvertProcess culvert = run(direct())) {
      try (FtpDialogue ftp = ftp(culvert)) {
        ftp.reply();
        assertThat(ftp.send("PASS " + WRONG)).startsWith("503 ");
        assertThat(ftp.login(TestAccount.USER, WRONG)).startsWith("530 ");
        assertForgotten(culvert, WRONG);
      }
      assertForgotten(culvert, WRONG);
    }
  }

  /** The right one is in the configuration, and so in memory: the search finds it. */
  @Test
  void theSocksPasswordThatAClientSent() throws Exception {
    TestConfig config = direct().listener("socks: 127.0.0.1:0, users: { batch: " + SOCKS + " }");
    try (CulvertProcess culvert = run(config)) {
      assertThat(list(culvert, "batch:" + WRONG)).isEqualTo(97);
      assertThat(list(culvert, "batch:" + SOCKS)).isZero();
      assertForgotten(culvert, WRONG);
      assertThat(memory(culvert).findInHeap(true, SOCKS)).isNotEmpty();
    }
  }

  private void assertForgotten(CulvertProcess culvert, String secret) throws Exception {
    ProcessMemory memory = memory(culvert);
    assertThat(memory.findOutsideHeap(secret)).as("outside the heap").isEmpty();
    assertThat(memory.findInHeap(false, secret)).as("in the heap, garbage included").isEmpty();
    assertThat(memory.findInHeap(true, secret)).as("in the heap").isEmpty();
  }

  private ProcessMemory memory(CulvertProcess culvert) {
    return new ProcessMemory(culvert.pid(), peers.directory());
  }

  private RealSshd sshd(String method) throws Exception {
    String interactive = method.equals("keyboard-interactive") ? "yes" : "no";
    return peers.add(
        RealSshd.start("KbdInteractiveAuthentication " + interactive, "UsePAM " + interactive));
  }

  private TestConfig config() throws Exception {
    return peers.config(sshd);
  }

  private TestConfig direct() throws Exception {
    return TestConfig.tunnel(peers.directory(), 22, peers.vsftpd().port()).rule("action", "direct");
  }

  private CulvertProcess run(TestConfig config) throws Exception {
    return CulvertProcess.run(
        Map.of("JAVA_TOOL_OPTIONS", "-XX:+UseG1GC -Xmx96m"),
        config.write(),
        peers.directory().resolve("log"));
  }

  private FtpDialogue ftp(CulvertProcess culvert) throws Exception {
    return Socks5.through(culvert.port()).ftp("127.0.0.1", peers.vsftpd().port());
  }

  private int list(CulvertProcess culvert, String proxyUser) {
    return CurlClient.through(
            "--socks5-hostname", culvert.port(), TestAccount.USER, TestAccount.password())
        .with("--proxy-user", proxyUser)
        .text("--list-only", "ftp://127.0.0.1:" + peers.vsftpd().port() + "/")
        .exitCode();
  }
}
