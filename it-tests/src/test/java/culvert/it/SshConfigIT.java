package culvert.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.peers.CurlClient;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.Socks5;
import culvert.it.peers.SshKey;
import culvert.it.peers.TestAccount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tunnels whose server, user, key and known hosts are those of OpenSSH's configuration. */
@RealPeers
@AnyTransport
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
  void proxyJumpLeadsThroughItsHopsEachWithItsOwnKeyAndHostKey() throws Exception {
    try (RealSshd bastion = RealSshd.start("PasswordAuthentication no");
        RealSshd middle = RealSshd.start("PasswordAuthentication no");
        RealSshd sshd = RealSshd.start();
        RealVsftpd vsftpd = RealVsftpd.start()) {
      SshKey bastionsKey = authorizedKey(bastion, "id_bastion");
      SshKey middlesKey = authorizedKey(middle, "id_middle");
      TestConfig config =
          config(
                  sshd,
                  vsftpd,
                  "Host gw",
                  "  HostName 127.0.0.1",
                  "  Port " + sshd.port(),
                  "  ProxyJump bastion,middle",
                  "Host bastion",
                  "  HostName 127.0.0.1",
                  "  Port " + bastion.port(),
                  "  IdentityFile " + bastionsKey.path(),
                  "Host middle",
                  "  HostName 127.0.0.1",
                  "  Port " + middle.port(),
                  "  IdentityFile " + middlesKey.path(),
                  "Host bastion middle",
                  "  User " + TestAccount.USER,
                  "Host *",
                  "  StrictHostKeyChecking yes",
                  "  UserKnownHostsFile " + directory + "/known_hosts")
              .profile("authentication", "[password]"); // of the last server only
      Files.write(
          directory.resolve("known_hosts"),
          List.of(bastion.knownHostsLine(), middle.knownHostsLine(), sshd.knownHostsLine()));
      try (Culvert culvert = Culvert.start(config)) {
        login(culvert.socks(), vsftpd).close();
      }
      assertThat(bastion.directTcpipPorts()).containsExactly(middle.port());
      assertThat(middle.directTcpipPorts()).containsExactly(sshd.port());
      assertThat(sshd.directTcpipPorts()).containsExactly(vsftpd.port());
      assertThat(sshd.log()).contains("Accepted password for " + TestAccount.USER);
      assertThat(bastion.log()).contains("Accepted publickey for " + TestAccount.USER);
      assertThat(middle.log())
          .contains("Accepted publickey for " + TestAccount.USER)
          .doesNotContain("Failed password", "method password");
    }
  }

  @Test
  void aHopMayBeNamedAfterTheServerBehindItAndWhoLogsInThere() throws Exception {
    try (RealSshd bastion = RealSshd.start("PasswordAuthentication no");
        RealSshd sshd = RealSshd.start();
        RealVsftpd vsftpd = RealVsftpd.start()) {
      SshKey key = authorizedKey(bastion, "id_" + TestAccount.USER);
      TestConfig config =
          config(
              sshd,
              vsftpd,
              "Host gw",
              "  HostName 127.0.0.1",
              "  Port " + sshd.port(),
              "  ProxyJump %r@to-%n",
              "Host to-gw",
              "  HostName 127.0.0.1",
              "  Port " + bastion.port(),
              "  IdentityFile " + key.path().resolveSibling("id_%r"),
              "Host *",
              "  UserKnownHostsFile " + directory + "/known_hosts");
      Files.write(
          directory.resolve("known_hosts"),
          List.of(bastion.knownHostsLine(), sshd.knownHostsLine()));
      try (Culvert culvert = Culvert.start(config)) {
        login(culvert.socks(), vsftpd).close();
      }
      assertThat(bastion.log()).contains("Accepted publickey for " + TestAccount.USER);
      assertThat(bastion.directTcpipPorts()).containsExactly(sshd.port());
    }
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void sighupReadsTheFileAgain() throws Exception {
    try (RealSshd old = RealSshd.start();
        RealSshd sshd = RealSshd.start();
        RealVsftpd vsftpd = RealVsftpd.start()) {
      TestConfig config = config(old, vsftpd, gateway(old.port()));
      Files.write(
          directory.resolve("known_hosts"), List.of(old.knownHostsLine(), sshd.knownHostsLine()));
      try (CulvertProcess culvert = CulvertProcess.run(config.write(), directory.resolve("log"))) {
        Socks5 socks = Socks5.through(culvert.port());
        try (FtpDialogue before = login(socks, vsftpd)) {
          Files.write(directory.resolve("ssh_config"), List.of(gateway(sshd.port())));
          culvert.signal("HUP");
          await("it is read again")
              .atMost(Duration.ofSeconds(20))
              .until(() -> culvert.log().contains("reloaded"));

          login(socks, vsftpd).close();

          assertThat(before.send("PWD")).as("what had begun goes on").startsWith("257 ");
        }
      }
      assertThat(old.directTcpipPorts()).containsExactly(vsftpd.port());
      assertThat(sshd.directTcpipPorts()).containsExactly(vsftpd.port());
    }
  }

  private String[] gateway(int port) {
    return new String[] {
      "Host gw",
      "  HostName 127.0.0.1",
      "  Port " + port,
      "  StrictHostKeyChecking yes",
      "  UserKnownHostsFile " + directory + "/known_hosts"
    };
  }

  private static FtpDialogue login(Socks5 socks, RealVsftpd vsftpd) throws Exception {
    FtpDialogue ftp = socks.ftp("127.0.0.1", vsftpd.port());
    assertThat(ftp.reply()).startsWith("220 ");
    assertThat(ftp.login(TestAccount.USER, TestAccount.password()))
        .isEqualTo("230 Login successful.");
    return ftp;
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
          FtpDialogue ftp = login(culvert.socks(), vsftpd);
          FtpDialogue other = culvert.ftp(vsftpd.port())) {
        assertThat(ftp.send("PWD")).startsWith("257 ");
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
          .startsWith("530 culvert: host key of [127.0.0.1]:" + sshd.port() + " is unknown");
      assertThat(sshd.log()).doesNotContain("Accepted", "Failed password");
    }
  }
}
