package culvert.it.peers;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.AnyTransport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The peers themselves, without Culvert: what the other tests take for granted. */
@RealPeers
@AnyTransport
class RealPeersIT {

  @Test
  void vsftpdServesTheTestAccountAndItsLogShowsPortsAndConnections() throws Exception {
    Path directory = TestAccount.newDirectory();
    Files.writeString(directory.resolve("hello"), "hello\n");
    try (RealVsftpd vsftpd = RealVsftpd.start()) {
      Run<String> run =
          Run.text(
              Duration.ofSeconds(20),
              List.of(
                  "curl",
                  "-sS",
                  "--user",
                  TestAccount.USER + ":" + TestAccount.password(),
                  "ftp://127.0.0.1:" + vsftpd.port() + "/" + directory.getFileName() + "/hello"));

      assertThat(run).isEqualTo(new Run<>(0, "hello\n", ""));
      assertThat(vsftpd.controlConnections()).isEqualTo(1);
      assertThat(vsftpd.passivePorts()).hasSize(1).allMatch(port -> port > 60_000);
    } finally {
      TestAccount.delete(directory);
    }
  }

  @Test
  void sshdForwardsAndItsLogShowsTheTarget() throws Exception {
    try (RealSshd sshd = RealSshd.start();
        RealVsftpd vsftpd = RealVsftpd.start()) {
      Path key = Files.createTempDirectory("culvert-key-").resolve("id");
      Run.text(
          Duration.ofSeconds(10),
          List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()));
      sshd.authorize(Files.readString(Path.of(key + ".pub")).strip());

      Run<String> run =
          Run.text(
              Duration.ofSeconds(20),
              List.of(
                  "ssh",
                  "-F",
                  "none",
                  "-o",
                  "StrictHostKeyChecking=no",
                  "-o",
                  "UserKnownHostsFile=/dev/null",
                  "-o",
                  "LogLevel=ERROR",
                  "-i",
                  key.toString(),
                  "-p",
                  Integer.toString(sshd.port()),
                  "-W",
                  "127.0.0.1:" + vsftpd.port(),
                  TestAccount.USER + "@127.0.0.1"));
      TestAccount.delete(key.getParent());

      assertThat(sshd.log()).contains("Accepted publickey for " + TestAccount.USER);
      assertThat(sshd.directTcpipTargets())
          .as(run.toString())
          .containsExactly("127.0.0.1:" + vsftpd.port());
    }
  }
}
