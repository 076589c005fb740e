package culvert.bench.rig;

import culvert.it.CulvertProcess;
import culvert.it.Opened;
import culvert.it.TestConfig;
import culvert.it.peers.RealProxy;
import culvert.it.peers.RealSshd;
import culvert.it.peers.SshKey;
import culvert.it.peers.SshSocks;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Starts proxies, and ends them all when it is closed. */
public final class Proxies implements AutoCloseable {
  public static final String CULVERT = "Culvert";
  public static final String SSH = "`ssh -D`";

  /** What sshd has, and so everybody uses. */
  static final String CIPHER = "aes128-gcm@openssh.com";

  private final Opened opened = new Opened();
  private final Path launcher;
  private final Path directory;
  private final RealSshd sshd;
  private final SshKey key;
  private int count;

  Proxies(Path launcher, Path directory, RealSshd sshd, SshKey key) {
    this.launcher = launcher;
    this.directory = directory;
    this.sshd = sshd;
    this.key = key;
  }

  /** A configuration that leads to an FTP server of this host through sshd. */
  public TestConfig tunnelTo(int ftpPort) throws IOException {
    return tunnelTo(ftpPort, sshd.port());
  }

  /** The same through a relay to sshd. */
  public TestConfig tunnelTo(int ftpPort, int sshPort) throws IOException {
    return TestConfig.tunnel(newDirectory(), sshPort, ftpPort, knownHostsLine(sshPort))
        .profile("user", TestAccount.USER)
        .profile("authentication", "publickey")
        .profile("identity-file", key.path())
        .profile("idle-timeout", "10m");
  }

  /** Culvert with a configuration of {@link #tunnelTo}. */
  public ProxyUnderTest culvert(TestConfig config) throws Exception {
    return culvert(config.write());
  }

  /** Culvert as a relay, without tunnels and without FTP. */
  public ProxyUnderTest directCulvert() throws Exception {
    Path own = newDirectory();
    return culvert(
        Files.write(
            own.resolve("culvert.yaml"),
            List.of(
                "listeners: [{ name: socks, socks: 127.0.0.1:0 }]",
                "rules: []",
                "default-action: direct",
                "state-directory: " + own.resolve("state"))));
  }

  private ProxyUnderTest culvert(Path configuration) throws Exception {
    Path log = configuration.resolveSibling("log");
    CulvertProcess culvert = CulvertProcess.launch(launcher, configuration, log);
    opened.add(
        () -> {
          culvert.close();
          culvert.process().onExit().join();
        });
    return new ProxyUnderTest(CULVERT, culvert.port(), culvert.process());
  }

  /** OpenSSH's client. */
  public ProxyUnderTest ssh() throws IOException {
    return ssh(sshd.port());
  }

  /** The same through a relay to sshd. */
  public ProxyUnderTest ssh(int sshPort) throws IOException {
    Path knownHosts = newDirectory().resolve("known_hosts");
    Files.writeString(knownHosts, knownHostsLine(sshPort) + "\n");
    SshSocks ssh = opened.add(SshSocks.start(sshPort, key, knownHosts, CIPHER));
    return new ProxyUnderTest(SSH, ssh.port(), ssh.process());
  }

  public ProxyUnderTest dante() throws IOException {
    return named("dante", RealProxy.dante());
  }

  public ProxyUnderTest microsocks() throws IOException {
    return named("microsocks", RealProxy.microsocks());
  }

  private ProxyUnderTest named(String name, RealProxy proxy) {
    opened.add(proxy);
    return new ProxyUnderTest(name, proxy.port(), proxy.process());
  }

  private String knownHostsLine(int sshPort) throws IOException {
    return sshd.knownHostsLine().replace("]:" + sshd.port() + " ", "]:" + sshPort + " ");
  }

  private Path newDirectory() throws IOException {
    return Files.createTempDirectory(directory, "proxy-" + count++ + "-");
  }

  @Override
  public void close() throws IOException {
    Closing.all(opened);
  }
}
