package culvert.it.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * inetutils' ftp under Dante's socksify, in active mode: its listeners become SOCKS BINDs. Dante
 * goes to addresses of this host directly, but leaves names to the proxy if it is told so.
 */
public final class Socksify {
  static final Path PROGRAM = Path.of("/usr/bin/socksify");

  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private Socksify() {}

  /**
   * Runs ftp with commands of its own.
   *
   * @param directory where its files are put
   * @param host an address of another host, or, with SOCKS 5, a name for the proxy to know
   */
  public static Run<String> ftp(
      Path directory, int socksVersion, int proxyPort, String host, int ftpPort, String... commands)
      throws IOException {
    Path configuration = directory.resolve("socks.conf");
    Files.write(
        configuration,
        List.of(
            "resolveprotocol: fake",
            "route {",
            "  from: 0.0.0.0/0 to: "
                + (host.matches("[0-9.]+") ? "0.0.0.0/0" : ".")
                + " port = "
                + ftpPort,
            "  via: 127.0.0.1 port = " + proxyPort,
            "  proxyprotocol: socks_v" + socksVersion,
            "  command: connect",
            "}",
            "route {",
            "  from: 0.0.0.0/0 to: 0.0.0.0/0 via: 127.0.0.1 port = " + proxyPort,
            "  proxyprotocol: socks_v" + socksVersion,
            "  command: bind",
            "}"));
    Path input = directory.resolve("ftp-commands");
    Files.write(input, List.of(commands));
    return Run.text(
        DEADLINE,
        List.of(
            "/bin/sh",
            "-c",
            "SOCKS_CONF='%s' %s inetutils-ftp -n -v -A %s %d <'%s'"
                .formatted(configuration, PROGRAM, host, ftpPort, input)));
  }
}
