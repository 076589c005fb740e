package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A real sshd whose key was changed, and {@code culvert trust --replace} by itself and beside
 * another.
 */
@RealPeers
@AnyTransport
class TrustReplaceIT {
  private static final String ABOVE = "# by hand\nother.example ";
  private static final int AT_ONCE = 2;

  @RegisterExtension final Peers peers = new Peers().withSshd();

  private Path knownHosts;
  private Path config;
  private String old;

  @BeforeEach
  void changeTheKey() throws Exception {
    old = peers.sshd().knownHostsLine();
    knownHosts = peers.directory().resolve("known_hosts");
    Files.writeString(knownHosts, ABOVE + key(old) + "\n" + old + "\n");
    config = peers.directory().resolve("culvert.yaml");
    Files.writeString(
        config,
        "profiles: { defaults: { login-timeout: 60s, known-hosts: '" + knownHosts + "' } }\n");
    peers.sshd().newHostKey();
    peers.sshd().restart();
  }

  @Test
  void theNewKeyStandsInPlaceOfTheOldOneAndASecondRunChangesNothing() throws Exception {
    Run<String> wrong = trust("--replace", "--fingerprint", fingerprint(old));
    assertThat(wrong.exitCode()).isEqualTo(1);
    assertThat(wrong.output()).contains("the server has no key " + fingerprint(old));
    assertThat(knownHosts).content().contains(old);

    Run<String> replaced = replace();

    assertThat(replaced.exitCode()).as(replaced.output()).isZero();
    assertThat(replaced.output())
        .contains("added to " + knownHosts + " in place of")
        .contains(fingerprint(old));
    assertTheNewKeyAloneIsKnown();
    Run<String> again = replace();
    assertThat(again.exitCode()).as(again.output()).isZero();
    assertThat(again.output()).contains("nothing to replace");
    assertTheNewKeyAloneIsKnown();
  }

  @Test
  void twoAtOnceLeaveTheNewKeyOnce() throws Exception {
    List<Process> runs = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      runs.add(start("--replace", "--fingerprint", fingerprint(peers.sshd().knownHostsLine())));
    }
    for (Process run : runs) {
      Run<String> ended = end(run);
      assertThat(ended.exitCode()).as(ended.output()).isZero();
    }

    assertTheNewKeyAloneIsKnown();
  }

  private void assertTheNewKeyAloneIsKnown() throws IOException {
    assertThat(Files.readString(knownHosts))
        .isEqualTo(ABOVE + key(old) + "\n" + peers.sshd().knownHostsLine() + "\n");
    assertThat(peers.directory()).isDirectoryNotContaining("glob:**.new");
  }

  private Run<String> replace() throws Exception {
    return trust("--replace", "--fingerprint", fingerprint(peers.sshd().knownHostsLine()));
  }

  private Run<String> trust(String... options) throws Exception {
    return end(start(options));
  }

  private Process start(String... options) throws IOException {
    List<String> line = new ArrayList<>(List.of("trust", "-c", config.toString()));
    line.addAll(List.of(options));
    line.add("127.0.0.1:" + peers.sshd().port());
    return CulvertProcess.builder(line).redirectErrorStream(true).start();
  }

  /** What it prints, all of it. */
  private static Run<String> end(Process process) throws Exception {
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Run<>(process.exitValue(), out, "");
  }

  private static String key(String line) {
    return line.substring(line.indexOf(' ') + 1);
  }

  private static String fingerprint(String line) throws Exception {
    byte[] key = Base64.getDecoder().decode(line.substring(line.lastIndexOf(' ') + 1));
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(key);
    return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
  }
}
