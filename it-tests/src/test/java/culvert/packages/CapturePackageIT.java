package culvert.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import culvert.it.AnyTransport;
import culvert.it.Peers;
import culvert.it.TestFile;
import culvert.it.peers.NetworkNamespace;
import culvert.it.peers.RealPeers;
import culvert.it.peers.RealSshd;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.Run;
import culvert.it.peers.TestAccount;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Jobs without any proxy setting on a host that has the package, its drop-in and a slice for them.
 */
@RealPeers
@AnyTransport
class CapturePackageIT {
  private static final String CONFIGURATION = "/etc/culvert/culvert.yaml";
  private static final String SERVER = "10.77.0.2";
  private static final int SSH_PORT = 2222;
  private static final int TROUBLE_WITH_TCP = 7; // curl's exit code
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private static final String CONNECTED_TO_2180 = " 0100007F:0884 [0-9A-F]*:[0-9A-F]* 01 ";

  /** Listens there, wherever, and says why it cannot. */
  private static final String LISTEN =
      """
      import socket, sys
      s = socket.socket()
      s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
      s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
      s.bind((sys.argv[1], 2180))
      s.listen()
      """;

  @RegisterExtension final Peers peers = new Peers();

  private NetworkNamespace servers;
  private RealSshd sshd;
  private Machine machine;
  private TestFile file;

  @BeforeEach
  void boot() throws Exception {
    NetworkNamespace network = peers.add(NetworkNamespace.create());
    servers = peers.add(NetworkNamespace.create());
    network.wire("a0", servers, "b0");
    network.address("a0", "10.77.0.1/24");
    servers.address("b0", SERVER + "/24");
    peers.add(RealVsftpd.startIn(servers, SERVER, 21));
    sshd = peers.add(RealSshd.startIn(servers, SERVER, SSH_PORT));
    servers.nft(
        """
        table inet wire {
          counter besides { }
          chain arriving {
            type filter hook input priority 0
            iifname b0 tcp dport != %d counter name besides
          }
        }
        """
            .formatted(SSH_PORT));
    file = TestFile.create(peers.home().resolve("file"), 1_000_000);
    machine = peers.add(Machine.boot(peers.directory().resolve("machine"), network));
    Files.copy(Packages.debian(), machine.shared().resolve("culvert.deb"));
    machine.write("/etc/known_hosts", sshd.knownHostsLine() + "\n");
    machine.write("/etc/systemd/system/jobs.slice", "[Unit]\nBefore=culvert.service\n");
    machine.does("systemctl", "start", "jobs.slice");
  }

  private void install(String onCrash) throws Exception {
    install(onCrash, config(onCrash));
    machine.does("systemctl", "daemon-reload");
    machine.does("systemctl", "restart", "culvert");
  }

  private void install(String onCrash, String config) throws Exception {
    machine.write(CONFIGURATION, config);
    machine.does("dpkg", "--force-confold", "-i", "/run/shared/culvert.deb");
    machine.does("mkdir", "-p", "/etc/systemd/system/culvert.service.d");
    String without = onCrash.equals("open") ? "/^ExecStartPre=/d" : "";
    machine.shell(
        "sed -e '"
            + without
            + "' /usr/share/doc/culvert/examples/capture.conf"
            + " >/etc/systemd/system/culvert.service.d/capture.conf");
  }

  private static String config(String onCrash) {
    return """
        listeners: [{ redirect: 127.0.0.1:218 }, { redirect: "[::1]:218" }]
        profiles:
          defaults:
            port: %d
            strict-host-key-checking: yes
            known-hosts: /etc/known_hosts
            connect-timeout: 20s
            login-timeout: 20s
        rules: [{ match: { port: 21 }, action: ftp-tunnel }]
        capture: { users: [%s], cgroups: [jobs.slice], on-crash: %s }
        pin-tunnelled: false
        state-directory: /var/lib/culvert
        """
        .formatted(SSH_PORT, TestAccount.USER, onCrash);
  }

  /** Packets that have come to the servers' host past SSH. */
  private int besidesSsh() {
    String counter = servers.does("nft", "list", "counter", "inet", "wire", "besides");
    return Integer.parseInt(counter.replaceAll("(?s).*packets (\\d+) .*", "$1"));
  }

  private String sum() {
    return file.content().hex();
  }

  private String get() {
    return "set -o pipefail; curl -q -sS -m 60 -u %s:%s ftp://%s/%s/file | sha256sum | cut -c 1-64"
        .formatted(
            TestAccount.USER, TestAccount.password(), SERVER, TestAccount.below(peers.home()));
  }

  private Run<String> byUser(String user) {
    return machine.run("runuser", "-u", user, "--", "bash", "-c", get());
  }

  private Run<String> byCommand(String user) {
    return machine.run("runuser", "-u", user, "--", "culvert", "exec", "--", "bash", "-c", get());
  }

  private Run<String> inTheSlice() {
    return machine.run(
        "systemd-run",
        "--quiet",
        "--slice=jobs.slice",
        "--uid=nobody",
        "--wait",
        "--pipe",
        "bash",
        "-c",
        get());
  }

  private void assertSliceAndUserAreCaptured() {
    int before = besidesSsh();
    assertThat(inTheSlice()).isEqualTo(new Run<>(0, sum() + "\n", ""));
    assertThat(byUser(TestAccount.USER)).isEqualTo(new Run<>(0, sum() + "\n", ""));
    assertThat(besidesSsh()).as("packets besides SSH").isEqualTo(before);
  }

