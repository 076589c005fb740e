package culvert.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import culvert.it.AnyTransport;
import culvert.it.Peers;
import culvert.it.TestFile;
import culvert.it.peers.CurlClient;
import culvert.it.peers.FreePorts;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.RealPeers;
import culvert.it.peers.Run;
import culvert.it.peers.Sha256;
import culvert.it.peers.Socks5;
import culvert.it.peers.TestAccount;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Installed with dpkg and run by systemd, as the unit says. */
@RealPeers
@AnyTransport
class DebianPackageIT {
  private static final String UNIT = "culvert.service";
  private static final String CONFIGURATION = "/etc/culvert/culvert.yaml";
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  @RegisterExtension final Peers peers = new Peers().withSshd().withVsftpd();

  private Machine machine;
  private int port;

  @BeforeEach
  void boot() throws Exception {
    machine = peers.add(Machine.boot(peers.directory().resolve("machine")));
    port = FreePorts.next();
    Files.copy(Packages.debian(), machine.shared().resolve("culvert.deb"));
    machine.write(CONFIGURATION, config("ftp-tunnel"));
    machine.write("/etc/known_hosts", peers.sshd().knownHostsLine() + "\n");
  }

  @Test
  void runsUnderTheUnitsRestrictionsAndHasManPagesAndCompletion() throws Exception {
    install("culvert.deb");
    assertThat(machine.does("systemctl", "is-enabled", UNIT)).isEqualTo("enabled");
    assertThat(machine.does("systemctl", "is-active", UNIT)).isEqualTo("active");
    Run<String> verified = machine.run("systemd-analyze", "verify", UNIT);
    assertThat(verified.exitCode()).as(verified.errors()).isZero();
    assertThat(verified.errors()).doesNotContain(UNIT);
    assertAJobEndsWhole();

    String status = machine.does("cat", "/proc/" + mainPid() + "/status");
    String user = machine.does("id", "-u", "culvert");
    assertThat(status)
        .containsPattern("Uid:\\s" + user + "\\s" + user)
        .containsPattern("CapEff:\\s0{16}\n")
        .containsPattern("CapBnd:\\s0{16}\n")
        .containsPattern("NoNewPrivs:\\s1\n")
        .containsPattern("Seccomp:\\s2\n");
    assertThat(machine.run("nsenter", "-t", mainPid(), "-m", "touch", "/usr/x", "/etc/x").errors())
        .contains("'/usr/x': Read-only file system")
        .contains("'/etc/x': Read-only file system");
    assertThat(machine.does("culvert", "audit", "-c", CONFIGURATION)).contains("ssh");

    assertThat(machine.shell("LC_ALL=C.UTF-8 MANWIDTH=80 man culvert 2>&1"))
        .contains("CULVERT(1)")
        .contains("culvert-run(1)");
    assertThat(machine.shell("LC_ALL=C.UTF-8 MANWIDTH=80 man 5 culvert.yaml 2>&1"))
        .contains("default-action");
    assertThat(
            machine.shell(
                ". /usr/share/bash-completion/completions/culvert;"
                    + " COMP_WORDS=(culvert -v exp); COMP_CWORD=2; _complete_culvert 2>/dev/null;"
                    + " echo ${COMPREPLY[@]}"))
        .isEqualTo("explain");

    machine.write(CONFIGURATION, config("block"));
    machine.does("systemctl", "reload", UNIT);
    machine.shell(
        "timeout 60 sh -c 'until journalctl -u culvert | grep -q reloaded; do sleep 0.2; done'");
    assertThat(curl().text(peers.url("x")).exitCode()).isEqualTo(97);
  }

  @Test
  void theServiceStartsFromAClassDataArchiveWhichAnotherJavaHasMadeAnew() throws Exception {
    install("culvert.deb");
    assertThat(machine.does("cat", "/proc/" + mainPid() + "/maps")).contains("/culvert.jsa");
    String files = machine.does("ls", "-l", "/usr/lib/culvert/current/");
    assertThat(files).contains("culvert.jsa").contains("culvert.seal");
    machine.shell("echo another >/usr/lib/culvert/current/culvert.seal");
    machine.does("systemctl", "restart", UNIT);
    assertThat(machine.does("cat", "/proc/" + mainPid() + "/maps")).doesNotContain("/culvert.jsa");

    machine.does("dpkg-trigger", "--by-package=culvert", "/usr/lib/jvm");
    machine.does("dpkg", "--configure", "--pending");

    machine.does("systemctl", "restart", UNIT);
    assertThat(machine.does("cat", "/proc/" + mainPid() + "/maps")).contains("/culvert.jsa");
    assertThat(
            machine.shell("find /usr/lib/culvert/live -name '.archive*' -o -perm /022 ! -type l"))
        .isEmpty();
    assertThat(machine.does("dpkg", "--verify", "culvert")).doesNotContain("/usr/lib/culvert");
  }

