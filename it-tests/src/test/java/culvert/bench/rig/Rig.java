package culvert.bench.rig;

import culvert.it.Opened;
import culvert.it.peers.RealSshd;
import culvert.it.peers.SshKey;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The servers of a bench, for as long as it runs. Needs root, as sshd and vsftpd do. */
public final class Rig implements AutoCloseable {
  private final Opened opened;
  private final Path launcher;
  private final Path directory;
  private final RealSshd sshd;
  private final SshKey key;
  private final FtpSite site;

  private Rig(
      Opened opened, Path launcher, Path directory, RealSshd sshd, SshKey key, FtpSite site) {
    this.opened = opened;
    this.launcher = launcher;
    this.directory = directory;
    this.sshd = sshd;
    this.key = key;
    this.site = site;
  }

  /**
   * Starts the servers.
   *
   * @param launcher the source tree's {@code culvert}, which has built already
   * @param megabytes that the FTP server's files will have at once
   */
  @SuppressWarnings("try") // what has been opened closes as it likes
  public static Rig start(Path launcher, long megabytes) throws Exception {
    Opened opened = new Opened();
    try {
      Path directory = Files.createTempDirectory("culvert-bench-");
      opened.add(() -> TestAccount.delete(directory));
      SshKey key = SshKey.create(directory.resolve("key"));
      RealSshd sshd = opened.add(RealSshd.start("Ciphers " + Proxies.CIPHER, "LogLevel INFO"));
      sshd.authorizeOnly(key.publicLine());
      FtpSite site = opened.add(FtpSite.start(megabytes));
      return new Rig(opened, launcher, directory, sshd, key, site);
    } catch (Exception e) {
      try (opened) {
        throw e;
      }
    }
  }

  public FtpSite site() {
    return site;
  }

  public int sshPort() {
    return sshd.port();
  }

  /** How many SSH sessions have logged in by now. */
  public int sshLogins() throws IOException {
    return sshd.count("Accepted publickey");
  }

  /** Proxies in front of these servers: none yet, and to be closed before the servers are. */
  public Proxies open() {
    return new Proxies(launcher, directory, sshd, key);
  }

  @Override
  public void close() throws IOException {
    Closing.all(opened);
  }
}
