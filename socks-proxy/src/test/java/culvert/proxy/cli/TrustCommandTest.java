package culvert.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import culvert.config.HostKeyPolicy;
import culvert.ssh.HostKeys;
import culvert.ssh.SshException;
import culvert.ssh.SshFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private CountDownLatch together = new CountDownLatch(0);
    private final List<StaleKey> stale = new ArrayList<>();
    private final List<String> replaced = new ArrayList<>();
    private boolean refuses;

    @Override
    public List<ServerHostKey> fetch(Server server) throws SshException {
      String host = server.host();
      mostAtOnce.accumulateAndGet(running.incrementAndGet(), Math::max);
      together.countDown();
      try {
        assertThat(together.await(20, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      } finally {
        running.decrementAndGet();
      }
      if (host.equals("dead.example")) {
        throw new SshException(
            SshFailure.CONNECTION_REFUSED,
            "ssh server " + host + ":" + server.port() + ": refused");
      }
      return List.of(new ServerHostKey("ssh-ed25519", "AAAA", "SHA256:abc"));
    }

    @Override
    public Check check(HostKeyPolicy policy, Server server) throws SshException {
      fetch(server);
      String host = server.host();
      asked.add(
          host
              + policy.alias().map(alias -> " as " + alias).orElse("")
              + server.algorithms().kex().stream()
                  .map(kex -> " by " + kex)
                  .collect(Collectors.joining()));
      if (host.startsWith("certified")) {
        return new Check(Check.Trust.CERTIFICATE, "host key of " + host + " is certified");
      }
      return host.startsWith("known")
          ? new Check(Check.Trust.KEY, "host key of " + host + " is known")
          : new Check(Check.Trust.NONE, "host key of " + host + " is unknown");
    }

    @Override
    public List<StaleKey> stale(
        HostKeyPolicy policy, String host, int port, List<ServerHostKey> keys) {
      return host.startsWith("changed") ? List.copyOf(stale) : List.of();
    }

    @Override
    public List<Outcome> replace(
        HostKeyPolicy policy,
        String host,
        int port,
        List<ServerHostKey> offered,
        List<ServerHostKey> confirmed) {
      replaced.add(host + ":" + port + " " + confirmed.get(0).fingerprint());
      stale.clear();
      return List.of(new Outcome(confirmed.get(0), Outcome.Kind.ADDED, "in the file"));
    }

    @Override
    public List<Outcome> add(
        HostKeyPolicy policy, String host, int port, List<ServerHostKey> keys) {
      List<Path> knownHosts = policy.knownHosts();
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
  void sshConfigSaysWhereAServerIsAndWhichFilesItsKeysGoTo() throws IOException {
    Path sshConfig =
        Files.writeString(
            directory.resolve("ssh_config"),
            """
            Host mf
              HostName mf.example
              Port 2200
              UserKnownHostsFile %s/mf_hosts
            Host nowhere
              UserKnownHostsFile none
              GlobalKnownHostsFile none
            """
                .formatted(directory));
    Files.writeString(
        directory.resolve("culvert.yaml"),
        "profiles: { defaults: { ssh-config: '%s' } }%n".formatted(sshConfig));

    assertThat(culvert.execute("trust", "--yes", "mf", "mf:22", "nowhere")).isEqualTo(1);

    assertThat(hostKeys.added)
        .containsExactly(
            "mf.example:2200 to " + directory.resolve("mf_hosts"),
            "mf.example:22 to " + directory.resolve("mf_hosts"));
    assertThat(culvert.err()).contains("nowhere:22: no known_hosts file to add to");
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

  @Test
  void aFileNamesMoreServersAndOneQuestionIsForAll() throws Exception {
    Path list =
        Files.writeString(
            directory.resolve("servers.txt"),
            """
            # the branch offices

            a.example
            b.example:2200   # with its own port
            [2001:db8::1]:2222
            a.example
            """);
    culvert.withAnswers("yes\n");

    assertThat(culvert.execute("trust", "z.example", "-f", list.toString())).isZero();

    String file = " to " + directory.resolve("known_hosts");
    assertThat(hostKeys.added)
        .containsExactly(
            "z.example:22" + file,
            "a.example:22" + file,
            "b.example:2200" + file,
            "2001:db8::1:2222" + file);
    assertThat(culvert.err())
        .containsOnlyOnce("[y/N]")
        .contains("Add those of 4 servers to ")
        .contains("4 servers: 4 in known_hosts, 0 by certificate, 0 not");
    assertThat(culvert.outLines()).contains("b.example:2200 ssh-ed25519: added to the file");
  }

  @Test
  void everyBadLineIsReportedAndNobodyIsAsked() throws Exception {
    Path list =
        Files.writeString(
            directory.resolve("servers.txt"), "ok.example\nbad.example:ssh\n\ntwo words\n");

    assertThat(culvert.execute("trust", "--yes", "-f", list.toString())).isEqualTo(2);

    assertThat(culvert.err()).contains(list + ":2: ", list + ":4: ");
    assertThat(hostKeys.asked).isEmpty();
    assertThat(hostKeys.added).isEmpty();
  }

  @Test
  void aFileThatIsMissingOrEmptyIsWrongUsage() throws Exception {
    Path missing = directory.resolve("missing");
    Path empty = Files.writeString(directory.resolve("empty"), "# nobody\n");

    assertThat(culvert.execute("trust", "-f", missing.toString())).isEqualTo(2);
    assertThat(culvert.execute("trust", "-f", empty.toString())).isEqualTo(2);

    assertThat(culvert.err())
        .contains(missing + ": cannot be read: no such file", empty + ": no server (expected: ");
  }

  @Test
  void serversFromStandardInputLeaveNobodyToAsk() {
    culvert.withAnswers("a.example\nb.example\n");
    assertThat(culvert.execute("trust", "-f", "-")).isEqualTo(1);
    assertThat(culvert.err()).contains("expected: --yes");
    assertThat(hostKeys.added).isEmpty();

    culvert.withAnswers("a.example\nb.example\n");
    assertThat(culvert.execute("trust", "--yes", "-f", "-")).isZero();
    assertThat(hostKeys.added).hasSize(2);
  }

  @Test
  void aCheckIsOneLineForEachServerInOrderAndAddsNothing() {
    assertThat(
            culvert.execute(
                "trust", "--check", "known.example", "new.example", "dead.example", "certified.ex"))
        .isEqualTo(1);

    assertThat(culvert.outLines())
        .containsExactly(
            "known.example:22: ok: host key of known.example is known",
            "new.example:22: FAILED: host key of new.example is unknown",
            "dead.example:22: FAILED: ssh server dead.example:22: refused",
            "certified.ex:22: ok: host key of certified.ex is certified");
    assertThat(culvert.err()).contains("4 servers: 2 ok, 2 not");
    assertThat(hostKeys.added).isEmpty();

    assertThat(culvert.execute("trust", "--check", "known.example", "certified.ex")).isZero();
    assertThat(culvert.execute("trust", "--check", "--yes", "known.example")).isEqualTo(2);
  }

  @Test
  void aCertifiedServerNeedsNoLine() {
    assertThat(culvert.execute("trust", "--yes", "certified.example")).isZero();

    assertThat(culvert.outLines())
        .contains("  nothing to add: host key of certified.example is certified");
    assertThat(hostKeys.added).isEmpty();
  }

  @Test
  void theProfilesAliasIsAskedFor() throws Exception {
    Files.writeString(
        directory.resolve("culvert.yaml"),
        "profiles: { defaults: { host-key-alias: mainframe, host: known.example } }");

    assertThat(culvert.execute("trust", "--check")).isZero();

    assertThat(hostKeys.asked).containsExactly("known.example as mainframe");
  }

  @Test
  void aProfileOfAnotherHostSaysNothingButTheFiles() throws Exception {
    Files.writeString(
        directory.resolve("culvert.yaml"),
        """
        profiles:
          defaults:
            host: known.example
            host-key-alias: mainframe
            kex-algorithms: diffie-hellman-group14-sha256
            known-hosts: [~/its_hosts]
        """);

    assertThat(culvert.execute("trust", "--check", "known.example", "known.other")).isZero();
    assertThat(culvert.execute("trust", "--yes", "other.example")).isZero();

    assertThat(hostKeys.asked)
        .containsExactlyInAnyOrder(
            "known.example as mainframe by diffie-hellman-group14-sha256",
            "known.other",
            "other.example");
    assertThat(hostKeys.added)
        .containsExactly("other.example:22 to " + directory.resolve("its_hosts"));
  }

  @Test
  void sixteenServersAreAskedAtOnceAndNoMore() {
    hostKeys.together = new CountDownLatch(16);
    String[] command =
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of("trust", "--check"),
                IntStream.range(0, 40).mapToObj(i -> "known" + i))
            .toArray(String[]::new);

    assertThat(culvert.execute(command)).isZero();

    assertThat(hostKeys.mostAtOnce.get()).isEqualTo(16);
    assertThat(culvert.outLines()).hasSize(40).first().asString().startsWith("known0:22: ok");
    assertThat(culvert.outLines().get(39)).startsWith("known39:22: ok");
  }

  private void aKeyHasChanged(boolean inOurFile) {
    hostKeys.stale.add(
        new HostKeys.StaleKey(
            new HostKeys.ServerHostKey("ssh-ed25519", "BBBB", "SHA256:old"),
            "/known_hosts:3",
            inOurFile));
  }

  @Test
  void aChangedKeyIsToldWithBothFingerprintsAndNobodyIsAsked() {
    aKeyHasChanged(true);
    culvert.withAnswers("y\n");

    assertThat(culvert.execute("trust", "changed.example")).isEqualTo(1);

    assertThat(culvert.err())
        .contains(
            "WARNING: the host key of changed.example:22 has CHANGED",
            "known:        ssh-ed25519 SHA256:old (/known_hosts:3)",
            "the server's: ssh-ed25519 SHA256:abc",
            "culvert trust --replace changed.example:22")
        .doesNotContain("[y/N]");
    assertThat(hostKeys.added).isEmpty();
    assertThat(culvert.execute("trust", "--yes", "--profile", "gateway", "changed.example"))
        .isEqualTo(1);
    assertThat(culvert.err()).contains("culvert trust --replace --profile gateway changed.ex");
    String named = directory.resolve("culvert.yaml").toString();
    assertThat(culvert.execute("trust", "-c", named, "changed.example")).isEqualTo(1);
    assertThat(culvert.err()).contains("trust --replace -c " + named + " changed.example:22");
    assertThat(hostKeys.added).isEmpty();
  }

  @Test
  void aChangedKeyIsReplacedWhenItsFingerprintIsTyped() {
    aKeyHasChanged(true);
    culvert.withAnswers("SHA256:abc\n");

    assertThat(culvert.execute("trust", "--replace", "changed.example:2222")).isZero();

    assertThat(culvert.err()).contains("SHA256:old", "Type the fingerprint");
    assertThat(culvert.outLines()).containsExactly("  ssh-ed25519: in the file");
    assertThat(hostKeys.replaced).containsExactly("changed.example:2222 SHA256:abc");
  }

  @Test
  void anotherFingerprintReplacesNothing() {
    aKeyHasChanged(true);

    for (String typed : List.of("SHA256:old\n", "y\n", "\n", "")) {
      culvert.withAnswers(typed);
      assertThat(culvert.execute("trust", "--replace", "changed.example")).isEqualTo(1);
    }

    assertThat(hostKeys.replaced).isEmpty();
    assertThat(culvert.err()).contains("the server has no key SHA256:old");
  }

  @Test
  void aScriptGivesTheFingerprint() {
    aKeyHasChanged(true);
    assertThat(culvert.execute("trust", "--replace", "changed.example")).isEqualTo(1);
    assertThat(culvert.err()).contains("expected: --fingerprint");
    assertThat(hostKeys.replaced).isEmpty();

    assertThat(culvert.execute("trust", "--replace", "--fingerprint", "abc", "changed.example"))
        .isZero();
    assertThat(hostKeys.replaced).hasSize(1);
  }

  @Test
  void aKeyInAFileThatIsNotWrittenStays() {
    aKeyHasChanged(false);

    assertThat(
            culvert.execute("trust", "--replace", "--fingerprint", "SHA256:abc", "changed.example"))
        .isEqualTo(1);

    assertThat(culvert.err()).contains("/known_hosts:3 is in a file that Culvert does not write");
    assertThat(hostKeys.replaced).isEmpty();
  }

  @Test
  void whatHasNotChangedIsNotReplaced() {
    assertThat(culvert.execute("trust", "--replace", "known.example")).isZero();
    assertThat(culvert.execute("trust", "--replace", "new.example")).isEqualTo(1);
    assertThat(culvert.execute("trust", "--replace", "dead.example")).isEqualTo(1);

    assertThat(culvert.err()).contains("nothing to replace: host key of known.example is known");
    assertThat(hostKeys.replaced).isEmpty();
  }

  @Test
  void oneServerIsReplacedAtATime() {
    assertThat(culvert.execute("trust", "--replace", "a.example", "b.example")).isEqualTo(2);
    assertThat(culvert.execute("trust", "--replace", "--yes", "a.example")).isEqualTo(2);
    assertThat(culvert.execute("trust", "--fingerprint", "SHA256:abc", "a.example")).isEqualTo(2);
  }
}
