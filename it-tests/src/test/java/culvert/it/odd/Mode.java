package culvert.it.odd;

/** How the client's connections come to the FTP server; each mode has a network of servers. */
enum Mode {
  /** Past Culvert, to see what the client makes of the server by itself. */
  DIRECT(64),
  /** All through SOCKS; the FTP login opens the tunnel. */
  SOCKS(65),
  /** All through SOCKS, by a rule that tunnels every port of the host. */
  EVERY_PORT(66),
  /** Control through SOCKS, data to a listener that the 227 names. */
  LISTENER(67),
  /** Control through SOCKS, PORT and EPRT become a remote forward. */
  REMOTE_FORWARD(68),
  /** To a {@code tunnel:} listener, whose SSH login is its own. */
  FIXED(69),
  /** To a {@code remote-tunnel:} listener on the SSH server's host; the FTP server is here. */
  REMOTE(70);

  private static final int PLACES = 250;

  private final int second; // number of the servers' addresses

  Mode(int second) {
    this.second = second;
  }

  String network() {
    return "127." + second + ".0.0/16";
  }

  /** The address of one of the servers; they count from 0. */
  String address(int number) {
    return "127.%d.%d.%d".formatted(second, number / PLACES, 1 + number % PLACES);
  }

  boolean isSocks() {
    return this != DIRECT && this != FIXED && this != REMOTE;
  }
}
