package culvert.proxy.handover;

import culvert.config.Cidr;
import io.netty.util.NetUtil;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The pseudo addresses of the names for which a command has asked: one for each, and of a name that
 * was not used for long, it is forgotten. An address comes round again as late as can be. Confined
 * to its user's loop.
 */
final class NameTable {
  private static final int MOST_NAMES = 4096;

  private final Cidr network;
  private final int first;
  private final int addresses;
  private final int most;
  private final Map<String, Inet4Address> byName = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<InetAddress, String> byAddress = new HashMap<>();
  private int next;

  /**
   * @param network of IPv4, with room for 2 addresses at least
   */
  NameTable(Cidr network) {
    this.network = network;
    this.first = new BigInteger(1, network.address()).intValue();
    this.addresses = (1 << (32 - network.prefixLength())) - 2;
    this.most = Math.max(1, Math.min(MOST_NAMES, addresses / 2));
  }

  /** The name's address, from now on at the latest. */
  Inet4Address address(String name) {
    String key = name.toLowerCase(Locale.ROOT);
    Inet4Address known = byName.get(key);
    if (known != null) {
      return known;
    }
    if (byName.size() == most) {
      forgetOldest();
    }
    Inet4Address address = nextFree();
    byName.put(key, address);
    byAddress.put(address, key);
    return address;
  }

  /** Half of the addresses are free at any time. */
  private Inet4Address nextFree() {
    Inet4Address address;
    do {
      address =
          (Inet4Address)
              NetUtil.createInetAddressFromIpAddressString(
                  NetUtil.intToIpAddress(first + 1 + next));
      next = (next + 1) % addresses;
    } while (byAddress.containsKey(address));
    return address;
  }

  private void forgetOldest() {
    Map.Entry<String, Inet4Address> oldest = byName.entrySet().iterator().next();
    byAddress.remove(oldest.getValue());
    byName.remove(oldest.getKey());
  }

  /** So many have an address at a time. */
  int most() {
    return most;
  }

  /** Whether the address stands for a name, or would. */
  boolean isPseudo(InetAddress address) {
    return network.contains(address);
  }

  /** The name for which it stands; empty: none, or none any more. */
  Optional<String> name(InetAddress address) {
    Optional<String> name = Optional.ofNullable(byAddress.get(address));
    name.ifPresent(byName::get); // it is in use
    return name;
  }
}