  @Test
  void rootLeavesNothingThatTheServiceCouldNotUse() throws Exception {
    install("culvert.deb");
    assertAJobEndsWhole();
    machine.does("systemctl", "stop", UNIT);
    machine.write(
        "/etc/culvert/trust.yaml",
        "profiles: { defaults: { login-timeout: 60s, known-hosts: /var/lib/culvert/known_hosts } }\n");

    assertIsRefused("state-directory: /var/lib/culvert: belongs to culvert", "run");
    assertIsRefused("belongs to culvert", "unpin", "127.0.0.1:" + peers.vsftpd().port());
    String server = "127.0.0.1:" + peers.sshd().port();
    machine.does("culvert", "trust", "--yes", "-c", "/etc/culvert/trust.yaml", server);
    for (String command : List.of("audit", "audit verify", "audit head", "pins")) {
      machine.shell("culvert " + command + " -c " + CONFIGURATION);
    }

    assertThat(machine.shell("find /var/lib/culvert ! -user culvert")).isEmpty();
    assertThat(machine.does("ls", "/var/lib/culvert")).contains("known_hosts");
    assertThat(
            machine.shell(
                "runuser -u culvert -- culvert unpin -c %s 127.0.0.1:%d"
                    .formatted(CONFIGURATION, peers.vsftpd().port())))
        .contains("unpinned");
    machine.does("systemctl", "start", UNIT);
    assertAJobEndsWhole();
    machine.does("culvert", "audit", "verify", "-c", CONFIGURATION);
  }

  @Test
  void theProgramsOfOtherUsersAreSeenWithTheirDropInOnly() throws Exception {
    install("culvert.deb");
    assertThat(programOfAJob(1)).isEqualTo("unknown");

    machine.shell(
        "mkdir -p /etc/systemd/system/culvert.service.d && cp"
            + " /usr/share/doc/culvert/examples/see-other-users.conf"
            + " /etc/systemd/system/culvert.service.d/");
    machine.does("systemctl", "daemon-reload");
    machine.does("systemctl", "restart", UNIT);

    assertThat(programOfAJob(2)).isEqualTo("curl");
  }

  /** Of one by another user's curl, so many jobs being told of by then. */
  private String programOfAJob(int jobs) throws Exception {
    Files.writeString(peers.home().resolve("job"), "content");
    String login = TestAccount.USER + ":" + TestAccount.password();
    String proxy = "127.0.0.1:" + port;
    assertThat(
            machine.does(
                "runuser",
                "-u",
                TestAccount.USER,
                "--",
                "curl",
                "-sS",
                "--socks5-hostname",
                proxy,
                "-u",
                login,
                peers.url("job")))
        .isEqualTo("content");
    await("the job is told").atMost(DEADLINE).until(() -> jobsEnded().size() == jobs);
    JsonNode client = jobsEnded().get(jobs - 1).path("client");
    assertThat(client.path("os_user").asText()).isEqualTo(TestAccount.USER);
    return client.path("program").asText();
  }

  private List<JsonNode> jobsEnded() throws IOException {
    String events = machine.does("culvert", "audit", "--json", "-c", CONFIGURATION);
    List<JsonNode> ended = new ArrayList<>();
    for (JsonNode event : new ObjectMapper().readTree(events)) {
      if (event.path("event").asText().equals("job.ended")) {
        ended.add(event);
      }
    }
    return ended;
  }

