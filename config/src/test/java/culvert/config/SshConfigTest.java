package culvert.config;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.read.SshConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What profiles take from ssh_config. */
class SshConfigTest {
  @TempDir private Path home;
  private SshConfigFile file;

  @BeforeEach
  void anEmptyFile() throws IOException {
    file = new SshConfigFile(home);
  }

  @Test
  void whatTheProfileDoesNotSayComesFromTheFile() throws IOException {
    SshProfile gateway =
        file.profile(
                "host: gw",
                "Host gw",
                "  HostName ssh.dmz.example",
                "  Port 2222",
                "  User ftpgate",
                "  IdentityFile ~/.ssh/id_%h_%r",
                "  IdentityAgent SSH_AUTH_SOCK",
                "  CertificateFile ~/cert",
                "  IdentitiesOnly yes",
                "  PreferredAuthentications gssapi-with-mic,password,publickey",
                "  HostKeyAlias alias",
                "  CheckHostIP yes",
                "  StrictHostKeyChecking ask",
                "  UserKnownHostsFile ~/kh",
                "  ConnectTimeout 9",
                "  ServerAliveInterval 1m",
                "  ServerAliveCountMax 7",
                "  RekeyLimit 1G 1h",
                "  Ciphers -aes128-*,aes256-ctr",
                "  KexAlgorithms curve25519-sha256")
            .forHost("ignored.example");

    assertThat(gateway.host()).contains("ssh.dmz.example");
    assertThat(gateway.port()).isEqualTo(2222);
    assertThat(gateway.user()).isEqualTo(new SshUser.Fixed("ftpgate"));
    assertThat(gateway.login().identityFiles())
        .containsExactly(home.resolve(".ssh/id_ssh.dmz.example_ftpgate"));
    assertThat(gateway.login().identityAgent()).contains(Path.of("/run/agent"));
    assertThat(gateway.login().certificateFiles()).containsExactly(home.resolve("cert"));
    assertThat(gateway.login().identitiesOnly()).isTrue();
    assertThat(gateway.login().authentication())
        .containsExactly(AuthMethod.PASSWORD, AuthMethod.PUBLICKEY);
    assertThat(gateway.hostKeys())
        .isEqualTo(
            new HostKeyPolicy(
                false,
                List.of(home.resolve("kh"), Path.of("/etc/ssh/ssh_known_hosts")),
                Optional.of("alias"),
                true));
    assertThat(gateway.timeouts().connect()).isEqualTo(Duration.ofSeconds(9));
    assertThat(gateway.timeouts().serverAliveInterval()).isEqualTo(Duration.ofMinutes(1));
    assertThat(gateway.timeouts().serverAliveCountMax()).isEqualTo(7);
    assertThat(gateway.rekeyLimit())
        .isEqualTo(new RekeyLimit(1L << 30, Optional.of(Duration.ofHours(1))));
    assertThat(gateway.algorithms().ciphers()).containsExactly("-aes128-*", "-aes256-ctr");
    assertThat(gateway.algorithms().kex()).containsExactly("curve25519-sha256");
    assertThat(gateway.sshConfig()).isEmpty();
  }

  @Test
  void whatTheProfileSaysWins() throws IOException {
    SshProfile gateway =
        file.profile(
                "host: gw, port: 22, user: from-ftp, authentication: [password], identity-file: /k,"
                    + " known-hosts: /kh, strict-host-key-checking: accept-new, connect-timeout: 4s,"
                    + " rekey-limit: 64GiB, proxy-jump: [], ciphers: [aes256-ctr]",
                "Port 2222",
                "User root",
                "PreferredAuthentications publickey",
                "IdentityFile /other",
                "UserKnownHostsFile /other",
                "StrictHostKeyChecking yes",
                "ConnectTimeout 9",
                "RekeyLimit 1G",
                "ProxyJump bastion",
                "Ciphers aes128-ctr")
            .forHost("");

    assertThat(gateway.port()).isEqualTo(22);
    assertThat(gateway.user()).isEqualTo(new SshUser.FromFtp());
    assertThat(gateway.login().authentication()).containsExactly(AuthMethod.PASSWORD);
    assertThat(gateway.login().identityFiles()).containsExactly(Path.of("/k"));
    assertThat(gateway.hostKeys().knownHosts()).containsExactly(Path.of("/kh"));
    assertThat(gateway.hostKeys().acceptNew()).isTrue();
    assertThat(gateway.timeouts().connect()).isEqualTo(Duration.ofSeconds(4));
    assertThat(gateway.rekeyLimit()).isEqualTo(RekeyLimit.ofBytes(64L << 30));
    assertThat(gateway.way()).isEqualTo(new SshWay.Direct());
    assertThat(gateway.algorithms().ciphers()).containsExactly("aes256-ctr");
  }

  @Test
  void whatTheDefaultsSayWinsToo() throws IOException {
    file.write("Port 2222", "User gate");

    SshProfile effective =
        file.loaded("profiles:", "  defaults: {port: 2022}", "  p: " + file.keys("")).forHost("h");

    assertThat(effective.port()).isEqualTo(2022);
    assertThat(effective.user()).isEqualTo(new SshUser.Fixed("gate"));
  }

