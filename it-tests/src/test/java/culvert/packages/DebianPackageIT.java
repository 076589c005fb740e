package culvert.packages;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Installed with dpkg and run by systemd, as the unit says. */
@RealPeers
@AnyTransport
class DebianPackageIT {
  private static final String UNIT = "culvert.service";

  @RegisterExtension final Peers peers = new Peers().withSshd().withVsftpd();

  private Machine machine;
  private int port;

  @BeforeEach
  void boot() throws Exception {
    machine = peers.add(Machine.boot(peers.directory().resolve("machine")));
    port = FreePorts.next();
    Files.copy(Packages.debian(), machine.shared().resolve("culvert.deb"));
    machine.write("/etc/culvert/culvert.yaml", config("ftp-tunnel"));
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
    assertThat(machine.does("culvert", "audit", "-c", "/etc/culvert/culvert.yaml")).contains("ssh");

    assertThat(machine.shell("LC_ALL=C.UTF-8 MANWIDTH=80 man culvert 2>&1"))
        .contains("CULVERT(1)")
        .contains("culvert-run(1)");
    assertThat(machine.shell("LC_ALL=C.UTF-8 MANWIDTH=80 man 5 culvert.yaml 2>&1"))
        .contains("default-action");
    assertThat(
            machine.shell(
                ". /usr/share/bash-completion/completions/culvert;"
                    + " COMP_WORDS=(culvert exp); COMP_CWORD=1; _complete_culvert 2>/dev/null;"
                    + " echo ${COMPREPLY[@]}"))
        .isEqualTo("explain");

    machine.write("/etc/culvert/culvert.yaml", config("block"));
    machine.does("systemctl", "reload", UNIT);
    machine.shell(
        "timeout 60 sh -c 'until journalctl -u culvert | grep -q reloaded; do sleep 0.2; done'");
    assertThat(curl().text(peers.url("x")).exitCode()).isEqualTo(97);
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
    assertThat(machine.does("culvert", "check", "-c", "/etc/culvert/culvert.yaml")).endsWith("ok");
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
