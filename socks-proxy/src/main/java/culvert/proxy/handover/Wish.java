package culvert.proxy.handover;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the daemon asks of a namespace, in a line: a connection in there. The answer is an {@link
 * Opening} of a connection of its own.
 *
 * @param token by which the answer is known
 */
record Wish(String token, InetSocketAddress source, InetSocketAddress destination) {
  private static final Pattern FORM =
      Pattern.compile("connect ([0-9a-f]{32}) (\\S+) (\\d{1,5}) (\\S+) (\\d{1,5})");

  String line() {
    return "connect " + token + " " + text(source) + " " + text(destination);
  }

  private static String text(InetSocketAddress address) {
    return NetUtil.toAddressString(address.getAddress()) + " " + address.getPort();
  }

  /** Reads such a line; empty: it is none. */
  static Optional<Wish> parse(String line) {
    Matcher wish = FORM.matcher(line);
    if (!wish.matches()) {
      return Optional.empty();
    }
    return address(wish.group(2), wish.group(3))
        .flatMap(
            source ->
                address(wish.group(4), wish.group(5))
                    .map(destination -> new Wish(wish.group(1), source, destination)));
  }

  private static Optional<InetSocketAddress> address(String host, String port) {
    InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
    int number = Integer.parseInt(port);
    return address == null || number > 0xffff
        ? Optional.empty()
        : Optional.of(new InetSocketAddress(address, number));
  }
}
