package culvert.it.nemesis;

import static org.awaitility.Awaitility.await;

import culvert.it.AdminPort;
import culvert.it.CulvertProcess;
import culvert.it.TestConfig;
import culvert.it.TestFile;
import culvert.it.peers.FaultyRelay;
import culvert.it.peers.FreePorts;
import culvert.it.peers.RealFtpServer;
import culvert.it.peers.RealProftpd;
import culvert.it.peers.RealPureFtpd;
import culvert.it.peers.RealSshd;
import culvert.it.peers.RealVsftpd;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Culvert as a process of its own, the network to the SSH server, the servers, and the files. */
final class Site implements AutoCloseable {
  /** After so much of it an SSH connection counts as dead: interval times (count + 1). */
  static final Duration SILENCE = Duration.ofSeconds(4);

  static final Duration CONNECT = Duration.ofSeconds(10);
  static final Duration LOGIN = Duration.ofSeconds(10);

  private static final int FILES = 12;
  private static final int LARGEST = 8 * TestFile.MIB;

  private final Path home = TestAccount.newDirectory();
  private final List<TestFile> files = new ArrayList<>();
  private final RealSshd sshd;
  private final FaultyRelay network;
  private final List<RealFtpServer> servers;
  private final TestConfig config;
  private final AdminPort admin = new AdminPort(FreePorts.next());
  private final CulvertProcess culvert;

  Site(Path directory, Random random) throws Exception {
    for (int i = 0; i < FILES; i++) {
      int length = random.nextInt(random.nextInt(LARGEST) + 1);
      files.add(TestFile.create(home.resolve("file-" + i), i < 2 ? i : length));
    }
    sshd = RealSshd.start("RekeyLimit 1M", "LogLevel VERBOSE");
    network = FaultyRelay.to(sshd.port());
    servers = List.of(RealVsftpd.start(), RealProftpd.start(), RealPureFtpd.start());
    String key = sshd.knownHostsLine();
    config =
        TestConfig.tunnel(
                directory,
                network.port(),
                servers.get(0).port(),
                "[127.0.0.1]:" + network.port() + key.substring(key.indexOf(' ')))
            .profile("connect-timeout", CONNECT.toSeconds() + "s")
            .profile("login-timeout", LOGIN.toSeconds() + "s")
            .profile("server-alive-interval", "1s")
            .profile("server-alive-count-max", SILENCE.toSeconds() - 1)
            .top("default-action", "block")
            .top("admin", admin);
    settle(servers, "remote-forward", "1MiB");
    culvert = CulvertProcess.run(config.write(), directory.resolve("log"));
  }

  Path home() {
    return home;
  }

  List<TestFile> files() {
    return files;
  }

  RealSshd sshd() {
    return sshd;
  }

  FaultyRelay network() {
    return network;
  }

  List<RealFtpServer> servers() {
    return servers;
  }

  CulvertProcess culvert() {
    return culvert;
  }

  Path knownHosts() {
    return config.knownHosts();
  }

  AdminPort admin() {
    return admin;
  }

  /** SIGHUP with other rules: sometimes one server is blocked. */
  void reload(Random random) throws Exception {
    int without = random.nextInt(servers.size() * 4);
    List<RealFtpServer> allowed = new ArrayList<>(servers);
    if (without < servers.size()) {
      allowed.remove(without);
    }
    settle(
        allowed,
        random.nextBoolean() ? "passive" : "remote-forward",
        random.nextBoolean() ? "64KiB" : "64GiB");
    hangUp();
  }

  /** Everything works again, and Culvert has the first configuration once more. */
  void restore() throws Exception {
    network.thaw();
    network.delay(Duration.ZERO);
    network.trickle(Duration.ZERO);
    network.resetAfter(Long.MAX_VALUE);
    settle(servers, "remote-forward", "1MiB");
    hangUp();
  }

  private void settle(List<RealFtpServer> allowed, String activeMode, String rekeyLimit) {
    String ports =
        allowed.stream().map(s -> String.valueOf(s.port())).collect(Collectors.joining(", "));
    config
        .match("port: [" + ports + "]")
        .rule("ftp", "{ active-mode: " + activeMode + " }")
        .profile("rekey-limit", rekeyLimit);
  }

  private void hangUp() throws Exception {
    config.write();
    long before = reloads();
    culvert.signal("HUP");
    await("Culvert reloads").atMost(Duration.ofSeconds(20)).until(() -> reloads() > before);
  }

  private long reloads() throws IOException {
    return culvert.log().lines().filter(line -> line.contains("reloaded")).count();
  }

  @Override
  public void close() throws IOException {
    culvert.close();
    for (RealFtpServer server : servers) {
      server.close();
    }
    network.close();
    sshd.close();
    TestAccount.delete(home);
  }
}
