package culvert.proxy.ftp.passive;

import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Under which names and addresses one session's server is known. Not thread-safe. */
final class ServerNames {
  private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  private final Set<Object> held = new HashSet<>();
  private final Set<Object> claimed = new HashSet<>();

  /**
   * The server is known under this name or address.
   *
   * @param host see {@link #key}
   * @return whether that is news to what is held
   */
  boolean add(Object host) {
    claimed.add(host);
    return held.add(host);
  }

  /** It may be the server's, but nobody but a name server says so: it can be anybody's. */
  boolean addHeldOnly(InetAddress address) {
    return held.add(key(address));
  }

  /** Clients may ask for the server by this address, but it is somebody else's too. */
  void addClaimOnly(InetAddress address) {
    claimed.add(key(address));
  }

  /** What may be the server. */
  Set<Object> held() {
    return Collections.unmodifiableSet(held);
  }

  /** Whether that may be the server: nobody is led past the tunnel to it. */
  boolean hold(Set<Object> asked) {
    return asked.stream().anyMatch(held::contains);
  }

  /** Whether a client that asks for that means the server. */
  boolean answerTo(Set<Object> asked) {
    return asked.stream().anyMatch(claimed::contains);
  }

  /** Whether a client may mean either server by the same name. */
  boolean overlap(ServerNames other) {
    return other.hold(held);
  }

  /** Equal for names and literal addresses of the same host. */
  static Object key(String host) {
    InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
    if (literal != null) {
      return key(literal);
    }
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  /** Equal for addresses by which the same host is reached. */
  static InetAddress key(InetAddress address) {
    if (address.isAnyLocalAddress()) { // connecting there reaches loopback
      return address instanceof Inet4Address ? NetUtil.LOCALHOST4 : NetUtil.LOCALHOST6;
    }
    byte[] bytes = address.getAddress();
    if (bytes.length == 16 && Arrays.equals(bytes, 0, MAPPED.length, MAPPED, 0, MAPPED.length)) {
      try {
        return key(InetAddress.getByAddress(Arrays.copyOfRange(bytes, MAPPED.length, 16)));
      } catch (UnknownHostException e) {
        throw new IllegalStateException("four bytes are an address", e);
      }
    }
    return address;
  }
}
