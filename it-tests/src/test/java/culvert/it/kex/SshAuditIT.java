package culvert.it.kex;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import culvert.it.peers.FreePorts;
import culvert.it.peers.RealPeers;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** ssh-audit's verdict on Culvert as an SSH client. */
@RealPeers
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@AnyTransport
class SshAuditIT {
  private static final OneLoop.Login NOBODY = new OneLoop.Login("nobody", "none");

  @Test
  void findsNothingToFail() throws Exception {
    String report = audit("authentication: password");

    assertThat(report)
        .contains("# general", "client IP: 127.0.0.1", "banner: SSH-2.0-Culvert")
        .contains("(kex) mlkem768x25519-sha256")
        .contains("(kex) sntrup761x25519-sha512@openssh.com")
        .contains("(kex) curve25519-sha256")
        .contains("(enc) aes128-gcm@openssh.com")
        .contains("(key) ssh-ed25519")
        .contains("(mac) hmac-sha2-256-etm@openssh.com");
    assertThat(report.lines().filter(line -> line.contains("[fail]")).toList()).isEmpty();
  }

  @Test
  void failsWhatTheConfigurationAdds() throws Exception {
    String report = audit("authentication: password, ciphers: +aes128-cbc");

    assertThat(report.lines().filter(line -> line.contains("[fail]")).toList())
        .anyMatch(line -> line.contains("aes128-cbc"));
  }

  private static String audit(String profile) throws Exception {
    int port = FreePorts.next();
    Process audit =
        new ProcessBuilder(
                "ssh-audit", "--no-colors", "--client-audit", "--port=" + port, "--timeout=60")
            .redirectErrorStream(true)
            .start();
    try (OneLoop loop = new OneLoop()) {
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> isListening(port));
      Future<?> refused = loop.connect(loop.server(port, profile), NOBODY);
      assertThat(refused.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(refused.isSuccess()).isFalse();
      String report = new String(audit.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(audit.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return report;
    } finally {
      audit.destroyForcibly();
    }
  }

  /** Without a connection, which ssh-audit would take for the client's, and without its port. */
  private static boolean isListening(int port) throws IOException {
    String listening = ":%04X 00000000:0000 0A ".formatted(port);
    return Files.readString(Path.of("/proc/net/tcp")).contains(listening);
  }
}
