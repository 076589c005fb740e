package culvert.proxy.ftp.core;

import java.util.Optional;

/** wget: a reply ends at any code with a space; any {@code 2yz} may hold an address. */
final class WgetReader extends AnyEndReader {

  @Override
  Optional<ReadAddress> passive(ReadReply reply, boolean extended) {
    if (reply.code() / 100 != 2) {
      return Optional.empty();
    }
    String text = reply.last().substring(4);
    return extended ? extended(text) : six(text);
  }

  private static Optional<ReadAddress> six(String text) {
    int at = 0;
    while (at < text.length() && !Character.isDigit(text.charAt(at))) {
      at++;
    }
    long[] numbers = new long[6];
    for (int i = 0; i < 6; i++) {
      for (; at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9'; at++) {
        numbers[i] = (numbers[i] * 10 + text.charAt(at) - '0') & 0xff; // an unsigned char
      }
      if (at(text, at) == ',') {
        at++;
      } else if (i < 5) {
        return Optional.empty();
      }
    }
    return ReadAddress.of(numbers);
  }

  private static Optional<ReadAddress> extended(String text) {
    int at = text.indexOf('(') + 1;
    char delimiter = at(text, at);
    if (at == 0 || delimiter < 33 || delimiter > 126) {
      return Optional.empty();
    }
    if (at(text, at + 1) != delimiter || at(text, at + 2) != delimiter) {
      return Optional.empty();
    }
    int port = 0;
    int from = at + 3;
    for (at = from; at < from + 5 && Character.isDigit(at(text, at)); at++) {
      port = port * 10 + (text.charAt(at) - '0');
    }
    return at(text, at) == delimiter && at(text, at + 1) == ')'
        ? ReadAddress.here(port)
        : Optional.empty();
  }
}