  @Test
  void aHostThatIsNotRenamedStaysTheClients() throws IOException {
    SshProfile any =
        file.profile("", "Host alias", "  HostName real.example", "Host *", "  Port 7");

    assertThat(any.forHost("ftp.example").host()).isEmpty();
    assertThat(any.forHost("FTP.example").host()).isEmpty();
    assertThat(any.forHost("alias").host()).contains("real.example");
    assertThat(any.forHost("alias")).isEqualTo(any.forHost("alias"));
  }

  @Test
  void noMatchUserMatchesBeforeTheUserIsKnown() throws IOException {
    SshProfile any =
        file.profile(
            "",
            "Match user joe,batch",
            "  IdentityFile /joe",
            "Match !user joe",
            "  IdentityFile /notjoe",
            "Host *",
            "  IdentityFile ~/id_%r");

    assertThat(any.forHost("h").login().identityFiles()).isEmpty();
    assertThat(any.forHost("h", Optional.of("batch")).login().identityFiles())
        .containsExactly(Path.of("/joe"), Path.of("/notjoe"), home.resolve("id_batch"));
    assertThat(any.forHost("h", Optional.of("batch")).user()).isEqualTo(new SshUser.FromFtp());
  }

  @Test
  void whoConnectsChoosesNoDirectory() throws IOException {
    SshProfile any =
        file.profile(
            "",
            "IdentityFile ~/keys/%h",
            "IdentityFile ~/keys/%n-%r",
            "UserKnownHostsFile ~/known/%r");

    SshProfile hostile = any.forHost("../../tmp/h", Optional.of("../../tmp/u"));

    assertThat(hostile.login().identityFiles()).isEmpty();
    assertThat(hostile.hostKeys().knownHosts())
        .containsExactly(Path.of("/etc/ssh/ssh_known_hosts"));
    assertThat(hostile.hostKeys().acceptNew()).isFalse();
    assertThat(any.forHost("..", Optional.of("u")).login().identityFiles()).isEmpty();
    assertThat(any.forHost("h", Optional.of("%h${SSH_AUTH_SOCK}")).login().identityFiles())
        .containsExactly(home.resolve("keys/h"), home.resolve("keys/h-%h${SSH_AUTH_SOCK}"));
  }

  @Test
  void whereNoKeyCanBeRememberedNoNewOneIsTaken() throws IOException {
    SshProfile nowhere =
        file.profile("", "StrictHostKeyChecking no", "UserKnownHostsFile /dev/null").forHost("h");

    assertThat(nowhere.hostKeys().acceptNew()).isFalse();
    assertThat(nowhere.hostKeys().knownHosts())
        .containsExactly(Path.of("/etc/ssh/ssh_known_hosts"));
  }

  @Test
  void theUsersFileGoesBeforeTheSystems() throws IOException {
    Files.writeString(home.resolve(".ssh/config"), "Include more\nUser own\n");
    Files.writeString(home.resolve(".ssh/more"), "Port 1001\n");
    Files.createDirectories(home.resolve("etc/ssh/ssh_config.d"));
    Files.writeString(
        home.resolve("etc/ssh/ssh_config"), "Include ssh_config.d/*.conf\nUser system\n");
    Files.writeString(home.resolve("etc/ssh/ssh_config.d/a.conf"), "Port 1002\nConnectTimeout 3\n");
    SshProfile effective = file.profileOfStandardFiles().forHost("h");

    assertThat(effective.user()).isEqualTo(new SshUser.Fixed("own"));
    assertThat(effective.port()).isEqualTo(1001);
    assertThat(effective.timeouts().connect()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void withoutAnyFileNothingChanges() {
    SshProfile loaded = file.profileOfStandardFiles();

    assertThat(loaded.forHost("h").port()).isEqualTo(22);
    assertThat(loaded.forHost("h").user()).isEqualTo(new SshUser.FromFtp());
  }

  @Test
  void aPortMayBeAServicesName() throws IOException {
    String[] config = {"Host a", "  Port ssh", "Host b", "  Port gate", "Host *", "  Port alias"};
    assertThat(file.problems(config))
        .containsExactly(
            "ssh_config:4:8: port: \"gate\" (expected: a port 1..65535)",
            "ssh_config:6:8: port: \"alias\" (expected: a port 1..65535)");

    Files.createDirectories(home.resolve("etc"));
    Files.writeString(
        home.resolve("etc/services"),
        "# gate 1/tcp\n\ngate\t2/udp\ngate 2222/tcp  # alias\nother 3333/tcp more alias\n");
    SshProfile any = file.profile("", config);

    assertThat(any.forHost("a").port()).isEqualTo(22);
    assertThat(any.forHost("b").port()).isEqualTo(2222);
    assertThat(any.forHost("c").port()).isEqualTo(3333);
  }
}
