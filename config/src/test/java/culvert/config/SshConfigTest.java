package culvert.config;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.ConfigResult.Loaded;
import culvert.config.read.ConfigLoader;
import culvert.config.read.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What profiles take from ssh_config. */
class SshConfigTest {
  @TempDir private Path home;
  private Path file;

  @BeforeEach
  void anEmptyFile() throws IOException {
    Files.createDirectories(home.resolve(".ssh"));
    file = Files.createFile(home.resolve("ssh_config"));
  }

  private ConfigResult load(String profile) {
    Environment environment =
        new Environment(
            Map.of("SSH_AUTH_SOCK", "/run/agent"), home, home, home.resolve("etc"), "joe");
    String yaml =
        "profiles:\n  p: {ssh-config: " + file + (profile.isEmpty() ? "" : ", " + profile) + "}\n";
    return new ConfigLoader(environment).loadString(yaml, "c.yaml");
  }

  private SshProfile profile(String profile, String... sshConfig) throws IOException {
    Files.writeString(file, String.join("\n", sshConfig));
    SshProfile loaded = load(profile).orThrow().profiles().get("p");
    assertThat(loaded).isNotNull();
    return loaded;
  }

  private List<String> problems(String... sshConfig) throws IOException {
    Files.writeString(file, String.join("\n", sshConfig));
    return load("").problems().stream()
        .map(problem -> problem.toString().replace(home + "/", ""))
        .toList();
  }

