package culvert.proxy.ftp;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Under which names and addresses one session's server is known. Not thread-safe. */
final class ServerNames {
  private final Set<String> names = new HashSet<>();
  private final Set<InetAddress> addresses = new HashSet<>();
  private final Set<InetAddress> claimOnly = new HashSet<>();

  /** The server is known under this name or literal address. */
  void add(String host) {
    InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
    if (literal == null) {
      names.add(canonical(host));
    } else {
      addresses.add(literal);
    }
  }

  /** The server is known under this address. */
  void add(InetAddress address) {
    addresses.add(address);
  }

  /** Clients may ask for the server by this address, but it is somebody else's too. */
  void addClaimOnly(InetAddress address) {
    claimOnly.add(address);
  }

  /**
   * Whether that is the server.
   *
   * @param address null: not known
   */
  boolean contain(String host, @Nullable InetAddress address) {
    return names.contains(canonical(host)) || (address != null && addresses.contains(address));
  }

  /** Whether a client that asks for that may mean the server. */
  boolean answerTo(String host, @Nullable InetAddress address) {
    return contain(host, address) || (address != null && claimOnly.contains(address));
  }

  /** Whether a client may mean either server by the same name. */
  boolean overlap(ServerNames other) {
    return names.stream().anyMatch(other.names::contains)
        || addresses.stream().anyMatch(other.addresses::contains);
  }

  private static String canonical(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
