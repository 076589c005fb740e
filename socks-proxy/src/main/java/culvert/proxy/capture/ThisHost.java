package culvert.proxy.capture;

import culvert.config.CaptureConfig;
import culvert.config.Endpoint;
import culvert.proxy.door.HostAddress;
import culvert.proxy.owner.UserNames;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The host that this process runs on, by Linux's {@code /proc}, its directories and its resolver.
 */
public final class ThisHost implements CaptureHost {
  private static final Pattern EFFECTIVE = Pattern.compile("(?m)^CapEff:\\s*([0-9a-f]{1,16})$");
  private static final int CAP_NET_ADMIN = 12;
  private static final int CAP_NET_BIND_SERVICE = 10;
  private static final int USUAL_LIMIT = 1024;
  private static final long ROOT = 0;
  private static final int MAX_DIGITS = 64;

  private final Path proc;
  private final Accounts users;
  private final Accounts groups;
  private final Cgroups cgroups;
  private final Function<String, Set<InetAddress>> names;

  public ThisHost() {
    this(ThisHost::lookUp);
  }

  /**
   * With names that somebody else has looked up.
   *
   * @param names the addresses of one; none: nothing is known of it
   */
  public ThisHost(Function<String, Set<InetAddress>> names) {
    this(
        Path.of("/proc"),
        new UserNames(),
        UserNames.ofGroups(),
        new Cgroups(Path.of("/proc/self/mountinfo"), Path.of("/sys/fs/cgroup")),
        names);
  }

  ThisHost(
      Path proc,
      UserNames users,
      UserNames groups,
      Cgroups cgroups,
      Function<String, Set<InetAddress>> names) {
    this.proc = proc;
    this.users = new Accounts(users::of);
    this.groups = new Accounts(groups::of);
    this.cgroups = cgroups;
    this.names = names;
  }

  @Override
  public long ownUser() throws IOException {
    return Integer.toUnsignedLong((int) Files.getAttribute(proc.resolve("self"), "unix:uid"));
  }

  @Override
  public OptionalLong user(String nameOrNumber) {
    return users.number(nameOrNumber);
  }

  @Override
  public CaptureScope.Found look(CaptureConfig config, long own) {
    List<CaptureScope.Missing> missing = new ArrayList<>();
    Set<Long> uids = numbers("users", config.users(), users, missing);
    Set<Long> gids = numbers("groups", config.groups(), groups, missing);
    List<CaptureScope.Cgroup> present = new ArrayList<>();
    for (int i = 0; i < config.cgroups().size(); i++) {
      try {
        present.add(cgroups.look(config.cgroups().get(i)));
      } catch (IOException e) {
        missing.add(
            CaptureScope.Missing.of(
                "cgroups", i, e.getMessage() + ", so that nobody is captured by it"));
      }
    }
    Set<InetAddress> addresses = new HashSet<>();
    boolean allKnown = true;
    for (String name : config.names()) {
      Set<InetAddress> of = names.apply(name);
      addresses.addAll(of);
      if (of.isEmpty()) {
        allKnown = false;
        missing.add(
            new CaptureScope.Missing(
                List.of("destinations"),
                "destinations: "
                    + name
                    + " does not resolve here, so that nothing is captured on its way there"));
      }
    }
    return new CaptureScope.Found(
        new CaptureScope(own, uids, gids, present, addresses, allKnown), missing);
  }

  private static Set<Long> numbers(
      String key, List<String> names, Accounts accounts, List<CaptureScope.Missing> missing) {
    Set<Long> numbers = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      OptionalLong number = accounts.number(name);
      if (number.isPresent()) {
        numbers.add(number.getAsLong());
      } else {
        missing.add(
            CaptureScope.Missing.of(
                key,
                i,
                "there is no "
                    + (key.equals("users") ? "user " : "group ")
                    + name
                    + " here, so that nobody is captured by that name"));
      }
    }
    return numbers;
  }

  /** As it is now; the JVM remembers it for 30 s. */
  private static Set<InetAddress> lookUp(String name) {
    try {
      return Set.copyOf(HostAddress.of(InetAddress.getAllByName(name)));
    } catch (UnknownHostException e) {
      return Set.of();
    }
  }

  @Override
  public boolean isThisHost(String nameOrAddress) {
    return lookUp(nameOrAddress).stream().anyMatch(HostAddress::isThisHost);
  }

  @Override
  public boolean mayChangeRules() {
    return has(CAP_NET_ADMIN);
  }

  @Override
  public boolean mayTakeLowPorts() {
    return has(CAP_NET_BIND_SERVICE);
  }

  private boolean has(int capability) {
    try {
      Matcher effective =
          EFFECTIVE.matcher(
              Files.readString(proc.resolve("self/status"), StandardCharsets.ISO_8859_1));
      return effective.find()
          && (Long.parseUnsignedLong(effective.group(1), 16) >> capability & 1) == 1;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public int firstPortOfEverybody() {
    Path limit = proc.resolve("sys/net/ipv4/ip_unprivileged_port_start");
    try {
      return setting(limit).map(Integer::parseInt).orElse(USUAL_LIMIT);
    } catch (NumberFormatException e) {
      return USUAL_LIMIT;
    }
  }

  @Override
  public boolean isHeldByRoot(Endpoint address) {
    try {
      return new ListeningSockets(proc)
          .has(new InetSocketAddress(InetAddress.getByName(address.host()), address.port()), ROOT);
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<String> setting(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] octets = new byte[MAX_DIGITS]; // what does not fit into the first read, is not there
      int read = in.read(octets);
      return Optional.of(
          new String(octets, 0, Math.max(0, read), StandardCharsets.ISO_8859_1).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean forwards(boolean ipv6) {
    IpFamily family = ipv6 ? IpFamily.V6 : IpFamily.V4;
    Path setting = proc.resolve("sys").resolve(family.forwarding.replace('.', '/'));
    return !setting(setting).orElse("0").equals("0");
  }

  @Override
  public Optional<Nft> nft() {
    return Nft.find();
  }

  @Override
  public Optional<LocalRoute> localRoute() {
    return LocalRoute.find();
  }
}
