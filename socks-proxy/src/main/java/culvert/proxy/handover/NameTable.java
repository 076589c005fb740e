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
 * was not used for long, it is forgotten. No address is ever given to another name: clients keep
 * what they were told (Java's, for ever), and would bring one server what is for another one.
 * Confined to its user's loop.
 */
final class NameTable {
  /** So many have an address at a time. */
  static final int MOST_NAMES = 4096;

  private final Cidr network;
  private final int first;
  private final int addresses;
  private final Map<String, Inet4Address> byName = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<InetAddress, String> byAddress = new HashMap<>();
  private int given;

  /**
   * @param network of IPv4, with room for 2 addresses at least
   */
  NameTable(Cidr network) {
    this.network = network;
    this.first = new BigInteger(1, network.address()).intValue();
    this.addresses = (1 << (32 - network.prefixLength())) - 2;
  }

  /** The name's address, from now on at the latest; empty: all were given. */
  Optional<Inet4Address> address(String name) {
    String key = name.toLowerCase(Locale.ROOT);
    Optional<Inet4Address> known = Optional.ofNullable(byName.get(key));
    if (known.isPresent() || given == addresses) {
      return known;
    }
    if (byName.size() == MOST_NAMES) {
      forgetOldest();
    }
    given++;
    Inet4Address address =
        (Inet4Address)
            NetUtil.createInetAddressFromIpAddressString(NetUtil.intToIpAddress(first + given));
    byName.put(key, address);
    byAddress.put(address, key);
    return Optional.of(address);
  }

  private void forgetOldest() {
    Map.Entry<String, Inet4Address> oldest = byName.entrySet().iterator().next();
    byAddress.remove(oldest.getValue());
    byName.remove(oldest.getKey());
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
