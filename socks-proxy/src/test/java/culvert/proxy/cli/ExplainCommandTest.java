package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(RestoreLogging.class)
class ExplainCommandTest {
  private static final String CONFIG =
      """
      profiles:
        gateway:
          host: ssh.dmz.example
          user: ftpgate
          authentication: publickey
      rules:
        - name: mainframe
          match: { host: "*.mf.example", port: 21 }
          action: ftp-tunnel
          profile: gateway
          target: localhost:2121
        - name: local-network
          match: { network: 127.0.0.0/8 }
          action: block
        - name: offices
          match: { client: 10.0.0.0/8 }
          action: ftp-tunnel
          user-at-host: true
          fallback: plain
          fallback-on: [unreachable]
      """;

  private static final String FOR_OWNERS =
      """
      rules:
        - name: jobs
          match: { application: [ncftpput, curl] }
          action: direct
        - name: people
          match: { os-user: 0 }
          action: direct
        - name: others
          match: { os-user: "no-*", application: lftp }
          action: block
        - name: rest
          match: {}
          action: block
      """;

  @TempDir private Path directory;
  private CommandLineRun culvert;

  @BeforeEach
  void freshRun() throws IOException {
    Files.writeString(directory.resolve("culvert.yaml"), CONFIG);
    culvert = new CommandLineRun(directory);
  }

  @Test
  void aTunnelIsToldWithServerLoginAndTarget() {
    assertThat(culvert.execute("explain", "A.mf.example:21")).isZero();

    assertThat(culvert.outLines())
        .containsExactly(
            "A.mf.example:21 from 127.0.0.1 at socks",
            "  rule mainframe (" + directory.resolve("culvert.yaml") + ":7:5) matches",
            "action:   ftp-tunnel",
            "profile:  gateway",
            "server:   ssh.dmz.example:22",
            "login:    as ftpgate by publickey",
            "target:   localhost:2121, as seen from the SSH server",
            "fallback: none: no tunnel, no connection");
  }

  private static final String CAPTURED =
      """
      listeners: [{ socks: 1080 }, { redirect: 2180 }]
      rules:
        - { name: here, match: { host: LOCALHOST., port: 21 }, action: direct }
        - { name: jobs, match: { host: [localhost, no.invalid], port: 21 }, action: ftp-tunnel }
        - { name: rest, match: {}, action: block }
      """;

  @Test
  void anAddressMeansWhatTheNamesOfRulesStandFor() throws IOException {
    Path file = Files.writeString(directory.resolve("culvert.yaml"), CAPTURED);

    assertThat(culvert.execute("explain", "--address", "127.0.0.1")).isZero();

    assertThat(culvert.outLines())
        .startsWith(
            "127.0.0.1:21 from 127.0.0.1 at redirect",
            "  127.0.0.1 is localhost now, of rules here, jobs",
            "  rule here ("
                + file
                + ":3:5) does not match: it allows plaintext, and matches 127.0.0.1 by its name"
                + " localhost alone, without which less is allowed",
            "  rule jobs (" + file + ":4:5) matches",
            "action:   ftp-tunnel");
    assertThat(culvert.outLines()).contains("server:   127.0.0.1:22");
  }

