package culvert.proxy.cli;

import culvert.config.Endpoint;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code HOST:PORT} from the command line; an IPv6 address stands in brackets. */
final class HostPort {
  private HostPort() {}

  static Endpoint parse(String text) {
    return parse(text, 0);
  }

  /**
   * Reads it.
   *
   * @param defaultPort where the text has none; 0: it must have one
   */
  static Endpoint parse(String text, int defaultPort) {
    boolean bracketed = text.startsWith("[") && text.indexOf(']') > 0;
    int hostEnd = bracketed ? text.indexOf(']') + 1 : text.indexOf(':');
    String host = hostEnd < 0 ? text : text.substring(0, hostEnd);
    String rest = hostEnd < 0 ? "" : text.substring(hostEnd);
    int port = rest.isEmpty() ? defaultPort : port(rest);
    if (host.isEmpty() || port < 1 || port > 65535) {
      throw new TypeConversionException(
          text
              + " (expected: HOST:PORT, port 1..65535, an IPv6 address in brackets"
              + (defaultPort == 0 ? ")" : "; port " + defaultPort + " if it is left out)"));
    }
    return new Endpoint(bracketed ? host.substring(1, host.length() - 1) : host, port);
  }

  /** 0 for what is no port. */
  private static int port(String colonAndPort) {
    return colonAndPort.matches(":[0-9]{1,5}") ? Integer.parseInt(colonAndPort.substring(1)) : 0;
  }
}
