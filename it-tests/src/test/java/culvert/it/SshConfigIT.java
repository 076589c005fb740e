package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.SshKey;
import culvert.it.peers.TestAccount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tunnels whose server, user, key and known hosts are those of OpenSSH's configuration. */
@RealPeers
class SshConfigIT {
  @TempDir Path directory;

  /** A profile that says nothing but the name by which ssh_config knows the server. */
  private TestConfig config(RealSshd sshd, RealVsftpd vsftpd, String... sshConfig)
      throws Exception {
    Path file = Files.write(directory.resolve("ssh_config"), List.of(sshConfig));
    return TestConfig.tunnel(directory, sshd.port(), vsftpd.port(), sshd.knownHostsLine())
        .profile("host", "gw")
        .profile("port", "null")
        .profile("known-hosts", "null")
        .profile("strict-host-key-checking", "null")
        .profile("ssh-config", file);
  }

  private SshKey authorizedKey(RealSshd sshd, String name) throws Exception {
    SshKey key = SshKey.create(directory.resolve(name));
    sshd.authorize(Files.readString(key.publicFile()).strip());
    return key;
  }

  @Test
  void anAliasLeadsToItsServerAsItsUserWithItsKey() throws Exception {
    try (RealSshd sshd = RealSshd.start("PasswordAuthentication no");
        RealVsftpd vsftpd = RealVsftpd.start("ftpd_banner=The real greeting")) {
      SshKey key = authorizedKey(sshd, "id_gw");
      TestConfig config =
          config(
              sshd,
              vsftpd,
              "Include " + directory + "/*.conf",
              "Host gw",
              "  HostName 127.0.0.1",
              "  Port " + sshd.port(),
              "  User " + TestAccount.USER,
              "  IdentityFile " + key.path().resolveSibling("id_%n"),
              "Host *",
              "  PreferredAuthentications publickey",
              "  StrictHostKeyChecking yes");
      Files.writeString(
          directory.resolve("known.conf"), "UserKnownHostsFile " + directory + "/known_hosts\n");
      Path home = TestAccount.newDirectory();
      TestFile file = TestFile.create(home.resolve("file"), 200_000);
      try (Culvert culvert = Culvert.start(config);
          FtpDialogue ftp = culvert.ftp(vsftpd.port())) {
        assertThat(ftp.reply()).isEqualTo("220 The real greeting"); // nothing had to be captured

        Run<Sha256> run =
            CurlClient.through(
                    "--socks5-hostname", culvert.port(), TestAccount.USER, TestAccount.password())
                .digest("ftp://127.0.0.1:" + vsftpd.port() + "/" + home.getFileName() + "/file");

        assertThat(run).isEqualTo(new Run<>(0, file.content(), ""));
        assertThat(sshd.log()).contains("Accepted publickey for " + TestAccount.USER);
      } finally {
        TestAccount.delete(home);
      }
    }
  }

  @Test
  void theKeyIsThatOfTheUserWhoLogsIn() throws Exception {
    try (RealSshd sshd = RealSshd.start("PasswordAuthentication no");
        RealVsftpd vsftpd = RealVsftpd.start()) {
      SshKey key = authorizedKey(sshd, "id_joe");
      TestConfig config =
          config(
              sshd,
              vsftpd,
              "Match user " + TestAccount.USER,
              "  IdentityFile " + key.path(),
              "Host gw",
              "  HostName 127.0.0.1",
              "  Port " + sshd.port(),
              "  PreferredAuthentications publickey",
              "  UserKnownHostsFile " + directory + "/known_hosts");
      try (Culvert culvert = Culvert.start(config);
          FtpDialogue ftp = culvert.ftp(vsftpd.port());
          FtpDialogue other = culvert.ftp(vsftpd.port())) {
        assertThat(ftp.reply()).startsWith("220 ");
        assertThat(ftp.login(TestAccount.USER, TestAccount.password()))
            .isEqualTo("230 Login successful.");
        assertThat(other.reply()).startsWith("220 ");
        assertThat(other.send("USER nobody")).matches("(?s)(421|530) culvert: .*");
      }
    }
  }

  @Test
  void whatSshConfigCallsAnUnknownHostGetsNoCredentials() throws Exception {
    try (RealSshd sshd = RealSshd.start();
        RealVsftpd vsftpd = RealVsftpd.start();
        Culvert culvert =
            Culvert.start(
                config(
                    sshd,
                    vsftpd,
                    "Host gw",
                    "  HostName 127.0.0.1",
                    "  Port " + sshd.port(),
                    "  StrictHostKeyChecking no",
                    "  UserKnownHostsFile /dev/null"));
        FtpDialogue ftp = culvert.ftp(vsftpd.port())) {
      assertThat(ftp.reply()).startsWith("220 ");
      assertThat(ftp.login(TestAccount.USER, TestAccount.password()))
          .startsWith("421 culvert: host key of [127.0.0.1]:" + sshd.port() + " is unknown");
      assertThat(sshd.log()).doesNotContain("Accepted", "Failed password");
    }
  }
}
