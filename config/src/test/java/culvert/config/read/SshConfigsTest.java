package culvert.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.AlgorithmKind;
import culvert.config.ConfigProblem;
import culvert.config.ConfigResult;
import culvert.config.SshAlgorithms;
import culvert.config.SshProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told of an ssh_config. */
class SshConfigsTest {
  @TempDir private Path home;
  private SshConfigFile file;

  @BeforeEach
  void anEmptyFile() throws IOException {
    file = new SshConfigFile(home);
  }

  @Test
  void everythingThatIsWrongIsToldAtOnceWithItsPlace() throws IOException {
    assertThat(
            file.problems(
                "Host a",
                "  Prot 22",
                "  Port 70000",
                "  IdentitiesOnly \"perhaps\"",
                "Match hots b",
                "Include ~/missing/* "))
        .containsExactly(
            "ssh_config:2:3: unknown keyword \"prot\"; did you mean \"port\"?",
            "ssh_config:3:8: port: \"70000\" (expected: a port 1..65535)",
            "ssh_config:4:18: identitiesonly: \"perhaps\" (expected: yes, no, true, false)",
            "ssh_config:5:7: match: \"hots\" (expected: all, canonical, final, host, originalhost,"
                + " user, localuser; did you mean \"host\"?)");
  }

  @Test
  void whatIsNotUnderstoodIsSaidAndNeverRun() throws IOException {
    Path marker = home.resolve("executed");
    List<String> problems =
        file.problems(
            "Match host gw exec \"touch " + marker + "\"",
            "  Port 2222",
            "  ProxyCommand touch " + marker,
            "Match !exec false",
            "  Port 2223",
            "Host *",
            "  ProxyCommand touch " + marker,
            "  KnownHostsCommand /usr/bin/touch " + marker,
            "  BindAddress 192.0.2.1",
            "  StrictHostKeyChecking no",
            "  IdentityFile ~/id_%C",
            "  ForwardAgent yes");

    assertThat(problems)
        .containsExactly(
            "ssh_config:1:15: warning: match: exec is not understood: the block never applies",
            "ssh_config:3:16: warning: proxycommand: is not understood, and never run",
            "ssh_config:4:7: warning: match: exec is not understood: the block never applies",
            "ssh_config:7:16: warning: proxycommand: is not understood, and never run",
            "ssh_config:8:21: warning: knownhostscommand: \"/usr/bin/touch\" is not understood, and"
                + " without effect",
            "ssh_config:9:15: warning: bindaddress: \"192.0.2.1\" is not understood, and without"
                + " effect",
            "ssh_config:10:25: warning: stricthostkeychecking: a changed host key is refused all the"
                + " same, as with accept-new",
            "ssh_config:11:16: warning: identityfile: \"~/id_%C\": %C is not understood; left out");
    SshProfile gw = file.loaded("profiles:", "  p: " + file.keys("")).forHost("gw");
    assertThat(gw.port()).isEqualTo(22);
    assertThat(gw.hostKeys().acceptNew()).isTrue();
    assertThat(gw.login().identityFiles()).isEmpty();
    assertThat(marker).doesNotExist();
  }

