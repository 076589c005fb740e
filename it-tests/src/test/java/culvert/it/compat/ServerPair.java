package culvert.it.compat;

import culvert.it.peers.RealFtpServer;
import culvert.it.peers.RealProftpd;
import culvert.it.peers.RealPureFtpd;
import culvert.it.peers.RealVsftpd;
import java.io.IOException;
import java.util.List;

/**
 * An FTP server twice: as fast as it can, and so slow that a large file is still under way when a
 * client breaks off.
 */
record ServerPair(RealFtpServer fast, RealFtpServer slow) implements AutoCloseable {
  private static final int SLOW_KILOBYTES_A_SECOND = 1_500;

  static ServerPair vsftpd() throws IOException {
    return new ServerPair(
        RealVsftpd.start(), RealVsftpd.start("local_max_rate=" + SLOW_KILOBYTES_A_SECOND * 1000));
  }

  /** The lingering of 10 s after an abort would be the same without Culvert. */
  static ServerPair proftpd() throws IOException {
    return new ServerPair(
        RealProftpd.start(),
        RealProftpd.start("TransferRate RETR " + SLOW_KILOBYTES_A_SECOND, "TimeoutLinger 1"));
  }

  static ServerPair pureFtpd() throws IOException {
    return new ServerPair(
        RealPureFtpd.start(), RealPureFtpd.start("--userbandwidth=" + SLOW_KILOBYTES_A_SECOND));
  }

  String name() {
    return fast.name();
  }

  RealFtpServer serverFor(Task task) {
    return task == Task.ABORT ? slow : fast;
  }

  List<Integer> ports() {
    return List.of(fast.port(), slow.port());
  }

  @Override
  public void close() throws IOException {
    try (fast) {
      slow.close();
    }
  }
}
