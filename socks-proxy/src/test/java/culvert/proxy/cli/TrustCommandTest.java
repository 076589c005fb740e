package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.ssh.HostKeys;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(RestoreLogging.class)
class TrustCommandTest {
  @TempDir private Path directory;
  private final RecordingHostKeys hostKeys = new RecordingHostKeys();
  private CommandLineRun culvert;

  private static final class RecordingHostKeys implements HostKeys {
    private final List<String> added = new ArrayList<>();
    private boolean refuses;

    @Override
    public List<ServerHostKey> fetch(String host, int port, Duration deadline) throws SshException {
      if (host.equals("dead.example")) {
        throw new SshException(
            SshFailure.CONNECTION_REFUSED, "ssh server " + host + ":" + port + ": refused");
      }
      return List.of(new ServerHostKey("ssh-ed25519", "AAAA", "SHA256:abc"));
    }

    @Override
    public List<Outcome> add(
        List<Path> knownHosts, String host, int port, List<ServerHostKey> keys) {
      if (refuses) {
        return List.of(new Outcome(keys.get(0), Outcome.Kind.REFUSED, "the key is revoked"));
      }
      added.add(host + ":" + port + " to " + knownHosts.get(0));
      return List.of(new Outcome(keys.get(0), Outcome.Kind.ADDED, "added to the file"));
    }
  }

  @BeforeEach
  void freshRun() throws IOException {
    Files.writeString(
        directory.resolve("culvert.yaml"),
        """
        profiles:
          defaults:
            known-hosts: [~/known_hosts]
          gateway:
            host: ssh.dmz.example
            port: 2222
            known-hosts: [~/other_hosts]
        """);
    culvert = new CommandLineRun(directory).withHostKeys(hostKeys);
  }

  @Test
  void keysAreShownAndAddedAfterAYes() {
    culvert.withAnswers("y\n");

    assertThat(culvert.execute("trust", "ftp.example")).isZero();

    assertThat(culvert.outLines())
        .containsExactly(
            "ftp.example:22 has these host keys:",
            "  ssh-ed25519 SHA256:abc",
            "  ssh-ed25519: added to the file");
    assertThat(culvert.err()).contains("Add them to " + directory.resolve("known_hosts"));
    assertThat(hostKeys.added)
        .containsExactly("ftp.example:22 to " + directory.resolve("known_hosts"));
  }

  @Test
  void anythingButAYesAddsNothing() {
    culvert.withAnswers("\n");

    assertThat(culvert.execute("trust", "ftp.example")).isEqualTo(1);

    assertThat(hostKeys.added).isEmpty();
  }

  @Test
  void withoutATerminalYesMustBeGiven() {
    assertThat(culvert.execute("trust", "ftp.example")).isEqualTo(1);
    assertThat(culvert.err()).contains("--yes");
    assertThat(hostKeys.added).isEmpty();

    assertThat(culvert.execute("trust", "--yes", "ftp.example", "[2001:db8::1]:2200")).isZero();
    assertThat(hostKeys.added)
        .containsExactly(
            "ftp.example:22 to " + directory.resolve("known_hosts"),
            "2001:db8::1:2200 to " + directory.resolve("known_hosts"));
  }

  @Test
  void aProfileNamesHostPortAndFile() {
    assertThat(culvert.execute("trust", "--yes", "--profile", "gateway")).isZero();

    assertThat(hostKeys.added)
        .containsExactly("ssh.dmz.example:2222 to " + directory.resolve("other_hosts"));
  }

  @Test
  void aDeadServerDoesNotKeepTheOthersFromBeingTrusted() {
    assertThat(culvert.execute("trust", "--yes", "dead.example", "ftp.example")).isEqualTo(1);

    assertThat(culvert.err()).contains("culvert: ssh server dead.example:22: refused");
    assertThat(hostKeys.added).hasSize(1);
  }

  @Test
  void aRefusedKeyIsAFailure() {
    hostKeys.refuses = true;

    assertThat(culvert.execute("trust", "--yes", "ftp.example")).isEqualTo(1);

    assertThat(culvert.err()).contains("the key is revoked");
  }

  @Test
  void aMissingHostAndAnUnknownProfileAreWrongUsage() {
    assertThat(culvert.execute("trust")).isEqualTo(2);
    assertThat(culvert.execute("trust", "--profile", "nonsense")).isEqualTo(2);
    assertThat(culvert.execute("trust", "ftp.example:ssh")).isEqualTo(2);

    assertThat(culvert.err()).contains("expected: one of defaults, gateway");
  }
}