  @Test
  void whatTheProfileDoesNotSayComesFromTheFile() throws IOException {
    SshProfile gateway =
        profile(
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
        profile(
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
    Files.writeString(file, "Port 2222\nUser gate\n");
    ConfigResult result =
        new ConfigLoader(new Environment(Map.of(), home, home, home, "joe"))
            .loadString(
                "profiles:\n  defaults: {port: 2022}\n  p: {ssh-config: " + file + "}\n", "c.yaml");

    SshProfile effective = result.orThrow().profiles().get("p").forHost("h");

    assertThat(effective.port()).isEqualTo(2022);
    assertThat(effective.user()).isEqualTo(new SshUser.Fixed("gate"));
  }

  @Test
  void aHostThatIsNotRenamedStaysTheClients() throws IOException {
    SshProfile any = profile("", "Host alias", "  HostName real.example", "Host *", "  Port 7");

    assertThat(any.forHost("ftp.example").host()).isEmpty();
    assertThat(any.forHost("FTP.example").host()).isEmpty();
    assertThat(any.forHost("alias").host()).contains("real.example");
    assertThat(any.forHost("alias")).isEqualTo(any.forHost("alias"));
  }

  @Test
  void noMatchUserMatchesBeforeTheUserIsKnown() throws IOException {
    SshProfile any =
        profile(
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
        profile(
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
        profile("", "StrictHostKeyChecking no", "UserKnownHostsFile /dev/null").forHost("h");

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
    file = Path.of("true");

    SshProfile effective = load("").orThrow().profiles().get("p").forHost("h");

    assertThat(effective.user()).isEqualTo(new SshUser.Fixed("own"));
    assertThat(effective.port()).isEqualTo(1001);
    assertThat(effective.timeouts().connect()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void withoutAnyFileNothingChanges() {
    file = Path.of("true");

    SshProfile loaded = load("").orThrow().profiles().get("p");

    assertThat(loaded.forHost("h").port()).isEqualTo(22);
    assertThat(loaded.forHost("h").user()).isEqualTo(new SshUser.FromFtp());
  }

  @Test
  void everythingThatIsWrongIsToldAtOnceWithItsPlace() throws IOException {
    assertThat(
            problems(
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
        problems(
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
    SshProfile gw = ((Loaded) load("")).config().profiles().get("p").forHost("gw");
    assertThat(gw.port()).isEqualTo(22);
    assertThat(gw.hostKeys().acceptNew()).isTrue();
    assertThat(gw.login().identityFiles()).isEmpty();
    assertThat(marker).doesNotExist();
  }

  @Test
  void algorithmsThatLeaveNothingAreLeftOutAndWeakOnesSaid() throws IOException {
    List<String> problems =
        problems(
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
    SshAlgorithms gw = ((Loaded) load("")).config().profiles().get("p").forHost("gw").algorithms();
    assertThat(gw.offered(AlgorithmKind.MACS)).isEqualTo(AlgorithmKind.MACS.standard());
    assertThat(gw.offered(AlgorithmKind.CIPHERS)).isEqualTo(AlgorithmKind.CIPHERS.standard());
    assertThat(gw.offered(AlgorithmKind.KEX)).contains("diffie-hellman-group14-sha1");
    assertThat(gw.offered(AlgorithmKind.HOST_KEYS)).isEqualTo(AlgorithmKind.HOST_KEYS.standard());
  }

  @Test
  void aVariableThatIsNotSetCostsItsFileOnly() throws IOException {
    List<String> problems =
        problems(
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
    SshProfile any = ((Loaded) load("")).config().profiles().get("p");
    assertThat(any.forHost("other").port()).isEqualTo(2222);
    SshProfile gw = any.forHost("gw");
    assertThat(gw.login().identityFiles()).containsExactly(Path.of("/id"));
    assertThat(gw.login().certificateFiles()).isEmpty();
    assertThat(gw.hostKeys().acceptNew()).as("a new key has no place").isFalse();
  }

  @Test
  void aPortMayBeAServicesName() throws IOException {
    String[] config = {"Host a", "  Port ssh", "Host b", "  Port gate", "Host *", "  Port alias"};
    assertThat(problems(config))
        .containsExactly(
            "ssh_config:4:8: port: \"gate\" (expected: a port 1..65535)",
            "ssh_config:6:8: port: \"alias\" (expected: a port 1..65535)");

    Files.createDirectories(home.resolve("etc"));
    Files.writeString(
        home.resolve("etc/services"),
        "# gate 1/tcp\n\ngate\t2/udp\ngate 2222/tcp  # alias\nother 3333/tcp more alias\n");
    SshProfile any = profile("", config);

    assertThat(any.forHost("a").port()).isEqualTo(22);
    assertThat(any.forHost("b").port()).isEqualTo(2222);
    assertThat(any.forHost("c").port()).isEqualTo(3333);
  }

  @Test
  void aFileThatIsNotThereIsAProblem() throws IOException {
    Files.delete(file);

    assertThat(load("").problems().toString()).contains("ssh_config:1:1: cannot read the file");
  }

  @Test
  void proxyJumpIsAWayThroughHopsThatGetNoPassword() throws IOException {
    SshProfile inner =
        profile(
                "host: inner, known-hosts: /kh, identity-file: /k, user: batch, port: 2022",
                "Host inner",
                "  ProxyJump first,u@second:2202",
                "Host first",
                "  HostName first.example",
                "  Port 2201",
                "  ProxyJump zeroth",
                "  HostKeyAlias one",
                "Host second",
                "  ProxyJump without-effect",
                "  IdentityFile /second",
                "Host zeroth",
                "  User z")
            .forHost("");

    assertThat(inner.chain())
        .extracting(hop -> hop.host().orElseThrow() + ":" + hop.port() + " " + hop.user())
        .containsExactly(
            "zeroth:22 Fixed[name=z]",
            "first.example:2201 Fixed[name=joe]",
            "second:2202 Fixed[name=u]",
            "inner:2022 Fixed[name=batch]");
    List<SshProfile> hops = inner.chain().subList(0, 3);
    assertThat(hops)
        .allSatisfy(
            hop -> {
              assertThat(hop.login().authentication()).containsExactly(AuthMethod.PUBLICKEY);
              assertThat(hop.takesFtpPassword()).isFalse();
              assertThat(hop.login().password()).isEmpty();
              assertThat(hop.hostKeys().knownHosts()).containsExactly(Path.of("/kh"));
            });
    assertThat(hops.get(1).hostKeys().alias()).contains("one");
    assertThat(hops.get(0).login().identityFiles()).containsExactly(Path.of("/k"));
    assertThat(hops.get(2).login().identityFiles()).containsExactly(Path.of("/second"));
  }

  @Test
  void aHopLogsInByKeyWhateverTheProfilesOwnLoginIsBy() throws IOException {
    SshProfile inner =
        profile(
                "host: inner, authentication: [password]",
                "Host inner",
                "  ProxyJump bastion",
                "Host bastion",
                "  IdentityFile /bastion")
            .forHost("");

    assertThat(inner.login().authentication()).containsExactly(AuthMethod.PASSWORD);
    SshLogin bastion = inner.chain().get(0).login();
    assertThat(bastion.authentication()).containsExactly(AuthMethod.PUBLICKEY);
    assertThat(bastion.identityFiles()).containsExactly(Path.of("/bastion"));
    assertThat(bastion.password()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PubkeyAuthentication no", "PreferredAuthentications password"})
  void aHopThatTheFileForbidsItsKeyIsToldOf(String forbidding) throws IOException {
    Files.write(
        file, List.of("Host inner", "  ProxyJump bastion", "Host bastion", "  " + forbidding));
    String yaml =
        "profiles: { p: { host: inner, ssh-config: "
            + file
            + " } }\n"
            + "rules: [{ action: ftp-tunnel, profile: p }]";

    ConfigResult result =
        new ConfigLoader(new Environment(Map.of(), home, home, home, "joe"))
            .loadString(yaml, "c.yaml");

    assertThat(result.problems())
        .extracting(ConfigProblem::toString)
        .containsExactly(
            "c.yaml:2:40: warning: profile \"p:bastion\" cannot log in: ssh_config forbids every"
                + " authentication that it could use; a hop of ProxyJump uses publickey only");
  }

  @Test
  void aHopWithoutUserIsLookedUpAsTheLocalOne() throws IOException {
    SshProfile inner =
        profile(
                "host: inner",
                "Host inner",
                "  ProxyJump before,named,after",
                "Match originalhost named user joe",
                "  Port 1",
                "Host named",
                "  User gate",
                "Match originalhost named user gate",
                "  Port 2",
                "Match originalhost before user joe",
                "  Port 3",
                "Match originalhost after !user joe",
                "  ConnectTimeout 3",
                "Host before named",
                "  IdentityFile ~/id_%r")
            .forHost("");

    assertThat(inner.user()).isEqualTo(new SshUser.FromFtp());
    List<SshProfile> hops = inner.chain();
    assertThat(hops.get(0).port()).isEqualTo(3);
    assertThat(hops.get(0).user()).isEqualTo(new SshUser.Fixed("joe"));
    assertThat(hops.get(0).login().identityFiles()).containsExactly(home.resolve("id_joe"));
    assertThat(hops.get(1).port()).isEqualTo(1);
    assertThat(hops.get(1).user()).isEqualTo(new SshUser.Fixed("gate"));
    assertThat(hops.get(1).login().identityFiles()).containsExactly(home.resolve("id_gate"));
    assertThat(hops.get(2).timeouts().connect()).isEqualTo(Duration.ofSeconds(4));
  }

  @Test
  void aHopMayBeNamedAfterItsDestinationAndWhoLogsIn() throws IOException {
    SshProfile any =
        profile(
            "",
            "Host *.example !gw-*",
            "  ProxyJump %r@gw-%h:2222",
            "Match originalhost gw-* user ann",
            "  IdentityFile ~/%r");

    SshProfile first = any.forHost("a.example").chain().get(0);
    assertThat(first.user()).as("not known yet, but needed").isEqualTo(new SshUser.FromFtp());
    assertThat(first.host()).contains("gw-a.example");
    SshProfile hop = any.forHost("a.example", Optional.of("ann")).chain().get(0);
    assertThat(hop.user()).isEqualTo(new SshUser.Fixed("ann"));
    assertThat(hop.host()).contains("gw-a.example");
    assertThat(hop.port()).isEqualTo(2222);
    assertThat(hop.login().identityFiles()).containsExactly(home.resolve("ann"));
    assertThat(any.forHost("u@evil/.example").chain().get(0).host()).contains("gw-%h");
  }

  @Test
  void aWayWithoutEndHasOne() throws IOException {
    SshProfile any = profile("", "Host *", "  ProxyJump gw-%h");

    assertThat(any.forHost("a").chain()).hasSize(32);
  }

  @Test
  void aWayThatWouldComeBackBeginsThere() throws IOException {
    SshProfile any = profile("", "Host *", "  ProxyJump bastion");

    assertThat(any.forHost("inner").chain())
        .extracting(hop -> hop.host().orElse("inner"))
        .containsExactly("bastion", "inner");
    assertThat(any.forHost("bastion").chain()).hasSize(1);
  }

  @Test
  void aUserThatTheFileMayNameIsNotMissedWhereNobodySpeaksFtp() throws IOException {
    Files.writeString(file, "User gate\nPreferredAuthentications publickey\nIdentityFile /k\n");
    String rule = "\nrules: [{action: tunnel, profile: p}]";
    ConfigLoader loader = new ConfigLoader(new Environment(Map.of(), home, home, home, "joe"));
    String profile = "profiles:\n  p: {host: gw, ssh-config: " + file;

    assertThat(loader.loadString(profile + "}" + rule, "c.yaml").problems()).isEmpty();
    assertThat(loader.loadString(profile + ", user: from-ftp}" + rule, "c.yaml").problems())
        .isNotEmpty();
  }
}
