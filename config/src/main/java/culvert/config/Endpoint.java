package culvert.config;

/**
 * A host (name or literal address, IPv6 without brackets) and a port, as written; nothing is
 * resolved.
 *
 * @param port 0..65535; 0 stands for a free port where one listens
 */
public record Endpoint(String host, int port) {

  public Endpoint {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("host: empty (expected: a name or an address)");
    }
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0..65535)");
    }
  }

  /**
   * Reads {@code host:port}, an IPv6 address in brackets. Any host passes that is not empty.
   *
   * @param defaultPort where the text has none; 0: it must have one
   * @throws IllegalArgumentException with what was found and what was expected
   */
  public static Endpoint parse(String text, int defaultPort) {
    boolean bracketed = text.startsWith("[") && text.indexOf(']') > 0;
    int hostEnd = bracketed ? text.indexOf(']') + 1 : text.indexOf(':');
    String written = hostEnd < 0 ? text : text.substring(0, hostEnd);
    String host = bracketed ? written.substring(1, written.length() - 1) : written;
    String rest = text.substring(written.length());
    int port = rest.isEmpty() ? defaultPort : port(rest);
    if (host.isEmpty() || port < 1 || port > 65535) {
      throw new IllegalArgumentException(
          text
              + " (expected: HOST:PORT, port 1..65535, an IPv6 address in brackets"
              + (defaultPort == 0 ? ")" : "; port " + defaultPort + " if it is left out)"));
    }
    return new Endpoint(host, port);
  }

  /** 0 for what is no port. */
  private static int port(String colonAndPort) {
    return colonAndPort.matches(":[0-9]{1,5}") ? Integer.parseInt(colonAndPort.substring(1)) : 0;
  }

  /** {@code host:port}, with brackets around an IPv6 address; whatever the two are. */
  public static String format(String host, int port) {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }

  @Override
  public String toString() {
    return format(host, port);
  }
}
