package culvert.it.hostkey;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.HostKeyPolicy;
import culvert.config.SshAlgorithms;
import culvert.it.AnyTransport;
import culvert.it.peers.HostKeySshd;
import culvert.it.peers.KeyFiles;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.ssh.HostKeys;
import culvert.ssh.HostKeys.Check.Trust;
import culvert.ssh.mina.hostkey.MinaHostKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code culvert trust} fetches and writes is what {@code ssh-keyscan} prints. */
@RealPeers
@Timeout(120)
@AnyTransport
class KeyscanAgreementIT {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  @TempDir private Path directory;
  private final HostKeys hostKeys = new MinaHostKeys();

  @Test
  void theSameKeysAsSshKeyscan() throws Exception {
    KeyFiles files = new KeyFiles(directory);
    Path authority = files.pair("ca", "ed25519");
    List<Path> keys =
        List.of(
            files.certified(
                "certified", files.pair("ed25519", "ed25519"), authority, "-h", "-n", "127.0.0.1"),
            files.pair("ecdsa", "ecdsa"),
            files.pair("rsa", "rsa"));
    Path file = directory.resolve("known_hosts");
    HostKeyPolicy policy = new HostKeyPolicy(false, List.of(file), Optional.empty(), false);
    try (HostKeySshd sshd = HostKeySshd.start("127.0.0.1", keys)) {
      Run<String> scan =
          Run.text(
              DEADLINE,
              List.of("ssh-keyscan", "-p", Integer.toString(sshd.port()), "-T", "20", "127.0.0.1"));
      List<String> theirs = scan.output().lines().filter(line -> !line.startsWith("#")).toList();
      assertThat(theirs).as(scan.toString()).hasSize(3);

      List<HostKeys.ServerHostKey> ours = hostKeys.fetch(asked(sshd));
      assertThat(hostKeys.add(policy, "127.0.0.1", sshd.port(), ours))
          .allMatch(outcome -> outcome.kind() == HostKeys.Outcome.Kind.ADDED);
      assertThat(Files.readAllLines(file)).containsExactlyInAnyOrderElementsOf(theirs);
      assertThat(check(policy, sshd)).isEqualTo(Trust.KEY);

      Files.writeString(file, "@cert-authority 127.* " + KeyFiles.publicKey(authority) + "\n");
      assertThat(check(policy, sshd)).isEqualTo(Trust.CERTIFICATE);

      Files.writeString(file, "@cert-authority 10.* " + KeyFiles.publicKey(authority) + "\n");
      assertThat(check(policy, sshd)).isEqualTo(Trust.NONE);
    }
  }

  private static HostKeys.Server asked(HostKeySshd sshd) {
    return new HostKeys.Server("127.0.0.1", sshd.port(), SshAlgorithms.STANDARD, DEADLINE);
  }

  private Trust check(HostKeyPolicy policy, HostKeySshd sshd) throws Exception {
    return hostKeys.check(policy, asked(sshd)).trust();
  }
}
