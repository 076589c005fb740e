package culvert.bench.measure;

import culvert.bench.rig.ProxyUnderTest;
import culvert.it.peers.FtpDialogue;
import culvert.it.peers.Socks5;
import culvert.it.peers.TestAccount;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** FTP sessions through proxies that have logged in and do nothing. */
final class ControlConnections implements AutoCloseable {
  /** {@code ssh -D} takes its time for each: what waits for acknowledgements can wait at once. */
  private static final int LOGINS_AT_ONCE = 50;

  private final List<ProxyUnderTest> proxies;
  private final int ftpPort;
  private final List<FtpDialogue> open = new ArrayList<>();

  /**
   * @param proxies that share them
   */
  ControlConnections(List<ProxyUnderTest> proxies, int ftpPort) {
    this.proxies = List.copyOf(proxies);
    this.ftpPort = ftpPort;
  }

  /** A session of the test account. */
  static FtpDialogue login(ProxyUnderTest proxy, int ftpPort) throws IOException {
    FtpDialogue ftp = Socks5.through(proxy.port()).ftp("127.0.0.1", ftpPort);
    try {
      String greeting = ftp.reply();
      String reply = ftp.login(TestAccount.USER, TestAccount.password());
      if (!greeting.startsWith("220") || !reply.startsWith("230")) {
        throw new IOException(proxy.name() + ": greeted by " + greeting + ", then " + reply);
      }
      return ftp;
    } catch (IOException | RuntimeException e) {
      try (ftp) {
        throw e;
      }
    }
  }

  /** Logs in until there are so many. */
  void growTo(int count) throws Exception {
    int begin = open.size();
    List<List<FtpDialogue>> logins =
        AtOnce.run(LOGINS_AT_ONCE, worker -> () -> login(begin + worker, count));
    logins.forEach(open::addAll);
  }

  private List<FtpDialogue> login(int from, int to) throws IOException {
    List<FtpDialogue> own = new ArrayList<>();
    for (int i = from; i < to; i += LOGINS_AT_ONCE) {
      own.add(login(proxies.get(i % proxies.size()), ftpPort));
    }
    return own;
  }

  /**
   * Whether each of some of them still answers: an idle connection that has gone weighs nothing.
   */
  void check() throws IOException {
    for (int i = 0; i < open.size(); i += Math.max(1, open.size() / 20)) {
      String reply = open.get(i).send("NOOP");
      if (!reply.startsWith("200")) {
        throw new IOException("connection " + i + " says: " + reply);
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (FtpDialogue each : open) {
      each.close();
    }
  }
}
