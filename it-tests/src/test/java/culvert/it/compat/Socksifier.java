package culvert.it.compat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the connections of a program that knows no SOCKS go through it, if they do. */
enum Socksifier {
  /** They do not. */
  NONE("") {
    @Override
    List<String> prefix(Site site) {
      return List.of();
    }
  },
  PROXYCHAINS("proxychains4") {
    @Override
    List<String> prefix(Site site) throws IOException {
      Path file = Files.createTempFile(site.work(), "proxychains", ".conf");
      // no localnet lines: connections to any address go through the proxy, those to 127/8 as well
      Files.write(
          file,
          List.of(
              "strict_chain",
              "tcp_read_time_out 30000",
              "tcp_connect_time_out 30000",
              "[ProxyList]",
              "socks5 127.0.0.1 " + site.socksPort()));
      return List.of("proxychains4", "-q", "-f", file.toString());
    }
  },
  SOCKSIFY("socksify") {
    @Override
    List<String> prefix(Site site) throws IOException {
      Path file = Files.createTempFile(site.work(), "socks", ".conf");
      Files.write(
          file,
          List.of(
              "logoutput: /dev/null",
              "route {",
              "  from: 0.0.0.0/0 to: 0.0.0.0/0 via: 127.0.0.1 port = " + site.socksPort(),
              "  proxyprotocol: socks_v5",
              "  protocol: tcp",
              "  command: connect bind",
              "}"));
      return List.of("env", "SOCKS_CONF=" + file, "socksify");
    }
  };

  /** Why {@link #SOCKSIFY} is not for clients that break off on SIGINT. */
  static final Reason NO_SIGINT =
      new Reason(
          "the client leaves Dante's library by a longjmp from its handler of SIGINT, and from then on"
              + " the library connects past the proxy",
          false);

  private final String program;

  Socksifier(String program) {
    this.program = program;
  }

  /** The name of a client in this way, such as {@code lftp, proxychains4}. */
  String name(String client) {
    return this == NONE ? client : client + ", " + program;
  }

  /** The command line that makes a program go to the site through SOCKS. */
  List<String> around(Site site, List<String> command) throws IOException {
    List<String> all = new ArrayList<>(prefix(site));
    all.addAll(command);
    return all;
  }

  /** Each run has a file of its own: another one may be reading its. */
  abstract List<String> prefix(Site site) throws IOException;
}
