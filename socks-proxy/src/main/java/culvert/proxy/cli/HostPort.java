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
    try {
      return Endpoint.parse(text, defaultPort);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
