package culvert.proxy.ftp.core;

import java.util.Optional;

/**
 * Where a client would connect to.
 *
 * @param host empty: the host of its control connection
 */
record ReadAddress(Optional<String> host, int port) {

  static Optional<ReadAddress> here(long port) {
    return port < 0 || port > 65535
        ? Optional.empty()
        : Optional.of(new ReadAddress(Optional.empty(), (int) port));
  }

  /** Out of the six numbers of a 227, each cut down to a byte as C programs do. */
  static Optional<ReadAddress> of(long[] numbers) {
    StringBuilder host = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      host.append(i == 0 ? "" : ".").append(numbers[i] & 0xff);
    }
    int port = (int) ((numbers[4] * 256 + numbers[5]) & 0xffff);
    return Optional.of(new ReadAddress(Optional.of(host.toString()), port));
  }
}
