package culvert.it.capture;

import culvert.it.peers.NetworkNamespace;
import culvert.it.peers.RealFtpServer;
import culvert.it.peers.RealProftpd;
import culvert.it.peers.RealPureFtpd;
import culvert.it.peers.RealVsftpd;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** An FTP server on two ports of a host: as fast as it can, and so slow that jobs can be ended. */
enum MatrixServer {
  VSFTPD("vsftpd", 21, "local_max_rate=1500000"),
  PROFTPD("proftpd", 2021, "TransferRate RETR 1500"),
  PURE_FTPD("pure-ftpd", 2121, "--userbandwidth=1500");

  private final String shown;
  private final int port;
  private final String slowly;

  MatrixServer(String shown, int port, String slowly) {
    this.shown = shown;
    this.port = port;
    this.slowly = slowly;
  }

  String shown() {
    return shown;
  }

  int port() {
    return port;
  }

  int slowPort() {
    return port + 1_000;
  }

  String slowly() {
    return slowly;
  }

  static List<Integer> allPorts() {
    return Stream.of(values()).flatMap(one -> Stream.of(one.port(), one.slowPort())).toList();
  }

  RealFtpServer startIn(
      NetworkNamespace network, List<String> addresses, int port, String... options)
      throws IOException {
    return switch (this) {
      case VSFTPD -> RealVsftpd.startIn(network, addresses.get(0), port, ofBothFamilies(options));
      case PROFTPD -> RealProftpd.startIn(network, addresses, port, options);
      case PURE_FTPD -> RealPureFtpd.startIn(network, addresses.get(0), port, options);
    };
  }

  private static String[] ofBothFamilies(String... options) {
    return Stream.concat(
            Stream.of("listen=NO", "listen_ipv6=YES", "listen_address6=::"), Stream.of(options))
        .toArray(String[]::new);
  }
}
