package culvert.proxy.check;

import culvert.config.Action;
import culvert.config.Cidr;
import culvert.config.ConfigProblem;
import culvert.config.ConfigProblem.Severity;
import culvert.config.ConfigResult.Loaded;
import culvert.config.CulvertConfig;
import culvert.config.Endpoint;
import culvert.config.ListenerConfig;
import culvert.config.Rule;
import culvert.config.SshProfile;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a valid configuration leaves open, or says in vain. Pure. */
public final class Holes {
  /** No private network is larger. */
  private static final int SMALLEST_PREFIX_V4 = 8;

  private static final int SMALLEST_PREFIX_V6 = 16;
  private static final int V6_OCTETS = 16;

  private final Loaded loaded;
  private final List<ConfigProblem> found = new ArrayList<>();

  private Holes(Loaded loaded) {
    this.loaded = loaded;
  }

  /** Warnings, in the order of the file's sections. */
  public static List<ConfigProblem> in(Loaded loaded) {
    Holes holes = new Holes(loaded);
    List<ListenerConfig> listeners = loaded.config().listeners();
    for (int i = 0; i < listeners.size(); i++) {
      holes.listener(listeners.get(i), i);
    }
    holes.unusedProfiles();
    return List.copyOf(holes.found);
  }

  private void listener(ListenerConfig listener, int index) {
    String remedy = "the networks of the clients";
    if (listener instanceof ListenerConfig.Socks socks && socks.users().isEmpty()) {
      open(socks.bind(), socks.allowFrom(), remedy + ", or users beside it", index);
    } else if (listener instanceof ListenerConfig.Tunnel tunnel) {
      open(tunnel.bind(), tunnel.allowFrom(), remedy, index);
    } else if (listener instanceof ListenerConfig.Redirect redirect) {
      open(redirect.bind(), redirect.allowFrom().orElse(List.of()), remedy, index);
    }
  }

  /** Whoever comes in there needs no name. */
  private void open(Endpoint bind, List<Cidr> networks, String remedy, int index) {
    for (int i = 0; i < networks.size(); i++) {
      if (!isLoopback(bind) && isTheWorld(networks.get(i))) {
        warn(
            "allow-from: "
                + networks.get(i)
                + " lets in whoever can reach "
                + bind
                + ", without a name or a password (expected: "
                + remedy
                + ")",
            "listeners",
            Integer.toString(index),
            "allow-from",
            Integer.toString(i));
      }
    }
  }

  static boolean isLoopback(Endpoint bind) {
    if (bind.host().equalsIgnoreCase("localhost")) {
      return true;
    }
    try {
      boolean literal = bind.host().matches("[0-9.]+") || bind.host().indexOf(':') >= 0;
      return literal && InetAddress.getByName(bind.host()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** All addresses, or so many that many parts make all of them; private networks do not count. */
  private static boolean isTheWorld(Cidr network) {
    byte[] address = network.address();
    if (address.length < V6_OCTETS) {
      return network.prefixLength() < SMALLEST_PREFIX_V4;
    }
    boolean uniqueLocal = (address[0] & 0xfe) == 0xfc && network.prefixLength() >= 7;
    boolean linkLocal = address[0] == (byte) 0xfe && network.prefixLength() >= 8;
    return network.prefixLength() < SMALLEST_PREFIX_V6 && !uniqueLocal && !linkLocal;
  }

  private void unusedProfiles() {
    Set<String> used = usedProfiles(loaded.config());
    loaded.config().profiles().keySet().stream()
        .filter(name -> !used.contains(name) && !name.equals(CulvertConfig.DEFAULT_PROFILE))
        .sorted()
        .forEach(
            name ->
                warn(
                    "profile \""
                        + name
                        + "\": nobody uses it (expected: in the profile of a rule that tunnels, or"
                        + " of a listener, or in proxy-jump)",
                    "profiles",
                    name));
  }

  /** The profiles that some way leads through, by name. */
  static Set<String> usedProfiles(CulvertConfig config) {
    Set<String> named = new HashSet<>();
    if (tunnels(config.defaultAction())) {
      named.add(CulvertConfig.DEFAULT_PROFILE);
    }
    for (Rule rule : config.rules()) {
      if (tunnels(rule.action())) {
        named.add(rule.profile());
      }
    }
    for (ListenerConfig listener : config.listeners()) {
      if (listener instanceof ListenerConfig.Tunnel tunnel) {
        named.add(tunnel.profile());
      } else if (listener instanceof ListenerConfig.RemoteTunnel tunnel) {
        named.add(tunnel.profile());
      }
    }
    Set<String> used = new HashSet<>();
    for (String name : named) {
      SshProfile profile = config.profiles().get(name);
      if (profile != null) {
        profile.chain().forEach(hop -> used.add(hop.name()));
      }
    }
    return used;
  }

  private static boolean tunnels(Action action) {
    return action == Action.FTP_TUNNEL || action == Action.TUNNEL;
  }

  private void warn(String message, String... path) {
    found.add(new ConfigProblem(Severity.WARNING, loaded.written().location(path), message));
  }
}