  private void assertIsRefused(String why, String command, String... operands) {
    List<String> line = new ArrayList<>(List.of("culvert", command, "-c", CONFIGURATION));
    line.addAll(List.of(operands));
    Run<String> run = machine.run(line.toArray(String[]::new));
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.errors()).contains(why).contains("sudo -u culvert culvert");
  }

  @Test
  void anUpgradeTakesNothingAwayFromATransferThatRuns() throws Exception {
    Path older = OlderPackage.build(Files.createDirectory(peers.directory().resolve("older")));
    Files.move(older, machine.shared().resolve("older.deb"), StandardCopyOption.REPLACE_EXISTING);
    install("older.deb");
    String process = mainPid();
    TestFile file = TestFile.create(peers.home().resolve("file"), 20L * TestFile.MIB);
    Socks5 socks = Socks5.through(port);
    FtpDialogue ftp = socks.ftp("127.0.0.1", peers.vsftpd().port());
    assertThat(ftp.reply()).startsWith("220 ");
    assertThat(ftp.login(TestAccount.USER, TestAccount.password())).startsWith("230 ");
    Socket data = socks.connect("127.0.0.1", ftp.passivePort());
    assertThat(ftp.send("RETR " + peers.home().getFileName() + "/file")).startsWith("150 ");
    InputStream in = data.getInputStream();
    byte[] first = {(byte) in.read()};

    assertThat(install("culvert.deb")).contains("systemctl restart culvert");
    String running = machine.does("cat", "/proc/" + process + "/cmdline");
    assertThat(running).contains("/" + OlderPackage.VERSION);
    assertThat(mainPid()).isEqualTo(process);
    assertThat(machine.does("ls", "/usr/lib/culvert")).doesNotContain(OlderPackage.VERSION);

    assertThat(Sha256.of(new SequenceInputStream(new ByteArrayInputStream(first), in)))
        .isEqualTo(file.content());
    assertThat(ftp.reply()).startsWith("226 ");
    assertAJobEndsWhole();
    install("culvert.deb"); // once more: the same files, and still nothing that runs is touched
    assertThat(machine.does("ls", "/usr/lib/culvert/live")).contains(OlderPackage.VERSION);
    assertAJobEndsWhole();

    machine.does("systemctl", "restart", UNIT);
    assertThat(machine.does("journalctl", "-u", UNIT))
        .contains("stopped")
        .doesNotContain("NoClassDefFoundError");
    assertThat(machine.does("cat", "/proc/" + mainPid() + "/cmdline"))
        .doesNotContain("/" + OlderPackage.VERSION);
    assertAJobEndsWhole();
    install("culvert.deb");
    assertThat(machine.does("ls", "/usr/lib/culvert/live"))
        .as("what nobody runs from")
        .doesNotContain(OlderPackage.VERSION);
  }

  @Test
  void removedKeepsConfigurationAndStateAndPurgedTakesThem() throws Exception {
    install("culvert.deb");
    assertAJobEndsWhole();

    machine.does("dpkg", "--remove", "culvert");
    assertThat(machine.run("systemctl", "is-active", UNIT).output()).startsWith("inactive");
    assertThat(machine.shell("ls -d /usr/lib/culvert /usr/bin/culvert 2>/dev/null || true"))
        .isEmpty();
    assertThat(machine.does("ls", "/etc/culvert", "/var/lib/culvert"))
        .contains("culvert.yaml")
        .contains("audit.jsonl");

    machine.write("/etc/culvert/somebodys-key", "key");
    machine.does("dpkg", "--purge", "culvert");
    assertThat(machine.shell("ls -d /usr/lib/culvert /var/lib/culvert 2>/dev/null || true"))
        .isEmpty();
    assertThat(machine.does("ls", "/etc/culvert")).isEqualTo("somebodys-key");
    assertThat(machine.shell("find /etc/systemd /var/lib/systemd -name '*culvert*'")).isEmpty();
  }

  @Test
  void failsNowhereWithoutSystemd() throws Exception {
    machine.shell("mkdir /tmp/none && mount --bind /tmp/none /run/systemd");

    install("culvert.deb");
    assertThat(machine.does("culvert", "check", "-c", CONFIGURATION)).endsWith("ok");
    machine.does("dpkg", "--purge", "culvert");
  }

  private String install(String file) {
    return machine.does("dpkg", "--force-confold", "-i", "/run/shared/" + file);
  }

  private String mainPid() {
    return machine.does("systemctl", "show", "-p", "MainPID", "--value", UNIT);
  }

  private void assertAJobEndsWhole() throws IOException {
    TestFile file = TestFile.create(peers.home().resolve("job"), 100_000);
    assertThat(curl().digest(peers.url("job"))).isEqualTo(new Run<>(0, file.content(), ""));
  }

  private CurlClient curl() throws IOException {
    return CurlClient.through("--socks5-hostname", port, TestAccount.USER, TestAccount.password());
  }

  private String config(String action) {
    return """
        listeners: [{ name: socks, socks: "127.0.0.1:%d" }]
        profiles:
          defaults:
            host: 127.0.0.1
            port: %d
            strict-host-key-checking: yes
            known-hosts: /etc/known_hosts
            connect-timeout: 20s
            login-timeout: 20s
        rules: [{ match: { port: %3$d }, action: %4$s }]
        ftp: { ports: [%3$d] }
        default-action: block
        state-directory: /var/lib/culvert
        """
        .formatted(port, peers.sshd().port(), peers.vsftpd().port(), action);
  }
}
