package culvert.proxy.door;

import culvert.config.PasswordsInText;
import culvert.filter.DestinationAddress;
import io.netty.util.NetUtil;
import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * The host that a client has named, checked.
 *
 * @param host a name without a trailing dot, or a literal address in its canonical form
 */
public record Destination(String host, DestinationAddress address) {
  private static final int MAX_NAME_LENGTH = 253;

  /** Labels as resolvers take them; the underscore is in use although it is no host name's. */
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*");

  /**
   * Reads what a client has named.
   *
   * @param text a name, perhaps with non-ASCII letters, or a literal address
   * @throws IllegalArgumentException with what was found and what was expected
   */
  public static Destination parse(String text) {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(text);
    return literal == null ? ofName(text) : ofAddress(literal);
  }

  private static Destination ofAddress(byte[] bytes) {
    InetAddress address;
    try {
      address = InetAddress.getByAddress(bytes); // an IPv4-mapped address becomes an IPv4 one
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("address: " + bytes.length + " bytes", e);
    }
    String host = NetUtil.toAddressString(address);
    if (!HostAddress.isOne(address)) {
      throw new IllegalArgumentException("address: " + host + " (expected: a host's)");
    }
    return new Destination(host, new DestinationAddress.Known(address));
  }

  private static Destination ofName(String text) {
    String name = IDN.toASCII(text);
    if (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    if (name.length() > MAX_NAME_LENGTH || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "name: '"
              + PasswordsInText.maskedName(text)
              + "' (expected: letters, digits, '-', '_' and '.')");
    }
    return new Destination(name, new DestinationAddress.NotResolved());
  }
}
