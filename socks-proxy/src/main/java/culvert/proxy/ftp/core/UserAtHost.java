package culvert.proxy.ftp.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import culvert.config.Endpoint;
import java.util.Arrays;
import java.util.Optional;

/**
 * The argument of {@code USER name@host[:port]}, by which a client tells a proxy where to go. The
 * last {@code @} counts: names may have others.
 *
 * @param user what the server is told, bytes untouched
 * @param host where to; empty: where the client asked the front door for. Nobody has looked at it
 *     closely yet: it may be no host
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody, and copied by nobody either
record UserAtHost(byte[] user, Optional<Endpoint> host) {
  private static final int FTP_PORT = 21;

  /**
   * Reads the argument.
   *
   * @throws IllegalArgumentException with what was found and what was expected
   */
  static UserAtHost parse(byte[] argument) {
    int at = argument.length - 1;
    while (at >= 0 && argument[at] != '@') {
      at--;
    }
    if (at < 0) {
      return new UserAtHost(argument, Optional.empty());
    }
    String host = new String(argument, at + 1, argument.length - at - 1, UTF_8);
    return new UserAtHost(Arrays.copyOf(argument, at), Optional.of(Endpoint.parse(host, FTP_PORT)));
  }
}