  @Test
  void algorithmsThatLeaveNothingAreLeftOutAndWeakOnesSaid() throws IOException {
    List<String> problems =
        file.problems(
            "Host gw",
            "  MACs umac-128-etm@openssh.com",
            "  Ciphers -*",
            "  KexAlgorithms +diffie-hellman-group14-sha*,curve448-sha512",
            "  HostKeyAlgorithms ssh-dss,sk-ssh-ed25519@openssh.com",
            "Host *",
            "  Ciphers aes128-cbc,unknown,aes128-ctr",
            "  MACs -hmac-sha1");

    String nothing =
        ": nothing is left that Culvert knows; left out, and Culvert's own are offered";
    String weak = ": weak, and offered only because it stands here: ";
    assertThat(problems)
        .containsExactly(
            "ssh_config:2:8: warning: macs" + nothing,
            "ssh_config:3:11: warning: ciphers" + nothing,
            "ssh_config:4:17: warning: kexalgorithms" + weak + "diffie-hellman-group14-sha1",
            "ssh_config:5:21: warning: hostkeyalgorithms" + nothing,
            "ssh_config:7:11: warning: ciphers" + weak + "aes128-cbc");
    SshAlgorithms gw = file.loaded("profiles:", "  p: " + file.keys("")).forHost("gw").algorithms();
    assertThat(gw.offered(AlgorithmKind.MACS)).isEqualTo(AlgorithmKind.MACS.standard());
    assertThat(gw.offered(AlgorithmKind.CIPHERS)).isEqualTo(AlgorithmKind.CIPHERS.standard());
    assertThat(gw.offered(AlgorithmKind.KEX)).contains("diffie-hellman-group14-sha1");
    assertThat(gw.offered(AlgorithmKind.HOST_KEYS)).isEqualTo(AlgorithmKind.HOST_KEYS.standard());
  }

  @Test
  void aVariableThatIsNotSetCostsItsFileOnly() throws IOException {
    List<String> problems =
        file.problems(
            "Host gw",
            "  IdentityFile ${NOPE}/id",
            "  IdentityFile /id",
            "  CertificateFile ${NOPE/cert",
            "  UserKnownHostsFile ${NOPE}/known",
            "Host *",
            "  Port 2222");

    String left = "\" is not set in the environment; left out";
    assertThat(problems)
        .containsExactly(
            "ssh_config:2:16: warning: identityfile: \"${NOPE}/id\": \"${NOPE}" + left,
            "ssh_config:4:19: warning: certificatefile: \"${NOPE/cert\": \"${NOPE/cert" + left,
            "ssh_config:5:22: warning: userknownhostsfile: \"${NOPE}/known\": \"${NOPE}" + left);
    SshProfile any = file.loaded("profiles:", "  p: " + file.keys(""));
    assertThat(any.forHost("other").port()).isEqualTo(2222);
    SshProfile gw = any.forHost("gw");
    assertThat(gw.login().identityFiles()).containsExactly(Path.of("/id"));
    assertThat(gw.login().certificateFiles()).isEmpty();
    assertThat(gw.hostKeys().acceptNew()).as("a new key has no place").isFalse();
  }

  @Test
  void aFileThatIsNotThereIsAProblem() throws IOException {
    Files.delete(file.path());

    assertThat(file.load("profiles:", "  p: " + file.keys("")).problems().toString())
        .contains("ssh_config:1:1: cannot read the file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PubkeyAuthentication no", "PreferredAuthentications password"})
  void aHopThatTheFileForbidsItsKeyIsToldOf(String forbidding) throws IOException {
    file.write("Host inner", "  ProxyJump bastion", "Host bastion", "  " + forbidding);

    ConfigResult result =
        file.load(
            "profiles: { p: " + file.keys("host: inner") + " }",
            "rules: [{ action: ftp-tunnel, profile: p }]");

    assertThat(result.problems())
        .extracting(ConfigProblem::toString)
        .containsExactly(
            "c.yaml:2:40: warning: profile \"p:bastion\" cannot log in: ssh_config forbids every"
                + " authentication that it could use; a hop of ProxyJump uses publickey only");
  }

  @Test
  void aUserThatTheFileMayNameIsNotMissedWhereNobodySpeaksFtp() throws IOException {
    file.write("User gate", "PreferredAuthentications publickey", "IdentityFile /k");
    String rule = "rules: [{action: tunnel, profile: p}]";
    String silent = "profiles: {p: " + file.keys("host: gw") + "}";
    String fromFtp = "profiles: {p: " + file.keys("host: gw, user: from-ftp") + "}";

    assertThat(file.load(silent, rule).problems()).isEmpty();
    assertThat(file.load(fromFtp, rule).problems()).isNotEmpty();
  }
}