  @Test
  void aFallbackThatANameAloneDoesNotBringIsTold() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("culvert.yaml"),
            CAPTURED.replace("action: ftp-tunnel", "action: ftp-tunnel, fallback: plain"));

    assertThat(culvert.execute("explain", "--address", "127.0.0.1")).isZero();

    assertThat(culvert.outLines())
        .containsSubsequence(
            "  note: rule jobs counts without its fallback: it matches 127.0.0.1 by its name"
                + " localhost alone, without which less is allowed",
            "  rule jobs (" + file + ":4:5) matches",
            "fallback: none: no tunnel, no connection");
  }

  @Test
  void anAddressMayMeanNothingOrOnlySomethingToOneCommand() throws IOException {
    Files.writeString(directory.resolve("culvert.yaml"), CAPTURED);

    assertThat(culvert.execute("explain", "--address", "198.19.0.7:21")).isZero();

    assertThat(culvert.outLines())
        .containsSubsequence(
            "198.19.0.7:21 from 127.0.0.1 at redirect",
            "  note: one of pseudo-addresses (198.19.0.0/16): under culvert exec it is the name for"
                + " which that one command has got it",
            "  no name of a rule stands for 198.19.0.7 now",
            "action:   block");
  }

  @Test
  void whoNamesAnAddressBySocksMeansTheAddress() throws IOException {
    Files.writeString(directory.resolve("culvert.yaml"), CAPTURED);

    assertThat(culvert.execute("explain", "127.0.0.1")).isZero();
    assertThat(culvert.outLines()).contains("action:   block");
    assertThat(culvert.execute("explain", "127.0.0.1", "--listener", "redirect")).isZero();
    assertThat(culvert.outLines()).contains("action:   ftp-tunnel");
    assertThat(culvert.execute("explain", "--address", "127.0.0.1", "--listener", "socks"))
        .isZero();
    assertThat(culvert.outLines()).last().isEqualTo("action:   block");
  }

  @Test
  void withoutARedirectListenerNoNameStandsForAnything() {
    assertThat(culvert.execute("explain", "--address", "192.0.2.1")).isZero();

    assertThat(culvert.outLines())
        .startsWith(
            "192.0.2.1:21 from 127.0.0.1 at socks",
            "  note: without a redirect listener no name of a rule stands for an address");
  }

  @Test
  void oneOfHostAndAddressIsNeeded() {
    assertThat(culvert.execute("explain")).isEqualTo(2);
    assertThat(culvert.execute("explain", "a.example", "--address", "192.0.2.1")).isEqualTo(2);
    assertThat(culvert.execute("explain", "--address", "a.example")).isEqualTo(2);
    assertThat(culvert.err())
        .contains("--address: a.example:21 (expected: an address, such as 10.1.0.7:21)");
  }

  @Test
  void theWayToTheServerIsToldHopByHop() throws IOException {
    Files.writeString(
        directory.resolve("culvert.yaml"),
        """
        profiles:
          bastion: { host: b.example, port: 2222, user: jump, authentication: publickey, proxy: "http://p.example:3128" }
          inner: { host: inner.lan, proxy-jump: bastion, authentication: password }
        rules:
          - { match: { port: 21 }, action: ftp-tunnel, profile: inner }
        """);

    assertThat(culvert.execute("explain", "ftp.example:21")).isZero();

    assertThat(culvert.outLines())
        .containsSubsequence(
            "profile:  inner",
            "proxy:    http://p.example:3128",
            "through:  b.example:2222, profile bastion, as jump by publickey",
            "server:   inner.lan:22",
            "login:    as the FTP user by password, with the FTP password");
  }

  @Test
  void aPinnedDestinationHasNoPlaintextOnUnreachable() throws IOException {
    Path state = Files.createDirectory(directory.resolve("state"));
    Files.writeString(
        directory.resolve("culvert.yaml"),
        CONFIG + "state-directory: " + state + System.lineSeparator());
    String[] explain = {"explain", "192.0.2.1:21", "--from", "10.1.1.1"};

    assertThat(culvert.execute(explain)).isZero();
    assertThat(culvert.out()).doesNotContain("pinned");

    Files.writeString(state.resolve("pins"), "192.0.2.1:21 2026-11-28T18:52:07Z gate:22\n");
    assertThat(culvert.execute(explain)).isZero();
    assertThat(culvert.outLines()).last().asString().startsWith("user: ");
    assertThat(culvert.outLines())
        .contains(
            "pinned:   no plaintext on unreachable: it was once tunnelled; culvert unpin 192.0.2.1");

    Files.writeString(state.resolve("pins"), "who knows\n");
    assertThat(culvert.execute(explain)).isZero();
    assertThat(culvert.out())
        .contains("pinned:   no plaintext on unreachable: may be meant by " + state);
  }

  @Test
  void earlierRulesSayWhyTheyDoNotMatch() {
    assertThat(culvert.execute("explain", "192.0.2.1:21", "--from", "10.1.1.1")).isZero();

    assertThat(culvert.out())
        .contains("does not match: host 192.0.2.1 is not *.mf.example")
        .contains("does not match: address 192.0.2.1 is not in 127.0.0.0/8")
        .contains("allow-from of this listener keeps this client out")
        .contains("server:   192.0.2.1:22")
        .contains("login:    as the FTP user by")
        .contains("fallback: plain, that is PLAINTEXT to the destination, on unreachable");
  }

  @Test
  void whoIsForwardedComesInAtATransparentListener() throws IOException {
    Files.writeString(
        directory.resolve("culvert.yaml"),
        """
        listeners: [{ redirect: "127.0.0.1:2180", transparent: true }]
        capture: { forwarded: [10.1.0.0/16] }
        """);

    assertThat(culvert.execute("explain", "192.0.2.1:21", "--from", "10.1.1.1")).isZero();
    assertThat(culvert.out()).doesNotContain("keeps this client out");

    assertThat(culvert.execute("explain", "192.0.2.1:21", "--from", "10.2.1.1")).isZero();
    assertThat(culvert.out()).contains("keeps this client out");
  }

  @Test
  void addressesAreToldInTheirShortForm() {
    assertThat(culvert.execute("explain", "192.0.2.1:21", "--from", "2001:DB8:0:0::7")).isZero();

    assertThat(culvert.outLines()).startsWith("192.0.2.1:21 from 2001:db8::7 at socks");
  }

  @Test
  void atAListenerForOtherHostsTheClientIsOneOfTheirs() throws IOException {
    Files.writeString(
        directory.resolve("culvert.yaml"),
        """
        listeners:
          - { redirect: "127.0.0.1:2180", transparent: true }
          - { name: six, redirect: "[::1]:2180", transparent: true }
          - { name: here, redirect: "127.0.0.1:218" }
        capture: { forwarded: [10.1.0.0/16, 10.2.0.0/16, "fd01::7"], users: [batch] }
        rules:
          - { match: { client: 10.1.0.0/16 }, action: direct }
        """);

    assertThat(culvert.execute("explain", "--address", "192.0.2.1")).isZero();
    assertThat(culvert.outLines())
        .startsWith(
            "192.0.2.1:21 from 10.1.0.1 at redirect",
            "  note: by this listener clients of other hosts come in: taken is the first of"
                + " 10.1.0.0/16 (--from: another one)");
    assertThat(culvert.out()).contains("action:   direct");
    assertThat(culvert.execute("explain", "--address", "2001:db8::1", "--listener", "six"))
        .isZero();
    assertThat(culvert.outLines())
        .contains(
            "[2001:db8::1]:21 from fd01::7 at six",
            "  note: by this listener clients of other hosts come in: taken is the first of fd01::7"
                + " (--from: another one)");
    assertThat(culvert.execute("explain", "--address", "192.0.2.2", "--listener", "here")).isZero();
    assertThat(culvert.outLines()).contains("192.0.2.2:21 from 127.0.0.1 at here");
    assertThat(culvert.execute("explain", "--address", "192.0.2.3", "--from", "127.0.0.1"))
        .isZero();
    assertThat(culvert.outLines()).contains("192.0.2.3:21 from 127.0.0.1 at redirect");
  }

  @Test
  void aFamilyThatIsNotForwardedIsTold() throws IOException {
    Files.writeString(
        directory.resolve("culvert.yaml"),
        """
        listeners: [{ redirect: "127.0.0.1:2180", transparent: true }]
        capture: { forwarded: [10.1.0.0/16] }
        """);

    assertThat(culvert.execute("explain", "--address", "2001:db8::1")).isZero();

    assertThat(culvert.outLines())
        .startsWith(
            "[2001:db8::1]:21 from 127.0.0.1 at redirect",
            "  note: it is not captured for other hosts: of its family no network is named under"
                + " forwarded");
  }

  @Test
  void aDestinationThatTheClientMayStillNameIsSaid() {
    assertThat(culvert.execute("explain", "192.0.2.1:2121", "--from", "10.1.1.1")).isZero();

    assertThat(culvert.out()).contains("user:     USER name@host[:port] names another destination");
  }

  @Test
  void aNameIsResolvedWhereARuleNeedsIt() {
    assertThat(culvert.execute("explain", "localhost:80")).isZero();

    assertThat(culvert.out())
        .contains("localhost resolves to 127.0.0.1")
        .contains("action:   block");
  }

  @Test
  void aBlockThatTakesANameBecauseItDoesNotResolveSaysSo() {
    assertThat(culvert.execute("explain", "no-such-host.invalid:8021")).isZero();

    assertThat(culvert.out())
        .contains("no-such-host.invalid does not resolve here")
        .contains("rule local-network", "may lie in a blocked network", "action:   block");
  }

  @Test
  void theDefaultActionIsNamed() {
    assertThat(culvert.execute("explain", "192.0.2.1:21")).isZero();

    assertThat(culvert.out())
        .contains("no rule matches: default-action")
        .contains("route:    plaintext to 192.0.2.1:21")
        .contains("ftp:      yes");
  }

  @Test
  void rulesForAnOwnerMatchTheOneThatIsGiven() throws IOException {
    Files.writeString(directory.resolve("culvert.yaml"), FOR_OWNERS);

    assertThat(
            culvert.execute(
                "explain", "192.0.2.1:21", "--os-user", "no-such-user", "--app", "lftp"))
        .isZero();

    assertThat(culvert.out())
        .contains("rule jobs")
        .contains("does not match: application lftp is not ncftpput, curl")
        .contains("rule people")
        .contains("does not match: os-user no-such-user is not 0")
        .contains("rule others")
        .contains("action:   block")
        .doesNotContain("note:");
  }

  @Test
  void aUserIsGivenByNameOrNumber() throws IOException {
    Files.writeString(directory.resolve("culvert.yaml"), FOR_OWNERS);

    assertThat(culvert.execute("explain", "192.0.2.1:21", "--os-user", "root", "--app", "wget"))
        .isZero();

    assertThat(culvert.outLines()).anyMatch(line -> line.matches(" *rule people .* matches"));
  }

  @Test
  void whatIsNotGivenOfTheOwnerIsUnknown() throws IOException {
    Files.writeString(directory.resolve("culvert.yaml"), FOR_OWNERS);

    assertThat(culvert.execute("explain", "192.0.2.1:21")).isZero();

    assertThat(culvert.out())
        .contains("note: a rule asks for the client's program: see --app")
        .contains("note: a rule asks for the client's user: see --os-user")
        .contains("does not match: application is unknown, so it is not ncftpput, curl")
        .contains("does not match: os-user is unknown, so it is not 0")
        .contains("rule others");
  }

  @Test
  void aFixedTunnelAsksNoRule() throws IOException {
    Files.writeString(
        directory.resolve("culvert.yaml"),
        """
        listeners:
          - { name: db, tunnel: 5432, protocol: ftp, profile: gateway, target: "localhost:21" }
          - { name: door, socks: 1080 }
        """
            + CONFIG);

    assertThat(culvert.execute("explain", "192.0.2.1:21", "--listener", "db")).isZero();
    assertThat(culvert.out()).contains("no rule is asked").doesNotContain("matches");
    assertThat(culvert.execute("explain", "192.0.2.1:21")).isZero();
    assertThat(culvert.out()).contains("192.0.2.1:21 from 127.0.0.1 at door");
  }

  @Test
  void anUnusableConfigurationExplainsNothing() throws IOException {
    Files.writeString(directory.resolve("culvert.yaml"), "rules: 7\n");

    assertThat(culvert.execute("explain", "192.0.2.1:21")).isEqualTo(2);

    assertThat(culvert.out()).isEmpty();
    assertThat(culvert.err()).contains("culvert.yaml:1:");
  }

  @Test
  void theServerIsTheOneThatSshConfigMakesOfTheHost() throws IOException {
    Path sshConfig =
        Files.writeString(
            directory.resolve("ssh_config"),
            """
            Host mf
              HostName mf.example
              Port 2222
              User gate
              ProxyJump bastion
              PreferredAuthentications publickey
            """);
    Path file =
        Files.writeString(
            directory.resolve("with-ssh-config.yaml"),
            "profiles: {p: {ssh-config: "
                + sshConfig
                + "}}\nrules: [{action: ftp-tunnel, profile: p}]\n");

    assertThat(culvert.execute("explain", "-c", file.toString(), "mf:21")).isZero();

    assertThat(culvert.outLines())
        .contains(
            "server:   mf.example:2222",
            "login:    as gate by publickey",
            "target:   mf:21, as seen from the SSH server")
        .anyMatch(line -> line.startsWith("through:  bastion:22"));
  }

  @Test
  void withoutAPortItIsThatOfFtp() {
    assertThat(culvert.execute("explain", "a.mf.example")).isZero();
    assertThat(culvert.execute("explain", "2001:db8::1")).isZero();

    assertThat(culvert.outLines())
        .contains(
            "a.mf.example:21 from 127.0.0.1 at socks", "[2001:db8::1]:21 from 127.0.0.1 at socks");
  }

  @Test
  void manyRulesThatFailForTheSameReasonShareALine() throws IOException {
    StringBuilder rules = new StringBuilder("rules:\n");
    for (int i = 1; i <= 60; i++) {
      rules.append("  - { name: mf-%d, match: { host: mf%d }, action: block }\n".formatted(i, i));
    }
    rules.append("  - { name: other, match: { host: a, port: 22 }, action: block }\n");
    rules.append("  - { name: rest, match: { port: 21 }, action: ftp-tunnel }\n");
    Files.writeString(directory.resolve("culvert.yaml"), rules);

    assertThat(culvert.execute("explain", "x.example")).isZero();
    assertThat(culvert.outLines())
        .startsWith(
            "x.example:21 from 127.0.0.1 at socks",
            "  rules mf-1, mf-2, mf-3 and 57 more do not match: host x.example is not theirs (--all:"
                + " each)",
            "  rule other ("
                + directory.resolve("culvert.yaml")
                + ":62:5) does not match: host x.example is not a; port 21 is not 22",
            "  rule rest (" + directory.resolve("culvert.yaml") + ":63:5) matches");

    CommandLineRun all = new CommandLineRun(directory);
    assertThat(all.execute("explain", "--all", "x.example")).isZero();
    assertThat(all.outLines()).filteredOn(line -> line.contains("does not match")).hasSize(61);
  }
}