  @Test
  void theDropInLoadsTheTableAndCulvertFillsItAndTakesCommandsIn() throws Exception {
    install("closed");

    assertSliceAndUserAreCaptured();
    int before = besidesSsh();
    assertThat(byUser("nobody").output()).isEqualTo(sum() + "\n");
    assertThat(besidesSsh()).as("packets besides SSH").isGreaterThan(before);
    before = besidesSsh();
    assertThat(byCommand("nobody")).isEqualTo(new Run<>(0, sum() + "\n", ""));
    assertThat(besidesSsh()).as("packets besides SSH").isEqualTo(before);
    assertThat(
            machine.does(
                "culvert", "capture", "--check", "--run-as", "culvert", "-c", CONFIGURATION))
        .isEqualTo("ok");
    String status = machine.shell("cat /proc/$(systemctl show -p MainPID --value culvert)/status");
    assertThat(status)
        .containsPattern("CapEff:\\s0000000000001400\n") // CAP_NET_BIND_SERVICE, CAP_NET_ADMIN
        .containsPattern("CapBnd:\\s0000000000001400\n")
        .containsPattern("Seccomp:\\s2\n");

    machine.does("systemctl", "reload", "culvert");
    assertSliceAndUserAreCaptured();
    machine.does("systemctl", "restart", "culvert");
    assertSliceAndUserAreCaptured();

    machine.does("systemctl", "stop", "culvert");
    int stopped = besidesSsh();
    assertThat(inTheSlice().exitCode()).isEqualTo(TROUBLE_WITH_TCP);
    assertThat(byUser(TestAccount.USER).exitCode()).isEqualTo(TROUBLE_WITH_TCP);
    assertThat(besidesSsh()).as("packets besides SSH").isEqualTo(stopped);
    assertThat(byUser("nobody").output()).isEqualTo(sum() + "\n");
  }

  @Test
  void withoutTheCommandTheRunningCulvertOwnsTheTable() throws Exception {
    install("open");

    assertSliceAndUserAreCaptured();
    machine.does("systemctl", "reload", "culvert");
    assertSliceAndUserAreCaptured();

    machine.does("systemctl", "stop", "culvert");
    int before = besidesSsh();
    assertThat(inTheSlice()).isEqualTo(new Run<>(0, sum() + "\n", ""));
    assertThat(besidesSsh()).as("packets besides SSH").isGreaterThan(before);
    assertThat(machine.does("nft", "list", "ruleset")).isEmpty();
  }

  /** Although that user may listen at such a port. */
  private void assertNobodyElseGetsThePort() {
    for (String address : List.of("127.0.0.1", "0.0.0.0")) {
      assertThat(
              machine
                  .run("runuser", "-u", "nobody", "--", "python3", "-c", LISTEN, address)
                  .errors())
          .contains("Address already in use");
    }
  }

  @Test
  void aSocketOfSystemdsKeepsThePortAndWhoeverConnectsWhileCulvertDoesNotRun() throws Exception {
    install(
        "closed",
        config("closed")
            .replace("{ redirect: 127.0.0.1:218 }", "{ redirect: 2180, systemd-socket: true }")
            .replace("[::1]:218\"", "[::1]:2180\", systemd-socket: true"));
    assertThat(machine.run("culvert", "capture", "--apply", "-c", CONFIGURATION))
        .matches(run -> run.exitCode() == 2)
        .matches(run -> run.errors().contains("systemd has no socket at 127.0.0.1:2180"));
    machine.shell(
        "cd /usr/share/doc/culvert/examples"
            + " && cp culvert-ports.socket culvert-ports.service /etc/systemd/system/"
            + " && cp ports.conf /etc/systemd/system/culvert.service.d/");
    machine.does("systemctl", "daemon-reload");
    machine.does("systemctl", "restart", "culvert");
    assertSliceAndUserAreCaptured();
    assertThat(machine.does("culvert", "check", "-c", CONFIGURATION)).contains("ok");

    machine.does("systemctl", "stop", "culvert");
    assertNobodyElseGetsThePort();
    int before = besidesSsh();
    CompletableFuture<Run<String>> job =
        CompletableFuture.supplyAsync(() -> byUser(TestAccount.USER));
    await("a job that waits")
        .atMost(DEADLINE)
        .until(() -> machine.run("grep", "-q", CONNECTED_TO_2180, "/proc/net/tcp").exitCode() == 0);
    await("the service in Culvert's place")
        .atMost(DEADLINE)
        .until(
            () ->
                machine.run("systemctl", "is-active", "culvert-ports").output().equals("active\n"));
    assertThat(machine.run("systemctl", "is-active", "culvert").output()).isEqualTo("inactive\n");
    assertThat(job).isNotDone();
    machine.does("systemctl", "start", "culvert");
    assertThat(job.get()).isEqualTo(new Run<>(0, sum() + "\n", ""));
    assertThat(besidesSsh()).as("packets besides SSH").isEqualTo(before);

    machine.write(
        "/etc/systemd/system/culvert.service.d/z.conf",
        "[Service]\nRestart=no\nExecStartPre=\nExecStartPre=/bin/false\n");
    machine.does("systemctl", "daemon-reload");
    machine.does("systemctl", "stop", "culvert");
    machine.shell("for i in 1 2 3 4 5 6 7 8; do ! systemctl start culvert || exit; done");
    assertNobodyElseGetsThePort();
  }
}
