package culvert.it.capture;

import culvert.it.peers.NetworkNamespace;
import culvert.it.peers.RealFtpServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The FTP servers of one host but for vsftpd at port 21, which is there already. */
final class MatrixServers implements AutoCloseable {
  private final List<RealFtpServer> running = new ArrayList<>();

  private MatrixServers() {}

  static MatrixServers startIn(
      NetworkNamespace network, List<String> addresses, List<MatrixServer> servers)
      throws IOException {
    MatrixServers all = new MatrixServers();
    try {
      for (MatrixServer server : servers) {
        if (server != MatrixServer.VSFTPD) {
          all.running.add(server.startIn(network, addresses, server.port()));
        }
        String[] options =
            server == MatrixServer.PROFTPD // which would linger for 10 s after each that is ended
                ? new String[] {server.slowly(), "TimeoutLinger 1"}
                : new String[] {server.slowly()};
        all.running.add(server.startIn(network, addresses, server.slowPort(), options));
      }
      return all;
    } catch (IOException | RuntimeException e) {
      all.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    for (RealFtpServer server : running) {
      server.close();
    }
  }
}
